"""Statements as the bytes of an answer, and the JSON-LD context that they refer to.

Comes in: the statements of a document and the format. Goes out: bytes; and the route of the context, whose address all
JSON-LD of this server bears. The context is made from the ontology of the release, when it is first asked for; so past
releases, whose terms may be others, have one of their own.
"""

import json
from collections.abc import Sequence
from functools import cached_property

from flask import Blueprint, Response

from tulieu.formats import JSON_LD, Format
from tulieu.resources.context import CONTEXT_PATH, OWN_PREFIXES, Context, read_context
from tulieu.resources.describing import CATALOGUE_PREFIXES
from tulieu.resources.json_ld import write_json_ld
from tulieu.store import Statement, Store, serialise
from tulieu.vocabulary import Names


class Writer:
    """Writes the documents of one release."""

    def __init__(self, store: Store, names: Names, public_url: str, folder: str = "") -> None:
        """Write with the terms of a release, for a server at a public URL; a past release has a folder there."""
        self._store = store
        self._prefixes = (*names.prefixes, *CATALOGUE_PREFIXES, *OWN_PREFIXES)
        self._context_address = f"{public_url}{folder}{CONTEXT_PATH}"

    def write_document(self, statements: Sequence[Statement], about: str, chosen: Format) -> bytes:
        """Write statements about something in a format."""
        if chosen is JSON_LD:
            return write_json_ld(statements, about, self.context, self._context_address)
        return serialise(statements, chosen, self._prefixes)

    @cached_property
    def context(self) -> Context:
        """The plain names of all terms."""
        return read_context(self._store)

    def answer_context(self) -> Response:
        """Answer with the context."""
        body = json.dumps(self.context.document, ensure_ascii=False, indent=1) + "\n"
        return Response(body, content_type=JSON_LD.content_type)

    def create_blueprint(self) -> Blueprint:
        """Make the route of the context."""
        blueprint = Blueprint("context", __name__)
        blueprint.add_url_rule(f"/{CONTEXT_PATH}", "context", self.answer_context, methods=["GET"])
        return blueprint

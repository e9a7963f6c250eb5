"""Link sets, and those of documents: https://www.rfc-editor.org/rfc/rfc9264

Comes in: links by where they start from; a request for `/linkset/` and the path of a document, with `.json` or `.txt`,
`?format=` or `Accept`. Goes out: the links in JSON, or as text in the form of a `Link` header. Every address is whole,
so that a set that was kept says the same.
"""

import json
from collections.abc import Callable, Mapping, Sequence

from flask import Blueprint, Response, request

from tulieu.errors import NotFoundError
from tulieu.formats import Format, format_named, negotiate
from tulieu.release import CHANGES
from tulieu.resources.dereferencing import DOCUMENT_RULES, Library, name_of
from tulieu.resources.signposting import DATASET, LINK_SET_FORMATS, Link, write_link
from tulieu.store import is_iri

Links = Mapping[str, Sequence[Link]]
_DOCUMENTS = {rule.strip("/").partition("/")[0].partition(".")[0] for rule in DOCUMENT_RULES}


def write_json(links: Links) -> str:
    """Write a set in JSON (section 4.2)."""
    contexts = []
    for anchor, starting in links.items():
        context: dict[str, object] = {"anchor": anchor}
        for relation in dict.fromkeys(each.relation for each in starting):
            context[relation] = [_target(each) for each in starting if each.relation == relation]
        contexts.append(context)
    return json.dumps({"linkset": contexts}, indent=2) + "\n"


def write_text(links: Links) -> str:
    """Write a set in the form of the header, a line for each link (section 4.1)."""
    lines = [write_link(each, anchor) for anchor, starting in links.items() for each in starting]
    return ",\n".join(lines) + "\n"


WRITERS: Mapping[Format, Callable[[Links], str]] = dict(zip(LINK_SET_FORMATS, (write_json, write_text), strict=True))


def create_blueprint(library: Library) -> Blueprint:
    """Make the route of the documents' link sets."""
    blueprint = Blueprint("link_sets", __name__)

    @blueprint.get("/linkset/<path:name>")
    def link_set(name: str) -> Response:
        stem, dot, suffix = name.rpartition(".")
        # Any other dot belongs to the name: a passage's is `p08.s1`.
        is_named = bool(dot) and suffix in {each.name for each in LINK_SET_FORMATS}
        path = stem if is_named else name
        named = suffix if is_named else request.args.get("format", "")
        chosen = (
            format_named(named, LINK_SET_FORMATS)
            if named
            else negotiate(request.headers.get("Accept"), LINK_SET_FORMATS)
        )
        text = WRITERS[chosen](library.signposts.link_set(path, _find(library, path)))
        return Response(text, content_type=chosen.content_type, headers={} if is_named else {"Vary": "Accept"})

    return blueprint


def _target(link: Link) -> dict[str, object]:
    target: dict[str, object] = {"href": link.target}
    if link.media_type:
        target["type"] = link.media_type
    if link.profile:
        # An attribute of no registered kind is a list (section 4.2.4.3).
        target["profile"] = [link.profile]
    return target


def _find(library: Library, path: str) -> str:
    """The name of a document that there is; a release is looked for where its files are."""
    iri = name_of(path, library.names)
    start, *parts = path.split("/")
    if path == DATASET or (start == "release" and parts[1:] in ([], [CHANGES])):
        return iri
    if start not in _DOCUMENTS or not is_iri(iri) or not library.documents.exists(iri):
        raise NotFoundError(f"There is no document {path}, and so no links of it.")
    return iri

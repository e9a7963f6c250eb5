"""What past releases say of a thing, at addresses that stay: what is cited is found as it was.

Comes in: a request for a document below the path of a release, `/release/<id>/doc/…`, or for what is current under an
address that does not change, `/release/current/…`. Goes out: the document of that release in every format, made of its
own store, with a link to the latest (https://www.rfc-editor.org/rfc/rfc5829); or 302 to the release that is current.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from flask import Blueprint, Response, request

from tulieu.formats import Format
from tulieu.release import CURRENT, Release, find_release
from tulieu.resources.catalogue import ListReleases
from tulieu.resources.context import CONTEXT_PATH
from tulieu.resources.dereferencing import Library, Presenter, answer, split_suffix
from tulieu.resources.documents import Documents
from tulieu.resources.signposting import RELEASE_PREFIX, Link, Signposts
from tulieu.resources.writing import Writer
from tulieu.store import Store
from tulieu.vocabulary import Names

# Documents that a release has of its own, by the first part of their path.
PAST_DOCUMENTS = ("doc", "article", "passage", "note")


class PastSignposts(Signposts):
    """The links of documents of a past release: to the release, to the latest state, to the other formats."""

    def __init__(
        self,
        store: Store,
        release: Release,
        list_releases: ListReleases,
        public_url: str,
        is_current: Callable[[str], bool],
    ) -> None:
        """Link under a public URL; to the latest state of what is still known."""
        super().__init__(store, release, list_releases, public_url)
        self._is_current = is_current

    def header(self, path: str, iri: str, form: Format | None, more: Iterable[Link] = ()) -> str:
        """The `Link` header of a document at a path below that of its release, which is cited as it stands there."""
        _, _, latest = path.split("/", 2)
        to_latest = [Link("latest-version", self.address_of(latest))] if self._is_current(iri) else []
        return super().header(path, iri, form, [*more, *to_latest])

    def _collection_of(self, path: str) -> str:
        return "/".join(path.split("/")[:2])

    def _kind_of(self, path: str, iri: str) -> str:
        return self._class_of(iri)

    def _to_link_sets(self, path: str) -> Iterator[Link]:
        # The sets are those of the release that is served.
        return iter(())


def open_past(library: Library, release: Release, store: Store, presenter: Presenter) -> Library:
    """What the documents of a past release are made from."""
    names, public_url = Names(release.base_iri), library.edition.public_url
    exists = library.documents.exists
    return replace(
        library,
        documents=Documents(store, names, release.id, public_url),
        writer=Writer(store, names, public_url, f"{RELEASE_PREFIX}{release.id}/"),
        signposts=PastSignposts(store, release, library.list_releases, public_url, exists),
        names=names,
        presenter=presenter,
        store=store,
    )


def create_blueprint(library: Library, library_of: Callable[[str], Library]) -> Blueprint:
    """Make the routes of past documents; `library_of` opens the release that has an identifier."""
    blueprint = Blueprint("past", __name__)

    @blueprint.get(f"/release/{CURRENT}")
    @blueprint.get(f"/release/{CURRENT}.<suffix>")
    @blueprint.get(f"/release/{CURRENT}/<path:rest>")
    def current(rest: str = "", suffix: str = "") -> Response:
        part = f"/{rest}" if rest else f".{suffix}" if suffix else ""
        query = f"?{request.query_string.decode('ascii', 'replace')}" if request.query_string else ""
        address = library.signposts.address_of(f"{RELEASE_PREFIX}{library.edition.release}{part}")
        response = Response(status=302, headers={"Location": f"{address}{query}"})
        # There is no body to have a type.
        del response.headers["Content-Type"]
        return response

    @blueprint.get(f"/release/<identifier>/{CONTEXT_PATH}")
    def context(identifier: str) -> Response:
        return library_of(find_release(identifier, library.list_releases()).id).writer.answer_context()

    def document(identifier: str, name: str) -> Response:
        kept = find_release(identifier, library.list_releases())
        stem, suffix = split_suffix(request.path.lstrip("/"))
        return answer(library_of(kept.id), stem, suffix, f"{RELEASE_PREFIX}{identifier}/")

    for first in PAST_DOCUMENTS:
        blueprint.add_url_rule(f"/release/<identifier>/{first}/<path:name>", view_func=document, methods=["GET"])
    return blueprint

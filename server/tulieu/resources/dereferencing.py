"""From the name of a thing to what is known of it: https://www.w3.org/TR/cooluris/#r303gendocument

Comes in: a request for a name or a document. Goes out: 303 from a thing to its document; for documents the page or the
RDF that the client asks for, by suffix, by `?format=`, or by `Accept`. Pages are made by the pages' wing, which `app`
hands in.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import quote, urlencode

from flask import Blueprint, Response, request

from tulieu.caching import Edition, Representation, entity_tag, is_known
from tulieu.errors import NegotiationError, NotFoundError, WithdrawnError
from tulieu.formats import DATASET_FORMATS, DOCUMENT_FORMATS, HTML, Format, format_named, negotiate
from tulieu.release import CHANGES, find_release
from tulieu.resources.catalogue import Catalogue, ListReleases
from tulieu.resources.change_sets import describe_changes
from tulieu.resources.documents import Document, Documents
from tulieu.resources.releases import send_release_file
from tulieu.resources.self_description import pages_beside
from tulieu.resources.signposting import Link, Signposts
from tulieu.resources.writing import Writer
from tulieu.store import Iri, Store, is_iri
from tulieu.vocabulary import ONTOLOGY_IRI, Names
from tulieu.withdrawals import Withdrawals

VARY = "Accept, Accept-Language"
# The documents, by Flask rule; the path below the public URL is the local part of the name, but for the first.
DOCUMENT_RULES = (
    "/doc/<path:name>",
    "/dataset",
    "/dataset.<suffix>",
    "/article/<path:name>",
    "/passage/<path:name>",
    "/note/<path:name>",
    "/graph/<path:name>",
    "/ontology",
    "/ontology.<suffix>",
    "/shapes",
    "/shapes.<suffix>",
)
# What of a request a page is made by; data have no language.
LANGUAGE_PARAMETERS = ("lang", "content")
_LONGEST_NUMBER = 9
VERSION_IRI = "http://www.w3.org/2002/07/owl#versionIRI"


class Presenter(Protocol):
    """What makes a page of a document, in the reader's language."""

    def language(self) -> str:
        """The language of the reader of this request."""

    def present_document(self, path: str, iri: str) -> str:
        """Make the page of a document; raise NotFoundError when nothing is known."""


@dataclass(frozen=True)
class Library:
    """What documents are made from."""

    documents: Documents
    writer: Writer
    catalogue: Catalogue
    signposts: Signposts
    names: Names
    edition: Edition
    presenter: Presenter
    list_releases: ListReleases
    store: Store
    withdrawals: Withdrawals


def create_blueprint(library: Library) -> Blueprint:
    """Make the routes of names and documents."""
    blueprint = Blueprint("resources", __name__)

    @blueprint.get("/id/<path:name>")
    def thing(name: str) -> Response:
        iri = library.names.thing_prefix + name
        gone = _answer_withdrawn(library, iri, "") if is_iri(iri) else None
        if gone is not None:
            return gone
        if not is_iri(iri) or not library.documents.exists(iri):
            raise NotFoundError(f"Nothing is known of {iri}.")
        return _see_document(library, f"doc/{name}")

    @blueprint.get("/ontology/<path:name>")
    def part_of_ontology(name: str) -> Response:
        """The version that is served, and the alignments: all of them stand in the one document."""
        iri = f"{ONTOLOGY_IRI}/{name}"
        if not is_iri(iri) or not (
            library.store.quads(Iri(iri), None, None, None)
            or library.store.quads(Iri(ONTOLOGY_IRI), Iri(VERSION_IRI), Iri(iri), None)
        ):
            raise NotFoundError(f"{iri} is neither the version of the ontology that is served here nor a part of it.")
        return _see_document(library, "ontology")

    @blueprint.get("/function")
    def functions() -> Response:
        return _redirect(303, f"{library.edition.public_url}sparql")

    def document(name: str = "", suffix: str = "") -> Response:
        path = request.path.lstrip("/")
        stem, found = (path.removesuffix(f".{suffix}"), suffix) if suffix else split_suffix(path)
        return answer(library, stem, found)

    for rule in DOCUMENT_RULES:
        blueprint.add_url_rule(rule, view_func=document, methods=["GET"])

    @blueprint.get("/release/<name>")
    def release(name: str) -> Response:
        stem, suffix = split_suffix(f"release/{name}")
        return answer(library, stem, suffix)

    @blueprint.get("/release/<identifier>/<name>")
    def release_part(identifier: str, name: str) -> Response:
        stem, suffix = split_suffix(name)
        if stem == CHANGES:
            return answer(library, f"release/{identifier}/{stem}", suffix)
        response = send_release_file(find_release(identifier, library.list_releases()), name)
        response.headers["Link"] = library.signposts.file_header(identifier)
        return response

    return blueprint


def _see_document(library: Library, path: str) -> Response:
    """Lead from a thing to its document, in the form that the client asks for."""
    chosen = _choose(request.args.get("format", ""))
    # A page that was asked for by name is asked for by name again; else the reader's address is the plain one. So it is
    # for who asks for nothing in particular: what a page says is cited has to lead back to that page's address.
    is_open = chosen is HTML or request.headers.get("Accept", "").strip() in ("", "*/*")
    suffix = "" if is_open and not request.args.get("format") else f".{chosen.name}"
    address = f"{library.edition.public_url}{quote(path)}{suffix}"
    return _redirect(303, address, LANGUAGE_PARAMETERS if chosen is HTML else (), VARY)


def _redirect(status: int, address: str, kept: Sequence[str] = (), vary: str = "") -> Response:
    """Lead to an address of ours, and keep some of the request's parameters."""
    parameters = [(name, text) for name in kept for text in request.args.getlist(name) if text]
    location = f"{address}?{urlencode(parameters)}" if parameters else address
    response = Response(status=status, headers={"Location": location, **({"Vary": vary} if vary else {})})
    # There is no body to have a type.
    del response.headers["Content-Type"]
    return response


def _answer_withdrawn(library: Library, iri: str, suffix: str) -> Response | None:
    """Answer for a name that is used no longer: lead to what it was merged into, or show what was withdrawn."""
    found = library.withdrawals.find(iri)
    if found is None:
        return None
    if found.merged_into:
        target = library.withdrawals.follow(iri)
        is_thing = request.path.lstrip("/").startswith("id/")
        local = target.removeprefix(library.names.base_iri) if is_thing else _path_of(target, library.names)
        address = f"{library.edition.public_url}{quote(local)}{f'.{suffix}' if suffix else ''}"
        return _redirect(301, address, ("format", *LANGUAGE_PARAMETERS))
    named = suffix or request.args.get("format", "")
    try:
        chosen = _choose(named)
    except NegotiationError as error:
        raise WithdrawnError(f"{iri} was withdrawn. {error}") from error
    path = _path_of(iri, library.names)
    headers = {"Vary": VARY, "Link": library.signposts.header(path, iri, chosen if named else None)}
    if chosen is HTML:
        headers["Content-Language"] = library.presenter.language()
        body: str | bytes = library.presenter.present_document(path, iri)
    else:
        body = _write(library, _describe(library, path, iri, chosen), chosen)
    # No entity tag: a condition is only for what would be answered with success (RFC 9110, section 13.2.1).
    return Response(body, 410, headers, content_type=chosen.content_type)


def answer(library: Library, path: str, suffix: str, prefix: str = "") -> Response:
    """Answer for the document at a path; that of a past release stands below the release's own path, the `prefix`."""
    iri = name_of(path.removeprefix(prefix), library.names)
    if not is_iri(iri):
        raise NotFoundError(f"{path} is no name.")
    gone = None if prefix else _answer_withdrawn(library, iri, suffix)
    if gone is not None:
        return gone
    named = suffix or request.args.get("format", "")
    chosen = _choose(named)
    language = library.presenter.language() if chosen is HTML else ""
    target = f"{request.path}?{urlencode(list(request.args.items(multi=True)))}"
    tag = entity_tag(library.edition, Representation(target, chosen.media_type, language))
    headers = {"ETag": f'"{tag}"', "Cache-Control": "no-cache"}
    if not suffix:
        headers["Vary"] = VARY
    if language:
        headers["Content-Language"] = language
        headers["Vary"] = VARY if not suffix else "Accept-Language"
    if is_known(request.headers.get("If-None-Match"), tag):
        return Response(status=304, headers=headers)
    beside: Sequence[Link] = ()
    if chosen is HTML:
        body: str | bytes = library.presenter.present_document(path.removeprefix(prefix), iri)
    else:
        document = _describe(library, path, iri, chosen)
        body, beside = _write(library, document, chosen), _pages_beside(library.edition.public_url, document)
    headers["Link"] = library.signposts.header(path, iri, chosen if named else None, beside)
    return Response(body, content_type=chosen.content_type, headers=headers)


def _describe(library: Library, path: str, iri: str, chosen: Format) -> Document:
    """The page of a document that `?page=` asks for."""
    number = request.args.get("page", "1")
    # No document has so many pages; Python refuses to read a number of thousands of digits.
    page = int(number) if number.isascii() and number.isdecimal() and len(number) <= _LONGEST_NUMBER else 0
    if path == "dataset":
        document = Document(iri, tuple(library.catalogue.describe_dataset()))
    elif path.startswith("release/"):
        _, identifier, *part = path.split("/")
        release = find_release(identifier, library.list_releases())
        if part == [CHANGES]:
            document = describe_changes(release, library.edition.public_url, page)
        elif part:
            document = library.documents.describe(iri, path, chosen in DATASET_FORMATS, page)
        else:
            document = Document(iri, tuple(library.catalogue.describe_release(release)))
    else:
        document = library.documents.describe(iri, path, chosen in DATASET_FORMATS, page)
    if document.page != page:
        raise NotFoundError(f"The document about {iri} has no page {number[:20]}.")
    return document


def _write(library: Library, document: Document, chosen: Format) -> bytes:
    return library.writer.write_document(document.statements, document.about, chosen)


def _pages_beside(public_url: str, document: Document) -> list[Link]:
    """The links to the pages before and after one, in the form that this request asks for."""
    kept = [(name, text) for name, text in request.args.items(multi=True) if name != "page"]
    address = f"{public_url}{quote(request.path.lstrip('/'))}"
    return [
        Link({"previous": "prev"}.get(relation, relation), f"{address}?{urlencode([*kept, ('page', number)])}")
        for relation, number in (pages_beside(document.page, document.pages) if document.pages > 1 else {}).items()
    ]


def name_of(path: str, names: Names) -> str:
    """The IRI that a document is about."""
    if path.startswith("doc/"):
        return names.thing_prefix + path.removeprefix("doc/")
    if path == "ontology":
        return ONTOLOGY_IRI
    return str(names.graph("shapes")) if path == "shapes" else names.base_iri + path


def _path_of(iri: str, names: Names) -> str:
    """The path of the document about something of ours."""
    local = iri.removeprefix(names.base_iri)
    return f"doc/{local.removeprefix('id/')}" if names.is_thing(iri) else local


def _choose(name: str, offered: Sequence[Format] = DOCUMENT_FORMATS) -> Format:
    return format_named(name, offered) if name else negotiate(request.headers.get("Accept"), offered)


def split_suffix(path: str) -> tuple[str, str]:
    """Part a path from the suffix of a format; any other dot belongs to the name (a passage's is `p08.s1`)."""
    stem, dot, suffix = path.rpartition(".")
    return (stem, suffix) if dot and suffix in {each.name for each in DOCUMENT_FORMATS} else (path, "")

"""From the name of a thing to what is known of it: https://www.w3.org/TR/cooluris/#r303gendocument

Comes in: a request for a name or a document. Goes out: 303 from a thing to its document; for documents the page or the
RDF that the client asks for, by suffix, by `?format=`, or by `Accept`. Pages are made by the pages' wing, which `app`
hands in.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import quote, urlencode

from flask import Blueprint, Response, request, send_file

from tulieu.caching import Edition, Representation, entity_tag, is_known
from tulieu.errors import NotFoundError
from tulieu.formats import DATASET_FORMATS, DOCUMENT_FORMATS, HTML, Format, format_named, negotiate
from tulieu.release import find_release
from tulieu.resources.documents import Documents
from tulieu.resources.releases import ListReleases, describe_release, find_file
from tulieu.store import is_iri, serialise
from tulieu.vocabulary import ONTOLOGY_IRI, Names

VARY = "Accept, Accept-Language"
# The documents, by Flask rule; the path below the public URL is the local part of the name, but for the first.
DOCUMENT_RULES = (
    "/doc/<path:name>",
    "/article/<path:name>",
    "/passage/<path:name>",
    "/note/<path:name>",
    "/graph/<path:name>",
    "/ontology",
    "/ontology.<suffix>",
    "/shapes",
    "/shapes.<suffix>",
)
YEAR = 31_536_000


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
    names: Names
    edition: Edition
    presenter: Presenter
    list_releases: ListReleases


def create_blueprint(library: Library) -> Blueprint:
    """Make the routes of names and documents."""
    blueprint = Blueprint("resources", __name__)

    @blueprint.get("/id/<path:name>")
    def thing(name: str) -> Response:
        iri = library.names.thing_prefix + name
        if not is_iri(iri) or not library.documents.exists(iri):
            raise NotFoundError(f"Nothing is known of {iri}.")
        chosen = _choose(request.args.get("format", ""))
        suffix = "" if chosen is HTML else f".{chosen.name}"
        lang = request.args.get("lang", "")
        query = f"?{urlencode({'lang': lang})}" if lang and chosen is HTML else ""
        address = f"{library.edition.public_url}doc/{quote(name)}{suffix}{query}"
        return Response(status=303, headers={"Location": address, "Vary": VARY, "Cache-Control": "no-cache"})

    def document(name: str = "", suffix: str = "") -> Response:
        path = request.path.lstrip("/")
        stem, found = (path.removesuffix(f".{suffix}"), suffix) if suffix else _split_suffix(path)
        return _answer(library, stem, found)

    for rule in DOCUMENT_RULES:
        blueprint.add_url_rule(rule, view_func=document, methods=["GET"])

    @blueprint.get("/release/<name>")
    def release(name: str) -> Response:
        stem, suffix = _split_suffix(f"release/{name}")
        return _answer(library, stem, suffix)

    @blueprint.get("/release/<identifier>/<name>")
    def release_file(identifier: str, name: str) -> Response:
        path = find_file(find_release(identifier, library.list_releases()), name)
        response = send_file(path, mimetype="application/gzip", as_attachment=True, conditional=True, max_age=YEAR)
        response.cache_control.immutable = True
        return response

    return blueprint


def _answer(library: Library, path: str, suffix: str) -> Response:
    iri = _name_of(path, library.names)
    if not is_iri(iri):
        raise NotFoundError(f"{path} is no name.")
    chosen = _choose(suffix or request.args.get("format", ""))
    language = library.presenter.language() if chosen is HTML else ""
    target = f"{request.path}?{urlencode(list(request.args.items(multi=True)))}"
    tag = entity_tag(library.edition, Representation(target, chosen.media_type, language))
    headers = {"ETag": f'"{tag}"', "Cache-Control": "no-cache", "Link": _links(library.edition.public_url, path)}
    if not suffix:
        headers["Vary"] = VARY
    if language:
        headers["Content-Language"] = language
        headers["Vary"] = VARY if not suffix else "Accept-Language"
    if is_known(request.headers.get("If-None-Match"), tag):
        return Response(status=304, headers=headers)
    body = library.presenter.present_document(path, iri) if chosen is HTML else _write(library, path, iri, chosen)
    return Response(body, content_type=chosen.content_type, headers=headers)


def _write(library: Library, path: str, iri: str, chosen: Format) -> bytes:
    if path.startswith("release/"):
        release = find_release(path.removeprefix("release/"), library.list_releases())
        return serialise(describe_release(release, library.edition.public_url), chosen, library.names.prefixes)
    statements = library.documents.describe(iri, with_graphs=chosen in DATASET_FORMATS)
    return serialise(statements, chosen, library.names.prefixes)


def _name_of(path: str, names: Names) -> str:
    """The IRI that a document is about."""
    if path.startswith("doc/"):
        return names.thing_prefix + path.removeprefix("doc/")
    if path == "ontology":
        return ONTOLOGY_IRI
    return str(names.graph("shapes")) if path == "shapes" else names.base_iri + path


def _choose(name: str, offered: Sequence[Format] = DOCUMENT_FORMATS) -> Format:
    return format_named(name, offered) if name else negotiate(request.headers.get("Accept"), offered)


def _split_suffix(path: str) -> tuple[str, str]:
    """Part a path from the suffix of a format; any other dot belongs to the name (a passage's is `p08.s1`)."""
    stem, dot, suffix = path.rpartition(".")
    return (stem, suffix) if dot and suffix in {each.name for each in DOCUMENT_FORMATS} else (path, "")


def _links(public_url: str, path: str) -> str:
    """The `Link` header: the same document in each format (https://www.rfc-editor.org/rfc/rfc8288)."""
    address = f"{public_url}{quote(path)}"
    links = [f'<{address}>; rel="canonical"']
    links += [f'<{address}.{each.name}>; rel="alternate"; type="{each.media_type}"' for each in DOCUMENT_FORMATS]
    return ", ".join(links)

"""The interfaces for programs, listed: https://www.rfc-editor.org/rfc/rfc9727 and https://signposting.org/FAIRiCat/

Comes in: the public URL and the release that is served. Goes out: `/.well-known/api-catalog`, a link set that names for
each interface what documents it for people, what describes it for programs, and what more is told of it; and the
`Link` header of the first page, from which it is found.
"""

from dataclasses import dataclass

from flask import Blueprint, Response

from tulieu.formats import DOCUMENT_FORMATS, HTML, JSON_LD, TURTLE
from tulieu.release import Release
from tulieu.resources.catalogue import VOID_PATH
from tulieu.resources.context import CONTEXT_PATH
from tulieu.resources.describing import LICENCE
from tulieu.resources.linkset import write_json
from tulieu.resources.signposting import LINK_SET_JSON, Link, write_header
from tulieu.resources.table_metadata import ALL_TABLES
from tulieu.resources.table_metadata import MEDIA_TYPE as TABLES_TYPE

PATH = ".well-known/api-catalog"
_PROFILE = "https://www.rfc-editor.org/info/rfc9727"
_FAIR_PROFILE = "https://signposting.org/FAIRiCat/"
_CONTENT_TYPE = f'{LINK_SET_JSON.media_type}; profile="{_PROFILE}"'
_DESCRIPTION = "sparql?format=ttl"
_DOC, _DESC, _META = "service-doc", "service-desc", "service-meta"


@dataclass(frozen=True)
class Interface:
    """An interface: its address below the public URL, and what tells of it: relation, address, media type."""

    path: str
    told_by: tuple[tuple[str, str, str], ...]


# In the order in which programs come to need them. `{release}` stands for the release that is served.
INTERFACES = (
    Interface(
        "sparql",
        (
            (_DESC, _DESCRIPTION, TURTLE.media_type),
            (_DOC, "https://www.w3.org/TR/sparql11-protocol/", HTML.media_type),
            (_DOC, "sparql?format=html", HTML.media_type),
            (_META, VOID_PATH, TURTLE.media_type),
        ),
    ),
    Interface(
        "sparql/graph-store",
        (
            (_DESC, _DESCRIPTION, TURTLE.media_type),
            (_DOC, "https://www.w3.org/TR/sparql11-http-rdf-update/", HTML.media_type),
        ),
    ),
    Interface(
        # All documents, by their names: the description gives the space of these.
        "",
        (
            (_DESC, VOID_PATH, TURTLE.media_type),
            (_DOC, "https://www.w3.org/TR/cooluris/", HTML.media_type),
            (_META, "ontology.ttl", TURTLE.media_type),
            (_META, CONTEXT_PATH, JSON_LD.media_type),
            (_META, "linkset/dataset.json", LINK_SET_JSON.media_type),
        ),
    ),
    Interface(
        "dataset",
        (
            *((_DESC, f"dataset.{form.name}", form.media_type) for form in DOCUMENT_FORMATS if form is not HTML),
            (_DOC, "dataset.html", HTML.media_type),
            # An example of the links that every document has.
            (_DOC, "https://signposting.org/FAIR/", HTML.media_type),
        ),
    ),
    Interface(
        "release/{release}",
        ((_DESC, "release/{release}.ttl", TURTLE.media_type), (_DOC, "releases", HTML.media_type)),
    ),
    Interface(
        "release/{release}/sparql",
        (
            (_DESC, "release/{release}/sparql?format=ttl", TURTLE.media_type),
            (_DOC, "https://www.w3.org/TR/sparql11-protocol/", HTML.media_type),
        ),
    ),
    Interface("tables", ((_DESC, f"tables/{ALL_TABLES}", TABLES_TYPE), (_DOC, "tables", HTML.media_type))),
    Interface("search", ((_DOC, "search", HTML.media_type),)),
    Interface("suggest", ((_DOC, "search", HTML.media_type),)),
    Interface("sitemap.xml", ((_DOC, "https://www.sitemaps.org/protocol.html", HTML.media_type),)),
)


def create_blueprint(public_url: str, release: Release) -> Blueprint:
    """Make the route of the catalogue."""
    blueprint = Blueprint("api_catalog", __name__)
    headers = {"Link": write_header([_to_catalogue(public_url)])}

    @blueprint.get(f"/{PATH}")
    def api_catalog() -> Response:
        text = write_json(list_interfaces(public_url, release.id))
        return Response(text, content_type=_CONTENT_TYPE, headers=headers)

    return blueprint


def list_interfaces(public_url: str, release_id: str) -> dict[str, tuple[Link, ...]]:
    """The links that tell of each interface, by its address."""

    def absolute(path: str) -> str:
        return path if path.startswith("https:") else public_url + path.replace("{release}", release_id)

    return {
        absolute(each.path): tuple(Link(relation, absolute(target), form) for relation, target, form in each.told_by)
        for each in INTERFACES
    }


def home_header(public_url: str) -> str:
    """The `Link` header of the first page: where the interfaces are listed, and the whole is described."""
    return write_header(
        [
            _to_catalogue(public_url),
            Link(_DESC, public_url + _DESCRIPTION, TURTLE.media_type),
            Link(_DOC, f"{public_url}about", HTML.media_type),
            Link("describedby", public_url + VOID_PATH, TURTLE.media_type),
            Link("license", LICENCE),
        ]
    )


def _to_catalogue(public_url: str) -> Link:
    return Link("api-catalog", public_url + PATH, LINK_SET_JSON.media_type, _FAIR_PROFILE)

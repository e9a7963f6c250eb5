"""All pages, for crawlers: https://www.sitemaps.org/protocol.html

Comes in: the store, and in which release what is said of each thing last changed. Goes out: `/sitemap.xml`, the list of
all pages or, where these are many, of its parts (`/sitemap/1.xml` and so on). When a page changed stands only where the
release knows it.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from urllib.parse import quote
from xml.sax.saxutils import escape

from flask import Blueprint, Response

from tulieu.errors import NotFoundError
from tulieu.release import Release
from tulieu.resources.robots import is_kept_out
from tulieu.settings import LANGUAGES
from tulieu.store import Iri, Store
from tulieu.vocabulary import Names

# The protocol allows 50,000, and 50 MB; so many take some 4 MB, which are made whole and can be kept.
MOST_PAGES = 10_000
_CONTENT_TYPE = "application/xml"
_DOCUMENTS = ("ontology", "shapes", "dataset")
_THINGS = "SELECT DISTINCT ?thing WHERE { GRAPH graph:asserted { ?thing ?property ?value } }"
# What was withdrawn is nothing to be found. Asked apart: within the other query it is asked for each statement anew.
_WITHDRAWN = "SELECT DISTINCT ?thing WHERE { GRAPH graph:withdrawals { ?thing ?said ?of } }"
_START = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<{name} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml">\n'
)


class Sitemap:
    """The pages of one release."""

    def __init__(self, store: Store, release: Release, main_pages: Sequence[str], public_url: str) -> None:
        """List under a public URL; `main_pages` are the paths of those that are no documents."""
        self._store = store
        self._release = release
        self._main_pages = main_pages
        self._public_url = public_url

    @cached_property
    def pages(self) -> tuple[tuple[str, str], ...]:
        """The path of every page below the public URL, and the name by which a change of it is noted."""
        main = [path for path in (*self._main_pages, *_DOCUMENTS) if not is_kept_out(path)]
        release = f"release/{self._release.id}"
        return (*((path, path) for path in dict.fromkeys((*main, release))), *sorted(self._documents()))

    @property
    def parts(self) -> int:
        """How many files hold the list."""
        return -(-len(self.pages) // MOST_PAGES)

    def write(self, part: int) -> str:
        """Write a part of the list, counted from 1."""
        pages = self.pages[(part - 1) * MOST_PAGES : part * MOST_PAGES]
        return _write("urlset", (self._write_page(path, name) for path, name in pages))

    def write_index(self) -> str:
        """Write the list of the parts."""
        start = f"{escape(self._public_url)}sitemap/"
        parts = (f"<sitemap><loc>{start}{part}.xml</loc></sitemap>\n" for part in range(1, self.parts + 1))
        return _write("sitemapindex", parts)

    def _documents(self) -> Iterable[tuple[str, str]]:
        names = Names(self._release.base_iri)
        kinds = (names.thing_prefix, names.article_prefix, names.passage_prefix, names.note_prefix)
        withdrawn = {row["thing"] for row in self._store.select(_WITHDRAWN)}
        for row in self._store.select(_THINGS):
            thing = row["thing"]
            if isinstance(thing, Iri) and thing.value.startswith(kinds) and thing not in withdrawn:
                name = thing.value.removeprefix(names.base_iri)
                yield f"doc/{name.removeprefix('id/')}" if names.is_thing(thing.value) else name, name

    def _write_page(self, path: str, name: str) -> str:
        address = escape(f"{self._public_url}{quote(path)}")
        changed = self._changed.get(name, "")
        lines = [f"<loc>{address}</loc>"]
        if changed:
            lines.append(f"<lastmod>{escape(changed)}</lastmod>")
        lines += [
            f'<xhtml:link rel="alternate" hreflang="{language}" href="{address}?lang={language}"/>'
            for language in LANGUAGES
        ]
        return f"<url>{''.join(lines)}</url>\n"

    @cached_property
    def _changed(self) -> Mapping[str, str]:
        return {**self._release.read_changed(), f"release/{self._release.id}": self._release.created}


def create_blueprint(sitemap: Sitemap) -> Blueprint:
    """Make the routes of the list and its parts."""
    blueprint = Blueprint("sitemap", __name__)

    @blueprint.get("/sitemap.xml")
    def whole() -> Response:
        return Response(sitemap.write_index() if sitemap.parts > 1 else sitemap.write(1), content_type=_CONTENT_TYPE)

    @blueprint.get("/sitemap/<int:part>.xml")
    def one(part: int) -> Response:
        if not 1 <= part <= sitemap.parts:
            raise NotFoundError(f"There is no part {part} of the sitemap; the address /sitemap.xml lists them.")
        return Response(sitemap.write(part), content_type=_CONTENT_TYPE)

    return blueprint


def _write(name: str, entries: Iterable[str]) -> str:
    return f"{_START.format(name=name)}{''.join(entries)}</{name}>\n"

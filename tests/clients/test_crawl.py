"""A link checker that starts at the page of the dataset: it must reach everything, and everything must answer rightly.

Two crawls, in process, over the real release: one follows what pages link to, one what Turtle documents speak of.
Names begin with the base IRI and addresses with the public URL, which are not the same here, so that a link by a name
where an address belongs, or to another host, is found. Each document is asked for once as a page and once as Turtle,
and a sample in the other formats. Of addresses with parameters (facets, languages, quotations, queries) one of each
kind is followed; all pages of a list are.

Left out: the nodes of statements (`id/statement-…`), some thousands that say of one statement each where it stands;
they lie in the documents that hold the statement. Some are followed.
"""

import re
import zlib
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from html.parser import HTMLParser
from urllib.parse import parse_qsl, unquote, urldefrag, urlencode, urljoin, urlsplit

import pyoxigraph
import pytest
from flask.testing import FlaskClient

from tulieu.app import create_app
from tulieu.formats import DOCUMENT_FORMATS, HTML, TURTLE
from tulieu.release import Release
from tulieu.settings import Settings
from tulieu.store import Store
from tulieu.vocabulary import BASE_IRI

PUBLIC_URL = "https://archive.example/tulieu/"
START = f"{PUBLIC_URL}dataset"
# What makes another page of a list, or another state of a file; any other parameter makes a view of the same.
TELLING = ("page", "v")
# A language is not what makes a page another one, and neither is asking for the page by name.
SAME_PAGE = ("lang", "content", "format")
MEDIA_TYPES = {f".{each.name}": each.media_type for each in DOCUMENT_FORMATS} | {
    ".csv-metadata.json": "application/csvm+json",
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".csv": "text/csv",
    ".zip": "application/zip",
    ".gz": "application/gzip",
    ".xml": "application/xml",
    ".txt": "text/plain",
}
# Hosts that pages and documents may speak of: the licence, vocabularies, data that ours are linked to.
OUTWARD = (
    "creativecommons.org",
    "data.europa.eu",
    "www.ica.org",
    "www.w3.org",
    "www.wikidata.org",
    "purl.org",
    "rdfs.org",
    "schema.org",
    "spdx.org",
    "vocab.org",
    "xmlns.com",
    "www.hydra-cg.com",
    "www.iana.org",
    "id.loc.gov",
    "publications.europa.eu",
    "www.rfc-editor.org",
    "signposting.org",
    "w3id.org",
)
# One document in so many is asked for in one more format, one statement's node in so many is followed.
FORMATS_SAMPLE, STATEMENTS_SAMPLE = 25, 200
REDIRECTS = (301, 302, 303, 307, 308)
LINK_FIELD = re.compile(r'<([^>]*)>((?:;\s*[a-z]+="[^"]*")*)')


@dataclass(frozen=True)
class Found:
    """A link: where it leads, what type it promises, and where it stood."""

    address: str
    media_type: str
    source: str


class LinksOf(HTMLParser):
    """The links of a page: what it leads to, and what it loads."""

    def __init__(self) -> None:
        super().__init__()
        self.leads: list[tuple[str, str]] = []
        self.loads: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in ("script", "img", "source", "iframe") and "src" in given:
            self.loads.append(given["src"])
        elif tag == "link" and "stylesheet" in given.get("rel", ""):
            self.loads.append(given["href"])
        elif tag in ("a", "link", "area", "form"):
            target = given.get("action" if tag == "form" else "href", "")
            if not target.startswith(("#", "mailto:", "data:", "javascript:")):
                self.leads.append((target, given.get("type", "") if tag != "form" else ""))


@dataclass
class Crawl:
    """What one crawl has asked for, and what was wrong."""

    client: FlaskClient
    accept: str
    suffix: str
    seen: set[str] = field(default_factory=set)
    waiting: deque[Found] = field(default_factory=deque)
    documents: set[str] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)

    def run(self) -> "Crawl":
        self._add(Found(START, "", "the start"))
        while self.waiting:
            self._visit(self.waiting.popleft())
        return self

    def _add(self, link: Found) -> None:
        address = self._address_of(link)
        if address is None:
            return
        key = self._key_of(address)
        if key not in self.seen:
            self.seen.add(key)
            self.waiting.append(Found(address, link.media_type, link.source))

    def _address_of(self, link: Found) -> str | None:
        """Where a link leads on this server; None for what leads elsewhere, as it may."""
        address = urldefrag(link.address)[0]
        if address.startswith(PUBLIC_URL):
            return address
        if address.startswith(BASE_IRI):
            # w3id.org leads on to the same path; the ontology's terms are fragments of one document.
            return PUBLIC_URL + address.removeprefix(BASE_IRI)
        host = urlsplit(address).netloc
        if host not in OUTWARD and urlsplit(address).scheme in ("http", "https"):
            self.wrong.append(f"{link.source}: leads to {link.address}")
        return None

    def _key_of(self, address: str) -> str:
        parts = urlsplit(address)
        parameters = parse_qsl(parts.query, keep_blank_values=True)
        kept = [(name, value) for name, value in parameters if name in TELLING]
        kinds = sorted({name for name, _ in parameters} - {*TELLING, *SAME_PAGE})
        if kinds:
            # A view of a page, whichever: doc/…?incoming=…, cite?of=….
            return f"{parts.path.removeprefix(urlsplit(PUBLIC_URL).path).split('/')[0]}#{','.join(kinds)}"
        # The same document by the suffix of the format that is asked for anyway.
        return f"{unquote(parts.path).removesuffix(self.suffix)}?{urlencode(kept)}"

    def _visit(self, link: Found) -> None:
        address = link.address
        for _ in range(5):
            path = "/" + address.removeprefix(PUBLIC_URL)
            answer = self.client.get(path, headers={"Accept": self.accept}, buffered=True)
            if answer.status_code not in REDIRECTS:
                break
            target = urljoin(address, answer.headers["Location"])
            if not target.startswith(PUBLIC_URL):
                self.wrong.append(f"{link.source}: {address} leads on to {target}")
                return
            address = target
            key = self._key_of(address)
            if key in self.seen:
                return
            self.seen.add(key)
        where = f"{link.source}: {address}"
        if answer.status_code != 200:
            self.wrong.append(f"{where}: {answer.status_code}")
            return
        # A type is promised for the address that bears it, not for where it leads on.
        self._check_type(where, answer.content_type, urlsplit(address).path, link.media_type)
        self.documents.add(unquote(urlsplit(address).path.removeprefix(urlsplit(PUBLIC_URL).path)))
        for found in self._links_in(answer.content_type, answer.get_data(), address, answer.headers.getlist("Link")):
            self._add(found)

    def _check_type(self, where: str, content_type: str | None, path: str, promised: str) -> None:
        given = (content_type or "").partition(";")[0]
        expected = promised.partition(";")[0] or next(
            (media_type for ending, media_type in MEDIA_TYPES.items() if path.endswith(ending)), ""
        )
        if expected and given != expected:
            self.wrong.append(f"{where}: {given} for {expected}")

    def _links_in(self, content_type: str | None, body: bytes, address: str, fields: list[str]) -> Iterator[Found]:
        raise NotImplementedError


class PageCrawl(Crawl):
    """Follows what pages link to, by `href`, `src` and `Link`."""

    def _links_in(self, content_type: str | None, body: bytes, address: str, fields: list[str]) -> Iterator[Found]:
        if not (content_type or "").startswith("text/html"):
            return
        parser = LinksOf()
        parser.feed(body.decode())
        # Relative to where the page was asked for, as a browser does it; the public URL stands for that here.
        for target in parser.loads:
            loaded = urljoin(address, target)
            if not loaded.startswith(PUBLIC_URL):
                self.wrong.append(f"{address}: loads {target}")
            yield Found(loaded, "", address)
        links = [*parser.leads, *_read_link_fields(fields)]
        for target, media_type in links:
            absolute = urljoin(address, target)
            if "/statement-" in absolute and not _is_chosen(absolute, STATEMENTS_SAMPLE):
                continue
            # Every format of every document would be seven times the work: of most, the page is enough here.
            if media_type and media_type != HTML.media_type and not _is_chosen(absolute, FORMATS_SAMPLE):
                continue
            yield Found(absolute, media_type, address)


class DataCrawl(Crawl):
    """Follows what Turtle documents speak of: names and addresses of ours, wherever they stand in a statement."""

    def _links_in(self, content_type: str | None, body: bytes, address: str, fields: list[str]) -> Iterator[Found]:
        if not (content_type or "").startswith(TURTLE.media_type):
            return
        found: set[str] = set()
        for quad in pyoxigraph.parse(body, format=pyoxigraph.RdfFormat.TURTLE):
            found.update(each.value for each in (quad.subject, quad.object) if isinstance(each, pyoxigraph.NamedNode))
        for iri in sorted(found):
            if "/statement-" in iri and not _is_chosen(iri, STATEMENTS_SAMPLE):
                continue
            # Vocabularies and other data may stand anywhere on the web.
            if iri.startswith((BASE_IRI, PUBLIC_URL)):
                yield Found(iri, "", address)


def _read_link_fields(fields: list[str]) -> Iterator[tuple[str, str]]:
    for target, parameters in LINK_FIELD.findall(", ".join(fields)):
        found = dict(re.findall(r'([a-z]+)="([^"]*)"', parameters))
        yield target, found.get("type", "")


def _is_chosen(text: str, one_in: int) -> bool:
    """Choose some, the same at each run."""
    return zlib.crc32(text.encode()) % one_in == 0


@dataclass(frozen=True)
class Site:
    """The server under test, and its things."""

    release: Release

    @cached_property
    def client(self) -> FlaskClient:
        return create_app(Settings(state=self.release.folder.parents[1], public_url=PUBLIC_URL)).test_client()

    @cached_property
    def things(self) -> set[str]:
        """Everything of the default graph that has a name under id/, but for the nodes of statements."""
        query = f"""SELECT DISTINCT ?thing WHERE {{
          {{ ?thing ?property ?value }} UNION {{ ?other ?property ?thing }}
          FILTER(isIRI(?thing) && STRSTARTS(STR(?thing), "{BASE_IRI}id/"))
          FILTER(!STRSTARTS(STR(?thing), "{BASE_IRI}id/statement-"))
        }}"""
        rows = Store(self.release.store_path).select(query)
        return {row["thing"].value.removeprefix(f"{BASE_IRI}id/") for row in rows}


@pytest.fixture(scope="module")
def site(release: Release) -> Site:
    return Site(release)


@pytest.fixture(scope="module")
def pages(site: Site) -> Crawl:
    accept = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    return PageCrawl(site.client, accept, f".{HTML.name}").run()


@pytest.fixture(scope="module")
def data(site: Site) -> Crawl:
    return DataCrawl(site.client, f"{TURTLE.media_type},*/*;q=0.1", f".{TURTLE.name}").run()


def test_what_pages_link_to_answers_with_what_is_promised(pages: Crawl) -> None:
    assert not pages.wrong


def test_pages_lead_to_every_thing(pages: Crawl, site: Site) -> None:
    assert len(site.things) > 500
    assert not site.things - {path.removeprefix("doc/").removesuffix(".html") for path in pages.documents}


def test_what_documents_speak_of_answers_with_what_is_promised(data: Crawl) -> None:
    assert not data.wrong


def test_documents_lead_to_every_thing(data: Crawl, site: Site) -> None:
    reached = {path.removeprefix("doc/").removesuffix(".ttl") for path in data.documents}
    assert not site.things - reached


def test_the_crawls_saw_each_kind_of_document(pages: Crawl, data: Crawl) -> None:
    kinds = {path.partition("/")[0] for path in pages.documents}
    assert {"", "dataset", "doc", "article", "passage", "ontology", "shapes", "release", "tables", "static"} <= kinds
    assert {"graph", "note", "passage", "article", "release"} <= {path.partition("/")[0] for path in data.documents}

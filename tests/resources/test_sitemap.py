"""The sitemap, by the rules of https://www.sitemaps.org/protocol.html"""

import re
import shutil
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pyoxigraph
import pytest
from flask.testing import FlaskClient

from tulieu.app import create_app
from tulieu.release import Release
from tulieu.resources import sitemap
from tulieu.resources.sitemap import Sitemap
from tulieu.settings import Settings
from tulieu.store import Store
from tulieu.vocabulary import BASE_IRI, TL, Names

PUBLIC_URL = "https://archive.example/tulieu/"
NAMESPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
XHTML = "{http://www.w3.org/1999/xhtml}"
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
MOST_URLS, MOST_BYTES, LONGEST_URL = 50_000, 50_000_000, 2048
# Asked in another way than the sitemap does: whatever has a class, and stands in the merged asserted graph.
LIVE = """SELECT DISTINCT ?thing { GRAPH graph:asserted { ?thing a ?class } FILTER(isIRI(?thing)) }"""


def locations(text: str, root: str = "urlset", entry: str = "url") -> dict[str, ElementTree.Element]:
    """The entries of a sitemap by their addresses, once it keeps the rules of the protocol."""
    tree = ElementTree.fromstring(text)
    assert tree.tag == NAMESPACE + root
    found = {}
    for each in tree:
        assert each.tag == NAMESPACE + entry
        own = [child.tag.removeprefix(NAMESPACE) for child in each if child.tag.startswith(NAMESPACE)]
        assert own in (["loc"], ["loc", "lastmod"])
        address = each.findtext(f"{NAMESPACE}loc") or ""
        assert address.startswith(PUBLIC_URL) and len(address) < LONGEST_URL
        lastmod = each.findtext(f"{NAMESPACE}lastmod")
        assert lastmod is None or MOMENT.fullmatch(lastmod), lastmod
        assert address not in found
        found[address] = each
    assert len(found) <= MOST_URLS and len(text.encode()) <= MOST_BYTES
    return found


def test_every_page_of_the_archive_is_listed_once(client: FlaskClient, store: Store) -> None:
    answer = client.get("/sitemap.xml", headers={"Host": "evil.example"})
    assert answer.content_type == "application/xml"
    found = locations(answer.text)
    local = {row["thing"].value.removeprefix(BASE_IRI) for row in store.select(LIVE) if BASE_IRI in row["thing"].value}
    expected = {PUBLIC_URL + re.sub("^id/", "doc/", name) for name in local if not name.startswith("graph/")}
    assert len(expected) > 50
    parts = re.compile(re.escape(PUBLIC_URL) + "(doc|article|passage|note)/")
    assert {each for each in found if parts.match(each)} == expected
    main = {each.removeprefix(PUBLIC_URL) for each in set(found) - expected}
    assert {"", "browse", "timeline", "ontology", "dataset", "releases", "about"} <= main
    assert not main & {"search", "cite", "basket"}
    assert "evil" not in answer.text


def test_every_page_listed_is_there(client: FlaskClient) -> None:
    found = sorted(locations(client.get("/sitemap.xml").text))
    documents = [each for each in found if each.startswith(f"{PUBLIC_URL}doc/")]
    for address in (*(set(found) - set(documents)), *documents[::25]):
        path = f"/{address.removeprefix(PUBLIC_URL)}"
        assert client.get(path, headers={"Accept": "text/html"}).status_code == 200, address


def test_each_page_names_itself_in_each_language(client: FlaskClient) -> None:
    entry = locations(client.get("/sitemap.xml").text)[f"{PUBLIC_URL}doc/person-sample-duong"]
    links = {link.get("hreflang"): link.get("href") for link in entry.iter(f"{XHTML}link")}
    assert links == {each: f"{PUBLIC_URL}doc/person-sample-duong?lang={each}" for each in ("vi", "en")}
    for address in links.values():
        path = urlsplit(address or "")
        assert client.get(f"/doc/person-sample-duong?{path.query}", headers={"Accept": "text/html"}).status_code == 200


@pytest.fixture
def copy(tmp_path: Path, sample: Release) -> Path:
    """A state folder with a copy of the sample that a test may change: the folder of its release."""
    folder = tmp_path / "releases" / sample.id
    shutil.copytree(sample.folder, folder)
    (tmp_path / "current").symlink_to(Path("releases") / sample.id)
    return folder


def test_what_was_withdrawn_is_nothing_to_be_found(copy: Path, client: FlaskClient) -> None:
    address = f"{PUBLIC_URL}doc/person-sample-an"
    name, graph = (pyoxigraph.NamedNode(BASE_IRI + local) for local in ("id/person-sample-an", "graph/withdrawals"))
    writing = pyoxigraph.Store(str(copy / "store"))
    writing.add(pyoxigraph.Quad(name, pyoxigraph.NamedNode(TL.withdrawnOn), pyoxigraph.Literal("2026-11-24"), graph))
    del writing
    changed = create_app(Settings(state=copy.parents[1], public_url=PUBLIC_URL)).test_client()
    before, after = (set(locations(each.get("/sitemap.xml").text)) for each in (client, changed))
    assert before - after == {address}


def test_a_moment_of_change_stands_where_the_release_knows_it(
    monkeypatch: pytest.MonkeyPatch, state: Path, sample: Release
) -> None:
    changed = {"id/person-sample-duong": "2025-05-01T00:00:00Z", "article/sample-1": "2026-01-01T00:00:00Z"}
    monkeypatch.setattr(Release, "read_changed", lambda _: changed)
    client = create_app(Settings(state=state, public_url=PUBLIC_URL)).test_client()
    found = locations(client.get("/sitemap.xml").text)
    dated = {each: entry.findtext(f"{NAMESPACE}lastmod") for each, entry in found.items()}
    assert {address: moment for address, moment in dated.items() if moment} == {
        f"{PUBLIC_URL}doc/person-sample-duong": "2025-05-01T00:00:00Z",
        f"{PUBLIC_URL}article/sample-1": "2026-01-01T00:00:00Z",
        f"{PUBLIC_URL}release/{sample.id}": sample.created,
    }


def test_the_real_release_knows_when_each_thing_changed(release: Release) -> None:
    store = Store(release.store_path, Names(release.base_iri))
    found = locations(Sitemap(store, release, (), PUBLIC_URL).write(1))
    things = [entry for address, entry in found.items() if address.startswith(f"{PUBLIC_URL}doc/")]
    assert len(things) > 400
    # The first release of all: everything is as old as it.
    assert {entry.findtext(f"{NAMESPACE}lastmod") for entry in things} == {release.created}


def test_many_pages_are_listed_in_parts(
    monkeypatch: pytest.MonkeyPatch, client: FlaskClient, store: Store, sample: Release
) -> None:
    whole = locations(client.get("/sitemap.xml").text)
    monkeypatch.setattr(sitemap, "MOST_PAGES", 40)
    listed = locations(client.get("/sitemap.xml").text, "sitemapindex", "sitemap")
    assert list(listed) == [f"{PUBLIC_URL}sitemap/{part}.xml" for part in range(1, len(listed) + 1)]
    parts = [locations(client.get(f"/{each.removeprefix(PUBLIC_URL)}").text) for each in listed]
    assert len(parts) > 2 and all(len(part) == 40 for part in parts[:-1])
    assert [address for part in parts for address in part] == list(whole)
    assert client.get(f"/sitemap/{len(parts) + 1}.xml").status_code == 404
    assert client.get("/sitemap/0.xml").status_code == 404


def test_strange_names_are_escaped(store: Store, sample: Release) -> None:
    written = Sitemap(store, replace(sample), ("a&b<c", "đường"), PUBLIC_URL).write(1)
    assert {f"{PUBLIC_URL}a%26b%3Cc", f"{PUBLIC_URL}%C4%91%C6%B0%E1%BB%9Dng"} <= set(locations(written))


def test_it_can_be_kept(client: FlaskClient) -> None:
    first, head = client.get("/sitemap.xml"), client.head("/sitemap.xml")
    again = client.get("/sitemap.xml", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert (head.status_code, head.data, head.headers["ETag"]) == (200, b"", first.headers["ETag"])

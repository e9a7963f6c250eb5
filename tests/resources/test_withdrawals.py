"""The end of a name's life, as clients see it: 410 with a tombstone, 301 for ever, and that nothing else is touched."""

import json
import shutil
from pathlib import Path

import pyoxigraph
import pytest
from flask.testing import FlaskClient

from tulieu.app import create_app
from tulieu.formats import DOCUMENT_FORMATS, HTML, JSON_LD, PROBLEM, Format
from tulieu.release import find_current
from tulieu.settings import Settings
from tulieu.store import Store
from tulieu.vocabulary import Names
from tulieu.withdrawals import Withdrawals

PUBLIC_URL = "https://archive.example/tulieu/"
BASE = "https://w3id.org/tulieu/"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
DATA = f"""
PREFIX article: <{BASE}article/> PREFIX id: <{BASE}id/> PREFIX tl: <{BASE}ontology#>
PREFIX dcterms: <http://purl.org/dc/terms/> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
id:person-gone a tl:WithdrawnName ; rdfs:label "Nobody"@en, "Không ai cả"@vi ;
  tl:withdrawnBecause "A misprint in the source."@en, "Nguồn in nhầm."@vi ; tl:withdrawnOn "2026-11-24"^^xsd:date ;
  dcterms:isReplacedBy id:person-sample-duong, id:person-sample-an .
<{BASE}passage/sample-1/p09.s1> a tl:WithdrawnName ; tl:withdrawnBecause "Counted twice."@en .
article:old-1 a tl:MergedName ; tl:mergedInto article:sample-1 ; tl:withdrawnBecause "One article."@en .
id:person-first a tl:MergedName ; tl:mergedInto id:person-second ; tl:withdrawnBecause "One person."@en .
id:person-second a tl:MergedName ; tl:mergedInto id:person-sample-duong ; tl:withdrawnBecause "One person."@en .
id:person-into-gone a tl:MergedName ; tl:mergedInto id:person-gone ; tl:withdrawnBecause "One person."@en .
id:person-round a tl:MergedName ; tl:mergedInto id:person-round ; tl:withdrawnBecause "Refused by load."@en .
"""


@pytest.fixture(scope="module")
def changed(state: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample, with names withdrawn and merged in it."""
    copy = tmp_path_factory.mktemp("withdrawals") / "state"
    shutil.copytree(state, copy, symlinks=True)
    store = pyoxigraph.Store(str(find_current(copy).store_path))
    for quad in pyoxigraph.parse(DATA, format=pyoxigraph.RdfFormat.TURTLE):
        for name in ("withdrawals", "asserted"):
            graph = pyoxigraph.NamedNode(f"{BASE}graph/{name}")
            store.add(pyoxigraph.Quad(quad.subject, quad.predicate, quad.object, graph))
        store.add(pyoxigraph.Quad(quad.subject, quad.predicate, quad.object))
    return copy


@pytest.fixture(scope="module")
def client(changed: Path) -> FlaskClient:
    return create_app(Settings(state=changed, public_url=PUBLIC_URL)).test_client()


@pytest.mark.parametrize("chosen", [each for each in DOCUMENT_FORMATS if each is not HTML], ids=lambda each: each.name)
@pytest.mark.parametrize("path", ["id/person-gone", "doc/person-gone"])
def test_a_withdrawn_name_is_410_with_a_tombstone_in_every_format(
    client: FlaskClient, path: str, chosen: Format
) -> None:
    answers = [
        client.get(f"/{path}", headers={"Accept": chosen.media_type}),
        client.get(f"/{path}?format={chosen.name}", headers={"Accept": BROWSER}),
    ]
    if path.startswith("doc/"):
        answers.append(client.get(f"/{path}.{chosen.name}"))
    for answer in answers:
        assert (answer.status_code, answer.content_type) == (410, chosen.content_type)
        assert "ETag" not in answer.headers
        # What it was, why, since when, and what stands in its place.
        text = answer.text if chosen is not JSON_LD else json.dumps(json.loads(answer.data), ensure_ascii=False)
        for mark in ("WithdrawnName", "A misprint in the source.", "2026-11-24", "person-sample-an", "isReplacedBy"):
            assert mark in text or mark in text.replace("replacedBy", "isReplacedBy"), mark
    head = client.head(f"/{path}", headers={"Accept": chosen.media_type})
    assert (head.status_code, head.content_type, head.data) == (410, chosen.content_type, b"")


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("vi", ("Không ai cả", "đã rút từ ngày 24/11/2026", "Nguồn in nhầm.", "Nguyễn Thị Đường")),
        ("en", ("Nobody", "withdrawn on 24 November 2026", "A misprint in the source.", "Trần Văn Ân")),
    ],
)
@pytest.mark.parametrize("path", ["/id/person-gone", "/doc/person-gone", "/doc/person-gone.html"])
def test_a_withdrawn_name_has_a_page_in_both_languages(
    client: FlaskClient, path: str, language: str, words: tuple[str, ...]
) -> None:
    answer = client.get(path, headers={"Accept": BROWSER, "Accept-Language": language})
    assert (answer.status_code, answer.content_type) == (410, HTML.content_type)
    assert answer.headers["Content-Language"] == language
    for word in words:
        assert word in answer.text
    assert 'href="/tulieu/doc/person-sample-duong' in answer.text


@pytest.mark.parametrize("asked", [{"headers": {"Accept": "image/png"}}, {"query_string": {"format": "docx"}}])
def test_who_takes_no_form_of_it_is_told_that_it_is_gone(client: FlaskClient, asked: dict[str, object]) -> None:
    answer = client.get("/id/person-gone", **asked)  # type: ignore[arg-type]
    assert (answer.status_code, answer.mimetype) == (410, PROBLEM.media_type)
    problem = json.loads(answer.data)
    assert (problem["status"], problem["title"]) == (410, "Gone")
    assert "was withdrawn" in problem["detail"] and "text/turtle" in problem["detail"]


def test_a_passage_can_be_withdrawn_too(client: FlaskClient) -> None:
    answer = client.get("/passage/sample-1/p09.s1.ttl")
    assert (answer.status_code, "Counted twice." in answer.text) == (410, True)
    page = client.get("/passage/sample-1/p09.s1", headers={"Accept": BROWSER, "Accept-Language": "vi"})
    # A reason in the other language is better than none, and says which it is.
    assert (page.status_code, 'lang="en">Counted twice.' in page.text) == (410, True)
    assert client.get("/passage/sample-1/p02.s1.ttl").status_code == 200


@pytest.mark.parametrize(
    ("path", "accept", "location"),
    [
        ("id/person-second", BROWSER, "id/person-sample-duong"),
        # To the end at once, however many merges.
        ("id/person-first", "text/turtle", "id/person-sample-duong"),
        ("id/person-first", "image/png", "id/person-sample-duong"),
        ("id/person-first?format=nt&lang=en&x=1", BROWSER, "id/person-sample-duong?format=nt&lang=en"),
        ("doc/person-first", BROWSER, "doc/person-sample-duong"),
        ("doc/person-first.ttl", BROWSER, "doc/person-sample-duong.ttl"),
        ("doc/person-first.html?lang=vi&content=en", BROWSER, "doc/person-sample-duong.html?lang=vi&content=en"),
        ("article/old-1", BROWSER, "article/sample-1"),
        ("article/old-1.nq", BROWSER, "article/sample-1.nq"),
        ("id/person-into-gone", BROWSER, "id/person-gone"),
        # No circle passes load; were there one, nobody would be sent around in it within the server.
        ("id/person-round", BROWSER, "id/person-round"),
    ],
)
def test_a_merged_name_leads_to_the_other_for_ever(client: FlaskClient, path: str, accept: str, location: str) -> None:
    for answer in (client.get(f"/{path}", headers={"Accept": accept}), client.head(f"/{path}")):
        assert (answer.status_code, answer.headers["Location"]) == (301, PUBLIC_URL + location)
        assert answer.data == b"" and "Content-Type" not in answer.headers
        assert answer.headers["Cache-Control"].startswith("public, max-age=")


def test_names_in_use_and_names_that_never_were_are_what_they_were(client: FlaskClient, changed: Path) -> None:
    assert client.get("/id/person-sample-duong").status_code == 303
    assert client.get("/doc/person-nobody-ever").status_code == 404
    store = Store(find_current(changed).store_path)
    withdrawals = Withdrawals(store, Names())
    assert withdrawals.find(BASE + "id/person-sample-duong") is None
    assert withdrawals.follow(BASE + "id/person-sample-duong") == BASE + "id/person-sample-duong"


def test_a_withdrawn_name_is_in_no_list_of_kinds(client: FlaskClient) -> None:
    assert "WithdrawnName" not in client.get("/browse", headers={"Accept": BROWSER}).text


def test_a_withdrawn_name_is_in_no_sitemap(client: FlaskClient) -> None:
    sitemap = client.get("/sitemap.xml").text
    assert f"{PUBLIC_URL}doc/person-sample-duong<" in sitemap
    assert "person-gone" not in sitemap and "p09.s1" not in sitemap

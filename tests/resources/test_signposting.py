"""FAIR Signposting: https://signposting.org/FAIR/, read by the client that its authors' circle wrote."""

from urllib.parse import urljoin

import pytest
import requests
import signposting
from flask.testing import FlaskClient
from signposting import LinkRel, Signpost

from tulieu.formats import DOCUMENT_FORMATS, HTML, TRIG, TURTLE
from tulieu.resources.describing import LICENCE
from tulieu.resources.signposting import LINK_SET_FORMATS, Link, write_header, write_link
from tulieu.vocabulary import TL

from ..real_server import Running

# Proxies take 8 kB of header fields in all.
MOST_BYTES = 4096
ABOUT_PAGE = "https://schema.org/AboutPage"
RELEASE = "release/20260101T000000Z-000000000000"
# Which part of a long document this is, is no link of the document.
PAGING = ("first", "prev", "next", "last")
RDF = [each for each in DOCUMENT_FORMATS if each is not HTML]
# One document of each kind, what is cited in its stead, and the class of what it is about.
DOCUMENTS = (
    ("doc/person-sample-duong", "id/person-sample-duong", "https://schema.org/Person"),
    ("doc/event-sample-conference", "id/event-sample-conference", "https://schema.org/Event"),
    # No class of schema.org stands above an office's holding; the alignments name one of W3C's.
    ("doc/holding-sample-1", "id/holding-sample-1", "http://www.w3.org/ns/org#Membership"),
    ("doc/voice-stated", "id/voice-stated", "https://schema.org/DefinedTerm"),
    ("article/sample-1", "article/sample-1", "https://schema.org/NewsArticle"),
    ("passage/sample-1/p02.s2.a", "passage/sample-1/p02.s2.a", "https://schema.org/CreativeWork"),
    ("graph/notes", "graph/notes", "https://schema.org/Dataset"),
    ("ontology", "ontology", "https://schema.org/DefinedTermSet"),
    ("shapes", "shapes", "https://schema.org/Dataset"),
    ("dataset", "dataset", "https://schema.org/Dataset"),
    (RELEASE, RELEASE, "https://schema.org/Dataset"),
)
# The same of the real archive; the last are found by asking.
REAL_DOCUMENTS = (
    "doc/person-le-duc-duc",
    "article/ttxvn-lai-chau-1",
    "passage",
    "graph/notes",
    "note",
    "ontology",
    "shapes",
    "dataset",
    "release",
    "changes",
)
PATTERNS = ("doc/", "passage/", "dataset", "release/")


def read(header: str, address: str) -> signposting.Signposting:
    """Read a header as a client does that knows no more than the profile."""
    return signposting.find_signposting_http_link([header], address)


@pytest.mark.parametrize(("path", "cited", "kind"), DOCUMENTS)
@pytest.mark.parametrize("accept", ["text/html", "*/*"])
def test_a_document_has_the_links_of_level_1(
    client: FlaskClient, path: str, cited: str, kind: str, accept: str
) -> None:
    public_url = "https://archive.example/tulieu/"
    answer = client.head(f"/{path}", headers={"Accept": accept, "Host": "evil.example"})
    header = answer.headers["Link"]
    found = read(header, public_url + path)
    assert header.count('rel="cite-as"') == header.count('rel="license"') == 1
    assert found.citeAs.target == public_url + cited
    assert found.license.target == LICENCE
    assert [each.target for each in found.authors] == [f"{public_url}policy"]
    # First what it is, then that this is a page about it.
    assert header.index(f'<{kind}>; rel="type"') < header.index(f'<{ABOUT_PAGE}>; rel="type"')
    assert {each.target for each in found.types} == {kind, ABOUT_PAGE}
    assert {(each.target, each.type) for each in found.describedBy} == {
        (f"{public_url}{path}.{each.name}", each.media_type) for each in RDF
    }
    assert {(each.target, each.type) for each in found.linksets} == {
        (f"{public_url}linkset/{path}.{each.name}", each.media_type) for each in LINK_SET_FORMATS
    }
    assert found.items and all(each.type for each in found.items)
    assert (found.collection is None) == (path == "dataset")
    assert len(header.encode()) < MOST_BYTES
    assert "evil" not in header


@pytest.mark.parametrize(("path", "_cited", "_kind"), DOCUMENTS)
def test_data_names_the_page_that_it_describes(client: FlaskClient, path: str, _cited: str, _kind: str) -> None:
    page = f"https://archive.example/tulieu/{path}"
    for form in (TURTLE, TRIG):
        for address in (f"/{path}.{form.name}", f"/{path}?format={form.name}"):
            header = client.head(address).headers["Link"]
            found = read(header, urljoin(page, address))
            assert [(each.target, each.type) for each in found.describes] == [(page, "text/html")]
            assert found.linksets and not found.citeAs and not found.types
            is_content = form is TRIG and not path.startswith(("release/", "dataset"))
            assert (found.collection.target if found.collection else "") == (page if is_content else "")


def test_what_a_release_said_is_cited_as_it_stands_there(client: FlaskClient) -> None:
    page = f"https://archive.example/tulieu/{RELEASE}/doc/person-sample-duong"
    answer = client.head(f"/{RELEASE}/doc/person-sample-duong", headers={"Accept": "text/html"})
    found = read(answer.headers["Link"], page)
    assert found.citeAs.target == page
    assert found.collection.target == f"https://archive.example/tulieu/{RELEASE}"
    assert {each.target for each in found.types} == {"https://schema.org/Person", ABOUT_PAGE}
    assert len(found.describedBy) == len(RDF) and not found.linksets
    data = read(client.head(f"/{RELEASE}/doc/person-sample-duong.ttl").headers["Link"], f"{page}.ttl")
    assert [each.target for each in data.describes] == [page]


def test_the_files_of_a_release_name_its_page(client: FlaskClient) -> None:
    with client.get(f"/{RELEASE}/tulieu.nt.gz") as answer:
        found = read(answer.headers["Link"], "https://archive.example/tulieu/")
    assert found.collection.target == f"https://archive.example/tulieu/{RELEASE}"
    assert len(found.linksets) == 2


def test_a_header_stays_short_and_begins_with_what_matters_most() -> None:
    links = [Link("cite-as", "https://archive.example/" + "x" * 900), *(Link("item", "y" * 900) for _ in range(9))]
    header = write_header([*links, Link("license", LICENCE)])
    assert len(header.encode()) < MOST_BYTES
    assert header.startswith(write_link(links[0]))
    assert LICENCE in header


@pytest.mark.parametrize(
    "path",
    [
        "doc/nobody",
        "id/person-sample-duong",
        "passage/sample-1/p99.s1",
        "release/none",
        f"{RELEASE}/x",
        "dataset/x",
        "search",
        "doc/person-sample-duong.ttl",
    ],
)
def test_what_is_no_document_has_no_link_set(client: FlaskClient, path: str) -> None:
    for suffix in ("", ".json", ".txt"):
        assert client.get(f"/linkset/{path}{suffix}").status_code == 404


def test_a_link_set_comes_as_asked_for_and_can_be_kept(client: FlaskClient) -> None:
    path = "/linkset/passage/sample-1/p02.s2.a"
    types = {
        client.get(path).mimetype,
        client.get(path, headers={"Accept": "application/json"}).mimetype,
        client.get(f"{path}?format=json").mimetype,
        client.get(f"{path}.json", headers={"Accept": "image/png"}).mimetype,
    }
    assert types == {"application/linkset+json"}
    text = client.get(path, headers={"Accept": "application/linkset"})
    assert (text.mimetype, text.headers["Vary"]) == ("application/linkset", "Accept")
    assert client.get(path, headers={"Accept": "image/png"}).status_code == 406
    for address in (path, f"{path}.txt"):
        first = client.get(address)
        head = client.head(address)
        again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
        assert (head.headers["ETag"], head.data) == (first.headers["ETag"], b"")
        assert (again.status_code, again.data) == (304, b"")


def find_documents(server: Running) -> list[str]:
    """The documents that stand for their kinds, some of them found by asking."""
    release = f"release/{requests.get(f'{server.url}ready', timeout=20).json()['release']}"
    found = {"release": release, "changes": f"{release}/changes"}
    for kind in ("Passage", "Note"):
        query = f"SELECT ?name {{ ?name a <{TL[kind]}> }} ORDER BY ?name LIMIT 1"
        answer = requests.get(f"{server.url}sparql", {"query": query, "format": "json"}, timeout=20)
        name = answer.json()["results"]["bindings"][0]["name"]["value"]
        found[kind.lower()] = name.removeprefix(server.url)
    return [found.get(each, each) for each in REAL_DOCUMENTS]


def test_a_client_finds_its_way_round_a_document_of_each_kind(own_names_server: Running) -> None:
    for path in find_documents(own_names_server):
        page = own_names_server.url + path
        found = signposting.find_signposting_http(page)
        # What is cited leads back to the page.
        led = requests.get(found.citeAs.target, headers={"Accept": "text/html"}, timeout=20)
        assert (led.status_code, led.url) == (200, page)
        assert signposting.find_signposting_http(found.citeAs.target).citeAs == found.citeAs
        # Both link sets say the same, and all that the header says.
        sets = [
            signposting.find_signposting_linkset(each.target, each.type)
            for each in sorted(found.linksets, key=lambda each: each.target)
        ]
        in_json, in_text = ({key_of(each) for each in one.signposts} for one in sets)
        assert in_json == in_text
        assert {key_of(each) for each in found.for_context(page).signposts} <= in_json
        about_page = [each for each in sets[0].signposts if each.context == page]
        assert sum(each.rel is LinkRel.cite_as for each in about_page) == 1
        for item in (each for each in about_page if each.rel is LinkRel.item):
            assert ("collection", item.target, page, "text/html") in in_json
        for data in (each for each in about_page if each.rel is LinkRel.describedby):
            assert ("describes", data.target, page, "text/html") in in_json


def test_every_link_leads_to_what_it_promises(own_names_server: Running) -> None:
    asked: set[tuple[str, str]] = set()
    # Of each pattern of links one.
    for path in (each for each in find_documents(own_names_server) if each.startswith(PATTERNS)):
        answer = requests.get(f"{own_names_server.url}linkset/{path}", timeout=20)
        assert answer.status_code == 200, f"{path}: {answer.text}"
        contexts = answer.json()["linkset"]
        assert len(contexts) > len(RDF)
        for context in contexts:
            for relation, targets in context.items():
                if relation != "anchor":
                    asked |= {(each["href"], each.get("type", "")) for each in targets}
            if path == "dataset" and "/release/" in context["anchor"]:
                # The file itself speaks as part of its release; here it is part of the whole.
                continue
            header = requests.head(context["anchor"], headers={"Accept": "text/html"}, timeout=20).headers["Link"]
            assert header
            links = requests.utils.parse_header_links(header)
            for link in (each for each in links if each["rel"] not in PAGING):
                same = [each["href"] for each in context.get(link["rel"], ())]
                assert link["url"] in same, f"{context['anchor']}: {link['rel']} stands in the header only"
    ours = sorted((target, form) for target, form in asked if target.startswith(own_names_server.url))
    assert len(ours) > 60
    for target, form in ours:
        answer = requests.head(target, headers={"Accept": form or "*/*"}, timeout=20, allow_redirects=True)
        assert answer.status_code == 200, target
        assert not form or answer.headers["Content-Type"].split(";")[0] == form, target


def key_of(each: Signpost) -> tuple[str, str, str, str]:
    return str(each.rel), str(each.context), str(each.target), str(each.type or "")

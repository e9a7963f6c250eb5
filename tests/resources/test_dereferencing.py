from urllib.parse import quote

import pyoxigraph
import pytest
from flask.testing import FlaskClient

from tulieu.formats import DOCUMENT_FORMATS, HTML, Format

PERSON = "person-sample-duong"
RELEASE = "release/20260101T000000Z-000000000000"
# One document of each kind, and what must be read in it as page and as data.
DOCUMENTS = (
    (f"doc/{PERSON}", "Đường"),
    ("article/sample-1", "Sông Thử"),
    ("passage/sample-1/p02.s2.a", "holding-sample-1"),
    ("note/sample-1/office-of-committee", "organ-sample-committee"),
    ("graph/notes", "notes"),
    (RELEASE, "000000000000"),
    ("ontology", "Holding"),
    ("shapes", "PersonShape"),
)
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.mark.parametrize(
    ("accept", "location"),
    [
        (BROWSER, f"https://archive.example/tulieu/doc/{PERSON}"),
        ("text/turtle", f"https://archive.example/tulieu/doc/{PERSON}.ttl"),
        ("application/ld+json", f"https://archive.example/tulieu/doc/{PERSON}.jsonld"),
        ("*/*", f"https://archive.example/tulieu/doc/{PERSON}.ttl"),
    ],
)
def test_a_thing_answers_303_to_its_document(client: FlaskClient, accept: str, location: str) -> None:
    answer = client.get(f"/id/{PERSON}", headers={"Accept": accept, "Host": "evil.example"})
    assert (answer.status_code, answer.headers["Location"]) == (303, location)
    assert "Accept" in answer.headers["Vary"]


def test_a_chosen_language_survives_the_redirect(client: FlaskClient) -> None:
    answer = client.get(f"/id/{PERSON}?lang=en", headers={"Accept": BROWSER})
    assert answer.headers["Location"].endswith(f"/doc/{PERSON}?lang=en")


@pytest.mark.parametrize(("path", "mark"), DOCUMENTS)
@pytest.mark.parametrize("chosen", DOCUMENT_FORMATS, ids=lambda each: each.name)
def test_every_document_comes_in_every_format_three_ways(
    client: FlaskClient, path: str, mark: str, chosen: Format
) -> None:
    answers = [
        client.get(f"/{path}", headers={"Accept": chosen.media_type}),
        client.get(f"/{path}?format={chosen.name}"),
        client.get(f"/{path}.{chosen.name}", headers={"Accept": "image/png"}),
    ]
    tags = set()
    for answer in answers:
        assert (answer.status_code, answer.content_type) == (200, chosen.content_type)
        assert mark in answer.text or mark.encode("unicode_escape").decode() in answer.text
        tags.add(answer.headers["ETag"])
        if chosen is not HTML:
            parsed = pyoxigraph.parse(answer.data, format=pyoxigraph.RdfFormat.from_media_type(chosen.media_type))
            assert next(iter(parsed))
    assert len(tags) == 3


def test_tags_differ_by_type_and_language_and_a_known_one_is_answered_304(client: FlaskClient) -> None:
    tags = set()
    for accept, language in ((BROWSER, "vi"), (BROWSER, "en"), ("text/turtle", ""), ("application/trig", "")):
        headers = {"Accept": accept, "Accept-Language": language}
        first = client.get(f"/doc/{PERSON}", headers=headers)
        again = client.get(f"/doc/{PERSON}", headers={**headers, "If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.data, again.headers["Vary"]) == (304, b"", first.headers["Vary"])
        tags.add(first.headers["ETag"])
    assert len(tags) == 4


def test_a_page_says_its_language_and_data_does_not(client: FlaskClient) -> None:
    page = client.get(f"/doc/{PERSON}", headers={"Accept": BROWSER, "Accept-Language": "en"})
    assert page.headers["Content-Language"] == "en"
    assert "Content-Language" not in client.get(f"/doc/{PERSON}.ttl").headers


def test_links_name_every_format_under_the_public_url(client: FlaskClient) -> None:
    link = client.get(f"/doc/{PERSON}.ttl", headers={"Host": "evil.example"}).headers["Link"]
    for each in DOCUMENT_FORMATS:
        assert f"<https://archive.example/tulieu/doc/{PERSON}.{each.name}>" in link


UNKNOWN = (
    "/id/nobody",
    "/doc/nobody",
    "/doc/nobody.ttl",
    "/article/none",
    "/passage/sample-1/p99.s1",
    "/note/none/x",
    "/graph/none",
    "/release/none",
    "/release/none.ttl",
)


@pytest.mark.parametrize("path", UNKNOWN)
@pytest.mark.parametrize("accept", [BROWSER, "text/turtle"])
def test_what_is_not_known_is_404_for_everyone(client: FlaskClient, path: str, accept: str) -> None:
    answer = client.get(path, headers={"Accept": accept})
    assert answer.status_code == 404
    assert answer.mimetype == ("text/html" if accept == BROWSER else "application/problem+json")


@pytest.mark.parametrize(
    "name", ['a"b', "a b", "a>b", "a<b", "a\nb", "%3E} #", "a{b", "Đường", "a\\b", "..%2f..%2fetc"]
)
def test_strange_names_break_nothing(client: FlaskClient, name: str) -> None:
    for start in ("id", "doc", "graph", "passage"):
        answer = client.get(f"/{start}/{quote(name)}")
        assert answer.status_code == 404
        assert "\n" not in str(answer.headers.get("Link", ""))


def test_what_is_not_acceptable_lists_what_there_is(client: FlaskClient) -> None:
    answer = client.get(f"/doc/{PERSON}", headers={"Accept": "image/png"})
    assert answer.status_code == 406
    assert all(each.media_type in answer.text for each in DOCUMENT_FORMATS)


def test_head_equals_get(client: FlaskClient) -> None:
    for path in (f"/doc/{PERSON}.ttl", "/article/sample-1", f"/id/{PERSON}", "/"):
        head, get = client.head(path), client.get(path)
        assert (head.status_code, head.data) == (get.status_code, b"")
        assert head.headers.get("ETag") == get.headers.get("ETag")
        assert head.headers["Content-Type"] == get.headers["Content-Type"]


def test_files_of_a_release_can_be_fetched_and_nothing_else(client: FlaskClient) -> None:
    answer = client.get(f"/{RELEASE}/tulieu.nt.gz")
    assert (answer.status_code, answer.mimetype) == (200, "application/gzip")
    assert "immutable" in answer.headers["Cache-Control"]
    part = client.get(f"/{RELEASE}/tulieu.nt.gz", headers={"Range": "bytes=0-3"})
    assert (part.status_code, len(part.data)) == (206, 4)
    for name in ("manifest.json", "search.sqlite", "..%2fmanifest.json"):
        assert client.get(f"/{RELEASE}/{name}").status_code == 404
    answer.close()
    part.close()

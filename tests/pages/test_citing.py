import json
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient

from ..conftest import RELEASE_ID
from .test_citation import read_bibtex, read_ris
from .test_views import load

FIXED = f"https://archive.example/tulieu/release/{RELEASE_ID}"
CITED = (
    ("", "https://archive.example/tulieu/", "dataset"),
    # What is said of a thing is cited where it stays as it is.
    ("doc/person-sample-duong", f"{FIXED}/doc/person-sample-duong", "entry"),
    ("passage/sample-1/p02.s1", f"{FIXED}/passage/sample-1/p02.s1", "entry"),
    ("article/sample-1", f"{FIXED}/article/sample-1", "entry"),
    (f"release/{RELEASE_ID}/doc/person-sample-duong", f"{FIXED}/doc/person-sample-duong", "entry"),
    ("graph/authority", "https://archive.example/tulieu/graph/authority", "entry"),
    ("browse/Person?a=1&a=2&lang=en", "https://archive.example/tulieu/browse/Person?a=1&a=2", "webpage"),
    ("search?q=đường&content=en", "https://archive.example/tulieu/search?q=%C4%91%C6%B0%E1%BB%9Dng", "webpage"),
    (f"release/{RELEASE_ID}", FIXED, "dataset"),
)
TYPES = {
    "txt": "text/plain",
    "bib": "application/x-bibtex",
    "ris": "application/x-research-info-systems",
    "json": "application/vnd.citationstyles.csl+json",
}


def path(name: str, of: str) -> str:
    return f"/cite{name}?{urlencode({'of': of})}"


@pytest.mark.parametrize(("of", "address", "kind"), CITED)
def test_an_entity_an_article_a_list_and_a_release_are_cited_with_release_and_day(
    client: FlaskClient, of: str, address: str, kind: str
) -> None:
    record = json.loads(client.get(path(".json", of)).text)[-1]
    assert (record["URL"], record["type"], record["version"]) == (address, kind, RELEASE_ID)
    assert record["issued"] == {"date-parts": [[2026, 1, 1]]}
    assert read_bibtex(client.get(path(".bib", of)).text)[-1]["url"] == address
    assert dict(read_ris(client.get(path(".ris", of)).get_data(as_text=True))[-1])["UR"] == address
    assert address in client.get(path(".txt", of)).text


@pytest.mark.parametrize("name", TYPES)
def test_each_form_has_its_media_type_and_is_not_sent_twice(client: FlaskClient, name: str) -> None:
    first = client.get(path(f".{name}", "doc/person-sample-duong"))
    assert first.mimetype == TYPES[name]
    again = client.get(path(f".{name}", "doc/person-sample-duong"), headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304


def test_an_article_is_cited_as_it_was_printed_and_as_our_record(client: FlaskClient) -> None:
    printed, record = json.loads(client.get(path(".json", "article/sample-1")).text)
    assert (printed["type"], printed["title"]) == ("article-newspaper", "Hội nghị mẫu ở Sông Thử")
    assert "issued" not in printed
    assert record["type"] == "entry"


def test_a_passage_is_named_with_its_article(client: FlaskClient) -> None:
    record = json.loads(client.get(path(".json", "passage/sample-1/p02.s1")).text)[0]
    assert record["title"].startswith("Đoạn 2, câu 1: ")


@pytest.mark.parametrize(
    "of",
    [
        "doc/none",
        f"release/{RELEASE_ID}/changes",
        f"release/{RELEASE_ID}/doc/none",
        "release/none/doc/none",
        "https://other.example/",
        "//other.example/x",
        "browse/None",
        "release/none",
        "cite",
        "basket",
        "no",
    ],
)
def test_what_is_no_page_cannot_be_cited(client: FlaskClient, of: str) -> None:
    assert client.get(path(".json", of)).status_code == 404


def test_the_page_shows_both_languages_and_every_form(client: FlaskClient) -> None:
    text, page = load(client, "cite?of=doc/event-sample-conference&lang=en")
    assert "Hội nghị Sông Thử" in text
    assert "Sông Thử conference" in text
    for name in ("bib", "ris", "json"):
        assert any(f"/cite.{name}?of=doc%2Fevent-sample-conference" in link for link in page.links)


def test_pages_lead_to_their_citation_and_those_that_are_none_do_not(client: FlaskClient) -> None:
    assert "/tulieu/cite?of=browse%2FPerson" in load(client, "browse/Person")[1].links
    assert "/tulieu/cite?of=doc%2Fperson-sample-duong" in load(client, "doc/person-sample-duong")[1].links
    assert not [link for link in load(client, "basket")[1].links if "/cite?" in link]

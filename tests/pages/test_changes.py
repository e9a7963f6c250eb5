"""What people read of releases: what each changed, what a thing was in an earlier one, since when it is known."""

import json
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ..two_releases import ADDED, GONE, NEW, OLD, RENAMED
from .test_views import load

PUBLIC_URL = "https://archive.example/tulieu/"


@pytest.fixture
def reader(two_releases: Flask) -> FlaskClient:
    return two_releases.test_client()


def test_the_page_of_changes_says_in_words_what_was_added_and_removed(reader: FlaskClient) -> None:
    text, page = load(reader, f"release/{NEW}/changes.html?lang=en")
    assert f"{ADDED + 1} statements added, " in text
    assert page.links.count(f"/tulieu/release/{OLD}?lang=en") >= 1
    # What is gone goes by the name it had, and leads to where it still stands.
    assert f'<a href="/tulieu/release/{OLD}/doc/{GONE}?lang=en">Trần Văn Ân</a>' in text
    for row in ("Things</th>", "Passages</th>", "Authority file: names and kinds</a></th>"):
        assert row in text
    first = text.index("Each statement added and removed")
    assert text[first:].count('<section class="changed">') == 100 and "khái niệm 129" in text[first:]
    assert 'rel="next"' in text and "page=2" in text


def test_the_last_page_of_changes_has_the_rest_and_no_evidence(reader: FlaskClient) -> None:
    text, _ = load(reader, f"release/{NEW}/changes.html?lang=en&page=2")
    said = text[text.index("Each statement added and removed") :]
    assert said.index("</em> Head of the office") < said.index("</em> Head of the new office")
    assert "held office" in said and "attested" not in said
    assert "javascript:" not in text.replace("javascript:alert%281%29", ""), "what was data stays text"
    assert load(reader, f"release/{NEW}/changes.html?lang=en&page=99")[0].count("<h1>") == 1


def test_the_things_that_were_added_are_listed_page_by_page(reader: FlaskClient) -> None:
    found = set()
    for number in (1, 2, 3):
        text, _ = load(reader, f"release/{NEW}/changes.html?added={number}")
        part = text[text.index('<section id="added">') :]
        found |= {line for line in part[: part.index("</section>")].splitlines() if "khái niệm" in line}
    assert len(found) == ADDED
    assert "Mục thêm mới" in text and f">{ADDED}<" in text


def test_a_release_tells_what_it_changed_and_what_came_before_and_after(reader: FlaskClient) -> None:
    old, new = (load(reader, f"release/{each}.html?lang=en")[0] for each in (OLD, NEW))
    assert "Not recorded." in old and "After: 1 February 2026" in old and "Before:" not in old
    assert f"/tulieu/release/{NEW}/changes?lang=en" in new and "Before: 1 January 2026" in new and "After:" not in new
    assert "SHA256SUMS</a>" in new and "report.ttl</a>" in new and "statements added since the release before" in new
    releases = load(reader, "releases?lang=en")[0]
    assert f"/tulieu/release/{NEW}/changes?lang=en" in releases and "Not recorded." in releases


def test_a_past_page_says_so_and_stays_in_its_release(reader: FlaskClient) -> None:
    text, page = load(reader, f"release/{OLD}/doc/{RENAMED}.html?lang=en")
    assert "Head of the office</h1>" in text
    assert "This page shows the archive as it was in the release of" in text
    assert f"/tulieu/doc/{RENAMED}?lang=en" in page.links
    assert f"/tulieu/release/{OLD}/doc/organ-sample-committee?lang=en" in page.links
    assert f"/tulieu/release/{OLD}/doc/{RENAMED}.ttl" in page.links
    assert 'application/ld+json">{' not in text.split("<body>")[0]
    gone, _ = load(reader, f"release/{OLD}/doc/{GONE}.html?lang=en")
    assert "The current release no longer has it." in gone
    assert "as it was in the release" not in load(reader, f"doc/{RENAMED}?lang=en")[0]


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_a_thing_tells_since_when_it_is_known_and_when_it_last_changed(reader: FlaskClient, lang: str) -> None:
    days = {"vi": ("1/1/2026", "1/2/2026"), "en": ("1 January 2026", "1 February 2026")}[lang]
    text, page = load(reader, f"doc/{RENAMED}?lang={lang}")
    history = text[text.index('id="history"') :]
    assert all(day in history for day in days)
    assert f"/tulieu/release/{OLD}?lang={lang}" in page.links
    assert f"/tulieu/release/{NEW}/changes?lang={lang}" in page.links
    same = load(reader, f"doc/organ-only-english?lang={lang}")[0]
    assert days[1] not in same[same.index('id="history"') : same.index(NEW)]


def test_without_a_record_a_thing_says_that_there_is_none(client: FlaskClient) -> None:
    text, _ = load(client, f"doc/{RENAMED}?lang=en")
    assert text[text.index('id="history"') :].count("Not recorded.") == 2


def test_the_page_that_says_nothing_is_here_says_what_once_was(reader: FlaskClient) -> None:
    answer = reader.get(f"/doc/{GONE}?lang=en", headers={"Accept": "text/html"})
    assert answer.status_code == 404
    assert "last in the release of 1 January 2026" in answer.text
    assert f"/tulieu/release/{OLD}/doc/{GONE}?lang=en" in answer.text


@pytest.mark.parametrize("of", [f"doc/{RENAMED}", f"release/{OLD}/doc/{GONE}", f"release/{OLD}/article/sample-1"])
def test_whatever_a_citation_prints_leads_to_what_was_cited(reader: FlaskClient, of: str) -> None:
    record = json.loads(reader.get(f"/cite.json?{urlencode({'of': of})}").text)[-1]
    assert record["version"] in record["URL"]
    answer = reader.get(record["URL"].removeprefix(PUBLIC_URL.rstrip("/")), headers={"Accept": "text/html"})
    assert answer.status_code == 200 and record["title"].split(":")[0].lower() in answer.text.lower()
    assert reader.get(f"/release/{record['version']}").status_code == 200
    cited, _ = load(reader, f"cite?{urlencode({'of': of})}")
    assert record["URL"] in cited


def test_what_a_release_changed_can_be_cited(reader: FlaskClient) -> None:
    found = json.loads(reader.get(f"/cite.json?of=release/{NEW}/changes").text)[0]
    assert (found["type"], found["URL"]) == ("dataset", f"{PUBLIC_URL}release/{NEW}/changes")

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from .test_views import load

PERSON = "doc/person-sample-duong"


def test_content_is_shown_in_another_language_than_the_interface(client: FlaskClient) -> None:
    text, page = load(client, "doc/event-sample-conference?lang=vi&content=en")
    assert page.language == "vi"
    assert '<h1><span lang="en">Sông Thử conference</span>' in text
    assert "Đến nội dung chính" in text
    answer = client.get("/doc/event-sample-conference.html?lang=vi&content=en")
    assert answer.headers["Content-Language"] == "vi, en"


def test_both_choices_are_carried_by_links_and_forms(client: FlaskClient) -> None:
    text, page = load(client, f"{PERSON}?lang=vi&content=en")
    ours = [link for link in page.links if link.startswith("/tulieu/doc/") and "." not in link.split("?")[0]]
    assert ours
    assert all("lang=" in link and "content=" in link for link in ours)
    assert 'type="hidden" name="content" value="en"' in text


def test_a_change_of_language_keeps_the_page_and_its_parameters(client: FlaskClient) -> None:
    _, page = load(client, "search?q=h%E1%BB%99i&kind=Event&kind=Person&content=en")
    kept = "q=h%E1%BB%99i&kind=Event&kind=Person&content=en&lang=en"
    assert f"/tulieu/search?{kept}" in page.links
    assert "/tulieu/search?q=h%E1%BB%99i&kind=Event&kind=Person&content=vi" in page.links


@pytest.mark.parametrize("path", ["", "browse/Person", PERSON, "glossary?page=2"])
def test_the_same_page_in_each_language_is_named_by_its_whole_address(client: FlaskClient, path: str) -> None:
    text, _ = load(client, path)
    found = dict(re.findall(r'<link rel="alternate" hreflang="([^"]*)" href="([^"]*)">', text))
    joined = "&amp;" if "?" in path else "?"
    assert found == {
        "vi": f"https://archive.example/tulieu/{path}{joined}lang=vi",
        "en": f"https://archive.example/tulieu/{path}{joined}lang=en",
        "x-default": f"https://archive.example/tulieu/{path}",
    }


def test_a_text_that_there_is_in_one_language_only_says_so(client: FlaskClient) -> None:
    assert re.search(r'<h1><span lang="en">A [^<]*</span> <small class="tag">tiếng Anh</small></h1>',
                     load(client, "doc/organ-only-english")[0])  # fmt: skip
    assert 'class="tag"' not in load(client, "doc/organ-only-english", "en")[0].partition("</h1>")[0]
    chosen = load(client, "doc/organ-only-english?lang=vi&content=en")[0].partition("</h1>")[0]
    assert '<h1><span lang="en">' in chosen
    assert 'class="tag"' not in chosen


def test_no_two_languages_share_a_tag_and_none_sets_a_cookie(client: FlaskClient) -> None:
    tags = set()
    for query in ("", "?lang=en", "?content=en", "?lang=en&content=vi"):
        answer = client.get(f"/browse{query}")
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Vary"] == "Accept, Accept-Language"
        tags.add(answer.headers["ETag"])
    assert len(tags) == 4


def test_a_page_that_is_printed_names_the_archive_the_address_and_the_release(client: FlaskClient) -> None:
    text, _ = load(client, PERSON)
    head = re.search(r'<p class="print-head"[^>]*>(.*?)</p>', text)
    assert head is not None
    assert f"https://archive.example/tulieu/{PERSON}" in head[1]
    assert "20260101T000000Z-000000000000" in head[1]


def test_a_language_that_there_is_not_counts_as_none(app: Flask) -> None:
    answer = app.test_client().get("/browse?lang=fr&content=zh", headers={"Accept-Language": "en"})
    assert answer.headers["Content-Language"] == "en"
    assert "lang=fr" not in answer.text
    assert "content=zh" not in answer.text

import pytest

from tulieu.errors import NegotiationError
from tulieu.formats import (
    DOCUMENT_FORMATS,
    HTML,
    JSON_LD,
    N_TRIPLES,
    PROBLEM,
    RDF_XML,
    ROW_FORMATS,
    ROWS_CSV,
    ROWS_JSON,
    ROWS_XML,
    TRIG,
    TURTLE,
    Format,
    format_named,
    negotiate,
    negotiate_language,
)

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, TURTLE),
        ("", TURTLE),
        ("*/*", TURTLE),
        ("text/*", TURTLE),
        ("application/*", JSON_LD),
        (BROWSER, HTML),
        ("text/html", HTML),
        ("text/turtle;q=0.5, text/html;q=0.4", TURTLE),
        ("text/html;q=0.9, application/trig", TRIG),
        ("application/ld+json; profile=x", JSON_LD),
        ("application/json", JSON_LD),
        ("APPLICATION/RDF+XML", RDF_XML),
        ("text/turtle;q=0, */*", JSON_LD),
        # Of two liked alike, the one that is named: axios, an old Internet Explorer.
        ("application/json, text/plain, */*", JSON_LD),
        ("text/html, application/xhtml+xml, */*", HTML),
        ("application/ld+json, text/*", JSON_LD),
        ("image/png, application/n-triples;q=0.1", N_TRIPLES),
        ("text/turtle;q=abc, text/html;q=0.5", HTML),
        (",, text/html ,", HTML),
        ("text/html, text/turtle", TURTLE),
    ],
)
def test_accept_chooses_a_document_format(accept: str | None, expected: Format) -> None:
    assert negotiate(accept, DOCUMENT_FORMATS) is expected


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("*/*", ROWS_JSON),
        ("text/csv", ROWS_CSV),
        ("application/xml", ROWS_XML),
        ("application/sparql-results+xml;q=0.5, text/csv;q=0.4", ROWS_XML),
    ],
)
def test_accept_chooses_a_result_format(accept: str, expected: Format) -> None:
    assert negotiate(accept, ROW_FORMATS) is expected


@pytest.mark.parametrize("accept", ["image/png", "text/turtle;q=0", "nonsense"])
def test_what_is_not_acceptable_is_told_with_what_there_is(accept: str) -> None:
    with pytest.raises(NegotiationError, match="text/turtle"):
        negotiate(accept, (TURTLE,))


def test_an_error_is_a_problem_unless_a_page_is_preferred() -> None:
    assert negotiate("*/*", (PROBLEM, HTML)) is PROBLEM
    assert negotiate(BROWSER, (PROBLEM, HTML)) is HTML


def test_a_format_is_found_by_name_and_by_media_type() -> None:
    assert format_named("TTL", DOCUMENT_FORMATS) is TURTLE
    assert format_named("application/rdf+xml", DOCUMENT_FORMATS) is RDF_XML
    with pytest.raises(NegotiationError, match="jsonld"):
        format_named("docx", DOCUMENT_FORMATS)


def test_text_formats_say_that_they_are_utf8() -> None:
    assert TURTLE.content_type == "text/turtle; charset=utf-8"
    assert TRIG.content_type == "application/trig"


@pytest.mark.parametrize(
    ("header", "expected"),
    [(None, "vi"), ("en-GB,en;q=0.9", "en"), ("fr", "vi"), ("fr, en;q=0.2, vi;q=0.1", "en"), ("vi-VN", "vi")],
)
def test_the_language_is_the_readers_or_the_default(header: str | None, expected: str) -> None:
    assert negotiate_language(header, ("vi", "en"), "vi") == expected

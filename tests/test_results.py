"""Results as text: what a reader sees on a terminal, and what the README prints."""

import pytest

from tulieu.results import render_answer, shorten_iri
from tulieu.store import Blank, Iri, Literal, Statement, Table, Term
from tulieu.vocabulary import BASE_IRI, PREFIXES

ROWS: tuple[dict[str, Term], ...] = (
    {"who": Iri(f"{BASE_IRI}id/person-sample-a"), "name": Literal("Đặng Thị Ưởng", "vi"), "n": Literal("8198")},
    {"who": Iri("https://elsewhere.example/a?b"), "name": Literal("hai\ndòng\x1b[31m")},
    {"who": Blank("b0")},
)


def test_a_table_has_a_heading_dashes_and_a_line_for_each_row() -> None:
    assert render_answer(Table(("who", "name", "n"), ROWS, 3), PREFIXES).splitlines() == [
        "who                              name           n",
        "-------------------------------  -------------  ----",
        "id:person-sample-a               Đặng Thị Ưởng  8198",
        "<https://elsewhere.example/a?b>  hai dòng\ufffd[31m",
        "_:b0",
    ]


def test_a_table_without_rows_has_its_heading() -> None:
    assert render_answer(Table(("a", "number"), (), 0), PREFIXES) == "a  number\n-  ------\n"


@pytest.mark.parametrize("width", [40, 60, 200])
def test_lines_fit_the_terminal(width: int) -> None:
    rows = tuple({"a": Literal("ừ" * 30), "b": Literal("x" * count)} for count in (1, 50))
    lines = render_answer(Table(("a", "b"), rows, 2), PREFIXES, width).splitlines()
    assert max(len(line) for line in lines) == min(width, 82)
    assert lines[-1].endswith("…") == (width < 82)


def test_combining_marks_take_no_column_and_wide_letters_two() -> None:
    rows = ({"a": Literal("u\u031b\u0309")}, {"a": Literal("省")})
    assert render_answer(Table(("a",), rows, 2), PREFIXES).splitlines()[1] == "--"


@pytest.mark.parametrize(("answer", "text"), [(True, "true\n"), (False, "false\n")])
def test_a_yes_or_no_is_one_word(answer: bool, text: str) -> None:
    assert render_answer(answer, PREFIXES) == text


def test_statements_are_a_table_of_three_columns() -> None:
    statement = Statement(Iri(f"{BASE_IRI}id/a"), Iri(f"{BASE_IRI}ontology#hasKind"), Iri(f"{BASE_IRI}id/b"))
    assert render_answer((statement,), PREFIXES).splitlines() == [
        "subject  predicate   object",
        "-------  ----------  ------",
        "id:a     tl:hasKind  id:b",
    ]


@pytest.mark.parametrize(
    ("iri", "short"),
    [
        (f"{BASE_IRI}ontology#Person", "tl:Person"),
        (f"{BASE_IRI}article/sample-1", "article:sample-1"),
        (f"{BASE_IRI}passage/sample-1/p01.s1", f"<{BASE_IRI}passage/sample-1/p01.s1>"),
        (f"{BASE_IRI}id/", f"<{BASE_IRI}id/>"),
        (f"{BASE_IRI}id/a.", f"<{BASE_IRI}id/a.>"),
    ],
)
def test_a_name_is_shortened_only_to_what_a_query_could_say(iri: str, short: str) -> None:
    assert shorten_iri(iri, PREFIXES) == short

"""Answers are the same where they say the same, in whatever order and spelling; where they do not, they differ."""

import json

import pytest
from benchmarks.answers import GRAPH, ROWS, Answer, read_answer

XSD = "http://www.w3.org/2001/XMLSchema#"
A, B = {"type": "uri", "value": "https://example.org/a"}, {"type": "uri", "value": "https://example.org/b"}


def rows(*found: dict[str, dict[str, str]]) -> Answer:
    return read_answer(ROWS, json.dumps({"head": {"vars": []}, "results": {"bindings": found}}).encode())


def term(value: str, datatype: str = "", language: str = "", kind: str = "literal") -> dict[str, str]:
    given = {"type": kind, "value": value}
    if datatype:
        given["datatype"] = XSD + datatype
    return given | ({"xml:lang": language} if language else {})


def test_the_order_of_rows_and_variables_does_not_count() -> None:
    assert rows({"x": A, "y": B}, {"x": B}) == rows({"x": B}, {"y": B, "x": A})


def test_how_often_a_row_comes_counts_and_under_which_variable() -> None:
    assert rows({"x": A}, {"x": A}, {"x": B}) != rows({"x": A}, {"x": B}, {"x": B})
    assert rows({"x": A}) != rows({"y": A})
    assert rows({"x": A}) != rows({"x": B})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (term("7", "integer"), term("07", "integer", kind="typed-literal")),
        (term("1.50", "decimal"), term("1.5", "decimal")),
        (term("0.3333333333333333333", "decimal"), term("0.333333333333333333", "decimal")),
        (term("100", "double"), term("1.0E2", "double")),
        (term("1", "boolean"), term("true", "boolean")),
        (term("chào", language="vi-VN"), term("chào", language="vi-vn")),
        (term("x"), term("x", "string")),
        (term("b0", kind="bnode"), term("genid7", kind="bnode")),
    ],
)
def test_spellings_of_one_term_are_one(one: dict[str, str], other: dict[str, str]) -> None:
    assert rows({"x": one}) == rows({"x": other})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (term("7", "integer"), term("7", "decimal")),
        (term("7", "integer"), term("7")),
        (term("07"), term("7")),
        (term("12345678901234567890", "integer"), term("12345678901234567891", "integer")),
        (term("1.5", "decimal"), term("1.51", "decimal")),
        (term("many", "integer"), term("7", "integer")),
        (term("NaN", "double"), term("INF", "double")),
        (term("x", language="vi"), term("x", language="en")),
        (term("x", language="vi"), term("x")),
        (A, term("https://example.org/a")),
        (A, term("b0", kind="bnode")),
    ],
)
def test_other_terms_are_told_apart(one: dict[str, str], other: dict[str, str]) -> None:
    assert rows({"x": one}) != rows({"x": other})


def test_yes_is_not_no() -> None:
    yes, no = (read_answer(ROWS, json.dumps({"head": {}, "boolean": said}).encode()) for said in (True, False))
    assert yes != no
    assert yes != rows()


def test_graphs_are_sets_of_statements_whose_blank_nodes_have_no_names() -> None:
    first = b'_:a <p:p> "1" .\n<s:s> <p:p> "2"@EN .\n<s:s> <p:p> "2"@EN .\n'
    again = b'<s:s> <p:p> "2"@en .\n# a comment\n_:z <p:p> "1" .\n'
    assert read_answer(GRAPH, first) == read_answer(GRAPH, again)
    assert read_answer(GRAPH, first).size == 2
    assert read_answer(GRAPH, first) != read_answer(GRAPH, again + b'_:y <p:p> "1" .\n')


@pytest.mark.parametrize("body", [b"<html>", b'{"head": {}}', b'{"results": {"bindings": [{"x": {"type": "?"}}]}}'])
def test_what_is_no_answer_is_not_read_as_one(body: bytes) -> None:
    with pytest.raises((ValueError, KeyError)):
        read_answer(ROWS, body)
    with pytest.raises((ValueError, KeyError)):
        read_answer(GRAPH, body)

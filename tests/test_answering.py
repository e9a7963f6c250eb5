"""What is put right in the engine's answers, seen through the code that a query process runs."""

import io
import json
from xml.etree import ElementTree

import pyoxigraph
import pytest

from tulieu.answering import XmlText, explain, order_columns, run_query, write_result
from tulieu.formats import (
    ANSWER_GRAPH_FORMATS,
    BOOLEAN_FORMATS,
    RDF_XML,
    ROW_FORMATS,
    ROWS_CSV,
    ROWS_JSON,
    ROWS_XML,
    Format,
)

NODE = pyoxigraph.NamedNode("http://e.example/a")


@pytest.fixture
def engine() -> pyoxigraph.Store:
    store = pyoxigraph.Store()
    for value in ("one", "two", "\x00\x01\x0b\x1f\ufffe\uffff tab\tcr\rlf\n"):
        store.add(pyoxigraph.Quad(NODE, NODE, pyoxigraph.Literal(value)))
    return store


def answer(engine: pyoxigraph.Store, query: str, chosen: Format) -> bytes:
    output = io.BytesIO()
    write_result(run_query(engine, query), chosen, output)
    return output.getvalue()


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("SELECT * { ?z ?b ?a }", "z,b,a"),
        ("select distinct * { ?z ?b ?a } order by ?a", "z,b,a"),
        ("PREFIX select: <http://e/> SELECT REDUCED * { { ?z ?y ?x } UNION { ?c ?b $a } }", "z,y,x,c,b,a"),
        ("SELECT * { ?z ?b ?a FILTER(?hidden = 1) BIND(2 * 3 AS ?six) }", "z,b,a,six"),
        ("SELECT * { { SELECT ?b { ?a ?c ?b } } ?a ?d ?b }", "b,a,d"),
        ("SELECT ?a ?z { ?z ?b ?a }", "a,z"),
        ("SELECT (COUNT(*) AS ?n) { ?z ?b ?a }", "n"),
    ],
)
def test_columns_stand_in_the_order_of_the_query(engine: pyoxigraph.Store, query: str, names: str) -> None:
    assert answer(engine, query, ROWS_CSV).decode().split("\r\n", 1)[0] == names


def test_only_the_outermost_star_is_spelt_out() -> None:
    assert order_columns("SELECT ?b { SELECT * { ?b ?a ?c } }", ["b"]) == "SELECT ?b { SELECT * { ?b ?a ?c } }"
    assert order_columns("SELECT * { ?b ?a }", ["a", "b"]) == "SELECT ?b ?a { ?b ?a }"
    assert order_columns("SELECT * { ?ệ ?a } # *", ["a", "ệ"]) == "SELECT ?ệ ?a { ?ệ ?a } # *"


def test_a_blank_node_of_a_text_is_the_same_within_a_solution_and_another_in_the_next(
    engine: pyoxigraph.Store,
) -> None:
    query = (
        'SELECT ?x (BNODE("a") AS ?b) (bnode ( "a" ) AS ?c) (BNODE("b") AS ?d) (BNODE() AS ?e) (BNODE(1) AS ?none) '
        "{ VALUES ?x { 1 2 3 } }"
    )
    rows = json.loads(answer(engine, query, ROWS_JSON))["results"]["bindings"]
    nodes = [{name: cell["value"] for name, cell in row.items() if name != "x"} for row in rows]
    assert all(row["b"] == row["c"] and "none" not in row for row in nodes)
    assert len({row[name] for row in nodes for name in "bde"}) == 9


@pytest.mark.parametrize("chosen", [ROWS_XML, RDF_XML])
def test_xml_is_well_formed_whatever_a_text_holds(engine: pyoxigraph.Store, chosen: Format) -> None:
    query = "SELECT ?o { ?s ?p ?o }" if chosen is ROWS_XML else "CONSTRUCT WHERE { ?s ?p ?o }"
    written = answer(engine, query, chosen)
    texts = [element.text or "" for element in ElementTree.fromstring(written).iter()]
    assert "\ufffd" * 6 + " tab\tcr\rlf\n" in texts
    assert b"U+FFFD, because XML 1.0 cannot hold them: 6 characters" in written


def test_xml_cut_anywhere_comes_out_the_same() -> None:
    text = "a\ufffe\uffffb\ufffd\u1234\r".encode()
    for size in range(1, len(text) + 1):
        output = io.BytesIO()
        target = XmlText(output)
        for start in range(0, len(text), size):
            target.write(text[start : start + size])
        target.finish()
        assert output.getvalue().startswith("a\ufffd\ufffdb\ufffd\u1234&#13;<!--".encode())


@pytest.mark.parametrize("chosen", [*ROW_FORMATS, *BOOLEAN_FORMATS, *ANSWER_GRAPH_FORMATS], ids=lambda each: each.name)
def test_every_format_is_written(engine: pyoxigraph.Store, chosen: Format) -> None:
    queries = {
        "SELECT ?s { ?s ?p ?o }": ROW_FORMATS,
        "ASK { }": BOOLEAN_FORMATS,
        "DESCRIBE <http://e.example/a>": ANSWER_GRAPH_FORMATS,
    }
    for query, formats in queries.items():
        if chosen in formats:
            assert answer(engine, query, chosen)


@pytest.mark.parametrize(
    ("query", "line", "column"),
    [
        ("SELECT * {\n ?s ?p", 2, 7),
        ('SELECT (BNODE("x") AS ?n) { }\n}', 2, 2),
        ("SELECT * { ?ệ ?p ?o }}", 1, 23),
    ],
)
def test_an_error_has_its_place_in_the_text_as_it_was_written(
    engine: pyoxigraph.Store, query: str, line: int, column: int
) -> None:
    with pytest.raises(SyntaxError) as caught:
        run_query(engine, query)
    error = explain(caught.value)
    assert (error.line, error.column) == (line, column)
    assert f"line {line}, column {column}" in str(error)


def test_relative_names_are_read_against_the_base(engine: pyoxigraph.Store) -> None:
    output = io.BytesIO()
    result = run_query(engine, "SELECT (<a> AS ?iri) { }", base_iri="http://e.example/sparql")
    write_result(result, ROWS_CSV, output)
    assert output.getvalue() == b"iri\r\nhttp://e.example/a\r\n"

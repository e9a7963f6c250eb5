"""SPARQL 1.1 query: evaluation, syntax and result formats of the W3C suite, by the code that a query process runs.

https://www.w3.org/TR/sparql11-query/ and the recommendations on results in JSON, CSV and TSV.
"""

import io

import pyoxigraph
import pytest
from rdflib.term import Node

from tulieu.answering import kind_of, run_query, write_result
from tulieu.errors import QueryError
from tulieu.formats import N_TRIPLES, ROWS_CSV, ROWS_JSON, ROWS_TSV, ROWS_XML, Format
from tulieu.sparql.gate import Limits, check_query

from .differences import DIFFERENCES, MOST
from .manifest import (
    BASE,
    FEDERATED_GROUPS,
    QT,
    QUERY_GROUPS,
    UPDATE_GROUPS,
    UT,
    Case,
    path_of,
    read_all,
    read_text,
    require_suites,
)
from .solutions import order_columns, read_boolean, read_csv, read_described_rows, read_rows, same_graph, same_rows

MF_RESULT = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#result"
MF_ACTION = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#action"
LIMITS = Limits(65_536, 100, 20_000)

QUERY_CASES = read_all(QUERY_GROUPS)
EVALUATION = [case for case in QUERY_CASES if case.kind in ("QueryEvaluationTest", "CSVResultFormatTest")]
SYNTAX = [case for case in QUERY_CASES if case.kind in ("PositiveSyntaxTest11", "NegativeSyntaxTest11")]
UPDATES = read_all(UPDATE_GROUPS)
FEDERATED = read_all(FEDERATED_GROUPS)
RESULT_FORMATS: dict[str, Format] = {".srx": ROWS_XML, ".srj": ROWS_JSON, ".tsv": ROWS_TSV, ".csv": ROWS_CSV}
RDF_SUFFIXES = (".ttl", ".rdf", ".nt")


@pytest.fixture(autouse=True)
def _suites() -> None:
    require_suites()


def test_the_suite_is_whole() -> None:
    assert (len(EVALUATION), len(SYNTAX), len(UPDATES), len(FEDERATED)) == (235, 103, 157, 10)


def test_the_table_of_differences_only_shrinks() -> None:
    known = {case.iri for case in (*QUERY_CASES, *UPDATES)}
    assert set(DIFFERENCES) <= known, f"no such test: {set(DIFFERENCES) - known}"
    assert len(DIFFERENCES) == MOST, "lower MOST with every entry that goes; none may come"
    assert all(reason.endswith(".") for reason in DIFFERENCES.values())


@pytest.mark.parametrize("case", EVALUATION, ids=lambda case: case.name)
def test_evaluation(case: Case) -> None:
    passes = evaluate(case)
    if case.iri in DIFFERENCES:
        assert not passes, f"{case.iri} passes: take it out of the differences, and lower their number"
    else:
        assert passes


@pytest.mark.parametrize("case", SYNTAX, ids=lambda case: case.name)
def test_syntax(case: Case) -> None:
    action = case.one(MF_ACTION)
    assert action is not None
    is_right = case.kind.startswith("Positive")
    assert is_accepted(read_text(action), str(action)) == is_right


@pytest.mark.parametrize("case", UPDATES, ids=lambda case: case.name)
def test_an_update_is_no_query(case: Case) -> None:
    action = case.one(MF_ACTION)
    assert action is not None
    request = case.one(UT + "request", action) or action
    # Four of these texts hold nothing but a prologue: then it is the engine that misses a query.
    with pytest.raises((QueryError, SyntaxError)):
        check_query(text := read_text(request), LIMITS)
        run_query(pyoxigraph.Store(), text, base_iri=str(request))


@pytest.mark.parametrize("case", FEDERATED, ids=lambda case: case.name)
def test_a_federated_query_is_refused(case: Case) -> None:
    action = case.one(MF_ACTION)
    assert action is not None
    with pytest.raises(QueryError, match="SERVICE is not carried out"):
        check_query(read_text(case.one(QT + "query", action) or action), LIMITS)


def is_accepted(text: str, base: str) -> bool:
    try:
        check_query(text, LIMITS)
        run_query(pyoxigraph.Store(), text, base_iri=base)
    except (QueryError, SyntaxError, ValueError):
        return False
    except RuntimeError as error:
        # The grammar has it, the engine does not know the function: that is no matter of syntax.
        assert "custom function" in str(error), error
    return True


def evaluate(case: Case) -> bool:
    action, expected = case.one(MF_ACTION), case.one(MF_RESULT)
    assert action is not None
    assert expected is not None
    query = case.one(QT + "query", action)
    assert query is not None
    text = read_text(query)
    check_query(text, LIMITS)
    result = run_query(load(case, action), text, base_iri=str(query))
    path = path_of(expected)
    if isinstance(result, pyoxigraph.QueryTriples):
        written = write(result, N_TRIPLES)
        triples = pyoxigraph.parse(path.read_bytes(), format=rdf_format(path.suffix), base_iri=str(expected))
        wanted = pyoxigraph.serialize((quad.triple for quad in triples), format=pyoxigraph.RdfFormat.N_TRIPLES)
        assert wanted is not None
        return same_graph(written, wanted, pyoxigraph.RdfFormat.N_TRIPLES, BASE)
    if path.suffix in RDF_SUFFIXES:
        names, rows = read_rows(write(result, ROWS_JSON), pyoxigraph.QueryResultsFormat.JSON)
        return same_rows(rows, read_described_rows(path.read_bytes(), names))
    chosen = RESULT_FORMATS[path.suffix]
    form = pyoxigraph.QueryResultsFormat.from_media_type(chosen.media_type)
    assert form is not None
    written = write(result, chosen)
    if kind_of(result) == "boolean":
        return read_boolean(written, form) == read_boolean(path.read_bytes(), form)
    if chosen is ROWS_CSV:
        (names, rows), (wanted_names, wanted_rows) = read_csv(written), read_csv(path.read_bytes())
        return names == wanted_names and same_rows(rows, wanted_rows)
    names, rows = read_rows(written, form)
    wanted_names, wanted_rows = read_rows(path.read_bytes(), form)
    return set(names) == set(wanted_names) and same_rows(order_columns(rows, names, wanted_names), wanted_rows)


def load(case: Case, action: Node) -> pyoxigraph.Store:
    store = pyoxigraph.Store()
    for data in case.all(QT + "data", action):
        load_file(store, data, pyoxigraph.DefaultGraph())
    for data in case.all(QT + "graphData", action):
        load_file(store, data, pyoxigraph.NamedNode(str(data)))
    return store


def load_file(store: pyoxigraph.Store, data: Node, graph: pyoxigraph.NamedNode | pyoxigraph.DefaultGraph) -> None:
    path = path_of(data)
    store.load(path.read_bytes(), format=rdf_format(path.suffix), base_iri=str(data), to_graph=graph)
    if isinstance(graph, pyoxigraph.NamedNode):
        store.add_graph(graph)


def write(result: pyoxigraph.QuerySolutions | pyoxigraph.QueryBoolean | pyoxigraph.QueryTriples, form: Format) -> bytes:
    output = io.BytesIO()
    write_result(result, form, output)
    return output.getvalue()


def rdf_format(suffix: str) -> pyoxigraph.RdfFormat:
    form = pyoxigraph.RdfFormat.from_extension(suffix.removeprefix("."))
    assert form is not None
    return form

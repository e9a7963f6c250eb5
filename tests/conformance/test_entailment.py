"""SPARQL 1.1 Entailment Regimes, W3C's suite: https://www.w3.org/TR/sparql11-entailment/

Answers by materialisation, as a release has them: the data closed under the regime, then asked as a query process asks.
OWL's regimes get the closure that the build makes, OWL 2 RL; those of RDF get owlrl's of RDFS. Each case is tried under
every regime that it names.
"""

from collections import Counter
from collections.abc import Callable
from functools import cache

import owlrl
import pyoxigraph
import pytest
from rdflib import Graph, Literal, URIRef
from rdflib.collection import Collection

from tulieu.answering import kind_of, run_query
from tulieu.formats import ROWS_XML
from tulieu.pipeline.reason import _close

from .differences import ENTAILMENT_DIFFERENCES, MOST_ENTAILMENT
from .manifest import MF, QT, Case, path_of, read_cases, read_text, require_suites
from .solutions import order_columns, read_boolean, read_rows, same_rows
from .test_queries import write

SD = "http://www.w3.org/ns/sparql-service-description#"


def regimes_of(case: Case) -> list[str]:
    named = case.one(SD + "entailmentRegime", case.one(MF + "action"))
    assert named is not None
    # A list, or a single regime in its place.
    return [str(each).rpartition("/")[2] for each in Collection(case.graph, named)] or [str(named).rpartition("/")[2]]


def close_by_rdfs(graph: Graph) -> Graph:
    owlrl.RDFS_Semantics(graph, axioms=True, daxioms=True, rdfs=True).closure()
    return graph


def close_as_the_build(graph: Graph) -> Graph:
    for triple in _close(graph)[0]:
        graph.add(triple)
    return graph


CASES = read_cases("entailment")
TRIALS = [(case, regime) for case in CASES for regime in regimes_of(case)]
CLOSURES: dict[str, Callable[[Graph], Graph]] = {
    "RDF": close_by_rdfs,
    "RDFS": close_by_rdfs,
    "D": close_by_rdfs,
    "OWL-RDF-Based": close_as_the_build,
    "OWL-Direct": close_as_the_build,
    "RIF": lambda graph: graph,
}
# How many cases each regime has, and how many of them pass.
EXPECTED = {
    "RDF": (22, 22),
    "RDFS": (36, 36),
    "D": (37, 37),
    "OWL-RDF-Based": (39, 36),
    "OWL-Direct": (47, 27),
    "RIF": (4, 0),
}


@pytest.fixture(autouse=True)
def _suites() -> None:
    require_suites()


def test_the_suite_is_whole() -> None:
    assert len(CASES) == 70
    passing = Counter(regime for case, regime in TRIALS if case.iri not in ENTAILMENT_DIFFERENCES)
    assert {
        regime: (all_of_it, passing[regime]) for regime, all_of_it in Counter(regime for _, regime in TRIALS).items()
    } == EXPECTED


def test_the_table_of_differences_only_shrinks() -> None:
    assert set(ENTAILMENT_DIFFERENCES) <= {case.iri for case in CASES}
    assert len(ENTAILMENT_DIFFERENCES) == MOST_ENTAILMENT, "lower it with every entry that goes; none may come"
    assert all(reason.endswith(".") for reason in ENTAILMENT_DIFFERENCES.values())


@pytest.mark.parametrize(
    ("case", "regime"), TRIALS, ids=lambda each: each if isinstance(each, str) else each.iri.rpartition("#")[2]
)
def test_entailment(case: Case, regime: str) -> None:
    passes = evaluate(case, CLOSURES[regime])
    if case.iri in ENTAILMENT_DIFFERENCES:
        assert not passes, f"{case.iri} passes: take it out of the differences, and lower their number"
    else:
        assert passes


# Several regimes have the same closure.
@cache
def evaluate(case: Case, close: Callable[[Graph], Graph]) -> bool:
    action, expected = case.one(MF + "action"), case.one(MF + "result")
    assert action is not None
    assert expected is not None
    query = case.one(QT + "query", action)
    assert query is not None
    graph = Graph()
    for data in case.all(QT + "data", action):
        graph.parse(data=path_of(data).read_bytes(), format="turtle", publicID=str(data))
    result = run_query(load(close(graph)), read_text(query), base_iri=str(query))
    written, wanted, form = write(result, ROWS_XML), path_of(expected).read_bytes(), pyoxigraph.QueryResultsFormat.XML
    if kind_of(result) == "boolean":
        return read_boolean(written, form) == read_boolean(wanted, form)
    (names, rows), (wanted_names, wanted_rows) = read_rows(written, form), read_rows(wanted, form)
    return set(names) == set(wanted_names) and same_rows(order_columns(rows, names, wanted_names), wanted_rows)


def load(closed: Graph) -> pyoxigraph.Store:
    """What RDF can hold of a closure: no literal as a subject, no predicate without a name."""
    graph = Graph()
    for triple in closed:
        if not isinstance(triple[0], Literal) and isinstance(triple[1], URIRef):
            graph.add(triple)
    store = pyoxigraph.Store()
    store.load(graph.serialize(format="nt").encode(), format=pyoxigraph.RdfFormat.N_TRIPLES)
    return store

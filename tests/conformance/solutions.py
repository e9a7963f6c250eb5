"""Answers compared with those that the W3C suites expect.

Comes in: results as pyoxigraph reads them, from the suite and from what our server's code wrote. Goes out: whether they
are the same: the same solutions as often, whatever the names of their blank nodes; literals by their value where the
engine writes them in another form. RDF as isomorphic graphs.
"""

import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import pyoxigraph

Term = pyoxigraph.NamedNode | pyoxigraph.BlankNode | pyoxigraph.Literal | pyoxigraph.Triple | None
Row = tuple[Term, ...]

_SUBJECT, _PREDICATE = pyoxigraph.NamedNode("tag:s"), pyoxigraph.NamedNode("tag:p")


def read_rows(data: bytes, form: pyoxigraph.QueryResultsFormat) -> tuple[list[str], list[Row]]:
    """Read the rows of a result, and the names of its columns in their order."""
    parsed = pyoxigraph.parse_query_results(data, format=form)
    assert isinstance(parsed, pyoxigraph.QuerySolutions)
    names = [variable.value for variable in parsed.variables]
    return names, [tuple(canonical(solution[name]) for name in names) for solution in parsed]


def read_boolean(data: bytes, form: pyoxigraph.QueryResultsFormat) -> bool:
    """Read a truth value."""
    parsed = pyoxigraph.parse_query_results(data, format=form)
    assert isinstance(parsed, pyoxigraph.QueryBoolean)
    return bool(parsed)


def read_csv(data: bytes) -> tuple[list[str], list[Row]]:
    """Read a table of plain values: numbers by their value, what looks like a blank node as one."""
    names, *lines = csv.reader(data.decode("utf-8").splitlines())
    return names, [tuple(map(_cell, line)) for line in lines]


def read_described_rows(data: bytes, names: Sequence[str]) -> list[Row]:
    """Read the rows of a result that is written as RDF, with the columns that are named."""
    graph = pyoxigraph.Store()
    graph.load(data, format=pyoxigraph.RdfFormat.TURTLE, base_iri="tag:result")
    rows = []
    for solution in _objects(graph, None, "solution"):
        cells = {
            next(_objects(graph, binding, "variable")).value: next(_objects(graph, binding, "value"))
            for binding in _objects(graph, solution, "binding")
        }
        rows.append(tuple(canonical(cells.get(name)) for name in names))
    return rows


def canonical(term: Term) -> Term:
    """The term as the store keeps it: `01` as `1`, `xsd:int` as `xsd:integer`."""
    if not isinstance(term, pyoxigraph.Literal):
        return term
    store = pyoxigraph.Store()
    store.add(pyoxigraph.Quad(_SUBJECT, _PREDICATE, term))
    kept: Term = next(iter(store)).object
    return kept


def order_columns(rows: Sequence[Row], names: Sequence[str], wanted: Sequence[str]) -> list[Row]:
    """Put the cells of rows into another order of the same columns."""
    places = [list(names).index(name) for name in wanted]
    return [tuple(row[place] for place in places) for row in rows]


def same_rows(first: Sequence[Row], second: Sequence[Row]) -> bool:
    """Say whether two lists of rows are the same solutions, in any order, under one renaming of blank nodes."""
    if Counter(map(_mask, first)) != Counter(map(_mask, second)):
        return False
    # Those with blank nodes are matched one by one; the others are equal by now.
    return _match([row for row in first if _mask(row) != row], [row for row in second if _mask(row) != row], {}, {})


def same_graph(first: bytes, second: bytes, form: pyoxigraph.RdfFormat, base: str) -> bool:
    """Say whether two documents describe the same graph."""
    graphs = []
    for data in (first, second):
        graph = pyoxigraph.Dataset(
            pyoxigraph.Quad(quad.subject, quad.predicate, canonical(quad.object))  # type: ignore[arg-type]
            for quad in pyoxigraph.parse(data, format=form, base_iri=base)
        )
        graph.canonicalize(pyoxigraph.CanonicalizationAlgorithm.UNSTABLE)
        graphs.append(graph)
    return graphs[0] == graphs[1]


def _objects(graph: pyoxigraph.Store, subject: object, name: str) -> Iterator[Any]:
    predicate = pyoxigraph.NamedNode("http://www.w3.org/2001/sw/DataAccess/tests/result-set#" + name)
    return (quad.object for quad in graph.quads_for_pattern(subject, predicate, None))  # type: ignore[arg-type]


def _cell(text: str) -> Term:
    if text.startswith("_:"):
        return pyoxigraph.BlankNode(text.removeprefix("_:"))
    try:
        return pyoxigraph.Literal(float(text))
    except ValueError:
        return pyoxigraph.Literal(text)


def _mask(row: Row) -> Row:
    return tuple(_SUBJECT if isinstance(term, pyoxigraph.BlankNode) else term for term in row)


def _match(first: list[Row], second: list[Row], there: dict[Term, Term], back: dict[Term, Term]) -> bool:
    if not first:
        return True
    row, rest = first[0], first[1:]
    for index, other in enumerate(second):
        if _mask(row) != _mask(other):
            continue
        renamed, returned = dict(there), dict(back)
        pairs = [pair for pair in zip(row, other, strict=True) if isinstance(pair[0], pyoxigraph.BlankNode)]
        fits = all(renamed.setdefault(a, b) == b and returned.setdefault(b, a) == a for a, b in pairs)
        if fits and _match(rest, second[:index] + second[index + 1 :], renamed, returned):
            return True
    return False

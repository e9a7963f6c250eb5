"""The page of the SPARQL endpoint: the form, the examples, and a result as a table.

Comes in: what was asked and what came of it, as plain values. Goes out: a frozen `QueryPage`. It works without scripts:
an example is a link that fills the form, a result has links to itself in other formats.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tulieu.errors import QueryError
from tulieu.formats import GRAPH_FORMATS, ROW_FORMATS
from tulieu.pages.labels import Text
from tulieu.pages.values import Value, Values, show_count
from tulieu.store import Iri, Statement, Table, Term

Example = tuple[str, Mapping[str, str], str]
Outcome = Table | bool | tuple[Statement, ...] | None


@dataclass(frozen=True)
class Cell:
    """One cell of a result: the value, and under a thing's label its name in short."""

    value: Value | None
    short_name: str = ""


@dataclass(frozen=True)
class QueryPage:
    """The form with its examples, and the outcome of a query where one was asked."""

    action: str
    query: str
    prefixes: tuple[tuple[str, str], ...]
    examples: tuple[tuple[str, str], ...]
    problem: str
    problem_line: int
    verdict: Text | None
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: str
    shown: str
    is_cut: bool
    formats: tuple[tuple[str, str], ...]


def make_query_page(
    query: str,
    outcome: Outcome,
    problem: QueryError | None,
    examples: Sequence[Example],
    prefixes: tuple[tuple[str, str], ...],
    values: Values,
    row_limit: int,
) -> QueryPage:
    """Gather the page of the endpoint."""
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()
    total = 0
    if isinstance(outcome, Table):
        columns = outcome.columns
        rows = tuple(tuple(_cell(row.get(name), prefixes, values) for name in columns) for row in outcome.rows)
        total = outcome.total
    elif isinstance(outcome, tuple):
        columns = ("subject", "predicate", "object")
        kept = outcome[:row_limit]
        rows = tuple(
            tuple(_cell(term, prefixes, values) for term in (each.subject, each.predicate, each.object))
            for each in kept
        )
        total = len(outcome)
    offered = GRAPH_FORMATS if isinstance(outcome, tuple) else ROW_FORMATS
    return QueryPage(
        action=values.links.path("sparql"),
        query=query,
        prefixes=prefixes,
        examples=tuple(
            (titles[values.language], values.links.path("sparql", {"query": text})) for _, titles, text in examples
        ),
        problem=str(problem) if problem else "",
        problem_line=problem.line if problem else 0,
        verdict=Text(values.wording(f"query.{str(outcome).lower()}"), values.language)
        if isinstance(outcome, bool)
        else None,
        columns=columns,
        rows=rows,
        total=show_count(total, values.language),
        shown=show_count(len(rows), values.language),
        is_cut=len(rows) < total,
        formats=()
        if outcome is None
        else tuple(
            (each.title, values.links.path("sparql", {"query": query, "format": each.name})) for each in offered
        ),
    )


def shorten(iri: str, prefixes: Sequence[tuple[str, str]]) -> str:
    """Write an IRI with the longest prefix that fits it, for the small line under a label."""
    fitting = [
        (len(start), f"{prefix}:{iri.removeprefix(start)}") for prefix, start in prefixes if iri.startswith(start)
    ]
    return max(fitting)[1] if fitting else iri


def _cell(term: Term | None, prefixes: Sequence[tuple[str, str]], values: Values) -> Cell:
    if term is None:
        return Cell(None)
    if isinstance(term, Iri):
        name = shorten(term.value, prefixes)
        value = values.thing(term.value)
        return Cell(value, name if name != value.text.words else "")
    return Cell(values.show(term))

"""The page of the SPARQL endpoint: the form, the examples, and a result as a table.

Comes in: what was asked and what came of it, as plain values. Goes out: a frozen `QueryPage`. It works without scripts:
an example is a link that fills the form, a result has links to itself in other formats.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlencode

from tulieu.errors import QueryError
from tulieu.formats import GRAPH_FORMATS, ROW_FORMATS
from tulieu.pages.client_code import Code, write_code
from tulieu.pages.labels import Text
from tulieu.pages.values import Value, Values, show_count
from tulieu.pages.wording import LANGUAGES
from tulieu.store import Iri, Statement, Table, Term
from tulieu.vocabulary import FUNCTION_IRI, FUNCTION_PREFIX, Names

Parameters = Mapping[str, tuple[str, ...]]
Outcome = Table | bool | tuple[Statement, ...] | None
# The graphs that the form offers in place of the whole; what each holds is said by `graph.…` in the catalogue.
OFFERED_GRAPHS = ("asserted", "facts")
GRAPH_PARAMETER = "default-graph-uri"
# What a request may say beside the query, and what then holds for its result in other formats and as code too.
PARAMETERS = (GRAPH_PARAMETER, "named-graph-uri", "release", "timeout")


class Example(Protocol):
    """A question that was prepared for readers, by language, and the query that puts it."""

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def titles(self) -> Mapping[str, str]: ...  # noqa: D102
    @property
    def query(self) -> str: ...  # noqa: D102


class Topic(Protocol):
    """What some of the questions are about, by language."""

    @property
    def titles(self) -> Mapping[str, str]: ...  # noqa: D102
    @property
    def examples(self) -> Sequence[Example]: ...  # noqa: D102


@dataclass(frozen=True)
class ExampleItem:
    """One question on the page: in the reader's language and in the other, to be run here or taken along."""

    anchor: str
    title: str
    other_title: Text
    run_href: str
    code: tuple[Code, ...]


@dataclass(frozen=True)
class TopicItem:
    """The questions of one topic."""

    title: str
    count: str
    examples: tuple[ExampleItem, ...]


@dataclass(frozen=True)
class GraphChoice:
    """What the form can put the query to."""

    value: str
    title: str
    is_chosen: bool


@dataclass(frozen=True)
class Cell:
    """One cell of a result: the value, and under a thing's label its name in short."""

    value: Value | None
    short_name: str = ""


@dataclass(frozen=True)
class QueryPage:
    """The form; before a query the examples, after it the outcome, and the query as code."""

    action: str
    query: str
    asked: Text | None
    graphs: tuple[GraphChoice, ...]
    kept: tuple[tuple[str, str], ...]
    prefixes: tuple[tuple[str, str], ...]
    topics: tuple[TopicItem, ...]
    examples_href: str
    code: tuple[Code, ...]
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
    path: str,
    query: str,
    parameters: Parameters,
    outcome: Outcome,
    problem: QueryError | None,
    topics: Sequence[Topic],
    values: Values,
    row_limit: int,
) -> QueryPage:
    """Gather the page of the endpoint at a path; `parameters` are those of the protocol that stand beside the query."""
    names = values.links.names
    prefixes = names.prefixes
    endpoint = f"{values.links.public_url}{path}"
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
        action=values.links.path(path),
        query=query,
        asked=_find_title(query, topics, values),
        graphs=_offer_graphs(parameters, names, values),
        kept=tuple((name, each) for name, given in _kept(parameters).items() for each in given),
        prefixes=(*prefixes, (FUNCTION_PREFIX, FUNCTION_IRI)),
        topics=() if query else tuple(_list_topic(topic, path, values) for topic in topics),
        examples_href=values.links.path(path) if query else "",
        code=write_code(_with_parameters(endpoint, parameters), query) if query else (),
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
            (
                each.title,
                values.links.path(path, {"query": query, **parameters, "format": each.name}),
            )
            for each in offered
        ),
    )


def _list_topic(topic: Topic, path: str, values: Values) -> TopicItem:
    return TopicItem(
        title=topic.titles[values.language],
        count=show_count(len(topic.examples), values.language),
        examples=tuple(_list_example(example, path, values) for example in topic.examples),
    )


def _list_example(example: Example, path: str, values: Values) -> ExampleItem:
    other = next(language for language in LANGUAGES if language != values.language)
    return ExampleItem(
        anchor=f"q{example.name}",
        title=example.titles[values.language],
        other_title=Text(example.titles[other], other),
        run_href=values.links.path(path, {"query": example.query}),
        code=write_code(f"{values.links.public_url}{path}", example.query),
    )


def _find_title(query: str, topics: Sequence[Topic], values: Values) -> Text | None:
    """The question that a query puts, when it is one of the examples as it stands."""
    # A browser sends the lines of a form with a carriage return each.
    written = query.replace("\r\n", "\n").strip()
    titles = (each.titles for topic in topics for each in topic.examples if each.query.strip() == written)
    return next((Text(found[values.language], values.language) for found in titles), None)


def _offer_graphs(parameters: Parameters, names: Names, values: Values) -> tuple[GraphChoice, ...]:
    """Offer the whole and the graphs that can stand for it; another one that the address names stays chosen."""
    if GRAPH_PARAMETER in _kept(parameters):
        return ()
    chosen = "".join(parameters.get(GRAPH_PARAMETER, ()))
    offered = {"": values.wording("query.graphs.all")}
    offered |= {str(names.graph(name)): values.wording(f"graph.{name}") for name in OFFERED_GRAPHS}
    offered.setdefault(chosen, shorten(chosen, names.prefixes))
    return tuple(GraphChoice(iri, title, iri == chosen) for iri, title in offered.items())


def _kept(parameters: Parameters) -> Parameters:
    """What the form only hands on; several graphs at once are more than it can offer."""
    offers_graph = len(parameters.get(GRAPH_PARAMETER, ())) < 2
    return {name: given for name, given in parameters.items() if not (offers_graph and name == GRAPH_PARAMETER)}


def _with_parameters(endpoint: str, parameters: Parameters) -> str:
    return f"{endpoint}?{urlencode(parameters, doseq=True)}" if parameters else endpoint


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

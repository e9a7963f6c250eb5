"""A release, asked: every question to the graph passes through here.

Comes in: SPARQL text, with terms for its parameters. Goes out: plain values that no longer depend on the engine
(`Iri`, `Literal`, `Blank`; rows; statements), or an answer already written in a format. A parameter is a variable that
the query projects; it is bound as a term, never pasted into text. Results are read to the end in the thread that asked,
because a pyoxigraph iterator that is closed in another thread ends the process (measured).
"""

import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph

from tulieu.answering import EngineTerm, ExtensionFunction, Result, explain, kind_of, run_query, write_result
from tulieu.errors import QueryError, ReleaseError
from tulieu.formats import DATASET_FORMATS, Format
from tulieu.vocabulary import Names

XSD_STRING = "http://www.w3.org/2001/XMLSchema#string"


@dataclass(frozen=True, order=True)
class Iri:
    """A name of the web."""

    value: str


@dataclass(frozen=True, order=True)
class Literal:
    """A text, number, date or truth value; a language tag is lower case, a plain string has none."""

    value: str
    language: str = ""
    datatype: str = XSD_STRING


@dataclass(frozen=True, order=True)
class Blank:
    """A thing without a name; only the ontology's and the shapes' lists are such."""

    value: str


Term = Iri | Literal | Blank
Row = Mapping[str, Term]


@dataclass(frozen=True)
class Statement:
    """One statement, in a named graph or (graph None) in the default graph."""

    subject: Iri | Blank
    predicate: Iri
    object: Term
    graph: Iri | None = None


@dataclass(frozen=True)
class Table:
    """The result of a SELECT: the columns in order and one row for each solution; a cell may be missing."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    total: int


@dataclass(frozen=True)
class Dataset:
    """The graphs a query is put to (SPARQL 1.1 Protocol, section 2.1.4); none of either means the store's own."""

    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()


ResultKind = str  # "rows", "boolean" or "graph"
NO_BINDINGS: Mapping[str, Term] = {}
NO_FUNCTIONS: Mapping[pyoxigraph.NamedNode, ExtensionFunction] = {}


class Store:
    """The quads of one release, opened read-only."""

    def __init__(
        self,
        path: Path,
        names: Names = Names(),  # noqa: B008 - frozen, so one default serves all
        functions: Mapping[pyoxigraph.NamedNode, ExtensionFunction] = NO_FUNCTIONS,
    ) -> None:
        """Open the Oxigraph folder of a release; raise ReleaseError when it is missing or unreadable.

        The prefixes of `names` hold in queries of our own; a reader's query declares its prefixes itself. Queries may
        call the `functions`.
        """
        self._functions = functions
        self._prefixes = dict(names.prefixes)
        self._stating = {pyoxigraph.NamedNode(str(names.graph(name))) for name in ("asserted", "inferred")}
        try:
            self._engine = pyoxigraph.Store.read_only(str(path))
        except (OSError, ValueError) as error:
            raise ReleaseError(
                f"The store {path} cannot be opened ({error}). Build a release with: tulieu build"
            ) from error

    def select(self, query: str, bindings: Mapping[str, Term] = NO_BINDINGS) -> tuple[Row, ...]:
        """Answer a SELECT of our own; each binding's variable must be among those the query projects."""
        solutions = self._run(query, Dataset(), bindings, self._prefixes)
        if not isinstance(solutions, pyoxigraph.QuerySolutions):
            raise QueryError("A SELECT query is expected here.")
        names = [variable.value for variable in solutions.variables]
        return tuple(_row(names, solution) for solution in solutions)

    def ask(self, query: str, bindings: Mapping[str, Term] = NO_BINDINGS) -> bool:
        """Answer an ASK of our own."""
        return bool(self._run(query, Dataset(), bindings, self._prefixes))

    def mentions(self, iri: str) -> bool:
        """Say whether anything is said of a thing, or anything but an example of the ontology points to it."""
        node = pyoxigraph.NamedNode(iri)
        if any(True for _ in self._engine.quads_for_pattern(node, None, None)):
            return True
        return any(quad.graph_name in self._stating for quad in self._engine.quads_for_pattern(None, None, node))

    def quads(
        self, subject: Iri | None, predicate: Iri | None, value: Term | None, graph: Iri | None
    ) -> list[Statement]:
        """List the statements that match a pattern of terms; None matches everything, the default graph included."""
        pattern = (
            _engine_subject(subject),
            pyoxigraph.NamedNode(predicate.value) if predicate else None,
            _engine_term(value) if value else None,
            pyoxigraph.NamedNode(graph.value) if graph else None,
        )
        return [_statement(quad) for quad in self._engine.quads_for_pattern(*pattern)]

    def write_answer(
        self, query: str, dataset: Dataset, choose: Callable[[ResultKind], Format], limit: int, base_iri: str = ""
    ) -> tuple[Format, bytes]:
        """Answer a reader's query in the format that `choose` picks once the kind of result is known."""
        result = self._run(query, dataset, NO_BINDINGS, {}, base_iri)
        output = _Capped(limit)
        chosen = choose(kind_of(result))
        try:
            write_result(result, chosen, output)
        except (RuntimeError, OSError) as error:
            raise explain(error, self._functions) from error
        return chosen, output.getvalue()

    def read_answer(
        self, query: str, dataset: Dataset, rows: int, base_iri: str = ""
    ) -> Table | bool | tuple[Statement, ...]:
        """Answer a reader's query as values; no more than `rows` of them are kept, all are counted."""
        result = self._run(query, dataset, NO_BINDINGS, {}, base_iri)
        if isinstance(result, pyoxigraph.QueryBoolean):
            return bool(result)
        if isinstance(result, pyoxigraph.QueryTriples):
            return tuple(
                Statement(_subject(triple.subject), Iri(triple.predicate.value), _term(triple.object))
                for triple in result
            )
        names = [variable.value for variable in result.variables]
        kept: list[Row] = []
        total = 0
        try:
            for solution in result:
                total += 1
                if len(kept) < rows:
                    kept.append(_row(names, solution))
        except (RuntimeError, OSError) as error:
            raise explain(error, self._functions) from error
        return Table(tuple(names), tuple(kept), total)

    def _run(
        self,
        query: str,
        dataset: Dataset,
        bindings: Mapping[str, Term],
        prefixes: Mapping[str, str],
        base_iri: str = "",
    ) -> Result:
        try:
            return run_query(
                self._engine,
                query,
                dataset.default_graphs,
                dataset.named_graphs,
                base_iri=base_iri,
                functions=self._functions,
                bindings={name: _engine_term(term) for name, term in bindings.items()},
                prefixes=prefixes,
            )
        except (SyntaxError, ValueError, RuntimeError, OSError) as error:
            raise explain(error, self._functions) from error


def serialise(statements: Iterable[Statement], chosen: Format, prefixes: Sequence[tuple[str, str]]) -> bytes:
    """Write statements in an RDF format; where the format knows no graphs, those of the statements are left out."""
    form = pyoxigraph.RdfFormat.from_media_type(chosen.media_type)
    if form is None:
        raise ValueError(f"{chosen.media_type} is no RDF format")
    if chosen in DATASET_FORMATS:
        quads = (pyoxigraph.Quad(*_engine_triple(each), _engine_graph(each)) for each in statements)
        written = pyoxigraph.serialize(quads, format=form, prefixes=dict(prefixes))
    else:
        triples = (pyoxigraph.Triple(*_engine_triple(each)) for each in statements)
        written = pyoxigraph.serialize(triples, format=form, prefixes=dict(prefixes))
    return written or b""


def read_statements(content: bytes) -> tuple[Statement, ...]:
    """Read statements from N-Quads."""
    return tuple(map(_statement, pyoxigraph.parse(content, format=pyoxigraph.RdfFormat.N_QUADS)))


def is_iri(text: str) -> bool:
    """Say whether a text can be the name of a thing, so that a name from a URL is checked before it is bound."""
    try:
        pyoxigraph.NamedNode(text)
    except ValueError:
        return False
    return True


class _Capped(io.BytesIO):
    """A buffer that stops the query, by an exception, when the answer grows past the limit."""

    def __init__(self, limit: int) -> None:
        super().__init__()
        self._limit = limit

    def write(self, data: "bytes | bytearray | memoryview", /) -> int:  # type: ignore[override]
        if self.tell() + len(data) > self._limit:
            raise QueryError(f"The answer is larger than {self._limit} bytes. Ask for less, for example with LIMIT.")
        return super().write(data)


def _row(names: Sequence[str], solution: pyoxigraph.QuerySolution) -> dict[str, Term]:
    row = {}
    for name in names:
        value = solution[name]
        if value is not None:
            row[name] = _term(value)
    return row


def _statement(quad: pyoxigraph.Quad) -> Statement:
    graph = Iri(quad.graph_name.value) if isinstance(quad.graph_name, pyoxigraph.NamedNode) else None
    return Statement(_subject(quad.subject), Iri(quad.predicate.value), _term(quad.object), graph)


def _subject(node: object) -> Iri | Blank:
    term = _term(node)
    return term if not isinstance(term, Literal) else Blank(term.value)


def _term(node: object) -> Term:
    if isinstance(node, pyoxigraph.NamedNode):
        return Iri(node.value)
    if isinstance(node, pyoxigraph.Literal):
        return Literal(node.value, node.language or "", node.datatype.value)
    if isinstance(node, pyoxigraph.BlankNode):
        return Blank(node.value)
    # A triple term of RDF 1.2, which only a reader's own query can make.
    return Literal(str(node))


def _engine_term(term: Term) -> EngineTerm:
    if isinstance(term, Literal):
        if term.language:
            return pyoxigraph.Literal(term.value, language=term.language)
        return pyoxigraph.Literal(term.value, datatype=pyoxigraph.NamedNode(term.datatype))
    return _engine_node(term)


def _engine_node(node: Iri | Blank) -> "pyoxigraph.NamedNode | pyoxigraph.BlankNode":
    return pyoxigraph.NamedNode(node.value) if isinstance(node, Iri) else pyoxigraph.BlankNode(node.value)


def _engine_subject(node: Iri | None) -> pyoxigraph.NamedNode | None:
    return pyoxigraph.NamedNode(node.value) if node else None


def _engine_triple(
    statement: Statement,
) -> "tuple[pyoxigraph.NamedNode | pyoxigraph.BlankNode, pyoxigraph.NamedNode, EngineTerm]":
    predicate = pyoxigraph.NamedNode(statement.predicate.value)
    return _engine_node(statement.subject), predicate, _engine_term(statement.object)


def _engine_graph(statement: Statement) -> "pyoxigraph.NamedNode | pyoxigraph.DefaultGraph":
    return pyoxigraph.NamedNode(statement.graph.value) if statement.graph else pyoxigraph.DefaultGraph()

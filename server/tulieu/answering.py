"""A query carried out by the engine, and its answer written: https://www.w3.org/TR/sparql11-query/

Comes in: an open Oxigraph store, a query, the graphs it is put to, functions of ours. Goes out: the engine's result, or
bytes in a format. Put right here is what the engine (0.5) does otherwise than the specifications: `SELECT *` lists its
columns by alphabet; `BNODE("x")` gives one node for all solutions; XML is written with characters that XML does not
have. Used by the query processes and by `store`; it loads little, so that a process starts soon.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Protocol

import pyoxigraph

from tulieu.errors import QueryError
from tulieu.formats import RDF_XML, ROWS_XML, Format
from tulieu.tokens import Token, read_tokens

Result = pyoxigraph.QuerySolutions | pyoxigraph.QueryBoolean | pyoxigraph.QueryTriples
EngineTerm = pyoxigraph.NamedNode | pyoxigraph.BlankNode | pyoxigraph.Literal
# What Oxigraph calls with the terms of one solution: the value, or None where there is none.
ExtensionFunction = Callable[..., EngineTerm | pyoxigraph.Triple | None]
ResultKind = str  # "rows", "boolean" or "graph"
# The default graph's and the named graphs; None is what the query or the store says.
_Graphs = tuple[
    list[pyoxigraph.NamedNode | pyoxigraph.BlankNode | pyoxigraph.DefaultGraph] | None,
    list[pyoxigraph.NamedNode | pyoxigraph.BlankNode] | None,
]

_LONGEST_REASON = 200
_ERROR_PLACE = re.compile(r"error at (\d+):(\d+)(?:[-\d:]*): (.*)", re.DOTALL)
_UNKNOWN_FUNCTION = re.compile(r"The custom function <(.*)> is not supported", re.DOTALL)
# Stands for BNODE in the text that the engine gets; nobody else writes it, and it does no harm to who does.
_FRESH_NODE = "tag:tulieu,2026:fresh-blank-node"
_XSD_STRING = "http://www.w3.org/2001/XMLSchema#string"
# https://www.w3.org/TR/xml/#charsets: what no XML document may hold, in UTF-8 (U+FFFE and U+FFFF are the last two).
_NOT_XML = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]")
_REPLACEMENT = "\ufffd".encode()


class Output(Protocol):
    """Where an answer is written to."""

    def write(self, data: bytes, /) -> int:
        """Take some bytes; an exception stops the query and comes out unchanged."""

    def flush(self) -> None:
        """Let go of what was taken."""


def run_query(
    engine: pyoxigraph.Store,
    query: str,
    default_graphs: Sequence[str] = (),
    named_graphs: Sequence[str] = (),
    *,
    base_iri: str = "",
    functions: Mapping[pyoxigraph.NamedNode, ExtensionFunction] | None = None,
    bindings: Mapping[str, EngineTerm] | None = None,
    prefixes: Mapping[str, str] | None = None,
    failures: list[MemoryError] | None = None,
) -> Result:
    """Start a query; naming either kind of graph defines the whole dataset (SPARQL 1.1 Query, 13.2).

    A bound variable must be among those that the query projects. What the engine raises, `explain` turns into ours.
    To the engine whatever a function raises is no value; that memory was short is told in `failures`, as long as the
    result is read.
    """
    called: dict[pyoxigraph.NamedNode, ExtensionFunction] = dict(functions or {})
    text, sites = _replace_blank_node_calls(query)
    if sites:
        called[pyoxigraph.NamedNode(_FRESH_NODE)] = _FreshNodes()
    if failures is not None:
        called = {name: _noting(function, failures) for name, function in called.items()}

    def run(written: str, graphs: _Graphs) -> Result:
        return engine.query(
            written,
            base_iri=base_iri or None,
            prefixes=dict(prefixes or {}),
            default_graph=graphs[0],
            named_graphs=graphs[1],
            substitutions={pyoxigraph.Variable(name): term for name, term in bindings.items()} if bindings else None,
            custom_functions=called or None,
        )

    graphs: _Graphs = (None, None)
    if default_graphs or named_graphs:
        graphs = (
            [pyoxigraph.NamedNode(iri) for iri in default_graphs],
            [pyoxigraph.NamedNode(iri) for iri in named_graphs],
        )
    try:
        if _find_star(text) is not None:
            # Put to no graphs at all, a query tells its columns at once; put to the real ones, it may sort first.
            columns = run(text, ([], []))
            if isinstance(columns, pyoxigraph.QuerySolutions):
                text = order_columns(text, [variable.value for variable in columns.variables])
        return run(text, graphs)
    except SyntaxError:
        if sites:
            # The same error once more, with its place in the text as its author wrote it.
            engine.query(query, base_iri=base_iri or None, prefixes=dict(prefixes or {}))
        raise


def explain(error: Exception, functions: Iterable[pyoxigraph.NamedNode] = ()) -> QueryError:
    """Say what the engine's error means for the author of a query that may call these functions."""
    if isinstance(error, QueryError):
        return error
    if isinstance(error, SyntaxError):
        return _syntax_error(str(error))
    if isinstance(error, ValueError):
        return QueryError(f"A term of the query is not valid: {error}")
    unknown = _UNKNOWN_FUNCTION.fullmatch(str(error))
    if unknown:
        known = ", ".join(f"<{each.value}>" for each in functions) or "none"
        return QueryError(
            f"There is no function <{unknown[1]}>. Beside those of SPARQL there are here: {known}. The service "
            "description, which the endpoint gives to a request without a query, tells what they do."
        )
    return QueryError(f"The query could not be answered: {error}")


def kind_of(result: Result) -> ResultKind:
    """Say what kind of answer a query gives."""
    if isinstance(result, pyoxigraph.QueryTriples):
        return "graph"
    return "boolean" if isinstance(result, pyoxigraph.QueryBoolean) else "rows"


def write_result(result: Result, chosen: Format, output: Output) -> None:
    """Write a result in a format that fits its kind; what `output` raises comes out unchanged."""
    target = XmlText(output) if chosen in (ROWS_XML, RDF_XML) else output
    if isinstance(result, pyoxigraph.QueryTriples):
        result.serialize(target, pyoxigraph.RdfFormat.from_media_type(chosen.media_type))  # type: ignore[arg-type]
    else:
        form = pyoxigraph.QueryResultsFormat.from_media_type(chosen.media_type)
        result.serialize(target, form)  # type: ignore[arg-type]
    if isinstance(target, XmlText):
        target.finish()


def order_columns(query: str, names: Sequence[str]) -> str:
    """Spell out the `*` of the outermost `SELECT *`: the same columns, in the order in which the query names them."""
    star = _find_star(query)
    if star is None or not names:
        return query
    written = dict.fromkeys(
        token.text[1:] for token in read_tokens(query) if token.kind == "variable" and token.start > star.start
    )
    ordered = [name for name in written if name in names]
    ordered += [name for name in names if name not in written]
    if ordered == list(names):
        return query
    return query[: star.start] + " ".join(f"?{name}" for name in ordered) + query[star.end :]


class XmlText:
    """A filter before an output of XML: what XML cannot hold becomes U+FFFD, a carriage return a reference to itself.

    A comment at the end says how many characters were replaced, so that nobody takes them for what was in the data.
    """

    def __init__(self, output: Output) -> None:
        self._output = output
        self._held = b""
        self._replaced = 0

    def write(self, data: bytes, /) -> int:
        """Pass on the bytes, with what XML cannot hold replaced."""
        text = self._held + bytes(data)
        # U+FFFE may be cut in the middle; its first bytes wait for the rest.
        self._held = next((end for end in (b"\xef\xbf", b"\xef") if text.endswith(end)), b"")
        self._pass_on(text[: len(text) - len(self._held)])
        return len(data)

    def flush(self) -> None:
        """Nothing: what is held back waits for its second half."""

    def finish(self) -> None:
        """Pass on what was held back and, where characters were replaced, the comment."""
        self._pass_on(self._held)
        if self._replaced:
            told = f"<!-- Replaced by U+FFFD, because XML 1.0 cannot hold them: {self._replaced} characters. -->"
            self._output.write(told.encode())

    def _pass_on(self, text: bytes) -> None:
        text, count = _NOT_XML.subn(_REPLACEMENT, text)
        self._replaced += count
        if text:
            self._output.write(text.replace(b"\r", b"&#13;"))


class _FreshNodes:
    """`BNODE(text)`: the same node for the same text within a solution, another one in every other solution.

    Each call in the query bears a number. The engine works solution by solution, so a number that comes again opens the
    next one. (Where a sort or a grouping lies between two calls they do not meet; the engine's own answer is wrong
    there for all.)
    """

    def __init__(self) -> None:
        self._nodes: dict[str, pyoxigraph.BlankNode] = {}
        self._called: set[str] = set()

    def __call__(self, site: EngineTerm, text: EngineTerm) -> pyoxigraph.BlankNode | None:
        if not isinstance(text, pyoxigraph.Literal) or text.datatype.value != _XSD_STRING:
            return None
        if site.value in self._called:
            self._nodes.clear()
            self._called.clear()
        self._called.add(site.value)
        return self._nodes.setdefault(text.value, pyoxigraph.BlankNode())


def _noting(function: ExtensionFunction, failures: list[MemoryError]) -> ExtensionFunction:
    def call(*terms: EngineTerm) -> EngineTerm | pyoxigraph.Triple | None:
        try:
            return function(*terms)
        except MemoryError as error:
            failures.append(error)
            raise

    return call


def _replace_blank_node_calls(query: str) -> tuple[str, int]:
    if "bnode" not in query.lower():
        return query, 0
    tokens = list(read_tokens(query))
    parts, place, sites = [], 0, 0
    for index, (word, bracket) in enumerate(pairwise(tokens)):
        after = tokens[index + 2].kind if index + 2 < len(tokens) else "close"
        if word.kind == "word" and word.text.upper() == "BNODE" and bracket.text == "(" and after != "close":
            sites += 1
            parts += [query[place : word.start], f"<{_FRESH_NODE}>({sites},"]
            place = bracket.end
    return "".join(parts) + query[place:], sites


def _find_star(query: str) -> Token | None:
    if "*" not in query:
        return None
    tokens = iter(read_tokens(query))
    for token in tokens:
        if token.kind == "open":
            return None
        if token.kind == "word" and token.text.upper() == "SELECT":
            following = next(tokens, None)
            if following is not None and following.text.upper() in ("DISTINCT", "REDUCED"):
                following = next(tokens, None)
            return following if following is not None and following.text == "*" else None
    return None


def _syntax_error(text: str) -> QueryError:
    found = _ERROR_PLACE.search(text)
    if not found:
        return QueryError(f"The query is not SPARQL: {text}")
    line, column = int(found[1]), int(found[2])
    # The parser lists every token that could stand there; the first few tell what is wrong.
    reason = found[3] if len(found[3]) <= _LONGEST_REASON else f"{found[3][:_LONGEST_REASON]}…"
    return QueryError(f"The query is not SPARQL at line {line}, column {column}: {reason}", line=line, column=column)

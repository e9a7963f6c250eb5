"""Whether two servers gave the same answer: their rows as multisets, their statements as sets, yes or no.

Comes in: the body of an answer, in SPARQL 1.1 Query Results JSON (https://www.w3.org/TR/sparql11-results-json/) or
N-Triples. Goes out: an `Answer` that equals that of another server exactly where both say the same. The order of rows
does not count, nor what servers may choose: names of blank nodes (all are alike here), the case of language tags, how a
number or a truth value is written. The last digits of a decimal or floating number are a matter of the server's
arithmetic; fifteen count, fewer where it was computed as a float. The datatype counts.
"""

import json
from collections import Counter
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

import pyoxigraph

ROWS, GRAPH = "application/sparql-results+json", "application/n-triples"
_XSD = "http://www.w3.org/2001/XMLSchema#"
# Types whose every value is whole, and so exact.
_WHOLE = frozenset(
    ["integer", "long", "int", "short", "byte", "nonNegativeInteger", "positiveInteger", "nonPositiveInteger",
     "negativeInteger", "unsignedLong", "unsignedInt", "unsignedShort", "unsignedByte"]
)  # fmt: skip
# Significant digits that count.
_DIGITS = {"decimal": 15, "double": 15, "float": 6}
_TRUTH = {"true": True, "1": True, "false": False, "0": False}
_BLANK = ("blank",)


@dataclass(frozen=True)
class Answer:
    """What an answer says, in a form that can be compared; `size` is the number of rows or statements."""

    says: Hashable
    size: int


def read_answer(media_type: str, body: bytes) -> Answer:
    """Read an answer; raise ValueError or KeyError where it is none of this type."""
    return _read_graph(body) if media_type == GRAPH else _read_rows(json.loads(body))


def _read_rows(document: Mapping[str, Any]) -> Answer:
    if "boolean" in document:
        return Answer(bool(document["boolean"]), 1)
    bindings = document["results"]["bindings"]
    rows = Counter(frozenset((name, _json_term(term)) for name, term in row.items()) for row in bindings)
    return Answer(frozenset(rows.items()), len(bindings))


def _json_term(term: Mapping[str, str]) -> Hashable:
    match term["type"]:
        case "uri":
            return ("iri", term["value"])
        case "bnode":
            return _BLANK
        # `typed-literal` is of the format's draft; Virtuoso still writes it.
        case "literal" | "typed-literal":
            return _literal(term["value"], term.get("xml:lang"), term.get("datatype"))
        case other:
            raise ValueError(f"a term of the type {other!r}")


def _read_graph(body: bytes) -> Answer:
    try:
        triples = set(pyoxigraph.parse(body, pyoxigraph.RdfFormat.N_TRIPLES))
    except SyntaxError as error:
        raise ValueError(str(error)) from error
    # Two statements that differ by blank nodes alone stay two: the set became a multiset.
    counted = Counter(tuple(map(_graph_term, (each.subject, each.predicate, each.object))) for each in triples)
    return Answer(frozenset(counted.items()), len(triples))


def _graph_term(term: object) -> Hashable:
    match term:
        case pyoxigraph.NamedNode():
            return ("iri", term.value)
        case pyoxigraph.BlankNode():
            return _BLANK
        case pyoxigraph.Literal():
            return _literal(term.value, term.language, term.datatype.value)
        case other:
            raise ValueError(f"a term that is none of RDF 1.1: {other}")


def _literal(value: str, language: str | None, datatype: str | None) -> Hashable:
    if language:
        return ("text", value, language.lower())
    name = (datatype or f"{_XSD}string").removeprefix(_XSD)
    return ("literal", _value(name, value), name)


def _value(name: str, written: str) -> Hashable:
    """The value of a literal where servers write it in several ways, else as it is written."""
    if name == "boolean":
        return _TRUTH.get(written, written)
    if name not in _WHOLE and name not in _DIGITS:
        return written
    try:
        number = Decimal(written)
    except InvalidOperation:
        return written
    if name in _WHOLE or not number.is_finite():
        return str(number)
    return str(Decimal(f"{number:.{_DIGITS[name] - 1}e}").normalize())

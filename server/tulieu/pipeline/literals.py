"""Which literals a knowledge file may hold: well-formed ones that the store keeps letter for letter.

https://www.w3.org/TR/xmlschema11-2/

Comes in: literals as the files write them. Goes out: for each, nothing, or a sentence that says what to write instead.
Oxigraph rewrites some forms (`1.10` to `1.1`, `P12M` to `P1Y`); a file that held such a form would disagree with the
store, the pages and the dumps. Which forms it rewrites is found by asking it, not by a list of ours.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time

from pyoxigraph import Literal, NamedNode, Quad, Store
from rdflib import RDF, XSD


def _matches(pattern: str) -> Callable[[str], bool]:
    return lambda text: re.fullmatch(pattern, text) is not None


def _reads(reader: Callable[[str], object], pattern: str) -> Callable[[str], bool]:
    def test(text: str) -> bool:
        try:
            reader(text)
        except ValueError:
            return False
        return re.fullmatch(pattern, text) is not None

    return test


# The datatypes that files may use, with the test of a lexical form and an example of a good one.
_DATATYPES: Mapping[str, tuple[Callable[[str], bool], str]] = {
    str(RDF.langString): (lambda text: True, "text with a language tag"),
    str(XSD.string): (lambda text: True, "text"),
    str(XSD.integer): (_matches(r"[+-]?\d+"), "8198"),
    str(XSD.decimal): (_matches(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)"), "98.7"),
    str(XSD.boolean): (_matches("true|false|1|0"), "true"),
    str(XSD.date): (_reads(date.fromisoformat, r"\d{4}-\d\d-\d\d"), "2023-05-17"),
    str(XSD.dateTime): (
        _reads(datetime.fromisoformat, r"[\d-]{10}T[\d:.]+(?:Z|[+-]\d\d:\d\d)?"),
        "2023-05-17T08:00:00",
    ),
    str(XSD.time): (_reads(time.fromisoformat, r"\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?"), "08:00:00"),
    str(XSD.gYear): (_matches(r"\d{4}"), "2023"),
    str(XSD.gYearMonth): (_matches(r"\d{4}-(?:0[1-9]|1[0-2])"), "2023-05"),
    # A leap year, because a day may be the 29th of February.
    str(XSD.gMonthDay): (_reads(lambda text: date.fromisoformat("2000" + text[1:]), r"--\d\d-\d\d"), "--05-19"),
    str(XSD.duration): (
        _matches(r"-?P(?=\d|T\d)(?:\d+Y)?(?:\d+M)?(?:\d+D)?(?:T(?=\d)(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d+)?S)?)?"),
        "P1Y",
    ),
    str(XSD.anyURI): (_matches(r"[a-z][a-z0-9+.-]*:[^\s<>\"{}|\\^`]*"), "https://example.org/"),
}
_WHOLE_NUMBERS = frozenset(
    str(XSD[name])
    for name in ("nonNegativeInteger", "positiveInteger", "int", "long", "short", "byte", "unsignedInt", "unsignedLong")
)


def keep_literals(literals: Iterable[Literal]) -> dict[Literal, Literal]:
    """Put literals through the store and read back what it keeps of each."""
    nodes = {NamedNode(f"literal:{number}"): literal for number, literal in enumerate(dict.fromkeys(literals))}
    predicate = NamedNode("literal:kept")
    store = Store()
    store.extend(Quad(node, predicate, literal) for node, literal in nodes.items())
    return {
        nodes[quad.subject]: quad.object
        for quad in store
        if isinstance(quad.subject, NamedNode) and isinstance(quad.object, Literal)
    }


def explain_literal(literal: Literal, kept: Literal) -> str:
    """Say what is wrong with a literal and what to write instead; empty where nothing is."""
    written, datatype = literal.value, literal.datatype.value
    name = f'"{written}"^^<{datatype}>'.replace(f"<{XSD}", "xsd:").replace(">", "")
    if datatype in _WHOLE_NUMBERS:
        return f"{name}: the store keeps whole numbers as xsd:integer; write {written.lstrip('+')}"
    if datatype not in _DATATYPES:
        known = ", ".join(known.rpartition("#")[2] for known in _DATATYPES)
        return f"{name}: the datatype is not among those in use; use one of {known}"
    if not _DATATYPES[datatype][0](written):
        return f"{name} is ill-typed; write it as in {_DATATYPES[datatype][1]}"
    if kept != literal:
        return f'{name}: the store keeps this as "{kept.value}"; write {kept.value}'
    return ""

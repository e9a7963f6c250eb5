"""A Turtle or TriG file: what it says, and on which line it says it.

https://www.w3.org/TR/turtle/ and https://www.w3.org/TR/trig/

Comes in: the bytes of a file and its name. Goes out: a `TurtleFile` with its quads as pyoxigraph terms, literals as
they are written, or the problems that keep the text from being read. pyoxigraph reads because its errors have line and
column; it gives statements no line, so `locate` looks for them in the text, for messages only.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

import pyoxigraph
from rdflib import RDF

from tulieu.errors import Problem

_FORMATS = {".ttl": pyoxigraph.RdfFormat.TURTLE, ".trig": pyoxigraph.RdfFormat.TRIG}

_TOKEN = re.compile(
    r"""
    (?P<space>\s+|\#[^\n]*)
  | (?P<iri><[^>\n]*>)
  | (?P<string>\"{3}(?:[^"\\]|\\.|"(?!""))*\"{3}|'{3}(?:[^'\\]|\\.|'(?!''))*'{3}
             |"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
  | (?P<directive>@prefix|@base)
  | (?P<language>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
  | (?P<datatype>\^\^)
  | (?P<name>(?:\w[\w.-]*)?:(?:\\.|\.(?=[\w:%\\-])|[\w:%-])*)
  | (?P<mark>[.;,\[\](){}])
  | (?P<word>[^\s.;,\[\](){}]+(?:\.\d+)?)
    """,
    re.VERBOSE | re.DOTALL,
)

_ESCAPED = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))")
_ESCAPES = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}

# How a place names a blank node or list, which has no name of its own.
BLANK = "[]"


@dataclass(frozen=True)
class Place:
    """Where a statement stands in a file: its parts as the text names them, and the line of its object."""

    graph: str
    subject: str
    predicate: str
    object: str
    line: int


@dataclass(frozen=True)
class TurtleFile:
    """The text of a file with what was read from it; where problems are, quads may be missing."""

    name: str
    text: str
    quads: tuple[pyoxigraph.Quad, ...] = ()
    prefixes: dict[str, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    is_cut_short: bool = False

    def locate(self, graph: str, subject: str = "", predicate: str = "", object: str = "") -> int:
        """Find the line of a statement, or of as much of it as can be found; 0 where nothing can.

        The default graph is the empty string, a blank node or list is BLANK.
        """
        wanted = (graph, subject, predicate, object)
        best, line = 0, 0
        for place in self._places:
            found = (place.graph, place.subject, place.predicate, place.object)
            score = 0
            for want, have in zip(wanted, found, strict=True):
                if want != have:
                    break
                score += 1
            if score > best:
                best, line = score, place.line
        return line

    @cached_property
    def _places(self) -> tuple[Place, ...]:
        return tuple(_places(self.text, self.prefixes))


def read_turtle(name: str, content: bytes) -> TurtleFile:
    """Read a file by the syntax its name ends in; what is wrong with its text is in `problems`."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        problem = Problem(name, line, f"byte {error.start} is not UTF-8; save the file as UTF-8")
        return TurtleFile(name, "", problems=(problem,), is_cut_short=True)
    problems = [*_problems_of_characters(name, text)]
    parser = pyoxigraph.parse(content, format=_FORMATS[name[name.rindex(".") :]], rename_blank_nodes=True)
    quads: list[pyoxigraph.Quad] = []
    is_cut_short = False
    try:
        quads.extend(parser)
    except SyntaxError as error:
        is_cut_short = True
        reason = str(error.msg).partition(": ")[2] or str(error.msg)
        problems.append(Problem(name, error.lineno or 0, f"syntax error: {reason}; correct it here", error.offset or 0))
    else:
        problems += _problems_of_language_tags(name, text)
    return TurtleFile(name, text, tuple(quads), dict(parser.prefixes), tuple(problems), is_cut_short)


def _problems_of_characters(name: str, text: str) -> Iterator[Problem]:
    if text.startswith("\ufeff"):
        yield Problem(name, 1, "the file starts with a byte order mark; save it as UTF-8 without one")
    for number, line in enumerate(text.split("\n"), start=1):
        if not unicodedata.is_normalized("NFC", line):
            column = next(end for end in range(1, len(line) + 1) if not unicodedata.is_normalized("NFC", line[:end]))
            message = "the text is not in Unicode form NFC; save the file as NFC (precomposed letters)"
            yield Problem(name, number, message, column)


def _problems_of_language_tags(name: str, text: str) -> Iterator[Problem]:
    # Looked for in the text, because pyoxigraph lowers tags as it reads them and rdflib does not.
    for kind, token, line in _tokens(text):
        if kind == "language" and token != token.lower():
            yield Problem(name, line, f"language tag {token} is not in lower case; write {token.lower()}")


def _tokens(text: str) -> Iterator[tuple[str, str, int]]:
    line, end = 1, 0
    for match in _TOKEN.finditer(text):
        # What no token covers is a fault that the parser has reported; the count of lines goes on.
        line += text.count("\n", end, match.start())
        end = match.end()
        if match.lastgroup and match.lastgroup != "space":
            yield match.lastgroup, match.group(), line
        line += match.group().count("\n")


def _places(text: str, prefixes: dict[str, str]) -> Iterator[Place]:
    """Follow the grammar as far as it takes to know which terms are subject, predicate and object of each other."""
    graph, skip = "", 0
    parts: list[str] = []
    around: list[list[str]] = []
    for kind, token, line in _tokens(text):
        if skip:
            skip -= 1
        elif kind == "directive" or (kind == "word" and token.upper() in ("PREFIX", "BASE")):
            skip = 2 if token.upper().endswith("PREFIX") else 1
        elif kind == "datatype":
            skip = 1
        elif kind == "language" or (kind == "word" and token.upper() == "GRAPH"):
            continue
        elif kind == "mark" and token in "[(":
            parts = [*parts[:2], BLANK]
            if len(parts) == 3:
                yield Place(graph, parts[0], parts[1], BLANK, line)
            around.append(parts)
            # The members of a list are what its cells have as rdf:first.
            parts = [BLANK] if token == "[" else [BLANK, str(RDF.first)]
        elif kind == "mark" and token in "])":
            parts = around.pop() if around else []
        elif kind == "mark":
            graph = (parts[0] if parts else "") if token == "{" else "" if token == "}" else graph
            parts = parts[: {";": 1, ",": 2}.get(token, 0)]
        else:
            parts = [*parts[:2], _resolve(kind, token, prefixes)]
            if len(parts) == 3:
                yield Place(graph, parts[0], parts[1], parts[2], line)


def _resolve(kind: str, token: str, prefixes: dict[str, str]) -> str:
    if kind == "iri":
        return token[1:-1]
    if kind == "string":
        quotes = 3 if token[:3] in ('"""', "'''") else 1
        return _ESCAPED.sub(_unescape, token[quotes:-quotes])
    if kind == "name":
        prefix, _, local = token.partition(":")
        return prefixes.get(prefix, prefix + ":") + re.sub(r"\\(.)", r"\1", local)
    return str(RDF.type) if token == "a" else token


def _unescape(match: re.Match[str]) -> str:
    return chr(int(match[1] or match[2], 16)) if match[1] or match[2] else _ESCAPES.get(match[3], match[3])

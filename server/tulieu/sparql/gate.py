"""The gate before the engine: what a query may not be, found in its text before anything runs.

Rules: https://www.w3.org/TR/sparql11-query/#sparqlGrammar (the tokens) and #codepointEscape (the escapes, which are
undone first: a keyword may be written `\\u0053ERVICE`). Comes in: query text. Goes out: nothing, or a QueryError that
says where and why. The gate is there because the engine has no switch for SERVICE and because a deeply nested query
ends the process that parses it (pyoxigraph 0.5: a stack overflow from some 1,000 levels on).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tulieu.errors import QueryError

_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
# The order is that of the grammar's longest match: a `<` opens an IRI only if one can be read to its `>`.
_TOKEN = re.compile(
    r"""
      (?P<space>\s+)
    | (?P<comment>\#[^\n\r]*)
    | (?P<string>'''(?:[^\\']|\\.|'(?!''))*''' | \"\"\"(?:[^\\"]|\\.|"(?!""))*\"\"\"
                 | '(?:[^'\\\n\r]|\\.)*' | "(?:[^"\\\n\r]|\\.)*")
    | (?P<iri><[^<>"{}|^`\\\x00-\x20]*>)
    | (?P<variable>[?$]\w+)
    | (?P<name>[^\W\d_][\w.-]*:[^\s<>"'{}()\[\];,|^`]*|:[^\s<>"'{}()\[\];,|^`]*)
    | (?P<language>@[A-Za-z-]+)
    | (?P<word>\w+)
    | (?P<open>[({\[])
    | (?P<close>[)}\]])
    | (?P<sign>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_UPDATE_WORDS = frozenset({"INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH"})
_PROLOGUE_WORDS = frozenset({"BASE", "PREFIX", "VERSION"})


@dataclass(frozen=True)
class Limits:
    """The operator's limits for one query."""

    length: int
    depth: int
    tokens: int


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    start: int


def check_query(text: str, limits: Limits) -> None:
    """Let a query pass or raise QueryError with the place and the reason."""
    if len(text) > limits.length:
        raise QueryError(f"The query has {len(text)} characters; up to {limits.length} are accepted.")
    plain = _ESCAPE.sub(_unescape, text)
    depth = 0
    first_word = ""
    for count, token in enumerate(_tokens(plain), 1):
        if token.kind == "open":
            depth += 1
            if depth > limits.depth:
                raise _refusal(
                    plain, token, f"brackets are nested more than {limits.depth} deep. Write the query flatter."
                )
        elif token.kind == "close":
            depth -= 1
        elif token.kind == "word":
            word = token.text.upper()
            first_word = first_word or ("" if word in _PROLOGUE_WORDS else word)
            if word == "SERVICE":
                raise _refusal(
                    plain,
                    token,
                    "SERVICE is not carried out: this server makes no requests of its own. Send the two queries "
                    "from your side and join the results, or use a client that federates, such as Comunica.",
                )
        if count > limits.tokens:
            raise QueryError(f"The query has more than {limits.tokens} words and signs.")
    if first_word in _UPDATE_WORDS:
        raise QueryError(f"{first_word} is an update. The archive is read-only: it changes by a new release alone.")


def _tokens(text: str) -> Iterator[_Token]:
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or "sign"
        if kind not in ("space", "comment"):
            yield _Token(kind, match.group(), match.start())


def _unescape(match: re.Match[str]) -> str:
    code = int(match[1] or match[2], 16)
    # A number beyond Unicode is left as it stands; the engine says what is wrong with it.
    return chr(code) if code <= 0x10FFFF else match.group()


def _refusal(text: str, token: _Token, reason: str) -> QueryError:
    line = text.count("\n", 0, token.start) + 1
    column = token.start - text.rfind("\n", 0, token.start)
    return QueryError(f"Line {line}, column {column}: {reason}", line=line, column=column)

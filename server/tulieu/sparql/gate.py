"""The gate before the engine: what a query may not be, found in its text before anything runs.

Rules: https://www.w3.org/TR/sparql11-query/#sparqlGrammar (the tokens) and #codepointEscape (the escapes, which are
undone too: a keyword may be written `\\u0053ERVICE`). Comes in: query text. Goes out: the kind of answer it asks for,
or a QueryError that says where and why. The gate is there because the engine has no switch for SERVICE and because a
deeply nested query ends the process that parses it (pyoxigraph 0.5: a stack overflow from some 1,000 levels on).

It does not parse: where the tokens leave open whether a word is SERVICE, the query is refused.
"""

import re
from dataclasses import dataclass

from tulieu.answering import ResultKind
from tulieu.errors import QueryError
from tulieu.tokens import Token, read_tokens

_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_UPDATE_WORDS = frozenset({"INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH"})
_PROLOGUE_WORDS = frozenset({"BASE", "PREFIX", "VERSION"})
_BEFORE_GRAPHS = frozenset({"GRAPH", "FROM", "NAMED"})
_OPERANDS = frozenset({"variable", "string", "iri", "name", "word", "language", "close"})
# With what may stand before the bracket; to take a string for a call does no harm but that an answer is made anew.
_VOLATILE = re.compile(r"\b(?:NOW|RAND|UUID|STRUUID)\b", re.IGNORECASE)
_OPENS_MORE = re.compile("['#]")
_NOTHING = Token("", "", 0)
_NO_SERVICE = (
    "SERVICE is not carried out: this server makes no requests of its own. Send the two queries from your side and "
    "join the results, or use a client that federates, such as Comunica."
)
_KINDS: dict[str, ResultKind] = {"SELECT": "rows", "ASK": "boolean", "CONSTRUCT": "graph", "DESCRIBE": "graph"}


@dataclass(frozen=True)
class Limits:
    """The operator's limits for one query."""

    length: int
    depth: int
    tokens: int


def check_query(text: str, limits: Limits) -> ResultKind:
    """Let a query pass and say what kind of answer it asks for, or raise QueryError with the place and the reason."""
    if len(text) > limits.length:
        raise QueryError(f"The query has {len(text)} characters; up to {limits.length} are accepted.")
    if not _is_harmless(text, limits):
        _check_tokens(text, limits)
    plain = _ESCAPE.sub(_unescape, text) if "\\" in text else text
    if plain != text:
        # An engine may read either, and `"\u0022"` is a whole string in the one, the beginning of a longer one in the
        # other: a query passes only if both do.
        _check_tokens(plain, limits)
    first_word = _first_word(text)
    if first_word in _UPDATE_WORDS:
        raise QueryError(f"{first_word} is an update. The archive is read-only: it changes by a new release alone.")
    # What begins with no such word is no query; the engine says where it fails.
    return _KINDS.get(first_word, "rows")


def is_volatile(text: str) -> bool:
    """Say whether a query asks for the time or for chance: then it is answered otherwise each time."""
    return bool(_VOLATILE.search(text))


def _is_harmless(text: str, limits: Limits) -> bool:
    """Say whether a text, whatever its tokens are, holds nothing that the gate refuses; so it is with most queries."""
    brackets = text.count("(") + text.count("[") + text.count("{")
    # No text has more tokens than characters.
    return brackets <= limits.depth and len(text) <= limits.tokens and "SERVICE" not in text.upper()


def _first_word(text: str) -> str:
    """Find the first word after the prologue, in capitals."""
    words = (token.text.upper() for token in read_tokens(text) if token.kind == "word")
    return next((word for word in words if word not in _PROLOGUE_WORDS), "")


def _check_tokens(text: str, limits: Limits) -> None:
    """Check what the words and brackets of a text say."""
    opened: list[str] = []
    before = last = _NOTHING
    for count, token in enumerate(read_tokens(text), 1):
        if token.kind == "open":
            opened.append(token.text)
            if len(opened) > limits.depth:
                raise _refusal(
                    text, token, f"brackets are nested more than {limits.depth} deep. Write the query flatter."
                )
        elif token.kind == "close":
            # One too many is for the engine to tell.
            del opened[-1:]
        if _is_service(token, last, before) or (_is_unclear(token, last, opened) and "SERVICE" in text.upper()):
            raise _refusal(text, token, _NO_SERVICE)
        if count > limits.tokens:
            raise QueryError(f"The query has more than {limits.tokens} words and signs.")
        before, last = last, token


def _is_service(token: Token, last: Token, before: Token) -> bool:
    """Say whether the keyword stands here; the engine finds it too where no space parts it from what is beside it.

    `1SERVICE` and `SERVICESILENT` are words to us. `SERVICE:a {` is a name, but as no name can stand before `{` unless
    it names a graph, the engine goes back and reads the keyword and `:a`.
    """
    if token.kind == "word":
        return "SERVICE" in token.text.upper()
    if token.text == "{" and last.kind == "name":
        return "SERVICE" in last.text.partition(":")[0].upper() and before.text.upper() not in _BEFORE_GRAPHS
    return False


def _is_unclear(token: Token, last: Token, opened: list[str]) -> bool:
    """Say whether an IRI may as well be `<` and `>` with a string or comment that begins between them."""
    if token.kind != "iri" or not opened or opened[-1] != "(" or not _OPENS_MORE.search(token.text):
        return False
    return last.kind in _OPERANDS


def _unescape(match: re.Match[str]) -> str:
    code = int(match[1] or match[2], 16)
    # A number beyond Unicode is left as it stands; the engine says what is wrong with it.
    return chr(code) if code <= 0x10FFFF else match.group()


def _refusal(text: str, token: Token, reason: str) -> QueryError:
    line = text.count("\n", 0, token.start) + 1
    column = token.start - text.rfind("\n", 0, token.start)
    return QueryError(f"Line {line}, column {column}: {reason}", line=line, column=column)

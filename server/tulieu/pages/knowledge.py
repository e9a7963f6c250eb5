"""The stored queries of the pages, put to the store.

Comes in: the name of a `.rq` file of the folder `queries` and terms for its variables. Goes out: rows. The first line
of every file says what it is for; prefixes are those of the release, so that no file repeats a base IRI. `sparql_of`
gives the text of such a question whole, for a reader who wants to put it himself. A release never changes: what was
read of it once is kept as long as it is open.
"""

import re
from collections.abc import Callable, Mapping
from functools import cache, wraps
from importlib.resources import files
from typing import TypeVar
from weakref import WeakKeyDictionary

from tulieu.store import NO_BINDINGS, XSD_STRING, Blank, Iri, Row, Store, Term
from tulieu.vocabulary import FUNCTION_IRI, FUNCTION_PREFIX, Names

Read = TypeVar("Read")
_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r"})


class Knowledge:
    """The release as pages ask it: by the names of stored queries."""

    def __init__(self, store: Store) -> None:
        """Ask the given store."""
        self._store = store
        self._once: dict[str, tuple[Row, ...]] = {}

    def once(self, query: str) -> tuple[Row, ...]:
        """Answer a stored query that asks about the whole: put to the store once, since a release never changes."""
        if query not in self._once:
            self._once[query] = self.rows(query)
        return self._once[query]

    def rows(self, query: str, bindings: Mapping[str, Term] = NO_BINDINGS, limit: int = 0) -> tuple[Row, ...]:
        """Answer a stored query with its variables bound to terms; no more than `limit` rows where one is given."""
        part = f"\nLIMIT {limit}" if limit else ""
        return self._store.select(load_query(query) + part, bindings)

    def about(self, query: str, variable: str, iri: str) -> tuple[Row, ...]:
        """Answer a stored query about one thing."""
        return self.rows(query, {variable: Iri(iri)})


def once_for_each_release(read: Callable[[Knowledge], Read]) -> Callable[[Knowledge], Read]:
    """Keep what was read of a release for as long as it is open."""
    kept: WeakKeyDictionary[Knowledge, Read] = WeakKeyDictionary()

    @wraps(read)
    def look_up(knowledge: Knowledge) -> Read:
        if knowledge not in kept:
            kept[knowledge] = read(knowledge)
        return kept[knowledge]

    return look_up


@cache
def load_query(name: str) -> str:
    """Read a stored query that travels with the package."""
    return (files("tulieu.pages") / "queries" / f"{name}.rq").read_text(encoding="utf-8")


def sparql_of(
    name: str,
    bindings: Mapping[str, Term] = NO_BINDINGS,
    names: Names = Names(),  # noqa: B008 - frozen, so one default serves all
) -> str:
    """Write a stored query so that it stands alone: its terms in their places, with the prefixes that it uses."""
    chosen = "".join(f"\n  VALUES ?{variable} {{ {write_term(term)} }}" for variable, term in bindings.items())
    body = load_query(name).rstrip().replace("WHERE {", f"WHERE {{{chosen}", 1)
    return with_prefixes(body, names)


def with_prefixes(query: str, names: Names) -> str:
    """Put the declarations of the prefixes that a query uses before it."""
    known = (*names.prefixes, (FUNCTION_PREFIX, FUNCTION_IRI))
    declared = [f"PREFIX {prefix}: <{iri}>" for prefix, iri in known if re.search(rf"\b{prefix}:", query)]
    return "\n".join([*declared, query])


def write_term(term: Term) -> str:
    """Write a term as SPARQL does."""
    if isinstance(term, Iri):
        return f"<{term.value}>"
    if isinstance(term, Blank):
        raise ValueError(f"A node without a name ({term.value}) cannot be asked for.")
    text = term.value.translate(_ESCAPES)
    if term.language:
        return f'"{text}"@{term.language}'
    return f'"{text}"' if term.datatype == XSD_STRING else f'"{text}"^^<{term.datatype}>'


def text_of(term: Term | None) -> str:
    """The text of a term of a row: an IRI, a literal's value; empty where the row has none."""
    return term.value if term is not None else ""

"""The stored queries of the pages, put to the store.

Comes in: the name of a `.rq` file of the folder `queries` and terms for its variables. Goes out: rows. The first line
of every file says what it is for; prefixes are those of the release, so that no file repeats a base IRI.
"""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from tulieu.store import NO_BINDINGS, Iri, Row, Store, Term


class Knowledge:
    """The release as pages ask it: by the names of stored queries."""

    def __init__(self, store: Store) -> None:
        """Ask the given store."""
        self._store = store

    def rows(self, query: str, bindings: Mapping[str, Term] = NO_BINDINGS) -> tuple[Row, ...]:
        """Answer a stored query with its variables bound to terms."""
        return self._store.select(load_query(query), bindings)

    def about(self, query: str, variable: str, iri: str) -> tuple[Row, ...]:
        """Answer a stored query about one thing."""
        return self.rows(query, {variable: Iri(iri)})


@cache
def load_query(name: str) -> str:
    """Read a stored query that travels with the package."""
    return (files("tulieu.pages") / "queries" / f"{name}.rq").read_text(encoding="utf-8")


def text_of(term: Term | None) -> str:
    """The text of a term of a row: an IRI, a literal's value; empty where the row has none."""
    return term.value if term is not None else ""

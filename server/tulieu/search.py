"""The search index of a release, asked: labels in any spelling lead to things.

Comes in: what a reader typed. Goes out: the things whose labels hold all of its words, folded (`lai chau` finds Lai
Châu), exact spellings first. The index is a table of SQLite FTS5, `labels(iri, kind, language, label, folded)`, written
by the build and opened read-only here.
"""

import re
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tulieu.errors import ReleaseError
from tulieu.folding import fold

_WORD = re.compile(r"\w+")
# Every word must begin a word of the label; bm25 weighs, the shorter label wins among equals.
_QUERY = """
SELECT iri, kind, language, label FROM labels
WHERE folded MATCH ? ORDER BY bm25(labels), length(label), label, iri LIMIT ?
"""
_QUERY_ALL = "SELECT DISTINCT iri FROM labels WHERE folded MATCH ?"


@dataclass(frozen=True)
class Hit:
    """One thing that was found, with the label that matched and the IRI of its class."""

    iri: str
    kind: str
    language: str
    label: str


class SearchIndex:
    """The labels of one release; each search opens the file anew, so that threads share nothing."""

    def __init__(self, path: Path) -> None:
        """Use the index of a release; raise ReleaseError when it is not there."""
        if not path.is_file():
            raise ReleaseError(f"The search index {path} is missing. Build a release with: tulieu build")
        self._path = path

    def search(self, text: str, limit: int = 100) -> tuple[Hit, ...]:
        """Find the things whose label holds every word of a text; each thing once, exact spellings first."""
        words = read_words(text)
        if not words:
            return ()
        return self._find(_all_of(words), text, limit)

    def find_all(self, text: str) -> frozenset[str]:
        """Give the IRIs of all things whose label holds every word of a text, in no order."""
        words = read_words(text)
        if not words:
            return frozenset()
        with self._open() as connection:
            return frozenset(iri for (iri,) in connection.execute(_QUERY_ALL, (_all_of(words),)))

    def nearest(self, text: str, limit: int = 8) -> tuple[Hit, ...]:
        """Find the things whose label shares most with a text that names nothing, for a page that was not found."""
        words = [word for word in read_words(text) if len(word) > 1]
        if not words:
            return ()
        return self._find(" OR ".join(f'"{word}"' for word in words), text, limit)

    def _find(self, pattern: str, typed: str, limit: int) -> tuple[Hit, ...]:
        with self._open() as connection:
            # Some labels of one thing match together: more rows than things are read.
            rows = connection.execute(_QUERY, (pattern, limit * 4)).fetchall()
        wanted = typed.casefold().strip()
        hits = [Hit(*row) for row in rows]
        # A stable sort: among the equally exact the index's own order stays.
        hits.sort(key=lambda hit: (hit.label.casefold() != wanted, wanted not in hit.label.casefold()))
        found: dict[str, Hit] = {}
        for hit in hits:
            found.setdefault(hit.iri, hit)
        return tuple(found.values())[:limit]

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        uri = f"{self._path.resolve().as_uri()}?mode=ro&immutable=1"
        with closing(sqlite3.connect(uri, uri=True)) as connection:
            yield connection


def read_words(text: str) -> list[str]:
    """Give the words of a text in the form in which they are compared."""
    return _WORD.findall(fold(text))


def _all_of(words: Iterable[str]) -> str:
    """Write the pattern for labels in which each word begins one of theirs."""
    return " AND ".join(f'"{word}"*' for word in words)

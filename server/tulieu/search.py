"""The search index of a release, asked: labels in any spelling lead to things.

Comes in: what a reader typed. Goes out: the things whose labels hold all of its words, folded (`lai chau` finds Lai
Châu), the names that are spelt as it was typed first. The index is a table of SQLite FTS5, `labels(iri, kind,
language, label, folded)`, written by the build and opened read-only here.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

from tulieu.errors import ReleaseError
from tulieu.folding import fold, read_words, spell

# Every word must begin a word of the label; the shorter label is named more fully by what was typed.
_QUERY = """
SELECT iri, kind, language, label FROM labels
WHERE folded MATCH ? ORDER BY folded = ? DESC, length(label), label, iri LIMIT ?
"""
# The labels that share most, and the rarest, of the words.
_QUERY_NEAR = "SELECT iri, kind, language, label FROM labels WHERE folded MATCH ? ORDER BY rank, iri LIMIT ?"
_QUERY_ALL = "SELECT DISTINCT iri FROM labels WHERE folded MATCH ?"
# A word that nothing begins with is looked for by its beginning, among so many labels.
_BEGINNING = 3
_GUESSES = 200
# Of an address as long as a browser allows, the beginning says what was meant.
_MOST_LETTERS = 200
_NEAR = 0.6


@dataclass(frozen=True)
class Hit:
    """One thing that was found, with the label that matched and the IRI of its class."""

    iri: str
    kind: str
    language: str
    label: str


def words_of(address: str) -> str:
    """The words in the last part of an address: the first word of a thing's name is its kind, which many share."""
    name = address.rstrip("/").rpartition("/")[2]
    return (name.partition("-")[2] or name).replace("-", " ")


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
        # Some labels of one thing match together: more rows than things are read.
        hits = self._read(_all_of(words), text, limit * 4)
        typed, wanted = spell(text), " ".join(words)
        # A stable sort: among the equally exact the index's own order stays.
        hits.sort(key=lambda hit: _distance(typed, wanted, hit.label))
        return _each_once(hits, limit)

    def find_all(self, text: str) -> frozenset[str]:
        """Give the IRIs of all things whose label holds every word of a text, in no order."""
        words = read_words(text)
        if not words:
            return frozenset()
        with self._open() as connection:
            return frozenset(iri for (iri,) in connection.execute(_QUERY_ALL, (_all_of(words),)))

    def nearest(self, text: str, limit: int = 8) -> tuple[Hit, ...]:
        """Find the things whose label shares most with a text that names nothing, for a page that was not found."""
        words = [word for word in read_words(text[:_MOST_LETTERS]) if len(word) > 1]
        if not words:
            return ()
        hits = self._read_near(" OR ".join(f'"{word}"' for word in words))
        if not hits:
            hits = self._read_near(" OR ".join(f'"{word[:_BEGINNING]}"*' for word in words))
        wanted = " ".join(words)
        likeness = [(SequenceMatcher(None, wanted, fold(hit.label)).ratio(), hit) for hit in hits]
        likeness.sort(key=lambda pair: -pair[0])
        # What is far less like it than the best is no guess but noise.
        return _each_once([hit for ratio, hit in likeness if ratio > _NEAR * likeness[0][0]], limit)

    def _read_near(self, pattern: str) -> list[Hit]:
        with self._open() as connection:
            return [Hit(*row) for row in connection.execute(_QUERY_NEAR, (pattern, _GUESSES))]

    def _read(self, pattern: str, text: str, rows: int) -> list[Hit]:
        with self._open() as connection:
            return [Hit(*row) for row in connection.execute(_QUERY, (pattern, " ".join(read_words(text)), rows))]

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        uri = f"{self._path.resolve().as_uri()}?mode=ro&immutable=1"
        with closing(sqlite3.connect(uri, uri=True)) as connection:
            yield connection


def _all_of(words: Iterable[str]) -> str:
    """Write the pattern for labels in which each word begins one of theirs."""
    return " AND ".join(f'"{word}"*' for word in words)


def _each_once(hits: Iterable[Hit], limit: int) -> tuple[Hit, ...]:
    found: dict[str, Hit] = {}
    for hit in hits:
        found.setdefault(hit.iri, hit)
    return tuple(found.values())[:limit]


def _distance(typed: tuple[tuple[str, str], ...], wanted: str, label: str) -> tuple[bool, int, bool, int]:
    """How far a label is from what was typed: the same name, the marks, the words in one piece, how many are whole."""
    words, folded = spell(label), read_words(label)
    # Who types no marks has said nothing about them.
    is_marked = wanted != " ".join(letters + tone for letters, tone in typed)
    marks = sum(min((_word_distance(each, word) for word in words), default=3) for each in typed if is_marked)
    parts = sum(word not in folded for word in wanted.split())
    return typed != words, marks, f" {wanted}" not in f" {' '.join(folded)}", parts


def _word_distance(typed: tuple[str, str], word: tuple[str, str]) -> int:
    (letters, tone), (other_letters, other_tone) = typed, word
    if not other_letters.startswith(letters):
        return 3
    # Whoever stopped in the middle of a word had not come to its tone.
    return 0 if typed == word else 1 if tone == other_tone or (not tone and letters != other_letters) else 2

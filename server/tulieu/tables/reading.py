"""The rows of the tables, read of a release by stored queries.

Comes in: a store and a table. Goes out: rows of text, one for each solution of the table's query, in the query's order;
and what a column means, in the words of the release's own ontology. What several tables share (where a passage stands,
what is known of a time, what a passage leaves unstated) is asked once and joined to the rows here.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from tulieu.errors import NotFoundError
from tulieu.store import Iri, Literal, Row, Store
from tulieu.tables.columns import LABEL, OWN_WORDS, SEPARATOR, Column, Origin, Table, Words
from tulieu.tables.definitions import TABLES

_DEFINITION = "http://www.w3.org/2004/02/skos/core#definition"
_LANGUAGE_OF = {Origin.LABEL_VI: "vi", Origin.LABEL_EN: "en"}
_PASSAGES = "passages"
Cells = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class _Time:
    """What all sources say of a time."""

    printed: dict[str, str] = field(default_factory=dict)
    earliest: set[str] = field(default_factory=set)
    latest: set[str] = field(default_factory=set)
    precisions: set[str] = field(default_factory=set)
    sources: set[str] = field(default_factory=set)


def find_table(name: str) -> Table:
    """Find a table by its name; raise NotFoundError where there is none."""
    for table in TABLES:
        if table.name == name:
            return table
    raise NotFoundError(f"There is no table {name[:80]}. There are: {', '.join(each.name for each in TABLES)}.")


@cache
def load_query(name: str) -> str:
    """Read a stored query that travels with the package."""
    return (files("tulieu.tables") / "queries" / f"{name}.rq").read_text(encoding="utf-8")


def count_rows(store: Store) -> dict[str, int]:
    """How many rows each table has, by its name, without reading them."""
    counts = {row["class"].value: int(row["rows"].value) for row in store.select(load_query("counts"))}
    return {table.name: counts.get(table.columns[0].term, 0) for table in TABLES}


def read_words(store: Store, column: Column) -> tuple[Words, Words]:
    """Say what a column is called and what it means, in each language."""
    if column.origin is not Origin.QUERY:
        return OWN_WORDS[column.origin.value]
    if column.term in OWN_WORDS:
        return OWN_WORDS[column.term]
    term = Iri(column.term)
    return _texts(store, term, Iri(LABEL)), _texts(store, term, Iri(_DEFINITION))


def _texts(store: Store, thing: Iri, property_: Iri) -> dict[str, str]:
    """The texts of a thing by language; of two in one language the first by alphabet, so that rows never change."""
    found = [each.object for each in store.quads(thing, property_, None, None)]
    texts = sorted({(text.language, text.value) for text in found if isinstance(text, Literal)}, reverse=True)
    return dict(texts)


def _cells(table: Table, row: Row) -> dict[str, tuple[str, ...]]:
    """The values of a solution by variable, those of a list parted and in one order."""
    lists = {column.base for column in table.columns if column.is_list and column.origin is Origin.QUERY}
    return {
        name: tuple(sorted(set(filter(None, term.value.split(SEPARATOR))))) if name in lists else (term.value,)
        for name, term in row.items()
    }


class Reader:
    """Reads tables of a release; what they share is asked once, when it is first needed, and goes with the reader."""

    def __init__(self, store: Store) -> None:
        """Read from one release."""
        self._store = store
        self._labels = cache(lambda iri: _texts(store, Iri(iri), Iri(LABEL)))
        self._passages = cache(self._read_passages)
        self._times = cache(self._read_times)
        self._unstated = cache(self._read_unstated)

    def rows(self, table: Table) -> Iterator[tuple[str, ...]]:
        """Read the rows of a table, a text for each column; empty where the source of the row does not say."""
        standing = {} if table.name == _PASSAGES else self._passages()
        for row in self._store.select(load_query(table.name)):
            cells = _cells(table, row)
            passage = cells["passage"][0]
            points = self._points(cells[table.key][0], passage)
            yield self._write(table, {**standing.get(passage, {}), **cells, **points})

    def _points(self, thing: str, passage: str) -> Cells:
        """What a passage leaves unstated about a thing; about anything, where the thing is the passage itself."""
        points = self._unstated().get((passage, thing), ())
        return {
            "not_stated": tuple(point for point, _ in points),
            "not_stated_property": tuple(property_ for _, property_ in points),
        }

    def _write(self, table: Table, cells: Cells) -> tuple[str, ...]:
        """Write a row: the query's own values, and beside them what is known of these."""
        passage = cells["passage"][0]
        written: dict[str, tuple[str, ...]] = {}
        for column in table.columns:
            if column.origin is Origin.QUERY:
                written[column.name] = cells.get(column.base, ())
            elif column.origin in _LANGUAGE_OF:
                language = _LANGUAGE_OF[column.origin]
                written[column.name] = tuple(self._labels(iri).get(language, "") for iri in written[column.base])
            else:
                say = _OF_TIME[column.origin]
                times = [self._times().get(iri, _Time()) for iri in written[column.base]]
                written[column.name] = tuple(value for time in times for value in say(time, passage))
        # Labels of which none is there are no list of empty texts.
        return tuple(SEPARATOR.join(values) if any(values) else "" for values in written.values())

    def _read_passages(self) -> dict[str, Cells]:
        table = find_table(_PASSAGES)
        rows = (_cells(table, row) for row in self._store.select(load_query(_PASSAGES)))
        return {cells["passage"][0]: cells for cells in rows}

    def _read_times(self) -> dict[str, _Time]:
        times: dict[str, _Time] = defaultdict(_Time)
        for row in self._store.select(load_query("times")):
            time, source = times[row["time"].value], row["source"].value
            for variable, note in _NOTED.items():
                if variable in row:
                    note(time, source, row[variable].value)
        return times

    def _read_unstated(self) -> dict[tuple[str, str], list[tuple[str, str]]]:
        found: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
        for row in self._store.select(load_query("not_stated")):
            passage = row["passage"].value
            for thing in dict.fromkeys((row["about"].value, passage)):
                found[passage, thing].append((row["point"].value, row["property"].value))
        return found


def _note_earliest(time: _Time, source: str, value: str) -> None:
    time.earliest.add(value)
    time.sources.add(source)


def _note_latest(time: _Time, source: str, value: str) -> None:
    time.latest.add(value)
    time.sources.add(source)


_NOTED: Mapping[str, Callable[[_Time, str, str], None]] = {
    "printed": lambda time, source, value: time.printed.update({source: value}),
    "earliest": _note_earliest,
    "latest": _note_latest,
    "precision": lambda time, source, value: time.precisions.add(value),
}
_OF_TIME: Mapping[Origin, Callable[[_Time, str], list[str]]] = {
    Origin.PRINTED: lambda time, passage: [time.printed[passage]] if passage in time.printed else [],
    Origin.EARLIEST: lambda time, passage: sorted(time.earliest)[:1],
    Origin.LATEST: lambda time, passage: sorted(time.latest)[-1:],
    Origin.PRECISION: lambda time, passage: sorted(time.precisions),
    Origin.SOURCES: lambda time, passage: sorted(time.sources),
}

"""The code book: the tables for those who work in R, Stata or a spreadsheet, and what their columns mean.

Comes in: a release. Goes out: a frozen `TablesPage`. What a column means is said in the words of the ontology; what it
can hold, by the concepts of its scheme where these are few, else by a link to them.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tulieu.pages.archive import Archive
from tulieu.pages.knowledge import Knowledge, once_for_each_release, text_of, with_prefixes
from tulieu.pages.labels import Text
from tulieu.pages.links import Links
from tulieu.pages.terms import SKOS
from tulieu.pages.values import Value, Values, show_count
from tulieu.tables.columns import SEPARATOR, Column, Origin, Table
from tulieu.tables.definitions import TABLES
from tulieu.tables.reading import count_rows, load_query, read_words

_FEW = 16
# The columns that every table has.
_SHARED = frozenset.intersection(*(frozenset(column.name for column in table.columns) for table in TABLES))


@dataclass(frozen=True)
class ColumnEntry:
    """A column with those that say more of what it holds: what it means, its type, its values, the table it joins."""

    name: str
    also: tuple[str, ...]
    title: str
    meaning: str
    datatype: str
    has_several: bool
    is_known: bool
    joins: str
    scheme: Value | None
    values: tuple[Value, ...]


@dataclass(frozen=True)
class TableEntry:
    """A table: its name, what it holds, its rows by number, its file, what finds a row, its columns, its query."""

    name: str
    title: str
    about: str
    rows: str
    href: str
    key: str
    columns: tuple[ColumnEntry, ...]
    query: str


@dataclass(frozen=True)
class TablesPage:
    """All tables, and the columns that each of them has."""

    title: Text
    separator: str
    tables: tuple[TableEntry, ...]
    shared: tuple[ColumnEntry, ...]
    folder: str
    address: str


def make_tables_page(archive: Archive, values: Values) -> TablesPage:
    """Gather the code book of a release."""
    # Files have no language: their addresses carry none.
    plain = Links(values.links.public_url, archive.names)
    counts = count_rows(archive.store)
    shared = [column for column in TABLES[0].columns if column.name in _SHARED]
    return TablesPage(
        title=Text(values.wording("tables.title"), values.language),
        separator=SEPARATOR,
        tables=tuple(_table(archive, table, counts, plain, values) for table in TABLES),
        shared=_columns(archive, shared, values),
        folder=plain.path("tables/"),
        address=plain.absolute("tables/"),
    )


def _table(archive: Archive, table: Table, counts: Mapping[str, int], plain: Links, values: Values) -> TableEntry:
    own = [column for column in table.columns if column.name not in _SHARED or column.name == table.key]
    _, meanings = read_words(archive.store, table.columns[0])
    return TableEntry(
        name=table.name,
        title=table.titles[values.language],
        about=meanings.get(values.language, ""),
        rows=show_count(counts[table.name], values.language),
        href=plain.path(f"tables/{table.name}.csv"),
        key=" + ".join(table.primary_key),
        columns=_columns(archive, own, values),
        query=with_prefixes(load_query(table.name), archive.names),
    )


def _columns(archive: Archive, columns: Sequence[Column], values: Values) -> tuple[ColumnEntry, ...]:
    """Describe columns; those that say more of what another holds stand with that one."""
    groups: list[list[Column]] = []
    for column in columns:
        if column.origin is Origin.QUERY:
            groups.append([column])
        else:
            groups[-1].append(column)
    return tuple(_column(archive, group, values) for group in groups)


def _column(archive: Archive, group: Sequence[Column], values: Values) -> ColumnEntry:
    column = group[0]
    titles, meanings = read_words(archive.store, column)
    name = next((each.scheme for each in group if each.scheme), "")
    scheme = str(archive.names.thing(f"scheme-{name}")) if name else ""
    concepts = _concepts(archive.knowledge).get(scheme, ())
    return ColumnEntry(
        name=column.name,
        also=tuple(each.name for each in group[1:]),
        title=titles.get(values.language, ""),
        meaning=meanings.get(values.language, ""),
        datatype=column.datatype.value,
        has_several=column.is_list,
        is_known=column.is_known,
        joins=column.joins,
        scheme=values.thing(scheme) if scheme else None,
        values=tuple(values.thing(iri) for iri in concepts) if len(concepts) <= _FEW else (),
    )


@once_for_each_release
def _concepts(knowledge: Knowledge) -> Mapping[str, tuple[str, ...]]:
    """The concepts of each scheme."""
    found: dict[str, list[str]] = defaultdict(list)
    for row in knowledge.once("concepts"):
        if text_of(row["property"]) == SKOS + "inScheme":
            found[text_of(row["value"])].append(text_of(row["concept"]))
    return {scheme: tuple(sorted(concepts)) for scheme, concepts in found.items()}

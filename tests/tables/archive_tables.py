"""The tables of the real release as a reader has them: the bytes of the CSV files, read with the csv module alone."""

import csv
import io
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from tulieu.release import Release
from tulieu.resources.table_files import write_csv
from tulieu.store import Store
from tulieu.tables.columns import SEPARATOR, Table
from tulieu.tables.definitions import TABLES
from tulieu.tables.reading import Reader, find_table
from tulieu.vocabulary import Names

Row = Mapping[str, str]


def open_store(release: Release) -> Store:
    return _open(release.store_path, release.base_iri)


def write_table(release: Release, table: Table) -> bytes:
    return _write(open_store(release), table.name)


def read_tables(release: Release) -> Mapping[str, Sequence[Row]]:
    """The rows of each table by its name."""
    return _read(open_store(release))


@cache
def _open(path: Path, base_iri: str) -> Store:
    return Store(path, Names(base_iri))


@cache
def _write(store: Store, name: str) -> bytes:
    table = find_table(name)
    header = tuple(column.name for column in table.columns)
    return b"".join(write_csv(header, Reader(store).rows(table)))


@cache
def _read(store: Store) -> Mapping[str, Sequence[Row]]:
    return {
        table.name: list(csv.DictReader(io.StringIO(_write(store, table.name).decode(), newline="")))
        for table in TABLES
    }


def several(cell: str) -> list[str]:
    """The values of one cell."""
    return cell.split(SEPARATOR) if cell else []

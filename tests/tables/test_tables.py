"""The tables against the release they are made of: every cell is what its query gives and what its column says."""

import csv
import io
import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal

import pytest

from tulieu.release import Release
from tulieu.store import Iri, is_iri
from tulieu.tables.columns import SEPARATOR, Column, Datatype, Origin, Table
from tulieu.tables.definitions import TABLES
from tulieu.tables.reading import count_rows, load_query, read_words

from .archive_tables import open_store, read_tables, several, write_table

NAMES = ("persons", "organs", "holdings", "documents", "document_relations", "events", "participations", "figures",
         "plans", "awards", "passages")  # fmt: skip
each_table = pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
IS_VALID: Mapping[Datatype, Callable[[str], object]] = {
    Datatype.NAME: is_iri,
    Datatype.TEXT: lambda text: text == text.strip(),
    Datatype.INTEGER: lambda text: str(int(text)) == text,
    Datatype.DECIMAL: lambda text: f"{Decimal(text)}" == text,
    Datatype.DAY: lambda text: date.fromisoformat(text).isoformat() == text,
    Datatype.TRUTH: ("true", "false").__contains__,
}


def test_there_are_the_eleven_tables() -> None:
    assert tuple(table.name for table in TABLES) == NAMES


@each_table
def test_columns_are_those_of_the_stored_query(table: Table) -> None:
    query = load_query(table.name)
    variables = re.findall(r"\?(\w+)", query.partition("SELECT")[2].partition("WHERE")[0])
    standing = {"source_kind", "article", "position", "voice", "according_to"} if table.key != "passage" else set()
    added = {*standing, "not_stated", "not_stated_property"}
    own = [column.name for column in table.columns if column.origin is Origin.QUERY and column.name not in added]
    assert sorted(own) == sorted(variables)
    assert query.startswith("# ") and "ORDER BY" in query


@each_table
def test_every_column_has_a_name_for_a_data_frame_and_words_in_both_languages(table: Table, release: Release) -> None:
    names = [column.name for column in table.columns]
    assert len(set(names)) == len(names)
    for column in table.columns:
        assert re.fullmatch(r"[a-z][a-z_]*[a-z]", column.name)
        assert all(set(words) == {"vi", "en"} for words in read_words(open_store(release), column)), column.name


@each_table
def test_rows_are_those_of_the_query(table: Table, release: Release) -> None:
    store = open_store(release)
    rows = read_tables(release)[table.name]
    solutions = store.select(load_query(table.name))
    assert len(rows) == len(solutions) == count_rows(store)[table.name] > 0
    for row, solution in zip(rows, solutions, strict=True):
        for name, term in solution.items():
            assert sorted(several(row[name])) == sorted(several(term.value)), (table.name, name)


@each_table
def test_the_file_is_what_rfc_4180_asks_for(table: Table, release: Release) -> None:
    text = write_table(release, table).decode()
    assert text.count("\r\n") == text.count("\n") == len(read_tables(release)[table.name]) + 1
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    assert rows[0] == [column.name for column in table.columns]
    assert {len(row) for row in rows} == {len(table.columns)}


@each_table
def test_every_cell_is_valid(table: Table, release: Release) -> None:
    for row in read_tables(release)[table.name]:
        for column in table.columns:
            cell = row[column.name]
            assert cell or not column.is_required, column.name
            for value in several(cell) if column.is_list else [cell] if cell else []:
                assert value == "" or IS_VALID[column.datatype](value), (column.name, value)


@each_table
def test_every_row_has_its_passage_and_voice_and_no_other_row_has_its_key(table: Table, release: Release) -> None:
    rows = read_tables(release)[table.name]
    keys = {tuple(row[name] for name in table.primary_key) for row in rows}
    assert len(keys) == len(rows)
    for row in rows:
        assert row["passage"] and row["voice"] and row["voice_vi"] and row["voice_en"] and row["article"]
        assert ("/note/" in row["passage"]) == (row["source_kind"] == "note") == (row["position"] == "")


@each_table
def test_what_joins_another_table_is_found_in_it(table: Table, release: Release) -> None:
    tables = read_tables(release)
    keys = {each.name: {row[each.key] for row in tables[each.name]} for each in TABLES}
    for column in table.columns:
        for row in tables[table.name]:
            assert not column.joins or set(several(row[column.name])) <= keys[column.joins], column.name


@each_table
def test_labels_stand_in_the_order_of_what_they_name(table: Table, release: Release) -> None:
    for row in read_tables(release)[table.name]:
        for column in table.columns:
            if column.origin in (Origin.LABEL_VI, Origin.LABEL_EN) and row[column.name]:
                assert len(several(row[column.name])) == len(several(row[column.base])), column.name


def test_a_scheme_has_concepts_and_a_column_no_others(release: Release) -> None:
    in_scheme = Iri("http://www.w3.org/2004/02/skos/core#inScheme")
    for table in TABLES:
        for column in table.columns:
            if column.scheme:
                scheme = Iri(f"{release.base_iri}id/scheme-{column.scheme}")
                concepts = {
                    str(each.subject.value) for each in open_store(release).quads(None, in_scheme, scheme, None)
                }
                used = {value for row in read_tables(release)[table.name] for value in several(row[column.name])}
                assert concepts and {value for value in used if "/ontology#" not in value} <= concepts, column.name


def test_no_text_holds_the_separator_and_no_cell_is_a_formula(release: Release) -> None:
    asked = "SELECT DISTINCT ?text { GRAPH graph:asserted { ?thing ?says ?text FILTER(isLiteral(?text)) } }"
    texts = [row["text"].value for row in open_store(release).select(asked)]
    assert len(texts) > 500
    assert [text for text in texts if SEPARATOR in text] == []
    for rows in read_tables(release).values():
        assert not [cell for row in rows for cell in row.values() if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


def test_the_day_of_the_conference_is_told_with_the_note_that_gives_it(release: Release) -> None:
    conference = f"{release.base_iri}id/event-hoi-nghi-so-ket-01-kl-tw-lai-chau"
    row = next(row for row in read_tables(release)["events"] if row["event"] == conference and row["time_printed"])
    assert (row["time_printed"], row["time_earliest_day"]) == ("Sáng 17/5", "2023-05-17")
    assert row["time_days_from"].endswith("/note/ttxvn-lai-chau-1/conference-year")


def test_a_column_that_is_known_is_the_same_in_all_rows_of_a_thing(release: Release) -> None:
    def cells(table: Table, column: Column) -> set[tuple[str, str]]:
        return {(row[table.key], row[column.name]) for row in read_tables(release)[table.name]}

    known = [
        (table, column)
        for table in TABLES
        for column in table.columns
        if column.is_known and column.origin is Origin.QUERY
    ]
    assert len(known) > 10
    for table, column in known:
        found = cells(table, column)
        assert len(found) == len({thing for thing, _ in found}), (table.name, column.name)

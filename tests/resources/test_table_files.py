"""The files of the tables over HTTP, and their metadata, read by a CSVW library that is not ours."""

import csv
import io
import json
import re
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import csvw
import pytest
from flask.testing import FlaskClient

from tulieu.release import Release
from tulieu.resources.table_files import write_archive
from tulieu.resources.table_metadata import describe_one
from tulieu.store import Iri, Literal, Store
from tulieu.tables.definitions import TABLES
from tulieu.tables.reading import find_table
from tulieu.vocabulary import Names

PUBLIC_URL = "https://archive.example/tulieu/"
NAMES = [table.name for table in TABLES]
FILES = [
    *((f"{name}.csv", "text/csv; charset=utf-8; header=present") for name in NAMES),
    *((f"{name}.csv-metadata.json", "application/csvm+json") for name in NAMES),
    ("csv-metadata.json", "application/csvm+json"),
    ("tulieu-tables.zip", "application/zip"),
]


@pytest.fixture(scope="module")
def store(release: Release) -> Store:
    return Store(release.store_path, Names(release.base_iri))


@pytest.fixture(scope="module")
def folder(release: Release, store: Store, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of the real release, as the archive holds them."""
    folder = tmp_path_factory.mktemp("tables")
    with zipfile.ZipFile(io.BytesIO(b"".join(write_archive(store, release, PUBLIC_URL)))) as archive:
        archive.extractall(folder)
    return folder


@pytest.mark.parametrize(("name", "media_type"), FILES)
def test_every_file_is_there_and_is_not_sent_twice(client: FlaskClient, name: str, media_type: str) -> None:
    answer = client.get(f"/tables/{name}")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, media_type)
    assert answer.data
    head = client.head(f"/tables/{name}")
    assert (head.status_code, head.data, head.headers["ETag"]) == (200, b"", answer.headers["ETag"])
    again = client.get(f"/tables/{name}", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == answer.headers["ETag"]


def test_a_table_leads_to_its_metadata_and_that_to_the_table(client: FlaskClient) -> None:
    answer = client.get("/tables/events.csv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="events.csv"'
    found = re.search(r'<([^>]+)>; rel="describedby"; type="application/csvm\+json"', answer.headers["Link"])
    assert found and found[1].startswith(PUBLIC_URL)
    described = json.loads(client.get("/" + found[1].removeprefix(PUBLIC_URL)).data)
    assert (described["@type"], described["url"]) == ("Table", "events.csv")
    assert described["dc:source"]["@id"].startswith("https://w3id.org/tulieu/release/")


def test_a_spreadsheet_gets_a_byte_order_mark_if_it_asks_for_one(client: FlaskClient) -> None:
    plain, marked = client.get("/tables/persons.csv"), client.get("/tables/persons.csv?bom=1")
    assert marked.data == b"\xef\xbb\xbf" + plain.data
    assert marked.headers["ETag"] != plain.headers["ETag"]


@pytest.mark.parametrize("name", ["nobody.csv", "nobody.csv-metadata.json", "persons.txt", "../persons.csv"])
def test_what_is_no_table_is_not_found(client: FlaskClient, name: str) -> None:
    assert client.get(f"/tables/{name}").status_code == 404


def test_the_archive_is_the_same_every_time_and_holds_the_files_themselves(client: FlaskClient) -> None:
    first, second = (client.get("/tables/tulieu-tables.zip").data for _ in range(2))
    assert first == second
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert archive.namelist() == [*(f"{name}.csv" for name in NAMES), "csv-metadata.json", "code_book.csv"]
        for name in (*(f"{name}.csv" for name in NAMES), "csv-metadata.json"):
            assert archive.read(name) == client.get(f"/tables/{name}").data
        lines = archive.read("code_book.csv").decode().splitlines()
    assert len(lines) == 1 + sum(len(table.columns) for table in TABLES)


def test_a_library_of_others_finds_every_table_valid(folder: Path) -> None:
    assert csvw.CSVW(str(folder / "csv-metadata.json"), validate=True).is_valid
    group = csvw.TableGroup.from_file(folder / "csv-metadata.json")
    assert sum(len(list(table.iterdicts(strict=True))) for table in group.tables) > 200
    assert group.check_referential_integrity()


def test_the_library_would_find_a_fault(folder: Path, store: Store, release: Release, tmp_path: Path) -> None:
    (tmp_path / "csv-metadata.json").write_bytes(describe_one(store, find_table("figures"), release, PUBLIC_URL))
    figures = (folder / "figures.csv").read_bytes()
    (tmp_path / "figures.csv").write_bytes(figures.replace(b",8198,", b",8.198.0,"))
    with pytest.raises(ValueError, match=r"8\.198\.0"):
        list(csvw.Table.from_file(tmp_path / "csv-metadata.json").iterdicts(strict=True))


def test_every_statement_that_a_cell_makes_is_one_of_the_archive(store: Store, folder: Path) -> None:
    group = json.loads((folder / "csv-metadata.json").read_bytes())
    made = 0
    for table in group["tables"]:
        columns = [column for column in table["tableSchema"]["columns"] if "propertyUrl" in column]
        assert len(columns) > 5
        for row in csv.DictReader(io.StringIO((folder / table["url"]).read_bytes().decode(), newline="")):
            for column in columns:
                if row[column["name"]]:
                    made += 1
                    assert is_said(store, column, row), (table["url"], column["name"], row[column["name"]])
    assert made > 2000


def is_said(store: Store, column: dict[str, Any], row: dict[str, str]) -> bool:
    """Whether a release says what a cell says by way of its column's `aboutUrl`, `propertyUrl` and `valueUrl`."""

    def expand(template: str) -> Iri:
        return Iri(re.sub(r"\{\+(\w+)\}", lambda found: row[found[1]], template))

    about, property_ = expand(column["aboutUrl"]), Iri(column["propertyUrl"])
    if "valueUrl" in column:
        return bool(store.quads(about, property_, expand(column["valueUrl"]), None))
    cell, language = row[column["name"]], column.get("lang", "")
    said = [each.object for each in store.quads(about, property_, None, None)]
    texts = [each for each in said if isinstance(each, Literal) and each.language == language]
    return any(each.value == cell or (is_number(column) and Decimal(each.value) == Decimal(cell)) for each in texts)


def is_number(column: dict[str, Any]) -> bool:
    return bool(column["datatype"] in ("decimal", "integer"))

"""The tables as files: https://www.rfc-editor.org/rfc/rfc4180 and https://www.w3.org/TR/tabular-data-model/

Comes in: a request for a table, for its metadata, or for all as one archive. Goes out: CSV in UTF-8 with a header line,
each with a link to its metadata (tabular-data-model, section 5.2); the metadata; a zip file that holds all of it. A
spreadsheet that opens a file by a double click takes it for UTF-8 only behind a byte order mark: `?bom=1` puts one.
"""

import csv
import io
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import chain, islice

from flask import Blueprint, Response, request

from tulieu.caching import Edition, Representation, entity_tag, is_known
from tulieu.formats import HTML, ROWS_CSV
from tulieu.release import Release
from tulieu.resources.signposting import DATASET, Link, to_table_metadata, write_header
from tulieu.resources.table_metadata import ALL_TABLES, MEDIA_TYPE, describe_all, describe_one
from tulieu.store import Store
from tulieu.tables.columns import Table
from tulieu.tables.definitions import TABLES
from tulieu.tables.reading import Reader, find_table, read_words

ARCHIVE = "tulieu-tables.zip"
CODE_BOOK = ("table", "column", "datatype", "several_values", "required", "joins_table", "scheme", "title_vi",
             "title_en", "meaning_vi", "meaning_en")  # fmt: skip
_CSV = f"{ROWS_CSV.content_type}; header=present"
_MARK = "\N{BYTE ORDER MARK}".encode()
_ROWS_IN_A_CHUNK = 500
_KEPT_IN_MEMORY = 8_000_000
_CHUNK = 65_536


def create_blueprint(store: Store, release: Release, edition: Edition) -> Blueprint:
    """Make the routes of the tables' files."""
    blueprint = Blueprint("tables", __name__)

    @blueprint.get("/tables/<name>.csv")
    def table_file(name: str) -> Response:
        table = find_table(name)
        mark = _MARK if request.args.get("bom") == "1" else b""
        response = _answer(edition, _CSV, lambda: chain((mark,), write_csv(_header(table), Reader(store).rows(table))))
        response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
        whole = Link("collection", edition.public_url + DATASET, HTML.media_type)
        table_address = f"{edition.public_url}tables/{name}.csv"
        response.headers["Link"] = write_header([to_table_metadata(table_address), whole])
        return response

    @blueprint.get("/tables/<name>.csv-metadata.json")
    def table_metadata(name: str) -> Response:
        table = find_table(name)
        return _answer(edition, MEDIA_TYPE, lambda: [describe_one(store, table, release, edition.public_url)])

    @blueprint.get(f"/tables/{ALL_TABLES}")
    def all_metadata() -> Response:
        return _answer(edition, MEDIA_TYPE, lambda: [describe_all(store, release, edition.public_url)])

    @blueprint.get(f"/tables/{ARCHIVE}")
    def archive() -> Response:
        response = _answer(edition, "application/zip", lambda: write_archive(store, release, edition.public_url))
        response.headers["Content-Disposition"] = f'attachment; filename="{ARCHIVE}"'
        return response

    return blueprint


def write_csv(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[bytes]:
    """Write rows as CSV, some hundred at a time."""
    lines = chain((header,), rows)
    while chunk := list(islice(lines, _ROWS_IN_A_CHUNK)):
        text = io.StringIO(newline="")
        csv.writer(text, lineterminator="\r\n").writerows(chunk)
        yield text.getvalue().encode()


def write_archive(store: Store, release: Release, public_url: str) -> Iterator[bytes]:
    """Write all tables, their metadata and the code book as one zip file, the same for one release every time."""
    reader = Reader(store)
    files: list[tuple[str, Iterable[bytes]]] = [
        *((f"{table.name}.csv", write_csv(_header(table), reader.rows(table))) for table in TABLES),
        (ALL_TABLES, [describe_all(store, release, public_url)]),
        ("code_book.csv", write_csv(CODE_BOOK, _code_book(store))),
    ]
    made = datetime.fromisoformat(release.created).timetuple()[:6]
    with tempfile.SpooledTemporaryFile(_KEPT_IN_MEMORY) as file:
        with zipfile.ZipFile(file, "w") as packed:
            for name, chunks in files:
                entry = zipfile.ZipInfo(name, made)
                entry.compress_type = zipfile.ZIP_DEFLATED
                with packed.open(entry, "w") as target:
                    target.writelines(chunks)
        file.seek(0)
        while chunk := file.read(_CHUNK):
            yield chunk


def _header(table: Table) -> tuple[str, ...]:
    return tuple(column.name for column in table.columns)


def _code_book(store: Store) -> Iterator[tuple[str, ...]]:
    for table in TABLES:
        for column in table.columns:
            titles, meanings = read_words(store, column)
            marks = ("true" if mark else "false" for mark in (column.is_list, column.is_required))
            words = (words.get(language, "") for words in (titles, meanings) for language in ("vi", "en"))
            yield (table.name, column.name, column.datatype.value, *marks, column.joins, column.scheme, *words)


def _answer(edition: Edition, content_type: str, write: Callable[[], Iterable[bytes]]) -> Response:
    """Answer with a file; nothing is asked of the store for who has it already."""
    tag = entity_tag(edition, Representation(request.full_path, content_type))
    headers = {"ETag": f'"{tag}"'}
    if is_known(request.headers.get("If-None-Match"), tag):
        return Response(status=304, headers=headers)
    return Response(write(), content_type=content_type, headers=headers)

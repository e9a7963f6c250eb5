"""What the tables are, for programs: https://www.w3.org/TR/tabular-metadata/

Comes in: a release, its store, the public URL. Goes out: the metadata of one table or of all, as JSON. Words are those
of the release's ontology. A column is mapped to a property (`propertyUrl`) only where the statement that comes of it is
one that the archive makes: one value, of the thing that `aboutUrl` names.
"""

import json
from collections.abc import Mapping
from typing import Any

from tulieu.release import Release
from tulieu.resources.describing import LICENCE
from tulieu.store import Store
from tulieu.tables.columns import OWN_WORDS, SEPARATOR, TYPE, Column, Datatype, Origin, Table, Words
from tulieu.tables.definitions import TABLES
from tulieu.tables.reading import read_words
from tulieu.vocabulary import Names

MEDIA_TYPE = "application/csvm+json"
ALL_TABLES = "csv-metadata.json"
_CONTEXT = ["http://www.w3.org/ns/csvw", {"@language": "en"}]
_TITLE: Words = {"vi": "Bảng dữ liệu của tulieu", "en": "The tables of tulieu"}
_RULES: Words = {
    "vi": "Mỗi hàng là một đối tượng theo một vị trí trong bài hoặc một ghi chú. Ô trống: nguồn của hàng không nêu.",
    "en": "A row is one thing as one passage or note states it. An empty cell: the source of the row does not say.",
}
# A note has no voice; its class stands in the column, so that no row is without one.
_NOT_MAPPED = ("voice",)
_PRINTED_LANGUAGE = "vi"


def describe_all(store: Store, release: Release, public_url: str) -> bytes:
    """Describe all tables as one group, and how they hang together."""
    tables = [_describe(store, table, is_alone=False) for table in TABLES]
    title = {"dc:title": _values(_TITLE)}
    return _write({"@type": "TableGroup", **title, **_about(release, public_url), "tables": tables})


def describe_one(store: Store, table: Table, release: Release, public_url: str) -> bytes:
    """Describe one table; it stands alone, so its ties to others are left out."""
    return _write({**_describe(store, table, is_alone=True), **_about(release, public_url)})


def _write(described: Mapping[str, Any]) -> bytes:
    return (json.dumps({"@context": _CONTEXT, **described}, ensure_ascii=False) + "\n").encode()


def _about(release: Release, public_url: str) -> dict[str, Any]:
    return {
        "dc:license": {"@id": LICENCE},
        "dc:source": {"@id": str(Names(release.base_iri).release(release.id))},
        "dc:created": {"@value": release.created, "@type": "xsd:dateTime"},
        "rdfs:comment": _values(_RULES),
        "rdfs:seeAlso": {"@id": f"{public_url}tables"},
    }


def _describe(store: Store, table: Table, *, is_alone: bool) -> dict[str, Any]:
    _, meanings = read_words(store, table.columns[0])
    passage = {"columnReference": "passage", "reference": {"resource": "passages.csv", "columnReference": "passage"}}
    is_tied = not is_alone and table.key != "passage"
    return {
        "@type": "Table",
        "url": f"{table.name}.csv",
        "dc:title": _values(table.titles),
        "dc:description": _values(meanings),
        "tableSchema": {
            "aboutUrl": f"{{+{table.key}}}",
            "columns": [_column(store, column, table) for column in table.columns],
            "primaryKey": list(table.primary_key),
            **({"foreignKeys": [passage]} if is_tied else {}),
        },
    }


def _column(store: Store, column: Column, table: Table) -> dict[str, Any]:
    titles, meanings = read_words(store, column)
    return {
        "name": column.name,
        # The first title is the one that stands in the file: a validator compares the two (tabular-metadata, 5.4.3).
        "titles": {language: list(dict.fromkeys((column.name, title))) for language, title in titles.items()},
        "dc:description": _values(meanings),
        "datatype": column.datatype.value,
        **({"separator": SEPARATOR} if column.is_list else {}),
        **({"required": True} if column.is_required else {}),
        **({"lang": language} if (language := _language(column)) else {}),
        **_meaning(column, table),
    }


def _language(column: Column) -> str:
    """The language of a column's texts: told by its name, else that of what is printed; names and numbers have none."""
    ending = column.name.rpartition("_")[2]
    if column.datatype is not Datatype.TEXT or column.term in OWN_WORDS or column.name in ("number", "digest"):
        return ""
    return ending if ending in ("vi", "en") else _PRINTED_LANGUAGE


def _meaning(column: Column, table: Table) -> dict[str, str]:
    """What statement a cell makes, where it makes one that the archive makes."""
    if column.name == table.key:
        return {"aboutUrl": f"{{+{column.name}}}", "propertyUrl": TYPE, "valueUrl": column.term}
    is_plain = column.origin in (Origin.QUERY, Origin.LABEL_VI, Origin.LABEL_EN) and not column.is_list
    if not is_plain or column.term in OWN_WORDS or column.name in _NOT_MAPPED:
        return {}
    value = {"valueUrl": f"{{+{column.name}}}"} if column.datatype is Datatype.NAME else {}
    return {"aboutUrl": f"{{+{column.of}}}", "propertyUrl": column.term, **value}


def _values(words: Words) -> list[dict[str, str]]:
    return [{"@value": text, "@language": language} for language, text in sorted(words.items())]

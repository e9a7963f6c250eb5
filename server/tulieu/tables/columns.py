"""What a table and a column are, and the words for those columns that no term of the ontology describes.

Comes in: nothing. Goes out: the frozen `Table` and `Column` of which `definitions` is made.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from tulieu.base import ONTOLOGY_IRI

TERM = ONTOLOGY_IRI + "#"
LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
# Parts the values of one cell; no IRI can hold it, and a test looks that no text does.
SEPARATOR = "|"
KIND_OF_SOURCE = "source_kind"
Words = Mapping[str, str]


class Datatype(Enum):
    """What a cell holds, by its name in https://www.w3.org/TR/tabular-metadata/#built-in-datatypes."""

    NAME = "anyURI"
    TEXT = "string"
    INTEGER = "integer"
    DECIMAL = "decimal"
    DAY = "date"
    TRUTH = "boolean"


class Origin(Enum):
    """Where a cell comes from: the query's own variable, or what is known of the thing or time that it names."""

    QUERY = ""
    LABEL_VI = "vi"
    LABEL_EN = "en"
    PRINTED = "printed"
    EARLIEST = "earliest_day"
    LATEST = "latest_day"
    PRECISION = "precision"
    SOURCES = "days_from"


@dataclass(frozen=True)
class Column:
    """One column: its name, its datatype, the term that says what it means, and where its cells come from.

    `of` is the column that it is about (the key, but for what is known of another column's things). A column that is
    `known` has the same cell in all rows of a thing, whatever the passage of the row says of it. `joins` is the table
    whose key holds the same names; `scheme` has the concepts that the column can hold.
    """

    name: str
    datatype: Datatype
    term: str
    of: str
    base: str
    origin: Origin = Origin.QUERY
    is_list: bool = False
    is_known: bool = False
    is_required: bool = False
    joins: str = ""
    scheme: str = ""


@dataclass(frozen=True)
class Table:
    """One table: its name, what it holds, the column that names the thing of a row, and all columns."""

    name: str
    titles: Words
    key: str
    columns: tuple[Column, ...]

    @property
    def primary_key(self) -> tuple[str, ...]:
        """The columns that together stand in one row only."""
        return tuple(dict.fromkeys((self.key, "passage")))


# Words for the columns whose term is RDF's, and for what is known of the things and times of another column.
OWN_WORDS: Mapping[str, tuple[Words, Words]] = {
    TYPE: (
        {"vi": "lớp", "en": "class"},
        {"vi": "Lớp hẹp nhất đã ghi cho đối tượng.", "en": "The narrowest class that was recorded for the thing."},
    ),
    Origin.LABEL_VI.value: (
        {"vi": "nhãn tiếng Việt", "en": "label in Vietnamese"},
        {
            "vi": "Tên tiếng Việt của những gì cột trước nêu.",
            "en": "Names in Vietnamese of what the column before holds.",
        },
    ),
    Origin.LABEL_EN.value: (
        {"vi": "nhãn tiếng Anh", "en": "label in English"},
        {"vi": "Tên tiếng Anh của những gì cột trước nêu.", "en": "Names in English of what the column before holds."},
    ),
    Origin.PRINTED.value: (
        {"vi": "dạng in", "en": "printed form"},
        {"vi": "Thời gian như vị trí này in.", "en": "The time as this passage prints it."},
    ),
    Origin.EARLIEST.value: (
        {"vi": "ngày sớm nhất", "en": "earliest day"},
        {"vi": "Ngày sớm nhất theo mọi nguồn.", "en": "The earliest day, by all sources."},
    ),
    Origin.LATEST.value: (
        {"vi": "ngày muộn nhất", "en": "latest day"},
        {"vi": "Ngày muộn nhất theo mọi nguồn.", "en": "The latest day, by all sources."},
    ),
    Origin.PRECISION.value: (
        {"vi": "độ chính xác", "en": "precision"},
        {"vi": "Thời gian chính xác đến đâu.", "en": "How exactly the time is known."},
    ),
    Origin.SOURCES.value: (
        {"vi": "nguồn của ngày", "en": "where the days stand"},
        {"vi": "Những vị trí và ghi chú nêu các ngày đó.", "en": "The passages and notes that give these days."},
    ),
    KIND_OF_SOURCE: (
        {"vi": "loại nguồn", "en": "kind of source"},
        {
            "vi": "passage: một vị trí trong bài; note: ghi chú của kho tư liệu, không phải lời bài.",
            "en": "passage: a passage of an article; note: what the archive adds, in no article's words.",
        },
    ),
}

import json
import re

import pytest

from tulieu.pages.citation import ENTRY, NEWS, Reference, write_bibtex, write_csl, write_ris, write_text
from tulieu.pages.wording import Wording

TITLE = "100% của {Ban_A} & B\\C #1 $2 ~x^\n dòng hai"
ENTRY_OF_RECORD = Reference(
    key="tulieu-person-a-20260101",
    kind=ENTRY,
    title=TITLE,
    language="vi",
    container="Kho mẫu",
    issued="2026-01-01",
    version="20260101T000000Z-0",
    url="https://archive.example/tulieu/doc/person-a",
    identifier="https://w3id.org/tulieu/id/person-a",
)
PRINTED = Reference("k", NEWS, "Tin {mẫu", "vi", "Báo mẫu", authors=("Nguyễn Văn A", "B"))
REFERENCES = (PRINTED, ENTRY_OF_RECORD)


def read_bibtex(text: str) -> list[dict[str, str]]:
    """Read entries the way BibTeX does: values end where their braces are even, whatever stands before a brace."""
    entries = []
    for found in re.finditer(r"@(\w+)\{([^,\s]+),\n", text):
        entry, place = {"type": found[1], "key": found[2]}, found.end()
        while field := re.compile(r"  (\w+) = \{").match(text, place):
            depth, end = 1, field.end()
            while depth:
                depth += {"{": 1, "}": -1}.get(text[end], 0)
                end += 1
            entry[field[1]] = text[field.end() : end - 1]
            assert text[end] == ","
            place = end + 2
        assert text[place] == "}"
        entries.append(entry)
    return entries


def read_ris(text: str) -> list[list[tuple[str, str]]]:
    records: list[list[tuple[str, str]]] = []
    for line in text.removesuffix("\r\n").split("\r\n"):
        found = re.fullmatch(r"([A-Z][A-Z0-9])  - (.*)", line)
        assert found is not None, line
        if found[1] == "TY":
            records.append([])
        records[-1].append((found[1], found[2]))
    return records


def unescape(text: str) -> str:
    names = {"backslash": "\\", "braceleft": "{", "braceright": "}", "asciitilde": "~", "asciicircum": "^"}
    text = re.sub(r"\\text(\w+?)\{\}", lambda found: names[found[1]], text)
    return re.sub(r"\\([&%$#_])", r"\1", text)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_bibtex_gives_back_what_went_in(language: str) -> None:
    printed, record = read_bibtex(write_bibtex(REFERENCES, Wording(language)))
    assert unescape(record["title"].removeprefix("{").removesuffix("}")) == " ".join(TITLE.split())
    assert record["version"] == ENTRY_OF_RECORD.version
    assert (record["year"], record["month"], record["date"]) == ("2026", "1", "2026-01-01")
    assert record["url"] == ENTRY_OF_RECORD.url
    assert record["howpublished"] == "Kho mẫu"
    assert "id/person-a" in record["note"]
    assert (printed["type"], printed["journal"]) == ("article", "Báo mẫu")
    assert printed["author"] == "{Nguyễn Văn A} and {B}"
    assert "year" not in printed


def test_ris_has_a_value_on_each_line_and_an_end_of_each_record() -> None:
    printed, record = read_ris(write_ris(REFERENCES, Wording("vi")))
    assert printed[0] == ("TY", "NEWS")
    assert [value for tag, value in printed if tag == "AU"] == ["Nguyễn Văn A", "B"]
    assert printed[-1] == record[-1] == ("ER", "")
    fields = dict(record)
    assert fields["TI"] == " ".join(TITLE.split())
    assert (fields["PY"], fields["DA"], fields["ET"]) == ("2026", "2026/01/01", ENTRY_OF_RECORD.version)
    assert fields["UR"] == ENTRY_OF_RECORD.url


def test_csl_json_has_what_the_schema_names() -> None:
    printed, record = json.loads(write_csl(REFERENCES, Wording("en")))
    assert record["title"] == TITLE
    assert record["issued"] == {"date-parts": [[2026, 1, 1]]}
    assert (record["type"], record["version"]) == ("entry", ENTRY_OF_RECORD.version)
    assert printed["author"] == [{"literal": "Nguyễn Văn A"}, {"literal": "B"}]
    assert "issued" not in printed
    assert "accessed" not in record


def test_text_is_written_as_each_language_does() -> None:
    vietnamese = write_text(REFERENCES, Wording("vi"))
    english = write_text(REFERENCES, Wording("en"))
    assert vietnamese.startswith("Nguyễn Văn A, B. “Tin {mẫu”. Báo mẫu.\n\n")
    assert "Bản phát hành 20260101T000000Z-0. 1/1/2026. https://archive.example" in vietnamese
    assert "Release 20260101T000000Z-0. 1 January 2026. https://archive.example" in english

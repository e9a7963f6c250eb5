import sqlite3
from pathlib import Path

import pytest

from tulieu.errors import ReleaseError
from tulieu.folding import read_words
from tulieu.release import Release
from tulieu.search import SearchIndex


@pytest.fixture
def index(sample: Release) -> SearchIndex:
    return SearchIndex(sample.search_path)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("duong", "id/person-sample-duong"),
        ("Nguyễn Thị Đường", "id/person-sample-duong"),
        ("thi nguyen", "id/person-sample-duong"),
        ("uỷ ban song", "id/organ-sample-committee"),
        ("thu conf", "id/event-sample-conference"),
    ],
)
def test_any_spelling_finds_the_thing_once(index: SearchIndex, typed: str, found: str) -> None:
    hits = [hit.iri.removeprefix("https://w3id.org/tulieu/") for hit in index.search(typed)]
    assert hits.count(found) == 1
    assert hits[0] == found


def make_index(folder: Path, *labels: str) -> SearchIndex:
    with sqlite3.connect(folder / "search.sqlite") as connection:
        connection.execute("CREATE VIRTUAL TABLE labels USING fts5(iri, kind, language, label, folded)")
        rows = [(f"x:{label}", "", "vi", label, " ".join(read_words(label))) for label in labels]
        connection.executemany("INSERT INTO labels VALUES (?, ?, ?, ?, ?)", rows)
    connection.close()
    return SearchIndex(folder / "search.sqlite")


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("Dương", "Trần Thị Hà Dương"),
        ("dường", "Dường"),
        ("Đường", "Lê Đường"),
        ("đươ", "Lê Đường"),
        ("thuỷ", "Vũ Thủy"),
        ("Thủy Tiên", "Thủy Tiên và Thụy Tiền"),
    ],
)
def test_marks_that_were_typed_bring_the_names_that_have_them_first(tmp_path: Path, typed: str, first: str) -> None:
    index = make_index(
        tmp_path,
        "Lê Đường",
        "Dường",
        "Trần Thị Hà Dương",
        "Thúy",
        "Thùy",
        "Vũ Thủy",
        "Thụy Tiền",
        "Thủy Tiên và Thụy Tiền",
    )
    assert index.search(typed)[0].label == first


@pytest.mark.parametrize("typed", ["12-NQ/TU", "12 nq tu", "nq 12", "12nq", "tu nq12", "NQ-TU"])
def test_the_number_of_a_document_is_found_in_any_spelling(tmp_path: Path, typed: str) -> None:
    found = [hit.label for hit in make_index(tmp_path, "12-NQ/TU", "112-NQ/TU", "12-KH/TU").search(typed)]
    assert found[0] == "12-NQ/TU"
    assert "12-KH/TU" not in found


def test_an_exact_label_comes_first(index: SearchIndex) -> None:
    assert index.search("người phát biểu")[0].label == "người phát biểu"


@pytest.mark.parametrize("typed", ["", "  ", '"', "* ^ ( )", "xyzzy"])
def test_what_names_nothing_finds_nothing(index: SearchIndex, typed: str) -> None:
    assert index.search(typed) == ()


def test_operators_of_the_index_are_words(index: SearchIndex) -> None:
    assert index.search('duong" OR label:"an') == ()
    assert index.search("duong NOT nguyen") == ()


def test_nearest_needs_one_word_in_common(index: SearchIndex) -> None:
    assert index.nearest("duong nobody")[0].iri.endswith("person-sample-duong")


def test_a_name_that_was_mistyped_is_guessed_from_its_beginning(tmp_path: Path) -> None:
    index = make_index(tmp_path, "Lai Châu", "Lào Cai", "Chân Mây", "Phong Thổ")
    assert index.search("chauu") == ()
    assert index.nearest("Lai Chauu")[0].label == "Lai Châu"
    assert [hit.label for hit in index.nearest("chauu")] == ["Lai Châu", "Chân Mây"]


def test_a_missing_index_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match="tulieu build"):
        SearchIndex(tmp_path / "none.sqlite")

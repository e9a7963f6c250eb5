from pathlib import Path

import pytest

from tulieu.errors import ReleaseError
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


def test_a_missing_index_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match="tulieu build"):
        SearchIndex(tmp_path / "none.sqlite")

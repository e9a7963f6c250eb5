import dataclasses
import json
from pathlib import Path

import pytest

from tulieu.errors import ReleaseError
from tulieu.release import (
    MANIFEST,
    PARTS,
    Release,
    find_current,
    is_up_to_date,
    list_releases,
    note_knowledge,
    open_release,
    switch,
    write_manifest,
)

BASE = "https://archive.example/"


def make_release(state: Path, identifier: str) -> Release:
    folder = state / "releases" / identifier
    folder.mkdir(parents=True)
    for part in PARTS:
        (folder / part).touch()
    release = Release(folder, identifier, "2026-01-02T03:04:05Z", BASE, "tulieu 0", "k1", "d1", {"Person": 3})
    write_manifest(release)
    return release


def test_what_was_written_is_opened(tmp_path: Path) -> None:
    release = make_release(tmp_path, "20260102T030405Z-abc")
    assert open_release(release.folder) == release
    assert release.store_path.parent == release.search_path.parent == release.dataset_path.parent == release.folder


def test_the_current_release_is_the_one_switched_to(tmp_path: Path) -> None:
    first, second = make_release(tmp_path, "20260102T030405Z-a"), make_release(tmp_path, "20260103T030405Z-b")
    switch(tmp_path, first.folder)
    assert find_current(tmp_path).id == first.id
    switch(tmp_path, second.folder)
    assert find_current(tmp_path).id == second.id
    assert not list(tmp_path.glob(".current*")), "nothing is left of the switch"
    moved = tmp_path.rename(tmp_path.with_name("moved"))
    assert find_current(moved).id == second.id, "the link is relative"


def test_releases_are_listed_from_the_oldest_and_what_is_none_is_passed_over(tmp_path: Path) -> None:
    for identifier in ("20260103T030405Z-b", "20260102T030405Z-a"):
        make_release(tmp_path, identifier)
    damaged = make_release(tmp_path, "20260104T030405Z-c")
    (damaged.folder / MANIFEST).write_text("{", encoding="utf-8")
    building = make_release(tmp_path, ".building-7")
    assert [release.id for release in list_releases(tmp_path)] == ["20260102T030405Z-a", "20260103T030405Z-b"]
    assert building.folder.exists()
    assert list_releases(tmp_path / "nowhere") == ()


def test_a_folder_without_a_manifest_is_never_opened(tmp_path: Path) -> None:
    release = make_release(tmp_path, "x")
    (release.folder / MANIFEST).unlink()
    with pytest.raises(ReleaseError, match=r"x: no manifest\.json"):
        open_release(release.folder)
    with pytest.raises(ReleaseError, match=r"manifest\.json"):
        switch(tmp_path, release.folder)


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"id": 1, "counts": 3}'])
def test_a_manifest_that_is_not_whole_is_refused(tmp_path: Path, content: str) -> None:
    release = make_release(tmp_path, "x")
    (release.folder / MANIFEST).write_text(content, encoding="utf-8")
    with pytest.raises(ReleaseError, match="expected a whole manifest"):
        open_release(release.folder)


@pytest.mark.parametrize("part", PARTS)
def test_a_release_without_one_of_its_parts_is_refused(tmp_path: Path, part: str) -> None:
    release = make_release(tmp_path, "x")
    (release.folder / part).unlink()
    with pytest.raises(ReleaseError, match=part):
        open_release(release.folder)


def test_without_a_release_the_next_step_is_named(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match=r"no release yet; run tulieu build"):
        find_current(tmp_path)


def test_a_link_to_a_release_that_was_removed_is_refused(tmp_path: Path) -> None:
    release = make_release(tmp_path, "x")
    switch(tmp_path, release.folder)
    release.folder.rename(tmp_path / "away")
    with pytest.raises(ReleaseError, match="no manifest"):
        find_current(tmp_path)


def test_up_to_date_is_a_release_of_the_same_files_and_base(tmp_path: Path) -> None:
    assert not is_up_to_date(tmp_path, "k1", BASE)
    release = make_release(tmp_path, "x")
    switch(tmp_path, release.folder)
    assert is_up_to_date(tmp_path, "k1", BASE)
    assert not is_up_to_date(tmp_path, "k2", BASE)
    assert not is_up_to_date(tmp_path, "k1", "https://other.example/")


def test_other_files_that_say_the_same_can_be_noted(tmp_path: Path) -> None:
    release = make_release(tmp_path, "x")
    switch(tmp_path, release.folder)
    note_knowledge(tmp_path, release, "k2")
    assert is_up_to_date(tmp_path, "k2", BASE) and is_up_to_date(tmp_path, "k1", BASE)
    switch(tmp_path, make_release(tmp_path, "y").folder)
    assert not is_up_to_date(tmp_path, "k2", BASE), "the note is about another release"
    (tmp_path / "knowledge.json").write_text("?", encoding="utf-8")
    assert is_up_to_date(tmp_path, "k1", BASE)


def test_the_manifest_holds_no_path(tmp_path: Path) -> None:
    release = make_release(tmp_path, "x")
    written = json.loads((release.folder / MANIFEST).read_text(encoding="utf-8"))
    assert set(written) == {field.name for field in dataclasses.fields(Release)} - {"folder"}
    assert str(tmp_path) not in json.dumps(written)

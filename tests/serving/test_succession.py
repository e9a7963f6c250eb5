"""One release after the other, with stand-ins for the releases."""

import asyncio
import os
from pathlib import Path
from typing import Any

import pytest

from tulieu.caching import AnswerCache, Edition
from tulieu.errors import ReleaseError
from tulieu.serving.succession import Served, Succession, places_of
from tulieu.settings import Settings


class Releases:
    """Opens what the link names; keeps what was opened and closed."""

    def __init__(self, state: Path) -> None:
        self.state = state
        self.opened: list[str] = []
        self.closed: list[str] = []
        self.point_to("first")

    def point_to(self, name: str) -> None:
        new = self.state / ".new"
        new.symlink_to(Path("releases") / name)
        os.replace(new, self.state / "current")

    def open(self) -> Served:
        name = os.readlink(self.state / "current").rpartition("/")[2]
        if name == "broken":
            raise ReleaseError("broken: no manifest")
        self.opened.append(name)
        served = _Watched(Edition(name, "software", "https://a.example/"), _answer, AnswerCache(0), None)
        served.closed = self.closed
        return served


class _Watched(Served):
    closed: list[str]

    def close(self, seconds: float = 0.0) -> None:
        self.closed.append(self.edition.release)
        super().close(seconds)


def _answer(*_: Any) -> list[bytes]:
    return []


@pytest.fixture
def releases(tmp_path: Path) -> Releases:
    return Releases(tmp_path)


def test_a_release_is_closed_when_its_last_answer_has_ended(releases: Releases) -> None:
    succession = Succession(releases.state, releases.open)
    with succession.use() as served:
        releases.point_to("second")
        asyncio.run(succession.follow())
        assert served.edition.release == "first"
        with succession.use() as following:
            assert following.edition.release == "second"
        asyncio.run(succession.follow())
        assert releases.closed == [], "an answer is still being made from it"
    asyncio.run(succession.follow())
    assert releases.closed == ["first"]
    assert (releases.opened, succession.switches) == (["first", "second"], 1)
    with pytest.raises(RuntimeError, match="closed"):
        served.application({}, lambda *_: lambda _: None)


def test_a_release_that_cannot_be_opened_leaves_the_last_good_one(
    releases: Releases, caplog: pytest.LogCaptureFixture
) -> None:
    succession = Succession(releases.state, releases.open)
    releases.point_to("broken")
    for _ in range(3):
        asyncio.run(succession.follow())
    assert succession.current.edition.release == "first"
    assert caplog.text.count("no manifest") == 1, "it is told once, not every second"
    releases.point_to("third")
    asyncio.run(succession.follow())
    assert succession.current.edition.release == "third"


def test_nothing_changes_while_the_link_stays(releases: Releases) -> None:
    succession = Succession(releases.state, releases.open)
    for _ in range(3):
        asyncio.run(succession.follow())
    (releases.state / "current").unlink()
    asyncio.run(succession.follow())
    assert releases.opened == ["first"]
    succession.close()
    assert releases.closed == ["first"]


def test_without_a_release_there_is_nothing_to_serve(releases: Releases) -> None:
    releases.point_to("broken")
    with pytest.raises(ReleaseError):
        Succession(releases.state, releases.open)


def test_there_is_a_place_more_than_processors_unless_the_operator_says_so() -> None:
    assert places_of(Settings()) == (os.cpu_count() or 1) + 1
    assert places_of(Settings(query_processes=5)) == 5

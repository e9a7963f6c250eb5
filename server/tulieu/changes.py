"""What a release changed against the one before, read from what its build wrote down.

Comes in: a release. Goes out: `Changes`, how much was added and removed; pages of changed statements, each read from
its own part of a file, however long that is; the things that were added, changed and removed, with their labels. For a
release of older software there is none of it.
"""

import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from tulieu.release import CHANGES_PART, Release
from tulieu.store import Statement, read_statements

ADDED, CHANGED, REMOVED = "added", "changed", "removed"
KINDS = (ADDED, CHANGED, REMOVED)


@dataclass(frozen=True)
class Side:
    """The statements that were added, or removed: how many; the first `said` of them say something of the world.

    The others are the build's own, of the evidence: they follow from what is said. Each of the `parts` of the file
    begins at an offset and holds so many statements as `CHANGES_PART` tells.
    """

    statements: int = 0
    said: int = 0
    parts: tuple[int, ...] = ()


@dataclass(frozen=True)
class Changes:
    """How much a release changed against the previous one, by graph and by kind of name (below the base IRI).

    The first release has none before it; with one that has other names, or cannot be read, nothing is compared.
    """

    previous: str
    is_compared: bool
    added: Side
    removed: Side
    graphs: Mapping[str, Mapping[str, int]]
    names: Mapping[str, Mapping[str, int]]

    @property
    def said(self) -> int:
        """How many statements about the world were added or removed."""
        return self.added.said + self.removed.said

    @property
    def total(self) -> int:
        """How many statements were added or removed, those of the evidence too."""
        return self.added.statements + self.removed.statements

    def of_names(self, first: str, kind: str) -> int:
        """How many names that begin alike were added, changed or removed."""
        return self.names.get(first, {}).get(kind, 0)


@dataclass(frozen=True)
class Change:
    """One statement that was added or removed; `place` counts from 1 within the file of its kind."""

    kind: str
    place: int
    statement: Statement


def read_changes(release: Release) -> Changes | None:
    """Read how much a release changed; None where its build did not write it down."""
    return _read_summary(release.changes_json_path)


@lru_cache(maxsize=64)
def _read_summary(path: Path) -> Changes | None:
    try:
        values: Any = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return Changes(
        previous=values["previous"] or "",
        is_compared=bool(values["is_compared"]),
        added=_read_side(values.get(ADDED)),
        removed=_read_side(values.get(REMOVED)),
        graphs=values.get("graphs", {}),
        names=values.get("names", {}),
    )


def _read_side(values: Any) -> Side:
    return Side(values["statements"], values["said"], tuple(values["parts"])) if values else Side()


def read_changed_statements(release: Release, changes: Changes, start: int, count: int) -> tuple[Change, ...]:
    """Read some of the changed statements: what is said and was added, then what was removed; then the evidence."""
    added, removed = changes.added, changes.removed
    runs = (
        (ADDED, added, 0, added.said),
        (REMOVED, removed, 0, removed.said),
        (ADDED, added, added.said, added.statements),
        (REMOVED, removed, removed.said, removed.statements),
    )
    found: list[Change] = []
    passed = 0
    for kind, side, first, last in runs:
        begin, end = max(start - passed, 0), min(start + count - passed, last - first)
        if begin < end:
            found += _read_run(release.changes_path / f"{kind}.nq.gz", kind, side, first + begin, first + end)
        passed += last - first
    return tuple(found)


def _read_run(path: Path, kind: str, side: Side, first: int, last: int) -> list[Change]:
    part, end = first // CHANGES_PART, -(-last // CHANGES_PART)
    with path.open("rb") as file:
        file.seek(side.parts[part])
        packed = file.read(side.parts[end] - side.parts[part]) if end < len(side.parts) else file.read()
    lines = gzip.decompress(packed).splitlines(keepends=True)
    skipped = part * CHANGES_PART
    statements = read_statements(b"".join(lines[first - skipped : last - skipped]))
    return [Change(kind, first + place, each) for place, each in enumerate(statements, 1)]


def read_changed_things(release: Release) -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    """Read, for each kind of change, the things and articles by local name, each with its labels by language."""
    return _read_things(release.changes_path / "things.json.gz")


@lru_cache(maxsize=2)
def _read_things(path: Path) -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    try:
        things: Mapping[str, Mapping[str, Mapping[str, str]]] = json.loads(gzip.decompress(path.read_bytes()))
    except FileNotFoundError:
        return {kind: {} for kind in KINDS}
    return things

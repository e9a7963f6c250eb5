"""What a release holds, in numbers: the file `statistics.json`, which the build writes and descriptions read.

Comes in: a release folder. Goes out: frozen `Statistics` of the default graph, which is what a plain query sees, with
the size and digest of each file that may be fetched; None for a release that was built before they were kept.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from tulieu.errors import ReleaseError
from tulieu.release import Release

_KEPT = 16


@dataclass(frozen=True)
class ClassCount:
    """A class: how many things are of it; for ours also in how many statements they have which property."""

    iri: str
    entities: int
    properties: Mapping[str, int]


@dataclass(frozen=True)
class PropertyCount:
    """A property: its statements, and how many different subjects and objects they have."""

    iri: str
    triples: int
    subjects: int
    objects: int


@dataclass(frozen=True)
class LinkCount:
    """Links by one property to names that start alike: those of one other dataset or vocabulary."""

    predicate: str
    space: str
    triples: int


@dataclass(frozen=True)
class FileRecord:
    """A file that may be fetched: its bytes counted, and digested."""

    size: int
    sha256: str


@dataclass(frozen=True)
class Statistics:
    """The numbers of a release; of articles, places and links so many are named, the most told of first.

    `publishers` are by article, `names` by thing and language, `files` by their names.
    """

    triples: int
    entities: int
    subjects: int
    objects: int
    classes: tuple[ClassCount, ...]
    properties: tuple[PropertyCount, ...]
    links: tuple[LinkCount, ...]
    first_day: str
    last_day: str
    places: tuple[str, ...]
    articles: tuple[str, ...]
    publishers: Mapping[str, tuple[str, ...]]
    examples: tuple[str, ...]
    names: Mapping[str, Mapping[str, str]]
    files: Mapping[str, FileRecord]


def write_statistics(release: Release, statistics: Statistics) -> None:
    """Write the statistics of a release into its folder."""
    text = json.dumps(asdict(statistics), ensure_ascii=False, sort_keys=True)
    release.statistics_path.write_text(text + "\n", encoding="utf-8", newline="\n")


def read_statistics(release: Release) -> Statistics | None:
    """Read the statistics of a release; None where its build kept none."""
    return _read(release.statistics_path) if release.statistics_path.is_file() else None


def record_of(release: Release, path: Path) -> FileRecord:
    """The size and digest of a file of a release: as the build kept them, else as they are found."""
    statistics = read_statistics(release)
    known = statistics.files.get(path.name) if statistics else None
    return known or FileRecord(path.stat().st_size, release.digest_of(path))


@lru_cache(maxsize=_KEPT)
def _read(path: Path) -> Statistics:
    try:
        values: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        parts: dict[str, Any] = {
            "classes": tuple(ClassCount(**each) for each in values["classes"]),
            "properties": tuple(PropertyCount(**each) for each in values["properties"]),
            "links": tuple(LinkCount(**each) for each in values["links"]),
            "publishers": {article: tuple(each) for article, each in values["publishers"].items()},
            "files": {name: FileRecord(**each) for name, each in values["files"].items()},
        }
        plain = {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}
        return Statistics(**{**plain, **parts})
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ReleaseError(f"{path}: expected the statistics of a build ({error}); run tulieu build again") from error

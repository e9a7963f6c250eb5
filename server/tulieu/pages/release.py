"""The pages about the whole: a release with its counts and downloads, the list of releases, a named graph.

Comes in: release folders. Goes out: frozen page contexts.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from tulieu.pages.archive import Archive
from tulieu.pages.labels import Text
from tulieu.pages.values import Value, Values, show_count, show_moment
from tulieu.release import Release

_MOST_FILES = 256


@dataclass(frozen=True)
class Download:
    """One file of a release: what it is, how large, and the digest by which a copy is checked."""

    name: str
    href: str
    about: str
    size: str
    digest: str


@dataclass(frozen=True)
class ReleasePage:
    """One state of the whole: when it was made, what it holds, what can be fetched."""

    title: Text
    id: str
    iri: str
    created: str
    software: str
    knowledge_digest: str
    dataset_digest: str
    graphs: tuple[tuple[Value, str], ...]
    kinds: tuple[tuple[Value, str], ...]
    downloads: tuple[Download, ...]
    is_current: bool


@dataclass(frozen=True)
class ReleaseLine:
    """One release of the list."""

    id: str
    href: str
    created: str
    statements: str
    is_current: bool


@dataclass(frozen=True)
class ReleasesPage:
    """All releases that are kept, the newest first."""

    title: Text
    releases: tuple[ReleaseLine, ...]


@dataclass(frozen=True)
class GraphPage:
    """One named graph: what it is for, and how much it holds."""

    title: Text
    count: str
    iri: str


def make_release_page(archive: Archive, release: Release, values: Values) -> ReleasePage:
    """Gather the page of a release."""
    is_current = release.id == archive.release.id
    created = show_moment(release.created, values.wording)
    counts = [(name, show_count(count, values.language)) for name, count in sorted(release.counts.items())]
    return ReleasePage(
        title=Text(values.wording("release.title", created), values.language),
        id=release.id,
        iri=str(archive.names.release(release.id)),
        created=created,
        software=release.software,
        knowledge_digest=release.knowledge_digest,
        dataset_digest=release.dataset_digest,
        graphs=tuple((_name(archive, name, values), count) for name, count in counts if "/" in name),
        kinds=tuple((_name(archive, name, values), count) for name, count in counts if "/" not in name),
        downloads=tuple(_download(path, release, values) for path in _download_paths(release)),
        is_current=is_current,
    )


def make_releases_page(archive: Archive, releases: Sequence[Release], values: Values) -> ReleasesPage:
    """Gather the list of releases."""
    newest_first = sorted(releases, key=lambda release: release.id, reverse=True)
    return ReleasesPage(
        Text(values.wording("releases.title"), values.language),
        tuple(
            ReleaseLine(
                id=release.id,
                href=values.links.path(f"release/{release.id}"),
                created=show_moment(release.created, values.wording),
                statements=show_count(release.counts.get("graph/asserted", 0), values.language),
                is_current=release.id == archive.release.id,
            )
            for release in newest_first
        ),
    )


def make_graph_page(archive: Archive, iri: str, values: Values) -> GraphPage | None:
    """Gather the page of a named graph; None when it is empty or unknown."""
    count = archive.size_of_graph(iri)
    if not count:
        return None
    return GraphPage(values.labels.of(iri, values.language), show_count(count, values.language), iri)


def show_size(size: int) -> str:
    """Write the size of a file in the unit that leaves few digits."""
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000 or unit == "GB":
            break
        size //= 1000
    return f"{size} {unit}"


def _download(path: Path, release: Release, values: Values) -> Download:
    form = path.name.removesuffix(".gz").rpartition(".")[2]
    return Download(
        name=path.name,
        href=values.links.path(f"release/{release.id}/{path.name}"),
        about=values.wording(f"release.file.{form}") if values.wording.has(f"release.file.{form}") else "",
        size=show_size(path.stat().st_size),
        digest=_digest(path),
    )


@lru_cache(maxsize=_MOST_FILES)
def _digest(path: Path) -> str:
    """The SHA-256 of a file of a release, which never changes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _download_paths(release: Release) -> tuple[Path, ...]:
    files = [path for path in release.dumps_path.iterdir() if path.is_file()] if release.dumps_path.is_dir() else []
    if release.dataset_path.is_file():
        files.append(release.dataset_path)
    return tuple(sorted(files, key=lambda path: path.name))


def _name(archive: Archive, name: str, values: Values) -> Value:
    """Counts go by the name of a class or of a graph."""
    graph = name.removeprefix("graph/")
    if values.wording.has(f"graph.{graph}"):
        text = Text(values.wording(f"graph.{graph}"), values.language)
        # What is put together when a release is made, such as the default graph, is no document of its own.
        href = values.links.page(str(archive.names.graph(graph))) if "/" in name and graph not in _NO_PAGE else ""
        return Value(text, href)
    term = next((each for each in archive.vocabulary.terms.values() if name == each.local), None)
    if term is None:
        return Value(Text(name, ""))
    return Value(values.labels.of(term.iri, values.content), values.links.path(f"browse/{term.local}"))


_NO_PAGE = frozenset({"default", "facts"})

"""The pages about the whole: a release with its counts and downloads, the list of releases, a named graph.

Comes in: release folders. Goes out: frozen page contexts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tulieu.pages.archive import Archive
from tulieu.pages.labels import Text
from tulieu.pages.values import Values, show_count, show_moment
from tulieu.release import Release


@dataclass(frozen=True)
class Download:
    """One file of a release."""

    name: str
    href: str
    size: str


@dataclass(frozen=True)
class ReleasePage:
    """One state of the whole: when it was made, what it holds, what can be fetched."""

    id: str
    iri: str
    created: str
    software: str
    knowledge_digest: str
    dataset_digest: str
    counts: tuple[tuple[Text, str], ...]
    downloads: tuple[Download, ...]
    is_current: bool


@dataclass(frozen=True)
class ReleasesPage:
    """All releases that are kept, the newest first: identifier, address, time, whether it is the current one."""

    releases: tuple[tuple[str, str, str, bool], ...]


@dataclass(frozen=True)
class GraphPage:
    """One named graph: what it is for, and how much it holds."""

    title: Text
    count: str
    iri: str


def make_release_page(archive: Archive, release: Release, values: Values) -> ReleasePage:
    """Gather the page of a release."""
    return ReleasePage(
        id=release.id,
        iri=str(archive.names.release(release.id)),
        created=show_moment(release.created, values.wording),
        software=release.software,
        knowledge_digest=release.knowledge_digest,
        dataset_digest=release.dataset_digest,
        counts=tuple(
            (_count_name(archive, name, values), show_count(count, values.language))
            for name, count in sorted(release.counts.items())
        ),
        downloads=tuple(
            Download(path.name, values.links.path(f"release/{release.id}/{path.name}"), show_size(path.stat().st_size))
            for path in _download_paths(release)
        ),
        is_current=release.id == archive.release.id,
    )


def make_releases_page(archive: Archive, releases: Sequence[Release], values: Values) -> ReleasesPage:
    """Gather the list of releases."""
    newest_first = sorted(releases, key=lambda release: release.id, reverse=True)
    return ReleasesPage(
        tuple(
            (
                release.id,
                values.links.path(f"release/{release.id}"),
                show_moment(release.created, values.wording),
                release.id == archive.release.id,
            )
            for release in newest_first
        )
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


def _download_paths(release: Release) -> tuple[Path, ...]:
    files = [path for path in release.dumps_path.iterdir() if path.is_file()] if release.dumps_path.is_dir() else []
    if release.dataset_path.is_file():
        files.append(release.dataset_path)
    return tuple(sorted(files, key=lambda path: path.name))


def _count_name(archive: Archive, name: str, values: Values) -> Text:
    """Counts go by the name of a class or of a graph."""
    if values.wording.has(f"graph.{name.removeprefix('graph/')}"):
        return Text(values.wording(f"graph.{name.removeprefix('graph/')}"), values.language)
    term = next((each for each in archive.vocabulary.terms.values() if name in (each.local, each.iri)), None)
    return values.labels.of(term.iri, values.language) if term else Text(name, "")

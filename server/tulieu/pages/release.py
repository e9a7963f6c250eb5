"""The pages about the whole: a release with its counts and downloads, the list of releases, a named graph.

Comes in: release folders. Goes out: frozen page contexts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tulieu.changes import read_changes
from tulieu.pages.archive import Archive
from tulieu.pages.changes import Summary, name_release, summarise
from tulieu.pages.labels import Text
from tulieu.pages.values import Value, Values, show_count, show_moment
from tulieu.release import Release
from tulieu.statistics import record_of


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
    previous: Value | None
    following: Value | None
    changes: Summary | None


@dataclass(frozen=True)
class ReleaseLine:
    """One release of the list."""

    id: str
    href: str
    created: str
    statements: str
    is_current: bool
    changes: Summary | None


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


def make_release_page(archive: Archive, release: Release, releases: Sequence[Release], values: Values) -> ReleasePage:
    """Gather the page of a release, one of those that are kept."""
    order = sorted(each.id for each in releases)
    earlier, later = [each for each in order if each < release.id], [each for each in order if each > release.id]
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
        downloads=tuple(make_download(path, release, values) for path in release.list_files()),
        is_current=is_current,
        previous=name_release(earlier[-1], releases, values) if earlier else None,
        following=name_release(later[0], releases, values) if later else None,
        changes=_sum_up(release, releases, values),
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
                changes=_sum_up(release, releases, values),
            )
            for release in newest_first
        ),
    )


def _sum_up(release: Release, releases: Sequence[Release], values: Values) -> Summary | None:
    changes = read_changes(release)
    return summarise(release, changes, releases, values) if changes else None


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


def make_download(path: Path, release: Release, values: Values) -> Download:
    """Show a file of a release."""
    record = record_of(release, path)
    # What is told of a file by its name, else by its form.
    known = (f"release.file.{path.name}", f"release.file.{path.name.removesuffix('.gz').rpartition('.')[2]}")
    about = next((key for key in known if values.wording.has(key)), "")
    return Download(
        name=path.name,
        href=values.links.path(f"release/{release.id}/{path.name}"),
        about=values.wording(about) if about else "",
        size=show_size(record.size),
        digest=record.sha256,
    )


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

"""What a release changed, for people: how much, which things, and every statement that was added or removed, in words.

Comes in: a release that is kept, and the current one, whose names for things and properties are used; what is no longer
known goes by the name that it had. Goes out: a frozen `ChangesPage`. What the build makes of evidence is only counted:
it follows from what is said.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tulieu.changes import (
    ADDED,
    CHANGED,
    KINDS,
    REMOVED,
    Change,
    Changes,
    read_changed_statements,
    read_changed_things,
    read_changes,
)
from tulieu.errors import NotFoundError
from tulieu.pages.archive import Archive
from tulieu.pages.labels import Text
from tulieu.pages.paging import Paging, make_paging
from tulieu.pages.values import Value, Values, show_count, show_moment
from tulieu.pages.visit import Visit
from tulieu.pages.wording import LANGUAGES
from tulieu.release import CHANGES_PART, Release
from tulieu.store import Iri, Term

_THINGS = 50
# The kinds of names that are counted, by the first part of the name.
_COUNTED = ("id", "article", "passage", "note")


@dataclass(frozen=True)
class Summary:
    """In one line, what a release changed: statements, and where the page about it is; whether it could be compared."""

    href: str
    added: str
    removed: str
    previous: Value | None
    is_compared: bool


@dataclass(frozen=True)
class Row:
    """How much was added, changed and removed of one kind; empty where that is not counted."""

    name: Value
    added: str
    changed: str
    removed: str


@dataclass(frozen=True)
class ThingList:
    """The things that were added, changed or removed, a page of them."""

    kind: str
    count: str
    things: tuple[Value, ...]
    paging: Paging


@dataclass(frozen=True)
class Line:
    """One statement that was added or removed, and the place where it stands or stood."""

    is_added: bool
    property: Text
    value: Value
    place: Value | None


@dataclass(frozen=True)
class Group:
    """What changed of one thing."""

    subject: Value
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class ChangesPage:
    """What one release changed against the one before."""

    title: Text
    iri: str
    release: Value
    summary: Summary
    names: tuple[Row, ...]
    graphs: tuple[Row, ...]
    lists: tuple[ThingList, ...]
    groups: tuple[Group, ...]
    said: str
    paging: Paging
    files: tuple[tuple[str, str], ...]


def make_changes_page(archive: Archive, release: Release, releases: Sequence[Release], visit: Visit) -> ChangesPage:
    """Gather the page of what a release changed; raise NotFoundError where that was not written down."""
    changes = read_changes(release)
    if changes is None:
        raise NotFoundError(f"What release {release.id} changed is not recorded.")
    values = visit.values
    naming = _Naming(archive, release, changes, {each.id for each in releases}, values)
    paging = make_paging(visit, changes.said, CHANGES_PART, anchor="#statements")
    start = (paging.number - 1) * CHANGES_PART
    shown = read_changed_statements(release, changes, start, min(CHANGES_PART, changes.said - start))
    created = show_moment(release.created, values.wording)
    return ChangesPage(
        title=Text(values.wording("changes.title", created), values.language),
        iri=f"{archive.names.release(release.id)}/changes",
        release=name_release(release.id, releases, values),
        summary=summarise(release, changes, releases, values),
        names=tuple(_count_names(changes, values)),
        graphs=tuple(_count_graphs(changes, naming, values)),
        lists=tuple(_list_things(release, naming, visit)),
        groups=tuple(_group(shown, archive, naming, values)),
        said=show_count(changes.said, values.language),
        paging=paging,
        files=tuple(
            (name, values.links.path(f"release/{release.id}/{name}"))
            for name in (f"{ADDED}.nq.gz", f"{REMOVED}.nq.gz")
            if changes.is_compared
        ),
    )


def summarise(release: Release, changes: Changes, releases: Sequence[Release], values: Values) -> Summary:
    """Sum up what a release changed, without the build's own statements of evidence."""
    return Summary(
        href=values.links.path(f"release/{release.id}/changes"),
        added=show_count(changes.added.said, values.language),
        removed=show_count(changes.removed.said, values.language),
        previous=name_release(changes.previous, releases, values) if changes.previous else None,
        is_compared=changes.is_compared,
    )


def name_release(identifier: str, releases: Sequence[Release], values: Values) -> Value:
    """Name a release by its moment, with its address; by its identifier alone where it is no longer kept."""
    kept = next((each for each in releases if each.id == identifier), None)
    if kept is None:
        return Value(Text(identifier, ""))
    return Value(
        Text(show_moment(kept.created, values.wording), values.language), values.links.path(f"release/{kept.id}")
    )


class _Naming:
    """Names of things, also of those that the current release does not know."""

    def __init__(self, archive: Archive, release: Release, changes: Changes, kept: set[str], values: Values) -> None:
        self._archive = archive
        self._values = values
        things = read_changed_things(release)
        self._labels: Mapping[str, Mapping[str, str]] = {**things[ADDED], **things[CHANGED], **things[REMOVED]}
        # What this release does not know, the one before knew.
        self._removed = things[REMOVED]
        self._release, self._previous, self._kept = release.id, changes.previous, kept

    def show(self, term: Term) -> Value:
        """Show a term of a statement."""
        if not isinstance(term, Iri) or not self._is_gone(term.value):
            return self._values.show(term)
        return self.name(term.value.removeprefix(self._archive.names.base_iri))

    def name(self, local: str) -> Value:
        """Name a thing by its local name, with the address where something is known of it."""
        iri = self._archive.names.base_iri + local
        if not self._is_gone(iri):
            return self._values.thing(iri)
        labels = self._labels.get(local, {})
        language = next((each for each in (self._values.content, *LANGUAGES) if each in labels), "")
        words = Text(labels[language], language) if language else Text(local.partition("/")[2], "")
        holder = self._previous if local in self._removed else self._release
        path = f"release/{holder}/{self._values.links.local(iri)}"
        return Value(words, self._values.links.path(path) if holder in self._kept else "", iri)

    def _is_gone(self, iri: str) -> bool:
        names = self._archive.names
        is_own = names.is_thing(iri) or names.is_source(iri) or iri.startswith(names.article_prefix)
        return is_own and not self._archive.knows(iri)


def _count_names(changes: Changes, values: Values) -> Iterator[Row]:
    for first in _COUNTED:
        counts = [changes.of_names(first, kind) for kind in KINDS]
        if any(counts):
            name = Value(Text(values.wording(f"changes.of.{first}"), values.language))
            yield Row(name, *(show_count(count, values.language) for count in counts))


def _count_graphs(changes: Changes, naming: _Naming, values: Values) -> Iterator[Row]:
    """The statements of each part of the data; those of an article's passages, or notes, in one row."""
    summed: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for graph, counts in changes.graphs.items():
        first, _, rest = graph.partition("/")
        whole = graph if first == "graph" else f"{first}/{rest.partition('/')[0]}"
        for kind, count in counts.items():
            summed[whole][kind] += count
    for whole, counts in sorted(summed.items()):
        first, _, rest = whole.partition("/")
        name = naming.name(whole if first == "graph" else f"article/{rest}")
        if first == "note":
            words = values.wording("changes.notes", name.text.words)
            name = Value(Text(words, values.language), name.href)
        yield Row(name, show_count(counts[ADDED], values.language), "", show_count(counts[REMOVED], values.language))


def _list_things(release: Release, naming: _Naming, visit: Visit) -> Iterator[ThingList]:
    things = read_changed_things(release)
    for kind in KINDS:
        found = sorted(things[kind])
        if found:
            paging = make_paging(visit, len(found), _THINGS, kind, f"#{kind}")
            shown = tuple(naming.name(local) for local in paging.part(found))
            yield ThingList(kind, show_count(len(found), visit.values.language), shown, paging)


def _group(shown: Sequence[Change], archive: Archive, naming: _Naming, values: Values) -> Iterator[Group]:
    """Put together what changed of one thing, so that what was removed stands beside what came in its place."""
    lines: dict[Term, list[Line]] = defaultdict(list)
    for each in shown:
        said = each.statement
        lines[said.subject].append(
            Line(
                is_added=each.kind == ADDED,
                property=archive.statements.property_name(said.predicate.value, values),
                value=naming.show(said.object),
                place=naming.show(said.graph) if said.graph else None,
            )
        )
    for subject, found in lines.items():
        # A thing of which something was removed and added: property by property, the old before the new.
        yield Group(naming.show(subject), tuple(sorted(found, key=lambda line: (line.property.words, line.is_added))))

"""The tree of organs: which stands under which, what offices each has, and who is attested in them.

Comes in: the archive and a visit. Goes out: a frozen `OrgansPage`. Only what a source states makes a branch; an organ
of which no source states a place above or below another stands in a list of its own.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from tulieu.pages.archive import Archive
from tulieu.pages.drawings.spans import Span, show_span
from tulieu.pages.knowledge import Knowledge, once_for_each_release, sparql_of, text_of
from tulieu.pages.labels import Text
from tulieu.pages.ordering import alphabetical, by_given_name
from tulieu.pages.paging import Paging, make_paging
from tulieu.pages.sources import SourceNote
from tulieu.pages.values import Value, Values, show_count
from tulieu.pages.visit import Visit

PAGE_SIZE = 100
# Of the people of one office the first are shown; the office's page has all.
_MOST_PEOPLE = 5

Places = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Subordinations:
    """The organs of a release and their places, both ways; sources by organ and superior."""

    organs: frozenset[str]
    below: Places
    above: Places
    sources: Mapping[tuple[str, str], tuple[str, ...]]


@dataclass(frozen=True)
class Official:
    """Someone who is attested in an office, with the days for which he or she is."""

    person: Value
    days: str


@dataclass(frozen=True)
class OfficeLine:
    """An office of an organ; `more` is how many people are not shown."""

    office: Value
    officials: tuple[Official, ...]
    more: int


@dataclass(frozen=True)
class Branch:
    """An organ with its offices, what states its place under the organ above, and the organs below it."""

    organ: Value
    kinds: tuple[Value, ...]
    offices: tuple[OfficeLine, ...]
    sources: tuple[SourceNote, ...]
    below: tuple["Branch", ...]


@dataclass(frozen=True)
class OrgansPage:
    """The trees, and the organs without a stated place, by kind."""

    title: Text
    trees: tuple[Branch, ...]
    alone: tuple[tuple[Value, tuple[Branch, ...]], ...]
    placed_count: str
    alone_count: str
    paging: Paging
    query: str


def make_organs_page(archive: Archive, visit: Visit) -> OrgansPage:
    """Gather a page of the trees, and after the last of them the organs that stand alone."""
    values = visit.values
    places = read_subordinations(archive.knowledge)
    placed = frozenset({*places.below, *places.above})
    roots = _by_name([iri for iri in places.below if not places.above.get(iri)] or sorted(places.below), values)
    alone = _by_name(places.organs - placed, values)
    everything = [*roots, *alone]
    paging = make_paging(visit, len(everything), PAGE_SIZE)
    shown = paging.part(everything)
    roots_shown = [iri for iri in shown if iri in placed]
    return OrgansPage(
        title=Text(values.wording("organs.title"), values.language),
        trees=tuple(_branch(archive, places, iri, "", (), values) for iri in roots_shown),
        alone=_by_kind(archive, places, [iri for iri in shown if iri not in placed], values),
        placed_count=show_count(len(placed), values.language),
        alone_count=show_count(len(alone), values.language),
        paging=paging,
        query=sparql_of("organs", names=archive.names),
    )


@once_for_each_release
def read_subordinations(knowledge: Knowledge) -> Subordinations:
    """Read which organs there are and what sources say of their places."""
    organs: set[str] = set()
    below: dict[str, set[str]] = defaultdict(set)
    above: dict[str, set[str]] = defaultdict(set)
    sources: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in knowledge.rows("organs"):
        organ, superior = text_of(row["organ"]), text_of(row.get("superior"))
        organs.add(organ)
        if superior and superior != organ:
            below[superior].add(organ)
            above[organ].add(superior)
            sources[organ, superior].add(text_of(row["source"]))
    return Subordinations(
        organs=frozenset(organs),
        below={iri: tuple(sorted(found)) for iri, found in below.items()},
        above={iri: tuple(sorted(found)) for iri, found in above.items()},
        sources={pair: tuple(sorted(found)) for pair, found in sources.items()},
    )


@once_for_each_release
def read_offices(knowledge: Knowledge) -> Mapping[str, Mapping[str, Mapping[str, tuple[Span, ...]]]]:
    """Read the offices of each organ, and of each office the people with the days for which they are attested."""
    found: dict[str, dict[str, dict[str, set[Span]]]] = defaultdict(lambda: defaultdict(lambda: defaultdict(set)))
    for row in knowledge.rows("offices"):
        people = found[text_of(row["organ"])][text_of(row["office"])]
        if "person" in row:
            people[text_of(row["person"])].add(Span(text_of(row.get("earliest")), text_of(row.get("latest"))))
    return {
        organ: {
            office: {person: tuple(sorted(span for span in spans if span.start)) for person, spans in people.items()}
            for office, people in offices.items()
        }
        for organ, offices in found.items()
    }


def _branch(
    archive: Archive, places: Subordinations, iri: str, superior: str, way: tuple[str, ...], values: Values
) -> Branch:
    # An organ that sources put, at different times, both over and under another is not followed in circles.
    below = [each for each in places.below.get(iri, ()) if each not in (*way, iri)]
    return Branch(
        organ=values.thing(iri),
        kinds=tuple(values.kind(kind) for kind in archive.statements.kinds(iri)),
        offices=_offices(archive, iri, values),
        sources=archive.sources.notes(places.sources.get((iri, superior), ()), values),
        below=tuple(_branch(archive, places, each, iri, (*way, iri), values) for each in _by_name(below, values)),
    )


def _offices(archive: Archive, organ: str, values: Values) -> tuple[OfficeLine, ...]:
    lines = []
    for office, people in read_offices(archive.knowledge).get(organ, {}).items():
        officials = [
            Official(values.thing(person), "; ".join(show_span(span, values.wording) for span in spans))
            for person, spans in people.items()
        ]
        officials.sort(key=lambda each: (by_given_name(each.person.text.words), each.person.iri))
        lines.append(
            OfficeLine(values.thing(office), tuple(officials[:_MOST_PEOPLE]), max(0, len(officials) - _MOST_PEOPLE))
        )
    return tuple(sorted(lines, key=lambda line: (alphabetical(line.office.text.words), line.office.iri)))


def _by_kind(
    archive: Archive, places: Subordinations, organs: Sequence[str], values: Values
) -> tuple[tuple[Value, tuple[Branch, ...]], ...]:
    branches = [_branch(archive, places, iri, "", (), values) for iri in organs]
    unnamed = Value(Text(values.wording("label.other_kind"), values.language))

    def first_kind(branch: Branch) -> Value:
        return branch.kinds[0] if branch.kinds else unnamed

    branches.sort(key=lambda branch: alphabetical(first_kind(branch).text.words))
    return tuple((kind, tuple(found)) for kind, found in groupby(branches, key=first_kind))


def _by_name(organs: Sequence[str] | frozenset[str], values: Values) -> list[str]:
    return sorted(organs, key=lambda iri: (alphabetical(values.labels.of(iri, values.content).words), iri))

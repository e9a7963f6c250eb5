"""The facets of a list as a reader sees them: values with counts, organs as a tree, what is chosen and how to undo it.

Comes in: a `Choice` and a visit. Goes out: frozen `FacetBox`es for the form and `Chip`s for what was chosen. Of many
values the commonest are shown, and always those that are chosen.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tulieu.pages.archive import Archive
from tulieu.pages.choice import FROM, Choice, write_value
from tulieu.pages.inventory import Facet
from tulieu.pages.labels import Text
from tulieu.pages.ordering import alphabetical
from tulieu.pages.values import Values, show_date
from tulieu.pages.visit import Visit

_SHOWN_AT_ONCE = 8
_SHOWN = 60
_OPEN_FACETS = 4
_DEEPEST = 4


@dataclass(frozen=True)
class FacetValue:
    """One value that may be chosen: its name, how many things it would leave, how deep it stands in the tree."""

    value: str
    text: Text
    count: int
    is_chosen: bool
    depth: int


@dataclass(frozen=True)
class FacetBox:
    """One facet in the form; `more` are the values shown when asked for, `hidden` counts those that are not."""

    key: str
    name: Text
    values: tuple[FacetValue, ...]
    more: tuple[FacetValue, ...]
    hidden: int
    is_open: bool


@dataclass(frozen=True)
class Chip:
    """Something that is chosen: the facet, the value, the address without it, and how many things that would leave."""

    name: Text
    text: Text
    href: str
    count: int


@dataclass(frozen=True)
class DayRange:
    """The days that may be chosen, and those that are."""

    earliest: str
    latest: str
    first: str
    last: str


def make_boxes(archive: Archive, choice: Choice, values: Values) -> tuple[FacetBox, ...]:
    """Gather the facets of a list; those first that are chosen of."""
    boxes = [_make_box(archive, choice, facet, values) for facet in choice.inventory.facets]
    shown = [box for box in boxes if box.values]
    return tuple(
        FacetBox(box.key, box.name, box.values, box.more, box.hidden, box.is_open or place < _OPEN_FACETS)
        for place, box in enumerate(shown)
    )


def make_chips(choice: Choice, visit: Visit, archive: Archive) -> tuple[Chip, ...]:
    """What is chosen, each with the address of the list without it."""
    values, found = visit.values, []
    for facet in choice.inventory.facets:
        chosen = choice.values.get(facet.key, ())
        for value in chosen:
            rest = tuple(other for other in chosen if other != value)
            left = _without(choice, facet.key, rest)
            kept = tuple(write_value(other, archive.names) for other in rest)
            href = visit.address(page="", **{facet.key: kept})
            found.append(Chip(name_facet(facet, values), values.labels.of(value, values.content), href, left))
    if choice.first or choice.last:
        days = Text(
            values.wording(
                "finding.days", *(show_date(day, values.wording) or "…" for day in (choice.first, choice.last))
            ),
            values.language,
        )
        name = Text(values.wording("finding.when"), values.language)
        found.append(Chip(name, days, visit.address(page="", from_="", to=""), len(choice.things(without=FROM))))
    return tuple(found)


def make_days(choice: Choice) -> DayRange | None:
    """The days between which the times of the things lie; None where they have no times."""
    spans = [span for found in choice.inventory.spans.values() for span in found]
    if not spans:
        return None
    return DayRange(min(first for first, _ in spans), max(last for _, last in spans), choice.first, choice.last)


def name_facet(facet: Facet, values: Values) -> Text:
    """What a facet is called: by the shapes in the reader's language, else by the ontology."""
    words = facet.names.get(values.language)
    return Text(words, values.language) if words else values.labels.of(facet.property, values.language)


def _without(choice: Choice, key: str, rest: tuple[str, ...]) -> int:
    if not rest:
        return len(choice.things(without=key))
    return len(Choice(choice.inventory, {**choice.values, key: rest}, choice.first, choice.last).things())


def _make_box(archive: Archive, choice: Choice, facet: Facet, values: Values) -> FacetBox:
    chosen = choice.values.get(facet.key, ())
    counts = choice.counts(facet)
    offered = [value for value in facet.values if counts[value] or value in chosen]
    named = {value: values.labels.of(value, values.content) for value in _commonest(offered, counts, chosen)}
    ranked = sorted(named, key=lambda value: (-counts[value], alphabetical(named[value].words), value))
    shown = [
        FacetValue(write_value(value, archive.names), named[value], counts[value], value in chosen, depth)
        for value, depth in _as_tree(ranked, archive.inventories.organs_above())
    ]
    # A tree is not cut in the middle of a branch by count, but where the first values end.
    first = [each for place, each in enumerate(shown) if place < _SHOWN_AT_ONCE or each.is_chosen]
    more = [each for each in shown if each not in first]
    return FacetBox(
        facet.key, name_facet(facet, values), tuple(first), tuple(more), len(offered) - len(shown), bool(chosen)
    )


def _commonest(offered: Sequence[str], counts: Mapping[str, int], chosen: tuple[str, ...]) -> list[str]:
    return sorted(offered, key=lambda value: (value not in chosen, -counts[value], value))[:_SHOWN]


def _as_tree(ranked: Sequence[str], above: Mapping[str, frozenset[str]]) -> Iterable[tuple[str, int]]:
    """Put each organ below the one that it is attested under, where both are among the values."""
    among = set(ranked)
    parents = {value: min(above.get(value, frozenset()) & among - {value}, default="") for value in ranked}
    placed: set[str] = set()

    def branch(value: str, depth: int) -> Iterable[tuple[str, int]]:
        if value in placed:
            return
        placed.add(value)
        yield value, min(depth, _DEEPEST)
        for below in ranked:
            if parents[below] == value:
                yield from branch(below, depth + 1)

    for value in ranked:
        if not parents[value]:
            yield from branch(value, 0)
    # Organs that stood under each other in turn have no root among them.
    for value in ranked:
        yield from branch(value, 0)

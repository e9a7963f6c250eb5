"""The list of the things of a kind: narrowed by facets, under the letters of the alphabet, page by page; and as data.

Comes in: a class and a visit, whose address holds all that is chosen. Goes out: the frozen context of the page, or the
same list whole as JSON or CSV. People are listed by given name, all else by label, in the order of the Vietnamese
alphabet.
"""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from tulieu.formats import ROWS_CSV, Format
from tulieu.pages.archive import Archive
from tulieu.pages.choice import Choice, read_choice
from tulieu.pages.coverage import Coverage, make_coverage
from tulieu.pages.facets import Chip, DayRange, FacetBox, make_boxes, make_chips, make_days, name_facet
from tulieu.pages.frame import DataLink
from tulieu.pages.kinds import Kind, make_kind, sort_kinds
from tulieu.pages.labels import Text
from tulieu.pages.ordering import ALPHABET
from tulieu.pages.paging import Paging, make_paging
from tulieu.pages.terms import OURS
from tulieu.pages.values import Value, Values, show_days
from tulieu.pages.visit import Visit
from tulieu.pages.wording import LANGUAGES

THINGS_PER_PAGE = 100
LIST_JSON = Format("json", "application/json", "JSON")
LIST_FORMATS = (LIST_JSON, ROWS_CSV)
COLUMNS = ("iri", "label_vi", "label_en", "kind", "earliest_day", "latest_day", "page")


@dataclass(frozen=True)
class Listed:
    """One thing of a list: its name, its narrowest kinds where they differ from the list's, other name and days."""

    name: Value
    kinds: tuple[Value, ...]
    other: Text | None
    days: str


@dataclass(frozen=True)
class Letter:
    """A letter of the alphabet, with the address of its things where the list has any."""

    letter: str
    href: str
    is_here: bool


@dataclass(frozen=True)
class Section:
    """The things of one letter on this page."""

    letter: str
    anchor: str
    things: tuple[Listed, ...]


@dataclass(frozen=True)
class ThingsPage:
    """The things of one kind, as far as they were chosen."""

    title: Text
    definition: str
    ontology_href: str
    wider: tuple[Value, ...]
    narrower: tuple[Kind, ...]
    action: str
    facets: tuple[FacetBox, ...]
    days: DayRange | None
    chips: tuple[Chip, ...]
    clear_href: str
    letters: tuple[Letter, ...]
    sections: tuple[Section, ...]
    paging: Paging
    count: int
    total: int
    data: tuple[DataLink, ...]
    query: str
    coverage: Coverage | None


def make_things_page(archive: Archive, visit: Visit) -> ThingsPage | None:
    """Gather the list of a kind; None when the ontology has no such class."""
    term = archive.vocabulary.term(OURS + visit.name)
    if term is None or not term.is_class:
        return None
    values = visit.values
    inventory = archive.inventories.of(term.iri)
    choice = read_choice(inventory, visit, archive.names)
    filed = list(_chosen_things(archive, choice, values.content))
    paging = make_paging(visit, len(filed), THINGS_PER_PAGE)
    counts = archive.count_kinds()
    return ThingsPage(
        title=values.labels.of(term.iri, values.language),
        definition=term.definitions.get(values.language, ""),
        ontology_href=values.links.page(term.iri),
        wider=tuple(values.kind(parent) for parent in term.parents if parent.startswith(OURS)),
        narrower=sort_kinds(
            [make_kind(archive, each, counts, values) for each in archive.vocabulary.children(term.iri)]
        ),
        action=values.links.path(visit.path),
        facets=make_boxes(archive, choice, values),
        days=make_days(choice),
        chips=make_chips(choice, visit, archive),
        clear_href=values.links.path(visit.path),
        letters=_make_letters([letter for letter, _ in filed], paging, visit),
        sections=tuple(
            Section(letter, _anchor(letter), tuple(_list_thing(archive, choice, thing, values) for _, thing in group))
            for letter, group in groupby(paging.part(filed), key=lambda each: each[0])
        ),
        paging=paging,
        count=len(filed),
        total=len(inventory.labels),
        data=tuple(
            DataLink(_address_of_data(visit, chosen), chosen.media_type, chosen.title) for chosen in LIST_FORMATS
        ),
        query=choice.query(archive.names, values.content),
        coverage=None if filed else make_coverage(archive, values),
    )


def write_list(archive: Archive, visit: Visit, chosen: Format) -> str | None:
    """Write the whole list of a kind, as far as it was chosen, as JSON or CSV; None when there is no such class."""
    term = archive.vocabulary.term(OURS + visit.name.removesuffix(f".{chosen.name}"))
    if term is None or not term.is_class:
        return None
    choice = read_choice(archive.inventories.of(term.iri), visit, archive.names)
    rows = _rows(archive, choice, visit.values)
    if chosen is ROWS_CSV:
        written = io.StringIO()
        table = csv.writer(written, lineterminator="\r\n")
        table.writerow(COLUMNS)
        table.writerows(rows)
        return written.getvalue()
    described = {
        "kind": term.iri,
        "labels": term.labels,
        "count": len(choice.things()),
        "query": choice.query(archive.names, visit.values.content),
        "facets": [
            {
                "parameter": facet.key,
                "property": facet.property,
                "label": name_facet(facet, visit.values).words,
                "values": [
                    {"iri": value, "count": count, "chosen": value in choice.values.get(facet.key, ())}
                    for value, count in sorted(choice.counts(facet).items())
                ],
            }
            for facet in choice.inventory.facets
        ],
        "things": [dict(zip(COLUMNS, row, strict=True)) for row in rows],
    }
    return json.dumps(described, ensure_ascii=False, indent=1)


def _chosen_things(archive: Archive, choice: Choice, language: str) -> Iterator[tuple[str, str]]:
    left = choice.things()
    return (each for each in archive.inventories.sorted(choice.inventory.class_iri, language) if each[1] in left)


def _rows(archive: Archive, choice: Choice, values: Values) -> Iterator[tuple[str, ...]]:
    inventory = choice.inventory
    for _, thing in _chosen_things(archive, choice, values.content):
        labels = inventory.labels[thing]
        local = values.links.local(thing)
        yield (
            thing,
            *(labels.get(language, "") for language in LANGUAGES),
            " ".join(inventory.kinds.get(thing, ())),
            *_days(choice, thing),
            values.links.public_url.rstrip("/") + "/" + local if local else "",
        )


def _list_thing(archive: Archive, choice: Choice, thing: str, values: Values) -> Listed:
    kinds = (kind for kind in choice.inventory.kinds.get(thing, ()) if kind != choice.inventory.class_iri)
    return Listed(
        values.thing(thing),
        tuple(values.kind(kind) for kind in kinds),
        archive.labels.other(thing, values.content),
        show_days(*_days(choice, thing), values.wording),
    )


def _days(choice: Choice, thing: str) -> tuple[str, str]:
    spans = choice.inventory.spans.get(thing, ())
    return min((first for first, _ in spans), default=""), max((last for _, last in spans), default="")


def _anchor(letter: str) -> str:
    # In ASCII, so that an address reads alike everywhere.
    return f"letter-{ALPHABET.find(letter.lower()) + 1}"


def _make_letters(letters: list[str], paging: Paging, visit: Visit) -> tuple[Letter, ...]:
    """The alphabet, each letter with the page on which its things begin; letters of no Vietnamese word where needed."""
    begins: dict[str, int] = {}
    for place, letter in enumerate(letters):
        begins.setdefault(letter, paging.page_of(place))
    alphabet = [letter for letter in ALPHABET.upper() if letter not in "FJWZ" or letter in begins]
    return tuple(
        Letter(
            letter,
            f"{visit.address(page=str(begins[letter]) if begins[letter] > 1 else '')}#{_anchor(letter)}"
            if letter in begins
            else "",
            begins.get(letter) == paging.number,
        )
        for letter in (*alphabet, *(["#"] if "#" in begins else []))
    )


def _address_of_data(visit: Visit, chosen: Format) -> str:
    parameters = {name: value for name, value in visit.parameters.items() if name != "page"}
    return visit.values.links.path(f"{visit.path}.{chosen.name}", parameters)

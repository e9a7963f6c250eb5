"""The glossary: the concepts of all schemes, by scheme or by letter, some on a page.

Comes in: a visit, with `order` (`letters`, else by scheme) and `page`. Goes out: a frozen `GlossaryPage`. Every term is
given in both languages, since a glossary is also read to learn how the other language says it.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby

from tulieu.pages.archive import Archive
from tulieu.pages.knowledge import sparql_of, text_of
from tulieu.pages.labels import Text
from tulieu.pages.ordering import SortKey, alphabetical, initial
from tulieu.pages.paging import Paging, make_paging
from tulieu.pages.sources import in_language
from tulieu.pages.terms import SKOS
from tulieu.pages.values import Value, Values, show_count
from tulieu.pages.visit import Visit
from tulieu.store import Literal, Term

# A page of so many terms is light, and short enough to be read.
TERMS_OF_PAGE = 100
BY_LETTER = "letters"
Facts = Mapping[str, list[Term]]


@dataclass(frozen=True)
class Entry:
    """One term: its name, its name in the other language, other names, what it means, and where it belongs."""

    name: Value
    other: Text | None
    also: tuple[Text, ...]
    definition: Text | None
    notes: tuple[Text, ...]
    broader: tuple[Value, ...]
    scheme: Value | None


@dataclass(frozen=True)
class EntryGroup:
    """Terms under one heading: a scheme with what it is for, or a letter; `anchor` is its place on the page."""

    heading: Text
    href: str
    anchor: str
    definition: Text | None
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Content:
    """One line of the table of contents: a scheme or letter, how many terms, the page and place where they begin."""

    heading: Text
    count: int
    href: str


@dataclass(frozen=True)
class GlossaryPage:
    """A page of the glossary, with the contents of all of it."""

    by_letter: bool
    other_order: str
    contents: tuple[Content, ...]
    groups: tuple[EntryGroup, ...]
    count: str
    paging: Paging
    query: str


@dataclass(frozen=True)
class _Filed:
    """A concept with the heading that it is filed under."""

    concept: str
    heading: str
    anchor: str


def make_glossary_page(archive: Archive, visit: Visit) -> GlossaryPage:
    """Gather a page of the glossary."""
    facts = _read_concepts(archive)
    by_letter = visit.text("order") == BY_LETTER
    filed = _file(archive, facts, by_letter, visit.values)
    paging = make_paging(visit, len(filed), TERMS_OF_PAGE)
    return GlossaryPage(
        by_letter=by_letter,
        other_order=visit.address(order="" if by_letter else BY_LETTER, page=""),
        contents=_list_contents(filed, by_letter, paging, visit),
        groups=tuple(
            _group(archive, heading, anchor, tuple(each.concept for each in concepts), facts, by_letter, visit.values)
            for (heading, anchor), concepts in groupby(paging.part(filed), key=lambda each: (each.heading, each.anchor))
        ),
        count=show_count(len(filed), visit.values.language),
        paging=paging,
        query=sparql_of("concepts", names=archive.names),
    )


def _read_concepts(archive: Archive) -> dict[str, dict[str, list[Term]]]:
    facts: dict[str, dict[str, list[Term]]] = defaultdict(lambda: defaultdict(list))
    for row in archive.knowledge.once("concepts"):
        facts[text_of(row["concept"])][text_of(row["property"]).removeprefix(SKOS)].append(row["value"])
    return facts


def _file(archive: Archive, facts: Mapping[str, Facts], by_letter: bool, values: Values) -> list[_Filed]:
    """All concepts in the order of reading; one of several schemes stands under each."""

    def key(text: str) -> tuple[SortKey, str]:
        return alphabetical(text), text

    names = {iri: archive.labels.of(iri, values.content).words for iri in facts}
    filed = []
    for iri, own in facts.items():
        for scheme in map(text_of, own.get("inScheme", ())):
            letter = initial(names[iri])
            anchor = f"letter-{letter}" if by_letter else scheme.rsplit("/", 1)[-1]
            filed.append(_Filed(iri, letter if by_letter else scheme, anchor))
    if by_letter:
        return sorted({each.concept: each for each in filed}.values(), key=lambda each: key(names[each.concept]))
    return sorted(filed, key=lambda each: (key(names.get(each.heading, "")), key(names[each.concept])))


def _list_contents(filed: list[_Filed], by_letter: bool, paging: Paging, visit: Visit) -> tuple[Content, ...]:
    counts = Counter(each.anchor for each in filed)
    contents = {}
    for place, each in enumerate(filed):
        if each.anchor not in contents:
            page = paging.page_of(place)
            href = f"{visit.address(page=str(page) if page > 1 else '')}#{each.anchor}"
            contents[each.anchor] = Content(_heading(each, by_letter, visit.values), counts[each.anchor], href)
    return tuple(contents.values())


def _heading(filed: _Filed, by_letter: bool, values: Values) -> Text:
    return Text(filed.heading, "") if by_letter else values.labels.of(filed.heading, values.content)


def _group(
    archive: Archive,
    heading: str,
    anchor: str,
    concepts: tuple[str, ...],
    facts: Mapping[str, Facts],
    by_letter: bool,
    values: Values,
) -> EntryGroup:
    return EntryGroup(
        heading=_heading(_Filed("", heading, anchor), by_letter, values),
        href="" if by_letter else values.links.page(heading),
        anchor=anchor,
        definition=None if by_letter else in_language(facts.get(heading, {}).get("definition", ()), values.content),
        entries=tuple(_entry(archive, each, facts[each], by_letter, values) for each in concepts),
    )


def _entry(archive: Archive, iri: str, own: Facts, by_letter: bool, values: Values) -> Entry:
    return Entry(
        name=values.thing(iri),
        other=archive.labels.other(iri, values.content),
        also=_texts(own.get("altLabel", ()), values),
        definition=in_language(own.get("definition", ()), values.content),
        notes=_texts(own.get("scopeNote", ()), values, only_one_language=True),
        broader=tuple(values.show(each) for each in own.get("broader", ())),
        scheme=next((values.show(each) for each in own.get("inScheme", ())), None) if by_letter else None,
    )


def _texts(terms: tuple[Term, ...] | list[Term], values: Values, only_one_language: bool = False) -> tuple[Text, ...]:
    """Texts, those of the reader's language first; a note that stands in both languages is read in one."""
    found = sorted(
        (each for each in terms if isinstance(each, Literal)),
        key=lambda each: (each.language != values.content, each.language, each.value),
    )
    if only_one_language and found:
        found = [each for each in found if each.language == found[0].language]
    return tuple(Text(each.value, each.language) for each in found)

"""The reading view of an article: its head, and its passages in the order and shape of the text.

Comes in: an article's IRI and a visit, which may choose voices. Goes out: a frozen `ArticlePage`. An article of many
passages is shown without what they state, which then stands on the passages' own pages, so that the page stays light.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from tulieu.pages.archive import Archive
from tulieu.pages.contents import Contents
from tulieu.pages.facts import FactGroup
from tulieu.pages.knowledge import sparql_of, text_of
from tulieu.pages.labels import Text
from tulieu.pages.passages import (
    Again,
    Mark,
    PassageView,
    draw_strip,
    first,
    name_voice,
    view_passage,
)
from tulieu.pages.sources import in_language
from tulieu.pages.terms import OURS
from tulieu.pages.values import Value, Values, show_number
from tulieu.pages.visit import Visit
from tulieu.store import Iri

# Above this number of passages what they state stands on their own pages: 100 kB is a page's whole weight.
LONGEST_IN_FULL = 100


@dataclass(frozen=True)
class Paragraph:
    """The passages of one line of the text; a picture's line has its picture."""

    number: int
    picture: Value | None
    passages: tuple[PassageView, ...]


@dataclass(frozen=True)
class VoiceChoice:
    """A voice of the article: how often it speaks, and the address that shows or leaves out what it says."""

    name: str
    text: Text
    count: int
    href: str
    is_chosen: bool


@dataclass(frozen=True)
class ArticlePage:
    """An article: its headline, what is known of it, and its passages, all or those of the chosen voices."""

    title: Text
    other_title: Text | None
    groups: tuple[FactGroup, ...]
    voices: tuple[VoiceChoice, ...]
    all_voices: str
    strip: tuple[Mark, ...]
    paragraphs: tuple[Paragraph, ...]
    paragraph_count: int
    passage_count: int
    shown_count: int
    in_full: bool
    text_length: str
    shown_length: str
    text_digest: str
    iri: str
    query: str


def make_article_page(archive: Archive, iri: str, visit: Visit) -> ArticlePage | None:
    """Gather the page of an article; None when no passage of it is known."""
    values = visit.values
    contents = archive.reading.read(iri)
    if not contents.order:
        return None
    chosen = visit.texts("voice")
    shown = [passage for passage in contents.order if not chosen or name_voice(archive, passage) in chosen]
    in_full = len(shown) <= LONGEST_IN_FULL
    label = archive.labels.of(iri, values.content)
    title = _headline(archive, iri, values) or label
    groups = archive.statements.about(iri, values).groups
    length = first(archive, iri, "textLength")
    return ArticlePage(
        title=title,
        other_title=label if label != title else archive.labels.other(iri, values.content),
        groups=tuple(group for group in groups if not _stands_elsewhere(archive, group, values)),
        voices=tuple(_count_voices(archive, contents, visit)),
        all_voices=visit.address(voice="") if chosen else "",
        strip=draw_strip(archive, contents),
        paragraphs=tuple(_read_paragraphs(archive, contents, shown, values, in_full)),
        paragraph_count=contents.paragraph_count,
        passage_count=len(contents.order),
        shown_count=len(shown),
        in_full=in_full,
        text_length=length,
        shown_length=show_number(length, values.language),
        text_digest=first(archive, iri, "textDigest"),
        iri=iri,
        query=sparql_of("article-contents", {"article": Iri(iri)}, archive.names),
    )


def _stands_elsewhere(archive: Archive, group: FactGroup, values: Values) -> bool:
    """Say whether the page has a place of its own for a row: the headline is its title, pictures are in the text."""
    pictures = [archive.statements.is_kind(fact.value.iri, "Picture") for fact in group.facts if fact.value.iri]
    return group.href == values.links.page(OURS + "headline") or (bool(pictures) and all(pictures))


def _read_paragraphs(
    archive: Archive, contents: Contents, shown: Sequence[str], values: Values, in_full: bool
) -> Iterator[Paragraph]:
    for number, group in groupby(shown, key=contents.paragraphs.__getitem__):
        passages = tuple(
            view_passage(archive, each, contents, values, _neighbours(contents, each, values) if in_full else None)
            for each in group
        )
        pictures = [passage.picture for passage in passages]
        yield Paragraph(number, pictures[0] if all(pictures) else None, passages)


def _neighbours(contents: Contents, passage: str, values: Values) -> Again:
    """Name the nearest passages before and after one that speak of a thing too, by their places on this page."""
    page = values.links.local(contents.article)

    def again(thing: str) -> Iterator[Value]:
        places = contents.places[thing]
        at = places.index(passage)
        for arrow, other in (("↑", places[at - 1 : at]), ("↓", places[at + 1 : at + 2])):
            for each in other:
                name = values.labels.of(each, values.language)
                href = values.links.path(f"{page}#{each.rsplit('/', 1)[-1]}")
                yield Value(Text(f"{arrow} {name.words}", name.language), href, each)

    return again


def _count_voices(archive: Archive, contents: Contents, visit: Visit) -> Iterator[VoiceChoice]:
    chosen = visit.texts("voice")
    for name, count in Counter(name_voice(archive, passage) for passage in contents.order).items():
        voice = visit.values.thing(f"{archive.names.thing_prefix}voice-{name}")
        others = tuple(each for each in chosen if each != name)
        href = visit.address(voice=others if name in chosen else (*chosen, name))
        yield VoiceChoice(name, voice.text, count, href, name in chosen)


def _headline(archive: Archive, iri: str, values: Values) -> Text | None:
    """The headline as it is printed, which is no translation of another text, whatever its language."""
    rows = archive.knowledge.about("labels", "thing", iri)
    printed = (row["label"] for row in rows if text_of(row["property"]) == OURS + "headline")
    found = in_language(printed, values.content)
    return Text(found.words, found.language) if found else None

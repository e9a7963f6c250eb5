"""The pages of sources: an article in the order of its text, one passage, one editorial note.

Comes in: an IRI and a reader. Goes out: frozen page contexts. The wording of the article is not shown and is not in the
release; a passage is shown by its voice, our summary, and what it states.
"""

from collections import defaultdict
from dataclasses import dataclass
from itertools import groupby

from tulieu.pages.archive import Archive
from tulieu.pages.knowledge import text_of
from tulieu.pages.labels import Text
from tulieu.pages.ordering import SortKey, alphabetical
from tulieu.pages.sources import Facts, SourceNote, article_of, in_language
from tulieu.pages.statements import FOLDED, Detail, FactGroup
from tulieu.pages.terms import OURS, RDF_TYPE
from tulieu.pages.values import Value, Values
from tulieu.store import Iri, Row


@dataclass(frozen=True)
class Stated:
    """What a source states of one thing: the thing, what kind it is said to be, and its properties."""

    subject: Value
    kinds: tuple[Value, ...]
    details: tuple[Detail, ...]


@dataclass(frozen=True)
class PassageView:
    """One passage as a reader sees it."""

    source: SourceNote
    marked_by_text: bool
    according_to: tuple[Value, ...]
    picture: Value | None
    nothing_because: Text | None
    stated: tuple[Stated, ...]
    statement_count: int
    people: tuple[Value, ...]
    left_open: tuple[Text, ...]


@dataclass(frozen=True)
class Paragraph:
    """The passages of one line of the text."""

    number: int
    is_picture: bool
    passages: tuple[PassageView, ...]


@dataclass(frozen=True)
class ArticlePage:
    """An article: its headline, what is known of it, and its passages."""

    title: Text
    other_title: Text | None
    groups: tuple[FactGroup, ...]
    paragraphs: tuple[Paragraph, ...]
    passage_count: int
    voices: tuple[tuple[str, Text, int], ...]
    iri: str


@dataclass(frozen=True)
class PassagePage:
    """One passage, with its place in the article and its neighbours."""

    title: Text
    article: Value | None
    passage: PassageView
    paragraph: str
    position: str
    start: str
    end: str
    digest: str
    previous: Value | None
    following: Value | None
    notes: tuple[SourceNote, ...]
    iri: str


@dataclass(frozen=True)
class NotePage:
    """One editorial note: what we add, why, and from which passages."""

    title: Text
    kinds: tuple[Value, ...]
    reason: Text | None
    derived_from: tuple[SourceNote, ...]
    stated: tuple[Stated, ...]
    iri: str


def make_article_page(archive: Archive, iri: str, values: Values) -> ArticlePage | None:
    """Gather the page of an article; None when no passage of it is known."""
    rows = archive.knowledge.about("passages", "article", iri)
    if not rows:
        return None
    paragraphs = []
    for number, group in groupby(rows, key=lambda row: int(text_of(row["paragraph"]))):
        passages = tuple(_view_passage(archive, text_of(row["passage"]), values) for row in group)
        paragraphs.append(Paragraph(number, all(each.picture for each in passages), passages))
    shown = [passage for paragraph in paragraphs for passage in paragraph.passages]
    return ArticlePage(
        title=archive.labels.of(iri, values.language),
        other_title=archive.labels.other(iri, values.language),
        groups=archive.statements.about(iri, values).groups,
        paragraphs=tuple(paragraphs),
        passage_count=len(shown),
        voices=_count_voices(shown),
        iri=iri,
    )


def make_passage_page(archive: Archive, iri: str, values: Values) -> PassagePage | None:
    """Gather the page of a passage; None when it is not described."""
    facts = archive.sources.facts(iri)
    if not facts:
        return None
    article = article_of(facts, values)
    order = (
        [text_of(row["passage"]) for row in archive.knowledge.about("passages", "article", article.iri)]
        if article
        else []
    )
    place = order.index(iri) if iri in order else -1
    notes = archive.knowledge.about("notes-on-passage", "passage", iri)
    return PassagePage(
        title=values.labels.of(iri, values.language),
        article=article,
        passage=_view_passage(archive, iri, values),
        paragraph=_first(facts, "paragraph"),
        position=_first(facts, "position"),
        start=_first(facts, "start"),
        end=_first(facts, "end"),
        digest=_first(facts, "digest"),
        previous=values.thing(order[place - 1]) if place > 0 else None,
        following=values.thing(order[place + 1]) if 0 <= place < len(order) - 1 else None,
        notes=archive.sources.notes((text_of(row["note"]) for row in notes), values),
        iri=iri,
    )


def make_note_page(archive: Archive, iri: str, values: Values) -> NotePage | None:
    """Gather the page of an editorial note; None when it is not described."""
    facts = archive.sources.facts(iri)
    if not facts:
        return None
    return NotePage(
        title=values.labels.of(iri, values.language),
        kinds=tuple(values.show(kind) for kind in facts.get("hasKind", ())),
        reason=in_language(facts.get("reason", ()), values.language),
        derived_from=archive.sources.notes((text_of(each) for each in facts.get("derivedFrom", ())), values),
        stated=_state(archive, archive.knowledge.about("contents", "source", iri), values),
        iri=iri,
    )


def _view_passage(archive: Archive, iri: str, values: Values) -> PassageView:
    facts = archive.sources.facts(iri)
    rows = archive.knowledge.about("contents", "source", iri)
    marking = _first(facts, "voiceMarking")
    picture = next(iter(facts.get("belongsToPicture", ())), None)
    mentioned = {term.value for row in rows for term in (row["subject"], row["value"]) if isinstance(term, Iri)} - {iri}
    people = [values.thing(each) for each in mentioned if archive.statements.is_kind(each, "Person")]
    return PassageView(
        source=archive.sources.note(iri, values),
        marked_by_text=not marking.endswith("voice-marking-editor"),
        according_to=tuple(values.show(each) for each in facts.get("accordingTo", ())),
        picture=values.show(picture) if picture else None,
        nothing_because=in_language(facts.get("statesNothingBecause", ()), values.language),
        stated=_state(archive, rows, values),
        statement_count=len(rows),
        people=tuple(sorted(people, key=lambda person: person.text.words)),
        left_open=tuple(values.show(each).text for each in facts.get("leavesUnstated", ())),
    )


def _state(archive: Archive, rows: tuple[Row, ...], values: Values) -> tuple[Stated, ...]:
    kinds: dict[str, list[Value]] = defaultdict(list)
    details: dict[str, dict[str, list[Value]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        subject, property_iri = text_of(row["subject"]), text_of(row["property"])
        if property_iri == RDF_TYPE:
            text = values.labels.of(text_of(row["value"]), values.language)
            link = values.links.path(f"browse/{text_of(row['value']).removeprefix(OURS)}")
            kinds[subject].append(Value(text, link, text_of(row["value"])))
        else:
            details[subject][property_iri].append(values.show(row["value"]))
    stated = [
        Stated(
            subject=values.thing(subject),
            kinds=tuple(kinds[subject]),
            details=tuple(
                Detail(archive.statements.property_name(property_iri, values), tuple(_sort(found)))
                for property_iri, found in sorted(details[subject].items())
            ),
        )
        for subject in {*kinds, *details}
    ]

    # What a reader looks for comes first; the times, names and tenures that tie it together come after.
    def place(each: Stated) -> tuple[bool, SortKey, str]:
        is_tie = archive.statements.is_kind(each.subject.iri, *FOLDED)
        return is_tie, alphabetical(each.subject.text.words), each.subject.iri

    return tuple(sorted(stated, key=place))


def _count_voices(passages: list[PassageView]) -> tuple[tuple[str, Text, int], ...]:
    counts: dict[str, tuple[Text, int]] = {}
    for passage in passages:
        if passage.source.voice:
            name = passage.source.voice_name
            counts[name] = (passage.source.voice, counts.get(name, (passage.source.voice, 0))[1] + 1)
    return tuple((name, text, count) for name, (text, count) in counts.items())


def _first(facts: Facts, name: str) -> str:
    return text_of(next(iter(facts.get(name, ())), None))


def _sort(found: list[Value]) -> list[Value]:
    return sorted(found, key=lambda value: (value.text.words, value.iri))

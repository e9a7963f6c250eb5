"""A passage as a reader sees it, and an article as the passages it consists of.

Comes in: the IRI of an article or passage. Goes out: frozen views: voice, our summary, who is named, what is stated of
which thing and where else in the article that thing comes up. The wording of the article is not in the release.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from tulieu.pages.archive import Archive
from tulieu.pages.contents import Contents
from tulieu.pages.facts import Detail
from tulieu.pages.knowledge import text_of
from tulieu.pages.labels import Text
from tulieu.pages.ordering import SortKey, alphabetical
from tulieu.pages.sources import SourceNote, in_language
from tulieu.pages.statements import FOLDED
from tulieu.pages.terms import OURS, RDF_TYPE
from tulieu.pages.values import Value, Values
from tulieu.store import Iri, Row

# What these properties say of the article itself tells which line of it a passage is.
LINES_OF_ARTICLE = ("headline", "author", "publishedBy", "publishedAt")
_STRIP = 1000
Again = Callable[[str], Iterable[Value]]


@dataclass(frozen=True)
class Stated:
    """What a source states of one thing: its kinds and properties, and the passages that speak of it too."""

    subject: Value
    kinds: tuple[Value, ...]
    details: tuple[Detail, ...]
    again: tuple[Value, ...]


@dataclass(frozen=True)
class Span:
    """Where a passage lies in the text (code points, the end excluded), and the digest of what stands there."""

    start: str
    end: str
    digest: str


@dataclass(frozen=True)
class PassageView:
    """One passage; `short` is its name within its paragraph, `line` what line of the article it is, if a named one."""

    source: SourceNote
    local: str
    short: Text
    line: Text | None
    marked_by_text: bool
    according_to: tuple[Value, ...]
    picture: Value | None
    nothing_because: Text | None
    stated: tuple[Stated, ...]
    statement_count: int
    people: tuple[Value, ...]
    organs: tuple[Value, ...]
    things: tuple[Value, ...]
    left_open: tuple[Text, ...]
    span: Span


@dataclass(frozen=True)
class Mark:
    """A passage on the strip that draws an article: where, how wide, in which voice."""

    left: str
    width: str
    voice: str
    is_here: bool


def view_passage(archive: Archive, iri: str, contents: Contents, values: Values, again: Again | None) -> PassageView:
    """Show one passage; without an `again`, which names the other passages about a thing, not what it states."""
    facts = archive.sources.facts(iri)
    rows = contents.rows.get(iri, ())
    source = archive.sources.note(iri, values)
    subjects = {text_of(row["subject"]) for row in rows}
    mentioned = {term.value for row in rows for term in (row["subject"], row["value"]) if isinstance(term, Iri)}
    named = [values.thing(each) for each in mentioned if archive.statements.is_kind(each, "Person", "Organ")]
    named.sort(key=_by_words)
    people = tuple(value for value in named if archive.statements.is_kind(value.iri, "Person"))
    picture = next(iter(facts.get("belongsToPicture", ())), None)
    said_of_article = {text_of(row["property"]) for row in rows if text_of(row["subject"]) == contents.article}
    line = next((OURS + name for name in LINES_OF_ARTICLE if OURS + name in said_of_article), "")
    # "Paragraph 6, sentence 1": the paragraph is said once, for all its passages.
    short = source.name.words.partition(", ")[2] or source.name.words
    apart = {value.iri for value in named} | {text_of(picture), contents.article}
    return PassageView(
        source=source,
        local=iri.rsplit("/", 1)[-1],
        short=Text(short, source.name.language),
        line=archive.statements.property_name(line, values) if line else None,
        marked_by_text=not first(archive, iri, "voiceMarking").endswith("voice-marking-editor"),
        according_to=tuple(values.show(each) for each in facts.get("accordingTo", ())),
        picture=values.show(picture) if picture else None,
        nothing_because=in_language(facts.get("statesNothingBecause", ()), values.content),
        stated=state(archive, rows, values, again) if again else (),
        statement_count=len(rows),
        people=people,
        organs=tuple(value for value in named if value not in people),
        things=tuple(
            sorted(
                (values.thing(each) for each in subjects - apart if not archive.statements.is_kind(each, *FOLDED)),
                key=_by_words,
            )
        ),
        left_open=tuple(values.show(each).text for each in facts.get("leavesUnstated", ())),
        span=Span(*(first(archive, iri, name) for name in ("start", "end", "digest"))),
    )


def state(archive: Archive, rows: Iterable[Row], values: Values, again: Again) -> tuple[Stated, ...]:
    """Gather what a source states by the thing it states it of."""
    kinds: dict[str, list[Value]] = defaultdict(list)
    details: dict[str, dict[str, list[Value]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        subject, property_iri = text_of(row["subject"]), text_of(row["property"])
        if property_iri == RDF_TYPE:
            kind = text_of(row["value"])
            link = values.links.path(f"browse/{kind.removeprefix(OURS)}")
            kinds[subject].append(Value(values.labels.of(kind, values.language), link, kind))
        else:
            details[subject][property_iri].append(values.show(row["value"]))
    stated = [
        Stated(
            subject=values.thing(subject),
            kinds=tuple(kinds[subject]),
            details=tuple(
                Detail(archive.statements.property_name(property_iri, values), tuple(sorted(found, key=_by_words)))
                for property_iri, found in sorted(details[subject].items())
            ),
            again=tuple(again(subject)),
        )
        for subject in {*kinds, *details}
    ]

    # What a reader looks for comes first; the times, names and tenures that tie it together come after.
    def place(each: Stated) -> tuple[bool, SortKey, str]:
        is_tie = archive.statements.is_kind(each.subject.iri, *FOLDED)
        return is_tie, alphabetical(each.subject.text.words), each.subject.iri

    return tuple(sorted(stated, key=place))


def draw_strip(archive: Archive, contents: Contents, here: str = "") -> tuple[Mark, ...]:
    """Draw an article as a strip of its passages, as long as they are; the page says the same in words."""
    spans = {
        iri: (int(first(archive, iri, "start") or 0), int(first(archive, iri, "end") or 0)) for iri in contents.order
    }
    length = max((end for _, end in spans.values()), default=0) or 1
    return tuple(
        Mark(
            left=f"{start * _STRIP / length:.1f}",
            # A hair's breadth is left free between two passages, and the shortest can still be seen.
            width=f"{max((end - start) * _STRIP / length - 0.8, 0.8):.1f}",
            voice=name_voice(archive, iri),
            is_here=iri == here,
        )
        for iri, (start, end) in spans.items()
    )


def name_voice(archive: Archive, iri: str) -> str:
    """The local name of a passage's voice: what its colour is called."""
    return first(archive, iri, "hasVoice").rsplit("/voice-", 1)[-1]


def first(archive: Archive, iri: str, name: str) -> str:
    """The text of the first value of a property of a passage; empty where it has none."""
    return text_of(next(iter(archive.sources.facts(iri).get(name, ())), None))


def _by_words(value: Value) -> tuple[SortKey, str]:
    return alphabetical(value.text.words), value.iri

"""Where a statement comes from: a passage with voice and summary, a note with its reason, or the authority file.

Comes in: the name of a graph. Goes out: a `SourceNote` for a page. What is known of a passage is looked up once for
each release.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tulieu.pages.knowledge import Knowledge, text_of
from tulieu.pages.labels import Text
from tulieu.pages.terms import OURS
from tulieu.pages.values import Value, Values
from tulieu.store import Literal, Term
from tulieu.vocabulary import Names

Facts = Mapping[str, tuple[Term, ...]]


@dataclass(frozen=True)
class SourceNote:
    """One source of a statement: what it is called, in which voice it speaks, what it says in our words."""

    kind: str
    name: Text
    href: str
    voice: Text | None = None
    voice_name: str = ""
    summary: Text | None = None
    place: int = 0
    iri: str = ""


class Sources:
    """The passages and notes of a release, by name."""

    def __init__(self, knowledge: Knowledge, names: Names) -> None:
        """Look sources up in one release."""
        self._knowledge = knowledge
        self._names = names
        self._known: dict[str, Facts] = {}

    def facts(self, iri: str) -> Facts:
        """What is recorded about a passage or note: local name of the property to values."""
        if iri not in self._known:
            found: dict[str, list[Term]] = defaultdict(list)
            for row in self._knowledge.about("source", "source", iri):
                found[text_of(row["property"]).removeprefix(OURS)].append(row["value"])
            self._known[iri] = {name: tuple(values) for name, values in found.items()}
        return self._known[iri]

    def note(self, iri: str, values: Values) -> SourceNote:
        """Describe one source for a reader."""
        name = values.labels.of(iri, values.language)
        href = values.links.page(iri)
        if iri.startswith(self._names.passage_prefix):
            facts = self.facts(iri)
            voice = next(iter(facts.get("hasVoice", ())), None)
            voice_name = text_of(voice).rsplit("/voice-", 1)[-1] if voice else ""
            return SourceNote(
                kind="passage",
                name=name,
                href=href,
                voice=values.show(voice).text if voice else None,
                voice_name=voice_name,
                summary=in_language(facts.get("summary", ()), values.content),
                place=self.position(iri),
                iri=iri,
            )
        if iri.startswith(self._names.note_prefix):
            reason = in_language(self.facts(iri).get("reason", ()), values.content)
            return SourceNote("note", name, href, summary=reason, place=100_000, iri=iri)
        return SourceNote("authority", name, href, place=200_000, iri=iri)

    def notes(self, iris: Iterable[str], values: Values) -> tuple[SourceNote, ...]:
        """Describe several sources, in the order of the text, notes after passages."""
        found = [self.note(iri, values) for iri in dict.fromkeys(iris)]
        return tuple(sorted(found, key=lambda each: (each.place, each.iri)))

    def position(self, iri: str) -> int:
        """The place of a passage in the reading order of its article; 0 where none is recorded."""
        place = text_of(next(iter(self.facts(iri).get("position", ())), None))
        return int(place) if place.isdigit() else 0


def in_language(terms: Iterable[Term], language: str) -> Text | None:
    """Choose the text in the reader's language, else the first in any; None when there is none."""
    texts = sorted(
        (term.language != language, term.language, term.value) for term in terms if isinstance(term, Literal)
    )
    return Text(texts[0][2], texts[0][1], texts[0][0]) if texts else None


def article_of(facts: Facts, values: Values) -> Value | None:
    """The article that a passage is part of."""
    article = next(iter(facts.get("inArticle", ())), None)
    return values.show(article) if article else None

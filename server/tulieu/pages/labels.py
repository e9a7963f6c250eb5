"""What things are called, for a reader of one language.

Comes in: an IRI. Goes out: a `Text` with its language, from the label in the reader's language, else in the other one
(and then marked as such), else put together from what the thing consists of (a tenure: who, which office), else from
its kind. A raw IRI never reaches a reader as a name.
"""

import re
from dataclasses import dataclass, field
from functools import lru_cache

from tulieu.pages.knowledge import Knowledge, text_of
from tulieu.pages.terms import OURS, Vocabulary
from tulieu.pages.wording import LANGUAGES, Wording
from tulieu.store import Literal
from tulieu.vocabulary import Names


@dataclass(frozen=True)
class Text:
    """Words with the language they are in; `is_fallback` where the reader asked for another and there is none."""

    words: str
    language: str
    is_fallback: bool = field(default=False, compare=False)


# A thing without a label of its own is called by the values of these properties, in this order.
COMPOSED_FROM = {
    "Holding": ("holder", "heldOffice"),
    "Participation": ("inCapacity", "participant", "hasRole", "inEvent"),
    "Subordination": ("subordinate", "superior"),
    "DocumentRelation": ("fromDocument", "hasKind", "toDocument"),
    "DocumentIssuance": ("issuingAgent", "issuesDocument"),
    "Figure": ("hasMeasure", "hasCategory", "isFigureOf"),
    "UnstatedPoint": ("unstatedProperty", "unstatedAbout"),
}
# Texts that name a thing where no label does.
_NAMING = ("headline", "form", "printedForm")
_PASSAGE_NAME = re.compile(
    r"p(?P<paragraph>\d+)(?:\.(?P<kind>s|alt|caption|credit)(?P<sentence>\d+)?)?(?:\.(?P<part>[a-z]))?$"
)
_LONGEST_COMPOSITION = 3
_KEPT = 16_384


class Labels:
    """The names of things in a release; each is looked up once, since a release never changes."""

    def __init__(self, knowledge: Knowledge, vocabulary: Vocabulary, names: Names) -> None:
        """Name the things of one release."""
        self._knowledge = knowledge
        self._vocabulary = vocabulary
        self._names = names
        self._known: dict[str, dict[str, str]] = {}
        self._made = lru_cache(_KEPT)(self._make)

    def of(self, iri: str, language: str) -> Text:
        """Name a thing for a reader of a language."""
        return self._name(iri, language, _LONGEST_COMPOSITION)

    def other(self, iri: str, language: str) -> Text | None:
        """The name of a thing in the other language, where it has one that differs."""
        own = self._labels(iri)
        for other in LANGUAGES:
            if other != language and other in own and own[other] != self.of(iri, language).words:
                return Text(own[other], other)
        return None

    def _name(self, iri: str, language: str, depth: int) -> Text:
        own = self._labels(iri)
        for candidate in (language, *LANGUAGES, *sorted(own)):
            if candidate in own:
                return Text(own[candidate], candidate or language, candidate not in ("", language))
        return self._made(iri, language, depth)

    def _make(self, iri: str, language: str, depth: int) -> Text:
        """Put together the name of what has no label."""
        if iri.startswith((self._names.passage_prefix, self._names.note_prefix)):
            return self._name_source(iri, language)
        if iri.startswith(self._names.graph_prefix):
            return Text(_graph_title(iri.removeprefix(self._names.graph_prefix), language), language)
        if not self._names.is_ours(iri):
            return Text(iri, "")
        return self._compose(iri, language, depth)

    def _labels(self, iri: str) -> dict[str, str]:
        if iri in self._known:
            return self._known[iri]
        term = self._vocabulary.term(iri)
        labels = dict(term.labels) if term else {}
        found: dict[str, dict[str, str]] = {}
        if not labels:
            for row in self._knowledge.about("labels", "thing", iri):
                label = row["label"]
                if isinstance(label, Literal):
                    texts = found.setdefault(text_of(row["property"]), {})
                    # Several labels of one language are an error of the data; the page must still not vary.
                    texts[label.language] = min(texts.get(label.language, label.value), label.value)
            preferred = sorted(found, key=lambda property_iri: (_rank(property_iri), property_iri))
            labels = found[preferred[0]] if preferred else {}
        self._known[iri] = labels
        return labels

    def _name_source(self, iri: str, language: str) -> Text:
        wording = Wording(language)
        name = iri.rsplit("/", 1)[-1]
        if iri.startswith(self._names.note_prefix):
            rows = self._knowledge.about("source", "source", iri)
            kinds = [text_of(row["value"]) for row in rows if text_of(row["property"]) == OURS + "hasKind"]
            words = self.of(kinds[0], language).words if kinds else name.replace("-", " ")
            return Text(wording("source.note", words), language)
        return Text(name_passage(name, wording), language)

    def _compose(self, iri: str, language: str, depth: int) -> Text:
        wording = Wording(language)
        types = self._vocabulary.narrowest(text_of(row["type"]) for row in self._knowledge.about("types", "thing", iri))
        kind = next(iter(types), "")
        parts: list[str] = []
        if depth > 0:
            for property_name in self._parts_of(kind):
                rows = self._knowledge.about("statements", "thing", iri)
                values = sorted(
                    {text_of(row["value"]) for row in rows if text_of(row["property"]) == OURS + property_name}
                )
                parts += [self._name(value, language, depth - 1).words for value in values]
        term = self._vocabulary.term(kind)
        kind_name = (term.labels.get(language) or term.local) if term else wording("label.thing")
        return Text(" · ".join(parts[:_LONGEST_COMPOSITION]) or kind_name, language)

    def _parts_of(self, kind: str) -> tuple[str, ...]:
        for name, parts in COMPOSED_FROM.items():
            if kind == OURS + name or self._vocabulary.is_below(kind, OURS + name):
                return parts
        return ()


def name_passage(name: str, wording: Wording) -> str:
    """Name a passage for people by its place in the text: paragraph, sentence or part of a picture line."""
    found = _PASSAGE_NAME.match(name)
    if not found:
        return wording("source.passage", name)
    words = [wording("source.paragraph", int(found["paragraph"]))]
    if found["kind"] == "s":
        words.append(wording("source.sentence", int(found["sentence"])))
    elif found["kind"]:
        words.append(wording(f"source.{found['kind']}"))
    if found["part"]:
        words.append(wording("source.part", found["part"]))
    return ", ".join(words)


def _graph_title(name: str, language: str) -> str:
    wording = Wording(language)
    return wording(f"graph.{name}") if wording.has(f"graph.{name}") else wording("graph.other", name)


def _rank(property_iri: str) -> int:
    """A label comes before a text that happens to name the thing."""
    order = ("label", "prefLabel", "title", *_NAMING)
    local = re.split(r"[#/]", property_iri)[-1]
    return order.index(local) if local in order else len(order)

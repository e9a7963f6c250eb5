"""The things of a kind with all that a list can be narrowed by, read once for each release.

Comes in: a class. Goes out: an `Inventory`: its things by the alphabet, the facets that the shapes give them, and for
each value of a facet the things that have it. Sets of names, so that a list of tens of thousands is narrowed in
milliseconds; a few kinds are kept at a time.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from tulieu.pages.knowledge import Knowledge, text_of
from tulieu.pages.labels import Labels
from tulieu.pages.ordering import alphabetical, by_given_name, initial
from tulieu.pages.terms import OURS, RDF_TYPE, Vocabulary
from tulieu.store import Iri, Literal, Row

VOICE = OURS + "hasVoice"
_KEPT = 24
_FEW = 8
# Values that are situations of the thing itself, not something that several things share.
_NOT_SHARED = ("TimeSpan", "NameForm", "Holding", "UnstatedPoint", "StatementSource")

Span = tuple[str, str]


@dataclass(frozen=True)
class Facet:
    """One respect in which things differ: a property, its name in each language, and which things have which value."""

    key: str
    property: str
    names: Mapping[str, str]
    values: Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class Inventory:
    """The things of one class: their labels, narrowest kinds and times, and the facets by which they differ."""

    class_iri: str
    is_person: bool
    labels: Mapping[str, Mapping[str, str]]
    kinds: Mapping[str, tuple[str, ...]]
    spans: Mapping[str, tuple[Span, ...]]
    facets: tuple[Facet, ...]

    @property
    def things(self) -> frozenset[str]:
        """All things of the class."""
        return frozenset(self.labels)


class Inventories:
    """The inventories of a release, by class."""

    def __init__(self, knowledge: Knowledge, vocabulary: Vocabulary, labels: Labels) -> None:
        """Read from one release."""
        self._knowledge = knowledge
        self._vocabulary = vocabulary
        self._labels = labels
        self.of = lru_cache(_KEPT)(self._read)
        self.sorted = lru_cache(_KEPT)(self._sort)
        self.most_attested = lru_cache(_KEPT)(self._read_most_attested)
        self.organs_above = cache(self._read_organs)

    def _read(self, class_iri: str) -> Inventory:
        labels: dict[str, dict[str, str]] = defaultdict(dict)
        for row in self._knowledge.about("things-of-kind", "class", class_iri):
            known, label = labels[text_of(row["thing"])], row.get("label")
            if isinstance(label, Literal):
                known[label.language] = min(known.get(label.language, label.value), label.value)
        spans: dict[str, list[Span]] = defaultdict(list)
        for row in self._knowledge.about("facet-times", "class", class_iri):
            spans[text_of(row["thing"])].append((text_of(row["first"]), text_of(row["last"])))
        types = _by_thing(self._values_of(class_iri, RDF_TYPE))
        narrowest = cache(self._vocabulary.narrowest)
        return Inventory(
            class_iri=class_iri,
            is_person=self._vocabulary.is_at_or_below(class_iri, OURS + "Person"),
            labels=labels,
            kinds={thing: narrowest(kinds) for thing, kinds in types.items()},
            spans={thing: tuple(sorted(found)) for thing, found in spans.items()},
            facets=tuple(facet for facet in self._facets(class_iri) if _tells_apart(facet, len(labels))),
        )

    def _sort(self, class_iri: str, language: str) -> tuple[tuple[str, str], ...]:
        """The things of a class, each with its letter, in the order in which a reader of a language finds them."""
        inventory = self.of(class_iri)
        key = by_given_name if inventory.is_person else alphabetical
        named = [
            (known.get(language) or self._labels.of(thing, language).words, thing)
            for thing, known in inventory.labels.items()
        ]
        named.sort(key=lambda each: (key(each[0]), each[1]))
        return tuple((_letter(words, inventory.is_person), thing) for words, thing in named)

    def _read_organs(self) -> Mapping[str, frozenset[str]]:
        """The organs directly above each organ, at any time."""
        found: dict[str, set[str]] = defaultdict(set)
        for row in self._knowledge.once("organs-above"):
            found[text_of(row["below"])].add(text_of(row["above"]))
        return {below: frozenset(above) for below, above in found.items()}

    def _read_most_attested(self, class_iri: str) -> tuple[tuple[str, str], ...]:
        """The thing of a class that most passages speak of, with its number if it has one."""
        rows = self._knowledge.about("prominent", "class", class_iri)
        return tuple((text_of(row["thing"]), text_of(row.get("number"))) for row in rows if "thing" in row)

    def _facets(self, class_iri: str) -> Iterable[Facet]:
        classes = self._vocabulary.with_wider([class_iri])
        placed: dict[str, list[tuple[tuple[float, float], Literal]]] = defaultdict(list)
        for row in self._knowledge.once("facets"):
            iri, name = text_of(row["property"]), row["name"]
            if text_of(row["class"]) in classes and isinstance(name, Literal) and self._is_shared(iri, row):
                place = float(text_of(row.get("groupPlace")) or 99), float(text_of(row.get("place")) or 99)
                placed[iri].append((place, name))
        # A property that several shapes speak of stands and is called as where it comes first.
        for iri in sorted(placed, key=lambda each: (min(placed[each]), each)):
            names = {name.language: name.value for _, name in sorted(placed[iri], reverse=True)}
            yield Facet(_key(iri), iri, names, self._values_of(class_iri, iri))
        voices = self._knowledge.about("facet-voices", "class", class_iri)
        term = self._vocabulary.term(VOICE)
        yield Facet("voice", VOICE, term.labels if term else {}, _sets(voices))

    def _is_shared(self, property_iri: str, row: Row) -> bool:
        term = self._vocabulary.term(property_iri)
        kinds = {text_of(row.get("valueClass")), *(term.ranges if term else ())}
        return not kinds & {OURS + name for name in _NOT_SHARED}

    def _values_of(self, class_iri: str, property_iri: str) -> Mapping[str, frozenset[str]]:
        rows = self._knowledge.rows("facet-values", {"class": Iri(class_iri), "property": Iri(property_iri)})
        return _sets(rows)


def _letter(words: str, is_person: bool) -> str:
    return initial(words.split()[-1] if is_person and words.split() else words)


def _key(property_iri: str) -> str:
    """The name of the parameter that chooses by a property."""
    return property_iri.rsplit("#", 1)[-1].rsplit("/", 1)[-1]


def _tells_apart(facet: Facet, count: int) -> bool:
    """Say whether a facet narrows anything: not when all things have the same, nor when each of many has its own."""
    sizes = [len(things) for things in facet.values.values()]
    return any(size < count for size in sizes) and (len(sizes) <= _FEW or max(sizes) > 1)


def _sets(rows: Iterable[Row]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        found[text_of(row["value"])].add(text_of(row["thing"]))
    return {value: frozenset(things) for value, things in found.items()}


def _by_thing(values: Mapping[str, frozenset[str]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = defaultdict(list)
    for value in sorted(values):
        for thing in values[value]:
            found[thing].append(value)
    return {thing: tuple(held) for thing, held in found.items()}

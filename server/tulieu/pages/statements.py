"""What is said of a thing, gathered: every statement with its sources, inferred ones with their proof.

Comes in: an IRI and a reader. Goes out: groups of statements by property, in the order that shapes give, else by
label. A relation that is stated from the other side is shown under its inverse with the passages that state it, since
for a reader "holds" and "is held by" are one fact.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from tulieu.pages.arrangement import NOWHERE, Arrangement, Place
from tulieu.pages.knowledge import Knowledge, text_of
from tulieu.pages.labels import Text
from tulieu.pages.ordering import SortKey, alphabetical
from tulieu.pages.proofs import Proof, Proofs
from tulieu.pages.sources import SourceNote, Sources
from tulieu.pages.terms import OURS, RDF_TYPE, RDFS, SKOS, Vocabulary
from tulieu.pages.values import Value, Values
from tulieu.store import Iri, Term

SCHEMA = "https://schema.org/"
# What of other vocabularies a reader sees; all else of them serves machines.
SHOWN_OF_OTHERS = frozenset(
    [
        *(
            SKOS + name
            for name in ("altLabel", "definition", "scopeNote", "inScheme", "broader", "exactMatch", "closeMatch")
        ),
        SCHEMA + "sameAs",
        RDFS + "seeAlso",
    ]
)
# Situations: shown inside the page of what they are about, one level deep, because a reader thinks of them as one fact.
FOLDED = (
    "Holding",
    "Participation",
    "Subordination",
    "DocumentRelation",
    "DocumentIssuance",
    "TimeSpan",
    "NameForm",
    "AwardConferral",
    "PersonnelChange",
    "Shortfall",
)


@dataclass(frozen=True)
class Detail:
    """One line of a folded situation: the property, and its values."""

    label: Text
    values: tuple[Value, ...]


@dataclass(frozen=True)
class Fact:
    """One statement as a page shows it: the value, what it consists of, who says so, or why it follows."""

    value: Value
    details: tuple[Detail, ...]
    sources: tuple[SourceNote, ...]
    proof: Proof | None
    is_inferred: bool


@dataclass(frozen=True)
class FactGroup:
    """All statements of a thing with one property; `gaps` are what the passages leave open there."""

    label: Text
    href: str
    facts: tuple[Fact, ...]
    gaps: tuple["Gap", ...] = ()
    place: Place = NOWHERE
    section: Text | None = None

    @property
    def count(self) -> int:
        """How many statements there are."""
        return len(self.facts)


@dataclass(frozen=True)
class Gap:
    """A point that the text leaves open, with the passages that were read for it."""

    point: Text
    sources: tuple[SourceNote, ...]


@dataclass(frozen=True)
class About:
    """All that a page says of a thing."""

    groups: tuple[FactGroup, ...]
    incoming: tuple[FactGroup, ...]
    wider: tuple[FactGroup, ...]


Pair = tuple[str, Term]


class Statements:
    """Gathers what a release says of a thing."""

    def __init__(
        self, knowledge: Knowledge, vocabulary: Vocabulary, sources: Sources, arrangement: Arrangement
    ) -> None:
        """Gather from one release."""
        self._arrangement = arrangement
        self._knowledge = knowledge
        self._vocabulary = vocabulary
        self._sources = sources
        self.proofs = Proofs(knowledge, sources)
        self._kinds: dict[str, tuple[str, ...]] = {}

    def about(self, iri: str, values: Values) -> About:
        """Gather everything about a thing for a reader."""
        asserted = self._by_pair("statements", iri)
        incoming = self._by_pair("incoming", iri)
        said: dict[Pair, list[str]] = dict(asserted)
        for (property_iri, value), sources in list(incoming.items()):
            inverse = self._vocabulary.inverse(property_iri)
            if inverse:
                said.setdefault((inverse, value), []).extend(sources)
                del incoming[(property_iri, value)]
        inferred = {
            (text_of(row["property"]), row["value"])
            for row in self._knowledge.about("inferred", "thing", iri)
            if self.is_shown(text_of(row["property"]))
        } - set(said)
        wider = {pair for pair in inferred if self._is_wider_than_another(pair, set(said) | inferred)}
        proofs = self.proofs.of(iri, values) if inferred else {}
        kept = {pair: sources for pair, sources in said.items() if self.is_shown(pair[0])}
        main: dict[Pair, list[str]] = {**kept, **{pair: [] for pair in inferred - wider}}
        return About(
            groups=self._group(iri, main, proofs, values, gaps=self._gaps(iri, values)),
            incoming=self._group(
                iri, {pair: sources for pair, sources in incoming.items() if self.is_shown(pair[0])}, {}, values
            ),
            wider=self._group(iri, {pair: [] for pair in wider}, proofs, values),
        )

    def is_shown(self, property_iri: str) -> bool:
        """Say whether readers see a property: ours unless it is bookkeeping, and a few of other vocabularies."""
        term = self._vocabulary.term(property_iri)
        if term:
            return not term.is_bookkeeping and not property_iri.startswith(OURS + "unstated")
        return property_iri in SHOWN_OF_OTHERS

    def property_name(self, property_iri: str, values: Values) -> Text:
        """What a property is called for a reader."""
        key = f"property.{property_iri.rsplit('#', 1)[-1].rsplit('/', 1)[-1]}"
        if property_iri.startswith(OURS):
            return values.labels.of(property_iri, values.language)
        if values.wording.has(key):
            return Text(values.wording(key), values.language)
        return Text(values.wording("property.other"), values.language)

    def kinds(self, iri: str) -> tuple[str, ...]:
        """The narrowest classes of a thing; looked up once, since a release never changes."""
        if iri not in self._kinds:
            rows = self._knowledge.about("types", "thing", iri)
            self._kinds[iri] = self._vocabulary.narrowest(text_of(row["type"]) for row in rows)
        return self._kinds[iri]

    def is_kind(self, iri: str, *names: str) -> bool:
        """Say whether a thing is of one of the classes with these local names, or of a narrower one."""
        return any(
            kind == OURS + name or self._vocabulary.is_below(kind, OURS + name)
            for kind in self.kinds(iri)
            for name in names
        )

    def _by_pair(self, query: str, iri: str) -> dict[Pair, list[str]]:
        found: dict[Pair, list[str]] = defaultdict(list)
        for row in self._knowledge.about(query, "thing", iri):
            property_iri = text_of(row["property"])
            if property_iri != RDF_TYPE:
                found[(property_iri, row["value"])].append(text_of(row["source"]))
        return dict(found)

    def _is_wider_than_another(self, pair: Pair, others: set[Pair]) -> bool:
        property_iri, value = pair
        return any(
            value == other_value and self._vocabulary.is_below(other_property, property_iri)
            for other_property, other_value in others
        )

    def _gaps(self, iri: str, values: Values) -> dict[str, tuple[Gap, ...]]:
        passages: dict[tuple[str, str], list[str]] = defaultdict(list)
        for row in self._knowledge.about("unstated", "thing", iri):
            passages[(text_of(row["property"]), text_of(row["point"]))].append(text_of(row["passage"]))
        gaps: dict[str, list[Gap]] = defaultdict(list)
        for (property_iri, point), found in sorted(passages.items()):
            gaps[property_iri].append(Gap(values.labels.of(point, values.language), self._sources.notes(found, values)))
        return {property_iri: tuple(each) for property_iri, each in gaps.items()}

    def _group(
        self,
        iri: str,
        pairs: dict[Pair, list[str]],
        proofs: dict[Pair, Proof],
        values: Values,
        gaps: dict[str, tuple[Gap, ...]] | None = None,
    ) -> tuple[FactGroup, ...]:
        gaps = gaps or {}
        facts: dict[str, list[Fact]] = defaultdict(list)
        for (property_iri, value), sources in pairs.items():
            facts[property_iri].append(
                Fact(
                    value=values.show(value),
                    details=self._details(iri, value, values),
                    sources=self._sources.notes(sources, values),
                    proof=None if sources else proofs.get((property_iri, value)),
                    is_inferred=not sources,
                )
            )
        groups = []
        classes = self._vocabulary.with_wider(self.kinds(iri))
        for property_iri in {*facts, *gaps}:
            term = self._vocabulary.term(property_iri)
            place = self._arrangement.place(classes, property_iri)
            groups.append(
                FactGroup(
                    label=self.property_name(property_iri, values),
                    href=values.links.page(property_iri) if term else "",
                    facts=tuple(sorted(facts[property_iri], key=_fact_order)),
                    gaps=gaps.get(property_iri, ()),
                    place=place,
                    section=_section(place, values),
                )
            )
        return tuple(sorted(groups, key=_group_order))

    def _details(self, iri: str, value: Term, values: Values) -> tuple[Detail, ...]:
        """What a situation consists of, without what leads back to the thing whose page this is."""
        if not isinstance(value, Iri) or not self.is_kind(value.value, *FOLDED):
            return ()
        found: dict[str, list[Value]] = defaultdict(list)
        for property_iri, inner in self._by_pair("statements", value.value):
            if self.is_shown(property_iri) and text_of(inner) != iri:
                found[property_iri].append(values.show(inner))
        shown_as_name = values.labels.of(value.value, values.language).words
        return tuple(
            Detail(self.property_name(property_iri, values), _sorted_values(inner_values))
            for property_iri, inner_values in sorted(
                found.items(), key=lambda item: alphabetical(self.property_name(item[0], values).words)
            )
            # A time that prints as "17/5" need not say so twice.
            if [each.text.words for each in inner_values] != [shown_as_name]
        )


def _section(place: Place, values: Values) -> Text:
    title = place.titles.get(values.language)
    return Text(title or values.wording("entity.other_section"), values.language)


def _group_order(group: FactGroup) -> tuple[float, float, SortKey]:
    return group.place.section, group.place.order, alphabetical(group.label.words)


def _sorted_values(found: Iterable[Value]) -> tuple[Value, ...]:
    return tuple(sorted(found, key=lambda value: (alphabetical(value.text.words), value.iri)))


def _fact_order(fact: Fact) -> tuple[bool, int, object, str]:
    """What sources say comes first, in the order of the text; then what follows, by name."""
    place = fact.sources[0].place if fact.sources else 0
    return fact.is_inferred, place, alphabetical(fact.value.text.words), fact.value.iri

"""What is said of a thing, gathered into the rows that the shapes give its page.

Comes in: an IRI and a reader. Goes out: groups of statements in the order, sections and words of the shapes; each
statement with its sources, an inferred one with its proof, a situation folded into the fact that it is about. Where
the shapes expect a value and there is none, the row says so. What no shape places comes last.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from tulieu.pages.arrangement import Arrangement, Path, Row, Step
from tulieu.pages.connections import Connections, Walk
from tulieu.pages.facts import About, Also, Detail, Fact, FactGroup, Gap
from tulieu.pages.knowledge import Knowledge, text_of
from tulieu.pages.labels import Text
from tulieu.pages.ordering import alphabetical
from tulieu.pages.proofs import Proof, Proofs
from tulieu.pages.sources import Sources
from tulieu.pages.terms import OURS, RDFS, SKOS, Vocabulary
from tulieu.pages.values import Value, Values
from tulieu.store import Iri, Literal, Term

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
    "Shortfall",
)
# Behind all that shapes place.
LAST = float("inf")
# A row shows no more facts than these; where there are more, it leads to the whole list.
LONGEST_ROW = 50


Pair = tuple[str, Term]
Gaps = dict[str, list[Gap]]


class Statements:
    """Gathers what a release says of a thing."""

    def __init__(
        self, knowledge: Knowledge, vocabulary: Vocabulary, sources: Sources, arrangement: Arrangement
    ) -> None:
        """Gather from one release."""
        self._knowledge = knowledge
        self._vocabulary = vocabulary
        self._sources = sources
        self._arrangement = arrangement
        self.connections = Connections(knowledge, vocabulary)
        self.proofs = Proofs(knowledge, sources)
        self._classes: dict[str, frozenset[str]] = {}

    def about(self, iri: str, values: Values) -> About:
        """Gather everything about a thing for a reader."""
        rows = self._rows(iri)
        gaps = self._gaps(iri, values)
        own = {row.paths[0] for row in rows if len(row.paths) == 1}
        found = [(row, *self._follow(iri, row, own)) for row in rows]
        said = {(name, value) for name, known in self.connections.of(iri).items() for value in known}
        # What a longer path tells with its circumstances is not told again by its first step, nor by a shortcut.
        stated = [walk for _, walks, _ in found for walk in walks if walk.passed and not walk.is_inferred]
        seen = {walk.end for walk in stated} | {Iri(each) for walk in stated for each in walk.passed}
        told: set[Pair] = set()
        passed: set[Pair] = set()
        for row, walks, ends in found:
            for walk in (*walks, *ends):
                told |= {(name, walk.end) for name in row.shortcuts if walk.end}
                if walk.passed:
                    is_situation = self.is_kind(walk.passed[0], *FOLDED)
                    (told if is_situation else passed).add((self._name(walk.path[0]), Iri(walk.passed[0])))
        groups: list[FactGroup] = []
        for row, walks, ends in found:
            kept = [
                walk
                for walk in walks
                if walk.passed or (self._name(walk.path[0]), walk.end) not in told
                if not walk.is_inferred or row.is_direct or walk.end not in seen
                if not walk.is_inferred or walk.passed or not self._is_wider(walk, said)
            ]
            points = [gap for name in self._open_names(row, own) for gap in gaps.pop(name, ())]
            points += [self._open_end(end, values) for end in ends]
            points += [Gap(None, ())] if row.is_expected and not (walks or points) else []
            if kept or points:
                groups.append(self._group(iri, row, kept, points, values))
        placed = {name for row in rows for name in (*self._names(row), *row.shortcuts)}
        rest, wider = self._unplaced(iri, placed, told, passed, said)
        unplaced = [
            self._show(iri, name, self.property_name(name, values), rest.get(name, []), gaps.get(name, ()), values)
            for name in {*rest, *gaps}
        ]
        return About(
            groups=(*groups, *sorted(unplaced, key=lambda group: alphabetical(group.label.words))),
            wider=tuple(
                Also(self.property_name(name, values), values.show(value), self.proofs.href(iri, name, value, values))
                for name, value in sorted(wider, key=lambda pair: (pair[0], pair[1].value))
            ),
            claimed=frozenset(self._other_name(path[0]) for row, walks, _ in found if walks for path in row.paths),
        )

    def is_shown(self, property_iri: str) -> bool:
        """Say whether readers see a property: ours unless it is bookkeeping, and a few of other vocabularies."""
        term = self._vocabulary.term(property_iri)
        if term:
            return not term.is_bookkeeping and not property_iri.startswith(OURS + "unstated")
        return property_iri in SHOWN_OF_OTHERS

    def property_name(self, property_iri: str, values: Values) -> Text:
        """What a property is called for a reader, where no shape says it."""
        key = f"property.{property_iri.rsplit('#', 1)[-1].rsplit('/', 1)[-1]}"
        if property_iri.startswith(OURS):
            return values.labels.of(property_iri, values.language)
        return Text(values.wording(key if values.wording.has(key) else "property.other"), values.language)

    def kinds(self, iri: str) -> tuple[str, ...]:
        """The narrowest classes of a thing."""
        return self._vocabulary.narrowest(self._all_classes(iri))

    def is_kind(self, iri: str, *names: str) -> bool:
        """Say whether a thing is of one of the classes with these local names, or of a narrower one."""
        return not self._all_classes(iri).isdisjoint(OURS + name for name in names)

    def _all_classes(self, iri: str) -> frozenset[str]:
        """All classes of a thing; looked up once, since a release never changes."""
        if iri not in self._classes:
            rows = self._knowledge.about("types", "thing", iri)
            self._classes[iri] = self._vocabulary.with_wider([text_of(row["type"]) for row in rows])
        return self._classes[iri]

    def _rows(self, iri: str) -> tuple[Row, ...]:
        return self._arrangement.rows(self._all_classes(iri))

    def _follow(self, iri: str, row: Row, own: set[Path]) -> tuple[list[Walk], list[Walk]]:
        """The walks of a row that arrive somewhere, each end once, and those that lead no further.

        An alternative of a row that is a row of its own is not followed twice.
        """
        ends: dict[Term | str, Walk] = {}
        lost: dict[str, Walk] = {}
        for path in row.paths:
            if (len(row.paths) == 1 or path not in own) and self.is_shown(path[-1].property):
                for walk in self.connections.walk(iri, path):
                    if walk.end is None:
                        lost.setdefault(walk.passed[-1], walk)
                    elif walk.end != Iri(iri):
                        # The same name in two languages is one name.
                        ends.setdefault(walk.end.value if isinstance(walk.end, Literal) else walk.end, walk)
        arrived = {walk.passed[0] for walk in ends.values() if walk.passed}
        open_ends = [walk for walk in lost.values() if row.is_expected and walk.passed[0] not in arrived]
        return list(ends.values()), open_ends if len(row.paths) == 1 else []

    def _names(self, row: Row) -> tuple[str, ...]:
        """The properties that say of the thing itself what a row's first steps say; "^" where only others say it."""
        return tuple(dict.fromkeys(self._name(path[0]) for path in row.paths))

    def _open_names(self, row: Row, own: set[Path]) -> tuple[str, ...]:
        """The properties for which a row shows what is left open."""
        single = [path for path in row.paths if len(path) == 1 and (row.is_direct or path not in own)]
        return (*(self._name(path[0]) for path in single), *row.shortcuts)

    def _name(self, step: Step) -> str:
        if not step.is_inverse:
            return step.property
        return self._vocabulary.inverse(step.property) or f"^{step.property}"

    def _other_name(self, step: Step) -> str:
        """The property by which other things say the same."""
        return step.property if step.is_inverse else self._vocabulary.inverse(step.property)

    def _is_wider(self, walk: Walk, said: set[Pair]) -> bool:
        name = walk.path[0].property
        return any(walk.end == other and self._vocabulary.is_below(narrow, name) for narrow, other in said)

    def _unplaced(
        self, iri: str, placed: set[str], told: set[Pair], passed: set[Pair], said: set[Pair]
    ) -> tuple[dict[str, list[Walk]], list[Pair]]:
        """What no row shows, by property; and apart from it what only says otherwise what is said anyway."""
        rest: dict[str, list[Walk]] = defaultdict(list)
        wider: list[Pair] = []
        for name, value in said:
            if not self.is_shown(name):
                continue
            step = Step(name)
            sources = self.connections.along(iri, step).get(value, ())
            walk = Walk((step,), (), value, sources, not sources)
            if not sources and ((name, value) in told or self._is_wider(walk, said)):
                wider.append((name, value))
            elif name not in placed and (name, value) not in told | passed:
                rest[name].append(walk)
        return rest, wider

    def _gaps(self, iri: str, values: Values) -> Gaps:
        passages: dict[tuple[str, str], list[str]] = defaultdict(list)
        for row in self._knowledge.about("unstated", "thing", iri):
            passages[(text_of(row["property"]), text_of(row["point"]))].append(text_of(row["passage"]))
        gaps: dict[str, list[Gap]] = defaultdict(list)
        for (property_iri, point), found in sorted(passages.items()):
            gaps[property_iri].append(Gap(values.labels.of(point, values.content), self._sources.notes(found, values)))
        return gaps

    def _open_end(self, walk: Walk, values: Values) -> Gap:
        """Where a path led no further: what the passages leave open of that thing, else the thing and its passages."""
        points = [gap for found in self._gaps(walk.passed[-1], values).values() for gap in found]
        if points:
            return points[0]
        point = None if self.is_kind(walk.passed[-1], *FOLDED) else values.thing(walk.passed[-1]).text
        return Gap(point, self._sources.notes(walk.sources, values))

    def _group(self, iri: str, row: Row, walks: Sequence[Walk], gaps: Sequence[Gap], values: Values) -> FactGroup:
        step = row.paths[0][0]
        name = min(row.shortcuts) if row.shortcuts else self._name(step)
        label = row.names.get(values.language)
        shown = Text(label, values.language) if label else self.property_name(name, values)
        title = row.section.titles.get(values.language, "")
        return self._show(
            iri,
            name if name in row.shortcuts or row.is_direct else "",
            shown,
            walks,
            gaps,
            values,
            section=Text(title, values.language),
            more=step.property if step.is_inverse else "",
            proves=tuple(row.shortcuts),
        )

    def _show(
        self,
        iri: str,
        name: str,
        label: Text,
        walks: Sequence[Walk],
        gaps: Sequence[Gap],
        values: Values,
        section: Text | None = None,
        more: str = "",
        proves: tuple[str, ...] = (),
    ) -> FactGroup:
        first = walks[:LONGEST_ROW] if more else walks
        facts = sorted((self._fact(iri, (name, *proves), walk, values) for walk in first), key=_fact_order)
        stated = [walk for walk in walks if walk.end is not None and not walk.is_inferred]
        local = values.links.local(iri)
        return FactGroup(
            label=label,
            href=values.links.page(name) if self._vocabulary.term(name) else "",
            facts=tuple(facts),
            gaps=tuple(gaps),
            section=section or Text(values.wording("entity.other_section"), values.language),
            is_disputed=name in self._arrangement.singles and self._differ([walk.end for walk in stated if walk.end]),
            more_href=values.links.path(local, {"incoming": more.removeprefix(OURS)})
            if len(walks) > len(first) and more
            else "",
        )

    def _differ(self, ends: Sequence[Term]) -> bool:
        """Say whether values exclude each other; times do so when they have no day in common."""
        spans = [self._days(each.value) for each in ends if isinstance(each, Iri)]
        if spans and all(all(span) for span in spans):
            return max(span[0] for span in spans) > min(span[1] for span in spans)
        return len(ends) > 1

    def _days(self, iri: str) -> tuple[str, str]:
        said = self.connections.of(iri)
        first = min((each.value for each in said.get(OURS + "earliestDay", ())), default="")
        return first, max((each.value for each in said.get(OURS + "latestDay", ())), default="")

    def _fact(self, iri: str, names: Sequence[str], walk: Walk, values: Values) -> Fact:
        end = walk.end or Iri(iri)
        situations = [each for each in walk.passed if self.is_kind(each, *FOLDED)]
        if isinstance(end, Iri) and self.is_kind(end.value, *FOLDED):
            situations.append(end.value)
        hidden = {iri, end.value, *situations}
        details: list[Detail] = []
        grounds = list(walk.sources)
        for each in situations:
            found, sources = self._details(each, hidden, self._beside(iri, walk, each), values)
            details += found
            grounds += sources
        return Fact(
            value=values.show(end),
            details=tuple(details),
            sources=self._sources.notes(grounds, values),
            proof=self._proof(iri, names, end, values) if walk.is_inferred else None,
            is_inferred=walk.is_inferred,
            through=tuple(
                Value(values.labels.of(kind, values.language), values.links.page(each), each)
                for each in situations
                if each != end.value
                for kind in self.kinds(each)[:1]
            ),
        )

    def _proof(self, iri: str, names: Sequence[str], end: Term, values: Values) -> Proof | None:
        spellings = dict.fromkeys(each for name in names for each in (name, self._vocabulary.inverse(name)))
        return next(filter(None, (self.proofs.of(iri, each, end, values) for each in spellings)), None)

    def _beside(self, iri: str, walk: Walk, situation: str) -> set[str]:
        """What other rows of the page tell of the same situation, so that a fact need not."""
        if walk.passed[-1:] != (situation,):
            return set()
        before = walk.path[:-1]
        paths = [path for row in self._rows(iri) for path in row.paths]
        return {path[-1].property for path in paths if path[:-1] == before}

    def _details(
        self, situation: str, hidden: set[str], beside: set[str], values: Values
    ) -> tuple[list[Detail], list[str]]:
        """What a situation consists of, but for what leads back to the thing or on to the value; and who says so."""
        rows = {row.paths[0][0].property: row for row in reversed(self._rows(situation)) if row.is_direct}
        name = values.thing(situation).text.words
        found: list[tuple[tuple[float, float], str, Detail]] = []
        grounds: list[str] = []
        for property_iri, inner in self.connections.of(situation).items():
            stated = {each: sources for each, sources in inner.items() if sources and each.value not in hidden}
            shown = [values.show(each) for each in stated]
            # A time that prints as "17/5" need not say so twice.
            if property_iri in beside or not self.is_shown(property_iri) or not shown or shown[0].text.words == name:
                continue
            row = rows.get(property_iri)
            label = row.names.get(values.language) if row else None
            text = Text(label, values.language) if label else self.property_name(property_iri, values)
            found.append((row.place if row else (LAST, LAST), text.words, Detail(text, _sorted_values(shown))))
            grounds += [each for sources in stated.values() for each in sources]
        return [detail for _, _, detail in sorted(found, key=lambda each: each[:2])], grounds


def _sorted_values(found: Iterable[Value]) -> tuple[Value, ...]:
    return tuple(sorted(found, key=lambda value: (alphabetical(value.text.words), value.iri)))


def _fact_order(fact: Fact) -> tuple[bool, int, object, str]:
    """What sources say comes first, in the order of the text; then what follows, by name."""
    place = fact.sources[0].place if fact.sources else 0
    return fact.is_inferred, place, alphabetical(fact.value.text.words), fact.value.iri

"""What a thing is connected with, on which path, and who says so.

Comes in: a thing and a path of steps. Goes out: `Walk`s, each with what it passes, where it ends, and the passages,
notes and files that state its steps. A relation that is stated from the other side counts the same, since for a reader
"holds" and "is held by" are one fact.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from tulieu.pages.arrangement import Path, Step
from tulieu.pages.knowledge import Knowledge, text_of
from tulieu.pages.terms import RDF_TYPE, Vocabulary
from tulieu.store import Iri, Term

# A page looks at no more things than these behind one relation; all of them are in its list, page by page.
WIDEST = 500
_KEPT = 4096
Sources = tuple[str, ...]
Values = Mapping[Term, Sources]


@dataclass(frozen=True)
class Walk:
    """One way from a thing along a path: the things it passes, its end (None when it led no further), its sources.

    A step that no source states, but that follows by reasoning, makes the whole walk an inferred one.
    """

    path: Path
    passed: tuple[str, ...]
    end: Term | None
    sources: Sources
    is_inferred: bool


class Connections:
    """The relations of things in a release; each thing is looked up once while it is in use."""

    def __init__(self, knowledge: Knowledge, vocabulary: Vocabulary) -> None:
        """Follow the relations of one release."""
        self._knowledge = knowledge
        self._vocabulary = vocabulary
        self.of = lru_cache(_KEPT)(self._read)
        self.to = lru_cache(_KEPT)(self._read_incoming)

    def walk(self, iri: str, path: Path) -> Iterator[Walk]:
        """Follow a path from a thing, as far as it leads."""
        for value, sources in self.along(iri, path[0]).items():
            if len(path) == 1:
                yield Walk(path, (), value, sources, not sources)
            elif isinstance(value, Iri):
                for each in list(self.walk(value.value, path[1:])) or [Walk((), (), None, (), False)]:
                    both = tuple(dict.fromkeys((*sources, *each.sources)))
                    yield Walk(path, (value.value, *each.passed), each.end, both, each.is_inferred or not sources)

    def along(self, iri: str, step: Step) -> Values:
        """Where one step leads from a thing; the sources of both ways to state it."""
        found: dict[Term, Sources] = {}
        inverse = self._vocabulary.inverse(step.property)
        for property_iri, is_inverse in ((step.property, step.is_inverse), (inverse, not step.is_inverse)):
            if property_iri:
                values = self.to(iri, property_iri) if is_inverse else self.of(iri).get(property_iri, {})
                for value, sources in values.items():
                    found[value] = tuple(dict.fromkeys((*found.get(value, ()), *sources)))
        return found

    def _read(self, iri: str) -> Mapping[str, Values]:
        """Everything said of a thing, by property; what no source states, but follows, has no sources."""
        found: dict[str, dict[Term, Sources]] = defaultdict(dict)
        for query in ("statements", "inferred"):
            for row in self._knowledge.about(query, "thing", iri):
                property_iri, value, source = text_of(row["property"]), row["value"], text_of(row.get("source"))
                if property_iri != RDF_TYPE:
                    known = found[property_iri].setdefault(value, ())
                    found[property_iri][value] = (*known, source) if source else known
        return found

    def _read_incoming(self, iri: str, property_iri: str) -> Values:
        found: dict[Term, Sources] = {}
        bindings = {"thing": Iri(iri), "property": Iri(property_iri)}
        rows = self._knowledge.rows("incoming", bindings, limit=WIDEST)
        for row in sorted(rows, key=lambda row: (text_of(row["value"]), text_of(row["source"]))):
            found[row["value"]] = (*found.get(row["value"], ()), text_of(row["source"]))
        return found

"""The ontology as pages need it: what each class and property is called, and how they stand to each other.

Comes in: the ontology's graph, once at the start. Goes out: a `Vocabulary` that answers by lookup. Whether a property
is bookkeeping, what its inverse is and which class is narrower are said in the ontology and read here, not repeated.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from tulieu.pages.knowledge import Knowledge, text_of
from tulieu.store import Literal, Term
from tulieu.vocabulary import ONTOLOGY_IRI

RDFS: Final = "http://www.w3.org/2000/01/rdf-schema#"
OWL: Final = "http://www.w3.org/2002/07/owl#"
SKOS: Final = "http://www.w3.org/2004/02/skos/core#"
OURS: Final = ONTOLOGY_IRI + "#"
RDF_TYPE: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"


@dataclass(frozen=True)
class OntologyTerm:
    """One class or property, as the ontology describes it; parents may be of other vocabularies."""

    iri: str
    is_class: bool
    labels: Mapping[str, str]
    definitions: Mapping[str, str]
    parents: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    ranges: tuple[str, ...] = ()
    inverse: str = ""
    examples: tuple[Term, ...] = ()
    is_bookkeeping: bool = False

    @property
    def local(self) -> str:
        """The name after the hash, which is also the anchor on the ontology's page."""
        return self.iri.removeprefix(OURS)


@dataclass(frozen=True)
class Vocabulary:
    """All terms by IRI, and the classes and properties above each."""

    terms: Mapping[str, OntologyTerm]
    _above: Mapping[str, frozenset[str]] = field(repr=False)

    def term(self, iri: str) -> OntologyTerm | None:
        """The term with an IRI, if it is in the ontology."""
        return self.terms.get(iri)

    def is_below(self, narrower: str, wider: str) -> bool:
        """Say whether one class or property is narrower than another."""
        return wider in self._above.get(narrower, frozenset())

    def is_at_or_below(self, narrower: str, wider: str) -> bool:
        """Say whether one class or property is another, or narrower than it."""
        return narrower == wider or self.is_below(narrower, wider)

    def with_wider(self, classes: Iterable[str]) -> frozenset[str]:
        """Some classes and all that stand above them."""
        return frozenset(classes).union(*(self._above.get(each, frozenset()) for each in classes))

    def narrowest(self, classes: Iterable[str]) -> tuple[str, ...]:
        """Of the classes of ours among some, those that no other of them is narrower than."""
        ours = sorted({each for each in classes if each.startswith(OURS)})
        return tuple(each for each in ours if not any(self.is_below(other, each) for other in ours))

    def inverse(self, iri: str) -> str:
        """The inverse of a property, whichever of the two names the other; empty when there is none."""
        return self.terms[iri].inverse if iri in self.terms else ""

    def children(self, iri: str) -> tuple[OntologyTerm, ...]:
        """The terms directly below a term."""
        return tuple(term for term in self.terms.values() if iri in term.parents)


def load_vocabulary(knowledge: Knowledge) -> Vocabulary:
    """Read the ontology of a release."""
    values: dict[str, dict[str, list[Term]]] = defaultdict(lambda: defaultdict(list))
    kinds: dict[str, set[str]] = defaultdict(set)
    for row in knowledge.rows("terms"):
        iri, value = text_of(row["term"]), row["value"]
        if not iri.startswith(OURS):
            continue
        kinds[iri].add(text_of(row["type"]))
        if value not in values[iri][text_of(row["relation"])]:
            values[iri][text_of(row["relation"])].append(value)
    inverses = _inverses(values)
    terms = {
        iri: OntologyTerm(
            iri=iri,
            is_class=OWL + "Class" in kinds[iri],
            labels=by_language(relations[RDFS + "label"]),
            definitions=by_language(relations[SKOS + "definition"]),
            parents=_texts([*relations[RDFS + "subClassOf"], *relations[RDFS + "subPropertyOf"]]),
            domains=_texts(relations[RDFS + "domain"]),
            ranges=_texts(relations[RDFS + "range"]),
            inverse=inverses.get(iri, ""),
            examples=tuple(relations[SKOS + "example"]),
            is_bookkeeping=any(text_of(value) == "true" for value in relations[OURS + "isBookkeeping"]),
        )
        for iri, relations in sorted(values.items())
    }
    return Vocabulary(terms, _close({iri: term.parents for iri, term in terms.items()}))


def _inverses(values: Mapping[str, Mapping[str, list[Term]]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for iri, relations in values.items():
        if OWL + "SymmetricProperty" in _texts(relations.get(RDF_TYPE, [])):
            found[iri] = iri
        for other in _texts(relations.get(OWL + "inverseOf", [])):
            found[iri], found[other] = other, iri
    return found


def _close(parents: Mapping[str, tuple[str, ...]]) -> dict[str, frozenset[str]]:
    """The terms above each term, however far; two terms that stand above each other do not count as narrower."""

    def climb(iri: str, seen: set[str]) -> set[str]:
        for parent in parents.get(iri, ()):
            if parent not in seen:
                seen.add(parent)
                climb(parent, seen)
        return seen

    return {iri: frozenset(climb(iri, set()) - {iri}) for iri in parents}


def _texts(terms: Iterable[Term]) -> tuple[str, ...]:
    return tuple(term.value for term in terms)


def by_language(terms: Iterable[Term]) -> dict[str, str]:
    """The texts among some terms, by their languages."""
    return {term.language: term.value for term in terms if isinstance(term, Literal)}

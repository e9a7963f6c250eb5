"""Reasoning: what follows from the asserted statements and the ontology by OWL 2 RL, cleaned, with proofs.

What comes in: one graph of data, ontology and alignments, and the names of the archive. What goes out: a `Closure`: the
inferred statements that speak of our terms and things, a one-step proof for each, and the clashes, explained.

owlrl does the reasoning and adds much that nobody asked for: literals as subjects, everything the same as itself, OWL
talking about OWL. `_is_worth_keeping` says what stays. The proofs are found afterwards by the table in `rules`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from owlrl.OWLRL import OWLRL_Annotation_properties, OWLRL_Semantics
from rdflib import OWL, RDF, RDFS, SKOS, XSD, BNode, Graph, Literal, URIRef
from rdflib.term import Node

from tulieu.pipeline.datatypes import is_in_value_space
from tulieu.pipeline.proofs import Proof, Prover, Triple
from tulieu.vocabulary import Names

_LANGUAGE_OF_ONTOLOGIES = (str(OWL), str(RDF), str(RDFS), str(XSD))
# Properties that document a thing and, by their own vocabulary, say nothing that a rule could use.
_DOCUMENTATION: frozenset[Node] = frozenset(OWLRL_Annotation_properties).union(
    (SKOS.prefLabel, SKOS.altLabel, SKOS.definition, SKOS.example),
    (SKOS.note, SKOS.scopeNote, SKOS.changeNote, SKOS.editorialNote, SKOS.historyNote),
)


@dataclass(frozen=True)
class Clash:
    """A contradiction: the rule that shows it, the asserted statements it comes down to, and what is wrong in words."""

    rule: str
    statements: tuple[Triple, ...]
    explanation: str


@dataclass(frozen=True)
class Closure:
    """What reasoning found.

    `proofs` has one for each statement of `inferred` and for each statement used on the way; some of the latter are
    about unnamed classes and properties of the ontology, or about literals, and are not in `inferred`.
    """

    inferred: Graph
    proofs: dict[Triple, Proof]
    clashes: tuple[Clash, ...]


class _Semantics(OWLRL_Semantics):  # type: ignore[misc]  # owlrl has no types
    """OWL 2 RL, without the work that leads to nothing; the closure comes a few times sooner."""

    def rules(self, triple: Triple, cycle_num: int) -> None:
        """Apply the rules that a statement sets off: only one in the language of RDF, RDFS or OWL does."""
        if _is_language(triple[1]) and (triple[1] != RDF.type or _is_language(triple[2])):
            super().rules(triple, cycle_num)

    def _equality(self, triple: Triple, cycle_num: int) -> None:
        # Without eq-ref: that everything is the same as itself is never kept.
        if triple[1] == OWL.sameAs or triple[2] == OWL.AllDifferent:
            super()._equality(triple, cycle_num)


@dataclass(frozen=True)
class _Contradiction:
    """A clash before it is explained; the premises are statements of the closure, inferred ones among them."""

    rule: str
    meaning: str
    premises: tuple[Triple, ...]


def reason(merged: Graph, names: Names) -> Closure:
    """Give what follows from the asserted statements, data and ontology merged, with proofs and clashes."""
    closed, complaints = _close(merged)
    prover = Prover(merged, closed)
    contradictions = [
        *(_Contradiction(rule.name, rule.meaning, premises) for rule, premises in prover.find_clashes()),
        *_find_misplaced_literals(closed, merged),
    ]
    inferred = Graph()
    for triple in closed:
        if triple not in merged and _is_worth_keeping(triple, names):
            inferred.add(triple)
    proofs = prover.prove({*inferred, *(premise for found in contradictions for premise in found.premises)})
    clashes = _explain(contradictions, proofs, names)
    if complaints and not clashes:
        # What owlrl objects to and the table does not know must stop a build as well.
        clashes = tuple(Clash("owlrl", (), complaint) for complaint in sorted(complaints))
    return Closure(inferred, proofs, clashes)


def _close(merged: Graph) -> tuple[list[Triple], list[str]]:
    """Run the reasoner; give asserted and inferred statements, and what it calls inconsistent."""
    idle = _find_idle_properties(merged)
    graph = Graph(store="SimpleMemory")  # knows no contexts, so it answers owlrl's many questions faster
    for triple in merged:
        if triple[1] not in idle:
            graph.add(triple)
    semantics = _Semantics(graph, axioms=False, daxioms=False)
    semantics.closure()
    # owlrl adds that the built-in datatypes it met are disjoint: `_find_misplaced_literals` answers for that.
    closed = [
        triple
        for triple in graph
        if not (triple[1] == OWL.disjointWith and _is_language(triple[0])) or triple in merged
    ]
    return closed, list(semantics.error_messages)


def _find_idle_properties(merged: Graph) -> set[Node]:
    """Find the annotation properties that no axiom mentions: their statements can lead to nothing, and are many."""
    documentation = _DOCUMENTATION.union(merged.subjects(RDF.type, OWL.AnnotationProperty))
    mentioned = {
        term
        for subject, predicate, value in merged
        if predicate not in documentation and _is_language(predicate) and value != OWL.AnnotationProperty
        for term in (subject, value)
    }
    return set(documentation - mentioned)


def _is_worth_keeping(triple: Triple, names: Names) -> bool:
    """Tell whether an inferred statement is about a named thing or term of ours and says something of it."""
    subject, predicate, value = triple
    return (
        isinstance(subject, URIRef)
        and names.is_ours(str(subject))
        # That a property's domain or range lies within every wider class too tells a reader nothing, 700 times over.
        and predicate not in (RDFS.domain, RDFS.range)
        and not isinstance(value, BNode)
        and subject != value
        and not _is_language(value)
    )


def _is_language(term: Node) -> bool:
    """Tell whether a term belongs to RDF, RDFS, OWL or XSD: owl:Thing, rdfs:Literal, the built-in datatypes."""
    return isinstance(term, URIRef) and str(term).startswith(_LANGUAGE_OF_ONTOLOGIES)


def _find_misplaced_literals(closed: Iterable[Triple], merged: Graph) -> Iterator[_Contradiction]:
    """Yield the literals that are not of a datatype they would have to be of (dt-not-type of the standard)."""
    for subject, predicate, value in closed:
        if not isinstance(subject, Literal) or predicate != RDF.type or is_in_value_space(subject, value):
            continue
        # A literal that its own datatype refuses is wrong wherever it stands; else the range that asks for another is.
        uses = tuple(merged.triples((None, None, subject))) if value == subject.datatype else ()
        yield _Contradiction(
            "dt-not-type", "a literal is not of the datatype asked for", uses or ((subject, predicate, value),)
        )


def _explain(
    contradictions: Iterable[_Contradiction], proofs: Mapping[Triple, Proof], names: Names
) -> tuple[Clash, ...]:
    """Follow each contradiction down to what is asserted; keep one for each set of statements it comes down to."""
    writer = Graph(bind_namespaces="none")
    for prefix, namespace in names.prefixes:
        writer.bind(prefix, namespace)

    def write(triple: Triple) -> str:
        return " ".join(term.n3(writer.namespace_manager) for term in triple)

    clashes: dict[frozenset[Triple], Clash] = {}
    for found in contradictions:
        statements = sorted(_find_grounds(found.premises, proofs), key=write)
        # Unnamed classes and lists would be named by labels that stand in no file.
        named = [triple for triple in found.premises if not any(isinstance(term, BNode) for term in triple)]
        premises = "; ".join(map(write, named))
        clash = Clash(found.rule, tuple(statements), f"{found.meaning} ({found.rule}): {premises}")
        known = clashes.setdefault(frozenset(statements), clash)
        if clash.explanation < known.explanation:
            clashes[frozenset(statements)] = clash
    return tuple(sorted(clashes.values(), key=lambda clash: (clash.rule, clash.explanation)))


def _find_grounds(premises: Iterable[Triple], proofs: Mapping[Triple, Proof]) -> set[Triple]:
    waiting, grounds, seen = list(premises), set(), set()
    while waiting:
        triple = waiting.pop()
        if triple not in seen:
            seen.add(triple)
            if triple in proofs:
                waiting.extend(proofs[triple].premises)
            else:
                grounds.add(triple)
    return grounds

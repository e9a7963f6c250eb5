"""Where everything is said, as plain triples: the graph `graph/evidence`.

Comes in: what was asserted graph by graph, what was inferred, and the proofs. Goes out: one graph. Each thing is
attested in the passages and notes that say something of it or name it; each inferred statement is a node with its rule
and its premises, down to asserted statements, which are nodes too and are attested in the graphs that hold them. So a
question about evidence needs no `GRAPH`, and the way from a shortcut to its passages is a path of `tl:hasPremise`.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping

from rdflib import RDF, SKOS, BNode, Dataset, Graph, Literal, URIRef
from rdflib.term import Node

from tulieu.pipeline.proofs import Proof, Triple
from tulieu.vocabulary import TL, Names

# Canonical N-Triples writes control characters by number, but for those that have a letter.
_ESCAPES = {code: f"\\u{code:04X}" for code in (*range(0x20), 0x7F)} | {
    ord(character): f"\\{letter}" for character, letter in zip('\b\t\n\f\r"\\', 'btnfr"\\', strict=True)
}


def evidence(dataset: Dataset, names: Names, inferred: Graph, proofs: Mapping[Triple, Proof]) -> Graph:
    """Make the evidence of all things and of all inferred statements."""
    graph = Graph(store="SimpleMemory")
    holders: dict[Triple, set[URIRef]] = defaultdict(set)
    # A concept is a word of ours; that a passage is put under it says nothing of where the source names it.
    concepts = set(dataset.graph(names.graph("authority")).subjects(RDF.type, SKOS.Concept))
    for held in dataset.graphs():
        name = held.identifier
        if not isinstance(name, URIRef):
            continue
        for triple in held:
            holders[triple].add(name)
        if names.is_source(name):
            named = (term for term in held.objects() if isinstance(term, URIRef) and names.is_thing(term))
            for thing in {*held.subjects(), *named} - concepts:
                graph.add((thing, TL.attestedIn, name))
    for triple in _needed(inferred, proofs):
        node = statement_name(triple, names)
        _describe(graph, node, triple)
        if triple in proofs:
            graph.add((node, RDF.type, TL.InferredStatement))
            graph.add((node, TL.byRule, Literal(proofs[triple].rule)))
            for premise in _named_premises(proofs[triple], proofs):
                graph.add((node, TL.hasPremise, statement_name(premise, names)))
        else:
            graph.add((node, RDF.type, RDF.Statement))
            for holder in holders[triple]:
                graph.add((node, TL.attestedIn, holder))
    return graph


def statement_name(triple: Triple, names: Names) -> URIRef:
    """Name a statement by the digest of its N-Triples line, so that one statement has one name in every build."""
    # rdflib writes a plain string without its datatype, as canonical N-Triples does.
    line = " ".join(_n3(term) for term in triple) + " .\n"
    return names.thing(f"statement-{hashlib.sha256(line.encode()).hexdigest()[:16]}")


def _describe(graph: Graph, node: URIRef, triple: Triple) -> None:
    for predicate, term in zip((RDF.subject, RDF.predicate, RDF.object), triple, strict=True):
        graph.add((node, predicate, term))


def _needed(inferred: Graph, proofs: Mapping[Triple, Proof]) -> Iterator[Triple]:
    """Go from the inferred statements to all that they rest on."""
    waiting: list[Triple] = list(inferred)
    seen: set[Triple] = set()
    while waiting:
        triple = waiting.pop()
        if triple not in seen:
            seen.add(triple)
            yield triple
            if triple in proofs:
                waiting.extend(_named_premises(proofs[triple], proofs))


def _named_premises(proof: Proof, proofs: Mapping[Triple, Proof]) -> Iterator[Triple]:
    """Give the premises that name all they speak of.

    A premise about an unnamed class or list of the ontology is told by what it follows from in its turn, and left out
    where it is itself asserted: the axiom is found at the property or class that the other premises name.
    """
    waiting, seen = list(proof.premises), set()
    while waiting:
        triple = waiting.pop()
        if triple in seen:
            continue
        seen.add(triple)
        if not any(isinstance(term, BNode) for term in triple) and not isinstance(triple[0], Literal):
            yield triple
        elif triple in proofs:
            waiting.extend(proofs[triple].premises)


def _n3(term: Node) -> str:
    if not isinstance(term, Literal):
        return f"<{term}>"
    # Escaped as canonical N-Triples asks: https://www.w3.org/TR/rdf12-n-triples/#canonical-ntriples
    escaped = str(term).translate(_ESCAPES)
    if term.language:
        return f'"{escaped}"@{term.language}'
    return f'"{escaped}"^^<{term.datatype}>' if term.datatype else f'"{escaped}"'

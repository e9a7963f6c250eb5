"""The facts alone: what the archive says of the world, without what it says of sources and of its own terms.

Comes in: what is asserted, what reasoning added, the ontology. Goes out: the graph `graph/facts`, for queries that want
stated and inferred statements together and nothing else. Left out are the statements about passages and notes, those
whose property the ontology marks as bookkeeping, the points that a source leaves open, the names that are used no
longer, and the ontology. Labels, kinds and concepts stay: without them nobody can read a fact.
"""

from __future__ import annotations

from rdflib import RDF, Graph, Literal, URIRef
from rdflib.term import Node

from tulieu.vocabulary import TL, Names, is_term


def select_facts(asserted: Graph, inferred: Graph, ontology: Graph, names: Names) -> Graph:
    """Give the statements about the world as one set."""
    bookkeeping = set(ontology.subjects(TL.isBookkeeping, Literal(True)))
    # Neither is of the world: a point that a source leaves open, a name that is used no longer.
    beside = set(asserted.subjects(RDF.type, TL.UnstatedPoint)) | set(asserted.subjects(TL.withdrawnBecause))

    def is_of_the_world(node: Node) -> bool:
        return names.is_ours(str(node)) and not is_term(str(node)) and not names.is_source(str(node))

    facts = Graph(store="SimpleMemory")
    for part in (asserted, inferred):
        for subject, predicate, value in part:
            if predicate in bookkeeping or subject in beside or not is_of_the_world(subject):
                continue
            if not (isinstance(value, URIRef) and names.is_source(value)):
                facts.add((subject, predicate, value))
    return facts

"""The evidence of things and of inferred statements, over small graphs with proofs written by hand."""

import hashlib
import re
from collections.abc import Mapping

from rdflib import OWL, RDF, SKOS, BNode, Dataset, Graph, Literal, URIRef

from tulieu.pipeline.evidence import evidence, statement_name
from tulieu.pipeline.proofs import Proof, Triple
from tulieu.vocabulary import TL, Names

NAMES = Names()
HOLDER, HELD, HAS_HOLDING, HAS_HELD = (TL._NS[name] for name in ("holder", "heldOffice", "hasHolding", "hasHeldOffice"))
HOLDING, PERSON, OFFICE = (NAMES.thing(name) for name in ("holding-1", "person-a", "office-1"))
FIRST, SECOND = (URIRef(f"{NAMES.passage_prefix}sample-1/{name}") for name in ("p01.s1", "p02.s1"))
NOTE, ONTOLOGY = URIRef(f"{NAMES.note_prefix}sample-1/who"), NAMES.graph("ontology")
KIND = NAMES.thing("office-kind-head")
LIST, RESTRICTION = BNode("list"), BNode("restriction")

HAS_HOLDER: Triple = (HOLDING, HOLDER, PERSON)
HELD_OFFICE: Triple = (HOLDING, HELD, OFFICE)
INVERSE: Triple = (HAS_HOLDING, OWL.inverseOf, HOLDER)
CHAIN: Triple = (HAS_HELD, OWL.propertyChainAxiom, LIST)
HELD_BY: Triple = (PERSON, HAS_HOLDING, HOLDING)
SHORTCUT: Triple = (PERSON, HAS_HELD, OFFICE)

PROOFS: Mapping[Triple, Proof] = {
    HELD_BY: Proof("prp-inv2", (INVERSE, HAS_HOLDER)),
    SHORTCUT: Proof("prp-spo2", (CHAIN, HELD_BY, HELD_OFFICE)),
}


def make(inferred: tuple[Triple, ...] = (HELD_BY, SHORTCUT), proofs: Mapping[Triple, Proof] = PROOFS) -> Graph:
    dataset = Dataset()
    for name, triples in {
        FIRST: (HAS_HOLDER,),
        SECOND: (HAS_HOLDER, HELD_OFFICE),
        NOTE: ((PERSON, RDF.type, TL.Person), (PERSON, TL.hasKind, KIND)),
        ONTOLOGY: (INVERSE, CHAIN),
        NAMES.graph("authority"): ((OFFICE, RDF.type, TL.Office), (KIND, RDF.type, SKOS.Concept)),
    }.items():
        for triple in triples:
            dataset.graph(name).add(triple)
    graph = Graph()
    for triple in inferred:
        graph.add(triple)
    return evidence(dataset, NAMES, graph, proofs)


def test_a_thing_is_attested_where_a_passage_or_note_speaks_of_it_or_names_it() -> None:
    made = make()
    assert set(made.objects(HOLDING, TL.attestedIn)) == {FIRST, SECOND}
    assert set(made.objects(PERSON, TL.attestedIn)) == {FIRST, SECOND, NOTE}
    assert set(made.objects(OFFICE, TL.attestedIn)) == {SECOND}, "what the authority says attests nothing"
    assert set(made.objects(KIND, TL.attestedIn)) == set(), "a concept is a word of ours"


def test_an_inferred_statement_has_its_parts_its_rule_and_its_premises() -> None:
    made = make()
    node = statement_name(SHORTCUT, NAMES)
    assert (node, RDF.type, TL.InferredStatement) in made
    assert tuple(made.value(node, part) for part in (RDF.subject, RDF.predicate, RDF.object)) == SHORTCUT
    assert set(made.objects(node, TL.byRule)) == {Literal("prp-spo2")}
    premises = set(made.objects(node, TL.hasPremise))
    # The list of the chain has no name; the axiom is found at the property.
    assert premises == {statement_name(HELD_BY, NAMES), statement_name(HELD_OFFICE, NAMES)}


def test_asserted_premises_are_attested_in_every_graph_that_holds_them() -> None:
    made = make()
    node, axiom = statement_name(HAS_HOLDER, NAMES), statement_name(INVERSE, NAMES)
    assert (node, RDF.type, RDF.Statement) in made and (node, RDF.type, TL.InferredStatement) not in made
    assert set(made.objects(node, TL.attestedIn)) == {FIRST, SECOND}
    assert set(made.objects(axiom, TL.attestedIn)) == {ONTOLOGY}


def test_every_inferred_statement_leads_to_passages_by_its_premises() -> None:
    made = make()
    reached = {statement_name(SHORTCUT, NAMES)}
    while more := {premise for node in reached for premise in made.objects(node, TL.hasPremise)} - reached:
        reached |= more
    assert {place for node in reached for place in made.objects(node, TL.attestedIn)} == {FIRST, SECOND, ONTOLOGY}


def test_a_premise_on_the_way_is_explained_even_if_it_is_not_kept() -> None:
    made = make(inferred=(SHORTCUT,))
    assert (statement_name(HELD_BY, NAMES), RDF.type, TL.InferredStatement) in made


def test_a_premise_about_an_unnamed_class_is_told_by_what_it_follows_from() -> None:
    unnamed: Triple = (PERSON, RDF.type, RESTRICTION)
    named: Triple = (PERSON, RDF.type, TL.Organ)
    made = make(
        inferred=(named,),
        proofs={
            named: Proof("cax-sco", (unnamed,)),
            unnamed: Proof("cls-hv2", (HAS_HOLDER, (LIST, RDF.first, HOLDER))),
        },
    )
    assert set(made.objects(statement_name(named, NAMES), TL.hasPremise)) == {statement_name(HAS_HOLDER, NAMES)}
    assert not [term for triple in made for term in triple if isinstance(term, BNode)]


def test_only_what_inferred_statements_rest_on_becomes_a_node() -> None:
    made = make(inferred=(HELD_BY,))
    assert set(made.subjects(RDF.subject)) == {statement_name(each, NAMES) for each in (HELD_BY, INVERSE, HAS_HOLDER)}


def test_a_statement_has_one_name_whatever_its_literal_looks_like() -> None:
    seen = {
        statement_name((PERSON, TL.headline, value), NAMES)
        for value in (
            Literal('a"b\\\n'),
            Literal('a"b\\\\n'),
            Literal("a", lang="vi"),
            Literal("a", lang="en"),
            Literal("a"),
            Literal(1),
            URIRef("urn:a"),
        )
    }
    assert len(seen) == 7
    assert all(re.fullmatch(re.escape(NAMES.thing_prefix) + "statement-[0-9a-f]{16}", name) for name in seen)
    line = f"<{PERSON}> <{RDF.type}> <{TL.Person}> .\n"
    digest = hashlib.sha256(line.encode()).hexdigest()[:16]
    assert statement_name((PERSON, RDF.type, TL.Person), NAMES) == NAMES.thing(f"statement-{digest}")

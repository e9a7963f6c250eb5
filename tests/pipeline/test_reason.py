"""Reasoning over small archives: what is kept, how it is proved, what clashes, and that it is the same each time."""

from __future__ import annotations

import random

import pytest
from owlrl import DeductiveClosure, OWLRL_Semantics
from rdflib import OWL, RDF, RDFS, SKOS, XSD, BNode, Graph, Literal, Namespace, URIRef

from tulieu.pipeline import proofs
from tulieu.pipeline.proofs import Proof, UnprovedStatementError
from tulieu.pipeline.reason import reason
from tulieu.pipeline.rules import RULES
from tulieu.vocabulary import BASE_IRI, Names

from .verification import verify

NAMES = Names()
ID = Namespace(f"{BASE_IRI}id/")
TERM = Namespace(f"{BASE_IRI}ontology#")
ELSEWHERE = Namespace("https://elsewhere.example/terms#")
PREFIXES = f"""
PREFIX : <{TERM}> PREFIX id: <{ID}> PREFIX owl: <{OWL}> PREFIX rdf: <{RDF}> PREFIX rdfs: <{RDFS}> PREFIX xsd: <{XSD}>
PREFIX skos: <{SKOS}> PREFIX elsewhere: <{ELSEWHERE}>
"""
ONTOLOGY = """
:Agent a owl:Class ; rdfs:subClassOf elsewhere:Agent .
:Person a owl:Class ; rdfs:subClassOf :Agent ; rdfs:label "person"@en .
:Organ a owl:Class ; rdfs:subClassOf :Agent .
:Holding a owl:Class ; rdfs:subClassOf elsewhere:Situation .
:Conference a owl:Class ; rdfs:subClassOf :Event ,
  [ a owl:Restriction ; owl:onProperty :hasMode ; owl:hasValue id:mode-joint ] .
:Event a owl:Class .
[] a owl:AllDisjointClasses ; owl:members ( :Person :Organ :Event :Holding ) .
:holder a owl:ObjectProperty ; rdfs:domain :Holding ; rdfs:range :Person .
:hasHolding a owl:ObjectProperty ; owl:inverseOf :holder .
:heldOffice a owl:ObjectProperty ; rdfs:domain :Holding .
:officeIn a owl:ObjectProperty ; rdfs:range :Organ .
:hasHeldOffice owl:propertyChainAxiom ( :hasHolding :heldOffice ) .
:hasServedIn owl:propertyChainAxiom ( :hasHolding :heldOffice :officeIn ) ; rdfs:subPropertyOf elsewhere:servedIn .
:isPartOfEvent a owl:ObjectProperty , owl:TransitiveProperty ; rdfs:domain :Event ; rdfs:range :Event .
:borders a owl:ObjectProperty , owl:SymmetricProperty .
:headline a owl:DatatypeProperty ; rdfs:subPropertyOf elsewhere:title .
:printedForm a owl:DatatypeProperty ; rdfs:range rdf:langString .
:count a owl:DatatypeProperty ; rdfs:range xsd:decimal .
"""
DATA = """
id:holding-1 :holder id:person-a ; :heldOffice id:office-1 .
id:office-1 :officeIn id:organ-1 .
id:event-launch :isPartOfEvent id:event-session . id:event-session :isPartOfEvent id:event-conference .
id:event-conference :isPartOfEvent id:event-year .
id:event-conference a :Conference .
id:place-a :borders id:place-b .
id:article-1 :headline "Tin mẫu"@vi .
id:time-1 :printedForm "17/5"@vi .
id:figure-1 :count 5 .
"""


def read(statements: str) -> Graph:
    return Graph().parse(data=PREFIXES + statements, format="turtle")


@pytest.fixture
def merged() -> Graph:
    return read(ONTOLOGY + DATA)


def test_chain_of_two_and_of_three(merged: Graph) -> None:
    closure = reason(merged, NAMES)
    (axiom,) = merged.objects(TERM.hasHeldOffice, OWL.propertyChainAxiom)
    inverse = (ID["person-a"], TERM.hasHolding, ID["holding-1"])
    held = (ID["holding-1"], TERM.heldOffice, ID["office-1"])
    assert closure.proofs[ID["person-a"], TERM.hasHeldOffice, ID["office-1"]] == Proof(
        "prp-spo2", ((TERM.hasHeldOffice, OWL.propertyChainAxiom, axiom), inverse, held)
    )
    assert closure.proofs[inverse] == Proof(
        "prp-inv2",
        ((TERM.hasHolding, OWL.inverseOf, TERM.holder), (ID["holding-1"], TERM.holder, ID["person-a"])),
    )
    longer = closure.proofs[ID["person-a"], TERM.hasServedIn, ID["organ-1"]]
    assert longer.rule == "prp-spo2"
    assert longer.premises[1:] == (inverse, held, (ID["office-1"], TERM.officeIn, ID["organ-1"]))


def test_transitivity_reaches_over_three_steps(merged: Graph) -> None:
    closure = reason(merged, NAMES)
    ancestors = set(closure.inferred.objects(ID["event-launch"], TERM.isPartOfEvent))
    assert ancestors == {ID["event-conference"], ID["event-year"]}
    assert closure.proofs[ID["event-launch"], TERM.isPartOfEvent, ID["event-year"]].rule == "prp-trp"
    assert (ID["event-session"], TERM.isPartOfEvent, ID["event-launch"]) not in closure.inferred


def test_has_value_is_proved_through_the_unnamed_class(merged: Graph) -> None:
    closure = reason(merged, NAMES)
    proof = closure.proofs[ID["event-conference"], TERM.hasMode, ID["mode-joint"]]
    assert proof.rule == "cls-hv1"
    (typing,) = [premise for premise in proof.premises if premise[0] == ID["event-conference"]]
    assert isinstance(typing[2], BNode)
    assert closure.proofs[typing].rule == "cax-sco"
    assert typing not in closure.inferred


def test_foreign_classes_and_properties_of_our_things_are_kept(merged: Graph) -> None:
    inferred = reason(merged, NAMES).inferred
    assert (ID["person-a"], RDF.type, ELSEWHERE.Agent) in inferred
    assert (ID["person-a"], ELSEWHERE.servedIn, ID["organ-1"]) in inferred
    assert (ID["article-1"], ELSEWHERE.title, Literal("Tin mẫu", lang="vi")) in inferred
    assert (TERM.Person, RDFS.subClassOf, ELSEWHERE.Agent) in inferred


def test_what_is_not_about_us_is_dropped() -> None:
    merged = read(
        ONTOLOGY
        + DATA
        + "elsewhere:Agent rdfs:subClassOf elsewhere:Thing . elsewhere:Thing rdfs:subClassOf elsewhere:Anything ."
        + "id:place-b :borders id:place-a . elsewhere:x :borders id:place-a ."
        + ":holder rdfs:range owl:Thing . :Person rdfs:subClassOf rdfs:Resource ."
    )
    closure = reason(merged, NAMES)
    assert len(closure.inferred) > 20
    for subject, predicate, value in closure.inferred:
        assert isinstance(subject, URIRef)
        assert str(subject).startswith((str(ID), str(TERM)))
        assert not isinstance(value, BNode)
        assert subject != value
        assert not str(value).startswith((str(OWL), str(RDFS), str(RDF), str(XSD)))
        assert (subject, predicate, value) not in merged
        assert (subject, predicate, value) in closure.proofs
    assert closure.clashes == ()


def test_the_archive_may_have_names_of_its_own() -> None:
    merged = read(ONTOLOGY.replace("id:", "elsewhere:") + "<https://archive.example/id/x> a :Person . id:y a :Person .")
    inferred = reason(merged, Names("https://archive.example/")).inferred
    assert (URIRef("https://archive.example/id/x"), RDF.type, TERM.Agent) in inferred
    assert (TERM.Person, RDFS.subClassOf, ELSEWHERE.Agent) in inferred
    assert (ID.y, RDF.type, TERM.Agent) not in inferred


def test_shortcuts_taken_with_the_reasoner_lose_nothing(merged: Graph) -> None:
    """The reasoner as it comes, over all statements with labels and all, gives no kept statement more."""
    merged += read(
        "id:person-a owl:sameAs id:person-b . id:person-c owl:differentFrom id:person-a ."
        "skos:note a owl:AnnotationProperty ."
        ":remark a owl:AnnotationProperty ; rdfs:subPropertyOf skos:note . id:person-a :remark 'x' ."
    )
    closed = Graph()
    for triple in merged:
        closed.add(triple)
    # With improved_datatypes owlrl leaves its own readings of literals in rdflib, for all tests that follow.
    DeductiveClosure(OWLRL_Semantics, improved_datatypes=False).expand(closed)
    expected = {
        (subject, predicate, value)
        for subject, predicate, value in closed
        if isinstance(subject, URIRef)
        and str(subject).startswith((str(ID), str(TERM)))
        and not isinstance(value, BNode)
        and not str(value).startswith((str(OWL), str(RDFS), str(RDF), str(XSD)))
        and subject != value
        and predicate not in (RDFS.domain, RDFS.range)
        and (subject, predicate, value) not in merged
    }
    closure = reason(merged, NAMES)
    assert set(closure.inferred) == expected
    assert (ID["person-b"], TERM.hasHeldOffice, ID["office-1"]) in closure.inferred
    assert (ID["person-a"], SKOS.note, Literal("x")) in closure.inferred
    assert verify(closure.proofs, merged) == []


def test_no_proof_is_circular() -> None:
    """Mutual inverses, symmetry, equivalence and a chain that meets itself all offer circular proofs."""
    merged = read(
        """
        :above owl:inverseOf :below . :below owl:inverseOf :above .
        :borders a owl:SymmetricProperty , owl:TransitiveProperty .
        :A owl:equivalentClass :B . :B owl:equivalentClass :C . :C rdfs:subClassOf :A .
        :above owl:propertyChainAxiom ( :above :above ) .
        :knows owl:equivalentProperty :meets . :meets rdfs:subPropertyOf :knows .
        id:a :above id:b . id:b :above id:c . id:c :above id:d .
        id:p :borders id:q . id:q :borders id:r .
        id:a a :A . id:x :knows id:y . id:y :meets id:z .
        """
    )
    closure = reason(merged, NAMES)
    assert (ID.d, TERM.below, ID.a) in closure.inferred
    assert (ID.r, TERM.borders, ID.p) in closure.inferred
    assert (ID.a, RDF.type, TERM.C) in closure.inferred
    assert verify(closure.proofs, merged) == []


def test_verification_finds_what_is_wrong(merged: Graph) -> None:
    sound = reason(merged, NAMES).proofs
    goal = (ID["place-b"], TERM.borders, ID["place-a"])
    asserted = (ID["place-a"], TERM.borders, ID["place-b"])
    symmetric = (TERM.borders, RDF.type, OWL.SymmetricProperty)
    assert sound[goal] == Proof("prp-symp", (symmetric, asserted))
    assert verify(sound, merged) == []
    assert "does not follow" in verify({**sound, goal: Proof("prp-trp", (symmetric, asserted))}, merged)[0]
    assert "does not follow" in verify({**sound, goal: Proof("prp-symp", (asserted,))}, merged)[0]
    superfluous = Proof(
        "prp-symp", (symmetric, asserted, (ID["article-1"], TERM.headline, Literal("Tin mẫu", lang="vi")))
    )
    assert "does not follow" in verify({**sound, goal: superfluous}, merged)[0]
    merged.remove(asserted)
    assert "neither asserted nor proved" in verify(sound, merged)[0]
    circle = {goal: Proof("prp-symp", (symmetric, asserted)), asserted: Proof("prp-symp", (symmetric, goal))}
    assert "circular" in verify(circle, merged)[0]


def test_the_smallest_proof_wins() -> None:
    merged = read(
        ":A rdfs:subClassOf :C . :B rdfs:subClassOf :C . :p rdfs:domain :C . id:x a :B , :A ; :p id:y ."
        ":A rdfs:subClassOf :B ."
    )
    proof = reason(merged, NAMES).proofs[ID.x, RDF.type, TERM.C]
    assert proof == Proof("cax-sco", ((TERM.A, RDFS.subClassOf, TERM.C), (ID.x, RDF.type, TERM.A)))


def test_same_files_give_same_proofs() -> None:
    """Blank nodes have other labels, and sets another order, each time that files are read."""
    lines = [statement + " ." for statement in (ONTOLOGY + DATA).split(" .\n") if statement.strip()]
    lines += [
        ":Session rdfs:subClassOf [ owl:onProperty :hasMode ; owl:hasValue id:mode-joint ] .",
        "id:s a :Session .",
    ]
    lines += ["id:event-conference a :Session ."]
    outcomes = set()
    for seed in range(4):
        random.Random(seed).shuffle(lines)
        closure = reason(read("\n".join(lines)), NAMES)
        outcomes.add(tuple(sorted(_described(closure.proofs))))
    assert len(outcomes) == 1


def _described(found: dict[proofs.Triple, Proof]) -> list[str]:
    named = {triple: proof for triple, proof in found.items() if not any(isinstance(term, BNode) for term in triple)}
    return [
        f"{triple} {proof.rule} {[[('_' if isinstance(term, BNode) else term) for term in p] for p in proof.premises]}"
        for triple, proof in named.items()
    ]


def test_a_clash_names_what_was_asserted() -> None:
    """The holder of an office is a person, by range; the same thing is said elsewhere to be an organ."""
    wrong = "id:holding-2 :holder id:organ-1 ."
    merged = read(ONTOLOGY + DATA + wrong)
    closure = reason(merged, NAMES)
    (clash,) = closure.clashes
    assert clash.rule == "cax-adc"
    assert (ID["holding-2"], TERM.holder, ID["organ-1"]) in clash.statements
    assert (ID["office-1"], TERM.officeIn, ID["organ-1"]) in clash.statements
    assert (TERM.holder, RDFS.range, TERM.Person) in clash.statements
    assert all(statement in merged for statement in clash.statements)
    assert len(clash.statements) == 6
    assert "id:organ-1 rdf:type tl:Organ" in clash.explanation
    assert "two classes kept apart" in clash.explanation
    assert "_:" not in clash.explanation


def test_each_pair_of_mistakes_is_one_clash() -> None:
    merged = read(ONTOLOGY + "id:x a :Person , :Organ . id:y a :Organ , :Event .")
    assert [len(clash.statements) for clash in reason(merged, NAMES).clashes] == [4, 4]


def test_a_literal_outside_the_range_clashes() -> None:
    merged = read(ONTOLOGY + 'id:figure-2 :count "5"^^xsd:date . id:time-2 :printedForm "17/5" .')
    assert {clash.rule for clash in reason(merged, NAMES).clashes} == {"dt-not-type"}
    merged = read(ONTOLOGY + 'id:time-2 :printedForm "17/5" .')
    (clash,) = reason(merged, NAMES).clashes
    assert set(clash.statements) == {
        (ID["time-2"], TERM.printedForm, Literal("17/5")),
        (TERM.printedForm, RDFS.range, RDF.langString),
    }


def test_an_objection_that_the_table_does_not_know_is_a_clash(monkeypatch: pytest.MonkeyPatch, merged: Graph) -> None:
    merged += read("id:x a :Person , :Organ .")
    monkeypatch.setattr(proofs, "RULES", tuple(rule for rule in RULES if rule.conclusion))
    (clash,) = reason(merged, NAMES).clashes
    assert clash.rule == "owlrl"
    assert "isjoint" in clash.explanation


def test_a_statement_without_proof_stops_the_build(monkeypatch: pytest.MonkeyPatch, merged: Graph) -> None:
    monkeypatch.setattr(proofs, "RULES", tuple(rule for rule in RULES if rule.name != "prp-trp"))
    with pytest.raises(
        UnprovedStatementError, match=r"inferred statements follow by no rule[^\n]*\n[^\n]*isPartOfEvent"
    ):
        reason(merged, NAMES)


def test_nothing_follows_from_nothing() -> None:
    closure = reason(Graph(), NAMES)
    assert (len(closure.inferred), closure.proofs, closure.clashes) == (0, {}, ())

"""Every rule of the table has a smallest graph here in which it alone proves a statement or shows a clash."""

from __future__ import annotations

import pytest
from owlrl import DeductiveClosure, OWLRL_Semantics
from rdflib import OWL, RDF, RDFS, XSD, Graph, Literal, Namespace, URIRef
from rdflib.term import Node

from tulieu.pipeline import proofs
from tulieu.pipeline.datatypes import is_in_value_space
from tulieu.pipeline.proofs import Prover
from tulieu.pipeline.reason import reason
from tulieu.pipeline.rules import RULES, spell_out
from tulieu.vocabulary import BASE_IRI, Names

from .verification import verify

ID = Namespace(f"{BASE_IRI}id/")
TERM = Namespace(f"{BASE_IRI}ontology#")
PREFIXES = f"""
PREFIX : <{TERM}> PREFIX id: <{ID}> PREFIX owl: <{OWL}> PREFIX rdf: <{RDF}> PREFIX rdfs: <{RDFS}> PREFIX xsd: <{XSD}>
"""

# rule | what is asserted | what the rule alone then proves
PROVING = """
eq-sym     | id:a owl:sameAs id:b                                             | id:b owl:sameAs id:a
eq-trans   | id:a owl:sameAs id:b . id:b owl:sameAs id:c                      | id:a owl:sameAs id:c
eq-rep-s   | id:a owl:sameAs id:b . id:a :p id:c                              | id:b :p id:c
eq-rep-p   | :p owl:sameAs :q . id:a :p id:b                                  | id:a :q id:b
eq-rep-o   | id:b owl:sameAs id:c . id:a :p id:b                              | id:a :p id:c
prp-dom    | :p rdfs:domain :C . id:a :p id:b                                 | id:a a :C
prp-rng    | :p rdfs:range :C . id:a :p id:b                                  | id:b a :C
prp-fp     | :p a owl:FunctionalProperty . id:a :p id:b, id:c                 | id:b owl:sameAs id:c
prp-ifp    | :p a owl:InverseFunctionalProperty . id:a :p id:c . id:b :p id:c | id:a owl:sameAs id:b
prp-symp   | :p a owl:SymmetricProperty . id:a :p id:b                        | id:b :p id:a
prp-trp    | :p a owl:TransitiveProperty . id:a :p id:b . id:b :p id:c        | id:a :p id:c
prp-spo1   | :p rdfs:subPropertyOf :q . id:a :p id:b                          | id:a :q id:b
prp-spo2   | :p owl:propertyChainAxiom (:q :r) . id:a :q id:b . id:b :r id:c  | id:a :p id:c
prp-spo2   | :p owl:propertyChainAxiom (:q :q :r) . id:a :q id:b . id:b :q id:c . id:c :r id:d | id:a :p id:d
prp-eqp1   | :p owl:equivalentProperty :q . id:a :p id:b                      | id:a :q id:b
prp-eqp2   | :p owl:equivalentProperty :q . id:a :q id:b                      | id:a :p id:b
prp-inv1   | :p owl:inverseOf :q . id:a :p id:b                               | id:b :q id:a
prp-inv2   | :p owl:inverseOf :q . id:a :q id:b                               | id:b :p id:a
prp-key    | :C owl:hasKey (:p :q) . id:a a :C ; :p 1 ; :q 2 . id:b a :C ; :p 1 ; :q 2 | id:a owl:sameAs id:b
cls-thing  | id:a :p id:b                                                     | owl:Thing a owl:Class
cls-int1   | :C owl:intersectionOf (:A :B) . id:a a :A, :B                    | id:a a :C
cls-int2   | :C owl:intersectionOf (:A :B) . id:a a :C                        | id:a a :B
cls-uni    | :C owl:unionOf (:A :B) . id:a a :B                               | id:a a :C
cls-svf1   | :C owl:someValuesFrom :D ; owl:onProperty :p . id:a :p id:b . id:b a :D | id:a a :C
cls-svf2   | :C owl:someValuesFrom owl:Thing ; owl:onProperty :p . id:a :p id:b | id:a a :C
cls-avf    | :C owl:allValuesFrom :D ; owl:onProperty :p . id:a a :C ; :p id:b | id:b a :D
cls-hv1    | :C owl:hasValue id:v ; owl:onProperty :p . id:a a :C             | id:a :p id:v
cls-hv2    | :C owl:hasValue id:v ; owl:onProperty :p . id:a :p id:v          | id:a a :C
cls-maxc2  | :C owl:maxCardinality 1 ; owl:onProperty :p . id:a a :C ; :p id:b, id:c | id:b owl:sameAs id:c
cls-maxqc3 | :C owl:maxQualifiedCardinality 1 ; owl:onProperty :p ; owl:onClass :D . id:a a :C ; :p id:b, id:c .
             id:b a :D . id:c a :D                                            | id:b owl:sameAs id:c
cls-maxqc4 | :C owl:maxQualifiedCardinality 1 ; owl:onProperty :p ; owl:onClass owl:Thing .
             id:a a :C ; :p id:b, id:c                                        | id:b owl:sameAs id:c
cls-oo     | :C owl:oneOf (id:a id:b)                                         | id:b a :C
cax-sco    | :A rdfs:subClassOf :B . id:a a :A                                | id:a a :B
cax-eqc1   | :A owl:equivalentClass :B . id:a a :A                            | id:a a :B
cax-eqc2   | :A owl:equivalentClass :B . id:a a :B                            | id:a a :A
dt-type2   | id:a :p 5                                                        | 5 a xsd:decimal
scm-cls    | :A a owl:Class                                                   | :A rdfs:subClassOf :A
scm-cls    | :A a owl:Class                                                   | :A owl:equivalentClass :A
scm-cls    | :A a owl:Class                                                   | :A rdfs:subClassOf owl:Thing
scm-cls    | :A a owl:Class                                                   | owl:Nothing rdfs:subClassOf :A
scm-sco    | :A rdfs:subClassOf :B . :B rdfs:subClassOf :C                    | :A rdfs:subClassOf :C
scm-eqc1   | :A owl:equivalentClass :B                                        | :A rdfs:subClassOf :B
scm-eqc1   | :A owl:equivalentClass :B                                        | :B rdfs:subClassOf :A
scm-eqc2   | :A rdfs:subClassOf :B . :B rdfs:subClassOf :A                    | :A owl:equivalentClass :B
scm-op     | :p a owl:ObjectProperty                                          | :p rdfs:subPropertyOf :p
scm-op     | :p a owl:ObjectProperty                                          | :p owl:equivalentProperty :p
scm-dp     | :p a owl:DatatypeProperty                                        | :p rdfs:subPropertyOf :p
scm-dp     | :p a owl:DatatypeProperty                                        | :p owl:equivalentProperty :p
scm-spo    | :p rdfs:subPropertyOf :q . :q rdfs:subPropertyOf :r              | :p rdfs:subPropertyOf :r
scm-eqp1   | :p owl:equivalentProperty :q                                     | :p rdfs:subPropertyOf :q
scm-eqp1   | :p owl:equivalentProperty :q                                     | :q rdfs:subPropertyOf :p
scm-eqp2   | :p rdfs:subPropertyOf :q . :q rdfs:subPropertyOf :p              | :p owl:equivalentProperty :q
scm-dom1   | :p rdfs:domain :A . :A rdfs:subClassOf :B                        | :p rdfs:domain :B
scm-dom2   | :q rdfs:domain :A . :p rdfs:subPropertyOf :q                     | :p rdfs:domain :A
scm-rng1   | :p rdfs:range :A . :A rdfs:subClassOf :B                         | :p rdfs:range :B
scm-rng2   | :q rdfs:range :A . :p rdfs:subPropertyOf :q                      | :p rdfs:range :A
scm-hv     | :A owl:hasValue id:v ; owl:onProperty :p . :B owl:hasValue id:v ; owl:onProperty :q .
             :p rdfs:subPropertyOf :q                                         | :A rdfs:subClassOf :B
scm-svf1   | :A owl:someValuesFrom :C ; owl:onProperty :p . :B owl:someValuesFrom :D ; owl:onProperty :p .
             :C rdfs:subClassOf :D                                            | :A rdfs:subClassOf :B
scm-svf2   | :A owl:someValuesFrom :C ; owl:onProperty :p . :B owl:someValuesFrom :C ; owl:onProperty :q .
             :p rdfs:subPropertyOf :q                                         | :A rdfs:subClassOf :B
scm-avf1   | :A owl:allValuesFrom :C ; owl:onProperty :p . :B owl:allValuesFrom :D ; owl:onProperty :p .
             :C rdfs:subClassOf :D                                            | :A rdfs:subClassOf :B
scm-avf2   | :A owl:allValuesFrom :C ; owl:onProperty :p . :B owl:allValuesFrom :C ; owl:onProperty :q .
             :p rdfs:subPropertyOf :q                                         | :B rdfs:subClassOf :A
scm-int    | :C owl:intersectionOf (:A :B)                                    | :C rdfs:subClassOf :B
scm-uni    | :C owl:unionOf (:A :B)                                           | :B rdfs:subClassOf :C
"""

# rule | what is asserted: all of it clashes, but for the cells of lists
CLASHING = """
eq-diff1     | id:a owl:sameAs id:b ; owl:differentFrom id:b
eq-diff2     | [ a owl:AllDifferent ; owl:members (id:a id:b id:c) ] . id:b owl:sameAs id:c
eq-diff3     | [ a owl:AllDifferent ; owl:distinctMembers (id:a id:b id:c) ] . id:a owl:sameAs id:c
prp-irp      | :p a owl:IrreflexiveProperty . id:a :p id:a
prp-asyp     | :p a owl:AsymmetricProperty . id:a :p id:b . id:b :p id:a
prp-pdw      | :p owl:propertyDisjointWith :q . id:a :p id:b ; :q id:b
prp-adp      | [ a owl:AllDisjointProperties ; owl:members (:p :q :r) ] . id:a :q id:b ; :r id:b
prp-npa1     | [ owl:sourceIndividual id:a ; owl:assertionProperty :p ; owl:targetIndividual id:b ] . id:a :p id:b
prp-npa2     | [ owl:sourceIndividual id:a ; owl:assertionProperty :p ; owl:targetValue 5 ] . id:a :p 5
cls-nothing2 | id:a a owl:Nothing
cls-com      | :A owl:complementOf :B . id:a a :A, :B
cls-maxc1    | :A owl:maxCardinality 0 ; owl:onProperty :p . id:a a :A ; :p id:b
cls-maxqc1   | :A owl:maxQualifiedCardinality 0 ; owl:onProperty :p ; owl:onClass :B . id:a a :A ; :p id:b . id:b a :B
cls-maxqc2   | :A owl:maxQualifiedCardinality 0 ; owl:onProperty :p ; owl:onClass owl:Thing . id:a a :A ; :p id:b
cax-dw       | :A owl:disjointWith :B . id:a a :A, :B
cax-adc      | [ a owl:AllDisjointClasses ; owl:members (:A :B :C) ] . id:a a :B, :C
dt-not-type  | :p rdfs:range xsd:integer . id:a :p true
"""


def rows(table: str) -> list[list[str]]:
    lines = table.strip().replace("\n    ", " ").splitlines()
    return [[cell.strip() for cell in line.split("|")] for line in lines]


def read(statements: str) -> Graph:
    return Graph().parse(data=f"{PREFIXES}{statements} .", format="turtle")


def read_statement(text: str) -> tuple[Node, Node, Node]:
    if text.startswith("5 "):  # what no syntax of RDF can write: a literal as subject
        return Literal(5), RDF.type, XSD.decimal
    (triple,) = read(text)
    return triple


def close(graph: Graph) -> Graph:
    closed = Graph()
    for triple in graph:
        closed.add(triple)
    # With improved_datatypes owlrl leaves its own readings of literals in rdflib, for all tests that follow.
    DeductiveClosure(OWLRL_Semantics, improved_datatypes=False).expand(closed)
    return closed


@pytest.mark.parametrize(("rule", "asserted", "conclusion"), rows(PROVING))
def test_rule_proves(monkeypatch: pytest.MonkeyPatch, rule: str, asserted: str, conclusion: str) -> None:
    graph, goal = read(asserted), read_statement(conclusion)
    closed = close(graph)
    monkeypatch.setattr(proofs, "RULES", tuple(known for known in RULES if known.name == rule))
    found = Prover(graph, closed).prove([goal])
    assert found[goal].rule == rule
    assert len(found) == 1
    assert verify(found, graph) == []
    monkeypatch.setattr(proofs, "RULES", RULES)
    assert Prover(graph, closed).prove([goal])[goal].rule == rule


@pytest.mark.parametrize(("rule", "asserted"), rows(CLASHING))
def test_rule_shows_clash(rule: str, asserted: str) -> None:
    graph = read(asserted)
    (clash,) = reason(graph, Names()).clashes
    cells = {*graph.triples((None, RDF.first, None)), *graph.triples((None, RDF.rest, None))}
    assert clash.rule == rule
    assert set(clash.statements) == set(graph) - cells
    assert f"({rule})" in clash.explanation


def test_every_rule_has_its_example() -> None:
    names = {rule.name for rule in RULES}
    assert {row[0] for row in rows(PROVING)} == {rule.name for rule in RULES if rule.conclusion} | {"dt-type2"}
    assert {row[0] for row in rows(CLASHING)} == {rule.name for rule in RULES if not rule.conclusion} | {"dt-not-type"}
    assert len(names) == 70


def test_cardinalities_may_be_written_as_the_standard_or_as_the_store_does() -> None:
    for number in ("0", '"0"^^xsd:nonNegativeInteger'):
        graph = read(f":A owl:maxCardinality {number} ; owl:onProperty :p . id:a a :A ; :p id:b")
        assert [clash.rule for clash in reason(graph, Names()).clashes] == ["cls-maxc1"]


def test_clashing_rules_say_what_is_wrong() -> None:
    for rule in RULES:
        assert bool(rule.meaning) == (rule.conclusion is None), rule.name


def test_rule_over_a_list_is_spelled_out_for_its_members() -> None:
    (chain,) = [rule for rule in RULES if rule.name == "prp-spo2"]
    (spelled,) = spell_out(chain, ID.list, [TERM.p, TERM.q, TERM.r])
    assert [premise[1] for premise in spelled.premises] == [OWL.propertyChainAxiom, TERM.p, TERM.q, TERM.r]
    assert spelled.conclusion is not None
    assert spelled.conclusion[0] == spelled.premises[1][0]
    assert spelled.conclusion[2] == spelled.premises[3][2]
    (apart,) = [rule for rule in RULES if rule.name == "cax-adc"]
    assert len(list(spell_out(apart, ID.list, [TERM.p, TERM.q, TERM.r]))) == 3


@pytest.mark.parametrize(
    ("text", "own", "asked", "belongs"),
    [
        ("5", XSD.integer, XSD.decimal, True),
        ("5", XSD.integer, XSD.nonNegativeInteger, True),
        ("-5", XSD.integer, XSD.nonNegativeInteger, False),
        ("5", XSD.decimal, XSD.integer, True),
        ("5.5", XSD.decimal, XSD.integer, False),
        ("5", XSD.integer, XSD.double, False),
        ("2023", XSD.gYear, XSD.date, False),
        ("2023-05-17", XSD.date, XSD.date, True),
        ("x", None, XSD.string, True),
        ("x", None, RDFS.Literal, True),
        ("x", None, RDF.langString, False),
        ("x", None, XSD.date, False),
        ("x", None, TERM.unknown, True),
    ],
)
def test_value_spaces(text: str, own: URIRef | None, asked: URIRef, belongs: bool) -> None:
    assert is_in_value_space(Literal(text, datatype=own), asked) is belongs


def test_tagged_text_belongs_to_tagged_text_only() -> None:
    assert is_in_value_space(Literal("17/5", lang="vi"), RDF.langString)
    assert not is_in_value_space(Literal("17/5", lang="vi"), XSD.string)

"""The rules of OWL 2 RL, as a table that can be read beside the standard.

https://www.w3.org/TR/owl2-profiles/#Reasoning_in_OWL_2_RL_and_RDF_Graphs_using_Rules

What comes in: the text table below, once, and for rules over lists the members of each list. What goes out: `RULES`,
each a name of the standard, patterns of statements that must hold (premises) and the pattern that then holds too
(conclusion), or no conclusion where the premises contradict each other (a clash).

One line is one rule: `name  premises => conclusion`, or `name  premises => false  what is wrong`. Notation:

- `?x` is a variable; `?list` is the head of an RDF list, `?item` a member of it, `?other` a later member.
- A rule that speaks of `?item` is one rule for each member; what stands in brackets is asked of every member, with
  variables numbered by its place: `{i}`, `{i+1}`, and `{n}` for the length of the list.
- A line that begins with a space continues the one before. A rule with several conclusions has a line for each.

Left out on purpose: eq-ref and the axiomatic triples prp-ap, dt-type1 and cls-nothing1 (their conclusions are about
terms of OWL itself and are never kept), dt-eq and dt-diff (owlrl does not apply them).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from rdflib import OWL, RDF, RDFS, XSD, Literal, URIRef, Variable
from rdflib.term import Node

Pattern = tuple[Node, Node, Node]

_EQUALITY = """
eq-sym     ?x owl:sameAs ?y                                       => ?y owl:sameAs ?x
eq-trans   ?x owl:sameAs ?y . ?y owl:sameAs ?z                    => ?x owl:sameAs ?z
eq-rep-s   ?s owl:sameAs ?s2 . ?s ?p ?o                           => ?s2 ?p ?o
eq-rep-p   ?p owl:sameAs ?p2 . ?s ?p ?o                           => ?s ?p2 ?o
eq-rep-o   ?o owl:sameAs ?o2 . ?s ?p ?o                           => ?s ?p ?o2
eq-diff1   ?x owl:sameAs ?y . ?x owl:differentFrom ?y             => false  one thing is said to be two
eq-diff2   ?x rdf:type owl:AllDifferent . ?x owl:members ?list . ?item owl:sameAs ?other
                                                                  => false  one thing is said to be two
eq-diff3   ?x rdf:type owl:AllDifferent . ?x owl:distinctMembers ?list . ?item owl:sameAs ?other
                                                                  => false  one thing is said to be two
"""

_PROPERTIES = """
prp-dom    ?p rdfs:domain ?c . ?x ?p ?y                           => ?x rdf:type ?c
prp-rng    ?p rdfs:range ?c . ?x ?p ?y                            => ?y rdf:type ?c
prp-fp     ?p rdf:type owl:FunctionalProperty . ?x ?p ?y1 . ?x ?p ?y2
                                                                  => ?y1 owl:sameAs ?y2
prp-ifp    ?p rdf:type owl:InverseFunctionalProperty . ?x1 ?p ?y . ?x2 ?p ?y
                                                                  => ?x1 owl:sameAs ?x2
prp-irp    ?p rdf:type owl:IrreflexiveProperty . ?x ?p ?x         => false  a thing is related to itself
prp-symp   ?p rdf:type owl:SymmetricProperty . ?x ?p ?y           => ?y ?p ?x
prp-asyp   ?p rdf:type owl:AsymmetricProperty . ?x ?p ?y . ?y ?p ?x
                                                                  => false  a relation of one direction runs both ways
prp-trp    ?p rdf:type owl:TransitiveProperty . ?x ?p ?y . ?y ?p ?z
                                                                  => ?x ?p ?z
prp-spo1   ?p1 rdfs:subPropertyOf ?p2 . ?x ?p1 ?y                 => ?x ?p2 ?y
prp-spo2   ?p owl:propertyChainAxiom ?list [ ?u{i} ?item ?u{i+1} ]
                                                                  => ?u0 ?p ?u{n}
prp-eqp1   ?p1 owl:equivalentProperty ?p2 . ?x ?p1 ?y             => ?x ?p2 ?y
prp-eqp2   ?p1 owl:equivalentProperty ?p2 . ?x ?p2 ?y             => ?x ?p1 ?y
prp-pdw    ?p1 owl:propertyDisjointWith ?p2 . ?x ?p1 ?y . ?x ?p2 ?y
                                                                  => false  two relations exclude each other
prp-adp    ?x rdf:type owl:AllDisjointProperties . ?x owl:members ?list . ?y ?item ?z . ?y ?other ?z
                                                                  => false  two relations exclude each other
prp-inv1   ?p1 owl:inverseOf ?p2 . ?x ?p1 ?y                      => ?y ?p2 ?x
prp-inv2   ?p1 owl:inverseOf ?p2 . ?x ?p2 ?y                      => ?y ?p1 ?x
prp-key    ?c owl:hasKey ?list . ?x rdf:type ?c . ?y rdf:type ?c [ ?x ?item ?z{i} . ?y ?item ?z{i} ]
                                                                  => ?x owl:sameAs ?y
prp-npa1   ?a owl:sourceIndividual ?x . ?a owl:assertionProperty ?p . ?a owl:targetIndividual ?y . ?x ?p ?y
                                                                  => false  a statement is denied and made
prp-npa2   ?a owl:sourceIndividual ?x . ?a owl:assertionProperty ?p . ?a owl:targetValue ?y . ?x ?p ?y
                                                                  => false  a statement is denied and made
"""

_CLASSES = """
cls-thing                                                         => owl:Thing rdf:type owl:Class
cls-nothing2  ?x rdf:type owl:Nothing                             => false  a thing is in the empty class
cls-int1   ?c owl:intersectionOf ?list [ ?y rdf:type ?item ]      => ?y rdf:type ?c
cls-int2   ?c owl:intersectionOf ?list . ?y rdf:type ?c           => ?y rdf:type ?item
cls-uni    ?c owl:unionOf ?list . ?y rdf:type ?item               => ?y rdf:type ?c
cls-com    ?c1 owl:complementOf ?c2 . ?x rdf:type ?c1 . ?x rdf:type ?c2
                                                                  => false  a thing is in a class and outside it
cls-svf1   ?x owl:someValuesFrom ?y . ?x owl:onProperty ?p . ?u ?p ?v . ?v rdf:type ?y
                                                                  => ?u rdf:type ?x
cls-svf2   ?x owl:someValuesFrom owl:Thing . ?x owl:onProperty ?p . ?u ?p ?v
                                                                  => ?u rdf:type ?x
cls-avf    ?x owl:allValuesFrom ?y . ?x owl:onProperty ?p . ?u rdf:type ?x . ?u ?p ?v
                                                                  => ?v rdf:type ?y
cls-hv1    ?x owl:hasValue ?y . ?x owl:onProperty ?p . ?u rdf:type ?x
                                                                  => ?u ?p ?y
cls-hv2    ?x owl:hasValue ?y . ?x owl:onProperty ?p . ?u ?p ?y   => ?u rdf:type ?x
cls-maxc1  ?x owl:maxCardinality 0 . ?x owl:onProperty ?p . ?u rdf:type ?x . ?u ?p ?y
                                                                  => false  a thing has a value that its class forbids
cls-maxc2  ?x owl:maxCardinality 1 . ?x owl:onProperty ?p . ?u rdf:type ?x . ?u ?p ?y1 . ?u ?p ?y2
                                                                  => ?y1 owl:sameAs ?y2
cls-maxqc1  ?x owl:maxQualifiedCardinality 0 . ?x owl:onProperty ?p . ?x owl:onClass ?c . ?u rdf:type ?x . ?u ?p ?y .
            ?y rdf:type ?c                                        => false  a thing has a value that its class forbids
cls-maxqc2  ?x owl:maxQualifiedCardinality 0 . ?x owl:onProperty ?p . ?x owl:onClass owl:Thing . ?u rdf:type ?x .
            ?u ?p ?y                                              => false  a thing has a value that its class forbids
cls-maxqc3  ?x owl:maxQualifiedCardinality 1 . ?x owl:onProperty ?p . ?x owl:onClass ?c . ?u rdf:type ?x . ?u ?p ?y1 .
            ?y1 rdf:type ?c . ?u ?p ?y2 . ?y2 rdf:type ?c         => ?y1 owl:sameAs ?y2
cls-maxqc4  ?x owl:maxQualifiedCardinality 1 . ?x owl:onProperty ?p . ?x owl:onClass owl:Thing . ?u rdf:type ?x .
            ?u ?p ?y1 . ?u ?p ?y2                                 => ?y1 owl:sameAs ?y2
cls-oo     ?c owl:oneOf ?list                                     => ?item rdf:type ?c
cax-sco    ?c1 rdfs:subClassOf ?c2 . ?x rdf:type ?c1              => ?x rdf:type ?c2
cax-eqc1   ?c1 owl:equivalentClass ?c2 . ?x rdf:type ?c1          => ?x rdf:type ?c2
cax-eqc2   ?c1 owl:equivalentClass ?c2 . ?x rdf:type ?c2          => ?x rdf:type ?c1
cax-dw     ?c1 owl:disjointWith ?c2 . ?x rdf:type ?c1 . ?x rdf:type ?c2
                                                                  => false  a thing is in two classes kept apart
cax-adc    ?x rdf:type owl:AllDisjointClasses . ?x owl:members ?list . ?y rdf:type ?item . ?y rdf:type ?other
                                                                  => false  a thing is in two classes kept apart
"""

_SCHEMA = """
scm-cls    ?c rdf:type owl:Class                                  => ?c rdfs:subClassOf ?c
scm-cls    ?c rdf:type owl:Class                                  => ?c owl:equivalentClass ?c
scm-cls    ?c rdf:type owl:Class                                  => ?c rdfs:subClassOf owl:Thing
scm-cls    ?c rdf:type owl:Class                                  => owl:Nothing rdfs:subClassOf ?c
scm-sco    ?c1 rdfs:subClassOf ?c2 . ?c2 rdfs:subClassOf ?c3      => ?c1 rdfs:subClassOf ?c3
scm-eqc1   ?c1 owl:equivalentClass ?c2                            => ?c1 rdfs:subClassOf ?c2
scm-eqc1   ?c1 owl:equivalentClass ?c2                            => ?c2 rdfs:subClassOf ?c1
scm-eqc2   ?c1 rdfs:subClassOf ?c2 . ?c2 rdfs:subClassOf ?c1      => ?c1 owl:equivalentClass ?c2
scm-op     ?p rdf:type owl:ObjectProperty                         => ?p rdfs:subPropertyOf ?p
scm-op     ?p rdf:type owl:ObjectProperty                         => ?p owl:equivalentProperty ?p
scm-dp     ?p rdf:type owl:DatatypeProperty                       => ?p rdfs:subPropertyOf ?p
scm-dp     ?p rdf:type owl:DatatypeProperty                       => ?p owl:equivalentProperty ?p
scm-spo    ?p1 rdfs:subPropertyOf ?p2 . ?p2 rdfs:subPropertyOf ?p3
                                                                  => ?p1 rdfs:subPropertyOf ?p3
scm-eqp1   ?p1 owl:equivalentProperty ?p2                         => ?p1 rdfs:subPropertyOf ?p2
scm-eqp1   ?p1 owl:equivalentProperty ?p2                         => ?p2 rdfs:subPropertyOf ?p1
scm-eqp2   ?p1 rdfs:subPropertyOf ?p2 . ?p2 rdfs:subPropertyOf ?p1
                                                                  => ?p1 owl:equivalentProperty ?p2
scm-dom1   ?p rdfs:domain ?c1 . ?c1 rdfs:subClassOf ?c2           => ?p rdfs:domain ?c2
scm-dom2   ?p2 rdfs:domain ?c . ?p1 rdfs:subPropertyOf ?p2        => ?p1 rdfs:domain ?c
scm-rng1   ?p rdfs:range ?c1 . ?c1 rdfs:subClassOf ?c2            => ?p rdfs:range ?c2
scm-rng2   ?p2 rdfs:range ?c . ?p1 rdfs:subPropertyOf ?p2         => ?p1 rdfs:range ?c
scm-hv     ?c1 owl:hasValue ?i . ?c1 owl:onProperty ?p1 . ?c2 owl:hasValue ?i . ?c2 owl:onProperty ?p2 .
           ?p1 rdfs:subPropertyOf ?p2                             => ?c1 rdfs:subClassOf ?c2
scm-svf1   ?c1 owl:someValuesFrom ?y1 . ?c1 owl:onProperty ?p . ?c2 owl:someValuesFrom ?y2 . ?c2 owl:onProperty ?p .
           ?y1 rdfs:subClassOf ?y2                                => ?c1 rdfs:subClassOf ?c2
scm-svf2   ?c1 owl:someValuesFrom ?y . ?c1 owl:onProperty ?p1 . ?c2 owl:someValuesFrom ?y . ?c2 owl:onProperty ?p2 .
           ?p1 rdfs:subPropertyOf ?p2                             => ?c1 rdfs:subClassOf ?c2
scm-avf1   ?c1 owl:allValuesFrom ?y1 . ?c1 owl:onProperty ?p . ?c2 owl:allValuesFrom ?y2 . ?c2 owl:onProperty ?p .
           ?y1 rdfs:subClassOf ?y2                                => ?c1 rdfs:subClassOf ?c2
scm-avf2   ?c1 owl:allValuesFrom ?y . ?c1 owl:onProperty ?p1 . ?c2 owl:allValuesFrom ?y . ?c2 owl:onProperty ?p2 .
           ?p1 rdfs:subPropertyOf ?p2                             => ?c2 rdfs:subClassOf ?c1
scm-int    ?c owl:intersectionOf ?list                            => ?c rdfs:subClassOf ?item
scm-uni    ?c owl:unionOf ?list                                   => ?item rdfs:subClassOf ?c
"""

LIST, ITEM, OTHER = Variable("list"), Variable("item"), Variable("other")

_NAMESPACES = {"owl": OWL, "rdf": RDF, "rdfs": RDFS}
# The standard writes cardinalities as xsd:nonNegativeInteger; the store rewrites that to xsd:integer, so both occur.
_CARDINALITY_DATATYPES = (XSD.nonNegativeInteger, XSD.integer)


@dataclass(frozen=True)
class Rule:
    """One rule: when all premises hold, the conclusion holds; without a conclusion, they contradict each other."""

    name: str
    premises: tuple[Pattern, ...]
    conclusion: Pattern | None
    every: tuple[Pattern, ...] = ()
    meaning: str = ""


def spell_out(rule: Rule, head: Node, members: Sequence[Node]) -> Iterator[Rule]:
    """Yield the ordinary rules that a rule over a list stands for, given one list."""
    repeated = [
        _replaced(pattern, {ITEM: member} | _numbered(pattern, place))
        for place, member in enumerate(members)
        for pattern in rule.every
    ]
    parts = [*rule.premises, *([rule.conclusion] if rule.conclusion else [])]
    variables = {term for part in parts for term in part}
    choices: list[dict[Node, Node]] = [{}]
    if OTHER in variables:
        choices = [{ITEM: item, OTHER: other} for item, other in combinations(members, 2)]
    elif ITEM in variables:
        choices = [{ITEM: item} for item in members]
    for choice in choices:
        known = choice | {LIST: head, Variable("u{n}"): Variable(f"u{len(members)}")}
        yield Rule(
            rule.name,
            tuple([*(_replaced(part, known) for part in rule.premises), *repeated]),
            _replaced(rule.conclusion, known) if rule.conclusion else None,
            meaning=rule.meaning,
        )


def _replaced(pattern: Pattern, known: Mapping[Node, Node]) -> Pattern:
    subject, predicate, value = pattern
    return known.get(subject, subject), known.get(predicate, predicate), known.get(value, value)


def _numbered(pattern: Pattern, place: int) -> dict[Node, Node]:
    numbers = {"{i}": str(place), "{i+1}": str(place + 1)}
    return {
        term: Variable(re.sub(r"\{.*\}", lambda found: numbers[found.group()], term))
        for term in pattern
        if isinstance(term, Variable) and "{" in term
    }


def _read_table(text: str) -> Iterator[Rule]:
    for line in re.sub(r"\n +", " ", text).strip().splitlines():
        name, _, rest = line.partition(" ")
        premises, _, result = rest.partition("=>")
        premises, _, every = premises.partition("[")
        result, _, meaning = result.strip().partition("  ")
        for datatype in _CARDINALITY_DATATYPES if "ardinality" in premises else _CARDINALITY_DATATYPES[:1]:
            conclusion = None if result == "false" else _read_patterns(result, datatype)[0]
            patterns = _read_patterns(premises, datatype), _read_patterns(every.strip(" ]"), datatype)
            yield Rule(name, patterns[0], conclusion, patterns[1], meaning.strip())


def _read_patterns(text: str, cardinality: URIRef) -> tuple[Pattern, ...]:
    patterns = []
    for part in filter(None, (part.split() for part in text.split(" . "))):
        subject, predicate, value = (_read_term(word, cardinality) for word in part)
        patterns.append((subject, predicate, value))
    return tuple(patterns)


def _read_term(word: str, cardinality: URIRef) -> Node:
    if word.startswith("?"):
        return Variable(word[1:])
    if word.isdigit():
        return Literal(word, datatype=cardinality)
    prefix, _, local = word.partition(":")
    return _NAMESPACES[prefix][local]


RULES = tuple(rule for table in (_EQUALITY, _PROPERTIES, _CLASSES, _SCHEMA) for rule in _read_table(table))

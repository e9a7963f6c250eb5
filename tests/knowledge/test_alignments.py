"""The alignments under test: every foreign term exists, fits ours, and makes nothing absurd follow.

Comes in: `ontology/alignments/*.ttl`; beside the checkout, in `../shared/vocabularies/`, OWL-Time, RiC-O and
schema.org as published; for ORG, PROV and SKOS the closed namespaces of rdflib and, for ELI, the terms we have looked
up. Where the published files are missing, the tests that need them are skipped; with CI=true they fail instead.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pyoxigraph
import pytest
from rdflib import FOAF, ORG, OWL, PROV, RDF, RDFS, SDO, SKOS, XSD, Graph, Namespace, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from tulieu.pipeline.load import knowledge_root, load
from tulieu.pipeline.reason import reason
from tulieu.vocabulary import ELI_IRI, ONTOLOGY_IRI, RICO_IRI

ROOT = Path(__file__).parents[2]
ALIGNMENTS = sorted((ROOT / "ontology" / "alignments").glob("*.ttl"))
PUBLISHED = ROOT.parent / "shared" / "vocabularies"
OURS = Namespace(ONTOLOGY_IRI + "#")
ELI, RICO = Namespace(ELI_IRI), Namespace(RICO_IRI)
LINKS = (RDFS.subClassOf, RDFS.subPropertyOf, SKOS.relatedMatch)
PROPERTY_KINDS = {OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty, RDF.Property}
# The namespaces that rdflib closes: of a term it knows only that it exists; its kind shows in its first letter.
CLOSED = {"org": (ORG, FOAF), "prov": (PROV,), "skos": (SKOS,)}
FILES = {"time": "owl-time.ttl", "rico": "ric-o-1.1.rdf", "schema": "schema.org-30.0.ttl"}
# Read in ELI's ontology, of which no file lies beside the checkout.
ELI_TERMS = {
    *("LegalResource", "amended_by", "amends", "based_on", "basis_for", "date_document", "first_date_entry_in_force"),
    *("id_local", "implemented_by", "implements", "passed_by", "repealed_by", "repeals", "title"),
}
# Domain and range in ORG and PROV, as their Recommendations have them, and what stands under what there.
ENDS = {
    ORG.postIn: (ORG.Post, ORG.Organization),
    ORG.hasPost: (ORG.Organization, ORG.Post),
    ORG.member: (ORG.Membership, FOAF.Agent),
    ORG.hasMembership: (FOAF.Agent, ORG.Membership),
    PROV.atLocation: (PROV.Activity, PROV.Location),
    PROV.wasAssociatedWith: (PROV.Activity, PROV.Agent),
    PROV.wasAttributedTo: (PROV.Entity, PROV.Agent),
    PROV.wasDerivedFrom: (PROV.Entity, PROV.Entity),
}
WIDER = (
    (PROV.Person, PROV.Agent),
    (PROV.Organization, PROV.Agent),
    (PROV.Plan, PROV.Entity),
    (ORG.Organization, FOAF.Agent),
)
# What is read of a published vocabulary.
OF_USE = {
    *(RDF.type, RDF.first, RDF.rest, RDFS.subClassOf, RDFS.subPropertyOf, RDFS.domain, RDFS.range, OWL.unionOf),
    *(SDO.domainIncludes, SDO.rangeIncludes, SDO.supersededBy, OWL.deprecated),
}
# schema.org has types of its own for values; whatever is a Thing there, or in RiC-O, fits everything.
VALUE_TYPES = {
    XSD.integer: {SDO.Integer, SDO.Number},
    XSD.decimal: {SDO.Number},
    XSD.string: {SDO.Text, RDFS.Literal},
    RDF.langString: {SDO.Text, RDFS.Literal},
    XSD.duration: {XSD.duration},
}
EVERYTHING = {SDO.Thing, RICO.Thing, OWL.Thing, RDFS.Literal}
# Integers and decimals both occur here, so that the ontology names neither; both are numbers.
NUMBERS = {OURS.value, OURS.lowestValue, OURS.highestValue}
# What has happened, in the words of other vocabularies.
HAPPENINGS = {PROV.Activity, SDO.Event, SDO.Action, RICO.Event, RICO.Activity}


@dataclass(frozen=True)
class Link:
    """One line of an alignment."""

    file: str
    term: URIRef
    link: URIRef
    foreign: URIRef

    def __str__(self) -> str:
        return f"{self.file}: {self.term.fragment} to {self.foreign.split('/')[-1]}"


def links() -> Iterator[Link]:
    for path in ALIGNMENTS:
        for term, link, foreign in sorted(Graph().parse(path)):
            if term in OURS:
                assert isinstance(term, URIRef) and isinstance(link, URIRef) and isinstance(foreign, URIRef)
                yield Link(path.stem, term, link, foreign)


LINKED = tuple(links())
AXIOMS = tuple(each for each in LINKED if each.link != SKOS.relatedMatch)
PROPERTY_AXIOMS = tuple(each for each in AXIOMS if each.link == RDFS.subPropertyOf)


@cache
def published(name: str) -> Graph:
    """Read what matters here of a vocabulary as published; rdflib alone would take many seconds."""
    path = PUBLISHED / FILES[name]
    if not path.exists():
        message = f"{path} is not here"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    triples = (quad.triple for quad in pyoxigraph.parse(path=path) if URIRef(quad.predicate.value) in OF_USE)
    text = pyoxigraph.serialize(triples, format=pyoxigraph.RdfFormat.N_TRIPLES)
    return Graph().parse(data=text, format="nt")


@cache
def ontology() -> Graph:
    """Our terms with their alignments, and what ORG and PROV say of their own terms."""
    graph = Graph()
    for path in [*(ROOT / "ontology" / "terms").glob("*.ttl"), *ALIGNMENTS]:
        graph.parse(path)
    for narrower, wider in WIDER:
        graph.add((narrower, RDFS.subClassOf, wider))
    return graph


@cache
def beside_ours(name: str) -> Graph:
    """Put a vocabulary beside ours, where a file of it was published."""
    return ontology() + published(name) if name in FILES else ontology()


def above(graph: Graph, terms: set[Node], relation: URIRef) -> set[Node]:
    """The terms and all that stand above them."""
    return {wider for term in terms for wider in graph.transitive_objects(term, relation)}


def ends(graph: Graph, link: Link, end: str) -> Iterator[set[Node]]:
    """Yield what the foreign property and those above it ask of one end; each set is a choice."""
    declared = {"domain": (RDFS.domain, SDO.domainIncludes), "range": (RDFS.range, SDO.rangeIncludes)}[end]
    for property_ in above(graph, {link.foreign}, RDFS.subPropertyOf):
        for asked in graph.objects(property_, declared[0]):
            union = graph.value(asked, OWL.unionOf)
            yield {asked, *(Collection(graph, union) if union else ())}
        if choice := set(graph.objects(property_, declared[1])):
            yield choice
    if link.foreign in ENDS:
        yield {ENDS[link.foreign][("domain", "range").index(end)]}


def own_types(graph: Graph, link: Link, end: str) -> set[Node]:
    """What our property makes of one end, in words of either vocabulary."""
    relation = {"domain": RDFS.domain, "range": RDFS.range}[end]
    inherited_from = {property_ for property_ in above(graph, {link.term}, RDFS.subPropertyOf) if property_ in OURS}
    declared = {each for property_ in inherited_from for each in graph.objects(property_, relation)}
    if link.term in NUMBERS and end == "range":
        declared = {XSD.decimal}
    if link.file == "schema":
        # schema.org only hints at what it expects: it is enough that some of ours fit.
        declared |= {narrower for wider in declared for narrower in graph.transitive_subjects(RDFS.subClassOf, wider)}
    values = {meant for datatype in declared for meant in VALUE_TYPES.get(URIRef(str(datatype)), set())}
    return above(graph, declared, RDFS.subClassOf) | values


def test_all_alignments_are_under_test() -> None:
    assert [path.stem for path in ALIGNMENTS] == ["eli", "org", "prov", "rico", "schema", "skos", "time"]
    assert len(LINKED) > 100
    assert len(PROPERTY_AXIOMS) > 40


@pytest.mark.parametrize("path", ALIGNMENTS, ids=lambda path: path.stem)
def test_an_alignment_links_in_the_three_ways_and_imports_nothing(path: Path) -> None:
    graph = Graph().parse(path)
    heads = set(graph.subjects(RDF.type, OWL.Ontology))
    assert heads == {URIRef(f"{ONTOLOGY_IRI}/alignments/{path.stem}")}
    assert not set(graph.objects(predicate=OWL.imports))
    assert {link for term, link, _ in graph if term in OURS} <= set(LINKS)


@pytest.mark.parametrize("path", ALIGNMENTS, ids=lambda path: path.stem)
def test_an_alignment_declares_the_foreign_terms_it_uses_and_no_others(path: Path) -> None:
    graph = Graph().parse(path)
    kinds = {term: kind for term, kind in graph.subject_objects(RDF.type) if term not in OURS}
    declared = {term for term, kind in kinds.items() if kind in {OWL.Class, *PROPERTY_KINDS}}
    used = {link.foreign for link in LINKED if link.file == path.stem}
    if path.stem == "skos":
        # Data and ontology speak SKOS itself, so that this file declares all of it that they use.
        assert used <= declared
    else:
        assert used == declared


@pytest.mark.parametrize("link", LINKED, ids=str)
def test_our_side_of_a_link_is_a_term_of_ours(link: Link) -> None:
    kinds = set(ontology().objects(link.term, RDF.type))
    assert kinds & {OWL.Class, *PROPERTY_KINDS}
    if link.link != SKOS.relatedMatch:
        assert (OWL.Class in kinds) == (link.link == RDFS.subClassOf)


@pytest.mark.parametrize("link", [each for each in LINKED if each.file not in FILES], ids=str)
def test_a_foreign_term_exists_in_a_closed_vocabulary(link: Link) -> None:
    if link.file == "eli":
        assert link.foreign in ELI and link.foreign.removeprefix(ELI_IRI) in ELI_TERMS
    else:
        assert any(link.foreign in namespace for namespace in CLOSED[link.file])
    is_class = link.foreign.split("#")[-1].split("/")[-1][0].isupper()
    assert is_class == (OWL.Class in set(ontology().objects(link.term, RDF.type)))


@pytest.mark.parametrize("link", [each for each in LINKED if each.file in FILES], ids=str)
def test_a_foreign_term_exists_as_published_and_is_of_the_same_kind(link: Link) -> None:
    graph = published(link.file)
    kinds = set(graph.objects(link.foreign, RDF.type))
    is_class, is_property = bool(kinds & {OWL.Class, RDFS.Class}), bool(kinds & PROPERTY_KINDS)
    assert is_class != is_property, f"{link.foreign} is not in {FILES[link.file]}, or of no kind"
    assert is_class == (OWL.Class in set(ontology().objects(link.term, RDF.type)))
    assert not set(graph.objects(link.foreign, OWL.deprecated)) | set(graph.objects(link.foreign, SDO.supersededBy))
    for datatype_or_object in {OWL.DatatypeProperty, OWL.ObjectProperty} & kinds:
        assert datatype_or_object in set(ontology().objects(link.term, RDF.type))


@pytest.mark.parametrize("link", PROPERTY_AXIOMS, ids=str)
@pytest.mark.parametrize("end", ["domain", "range"])
def test_what_our_property_links_is_what_the_foreign_one_asks_for(link: Link, end: str) -> None:
    graph = beside_ours(link.file)
    ours = own_types(graph, link, end)
    for choice in ends(graph, link, end):
        assert choice & (ours | EVERYTHING), f"{link}: {end} asks for {sorted(choice)}, ours is {sorted(ours)}"


def test_a_link_that_would_mistype_is_found() -> None:
    graph = ontology()
    link = Link("prov", OURS.hasParticipation, RDFS.subPropertyOf, PROV.wasAttributedTo)
    assert [choice & own_types(graph, link, "domain") for choice in ends(graph, link, "domain")] == [set()]


def test_legislation_is_only_related() -> None:
    assert {each.link for each in LINKED if each.foreign in ELI} == {SKOS.relatedMatch}
    assert not [each for each in LINKED if "Legislation" in each.foreign or "egislation" in each.term]


def test_every_namespace_that_promises_the_time_of_now_is_only_related() -> None:
    now = {ORG.holds, ORG.heldBy, ORG.memberOf, ORG.subOrganizationOf, ORG.hasSubOrganization, ORG.reportsTo}
    assert not [str(each) for each in AXIOMS if each.foreign in now]


def test_nothing_ahead_becomes_something_that_has_happened() -> None:
    knowledge = load(knowledge_root())
    merged = knowledge.merged()
    closure = reason(merged, knowledge.names)
    assert not closure.clashes
    types = {(thing, kind) for graph in (merged, closure.inferred) for thing, kind in graph.subject_objects(RDF.type)}
    happened = {thing for thing, kind in types if kind in HAPPENINGS}
    ahead = {thing for thing, kind in types if kind in (OURS.Intention, OURS.Anniversary, OURS.Mobilisation)}
    assert happened and ahead
    assert not happened & ahead
    assert {thing for thing, kind in types if kind == OURS.Event} == happened


def test_a_concept_can_be_no_thing() -> None:
    knowledge = load(knowledge_root())
    merged = knowledge.merged()
    mistaken = URIRef("https://w3id.org/tulieu/id/organ-tinh-uy-lai-chau")
    merged.add((URIRef("https://w3id.org/tulieu/id/participation-test"), OURS.hasRole, mistaken))
    clashes = reason(merged, knowledge.names).clashes
    assert clashes and all(str(mistaken) in str(clash.statements) for clash in clashes)

"""What pySHACL sees of the Dataset, and what a report says of what it finds."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from rdflib import RDF, SH, Graph, Literal

from tulieu.errors import KnowledgeError
from tulieu.pipeline.load import load
from tulieu.pipeline.report import Report, join_reports
from tulieu.pipeline.validate import validate, validate_closure
from tulieu.vocabulary import BASE_IRI, TL

Change = Callable[[str, str, str], int]
Append = Callable[[str, str], int]
ARTICLE, NOTES, SHAPES, TERMS = (
    "data/articles/sample-1.trig",
    "data/notes/sample-1.trig",
    "shapes/all.ttl",
    "ontology/terms/all.ttl",
)
PASSAGE, ID = f"{BASE_IRI}passage/sample-1/", f"{BASE_IRI}id/"

DECLARED = f"""
<{BASE_IRI}shapes> sh:declare [ sh:prefix "tl" ; sh:namespace "https://w3id.org/tulieu/ontology#"^^xsd:anyURI ] .
"""
DISAGREEMENT = (
    DECLARED
    + f"""
tl:OneFormShape a sh:NodeShape ; sh:targetClass tl:TimeSpan ; sh:severity sh:Warning ;
  sh:sparql [ a sh:SPARQLConstraint ; sh:prefixes <{BASE_IRI}shapes> ;
    sh:message "{{?value}} in {{?one}} and in {{?two}}: keep both"@en, "{{?one}} và {{?two}} nêu khác nhau"@vi ;
    sh:select '''SELECT $this ?one ?two ?value {{
      GRAPH ?one {{ $this tl:printedForm ?value }}
      GRAPH ?two {{ $this tl:printedForm ?other }}
      FILTER (?value != ?other && str(?one) < str(?two)) }}''' ] .
"""
)


def validated(folder: Path) -> Report:
    return validate(load(folder))


def test_data_without_fault_conform(folder: Path) -> None:
    report = validated(folder)
    assert report.conforms and report.results == () and report.counts() == {"Violation": 0, "Warning": 0, "Info": 0}


def test_a_violation_has_focus_path_messages_graphs_and_files(folder: Path, change: Change) -> None:
    change(ARTICLE, "    tl:heldOffice id:office-chair ;\n", "")
    report = validated(folder)
    assert not report.conforms
    (result,) = report.results
    assert result.focus_node == f"{ID}holding-1"
    assert result.path == str(TL._NS["heldOffice"])
    assert result.messages == {"en": "no office: name it", "vi": "thiếu chức vụ: ghi vào"}
    assert (result.severity, result.constraint_component) == ("Violation", "MinCountConstraintComponent")
    assert result.source_shape == str(TL._NS["HoldingShape"]), "the shape around a property shape without a name"
    assert result.graphs == (f"{PASSAGE}p02.s1", f"{PASSAGE}p03.s1")
    assert result.files == (ARTICLE,)


def test_core_constraints_see_all_graphs_as_one_set(folder: Path, append: Append) -> None:
    # The holder stands in two passages, the office in one only: as one set, each is there once.
    append(
        SHAPES,
        "tl:OnceShape a sh:NodeShape ; sh:targetClass tl:Holding ; sh:property [ sh:path tl:holder ; sh:maxCount 1 ],"
        " [ sh:path tl:heldOffice ; sh:minCount 1 ], [ sh:path tl:holder ; sh:class tl:Person ] .",
    )
    assert validated(folder).conforms


def test_subclasses_of_the_ontology_are_followed(folder: Path, append: Append, change: Change) -> None:
    append(TERMS, "tl:Acting a owl:Class ; rdfs:subClassOf tl:Holding .")
    append(ARTICLE, "GRAPH p:p03.s1 { id:holding-2 a tl:Acting }")
    (result,) = validated(folder).results
    assert result.focus_node == f"{ID}holding-2"


def test_nothing_is_inferred_before(folder: Path, append: Append) -> None:
    # With the range of tl:holder applied, the organ would be a person and conform.
    append(ARTICLE, "GRAPH p:p03.s1 { id:holding-1 tl:holder id:time-1 }")
    append(SHAPES, "tl:WhoShape a sh:NodeShape ; sh:targetObjectsOf tl:holder ; sh:class tl:Person .")
    (result,) = validated(folder).results
    assert (result.focus_node, result.constraint_component) == (f"{ID}time-1", "ClassConstraintComponent")


def test_a_sparql_constraint_names_passages_and_keeps_its_languages(folder: Path, append: Append) -> None:
    append(SHAPES, DISAGREEMENT)
    append(NOTES, 'GRAPH n:year { id:time-1 tl:printedForm "mai"@vi }')
    report = validated(folder)
    assert report.conforms, "a warning does not stop a release"
    one, two = f"{BASE_IRI}note/sample-1/year", f"{PASSAGE}p02.s1"
    (result,) = report.results
    assert result.severity == "Warning"
    assert result.messages == {"en": f"mai in {one} and in {two}: keep both", "vi": f"{one} và {two} nêu khác nhau"}
    assert result.graphs == (one, two) and result.files == (ARTICLE, NOTES)
    assert {message.language for message in report.graph.objects(None, SH.resultMessage)} == {"en", "vi"}


@pytest.mark.parametrize(
    ("path", "written"),
    [
        ("[ sh:inversePath tl:holder ]", "^{}holder"),
        ("( tl:holder tl:hasKind )", "{}holder / {}hasKind"),
        ("[ sh:alternativePath ( tl:holder [ sh:zeroOrMorePath tl:hasKind ] ) ]", "({}holder | {}hasKind*)"),
    ],
)
def test_a_path_is_written_as_in_sparql(path: str, written: str, folder: Path, append: Append) -> None:
    append(
        SHAPES,
        f"tl:PathShape a sh:NodeShape ; sh:targetClass tl:Office ; sh:property [ sh:path {path} ; sh:minCount 9 ] .",
    )
    (result,) = validated(folder).results
    assert result.path == written.replace("{}", str(TL))


def test_findings_come_in_one_order_and_as_the_same_bytes(folder: Path, append: Append) -> None:
    append(SHAPES, DISAGREEMENT)
    append(NOTES, 'GRAPH n:year { id:time-1 tl:printedForm "mai"@vi, "5"@vi . id:holding-9 a tl:Holding }')
    append(ARTICLE, "GRAPH p:p03.s1 { id:holding-8 a tl:Holding }")
    first, second = validated(folder), validated(folder)
    assert [result.severity for result in first.results] == ["Violation", "Violation", "Warning", "Warning"]
    assert [result.focus_node for result in first.results[:2]] == [f"{ID}holding-8", f"{ID}holding-9"]
    assert first.results == second.results
    assert first.to_json() == second.to_json() and first.to_turtle() == second.to_turtle()
    assert json.loads(first.to_json())["counts"] == {"Violation": 2, "Warning": 2, "Info": 0}
    assert len(set(Graph().parse(data=first.to_turtle(), format="turtle").subjects(RDF.type, SH.ValidationResult))) == 4


def test_the_loaded_data_are_not_changed(folder: Path) -> None:
    knowledge = load(folder)
    before = set(knowledge.dataset.quads())
    validate(knowledge)
    assert set(knowledge.dataset.quads()) == before and not knowledge.dataset.default_union


def test_shapes_of_the_closure_see_what_was_inferred(folder: Path, append: Append) -> None:
    append(
        "shapes/closure/all.ttl",
        "tl:ServedShape a sh:NodeShape ; sh:targetSubjectsOf tl:hasHolding ; sh:class tl:Organ .",
    )
    knowledge = load(folder)
    assert validate(knowledge).conforms
    inferred = Graph()
    assert validate_closure(knowledge, inferred).conforms
    inferred.add((knowledge.names.thing("person-mai-hoa"), TL._NS["hasHolding"], knowledge.names.thing("holding-1")))
    (result,) = validate_closure(knowledge, inferred).results
    assert result.focus_node == f"{ID}person-mai-hoa"


def test_reports_are_joined(folder: Path, change: Change) -> None:
    clean = validated(folder)
    change(ARTICLE, "    tl:heldOffice id:office-chair ;\n", "")
    broken = validated(folder)
    joined = join_reports(clean, broken)
    assert not joined.conforms and joined.results == broken.results
    assert len(joined.graph) == len(clean.graph) + len(broken.graph)
    assert (None, SH.conforms, Literal(False)) in joined.graph


def test_shapes_that_are_no_shacl_are_told_as_such(folder: Path, append: Append) -> None:
    append(SHAPES, "tl:BrokenShape a sh:NodeShape ; sh:targetClass tl:Holding ; sh:property [ sh:minCount 1 ] .")
    with pytest.raises(KnowledgeError, match="shapes/: the shapes are not well-formed SHACL"):
        validated(folder)

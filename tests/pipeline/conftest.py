"""A small knowledge folder with invented people, in which a test changes one thing and sees what is said of it."""

from collections.abc import Callable
from pathlib import Path

import pytest

PREFIXES = """\
@prefix article: <https://w3id.org/tulieu/article/> .
@prefix graph: <https://w3id.org/tulieu/graph/> .
@prefix id: <https://w3id.org/tulieu/id/> .
@prefix n: <https://w3id.org/tulieu/note/sample-1/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix p: <https://w3id.org/tulieu/passage/sample-1/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix tl: <https://w3id.org/tulieu/ontology#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""

ONTOLOGY = """
<https://w3id.org/tulieu/ontology> a owl:Ontology ; owl:versionIRI <https://w3id.org/tulieu/ontology/0> .
tl:Person a owl:Class ; rdfs:label "person"@en .
tl:Organ a owl:Class ; owl:disjointWith tl:Person .
tl:Office a owl:Class .
tl:Holding a owl:Class .
tl:TimeSpan a owl:Class .
tl:Article a owl:Class .
tl:Passage a owl:Class .
tl:Note a owl:Class .
tl:UnstatedPoint a owl:Class .
tl:holder a owl:ObjectProperty ; rdfs:range tl:Person .
tl:hasHolding a owl:ObjectProperty ; owl:inverseOf tl:holder .
tl:heldOffice a owl:ObjectProperty .
tl:officeIn a owl:ObjectProperty .
tl:hasHeldOffice a owl:ObjectProperty ; owl:propertyChainAxiom ( tl:hasHolding tl:heldOffice ) ; tl:isEntailed true .
tl:attestedAt a owl:ObjectProperty .
tl:hasKind a owl:ObjectProperty .
tl:hasLevel a owl:ObjectProperty .
tl:printedForm a owl:DatatypeProperty .
tl:earliestDay a owl:DatatypeProperty .
tl:documentNumber a owl:DatatypeProperty .
tl:headline a owl:DatatypeProperty .
tl:isBookkeeping a owl:AnnotationProperty .
tl:isEntailed a owl:AnnotationProperty .
tl:inArticle a owl:ObjectProperty ; tl:isBookkeeping true .
tl:position a owl:DatatypeProperty ; tl:isBookkeeping true .
tl:summary a owl:DatatypeProperty ; tl:isBookkeeping true .
tl:statesNothingBecause a owl:DatatypeProperty ; tl:isBookkeeping true .
tl:leavesUnstated a owl:ObjectProperty ; tl:isBookkeeping true .
tl:unstatedAbout a owl:ObjectProperty ; tl:isBookkeeping true .
tl:unstatedProperty a owl:ObjectProperty ; tl:isBookkeeping true .
tl:textDigest a owl:DatatypeProperty ; tl:isBookkeeping true .
tl:textLength a owl:DatatypeProperty ; tl:isBookkeeping true .
tl:derivedFrom a owl:ObjectProperty ; tl:isBookkeeping true .
tl:reason a owl:DatatypeProperty ; tl:isBookkeeping true .
"""

VOCABULARIES = """
id:scheme-level a skos:ConceptScheme ; rdfs:label "Levels"@en .
id:level-province a skos:Concept ; rdfs:label "province"@en ; skos:inScheme id:scheme-level .
"""

AUTHORITY = """
id:person-mai-hoa a tl:Person ; rdfs:label "Mai Hoa"@en, "Mai Hoa"@vi .
id:office-chair a tl:Office ; rdfs:label "Chair of the Green Committee"@en, "Chủ nhiệm Ủy ban Xanh"@vi .
id:organ-green a tl:Organ ; rdfs:label "Green Committee"@en, "Ủy ban Xanh"@vi ; tl:hasLevel id:level-province .
id:unstated-begin a tl:UnstatedPoint ; rdfs:label "when the holding began"@en .
"""

ARTICLE = """
GRAPH p:p01.s1 {
  article:sample-1 a tl:Article ; tl:headline "Một ngày vui"@vi .
}

GRAPH p:p02.s1 {
  id:holding-1 a tl:Holding ;
    tl:holder id:person-mai-hoa ;
    tl:heldOffice id:office-chair ;
    tl:attestedAt id:time-1 .
  id:office-chair tl:officeIn id:organ-green .
  id:time-1 a tl:TimeSpan ; tl:printedForm "17/5"@vi .
}

GRAPH p:p03.s1 {
  id:holding-1 a tl:Holding ; tl:holder id:person-mai-hoa .
}

GRAPH graph:passages {
  article:sample-1 tl:textLength 120 .
  p:p01.s1 a tl:Passage ; tl:inArticle article:sample-1 ; tl:position 1 .
  p:p02.s1 a tl:Passage ; tl:inArticle article:sample-1 ; tl:position 2 ; tl:leavesUnstated id:unstated-begin .
  p:p03.s1 a tl:Passage ; tl:inArticle article:sample-1 ; tl:position 3 .
  p:p04.s1 a tl:Passage ; tl:inArticle article:sample-1 ; tl:position 4 ; tl:statesNothingBecause "a greeting"@en .
  id:unstated-begin a tl:UnstatedPoint ; tl:unstatedAbout id:holding-1 ; tl:unstatedProperty tl:attestedAt .
}
"""

NOTES = """
GRAPH n:year { id:time-1 tl:earliestDay "2023-05-17"^^xsd:date . }

GRAPH graph:notes { n:year a tl:Note ; tl:derivedFrom p:p02.s1 ; tl:reason "the paper is of that year"@en . }
"""

SHAPES = """
tl:HoldingShape a sh:NodeShape ;
  sh:targetClass tl:Holding ;
  sh:property [ sh:path tl:heldOffice ; sh:minCount 1 ;
    sh:message "no office: name it"@en, "thiếu chức vụ: ghi vào"@vi ] .
"""

FILES = {
    "ontology/terms/all.ttl": ONTOLOGY,
    "ontology/vocabularies.ttl": VOCABULARIES,
    "data/authority/all.ttl": AUTHORITY,
    "data/articles/sample-1.trig": ARTICLE,
    "data/notes/sample-1.trig": NOTES,
    "shapes/all.ttl": SHAPES,
}
ONTOLOGY_FILE, AUTHORITY_FILE, ARTICLE_FILE = (
    "ontology/terms/all.ttl",
    "data/authority/all.ttl",
    "data/articles/sample-1.trig",
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A knowledge folder without fault."""
    root = tmp_path / "knowledge"
    for name, text in FILES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(PREFIXES + text, encoding="utf-8")
    return root


@pytest.fixture
def change(folder: Path) -> Callable[[str, str, str], int]:
    """Replace text in a file of the folder; the answer is the line of the new text."""

    def replace(name: str, old: str, new: str) -> int:
        path = folder / name
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {name}"
        path.write_text(text.replace(old, new), encoding="utf-8")
        return text[: text.index(old)].count("\n") + 1

    return replace


@pytest.fixture
def append(folder: Path) -> Callable[[str, str], int]:
    """Add text at the end of a file of the folder, made where it is not there; the answer is the line of the text."""

    def add(name: str, text: str) -> int:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        before = path.read_text(encoding="utf-8") if path.exists() else PREFIXES
        path.write_text(f"{before}{text}\n", encoding="utf-8")
        return before.count("\n") + 1

    return add

import re
from pathlib import Path

import pytest
from rdflib import OWL, RDF, Graph, URIRef

from tulieu.vocabulary import BASE_IRI, PREFIXES, TL, Names, is_term

ONTOLOGY = Path(__file__).parents[1] / "ontology"
TERMS = sorted(TL.__annotations__.keys() - {"_NS", "_fail"})


def test_each_term_that_code_names_is_in_the_ontology() -> None:
    declared = Graph()
    for path in sorted(ONTOLOGY.rglob("*.ttl")):
        declared.parse(path, format="turtle")
    kinds = {OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty}
    assert len(TERMS) >= 50
    assert [term for term in TERMS if not kinds & set(declared.objects(TL[term], RDF.type))] == []


def test_a_misspelt_term_fails() -> None:
    with pytest.raises(AttributeError, match="Persno"):
        _ = TL.Persno


def test_each_prefix_and_each_namespace_stands_once() -> None:
    prefixes, namespaces = zip(*PREFIXES, strict=True)
    assert len(set(prefixes)) == len(set(namespaces)) == len(PREFIXES) >= 15
    assert dict(PREFIXES)["tl"] == "https://w3id.org/tulieu/ontology#"
    assert dict(PREFIXES)["id"] == "https://w3id.org/tulieu/id/"


def test_names_are_made_under_the_base() -> None:
    names = Names("https://archive.example/kho/")
    assert names.thing("person-a") == URIRef("https://archive.example/kho/id/person-a")
    assert names.graph("authority") == URIRef("https://archive.example/kho/graph/authority")
    assert names.release("x") == URIRef("https://archive.example/kho/release/x")
    assert names.passage_prefix == "https://archive.example/kho/passage/"
    assert names.note_prefix == "https://archive.example/kho/note/"
    assert names.article_prefix == "https://archive.example/kho/article/"
    assert dict(names.prefixes)["id"] == "https://archive.example/kho/id/"
    assert dict(names.prefixes)["tl"] == str(TL)


def test_renaming_leaves_the_ontology_and_the_rest_of_the_web_alone() -> None:
    names = Names("https://archive.example/")
    assert names.rename(BASE_IRI + "id/person-a") == "https://archive.example/id/person-a"
    for iri in (str(TL.Person), BASE_IRI + "ontology", BASE_IRI + "ontology/0.1.0", "https://schema.org/Person"):
        assert names.rename(iri) == iri
    assert names.rename(BASE_IRI + "ontology-of-mine") == "https://archive.example/ontology-of-mine"


def test_ours_are_the_things_of_the_base_and_the_terms() -> None:
    names = Names("https://archive.example/")
    assert names.is_ours("https://archive.example/id/x") and names.is_ours(str(TL.Person))
    assert not names.is_ours(BASE_IRI + "id/x") and not names.is_ours("https://archive.example.org/id/x")
    assert is_term(str(TL.Person)) and not is_term(BASE_IRI + "id/x")
    assert names.is_source("https://archive.example/note/a/b") and not names.is_source("https://archive.example/id/a")


@pytest.mark.parametrize(
    "base",
    [
        "",
        "archive.example/",
        "ftp://a.example/",
        "https://a.example",
        "https:///",
        "https://a.example/?q/",
        "http://a/#/",
        "https://a.example/a b/",
        'https://a.example/"/',
        "https://a.example/#",
    ],
)
def test_a_base_that_cannot_begin_names_is_refused(base: str) -> None:
    with pytest.raises(ValueError, match=re.escape(repr(base))):
        Names(base)


@pytest.mark.parametrize("base", ["http://127.0.0.1:8000/", "https://a.example/", "https://a.example/kho/tu-lieu/"])
def test_a_base_that_can_begin_names_is_taken(base: str) -> None:
    assert Names(base).thing("x") == URIRef(f"{base}id/x")

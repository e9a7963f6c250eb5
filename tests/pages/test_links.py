import pytest

from tulieu.pages.links import Links
from tulieu.vocabulary import BASE_IRI, ONTOLOGY_IRI, Names

PLAIN = Links("https://archive.example/tulieu/", Names())
ENGLISH = Links("https://archive.example/", Names("https://own.example/"), "en")


@pytest.mark.parametrize(
    ("iri", "href"),
    [
        (BASE_IRI + "id/person-a", "/tulieu/doc/person-a"),
        (BASE_IRI + "passage/a-1/p08.s1", "/tulieu/passage/a-1/p08.s1"),
        (BASE_IRI + "graph/notes", "/tulieu/graph/notes"),
        (ONTOLOGY_IRI + "#Holding", "/tulieu/ontology#Holding"),
        (ONTOLOGY_IRI, "/tulieu/ontology"),
        (BASE_IRI + "else/x", "https://w3id.org/tulieu/else/x"),
        ("http://www.wikidata.org/entity/Q1", "http://www.wikidata.org/entity/Q1"),
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("urn:x:y", ""),
        ("JAVASCRIPT:alert(1)", ""),
    ],
)
def test_only_paths_of_ours_and_web_addresses_become_links(iri: str, href: str) -> None:
    assert PLAIN.page(iri) == href


def test_a_chosen_language_is_kept_in_links_of_ours() -> None:
    assert ENGLISH.page("https://own.example/id/person-a") == "/doc/person-a?lang=en"
    assert ENGLISH.page(ONTOLOGY_IRI + "#Holding") == "/ontology?lang=en#Holding"
    assert ENGLISH.page("https://other.example/") == "https://other.example/"
    assert ENGLISH.path("search", {"q": "a&b"}) == "/search?q=a%26b&lang=en"


def test_a_parameter_with_several_values_stands_once_for_each() -> None:
    assert PLAIN.path("sparql", {"query": "a b", "graph": ("g", "h")}) == "/tulieu/sparql?query=a+b&graph=g&graph=h"


def test_names_under_another_base_are_ours_and_those_of_the_common_one_are_not() -> None:
    assert ENGLISH.local("https://own.example/article/x") == "article/x"
    assert ENGLISH.local(BASE_IRI + "id/person-a") == ""

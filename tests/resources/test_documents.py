import pytest
from rdflib import Graph, Literal, URIRef

from tulieu.errors import NotFoundError
from tulieu.formats import N_TRIPLES
from tulieu.pipeline.evidence import statement_name
from tulieu.resources.documents import Documents, name_statement
from tulieu.store import Iri, Statement, Store, serialise
from tulieu.store import Literal as Value
from tulieu.vocabulary import BASE_IRI, ONTOLOGY_IRI, TL, Names

NAMES = Names()
PERSON = BASE_IRI + "id/person-sample-duong"
HOLDING = BASE_IRI + "id/holding-sample-1"
CAPTION = BASE_IRI + "passage/sample-1/p03.caption"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"


@pytest.fixture
def documents(store: Store) -> Documents:
    return Documents(store, NAMES)


def merged(documents: Documents, iri: str) -> Graph:
    """The document as a client reads it."""
    data = serialise(documents.describe(iri, with_graphs=False), N_TRIPLES, ())
    return Graph().parse(data=data, format="nt")


def test_every_stated_statement_says_where_it_stands(documents: Documents) -> None:
    graph = merged(documents, PERSON)
    nodes = set(graph.subjects(URIRef(RDF + "subject"), URIRef(HOLDING))) & set(
        graph.subjects(URIRef(RDF + "object"), URIRef(PERSON))
    )
    sources = {str(source).rsplit("/", 1)[-1] for node in nodes for source in graph.objects(node, TL.attestedIn)}
    assert sources == {"p02.s2.a", "p03.caption"}


def test_every_inferred_statement_comes_with_its_proof(documents: Documents) -> None:
    graph = merged(documents, PERSON)
    inferred = (URIRef(PERSON), URIRef(ONTOLOGY_IRI + "#hasHeldOffice"), URIRef(BASE_IRI + "id/office-sample-1"))
    assert inferred in graph
    node = statement_name(inferred, NAMES)
    assert graph.value(node, TL.byRule) == Literal("prp-spo2")
    premises = list(graph.objects(node, TL.hasPremise))
    assert len(premises) == 2
    assert all((premise, URIRef(RDF + "predicate"), None) in graph for premise in premises)


def test_what_points_to_the_thing_and_the_labels_of_all_are_there(documents: Documents) -> None:
    graph = merged(documents, PERSON)
    assert (URIRef(HOLDING), URIRef(ONTOLOGY_IRI + "#holder"), URIRef(PERSON)) in graph
    label = URIRef("http://www.w3.org/2000/01/rdf-schema#label")
    assert (URIRef(BASE_IRI + "id/office-sample-1"), label, Literal("Trưởng phòng mẫu", "vi")) in graph
    assert (URIRef(ONTOLOGY_IRI + "#holder"), label, None) in graph


def test_with_graphs_the_named_graphs_are_kept_and_nothing_is_said_twice(documents: Documents) -> None:
    statements = documents.describe(PERSON, with_graphs=True)
    holder = [each for each in statements if each.predicate.value == ONTOLOGY_IRI + "#holder"]
    assert {each.graph.value.rsplit("/", 1)[-1] for each in holder if each.graph} == {"p02.s2.a", "p03.caption"}
    assert len(statements) == len(set(statements))
    assert all(each.graph is not None for each in statements)
    assert BASE_IRI + "graph/asserted" not in {each.graph.value for each in statements if each.graph}


def test_a_passage_is_its_graph_and_its_description(documents: Documents) -> None:
    graph = merged(documents, CAPTION)
    assert (URIRef(CAPTION), TL.summary, Literal("Shows the speaker.", "en")) in graph
    assert (URIRef(HOLDING), None, URIRef(PERSON)) in graph


def test_an_article_holds_what_all_its_passages_state(documents: Documents) -> None:
    graphs = {each.graph.value for each in documents.describe(BASE_IRI + "article/sample-1", True) if each.graph}
    assert {name.rsplit("/", 1)[-1] for name in graphs} >= {"p01.s1", "p02.s1", "p02.s2.a", "p02.s2.b", "p03.caption"}


def test_nothing_known_is_an_error(documents: Documents) -> None:
    with pytest.raises(NotFoundError, match="nothing-here"):
        documents.describe(BASE_IRI + "id/nothing-here", True)


@pytest.mark.parametrize(
    ("value", "same"),
    [
        (Iri(PERSON), URIRef(PERSON)),
        (Value('Đường "x"\n', "vi"), Literal('Đường "x"\n', "vi")),
        (Value("plain"), Literal("plain")),
        (
            Value("2023-05-17", "", "http://www.w3.org/2001/XMLSchema#date"),
            Literal("2023-05-17", datatype=URIRef("http://www.w3.org/2001/XMLSchema#date")),
        ),
    ],
)
def test_a_statement_has_the_name_that_the_build_gives_it(value: Iri | Value, same: URIRef | Literal) -> None:
    ours = name_statement(Statement(Iri(HOLDING), Iri(ONTOLOGY_IRI + "#holder"), value), NAMES)
    assert ours.value == str(statement_name((URIRef(HOLDING), URIRef(ONTOLOGY_IRI + "#holder"), same), NAMES))

"""What documents hold, read as clients read them: as plain triples, and as named graphs."""

import urllib.error
import urllib.request
from collections import Counter
from typing import Any

import pyoxigraph
import pytest
from flask.testing import FlaskClient
from rdflib import RDF, RDFS, Graph, Literal, URIRef
from rdflib.term import Node
from werkzeug import http

from tulieu.app import create_app
from tulieu.errors import NotFoundError
from tulieu.formats import DOCUMENT_FORMATS, HTML, N_TRIPLES, Format
from tulieu.pipeline.evidence import statement_name
from tulieu.release import Release
from tulieu.resources.documents import Documents
from tulieu.resources.provenance import name_statement
from tulieu.resources.statements import INCOMING, MOST_SOURCES, OUTGOING
from tulieu.settings import Settings
from tulieu.store import Iri, Statement, Store, serialise
from tulieu.store import Literal as Value
from tulieu.vocabulary import BASE_IRI, ONTOLOGY_IRI, TL, Names

from ..conftest import PUBLIC_URL, RELEASE_ID
from ..real_server import Running

NAMES = Names()
PERSON = "id/person-sample-duong"
HOLDING = BASE_IRI + "id/holding-sample-1"
CAPTION = "passage/sample-1/p03.caption"
LABEL = URIRef("http://www.w3.org/2000/01/rdf-schema#label")
HYDRA = "http://www.w3.org/ns/hydra/core#"
VOID = "http://rdfs.org/ns/void#"
FOAF = "http://xmlns.com/foaf/0.1/"
DCTERMS = "http://purl.org/dc/terms/"
# One of each kind, by the path of its document.
PATHS = (
    "doc/person-sample-duong",
    "doc/voice-reported",
    "doc/statement-521c310d14bf0f0a",
    "article/sample-1",
    CAPTION,
    "note/sample-1/office-of-committee",
    "graph/notes",
    "graph/evidence",
    "ontology",
    "shapes",
)
# Things of the real archive that are spoken of in many ways.
REAL = (
    "document-01-kl-tw-2021-05-18",
    "person-le-duc-duc",
    "event-hoi-nghi-so-ket-01-kl-tw-lai-chau",
    "place-lai-chau",
    "voice-reported",
)


@pytest.fixture
def documents(store: Store) -> Documents:
    return Documents(store, NAMES, RELEASE_ID, PUBLIC_URL)


@pytest.fixture(scope="module")
def real(release: Release) -> tuple[Documents, Store]:
    store = Store(release.store_path, Names(release.base_iri))
    return Documents(store, Names(release.base_iri), release.id, PUBLIC_URL), store


def path_of(local: str) -> str:
    return f"doc/{local.removeprefix('id/')}" if local.startswith("id/") else local


def merged(documents: Documents, local: str, page: int = 1) -> Graph:
    """The document as a client reads it that knows no graphs."""
    statements = documents.describe(BASE_IRI + local, path_of(local), with_graphs=False, page=page).statements
    return Graph().parse(data=serialise(statements, N_TRIPLES, ()), format="nt")


def quads(documents: Documents, local: str) -> tuple[Statement, ...]:
    return documents.describe(BASE_IRI + local, path_of(local), with_graphs=True).statements


def node_of(graph: Graph, triple: tuple[Node, ...]) -> Node:
    """The node that describes a statement: there is one, and where the build has named it, it has that name."""
    nodes = set.intersection(
        *(
            set(graph.subjects(part, term))
            for part, term in zip((RDF.subject, RDF.predicate, RDF.object), triple, strict=True)
        )
    )
    assert len(nodes) == 1, triple
    node = nodes.pop()
    assert str(node).rpartition("/")[2].rpartition("#")[2] == statement_name(triple, NAMES).rpartition("/")[2]  # type: ignore[arg-type]
    return node


def test_every_stated_statement_says_where_it_stands(documents: Documents) -> None:
    graph = merged(documents, PERSON)
    nodes = set(graph.subjects(RDF.subject, URIRef(HOLDING))) & set(
        graph.subjects(RDF.object, URIRef(BASE_IRI + PERSON))
    )
    sources = {str(source).rsplit("/", 1)[-1] for node in nodes for source in graph.objects(node, TL.attestedIn)}
    assert sources == {"p02.s2.a", "p03.caption"}


def test_every_source_says_in_whose_voice_it_speaks(documents: Documents) -> None:
    graph = merged(documents, PERSON)
    passage = URIRef(BASE_IRI + "passage/sample-1/p02.s2.a")
    voice = graph.value(passage, TL.hasVoice)
    assert {each.language for each in graph.objects(voice, LABEL)} == {"vi", "en"}
    assert graph.value(passage, TL.accordingTo) == URIRef(BASE_IRI + PERSON)
    assert graph.value(passage, TL.inArticle) == URIRef(BASE_IRI + "article/sample-1")
    assert (passage, TL.position, Literal(3)) in graph
    assert {each.language for each in graph.objects(passage, TL.summary)} == {"vi", "en"}
    note = URIRef(BASE_IRI + "note/sample-1/office-of-committee")
    of_office = merged(documents, "id/office-sample-1")
    assert len(list(of_office.objects(note, TL.derivedFrom))) == len(list(of_office.objects(note, TL.reason))) == 2


def test_every_inferred_statement_comes_with_its_proof(documents: Documents) -> None:
    graph = merged(documents, PERSON)
    inferred = (URIRef(BASE_IRI + PERSON), TL._NS["hasHeldOffice"], URIRef(BASE_IRI + "id/office-sample-1"))
    assert inferred in graph
    node = statement_name(inferred, NAMES)
    assert graph.value(node, TL.byRule) == Literal("prp-spo2")
    premises = list(graph.objects(node, TL.hasPremise))
    assert len(premises) == 2
    assert all((premise, RDF.predicate, None) in graph for premise in premises)


@pytest.mark.parametrize("local", REAL)
def test_asserted_and_inferred_are_told_apart_and_proved_to_the_ground(
    real: tuple[Documents, Store], local: str
) -> None:
    documents, _ = real
    graph = merged(documents, f"id/{local}")
    thing = URIRef(BASE_IRI + f"id/{local}")
    about = [each for each in graph if thing in (each[0], each[2]) and str(each[1]).startswith(str(TL))]
    about = [each for each in about if each[1] not in (TL.attestedIn, TL.unstatedAbout)]
    assert about
    waiting = [node_of(graph, each) for each in about]
    seen = set(waiting)
    inferred = 0
    while waiting:
        node = waiting.pop()
        types = set(graph.objects(node, RDF.type))
        assert len(types) == 1, f"{node} is {types}"
        assert all(graph.value(node, part) is not None for part in (RDF.subject, RDF.predicate, RDF.object))
        if types == {TL.InferredStatement}:
            inferred += 1
            assert graph.value(node, TL.byRule) is not None
            premises = set(graph.objects(node, TL.hasPremise))
            waiting += premises - seen
            seen |= premises
        else:
            sources = list(graph.objects(node, TL.attestedIn))
            assert sources
            for source in sources:
                kind = TL.hasVoice if "/passage/" in str(source) else TL.derivedFrom
                assert not NAMES.is_source(str(source)) or graph.value(source, kind) is not None
    assert inferred or local.startswith("voice")


@pytest.mark.parametrize("local", REAL)
def test_the_graphs_can_be_told_from_the_plain_triples(real: tuple[Documents, Store], local: str) -> None:
    documents, _ = real
    graph = merged(documents, f"id/{local}")
    for each in quads(documents, f"id/{local}"):
        if each.graph and NAMES.is_source(each.graph.value):
            triple = Graph().parse(data=serialise([each], N_TRIPLES, ()), format="nt")
            assert (node_of(graph, next(iter(triple))), TL.attestedIn, URIRef(each.graph.value)) in graph
        elif each.graph == Iri(str(NAMES.graph("inferred"))):
            assert (URIRef(name_statement(each, NAMES).value), RDF.type, TL.InferredStatement) in graph


def test_what_points_to_the_thing_and_the_labels_of_all_are_there(documents: Documents) -> None:
    graph = merged(documents, PERSON)
    assert (URIRef(HOLDING), URIRef(ONTOLOGY_IRI + "#holder"), URIRef(BASE_IRI + PERSON)) in graph
    assert (URIRef(BASE_IRI + "id/office-sample-1"), LABEL, Literal("Trưởng phòng mẫu", "vi")) in graph
    assert (URIRef(BASE_IRI + "id/office-sample-1"), LABEL, Literal("Head of the office", "en")) in graph
    assert (URIRef(ONTOLOGY_IRI + "#holder"), LABEL, None) in graph


def test_with_graphs_the_named_graphs_are_kept_and_nothing_is_said_twice(documents: Documents) -> None:
    statements = quads(documents, PERSON)
    holder = [each for each in statements if each.predicate.value == ONTOLOGY_IRI + "#holder"]
    assert {each.graph.value.rsplit("/", 1)[-1] for each in holder if each.graph} == {"p02.s2.a", "p03.caption"}
    assert len(statements) == len(set(statements))
    assert BASE_IRI + "graph/asserted" not in {each.graph.value for each in statements if each.graph}
    rules = [each.graph.value for each in statements if each.predicate.value == str(TL.byRule) and each.graph]
    assert rules == [str(NAMES.graph("evidence"))] * 2


def test_a_passage_is_its_graph_and_its_description(documents: Documents) -> None:
    graph = merged(documents, CAPTION)
    assert (URIRef(BASE_IRI + CAPTION), TL.summary, Literal("Shows the speaker.", "en")) in graph
    assert (URIRef(HOLDING), None, URIRef(BASE_IRI + PERSON)) in graph


def test_an_article_holds_what_all_its_passages_state(documents: Documents) -> None:
    graphs = {each.graph.value for each in quads(documents, "article/sample-1") if each.graph}
    assert {name.rsplit("/", 1)[-1] for name in graphs} >= {"p01.s1", "p02.s1", "p02.s2.a", "p02.s2.b", "p03.caption"}


def test_nothing_known_is_an_error(documents: Documents) -> None:
    for local in ("id/nothing-here", "graph/nothing", "passage/sample-1/p99.s1"):
        with pytest.raises(NotFoundError, match=local):
            documents.describe(BASE_IRI + local, path_of(local), True)


@pytest.mark.parametrize(
    ("value", "same"),
    [
        (Iri(BASE_IRI + PERSON), URIRef(BASE_IRI + PERSON)),
        (Value('Đường "x"\n\\\x7f', "vi"), Literal('Đường "x"\n\\\x7f', "vi")),
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


@pytest.mark.parametrize("path", PATHS)
def test_a_document_speaks_of_itself_in_no_named_graph(client: FlaskClient, path: str) -> None:
    address = URIRef(PUBLIC_URL + path)
    itself = [
        quad
        for quad in pyoxigraph.parse(client.get(f"/{path}.trig").data, format=pyoxigraph.RdfFormat.TRIG)
        if quad.subject == pyoxigraph.NamedNode(address)
    ]
    assert itself
    assert {quad.graph_name for quad in itself} == {pyoxigraph.DefaultGraph()}
    graph = Graph().parse(data=client.get(f"/{path}.ttl").data, format="turtle")
    name = {"ontology": ONTOLOGY_IRI, "shapes": f"{BASE_IRI}graph/shapes"}.get(
        path, BASE_IRI + path.replace("doc/", "id/")
    )
    assert graph.value(address, URIRef(FOAF + "primaryTopic")) == URIRef(name)
    assert graph.value(address, URIRef(VOID + "inDataset")) == NAMES.release(RELEASE_ID)
    assert graph.value(address, URIRef(DCTERMS + "isPartOf")) == NAMES.dataset
    assert str(graph.value(address, URIRef(DCTERMS + "license"))).startswith("https://creativecommons.org/")


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("chosen", [each for each in DOCUMENT_FORMATS if each is not HTML], ids=lambda each: each.name)
def test_every_address_in_a_document_or_header_leads_here(client: FlaskClient, path: str, chosen: Format) -> None:
    answer = client.get(f"/{path}.{chosen.name}", headers={"Host": "evil.example"})
    assert "evil.example" not in answer.text + str(answer.headers)
    # Names of this archive are under its base, addresses under the public URL; nothing else is of this server.
    parts = answer.text.replace('"', " ").replace("<", " ").replace(">", " ").split()
    addresses = {part.rstrip(",;.") for part in parts if part.startswith(PUBLIC_URL)}
    addresses |= {each.split(">")[0] for each in answer.headers["Link"].split("<")[1:] if "archive.example" in each}
    assert PUBLIC_URL + path in addresses
    assert all(each.startswith(PUBLIC_URL) for each in addresses)
    assert {address: status(client, address) for address in addresses} == dict.fromkeys(addresses, 200)


STATUS: dict[str, int] = {}


def status(client: FlaskClient, address: str) -> int:
    """Follow an address of ours; the same one stands in many documents."""
    path = "/" + address.removeprefix(PUBLIC_URL).partition("#")[0]
    if path not in STATUS:
        STATUS[path] = client.get(path, follow_redirects=True).status_code
    return STATUS[path]


def test_where_names_are_addresses_each_name_in_a_document_leads_here(own_names_server: Running) -> None:
    base = own_names_server.url
    for path in ("passage/ttxvn-lai-chau-1/p08.s1", "doc/figure-ttxvn-lai-chau-1-ty-le-hoc-tap"):
        code, document = fetch(base + path + ".nt")
        graph = Graph().parse(data=document, format="nt")
        names = {str(term).partition("#")[0] for each in graph for term in each if str(term).startswith(base)}
        assert code == 200
        assert len(names) > 15
        assert {name: fetch(name)[0] for name in names} == dict.fromkeys(names, 200)
        topic = graph.value(URIRef(base + path), URIRef(FOAF + "primaryTopic"))
        # A passage is its own document, and is not said to be about itself.
        assert topic == (None if path.startswith("passage/") else URIRef(base + path.replace("doc/", "id/")))


def fetch(address: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(address, timeout=20) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, ""


def test_counts_of_incoming_links_are_those_of_a_query(real: tuple[Documents, Store]) -> None:
    documents, store = real
    rows = store.select("SELECT DISTINCT ?thing WHERE { GRAPH graph:facts { ?thing a ?kind } } ORDER BY ?thing")
    things = [row["thing"].value for row in rows][::12]
    assert len(things) >= 30
    question = """SELECT ?thing ?property (COUNT(DISTINCT ?other) AS ?count) WHERE {
      ?other ?property ?thing FILTER(isIRI(?other))
      FILTER NOT EXISTS { GRAPH graph:evidence { ?other ?property ?thing } }
    } GROUP BY ?thing ?property"""
    for thing in things:
        counted = {
            row["property"].value: int(row["count"].value) for row in store.select(question, {"thing": Iri(thing)})
        }
        local = thing.removeprefix(BASE_IRI)
        graph = merged(documents, local)
        incoming = URIRef(f"{PUBLIC_URL}{path_of(local)}#incoming")
        parts = list(graph.objects(incoming, URIRef(VOID + "propertyPartition")))
        said = {
            str(graph.value(part, URIRef(VOID + "property"))): int(graph.value(part, URIRef(VOID + "triples")))  # type: ignore[arg-type]
            for part in parts
        }
        assert said == counted
        assert graph.value(incoming, URIRef(HYDRA + "totalItems")) == Literal(sum(counted.values()))


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Documents:
    """A release in which very much is said of one thing."""
    path = tmp_path_factory.mktemp("crowded") / "store"
    quads: list[pyoxigraph.Quad] = []
    thing = pyoxigraph.NamedNode(BASE_IRI + "id/place-x")

    def add(subject: Any, predicate: str, value: Any, *graphs: str) -> None:
        for graph in graphs:
            name = pyoxigraph.NamedNode(BASE_IRI + graph)
            quads.append(pyoxigraph.Quad(subject, pyoxigraph.NamedNode(f"{TL._NS}{predicate}"), value, name))

    for number in range(2 * INCOMING + 50):
        figure = pyoxigraph.NamedNode(f"{BASE_IRI}id/figure-{number}")
        add(figure, "isFigureOf", thing, "graph/asserted", f"passage/a/p{number}")
    for number in range(OUTGOING + 1):
        add(thing, "hasFigure", pyoxigraph.NamedNode(f"{BASE_IRI}id/figure-{number}"), "graph/inferred")
    passages = [f"passage/b/p{number}" for number in range(MOST_SOURCES + 1)]
    add(thing, "form", pyoxigraph.Literal("X"), "graph/asserted", *passages)
    for passage in passages:
        add(thing, "attestedIn", pyoxigraph.NamedNode(BASE_IRI + passage), "graph/evidence")
    store = pyoxigraph.Store(str(path))
    store.bulk_extend(quads)
    store.flush()
    # Closed, so that it can be opened to be read.
    del store
    return Documents(Store(path), NAMES, RELEASE_ID, PUBLIC_URL)


def test_a_crowded_document_has_pages_that_hold_everything_once(crowded: Documents) -> None:
    thing = URIRef(BASE_IRI + "id/place-x")
    address = f"{PUBLIC_URL}doc/place-x"
    incoming: Counter[str] = Counter()
    outgoing: Counter[str] = Counter()
    for page in (1, 2, 3):
        document = crowded.describe(str(thing), "doc/place-x", with_graphs=True, page=page)
        assert (document.page, document.pages) == (page, 3)
        graph = merged(crowded, "id/place-x", page)
        incoming.update(map(str, graph.subjects(TL._NS["isFigureOf"], thing)))
        outgoing.update(map(str, graph.objects(thing, TL._NS["hasFigure"])))
        outgoing.update(map(str, graph.objects(thing, TL.attestedIn)))
        collection = URIRef(f"{address}#incoming")
        assert graph.value(collection, URIRef(HYDRA + "totalItems")) == Literal(2 * INCOMING + 50)
        view = graph.value(collection, URIRef(HYDRA + "view"))
        assert str(view) == (address if page == 1 else f"{address}?page={page}")
        beside = {each: graph.value(view, URIRef(HYDRA + each)) for each in ("first", "previous", "next", "last")}
        assert {each: str(value) for each, value in beside.items() if value} == {
            "first": address,
            **({"previous": address if page == 2 else f"{address}?page=2"} if page > 1 else {}),
            **({"next": f"{address}?page={page + 1}"} if page < 3 else {}),
            "last": f"{address}?page=3",
        }
    assert len(incoming) == 2 * INCOMING + 50
    assert len(outgoing) == OUTGOING + 1 + MOST_SOURCES + 1
    assert {*incoming.values(), *outgoing.values()} == {1}
    for page in (0, 4):
        with pytest.raises(NotFoundError, match="its last is 3"):
            crowded.describe(str(thing), "doc/place-x", with_graphs=False, page=page)


def test_what_very_many_passages_state_names_some_and_says_so(crowded: Documents) -> None:
    graph = merged(crowded, "id/place-x")
    node = node_of(graph, (URIRef(BASE_IRI + "id/place-x"), TL.form, Literal("X")))
    assert str(node).startswith(f"{PUBLIC_URL}doc/place-x#statement-")
    assert len(list(graph.objects(node, TL.attestedIn))) == MOST_SOURCES
    comments = list(graph.objects(URIRef(f"{PUBLIC_URL}doc/place-x"), RDFS.comment))
    assert {each.language for each in comments if isinstance(each, Literal)} == {"vi", "en"}


@pytest.mark.parametrize("page", ["0", "2", "x", "-1", "1.0", "²", "9" * 30, "9" * 5000, ""])
@pytest.mark.parametrize("path", ["doc/person-sample-duong", "graph/notes", "ontology", "dataset"])
def test_a_page_that_is_not_there_is_404(client: FlaskClient, path: str, page: str) -> None:
    assert client.get(f"/{path}.ttl", query_string={"page": page}).status_code == 404


def test_the_first_page_is_the_document(client: FlaskClient) -> None:
    assert client.get(f"/{path_of(PERSON)}.ttl?page=1").data == client.get(f"/{path_of(PERSON)}.ttl").data


@pytest.fixture(scope="module")
def real_client(release: Release) -> FlaskClient:
    return create_app(Settings(state=release.folder.parents[1], public_url=PUBLIC_URL), release).test_client()


@pytest.mark.parametrize("asked", [".ttl", ".jsonld", "?format=trig"])
def test_links_lead_from_page_to_page_in_the_same_form(real_client: FlaskClient, asked: str) -> None:
    address = f"/article/ttxvn-lai-chau-1{asked}"
    first = real_client.get(address)
    links = http.parse_list_header(first.headers["Link"])
    following = next(each for each in links if 'rel="next"' in each).partition(">")[0][1:]
    assert following.startswith(PUBLIC_URL)
    second = real_client.get("/" + following.removeprefix(PUBLIC_URL))
    assert (second.status_code, second.content_type) == (200, first.content_type)
    assert 'rel="prev"' in second.headers["Link"]
    assert 'rel="next"' not in second.headers["Link"]
    assert second.headers["ETag"] != first.headers["ETag"]
    assert second.data != first.data


def test_a_large_graph_is_counted_and_pointed_to(real_client: FlaskClient, release: Release) -> None:
    client = real_client
    name = URIRef(release.base_iri + "graph/evidence")
    graph = Graph().parse(data=client.get("/graph/evidence.nt").data, format="nt")
    assert len(graph) < 20
    assert graph.value(name, URIRef(VOID + "triples")) == Literal(release.counts["graph/evidence"])
    place = str(graph.value(name, RDFS.seeAlso))
    assert place.startswith(PUBLIC_URL)
    stream = client.get("/" + place.removeprefix(PUBLIC_URL), headers={"Accept": "application/n-triples"})
    assert len(stream.data.splitlines()) == release.counts["graph/evidence"]
    whole = Graph().parse(data=client.get("/graph/passages.nt").data, format="nt")
    assert len(whole) > release.counts["graph/passages"]

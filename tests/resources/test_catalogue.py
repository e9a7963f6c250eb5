"""The description of the dataset is true: each count, file, link and format in it is compared with what is served."""

import gzip
import hashlib
import io
import json
import re
import zipfile
from collections.abc import Callable
from functools import cache
from html import unescape

import pyoxigraph
import pytest
from flask.testing import FlaskClient
from rdflib import DCAT, DCTERMS, FOAF, OWL, PROV, RDF, RDFS, SH, SKOS, XSD, Graph, Literal, Namespace, URIRef
from rdflib.term import Node
from werkzeug.test import TestResponse

from tulieu.app import create_app
from tulieu.formats import DATASET_FORMATS, DOCUMENT_FORMATS, HTML, JSON_LD, TURTLE, Format
from tulieu.release import Release
from tulieu.settings import Settings
from tulieu.vocabulary import BASE_IRI, ONTOLOGY_IRI, PREFIXES, TL

from ..conftest import PUBLIC_URL, RELEASE_ID

# Not rdflib's: its VOID has not all terms of the note, and DCAT 3 has terms that its DCAT has not.
VOID = Namespace("http://rdfs.org/ns/void#")
DCAT3 = Namespace(str(DCAT))
SPDX = Namespace("http://spdx.org/rdf/terms#")
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
SCHEMA = Namespace("https://schema.org/")
DATASET = URIRef(f"{BASE_IRI}dataset")
MEDIA_TYPE = "https://www.iana.org/assignments/media-types/"
CONTACT, FEEDBACK = "The reading room", "mailto:desk@archive.example"
IRI, TEXTS, TEXT = "an IRI", "a text in each language", "a text"
MANY = 1000
# What DCAT 3 and its profiles ask of each class: the property, how often at least and at most, which kind of value.
DEMANDS: tuple[tuple[URIRef, URIRef, int, int, str | URIRef], ...] = (
    (DCAT.Dataset, DCTERMS.title, 2, 2, TEXTS),
    (DCAT.Dataset, DCTERMS.description, 2, 2, TEXTS),
    (DCAT.Dataset, DCTERMS.license, 1, 1, IRI),
    (DCAT.Dataset, DCTERMS.rights, 1, 1, DCTERMS.RightsStatement),
    (DCAT.Dataset, DCTERMS.accessRights, 1, 1, IRI),
    (DCAT.Dataset, DCTERMS.creator, 1, 1, FOAF.Agent),
    (DCAT.Dataset, DCTERMS.publisher, 1, 1, FOAF.Agent),
    (DCAT.Dataset, DCTERMS.language, 2, 2, IRI),
    (DCAT.Dataset, DCTERMS.temporal, 1, 1, DCTERMS.PeriodOfTime),
    (DCAT.Dataset, DCTERMS.spatial, 1, MANY, DCTERMS.Location),
    (DCAT.Dataset, DCTERMS.conformsTo, 1, MANY, IRI),
    (DCAT.Dataset, DCAT.contactPoint, 1, 1, VCARD.Kind),
    (DCAT.Dataset, DCAT.keyword, 2, MANY, TEXTS),
    (DCAT.Dataset, DCAT.theme, 1, MANY, IRI),
    (DCAT.Dataset, DCAT.landingPage, 1, 1, IRI),
    (DCAT.Dataset, FOAF.page, 3, MANY, IRI),
    (DCAT.Dataset, DCAT3.version, 1, 1, TEXT),
    (DCAT.Dataset, DCAT.distribution, 7, MANY, DCAT.Distribution),
    (DCAT.Distribution, DCTERMS.title, 1, 1, TEXT),
    (DCAT.Distribution, DCTERMS.license, 1, 1, IRI),
    (DCAT.Distribution, DCAT.accessURL, 1, 1, IRI),
    (DCAT.Distribution, DCAT.downloadURL, 0, 1, IRI),
    (DCAT.Distribution, DCAT.accessService, 0, 1, DCAT.DataService),
    (DCAT.Distribution, DCAT.mediaType, 0, 1, IRI),
    (DCAT.Distribution, DCAT.compressFormat, 0, 1, IRI),
    (DCAT.Distribution, DCAT.byteSize, 0, 1, XSD.nonNegativeInteger),
    (DCAT.Distribution, SPDX.checksum, 0, 1, SPDX.Checksum),
    (SPDX.Checksum, SPDX.algorithm, 1, 1, IRI),
    (SPDX.Checksum, SPDX.checksumValue, 1, 1, XSD.hexBinary),
    (DCAT.DataService, DCTERMS.title, 2, 2, TEXTS),
    (DCAT.DataService, DCTERMS.conformsTo, 1, 1, IRI),
    (DCAT.DataService, DCAT.endpointURL, 1, 1, IRI),
    (DCAT.DataService, DCAT.endpointDescription, 1, 1, IRI),
    (DCAT.DataService, DCAT.servesDataset, 1, MANY, DCAT.Dataset),
    (DCTERMS.PeriodOfTime, DCAT.startDate, 1, 1, XSD.date),
    (DCTERMS.PeriodOfTime, DCAT.endDate, 1, 1, XSD.date),
    (VCARD.Kind, VCARD.fn, 1, 1, TEXT),
    (VCARD.Kind, VCARD.hasEmail, 1, 1, IRI),
    (FOAF.Agent, FOAF.name, 2, 2, TEXTS),
)
Counts = dict[tuple[str, ...], int]


@pytest.fixture(scope="module")
def reader(release: Release) -> FlaskClient:
    """A client of the real release, whose operator has said how to reach him."""
    settings = Settings(
        state=release.folder.parents[1], public_url=PUBLIC_URL, contact=CONTACT, feedback=FEEDBACK, query_budget=0
    )
    return create_app(settings).test_client()


@pytest.fixture(scope="module", params=["dataset", "release"])
def described(request: pytest.FixtureRequest, reader: FlaskClient, release: Release) -> tuple[URIRef, Graph, str]:
    """The whole, or its current state: its name, its description, the path of its endpoint."""
    if request.param == "dataset":
        return DATASET, fetch(reader, "dataset"), "/sparql"
    path = f"release/{release.id}"
    return URIRef(BASE_IRI + path), fetch(reader, path), f"/{path}/sparql"


@cache
def fetch(reader: FlaskClient, path: str) -> Graph:
    answer = reader.get(f"/{path}.ttl")
    assert answer.status_code == 200 and answer.mimetype == TURTLE.media_type
    return Graph().parse(data=answer.data, format="turtle")


def go(reader: FlaskClient, address: str, method: str = "GET") -> TestResponse:
    """Follow an address of ours, or a name as its host would lead to us."""
    start = PUBLIC_URL if address.startswith(PUBLIC_URL) else BASE_IRI
    path = "/" + address.partition("#")[0].removeprefix(start)
    for _ in range(4):
        answer = reader.open(path, method=method)
        if answer.status_code not in (301, 302, 303):
            # Read to the end, so that no file stays open.
            answer.get_data()
            answer.close()
            return answer
        assert answer.location.startswith(PUBLIC_URL), address
        path = "/" + answer.location.removeprefix(PUBLIC_URL)
    raise AssertionError(f"{address} leads on and on")


def ask(reader: FlaskClient, endpoint: str, query: str) -> Counts:
    """Ask for counts: the last column of each row, by the columns before it."""
    prefixes = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in PREFIXES)
    answer = reader.post(endpoint, data={"query": prefixes + query, "format": "json"})
    assert answer.status_code == 200, answer.text
    rows = [[row[name]["value"] for name in answer.json["head"]["vars"]] for row in answer.json["results"]["bindings"]]
    return {tuple(row[:-1]): int(row[-1]) for row in rows}


def test_the_whole_is_counted_as_a_plain_query_counts_it(
    reader: FlaskClient, described: tuple[URIRef, Graph, str]
) -> None:
    node, graph, endpoint = described
    space = str(graph.value(node, VOID.uriSpace))
    queries = {
        VOID.triples: "(COUNT(*) AS ?n) { ?s ?p ?o }",
        VOID.entities: f'(COUNT(DISTINCT ?s) AS ?n) {{ ?s ?p ?o FILTER(STRSTARTS(STR(?s), "{space}")) }}',
        VOID.distinctSubjects: "(COUNT(DISTINCT ?s) AS ?n) { ?s ?p ?o }",
        VOID.distinctObjects: "(COUNT(DISTINCT ?o) AS ?n) { ?s ?p ?o }",
        VOID.classes: "(COUNT(DISTINCT ?c) AS ?n) { ?s a ?c FILTER(isIRI(?c)) }",
        VOID.properties: "(COUNT(DISTINCT ?p) AS ?n) { ?s ?p ?o }",
    }
    said = {what: [int(str(each)) for each in graph.objects(node, what)] for what in queries}
    assert said == {what: list(ask(reader, endpoint, f"SELECT {query}").values()) for what, query in queries.items()}
    assert min(found[0] for found in said.values()) > 50
    assert space == BASE_IRI


def partitions(graph: Graph, node: Node) -> list[tuple[URIRef, Counts]]:
    """The counts of the parts by class, by property, and by property within a class."""
    classes = [((graph.value(part, VOID["class"]),), part) for part in graph.objects(node, VOID.classPartition)]
    properties = [((graph.value(part, VOID.property),), part) for part in graph.objects(node, VOID.propertyPartition)]
    inner = [
        ((*key, graph.value(part, VOID.property)), part)
        for key, above in classes
        for part in graph.objects(above, VOID.propertyPartition)
    ]
    parts = (
        (classes, VOID.entities),
        (properties, VOID.triples),
        (properties, VOID.distinctSubjects),
        (properties, VOID.distinctObjects),
        (inner, VOID.triples),
    )
    return [
        (what, {tuple(map(str, key)): int(str(graph.value(part, what))) for key, part in some}) for some, what in parts
    ]


def test_each_part_is_counted_as_a_plain_query_counts_it(reader: FlaskClient, release: Release) -> None:
    graph = fetch(reader, "dataset")
    queries = (
        "?c (COUNT(DISTINCT ?s) AS ?n) { ?s a ?c FILTER(isIRI(?c)) } GROUP BY ?c",
        "?p (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?p",
        "?p (COUNT(DISTINCT ?s) AS ?n) { ?s ?p ?o } GROUP BY ?p",
        "?p (COUNT(DISTINCT ?o) AS ?n) { ?s ?p ?o } GROUP BY ?p",
        f'?c ?p (COUNT(*) AS ?n) {{ ?s a ?c ; ?p ?o FILTER(STRSTARTS(STR(?c), "{TL}")) }} GROUP BY ?c ?p',
    )
    for (what, said), query in zip(partitions(graph, DATASET), queries, strict=True):
        assert len(said) > 50
        assert said == ask(reader, "/sparql", f"SELECT {query}"), what
    state = fetch(reader, f"release/{release.id}")
    assert partitions(state, URIRef(f"{BASE_IRI}release/{release.id}")) == partitions(graph, DATASET)


def test_each_set_of_links_is_counted_as_a_query_counts_it(reader: FlaskClient) -> None:
    node, graph, endpoint = DATASET, fetch(reader, "dataset"), "/sparql"
    parts = []
    for links in graph.objects(node, VOID.subset):
        assert (links, RDF.type, VOID.Linkset) in graph
        assert graph.value(links, VOID.subjectsTarget) == node
        target = graph.value(links, VOID.objectsTarget)
        assert (target, RDF.type, VOID.Dataset) in graph
        parts.append(((graph.value(links, VOID.linkPredicate), graph.value(target, VOID.uriSpace)), links))
    said = {tuple(map(str, key)): int(str(graph.value(links, VOID.triples))) for key, links in parts}
    assert (str(SKOS.exactMatch), "http://www.wikidata.org/entity/") in said
    for predicate, space in said:
        query = (
            f'SELECT (COUNT(*) AS ?n) {{ ?s <{predicate}> ?o FILTER(isIRI(?o) && STRSTARTS(STR(?s), "{BASE_IRI}")'
            f' && REPLACE(STR(?o), "[^/#]*$", "") = "{space}") }}'
        )
        assert list(ask(reader, endpoint, query).values()) == [said[predicate, space]], query
    outside = ask(
        reader,
        endpoint,
        "SELECT ?p (COUNT(*) AS ?n) { VALUES ?p { skos:exactMatch skos:closeMatch owl:sameAs schema:sameAs }"
        f' ?s ?p ?o FILTER(!STRSTARTS(STR(?o), "{BASE_IRI}")) }} GROUP BY ?p',
    )
    assert outside == {
        (name,): sum(count for (predicate, _), count in said.items() if predicate == name) for (name,) in outside
    }


def test_the_time_the_places_and_the_articles_are_those_of_the_data(
    reader: FlaskClient, described: tuple[URIRef, Graph, str], release: Release
) -> None:
    node, graph, _ = described
    store = pyoxigraph.Store.read_only(str(release.store_path))

    def found(query: str) -> list[list[str]]:
        rows = store.query(query, prefixes=dict(PREFIXES))
        return [[each.value for each in row] for row in rows]  # type: ignore[union-attr]

    span = graph.value(node, DCTERMS.temporal)
    days = [str(graph.value(span, which)) for which in (DCAT.startDate, DCAT.endDate)]
    assert [days] == found("SELECT (MIN(?f) AS ?a) (MAX(?l) AS ?b) { ?t tl:earliestDay ?f ; tl:latestDay ?l }")
    places = {str(each) for each in graph.objects(node, DCTERMS.spatial)}
    assert places == {each for (each,) in found("SELECT ?place { ?place a tl:AdministrativeUnit }")} != set()
    articles = {str(each) for each in graph.objects(node, DCTERMS.source)}
    assert articles == {each for (each,) in found("SELECT ?article { ?article a tl:Article }")} != set()
    publishers = {(str(article), str(graph.value(URIRef(article), DCTERMS.publisher))) for article in articles}
    assert publishers == {(a, b) for a, b in found("SELECT ?article ?who { ?article tl:publishedBy ?who }")}
    for thing in (*places, *articles):
        assert {label.language for label in graph.objects(URIRef(thing), RDFS.label)} == {"en", "vi"}  # type: ignore[union-attr]


def test_each_file_is_as_large_and_has_the_digest_and_the_statements_that_are_said(
    reader: FlaskClient, described: tuple[URIRef, Graph, str]
) -> None:
    node, graph, _ = described
    files = [each for each in graph.objects(node, DCAT.distribution) if (each, SPDX.checksum, None) in graph]
    addresses = {graph.value(each, DCAT.downloadURL) for each in files}
    assert len(files) == 5 and addresses == set(graph.objects(node, VOID.dataDump))
    for file in files:
        address = str(graph.value(file, DCAT.downloadURL))
        answer = go(reader, address)
        assert answer.status_code == 200
        assert str(graph.value(file, DCAT.compressFormat)) == MEDIA_TYPE + answer.mimetype
        assert int(str(graph.value(file, DCAT.byteSize))) == len(answer.data)
        checksum = graph.value(file, SPDX.checksum)
        assert str(graph.value(checksum, SPDX.checksumValue)) == hashlib.sha256(answer.data).hexdigest()
        assert graph.value(checksum, SPDX.algorithm) == SPDX.checksumAlgorithm_sha256
        media_type = str(graph.value(file, DCAT.mediaType)).removeprefix(MEDIA_TYPE)
        form = pyoxigraph.RdfFormat.from_media_type(media_type)
        assert form is not None and address.endswith((f".{form.file_extension}.gz", ".jsonld.gz"))
        read = pyoxigraph.parse(gzip.decompress(answer.data), format=form)
        default = sum(isinstance(quad.graph_name, pyoxigraph.DefaultGraph) for quad in read)
        assert default == int(str(graph.value(node, VOID.triples))), address


def test_each_address_and_each_name_of_ours_is_answered(
    reader: FlaskClient, described: tuple[URIRef, Graph, str]
) -> None:
    _, graph, _ = described
    terms = {str(each) for triple in graph for each in triple if isinstance(each, URIRef)}
    parts = {each.partition("#")[0] for each in terms if each.startswith((PUBLIC_URL, BASE_IRI))}
    assert len(parts) > 20
    failed = {each: answer.status_code for each in sorted(parts) if (answer := go(reader, each)).status_code != 200}
    assert not failed


def test_the_tables_come_as_is_said(reader: FlaskClient, described: tuple[URIRef, Graph, str]) -> None:
    node, graph, _ = described
    (tables,) = graph.subjects(DCAT.packageFormat, URIRef(MEDIA_TYPE + "application/zip"))
    assert (node, DCAT.distribution, tables) in graph
    answer = go(reader, str(graph.value(tables, DCAT.downloadURL)))
    assert answer.mimetype == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.data)) as packed:
        assert sum(name.endswith(".csv") for name in packed.namelist()) > 5


def test_the_endpoint_that_is_named_is_one_and_is_described_where_it_is_said(
    reader: FlaskClient, described: tuple[URIRef, Graph, str]
) -> None:
    node, graph, endpoint = described
    service = graph.value(node, VOID.sparqlEndpoint)
    assert str(service) == PUBLIC_URL + endpoint.removeprefix("/")
    (access,) = graph.subjects(DCAT.accessService, service)
    assert (node, DCAT.distribution, access) in graph
    assert graph.value(service, DCAT.endpointURL) == service
    answer = go(reader, str(graph.value(service, DCAT.endpointDescription)))
    assert answer.mimetype == TURTLE.media_type
    own = Graph().parse(data=answer.data, format="turtle")
    sd = Namespace("http://www.w3.org/ns/sparql-service-description#")
    assert set(own.subjects(sd.endpoint, service)) == {service}
    assert set(own.objects(service, DCAT.servesDataset)) <= set(graph.objects(service, DCAT.servesDataset))


@pytest.mark.parametrize("what", ["dataset", "release"])
def test_each_format_that_is_listed_is_produced_and_says_the_same(
    reader: FlaskClient, release: Release, what: str
) -> None:
    path = what if what == "dataset" else f"release/{release.id}"
    graph = fetch(reader, path)
    (node,) = graph.subjects(DCAT.landingPage, URIRef(PUBLIC_URL + path))
    offered = {URIRef(form.iri): form for form in DOCUMENT_FORMATS if form is not HTML}
    assert set(graph.objects(node, VOID.feature)) == set(offered)
    read = {form.name: canonical(reader, path, form) for form in offered.values()}
    assert len(read) == 6 and len(read[TURTLE.name]) > 1000
    assert {name: sorted(found ^ read[TURTLE.name])[:3] for name, found in read.items()} == {name: [] for name in read}


def canonical(reader: FlaskClient, path: str, form: Format) -> set[str]:
    """The statements of a document in a format, blank nodes named by what is said of them."""
    answer = reader.get(f"/{path}.{form.name}")
    assert answer.status_code == 200 and answer.mimetype == form.media_type
    if form is JSON_LD:
        # Its context as the server gives it, without a network.
        body = json.loads(answer.data)
        body["@context"] = json.loads(go(reader, body["@context"]).data)["@context"]
        content = json.dumps(body).encode()
    else:
        content = answer.data
    read = pyoxigraph.parse(content, format=pyoxigraph.RdfFormat.from_media_type(form.media_type))
    dataset = pyoxigraph.Dataset(read)
    dataset.canonicalize(pyoxigraph.CanonicalizationAlgorithm.RDFC_1_0)
    assert form in DATASET_FORMATS or all(isinstance(each.graph_name, pyoxigraph.DefaultGraph) for each in dataset)
    return {str(quad.triple) for quad in dataset}


@pytest.mark.parametrize("demand", DEMANDS, ids=lambda each: f"{each[0].split('#')[-1].split('/')[-1]}")
def test_dcat_asks_and_is_answered(
    described: tuple[URIRef, Graph, str], demand: tuple[URIRef, URIRef, int, int, str | URIRef]
) -> None:
    _, graph, _ = described
    kind, predicate, least, most, wanted = demand
    # A release that is only named as another version is described in its own document.
    things = [each for each in graph.subjects(RDF.type, kind) if (each, None, None) in graph]
    assert things
    for thing in things:
        values = list(graph.objects(thing, predicate))
        assert least <= len(values) <= most, (thing, predicate)
        if wanted is TEXTS:
            assert {value.language for value in values} == {"en", "vi"}  # type: ignore[union-attr]
        for value in values:
            assert _is(graph, value, wanted), (thing, predicate, value)


def _is(graph: Graph, value: Node, wanted: str | URIRef) -> bool:
    if wanted in (TEXT, TEXTS):
        return isinstance(value, Literal) and bool(value.strip())
    if wanted is IRI:
        return isinstance(value, URIRef)
    if str(wanted).startswith(str(XSD)):
        return isinstance(value, Literal) and value.datatype == wanted and not value.ill_typed
    # What is described elsewhere is no less of its class.
    return (value, RDF.type, wanted) in graph or str(value).startswith(BASE_IRI + "release/")


def test_the_states_of_the_whole_lead_to_each_other(reader: FlaskClient, release: Release) -> None:
    whole = fetch(reader, "dataset")
    name = URIRef(f"{BASE_IRI}release/{release.id}")
    state = fetch(reader, f"release/{release.id}")
    assert set(whole.objects(DATASET, DCAT3.hasCurrentVersion)) == {name}
    assert name in set(whole.objects(DATASET, DCAT3.hasVersion))
    assert set(state.objects(name, DCAT3.isVersionOf)) == {DATASET}
    assert str(state.value(name, DCAT3.version)) == str(state.value(name, DCTERMS.identifier)) == release.id
    assert state.value(name, DCTERMS.issued) == Literal(release.created, datatype=XSD.dateTime)
    build = state.value(name, PROV.wasGeneratedBy)
    assert (build, RDF.type, PROV.Activity) in state
    assert str(state.value(state.value(build, PROV.wasAssociatedWith), RDFS.label)) == release.software
    (catalogue,) = whole.subjects(RDF.type, DCAT.Catalog)
    assert set(whole.objects(catalogue, DCAT.dataset)) == {DATASET}
    assert whole.value(DATASET, DCAT.contactPoint) in set(whole.subjects(VCARD.fn, Literal(CONTACT)))
    assert not list(state.objects(name, DCAT3.previousVersion)), "it is the only one"


@pytest.mark.parametrize(
    ("accept", "suffix"),
    [
        (None, "ttl"),
        ("*/*", "ttl"),
        ("application/rdf+xml", "rdf"),
        ("application/ld+json", "jsonld"),
        ("text/html", "html"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_the_well_known_address_leads_to_the_description(
    reader: FlaskClient, method: str, accept: str | None, suffix: str
) -> None:
    answer = reader.open("/.well-known/void", method=method, headers={"Accept": accept} if accept else {})
    assert answer.status_code == 302 and answer.vary.as_set() == {"accept"}
    assert answer.location == f"{PUBLIC_URL}dataset.{suffix}"
    document = URIRef(f"{PUBLIC_URL}.well-known/void")
    graph = fetch(reader, "dataset")
    assert (document, RDF.type, VOID.DatasetDescription) in graph
    assert set(graph.objects(document, FOAF.primaryTopic)) == {DATASET}


def test_an_editor_reads_the_prefixes_from_the_endpoint_and_from_the_description(reader: FlaskClient) -> None:
    graph = fetch(reader, "dataset")
    ontology = URIRef(ONTOLOGY_IRI)
    assert (ontology, RDF.type, OWL.Ontology) in graph
    declared = {
        str(graph.value(each, SH.prefix)): str(graph.value(each, SH.namespace))
        for each in graph.objects(ontology, SH.declare)
    }
    query = "SELECT ?prefix ?space (1 AS ?n) { [] sh:namespace ?space ; sh:prefix ?prefix }"
    assert dict(ask(reader, "/sparql", query)) == {pair: 1 for pair in declared.items()}
    assert declared == dict(PREFIXES)


def test_the_page_says_in_the_words_of_schema_org_what_dcat_says(reader: FlaskClient, release: Release) -> None:
    for path, node in (("dataset", DATASET), (f"release/{release.id}", URIRef(f"{BASE_IRI}release/{release.id}"))):
        graph = fetch(reader, path)
        page = reader.get(f"/{path}", headers={"Accept": "text/html"}).text
        (block,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
        said = json.loads(block)
        assert said["@id"] == str(node) and said["@type"] == "Dataset"
        pairs: tuple[tuple[str, URIRef], ...] = (
            ("name", DCTERMS.title), ("description", DCTERMS.description), ("keywords", DCAT.keyword),
        )  # fmt: skip
        for name, predicate in pairs:
            assert {(each["@value"], each["@language"]) for each in said[name]} == {
                (str(each), each.language)  # type: ignore[union-attr]
                for each in graph.objects(node, predicate)
            }
        assert said["license"] == str(graph.value(node, DCTERMS.license))
        assert said["version"] == str(graph.value(node, DCAT3.version))
        assert said["url"] == str(graph.value(node, DCAT.landingPage))
        assert said["creator"]["name"] in {str(e) for e in graph.objects(graph.value(node, DCTERMS.creator), FOAF.name)}
        span = graph.value(node, DCTERMS.temporal)
        assert said["temporalCoverage"] == f"{graph.value(span, DCAT.startDate)}/{graph.value(span, DCAT.endDate)}"
        assert {each["@id"] for each in said["spatialCoverage"]} == set(map(str, graph.objects(node, DCTERMS.spatial)))
        files = {
            (
                str(graph.value(each, DCAT.downloadURL)),
                str(graph.value(each, DCAT.mediaType)).removeprefix(MEDIA_TYPE),
                f"{graph.value(each, DCAT.byteSize)} B",
                str(graph.value(graph.value(each, SPDX.checksum), SPDX.checksumValue)),
            )
            for each in graph.objects(node, DCAT.distribution)
            if (each, SPDX.checksum, None) in graph
        }
        assert {
            (each["contentUrl"], each["encodingFormat"][0], each["contentSize"], each["sha256"])
            for each in said["distribution"]
        } == files


def test_the_page_leads_to_every_way_to_the_data(reader: FlaskClient, release: Release) -> None:
    page = reader.get("/dataset?lang=en", headers={"Accept": "text/html"}).text
    hrefs = {unescape(each).partition("?")[0] for each in re.findall(r'href="([^"]+)"', page)}
    wanted = [
        *("tables", "sparql", "browse", "releases", "ontology", "shapes", "policy", "quality", "cite"),
        *(".well-known/void", ".well-known/api-catalog", "sitemap.xml", f"release/{release.id}"),
        *(f"release/{release.id}/{path.name}" for path in release.list_dumps()),
        *(f"dataset.{form.name}" for form in DOCUMENT_FORMATS if form is not HTML),
    ]
    assert len(wanted) > 20
    assert not [path for path in wanted if f"/tulieu/{path}" not in hrefs]


@pytest.mark.parametrize("path", ["dataset", f"release/{RELEASE_ID}"])
def test_a_release_by_older_software_is_described_without_counts(client: FlaskClient, path: str) -> None:
    graph = fetch(client, path)
    (node,) = graph.subjects(DCAT.landingPage, URIRef(PUBLIC_URL + path))
    assert not list(graph.objects(node, VOID.triples)) and not list(graph.objects(node, VOID.classPartition))
    files = [each for each in graph.objects(node, DCAT.distribution) if (each, SPDX.checksum, None) in graph]
    assert len(files) == 2
    for file in files:
        content = go(client, str(graph.value(file, DCAT.downloadURL))).data
        checksum = graph.value(graph.value(file, SPDX.checksum), SPDX.checksumValue)
        assert str(checksum) == hashlib.sha256(content).hexdigest()
    assert client.get(f"/{path}", headers={"Accept": "text/html"}).status_code == 200


@pytest.mark.parametrize(
    ("contact", "feedback", "expected"),
    [
        ("", "", None),
        ("The desk", "", ("The desk", None, None)),
        ("", "https://archive.example/report", ("https://archive.example/report", None, "https://archive.example/report")),
        ("The desk", "mailto:a@archive.example", ("The desk", "mailto:a@archive.example", None)),
    ],
)  # fmt: skip
def test_the_contact_is_what_the_operator_has_set(
    sample: Release, contact: str, feedback: str, expected: tuple[str | None, ...] | None
) -> None:
    settings = Settings(state=sample.folder.parents[1], public_url=PUBLIC_URL, contact=contact, feedback=feedback)
    graph = fetch(create_app(settings).test_client(), "dataset")
    node = graph.value(DATASET, DCAT.contactPoint)
    text: Callable[[Node | None], str | None] = lambda term: None if term is None else str(term)  # noqa: E731
    found = tuple(text(graph.value(node, each)) for each in (VCARD.fn, VCARD.hasEmail, VCARD.hasURL)) if node else None
    assert found == expected

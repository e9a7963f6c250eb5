"""What clients send as `Accept`, word for word, and what they get of a thing, and of the endpoint.

Each header is as the client's own source has it, or as it was seen on the wire (versions in the table). A client is
served well when it gets a form that it reads and, where it has a choice, one with nothing lost.
"""

from dataclasses import dataclass

import pytest
from flask.testing import FlaskClient

from tulieu.formats import (
    HTML,
    JSON_LD,
    N_QUADS,
    N_TRIPLES,
    RDF_XML,
    ROWS_JSON,
    ROWS_XML,
    TRIG,
    TURTLE,
    Format,
)

THING, DOCUMENT = "/id/person-sample-duong", "/doc/person-sample-duong"
ASK_ROWS = "/sparql?query=SELECT%20*%20%7B%20%3Fs%20%3Fp%20%3Fo%20%7D%20LIMIT%201"
ASK_GRAPH = "/sparql?query=CONSTRUCT%20WHERE%20%7B%20%3Fs%20%3Fp%20%3Fo%20%7D%20LIMIT%201"


@dataclass(frozen=True)
class Client:
    """A client by name, what it sends, and the form it is to get; no header at all is None."""

    name: str
    accept: str | None
    expected: Format


# Jena: WebContent.java, defaultGraphAcceptHeader, defaultDatasetAcceptHeader, defaultRDFAcceptHeader.
# RDF4J: RDFFormat.getAcceptParams (quality by namespaces, RDF/XML disliked) over the parsers of its usual set.
# OWL API, so Protégé: DocumentSources.java, DEFAULT_REQUEST. Virtuoso's sponger: rdf_mappers and sparql.sql,
# DB.DBA.RDF_SPONGE_UP. rdflib: parser.py, URLInputSource. PyLD: documentloader. jsonld.js: util.js. Comunica 5.4,
# curl 7.88, requests 2.34, R's read.csv over libcurl, Chromium 156: seen on the wire. httr2 sets no Accept of its own,
# so libcurl's goes out. Firefox: network.http.accept.default as documented by MDN.
OF_DOCUMENTS = (
    Client(
        "Jena, a graph",
        "text/turtle,application/n-triples;q=0.9,application/ld+json;q=0.8,application/rdf+xml;q=0.7,*/*;q=0.3",
        TURTLE,
    ),
    Client("Jena, a dataset", "application/trig,application/n-quads;q=0.9,application/ld+json;q=0.8,*/*;q=0.3", TRIG),
    Client(
        "Jena, either",
        "text/turtle,application/n-triples;q=0.9,application/rdf+xml;q=0.7,"
        "application/trig,application/n-quads;q=0.9,application/ld+json;q=0.8,*/*;q=0.5",
        TURTLE,
    ),
    Client(
        "RDF4J",
        "application/rdf+xml;q=0.6, application/xml;q=0.6, text/xml;q=0.6, application/n-triples;q=0.9, "
        "text/plain;q=0.9, text/turtle, application/x-turtle, text/n3, text/rdf+n3, application/trix, "
        "application/trig, application/x-trig, application/x-binary-rdf, application/n-quads;q=0.9, "
        "text/x-nquads;q=0.9, text/nquads;q=0.9, application/ld+json, application/rdf+json;q=0.9",
        TURTLE,
    ),
    Client(
        "OWL API, Protégé",
        "application/rdf+xml, application/xml; q=0.7, text/xml; q=0.6, text/plain; q=0.1, */*; q=0.09",
        RDF_XML,
    ),
    Client(
        "Virtuoso's sponger",
        "application/rdf+xml; q=1.0, text/rdf+n3; q=0.9, application/rdf+turtle; q=0.5, application/x-turtle; q=0.6, "
        "application/turtle; q=0.5, text/turtle; q=0.7, application/xml; q=0.2, */*; q=0.1",
        RDF_XML,
    ),
    Client(
        "Virtuoso's sponger since 7",
        "application/rdf+xml; q=1.0, text/rdf+n3; q=0.9, application/rdf+turtle; q=0.5, application/x-turtle; q=0.6, "
        "application/turtle; q=0.5, text/turtle; q=1.0, application/xml; q=0.2, */*; q=0.1",
        TURTLE,
    ),
    Client(
        "rdflib",
        "application/rdf+xml, text/n3, text/turtle, application/n-triples, application/ld+json, "
        "application/n-quads, application/trix, application/trig",
        TURTLE,
    ),
    Client("rdflib, turtle", "text/turtle, application/x-turtle, */*;q=0.1", TURTLE),
    Client("rdflib, xml", "application/rdf+xml, */*;q=0.1", RDF_XML),
    Client("rdflib, json-ld", "application/ld+json, application/json;q=0.9, */*;q=0.1", JSON_LD),
    Client("rdflib, nt", "text/plain, */*;q=0.1", N_TRIPLES),
    Client("rdflib, trig", "application/trig, */*;q=0.1", TRIG),
    # Turtle is Notation3, and nothing more is needed of it here.
    Client("rdflib, n3", "text/n3, */*;q=0.1", TURTLE),
    Client(
        "Comunica",
        "application/n-quads,application/trig;q=0.95,application/ld+json;q=0.9,application/n-triples;q=0.8,"
        "text/turtle;q=0.6,application/rdf+xml;q=0.5,text/n3;q=0.35,application/xml;q=0.3,image/svg+xml;q=0.3,"
        "text/xml;q=0.3,text/html;q=0.2,application/xhtml+xml;q=0.18,application/json;q=0.135,text/shaclc;q=0.1,"
        "text/shaclc-ext;q=0.05",
        N_QUADS,
    ),
    Client(
        "PyLD",
        "application/ld+json, application/json;q=0.8, text/html;q=0.5, application/xhtml+xml;q=0.5",
        JSON_LD,
    ),
    Client("jsonld.js", "application/ld+json, application/json", JSON_LD),
    Client("curl, requests, R's read.csv and httr2", "*/*", TURTLE),
    Client("urllib", None, TURTLE),
    Client(
        "Chromium",
        "text/html,application/xhtml+xml,application/xml;q=0.9,image/jxl,image/avif,image/webp,image/apng,*/*;q=0.8,"
        "application/signed-exchange;v=b3;q=0.7",
        HTML,
    ),
    Client("Firefox", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", HTML),
)
# Jena: defaultSparqlResultsHeader. SPARQLWrapper 2.0: Wrapper.py. Comunica: fetch-sparql-endpoint, on the wire.
OF_ROWS = (
    Client(
        "Jena",
        "application/sparql-results+json,application/sparql-results+xml;q=0.9,text/tab-separated-values;q=0.7,"
        "text/csv;q=0.5,application/json;q=0.2,application/xml;q=0.2,*/*;q=0.1",
        ROWS_JSON,
    ),
    Client("Comunica", "application/sparql-results+json;q=1.0,application/sparql-results+xml;q=0.7", ROWS_JSON),
    Client(
        "SPARQLWrapper, json",
        "application/sparql-results+json,application/json,text/javascript,application/javascript",
        ROWS_JSON,
    ),
    Client("SPARQLWrapper, xml", "application/sparql-results+xml", ROWS_XML),
    Client("curl", "*/*", ROWS_JSON),
)
OF_GRAPHS = (
    Client("Comunica", "text/turtle", TURTLE),
    Client("SPARQLWrapper, turtle", "application/turtle,text/turtle", TURTLE),
    Client("SPARQLWrapper, rdf+xml", "application/rdf+xml", RDF_XML),
    Client("curl", "*/*", TURTLE),
)


def get_type(client: FlaskClient, path: str, accept: str | None) -> str:
    headers = {} if accept is None else {"Accept": accept}
    answer = client.get(path, headers=headers)
    assert answer.status_code == 200
    return answer.content_type.partition(";")[0]


@pytest.mark.parametrize("asking", OF_DOCUMENTS, ids=lambda each: each.name)
def test_a_client_gets_a_document_that_it_reads(asking: Client, client: FlaskClient) -> None:
    assert get_type(client, DOCUMENT, asking.accept) == asking.expected.media_type


@pytest.mark.parametrize("asking", OF_DOCUMENTS, ids=lambda each: each.name)
def test_a_name_leads_a_client_to_the_same(asking: Client, client: FlaskClient) -> None:
    headers = {} if asking.accept is None else {"Accept": asking.accept}
    answer = client.get(THING, headers=headers)
    assert answer.status_code == 303
    path = "/" + answer.headers["Location"].partition("/tulieu/")[2]
    assert get_type(client, path, asking.accept) == asking.expected.media_type


@pytest.mark.parametrize("asking", OF_ROWS, ids=lambda each: each.name)
def test_a_client_gets_rows_that_it_reads(asking: Client, client: FlaskClient) -> None:
    assert get_type(client, ASK_ROWS, asking.accept) == asking.expected.media_type


@pytest.mark.parametrize("asking", OF_GRAPHS, ids=lambda each: each.name)
def test_a_client_gets_a_graph_that_it_reads(asking: Client, client: FlaskClient) -> None:
    assert get_type(client, ASK_GRAPH, asking.accept) == asking.expected.media_type


def test_the_table_has_every_client() -> None:
    assert (len(OF_DOCUMENTS), len(OF_ROWS), len(OF_GRAPHS)) == (21, 5, 4)

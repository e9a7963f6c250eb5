"""SPARQL 1.1 Service Description, W3C's suite over HTTP: https://www.w3.org/TR/sparql11-service-description/"""

import pyoxigraph
import pytest

from .conftest import Server
from .manifest import read_cases

SD = "http://www.w3.org/ns/sparql-service-description#"
RDF_TYPE = pyoxigraph.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
# Section 3 of the recommendation: each property, the class of its subject, that of its value (empty: a name alone).
SCHEMA = {
    "endpoint": ("Service", ""),
    "feature": ("Service", "Feature"),
    "defaultEntailmentRegime": ("Service", ""),
    "entailmentRegime": ("NamedGraph", ""),
    "defaultSupportedEntailmentProfile": ("Service", ""),
    "supportedEntailmentProfile": ("NamedGraph", ""),
    "extensionFunction": ("Service", "Function"),
    "extensionAggregate": ("Service", "Aggregate"),
    "languageExtension": ("Service", ""),
    "supportedLanguage": ("Service", ""),
    "propertyFeature": ("Service", ""),
    "defaultDataset": ("Service", "Dataset"),
    "availableGraphs": ("Service", "GraphCollection"),
    "resultFormat": ("Service", ""),
    "inputFormat": ("Service", ""),
    "defaultGraph": ("Dataset", "Graph"),
    "namedGraph": ("GraphCollection", "NamedGraph"),
    "name": ("NamedGraph", ""),
    "graph": ("NamedGraph", "Graph"),
}
# `sd:Dataset` is a `sd:GraphCollection`.
KINDS_OF = {"GraphCollection": {"GraphCollection", "Dataset"}}


@pytest.fixture
def description(server: Server) -> pyoxigraph.Store:
    reply = server.ask("GET", "/sparql", {"accept": "application/rdf+xml, text/turtle;q=0.9"})
    assert reply.status == 200
    form = pyoxigraph.RdfFormat.from_media_type(reply.media_type)
    store = pyoxigraph.Store()
    store.load(reply.body, format=form)
    return store


def test_the_suite_is_whole(server: Server) -> None:
    names = {case.iri.rpartition("#")[2] for case in read_cases("service-description")}
    assert names == {"returns-rdf", "has-endpoint-triple", "conforms-to-schema"}


def test_returns_rdf(description: pyoxigraph.Store) -> None:
    assert len(description) > 10


def test_has_endpoint_triple(description: pyoxigraph.Store, server: Server) -> None:
    endpoint = pyoxigraph.NamedNode(f"{server.url}sparql")
    found = list(description.quads_for_pattern(None, pyoxigraph.NamedNode(SD + "endpoint"), endpoint))
    assert len(found) == 1


def test_conforms_to_schema(description: pyoxigraph.Store) -> None:
    checked = 0
    for quad in description:
        if not quad.predicate.value.startswith(SD):
            continue
        subject, value = SCHEMA[quad.predicate.value.removeprefix(SD)]
        assert kinds(description, quad.subject) & KINDS_OF.get(subject, {subject}), quad
        if value:
            assert kinds(description, quad.object) & KINDS_OF.get(value, {value}), quad
        else:
            assert isinstance(quad.object, pyoxigraph.NamedNode), quad
        checked += 1
    assert checked > 10


def kinds(store: pyoxigraph.Store, node: object) -> set[str]:
    found = store.quads_for_pattern(node, RDF_TYPE, None)  # type: ignore[arg-type]
    return {quad.object.value.removeprefix(SD) for quad in found if isinstance(quad.object, pyoxigraph.NamedNode)}

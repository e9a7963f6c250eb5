"""The endpoint, described by itself: https://www.w3.org/TR/sparql11-service-description/

Comes in: an endpoint's address, the release that it is of, the operator's limits. Goes out: RDF that names the
endpoint, its language, formats and functions, what its default graph entails, and its graphs with their counts (VoID).
For limits there is no vocabulary; schema.org's named values tell them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tulieu.formats import ANSWER_GRAPH_FORMATS, ROW_FORMATS, Format
from tulieu.release import Release
from tulieu.sparql.functions import FUNCTIONS
from tulieu.store import Blank, Iri, Literal, Statement, Store, Term, serialise
from tulieu.vocabulary import Names

SD = "http://www.w3.org/ns/sparql-service-description#"
VOID = "http://rdfs.org/ns/void#"
SCHEMA = "https://schema.org/"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
DCAT = "http://www.w3.org/ns/dcat#"
DCTERMS = "http://purl.org/dc/terms/"
XSD_INTEGER = "http://www.w3.org/2001/XMLSchema#integer"
RDF_TYPE = Iri("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
# Reasoning was done at the build, by the rules of OWL 2 RL; a named graph is what it is.
REGIME, PROFILE = "http://www.w3.org/ns/entailment/OWL-RDF-Based", "http://www.w3.org/ns/owl-profile/RL"
SIMPLE_REGIME = "http://www.w3.org/ns/entailment/Simple"
# Beyond so many, passages and notes are counted, not listed: a description should be quick to read.
MOST_SOURCES = 1000
_PREFIXES = (("dcat", DCAT), ("dcterms", DCTERMS), ("rdfs", RDFS), ("schema", SCHEMA), ("sd", SD), ("void", VOID))
_COUNT_SOURCES = """
SELECT ?source (COUNT(*) AS ?statements) {
  VALUES ?kind { tl:Passage tl:Note }
  ?source a ?kind .
  GRAPH ?source { ?s ?p ?o }
} GROUP BY ?source ORDER BY ?source"""


@dataclass(frozen=True)
class ServiceLimits:
    """What the operator lets one query use."""

    seconds: float
    answer_bytes: int
    query_length: int
    query_depth: int
    query_tokens: int

    def named(self) -> Iterator[tuple[str, int, str]]:
        """Each limit with its name, its value and its unit."""
        yield "longest time of a query", int(self.seconds), "seconds"
        yield "largest answer", self.answer_bytes, "bytes"
        yield "longest query", self.query_length, "characters"
        yield "most words and signs of a query", self.query_tokens, "tokens"
        yield "deepest nesting of brackets", self.query_depth, "levels"


def count_sources(store: Store, release: Release) -> Mapping[str, int]:
    """Count the statements of each passage and note; none where there are too many to list."""
    if release.counts.get("Passage", 0) + release.counts.get("Note", 0) > MOST_SOURCES:
        return {}
    counted = {}
    for row in store.select(_COUNT_SOURCES):
        source, statements = row["source"], row["statements"]
        counted[source.value] = int(statements.value)
    return counted


def describe_service(
    address: str, release: Release, sources: Mapping[str, int], limits: ServiceLimits, chosen: Format
) -> bytes:
    """Write the description of the endpoint in a graph format."""
    names = Names(release.base_iri)
    service = Iri(address)
    statements = [
        Statement(service, RDF_TYPE, Iri(SD + "Service")),
        Statement(service, Iri(SD + "endpoint"), service),
        Statement(service, Iri(SD + "supportedLanguage"), Iri(SD + "SPARQL11Query")),
        Statement(service, Iri(SD + "supportedLanguage"), Iri(SD + "SPARQL10Query")),
        Statement(service, Iri(SD + "defaultEntailmentRegime"), Iri(REGIME)),
        Statement(service, Iri(SD + "defaultSupportedEntailmentProfile"), Iri(PROFILE)),
        *(
            Statement(service, Iri(SD + "resultFormat"), Iri(each.iri))
            for each in (*ROW_FORMATS, *ANSWER_GRAPH_FORMATS)
        ),
        *_describe_functions(service),
        *_describe_limits(service, limits),
        *_describe_dataset(service, release, names, sources),
    ]
    return serialise(statements, chosen, _PREFIXES)


def _describe_functions(service: Iri) -> Iterator[Statement]:
    for function in FUNCTIONS:
        iri = Iri(function.iri)
        yield Statement(service, Iri(SD + "extensionFunction"), iri)
        yield Statement(iri, RDF_TYPE, Iri(SD + "Function"))
        for language, label in function.labels.items():
            yield Statement(iri, Iri(RDFS + "label"), Literal(label, language))
        for language, description in function.descriptions.items():
            yield Statement(iri, Iri(RDFS + "comment"), Literal(description, language))


def _describe_limits(service: Iri, limits: ServiceLimits) -> Iterator[Statement]:
    for number, (name, value, unit) in enumerate(limits.named()):
        node = Blank(f"limit{number}")
        yield Statement(service, Iri(SCHEMA + "additionalProperty"), node)
        yield Statement(node, RDF_TYPE, Iri(SCHEMA + "PropertyValue"))
        yield Statement(node, Iri(SCHEMA + "name"), Literal(name, "en"))
        yield Statement(node, Iri(SCHEMA + "value"), _integer(value))
        yield Statement(node, Iri(SCHEMA + "unitText"), Literal(unit))


def _describe_dataset(service: Iri, release: Release, names: Names, sources: Mapping[str, int]) -> Iterator[Statement]:
    dataset, default = Blank("dataset"), Blank("default")
    yield Statement(service, Iri(SD + "defaultDataset"), dataset)
    yield Statement(dataset, RDF_TYPE, Iri(SD + "Dataset"))
    yield Statement(dataset, Iri(DCTERMS + "source"), Iri(str(names.release(release.id))))
    yield Statement(service, Iri(DCAT + "servesDataset"), Iri(str(names.release(release.id))))
    yield Statement(dataset, Iri(SD + "defaultGraph"), default)
    yield from _describe_graph(default, release.counts.get("graph/default"))
    counted = {
        str(names.graph(name.removeprefix("graph/"))): count
        for name, count in release.counts.items()
        if name.startswith("graph/") and name != "graph/default"
    }
    for number, (name, count) in enumerate(sorted({**counted, **sources}.items())):
        named, graph = Blank(f"named{number}"), Blank(f"graph{number}")
        yield Statement(dataset, Iri(SD + "namedGraph"), named)
        yield Statement(named, RDF_TYPE, Iri(SD + "NamedGraph"))
        yield Statement(named, Iri(SD + "name"), Iri(name))
        yield Statement(named, Iri(SD + "entailmentRegime"), Iri(SIMPLE_REGIME))
        yield Statement(named, Iri(SD + "graph"), graph)
        yield from _describe_graph(graph, count)


def _describe_graph(graph: Blank, count: int | None) -> Iterator[Statement]:
    yield Statement(graph, RDF_TYPE, Iri(SD + "Graph"))
    if count is not None:
        yield Statement(graph, RDF_TYPE, Iri(VOID + "Dataset"))
        yield Statement(graph, Iri(VOID + "triples"), _integer(count))


def _integer(value: int) -> Term:
    return Literal(str(value), datatype=XSD_INTEGER)

"""The endpoint, described by itself: https://www.w3.org/TR/sparql11-service-description/

Comes in: the public URL. Goes out: RDF that names the endpoint, its language and its formats. Issue 8 adds the graphs
with their counts, the functions and the limits.
"""

from tulieu.formats import GRAPH_FORMATS, ROW_FORMATS, Format
from tulieu.store import Iri, Statement, Term, serialise
from tulieu.vocabulary import PREFIXES

SD = "http://www.w3.org/ns/sparql-service-description#"
RDF_TYPE = Iri("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
# The formats' own IRIs are W3C's: https://www.w3.org/ns/formats/
FORMAT_IRIS = {
    "json": "SPARQL_Results_JSON",
    "xml": "SPARQL_Results_XML",
    "csv": "SPARQL_Results_CSV",
    "tsv": "SPARQL_Results_TSV",
    "ttl": "Turtle",
    "jsonld": "JSON-LD",
    "nt": "N-Triples",
    "rdf": "RDF_XML",
}


def describe_service(public_url: str, chosen: Format) -> bytes:
    """Write the description of the endpoint in a graph format."""
    endpoint = Iri(f"{public_url}sparql")
    pairs: list[tuple[str, Term]] = [
        ("endpoint", endpoint),
        ("supportedLanguage", Iri(SD + "SPARQL11Query")),
        *(("resultFormat", Iri("http://www.w3.org/ns/formats/" + FORMAT_IRIS[each.name])) for each in _formats()),
    ]
    statements = [Statement(endpoint, RDF_TYPE, Iri(SD + "Service"))]
    statements += [Statement(endpoint, Iri(SD + name), value) for name, value in pairs]
    return serialise(statements, chosen, (*PREFIXES, ("sd", SD)))


def _formats() -> tuple[Format, ...]:
    return (*ROW_FORMATS, *GRAPH_FORMATS)

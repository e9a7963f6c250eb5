"""Comunica (https://comunica.dev) over our documents and over the endpoint gives what the endpoint gives."""

import json
import urllib.parse
import urllib.request
from dataclasses import dataclass

import pytest

from ..npm_clients import run_node
from ..real_server import Running

PREFIXES = """
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX tl: <https://w3id.org/tulieu/ontology#>
PREFIX id: <{url}id/>
"""
XSD_STRING = "http://www.w3.org/2001/XMLSchema#string"
CARDS = "@prefix id: <{url}id/> . id:person-le-duc-duc <https://example.org/onCard> 7 ."
# Three people with their holdings and offices, by the names of the things: Comunica follows each to its document.
NAMES = (
    "id/person-le-duc-duc",
    "id/person-le-van-luong",
    "id/person-tong-thanh-hai",
    "id/holding-le-duc-duc-truong-ban-tuyen-giao",
    "id/holding-le-van-luong-pho-bi-thu-thuong-truc",
    "id/holding-tong-thanh-hai-pho-chu-tich-thuong-truc",
)
WHO_HOLDS_WHAT = """SELECT DISTINCT ?name ?post WHERE {
  ?holding tl:holder ?person ; tl:heldOffice ?office .
  ?person rdfs:label ?name . ?office rdfs:label ?post .
  FILTER(LANG(?name) = "vi" && LANG(?post) = "vi")
}"""


@dataclass(frozen=True)
class Case:
    """A query, what Comunica asks it of, and the query to our endpoint that has the same answer."""

    name: str
    query: str
    sources: tuple[str, ...]
    ours: str = ""
    card: bool = False


CASES = (
    Case("a join over six documents, by the names of the things", WHO_HOLDS_WHAT, NAMES),
    Case(
        "documents by address, in Turtle and JSON-LD",
        'SELECT DISTINCT ?person ?name WHERE { ?person a tl:Person ; rdfs:label ?name FILTER(LANG(?name) = "vi") }',
        ("doc/person-le-duc-duc.ttl", "doc/person-le-van-luong.jsonld"),
        "SELECT DISTINCT ?person ?name WHERE { VALUES ?person { id:person-le-duc-duc id:person-le-van-luong } "
        '?person rdfs:label ?name FILTER(LANG(?name) = "vi") }',
    ),
    Case(
        "Vietnamese text in the query",
        'SELECT DISTINCT ?person WHERE { ?person a tl:Person ; rdfs:label "Lê Đức Dục"@vi }',
        NAMES[:3],
    ),
    Case(
        "the passages of a statement, as graphs of a document",
        "SELECT DISTINCT ?passage ?person WHERE { GRAPH ?passage { id:holding-le-duc-duc-truong-ban-tuyen-giao "
        "tl:holder ?person } ?passage a tl:Passage }",
        ("doc/holding-le-duc-duc-truong-ban-tuyen-giao.trig",),
    ),
    Case("the endpoint", WHO_HOLDS_WHAT, ("sparql",)),
    Case(
        "an endpoint counts",
        "SELECT ?class (COUNT(DISTINCT ?thing) AS ?things) WHERE { ?thing a ?class } GROUP BY ?class",
        ("sparql",),
    ),
    Case(
        "a file of one's own beside the endpoint",
        "SELECT ?card ?name WHERE { ?person <https://example.org/onCard> ?card ; rdfs:label ?name "
        'FILTER(LANG(?name) = "vi") }',
        ("sparql",),
        'SELECT (7 AS ?card) ?name WHERE { id:person-le-duc-duc rdfs:label ?name FILTER(LANG(?name) = "vi") }',
        card=True,
    ),
)


@pytest.fixture(scope="module")
def answers(own_names_server: Running) -> list[list[list[list[str]]]]:
    """All queries, asked by one process."""
    url = own_names_server.url
    prefixes = PREFIXES.format(url=url)
    cards = {"type": "serialized", "value": CARDS.format(url=url), "mediaType": "text/turtle", "baseIRI": url}
    given = [
        {
            "query": prefixes + case.query,
            "sources": [*(url + source for source in case.sources), *([cards] if case.card else [])],
        }
        for case in CASES
    ]
    found = run_node("ask_comunica.js", given)
    assert isinstance(found, list)
    return found


def ask(server: Running, query: str) -> list[list[list[str]]]:
    """The rows that the endpoint gives, as terms are written by the script."""
    address = f"{server.url}sparql?{urllib.parse.urlencode({'query': PREFIXES.format(url=server.url) + query})}"
    request = urllib.request.Request(address, headers={"Accept": "application/sparql-results+json"})
    with urllib.request.urlopen(request) as answer:
        found = json.load(answer)
    return [[_write(row[name]) for name in found["head"]["vars"]] for row in found["results"]["bindings"]]


def _write(term: dict[str, str]) -> list[str]:
    plain = "" if term["type"] == "uri" else XSD_STRING
    return [term["value"], term.get("xml:lang") or term.get("datatype", plain)]


@pytest.mark.parametrize("number", range(len(CASES)), ids=[case.name for case in CASES])
def test_comunica_finds_what_the_endpoint_finds(
    number: int, answers: list[list[list[list[str]]]], own_names_server: Running
) -> None:
    case = CASES[number]
    expected = ask(own_names_server, case.ours or case.query)
    assert expected
    assert sorted(answers[number]) == sorted(expected)

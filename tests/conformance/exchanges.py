"""The HTTP exchanges that W3C's protocol tests describe: https://www.w3.org/TR/HTTP-in-RDF10/

Comes in: a case of the protocol or of the graph store. Goes out: its requests in their order, each with the response
that is expected.
"""

from dataclasses import dataclass
from typing import Any

from rdflib import URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from .manifest import MF, Case

HT = "http://www.w3.org/2011/http#"
CNT = "http://www.w3.org/2011/content#"


@dataclass(frozen=True)
class Exchange:
    """A request, and what the test expects: statuses (`2xx`, `404`), a kind of result, a truth value, a body."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    statuses: tuple[str, ...]
    result: str
    boolean: bool | None
    expected_body: str
    expects_location: bool

    def is_expected(self, status: int) -> bool:
        """Say whether a status is among the expected ones."""
        return any(str(status) == each or (each.endswith("xx") and str(status)[0] == each[0]) for each in self.statuses)


_STATUSES = {"OK": "200", "Created": "201", "NoContent": "204", "NotFound": "404"}


def read_exchanges(case: Case) -> list[Exchange]:
    """Read the exchanges of a case."""
    action = case.one(MF + "action")
    assert action is not None
    return [_read_exchange(case, node) for node in _items(case, case.one(HT + "requests", action))]


def _read_exchange(case: Case, node: Node) -> Exchange:
    response = case.one(HT + "resp", node)
    assert response is not None
    boolean: Any = case.one(MF + "expectedBoolean", response)
    names = [str(each).rpartition("#")[2] for each in case.all(MF + "expectedStatus", response)]
    text, encoding = _read_body(case, node)
    return Exchange(
        method=str(case.one(HT + "methodName", node)),
        path=str(case.one(HT + "absolutePath", node)),
        headers=_read_headers(case, node),
        body=text.encode(encoding),
        statuses=tuple(_STATUSES.get(name) or name.removeprefix("StatusCode") for name in names),
        result=str(case.one(MF + "expectedFormat", response) or ""),
        boolean=None if boolean is None else bool(boolean.toPython()),
        expected_body=_read_body(case, response)[0],
        expects_location=case.one(MF + "expectedLocation", response) is not None,
    )


def _read_headers(case: Case, node: Node) -> dict[str, str]:
    return {
        str(case.one(HT + "fieldName", header)): str(case.one(HT + "fieldValue", header))
        for header in _items(case, case.one(HT + "headers", node))
    }


def _read_body(case: Case, node: Node) -> tuple[str, str]:
    body = case.one(HT + "body", node)
    if body is None:
        return "", "utf-8"
    return str(case.one(CNT + "chars", body)), str(case.one(CNT + "characterEncoding", body))


def _items(case: Case, head: Node | None) -> list[Node]:
    return [] if head is None else list(Collection(case.graph, head))


def graph_data(case: Case) -> list[tuple[Node, str]]:
    """The files that are to be loaded before a case, each with the name of its graph."""
    label = "http://www.w3.org/2000/01/rdf-schema#label"
    found = []
    for node in case.graph.objects(case.node, URIRef("http://www.w3.org/2009/sparql/tests/test-update#graphData")):
        path = case.one("http://www.w3.org/2009/sparql/tests/test-update#graph", node)
        assert path is not None
        found.append((path, str(case.one(label, node))))
    return found

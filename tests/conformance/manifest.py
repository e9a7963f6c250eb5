"""W3C's test manifests, read: https://w3c.github.io/rdf-tests/

Comes in: the folder of the suites, `TEST_W3C` or `../shared/w3c` beside the checkout. Goes out: cases, each with its
kind, its action and its result as terms of the manifest's graph. A desk without the suites skips; CI may not.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from rdflib import Graph, URIRef
from rdflib.collection import Collection
from rdflib.namespace import RDF
from rdflib.term import Node

ROOT = Path(__file__).parents[2]
SUITES = Path(os.environ.get("TEST_W3C", ROOT.parent / "shared" / "w3c"))
MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
QT = "http://www.w3.org/2001/sw/DataAccess/tests/test-query#"
UT = "http://www.w3.org/2009/sparql/tests/test-update#"
# Names under which the groups of tests lie on the web; a file's own name is its address there.
BASE = "https://w3c.github.io/rdf-tests/sparql/"

# Every group that the manifest of SPARQL 1.1 includes but those that are about HTTP; `syntax-fed` and `service` too.
QUERY_GROUPS = (
    "aggregates", "bind", "bindings", "cast", "construct", "csv-tsv-res", "exists", "functions", "grouping",
    "json-res", "negation", "project-expression", "property-path", "subquery", "syntax-query",
)  # fmt: skip
UPDATE_GROUPS = (
    "add", "basic-update", "clear", "copy", "delete", "delete-data", "delete-insert", "delete-where", "drop", "move",
    "syntax-update-1", "syntax-update-2", "update-silent",
)  # fmt: skip
FEDERATED_GROUPS = ("service", "syntax-fed")


@dataclass(frozen=True)
class Case:
    """One test: its IRI, its group, the local name of its type, and where to read on."""

    iri: str
    group: str
    kind: str
    graph: Graph
    node: Node

    @property
    def name(self) -> str:
        """The group and the test's own name, as the test report shows them."""
        return f"{self.group}/{self.iri.rpartition('#')[2]}"

    def one(self, predicate: str, node: Node | None = None) -> Node | None:
        """The value of a property of the case or of one of its parts."""
        return self.graph.value(node or self.node, URIRef(predicate))

    def all(self, predicate: str, node: Node | None = None) -> list[Node]:
        """All values of a property, in the order of their names."""
        return sorted(self.graph.objects(node or self.node, URIRef(predicate)), key=str)


def require_suites() -> None:
    """Skip where the suites are not; fail where they have to be."""
    if not (SUITES / "sparql11" / "manifest.ttl").is_file():
        reason = f"the W3C suites are not at {SUITES}; set TEST_W3C to the folder that holds sparql11/"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)


def read_cases(group: str, manifest: str = "manifest.ttl") -> list[Case]:
    """Read the cases of a group in the order of its manifest; none where the suites are not."""
    path = SUITES / "sparql11" / group / manifest
    if not path.is_file():
        return []
    graph = Graph()
    graph.parse(data=path.read_bytes(), format="turtle", publicID=address_of(path))
    entries = graph.value(URIRef(address_of(path)), URIRef(MF + "entries"))
    assert entries is not None, f"{path}: no mf:entries"
    cases = []
    for node in Collection(graph, entries):
        kind = graph.value(node, RDF.type)
        assert kind is not None, f"{path}: {node} has no type"
        cases.append(Case(str(node), group, str(kind).rpartition("#")[2], graph, node))
    return cases


def read_all(groups: tuple[str, ...]) -> list[Case]:
    """Read the cases of several groups."""
    return [case for group in groups for case in read_cases(group)]


def address_of(path: Path) -> str:
    """The address of a file of the suites on the web."""
    return BASE + path.relative_to(SUITES).as_posix()


def path_of(node: Node | str) -> Path:
    """The file of the suites that an address means."""
    address = str(node)
    assert address.startswith(BASE), f"{address} is not in the suites"
    return SUITES / unquote(urlsplit(address).path.partition("/rdf-tests/sparql/")[2])


def read_text(node: Node) -> str:
    """The text of a file of the suites."""
    return path_of(node).read_text(encoding="utf-8")

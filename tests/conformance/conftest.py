"""The real server over the graphs that W3C's HTTP tests ask for.

What would be written in a test of the graph store is laid out beforehand, as the test expects to read it: each reading
step has its graph under a name of its own. The writes themselves are then refused.
"""

import contextlib
import gzip
import http.client
import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

import pyoxigraph
import pytest

from tulieu.vocabulary import BASE_IRI

from ..real_server import free_port, serve
from .exchanges import Exchange, graph_data, read_exchanges
from .manifest import Case, path_of, read_cases, require_suites

RELEASE_ID = "20260101T000000Z-0000000000c3"
PROTOCOL = read_cases("protocol")
GRAPH_STORE = [
    case
    for manifest in ("manifest-direct.ttl", "manifest-indirect.ttl")
    for case in read_cases("graph-store-protocol", manifest)
]
_SEARCHED = (
    "CREATE VIRTUAL TABLE labels USING fts5(iri UNINDEXED, kind UNINDEXED, language UNINDEXED, label UNINDEXED, folded)"
)


@dataclass(frozen=True)
class Reply:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def media_type(self) -> str:
        """The type without its parameters."""
        return self.headers.get("content-type", "").partition(";")[0]


@dataclass(frozen=True)
class Server:
    """A running server."""

    port: int

    @property
    def url(self) -> str:
        """The public URL."""
        return f"http://127.0.0.1:{self.port}/"

    def ask(self, method: str, path: str, headers: dict[str, str] | None = None, body: bytes = b"") -> Reply:
        """Send a request just as it is: no header is added but those that HTTP itself needs."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body or None, headers or {})
            response = connection.getresponse()
            fields = {name.lower(): value for name, value in response.getheaders()}
            return Reply(response.status, fields, response.read())
        finally:
            connection.close()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The server as `tulieu serve` starts it."""
    require_suites()
    folder = tmp_path_factory.mktemp("conformance")
    server = Server(free_port())
    _write_release(folder / "state", server)
    (folder / "no-knowledge").mkdir()
    knowledge = ("--knowledge", str(folder / "no-knowledge"))
    with serve(folder / "state", folder / "log", *knowledge, port=server.port):
        yield server


def reading_address(number: int, step: int, exchange: Exchange) -> str:
    """The address at which a reading step of a case of the graph store finds its graph."""
    name = f"c{number}s{step}"
    path = exchange.path.replace("www.example", f"{name}.example").replace("$LOCATION$", f"http://{name}.example/new")
    place = "/sparql/graph-store"
    return place + (f"/{name}{path[4:]}" if path.startswith("/gsp/") else path[4:])


def reading_graph(url: str, number: int, step: int, exchange: Exchange) -> str:
    """The name of that graph; empty for the default graph."""
    name = f"c{number}s{step}"
    if exchange.path.endswith("?default"):
        return ""
    if "?graph=" in exchange.path:
        return unquote(reading_address(number, step, exchange).partition("?graph=")[2])
    return f"{url}sparql/graph-store/{name}/{exchange.path.removeprefix('/gsp/')}"


def _write_release(state: Path, server: Server) -> None:
    folder = state / "releases" / RELEASE_ID
    folder.mkdir(parents=True)
    store = pyoxigraph.Store(str(folder / "store"))
    for case in PROTOCOL:
        for data, name in graph_data(case):
            store.load(
                path_of(data).read_bytes(), format=pyoxigraph.RdfFormat.N_TRIPLES, to_graph=pyoxigraph.NamedNode(name)
            )
    for number, case in enumerate(GRAPH_STORE):
        _lay_out(store, server, number, case)
    store.flush()
    del store
    with contextlib.closing(sqlite3.connect(folder / "search.sqlite")) as connection:
        connection.execute(_SEARCHED)
    (folder / "dumps").mkdir()
    for name in ("dataset.nq.gz", "proofs.json.gz"):
        (folder / name).write_bytes(gzip.compress(b""))
    for name in ("report.json", "report.ttl"):
        (folder / name).write_text("{}")
    manifest = {
        "id": RELEASE_ID,
        "created": "2026-01-01T00:00:00Z",
        "base_iri": BASE_IRI,
        "software": "0",
        "knowledge_digest": "k",
        "dataset_digest": "d",
        "counts": {"graph/default": 3},
    }
    (folder / "manifest.json").write_text(json.dumps(manifest))
    (state / "current").symlink_to(Path("releases") / RELEASE_ID)


def _lay_out(store: pyoxigraph.Store, server: Server, number: int, case: Case) -> None:
    written = ""
    for step, exchange in enumerate(read_exchanges(case)):
        written = exchange.body.decode() or written
        if exchange.method in ("GET", "HEAD") and exchange.is_expected(200):
            name = reading_graph(server.url, number, step, exchange)
            graph = pyoxigraph.NamedNode(name) if name else pyoxigraph.DefaultGraph()
            text = exchange.expected_body or written
            store.load(text.encode(), format=pyoxigraph.RdfFormat.TURTLE, base_iri=name or server.url, to_graph=graph)

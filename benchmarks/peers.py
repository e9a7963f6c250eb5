"""The servers that are measured: loaded, started and stopped, on loopback, each with the same statements.

Comes in: a working folder, a release. Goes out: for each peer that can be had an endpoint that answers; for any other
`CannotRunError` with the reason in a line. tulieu and Oxigraph's own server open the same store, byte for byte.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from benchmarks.archive import QUADS
from benchmarks.installing import CannotRunError, fuseki, python_environment, quads, run, virtuoso
from tulieu.release import Release

ROOT = Path(__file__).parents[1]
HOST = "127.0.0.1"
# Virtuoso has no default graph of its own; what is in that of the others is in this one, which each request names.
VIRTUOSO_DEFAULT_GRAPH = "https://w3id.org/tulieu/graph/default"
_START_SECONDS, _LOAD_SECONDS, _STOP_SECONDS = 60.0, 300.0, 10.0
_ASK = "ASK { ?s ?p ?o }"
_RDFLIB_SERVER = """
import sys, uvicorn
from rdflib import Dataset
from rdflib_endpoint import SparqlEndpoint
dataset = Dataset(default_union=False)
dataset.parse(sys.argv[1], format="nquads")
uvicorn.run(SparqlEndpoint(graph=dataset), host=sys.argv[2], port=int(sys.argv[3]), log_level="error", access_log=False)
"""
_VIRTUOSO_INI = """
[Database]
DatabaseFile = virtuoso.db
ErrorLogFile = virtuoso.log
LockFile = virtuoso.lck
TransactionFile = virtuoso.trx
xa_persistent_file = virtuoso.pxa
[TempDatabase]
DatabaseFile = virtuoso-temp.db
TransactionFile = virtuoso-temp.trx
[Parameters]
ServerPort = {sql_port}
ServerThreads = 20
NumberOfBuffers = 170000
MaxDirtyBuffers = 130000
DirsAllowed = .
[HTTPServer]
ServerPort = {host}:{port}
ServerThreads = 20
[SPARQL]
ResultSetMaxRows = 1000000
"""


@dataclass(frozen=True)
class Peer:
    """A server that runs: where its endpoint is, and what each request must carry beside the query."""

    name: str
    port: int
    path: str
    process: "subprocess.Popen[bytes]"
    parameters: Mapping[str, str] = field(default_factory=dict)
    load_seconds: float = 0.0

    def target(self, query: str) -> str:
        """The path and query string of the request that puts a query."""
        given = {"query": query, **self.parameters}
        return f"{self.path}?" + "&".join(f"{name}={quote(value, safe='')}" for name, value in given.items())


def server_environment() -> dict[str, str]:
    """This process's environment for the command `tulieu` of this checkout, without settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TULIEU_")}
    return {**kept, "PYTHONPATH": str(ROOT / "server")}


def start_tulieu(work: Path, release: Release) -> Peer:
    """Serve a release as an operator would: by the command, with the settings as they come."""
    port = _free_port()
    state = release.folder.parents[1]
    arguments = ("-m", "tulieu", "serve", "--state", str(state), "--host", HOST, "--port", str(port))
    process = _spawn([sys.executable, *arguments], work, f"tulieu-{release.id}", environment=server_environment())
    return _when_ready(Peer("tulieu", port, "/sparql", process), work)


def start_oxigraph(work: Path, release: Release) -> Peer:
    """Serve a copy of the release's store by Oxigraph's own server, read-only."""
    binary = python_environment(work) / "bin" / "oxigraph"
    store = _fresh(work / "oxigraph" / release.id)
    shutil.copytree(release.store_path, store, dirs_exist_ok=True)
    port = _free_port()
    arguments = [str(binary), "serve-read-only", "--location", str(store), "--bind", f"{HOST}:{port}"]
    return _when_ready(Peer("Oxigraph", port, "/query", _spawn(arguments, work, f"oxigraph-{release.id}")), work)


def start_rdflib_endpoint(work: Path, release: Release) -> Peer:
    """Load the N-Quads into rdflib-endpoint's own store, in memory, and serve them."""
    python = python_environment(work) / "bin" / "python"
    port = _free_port()
    arguments = [str(python), "-c", _RDFLIB_SERVER, str(quads(work, release)), HOST, str(port)]
    begun = time.monotonic()
    peer = _when_ready(
        Peer("rdflib-endpoint", port, "/", _spawn(arguments, work, f"rdflib-endpoint-{release.id}")), work
    )
    return _loaded(peer, begun)


def start_virtuoso(work: Path, release: Release) -> Peer:
    """Load the N-Quads into a new Virtuoso database and serve it."""
    root = virtuoso(work)
    libraries = ":".join(str(path.parent) for path in root.rglob("libpcre.so.3"))
    environment = {**os.environ, "LD_LIBRARY_PATH": libraries}
    folder = _fresh(work / "virtuoso-database" / release.id)
    port, sql_port = _free_port(), _free_port()
    settings = folder / "virtuoso.ini"
    settings.write_text(_VIRTUOSO_INI.format(host=HOST, port=port, sql_port=f"{HOST}:{sql_port}"), encoding="ascii")
    os.link(quads(work, release), folder / QUADS)
    begun = time.monotonic()
    process = _spawn(
        [str(root / "usr/bin/virtuoso-t"), "+foreground", "+configfile", str(settings)],
        work, f"virtuoso-{release.id}", environment=environment, folder=folder,
    )  # fmt: skip
    peer = Peer(
        "Virtuoso", port, "/sparql", process,
        # Without a list of named graphs a graph variable would range over none.
        {"default-graph-uri": VIRTUOSO_DEFAULT_GRAPH},
    )  # fmt: skip
    try:
        _wait_for_port(sql_port, process, "Virtuoso", work)
        # 512: N-Quads. Then on the disk, so that the log is not written while others are measured.
        sql = f"log_enable(2,1); DB.DBA.TTLP_MT(file_open('{QUADS}'), '', '{VIRTUOSO_DEFAULT_GRAPH}', 512); checkpoint;"
        loaded = subprocess.run(
            [str(root / "usr/bin/isql-vt"), f"{HOST}:{sql_port}", "dba", "dba", "VERBOSE=OFF", f"EXEC={sql}"],
            capture_output=True, text=True, timeout=_LOAD_SECONDS, env=environment, check=False,
        )  # fmt: skip
        if loaded.returncode or "Error" in loaded.stderr + loaded.stdout:
            raise CannotRunError(f"Virtuoso did not load the data: {(loaded.stderr + loaded.stdout).strip()[-300:]}")
    except BaseException:
        stop(peer)
        raise
    return _loaded(_when_ready(peer, work), begun)


def start_fuseki(work: Path, release: Release) -> Peer:
    """Load the N-Quads into a TDB2 database and serve it by Jena Fuseki."""
    jar = fuseki(work)
    database = _fresh(work / "fuseki-database" / release.id)
    begun = time.monotonic()
    run(
        ["java", "-cp", str(jar), "tdb2.tdbloader", "--quiet", "--loc", str(database), str(quads(work, release))],
        _LOAD_SECONDS,
    )
    port = _free_port()
    # It listens on loopback alone only where it is told so.
    arguments = ["--localhost", "--port", str(port), "--loc", str(database), "/data"]
    folder = _fresh(work / "fuseki-run" / release.id)
    process = _spawn(["java", "-Xmx2g", "-jar", str(jar), *arguments], work, f"fuseki-{release.id}", folder=folder)
    return _loaded(_when_ready(Peer("Jena Fuseki", port, "/data/sparql", process), work), begun)


STARTS: Mapping[str, Callable[[Path, Release], Peer]] = {
    "Oxigraph": start_oxigraph,
    "rdflib-endpoint": start_rdflib_endpoint,
    "Virtuoso": start_virtuoso,
    "Jena Fuseki": start_fuseki,
}


def stop(peer: Peer) -> None:
    """End a peer and what it started."""
    if peer.process.poll() is None:
        os.killpg(peer.process.pid, signal.SIGTERM)
        try:
            peer.process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(peer.process.pid, signal.SIGKILL)
            peer.process.wait()


def _spawn(
    command: list[str],
    work: Path,
    name: str,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> "subprocess.Popen[bytes]":
    with (work / f"{name}.log").open("wb") as log:
        # A session of its own, so that it can be ended with all that it starts.
        return subprocess.Popen(
            command, stdout=log, stderr=log, env=environment, cwd=folder or work, start_new_session=True
        )


def _when_ready(peer: Peer, work: Path) -> Peer:
    """Wait until the peer answers a query."""
    url = f"http://{HOST}:{peer.port}{peer.target(_ASK)}"
    request = urllib.request.Request(url, headers={"Accept": "application/sparql-results+json"})
    end = time.monotonic() + _LOAD_SECONDS
    while time.monotonic() < end and peer.process.poll() is None:
        try:
            with urllib.request.urlopen(request, timeout=5):
                return peer
        except urllib.error.HTTPError as error:
            refusal = f"status {error.code}"
        except OSError as error:
            refusal = str(error)
        time.sleep(0.2)
    code = peer.process.poll()
    stop(peer)
    raise CannotRunError(
        f"{peer.name} did not answer ({refusal if code is None else f'ended with {code}'}); its log is in {work}"
    )


def _wait_for_port(port: int, process: "subprocess.Popen[bytes]", name: str, work: Path) -> None:
    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        with socket.socket() as client:
            if client.connect_ex((HOST, port)) == 0:
                return
        time.sleep(0.1)
    raise CannotRunError(f"{name} did not start; its log is in {work}")


def _loaded(peer: Peer, begun: float) -> Peer:
    seconds = time.monotonic() - begun
    return Peer(peer.name, peer.port, peer.path, peer.process, peer.parameters, seconds)


def _fresh(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        return int(listener.getsockname()[1])

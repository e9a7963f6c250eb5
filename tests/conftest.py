"""What tests of the server share: a small invented release, and the application over it.

The release is written here by hand, with the real ontology: these tests are quick and say exactly what they see.
"""

import gzip
import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph
import pytest
from flask import Flask
from flask.testing import FlaskClient

from tulieu.app import create_app
from tulieu.folding import read_words
from tulieu.release import Release, find_current
from tulieu.settings import Settings
from tulieu.store import Store
from tulieu.vocabulary import BASE_IRI

from .real_release import real_release
from .real_server import Running, own_names
from .two_releases import write_two_releases

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "tests" / "sample" / "sample.trig"
RELEASE_ID = "20260101T000000Z-000000000000"
PUBLIC_URL = "https://archive.example/tulieu/"
# What the default graph is made of (design, section 3); passages and notes belong to it too.
NOT_ASSERTED = ("graph/inferred", "graph/evidence", "graph/ontology")
MERGED = ("passages", "notes", "authority", "inferred", "evidence", "ontology")


@pytest.fixture(scope="session")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state folder that holds the sample as its only release."""
    state = tmp_path_factory.mktemp("state")
    folder = state / "releases" / RELEASE_ID
    folder.mkdir(parents=True)
    store = pyoxigraph.Store(str(folder / "store"))
    store.load(path=str(SAMPLE))
    for file in (*(ROOT / "ontology").glob("[at]*/*.ttl"), ROOT / "ontology" / "tulieu.ttl"):
        store.load(path=str(file), to_graph=_graph("ontology"))
    store.load(path=str(ROOT / "ontology" / "vocabularies.ttl"), to_graph=_graph("authority"))
    for quad in list(store):
        name = quad.graph_name.value
        if name.startswith((BASE_IRI + "passage/", BASE_IRI + "note/", *(_graph(each).value for each in MERGED))):
            store.add(pyoxigraph.Quad(quad.subject, quad.predicate, quad.object))
            if not name.endswith(NOT_ASSERTED):
                store.add(pyoxigraph.Quad(quad.subject, quad.predicate, quad.object, _graph("asserted")))
    _write_search(folder / "search.sqlite", store)
    (folder / "dumps").mkdir()
    for name in ("dumps/tulieu.nt.gz", "dataset.nq.gz", "proofs.json.gz"):
        (folder / name).write_bytes(gzip.compress(b"sample"))
    for name in ("report.json", "report.ttl"):
        (folder / name).write_text("{}")
    manifest = {"id": RELEASE_ID, "created": "2026-01-01T00:00:00Z", "base_iri": BASE_IRI, "software": "0",
                "knowledge_digest": "k", "dataset_digest": "d", "counts": {"Person": 2, "inferred": 5}}  # fmt: skip
    (folder / "manifest.json").write_text(json.dumps(manifest))
    (state / "current").symlink_to(Path("releases") / RELEASE_ID)
    del store
    return state


@pytest.fixture(scope="session")
def sample(state: Path) -> Release:
    """The sample release."""
    return find_current(state)


@pytest.fixture(scope="session")
def release() -> Release:
    """The release of the project's own knowledge files, by the real build."""
    return real_release()


@pytest.fixture(scope="session")
def own_names_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server whose names, but for the ontology's, are its own addresses: for clients that follow names."""
    with own_names(tmp_path_factory.mktemp("own-names") / "serve.log") as running:
        yield running


@pytest.fixture(scope="session")
def store(sample: Release) -> Store:
    """The store of the sample release."""
    return Store(sample.store_path)


@pytest.fixture(scope="session")
def app(state: Path) -> Flask:
    """The application over the sample release, behind a public URL with a path."""
    return create_app(Settings(state=state, public_url=PUBLIC_URL, feedback="mailto:desk@archive.example"))


@pytest.fixture(scope="session")
def two_releases(sample: Release, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The application over the sample and a release that came after it."""
    state = write_two_releases(sample, tmp_path_factory.mktemp("two-releases"))
    return create_app(Settings(state=state, public_url=PUBLIC_URL))


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A client of the application."""
    return app.test_client()


def _graph(name: str) -> pyoxigraph.NamedNode:
    return pyoxigraph.NamedNode(f"{BASE_IRI}graph/{name}")


def _write_search(path: Path, store: pyoxigraph.Store) -> None:
    label = pyoxigraph.NamedNode("http://www.w3.org/2000/01/rdf-schema#label")
    with sqlite3.connect(path) as connection:
        connection.execute(
            "CREATE VIRTUAL TABLE labels USING fts5"
            "(iri UNINDEXED, kind UNINDEXED, language UNINDEXED, label UNINDEXED, folded)"
        )
        for quad in store.quads_for_pattern(None, label, None, _graph("authority")):
            assert isinstance(quad.subject, pyoxigraph.NamedNode)
            assert isinstance(quad.object, pyoxigraph.Literal)
            row = (quad.subject.value, quad.object.language, quad.object.value, " ".join(read_words(quad.object.value)))
            connection.execute("INSERT INTO labels VALUES (?, '', ?, ?, ?)", row)
    connection.close()

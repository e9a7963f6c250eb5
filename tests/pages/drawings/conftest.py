"""A small invented archive with times of every precision, organs in a ring, documents and figures."""

from pathlib import Path

import pyoxigraph
import pytest

from tulieu.pages.archive import Archive, open_archive
from tulieu.pages.links import Links
from tulieu.pages.values import Values
from tulieu.pages.visit import Visit
from tulieu.release import Release
from tulieu.search import SearchIndex
from tulieu.store import Store
from tulieu.vocabulary import BASE_IRI

ROOT = Path(__file__).parents[3]
STATED = tuple(BASE_IRI + part for part in ("passage/", "note/", "graph/authority"))
MERGED = (*STATED, *(BASE_IRI + "graph/" + name for name in ("passages", "notes", "inferred", "ontology")))


@pytest.fixture(scope="session")
def drawn(tmp_path_factory: pytest.TempPathFactory, sample: Release) -> Archive:
    """The archive, with the graphs merged as a build merges them."""
    path = str(tmp_path_factory.mktemp("drawn") / "store")
    store = pyoxigraph.Store(path)
    store.load(path=str(Path(__file__).parent / "invented.trig"))
    ontology, authority, asserted = (
        pyoxigraph.NamedNode(f"{BASE_IRI}graph/{name}") for name in ("ontology", "authority", "asserted")
    )
    for file in (ROOT / "ontology" / "terms").glob("*.ttl"):
        store.load(path=str(file), to_graph=ontology)
    store.load(path=str(ROOT / "ontology" / "vocabularies.ttl"), to_graph=authority)
    for quad in list(store):
        name = quad.graph_name.value
        if name.startswith(MERGED):
            store.add(pyoxigraph.Quad(quad.subject, quad.predicate, quad.object))
        if name.startswith(STATED):
            store.add(pyoxigraph.Quad(quad.subject, quad.predicate, quad.object, asserted))
    del store
    return open_archive(sample, Store(Path(path)), SearchIndex(sample.search_path))


def visit(archive: Archive, path: str, language: str = "vi", **parameters: str | tuple[str, ...]) -> Visit:
    """A reader's request; a name that Python keeps for itself ends in an underscore."""
    values = Values(archive.labels, Links("https://archive.example/", archive.names), language)
    given = {name.rstrip("_"): (texts,) if isinstance(texts, str) else texts for name, texts in parameters.items()}
    return Visit(values, path, given)


def iri(local: str) -> str:
    """The name of a thing."""
    return f"{BASE_IRI}id/{local}"

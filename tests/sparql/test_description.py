import pyoxigraph
import pytest
from flask.testing import FlaskClient

from tulieu.formats import ANSWER_GRAPH_FORMATS, ROW_FORMATS, TURTLE, Format
from tulieu.release import Release
from tulieu.sparql.description import (
    DCAT,
    MOST_SOURCES,
    SCHEMA,
    SD,
    VOID,
    ServiceLimits,
    count_sources,
    describe_service,
)
from tulieu.sparql.functions import FUNCTIONS
from tulieu.store import Store
from tulieu.vocabulary import BASE_IRI

URL = "https://archive.example/"
LIMITS = ServiceLimits(30, 1000, 65_536, 101, 20_001)


def values(release: Release, name: str, sources: dict[str, int]) -> set[str]:
    graph = pyoxigraph.Store()
    graph.load(describe_service(URL, release, sources, LIMITS, TURTLE), format=pyoxigraph.RdfFormat.TURTLE)
    return {quad.object.value for quad in graph.quads_for_pattern(None, pyoxigraph.NamedNode(name), None)}  # type: ignore[union-attr]


@pytest.mark.parametrize("chosen", ANSWER_GRAPH_FORMATS, ids=lambda each: each.name)
def test_it_comes_in_every_graph_format(client: FlaskClient, chosen: Format) -> None:
    answer = client.get("/sparql", headers={"Accept": chosen.media_type})
    form = pyoxigraph.RdfFormat.from_media_type(chosen.media_type)
    endpoint = pyoxigraph.NamedNode(SD + "endpoint")
    found = [quad.object.value for quad in pyoxigraph.parse(answer.data, format=form) if quad.predicate == endpoint]  # type: ignore[union-attr]
    assert found == ["https://archive.example/tulieu/sparql"]


def test_it_names_formats_functions_and_limits(release: Release) -> None:
    assert values(release, SD + "resultFormat", {}) == {each.iri for each in (*ROW_FORMATS, *ANSWER_GRAPH_FORMATS)}
    assert values(release, DCAT + "servesDataset", {}) == {f"{BASE_IRI}release/{release.id}"}
    assert values(release, SD + "extensionFunction", {}) == {function.iri for function in FUNCTIONS}
    assert {"30", "1000", "65536", "101", "20001"} <= values(release, SCHEMA + "value", {})
    assert values(release, SD + "defaultSupportedEntailmentProfile", {}) == {"http://www.w3.org/ns/owl-profile/RL"}


def test_it_lists_the_graphs_of_the_release_with_their_counts(release: Release) -> None:
    store = Store(release.store_path)
    sources = count_sources(store, release)
    silent = store.select("SELECT (COUNT(DISTINCT ?p) AS ?n) { ?p tl:statesNothingBecause ?reason }")[0]["n"]
    assert len(sources) == release.counts["StatementSource"] - int(silent.value)  # type: ignore[union-attr]
    named = values(release, SD + "name", dict(sources))
    assert {
        BASE_IRI + name for name in release.counts if name.startswith("graph/") and name != "graph/default"
    } <= named
    assert set(sources) <= named
    counted = store.select("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")[0]["n"]
    assert counted.value in values(release, VOID + "triples", {})
    for name, count in sources.items():
        row = store.select(f"SELECT (COUNT(*) AS ?n) {{ GRAPH <{name}> {{ ?s ?p ?o }} }}")[0]
        assert row["n"].value == str(count)


def test_passages_are_not_listed_where_there_are_too_many(release: Release) -> None:
    crowded = Release(**{**vars(release), "counts": {"Passage": MOST_SOURCES, "Note": 1}})
    assert count_sources(Store(release.store_path), crowded) == {}

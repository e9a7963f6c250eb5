import json
from collections.abc import Callable
from pathlib import Path

import pyoxigraph
import pytest
from rdflib import RDF, RDFS, SKOS, Graph

from tulieu.errors import ReleaseError
from tulieu.pipeline.build import build
from tulieu.pipeline.statistics import collect_statistics
from tulieu.release import Release
from tulieu.statistics import ClassCount, LinkCount, PropertyCount, Statistics, read_statistics
from tulieu.vocabulary import BASE_IRI, TL, Names

Append = Callable[[str, str], int]
PREFIXES = """
PREFIX id: <https://w3id.org/tulieu/id/> PREFIX tl: <https://w3id.org/tulieu/ontology#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
"""


@pytest.fixture
def release(folder: Path, tmp_path: Path) -> Release:
    return build(folder, tmp_path / "state")[0]


def count(release: Release, text: str) -> Statistics:
    graph = Graph(store="SimpleMemory").parse(data=PREFIXES + text, format="turtle")
    lines = sorted(graph.serialize(format="nt").splitlines())
    read = pyoxigraph.parse("\n".join(filter(None, lines)), format=pyoxigraph.RdfFormat.N_TRIPLES)
    return collect_statistics(release, graph, [quad.triple for quad in read], Names())


def test_what_is_counted_is_what_the_default_graph_holds(release: Release) -> None:
    statistics = read_statistics(release)
    assert statistics is not None
    store = pyoxigraph.Store.read_only(str(release.store_path))
    plain = [quad.triple for quad in store.quads_for_pattern(None, None, None, pyoxigraph.DefaultGraph())]
    assert statistics.triples == len(plain) == sum(each.triples for each in statistics.properties)
    assert statistics.subjects == len({str(each.subject) for each in plain})
    assert statistics.objects == len({str(each.object) for each in plain})
    assert {each.iri for each in statistics.properties} == {each.predicate.value for each in plain}
    assert statistics.articles == (f"{BASE_IRI}article/sample-1",)
    assert set(statistics.files) >= {path.name for path in release.list_dumps()}


def test_parts_links_days_and_places_are_counted(release: Release) -> None:
    found = count(
        release,
        """
        id:a a tl:Person, tl:Agent ; tl:knows id:b, id:c ; rdfs:label "A"@vi, "A"@en ; tl:attestedIn id:p .
        id:b a tl:Person ; skos:exactMatch <https://elsewhere.example/thing/1>, id:a ; tl:knows [ tl:knows id:b ] .
        id:c skos:exactMatch <https://elsewhere.example/thing/2> ; rdfs:subClassOf rdfs:Resource .
        id:t tl:earliestDay "1990-01-02" ; tl:latestDay "1991-01-02" . id:u tl:earliestDay "1980-01-02" .
        id:square a tl:Place . <https://elsewhere.example/thing/1> skos:closeMatch <https://elsewhere.example/x> .
        """,
    )
    assert found.entities == 6 and found.subjects == 8
    assert found.classes[1] == ClassCount(
        f"{TL.Person}",
        2,
        {
            f"{RDF.type}": 3,
            f"{RDFS.label}": 2,
            f"{SKOS.exactMatch}": 2,
            f"{TL}knows": 3,
            f"{TL}attestedIn": 1,
        },
    )
    assert PropertyCount(f"{TL}knows", 4, 3, 3) in found.properties
    # Links among our own, from elsewhere, or to the languages of the ontology are none.
    assert found.links == (LinkCount(f"{SKOS.exactMatch}", "https://elsewhere.example/thing/", 2),)
    assert (found.first_day, found.last_day) == ("1980-01-02", "1991-01-02")
    assert found.places == (f"{BASE_IRI}id/square",)
    assert found.names[f"{BASE_IRI}id/a"] == {"en": "A", "vi": "A"}
    assert found.examples == (f"{BASE_IRI}id/a",)


def test_of_very_many_places_the_most_told_of_are_named(release: Release) -> None:
    units = " ".join(f"id:unit-{number:03} a tl:AdministrativeUnit ." for number in range(150))
    found = count(release, f"id:square a tl:Place . {units} id:unit-149 tl:attestedIn id:p .")
    assert len(found.places) == 100 and found.places[0] == f"{BASE_IRI}id/unit-149"


def test_a_release_without_the_file_is_older_and_one_with_a_damaged_file_is_told(release: Release) -> None:
    path = release.statistics_path
    values = json.loads(path.read_text(encoding="utf-8"))
    assert str(release.folder) not in path.read_text(encoding="utf-8")
    path.write_text(json.dumps({**values, "classes": [{"iri": "x"}]}), encoding="utf-8")
    with pytest.raises(ReleaseError, match=r"statistics\.json: expected the statistics of a build"):
        read_statistics(release)
    path.unlink()
    assert read_statistics(release) is None

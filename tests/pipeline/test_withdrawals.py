"""Names that are used no longer: what load refuses, where they stand in a release, and that the server knows them."""

from collections.abc import Callable
from pathlib import Path

import pytest
from rdflib import RDF, URIRef

from tulieu.app import create_app
from tulieu.errors import KnowledgeError, Problem
from tulieu.pipeline.build import build
from tulieu.pipeline.load import load
from tulieu.release import find_current
from tulieu.settings import Settings
from tulieu.store import Iri, Store
from tulieu.vocabulary import TL, Names

Append = Callable[[str, str], int]
Change = Callable[[str, str, str], int]
TERMS = """
tl:WithdrawnName a owl:Class . tl:MergedName a owl:Class ; rdfs:subClassOf tl:WithdrawnName .
tl:withdrawnBecause a owl:DatatypeProperty ; tl:isBookkeeping true . tl:mergedInto a owl:ObjectProperty ; tl:isBookkeeping true .
tl:withdrawnOn a owl:DatatypeProperty ; tl:isBookkeeping true .
"""  # noqa: E501 - Turtle
NAMES_FILE = "data/names/withdrawn.ttl"
DCTERMS_LINE = "@prefix dcterms: <http://purl.org/dc/terms/> .\n"
WITHDRAWN = """
id:person-never-meant a tl:WithdrawnName ;
  rdfs:label "Nobody"@en, "Không ai"@vi ;
  tl:withdrawnBecause "A misprint."@en, "In nhầm."@vi ;
  tl:withdrawnOn "2026-11-24"^^xsd:date ;
  dcterms:isReplacedBy id:person-mai-hoa ;
.
id:person-mai-hoa-2 a tl:MergedName ; tl:mergedInto id:person-mai-hoa ; tl:withdrawnBecause "One person."@en .
"""
NAMES = Names()


@pytest.fixture
def names_file(folder: Path, append: Append) -> Path:
    """A folder whose ontology knows names that are used no longer, and the file for them, still without any."""
    append("ontology/terms/all.ttl", TERMS)
    append(NAMES_FILE, DCTERMS_LINE)
    return folder / NAMES_FILE


def problems_of(folder: Path) -> tuple[Problem, ...]:
    with pytest.raises(KnowledgeError) as caught:
        load(folder)
    return caught.value.problems


def test_the_file_may_hold_nothing_and_stands_in_a_graph_of_its_own(
    folder: Path, names_file: Path, append: Append
) -> None:
    graph = NAMES.graph("withdrawals")
    assert len(load(folder).dataset.graph(graph)) == 0
    append(NAMES_FILE, WITHDRAWN)
    knowledge = load(folder)
    assert len(knowledge.dataset.graph(graph)) == 10
    assert (NAMES.thing("person-never-meant"), RDF.type, TL.WithdrawnName) in knowledge.asserted()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        # Still used: as subject and object, as the name of a graph, in the authority file.
        ("id:person-mai-hoa a tl:WithdrawnName .", "id:person-mai-hoa was withdrawn or merged and is still used here"),
        ("n:year a tl:WithdrawnName .", "<https://w3id.org/tulieu/note/sample-1/year> was withdrawn or merged"),
        ("id:a a tl:MergedName ; tl:mergedInto id:a .", "id:a leads to id:a and from there back to itself"),
        (
            "id:a a tl:MergedName ; tl:mergedInto id:b .\nid:b a tl:MergedName ; tl:mergedInto id:a .",
            "id:b leads to id:a and from there back to itself",
        ),
        ("id:a a tl:MergedName ; tl:mergedInto id:b .\nid:b dcterms:isReplacedBy id:a .", "back to itself"),
        ("id:a a tl:MergedName ; tl:mergedInto id:nobody .", "id:nobody is described nowhere"),
        ("id:a a tl:WithdrawnName ; dcterms:isReplacedBy id:nobody .", "id:nobody is described nowhere"),
        ("id:a a tl:MergedName ; tl:mergedInto <http://elsewhere.example/> .", "which is no thing, article, passage"),
        ("id:a a tl:MergedName ; tl:mergedInto tl:Person .", "which is no thing, article, passage or note of ours"),
        ("graph:notes a tl:WithdrawnName .", "may not stand in"),
        ("id:a a tl:Person .", "may not stand in"),
    ],
)
def test_what_load_refuses_with_file_line_name_and_next_step(
    folder: Path, names_file: Path, append: Append, text: str, said: str
) -> None:
    append(NAMES_FILE, text)
    found = [problem for problem in problems_of(folder) if said in problem.message]
    assert found, "\n".join(map(str, problems_of(folder)))
    lines = (folder / found[0].file).read_text(encoding="utf-8").splitlines()
    assert 0 < found[0].line <= len(lines)
    assert any(word in found[0].message for word in ("write", "let", "correct", "belongs"))


def test_a_name_in_use_is_told_at_each_place(folder: Path, names_file: Path, append: Append) -> None:
    append(NAMES_FILE, "id:person-mai-hoa a tl:MergedName ; tl:mergedInto id:office-chair .")
    files = {problem.file for problem in problems_of(folder)}
    assert files == {"data/authority/all.ttl", "data/articles/sample-1.trig"}


def test_withdrawals_stand_with_the_other_data_nowhere_else(folder: Path, append: Append) -> None:
    append("ontology/terms/all.ttl", TERMS)
    append("data/authority/all.ttl", 'id:a a tl:WithdrawnName ; tl:withdrawnBecause "x"@en .')
    problems = problems_of(folder)
    assert len(problems) == 2
    assert all("this belongs in graph/withdrawals (data/names/*.ttl)" in problem.message for problem in problems)


def test_a_file_handed_to_the_build_withdraws_and_merges(
    folder: Path, names_file: Path, tmp_path: Path, append: Append
) -> None:
    """The whole way: a further file, load, build, release, server."""
    extra = tmp_path / "correction.trig"
    prefixes = names_file.read_text(encoding="utf-8")
    extra.write_text(f"{prefixes}GRAPH graph:withdrawals {{ {WITHDRAWN} }}", encoding="utf-8")
    state = tmp_path / "state"
    build(folder, state, extra=[extra])
    release = find_current(state)
    store = Store(release.store_path)
    name = Iri(str(NAMES.thing("person-mai-hoa-2")))
    graphs = {each.graph.value.rpartition("/")[2] for each in store.quads(name, None, None, None) if each.graph}
    # Everywhere but among the facts: there a name that is used no longer would be a thing without a description.
    assert graphs == {"withdrawals", "asserted", "inferred"}
    assert store.quads(name, Iri(str(RDF.type)), Iri(str(TL.WithdrawnName)), None)
    assert release.counts["graph/withdrawals"] == 10
    client = create_app(Settings(state=state, public_url="https://archive.example/")).test_client()
    merged = client.get("/id/person-mai-hoa-2")
    assert (merged.status_code, merged.headers["Location"]) == (301, "https://archive.example/id/person-mai-hoa")
    assert client.get("/doc/person-never-meant.ttl").status_code == 410
    # No search leads there.
    assert client.get("/suggest?q=nobody").json == {"query": "nobody", "results": []}


def test_names_under_another_base_are_withdrawn_too(folder: Path, names_file: Path, append: Append) -> None:
    append(NAMES_FILE, WITHDRAWN)
    base = "https://archive.example/"
    asserted = load(folder, base_iri=base).asserted()
    assert (URIRef(base + "id/person-mai-hoa-2"), TL.mergedInto, URIRef(base + "id/person-mai-hoa")) in asserted

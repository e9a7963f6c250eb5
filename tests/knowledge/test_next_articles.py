"""Room for the next articles: twelve invented ones beside the real one, and what may not change by them.

Comes in: the knowledge files, `next_articles/*.trig` (fixtures, never published), `next_questions/*.rq` with the rows
expected of each, and the questions about the real article, which readers see as examples. What is asked: all thirteen
articles load, conform and reason together; thirty questions over them are right on two engines; no term of the ontology
is there for one of the twelve alone; and whatever followed from the real article and could be asked of it stays as it
was.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph
import pytest
from rdflib import RDF, RDFS, Dataset, Graph, URIRef

from tulieu.answering import ExtensionFunction
from tulieu.pipeline.evidence import evidence
from tulieu.pipeline.indexing import write_index
from tulieu.pipeline.knowledge import Knowledge
from tulieu.pipeline.load import knowledge_root, load
from tulieu.pipeline.reason import Closure, reason
from tulieu.pipeline.report import Report
from tulieu.pipeline.validate import validate, validate_closure
from tulieu.sparql.functions import custom_functions
from tulieu.vocabulary import ONTOLOGY_IRI

from ..real_release import ROOT

HERE = Path(__file__).parent
ARTICLES = sorted((HERE / "next_articles").glob("*.trig"))
QUESTIONS = sorted((HERE / "next_questions").glob("*.rq"))
REAL_QUESTIONS = sorted((ROOT / "server" / "tulieu" / "sparql" / "examples").glob("*.rq"))
TERMS = ONTOLOGY_IRI + "#"
ROLE_OF_SUBJECT = "role-subject"

Rows = list[tuple[str, ...]]


@dataclass(frozen=True)
class World:
    """Some articles with all that follows from them, to be asked by two engines."""

    knowledge: Knowledge
    closure: Closure
    dataset: Dataset
    store: pyoxigraph.Store
    functions: dict[pyoxigraph.NamedNode, ExtensionFunction]

    def ask_rdflib(self, query: str) -> tuple[list[str], Rows]:
        """Ask rdflib: the variables, and the rows as texts in a fixed order."""
        result = self.dataset.query(query)
        assert result.vars is not None, "only SELECT queries have rows"
        rows = [tuple("" if term is None else str(term) for term in row) for row in result]  # type: ignore[union-attr]
        return [str(name) for name in result.vars], sorted(rows)

    def ask_oxigraph(self, query: str) -> tuple[list[str], Rows]:
        """Ask Oxigraph: the variables, and the rows as texts in a fixed order.

        A question of yes or no has one row, a graph one for each statement.
        """
        result = self.store.query(query, custom_functions=dict(self.functions))
        if isinstance(result, pyoxigraph.QueryBoolean):
            return [], [(str(bool(result)),)]
        if isinstance(result, pyoxigraph.QueryTriples):
            return [], sorted((str(triple.subject), str(triple.predicate), str(triple.object)) for triple in result)
        assert isinstance(result, pyoxigraph.QuerySolutions), "only SELECT and ASK queries have rows"
        rows = [tuple("" if term is None else getattr(term, "value", "") for term in solution) for solution in result]
        return [name.value for name in result.variables], sorted(rows)


def make_world(extra: Sequence[Path], search_path: Path) -> World:
    """Load, reason, and put the result together as a release does: named graphs, and one set as the default graph."""
    knowledge = load(knowledge_root(), extra=extra)
    merged = knowledge.merged()
    closure = reason(merged, knowledge.names)
    everything = merged + closure.inferred
    everything += evidence(knowledge.dataset, knowledge.names, closure.inferred, closure.proofs)
    dataset, store = Dataset(), pyoxigraph.Store()
    inferred = knowledge.names.graph("inferred")
    add(everything, dataset.default_graph, store, pyoxigraph.DefaultGraph())
    for graph in knowledge.dataset.graphs():
        if isinstance(graph.identifier, URIRef) and len(graph):
            add(graph, dataset.graph(graph.identifier), store, pyoxigraph.NamedNode(str(graph.identifier)))
    add(closure.inferred, dataset.graph(inferred), store, pyoxigraph.NamedNode(inferred))
    write_index(search_path, everything, knowledge.names)
    return World(knowledge, closure, dataset, store, custom_functions(search_path))


def add(
    source: Graph, target: Graph, store: pyoxigraph.Store, name: pyoxigraph.NamedNode | pyoxigraph.DefaultGraph
) -> None:
    """Put a graph into both engines."""
    target += source
    store.load(source.serialize(format="nt").encode(), format=pyoxigraph.RdfFormat.N_TRIPLES, to_graph=name)


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> World:
    """The real article alone."""
    return make_world([], tmp_path_factory.mktemp("real") / "search.sqlite")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> World:
    """The real article and the twelve."""
    return make_world(ARTICLES, tmp_path_factory.mktemp("whole") / "search.sqlite")


@pytest.fixture(scope="module")
def report(whole: World) -> Report:
    """What the shapes find in all of them, as written."""
    return validate(whole.knowledge)


def read_fixture(path: Path) -> Dataset:
    """Read one fixture by itself."""
    dataset = Dataset()
    dataset.parse(path, format="trig")
    return dataset


def terms_in(triples: Sequence[tuple[object, ...]]) -> set[str]:
    """Collect the terms of our ontology that statements use as class or property, or speak of."""
    return {str(term).removeprefix(TERMS) for triple in triples for term in triple if str(term).startswith(TERMS)}


## The twelve themselves


def test_there_are_twelve_articles_and_thirty_questions() -> None:
    assert [path.stem for path in ARTICLES] == [f"next-{number:02d}" for number in range(1, 13)]
    assert len(QUESTIONS) == 30
    assert [path.stem for path in sorted((HERE / "next_questions").glob("*.csv"))] == [path.stem for path in QUESTIONS]


@pytest.mark.parametrize("path", ARTICLES, ids=lambda path: path.stem)
def test_article_says_that_it_is_a_fixture_and_is_short(path: Path) -> None:
    number = int(path.stem.removeprefix("next-"))
    assert path.read_text(encoding="utf-8").startswith(f"# fixture / bài giả định {number:02d}: ")
    dataset = read_fixture(path)
    article = URIRef(f"https://w3id.org/tulieu/article/fixture-{number:02d}")
    labels = {str(quad[2]) for quad in dataset.quads((article, RDFS.label, None, None))}
    assert {label.partition(":")[0] for label in labels} == {f"fixture {number}", f"bài giả định {number}"}
    assert 2 <= len({quad[0] for quad in dataset.quads((None, RDF.type, URIRef(TERMS + "Passage"), None))}) <= 6


@pytest.mark.parametrize("path", ARTICLES, ids=lambda path: path.stem)
def test_article_needs_none_of_the_others(path: Path) -> None:
    knowledge = load(knowledge_root(), extra=[path])
    assert sum(path.as_posix() in files for files in knowledge.sources.values()) > 4


def test_nothing_adverse_is_said_of_what_the_real_article_names(real: World, whole: World) -> None:
    merged = whole.knowledge.merged()
    thing = whole.knowledge.names.thing
    blamed = set(merged.objects(None, URIRef(TERMS + "shortfallOf")))
    for participation in merged.subjects(URIRef(TERMS + "hasRole"), thing(ROLE_OF_SUBJECT)):
        for holding in merged.objects(participation, URIRef(TERMS + "inCapacity")):
            blamed |= set(merged.objects(holding, URIRef(TERMS + "holder")))
    assert len(blamed) == 3
    assert not blamed & real.knowledge.merged().all_nodes()


## Together


def test_all_conform(whole: World, report: Report) -> None:
    closed = validate_closure(whole.knowledge, whole.closure.inferred)
    violations = [result for result in (*report.results, *closed.results) if result.severity == "Violation"]
    assert not violations, "\n".join(f"{found.focus_node} {found.path}: {found.messages}" for found in violations)


def test_where_sources_disagree_is_a_warning_that_names_both_passages(report: Report) -> None:
    figures = [found for found in report.results if found.focus_node.endswith("/id/figure-fixture-07-diem-cau")]
    assert [found.severity for found in figures] == ["Warning"]
    text = " ".join(figures[0].messages.values())
    assert "/passage/fixture-07/p02.s1" in text and "/passage/ttxvn-lai-chau-1/p04.s1" in text
    assert not any("figure-fixture-07-kiem-tra" in found.focus_node for found in report.results)


def test_nothing_clashes(whole: World) -> None:
    assert [clash.explanation for clash in whole.closure.clashes] == []


@pytest.mark.parametrize("path", QUESTIONS, ids=lambda path: path.stem)
def test_question_is_answered_alike_by_two_engines(path: Path, whole: World) -> None:
    query = path.read_text(encoding="utf-8")
    english, vietnamese = query.splitlines()[:2]
    assert english.startswith("# ") and english.endswith("?") and vietnamese.startswith("# ")
    with path.with_suffix(".csv").open(encoding="utf-8", newline="") as file:
        header, *expected = csv.reader(file)
    rows = sorted(tuple(row) for row in expected)
    assert rows, "a question that nothing answers shows nothing"
    assert whole.ask_rdflib(query) == (header, rows)
    assert whole.ask_oxigraph(query) == (header, rows)


## No term for one alone, none written that reasoning fills


def test_no_class_or_property_exists_for_one_article_alone(real: World) -> None:
    known = terms_in([*real.knowledge.asserted(), *real.closure.inferred])
    uses = Counter(term for path in ARTICLES for term in terms_in([quad[:3] for quad in read_fixture(path).quads()]))
    assert len(uses) > 80
    assert {term for term, articles in uses.items() if articles == 1} - known == set()


def test_no_entailed_property_is_written(whole: World) -> None:
    entailed = set(whole.knowledge.ontology.subjects(URIRef(TERMS + "isEntailed")))
    assert len(entailed) > 30
    written = {quad[1] for path in ARTICLES for quad in read_fixture(path).quads()}
    assert written & entailed == set()


## What was so before


def test_what_followed_before_still_follows(real: World, whole: World) -> None:
    everything = whole.knowledge.merged() + whole.closure.inferred
    assert len(real.closure.inferred) > 300
    assert [triple for triple in real.closure.inferred if triple not in everything] == []


def test_what_follows_anew_rests_on_a_fixture(real: World, whole: World) -> None:
    before = real.knowledge.merged()
    fresh = set(whole.closure.inferred) - set(real.closure.inferred)
    assert len(fresh) > 300
    baseless = []
    for triple in fresh:
        waiting, seen = [triple], set()
        while waiting:
            step = waiting.pop()
            if step not in seen:
                seen.add(step)
                proof = whole.closure.proofs.get(step)
                waiting.extend(proof.premises if proof else ())
        if all(step in before for step in seen if step not in whole.closure.proofs):
            baseless.append(triple)
    assert baseless == []


def test_there_are_questions_about_the_real_article() -> None:
    assert len(REAL_QUESTIONS) >= 40


@pytest.mark.parametrize("path", REAL_QUESTIONS, ids=lambda path: path.stem)
def test_answer_about_the_real_article_is_as_without_the_twelve(path: Path, real: World, whole: World) -> None:
    query = path.read_text(encoding="utf-8")
    assert whole.ask_oxigraph(query) == real.ask_oxigraph(query)

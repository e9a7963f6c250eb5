"""Entailments in pairs, after the habit of OWL-Time: what must follow from a few statements, and what must not.

Comes in: `entailments/<case>-true.ttl` and `-false.ttl`, each with a part "Given" and a second part whose heading says
what is asked: "Follows", "Does not follow", "Contradicts itself", "Does not contradict itself". What is asked: that the
reasoner of the build, given those statements and the ontology with its alignments, says so. It reasons once, over all
cases, each of which gets names of its own, so that no case knows of another.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from rdflib import OWL, Graph, URIRef
from rdflib.term import Node

from tulieu.pipeline.proofs import Triple
from tulieu.pipeline.reason import Closure, reason
from tulieu.vocabulary import Names

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
FILES = sorted((HERE / "entailments").glob("*.ttl"))
PART = re.compile(r"^## (.+)\n", re.MULTILINE)
TRUE, FALSE = {"Follows", "Contradicts itself"}, {"Does not follow", "Does not contradict itself"}
NAMES = Names()


@dataclass(frozen=True)
class Case:
    """A case as its file gives it, under names of its own; `then` is empty where a contradiction is asked for."""

    name: str
    given: frozenset[Triple]
    question: str
    then: frozenset[Triple]


@dataclass(frozen=True)
class World:
    """The ontology, and what follows from it with the statements of all cases."""

    ontology: Graph
    cases: Mapping[str, Case]
    closure: Closure

    def clashes_of(self, case: Case) -> list[str]:
        """Say which contradictions come down to statements of a case."""
        return [clash.explanation for clash in self.closure.clashes if case.given & set(clash.statements)]


def read_case(path: Path, kinds: frozenset[Node]) -> Case:
    prefixes, first, given, question, then = PART.split(path.read_text(encoding="utf-8"))
    assert first == "Given"

    def rename(term: Node) -> Node:
        # A kind that the ontology itself speaks of keeps its name.
        is_own = isinstance(term, URIRef) and term.startswith(NAMES.thing_prefix) and term not in kinds
        return URIRef(f"{term}-in-{path.stem}") if is_own else term

    def read(part: str) -> frozenset[Triple]:
        graph = Graph().parse(data=prefixes + part)
        return frozenset((rename(subject), predicate, rename(value)) for subject, predicate, value in graph)

    return Case(path.stem, read(given), question, read(then))


@pytest.fixture(scope="module")
def world() -> World:
    ontology = Graph()
    for path in [*(ROOT / "ontology" / "terms").glob("*.ttl"), *(ROOT / "ontology" / "alignments").glob("*.ttl")]:
        ontology.parse(path)
    kinds = frozenset(ontology.objects(predicate=OWL.hasValue))
    cases = {path.stem: read_case(path, kinds) for path in FILES}
    merged = ontology + Graph()
    for case in cases.values():
        for triple in case.given:
            merged.add(triple)
    return World(ontology, cases, reason(merged, NAMES))


def test_cases_come_in_pairs() -> None:
    names = [path.stem for path in FILES]
    assert len(names) == 56
    pairs = {name.rpartition("-")[0] for name in names}
    assert sorted(names) == sorted(f"{pair}-{side}" for pair in pairs for side in ("true", "false"))


@pytest.mark.parametrize("name", [path.stem for path in FILES])
def test_the_ontology_entails_what_it_promises_and_no_more(name: str, world: World) -> None:
    case = world.cases[name]
    clashes, found = world.clashes_of(case), case.then & set(world.closure.inferred)
    assert case.question in (TRUE if name.endswith("-true") else FALSE)
    assert not case.given & case.then, "what is asked for is given already"
    if case.question == "Contradicts itself":
        assert clashes and not case.then
    else:
        assert not clashes
        assert bool(case.then) == (case.question != "Does not contradict itself")
        assert found == (case.then if case.question == "Follows" else frozenset())


def test_a_contradiction_comes_down_to_what_was_given(world: World) -> None:
    case = world.cases["planned-true"]
    grounds = {statement for clash in world.closure.clashes for statement in clash.statements}
    assert case.given <= grounds


@pytest.mark.parametrize("name", [path.stem for path in FILES])
def test_the_words_of_a_case_are_declared(name: str, world: World) -> None:
    """A misspelt term would never follow, and nobody would see it."""
    case = world.cases[name]
    terms = {term for triple in case.given | case.then for term in triple if re.search(r"tulieu/ontology#", term)}
    foreign = {kind for _, predicate, kind in case.then if predicate.endswith("#type")}
    assert all((term, None, None) in world.ontology for term in terms | foreign)

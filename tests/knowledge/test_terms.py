"""The hygiene of the ontology: each rule is a query that gives the terms that break it, and must give none.

Comes in: `hygiene/<rule>.rq`, its comment in plain words on the first line, and beside it `hygiene/<rule>.ttl`, a small
ontology that breaks the rule. What is asked: over our ontology, data and fixtures no rule finds anything; over its own
fixture each finds the terms whose names begin with "bad", and no others. So a rule that can't fail is found out.
"""

import re
from pathlib import Path

import pyoxigraph
import pytest
from pyoxigraph import NamedNode, Quad, RdfFormat, Store

from tulieu.vocabulary import ONTOLOGY_IRI, PREFIXES, TL

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
RULES = sorted((HERE / "hygiene").glob("*.rq"))
OPEN_ENDS = HERE / "open_ends.ttl"
QUESTIONS = [*(HERE / "questions").glob("*.rq"), *(HERE / "next_questions").glob("*.rq")]
CHECK = "urn:x-tulieu:check#"
QUERY_PREFIXES = {**dict(PREFIXES), "check": CHECK, "vann": "http://purl.org/vocab/vann/"}


def violations(store: Store, rule: Path) -> list[dict[str, str]]:
    """Run a rule; each violation is a row of values by name."""
    solutions = store.query(rule.read_text(encoding="utf-8"), prefixes=QUERY_PREFIXES, use_default_graph_as_union=True)
    assert isinstance(solutions, pyoxigraph.QuerySolutions)
    names = [variable.value for variable in solutions.variables]
    return [{name: str(row[name]) for name in names} for row in solutions]


@pytest.fixture(scope="module")
def world() -> Store:
    """Everything: ontology, alignments, concepts, data, the next articles, and what questions and code ask for."""
    store = Store()
    files = [*(ROOT / "ontology").rglob("*.ttl"), *(ROOT / "data").rglob("*.ttl"), OPEN_ENDS]
    for path in files:
        store.load(path=path)
    for path in [*(ROOT / "data").rglob("*.trig"), *(HERE / "next_articles").glob("*.trig")]:
        store.load(path=path, format=RdfFormat.TRIG)
    asked = {name for path in QUESTIONS for name in re.findall(r"\btl:(\w+)", path.read_text(encoding="utf-8"))}
    # Annotations of property shapes, which pages read.
    for path in (ROOT / "shapes").glob("*.ttl"):
        asked |= set(re.findall(r"^ {4}tl:(\w+) (?:true|tl:\w+)", path.read_text(encoding="utf-8"), re.MULTILINE))
    mentioned = {f"{ONTOLOGY_IRI}#{name}" for name in asked} | {
        str(TL[name]) for name in TL.__annotations__ if name[0] != "_"
    }
    for name in mentioned:
        store.add(Quad(NamedNode(CHECK + "questions"), NamedNode(CHECK + "mentions"), NamedNode(name)))
    return store


def test_all_rules_are_under_test() -> None:
    assert len(RULES) == 37
    assert sorted(path.stem for path in (HERE / "hygiene").glob("*.ttl")) == [rule.stem for rule in RULES]
    assert QUESTIONS


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.stem)
def test_no_term_breaks_a_rule(rule: Path, world: Store) -> None:
    comment = rule.read_text(encoding="utf-8").partition("\n")[0]
    assert comment.startswith("# ")
    assert violations(world, rule) == [], comment


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.stem)
def test_a_rule_finds_what_breaks_it_and_nothing_else(rule: Path) -> None:
    store = Store()
    store.load(path=rule.with_suffix(".ttl"))
    bad = {
        node.value
        for quad in store
        for node in (quad.subject, quad.predicate, quad.object)
        if isinstance(node, NamedNode) and re.match(r"bad|\w+-bad", _local_name(node.value), re.IGNORECASE)
    }
    good = {quad.subject for quad in store if isinstance(quad.subject, NamedNode)} - {NamedNode(name) for name in bad}
    found = {row["term"].strip("<>") for row in violations(store, rule)}
    assert bad and good
    assert found == bad


def _local_name(iri: str) -> str:
    return re.split("[#/]", iri)[-1]

import re

import pytest
from flask.testing import FlaskClient

from tulieu.pages.archive import Archive, open_archive
from tulieu.pages.links import Links
from tulieu.pages.ontology import ClassNode, OntologyPage, make_ontology_page
from tulieu.pages.shapes import ShapesPage, make_shapes_page
from tulieu.pages.values import Values
from tulieu.release import Release
from tulieu.search import SearchIndex
from tulieu.store import Store
from tulieu.vocabulary import ONTOLOGY_IRI


@pytest.fixture(scope="module")
def archive(sample: Release, store: Store) -> Archive:
    return open_archive(sample, store, SearchIndex(sample.search_path))


@pytest.fixture(scope="module")
def ontology(archive: Archive) -> OntologyPage:
    return make_ontology_page(archive, ONTOLOGY_IRI, reader(archive))


@pytest.fixture(scope="module")
def shapes(release: Release) -> ShapesPage:
    real = open_archive(release, Store(release.store_path), SearchIndex(release.search_path))
    return make_shapes_page(real, reader(real, "en"))


def reader(archive: Archive, language: str = "vi") -> Values:
    return Values(archive.labels, Links("https://archive.example/", archive.names), language)


def walk(nodes: tuple[ClassNode, ...]) -> set[str]:
    return {node.name.href for node in nodes}.union(*(walk(node.below) for node in nodes))


def test_every_term_has_one_entry_and_stands_in_the_index(archive: Archive, ontology: OntologyPage) -> None:
    anchors = [term.anchor for topic in ontology.topics for term in topic.terms]
    assert sorted(anchors) == sorted(term.local for term in archive.vocabulary.terms.values())
    assert len(anchors) == len(set(anchors)) > 200
    indexed = [value.href for _, values in ontology.letters for value in values]
    assert sorted(indexed) == sorted(f"#{anchor}" for anchor in anchors)
    assert int(ontology.class_count) + int(ontology.property_count) == len(anchors)


def test_the_tree_has_every_class(archive: Archive, ontology: OntologyPage) -> None:
    classes = {f"#{term.local}" for term in archive.vocabulary.terms.values() if term.is_class}
    assert walk(ontology.tree) == classes


def test_a_property_is_filed_with_its_class_and_counted(ontology: OntologyPage) -> None:
    (topic,) = [topic for topic in ontology.topics if topic.anchor == "topic-Holding"]
    terms = {term.anchor: term for term in topic.terms}
    assert {"Holding", "holder", "heldOffice"} <= set(terms)
    holder = terms["holder"]
    lines = dict(holder.lines)
    assert [value.href for value in lines["Dùng cho"]] == ["#Holding"]
    assert [value.href for value in lines["Ngược với"]] == ["#hasHolding"]
    assert holder.count == "1"
    assert holder.uses_href.startswith("/sparql?query=PREFIX")


def test_the_name_of_a_term_leads_to_its_entry(client: FlaskClient) -> None:
    text = client.get("/ontology", headers={"Accept": "text/html"}).text
    assert set(re.findall(r'href="#([^"]+)"', text)) <= set(re.findall(r' id="([^"]+)"', text))
    assert len(text) < 300_000


def test_a_shape_says_what_it_asks_for_and_what_it_says(shapes: ShapesPage) -> None:
    (figure,) = [shape for shape in shapes.shapes if shape.anchor == "FigureShape"]
    assert [target.href for target in figure.targets] == ["/ontology#Figure"]
    (measure,) = [rule for rule in figure.rules if [path.iri for path in rule.paths] == [f"{ONTOLOGY_IRI}#hasMeasure"]]
    assert ("at least", ["1"]) in [
        (bound.name, [value.text.words for value in bound.values]) for bound in measure.bounds
    ]
    assert measure.severity == "Violation"
    assert measure.message is not None
    assert "tl:hasMeasure" in measure.message.words
    places = [rule for rule in figure.rules if rule.group]
    assert len(places) > 5
    assert all(rule.order for rule in places)
    warned = [rule for shape in shapes.shapes for rule in shape.rules if rule.severity == "Warning"]
    assert warned
    assert not any("{?" in rule.message.words for shape in shapes.shapes for rule in shape.rules if rule.message)


def test_every_rule_of_the_real_shapes_asks_for_something_or_only_gives_a_place(shapes: ShapesPage) -> None:
    rules = [rule for shape in shapes.shapes for rule in shape.rules]
    assert len(rules) > 250
    for rule in rules:
        assert bool(rule.severity) == bool(rule.message or [bound for bound in rule.bounds if bound.values]), rule

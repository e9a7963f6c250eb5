"""The synthetic archive: each copy has its own names, what is shared stays one, the same seed gives the same."""

import random

import pytest
from benchmarks.archive import Template, make_template, write_copy

from tulieu.vocabulary import Names

NAMES = Names("https://w3id.org/tulieu/")
ID, TL = "https://w3id.org/tulieu/id/", "https://w3id.org/tulieu/ontology#"
LABEL = "<http://www.w3.org/2000/01/rdf-schema#label>"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
PASSAGE = "https://w3id.org/tulieu/passage/sample-1/p01.s1"
LINES = [
    f'<{ID}person-a> {LABEL} "A \\"the <first>\\""@en .',
    f'<{ID}person-a> {LABEL} "A \\"the <first>\\""@en <https://w3id.org/tulieu/graph/authority> .',
    f'<{ID}organ-bo-chinh-tri> {LABEL} "Politburo"@en .',
    f"<{ID}kind-x> <http://www.w3.org/2004/02/skos/core#inScheme> <{ID}scheme-kind> .",
    f"<{ID}person-a> <{TL}hasKind> <{ID}kind-x> <{PASSAGE}> .",
    f'<{ID}time-1> <{TL}earliestDay> "2023-05-17"^^<http://www.w3.org/2001/XMLSchema#date> .',
    f"<{ID}statement-0123456789abcdef> <{RDF}subject> <{ID}person-a> .",
    f"<{ID}statement-fedcba9876543210> <{RDF}subject> <{ID}organ-bo-chinh-tri> .",
    f"<{TL}Person> <{RDF}type> <http://www.w3.org/2002/07/owl#Class> .",
]


@pytest.fixture
def template() -> Template:
    return make_template(LINES, NAMES)


def test_what_belongs_to_no_article_is_written_once(template: Template) -> None:
    assert set(template.shared) == {LINES[2], LINES[3], LINES[7], LINES[8]}
    assert (template.shared_triples, template.copied_triples) == (4, 3)


def test_a_copy_has_names_of_its_own_marked_as_synthetic(template: Template) -> None:
    lines = write_copy(template, 7, random.Random(1)).splitlines()
    person = f"<{ID}person-a-synthetic-0007>"
    assert lines[0] == f'{person} {LABEL} "A \\"the <first>\\" · synthetic 0007"@en .'
    assert lines[1].endswith('· synthetic 0007"@en <https://w3id.org/tulieu/graph/authority> .')
    expected = f"{person} <{TL}hasKind> <{ID}kind-x> <https://w3id.org/tulieu/passage/synthetic-sample-1-0007/p01.s1> ."
    assert lines[2] == expected
    assert lines[4] == f"<{ID}statement-0123456789abcdef-synthetic-0007> <{RDF}subject> {person} ."


def test_days_come_from_the_seed(template: Template) -> None:
    first, again, other = (write_copy(template, 7, random.Random(seed)) for seed in (1, 1, 2))
    assert first == again != other
    assert '"2023-05-17"' not in first

"""The data against the article's text: every number is there, and none of our words are the article's.

Comes in: the data files, the concept schemes, and the text where it lies beside the clone or where TEST_SOURCE_TEXT
says. The text is not published, so these tests are skipped, visibly, on a desk that has no copy of it.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from rdflib import RDFS, Dataset, Graph, Literal, URIRef

from tulieu.vocabulary import ONTOLOGY_IRI, Names

from ..real_release import ROOT

# So many words in a row (in Vietnamese: syllables) are no chance, unless they are a title or a name.
RUN = 9
# Of these the labels are names: of documents, offices, organs, places, groups, events and what is commemorated.
NAMED = ("document", "office", "organ", "place", "group", "event", "anniversary")
TITLES = {URIRef(f"{ONTOLOGY_IRI}#{name}") for name in ("headline", "subjectLine", "form")}
NUMBERS = {
    URIRef(f"{ONTOLOGY_IRI}#{name}") for name in ("printedForm", "documentNumber", "pictureNumber", "anniversaryYears")
}
_PUNCTUATION = ".,;:…()“”\"'-"
_NUMBER = re.compile(r"\d+(?:[.,/]\d+)*")

Statement = tuple[str, URIRef, str]


@pytest.fixture(scope="module")
def text() -> str:
    """The article's text in NFC; where it is not at hand there is nothing to compare with."""
    named = os.environ.get("TEST_SOURCE_TEXT")
    found = [Path(named)] if named else sorted((ROOT.parent / "shared" / "article").glob("*.txt"))
    if not found:
        if os.environ.get("CI") == "true":
            pytest.fail("the article's text is not here; set TEST_SOURCE_TEXT to its path")
        pytest.skip("the article's text is not here; set TEST_SOURCE_TEXT to its path")
    return unicodedata.normalize("NFC", found[0].read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def literals() -> list[Statement]:
    """Every statement with a literal in the data files and the concept schemes."""
    dataset = Dataset()
    for path in sorted((ROOT / "data").rglob("*.trig")):
        dataset.parse(path, format="trig")
    for path in (*sorted((ROOT / "data").rglob("*.ttl")), ROOT / "ontology" / "vocabularies.ttl"):
        dataset.default_graph.parse(path, format="turtle")
    return list(_literals(dataset))


def test_every_number_of_the_text_is_in_the_data(literals: list[Statement], text: str) -> None:
    known = {
        number for _, predicate, value in literals if predicate in NUMBERS | TITLES for number in _NUMBER.findall(value)
    }
    assert set(_NUMBER.findall(text)) - known == set()


def test_no_words_of_ours_are_the_articles(literals: list[Statement], text: str) -> None:
    of_the_article = set(_runs(text))
    names = {run for subject, predicate, value in literals if _is_name(subject, predicate) for run in _runs(value)}
    assert names & of_the_article, "the article prints titles and names; if none is found, nothing is compared"
    copied = {
        (subject, predicate, value)
        for subject, predicate, value in literals
        if not _is_name(subject, predicate) and (set(_runs(value)) & of_the_article) - names
    }
    assert copied == set()


def _is_name(subject: str, predicate: URIRef) -> bool:
    kind = subject.removeprefix(Names().thing_prefix).partition("-")[0]
    return predicate in TITLES or (predicate == RDFS.label and kind in NAMED)


def _literals(dataset: Dataset) -> Iterator[Statement]:
    for graph in dataset.graphs():
        assert isinstance(graph, Graph)
        for subject, predicate, value in graph:
            if isinstance(value, Literal):
                assert isinstance(predicate, URIRef)
                yield str(subject), predicate, unicodedata.normalize("NFC", str(value))


def _runs(text: str) -> Iterator[tuple[str, ...]]:
    words = [word for part in text.casefold().split() if (word := part.strip(_PUNCTUATION))]
    return (tuple(words[start : start + RUN]) for start in range(len(words) - RUN + 1))

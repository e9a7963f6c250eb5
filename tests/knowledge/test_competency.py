"""Competency questions: what a researcher asks of the article, with the rows that must come back.

Comes in: the queries that readers see as examples at `/sparql` (`server/tulieu/sparql/examples/NN-slug.rq`: the
question in English on line 1, in Vietnamese on line 2, its topic on line 3), and `questions/NN-slug.csv`, the rows
expected, in the order the query asks for. Each is put to a release built from the knowledge files, in the store that
the server opens (Oxigraph) and in rdflib: both must give these rows. A graph is compared by its statements, sorted.
"""

from __future__ import annotations

import csv
import gzip
import io
import re
import unicodedata
from pathlib import Path

import pyoxigraph
import pytest
from rdflib import Dataset

from tulieu.answering import ExtensionFunction
from tulieu.sparql.functions import custom_functions
from tulieu.vocabulary import FUNCTION_IRI, FUNCTION_PREFIX, Names

from ..real_release import ROOT, real_release
from .rdflib_functions import teach_rdflib

QUESTIONS = sorted((ROOT / "server" / "tulieu" / "sparql" / "examples").glob("*.rq"))
ANSWERS = Path(__file__).parent / "questions"
SIZE = 96
# Line 1 and 2 of a file: a question, so that a reader knows what is asked before reading SPARQL.
_ENGLISH = re.compile(r"# [A-Z][^\n]*\?")
_VIETNAMESE = re.compile(r"# [^\W\d_][^\n]*\?")
_VIETNAMESE_LETTERS = set("ăâđêôơưàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ")

Rows = list[list[str]]


@pytest.fixture(scope="module")
def store() -> pyoxigraph.Store:
    """The release's store, as the server opens it."""
    return pyoxigraph.Store.read_only(str(real_release().store_path))


@pytest.fixture(scope="module")
def functions() -> dict[pyoxigraph.NamedNode, ExtensionFunction]:
    """The functions of ours over the release's search index."""
    return custom_functions(real_release().search_path)


@pytest.fixture(scope="module")
def dataset(functions: dict[pyoxigraph.NamedNode, ExtensionFunction]) -> Dataset:
    """The release's quads in rdflib: the named graphs, and the default graph as it was published."""
    teach_rdflib(functions)
    dataset = Dataset()
    dataset.parse(data=gzip.decompress(real_release().dataset_path.read_bytes()), format="nquads")
    return dataset


def expected(question: Path) -> Rows:
    """The rows expected of a question, the names of the columns first."""
    return read_csv((ANSWERS / f"{question.stem}.csv").read_text(encoding="utf-8"))


def read_csv(text: str) -> Rows:
    """The rows of a CSV text."""
    return list(csv.reader(io.StringIO(text, newline="")))


def in_columns(statements: Rows) -> Rows:
    """The statements of a graph as the rows of a CSV text."""
    return [["subject", "predicate", "object"], *sorted(statements)]


def test_the_questions_are_all_there() -> None:
    assert len(QUESTIONS) == SIZE
    assert [path.stem[:3] for path in QUESTIONS] == [f"{number:02d}-" for number in range(1, SIZE + 1)]
    assert [path.name for path in sorted(ANSWERS.iterdir())] == [f"{path.stem}.csv" for path in QUESTIONS]


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda path: path.stem)
def test_oxigraph_answers(
    question: Path, store: pyoxigraph.Store, functions: dict[pyoxigraph.NamedNode, ExtensionFunction]
) -> None:
    answer = store.query(question.read_text(encoding="utf-8"), custom_functions=dict(functions))
    if isinstance(answer, pyoxigraph.QueryTriples):
        statements = [[triple.subject, triple.predicate, triple.object] for triple in answer]
        assert in_columns([[getattr(term, "value", "") for term in row] for row in statements]) == expected(question)
    else:
        assert isinstance(answer, pyoxigraph.QuerySolutions)
        found = answer.serialize(format=pyoxigraph.QueryResultsFormat.CSV)
        assert found is not None
        assert read_csv(found.decode()) == expected(question)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda path: path.stem)
def test_rdflib_answers(question: Path, dataset: Dataset) -> None:
    answer = dataset.query(question.read_text(encoding="utf-8"))
    if answer.type == "CONSTRUCT":
        assert in_columns([[str(term) for term in triple] for triple in answer.graph or ()]) == expected(question)
    else:
        found = answer.serialize(format="csv")
        assert found is not None
        assert read_csv(found.decode()) == expected(question)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda path: path.stem)
def test_question_is_answered_by_at_least_one_row(question: Path) -> None:
    assert len(expected(question)) > 1


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda path: path.stem)
def test_question_can_be_read(question: Path) -> None:
    text = question.read_text(encoding="utf-8")
    english, vietnamese, group, blank, *query = text.split("\n")
    assert unicodedata.is_normalized("NFC", text)
    assert _ENGLISH.fullmatch(english)
    assert _VIETNAMESE.fullmatch(vietnamese) and _VIETNAMESE_LETTERS & set(vietnamese.lower())
    assert group.startswith("# group: ")
    assert blank == ""
    assert len(query) <= 30, "an example is read in one look"
    assert any(word in text for word in ("ORDER BY", "GROUP BY", "COUNT(", "CONSTRUCT")), (
        "rows come in an order that the query asks for"
    )


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda path: path.stem)
def test_prefixes_are_ours_and_each_is_used(question: Path) -> None:
    text = question.read_text(encoding="utf-8")
    declared = dict(re.findall(r"^PREFIX (\w+): <([^>]+)>$", text, re.MULTILINE))
    body = text.split("WHERE", 1)[0].rpartition("\n")[2] + text.split("WHERE", 1)[1]
    known = {**dict(Names().prefixes), FUNCTION_PREFIX: FUNCTION_IRI}
    assert list(declared) == sorted(declared, key=list(known).index)
    assert {prefix: known.get(prefix) for prefix in declared} == declared
    assert {prefix for prefix in declared if not re.search(rf"\b{prefix}:", body)} == set()

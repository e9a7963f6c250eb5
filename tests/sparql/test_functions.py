import sqlite3
from pathlib import Path

import pyoxigraph
import pytest

from tulieu.answering import ExtensionFunction
from tulieu.errors import ReleaseError
from tulieu.release import Release
from tulieu.search import SearchIndex
from tulieu.sparql.functions import FUNCTIONS, custom_functions, make_functions
from tulieu.vocabulary import FUNCTION_IRI

PREFIXES = {"tlf": FUNCTION_IRI, "id": "https://w3id.org/tulieu/id/", "rdfs": "http://www.w3.org/2000/01/rdf-schema#"}
Functions = dict[pyoxigraph.NamedNode, ExtensionFunction]


@pytest.fixture(scope="module")
def functions(sample: Release) -> Functions:
    return custom_functions(sample.search_path)


def value(expression: str, functions: Functions, engine: pyoxigraph.Store | None = None) -> str | None:
    """What an expression gives in a query."""
    solutions = (engine or pyoxigraph.Store()).query(
        f"SELECT ?value {{ BIND({expression} AS ?value) }}", prefixes=PREFIXES, custom_functions=dict(functions)
    )
    assert isinstance(solutions, pyoxigraph.QuerySolutions)
    (row,) = solutions
    return str(row["value"]) if row["value"] is not None else None


def test_every_function_of_the_table_can_be_called_and_is_described_in_both_languages(functions: Functions) -> None:
    assert [each.name for each in FUNCTIONS] == ["fold", "matches"]
    assert {node.value for node in functions} == {each.iri for each in FUNCTIONS}
    for each in FUNCTIONS:
        assert each.iri.startswith("https://w3id.org/tulieu/function#")
        assert set(each.labels) == set(each.descriptions) == {"vi", "en"}
        assert each.labels["vi"] != each.labels["en"] and all(text.endswith(".") for text in each.descriptions.values())


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('tlf:fold("Lai Châu")', '"lai chau"'),
        ('tlf:fold("UỶ  BAN"@vi)', '"uy ban"'),
        ('tlf:fold("Đường") = tlf:fold("đuơng")', '"true"^^<http://www.w3.org/2001/XMLSchema#boolean>'),
        ("tlf:fold(<https://e.example/>)", None),
        ('tlf:fold("a", "b")', None),
        ("tlf:fold()", None),
    ],
)
def test_fold(expression: str, expected: str | None, functions: Functions) -> None:
    assert value(expression, functions) == expected


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ('"Ủy ban nhân dân tỉnh Lai Châu"@vi, "uy lai chau"', "true"),
        ('"Ủy ban nhân dân tỉnh Lai Châu"@vi, "UỶ CHÂU"', "true"),
        ('"Ủy ban nhân dân tỉnh Lai Châu"@vi, "hau"', "false"),
        ('"Lai Châu", ""', "false"),
        ('"01-KL/TW", "kl tw"', "true"),
        ("id:person-sample-duong, 'duong'", "true"),
        ("id:person-sample-duong, 'an'", "false"),
        ("id:nobody, 'duong'", "false"),
        ("id:person-sample-duong, ' '", "false"),
        ("id:person-sample-duong, '\" OR folded:*'", "false"),
        ("id:person-sample-duong, id:person-sample-duong", None),
        ("BNODE(), 'duong'", None),
        ("id:person-sample-duong", None),
    ],
)
def test_matches(arguments: str, expected: str | None, functions: Functions) -> None:
    found = value(f"tlf:matches({arguments})", functions)
    assert found == (expected and f'"{expected}"^^<http://www.w3.org/2001/XMLSchema#boolean>')


def test_a_filter_finds_what_the_search_page_finds(sample: Release, functions: Functions) -> None:
    engine = pyoxigraph.Store.read_only(str(sample.store_path))
    found = engine.query(
        'SELECT DISTINCT ?thing { ?thing rdfs:label ?name FILTER(tlf:matches(?thing, "uy")) }',
        prefixes=PREFIXES,
        custom_functions=dict(functions),
    )
    assert isinstance(found, pyoxigraph.QuerySolutions)
    things = {row["thing"].value for row in found}  # type: ignore[union-attr]
    assert things and things == SearchIndex(sample.search_path).find_all("uy")
    assert things == {hit.iri for hit in SearchIndex(sample.search_path).search("uy", limit=1000)}


def test_the_index_is_asked_once_for_the_words_and_not_once_for_each_solution() -> None:
    asked: list[str] = []

    def find_all(words: str) -> frozenset[str]:
        asked.append(words)
        return frozenset({"https://e.example/7"})

    engine = pyoxigraph.Store()
    for number in range(500):
        node = pyoxigraph.NamedNode(f"https://e.example/{number}")
        engine.add(pyoxigraph.Quad(node, node, node))
    solutions = engine.query(
        'SELECT ?s { ?s ?p ?o FILTER(tlf:matches(?s, "seven") || tlf:matches(?s, "none")) }',
        prefixes=PREFIXES,
        custom_functions=dict(make_functions(find_all)),
    )
    assert [row["s"].value for row in solutions] == ["https://e.example/7"]  # type: ignore[union-attr]
    assert sorted(asked) == ["none", "seven"]


def test_a_release_without_an_index_is_an_error_and_not_an_empty_answer(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match="is missing"):
        custom_functions(tmp_path / "search.sqlite")


def test_all_hits_are_given_however_many_there_are(tmp_path: Path) -> None:
    path = tmp_path / "search.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE VIRTUAL TABLE labels USING fts5(iri, kind, language, label, folded)")
        rows = [(f"https://e.example/{number}", "", "vi", "Một", "mot") for number in range(1500)]
        connection.executemany("INSERT INTO labels VALUES (?, ?, ?, ?, ?)", rows * 2)
    connection.close()
    assert len(SearchIndex(path).find_all("mộ")) == 1500

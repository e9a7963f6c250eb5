from pathlib import Path

import pytest

from tulieu.pages.knowledge import Knowledge, load_query, sparql_of
from tulieu.release import Release
from tulieu.sparql.functions import custom_functions
from tulieu.store import Dataset, Iri, Literal, Store, Table
from tulieu.vocabulary import BASE_IRI

QUERIES = Path(__file__).parents[2] / "server" / "tulieu" / "pages" / "queries"
PERSON = Iri(f"{BASE_IRI}id/person-sample-duong")


@pytest.fixture(scope="module")
def store(sample: Release) -> Store:
    return Store(sample.store_path, functions=custom_functions(sample.search_path))


def read(store: Store, query: str) -> Table:
    answer = store.read_answer(query, Dataset(), 10_000)
    assert isinstance(answer, Table)
    return answer


@pytest.mark.parametrize("name", ["statements", "incoming", "inferred", "labels", "types"])
def test_the_question_that_is_shown_gives_what_the_page_was_made_of(store: Store, name: str) -> None:
    shown = read(store, sparql_of(name, {"thing": PERSON})).rows
    used = Knowledge(store).about(name, "thing", PERSON.value)
    assert used
    assert sorted(map(str, shown)) == sorted(map(str, used))


@pytest.mark.parametrize("name", sorted(path.stem for path in QUERIES.glob("*.rq")))
def test_every_stored_query_stands_alone(store: Store, name: str) -> None:
    read(store, sparql_of(name))
    assert load_query(name).startswith("# ")


def test_a_text_in_a_question_cannot_end_it(store: Store) -> None:
    odd = Literal('a" } # \\ \n', "vi")
    assert read(store, sparql_of("labels", {"label": odd})).rows == ()

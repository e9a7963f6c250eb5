from pathlib import Path

import pytest

from tulieu.errors import QueryError, ReleaseError
from tulieu.formats import GRAPH_FORMATS, N_QUADS, N_TRIPLES, ROWS_CSV, TRIG, TURTLE, Format
from tulieu.store import Dataset, Iri, Literal, Statement, Store, Table, is_iri, serialise
from tulieu.vocabulary import BASE_IRI

PERSON = Iri(BASE_IRI + "id/person-sample-duong")
LANG_STRING = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"
PASSAGE = BASE_IRI + "passage/sample-1/p03.caption"


def choose_csv(kind: str) -> Format:
    assert kind == "rows"
    return ROWS_CSV


def test_a_binding_is_a_term_and_the_prefixes_are_known(store: Store) -> None:
    rows = store.select("SELECT ?thing ?label { ?thing rdfs:label ?label }", {"thing": PERSON})
    assert {row["label"] for row in rows} == {Literal("Nguyễn Thị Đường", tag, LANG_STRING) for tag in ("vi", "en")}
    assert len(rows) == 2


def test_a_readers_query_declares_its_prefixes_itself(store: Store) -> None:
    with pytest.raises(QueryError) as caught:
        store.read_answer("SELECT * {\n ?a rdfs:label ?b }", Dataset(), 1)
    assert caught.value.line == 2


def test_unbound_cells_are_missing_and_all_rows_are_counted(store: Store) -> None:
    table = store.read_answer("SELECT ?b ?a { VALUES (?a ?b) { (1 UNDEF) (2 3) (4 5) } }", Dataset(), 2)
    assert isinstance(table, Table)
    assert (table.columns, table.total, len(table.rows)) == (("b", "a"), 3, 2)
    assert "b" not in table.rows[0]


def test_graphs_of_the_request_are_the_whole_dataset(store: Store) -> None:
    everything = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    only = store.read_answer(everything, Dataset(default_graphs=(PASSAGE,)), 1)
    assert isinstance(only, Table)
    assert only.rows[0]["n"] == Literal("5", "", "http://www.w3.org/2001/XMLSchema#integer")
    none = store.read_answer(everything, Dataset(named_graphs=(PASSAGE,)), 1)
    assert isinstance(none, Table)
    assert none.rows[0]["n"].value == "0"


def test_an_answer_past_the_limit_is_an_error_and_not_a_cut_result(store: Store) -> None:
    query = "SELECT * { ?s ?p ?o } LIMIT 100"
    _, whole = store.write_answer(query, Dataset(), choose_csv, 100_000)
    assert whole.count(b"\n") == 101
    with pytest.raises(QueryError, match="1000 bytes"):
        store.write_answer(query, Dataset(), choose_csv, 1000)


def test_constructed_graphs_are_written_and_read(store: Store) -> None:
    query = f"CONSTRUCT {{ <{PERSON.value}> ?p ?o }} {{ <{PERSON.value}> ?p ?o }}"
    for chosen in GRAPH_FORMATS:
        _, body = store.write_answer(query, Dataset(), lambda kind, each=chosen: each, 100_000)  # type: ignore[misc]
        assert "Đường" in body.decode() or "\\u0110" in body.decode()
    statements = store.read_answer(query, Dataset(), 1)
    assert isinstance(statements, tuple)
    assert all(isinstance(each, Statement) for each in statements)
    assert len(statements) == 6


def test_statements_keep_their_graph_only_where_the_format_has_graphs() -> None:
    statement = Statement(PERSON, Iri("http://e.example/p"), Literal("x", "vi"), Iri("http://e.example/g"))
    assert b"http://e.example/g" in serialise([statement], N_QUADS, ())
    assert b"http://e.example/g" in serialise([statement], TRIG, ())
    assert serialise([statement], N_TRIPLES, ()) == f'<{PERSON.value}> <http://e.example/p> "x"@vi .\n'.encode()
    assert b"e:p" in serialise([statement], TURTLE, (("e", "http://e.example/"),))


def test_mentions_sees_subjects_and_objects(store: Store) -> None:
    assert store.mentions(PERSON.value)
    assert not store.mentions(BASE_IRI + "id/nothing")
    # The ontology's example of a term, which this release has not.
    assert not store.mentions(BASE_IRI + "article/ttxvn-lai-chau-1")


@pytest.mark.parametrize("name", ['a"b', "a b", "a>b", "a<b", ""])
def test_what_is_no_iri_is_known_before_it_is_bound(name: str) -> None:
    assert not is_iri(name and f"https://e.example/{name}")
    assert is_iri("https://e.example/Đường")


def test_a_missing_store_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match="tulieu build"):
        Store(tmp_path / "nothing")

import pytest

from tulieu.errors import QueryError
from tulieu.sparql.gate import Limits, check_query

LIMITS = Limits(length=2000, depth=10, tokens=300)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { ?s ?p ?o }",
        'SELECT * { ?s ?p "SERVICE <http://e.example/> {}" }',
        "SELECT * { ?s ?p '''SERVICE { { { { { { { { { { {''' }",
        "SELECT * { ?s <http://e.example/SERVICE> ?o } # SERVICE here",
        "PREFIX service: <http://e.example/> SELECT * { ?s service:SERVICE ?service }",
        'SELECT * { ?s ?p "it\\"s SERVICE" }',
        "SELECT * { ?s ?p ?o FILTER(?o < 3 && 5 > 2) }",
        "PREFIX insert: <http://e.example/> ASK { ?s insert:DELETE ?o }",
    ],
)
def test_words_in_texts_names_and_comments_pass(query: str) -> None:
    check_query(query, LIMITS)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { SERVICE <http://e.example/> { ?s ?p ?o } }",
        "SELECT * { service silent ?x { ?s ?p ?o } }",
        "SELECT * { \\u0053ERVICE <http://e.example/> { } }",
        "SELECT * { \\U00000053ERVICE <http://e.example/> { } }",
        "ASK { FILTER EXISTS { SERVICE <http://e.example/> { } } }",
        "ASK { ?a ?b 'x' . SERVICE <http://e.example/> { } }",
        "ASK { # '\n SERVICE <http://e.example/> { } }",
        "ASK { FILTER(1<2) SERVICE <http://e.example/> { } FILTER(3>2) }",
    ],
)
def test_service_is_refused_with_the_place_and_the_reason(query: str) -> None:
    with pytest.raises(QueryError, match="SERVICE is not carried out") as caught:
        check_query(query, LIMITS)
    assert caught.value.line >= 1
    assert caught.value.column >= 1


@pytest.mark.parametrize(
    "query", ["INSERT DATA { }", "PREFIX a: <b:> DELETE WHERE { }", "LOAD <http://e.example/>", "drop all"]
)
def test_an_update_is_refused_with_the_reason(query: str) -> None:
    with pytest.raises(QueryError, match="read-only"):
        check_query(query, LIMITS)


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("ASK " + "{" * 11 + "}" * 11, "nested more than 10"),
        ("ASK { FILTER(" + "(" * 20 + "1" + ")" * 20 + ") }", "nested more than 10"),
        ("ASK { FILTER(" + "1 + " * 200 + "1) }", "more than 300"),
        ("ASK { } #" + "x" * 2000, "up to 2000"),
    ],
)
def test_limits_are_told(query: str, reason: str) -> None:
    with pytest.raises(QueryError, match=reason):
        check_query(query, LIMITS)

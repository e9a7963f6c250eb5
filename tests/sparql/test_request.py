import pytest

from tulieu.sparql.request import FORM_TYPE, QUERY_TYPE, UPDATE_TYPE, QueryRequest, Refusal, read_request

ASK = {"query": ["ASK {}"]}


@pytest.mark.parametrize(
    ("method", "content_type", "address", "form", "body"),
    [
        ("GET", "", ASK, {}, b""),
        ("HEAD", "", ASK, {}, b""),
        ("POST", FORM_TYPE, {}, ASK, b""),
        ("POST", QUERY_TYPE, {}, {}, b"ASK {}"),
    ],
)
def test_there_are_three_ways_to_ask(
    method: str, content_type: str, address: dict[str, list[str]], form: dict[str, list[str]], body: bytes
) -> None:
    asked = read_request(method, content_type, address, form, body)
    assert isinstance(asked, QueryRequest)
    assert asked.query == "ASK {}"


def test_graphs_and_format_come_along() -> None:
    address = {
        "default-graph-uri": ["http://e.example/a", ""],
        "named-graph-uri": ["http://e.example/b"],
        "format": ["csv"],
    }
    asked = read_request("POST", QUERY_TYPE, address, {}, "ASK { ?ư ?b ?c }".encode())
    assert isinstance(asked, QueryRequest)
    assert asked.dataset.default_graphs == ("http://e.example/a",)
    assert asked.dataset.named_graphs == ("http://e.example/b",)
    assert asked.format_name == "csv"


def test_a_get_without_a_query_asks_for_the_form() -> None:
    assert read_request("GET", "", {}, {}, b"") is None


@pytest.mark.parametrize(
    ("status", "method", "content_type", "address", "form", "body"),
    [
        (400, "GET", "", {"query": ["ASK {}", "ASK {}"]}, {}, b""),
        (400, "POST", FORM_TYPE, ASK, {}, b""),
        (400, "POST", QUERY_TYPE, {}, {}, b"ASK { \xff }"),
        (400, "GET", "", {**ASK, "default-graph-uri": ["no iri"]}, {}, b""),
        (415, "POST", "text/plain", {}, {}, b"ASK {}"),
        (415, "POST", "", {}, {}, b"ASK {}"),
        (403, "POST", UPDATE_TYPE, {}, {}, b"CLEAR ALL"),
        (403, "POST", FORM_TYPE, {}, {"update": ["CLEAR ALL"]}, b""),
        (403, "GET", "", {"update": ["CLEAR ALL"]}, {}, b""),
    ],
)
def test_what_is_no_query_is_refused(
    status: int, method: str, content_type: str, address: dict[str, list[str]], form: dict[str, list[str]], body: bytes
) -> None:
    refusal = read_request(method, content_type, address, form, body)
    assert isinstance(refusal, Refusal)
    assert refusal.status == status
    assert refusal.reason.endswith(".")

from urllib.parse import quote

import pytest

from tulieu.sparql.request import FORM_TYPE, QUERY_TYPE, UPDATE_TYPE, Incoming, QueryRequest, Refusal, read_request
from tulieu.store import Dataset

ASK = b"query=ASK+%7B%7D"


def read(incoming: Incoming) -> QueryRequest:
    asked = read_request(incoming)
    assert isinstance(asked, QueryRequest), asked
    return asked


@pytest.mark.parametrize(
    "incoming",
    [
        Incoming("GET", ASK),
        Incoming("HEAD", ASK),
        Incoming("POST", content_type=FORM_TYPE, body=ASK),
        Incoming("POST", content_type=f"{FORM_TYPE}; charset=utf-8", body=ASK),
        Incoming("POST", content_type="Application/X-WWW-Form-Urlencoded;charset=UTF-8", body=ASK),
        Incoming("POST", ASK, content_type=FORM_TYPE),
        Incoming("POST", content_type=QUERY_TYPE, body=b"ASK {}"),
        Incoming("POST", content_type=f'{QUERY_TYPE}; charset="utf-8"', body=b"ASK {}"),
        Incoming("POST", content_type=QUERY_TYPE, content_encoding="identity", body=b"\xef\xbb\xbfASK {}"),
    ],
)
def test_there_are_three_ways_to_ask(incoming: Incoming) -> None:
    assert read(incoming).query == "ASK {}"


@pytest.mark.parametrize(
    "make",
    [
        lambda text: Incoming("GET", b"query=" + quote(text).encode()),
        lambda text: Incoming("GET", b"query=" + text.encode().replace(b" ", b"+")),
        lambda text: Incoming("POST", content_type=FORM_TYPE, body=b"query=" + quote(text).encode()),
        lambda text: Incoming("POST", content_type=QUERY_TYPE, body=text.encode()),
    ],
)
def test_a_query_arrives_as_it_was_written(make) -> None:  # type: ignore[no-untyped-def]
    text = 'ASK { ?người ?b "tỉnh ủy\t\u0001=" }'
    assert read(make(text)).query == text


def test_what_comes_along_may_stand_in_the_address_or_in_the_form() -> None:
    address = b"default-graph-uri=http%3A%2F%2Fe.example%2Fa&default-graph-uri=&format=csv&timeout=1.5"
    form = ASK + b"&named-graph-uri=http%3A%2F%2Fe.example%2Fb&default-graph-uri=http://e.example/c&release=r"
    asked = read(Incoming("POST", address, FORM_TYPE, body=form))
    assert asked.dataset == Dataset(("http://e.example/c", "http://e.example/a"), ("http://e.example/b",))
    assert (asked.format_name, asked.release, asked.seconds) == ("csv", "r", 1.5)
    direct = read(
        Incoming("POST", b"output=tsv&default-graph-uri=http%3A%2F%2Fe.example%2Fa", QUERY_TYPE, body=b"ASK {}")
    )
    assert direct.dataset == Dataset(("http://e.example/a",))
    assert (direct.format_name, direct.release, direct.seconds) == ("tsv", "", None)


@pytest.mark.parametrize(("text", "seconds"), [("5", 5.0), ("0.25", 0.25), ("5s", 5.0), ("500ms", 0.5), ("", None)])
def test_a_client_may_give_less_time(text: str, seconds: float | None) -> None:
    assert read(Incoming("GET", ASK + b"&timeout=" + text.encode())).seconds == seconds


def test_a_get_without_a_query_asks_for_the_form() -> None:
    assert read_request(Incoming("GET")) is None
    assert read_request(Incoming("GET", b"format=ttl")) is None


@pytest.mark.parametrize(
    ("status", "incoming", "reason"),
    [
        (400, Incoming("GET", b"query=ASK&query=ASK"), "2 parameters named query"),
        (400, Incoming("POST", ASK, FORM_TYPE, body=ASK), "2 parameters named query"),
        (400, Incoming("POST", ASK, QUERY_TYPE, body=b"ASK {}"), "2 parameters named query"),
        (400, Incoming("POST", b"", FORM_TYPE), "no field named query"),
        (400, Incoming("POST", content_type=QUERY_TYPE, body=b"ASK { \xff }"), "not UTF-8 (byte 6)"),
        (400, Incoming("GET", b"query=ASK%20%FF"), "Parameter query in the address is not UTF-8 (byte 4 of it)"),
        (400, Incoming("GET", b"query=ASK\xc3"), "not UTF-8"),
        (400, Incoming("GET", b"query=%ED%A0%80"), "not UTF-8"),
        (400, Incoming("POST", content_type=FORM_TYPE, body=b"query=%C3%28"), "in the form is not UTF-8"),
        (400, Incoming("GET", ASK + b"&default-graph-uri=no%20iri"), "an absolute IRI is expected"),
        (400, Incoming("GET", ASK + b"&named-graph-uri=relative"), "named-graph-uri is 'relative'"),
        (400, Incoming("GET", b"&".join([b"a=b"] * 1001)), "1001 parameters"),
        (400, Incoming("GET", ASK + b"&timeout=0"), "a number of seconds"),
        (400, Incoming("GET", ASK + b"&timeout=-1"), "a number of seconds"),
        (400, Incoming("GET", ASK + b"&timeout=nan"), "a number of seconds"),
        (400, Incoming("GET", ASK + b"&timeout=1e9"), "a number of seconds"),
        (415, Incoming("POST", content_type="text/plain", body=b"ASK {}"), "The body is text/plain"),
        (415, Incoming("POST", body=b"ASK {}"), "of no stated type"),
        (415, Incoming("POST", content_type="multipart/form-data; boundary=x", body=b"--x--"), "multipart/form-data"),
        (415, Incoming("POST", content_type=f"{QUERY_TYPE}; charset=UTF-16", body=b"ASK {}"), "UTF-16"),
        (415, Incoming("POST", content_type=QUERY_TYPE, content_encoding="gzip", body=b"\x1f\x8b"), "packed (gzip)"),
        (403, Incoming("POST", content_type=UPDATE_TYPE, body=b"CLEAR ALL"), "read-only"),
        (403, Incoming("POST", content_type=FORM_TYPE, body=b"update=CLEAR+ALL"), "read-only"),
        (403, Incoming("GET", b"update=CLEAR+ALL"), "read-only"),
        (403, Incoming("POST", b"update=CLEAR+ALL", QUERY_TYPE, body=b"ASK {}"), "read-only"),
    ],
)  # fmt: skip
def test_what_is_no_query_is_refused(status: int, incoming: Incoming, reason: str) -> None:
    refusal = read_request(incoming)
    assert isinstance(refusal, Refusal)
    assert refusal.status == status
    assert reason in refusal.reason
    assert refusal.reason.endswith(".")

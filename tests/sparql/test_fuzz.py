"""Random input for what stands before the engine: the gate, the reading of requests, negotiation.

A short run belongs to the tests. A longer one: FUZZ_EXAMPLES=100000 python -m pytest tests/sparql/test_fuzz.py
"""

import os
from urllib.parse import quote

import pyoxigraph
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tulieu.answering import run_query
from tulieu.errors import NegotiationError, QueryError
from tulieu.formats import ANSWER_GRAPH_FORMATS, DOCUMENT_FORMATS, ROW_FORMATS, negotiate, negotiate_language
from tulieu.sparql.gate import Limits, check_query
from tulieu.sparql.request import FORM_TYPE, QUERY_TYPE, Incoming, QueryRequest, Refusal, read_request
from tulieu.tokens import read_tokens

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "300"))
LIMITS = Limits(length=4000, depth=20, tokens=400)
fuzzed = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    derandomize=EXAMPLES == 300,
    suppress_health_check=list(HealthCheck),
)

# Names that the engine tries to reach are recognised by this port, which no HTTP client ever uses.
UNREACHABLE = "http://127.0.0.1:1/"
PROLOGUE = f"PREFIX : <{UNREACHABLE}> PREFIX a: <{UNREACHABLE}> PREFIX SERVICE: <{UNREACHABLE}> "
# What may stand before and behind the keyword: whatever could make a token begin or end where nobody sees it.
BEFORE = (
    "", "?s ?p 1", "?s ?p true", "?s ?p true.", "?s ?p 1.5e3 .", "?s ?p 'x'", "?s ?p \"x\"@en", "?s ?p '''x'''",
    "?s ?p '\\''", '?s ?p "\\u0022"', "?s ?p '\\u0027'", "?s ?p a:b\\'", "?s ?p a:b\\#", "?s ?p a:b#'''\n",
    "?s ?p a:b#\"\"\"\n", "?s ?p <http://e/'>", "?s ?p <http://e/#>", "?s ?p <http://e/\\u0041'>", "?s ?p _:b",
    "FILTER(?a<'>')", "FILTER(?a<#>'''\n?b)", "FILTER(1<#>'''\n?b)", "FILTER(?a<?b&&?c>'x')", "FILTER('x'<'>')",
    "BIND(?a<'>' AS ?x)", "FILTER EXISTS { ?s ?p 1", "{", "OPTIONAL {", "VALUES ?v { 1 'x' }", "#'\n",
    "?s (a:b)?/a:c 1", "GRAPH ?g { ?s ?p 'x' }", "[] ?p 1 ;", "?s ?p ( 1 'x' ) .", "?s ?p 'a\\\\'", "?s ?p \"it's\"",
)  # fmt: skip
KEYWORDS = (
    "SERVICE", "service", "SerVice", "SERVICE SILENT", "SERVICESILENT", "service#\n", "SERVICE\tSILENT",
    "\\u0053ERVICE",
)  # fmt: skip
TARGETS = (f"<{UNREACHABLE}>", f" <{UNREACHABLE}>", ":a", " :a", "a:b", " a:b", "SERVICE:a", " SERVICE:a")
AFTER = (
    "", "}", "?s ?p 'x'", "?s ?p a:c\\'", "#'''\n", "#\"\"\"\n", "FILTER(?b='x')", '?a ?b "\\u0022"', "?a ?b '''x'''",
    "?a ?b <http://e/'>", "?a ?b '\\u0027'", "BIND('x' AS ?y)", "# '\n",
)  # fmt: skip
GLUE = st.sampled_from(("", " ", "\n"))
hidden = st.tuples(
    st.sampled_from(BEFORE), GLUE, st.sampled_from(KEYWORDS), st.sampled_from(TARGETS), GLUE,
    st.sampled_from(("{ }", "{}", "{ ?x ?y ?z }")), GLUE, st.sampled_from(AFTER),
).map("".join)  # fmt: skip
PIECES = (*BEFORE, *KEYWORDS, *TARGETS, *AFTER, "<", ">", "'", '"', "\\")
soup = st.lists(st.sampled_from(PIECES), max_size=10).map("".join)


@fuzzed
@given(hidden | soup)
def test_what_passes_the_gate_reaches_no_other_server(pattern: str) -> None:
    query = f"{PROLOGUE}ASK {{ {pattern} }}"
    try:
        check_query(query, LIMITS)
    except QueryError:
        return
    store = pyoxigraph.Store()
    name = pyoxigraph.NamedNode("http://e.example/a")
    store.add(pyoxigraph.Quad(name, name, pyoxigraph.Literal("x")))
    try:
        run_query(store, query)
    except (SyntaxError, ValueError):
        return
    except RuntimeError as error:
        assert "port 1 " not in str(error), query


@fuzzed
@given(st.text(max_size=300))
def test_the_gate_takes_any_text(text: str) -> None:
    tokens = list(read_tokens(text))
    assert [text[token.start : token.end] for token in tokens] == [token.text for token in tokens]
    try:
        assert check_query(text, LIMITS) in ("rows", "boolean", "graph")
    except QueryError as error:
        assert str(error)


@fuzzed
@given(
    st.sampled_from(["GET", "HEAD", "POST"]),
    st.binary(max_size=80),
    st.sampled_from(["", FORM_TYPE, QUERY_TYPE, "text/plain", f"{QUERY_TYPE}; charset=x", ";;", FORM_TYPE.upper()]),
    st.sampled_from(["", "gzip", "identity", ","]),
    st.binary(max_size=80),
)
def test_any_request_is_read_or_refused(method: str, query: bytes, kind: str, encoding: str, body: bytes) -> None:
    asked = read_request(Incoming(method, query, kind, encoding, body))
    assert asked is None or isinstance(asked, QueryRequest) or (400 <= asked.status < 500 and asked.reason)


@fuzzed
@given(st.text(max_size=60))
@pytest.mark.parametrize("kind", [FORM_TYPE, QUERY_TYPE, "GET"])
def test_a_query_is_read_as_it_was_sent(kind: str, query: str) -> None:
    encoded = quote(query, safe="", errors="surrogatepass").encode()
    sent = {
        FORM_TYPE: Incoming("POST", content_type=FORM_TYPE, body=b"query=" + encoded),
        QUERY_TYPE: Incoming("POST", content_type=QUERY_TYPE, body=query.encode()),
        "GET": Incoming("GET", b"query=" + encoded),
    }[kind]
    asked = read_request(sent)
    assert not isinstance(asked, Refusal)
    assert asked is not None
    assert asked.query == (query.removeprefix("\ufeff") if kind == QUERY_TYPE else query)


@fuzzed
@given(
    st.text(max_size=60)
    | st.lists(
        st.sampled_from(["text/html", "*/*", "text/*", ";q=0.5", ";q=x", ";q=0", ",", "application/json", " "])
    ).map("".join)
)
def test_any_accept_is_weighed(header: str) -> None:
    for offered in (ROW_FORMATS, ANSWER_GRAPH_FORMATS, DOCUMENT_FORMATS):
        try:
            assert negotiate(header, offered) in offered
        except NegotiationError as error:
            assert offered[0].media_type in str(error)
    assert negotiate_language(header, ("vi", "en"), "vi") in ("vi", "en")

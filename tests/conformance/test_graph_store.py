"""SPARQL 1.1 Graph Store Protocol, W3C's suite over HTTP: graphs are read, and every write is refused.

https://www.w3.org/TR/sparql11-http-rdf-update/
"""

import json

import pyoxigraph
import pytest

from .conftest import GRAPH_STORE, Server, reading_address
from .exchanges import read_exchanges
from .manifest import Case
from .solutions import same_graph

READING = ("GET", "HEAD")


def test_the_suite_is_whole(server: Server) -> None:
    steps = [exchange for case in GRAPH_STORE for exchange in read_exchanges(case)]
    assert len(GRAPH_STORE) == 13
    assert len([step for step in steps if step.method in READING]) == 18
    assert len([step for step in steps if step.method not in READING]) == 21


@pytest.mark.parametrize("number", range(len(GRAPH_STORE)), ids=lambda number: GRAPH_STORE[number].name)
def test_graph_store(number: int, server: Server) -> None:
    case: Case = GRAPH_STORE[number]
    for step, exchange in enumerate(read_exchanges(case)):
        address = reading_address(number, step, exchange)
        reply = server.ask(exchange.method, address, exchange.headers, exchange.body)
        if exchange.method not in READING:
            assert reply.status == 405
            assert set(reply.headers["allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}
            assert "read-only" in json.loads(reply.body)["detail"]
            continue
        assert exchange.is_expected(reply.status), reply
        if exchange.method == "HEAD":
            assert reply.body == b""
        if exchange.expected_body:
            assert reply.headers["content-type"] == "text/turtle; charset=utf-8"
            wanted = exchange.expected_body.encode()
            assert same_graph(reply.body, wanted, pyoxigraph.RdfFormat.TURTLE, server.url)

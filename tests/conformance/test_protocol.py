"""SPARQL 1.1 Protocol, W3C's suite over HTTP: what asks is answered, what would change is refused.

https://www.w3.org/TR/sparql11-protocol/
"""

import json

import pyoxigraph
import pytest

from .conftest import PROTOCOL, Reply, Server
from .exchanges import Exchange, read_exchanges
from .manifest import Case

TABULAR = ("application/sparql-results+json", "application/sparql-results+xml", "text/csv", "text/tab-separated-values")
BOOLEAN = ("application/sparql-results+json", "application/sparql-results+xml")


def test_the_suite_is_whole(server: Server) -> None:
    assert len(PROTOCOL) == 34
    assert len([case for case in PROTOCOL if is_update(case)]) == 14


@pytest.mark.parametrize("case", PROTOCOL, ids=lambda case: case.name)
def test_protocol(case: Case, server: Server) -> None:
    for exchange in read_exchanges(case):
        reply = send(server, exchange)
        if "4xx" in exchange.statuses or not is_update(case):
            assert exchange.is_expected(reply.status), reply
            check_result(exchange, reply)
        elif "sparql-query" in exchange.headers.get("content-type", ""):
            # What the update would have made is not there.
            assert (reply.status, json.loads(reply.body)["boolean"]) == (200, False)
        else:
            assert reply.status == 403
            assert "read-only" in json.loads(reply.body)["detail"]
        if reply.status >= 400:
            assert reply.media_type == "application/problem+json"


def check_result(exchange: Exchange, reply: Reply) -> None:
    if exchange.result == "boolean":
        assert reply.media_type in BOOLEAN
    elif exchange.result == "tabular":
        assert reply.media_type in TABULAR
    elif exchange.result == "RDF":
        form = pyoxigraph.RdfFormat.from_media_type(reply.media_type)
        assert list(pyoxigraph.parse(reply.body, format=form)) is not None
    if exchange.boolean is not None:
        assert json.loads(reply.body)["boolean"] is exchange.boolean


def send(server: Server, exchange: Exchange) -> Reply:
    return server.ask(exchange.method, exchange.path, exchange.headers, exchange.body)


def is_update(case: Case) -> bool:
    return "update" in case.name

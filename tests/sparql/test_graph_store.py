import json
from urllib.parse import quote

import pyoxigraph
import pytest
from flask.testing import FlaskClient

from tulieu.formats import ANSWER_GRAPH_FORMATS, Format
from tulieu.vocabulary import BASE_IRI

from ..conftest import RELEASE_ID

STORE = "/sparql/graph-store"
CAPTION = BASE_IRI + "passage/sample-1/p03.caption"


@pytest.mark.parametrize("chosen", ANSWER_GRAPH_FORMATS, ids=lambda each: each.name)
def test_a_graph_comes_in_every_format(client: FlaskClient, chosen: Format) -> None:
    answer = client.get(f"{STORE}?graph={quote(CAPTION)}", headers={"Accept": chosen.media_type})
    assert (answer.status_code, answer.content_type) == (200, chosen.content_type)
    form = pyoxigraph.RdfFormat.from_media_type(chosen.media_type)
    assert len(list(pyoxigraph.parse(answer.data, format=form))) == 5


@pytest.mark.parametrize(
    "address", [f"?graph={quote(CAPTION, safe='')}", f"?graph={CAPTION}", "/passage/sample-1/p03.caption"]
)
def test_a_graph_is_named_by_a_parameter_or_by_its_place(client: FlaskClient, address: str) -> None:
    assert client.get(STORE + address, headers={"Accept": "application/n-triples"}).text.count("\n") == 5


def test_the_default_graph_is_what_a_plain_query_sees(client: FlaskClient) -> None:
    counted = client.get(f"/sparql?query={quote('SELECT (COUNT(*) AS ?n) { ?s ?p ?o }')}&format=csv").text
    answer = client.get(f"{STORE}?default&format=nt")
    assert answer.text.count("\n") == int(counted.split()[1])
    assert client.get(f"{STORE}?default=&release={RELEASE_ID}&format=nt").data == answer.data


def test_who_has_a_graph_is_told_so(client: FlaskClient) -> None:
    address = f"{STORE}?graph={quote(CAPTION)}"
    first = client.get(address)
    again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    head = client.head(address)
    assert (head.status_code, head.data, head.headers["ETag"]) == (200, b"", first.headers["ETag"])


@pytest.mark.parametrize(
    ("status", "address", "reason"),
    [
        (400, "", "exactly one graph"),
        (400, f"?default&graph={CAPTION}", "exactly one graph"),
        (400, "?graph=a:b&graph=a:c", "exactly one graph"),
        (400, "?graph=relative", "an absolute IRI is expected"),
        (400, "?graph=%FF", "not UTF-8"),
        (400, "?default&timeout=x", "seconds"),
        (404, "?graph=http://e.example/none", "no graph http://e.example/none"),
        (404, "/passage/none", "no graph"),
        (404, f"?graph={CAPTION}&release=none", "no release none"),
        (406, f"?graph={CAPTION}&format=csv", "no format"),
    ],
)
def test_what_cannot_be_read_says_why(client: FlaskClient, status: int, address: str, reason: str) -> None:
    answer = client.get(STORE + address)
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert reason in json.loads(answer.data)["detail"]


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE", "PATCH"])
@pytest.mark.parametrize("address", ["", f"?graph={CAPTION}", "?default", "/passage/sample-1/p03.caption"])
def test_no_graph_is_changed(client: FlaskClient, method: str, address: str) -> None:
    answer = client.open(STORE + address, method=method, data=b"<a:a> <a:b> 1 .", content_type="text/turtle")
    assert answer.status_code == 405
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}
    assert "read-only" in json.loads(answer.data)["detail"]


def test_any_site_may_ask_what_may_be_done(client: FlaskClient) -> None:
    answer = client.options(STORE)
    assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (200, "*")

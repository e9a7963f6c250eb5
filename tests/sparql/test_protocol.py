import json
from urllib.parse import quote

import pyoxigraph
import pytest
from flask.testing import FlaskClient

from tulieu.vocabulary import BASE_IRI

from ..conftest import RELEASE_ID

SELECT = "SELECT ?s { ?s a <https://w3id.org/tulieu/ontology#Person> } ORDER BY ?s"
CONSTRUCT = "CONSTRUCT WHERE { ?s a <https://w3id.org/tulieu/ontology#Person> }"


def ask(client: FlaskClient, query: str, accept: str = "*/*", more: str = ""):  # type: ignore[no-untyped-def]
    return client.get(f"/sparql?query={quote(query)}{more}", headers={"Accept": accept})


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        ("*/*", "application/sparql-results+json"),
        ("application/json", "application/sparql-results+json"),
        ("application/sparql-results+xml", "application/sparql-results+xml"),
        ("text/csv", "text/csv; charset=utf-8"),
        ("text/tab-separated-values", "text/tab-separated-values; charset=utf-8"),
        ("text/html", "text/html; charset=utf-8"),
    ],
)
def test_rows_come_in_the_format_asked_for(client: FlaskClient, accept: str, content_type: str) -> None:
    answer = ask(client, SELECT, accept)
    assert (answer.status_code, answer.content_type) == (200, content_type)
    assert "person-sample-duong" in answer.text
    assert answer.headers["Vary"].split(", ")[0] == "Accept"
    by_name = ask(client, SELECT, "text/plain", f"&format={quote(accept)}") if accept != "*/*" else answer
    assert by_name.content_type == content_type


@pytest.mark.parametrize(
    "media_type",
    [
        "text/turtle",
        "application/n-triples",
        "application/ld+json",
        "application/rdf+xml",
        "application/trig",
        "application/n-quads",
        "text/n3",
    ],
)
def test_graphs_come_in_the_format_asked_for(client: FlaskClient, media_type: str) -> None:
    answer = ask(client, CONSTRUCT, media_type)
    assert answer.mimetype == media_type
    parsed = pyoxigraph.parse(answer.data, format=pyoxigraph.RdfFormat.from_media_type(media_type))
    assert len(list(parsed)) == 2


@pytest.mark.parametrize(
    ("query", "name", "media_type"),
    [
        (SELECT, "xml", "application/sparql-results+xml"),
        (SELECT, "tsv", "text/tab-separated-values"),
        ("ASK { }", "json", "application/sparql-results+json"),
        ("ASK { }", "csv", "text/csv"),
        (CONSTRUCT, "xml", "application/rdf+xml"),
        (CONSTRUCT, "json-ld", "application/ld+json"),
        (CONSTRUCT, "json", "application/ld+json"),
        (CONSTRUCT, "turtle", "text/turtle"),
        (CONSTRUCT, "n3", "text/n3"),
        (CONSTRUCT, "rdf%2Bxml", "application/rdf+xml"),
        (CONSTRUCT, "nquads", "application/n-quads"),
    ],
)
@pytest.mark.parametrize("parameter", ["format", "output"])
def test_clients_name_formats_in_their_own_ways(
    client: FlaskClient, query: str, name: str, media_type: str, parameter: str
) -> None:
    answer = ask(client, query, "*/*", f"&{parameter}={name}")
    assert (answer.status_code, answer.mimetype) == (200, media_type)


def test_columns_of_all_come_as_the_query_names_them(client: FlaskClient) -> None:
    query = "SELECT * { ?z a ?kind ; ?other ?b } LIMIT 1"
    assert ask(client, query, "text/csv").text.startswith("z,kind,other,b\r\n")
    page = ask(client, query, "text/html").text
    places = [page.index(f">{name}</th>") for name in ("z", "kind", "other", "b")]
    assert places == sorted(places)


def test_what_differs_each_time_is_not_kept(client: FlaskClient) -> None:
    for answer in (
        ask(client, "SELECT (NOW() AS ?n) { }"),
        client.post("/sparql", data={"query": "ASK { BIND(RAND() AS ?r) }"}),
    ):
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
        assert "ETag" not in answer.headers


def test_relative_names_are_read_against_the_endpoint(client: FlaskClient) -> None:
    assert "https://archive.example/tulieu/x" in ask(client, "SELECT (<x> AS ?iri) { }").text


def test_a_release_may_be_named(client: FlaskClient) -> None:
    assert ask(client, SELECT, "text/csv", f"&release={RELEASE_ID}").data == ask(client, SELECT, "text/csv").data
    missing = ask(client, SELECT, "text/csv", "&release=none")
    assert (missing.status_code, "no release none" in json.loads(missing.data)["detail"]) == (404, True)


@pytest.mark.parametrize(
    ("status", "address", "reason"),
    [
        (400, "?query=ASK%20%7B%7D&query=ASK", "exactly one"),
        (400, "?query=ASK%20%FF", "not UTF-8"),
        (400, "?query=ASK%20%7B%7D&timeout=soon", "seconds"),
        (400, "?query=ASK%20%7B%7D&default-graph-uri=x", "absolute IRI"),
        (403, "?update=CLEAR%20ALL", "read-only"),
        (406, "?query=ASK%20%7B%7D&format=docx", "no format"),
    ],
)
def test_a_request_that_cannot_be_answered_says_why(
    client: FlaskClient, status: int, address: str, reason: str
) -> None:
    answer = client.get("/sparql" + address)
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    problem = json.loads(answer.data)
    assert problem["status"] == status
    assert reason in problem["detail"]
    page = client.get("/sparql" + address, headers={"Accept": "text/html"})
    assert (page.status_code, page.mimetype) == (status, "text/html")


@pytest.mark.parametrize(
    ("status", "content_type", "body"),
    [
        (415, "text/plain", b"ASK {}"),
        (415, "multipart/form-data; boundary=x", b"--x--"),
        (415, "application/sparql-query; charset=utf-16", "ASK {}".encode("utf-16")),
        (400, "application/sparql-query", "ASK { ?ệ ?b ?c }".encode("utf-16")),
        (400, "application/x-www-form-urlencoded", b"query=%ff"),
        (413, "application/sparql-query", b" " * 1_000_000),
        (413, "application/x-www-form-urlencoded", b"query=" + b"%20" * 400_000),
    ],
)
def test_a_body_that_is_no_query_says_why(client: FlaskClient, status: int, content_type: str, body: bytes) -> None:
    answer = client.post("/sparql", data=body, content_type=content_type)
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert json.loads(answer.data)["detail"]


def test_the_stroke_at_the_end_of_the_address_changes_nothing(client: FlaskClient) -> None:
    assert client.post("/sparql/", data={"query": SELECT}).data == client.post("/sparql", data={"query": SELECT}).data
    assert client.get("/sparql/").mimetype == "text/turtle"


def test_a_post_in_either_form_gives_the_same(client: FlaskClient) -> None:
    expected = ask(client, SELECT).data
    assert client.post("/sparql", data={"query": SELECT}).data == expected
    assert client.post("/sparql", data=SELECT, content_type="application/sparql-query").data == expected


def test_the_request_names_the_graphs(client: FlaskClient) -> None:
    passage = quote(BASE_IRI + "passage/sample-1/p03.caption")
    query = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    answer = ask(client, query, "text/csv", f"&default-graph-uri={passage}")
    assert answer.text == "n\r\n5\r\n"


def test_the_default_graph_is_one_set_with_what_was_inferred(client: FlaskClient) -> None:
    pattern = "{ ?s tl:hasHeldOffice ?o ; tl:hasHolding/a tl:Holding }"
    query = f"PREFIX tl: <https://w3id.org/tulieu/ontology#> SELECT ?o {pattern}"
    assert len(json.loads(ask(client, query).data)["results"]["bindings"]) == 1


def test_a_syntax_error_says_where(client: FlaskClient) -> None:
    answer = ask(client, "SELECT * {\n ?s ?p")
    problem = json.loads(answer.data)
    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")
    assert (problem["line"], problem["status"]) == (2, 400)
    page = ask(client, "SELECT * {\n ?s ?p", "text/html")
    assert (page.status_code, page.mimetype) == (400, "text/html")
    assert "?s ?p" in page.text


@pytest.mark.parametrize(
    ("status", "query", "reason"),
    [
        (400, "ASK { SERVICE <http://127.0.0.1:1/> { } }", "no requests of its own"),
        (400, "INSERT DATA { <a:b> <a:c> 1 }", "read-only"),
        (400, "ASK " + "{" * 3000 + "}" * 3000, "nested"),
    ],
)
def test_refusals_say_why(client: FlaskClient, status: int, query: str, reason: str) -> None:
    answer = client.post("/sparql", data={"query": query})
    assert answer.status_code == status
    assert reason in json.loads(answer.data)["detail"]


def test_an_update_by_the_protocol_is_forbidden(client: FlaskClient) -> None:
    answer = client.post("/sparql", data="CLEAR ALL", content_type="application/sparql-update")
    assert (answer.status_code, "read-only" in answer.text) == (403, True)


def test_the_longest_chain_that_the_gate_lets_pass_does_not_end_the_process(client: FlaskClient) -> None:
    answer = client.post("/sparql", data={"query": "ASK { FILTER(" + "1+" * 9900 + "1 > 0) }"})
    assert json.loads(answer.data)["boolean"] is True


def test_a_format_that_does_not_fit_the_result_is_not_acceptable(client: FlaskClient) -> None:
    answer = ask(client, SELECT, "text/turtle")
    assert answer.status_code == 406
    assert "text/csv" in json.loads(answer.data)["detail"]


def test_a_known_answer_is_not_sent_again(client: FlaskClient) -> None:
    first = ask(client, SELECT, "text/csv")
    again = client.get(
        f"/sparql?query={quote(SELECT)}", headers={"Accept": "text/csv", "If-None-Match": first.headers["ETag"]}
    )
    assert (again.status_code, again.data) == (304, b"")
    assert ask(client, SELECT).headers["ETag"] != first.headers["ETag"]


def test_the_bare_address_describes_itself_to_machines_and_shows_a_form_to_people(client: FlaskClient) -> None:
    machine = client.get("/sparql")
    assert "https://archive.example/tulieu/sparql" in machine.text
    assert machine.mimetype == "text/turtle"
    page = client.get("/sparql", headers={"Accept": "text/html"})
    assert page.text.count("/tulieu/sparql?query=") >= 8
    assert "<textarea" in page.text


def test_head_and_options_work_and_any_site_may_read(client: FlaskClient) -> None:
    address = f"/sparql?query={quote(SELECT)}"
    head, get = client.head(address), client.get(address)
    assert (head.status_code, head.data, head.headers["ETag"]) == (200, b"", get.headers["ETag"])
    options = client.options("/sparql")
    assert options.headers["Access-Control-Allow-Origin"] == "*"
    assert "Content-Type" in options.headers["Access-Control-Allow-Headers"]
    assert set(options.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "POST"}
    refused = client.put("/sparql")
    assert (refused.status_code, "POST" in refused.headers["Allow"]) == (405, True)
    assert client.head("/sparql").headers["ETag"] == client.get("/sparql").headers["ETag"]

"""From names to documents, by one table: https://www.w3.org/TR/cooluris/ and RFC 9110, section 12.5.

Each row is a request and what must come of it: status, media type and, of a redirect, where it leads. The same rows are
asked of the application and, some of them, of a real server over HTTP; GET and HEAD must agree in all of them.
"""

import http.client
import itertools
import json
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from urllib.parse import quote

import pyoxigraph
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tulieu.base import FUNCTION_IRI
from tulieu.formats import DOCUMENT_FORMATS, HTML, JSON_LD, PROBLEM, TURTLE, Format

from ..conftest import PUBLIC_URL, RELEASE_ID
from ..real_server import Running

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
NOTHING = "image/png"
PERSON = "person-sample-duong"
RELEASE = f"release/{RELEASE_ID}"
# One row in so many is asked of a real server too.
ONE_IN = 3
# https://www.iana.org/assignments/media-types/: all that this server may ever send or list.
REGISTERED = {
    *("text/html", "text/turtle", "text/n3", "text/csv", "text/tab-separated-values", "text/plain"),
    *("application/ld+json", "application/trig", "application/n-triples", "application/n-quads", "application/rdf+xml"),
    *("application/problem+json", "application/sparql-results+json", "application/sparql-results+xml"),
    *("application/gzip", "application/json", "application/linkset", "application/linkset+json"),
}


@dataclass(frozen=True)
class Row:
    """A request, and what must come of it; no `accept` is no such header, `leads` is below the public URL."""

    path: str
    accept: str | None
    status: int
    media_type: str = ""
    leads: str = ""

    def __str__(self) -> str:
        return f"{self.path[:40]} {(self.accept or '-')[:40]}"


# One document of each kind: its path, and what must be read in it as page and as data.
DOCUMENTS = (
    (f"doc/{PERSON}", "Đường"),
    ("doc/role-sample-speaker", "người phát biểu"),
    ("doc/scheme-organ-kind", "scheme-organ-kind"),
    ("doc/statement-521c310d14bf0f0a", "office-sample-1"),
    ("article/sample-1", "Sông Thử"),
    ("passage/sample-1/p02.s2.a", "holding-sample-1"),
    ("note/sample-1/office-of-committee", "organ-sample-committee"),
    *((f"graph/{name}", name) for name in ("notes", "passages", "authority", "asserted", "inferred", "evidence")),
    (RELEASE, "000000000000"),
    ("dataset", "dataset"),
    ("ontology", "Holding"),
    ("shapes", "PersonShape"),
)
# To write these takes long, so each is written once in each format.
LARGE = ("ontology", "shapes", "graph/")
# What is no document leads to one; of a hash name the server sees only what stands before the hash.
NAMES = (
    (f"id/{PERSON}", f"doc/{PERSON}"),
    ("id/role-sample-speaker", "doc/role-sample-speaker"),
    ("id/scheme-organ-kind", "doc/scheme-organ-kind"),
    ("id/statement-521c310d14bf0f0a", "doc/statement-521c310d14bf0f0a"),
    ("ontology/0.1.0", "ontology"),
    ("ontology/alignments/eli", "ontology"),
)

# What `Accept` says, and which format must be chosen by it; None where there is nothing to choose.
ACCEPTED: tuple[tuple[str | None, Format | None], ...] = (
    *((each.media_type, each) for each in DOCUMENT_FORMATS),
    *((alias, each) for each in DOCUMENT_FORMATS for alias in each.aliases),
    # Nothing, or nothing in particular.
    (None, TURTLE),
    ("", TURTLE),
    (" , ,, ", TURTLE),
    ("*/*", TURTLE),
    ("*", TURTLE),
    ("text/*", TURTLE),
    ("application/*", JSON_LD),
    # Weights.
    (BROWSER, HTML),
    ("text/turtle;q=0.5, text/html;q=0.4", TURTLE),
    ("text/html;q=0.9, application/trig", DOCUMENT_FORMATS[2]),
    ("text/html;q=0.001", HTML),
    ("text/html; Q=1.000 , text/turtle ; q=0.999", HTML),
    ("image/png, application/n-triples;q=.1", DOCUMENT_FORMATS[3]),
    ("text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2", HTML),
    ("text/html, text/turtle", TURTLE),
    # The most specific range decides, also where it keeps something out.
    ("text/html;q=0, */*", TURTLE),
    ("text/*, text/turtle;q=0", HTML),
    ("*/*, text/*;q=0", JSON_LD),
    ("text/turtle;q=0, */*", JSON_LD),
    ("*/*;q=0, text/html", HTML),
    ("application/ld+json;q=0, application/json", None),
    ("application/json;q=0, application/ld+json", JSON_LD),
    ("*/*;q=0", None),
    # Parameters.
    ("text/turtle;charset=utf-8", TURTLE),
    ('text/turtle; charset="UTF-8";q=0.9, text/turtle;q=0.1, text/html;q=0.5', TURTLE),
    ("text/html;level=1, text/html;q=0.1, text/turtle;q=0.5", TURTLE),
    ('application/ld+json;profile="http://www.w3.org/ns/json-ld#compacted"', JSON_LD),
    ('application/ld+json;profile="a, text/html;q=1; b";q=0.9, text/turtle;q=0.8', JSON_LD),
    (r'application/ld+json;profile="a\", b", text/turtle;q=0.8', JSON_LD),
    ("text/html;q=0.2;extension=1, text/turtle;q=0.1", HTML),
    # Long lists.
    (", ".join(f"application/x-{number};q=0.9" for number in range(500)) + ", text/html;q=0.1", HTML),
    (", ".join(f"application/x-{number}" for number in range(500)), None),
    ("text/html;a=" + "b" * 8000, HTML),
    # Slips: none may fail, and what is meant is done as far as it can be told.
    ("TEXT/HTML", HTML),
    ("text/turtle;q=abc, text/html;q=0.5", HTML),
    ("text/turtle;q=nan, text/html;q=0.5", HTML),
    ("text/turtle;q=-1, text/html;q=0.5", HTML),
    ("text/turtle;q=, text/html;q=0.5", HTML),
    ("text/html;q=7", HTML),
    ('text/html;a="never closed, text/turtle', TURTLE),
    (r'text/html;a="\\\"\\\"', HTML),
    ("text/html;;;q=1", HTML),
    ("nonsense", None),
    ("/", None),
    ("text/", None),
    (";q=1", TURTLE),
    ("image/png", None),
    ("text/html/turtle", None),
    ("\x7f\xa0é", None),
)


def leads_to(document: str, accept: str | None, chosen: Format) -> str:
    # Who asks for nothing in particular is led to the address that all forms share, as the reader of pages is.
    is_open = chosen is HTML or (accept or "").strip() in ("", "*/*")
    return document if is_open else f"{document}.{chosen.name}"


def of_negotiation() -> Iterator[Row]:
    """A thing and a document, by each `Accept`; every kind of name and document by a few."""
    for accept, chosen in ACCEPTED:
        status, type_ = (200, chosen.media_type) if chosen else (406, "")
        yield Row(f"doc/{PERSON}", accept, status, type_)
        yield Row(f"id/{PERSON}", accept, 303 if chosen else 406, "", leads_to(f"doc/{PERSON}", accept, chosen or HTML))
    for (name, document), (accept, chosen) in itertools.product(NAMES, ((BROWSER, HTML), ("*/*", TURTLE))):
        yield Row(name, accept, 303, "", leads_to(document, accept, chosen))
        yield Row(name, NOTHING, 406)
    for document, _ in DOCUMENTS:
        yield Row(document, NOTHING, 406, PROBLEM.media_type)
        yield Row(document, BROWSER, 200, HTML.media_type)
    yield Row("function", BROWSER, 303, "", "sparql")
    yield Row("function", "text/turtle", 303, "", "sparql")


# The suffix comes before `?format=`, and that before `Accept`.
BY_ADDRESS = (
    Row(f"doc/{PERSON}?format=nt", BROWSER, 200, "application/n-triples"),
    Row(f"doc/{PERSON}?format=N-Triples", BROWSER, 200, "application/n-triples"),
    Row(f"doc/{PERSON}?format=text/turtle", BROWSER, 200, "text/turtle"),
    Row(f"doc/{PERSON}?format=nt&format=ttl", BROWSER, 200, "application/n-triples"),
    Row(f"doc/{PERSON}?format=", BROWSER, 200, "text/html"),
    Row(f"doc/{PERSON}?format=html", "text/turtle", 200, "text/html"),
    Row(f"doc/{PERSON}.html", "text/turtle", 200, "text/html"),
    Row(f"doc/{PERSON}.ttl?format=nt", BROWSER, 200, "text/turtle"),
    Row(f"doc/{PERSON}.ttl?format=bogus", BROWSER, 200, "text/turtle"),
    Row(f"doc/{PERSON}?format=bogus", BROWSER, 406, "text/html"),
    Row(f"doc/{PERSON}?format=bogus", "text/turtle", 406, "application/problem+json"),
    Row(f"doc/{PERSON}?format=json", None, 200, "application/ld+json"),
    Row("passage/sample-1/p02.s2.a.nq", BROWSER, 200, "application/n-quads"),
    Row("ontology/0.1.0.rdf", BROWSER, 404, "text/html"),
    Row(f"id/{PERSON}?format=nt", BROWSER, 303, "", f"doc/{PERSON}.nt"),
    # Who asks for the page by name is not sent to where `Accept` decides.
    Row(f"id/{PERSON}?format=html", "text/turtle", 303, "", f"doc/{PERSON}.html"),
    Row(f"id/{PERSON}?format=bogus", BROWSER, 406, "text/html"),
    # Languages are the page's; data have none.
    Row(f"id/{PERSON}?lang=en&content=vi&x=1", BROWSER, 303, "", f"doc/{PERSON}?lang=en&content=vi"),
    Row(f"id/{PERSON}?lang=en", "text/turtle", 303, "", f"doc/{PERSON}.ttl"),
    Row(f"id/{PERSON}?lang=en%0d%0aX-Evil:1", BROWSER, 303, "", f"doc/{PERSON}?lang=en%0D%0AX-Evil%3A1"),
)
# A name is what it is, letter for letter; only percent-escapes of what needs none are another spelling of the same.
UNKNOWN = (
    *("id/nobody", "doc/nobody", "doc/nobody.ttl", "doc/nobody?format=ttl", "article/none", "note/none/x"),
    *("passage/sample-1/p99.s1", "passage/sample-1", "release/none", "release/none.ttl", "ontology/9.9.9"),
    *(f"id/{PERSON}.ttl", f"id/{PERSON}/", f"doc/{PERSON}/", f"doc/{PERSON}.docx", f"id//{PERSON}"),
    *(
        "nowhere",
        "graph/none",
        "id/",
        "id",
        "doc/",
        "doc",
        "ontology/",
        "article/",
        "release/",
        f"ID/{PERSON}",
        f"id/{PERSON.upper()}",
    ),
    *(f"doc/{PERSON.title()}", "doc/statement-0000000000000000", "doc/statement-", "graph/", "ontology%23Person"),
)
STRANGE = (
    *('a"b', "a b", "a>b", "a<b", "a\nb", "a\r\nX-Evil: 1", "a\x00b", "a\tb", "%3E} #", "a{b", "a\\b", "a`b", "a|b"),
    *("Đường", unicodedata.normalize("NFD", "Đường"), "😀", "\u202e", "..", "../../etc/passwd", "..%2f..%2fetc"),
    *("%2570erson", "' OR 1=1 --", "> { } DROP ALL #", "\ufeff", "a" * 6000, "lai-" * 1500, "?x", "#x", "%", "%zz"),
)


def of_addresses() -> Iterator[Row]:
    yield from BY_ADDRESS
    for path, (accept, type_) in itertools.product(UNKNOWN, ((BROWSER, HTML), ("text/turtle", PROBLEM))):
        yield Row(path, accept, 404, type_.media_type)
    for start, name in itertools.product(("id", "graph", "ontology"), STRANGE):
        yield Row(f"{start}/{quote(name, safe='')}", "text/turtle", 404, PROBLEM.media_type)
    for name in STRANGE:
        yield Row(f"doc/{quote(name, safe='')}.ttl", BROWSER, 404, HTML.media_type)
    yield Row("id/person%2Dsample%2dduong", "text/turtle", 303, "", f"doc/{PERSON}.ttl")
    yield Row("doc/%70erson-sample-duong", "text/turtle", 200, "text/turtle")
    yield Row("doc/%2570erson-sample-duong", "text/turtle", 404, PROBLEM.media_type)
    yield Row("doc/%ff%fe%80", BROWSER, 404, HTML.media_type)


TABLE = (*of_negotiation(), *of_addresses())


def headers_of(row: Row) -> dict[str, str]:
    return {"Host": "evil.example", **({} if row.accept is None else {"Accept": row.accept})}


def judge(row: Row, status: int, headers: dict[str, str], public_url: str = PUBLIC_URL) -> None:
    """Check an answer against its row, and against what holds for all answers."""
    type_ = headers.get("Content-Type", "").partition(";")[0]
    assert status == row.status, f"{row}: {status}"
    if status in (301, 303):
        assert headers["Location"] == public_url + row.leads
        assert not type_, "no body, so no type"
    else:
        assert "Location" not in headers
        assert type_ == (row.media_type or type_)
        assert type_ in REGISTERED
    if type_.startswith("text/"):
        assert "charset=utf-8" in headers["Content-Type"]
    for name, text in headers.items():
        assert "evil" not in text.lower().replace("x-evil%3a1", ""), f"{name}: {text}"
        assert text.isprintable() and text.isascii(), f"{name}: {text!r}"
    if "suffix" not in row.path and "." not in row.path and row.path != "function" and status in (200, 303, 406):
        assert {"Accept", "Accept-Language"} <= {each.strip() for each in headers["Vary"].split(",")}


def test_the_table_is_whole() -> None:
    assert len(TABLE) > 350
    assert {row.status for row in TABLE} == {200, 303, 404, 406}


@pytest.mark.parametrize("row", TABLE, ids=str)
def test_a_row_of_the_table(client: FlaskClient, row: Row) -> None:
    path = f"/{row.path}"
    get = client.get(path, headers=headers_of(row))
    judge(row, get.status_code, dict(get.headers))
    if row.status == 406:
        # As a page and as a problem: what there is, by name and by type.
        assert all(f"{each.name} ({each.media_type})" in get.text for each in DOCUMENT_FORMATS)
    head = client.head(path, headers=headers_of(row))
    assert (head.status_code, head.data) == (get.status_code, b"")
    assert without_date(head) == without_date(get)


def without_date(answer: TestResponse) -> dict[str, str]:
    return {name: text for name, text in answer.headers.items() if name != "Date"}


@pytest.mark.parametrize(("path", "mark"), DOCUMENTS)
@pytest.mark.parametrize("chosen", DOCUMENT_FORMATS, ids=lambda each: each.name)
def test_every_document_comes_in_every_format_three_ways(
    client: FlaskClient, path: str, mark: str, chosen: Format
) -> None:
    answers = [client.get(f"/{path}.{chosen.name}", headers={"Accept": NOTHING})]
    if not path.startswith(LARGE):
        answers.append(client.get(f"/{path}", headers={"Accept": chosen.media_type}))
        answers.append(client.get(f"/{path}?format={chosen.name}"))
    tags = set()
    for answer in answers:
        assert (answer.status_code, answer.content_type) == (200, chosen.content_type)
        assert mark in answer.text or mark.encode("unicode_escape").decode() in answer.text
        tags.add(answer.headers["ETag"])
    assert len(tags) == len(answers)
    if chosen not in (HTML, JSON_LD):
        parsed = pyoxigraph.parse(answers[0].data, format=pyoxigraph.RdfFormat.from_media_type(chosen.media_type))
        assert next(iter(parsed))


def test_functions_lead_to_what_describes_them(client: FlaskClient) -> None:
    # The name is https://w3id.org/tulieu/function#fold; the description is that of the service.
    location = client.get("/function", headers={"Accept": "text/turtle"}).headers["Location"]
    answer = client.get(location.removeprefix(PUBLIC_URL.rstrip("/")), headers={"Accept": "text/turtle"})
    assert f"<{FUNCTION_IRI}fold>" in answer.text


def test_types_that_are_sent_or_listed_are_registered() -> None:
    assert {each.media_type for each in DOCUMENT_FORMATS} | {PROBLEM.media_type} <= REGISTERED


# What is near to what there is not.


def near(client: FlaskClient, path: str) -> list[dict[str, str]]:
    answer = client.get(path, headers={"Accept": "application/ld+json"})
    assert (answer.status_code, answer.mimetype) == (404, PROBLEM.media_type)
    problem = json.loads(answer.data)
    assert problem["status"] == 404
    return list(problem["nearest"])


@pytest.mark.parametrize(
    "name",
    [
        PERSON.upper(),
        PERSON.title(),
        "person-sample-đường",
        unicodedata.normalize("NFD", "person-sample-đường"),
        f"{PERSON}/",
        "person-nguyen-thi-duong",
        "person-nguyen-thi-duongg",
    ],
)
@pytest.mark.parametrize("start", ["id", "doc"])
def test_an_unknown_name_is_answered_with_the_nearest(client: FlaskClient, start: str, name: str) -> None:
    path = f"/{start}/{quote(name)}"
    found = near(client, path)
    assert found[0] == {
        "iri": f"https://w3id.org/tulieu/id/{PERSON}",
        "address": f"{PUBLIC_URL}doc/{PERSON}",
        "label": "Nguyễn Thị Đường",
    }
    page = client.get(path, headers={"Accept": BROWSER, "Accept-Language": "vi"})
    assert f'href="/tulieu/doc/{PERSON}"' in page.text


def test_a_passage_that_is_not_there_leads_to_its_article(client: FlaskClient) -> None:
    assert near(client, "/passage/sample-1/p99.s1")[0]["address"] == f"{PUBLIC_URL}article/sample-1"
    assert near(client, "/doc/zzzzzz") == []


# Answers that stay true.


def test_tags_differ_by_type_and_language_and_a_known_one_is_answered_304(client: FlaskClient) -> None:
    tags = set()
    for accept, language in ((BROWSER, "vi"), (BROWSER, "en"), ("text/turtle", ""), ("application/trig", "")):
        headers = {"Accept": accept, "Accept-Language": language}
        first = client.get(f"/doc/{PERSON}", headers=headers)
        again = client.get(f"/doc/{PERSON}", headers={**headers, "If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.data, again.headers["Vary"]) == (304, b"", first.headers["Vary"])
        tags.add(first.headers["ETag"])
    assert len(tags) == 4


def test_a_condition_does_not_make_something_of_nothing(client: FlaskClient) -> None:
    assert client.get("/doc/nobody.ttl", headers={"If-None-Match": "*"}).status_code == 404
    assert client.get(f"/doc/{PERSON}.ttl", headers={"If-None-Match": "*"}).status_code == 304


def test_a_page_says_its_language_and_data_does_not(client: FlaskClient) -> None:
    page = client.get(f"/doc/{PERSON}", headers={"Accept": BROWSER, "Accept-Language": "en"})
    assert page.headers["Content-Language"] == "en"
    assert "Content-Language" not in client.get(f"/doc/{PERSON}.ttl").headers


@pytest.mark.parametrize("path", [f"/id/{PERSON}", f"/doc/{PERSON}", "/ontology", f"/{RELEASE}", "/dataset"])
def test_documents_can_be_read_and_nothing_else(client: FlaskClient, path: str) -> None:
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        answer = client.open(path, method=method)
        assert (answer.status_code, answer.mimetype) == (405, PROBLEM.media_type)
        assert {each.strip() for each in answer.headers["Allow"].split(",")} == {"GET", "HEAD", "OPTIONS"}
    answer = client.options(path)
    assert answer.status_code in (200, 204)
    assert "GET" in answer.headers["Allow"]


def test_files_of_a_release_can_be_fetched_and_nothing_else(client: FlaskClient) -> None:
    answer = client.get(f"/{RELEASE}/tulieu.nt.gz")
    assert (answer.status_code, answer.mimetype) == (200, "application/gzip")
    assert "immutable" in answer.headers["Cache-Control"]
    part = client.get(f"/{RELEASE}/tulieu.nt.gz", headers={"Range": "bytes=0-3"})
    assert (part.status_code, len(part.data)) == (206, 4)
    for name in ("search.sqlite", "..%2fsearch.sqlite", "..%2f..%2fcurrent", "store"):
        assert client.get(f"/{RELEASE}/{name}").status_code == 404
    answer.close()
    part.close()


# The same table over HTTP, where names are addresses.

REAL_PERSON = "person-le-duc-duc"
# A real server has the project's own data; of the sample's names only the person's has its like there.
ASKED = [
    replace(row, path=row.path.replace(PERSON, REAL_PERSON), leads=row.leads.replace(PERSON, REAL_PERSON))
    for row in TABLE
    if "sample" not in row.path.replace(PERSON, "")
    and RELEASE_ID not in row.path
    and "statement" not in row.path
    # No client can send these in a header.
    and (row.accept or "").isascii()
    and (row.accept or "").isprintable()
]


def test_a_real_server_answers_by_the_same_table(own_names_server: Running) -> None:
    asked = ASKED[::ONE_IN]
    assert len(asked) > 100
    connection = http.client.HTTPConnection("127.0.0.1", own_names_server.port, timeout=20)
    for row in asked:
        answers = [ask(connection, method, row) for method in ("GET", "HEAD")]
        for status, headers, _ in answers:
            judge(row, status, headers, own_names_server.url)
        (get, get_headers, _), (head, head_headers, body) = answers
        assert (get, body) == (head, b"")
        assert get_headers == head_headers, row
    connection.close()


def ask(connection: http.client.HTTPConnection, method: str, row: Row) -> tuple[int, dict[str, str], bytes]:
    connection.putrequest(method, f"/{row.path}", skip_host=True, skip_accept_encoding=True)
    for name, text in headers_of(row).items():
        connection.putheader(name, text)
    connection.endheaders()
    answer = connection.getresponse()
    body = answer.read()
    titles = {"Etag": "ETag"}
    headers = {titles.get(name.title(), name.title()): text for name, text in answer.headers.items()}
    return answer.status, {name: text for name, text in headers.items() if name != "Date"}, body

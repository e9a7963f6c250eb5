"""Caching over the real server: every kind of address, asked for in every way, with and without what the client has.

The matrix is path × Accept × Accept-Language × Accept-Encoding. What is compared is what came over the connection.
"""

import gzip
import http.client
import itertools
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pytest
import zstandard

from tulieu.caching import CACHE_CONTROL
from tulieu.release import Release

from .real_server import serve

PUBLIC_URL = "https://archive.example/tulieu/"
ROWS = quote(
    "SELECT ?person ?p ?o WHERE { VALUES ?person { <https://w3id.org/tulieu/id/person-ho-chi-minh> } ?person ?p ?o }"
)
NOW = quote("SELECT (NOW() AS ?now) {}")
DOCUMENT = "/doc/person-ho-chi-minh"
# What is asked for, and how long others may keep it, by the kinds of the table; {id} is the release.
PATHS: Mapping[str, str] = {
    "/": "answer",
    "/browse": "answer",
    "/id/person-ho-chi-minh": "answer",
    DOCUMENT: "answer",
    f"{DOCUMENT}.ttl": "answer",
    f"{DOCUMENT}.html": "answer",
    f"{DOCUMENT}?format=jsonld": "answer",
    "/release/{id}": "answer",
    "/release/{id}/sparql": "answer",
    "/release/{id}/sparql?query=" + ROWS: "answer",
    "/sparql": "answer",
    "/sparql?query=" + ROWS: "answer",
    "/sparql?query=" + quote("ASK {}"): "answer",
    "/sparql?format=csv&query=" + ROWS: "answer",
    "/sparql?format=json&query=" + NOW: "error",
    "/sparql/graph-store?graph=https%3A%2F%2Fw3id.org%2Ftulieu%2Fgraph%2Fpassages": "answer",
    "/robots.txt": "signpost",
    "/.well-known/void": "signpost",
    "/static/tulieu.css": "answer",
    "/release/{id}/dataset.nq.gz": "fixed",
    "/doc/person-nobody": "error",
}
ACCEPTS = ("", "text/html,*/*;q=0.5", "text/turtle", "application/json;q=0.9,text/turtle;q=0.1", "image/png")
LANGUAGES = ("vi", "en-GB,en;q=0.8")
ENCODINGS = ("identity", "gzip", "gzip;q=0.5,zstd")
NEGOTIATED = ("Accept", "Accept-Language", "Accept-Encoding")
# https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name, and what is for the browser, not for its scripts.
READABLE = {"cache-control", "content-language", "content-length", "content-type", "expires", "last-modified", "pragma"}
FOR_THE_BROWSER = {"content-security-policy", "x-content-type-options", "referrer-policy", "server"}
FOR_THE_CONNECTION = {"connection", "transfer-encoding"}
Ask = tuple[str, str, str, str]


@dataclass(frozen=True)
class Got:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def tag(self) -> str:
        return self.headers.get("etag", "")

    @property
    def form(self) -> tuple[str, ...]:
        """All by which representations differ."""
        names = ("content-type", "content-language", "content-encoding")
        return tuple(self.headers.get(name, "") for name in names)


class Site:
    """A server that is asked over one connection, or over a new one where it has closed that meanwhile."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def ask(self, path: str, headers: Mapping[str, str], method: str = "GET") -> Got:
        try:
            return self._ask(path, headers, method)
        except http.client.RemoteDisconnected:
            self._connection.close()
            return self._ask(path, headers, method)

    def _ask(self, path: str, headers: Mapping[str, str], method: str) -> Got:
        self._connection.putrequest(method, path, skip_accept_encoding=True)
        for name, text in headers.items():
            if text:
                self._connection.putheader(name, text)
        self._connection.endheaders()
        answer = self._connection.getresponse()
        fields = {name.lower(): text for name, text in answer.getheaders()}
        assert len(fields) == len(answer.getheaders()), f"{path}: a header is sent twice: {answer.getheaders()}"
        return Got(answer.status, fields, answer.read())

    def put(self, ask: Ask, method: str = "GET", **more: str) -> Got:
        path, *wishes = ask
        conditions = {name.replace("_", "-"): text for name, text in more.items()}
        return self.ask(path, {**dict(zip(NEGOTIATED, wishes, strict=True)), **conditions}, method)

    def close(self) -> None:
        self._connection.close()


@pytest.fixture(scope="module")
def site(release: Release, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The server as anybody starts it."""
    yield from _serve(release, tmp_path_factory.mktemp("matrix"))


@pytest.fixture(scope="module")
def forgetful(release: Release, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server of the same archive that keeps no answers."""
    yield from _serve(release, tmp_path_factory.mktemp("forgetful"), TULIEU_CACHE_BYTES="0")


def _serve(release: Release, folder: Path, **settings: str) -> Iterator[Site]:
    state = release.folder.parents[1]
    with serve(
        state, folder / "log", "--public-url", PUBLIC_URL, settings={"TULIEU_QUERY_BUDGET": "0", **settings}
    ) as running:
        site = Site(running.port)
        yield site
        site.close()


@pytest.fixture(scope="module")
def kinds(release: Release) -> Mapping[str, str]:
    return {path.replace("{id}", release.id): kind for path, kind in PATHS.items()}


@pytest.fixture(scope="module")
def matrix(site: Site, kinds: Mapping[str, str]) -> Mapping[Ask, Got]:
    """Every answer of the matrix."""
    return {ask: site.put(ask) for ask in itertools.product(kinds, ACCEPTS, LANGUAGES, ENCODINGS)}


def test_every_answer_is_of_the_right_kind(matrix: Mapping[Ask, Got], kinds: Mapping[str, str]) -> None:
    assert len(matrix) == len(PATHS) * 30
    statuses = defaultdict(set)
    for (path, accept, _, encoding), got in matrix.items():
        statuses[got.status].add(path)
        kind = "error" if got.status >= 400 else kinds[path]
        assert got.headers["cache-control"] == CACHE_CONTROL[kind], path
        is_refused = accept == "image/png" or ("query=" in path and accept == "text/turtle")
        assert got.status != 406 or is_refused, path
        assert ("etag" in got.headers) == (got.status == 200 and kind != "error"), path
        assert got.headers.get("content-encoding", "") in encoding
        assert int(got.headers["content-length"]) == len(got.body) if "content-length" in got.headers else True
    assert set(statuses) == {200, 302, 303, 404, 406}


def test_no_two_representations_share_a_tag_and_none_has_two(matrix: Mapping[Ask, Got]) -> None:
    by_tag, by_form = defaultdict(set), defaultdict(set)
    for (path, *_), got in matrix.items():
        if got.tag:
            by_tag[got.tag].add((path, got.form, got.body))
            by_form[path, got.form, got.body].add(got.tag)
            assert re.fullmatch(r'"[^"]+"', got.tag), "strong"
    assert len(by_tag) > 60
    assert [found for found in by_tag.values() if len(found) > 1] == []
    assert [found for found in by_form.values() if len(found) > 1] == []


def test_vary_names_all_that_an_answer_depends_on(matrix: Mapping[Ask, Got], site: Site) -> None:
    alike = defaultdict(set)
    for ask, got in matrix.items():
        vary = {name.strip().lower() for name in got.headers.get("vary", "").split(",") if name.strip()}
        assert vary <= {name.lower() for name in NEGOTIATED}, "what is kept is kept by these"
        seen = tuple(wish for name, wish in zip(NEGOTIATED, ask[1:], strict=True) if name.lower() in vary)
        body = b"" if got.headers["cache-control"] == "no-store" else got.body
        alike[ask[0], frozenset(vary), seen].add((got.status, got.tag, got.form, got.headers.get("location"), body))
    assert [key for key, found in alike.items() if len(found) > 1] == []
    # One path has one Vary, whatever came of the negotiation: else a cache would pick by the wrong one.
    for ask in itertools.islice(matrix, 0, None, 7):
        got = site.put(
            ask, Origin="https://other.example", User_Agent="another", Cookie="a=b", Referer="https://b.example/"
        )
        assert (got.status, got.tag, got.form) == (matrix[ask].status, matrix[ask].tag, matrix[ask].form)


def test_texts_are_the_same_in_every_encoding(matrix: Mapping[Ask, Got]) -> None:
    unpack = {
        "": bytes,
        "gzip": gzip.decompress,
        "zstd": lambda body: zstandard.ZstdDecompressor().decompressobj().decompress(body),
    }
    used = set()
    for (path, accept, language, _), got in matrix.items():
        plain = matrix[path, accept, language, "identity"]
        encoding = got.headers.get("content-encoding", "")
        used.add(encoding)
        if got.tag:
            assert unpack[encoding](got.body) == plain.body, (path, encoding)
    assert used == set(unpack)


def test_the_language_is_that_of_the_page(matrix: Mapping[Ask, Got]) -> None:
    pages = 0
    for (path, _, _, encoding), got in matrix.items():
        is_page = got.headers.get("content-type", "").startswith("text/html")
        if is_page and encoding == "identity" and "content-language" in got.headers:
            found = re.search(rb'<html lang="(\w+)"', got.body)
            assert found and found[1].decode() in got.headers["content-language"].split(", "), path
            pages += 1
        assert is_page == ("content-language" in got.headers), path
    assert pages > 30


@pytest.mark.parametrize("server", ["site", "forgetful"])
def test_304_is_for_who_has_this_very_representation(
    matrix: Mapping[Ask, Got], server: str, request: pytest.FixtureRequest
) -> None:
    asked: Site = request.getfixturevalue(server)
    tags = defaultdict(set)
    for (path, *_), got in matrix.items():
        tags[path].add(got.tag)
    # A server that remembers nothing makes every other answer anew: a part of the matrix tells as much.
    asks = list(matrix) if server == "site" else list(matrix)[::6]
    unchanged = 0
    for ask in asks:
        before = matrix[ask]
        others = ", ".join(sorted(tags[ask[0]] - {before.tag, ""}))
        if before.tag:
            got = asked.put(ask, If_None_Match=f'"other", W/{before.tag}' + (f", {others}" if others else ""))
            assert (got.status, got.body, got.tag) == (304, b"", before.tag), ask
            for name in ("vary", "cache-control", "content-location", "access-control-expose-headers"):
                assert got.headers.get(name) == before.headers.get(name), (ask, name)
            assert not {"content-length", "content-type", "content-encoding"} & got.headers.keys()
            unchanged += 1
        if others or not before.tag:
            got = asked.put(ask, If_None_Match=others or '"other"')
            assert (got.status, got.tag) == (before.status, before.tag), ask
    assert unchanged > len(asks) / 3


def test_a_star_and_a_head_are_answered_as_the_get(matrix: Mapping[Ask, Got], site: Site, forgetful: Site) -> None:
    for asked in (site, forgetful):
        for ask in list(matrix)[:: 11 if asked is site else 37]:
            before = matrix[ask]
            got = asked.put(ask, If_None_Match="*")
            assert (got.status, got.tag) == (304 if before.tag else before.status, before.tag), ask
            head = asked.put(ask, "HEAD")
            assert (head.status, head.tag, head.form, head.body) == (before.status, before.tag, before.form, b""), ask
            if before.tag:
                assert asked.put(ask, "HEAD", If_None_Match=before.tag).status == 304


def test_a_file_of_a_release_is_sent_in_parts(site: Site, release: Release) -> None:
    path, whole = f"/release/{release.id}/dataset.nq.gz", release.dataset_path.read_bytes()
    first = site.ask(path, {})
    assert (first.status, first.body, first.headers["accept-ranges"]) == (200, whole, "bytes")
    size = len(whole)
    for asked, start, stop in (("0-99", 0, 100), ("-7", size - 7, size), ("100-", 100, size)):
        got = site.ask(path, {"Range": f"bytes={asked}"})
        assert (got.status, got.body, got.tag) == (206, whole[start:stop], first.tag)
        assert got.headers["content-range"] == f"bytes {start}-{stop - 1}/{size}"
        assert got.headers["content-length"] == str(len(got.body))
    past = site.ask(path, {"Range": f"bytes={size}-"})
    assert (past.status, past.headers["content-range"]) == (416, f"bytes */{size}")
    # Several parts, other units, and what is no range at all: the whole.
    for asked in ("bytes=0-1, 5-9", "pages=1-2", "bytes=a-b", "bytes"):
        assert site.ask(path, {"Range": asked}).status == 200, asked
    assert site.ask(path, {"Range": "bytes=0-9"}, "HEAD").status == 200
    assert site.ask(path, {"Range": "bytes=0-9", "If-Range": first.tag}).status == 206
    for other in ('"other"', f"W/{first.tag}", "Thu, 01 Jan 1970 00:00:00 GMT"):
        got = site.ask(path, {"Range": "bytes=0-9", "If-Range": other})
        assert (got.status, len(got.body)) == (200, size), other
    for more in ({}, {"Range": "bytes=0-9"}, {"Accept-Encoding": "gzip"}):
        got = site.ask(path, {"If-None-Match": first.tag, **more})
        assert (got.status, got.body) == (304, b"")
    assert site.ask(path, {"If-None-Match": '"other"', "Range": "bytes=0-9"}).status == 206


def test_scripts_of_other_sites_may_read_every_header(matrix: Mapping[Ask, Got], site: Site, release: Release) -> None:
    dump = f"/release/{release.id}/dataset.nq.gz"
    answers = [
        *matrix.values(),
        site.ask(dump, {"Range": "bytes=0-9"}),
        site.ask(dump, {"Range": "bytes=999999999-"}),
        site.ask(DOCUMENT, {}, "DELETE"),
        site.ask(DOCUMENT, {}, "OPTIONS"),
        site.ask("/sparql?query=nonsense", {}),
        site.ask("/sparql?update=nonsense", {}),
        site.ask("/health", {}),
        site.ask("/nowhere", {}),
    ]
    assert {got.status for got in answers} >= {200, 206, 303, 400, 403, 404, 405, 406, 416}
    sent = set()
    wanted = {"etag", "link", "vary", "content-range", "accept-ranges", "content-disposition", "allow", "location"}
    for got in answers:
        assert got.headers["access-control-allow-origin"] == "*"
        exposed = {name.lower() for name in got.headers["access-control-expose-headers"].split(", ")}
        ours = (
            {name for name in got.headers if not name.startswith("access-control-")}
            - FOR_THE_BROWSER
            - FOR_THE_CONNECTION
        )
        assert ours <= exposed | READABLE
        sent |= ours
    assert wanted <= sent


def test_a_preflight_is_answered_everywhere(site: Site, kinds: Mapping[str, str]) -> None:
    asked = {
        "Origin": "https://other.example",
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "accept,if-none-match,range",
    }
    for path in kinds:
        got = site.ask(path, asked, "OPTIONS")
        assert got.status == 204, path
        allowed = {name.lower() for name in got.headers["access-control-allow-headers"].split(", ")}
        assert {"accept", "accept-language", "content-type", "if-none-match", "if-range", "range"} <= allowed
        assert "GET" in got.headers["access-control-allow-methods"]

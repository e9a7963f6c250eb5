"""The front before a small application: what it answers by itself, what it keeps, and what it never hides."""

import gzip
import json
import logging
import threading
from collections.abc import Callable

import pytest
import zstandard

from tulieu.caching import AnswerCache, Asked, KeptAnswer
from tulieu.serving import bridge

from .asgi import Client
from .real_server import until
from .small_application import ROWS, SmallApplication, make_front

QUERY = "/sparql?query=one"


@pytest.fixture
def application() -> SmallApplication:
    return SmallApplication()


@pytest.fixture
def client(application: SmallApplication) -> Client:
    return Client(make_front(application))


def unpack(text: bytes) -> bytes:
    return zstandard.ZstdDecompressor().decompressobj().decompress(text)


def metrics(client: Client) -> dict[str, float]:
    lines = client.get("/metrics").body.decode().splitlines()
    return {name: float(value) for name, _, value in (each.rpartition(" ") for each in lines if each[0] != "#")}


def test_an_answer_given_before_is_given_again_without_the_application(
    client: Client, application: SmallApplication
) -> None:
    first, again = client.get(QUERY), client.get(QUERY)
    assert (first.status, first.is_whole) == (200, True)
    assert first.body == f"one in {ROWS}".encode()
    assert (again.status, again.headers, again.body) == (first.status, first.headers, first.body)
    assert len(application.calls) == 1


@pytest.mark.parametrize(
    "headers",
    [{"Accept": "application/json"}, {"Accept-Language": "vi"}, {"Accept-Encoding": "gzip"}],
    ids=lambda headers: next(iter(headers)),
)
def test_another_representation_is_another_answer(
    client: Client, application: SmallApplication, headers: dict[str, str]
) -> None:
    plain, other = client.get(QUERY), client.get(QUERY, headers)
    assert len(application.calls) == 2
    assert plain.headers["etag"] != other.headers["etag"]
    assert client.get(QUERY, headers).body == other.body
    assert len(application.calls) == 2


def test_who_has_the_answer_gets_304_though_the_server_remembers_nothing(application: SmallApplication) -> None:
    for encoding in ("identity", "gzip", "zstd"):
        headers = {"Accept-Encoding": encoding}
        first = Client(make_front(application)).get(QUERY, headers)
        tag = first.headers["etag"]
        answered = application.answered
        anew = Client(make_front(application))
        got = anew.get(QUERY, {"If-None-Match": f'"other", W/{tag}', **headers})
        assert (got.status, got.body, got.headers["etag"]) == (304, b"", tag)
        assert got.headers["vary"] == first.headers["vary"]
        assert "cache-control" in got.headers and "content-encoding" not in got.headers
        assert application.answered == answered
        assert anew.get("/sparql?query=two", {"If-None-Match": tag, **headers}).status == 200
        other = {"Accept": "text/tab-separated-values"}
        assert anew.get(QUERY, {"If-None-Match": tag, **headers, **other}).status == 200


def test_a_tag_is_that_of_the_encoding_which_is_sent(application: SmallApplication) -> None:
    client = Client(make_front(application))
    tags = {name: client.get(QUERY, {"Accept-Encoding": name}).headers["etag"] for name in ("identity", "gzip", "zstd")}
    assert len(set(tags.values())) == 3
    for name, tag in tags.items():
        for other in tags:
            status = 304 if name == other else 200
            # From what is kept, and by a server that remembers nothing.
            for each in (client, Client(make_front(application))):
                assert each.get(QUERY, {"Accept-Encoding": other, "If-None-Match": tag}).status == status, (name, other)
    # What is too small to be compressed has one tag for all.
    tag = client.get("/sparql?query=small").headers["etag"]
    for each in (client, Client(make_front(application))):
        for name in tags:
            assert each.get("/sparql?query=small", {"Accept-Encoding": name, "If-None-Match": tag}).status == 304


def test_a_star_gives_304_only_where_there_is_an_answer(client: Client) -> None:
    assert client.get(QUERY, {"If-None-Match": "*"}).status == 304
    assert client.get("/sparql?query=missing", {"If-None-Match": "*"}).status == 404


def test_a_large_answer_is_not_kept_but_known(application: SmallApplication) -> None:
    client = Client(make_front(application, cache_bytes=100_000))
    tag = client.get(QUERY).headers["etag"]
    assert client.get(QUERY, {"If-None-Match": tag}).status == client.get(QUERY, {"If-None-Match": "*"}).status == 304
    assert len(application.calls) == 1, "its tag is remembered"
    head = client.ask("HEAD", QUERY)
    assert client.get(QUERY).headers == head.headers
    assert len(application.calls) == 2


@pytest.mark.parametrize("encoding", ["*;q=0", "identity;q=0", "gzip;q=0, *;q=0", "identity;q=0, br"])
def test_who_takes_no_encoding_at_all_is_told(client: Client, application: SmallApplication, encoding: str) -> None:
    got = client.get(QUERY, {"Accept-Encoding": encoding})
    assert (got.status, got.headers["content-type"]) == (406, "application/problem+json")
    assert "gzip" in json.loads(got.body)["detail"]
    assert application.calls == []


def test_who_takes_nothing_plain_gets_even_what_is_small_compressed(client: Client) -> None:
    got = client.get("/sparql?query=small", {"Accept-Encoding": "gzip, identity;q=0"})
    assert (got.headers["content-encoding"], gzip.decompress(got.body)) == ("gzip", b"small")
    assert got.headers["etag"].endswith('-gzip"')


def test_a_browser_reads_a_refusal_as_a_page(application: SmallApplication) -> None:
    client = Client(make_front(application, query_length=10))
    headers = {"Content-Type": "application/sparql-query", "Accept": "text/html,*/*;q=0.5"}
    got = client.ask("POST", "/sparql", headers, b"x" * 65_657)
    assert (got.status, got.headers["content-type"], got.headers["vary"]) == (413, "text/html; charset=utf-8", "Accept")
    text = got.body.decode()
    assert '<p lang="vi">' in text and "65656 bytes" in text


def test_a_script_of_any_page_may_ask_for_anything_that_is_read(client: Client, application: SmallApplication) -> None:
    for path in ("/sparql", "/health", "/nothing", "/release/a/tulieu.nt.gz"):
        got = client.ask("OPTIONS", path, {"Access-Control-Request-Method": "GET"})
        assert (got.status, got.headers["access-control-allow-origin"]) == (204, "*")
        allowed = got.headers["access-control-allow-headers"].lower().split(", ")
        assert {"if-none-match", "range", "if-range", "accept", "accept-language", "content-type"} <= set(allowed)
    assert application.calls == []


def test_a_kept_answer_gives_304_too(client: Client, application: SmallApplication) -> None:
    tag = client.get(QUERY).headers["etag"]
    for known in (tag, "*"):
        got = client.get(QUERY, {"If-None-Match": known})
        assert (got.status, got.body, got.headers["etag"]) == (304, b"", tag)
        assert "content-length" not in got.headers
    assert client.get(QUERY, {"If-None-Match": '"other"'}).status == 200
    assert len(application.calls) == 1


def test_a_new_release_has_new_tags(application: SmallApplication) -> None:
    tag = Client(make_front(application)).get(QUERY).headers["etag"]
    got = Client(make_front(application, release="second")).get(QUERY, {"If-None-Match": tag})
    assert (got.status, got.headers["etag"] != tag) == (200, True)


def test_a_query_that_was_posted_is_kept_by_its_body(client: Client, application: SmallApplication) -> None:
    headers = {"Content-Type": "application/sparql-query"}
    bodies = [client.ask("POST", "/sparql", headers, body).body for body in (b"a", b"b", b"a")]
    assert bodies[0] == bodies[2] != bodies[1]
    assert len(application.calls) == 2
    assert "etag" not in client.ask("POST", "/sparql", headers, b"a").headers
    client.ask("POST", "/sparql", {"Content-Type": "text/plain"}, b"a")
    assert len(application.calls) == 3, "another content type may be read otherwise"


@pytest.mark.parametrize("word", ["missing", "now", "file"])
def test_what_is_no_function_of_the_request_is_not_kept(
    client: Client, application: SmallApplication, word: str
) -> None:
    first = client.get(f"/sparql?query={word}")
    assert client.get(f"/sparql?query={word}").body == first.body
    assert len(application.calls) == 2
    assert "etag" not in first.headers or word == "file"


def test_a_head_has_the_headers_of_the_get(client: Client, application: SmallApplication) -> None:
    asked_first = client.ask("HEAD", QUERY)
    got = client.get(QUERY)
    kept = client.ask("HEAD", QUERY)
    assert asked_first.headers == kept.headers == got.headers
    assert kept.body == b""
    assert len(application.calls) == 2


def test_texts_are_compressed_once(client: Client, application: SmallApplication) -> None:
    packers: dict[str, Callable[[bytes], bytes]] = {"gzip": gzip.decompress, "zstd": unpack}
    for target in (QUERY, "/sparql?query=streams"):
        plain = client.get(target)
        for encoding, decompress in packers.items():
            for _ in range(2):
                got = client.get(target, {"Accept-Encoding": f"{encoding}, deflate, br"})
                assert decompress(got.body) == plain.body
                assert got.headers["content-encoding"] == encoding
                assert int(got.headers.get("content-length", len(got.body))) == len(got.body) < len(plain.body)
            assert "Accept-Encoding" in plain.headers["vary"] and "Accept-Encoding" in got.headers["vary"]
    assert len(application.calls) == 6
    assert "content-encoding" not in client.get(QUERY, {"Accept-Encoding": "gzip;q=0"}).headers


def test_an_answer_that_breaks_is_neither_ended_nor_kept(
    client: Client, application: SmallApplication, caplog: pytest.LogCaptureFixture
) -> None:
    for calls in (1, 2):
        got = client.get("/sparql?query=breaks")
        assert (got.status, got.body, got.is_whole) == (200, b"first part\n", False)
        assert len(application.calls) == application.closed == calls
    assert "stopped after the beginning" in caplog.text
    assert metrics(client)['tulieu_unfinished_answers_total{route="sparql",ended="TimeLimitError"}'] == 2


def test_a_client_that_takes_nothing_holds_no_thread_for_long(
    client: Client, application: SmallApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bridge, "STALL_SECONDS", 0.2)
    got = client.get("/sparql?query=streams", takes=1)
    assert (got.body, got.is_whole, application.closed) == (b"first part\n", False, 1)
    assert metrics(client)['tulieu_unfinished_answers_total{route="sparql",ended="client stalled"}'] == 1


def test_a_failure_before_the_beginning_is_told(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        got = client.get("/sparql?query=fails")
    assert (got.status, got.is_whole) == (500, True)
    assert got.headers["content-type"] == "application/problem+json"
    assert json.loads(got.body)["status"] == 500
    assert "before the answer began" in caplog.text and "before the answer began" not in got.body.decode()


def test_the_application_is_told_that_its_client_left(client: Client, application: SmallApplication) -> None:
    got = client.get("/sparql?query=waits", leave_after=0.1)
    assert (got.status, got.body) == (0, b""), "nobody was there to be answered"
    assert application.calls[0]["tulieu.cancelled"]()
    assert metrics(client)['tulieu_unfinished_answers_total{route="sparql",ended="client left"}'] == 1
    assert client.get("/sparql?query=waits", leave_after=0.1).status == 0
    assert len(application.calls) == 2, "what nobody waited for is not kept"


def test_pages_do_not_wait_behind_queries(application: SmallApplication) -> None:
    front = make_front(application, query_processes=1, query_queue=1)
    refused = 'tulieu_answers_total{route="sparql",status="503",source="front"}'
    waiting = [
        threading.Thread(target=Client(front).get, args=(f"/sparql?number={number}&query=holds",))
        for number in range(40)
    ]
    try:
        for thread in waiting:
            thread.start()
        assert Client(front).get("/browse?query=page").status == 200
        assert Client(front).get("/sparql").status == 200, "the form is a page"
        assert Client(front).get("/release/a/sparql").status == 200
        until(lambda: refused in metrics(Client(front)), 10.0)
        assert Client(front).get("/release/a/sparql?query=one").status == 503, "this is one more query"
    finally:
        application.hold.set()
        for thread in waiting:
            thread.join()
    taken_in = 1 + 1 + 16
    assert metrics(Client(front))[refused] == 41 - taken_in, "as many as there are threads for, and no more"


def test_a_body_larger_than_any_query_is_refused(application: SmallApplication) -> None:
    client = Client(make_front(application, query_length=10))
    got = client.ask("POST", "/sparql", {"Content-Type": "application/sparql-query"}, b"x" * 65_657)
    assert got.status == 413
    assert "65656 bytes" in json.loads(got.body)["detail"]
    assert application.calls == []


def test_a_forwarded_address_counts_only_from_a_trusted_proxy(application: SmallApplication) -> None:
    trusting = Client(make_front(application, trusted_proxies="10.0.0.0/8, 192.0.2.7"))
    for peer, forwarded, expected in (
        ("192.0.2.1", "203.0.113.5", "192.0.2.1"),
        ("10.1.2.3", "203.0.113.5", "203.0.113.5"),
        ("10.1.2.3", "198.51.100.1, 203.0.113.5, 192.0.2.7", "203.0.113.5"),
        ("10.1.2.3", "203.0.113.5, nonsense", "10.1.2.3"),
        ("10.1.2.3", "", "10.1.2.3"),
    ):
        trusting.get(f"/sparql?for={forwarded.replace(' ', '')}{peer}", {"X-Forwarded-For": forwarded}, peer=peer)
        assert application.calls[-1]["REMOTE_ADDR"] == expected


def test_a_header_with_an_underscore_does_not_pass_for_another(client: Client, application: SmallApplication) -> None:
    client.get(QUERY, {"x_forwarded_for": "203.0.113.5", "X-Real": "a"})
    assert "HTTP_X_FORWARDED_FOR" not in application.calls[0]
    assert application.calls[0]["HTTP_X_REAL"] == "a"


def test_health_and_readiness_are_the_fronts_own(client: Client, application: SmallApplication) -> None:
    assert client.get("/health").status == 200
    ready = client.get("/ready")
    assert (ready.status, json.loads(ready.body)["release"]) == (200, "first")
    assert ready.headers["cache-control"] == "no-store"
    assert application.calls == []


def test_metrics_say_where_answers_came_from(client: Client) -> None:
    tag = client.get(QUERY).headers["etag"]
    client.get(QUERY)
    client.get(QUERY, {"If-None-Match": tag})
    counted = metrics(client)
    for status, source in (("200", "application"), ("200", "kept"), ("304", "client's copy")):
        assert counted[f'tulieu_answers_total{{route="sparql",status="{status}",source="{source}"}}'] == 1
    assert counted["tulieu_kept_answers"] == 1
    assert counted['tulieu_answer_seconds_count{route="sparql"}'] == 3
    assert counted['tulieu_answer_seconds_bucket{route="sparql",le="+Inf"}'] == 3
    assert counted['tulieu_release_info{release="first"}'] == 1


def test_the_access_log_has_the_digest_of_the_query_and_not_the_query(
    application: SmallApplication, caplog: pytest.LogCaptureFixture
) -> None:
    client = Client(make_front(application, access_log=True))
    with caplog.at_level(logging.INFO, "tulieu.access"):
        client.get("/sparql?query=SELECT+secret")
        client.ask("POST", "/sparql", {"Content-Type": "application/sparql-query"}, b"SELECT secret")
        client.ask("POST", "/sparql", {"Content-Type": "application/x-www-form-urlencoded"}, b"query=SELECT%20secret")
        client.get("/sparql?query=breaks")
    lines = [json.loads(record.getMessage()) for record in caplog.records if record.name == "tulieu.access"]
    assert len({line["query"] for line in lines[:3]}) == 1 and lines[0]["query"] != lines[3]["query"]
    assert "secret" not in json.dumps(lines)
    assert [line["ended"] for line in lines] == ["complete"] * 3 + ["TimeLimitError"]
    assert {"time", "client", "method", "path", "status", "seconds", "bytes", "from", "release"} <= lines[0].keys()


def test_the_cache_keeps_what_was_used_last_within_its_bytes() -> None:
    cache = AnswerCache(64_000)
    asked = [Asked("/sparql", str(number).encode()) for number in range(40)]
    for each in asked:
        cache.keep(each, KeptAnswer((), b"x" * 1000, b""))
        assert cache.find(asked[0]) is not None, "what is asked for again and again stays"
        assert cache.size <= 64_000
    assert cache.find(asked[1]) is None
    assert cache.find(asked[-1]) is not None
    assert 0 < len(cache) < 40
    size = cache.size
    cache.keep(asked[-1], KeptAnswer((), b"y" * 1000, b""))
    assert (cache.size, cache.find(asked[-1])) == (size, KeptAnswer((), b"y" * 1000, b""))
    cache.keep(Asked("/large", b""), KeptAnswer((), b"x" * (cache.largest + 1), b""))
    assert cache.find(Asked("/large", b"")) is None
    nothing = AnswerCache(0)
    nothing.keep(asked[0], KeptAnswer((), b"", b""))
    assert len(nothing) == 0

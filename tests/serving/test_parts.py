"""The front's small parts: encodings, addresses, digests, the text of the metrics."""

import pytest

from tulieu.serving.access_log import digest_query, find_client, parse_networks
from tulieu.serving.compression import choose_encoding
from tulieu.serving.metrics import Metrics, labelled


@pytest.mark.parametrize(
    ("accept_encoding", "name", "may_be_plain"),
    [
        (b"", "", True),
        (b"gzip", "gzip", True),
        (b"deflate, GZIP;q=0.5", "gzip", True),
        (b"gzip; q=0", "", True),
        (b"gzip;q=0.000, *", "", True),
        (b"*;q=0.1", "gzip", True),
        (b"*;q=0", "", False),
        (b"br", "", True),
        (b"xgzip", "", True),
        (b"gzip, deflate, br, zstd", "zstd", True),
        (b"zstd;q=0.5, gzip", "gzip", True),
        (b"zstd;q=nonsense, gzip;q=0.1", "gzip", True),
        (b"zstd;q=0, *", "gzip", True),
        (b"identity, gzip;q=0.5", "", True),
        (b"identity;q=0, gzip", "gzip", False),
        (b"identity;q=0", "", False),
        (b"*;q=0, identity", "", True),
        (b"*;q=0, zstd", "zstd", False),
        (b",, gzip ;q=1", "gzip", True),
    ],
)
def test_an_encoding_is_chosen_by_the_weights_of_the_client(
    accept_encoding: bytes, name: str, may_be_plain: bool
) -> None:
    assert choose_encoding(accept_encoding) == (name, may_be_plain)


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
        ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "198.51.100.1, 10.0.0.2", "198.51.100.1"),
        ("10.0.0.1", "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        ("::ffff:10.0.0.1", "2001:db8::1", "2001:db8::1"),
        ("10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"),
        ("10.0.0.1", "<script>", "10.0.0.1"),
        ("10.0.0.1", ", ,", "10.0.0.1"),
    ],
)
def test_only_trusted_proxies_say_who_the_client_is(peer: str, forwarded: str, client: str) -> None:
    assert find_client(peer, forwarded, parse_networks("10.0.0.0/8")) == client
    assert find_client(peer, forwarded, ()) == peer


def test_a_query_has_one_digest_however_it_is_sent() -> None:
    digest = digest_query(b"query=ASK+%7B%7D+%23+%C3%A9&format=json", b"", b"")
    assert digest == digest_query(b"format=csv", b"application/sparql-query; charset=utf-8", "ASK {} # é".encode())
    assert digest == digest_query(b"", b"application/x-www-form-urlencoded", b"query=ASK%20{}%20%23%20%C3%A9")
    assert len(digest) == 16
    assert digest_query(b"", b"", b"") == ""


def test_a_histogram_counts_each_answer_in_every_bucket_that_holds_it() -> None:
    metrics = Metrics()
    for seconds in (0.0001, 0.001, 0.03, 100.0):
        metrics.count("page", 200, "application", seconds, 10)
    lines = metrics.render().splitlines()
    for bound, count in (("0.0005", 1), ("0.001", 2), ("0.025", 2), ("0.05", 3), ("60.0", 3), ("+Inf", 4)):
        assert f'tulieu_answer_seconds_bucket{{route="page",le="{bound}"}} {count}' in lines
    assert 'tulieu_answer_seconds_count{route="page"} 4' in lines
    assert 'tulieu_answer_bytes_total{route="page"} 40' in lines


def test_a_label_cannot_break_out_of_its_line() -> None:
    text = Metrics().render([labelled("a", "gauge", "A value.", "name", {'b"\n\\': 1})])
    assert 'a{name="b\\"\\n\\\\"} 1' in text.splitlines()

"""The clients of the benchmark: they read every kind of body to its end and take no part for the whole."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from benchmarks.client import FailedRequestError, HttpClient, clients, make_request

REQUEST = make_request("/sparql?query=x", "text/csv")


@contextmanager
def answering(answer: bytes, pieces: int = 1) -> Iterator[int]:
    """Give the port of a server that gives one connection one answer for each request, in pieces, then closes it."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                while connection.recv(65_536):
                    size = -(-len(answer) // pieces)
                    for start in range(0, len(answer), size):
                        connection.sendall(answer[start : start + size])
                    if b"Connection: close" in answer:
                        return

        thread = threading.Thread(target=serve)
        thread.start()
        yield listener.getsockname()[1]
        thread.join()


@pytest.mark.parametrize("pieces", [1, 7, 60])
@pytest.mark.parametrize(
    "rest",
    [
        b"Content-Length: 11\r\n\r\nhello world",
        b"Transfer-Encoding: chunked\r\n\r\n6\r\nhello \r\n5;x=1\r\nworld\r\n0\r\n\r\n",
        b"Connection: close\r\n\r\nhello world",
    ],
    ids=["length", "chunks", "close"],
)
def test_a_body_is_read_to_its_end(rest: bytes, pieces: int) -> None:
    with answering(b"HTTP/1.1 200 OK\r\n" + rest, pieces) as port:
        client = HttpClient(port, 5)
        assert client.ask(REQUEST) == (200, b"hello world")
        client.close()


def test_a_body_that_breaks_off_is_no_answer() -> None:
    broken = b"HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nhello \r\n"
    with answering(broken) as port, pytest.raises(FailedRequestError):
        HttpClient(port, 5).ask(REQUEST)


def test_answers_are_counted_and_failures_are_told() -> None:
    with answering(b"HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nbusy") as port, clients(1) as asking:
        outcome = asking.run(port, [REQUEST, REQUEST], 5)
    assert (outcome.answered, outcome.is_complete) == (0, True)
    assert outcome.failures == ("status 503: b'busy'",) * 2

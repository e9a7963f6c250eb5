"""Clients that ask as fast as they are answered: HTTP/1.1 over sockets, one process each, https://www.rfc-editor.org/rfc/rfc9112

Comes in: a port and requests as bytes. Goes out: how many were answered well, how long each took, what went wrong. The
clients share the machine with the server they measure, so they do as little as can be: requests are made beforehand,
connections kept, answers read to their end and not parsed. What they do cost is the same for all servers and so brings
every ratio nearer to one. Each client has an address of its own on loopback, as clients have, where that can be.
"""

import multiprocessing
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

HOST = "127.0.0.1"
CLIENTS = 8
_PIECE = 262_144
_HEAD_END = b"\r\n\r\n"
_FIRST_ADDRESS = 11


class FailedRequestError(Exception):
    """An answer that did not come, or not as it should."""


class HttpClient:
    """One connection, opened anew when the server has closed it."""

    def __init__(self, port: int, timeout: float, address: str = HOST) -> None:
        self._port = port
        self._timeout = timeout
        self._address = address
        self._socket: socket.socket | None = None

    def ask(self, request: bytes) -> tuple[int, bytes]:
        """Send a request; give the status and the body as it came, without its chunks' frames."""
        was_open = self._socket is not None
        try:
            return self._exchange(request)
        except ConnectionError:
            self.close()
            if not was_open:
                raise
            # A server may close a kept connection at any time: then once more on a new one (RFC 9112, section 9.3.1).
            return self._exchange(request)

    def first_byte(self, request: bytes) -> float:
        """Give the seconds until the first byte of the body; the rest is not read."""
        begun = time.perf_counter()
        connection = self._connected()
        connection.sendall(request)
        received = b""
        while len(received.partition(_HEAD_END)[2]) < 16:
            piece = connection.recv(_PIECE)
            if not piece:
                raise FailedRequestError("the answer has no body")
            received += piece
        seconds = time.perf_counter() - begun
        self.close()
        return seconds

    def close(self) -> None:
        """Close the connection."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _connected(self) -> socket.socket:
        if self._socket is None:
            self._socket = socket.create_connection(
                (HOST, self._port), self._timeout, source_address=(self._address, 0)
            )
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self._socket

    def _exchange(self, request: bytes) -> tuple[int, bytes]:
        connection = self._connected()
        try:
            connection.sendall(request)
            head, body = self._read_head(connection)
            status = int(head[9:12])
            lowered = head.lower()
            if b"transfer-encoding: chunked" in lowered:
                body = self._read_chunks(connection, body)
            elif b"content-length:" in lowered:
                length = int(lowered.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
                body = self._read_until(connection, body, length)
            else:
                body = self._read_rest(connection, body)
            if b"connection: close" in lowered:
                self.close()
        except BaseException:
            self.close()
            raise
        return status, body

    def _read_head(self, connection: socket.socket) -> tuple[bytes, bytes]:
        received = b""
        while True:
            piece = connection.recv(_PIECE)
            if not piece:
                raise ConnectionResetError("closed before the answer began")
            received += piece
            head, separator, body = received.partition(_HEAD_END)
            if separator:
                return head + b"\r\n", body

    def _read_until(self, connection: socket.socket, body: bytes, length: int) -> bytes:
        pieces, size = [body], len(body)
        while size < length:
            pieces.append(self._receive(connection))
            size += len(pieces[-1])
        return b"".join(pieces)

    def _read_rest(self, connection: socket.socket, body: bytes) -> bytes:
        pieces = [body]
        while pieces[-1] or len(pieces) == 1:
            pieces.append(connection.recv(_PIECE))
        self.close()
        return b"".join(pieces)

    def _read_chunks(self, connection: socket.socket, received: bytes) -> bytes:
        pieces: list[bytes] = []
        while True:
            end = received.find(b"\r\n")
            while end < 0:
                received += self._receive(connection)
                end = received.find(b"\r\n")
            size = int(received[:end].split(b";")[0], 16)
            last = end + 2 + size + 2
            if len(received) < last:
                received = self._read_until(connection, received, last)
            if size == 0:
                return b"".join(pieces)
            pieces.append(received[end + 2 : last - 2])
            received = received[last:]

    def _receive(self, connection: socket.socket) -> bytes:
        piece = connection.recv(_PIECE)
        if not piece:
            raise FailedRequestError("broken off")
        return piece


@dataclass(frozen=True)
class Outcome:
    """What came of a run: requests answered well, the time from the first request to the last answer, failures."""

    answered: int
    seconds: float
    latencies: tuple[float, ...]
    failures: tuple[str, ...]
    is_complete: bool

    @property
    def rate(self) -> float:
        """Answers a second."""
        return self.answered / self.seconds if self.seconds else 0.0


class Clients:
    """Client processes that wait for work; each takes every n-th request."""

    def __init__(self, connections: Sequence["Connection[Any, Any]"]) -> None:
        self._connections = connections

    def run(self, port: int, requests: Sequence[bytes], seconds: float) -> Outcome:
        """Put all requests, each once, in their order, until all are answered or the time is over."""
        begin = time.monotonic() + 0.05
        count = len(self._connections)
        for number, connection in enumerate(self._connections):
            connection.send((port, list(requests[number::count]), begin, seconds))
        parts = [connection.recv() for connection in self._connections]
        latencies: list[float] = []
        failures: list[str] = []
        last = begin
        for took, failed, ended in parts:
            latencies += took
            failures += failed
            last = max(last, ended)
        asked = len(latencies) + len(failures)
        return Outcome(len(latencies), last - begin, tuple(latencies), tuple(failures), asked == len(requests))


@contextmanager
def clients(count: int = CLIENTS) -> Iterator[Clients]:
    """Have so many clients as long as the context lasts."""
    context = multiprocessing.get_context("spawn")
    ours, processes = [], []
    for number in range(count):
        mine, theirs = context.Pipe()
        process = context.Process(target=_work, args=(theirs, number), daemon=True)
        process.start()
        theirs.close()
        ours.append(mine)
        processes.append(process)
    try:
        yield Clients(ours)
    finally:
        for connection in ours:
            connection.close()
        for process in processes:
            process.join(5)


def make_request(target: str, accept: str) -> bytes:
    """Write a GET request."""
    return f"GET {target} HTTP/1.1\r\nHost: {HOST}\r\nAccept: {accept}\r\nUser-Agent: benchmark\r\n\r\n".encode()


def _address(number: int) -> str:
    """An address of loopback for each client; all of 127.0.0.0/8 is there on Linux, elsewhere but one."""
    address = f"127.0.0.{_FIRST_ADDRESS + number}"
    with socket.socket() as probe:
        try:
            probe.bind((address, 0))
        except OSError:
            return HOST
    return address


def _work(connection: "Connection[Any, Any]", number: int) -> None:
    address = _address(number)
    while True:
        try:
            port, requests, begin, seconds = connection.recv()
        except EOFError:
            return
        connection.send(_run(HttpClient(port, seconds, address), requests, begin, seconds))


def _run(
    client: HttpClient, requests: Sequence[bytes], begin: float, seconds: float
) -> tuple[list[float], list[str], float]:
    latencies: list[float] = []
    failures: list[str] = []
    time.sleep(max(0.0, begin - time.monotonic()))
    end = begin + seconds
    now = time.monotonic()
    for request in requests:
        if now >= end:
            break
        started = now
        try:
            status, body = client.ask(request)
            now = time.monotonic()
            if status == 200:
                latencies.append(now - started)
            else:
                failures.append(f"status {status}: {body[:120]!r}")
        except TimeoutError:
            now = time.monotonic()
            break
        except (OSError, FailedRequestError, ValueError) as error:
            now = time.monotonic()
            failures.append(str(error) or type(error).__name__)
    client.close()
    return latencies, failures, now

"""A WSGI application in the place of the real one: it counts its calls, and fails when asked to.

Comes in: `/sparql?query=WORD`, where the word says what is to happen. Goes out: short answers. `create_front` makes a
front over it, so that a real server can be started with `tulieu.serving.supervision` or Granian.
"""

import hashlib
import os
import threading
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from tulieu.caching import AnswerCache, Edition
from tulieu.errors import TimeLimitError
from tulieu.front import Front
from tulieu.serving.compression import compressed
from tulieu.serving.succession import Served, Succession
from tulieu.settings import Settings

ROWS = "id,label\n" + "".join(f"{number},row {number}\n" for number in range(2000))
# Where a call that waits for its client to leave writes what it saw: in another process there is no other way to tell.
NOTE = "SMALL_APPLICATION_NOTE"
_LONGEST_WAIT = 10.0


class SmallApplication:
    """Answers by the word in the query, and keeps what it was called with."""

    def __init__(self) -> None:
        self.release = ""
        self.calls: list[WSGIEnvironment] = []
        # Not with the word that the client has the answer already.
        self.answered = 0
        self.closed = 0
        self.hold = threading.Event()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        self.calls.append(environ)
        word = environ["QUERY_STRING"].rpartition("query=")[2] or environ["wsgi.input"].read().decode()
        headers = [("Content-Type", "text/csv; charset=utf-8"), ("Vary", "Accept"), ("Cache-Control", "no-cache")]
        if environ["REQUEST_METHOD"] != "POST":
            told = " ".join((word, environ.get("HTTP_ACCEPT", ""), environ.get("HTTP_ACCEPT_LANGUAGE", "")))
            tag = f'"{hashlib.sha256(f"{self.release} {told}".encode()).hexdigest()[:16]}"'
            headers.append(("ETag", tag))
            if tag in environ.get("HTTP_IF_NONE_MATCH", ""):
                start_response("304 Not Modified", headers)
                return []
            self.answered += 1
        match word:
            case "missing":
                start_response("404 Not Found", [("Content-Type", "text/plain"), ("Content-Length", "4")])
                return [b"none"]
            case "now":
                start_response("200 OK", [*headers[:2], ("Cache-Control", "no-store"), ("Content-Length", "3")])
                return [b"now"]
            case "file":
                start_response("200 OK", [*headers, ("Accept-Ranges", "bytes"), ("Content-Length", "4")])
                return [b"file"]
            case "small":
                start_response("200 OK", [*headers, ("Content-Length", "5")])
                return [b"small"]
            case "fails":
                raise RuntimeError("before the answer began")
            case "breaks":
                start_response("200 OK", headers)
                return self._streaming(breaks=True)
            case "streams":
                start_response("200 OK", headers)
                return self._streaming(breaks=False)
            case "waits":
                start_response("200 OK", headers)
                return [self._wait(environ)]
            case "slow":
                time.sleep(1.0)
            case "holds":
                self.hold.wait(_LONGEST_WAIT)
        body = f"{word} in {ROWS}".encode()
        start_response("200 OK", [*headers, ("Content-Length", str(len(body)))])
        return [body]

    def _streaming(self, breaks: bool) -> "Iterator[bytes]":
        try:
            yield b"first part\n"
            if breaks:
                time.sleep(0.2)
                raise TimeLimitError("stopped after the beginning")
            yield b"x" * 100_000
            yield b"last part\n"
        finally:
            self.closed += 1

    def _wait(self, environ: WSGIEnvironment) -> bytes:
        """Wait until the client has left, and write down whether that was told."""
        end = time.monotonic() + _LONGEST_WAIT
        while not environ["tulieu.cancelled"]() and time.monotonic() < end:
            time.sleep(0.01)
        told = "left" if environ["tulieu.cancelled"]() else "stayed"
        if NOTE in os.environ:
            Path(os.environ[NOTE]).write_text(told)
        return told.encode()


def make_front(application: WSGIApplication, release: str = "first", **settings: object) -> Front:
    """A front over an application, with no release behind it."""
    chosen = Settings(**settings)  # type: ignore[arg-type]
    if isinstance(application, SmallApplication):
        application.release = release

    def open_release() -> Served:
        edition = Edition(release, "software", "https://archive.example/")
        return Served(edition, compressed(application), AnswerCache(chosen.cache_bytes), None)

    return Front(chosen, Succession(Path("nowhere"), open_release))


def create_front() -> Front:
    """A front in a process of its own."""
    return make_front(SmallApplication())

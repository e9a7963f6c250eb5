"""From ASGI to WSGI: https://asgi.readthedocs.io/en/latest/specs/www.html and https://peps.python.org/pep-3333/

Comes in: a request as ASGI tells it, with its body, and a WSGI application. Goes out: the application's answer, piece
by piece, and how it ended. The application runs in one of several pools of threads, so that one kind of request never
waits behind another. It is told when its client has left, before the first byte too: `environ["tulieu.cancelled"]` is
a function that says so. What it wants to have logged it puts into the mapping `environ["tulieu.notes"]`.
"""

import asyncio
import contextlib
import io
import sys
import threading
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import lru_cache
from queue import SimpleQueue
from types import TracebackType
from typing import Any
from urllib.parse import unquote_to_bytes
from wsgiref.types import WSGIApplication

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]
ExcInfo = tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None]

# How an answer ended, beside the name of the error that broke it.
COMPLETE, LEFT, STALLED = "complete", "client left", "client stalled"
# What a client must take within this time, one piece of an answer; else it holds a thread that others need.
STALL_SECONDS = 30.0
# So much of an answer is taken ahead of a slow client: what makes a short one, such as a query process, is free then.
_AHEAD = 1_048_576
_WATCH_AFTER = 0.02
_SMALL_FILE = 262_144
_WITHOUT_BODY = (204, 304)


@dataclass(frozen=True)
class Head:
    """The status and the header fields of an answer."""

    status: int
    headers: Headers


# An answer that is in memory as a whole.
Whole = tuple[Head, bytes]
# Sends a piece on: the head before the first one, and whether more is to come.
Emit = Callable[[Head | None, bytes, bool], Awaitable[None]]
# Begins to answer in the event loop; says whether the application's call, which follows, can be made there too.
Begin = Callable[[dict[str, Any]], Awaitable[bool]]


@dataclass
class Outcome:
    """How the application's answer ended, and what it noted."""

    ended: str = COMPLETE
    error: BaseException | None = None
    has_begun: bool = False
    notes: dict[str, object] = field(default_factory=dict)


class Bridge:
    """Runs WSGI applications for an ASGI server, in a pool of threads for each lane."""

    def __init__(self, threads: Mapping[str, int]) -> None:
        """Make the lanes: names with their numbers of threads, which start as they are needed."""
        self._lanes = {name: _Lane(name, count) for name, count in threads.items()}

    async def answer(
        self,
        application: WSGIApplication,
        lane: str,
        environ: dict[str, Any],
        receive: Receive,
        emit: Emit,
        begin: Begin | None = None,
    ) -> Outcome:
        """Let an application answer a request; says how that ended, and raises nothing that the application raised."""
        loop = asyncio.get_running_loop()
        call = _Call(application, environ, loop, emit)
        watch = _Watch(loop, receive, call)
        try:
            is_short = begin is not None and await begin(environ)
            whole = call.run() if is_short else await self._lanes[lane].run(call, loop)
            if whole is not None and not call.is_cancelled:
                call.outcome.has_begun = True
                await emit(whole[0], whole[1], False)
                call.is_sent = True
            # After the end the server says the same as when a client leaves before it.
            if call.is_cancelled and not call.is_sent and call.outcome.ended == COMPLETE:
                call.outcome.ended = LEFT
        finally:
            watch.end()
        return call.outcome

    def close(self) -> None:
        """Let the threads end, each after what it does now."""
        for lane in self._lanes.values():
            lane.close()


class _Lane:
    """Threads that run calls; far cheaper than `concurrent.futures`, since one thread alone hands out the calls."""

    def __init__(self, name: str, most: int) -> None:
        self._name = name
        self._most = most
        self._threads = 0
        # Calls that wait or run, counted where they are handed out and taken back: in the event loop.
        self._calls = 0
        self._waiting: SimpleQueue[_Task | None] = SimpleQueue()

    async def run(self, call: "_Call", loop: asyncio.AbstractEventLoop) -> "Whole | None":
        """Run a call in a thread, as soon as one is free."""
        self._calls += 1
        if self._threads < min(self._calls, self._most):
            self._threads += 1
            name = f"tulieu-{self._name}-{self._threads}"
            # Not waited for at the end: what it does then interests nobody any more.
            threading.Thread(target=self._work, name=name, daemon=True).start()
        done: asyncio.Future[Whole | None] = loop.create_future()
        self._waiting.put((call, loop, done))
        try:
            return await done
        finally:
            self._calls -= 1

    def close(self) -> None:
        """Let the threads end, each after what it does now."""
        for _ in range(self._threads):
            self._waiting.put(None)

    def _work(self) -> None:
        while task := self._waiting.get():
            call, loop, done = task
            whole = call.run()
            # The loop may have ended meanwhile, with the server.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(_set_result, done, whole)
            # Not to be kept until the next call comes.
            del task, call, whole


def _set_result(done: "asyncio.Future[Whole | None]", whole: "Whole | None") -> None:
    if not done.done():
        done.set_result(whole)


_Task = tuple["_Call", asyncio.AbstractEventLoop, "asyncio.Future[Whole | None]"]


class _Gone(Exception):
    """Nobody takes the rest of an answer."""


class _Call:
    """One run of an application, in a thread."""

    def __init__(
        self, application: WSGIApplication, environ: dict[str, Any], loop: asyncio.AbstractEventLoop, emit: Emit
    ) -> None:
        self.is_cancelled = self.is_sent = False
        self.outcome = Outcome()
        self._application = application
        self._environ = environ
        self._loop = loop
        self._emit = emit
        self._head: Head | None = None
        # Pieces that are on their way, with their sizes; they go one after the other, none after one that failed.
        self._sending: deque[tuple[Future[None], int]] = deque()
        self._ahead = 0
        self._turn = asyncio.Lock()
        self._is_broken = False
        environ["tulieu.cancelled"] = lambda: self.is_cancelled
        environ["tulieu.notes"] = self.outcome.notes

    def run(self) -> "Whole | None":
        """Run the application. A whole answer is handed back; one that streams is sent on from here."""
        body: Iterable[bytes] = ()
        try:
            if self.is_cancelled:
                raise _Gone
            body = self._application(self._environ, self._start_response)
            assert self._head is not None, "the application has not called start_response"
            if self._environ["REQUEST_METHOD"] == "HEAD" or self._head.status in _WITHOUT_BODY:
                return self._head, b""
            length = dict(self._head.headers).get(b"content-length")
            # What has a length is in memory already, unless it is read from a file.
            if length is not None and (int(length) <= _SMALL_FILE or not _is_file(body)):
                return self._head, b"".join(body)
            if length is None and self._environ["SERVER_PROTOCOL"] == "HTTP/1.0":
                # Before 1.1 an answer without a length ends where the connection does: a broken one would look whole.
                whole = b"".join(body)
                return Head(self._head.status, [*self._head.headers, _length_of(whole)]), whole
            self._stream(self._head, body)
        except _Gone:
            self.outcome.ended = LEFT if self.is_cancelled else STALLED
        except Exception as error:  # noqa: BLE001 - the edge between two worlds: told by the outcome, judged there
            self.outcome.error = error
            self.outcome.ended = LEFT if self.is_cancelled else type(error).__name__
        finally:
            self._close(body)
        return None

    def _stream(self, head: Head, body: Iterable[bytes]) -> None:
        pending: Head | None = head
        for piece in body:
            if piece:
                self._send(pending, piece, more=True)
                pending = None
        self._send(pending, b"", more=False)
        self.is_sent = True

    def _send(self, head: Head | None, piece: bytes, more: bool) -> None:
        """Send a piece on, and wait until few others are on their way: a slow client fills no memory."""
        if self.is_cancelled:
            raise _Gone
        self.outcome.has_begun = True
        sending = asyncio.run_coroutine_threadsafe(self._emit_in_turn(head, piece, more), self._loop)
        self._sending.append((sending, len(piece)))
        self._ahead += len(piece)
        while self._sending and (not more or self._ahead > _AHEAD or self._sending[0][0].done()):
            first, size = self._sending[0]
            try:
                first.result(STALL_SECONDS)
            except TimeoutError:
                first.cancel()
                raise _Gone from None
            self._sending.popleft()
            self._ahead -= size

    async def _emit_in_turn(self, head: Head | None, piece: bytes, more: bool) -> None:
        async with self._turn:
            if not self._is_broken:
                self._is_broken = True
                await self._emit(head, piece, more)
                self._is_broken = False

    def _start_response(
        self, status: str, headers: list[tuple[str, str]], _: ExcInfo | None = None, /
    ) -> Callable[[bytes], object]:
        self._head = Head(int(status.split(" ", 1)[0]), [_encode(*field) for field in headers])
        return _refuse_to_write

    def _close(self, body: Iterable[bytes]) -> None:
        try:
            close = getattr(body, "close", None)
            if close is not None:
                close()
        except Exception as error:  # noqa: BLE001 - as above; the answer itself may be complete
            self.outcome.error = self.outcome.error or error


class _Watch:
    """Notes when the server says that the client of a call left.

    It begins after a moment: most answers are given by then, and to watch costs as much as to answer from what is kept.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, receive: Receive, call: _Call) -> None:
        self._task: asyncio.Task[None] | None = None
        self._timer = loop.call_later(_WATCH_AFTER, self._begin, loop, receive, call)

    def end(self) -> None:
        """Watch no longer."""
        self._timer.cancel()
        if self._task:
            self._task.cancel()

    def _begin(self, loop: asyncio.AbstractEventLoop, receive: Receive, call: _Call) -> None:
        self._task = loop.create_task(self._wait(receive, call))

    @staticmethod
    async def _wait(receive: Receive, call: _Call) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        call.is_cancelled = True


class FileBody:
    """The `wsgi.file_wrapper`: a file that goes out in large pieces and is never read as a whole."""

    def __init__(self, file: io.BufferedIOBase, block_size: int = _SMALL_FILE) -> None:
        self._file = file
        self._block_size = max(block_size, _SMALL_FILE)

    def __iter__(self) -> "FileBody":
        return self

    def __next__(self) -> bytes:
        piece = self._file.read(self._block_size)
        if not piece:
            raise StopIteration
        return piece

    def seekable(self) -> bool:
        """Say whether a part can be sent alone."""
        return self._file.seekable()

    def seek(self, offset: int) -> int:
        """Go to the beginning of a part."""
        return self._file.seek(offset)

    def tell(self) -> int:
        """Say where in the file the next piece begins."""
        return self._file.tell()

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def _is_file(body: Iterable[bytes]) -> bool:
    """Say whether a body is read from a file, as whole or in part (werkzeug wraps a range): then it is not joined."""
    return isinstance(body, FileBody) or isinstance(getattr(body, "iterable", None), FileBody)


# Most fields are the same in all answers.
@lru_cache(maxsize=512)
def _encode(name: str, text: str) -> tuple[bytes, bytes]:
    return name.lower().encode("latin-1"), text.encode("latin-1")


def _length_of(body: bytes) -> tuple[bytes, bytes]:
    return b"content-length", str(len(body)).encode()


def _refuse_to_write(_: bytes) -> object:
    raise RuntimeError("The write function of PEP 3333 is not offered: an application here returns its body.")


def make_environ(scope: Scope, body: bytes, client: str) -> dict[str, Any]:
    """Make what a WSGI application sees of a request; `client` is the address that counts as the reader's."""
    host, port = scope.get("server") or ("", "")
    raw_path = scope.get("raw_path") or scope["path"].encode("utf-8", "surrogateescape")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(raw_path).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": host,
        "SERVER_PORT": str(port),
        # Granian writes 1.0 as 1.
        "SERVER_PROTOCOL": "HTTP/1.0" if scope["http_version"] == "1" else f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": client,
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "wsgi.file_wrapper": FileBody,
    }
    for name, value in scope["headers"]:
        field = name.decode("latin-1")
        # The body's length is known better; a name with an underscore could pass itself off as another.
        if field == "content-length" or "_" in field:
            continue
        key = "CONTENT_TYPE" if field == "content-type" else f"HTTP_{field.upper().replace('-', '_')}"
        text = value.decode("latin-1")
        environ[key] = f"{environ[key]},{text}" if key in environ else text
    return environ

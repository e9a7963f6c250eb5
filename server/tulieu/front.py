"""The server's front: https://asgi.readthedocs.io/en/latest/specs/www.html

Comes in: requests, as an ASGI server tells them. Goes out: what was answered before, again, and 304 to who has the
answer already, both before anything is parsed; all else is handed to the application by the bridge. Here is known how
each answer ended, so here they are counted and logged. An answer that fails after its beginning is never ended: the
server then breaks the connection, and no client can take the part for the whole.
"""

import asyncio
import gc
import json
import logging
import os
import time
from collections.abc import Iterator

from tulieu.app import status_of
from tulieu.caching import Asked
from tulieu.errors import TulieuError
from tulieu.serving.access_log import digest_query, find_client, parse_networks, write_line
from tulieu.serving.bridge import COMPLETE, LEFT, Bridge, Receive, Scope, Send, make_environ
from tulieu.serving.compression import Encoding, narrow_conditions
from tulieu.serving.exchange import Exchange
from tulieu.serving.metrics import CONTENT_TYPE as METRICS_TYPE
from tulieu.serving.metrics import Family, Metrics, labelled, single
from tulieu.serving.succession import Served, Succession, open_current, places_of
from tulieu.settings import Settings, from_environment
from tulieu.sparql.fair_use import FairUse, FairUseLimits
from tulieu.sparql.protocol import is_endpoint

QUERY_PATH = "/sparql"
FILE_PREFIX = "/release/"
# What is counted together: the beginning of the path, first match first; all else are pages.
ROUTES = (
    (QUERY_PATH, "sparql"),
    *((path, "own") for path in ("/health", "/ready", "/metrics")),
    ("/static/", "static"),
    (FILE_PREFIX, "release"),
    *((prefix, "document") for prefix in ("/id/", "/doc/", "/article/", "/passage/", "/note/", "/graph/", "/ontology")),
)
# The endpoint answers a POST with no more than it would a GET; nothing else takes one.
_KEPT_METHODS = ("GET", "HEAD", "POST")
# Threads beside those that wait for a query process: page queries are quick, files are few.
_PAGE_THREADS = 8
_FILE_THREADS = 8
_SPARE_QUERY_THREADS = 16
# A query in a form, each character as up to four bytes, each byte as three characters; and the other parameters.
_BYTES_OF_CHARACTER = 12
_BYTES_OF_PARAMETERS = 65_536
_BODY_SECONDS = 30.0
NOTHING_FITS = Encoding("", may_be_plain=False)
_GARBAGE = 20_000
# Queries that run when the server stops have so long to end.
_SHUTDOWN_SECONDS = 5.0
_log = logging.getLogger(__name__)


def create_front() -> "Front":
    """Make the front from the environment; what `tulieu serve` starts."""
    settings = from_environment(os.environ)
    # A request's objects go by their reference counts; the few that refer to each other may wait.
    gc.set_threshold(_GARBAGE)
    if settings.access_log:
        access = logging.getLogger("tulieu.access")
        access.setLevel(logging.INFO)
        access.propagate = False
        access.handlers[:] = [logging.StreamHandler()]
    return Front(settings)


class Front:
    """The ASGI application."""

    def __init__(self, settings: Settings, succession: Succession | None = None) -> None:
        """Open the current release; a `succession` is handed in by tests alone."""
        places = places_of(settings)
        self._settings = settings
        self._fair_use = FairUse(FairUseLimits(places, settings.query_queue, settings.query_budget))
        self._succession = succession or Succession(settings.state, lambda: open_current(settings, self._fair_use))
        self._most_queries = places + settings.query_queue + _SPARE_QUERY_THREADS
        self._queries = 0
        self._bridge = Bridge({"query": self._most_queries, "page": _PAGE_THREADS, "file": _FILE_THREADS})
        self._metrics = Metrics()
        self._trusted = parse_networks(settings.trusted_proxies)
        self._most_bytes = settings.query_length * _BYTES_OF_CHARACTER + _BYTES_OF_PARAMETERS
        self._own = {"/health": self._health, "/ready": self._ready, "/metrics": self._count}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or begin and end with the server."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            exchange = Exchange(scope, send)
            try:
                await self._answer(exchange, scope, receive)
            finally:
                self._note(exchange)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        watch = asyncio.create_task(self._succession.watch())
        await send({"type": "lifespan.startup.complete"})
        await receive()
        watch.cancel()
        await asyncio.to_thread(self._succession.close, _SHUTDOWN_SECONDS)
        self._bridge.close()
        await send({"type": "lifespan.shutdown.complete"})

    async def _answer(self, exchange: Exchange, scope: Scope, receive: Receive) -> None:
        if exchange.is_preflight:
            await exchange.answer_preflight()
            return
        own = self._own.get(exchange.path)
        if own:
            await exchange.give_text(*own())
            return
        with self._succession.use() as served:
            exchange.release = served.edition.release
            if exchange.encoding == NOTHING_FITS:
                reason = "Accept-Encoding allows no encoding that there is here. Allow zstd, gzip or identity."
                await exchange.refuse(406, reason)
                return
            if exchange.has_body and not await self._read_body(exchange, receive):
                return
            asked = exchange.asked()
            is_kept = exchange.method in _KEPT_METHODS
            if is_kept and await exchange.answer_at_once(asked, served.answers):
                return
            if _may_take_long(exchange) and self._queries >= self._most_queries:
                await exchange.refuse(503, "More queries are at work than are taken in. Send yours again later.", 5)
                return
            await self._hand_over(exchange, asked, served, scope, receive)

    async def _hand_over(
        self, exchange: Exchange, asked: Asked, served: Served, scope: Scope, receive: Receive
    ) -> None:
        """Let the application answer."""
        environ = make_environ(scope, exchange.body, self._client_of(exchange))
        is_query = _may_take_long(exchange)
        lane = "query" if is_query else "file" if exchange.path.startswith(FILE_PREFIX) else "page"
        narrow_conditions(environ)
        exchange.expect(served.answers)
        begin = served.begin if lane == "query" else None
        self._queries += is_query
        try:
            outcome = await self._bridge.answer(served.application, lane, environ, receive, exchange.emit, begin)
        finally:
            self._queries -= is_query
        exchange.notes = outcome.notes
        exchange.ended = outcome.ended
        if outcome.ended == COMPLETE:
            if exchange.method in _KEPT_METHODS:
                exchange.keep(asked, served.answers)
        elif outcome.error is not None and outcome.ended != LEFT:
            # What a query ran into is its own fault; all else is the server's, and is told whole.
            is_ours = isinstance(outcome.error, TulieuError)
            _log.log(
                logging.WARNING if is_ours else logging.ERROR,
                "%s %s: broken off: %s",
                exchange.method,
                exchange.path,
                outcome.error,
                exc_info=None if is_ours else outcome.error,
            )
            if not outcome.has_begun:
                status, reason = 500, "The server failed; this is its own fault and has been noted."
                if isinstance(outcome.error, TulieuError):
                    status, reason = status_of(outcome.error), str(outcome.error)
                await exchange.refuse(status, reason)
        # Where an answer has begun, to return without its end is what breaks the connection.

    async def _read_body(self, exchange: Exchange, receive: Receive) -> bool:
        """Read the body; where that cannot be, answer so and say that it was not read."""
        pieces: list[bytes] = []
        size, more = 0, True
        try:
            async with asyncio.timeout(_BODY_SECONDS):
                while more:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        exchange.ended = LEFT
                        return False
                    pieces.append(message.get("body", b""))
                    size += len(pieces[-1])
                    more = message.get("more_body", False)
                    if size > self._most_bytes:
                        reason = f"The body is larger than {self._most_bytes} bytes, more than any query may have."
                        await exchange.refuse(413, reason)
                        return False
        except TimeoutError:
            await exchange.refuse(408, f"The body did not arrive within {_BODY_SECONDS:g} s.")
            return False
        exchange.body = b"".join(pieces)
        return True

    def _client_of(self, exchange: Exchange) -> str:
        return find_client(exchange.peer, exchange.forwarded_for, self._trusted)

    def _note(self, exchange: Exchange) -> None:
        seconds = time.perf_counter() - exchange.started
        route = _route_of(exchange.path)
        self._metrics.count(route, exchange.status, exchange.source, seconds, exchange.size)
        if exchange.ended != COMPLETE:
            self._metrics.count_broken(route, exchange.ended)
        if not self._settings.access_log:
            return
        line: dict[str, object] = {
            "client": self._client_of(exchange),
            "method": exchange.method,
            "path": exchange.path,
            "status": exchange.status,
            "seconds": round(seconds, 6),
            "bytes": exchange.size,
            "from": exchange.source,
            "ended": exchange.ended,
            "release": exchange.release,
        }
        if route == "sparql":
            line["query"] = digest_query(exchange.query, exchange.fields.get(b"content-type", b""), exchange.body)
        write_line({**line, **exchange.notes})

    # What the front says of itself.

    def _health(self) -> tuple[int, str, str]:
        return 200, "text/plain; charset=utf-8", "alive\n"

    def _ready(self) -> tuple[int, str, str]:
        served = self._succession.current
        state = served.state()
        is_ready = served.pool is None or state.ready + state.running > 0
        told = {"ready": is_ready, "release": served.edition.release, "query_processes": state.ready + state.running}
        return 200 if is_ready else 503, "application/json", json.dumps(told) + "\n"

    def _count(self) -> tuple[int, str, str]:
        return 200, METRICS_TYPE, self._metrics.render(self._families())

    def _families(self) -> Iterator[Family]:
        served = self._succession.current
        state = served.state()
        processes = {"ready": state.ready, "running": state.running, "starting": state.starting}
        yield labelled("tulieu_query_processes", "gauge", "Query processes, by what they do.", "state", processes)
        yield single("tulieu_queries_waiting", "gauge", "Queries that wait for their turn.", self._fair_use.waiting)
        yield labelled(
            "tulieu_queries_ended_total", "counter", "Queries by how they ended: done, or the error that ended them.",
            "ended", self._succession.endings(),
        )  # fmt: skip
        yield single("tulieu_kept_answers", "gauge", "Answers that are kept to be given again.", len(served.answers))
        yield single("tulieu_kept_answer_bytes", "gauge", "What they take up.", served.answers.size)
        yield labelled(
            "tulieu_release_info", "gauge", "The release that is served.", "release", {served.edition.release: 1}
        )
        yield single("tulieu_release_opened_seconds", "gauge", "When it was opened, in Unix time.", served.opened)
        yield single("tulieu_release_switches_total", "counter", "Changes of release.", self._succession.switches)


def _route_of(path: str) -> str:
    if is_endpoint(path):
        return "sparql"
    for prefix, name in ROUTES:
        if path.startswith(prefix):
            return name
    return "page"


def _may_take_long(exchange: Exchange) -> bool:
    """Say whether a query process may be at it: not for the form and the description."""
    if is_endpoint(exchange.path):
        return exchange.method == "POST" or bool(exchange.query)
    return exchange.path.startswith(QUERY_PATH)

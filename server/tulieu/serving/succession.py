"""The release that is being served, and the one that follows it.

Comes in: the settings; the link to the current release, looked at every second. Goes out: a `Served`, which holds all
that answers are made of: application, kept answers, query processes. A request uses one from beginning to end, so no
answer mixes two releases; a new release is opened beside the old one, which is closed once its last answer has ended.
"""

import asyncio
import contextlib
import gc
import logging
import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from wsgiref.types import WSGIApplication

from tulieu.app import create_app, edition_of
from tulieu.caching import AnswerCache, Edition
from tulieu.errors import TulieuError
from tulieu.release import CURRENT, find_current
from tulieu.serving.bridge import Begin
from tulieu.serving.compression import compressed
from tulieu.settings import Settings
from tulieu.sparql.fair_use import FairUse
from tulieu.sparql.pool import PoolState, QueryPool
from tulieu.sparql.process import ProcessLimits, ReleasePaths

_LOOK_SECONDS = 1.0
_WARM_UP_SECONDS = 5.0
_MEBIBYTE = 1024 * 1024
_log = logging.getLogger(__name__)


@dataclass(eq=False)
class Served:
    """A release, opened."""

    edition: Edition
    application: WSGIApplication
    answers: AnswerCache
    pool: QueryPool | None
    begin: Begin | None = None
    opened: float = field(default_factory=time.time)
    in_use: int = 0

    def warm_up(self) -> None:
        """Wait until a query process is ready; a release whose processes do not come up still has its pages."""
        if self.pool:
            self.pool.wait_until_ready(_WARM_UP_SECONDS)

    def state(self) -> PoolState:
        """What the query processes do now."""
        return self.pool.state if self.pool else PoolState(0, 0, 0, {})

    def close(self, seconds: float = 0.0) -> None:
        """End the query processes and let go of the store; queries that run have so long to end."""
        if self.pool:
            self.pool.close(seconds)
        self.application, self.begin = _closed, None
        # Stores are closed when they are collected, and Flask's objects refer to each other.
        gc.collect()


def open_current(settings: Settings, fair_use: FairUse) -> Served:
    """Open the current release with all that serving it needs."""
    release = find_current(settings.state)
    paths = ReleasePaths(release.store_path, release.search_path)
    pool = QueryPool(paths, places_of(settings), ProcessLimits(settings.query_memory * _MEBIBYTE))
    try:
        application = create_app(settings, release, pool, fair_use)
    except BaseException:
        pool.close()
        raise
    answers = AnswerCache(settings.cache_bytes)
    begin: Begin | None = getattr(application.wsgi_app, "begin", None)
    return Served(edition_of(settings, release), compressed(application.wsgi_app), answers, pool, begin)


def places_of(settings: Settings) -> int:
    """How many queries are carried out at once; by default one more than there are processors."""
    return settings.query_processes or (os.cpu_count() or 1) + 1


class Succession:
    """One release after the other."""

    def __init__(self, state: Path, open_release: Callable[[], Served]) -> None:
        """Open the current release; without one there is nothing to serve, so its error is raised."""
        self._link = state / CURRENT
        self._open = open_release
        self._target = self._look()
        self._failed = ""
        self._retired: set[Served] = set()
        self._past_endings: Counter[str] = Counter()
        self.switches = 0
        self.current = open_release()

    @contextmanager
    def use(self) -> Iterator[Served]:
        """The release for one answer; it stays open until the answer has ended."""
        served = self.current
        served.in_use += 1
        try:
            yield served
        finally:
            served.in_use -= 1

    async def watch(self) -> None:
        """Look for a new release for as long as the server runs; end with the process that started this one."""
        parent = os.getppid()
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            if os.getppid() != parent:
                # Nobody is left to start this process anew or to stop it; whoever watches over the server starts both.
                _log.error("The process that started this server is gone; the server ends.")
                os.kill(os.getpid(), signal.SIGTERM)
                return
            await self.follow()

    async def follow(self) -> None:
        """Change to the release that the link names now, and close those that nobody uses any more."""
        target = self._look()
        if target != self._target:
            try:
                following = await asyncio.to_thread(self._open)
                # The first query to the new release is to wait no longer than any other.
                await asyncio.to_thread(following.warm_up)
            except (TulieuError, OSError) as error:
                # Looked at again in a second; told once.
                if target != self._failed:
                    _log.error("The new release %s cannot be served, the old one stays: %s", target, error)
                self._failed = target
            else:
                self._retired.add(self.current)
                self._target, self._failed = target, ""
                self.current = following
                self.switches += 1
                _log.info("The release %s is served now.", following.edition.release)
        for served in [each for each in self._retired if not each.in_use]:
            self._retired.remove(served)
            self._past_endings.update(served.state().endings)
            await asyncio.to_thread(served.close)

    def endings(self) -> Counter[str]:
        """How queries have ended since the start, by the name of the error, or `done`."""
        counted = Counter(self._past_endings)
        for served in (self.current, *self._retired):
            counted.update(served.state().endings)
        return counted

    def close(self, seconds: float = 0.0) -> None:
        """Close all releases."""
        for served in (self.current, *self._retired):
            served.close(seconds)

    def _look(self) -> str:
        with contextlib.suppress(OSError):
            return os.readlink(self._link)
        # Not a link, or not there at this moment: nothing changes.
        return getattr(self, "_target", "")


def _closed(*_: object) -> list[bytes]:
    raise RuntimeError("This release is closed.")

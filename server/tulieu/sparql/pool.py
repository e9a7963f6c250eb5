"""The query processes: enough of them ready, each query held to its limits.

Comes in: where the current release lies, how many queries may run at once, what each may use. Goes out: for each `Job`
an `Answer`. One thread of the pool's own keeps the processes: it starts them, one more than may be at work, replaces
those that died, and ends those whose query has passed its deadline or whose client has left. So every limit holds,
whether or not somebody is reading the answer at that moment. One pool serves one release; a query put to another one
gets a process of its own, which ends with it.
"""

import atexit
import contextlib
import logging
import os
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tulieu.errors import BusyError, CancelledError, NegotiationError, QueryError, TimeLimitError
from tulieu.sparql.answer import Answer, Job, Run, never
from tulieu.sparql.process import ProcessLimits, ReleasePaths, WorkerProcess
from tulieu.sparql.stock import START_SECONDS, Stock

# Beyond those that may be at work: the next query need not wait for the start of a process that replaces a killed one.
_SPARE = 1
_TICK = 0.05
# After work, the keeper stays awake a while: waking it costs more than a query.
_AWAKE_SECONDS = 1.0
_STANDARD = ProcessLimits()
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class PoolState:
    """The pool at one moment, for metrics: processes by what they do, and how queries ended since the start."""

    ready: int
    running: int
    starting: int
    endings: Mapping[str, int]


class QueryPool:
    """Processes that answer queries about one release."""

    def __init__(self, paths: ReleasePaths, size: int, limits: ProcessLimits = _STANDARD) -> None:
        """Start the processes; the first query waits for the first of them."""
        self.size = size
        self._changed = threading.Condition()
        self._stock = Stock(paths, limits, size + _SPARE, self._changed)
        self._running: dict[WorkerProcess, Run] = {}
        self._owing: deque[Run] = deque()
        self._endings: Counter[str] = Counter()
        self._is_closed = False
        self._awake_until = 0.0
        self._is_asleep = False
        self._bell, self._bell_rope = os.pipe()
        os.set_blocking(self._bell, False)
        os.set_blocking(self._bell_rope, False)
        self._keeper = threading.Thread(target=self._keep, name="query-pool", daemon=True)
        self._keeper.start()
        atexit.register(self.close)

    def run(self, job: Job, cancelled: Callable[[], bool] = never, at_end: Callable[[], None] = lambda: None) -> Answer:
        """Carry out a job; the answer comes back with its first part. Raises the failure if one comes before that.

        `cancelled` says whether the client has left; `at_end` is called once in any case: when no process is at the
        job any more and, where that left too few, the one that it cost is replaced.
        """
        answer = self.start(job, cancelled, at_end, may_wait=True)
        assert answer is not None, "it waited"
        return answer.read_first_part()

    def start(
        self, job: Job, cancelled: Callable[[], bool], at_end: Callable[[], None], *, may_wait: bool
    ) -> Answer | None:
        """Hand a job to a process, without waiting for its answer; None where one would have to wait for a process."""
        try:
            run = self._take(job, cancelled, at_end, may_wait)
        except BaseException:
            at_end()
            raise
        if run is None:
            at_end()
            return None
        # If it died just now, reading will tell how.
        with contextlib.suppress(OSError):
            run.worker.send(job.message())
        return Answer(run)

    def wait_until_ready(self, seconds: float = START_SECONDS) -> bool:
        """Wait until a process is ready for a query."""
        with self._changed:
            return self._changed.wait_for(lambda: bool(self._stock.ready), seconds)

    @property
    def state(self) -> PoolState:
        """What the processes do now."""
        with self._changed:
            stock = self._stock
            return PoolState(len(stock.ready), len(self._running), len(stock.starting), dict(self._endings))

    def processes(self) -> tuple[int, ...]:
        """The living processes, as the system names them."""
        with self._changed:
            return tuple(each.pid for each in (*self._stock.ready, *self._running, *self._stock.starting))

    def close(self, seconds: float = 0.0) -> None:
        """Take no more queries; those that run have so long to end, then they are stopped."""
        with self._changed:
            if self._is_closed and not self._keeper.is_alive():
                return
            self._is_closed = True
            self._changed.notify_all()
        atexit.unregister(self.close)
        self._ring()
        with self._changed:
            self._changed.wait_for(lambda: not self._running, seconds)
            rest = list(self._running.values())
        for run in rest:
            self._end(run, CancelledError("The server stops or starts anew. Send the query again."), False)
        self._keeper.join()

    def _take(self, job: Job, cancelled: Callable[[], bool], at_end: Callable[[], None], may_wait: bool) -> Run | None:
        """Take a process for a job, and wait for one where that may be."""
        elsewhere = job.paths if job.paths != self._stock.paths else None
        with self._changed:
            while True:
                if self._is_closed:
                    raise BusyError("The server is about to stop or to start anew. Send the query again.")
                if cancelled():
                    raise CancelledError("The client left before its query was started.")
                left = job.deadline - time.monotonic()
                if left <= 0:
                    raise BusyError(f"No query process was free within {job.seconds:g} s. Send the query again later.")
                if len(self._running) < self.size:
                    worker = self._start_for(elsewhere) if elsewhere else self._stock.take()
                    if worker:
                        break
                if not may_wait:
                    return None
                self._changed.wait(min(left, _TICK))
            run = Run(worker, job, self._stock.limits.memory, cancelled, self._end, at_end)
            worker.is_awaited = True
            self._running[worker] = run
            self._awake_until = time.monotonic() + _AWAKE_SECONDS
            if self._is_asleep:
                self._ring()
        return run

    def _start_for(self, paths: ReleasePaths) -> WorkerProcess:
        """Start a process for one query to another release; the reader of its answer waits until it is ready."""
        try:
            return WorkerProcess(paths, self._stock.limits)
        except OSError as error:
            raise BusyError(f"No process could be started for the query ({error}). Send it again later.") from error

    def _end(self, run: Run, failure: QueryError | NegotiationError | None, is_kept: bool) -> None:
        """Let a run end: once, whoever comes first; its process goes back to the others or is ended."""
        with self._changed:
            if run.has_ended:
                return
            run.failure = failure
            run.seconds = time.monotonic() - run.started
            run.has_ended = True
            del self._running[run.worker]
            self._endings[type(failure).__name__ if failure else "done"] += 1
            is_ours = run.worker.paths == self._stock.paths and not self._is_closed
            if is_kept and is_ours:
                self._stock.put_back(run.worker)
            else:
                self._stock.retire(run.worker)
            # Who cost the pool its last process but one keeps its place until that is replaced: else a client whose
            # queries end their processes at once would use up those of all others.
            is_owing = is_ours and not is_kept and len(self._stock.ready) < min(self.size, 2)
            if is_owing:
                self._owing.append(run)
            self._changed.notify_all()
        # First the account, then the death: whoever reads the answer wakes up by it and finds all in order.
        if not is_owing:
            run.at_end()
        if not (is_kept and is_ours):
            run.worker.kill()
            self._ring()

    # What follows runs in the keeper's thread.

    def _keep(self) -> None:
        is_needed = True
        while is_needed:
            try:
                is_needed = self._look_after()
            except Exception:  # noqa: BLE001 - an outer edge: it is logged whole
                # Without the keeper no limit would hold: whatever happens, it goes on.
                _log.exception("The keeper of the query processes met an error that was not foreseen.")
                time.sleep(_TICK)
        for each in (self._bell, self._bell_rope):
            os.close(each)

    def _look_after(self) -> bool:
        """Do what is to be done, then wait until there may be more; False once the pool is closed and empty."""
        self._stop_late_runs()
        with self._changed:
            at_work = sum(each.paths == self._stock.paths for each in self._running)
        is_enough = self._is_closed or self._stock.start_missing(at_work)
        with self._changed:
            if self._is_closed:
                self._stock.clear()
                self._settle(len(self._owing))
            self._stock.bury()
            if self._is_closed and not self._running and not self._stock.dying:
                return False
            is_awake = not is_enough or self._stock.needs_care or bool(self._running)
            is_awake = is_awake or time.monotonic() < self._awake_until
            self._is_asleep = not is_awake
        self._settle(self._stock.watch(self._bell, _TICK if is_awake else None))
        with contextlib.suppress(BlockingIOError):
            os.read(self._bell, 4096)
        return True

    def _settle(self, count: int) -> None:
        """Tell the end of runs whose process is replaced."""
        for _ in range(min(count, len(self._owing))):
            self._owing.popleft().at_end()

    def _stop_late_runs(self) -> None:
        now = time.monotonic()
        with self._changed:
            runs = list(self._running.values())
        for run in runs:
            if now >= run.job.deadline:
                self._end(run, _time_error(run), False)
            elif run.cancelled():
                self._end(run, CancelledError("The client left before the answer was complete."), False)

    def _ring(self) -> None:
        """Wake the keeper."""
        with contextlib.suppress(OSError):
            os.write(self._bell_rope, b"!")


def _time_error(run: Run) -> TimeLimitError:
    waited = run.started - run.job.asked
    told = f" ({waited:.1f} s of them spent waiting for a free process)" if waited >= 0.1 else ""
    return TimeLimitError(
        f"The query took longer than its limit of {run.job.seconds:g} s{told} and was stopped. "
        "Ask for less, or fetch a dump of the whole."
    )

"""The query processes that no query is at: being started, ready, or dead and not yet buried.

Comes in: where the release lies, how many processes are wanted, and the lock of the pool whose stock this is. Goes out:
processes that are ready. Those that die are noticed at once and replaced; where starting fails, the next attempt waits,
longer each time. `take`, `put_back`, `retire` and `clear` are called by who holds the lock, all else by the pool's
keeper without it.
"""

import logging
import select
import threading
import time

from tulieu.errors import WorkerDiedError
from tulieu.sparql import frames
from tulieu.sparql.process import ProcessLimits, ReleasePaths, WorkerProcess

START_SECONDS = 30.0
_LONGEST_PAUSE = 5.0
_log = logging.getLogger(__name__)


class Stock:
    """The processes over one release."""

    def __init__(self, paths: ReleasePaths, limits: ProcessLimits, wanted: int, lock: threading.Condition) -> None:
        """Start with none; the first `start_missing` starts them."""
        self.paths = paths
        self.limits = limits
        self.ready: list[WorkerProcess] = []
        self.starting: list[WorkerProcess] = []
        self.dying: list[WorkerProcess] = []
        self._wanted = wanted
        self._lock = lock
        self._has_warned = False
        self._failed_starts = 0
        self._next_start = 0.0

    @property
    def needs_care(self) -> bool:
        """Say whether something may have to be done without anything happening first."""
        return bool(self.starting or self.dying) or any(each.death is None for each in self.ready)

    def take(self) -> WorkerProcess | None:
        """Take a process that is ready, if there is one."""
        while self.ready:
            worker = self.ready.pop()
            if worker.is_alive():
                return worker
            self.dying.append(worker)
        return None

    def put_back(self, worker: WorkerProcess) -> None:
        """Take a process back that has done its work."""
        self.ready.append(worker)

    def retire(self, worker: WorkerProcess) -> None:
        """Take a process that is dead, or is killed just now, to be buried."""
        self.dying.append(worker)

    def clear(self) -> None:
        """End all processes."""
        for worker in (*self.ready, *self.starting):
            worker.kill()
        self.dying += [*self.ready, *self.starting]
        self.ready.clear()
        self.starting.clear()

    def start_missing(self, at_work: int) -> bool:
        """Start what is missing beside so many that are at work; say whether there are enough now."""
        with self._lock:
            missing = self._wanted - len(self.ready) - len(self.starting) - at_work
        if time.monotonic() < self._next_start:
            return missing <= 0
        for _ in range(missing):
            try:
                worker = WorkerProcess(self.paths, self.limits)
            except OSError as error:
                self._pause(str(error))
                return False
            with self._lock:
                self.starting.append(worker)
        return True

    def bury(self) -> None:
        """Let go of the dead that nobody waits for."""
        for worker in list(self.dying):
            if not worker.is_alive() and not worker.is_awaited:
                worker.dispose()
                self.dying.remove(worker)

    def watch(self, bell: int, seconds: float | None) -> int:
        """Wait until something happens to a process or the bell rings; give the number of those that became ready."""
        with self._lock:
            starting, ready = list(self.starting), list(self.ready)
        poll = select.poll()
        for number in (bell, *(each.fileno() for each in starting), *(each.death for each in ready)):
            if number is not None:
                poll.register(number, select.POLLIN)
        happened = {number for number, _ in poll.poll(None if seconds is None else seconds * 1000)}
        for worker in ready:
            if worker.death is None or worker.death in happened:
                self._remove_dead(worker)
        welcomed = 0
        for worker in starting:
            if worker.fileno() in happened:
                welcomed += self._welcome(worker)
            elif time.monotonic() - worker.started > START_SECONDS:
                worker.kill()
        return welcomed

    def _welcome(self, worker: WorkerProcess) -> bool:
        """Take in a process that says that it is ready, or find that it never will be."""
        try:
            arrived = worker.receive(0.0)
        except EOFError:
            self._remove_failed(worker)
            return False
        if not arrived:
            return False
        with self._lock:
            self.starting.remove(worker)
            self.ready.append(worker)
            self._failed_starts = 0
            self._lock.notify_all()
        reason = frames.unpack_json(arrived[0][1])["unconfined"]
        if reason and not self._has_warned:
            self._has_warned = True
            _log.warning("Queries are kept from the network by the gate alone: %s.", reason)
        return True

    def _remove_failed(self, worker: WorkerProcess) -> None:
        told = worker.explain_death()
        with self._lock:
            self.starting.remove(worker)
            self.dying.append(worker)
        if isinstance(told, WorkerDiedError) and told.was_killed:
            # No reason to think that the next one fares alike.
            _log.warning("Query process %d was ended from outside while it started; it is replaced.", worker.pid)
        else:
            self._pause(str(told))

    def _remove_dead(self, worker: WorkerProcess) -> None:
        with self._lock:
            if worker in self.ready and not worker.is_alive():
                self.ready.remove(worker)
                self.dying.append(worker)
                _log.warning("Query process %d ended while it had nothing to do; it is replaced.", worker.pid)

    def _pause(self, reason: str) -> None:
        """Wait before the next start, longer each time: what fails now would fail again at once."""
        self._failed_starts += 1
        self._next_start = time.monotonic() + min(0.1 * 2**self._failed_starts, _LONGEST_PAUSE)
        _log.error("A query process did not start: %s", reason)

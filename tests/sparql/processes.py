"""What tests of the query processes share: a pool, jobs, and what the kernel says of processes."""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tulieu.formats import ROWS_JSON, TURTLE, Format
from tulieu.release import Release
from tulieu.sparql.answer import Job
from tulieu.sparql.pool import QueryPool
from tulieu.sparql.process import ProcessLimits, ReleasePaths
from tulieu.store import Dataset

MEBIBYTE = 1024 * 1024
FORMATS: dict[str, Format] = {"rows": ROWS_JSON, "boolean": ROWS_JSON, "graph": TURTLE}
_TICKS = os.sysconf("SC_CLK_TCK")


def paths_of(release: Release) -> ReleasePaths:
    return ReleasePaths(release.store_path, release.search_path)


def job(query: str, seconds: float = 20.0, max_bytes: int = 64 * MEBIBYTE, **more: object) -> Job:
    return Job(query, Dataset(), FORMATS, seconds, max_bytes, **more)  # type: ignore[arg-type]


@contextmanager
def open_pool(release: Release, size: int = 1, memory: int = 512 * MEBIBYTE) -> Iterator[QueryPool]:
    pool = QueryPool(paths_of(release), size, ProcessLimits(memory=memory))
    try:
        assert pool.wait_until_ready(60)
        yield pool
    finally:
        pool.close()


def wait_until(claim: object, seconds: float = 10.0) -> bool:
    """Wait for something to come true; only a test that fails waits so long."""
    assert callable(claim)
    end = time.monotonic() + seconds
    while not claim():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


def is_running(pid: int) -> bool:
    """Say whether any thread of a process can still use the processor: one that only waits to be buried cannot."""
    try:
        stats = [(task / "stat").read_text() for task in Path(f"/proc/{pid}/task").iterdir()]
    except OSError:
        return False
    return any(stat.rpartition(")")[2].split()[0] not in "ZX" for stat in stats)


def processor_seconds(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / _TICKS


def resident_peak(pid: int) -> int:
    """The most memory that a process ever had, 0 once it is gone."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM")), 0)


def resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@dataclass
class Watch:
    """Beside a measurement: how long the machine let this process wait, and how much memory the pool's ones took."""

    pool: QueryPool
    stall: float = 0.0
    peak: int = 0
    _done: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> "Watch":
        self._thread = threading.Thread(target=self._look)
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._done.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._done.is_set():
            before = time.monotonic()
            self._done.wait(0.02)
            for pid in self.pool.processes():
                self.peak = max(self.peak, resident_peak(pid))
            self.stall += max(time.monotonic() - before - 0.03, 0.0)

"""One query being carried out, and its answer as it arrives.

Comes in: frames of a query process. Goes out: an `Answer`, whose first part is held back for a moment so that most
failures are still told as what they are, and which then gives bytes as they come. A failure after that is raised from
the iteration: whoever sends the answer on must then break the connection, never end the body as if it were whole.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

from tulieu.answering import ResultKind
from tulieu.errors import CancelledError, NegotiationError, QueryError, SizeLimitError
from tulieu.formats import Format
from tulieu.sparql import frames
from tulieu.sparql.process import ReleasePaths, WorkerProcess, memory_error
from tulieu.store import Dataset

# The first part is held back until it is so large, or so old, or whole.
HELD_BYTES = 65_536
HELD_SECONDS = 0.25


def never() -> bool:
    """Say that nobody left: for callers that cannot tell."""
    return False


@dataclass(frozen=True)
class Job:
    """A query and what it may use; `formats` is the choice for each kind of result that it may turn out to have."""

    query: str
    dataset: Dataset
    formats: Mapping[ResultKind, Format]
    seconds: float
    max_bytes: int
    base_iri: str = ""
    # Why there is no format for a kind, where there is none.
    refusals: Mapping[ResultKind, NegotiationError] = field(default_factory=dict)
    # Above 0, the answer is values for a page: so many rows are kept, all are counted.
    rows: int = 0
    # Another release than the current one.
    paths: ReleasePaths | None = None
    # The limit of time counts from here, waiting included.
    asked: float = field(default_factory=time.monotonic)

    @property
    def deadline(self) -> float:
        """When the answer must be whole, by the monotonic clock."""
        return self.asked + self.seconds

    def message(self) -> bytes:
        """Write the job for a query process."""
        return frames.pack_job(
            {
                "query": self.query,
                "default_graphs": self.dataset.default_graphs,
                "named_graphs": self.dataset.named_graphs,
                "formats": {kind: chosen.name for kind, chosen in self.formats.items()},
                "base_iri": self.base_iri,
                "rows": self.rows,
            }
        )


@dataclass(eq=False)
class Run:
    """A job in the hands of a process; `end` is the pool's, may be called from any thread, and counts once."""

    worker: WorkerProcess
    job: Job
    memory: int
    cancelled: Callable[[], bool]
    end: "Callable[[Run, QueryError | NegotiationError | None, bool], None]"
    at_end: Callable[[], None]
    started: float = field(default_factory=time.monotonic)
    seconds: float = 0.0
    has_ended: bool = False
    failure: QueryError | NegotiationError | None = None


class Answer:
    """An answer of which the first part is here; iterate it, and close it in any case."""

    def __init__(self, run: Run) -> None:
        """Begin with nothing; `read_first_part` comes next, before it, if wanted, `take_arrived`."""
        self._is_read = False
        self._run = run
        self._arrived: list[bytes] = []
        self._size = 0
        self.kind: ResultKind = ""
        self.first_part = b""
        # Known at the end, where the format lets them be counted.
        self.rows: int | None = None
        run.worker.is_awaited = True

    @property
    def format(self) -> Format | None:
        """The format that was chosen for the kind that the result turned out to have."""
        return self._run.job.formats.get(self.kind)

    @property
    def is_complete(self) -> bool:
        """Say whether the whole answer has arrived."""
        return self._is_read

    @property
    def seconds(self) -> float:
        """How long a process was at it, until now or until the end."""
        return self._run.seconds if self._run.has_ended else time.monotonic() - self._run.started

    @property
    def size(self) -> int:
        """The bytes that arrived until now."""
        return self._size

    @property
    def chunks(self) -> Iterator[bytes]:
        """The bytes as they come, from the first one on; to be gone through once."""
        yield self.first_part
        while not self._is_read:
            self._receive(None)
            if self._arrived:
                yield b"".join(self._arrived)

    def read(self) -> bytes:
        """The whole answer at once."""
        try:
            return b"".join(self.chunks)
        finally:
            self.close()

    def close(self) -> None:
        """End the query if it still runs; the process is then replaced."""
        if not self._is_read:
            self._run.end(self._run, CancelledError("The answer was not wanted to its end."), False)
            self._let_go()

    def __del__(self) -> None:
        self.close()

    def fileno(self) -> int:
        """What becomes readable when more arrives."""
        return self._run.worker.fileno()

    def take_arrived(self) -> None:
        """Take what is there to be read; raise what went wrong."""
        kept = self._arrived
        self._receive(None)
        self._arrived = kept + self._arrived

    def read_first_part(self) -> "Answer":
        """Wait for the first part; raise what went wrong before it was complete."""
        kept = self._arrived
        until: float | None = None
        while not self._is_read and self._size < HELD_BYTES:
            # As long as there is no byte to send, there is nothing to gain from an early status.
            seconds = None if until is None else until - time.monotonic()
            if seconds is not None and seconds <= 0:
                break
            self._receive(seconds)
            kept += self._arrived
            if self._size and until is None:
                until = time.monotonic() + HELD_SECONDS
        self.first_part = b"".join(kept)
        return self

    def _receive(self, seconds: float | None) -> None:
        """Take what arrives next into `_arrived`; raise what went wrong."""
        self._arrived = []
        try:
            arrived = self._run.worker.receive(seconds)
        except EOFError:
            if not self._run.has_ended:
                self._run.end(self._run, self._run.worker.explain_death(), False)
            self._give_up()
        for kind, payload in arrived or ():
            if kind == frames.DATA:
                self._take(payload)
            elif kind == frames.READY:
                # A process of this query's own has just started.
                continue
            elif kind == frames.HEAD:
                self.kind = str(frames.unpack_known(payload)["kind"])
            elif kind == frames.END:
                self._let_go()
                told = frames.unpack_known(payload)
                self.rows = told["rows"]
                self._run.end(self._run, None, not told["is_leaving"])
            else:
                self._let_go()
                self._run.end(self._run, _failure(frames.unpack_json(payload), self._run), True)
                self._give_up()

    def _take(self, piece: bytes) -> None:
        self._arrived.append(piece)
        self._size += len(piece)
        limit = self._run.job.max_bytes
        if self._size > limit:
            failure = SizeLimitError(
                f"The answer is larger than its limit of {limit} bytes. Ask for less, for example with LIMIT."
            )
            self._run.end(self._run, failure, False)
            self._give_up()

    def _give_up(self) -> NoReturn:
        self._let_go()
        raise self._run.failure or QueryError("The query was stopped.")

    def _let_go(self) -> None:
        # Before the end is told: from then on the process may be another query's.
        self._is_read = True
        self._run.worker.is_awaited = False


def _failure(told: Mapping[str, Any], run: Run) -> QueryError | NegotiationError:
    if told["reason"] == "memory":
        return memory_error(run.memory)
    if told["reason"] == "format":
        # The pool is asked by code that knows no way to choose, too.
        none = NegotiationError(f"None of the formats asked for can hold the result of this query ({told['text']}).")
        return run.job.refusals.get(told["text"], none)
    return QueryError(told["text"], told["line"], told["column"])

"""A reader's query carried out: in a process of its own, in its turn, within the limits.

Comes in: a question (query, graphs, client, the time that the client gives it) and the choice of a format. Goes out: an
`Answer` to be sent on, or values for a page. Without a pool (under a plain WSGI server that was given none, and in
tests) a query runs in this process, where only its size is limited.
"""

import asyncio
import contextlib
import json
import os
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from tulieu.answering import ResultKind
from tulieu.errors import NegotiationError, WorkerDiedError
from tulieu.formats import Format
from tulieu.sparql.answer import Answer, Job, never
from tulieu.sparql.fair_use import TICK, FairUse, Place, client_of
from tulieu.sparql.functions import custom_functions
from tulieu.sparql.pool import QueryPool
from tulieu.sparql.process import ReleasePaths
from tulieu.store import Blank, Dataset, Iri, Literal, Statement, Store, Table, Term

Value = TypeVar("Value")
Choose = Callable[[ResultKind], Format]
Values = Table | bool | tuple[Statement, ...]

STACK_BYTES = 256 * 1024 * 1024
_KINDS: tuple[ResultKind, ...] = ("rows", "boolean", "graph")
# What a page shows of one cell has no limit of its own; a page of that many bytes would help nobody.
_PAGE_BYTES = 8 * 1024 * 1024
_WHOLE = Dataset()
# threading.stack_size is one value for the whole process: two starts must not meet.
_starting = threading.Lock()


@dataclass(frozen=True)
class Question:
    """What a client asks; `seconds` 0 means as long as the operator allows, `paths` a past release."""

    query: str
    dataset: Dataset = _WHOLE
    client: str = ""
    seconds: float = 0.0
    base_iri: str = ""
    paths: ReleasePaths | None = None
    cancelled: Callable[[], bool] = never
    asked: float = field(default_factory=time.monotonic)


@dataclass(frozen=True)
class Execution:
    """How queries are carried out here."""

    store: Store
    seconds: float
    answer_bytes: int
    pool: QueryPool | None = None
    fair_use: FairUse | None = None


class Result(Protocol):
    """An answer, from wherever it comes; iterate `chunks` once, then close it in any case."""

    @property
    def kind(self) -> ResultKind:
        """What kind of result it is."""

    @property
    def format(self) -> Format | None:
        """The format that was chosen for it."""

    @property
    def rows(self) -> int | None:
        """The rows or statements of the answer, once it is complete and if its format lets them be counted."""

    @property
    def first_part(self) -> bytes:
        """What had arrived when the answer was handed over."""

    @property
    def is_complete(self) -> bool:
        """Say whether that is all."""

    @property
    def seconds(self) -> float:
        """How long the query took, until now or until its end."""

    @property
    def size(self) -> int:
        """The bytes until now."""

    @property
    def chunks(self) -> Iterator[bytes]:
        """The bytes; a failure is raised, and the connection must then be broken."""

    def close(self) -> None:
        """Stop the query if it still runs."""


@dataclass(frozen=True)
class WholeAnswer:
    """An answer that was made in this process."""

    kind: ResultKind
    format: Format | None
    first_part: bytes
    seconds: float
    rows: int | None = None
    is_complete: bool = True

    @property
    def size(self) -> int:
        """The bytes of the answer."""
        return len(self.first_part)

    @property
    def chunks(self) -> Iterator[bytes]:
        """The bytes, at once."""
        yield self.first_part

    def close(self) -> None:
        """Do nothing: the query has ended."""


def execute(execution: Execution, question: Question, choose: Choose) -> Result:
    """Answer a question in the format that `choose` picks for the kind of its result."""
    if execution.pool is None:
        return _execute_here(execution, question, choose)
    return _run(execution, execution.pool, question, _formatted_job(execution, question, choose))


async def begin(execution: Execution, question: Question, chosen: Format) -> Answer | None:
    """Begin to answer a question to the current release, in the event loop: no thread waits with it.

    Comes back with what arrived first, which may be all: `read_first_part` is still to be called, in a thread if not.
    None where only `execute` can do it.
    """
    pool, fair_use = execution.pool, execution.fair_use
    if pool is None or fair_use is None or question.paths is not None:
        return None
    job = _job(execution, question, dict.fromkeys(_KINDS, chosen))
    place = await _enter(fair_use, client_of(question.client), job.deadline, question.cancelled)
    answer = pool.start(job, question.cancelled, place.leave, may_wait=False)
    if answer is None:
        return None
    loop = asyncio.get_running_loop()
    arrived = loop.create_future()
    try:
        # The pool ends what takes too long or is wanted no more: something arrives in any case.
        loop.add_reader(answer.fileno(), _wake, arrived)
        try:
            await arrived
        finally:
            loop.remove_reader(answer.fileno())
            # libuv takes that away, and says so nowhere.
            os.set_blocking(answer.fileno(), True)
        answer.take_arrived()
    except WorkerDiedError as error:
        if not error.was_killed:
            raise
        return None
    except BaseException:
        answer.close()
        raise
    return answer


async def _enter(fair_use: FairUse, client: str, deadline: float, cancelled: Callable[[], bool]) -> Place:
    """`FairUse.enter`, in the event loop."""
    loop = asyncio.get_running_loop()
    called = loop.create_future()
    thread = threading.get_ident()

    def call() -> None:
        if threading.get_ident() == thread:
            _wake(called)
            return
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(_wake, called)

    ticket = fair_use.queue_up(client, call)
    try:
        while not ticket.is_called:
            timer = loop.call_later(TICK, _wake, called)
            await called
            timer.cancel()
            if not ticket.is_called:
                fair_use.check_patience(deadline, cancelled)
                called = loop.create_future()
    except BaseException:
        fair_use.give_back(ticket)
        raise
    return fair_use.take_place(ticket)


def _wake(future: "asyncio.Future[None]") -> None:
    if not future.done():
        future.set_result(None)


def execute_for_page(execution: Execution, question: Question, rows: int) -> Values:
    """Answer a question with values: no more than so many rows or statements of them, though all are counted."""
    if execution.pool is None:
        return with_deep_stack(
            lambda: _store(execution, question).read_answer(question.query, question.dataset, rows, question.base_iri)
        )
    job = _job(execution, question, {}, rows=rows, max_bytes=_PAGE_BYTES)
    answer = _run(execution, execution.pool, question, job)
    try:
        return _read_values(answer.kind, json.loads(b"".join(answer.chunks)))
    finally:
        answer.close()


def with_deep_stack(call: Callable[[], Value]) -> Value:
    """Run a call to its end in a thread of its own with a large stack: the engine's parser and planner recurse."""
    results: list[Value] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(call())
        except BaseException as error:  # noqa: BLE001 - handed to the thread that waits, which raises it
            _let_go(error)
            errors.append(error)

    with _starting:
        previous = threading.stack_size(STACK_BYTES)
        try:
            thread = threading.Thread(target=run, name="sparql-query")
            thread.start()
        finally:
            threading.stack_size(previous)
    thread.join()
    if errors:
        raise errors[0]
    return results[0]


def _let_go(error: BaseException | None) -> None:
    """Drop what the frames of an error hold: a pyoxigraph result must end in the thread in which it began."""
    while error is not None:
        traceback.clear_frames(error.__traceback__)
        error = error.__cause__ or error.__context__


def _job(execution: Execution, question: Question, formats: Mapping[ResultKind, Format], **more: Any) -> Job:
    return Job(
        question.query,
        question.dataset,
        formats,
        seconds=min(question.seconds or execution.seconds, execution.seconds),
        base_iri=question.base_iri,
        paths=question.paths,
        asked=question.asked,
        **{"max_bytes": execution.answer_bytes, **more},
    )


def _formatted_job(execution: Execution, question: Question, choose: Choose) -> Job:
    formats: dict[ResultKind, Format] = {}
    refusals: dict[ResultKind, NegotiationError] = {}
    for kind in _KINDS:
        try:
            formats[kind] = choose(kind)
        except NegotiationError as error:
            refusals[kind] = error
    return _job(execution, question, formats, refusals=refusals)


def _run(execution: Execution, pool: QueryPool, question: Question, job: Job) -> Answer:
    try:
        return _run_in_turn(execution, pool, question, job)
    except WorkerDiedError as error:
        if not error.was_killed:
            raise
        # Ended from outside before a byte of the answer: the query did nothing wrong, so it is carried out once more.
        return _run_in_turn(execution, pool, question, job)


def _run_in_turn(execution: Execution, pool: QueryPool, question: Question, job: Job) -> Answer:
    if execution.fair_use is None:
        return pool.run(job, question.cancelled)
    place: Place = execution.fair_use.enter(client_of(question.client), job.deadline, question.cancelled)
    return pool.run(job, question.cancelled, place.leave)


def _execute_here(execution: Execution, question: Question, choose: Choose) -> WholeAnswer:
    store = _store(execution, question)
    kinds: list[ResultKind] = []

    def note(kind: ResultKind) -> Format:
        kinds.append(kind)
        return choose(kind)

    chosen, body = with_deep_stack(
        lambda: store.write_answer(question.query, question.dataset, note, execution.answer_bytes, question.base_iri)
    )
    return WholeAnswer(kinds[0], chosen, body, time.monotonic() - question.asked)


def _store(execution: Execution, question: Question) -> Store:
    if question.paths is None:
        return execution.store
    return Store(question.paths.store, functions=custom_functions(question.paths.search))


def _read_values(kind: ResultKind, told: dict[str, Any]) -> Values:
    if kind == "boolean":
        return bool(told["boolean"])
    rows = [[_read_term(term) if term else None for term in row] for row in told["rows"]]
    if kind == "graph":
        return tuple(_read_statement(row) for row in rows)
    columns: tuple[str, ...] = tuple(told["columns"])
    named = ({name: term for name, term in zip(columns, row, strict=True) if term is not None} for row in rows)
    return Table(columns, tuple(named), int(told["total"]))


def _read_statement(row: Sequence[Term | None]) -> Statement:
    subject, predicate, value = row
    if not isinstance(subject, Iri | Blank) or not isinstance(predicate, Iri) or value is None:
        raise ValueError(f"{row} is no statement")
    return Statement(subject, predicate, value)


def _read_term(term: Sequence[str]) -> Term:
    match term:
        case ["iri", value]:
            return Iri(value)
        case ["blank", value]:
            return Blank(value)
        case [_, value, language, datatype]:
            return Literal(value, language, datatype)
    raise ValueError(f"{term} is no term")

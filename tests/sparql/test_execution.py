import asyncio
import os
import signal
import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest

from tulieu.errors import (
    BusyError,
    CancelledError,
    FairUseError,
    NegotiationError,
    QueryError,
    TimeLimitError,
)
from tulieu.formats import ROWS_CSV, ROWS_JSON, Format
from tulieu.release import Release
from tulieu.sparql.execution import Execution, Question, begin, execute, execute_for_page, with_deep_stack
from tulieu.sparql.fair_use import FairUse, FairUseLimits
from tulieu.store import Dataset, Iri, Literal, Statement, Store, Table
from tulieu.vocabulary import BASE_IRI

from .processes import MEBIBYTE, open_pool, paths_of, wait_until

ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
CAPTION = Dataset((BASE_IRI + "passage/sample-1/p03.caption",))


@pytest.fixture(scope="module")
def isolated(sample: Release, store: Store) -> Iterator[Execution]:
    with open_pool(sample, 1) as pool:
        fair_use = FairUse(FairUseLimits(places=1, queue=8, budget=0))
        yield Execution(store, 20.0, 64 * MEBIBYTE, pool, fair_use)


@pytest.fixture(params=["isolated", "in this process"])
def execution(request: pytest.FixtureRequest, isolated: Execution) -> Execution:
    return isolated if request.param == "isolated" else Execution(isolated.store, 20.0, 64 * MEBIBYTE)


def csv(kind: str) -> Format:
    if kind == "graph":
        raise NegotiationError("no graphs here")
    return ROWS_CSV if kind == "rows" else ROWS_JSON


def test_an_answer_is_the_same_in_both_ways(execution: Execution) -> None:
    answer = execute(execution, Question("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", CAPTION), csv)
    assert b"".join(answer.chunks) == b"n\r\n5\r\n"
    assert (answer.kind, answer.format, answer.is_complete, answer.size) == ("rows", ROWS_CSV, True, 6)
    assert answer.seconds > 0
    answer.close()


def test_the_choice_of_a_format_counts_for_the_kind_that_comes_out_alone(execution: Execution) -> None:
    assert execute(execution, Question("ASK {}"), csv).kind == "boolean"
    with pytest.raises(NegotiationError, match="no graphs here"):
        execute(execution, Question("CONSTRUCT WHERE { ?s ?p ?o }"), csv)


def test_a_page_gets_values(execution: Execution) -> None:
    query = 'SELECT ?a ?b ?c { VALUES (?a ?b) { (<a:a> "x"@vi) (UNDEF 1) (<a:c> "z") } }'
    table = execute_for_page(execution, Question(query), 2)
    assert isinstance(table, Table)
    assert (table.columns, table.total) == (("a", "b", "c"), 3)
    language = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"
    assert [dict(row) for row in table.rows] == [
        {"a": Iri("a:a"), "b": Literal("x", "vi", language)},
        {"b": Literal("1", "", "http://www.w3.org/2001/XMLSchema#integer")},
    ]
    assert execute_for_page(execution, Question("ASK {}"), 1) is True
    graph = execute_for_page(execution, Question("CONSTRUCT { <a:a> <a:b> <a:c> } {}"), 1)
    assert graph == (Statement(Iri("a:a"), Iri("a:b"), Iri("a:c")),)


def test_a_past_release_is_asked_instead_of_the_current_one(execution: Execution, release: Release) -> None:
    query = f"ASK {{ GRAPH <{BASE_IRI}graph/passages> {{ ?passage ?p <{BASE_IRI}article/ttxvn-lai-chau-1> }} }}"
    past = execute_for_page(execution, Question(query, paths=paths_of(release)), 1)
    assert (past, execute_for_page(execution, Question(query), 1)) == (True, False)


def test_a_syntax_error_is_told_with_its_place(execution: Execution) -> None:
    with pytest.raises(QueryError) as caught:
        execute(execution, Question("SELECT * {\n ?s ?p"), csv)
    assert caught.value.line == 2


def test_the_time_of_the_client_counts_within_that_of_the_operator(isolated: Execution) -> None:
    with pytest.raises(TimeLimitError, match=r"limit of 0\.2 s"):
        execute(isolated, Question(ENDLESS, seconds=0.2), csv)
    with pytest.raises(TimeLimitError, match=r"limit of 0\.3 s"):
        execute(replace(isolated, seconds=0.3), Question(ENDLESS, seconds=99.0), csv)


def test_a_client_that_left_is_not_served(isolated: Execution) -> None:
    with pytest.raises(CancelledError):
        execute(isolated, Question(ENDLESS, cancelled=lambda: True), csv)


def test_waiting_counts_as_time_of_the_query(isolated: Execution) -> None:
    pool = isolated.pool
    assert pool
    endings: list[type] = []

    def run() -> None:
        try:
            execute(isolated, Question(ENDLESS, seconds=1.5), csv)
        except QueryError as error:
            endings.append(type(error))

    thread = threading.Thread(target=run)
    thread.start()
    assert wait_until(lambda: pool.state.running == 1)
    with pytest.raises(BusyError):
        execute(isolated, Question("ASK {}", seconds=0.2), csv)
    thread.join()
    assert endings == [TimeLimitError]


def test_what_a_client_uses_is_counted_however_its_queries_end(isolated: Execution) -> None:
    fair_use = FairUse(FairUseLimits(places=1, budget=0.5))
    counted = replace(isolated, fair_use=fair_use)
    execute(counted, Question("ASK {}", client="192.0.2.1"), csv).close()
    with pytest.raises(TimeLimitError):
        execute(counted, Question(ENDLESS, client="192.0.2.1", seconds=0.6), csv)
    with pytest.raises(FairUseError) as caught:
        execute(counted, Question("ASK {}", client="192.0.2.1"), csv)
    assert 1 <= caught.value.retry_after <= 61
    assert execute(counted, Question("ASK {}", client="192.0.2.2"), csv).kind == "boolean"


def test_a_process_that_was_killed_before_it_got_the_query_is_not_noticed(isolated: Execution) -> None:
    assert isolated.pool
    for _ in range(3):
        for pid in isolated.pool.processes():
            os.kill(pid, signal.SIGKILL)
        assert execute(isolated, Question("ASK {}"), csv).kind == "boolean"


def test_a_call_runs_in_a_thread_of_its_own_and_gives_its_result() -> None:
    assert with_deep_stack(threading.get_ident) != threading.get_ident()


def test_an_error_comes_back_to_who_waits() -> None:
    def fail() -> None:
        raise ValueError("told")

    with pytest.raises(ValueError, match="told"):
        with_deep_stack(fail)


def test_the_stack_size_of_other_threads_is_left_alone() -> None:
    before = threading.stack_size()
    with_deep_stack(lambda: None)
    assert threading.stack_size() == before


async def begun(execution: Execution, question: Question) -> bytes | None:
    answer = await begin(execution, question, csv("rows"))
    if answer is None:
        return None
    # The loop has made it otherwise; threads read it next.
    assert os.get_blocking(answer.fileno())
    return await asyncio.to_thread(lambda: answer.read_first_part().read())


def test_an_answer_begun_in_the_event_loop_is_the_same(isolated: Execution) -> None:
    for query in ("SELECT (1 AS ?n) {}", "SELECT ?s ?p ?o ?x { ?s ?p ?o . ?x ?y ?z } LIMIT 20000"):
        answer = execute(isolated, Question(query), csv)
        whole = b"".join(answer.chunks)
        answer.close()
        assert asyncio.run(begun(isolated, Question(query))) == whole


def test_many_begun_at_once_wait_for_their_turn(isolated: Execution) -> None:
    async def ask() -> list[bytes | None]:
        asked = (Question(f"SELECT ({n} AS ?n) {{}}", client=f"10.0.0.{n}") for n in range(9))
        return await asyncio.gather(*(begun(isolated, each) for each in asked))

    assert asyncio.run(ask()) == [b"n\r\n%d\r\n" % n for n in range(9)]


def test_what_ends_a_query_ends_one_begun_in_the_event_loop(isolated: Execution) -> None:
    has_left = threading.Event()

    async def leave() -> None:
        first = asyncio.create_task(begun(isolated, Question(ENDLESS, cancelled=has_left.is_set)))
        await asyncio.sleep(0.1)
        # One that leaves while it waits for its turn, one that leaves while a process is at it.
        with pytest.raises(CancelledError):
            await begun(isolated, Question("ASK {}", client="10.0.0.1", cancelled=lambda: True))
        has_left.set()
        with pytest.raises(CancelledError):
            await first

    asyncio.run(leave())
    with pytest.raises(TimeLimitError):
        asyncio.run(begun(isolated, Question(ENDLESS, seconds=0.3)))
    with pytest.raises(QueryError):
        asyncio.run(begun(isolated, Question("SELECT nothing")))
    assert asyncio.run(begun(isolated, Question("ASK {}"))) is not None


def test_what_the_event_loop_cannot_do_is_left_to_a_thread(isolated: Execution, sample: Release) -> None:
    for execution in (replace(isolated, pool=None), replace(isolated, fair_use=None)):
        assert asyncio.run(begun(execution, Question("ASK {}"))) is None
    assert asyncio.run(begun(isolated, Question("ASK {}", paths=paths_of(sample)))) is None

import json
import os
import signal
import threading
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from tulieu.errors import (
    BusyError,
    CancelledError,
    NegotiationError,
    QueryError,
    SizeLimitError,
    TimeLimitError,
    WorkerDiedError,
)
from tulieu.formats import N_TRIPLES, ROWS_CSV, ROWS_XML
from tulieu.release import Release
from tulieu.sparql.answer import HELD_BYTES, Answer
from tulieu.sparql.pool import QueryPool
from tulieu.sparql.process import ProcessLimits, ReleasePaths
from tulieu.store import Dataset
from tulieu.vocabulary import BASE_IRI

from .processes import MEBIBYTE, job, open_pool, paths_of, wait_until

TRUE = b'{"head":{},"boolean":true}'
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
# Some thousand rows: more than what is held back, less than any limit.
LARGE = "SELECT ?s ?p ?o { ?s ?p ?o }"
FLOOD = "SELECT ?a ?c ?f { ?a ?b ?c . ?d ?e ?f }"


@pytest.fixture(scope="module")
def pool(sample: Release) -> Iterator[QueryPool]:
    with open_pool(sample, 2) as pool:
        yield pool


@pytest.fixture
def own_pool(sample: Release) -> Iterator[QueryPool]:
    """A pool that a test may harm."""
    with open_pool(sample, 1) as pool:
        yield pool


def run_aside(pool: QueryPool, query: str, seconds: float = 30.0) -> "tuple[threading.Thread, list[BaseException]]":
    """Start a query in a thread; its error is put into the list."""
    errors: list[BaseException] = []

    def run() -> None:
        try:
            pool.run(job(query, seconds)).read()
        except QueryError as error:
            errors.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    assert wait_until(lambda: pool.state.running >= 1)
    return thread, errors


def test_a_process_is_kept_however_large_the_server_is(sample: Release) -> None:
    large = b"x" * (200 * MEBIBYTE)
    with open_pool(sample, 1, 400 * MEBIBYTE) as pool:
        assert wait_until(lambda: pool.state.ready == 2, 30)
        before = set(pool.processes())
        for _ in range(4):
            pool.run(job("ASK {}")).close()
        assert set(pool.processes()) == before
    assert len(large) == 200 * MEBIBYTE


def test_a_process_that_keeps_too_much_memory_is_replaced(sample: Release) -> None:
    # A process begins with some 30 MiB, more than the quarter that it may keep here.
    pool = QueryPool(paths_of(sample), 1, ProcessLimits(memory=80 * MEBIBYTE, stack=8 * MEBIBYTE))
    try:
        assert pool.wait_until_ready(30)
        before = set(pool.processes())
        assert pool.run(job("ASK {}")).read() == TRUE
        assert wait_until(lambda: len(before - set(pool.processes())) == 1)
        assert pool.run(job("ASK {}")).read() == TRUE
    finally:
        pool.close()


def test_each_kind_of_answer_comes_in_its_format(pool: QueryPool) -> None:
    boolean = pool.run(job("ASK {}"))
    assert (boolean.kind, boolean.is_complete, boolean.first_part) == ("boolean", True, TRUE)
    rows = pool.run(replace(job("SELECT ?x { BIND(1 AS ?x) }"), formats={"rows": ROWS_CSV}))
    assert (rows.kind, rows.format, rows.read()) == ("rows", ROWS_CSV, b"x\r\n1\r\n")
    graph = pool.run(replace(job("CONSTRUCT { <a:a> <a:b> 1 } {}"), formats={"graph": N_TRIPLES}))
    assert graph.kind == "graph"
    assert graph.read().startswith(b"<a:a> <a:b> ")


def test_what_is_small_is_whole_before_it_is_handed_over_and_holds_no_process(pool: QueryPool) -> None:
    answers = [pool.run(job("ASK {}")) for _ in range(5)]
    assert all(answer.is_complete for answer in answers)
    assert pool.state.running == 0


def test_what_is_large_comes_in_pieces_and_is_the_same(pool: QueryPool) -> None:
    answer = pool.run(job(LARGE))
    assert not answer.is_complete
    assert len(answer.first_part) >= HELD_BYTES
    chunks = list(answer.chunks)
    assert len(chunks) > 1
    rows = json.loads(b"".join(chunks))["results"]["bindings"]
    counted = json.loads(pool.run(job("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")).read())["results"]["bindings"]
    assert len(rows) == int(counted[0]["n"]["value"])
    assert answer.size == sum(map(len, chunks))


def test_values_for_a_page_are_counted_to_the_end_and_kept_as_far_as_asked(pool: QueryPool) -> None:
    told = json.loads(pool.run(replace(job(LARGE), rows=3, formats={})).read())
    assert told["columns"] == ["s", "p", "o"]
    assert len(told["rows"]) == 3 < told["total"]
    graph = json.loads(pool.run(replace(job('CONSTRUCT { <a:a> <a:b> "c"@vi } {}'), rows=3, formats={})).read())
    language = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"
    assert graph["rows"] == [[["iri", "a:a"], ["iri", "a:b"], ["literal", "c", "vi", language]]]


def test_the_graphs_of_the_request_are_the_dataset(pool: QueryPool) -> None:
    query = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    dataset = Dataset((BASE_IRI + "passage/sample-1/p03.caption",))
    answer = pool.run(replace(job(query), dataset=dataset, formats={"rows": ROWS_CSV}))
    assert answer.read() == b"n\r\n5\r\n"


def test_errors_of_a_query_are_told_and_cost_no_process(pool: QueryPool) -> None:
    before = set(pool.processes())
    with pytest.raises(QueryError) as caught:
        pool.run(job("SELECT * {\n ?s ?p"))
    assert caught.value.line == 2
    with pytest.raises(QueryError, match="no-such-function"):
        pool.run(job("SELECT (<a:no-such-function>(1) AS ?x) {}"))
    with pytest.raises(QueryError, match="not SPARQL"):
        pool.run(job("CLEAR ALL"))
    assert set(pool.processes()) == before


def test_a_format_that_does_not_fit_is_refused_with_the_reason_given(pool: QueryPool) -> None:
    reason = NegotiationError("told")
    with pytest.raises(NegotiationError, match="told"):
        pool.run(replace(job("ASK {}"), formats={"graph": N_TRIPLES}, refusals={"boolean": reason}))
    with pytest.raises(NegotiationError, match="boolean"):
        pool.run(replace(job("ASK {}"), formats={"graph": N_TRIPLES}))


def test_xml_is_well_formed_whatever_the_literal(pool: QueryPool) -> None:
    answer = pool.run(replace(job('SELECT ("a\\u0001b" AS ?x) {}'), formats={"rows": ROWS_XML}))
    assert "a\ufffdb" in answer.read().decode()


def test_a_query_that_is_too_slow_is_stopped_and_its_process_replaced(own_pool: QueryPool) -> None:
    before = set(own_pool.processes())
    with pytest.raises(TimeLimitError, match=r"limit of 0\.3 s"):
        own_pool.run(job(ENDLESS, 0.3))
    assert own_pool.run(job("ASK {}")).read() == TRUE
    assert wait_until(lambda: own_pool.state.ready == 2)
    assert len(before - set(own_pool.processes())) == 1
    assert own_pool.state.endings == {"TimeLimitError": 1, "done": 1}


def test_the_limit_of_time_holds_while_nobody_reads_the_answer(own_pool: QueryPool) -> None:
    answer = own_pool.run(job(FLOOD, 1.0, 2**40))
    assert wait_until(lambda: own_pool.state.running == 0)
    with pytest.raises(TimeLimitError):
        for _ in answer.chunks:
            pass


def test_an_answer_that_is_too_large_is_cut_with_an_error(own_pool: QueryPool) -> None:
    with pytest.raises(SizeLimitError, match="100 bytes"):
        own_pool.run(job(LARGE, max_bytes=100))
    answer = own_pool.run(job(LARGE, max_bytes=HELD_BYTES * 8))
    with pytest.raises(SizeLimitError):
        answer.read()
    assert own_pool.run(job("ASK {}")).read() == TRUE


def test_a_client_that_leaves_before_the_first_byte_frees_the_process(own_pool: QueryPool) -> None:
    has_left = threading.Event()
    threading.Timer(0.2, has_left.set).start()
    with pytest.raises(CancelledError):
        own_pool.run(job(ENDLESS), has_left.is_set)
    assert own_pool.state.running == 0


def test_a_client_that_leaves_in_the_midst_frees_the_process(own_pool: QueryPool) -> None:
    answer = own_pool.run(job(FLOOD, max_bytes=2**40))
    assert own_pool.state.running == 1
    answer.close()
    answer.close()
    assert own_pool.state.running == 0
    # Also one that nobody closed, once it is forgotten.
    answer = own_pool.run(job(FLOOD, max_bytes=2**40))
    del answer
    assert own_pool.state.running == 0


def test_who_costs_processes_keeps_its_place_until_there_is_one_again(own_pool: QueryPool) -> None:
    ready_at_end: list[int] = []
    for _ in range(4):
        with pytest.raises(TimeLimitError):
            own_pool.run(job(ENDLESS, 0.1), at_end=lambda: ready_at_end.append(own_pool.state.ready))
        assert wait_until(lambda: own_pool.state.ready >= 1, 30)
    assert wait_until(lambda: len(ready_at_end) == 4, 30)
    assert min(ready_at_end) >= 1


def test_the_end_is_told_once_however_a_query_ends(own_pool: QueryPool) -> None:
    ends: list[float] = []

    def end() -> None:
        ends.append(time.monotonic())

    own_pool.run(job("ASK {}"), at_end=end).close()
    for query, seconds in (("ASK", 9.0), (ENDLESS, 0.3), ("ASK {}", -1.0)):
        with pytest.raises(QueryError):
            own_pool.run(job(query, seconds), lambda: seconds < 0, end)  # noqa: B023 - called within the round
    assert wait_until(lambda: len(ends) >= 4)
    assert len(ends) == 4


def test_a_process_that_is_killed_loses_its_query_alone(sample: Release) -> None:
    with open_pool(sample, 2) as pool:
        assert wait_until(lambda: pool.state.ready == 3, 30)
        before = set(pool.processes())
        thread, errors = run_aside(pool, ENDLESS)
        busy = next(each.pid for each in pool._running)
        os.kill(busy, signal.SIGKILL)
        thread.join()
        assert [type(error) for error in errors] == [WorkerDiedError]
        assert "from outside" in str(errors[0])
        assert pool.run(job("ASK {}")).read() == TRUE
        assert wait_until(lambda: pool.state.ready == 3, 30)
        assert before - set(pool.processes()) == {busy}


def test_processes_that_are_killed_while_idle_are_replaced(own_pool: QueryPool) -> None:
    before = own_pool.processes()
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    assert wait_until(lambda: not set(before) & set(own_pool.processes()))
    assert own_pool.run(job("ASK {}")).read() == TRUE
    assert wait_until(lambda: own_pool.state.ready == 2, 30)


def test_a_query_that_finds_no_process_free_is_told_so_in_its_time(own_pool: QueryPool) -> None:
    thread, errors = run_aside(own_pool, ENDLESS, 2.0)
    with pytest.raises(BusyError):
        own_pool.run(job("ASK {}", 0.2))
    with pytest.raises(CancelledError):
        own_pool.run(job("ASK {}"), lambda: True)
    thread.join()
    assert [type(error) for error in errors] == [TimeLimitError]


def test_a_query_to_a_past_release_gets_a_process_of_its_own(pool: QueryPool, release: Release) -> None:
    before = set(pool.processes())
    query = f"ASK {{ GRAPH <{BASE_IRI}graph/passages> {{ ?passage ?p <{BASE_IRI}article/ttxvn-lai-chau-1> }} }}"
    elsewhere = pool.run(replace(job(query), paths=paths_of(release)))
    assert (elsewhere.read(), pool.run(job(query)).read() == TRUE) == (TRUE, False)
    assert set(pool.processes()) == before


def test_a_release_that_cannot_be_opened_is_an_error_of_the_query(pool: QueryPool, sample: Release) -> None:
    paths = ReleasePaths(sample.folder / "no-store", sample.search_path)
    with pytest.raises(WorkerDiedError, match="no-store"):
        pool.run(replace(job("ASK {}"), paths=paths))


def test_a_pool_that_closes_lets_queries_end_and_takes_no_more(sample: Release) -> None:
    with open_pool(sample, 1) as pool:
        processes = pool.processes()
        answer: Answer = pool.run(job(FLOOD, 60, 2**40))
        thread, errors = threading.Thread(target=pool.close, args=(20.0,)), []
        thread.start()
        assert wait_until(lambda: pool.state.ready == 0)
        with pytest.raises(BusyError):
            pool.run(job("ASK {}"))
        assert pool.state.running == 1
        answer.close()
        thread.join()
        assert errors == []
        assert not any(os.path.exists(f"/proc/{pid}") for pid in processes)


def test_a_pool_over_a_store_that_is_not_there_says_so_and_stays_quiet(
    sample: Release, caplog: pytest.LogCaptureFixture
) -> None:
    pool = QueryPool(ReleasePaths(sample.folder / "no-store", sample.search_path), 1)
    try:
        with pytest.raises(BusyError):
            pool.run(job("ASK {}", 1.5))
        assert "no-store" in caplog.text
        # Each attempt waits longer than the one before.
        assert 1 <= len(caplog.records) < 20
    finally:
        pool.close()

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
from tulieu.sparql.execution import Execution, Question, execute, execute_for_page, with_deep_stack
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

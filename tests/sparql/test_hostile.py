"""Queries that are out to take the server down: each is answered in time, and leaves nothing behind.

The limits are a contract, so they are asserted; the seconds that the machine was busy with something else (`Watch`
measures them) are added to what a query may take.
"""

import itertools
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tulieu.errors import (
    MemoryLimitError,
    QueryError,
    SizeLimitError,
    TimeLimitError,
    WorkerDiedError,
)
from tulieu.release import Release
from tulieu.sparql.execution import Execution, Question, execute
from tulieu.sparql.fair_use import FairUse, FairUseLimits
from tulieu.sparql.pool import QueryPool
from tulieu.store import Store
from tulieu.vocabulary import FUNCTION_IRI

from .processes import FORMATS, MEBIBYTE, Watch, is_running, job, open_pool, processor_seconds, resident, wait_until

SECONDS = 2.0
LATE = 0.5
MEMORY = 512 * MEBIBYTE
ANSWER_BYTES = 16 * MEBIBYTE
CROSS = "?a ?b ?c . ?d ?e ?f . ?g ?h ?i"
STOPPED = (TimeLimitError, MemoryLimitError)
CUT = (TimeLimitError, SizeLimitError)
TAG = "https://a.example/"


@dataclass(frozen=True)
class Attack:
    """One query, and how it may end; `bool` is a true answer."""

    name: str
    query: str
    endings: tuple[type, ...]


def nested(opening: str, closing: str, depth: int, inside: str = "") -> str:
    return opening * depth + inside + closing * depth


VALUES = " ".join(f"VALUES ?v{number} {{ {' '.join(map(str, range(60)))} }}" for number in range(8))
DOUBLING = " ".join(f"BIND(CONCAT(?x{number}, ?x{number}) AS ?x{number + 1})" for number in range(36))
CHAIN = " . ".join(f"?x{number} ?p{number} ?x{number + 1}" for number in range(1000))
# The twelve of the reading (section 6, requirement 4).
OF_THE_READING = (
    Attack("cross count", f"SELECT (COUNT(*) AS ?n) {{ {CROSS} }}", STOPPED),
    Attack("cross stream", f"SELECT * {{ {CROSS} }}", CUT),
    Attack("order by", f"SELECT * {{ {CROSS} }} ORDER BY ?i LIMIT 10", STOPPED),
    Attack("distinct", f"SELECT DISTINCT ?a ?d ?g {{ {CROSS} }}", (*STOPPED, SizeLimitError)),
    Attack("group by", f"SELECT ?a ?d ?g (COUNT(*) AS ?n) {{ {CROSS} }} GROUP BY ?a ?d ?g", STOPPED),
    Attack("values", f"SELECT (COUNT(*) AS ?n) {{ {VALUES} }}", STOPPED),
    Attack("path closure", "SELECT (COUNT(*) AS ?n) { ?a (!<a:a>|^!<a:a>)* ?b . ?b (!<a:a>)* ?c }", STOPPED),
    Attack("1000 patterns", f"SELECT * {{ {CHAIN} }}", STOPPED),
    Attack("10000 parentheses", f"ASK {{ FILTER({nested('(', ')', 10_000, '1')}) }}", (bool, WorkerDiedError)),
    Attack("doubling", f"SELECT (STRLEN(?x36) AS ?n) {{ BIND('0123456789' AS ?x0) {DOUBLING} }}", STOPPED),
    Attack("regular expression", f"ASK {{ FILTER(REGEX('{'a' * 40}b', '^(a+)+$')) }}", (bool,)),
    Attack("six steps", "SELECT (COUNT(*) AS ?n) { ?a !<a:a>/!<a:a>/^!<a:a>/!<a:a>/^!<a:a>/!<a:a> ?b }", STOPPED),
)
OURS = (
    Attack("million parentheses", f"ASK {{ FILTER({nested('(', ')', 1_000_000, '1')}) }}", (WorkerDiedError,)),
    Attack("nested groups", f"ASK {{ {nested('{', '}', 300_000)} }}", (WorkerDiedError, *STOPPED)),
    Attack("nested EXISTS", f"ASK {{ {nested('FILTER EXISTS {', '}', 20_000)} }}", (bool, WorkerDiedError, *STOPPED)),
    Attack("nested lists", f"ASK {{ ?s ?p {nested('[ ?q ', ']', 1000, '1')} }}", (bool, *STOPPED, WorkerDiedError)),
    Attack("unions", f"SELECT * {{ {' UNION '.join(['{ ' + CROSS + ' }'] * 500)} }}", (*STOPPED, SizeLimitError)),
    Attack(
        "optionals",
        f"SELECT * {{ {' '.join(f'OPTIONAL {{ ?a{n} ?b{n} ?c{n} }}' for n in range(40))} }}",
        (*CUT, MemoryLimitError),
    ),
    Attack("functions of ours", f"SELECT (COUNT(*) AS ?n) {{ {CROSS} FILTER(<{FUNCTION_IRI}fold>(?c)) }}", STOPPED),
    Attack(
        "searches",
        f"SELECT (COUNT(*) AS ?n) {{ {CROSS} FILTER(<{FUNCTION_IRI}matches>(?a, STR(?i))) }}",
        STOPPED,
    ),
    Attack("large pattern", "ASK { FILTER(REGEX('a', '((((a{99}){99}){99}){99})')) }", (bool, *STOPPED)),
    Attack("group concat", f"SELECT (GROUP_CONCAT(CONCAT(STR(?a), STR(?d))) AS ?x) {{ {CROSS} }}", STOPPED),
    Attack("construct", f"CONSTRUCT {{ ?a ?b ?i }} WHERE {{ {CROSS} }}", (*CUT, MemoryLimitError)),
    Attack("describe", f"DESCRIBE ?a ?d ?g {{ {CROSS} }}", (*CUT, MemoryLimitError)),
    Attack("page", f"SELECT ?a ?d {{ {CROSS} }}", STOPPED),
    Attack("graphs", f"SELECT (COUNT(*) AS ?n) {{ GRAPH ?x {{ {CROSS} }} GRAPH ?y {{ ?j ?k ?l }} }}", STOPPED),
    Attack("minus", f"SELECT (COUNT(*) AS ?n) {{ {CROSS} MINUS {{ ?c ?y ?z . ?u ?v ?w }} }}", STOPPED),
    Attack("not a query", "SELECT \x00\ud800 {", (QueryError,)),
)


@pytest.fixture(scope="module")
def pool(sample: Release) -> Iterator[QueryPool]:
    with open_pool(sample, 1, MEMORY) as pool:
        yield pool


def attack(pool: QueryPool, attack: Attack, seconds: float) -> tuple[type, int]:
    """Let a query loose; gives how it ended and the bytes that were sent before."""
    size = 0
    rows = 500 if attack.name == "page" else 0
    try:
        answer = pool.run(job(attack.query, seconds, ANSWER_BYTES, rows=rows))
        for chunk in answer.chunks:
            size += len(chunk)
    except QueryError as error:
        return type(error), size
    return bool, size


def test_the_twelve_of_the_reading_and_as_many_of_ours_are_here() -> None:
    assert len(OF_THE_READING) == 12
    assert len(OURS) >= 12


@pytest.mark.parametrize("hostile", [*OF_THE_READING, *OURS], ids=lambda each: each.name)
def test_a_hostile_query_is_answered_in_time_and_leaves_nothing_behind(pool: QueryPool, hostile: Attack) -> None:
    pool.run(job("ASK {}")).close()
    assert wait_until(lambda: pool.state.ready == 2, 30)
    own, before = resident(), set(pool.processes())
    with Watch(pool) as watch:
        start = time.monotonic()
        ending, _ = attack(pool, hostile, SECONDS)
        taken = time.monotonic() - start
    assert ending in hostile.endings
    assert taken < SECONDS + LATE + watch.stall
    assert watch.peak <= MEMORY * 1.05
    with Watch(pool) as watch:
        start = time.monotonic()
        assert pool.run(job("ASK {}")).read() == b'{"head":{},"boolean":true}'
        taken = time.monotonic() - start
    assert taken < LATE + watch.stall
    # A process of before that is not one of the pool's any more was the query's: it is gone, or it has answered.
    assert wait_until(lambda: not any(map(is_running, before - set(pool.processes()))), 1 + watch.stall)
    assert wait_until(lambda: pool.state.ready == 2, 30)
    assert is_idle(pool)
    # Nothing of the query stays: what was read of an answer was given on.
    assert resident() - own < 20 * MEBIBYTE + len(hostile.query) * 16


def test_who_asks_beside_a_client_that_floods_is_answered_at_once(sample: Release, store: Store) -> None:
    hostile = [each.query for each in OF_THE_READING]
    endings: Counter[type] = Counter()
    is_over = threading.Event()
    with open_pool(sample, 2, MEMORY) as pool:
        execution = Execution(store, 0.7, ANSWER_BYTES, pool, FairUse(FairUseLimits(places=2, queue=16, budget=0)))

        def flood(number: int) -> None:
            for query in itertools.islice(itertools.cycle(hostile), number, None):
                if is_over.is_set():
                    return
                try:
                    answer = execute(execution, Question(query, client="192.0.2.1"), lambda kind: FORMATS[kind])
                    for _ in answer.chunks:
                        pass
                except QueryError as error:
                    endings[type(error)] += 1
                    # As who keeps to nothing, but as many threads of one interpreter must share it.
                    is_over.wait(0.02)

        threads = [threading.Thread(target=flood, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        try:
            with Watch(pool) as watch:
                for _ in range(20):
                    stall, start = watch.stall, time.monotonic()
                    answer = execute(execution, Question("ASK {}", client="192.0.2.2"), lambda kind: FORMATS[kind])
                    assert answer.first_part == b'{"head":{},"boolean":true}'
                    assert time.monotonic() - start < LATE + watch.stall - stall
                    time.sleep(0.1)
        finally:
            is_over.set()
            for thread in threads:
                thread.join()
        assert watch.peak <= MEMORY * 1.05
        assert endings[TimeLimitError] + endings[MemoryLimitError] >= 2
        assert pool.state.running == 0
        assert is_idle(pool)


def is_idle(pool: QueryPool) -> bool:
    """Say whether the pool's processes come to rest."""

    def rests() -> bool:
        before = {pid: processor_seconds(pid) for pid in pool.processes()}
        time.sleep(0.1)
        return sum(processor_seconds(pid) - seconds for pid, seconds in before.items()) < 0.03

    return wait_until(rests, 2)

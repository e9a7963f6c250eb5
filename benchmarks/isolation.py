"""What it costs that queries run in processes of their own: a small query in this process and through the pool.

Comes in: a release. Goes out: the difference of the medians, in seconds, over queries in turn, so that what disturbs
the machine disturbs both.
"""

import statistics
import time
from collections.abc import Callable
from itertools import count

from tulieu.answering import ResultKind
from tulieu.formats import ROWS_JSON, Format
from tulieu.release import Release
from tulieu.sparql.execution import Execution, Question, execute
from tulieu.sparql.functions import custom_functions
from tulieu.sparql.pool import QueryPool
from tulieu.sparql.process import ReleasePaths
from tulieu.store import Dataset, Store

_QUERIES, _WARMING = 1000, 100
_SECONDS, _BYTES = 30.0, 1_000_000


def measure_isolation(release: Release) -> float:
    """Give the seconds that the pool adds to a small query, at the median."""
    store = Store(release.store_path, functions=custom_functions(release.search_path))
    pool = QueryPool(ReleasePaths(release.store_path, release.search_path), size=2)
    execution = Execution(store, _SECONDS, _BYTES, pool)
    texts = (f"ASK {{ <{release.base_iri}id/{number}> ?p ?o }}" for number in count())

    def choose(_: ResultKind) -> Format:
        return ROWS_JSON

    def through_pool(text: str) -> None:
        answer = execute(execution, Question(text), choose)
        try:
            b"".join(answer.chunks)
        finally:
            answer.close()

    def in_process(text: str) -> None:
        store.write_answer(text, Dataset(), choose, _BYTES)

    try:
        pool.wait_until_ready()
        for _ in range(_WARMING):
            through_pool(next(texts))
            in_process(next(texts))
        there, here = [], []
        for _ in range(_QUERIES):
            there.append(_seconds(through_pool, next(texts)))
            here.append(_seconds(in_process, next(texts)))
    finally:
        pool.close()
    return statistics.median(there) - statistics.median(here)


def _seconds(call: Callable[[str], None], text: str) -> float:
    begun = time.perf_counter()
    call(text)
    return time.perf_counter() - begun

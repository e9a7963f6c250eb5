"""Hostile queries over HTTP, from several clients at once, while readers read: nobody else may notice.

The server is the real one over the real release, with short limits. What a query may do alone is in `test_hostile`.
"""

import http.client
import itertools
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from ..real_release import real_release
from ..real_server import Running, children, serve, until
from .processes import MEBIBYTE, is_running, processor_seconds, resident_peak
from .test_hostile import CROSS, OF_THE_READING, nested

pytestmark = pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="looks for processes in /proc")

MEMORY = 512
SETTINGS = {
    "TULIEU_QUERY_SECONDS": "20",
    "TULIEU_QUERY_MEMORY": str(MEMORY),
    "TULIEU_QUERY_PROCESSES": "2",
    "TULIEU_ANSWER_BYTES": str(4 * MEBIBYTE),
    # Each client here has an address of its own, and as much query time as it likes.
    "TULIEU_TRUSTED_PROXIES": "127.0.0.1",
    "TULIEU_QUERY_BUDGET": "0",
}
# What who attacks asks for; who asks a small thing beside has to wait for its turn, and may.
TIMEOUT = "?timeout=1"
CLIENTS = 4
FALSE = b'{"head":{},"boolean":false}'
REFUSED = (400,)
# What is cheap for the engine is answered, unless others of its kind kept the processes busy until its time was over.
CROWDED = (503,)
LIMITED = (422, 503, 504)
BROKEN = 0
PAGES = ("", "doc/person-ho-chi-minh", "health", "browse")
READER = {"X-Forwarded-For": "192.0.2.200"}


@dataclass(frozen=True)
class Hostile:
    """A query, and the ends it may have: statuses, `BROKEN`, or the one true answer there is."""

    name: str
    query: str
    ends: tuple[int, ...] = (*LIMITED, BROKEN)
    answer: bytes = b""


def chain(expression: str, steps: int, start: str) -> str:
    """Bind each variable to an expression over the one before."""
    bound = " ".join(f"BIND({expression.replace('?x', f'?x{n}')} AS ?x{n + 1})" for n in range(steps))
    return f"SELECT (STRLEN(?x{steps}) AS ?n) {{ BIND('{start}' AS ?x0) {bound} }}"


NUMBERS = " ".join(map(str, range(3000)))
REPEATED = " . ".join(f"?a <urn:x:{number}> ?i" for number in range(200))
INSIDE = (
    "SELECT (GROUP_CONCAT(?x0) AS ?x1) { SELECT (GROUP_CONCAT(CONCAT(STR(?a), STR(?i))) AS ?x0) { %s } GROUP BY ?d }"
)
# The twelve of the reading end as they may here, but for one that is refused and one that is answered.
ENDS_OF_THE_READING = {"10000 parentheses": REFUSED, "regular expression": CROWDED}
OURS = (
    Hostile("path in a path", "SELECT (COUNT(*) AS ?n) { ?a ((!<a:a>)*/(^!<a:a>)+)* ?b . ?b ((!<a:a>)+/!<a:a>?)+ ?c }"),
    Hostile("path without an end", "SELECT * { ?a (!<a:a>|^!<a:a>)* ?b . ?c (!<a:a>|^!<a:a>)* ?d } ORDER BY ?d"),
    Hostile("squares by REPLACE", chain('REPLACE(?x, "a", ?x)', 6, "a" * 10)),
    Hostile("triples by ENCODE_FOR_URI", chain("ENCODE_FOR_URI(CONCAT(?x, ?x))", 30, "%%%")),
    Hostile("doubles by GROUP_CONCAT", f"SELECT (STRLEN(?x1) AS ?n) {{ {{ {INSIDE % CROSS} }} }}"),
    Hostile(
        "nothing but what is missing",
        f"SELECT (COUNT(*) AS ?n) {{ ?a ?b ?c OPTIONAL {{ ?d ?e ?f OPTIONAL {{ ?g ?h ?i FILTER NOT EXISTS"
        f" {{ ?c ?y ?z . ?u ?v ?w . {CROSS} }} }} MINUS {{ ?d ?e ?j . ?k ?l ?m }} }} }}",
    ),
    Hostile("order of everything", f"SELECT * {{ {CROSS} }} ORDER BY DESC(MD5(STR(?a))) ?i ?e"),
    Hostile("far away", f"SELECT * {{ {CROSS} }} OFFSET 1000000000000 LIMIT 1"),
    Hostile(
        "tables", f"SELECT (SUM(?a + ?b) AS ?n) {{ {' '.join(f'VALUES ?{name} {{ {NUMBERS} }}' for name in 'abcd')} }}"
    ),
    Hostile("list", f"SELECT (COUNT(*) AS ?n) {{ {CROSS} FILTER(?c NOT IN ({NUMBERS.replace(' ', ',')})) }}"),
    Hostile("construct", f"CONSTRUCT {{ {REPEATED} }} {{ {CROSS} }}"),
    Hostile("describe everything", f"DESCRIBE * {{ {CROSS} }}"),
    Hostile("digests", f"SELECT (COUNT(DISTINCT SHA512(CONCAT(STR(?a), STR(?d), STR(?i)))) AS ?n) {{ {CROSS} }}"),
    Hostile("names without end", f"SELECT (STRUUID() AS ?x) {{ {CROSS} }}"),
    Hostile("subselects", f"SELECT (COUNT(*) AS ?n) {{ {nested('{ SELECT DISTINCT * { ', ' } }', 40, CROSS)} }}"),
    Hostile("graphs", "SELECT (COUNT(*) AS ?n) { GRAPH ?x { ?a ?b ?c } GRAPH ?y { ?d ?e ?f } GRAPH ?z { ?g ?h ?i } }"),
    Hostile("catastrophe", f"ASK {{ FILTER(REGEX('{'a' * 5000}!', '^(([a-z])+.)+[A-Z]([a-z])+$')) }}", CROWDED, FALSE),
    Hostile("large automaton", "ASK { FILTER(REGEX('b', '^(((a{0,99}){0,99}){0,99}){0,99}c$')) }", LIMITED, FALSE),
    Hostile("too deep", f"ASK {{ {nested('{', '}', 101)} }}", REFUSED),
    Hostile("too many words", f"ASK {{ FILTER(1 IN ({','.join('1' * 11_000)})) }}", REFUSED),
    Hostile("elsewhere", "SELECT * { SERVICE SILENT <http://127.0.0.1:9/> { ?s ?p ?o } }", REFUSED),
    Hostile("elsewhere, written otherwise", "SELECT * { \\u0053ERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }", REFUSED),
    Hostile("a change", "DROP ALL", REFUSED),
)
ALL = (
    *(
        Hostile(
            each.name,
            each.query,
            ENDS_OF_THE_READING.get(each.name, (*LIMITED, BROKEN)),
            FALSE if each.name == "regular expression" else b"",
        )
        for each in OF_THE_READING
    ),
    *OURS,
)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Running]:
    with serve(real_release().folder.parents[1], tmp_path / "serve.log", settings=SETTINGS) as running:
        yield running


def send(server: Running, query: str, client: str, timeout: str = TIMEOUT) -> tuple[int, bytes]:
    """Send a query as a client: its status and body, or `BROKEN` for a body that breaks off."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    headers = {
        "Content-Type": "application/sparql-query",
        "Accept": "application/sparql-results+json, text/turtle",
        "X-Forwarded-For": client,
    }
    try:
        connection.request("POST", f"/sparql{timeout}", query.encode(), headers)
        answer = connection.getresponse()
        return answer.status, answer.read()
    except (http.client.HTTPException, OSError):
        return BROKEN, b""
    finally:
        connection.close()


def workers(server: Running) -> list[int]:
    """The query processes of the process that answers."""
    return [pid for pid in children(server.answering()) if b"tulieu.sparql.worker" in command_line(pid)]


def command_line(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


@dataclass
class Crowd:
    """Threads that do something again and again until the context ends; what they found wrong."""

    complaints: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    is_over: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def doing(self, *tasks: Callable[[], None]) -> Iterator[None]:
        def repeat(task: Callable[[], None]) -> None:
            while not self.is_over.is_set():
                task()

        threads = [threading.Thread(target=repeat, args=(task,)) for task in tasks]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self.is_over.set()
            for thread in threads:
                thread.join()


def read_pages(server: Running, crowd: Crowd) -> None:
    for path in PAGES:
        # A path of its own each time: what is kept would be no test.
        number = crowd.counts[path] = crowd.counts.get(path, 0) + 1
        status, body = server.get(f"{path}?number={number}", READER)
        if status != 200:
            crowd.complaints.append(f"/{path}: {status} {body[:200]}")


def ask(server: Running, crowd: Crowd) -> None:
    number = crowd.counts["ASK"] = crowd.counts.get("ASK", 0) + 1
    got = send(server, f"ASK {{ ?s ?p ?o }} # {number}", "192.0.2.200", "")
    if got != (200, b'{"head":{},"boolean":true}'):
        crowd.complaints.append(f"ASK: {got}")


def test_the_list_is_long_enough() -> None:
    assert (len(OF_THE_READING), len(ALL)) == (12, 35)
    assert len({each.query for each in ALL}) == len(ALL)
    assert ENDS_OF_THE_READING.keys() <= {each.name for each in OF_THE_READING}


def test_readers_notice_nothing_of_hostile_queries(server: Running) -> None:
    crowd, waiting, ended = Crowd(), iter(ALL), {}
    peak = 0
    lock = threading.Lock()
    first = server.answering()

    def attack(number: int) -> None:
        while True:
            with lock:
                hostile = next(waiting, None)
            if hostile is None:
                return
            ended[hostile] = send(server, hostile.query, f"192.0.2.{number}")

    def watch() -> None:
        nonlocal peak
        peak = max([peak, *map(resident_peak, workers(server))])
        time.sleep(0.02)

    with crowd.doing(lambda: read_pages(server, crowd), lambda: ask(server, crowd), watch):
        threads = [threading.Thread(target=attack, args=(number,)) for number in range(CLIENTS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert crowd.complaints == []
    assert min(crowd.counts.values()) >= 3
    wrong = {
        each.name: (status, body[:200])
        for each, (status, body) in ended.items()
        if status not in each.ends and not (status == 200 and each.answer and body == each.answer)
    }
    assert wrong == {}
    assert len(ended) == len(ALL)
    assert 0 < peak <= MEMORY * MEBIBYTE * 1.05
    assert server.answering() == first
    until(lambda: server.metric('tulieu_query_processes{state="running"}') == 0)
    until(lambda: rests(server))
    assert send(server, "ASK {}", "192.0.2.1", "")[0] == 200


def test_the_service_comes_back_whatever_is_killed_under_load(server: Running) -> None:
    hostile = itertools.cycle(each.query for each in OURS[:5])
    lock = threading.Lock()
    crowd = Crowd()

    def attack() -> None:
        with lock:
            query = next(hostile)
        status, body = send(server, query, "192.0.2.1")
        if status == 200:
            crowd.complaints.append(f"{query[:100]}: {body[:200]!r}")

    with crowd.doing(*[attack] * CLIENTS):
        for _ in range(3):
            until(lambda: server.metric('tulieu_query_processes{state="running"}') > 0)
            victim = workers(server)[0]
            os.kill(victim, signal.SIGKILL)
            until(lambda victim=victim: not is_running(victim) and len(workers(server)) >= 2)  # type: ignore[misc]
            assert server.get("doc/person-ho-chi-minh", READER)[0] == 200
        old, orphans = server.answering(), workers(server)
        os.kill(old, signal.SIGKILL)
        # Not refused: the connection waits for the process that comes.
        assert server.get("doc/person-ho-chi-minh", READER)[0] == 200
        assert server.answering() != old
        until(lambda: not any(map(is_running, orphans)))
        until(lambda: send(server, "ASK {}", "192.0.2.200", "")[0] == 200)
    assert crowd.complaints == []
    assert server.process.poll() is None
    until(lambda: rests(server))


def rests(server: Running) -> bool:
    """Say whether query processes leave the processor alone."""
    before = {pid: processor_seconds(pid) for pid in workers(server)}
    time.sleep(0.5)
    return bool(before) and sum(processor_seconds(pid) - used for pid, used in before.items()) < 0.05

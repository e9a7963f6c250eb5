"""A question counts for a pair only where both give the same answer; each other one is left out with its reason."""

import subprocess
import sys
import threading
from itertools import count
from socket import create_server

from benchmarks.aggregates import AGGREGATES
from benchmarks.answers import GRAPH, ROWS, Answer
from benchmarks.peers import Peer
from benchmarks.questions import LATE, OTHER_ANSWER, OWN_FUNCTION, Question, agree, ask_all, mix, time_one
from benchmarks.watching import Watch, wait_until_idle

ONE, TWO = Answer("one", 1), Answer("two", 1)
ROWS_BODY = b'{"head": {}, "boolean": true}'


def peer(port: int = 0, program: str = "import time; time.sleep(60)") -> Peer:
    return Peer("a peer", port, "/sparql", subprocess.Popen([sys.executable, "-c", program]))


def end(ended: Peer) -> None:
    ended.process.kill()
    ended.process.wait()


def test_only_what_both_answer_alike_counts() -> None:
    own = next(each for each in mix() if "tlf:matches(" in each.query)
    plain = [Question(name, "ASK { ?s ?p ?o }") for name in ("same", "other", "late", "ours")]
    ours: dict[str, Answer | str] = {"same": ONE, "other": ONE, "late": ONE, "ours": "an error", own.name: ONE}
    theirs: dict[str, Answer | str] = {"same": ONE, "other": TWO, "late": LATE, "ours": ONE, own.name: ONE}
    agreement = agree([*plain, own], ours, theirs)
    assert agreement.questions == (plain[0],)
    assert agreement.left_out == {
        OTHER_ANSWER: ("other",), LATE: ("late",), "an error (tulieu)": ("ours",), OWN_FUNCTION: (own.name,)
    }  # fmt: skip


def test_the_form_of_a_query_chooses_the_form_of_its_answer() -> None:
    assert Question("", "PREFIX a: <b:>\nCONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }").accept == GRAPH
    assert Question("", "DESCRIBE <https://example.org/>").accept == GRAPH
    assert Question("", "SELECT ?s WHERE { ?s ?p 'DESCRIBE' }").accept == ROWS
    assert {each.accept for each in AGGREGATES} == {ROWS}
    assert len(AGGREGATES) == 8


def test_a_failure_is_no_answer_and_says_what_it_was() -> None:
    answers = (
        b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(ROWS_BODY), ROWS_BODY),
        b"HTTP/1.1 500 Broken\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>",
    )
    with create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                for answer in answers:
                    connection.recv(65_536)
                    connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        asked = peer(listener.getsockname()[1])
        try:
            found = ask_all(asked, [Question(name, "ASK { ?s ?p ?o }") for name in "abc"], 5)
        finally:
            end(asked)
            thread.join()
    assert isinstance(found["a"], Answer)
    assert found["b"] == "an error, status 500"
    assert found["c"] == "an error, JSONDecodeError"


def test_a_server_that_is_gone_has_no_time() -> None:
    asked = peer(1)
    end(asked)
    assert time_one(asked, AGGREGATES[0], count(), 5) is None


def test_how_a_process_ended_is_told() -> None:
    watch = Watch()
    ended = peer(program="import sys; sys.exit(3)")
    watch.add(ended)
    ended.process.wait()
    watch.close()
    assert str(watch.ending(ended)).startswith("the server did not last: exit code 3, peak memory ")
    assert wait_until_idle(ended)


def test_a_process_at_work_does_not_rest() -> None:
    busy, idle = peer(program="while True: pass"), peer()
    try:
        assert not wait_until_idle(busy, 1.5)
        assert wait_until_idle(idle, 30)
        watch = Watch()
        assert watch.ending(idle) is None
        watch.close()
    finally:
        end(busy)
        end(idle)

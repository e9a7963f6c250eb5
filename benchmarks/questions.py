"""What is asked in the measurement, and of whom: a question counts in a pair of servers that give it the same answer.

Comes in: the stored example queries, a release, the servers that run. Goes out: questions as requests; for a pair of
servers those that both answer alike, and why each other one is left out.
"""

import random
import re
import sqlite3
import statistics
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass

from benchmarks.answers import GRAPH, ROWS, Answer, read_answer
from benchmarks.client import FailedRequestError, HttpClient, make_request
from benchmarks.peers import Peer
from benchmarks.watching import wait_until_idle
from tulieu.release import Release
from tulieu.sparql.example import load_topics
from tulieu.vocabulary import FUNCTION_IRI

# Why a question is left out; what went wrong with one that failed is added.
OWN_FUNCTION, OTHER_ANSWER, FAILED = "a call of a function that only tulieu has", "another answer", "an error"
LATE, NOT_ASKED = "no answer in time", "the time for all, which was over"
# A server has so many times as long for all questions of a kind as for one.
_ALL_TIMES = 8
_LOOKUPS = 200
_TIMES, _ENOUGH_SECONDS = 5, 3.0
_MAKES_GRAPH = re.compile(r"^(CONSTRUCT|DESCRIBE)\b", re.MULTILINE)


@dataclass(frozen=True)
class Question:
    """A query of the mix and the form in which its answer is wanted."""

    name: str
    query: str

    @property
    def accept(self) -> str:
        """The media type asked for."""
        return GRAPH if _MAKES_GRAPH.search(self.query) else ROWS

    def request(self, peer: Peer, mark: str = "") -> bytes:
        """Write the request; a mark makes its text one that was never sent before."""
        return make_request(peer.target(self.query + (f"\n# {mark}" if mark else "")), self.accept)


@dataclass(frozen=True)
class Agreement:
    """The questions that two servers answer alike, and the names of those left out, by reason."""

    questions: tuple[Question, ...]
    left_out: Mapping[str, tuple[str, ...]]


def mix() -> tuple[Question, ...]:
    """Give the stored example queries."""
    return tuple(Question(each.name, each.query) for topic in load_topics() for each in topic.examples)


def lookups(release: Release, seed: int) -> tuple[Question, ...]:
    """Give questions about single things that a release knows, drawn evenly."""
    with closing(sqlite3.connect(f"file:{release.search_path}?mode=ro", uri=True)) as connection:
        iris = [iri for (iri,) in connection.execute("SELECT DISTINCT iri FROM labels ORDER BY iri")]
    chosen = random.Random(seed).sample(iris, min(_LOOKUPS, len(iris)))
    return tuple(Question(iri, f"SELECT ?property ?value WHERE {{ <{iri}> ?property ?value }}") for iri in chosen)


def ask_all(peer: Peer, questions: Sequence[Question], seconds: float) -> dict[str, Answer | str]:
    """Put every question once, with so long for each; give the answer to each, or the reason why there is none."""
    client = HttpClient(peer.port, seconds)
    found: dict[str, Answer | str] = {}
    end = time.monotonic() + seconds * _ALL_TIMES
    for question in questions:
        if time.monotonic() > end:
            found[question.name] = NOT_ASKED
            continue
        try:
            status, body = client.ask(question.request(peer))
            if status == 200:
                found[question.name] = read_answer(question.accept, body)
            else:
                found[question.name] = f"{FAILED}, status {status}"
        except TimeoutError:
            found[question.name] = LATE
            # Some go on for clients that have left, and would answer the next question the later for it.
            if not wait_until_idle(peer):
                end = time.monotonic()
        except (OSError, FailedRequestError, ValueError, KeyError) as error:
            found[question.name] = f"{FAILED}, {type(error).__name__}"
    client.close()
    return found


def agree(
    questions: Sequence[Question], ours: Mapping[str, Answer | str], theirs: Mapping[str, Answer | str]
) -> Agreement:
    """Part the questions in those that both answer alike and those to leave out."""
    same: list[Question] = []
    left: dict[str, list[str]] = {}
    for question in questions:
        our, their = ours[question.name], theirs[question.name]
        if FUNCTION_IRI in question.query:
            left.setdefault(OWN_FUNCTION, []).append(question.name)
        elif isinstance(our, str):
            left.setdefault(f"{our} (tulieu)", []).append(question.name)
        elif isinstance(their, str):
            left.setdefault(their, []).append(question.name)
        elif our != their:
            left.setdefault(OTHER_ANSWER, []).append(question.name)
        else:
            same.append(question)
    return Agreement(tuple(same), {reason: tuple(names) for reason, names in left.items()})


def time_one(peer: Peer, question: Question, marks: Iterator[int], seconds: float) -> float | None:
    """The median of some times of one question put by one client alone, new each time; None if it is not answered."""
    client = HttpClient(peer.port, seconds)
    taken: list[float] = []
    try:
        # One that takes long is not asked again; what there is to see of it is seen.
        while len(taken) < _TIMES and sum(taken) < _ENOUGH_SECONDS:
            begun = time.perf_counter()
            status, _ = client.ask(question.request(peer, f"question {next(marks)}"))
            if status != 200:
                return None
            taken.append(time.perf_counter() - begun)
    except (OSError, FailedRequestError):
        return None
    finally:
        client.close()
    return statistics.median(taken)

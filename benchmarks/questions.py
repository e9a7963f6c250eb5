"""What is asked in the measurement, and of whom: a question counts in a pair of servers that give it as many rows.

Comes in: the stored example queries, a release, the servers that run. Goes out: questions as requests; for each server
those to which it and tulieu give as many rows.
"""

import json
import random
import sqlite3
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass

from benchmarks import peers
from benchmarks.client import FailedRequestError, HttpClient, make_request
from benchmarks.peers import Peer
from tulieu.release import Release
from tulieu.sparql.example import load_topics

ROWS, GRAPH = "application/sparql-results+json", "application/n-triples"
# An answer that takes longer counts as none, and a server has so long for all.
_CHECK_SECONDS, _CHECK_ALL_SECONDS = 5.0, 40.0
_LOOKUPS = 200


@dataclass(frozen=True)
class Question:
    """A query of the mix and the form in which its answer is wanted."""

    name: str
    query: str

    @property
    def accept(self) -> str:
        """The media type asked for."""
        return GRAPH if "\nCONSTRUCT" in self.query or self.query.startswith("CONSTRUCT") else ROWS

    def request(self, peer: Peer, mark: str = "") -> bytes:
        """Write the request; a mark makes its text one that was never sent before."""
        return make_request(peer.target(self.query + (f"\n# {mark}" if mark else "")), self.accept)


def mix() -> tuple[Question, ...]:
    """Give the stored example queries."""
    return tuple(Question(each.name, each.query) for topic in load_topics() for each in topic.examples)


def lookups(release: Release, seed: int) -> tuple[Question, ...]:
    """Give questions about single things that a release knows, drawn evenly."""
    with closing(sqlite3.connect(f"file:{release.search_path}?mode=ro", uri=True)) as connection:
        iris = [iri for (iri,) in connection.execute("SELECT DISTINCT iri FROM labels ORDER BY iri")]
    chosen = random.Random(seed).sample(iris, min(_LOOKUPS, len(iris)))
    return tuple(Question(iri, f"SELECT ?property ?value WHERE {{ <{iri}> ?property ?value }}") for iri in chosen)


def count_rows(question: Question, body: bytes) -> int:
    """Count the rows or statements of an answer."""
    if question.accept == GRAPH:
        return len({line for line in body.splitlines() if line.strip() and not line.startswith(b"#")})
    return len(json.loads(body)["results"]["bindings"])


def _check(peer: Peer, questions: Sequence[Question]) -> dict[str, int]:
    """Put every question once; give the rows of each that was answered in time."""
    client = HttpClient(peer.port, _CHECK_SECONDS)
    found: dict[str, int] = {}
    end = time.monotonic() + _CHECK_ALL_SECONDS
    for question in questions:
        if time.monotonic() > end:
            break
        try:
            status, body = client.ask(question.request(peer))
            if status == 200:
                found[question.name] = count_rows(question, body)
        except TimeoutError:
            # Some go on for clients that have left, and would answer the next question the later for it.
            peers.wait_until_idle(peer, peers.IDLE_SECONDS)
        except (OSError, FailedRequestError, ValueError, KeyError):
            # No answer, or none that can be read: this peer is not measured by this question.
            continue
    client.close()
    return found


def agree(
    started: dict[tuple[str, str], Peer], remark: Callable[[str], None]
) -> dict[tuple[str, str], tuple[Question, ...]]:
    """Give for each peer the questions to which it and tulieu give as many rows."""
    questions = mix()
    with ThreadPoolExecutor(2) as pool:
        found = dict(zip(started, pool.map(lambda peer: _check(peer, questions), started.values()), strict=True))
    agreed: dict[tuple[str, str], tuple[Question, ...]] = {}
    for dataset, name in started:
        ours, theirs = found.get((dataset, "tulieu"), {}), found[dataset, name]
        same = [each for each in questions if each.name in ours and theirs.get(each.name) == ours[each.name]]
        agreed[dataset, name] = tuple(same)
        other = [each.name for each in questions if each not in same]
        if name != "tulieu" and other:
            remark(
                f"{dataset}, {name}: {len(other)} of {len(questions)} questions are left out, for other rows, an "
                f"error, or no answer in time: {', '.join(each.split('-')[0] for each in other)}."
            )
    return agreed

"""The measurement: tulieu beside each peer, the same questions, in one run, in turn, by eight clients.

Comes in: a working folder outside the checkout; the stored example queries. Goes out: for each peer, dataset and kind
of load the ratio of tulieu's rate to the peer's, as a table, a plot and a file of figures. Kinds: `repeated` puts the
same texts again and again; `first` puts each text once, made new by a comment; `lookup` asks for one thing, each time
another, also new. A question is used in a pair only if both give as many rows. One run of one server is some whole
passes over the questions, so that a slow question weighs the same for both; rounds alternate. Every run is bounded, and
so is the whole.

    python -m benchmarks.load --work /tmp/bench
"""

import math
import os
import random
import shutil
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import count
from pathlib import Path

import click

from benchmarks import peers, report
from benchmarks.archive import TRIPLES, make_archive
from benchmarks.client import Clients, HttpClient, Outcome, clients
from benchmarks.installing import CannotRunError
from benchmarks.isolation import measure_isolation
from benchmarks.peers import Peer
from benchmarks.questions import Question, agree, lookups
from benchmarks.report import KINDS, Comparison, Results
from tulieu.pipeline import load
from tulieu.release import Release, find_current, is_up_to_date

ROUNDS = 3
# A run of one server takes about so long; a pass that takes longer is cut.
_RUN_SECONDS, _MOST_SECONDS = 1.5, 8.0
_MOST_PASSES = 400
_SEED = 8
_EVERYTHING = "SELECT ?s ?p ?o WHERE { ?s ?p ?o }"


class Measurement:
    """One run of the whole: what is measured so far, and until when there is time."""

    def __init__(self, asking: Clients, say: Callable[[str], None]) -> None:
        self._asking = asking
        self._end = time.monotonic()
        self._say = say
        self._marks = count(random.SystemRandom().randrange(10**9))
        self._random = random.Random(_SEED)
        self.comparisons: list[Comparison] = []
        self.remarks: list[str] = []

    def begin(self, minutes: float) -> None:
        """Let the time run from now on."""
        self._end = time.monotonic() + minutes * 60

    def remark(self, text: str) -> None:
        """Note what a reader of the figures must know."""
        self.remarks.append(text)
        self._say(text)

    def compare(self, dataset: str, kind: str, ours: Peer, theirs: Peer, questions: Sequence[Question]) -> None:
        """Measure a pair by turns."""
        if not questions:
            self.remark(f"{dataset}, {theirs.name}, {kind}: no question with the same rows.")
            return
        if theirs.process.poll() is not None:
            self.remark(f"{dataset}, {theirs.name}, {kind}: not measured, the server had ended.")
            return
        if time.monotonic() > self._end:
            self.remark(f"{dataset}, {theirs.name}, {kind}: not measured, the time was over.")
            return
        pair = (ours, theirs)
        passes, complete = {}, True
        for peer in pair:
            warming = self._run(peer, kind, questions, 1)
            complete = complete and warming.is_complete
            passes[peer.name] = max(1, min(_MOST_PASSES, math.ceil(_RUN_SECONDS / max(warming.seconds, 0.001))))
        rates: dict[str, list[float]] = {peer.name: [] for peer in pair}
        failures: dict[str, int] = {peer.name: 0 for peer in pair}
        # One that does not get through a single pass is measured once: what more rounds would tell is known.
        for number in range(ROUNDS if complete else 1):
            if theirs.process.poll() is not None:
                break
            for peer in pair if number % 2 == 0 else reversed(pair):
                outcome = self._run(peer, kind, questions, passes[peer.name])
                complete = complete and outcome.is_complete
                rates[peer.name].append(outcome.rate)
                failures[peer.name] += len(outcome.failures)
                if outcome.failures:
                    self.remark(
                        f"{dataset}, {peer.name}, {kind}: {len(outcome.failures)} failed: {outcome.failures[0]}"
                    )
        if not rates[theirs.name]:
            return
        ratios = [a / b if b else math.inf for a, b in zip(rates[ours.name], rates[theirs.name], strict=True)]
        comparison = Comparison(
            dataset=dataset, peer=theirs.name, kind=kind, questions=len(questions),
            ours=statistics.median(rates[ours.name]), theirs=statistics.median(rates[theirs.name]),
            ratio=statistics.median(ratios), least=min(ratios), most=max(ratios), is_complete=complete,
        )  # fmt: skip
        self.comparisons.append(comparison)
        self._say(report.line(comparison))

    def _run(self, peer: Peer, kind: str, questions: Sequence[Question], passes: int) -> Outcome:
        requests = list(self._requests(peer, kind, questions, passes))
        outcome = self._asking.run(peer.port, requests, _MOST_SECONDS)
        if not outcome.is_complete and not peers.wait_until_idle(peer, peers.IDLE_SECONDS):
            self.remark(
                f"{peer.name} was still at work {peers.IDLE_SECONDS:g} s after its clients had left, and was ended."
            )
            peers.stop(peer)
        return outcome

    def _requests(self, peer: Peer, kind: str, questions: Sequence[Question], passes: int) -> Iterator[bytes]:
        kept = {question.name: question.request(peer) for question in questions} if kind == "repeated" else {}
        for _ in range(passes):
            for question in self._random.sample(questions, len(questions)):
                yield kept.get(question.name) or question.request(peer, f"question {next(self._marks)}")


def _first_byte(peer: Peer) -> float:
    """The median time to the first byte of the largest answer there is, in seconds."""
    client = HttpClient(peer.port, 10)
    return statistics.median(
        client.first_byte(Question("", f"{_EVERYTHING} # {number}").request(peer)) for number in range(5)
    )


def _prepare(work: Path, triples: int, say: Callable[[str], None]) -> dict[str, Release]:
    """Build the article's release and the archive, where they are not there yet."""
    article, archive = work / "article", work / f"archive-{triples}"
    command = [sys.executable, "-m", "tulieu", "build", "--state", str(article)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=peers.server_environment())
    release = find_current(article)
    # One made from other knowledge files is of no use: `tulieu serve` would build the article's release in its place.
    if not is_up_to_date(archive, load.knowledge_digest(load.knowledge_root()), release.base_iri):
        say("writing the archive …")
        shutil.rmtree(archive, ignore_errors=True)
        make_archive(release, archive, triples, _SEED)
    return {"archive": find_current(archive), "article": release}


def _start_all(
    work: Path, releases: dict[str, Release], wanted: Sequence[str], stack: ExitStack, remark: Callable[[str], None]
) -> dict[tuple[str, str], Peer]:
    """Start everything, two at once; give what runs, by dataset and name."""
    folder = work / "peers"
    folder.mkdir(parents=True, exist_ok=True)
    started: dict[tuple[str, str], Peer] = {}
    starts = {"tulieu": peers.start_tulieu, **{name: peers.STARTS[name] for name in wanted}}

    def start(dataset: str, name: str) -> None:
        try:
            peer = starts[name](folder, releases[dataset])
        except (CannotRunError, OSError, subprocess.SubprocessError) as error:
            remark(f"{dataset}, {name}: not measured: {error}")
            return
        stack.callback(peers.stop, peer)
        started[dataset, name] = peer
        if peer.load_seconds:
            remark(f"{dataset}, {name}: loaded in {peer.load_seconds:.0f} s, beside others that loaded.")

    with ThreadPoolExecutor(2) as pool:
        # What takes the longest to load comes first.
        list(pool.map(lambda each: start(*each), [(dataset, name) for dataset in releases for name in starts]))
    return started


@click.command()
@click.option("--work", type=click.Path(path_type=Path), required=True, help="Folder outside the checkout; is kept.")
@click.option("--triples", default=TRIPLES, show_default=True, help="Size of the archive.")
@click.option("--minutes", default=6.0, show_default=True, help="Most time for measuring, after all is loaded.")
@click.option("--peer", "wanted", multiple=True, type=click.Choice(list(peers.STARTS)), default=list(peers.STARTS))
@click.option("--page", type=click.Path(path_type=Path, exists=True), help="Page to write the results into.")
def main(work: Path, triples: int, minutes: float, wanted: tuple[str, ...], page: Path | None) -> None:
    """Measure tulieu beside its peers."""
    # Ended from outside, it must not leave servers behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    work = work.resolve()
    work.mkdir(parents=True, exist_ok=True)
    releases = _prepare(work, triples, click.echo)
    with ExitStack() as stack:
        measurement = Measurement(stack.enter_context(clients()), click.echo)
        started = _start_all(work, releases, wanted, stack, measurement.remark)
        if any((dataset, "tulieu") not in started for dataset in releases):
            raise click.ClickException(f"tulieu itself did not start; its log is in {work / 'peers'}")
        measurement.begin(minutes)
        # All have loaded; what is at work now is not ours, and makes every figure less certain.
        others = os.getloadavg()[0]
        agreed = agree(started, measurement.remark)
        for dataset, release in reversed(releases.items()):
            single = lookups(release, _SEED)
            for name in wanted:
                theirs = started.get((dataset, name))
                if theirs is None:
                    continue
                for kind in KINDS:
                    questions = single if kind == "lookup" else agreed[dataset, name]
                    measurement.compare(dataset, kind, started[dataset, "tulieu"], theirs, questions)
        archive = started["archive", "tulieu"]
        first_byte = _first_byte(archive)
        isolation = measure_isolation(releases["article"])
    results = Results(
        date=time.strftime("%Y-%m-%d"),
        machine=f"{report.machine()}, load average {others:.1f} before",
        sizes={dataset: release.counts["graph/default"] for dataset, release in releases.items()},
        comparisons=tuple(measurement.comparisons),
        isolation=isolation,
        first_byte=first_byte,
        remarks=tuple(measurement.remarks),
    )
    report.write(results, work / "results.json", page)
    click.echo(report.markdown(results))


if __name__ == "__main__":
    main()

"""A pair of servers, measured by turns: the same questions, the same clients, the ratio of the two rates.

Comes in: two servers that run with the same data, the loads wanted. Goes out: comparisons, how many questions they rest
on and why others are left out, the time of each aggregate alone. Loads: `repeated` puts the same texts again and again;
`first` puts each text once, made new by a comment; `lookup` asks for one thing, each time another, and `aggregates`
counts over all the data, both also new. First both servers are asked everything once, and a question counts only if
both give the same answer. One run of one server is some whole passes over the questions, so that a slow question weighs
the same for both; rounds alternate. Every run is bounded, and so is the whole.
"""

import math
import random
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import count

from benchmarks import peers, report
from benchmarks.answers import Answer
from benchmarks.client import Clients, Outcome
from benchmarks.peers import Peer
from benchmarks.questions import Question, agree, ask_all, time_one
from benchmarks.results import TITLES, Comparison, Omission, Timing
from benchmarks.watching import IDLE_SECONDS, Watch, wait_until_idle

# In this order: what a server that cannot end a query bears comes before what holds it up for good.
LOADS = {"lookup": "lookup", "repeated": "mix", "first": "mix", "aggregates": "aggregates"}
ROUNDS = 3
# A run of one server takes about so long; a pass that takes longer is cut.
_RUN_SECONDS = 1.5
_MOST_SECONDS = {"lookup": 8.0, "repeated": 8.0, "first": 8.0, "aggregates": 20.0}
# An answer that takes longer when asked for the first time counts as none.
_CHECK_SECONDS = {"mix": 5.0, "lookup": 5.0, "aggregates": 20.0}
_MOST_PASSES = 400


class Measurement:
    """One run of the whole: what is measured so far, and until when there is time."""

    def __init__(self, asking: Clients, watch: Watch, seed: int, say: Callable[[str], None]) -> None:
        self._asking = asking
        self._watch = watch
        self._end = time.monotonic()
        self._say = say
        self._marks = count(random.SystemRandom().randrange(10**9))
        self._random = random.Random(seed)
        self._ours: dict[tuple[str, str], Mapping[str, Answer | str]] = {}
        self._ended: set[int] = set()
        self.comparisons: list[Comparison] = []
        self.omissions: list[Omission] = []
        self.timings: list[Timing] = []
        self.remarks: list[str] = []

    def begin(self, minutes: float) -> None:
        """Let the time run from now on."""
        self._end = time.monotonic() + minutes * 60

    def remark(self, text: str) -> None:
        """Note what a reader of the figures must know."""
        self.remarks.append(text)
        self._say(text)

    def measure(
        self, dataset: str, loads: Sequence[str], ours: Peer, theirs: Peer, asked: Mapping[str, Sequence[Question]]
    ) -> None:
        """Measure a pair under each load; `asked` has the questions of each kind."""
        agreed: dict[str, Sequence[Question]] = {}
        for load, kind in LOADS.items():
            if load not in loads or self._stops(f"{dataset}, {theirs.name}, {TITLES[load]}", theirs):
                continue
            if kind not in agreed:
                agreed[kind] = self._agree(dataset, kind, ours, theirs, asked[kind])
                if kind == "aggregates":
                    self._time(dataset, (ours, theirs), agreed[kind])
            self._compare(dataset, load, ours, theirs, agreed[kind])

    def _stops(self, what: str, theirs: Peer) -> bool:
        """Say whether this pair is not measured any more, and why."""
        reason = "the server had been ended" if theirs.process.pid in self._ended else self._watch.ending(theirs)
        if reason is None and time.monotonic() > self._end:
            reason = "the time was over"
        if reason is not None:
            self.remark(f"{what}: not measured, {reason}.")
        return reason is not None

    def _agree(
        self, dataset: str, kind: str, ours: Peer, theirs: Peer, questions: Sequence[Question]
    ) -> Sequence[Question]:
        seconds = _CHECK_SECONDS[kind]
        if (dataset, kind) not in self._ours:
            self._ours[dataset, kind] = ask_all(ours, questions, seconds)
        agreement = agree(questions, self._ours[dataset, kind], ask_all(theirs, questions, seconds))
        omission = Omission(dataset, theirs.name, kind, len(questions), dict(agreement.left_out))
        self.omissions.append(omission)
        if omission.reasons:
            self._say(report.omitted(omission))
        self._rest(f"{dataset}, {kind}", theirs)
        return agreement.questions

    def _time(self, dataset: str, pair: Sequence[Peer], questions: Sequence[Question]) -> None:
        """Time each question alone."""
        known = {(each.dataset, each.server, each.question) for each in self.timings}
        for peer in pair:
            for question in questions:
                if (dataset, peer.name, question.name) not in known:
                    seconds = time_one(peer, question, self._marks, _CHECK_SECONDS["aggregates"])
                    if seconds is not None:
                        self.timings.append(Timing(dataset, peer.name, question.name, seconds))

    def _compare(self, dataset: str, load: str, ours: Peer, theirs: Peer, questions: Sequence[Question]) -> None:
        what = f"{dataset}, {theirs.name}, {TITLES[load]}"
        if not questions:
            self.remark(f"{what}: no question that both answer alike.")
            return
        if self._stops(what, theirs):
            return
        pair = (ours, theirs)
        passes, complete = {}, True
        for peer in pair:
            warming = self._run(what, peer, load, questions, 1)
            complete = complete and warming.is_complete
            passes[peer.name] = max(1, min(_MOST_PASSES, math.ceil(_RUN_SECONDS / max(warming.seconds, 0.001))))
        rates: dict[str, list[float]] = {peer.name: [] for peer in pair}
        # One that does not get through a single pass is measured once: what more rounds would tell is known.
        for number in range(ROUNDS if complete else 1):
            if theirs.process.poll() is not None:
                break
            for peer in pair if number % 2 == 0 else reversed(pair):
                outcome = self._run(what, peer, load, questions, passes[peer.name])
                complete = complete and outcome.is_complete
                rates[peer.name].append(outcome.rate)
                if outcome.failures:
                    self.remark(f"{what}: {peer.name} failed {len(outcome.failures)} times: {outcome.failures[0]}")
        if not rates[theirs.name]:
            self._stops(what, theirs)
            return
        ratios = [a / b if b else math.inf for a, b in zip(rates[ours.name], rates[theirs.name], strict=True)]
        comparison = Comparison(
            dataset=dataset, peer=theirs.name, kind=load, questions=len(questions),
            ours=statistics.median(rates[ours.name]), theirs=statistics.median(rates[theirs.name]),
            ratio=statistics.median(ratios), least=min(ratios), most=max(ratios), is_complete=complete,
        )  # fmt: skip
        self.comparisons.append(comparison)
        self._say(report.line(comparison))

    def _run(self, what: str, peer: Peer, load: str, questions: Sequence[Question], passes: int) -> Outcome:
        requests = list(self._requests(peer, load, questions, passes))
        outcome = self._asking.run(peer.port, requests, _MOST_SECONDS[load])
        if not outcome.is_complete:
            self._rest(what, peer)
        return outcome

    def _rest(self, what: str, peer: Peer) -> None:
        """Let a server come to rest; end one that goes on with what nobody waits for, for it would disturb the next."""
        if not wait_until_idle(peer):
            self.remark(
                f"{what}: {peer.name} was still at work {IDLE_SECONDS:g} s after its clients had left, and was ended; "
                f"peak memory {self._watch.peak(peer)}."
            )
            self._ended.add(peer.process.pid)
            peers.stop(peer)

    def _requests(self, peer: Peer, load: str, questions: Sequence[Question], passes: int) -> Iterator[bytes]:
        kept = {question.name: question.request(peer) for question in questions} if load == "repeated" else {}
        for _ in range(passes):
            for question in self._random.sample(questions, len(questions)):
                yield kept.get(question.name) or question.request(peer, f"question {next(self._marks)}")

"""What the server counts of itself: https://prometheus.io/docs/instrumenting/exposition_formats/

Comes in: each answer, once it has ended. Goes out: the text that Prometheus reads. Counted in one thread, the server's
event loop; so a count is exact and costs no lock.
"""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
# Seconds; from an answer that is kept to the longest query.
BUCKETS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)


@dataclass(frozen=True)
class Family:
    """Values of one name: its kind (counter, gauge), its meaning, and the values by their labels."""

    name: str
    kind: str
    help: str
    values: Mapping[tuple[tuple[str, str], ...], float]


def single(name: str, kind: str, help_text: str, value: float) -> Family:
    """A family of one value without labels."""
    return Family(name, kind, help_text, {(): value})


def labelled(name: str, kind: str, help_text: str, label: str, values: Mapping[str, float]) -> Family:
    """A family whose values differ in one label."""
    return Family(name, kind, help_text, {((label, text),): value for text, value in values.items()})


class Metrics:
    """The counters of this process."""

    def __init__(self) -> None:
        self._answers: Counter[tuple[str, int, str]] = Counter()
        self._broken: Counter[tuple[str, str]] = Counter()
        self._bytes: Counter[str] = Counter()
        self._seconds: defaultdict[str, float] = defaultdict(float)
        self._buckets: defaultdict[str, list[int]] = defaultdict(lambda: [0] * (len(BUCKETS) + 1))

    def count(self, route: str, status: int, source: str, seconds: float, size: int) -> None:
        """Count an answer: what kind of thing was asked for, and where the answer came from."""
        self._answers[route, status, source] += 1
        self._bytes[route] += size
        self._seconds[route] += seconds
        self._buckets[route][bisect_left(BUCKETS, seconds)] += 1

    def count_broken(self, route: str, ended: str) -> None:
        """Count an answer that did not come to its end."""
        self._broken[route, ended] += 1

    def render(self, more: Iterable[Family] = ()) -> str:
        """Write all counters, and families that others have counted."""
        families = (
            Family(
                "tulieu_answers_total",
                "counter",
                "Answers, by what was asked for, status, and where they came from.",
                {_labels(route=r, status=str(s), source=f): count for (r, s, f), count in self._answers.items()},
            ),
            Family(
                "tulieu_unfinished_answers_total",
                "counter",
                "Answers that did not come to their end, by what was asked for and why.",
                {_labels(route=r, ended=e): count for (r, e), count in self._broken.items()},
            ),
            labelled("tulieu_answer_bytes_total", "counter", "Bytes of bodies sent.", "route", self._bytes),
            *more,
        )
        lines = [line for family in families for line in _write(family)]
        return "\n".join([*lines, *self._write_durations(), ""])

    def _write_durations(self) -> Iterator[str]:
        name = "tulieu_answer_seconds"
        yield f"# HELP {name} Time from a request to the end of its answer."
        yield f"# TYPE {name} histogram"
        for route, counts in self._buckets.items():
            total = 0
            for bound, count in zip((*map(repr, BUCKETS), "+Inf"), counts, strict=True):
                total += count
                yield f"{name}_bucket{_write_labels(_labels(route=route, le=bound))} {total}"
            yield f"{name}_sum{_write_labels(_labels(route=route))} {self._seconds[route]:.6f}"
            yield f"{name}_count{_write_labels(_labels(route=route))} {total}"


def _labels(**labels: str) -> tuple[tuple[str, str], ...]:
    return tuple(labels.items())


def _write(family: Family) -> Iterator[str]:
    yield f"# HELP {family.name} {family.help}"
    yield f"# TYPE {family.name} {family.kind}"
    for labels, value in family.values.items():
        yield f"{family.name}{_write_labels(labels)} {value:.16g}"


def _write_labels(labels: tuple[tuple[str, str], ...]) -> str:
    if not labels:
        return ""
    escaped = ((name, text.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')) for name, text in labels)
    return "{" + ",".join(f'{name}="{text}"' for name, text in escaped) + "}"

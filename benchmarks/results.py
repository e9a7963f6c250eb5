"""What is measured, in what terms, and what is aimed at.

Comes in: nothing. Goes out: the names of data and loads, the targets, and the parts of a run's results.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

DATASETS = ("archive", "small archive", "article")
TITLES = {"repeated": "repeated", "first": "first time", "lookup": "single thing", "aggregates": "aggregates"}
KINDS = tuple(TITLES)
# Dataset, peer, kind, and the least ratio of tulieu's rate to the peer's that is aimed at.
TARGETS = (
    ("archive", "Oxigraph", "repeated", 2.0),
    ("archive", "Oxigraph", "first", 0.5),
    ("archive", "Oxigraph", "lookup", 0.25),
    ("article", "Oxigraph", "repeated", 1.0),
    ("article", "Oxigraph", "first", 0.5),
    ("article", "Oxigraph", "lookup", 0.25),
    *((dataset, "rdflib-endpoint", kind, 1.0) for dataset in DATASETS for kind in KINDS),
    *((dataset, peer, "repeated", 1.0) for dataset in ("archive", "article") for peer in ("Virtuoso", "Jena Fuseki")),
    *(("article", peer, "first", 1.0) for peer in ("Virtuoso", "Jena Fuseki")),
)


@dataclass(frozen=True)
class Comparison:
    """One pair under one kind of load: median rates, and the ratio of each round's two rates as median and range."""

    dataset: str
    peer: str
    kind: str
    questions: int
    ours: float
    theirs: float
    ratio: float
    least: float
    most: float
    is_complete: bool

    @property
    def target(self) -> float | None:
        """The ratio aimed at, if there is one."""
        return next((least for *key, least in TARGETS if key == [self.dataset, self.peer, self.kind]), None)


@dataclass(frozen=True)
class Omission:
    """How many questions a pair was asked, and the names of those that do not count, by reason."""

    dataset: str
    peer: str
    asked: str
    questions: int
    reasons: Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Timing:
    """One aggregate put by one client alone: the median of its seconds."""

    dataset: str
    server: str
    question: str
    seconds: float


@dataclass(frozen=True)
class Results:
    """All of one run."""

    date: str
    machine: str
    sizes: dict[str, int]
    comparisons: tuple[Comparison, ...]
    omissions: tuple[Omission, ...]
    timings: tuple[Timing, ...]
    isolation: float | None
    first_byte: float | None
    remarks: tuple[str, ...]

"""What was measured, for people: a table and a plot for the documentation, the figures as JSON.

Comes in: comparisons and other figures of a run. Goes out: Markdown, set between two marks in docs/benchmarks.md, an
SVG, and a JSON file. What misses its target says so, and where a peer is faster at
aggregates, for which there is no target, a sentence names it.
"""

import json
import os
import platform
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from benchmarks.plot import plot
from benchmarks.results import DATASETS, KINDS, TITLES, Comparison, Omission, Results, Timing

BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
PLOT = "images/benchmarks.svg"
MOST_ISOLATION, MOST_FIRST_BYTE = 0.0003, 0.050
# What each kind of question is called, and of how many the names are given.
_ASKED = {"mix": "stored questions", "lookup": "single things", "aggregates": "aggregates"}
_MOST_NAMES = 6


def machine() -> str:
    """Say on what it was measured."""
    return f"{os.cpu_count()} processors, {platform.system()} {platform.release()}, Python {platform.python_version()}"


def in_order(comparisons: Iterable[Comparison]) -> tuple[Comparison, ...]:
    """Sort comparisons as a reader looks for them: by data, peer and load."""
    by_load = sorted(comparisons, key=lambda each: KINDS.index(each.kind))
    return tuple(sorted(by_load, key=lambda each: (DATASETS.index(each.dataset), each.peer)))


def line(comparison: Comparison) -> str:
    """Write one comparison as a line for a terminal."""
    return (
        f"{comparison.dataset:<8} {comparison.peer:<16} {TITLES[comparison.kind]:<13} "
        f"{comparison.ours:9.0f} /s {comparison.theirs:9.0f} /s  ratio {comparison.ratio:.2f} "
        f"({comparison.least:.2f} to {comparison.most:.2f}), {comparison.questions} questions"
        f"{'' if comparison.is_complete else ', cut'}; {_verdict(comparison)}"
    )


def omitted(omission: Omission) -> str:
    """Write in a sentence which questions do not count for a pair, and why."""
    left = sum(map(len, omission.reasons.values()))
    parts = (_reason(reason, names, omission.asked) for reason, names in omission.reasons.items())
    return (
        f"{omission.dataset}, {omission.peer}: of {omission.questions} {_ASKED[omission.asked]} "
        f"{omission.questions - left} count; left out: {'; '.join(parts)}."
    )


def _reason(reason: str, names: Sequence[str], asked: str) -> str:
    if asked == "lookup" or len(names) > _MOST_NAMES:
        return f"{len(names)} for {reason}"
    # A stored question is known by its number.
    shown = (name.split("-")[0] if asked == "mix" else name for name in names)
    return f"{len(names)} for {reason} ({', '.join(shown)})"


def markdown(results: Results) -> str:
    """Write the results as Markdown."""
    return "\n".join(_lines(results)) + "\n"


def _lines(results: Results) -> Iterator[str]:
    sizes = ", ".join(f"{dataset}: {size:,} triples" for dataset, size in results.sizes.items())
    yield f"Measured {results.date} on {results.machine}. {sizes} in the default graph."
    yield ""
    yield f"![tulieu's rate as a multiple of each peer's]({PLOT})"
    yield ""
    yield "| data | peer | load | questions | tulieu /s | peer /s | ratio | of rounds | target |"
    yield "| --- | --- | --- | ---: | ---: | ---: | ---: | --- | --- |"
    for each in results.comparisons:
        cut = "" if each.is_complete else " (cut)"
        yield (
            f"| {each.dataset} | {each.peer} | {TITLES[each.kind]} | {each.questions} | {each.ours:,.0f} "
            f"| {each.theirs:,.1f}{cut} | {each.ratio:.2f} | {each.least:.2f} to {each.most:.2f} | {_verdict(each)} |"
        )
    yield ""
    yield from _ahead(results.comparisons)
    yield from _aggregates(results.timings)
    if results.isolation is not None:
        verdict = _met(results.isolation <= MOST_ISOLATION)
        yield (
            f"- A process of its own adds {results.isolation * 1000:.2f} ms to a small query at the median; "
            f"target at most {MOST_ISOLATION * 1000:.1f} ms: {verdict}."
        )
    if results.first_byte is not None:
        verdict = _met(results.first_byte <= MOST_FIRST_BYTE)
        yield (
            f"- First byte of all triples of the archive after {results.first_byte * 1000:.0f} ms; "
            f"target at most {MOST_FIRST_BYTE * 1000:.0f} ms: {verdict}."
        )
    yield from (f"- {omitted(each)}" for each in results.omissions if each.reasons)
    yield from (f"- {remark}" for remark in results.remarks)


def _ahead(comparisons: Iterable[Comparison]) -> Iterator[str]:
    """Say where a peer is ahead at aggregates, and by how much."""
    ahead = [each for each in comparisons if each.kind == "aggregates" and 0 < each.ratio < 1]
    for each in ahead:
        yield (
            f"- **{each.peer} is faster at aggregates** on the {each.dataset}: {1 / each.ratio:.1f} times tulieu's "
            f"rate ({1 / each.most:.1f} to {1 / each.least:.1f} in single rounds)."
        )
    if ahead:
        yield ""


def _aggregates(timings: Sequence[Timing]) -> Iterator[str]:
    """Write a table of each aggregate's time for each server."""
    if not timings:
        return
    servers = list(dict.fromkeys(each.server for each in timings))
    yield "Each aggregate alone, by one client, in milliseconds, where a server gives the same answer:"
    yield ""
    yield "| data | aggregate | " + " | ".join(servers) + " |"
    yield "| --- | --- |" + " ---: |" * len(servers)
    found = {(each.dataset, each.question, each.server): f"{each.seconds * 1000:,.1f}" for each in timings}
    for dataset in DATASETS:
        for question in dict.fromkeys(each.question for each in timings if each.dataset == dataset):
            cells = (found.get((dataset, question, server), "–") for server in servers)
            yield f"| {dataset} | {question} | " + " | ".join(cells) + " |"
    yield ""


def write(results: Results, figures: Path, page: Path | None) -> None:
    """Write the figures, and where a page is given its measured part and its plot."""
    figures.write_text(json.dumps(asdict(results), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    if page is not None:
        text = page.read_text(encoding="utf-8")
        before, _, rest = text.partition(BEGIN)
        _, _, after = rest.partition(END)
        page.write_text(f"{before}{BEGIN}\n{markdown(results)}{END}{after}", encoding="utf-8")
        (page.parent / PLOT).write_text(plot(results), encoding="utf-8")


def _met(is_met: bool) -> str:
    return "met" if is_met else "**missed**"


def _verdict(comparison: Comparison) -> str:
    target = comparison.target
    return "none" if target is None else f"{target:g}: {_met(comparison.ratio >= target)}"

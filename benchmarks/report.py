"""What was measured, for people: a table and a plot for the documentation, the figures as JSON.

Comes in: comparisons and other figures of a run. Goes out: Markdown, set between two marks in docs/benchmarks.md, an
SVG, and a JSON file. The targets are the table below; what misses one says so.
"""

import json
import math
import os
import platform
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from html import escape
from pathlib import Path

KINDS = ("repeated", "first", "lookup")
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
PLOT = "images/benchmarks.svg"
# Dataset, peer, kind, and the least ratio of tulieu's rate to the peer's that is aimed at.
TARGETS = (
    ("archive", "Oxigraph", "repeated", 2.0),
    ("archive", "Oxigraph", "first", 0.5),
    ("archive", "Oxigraph", "lookup", 0.25),
    ("article", "Oxigraph", "repeated", 1.0),
    ("article", "Oxigraph", "first", 0.5),
    ("article", "Oxigraph", "lookup", 0.25),
    *((dataset, "rdflib-endpoint", kind, 1.0) for dataset in ("archive", "article") for kind in KINDS),
    *((dataset, peer, "repeated", 1.0) for dataset in ("archive", "article") for peer in ("Virtuoso", "Jena Fuseki")),
    *(("article", peer, "first", 1.0) for peer in ("Virtuoso", "Jena Fuseki")),
)
MOST_ISOLATION, MOST_FIRST_BYTE = 0.0003, 0.050
_TITLES = {"repeated": "repeated", "first": "first time", "lookup": "single thing"}
_ROW, _LEFT, _WIDTH, _TOP = 22, 260, 420, 30


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
class Results:
    """All of one run."""

    date: str
    machine: str
    sizes: dict[str, int]
    comparisons: tuple[Comparison, ...]
    isolation: float | None
    first_byte: float | None
    remarks: tuple[str, ...]


def machine() -> str:
    """Say on what it was measured."""
    return f"{os.cpu_count()} processors, {platform.system()} {platform.release()}, Python {platform.python_version()}"


def line(comparison: Comparison) -> str:
    """Write one comparison as a line for a terminal."""
    return (
        f"{comparison.dataset:<8} {comparison.peer:<16} {_TITLES[comparison.kind]:<13} "
        f"{comparison.ours:9.0f} /s {comparison.theirs:9.0f} /s  ratio {comparison.ratio:.2f} "
        f"({comparison.least:.2f} to {comparison.most:.2f}), {comparison.questions} questions"
        f"{'' if comparison.is_complete else ', cut'}; {_verdict(comparison)}"
    )


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
            f"| {each.dataset} | {each.peer} | {_TITLES[each.kind]} | {each.questions} | {each.ours:,.0f} "
            f"| {each.theirs:,.1f}{cut} | {each.ratio:.2f} | {each.least:.2f} to {each.most:.2f} | {_verdict(each)} |"
        )
    yield ""
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
    yield from (f"- {remark}" for remark in results.remarks)


def plot(results: Results) -> str:
    """Draw the ratios as bars on a logarithmic scale, with the range of the rounds; at 1 both are equally fast."""
    rows = results.comparisons
    ratios = [value for each in rows for value in (each.least, each.most) if value > 0]
    least, most = min([0.25, *ratios]), max([4.0, *ratios])
    height = _TOP + _ROW * len(rows) + 30

    def place(ratio: float) -> float:
        return _LEFT + _WIDTH * (math.log2(max(ratio, least)) - math.log2(least)) / (math.log2(most) - math.log2(least))

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_LEFT + _WIDTH + 70} {height}" '
        'font-family="sans-serif" font-size="12" role="img">',
        "<title>tulieu's rate as a multiple of each peer's</title>",
        f'<rect width="100%" height="{height}" fill="#fff"/>',
    ]
    for mark in (0.25, 1, 4, 16, 64, 256, 1024):
        if least <= mark <= most:
            x = place(mark)
            colour = "#333" if mark == 1 else "#ccc"
            parts.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{_TOP - 8}" y2="{height - 24}" stroke="{colour}"/>')
            parts.append(f'<text x="{x:.1f}" y="{height - 8}" text-anchor="middle" fill="#333">{mark:g}×</text>')
    for number, each in enumerate(rows):
        y = _TOP + number * _ROW
        start, end = sorted((place(1), place(each.ratio)))
        colour = "#1f6f54" if each.ratio >= (each.target or 1) else "#b3541e"
        label = escape(f"{each.dataset}, {each.peer}, {_TITLES[each.kind]}")
        parts += [
            f'<text x="{_LEFT - 8}" y="{y + 12}" text-anchor="end" fill="#222">{label}</text>',
            f'<rect x="{start:.1f}" y="{y + 2}" width="{max(end - start, 1):.1f}" height="13" fill="{colour}"/>',
            f'<line x1="{place(each.least):.1f}" x2="{place(each.most):.1f}" y1="{y + 8}" y2="{y + 8}" stroke="#000"/>',
            f'<text x="{max(place(each.most), place(1)) + 6:.1f}" y="{y + 12}" fill="#222">{each.ratio:.2f}</text>',
        ]
    return "\n".join([*parts, "</svg>"]) + "\n"


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

"""The geometry of a chart: one bar for each number, and above them the whole that they are parts of.

Comes in: numbers with their words, and the number that fills a bar. Goes out: frozen bars with their places.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from tulieu.pages.drawings.lettering import break_lines
from tulieu.pages.drawings.network import LETTER, Line
from tulieu.pages.labels import Text

_WIDTH = 360
_LINE = 18
_BAR = 14
_WHOLE = 30
_BETWEEN = 12
# As many tints as the style sheet has for the parts of a whole.
_TINTS = 6


@dataclass(frozen=True)
class Bar:
    """One number to be drawn."""

    href: str
    label: Text
    words: str
    number: float
    is_rest: bool = False


@dataclass(frozen=True)
class DrawnBar:
    """One number with its place: its label above, the bar, and the words of the number beneath the label."""

    bar: Bar
    lines: tuple[Line, ...]
    words_y: int
    y: int
    width: int
    height: int
    tint: int
    top: int
    bottom: int


@dataclass(frozen=True)
class Segment:
    """One part of the whole."""

    bar: Bar
    x: int
    width: int
    tint: int


@dataclass(frozen=True)
class Chart:
    """The whole drawing; there are no segments where the numbers are no parts of one."""

    width: int
    height: int
    whole: int
    segments: tuple[Segment, ...]
    bars: tuple[DrawnBar, ...]


def draw_chart(bars: Sequence[Bar], full: float, is_whole: bool = False) -> Chart | None:
    """Draw bars to the scale of the number that fills one; None where there is nothing to draw."""
    if not bars or full <= 0:
        return None

    def length(number: float) -> int:
        return min(_WIDTH, round(number / full * _WIDTH))

    # Parts that make more than the whole are no parts of it side by side.
    fits = is_whole and sum(bar.number for bar in bars) <= full * 1.0001
    y = _WHOLE + _BETWEEN if fits else 0
    drawn: list[DrawnBar] = []
    segments: list[Segment] = []
    before = 0.0
    for number, bar in enumerate(bars):
        top = y
        lines = tuple(
            Line(words, y + LETTER + place * _LINE)
            for place, words in enumerate(break_lines(bar.label.words, _WIDTH, LETTER, 2))
        )
        y += len(lines) * _LINE
        words_y = y + LETTER
        y += _LINE + 4
        # Colours tell the parts of a whole apart; numbers that are no parts of one have the first.
        tint = number % _TINTS + 1 if is_whole else 1
        drawn.append(DrawnBar(bar, lines, words_y, y, max(1, length(bar.number)), _BAR, tint, top, y + _BAR))
        if fits:
            start, before = length(before), before + bar.number
            segments.append(Segment(bar, start, max(1, length(before) - start), tint))
        y += _BAR + _BETWEEN
    return Chart(_WIDTH, y - _BETWEEN + 2, _WHOLE if fits else 0, tuple(segments), tuple(drawn))

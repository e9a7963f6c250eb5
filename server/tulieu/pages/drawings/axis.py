"""The geometry of time: one axis for a page of entries, and a strip of twelve months for each entry.

Comes in: spans of days, the lanes they lie in. Goes out: frozen places and lengths. Years without entries are not drawn
to scale: a gap stands for them and says which they are.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from tulieu.pages.drawings.spans import Span, part_of_year

_YEAR_WIDTH = 76
_GAP_WIDTH = 40
_MARGIN = 8
_HEAD = 28
_LANE_HEAD = 20
# A mark can be hit with a finger: WCAG 2.2, success criterion 2.5.8.
_TARGET = 24
STRIP_LENGTH = 240
_SHORTEST = 4


@dataclass(frozen=True)
class Mark:
    """One entry on the axis: the bar that is seen and the target around it."""

    href: str
    title: str
    lane: str
    x: int
    y: int
    width: int
    target_x: int
    target_width: int
    is_open: bool


@dataclass(frozen=True)
class Column:
    """One year of the axis, or a gap of years."""

    x: int
    width: int
    name: str
    is_gap: bool


@dataclass(frozen=True)
class Lane:
    """One lane of the axis with its marks."""

    lane: str
    name: str
    y: int
    height: int
    marks: tuple[Mark, ...]


@dataclass(frozen=True)
class Axis:
    """The whole drawing."""

    width: int
    height: int
    columns: tuple[Column, ...]
    lanes: tuple[Lane, ...]


@dataclass(frozen=True)
class Strip:
    """A year as a strip with the part that a span takes of it; `goes_on` when the span is longer than the year."""

    x: int
    width: int
    goes_on: bool
    comes_from: bool


def draw_strip(span: Span) -> Strip:
    """Draw a span within the year in which it is listed."""
    year = f"{span.year:04}"
    starts = bool(span.first)
    ends = span.last[:4] == year
    first = part_of_year(span.first) if starts else 0.0
    last = part_of_year(span.last, is_end=True) if ends else 1.0
    width = max(_SHORTEST, round((last - first) * STRIP_LENGTH))
    return Strip(min(round(first * STRIP_LENGTH), STRIP_LENGTH - width), width, not ends, not starts)


def draw_axis(lanes: Sequence[tuple[str, str]], entries: Sequence[tuple[str, Span, str, str]]) -> Axis | None:
    """Draw entries (lane, span, address, words) in their lanes; None where there are none."""
    if not entries:
        return None
    years = sorted({int(day[:4]) for _, span, _, _ in entries for day in (span.first, span.last) if day})
    columns, places = _draw_columns(years)
    width = columns[-1].x + columns[-1].width + _MARGIN

    def place(day: str, is_end: bool) -> float:
        return places[int(day[:4])] + part_of_year(day, is_end) * _YEAR_WIDTH

    drawn: list[Lane] = []
    top = _HEAD
    for lane, name in lanes:
        marks: list[Mark] = []
        # The right end of the last target in each row; an entry goes to the first row where it has room.
        rows: list[int] = []
        for _, span, href, title in (each for each in entries if each[0] == lane):
            start = place(span.first, False) if span.first else float(_MARGIN)
            end = place(span.last, True) if span.last else float(width - _MARGIN)
            bar = max(_SHORTEST, round(end - start))
            target = max(_TARGET, bar)
            target_x = max(0, round(start) - (target - bar) // 2)
            row = next((number for number, taken in enumerate(rows) if taken <= target_x), len(rows))
            rows[row : row + 1] = [target_x + target]
            y = top + _LANE_HEAD + row * _TARGET
            is_open = not (span.first and span.last)
            marks.append(Mark(href, title, lane, round(start), y, bar, target_x, target, is_open))
        height = _LANE_HEAD + max(1, len(rows)) * _TARGET + 6
        drawn.append(Lane(lane, name, top, height, tuple(marks)))
        top += height
    return Axis(width, top, columns, tuple(drawn))


def _draw_columns(years: Sequence[int]) -> tuple[tuple[Column, ...], dict[int, int]]:
    columns: list[Column] = [Column(_MARGIN, _YEAR_WIDTH, str(years[0]), False)]
    for earlier, later in pairwise(years):
        end = columns[-1].x + columns[-1].width
        if later > earlier + 1:
            name = f"{earlier + 1}–{later - 1}" if later > earlier + 2 else str(earlier + 1)
            columns.append(Column(end, _GAP_WIDTH, name, True))
            end += _GAP_WIDTH
        columns.append(Column(end, _YEAR_WIDTH, str(later), False))
    return tuple(columns), {int(column.name): column.x for column in columns if not column.is_gap}

"""Days, months and years as stretches of days, and how they read.

Comes in: the earliest and the latest day of a time, or what a reader types as one (2023, 5/2023, 12/12/2023,
2023-12-12). Goes out: a `Span`, which may be open at one end, and words for it in the reader's language.
"""

import re
from calendar import isleap, monthrange
from dataclasses import dataclass

from tulieu.pages.values import show_date, show_month
from tulieu.pages.wording import Wording

_ISO = re.compile(r"(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?$")
_VIETNAMESE = re.compile(r"(?:(?:(\d{1,2})[/.])?(\d{1,2})[/.])?(\d{4})$")


@dataclass(frozen=True, order=True)
class Span:
    """A stretch of days, both included, each as year-month-day; an empty one is open or not known."""

    first: str
    last: str

    @property
    def start(self) -> str:
        """The day by which the span is ordered: its first, else its last; empty where neither is known."""
        return self.first or self.last

    @property
    def year(self) -> int:
        """The year in which the span is listed."""
        return int(self.start[:4])

    @property
    def precision(self) -> str:
        """How exactly the span is known: day, month, year, longer, or open."""
        if not (self.first and self.last):
            return "open"
        if self.first == self.last:
            return "day"
        same_year, same_month = self.first[:4] == self.last[:4], self.first[:7] == self.last[:7]
        if same_month and self.first[8:] == "01" and int(self.last[8:]) == _days_of_month(self.last):
            return "month"
        return "year" if same_year and self.first[5:] == "01-01" and self.last[5:] == "12-31" else "longer"

    def meets(self, other: "Span") -> bool:
        """Say whether two spans have a day in common; an open end reaches as far as one likes."""
        return not (self.last and other.first and self.last < other.first) and not (
            self.first and other.last and other.last < self.first
        )

    def has_month(self, month: int) -> bool:
        """Say whether the span has days in a month of any of its years."""
        first, last = self.start, self.last or self.first
        months = (int(last[:4]) - int(first[:4])) * 12 + int(last[5:7]) - int(first[5:7])
        return (month - int(first[5:7])) % 12 <= months


def read_span(text: str) -> Span | None:
    """Read a year, a month or a day as readers type it; None when it is none."""
    text = text.strip()
    iso, vietnamese = _ISO.match(text), _VIETNAMESE.match(text)
    found = iso.groups() if iso else tuple(reversed(vietnamese.groups())) if vietnamese else None
    if not found:
        return None
    year, month, day = (int(part) if part else 0 for part in found)
    if month > 12 or not year or (day and day > monthrange(year, month)[1]):
        return None
    last_month = month or 12
    last_day = day or monthrange(year, last_month)[1]
    return Span(f"{year:04}-{month or 1:02}-{day or 1:02}", f"{year:04}-{last_month:02}-{last_day:02}")


def show_span(span: Span, wording: Wording) -> str:
    """Write a span as exactly as it is known: a day, a month, a year, years, or from one day to another."""
    first, last = show_date(span.first, wording), show_date(span.last, wording)
    if span.precision == "day":
        return first
    if span.precision == "month":
        return show_month(span.first[:7], wording)
    if span.precision == "year":
        return wording("timeline.year", span.first[:4])
    if span.precision == "open":
        return wording("timeline.from", first) if span.first else wording("timeline.until", last)
    if span.first[5:] == "01-01" and span.last[5:] == "12-31":
        return f"{span.first[:4]}–{span.last[:4]}"
    return f"{first} – {last}"


def part_of_year(day: str, is_end: bool = False) -> float:
    """Where a day begins, or ends, in its year: 0 is the first moment, 1 the last."""
    year, month, number = (int(part) for part in day.split("-"))
    before = sum(monthrange(year, each)[1] for each in range(1, month))
    return (before + number - (0 if is_end else 1)) / (366 if isleap(year) else 365)


def _days_of_month(day: str) -> int:
    return monthrange(int(day[:4]), int(day[5:7]))[1]

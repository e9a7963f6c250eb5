"""The pages of a list that is too long for one.

Comes in: a visit, how many items there are, how many stand on a page, and by which parameter a page is chosen. Goes
out: a frozen `Paging`: where the reader is, and the addresses of the pages beside.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from tulieu.pages.visit import Visit

Item = TypeVar("Item")


@dataclass(frozen=True)
class Paging:
    """One page among others; an address is empty where there is no page."""

    number: int
    last: int
    size: int
    previous_href: str
    next_href: str

    def page_of(self, place: int) -> int:
        """The page on which the item at a place, counted from 0, stands."""
        return place // self.size + 1

    def part(self, items: Sequence[Item]) -> Sequence[Item]:
        """The items that stand on this page."""
        return items[(self.number - 1) * self.size : self.number * self.size]


def make_paging(visit: Visit, count: int, size: int, name: str = "page", anchor: str = "") -> Paging:
    """Find the page that a visit asks for; a number too high means the last one."""
    last = max(1, -(-count // size))
    number = min(visit.number(name), last)
    return Paging(
        number=number,
        last=last,
        size=size,
        previous_href=visit.address(**{name: str(number - 1)}) + anchor if number > 1 else "",
        next_href=visit.address(**{name: str(number + 1)}) + anchor if number < last else "",
    )

"""The geometry of a network: things in a column, their relations as lines along its side.

Comes in: things in the order of the column, links between them. Goes out: frozen boxes, lines and words with their
places. A column is as wide on a telephone as on a desk, and grows only downwards.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from tulieu.pages.drawings.lettering import break_lines, measure
from tulieu.pages.labels import Text
from tulieu.pages.values import Value

LETTER = 14
SMALL_LETTER = 12
_LINE = 18
_BOX_WIDTH = 176
_PADDING = 10
_BETWEEN = 16
# The height that a line takes at the side of a box: with words above it, or above and below.
_SLOTS = (22, 38)
_WORDS_WIDTH = 112
_LANE_WIDTH = 14
_MARGIN = 3


@dataclass(frozen=True)
class Link:
    """One relation: from which thing to which, and what it is called."""

    start: str
    end: str
    name: Text


@dataclass(frozen=True)
class Line:
    """One line of words with its place."""

    words: str
    y: int


@dataclass(frozen=True)
class Box:
    """One thing of the column."""

    value: Value
    y: int
    height: int
    lines: tuple[Line, ...]
    is_focus: bool


@dataclass(frozen=True)
class Wire:
    """One relation as a line: out of a box at `y`, along `lane`, into another at `end_y`."""

    y: int
    lane: int
    end_y: int
    name: Text
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Drawing:
    """The whole; `edge` is the right side of the boxes."""

    width: int
    height: int
    left: int
    edge: int
    box_width: int
    boxes: tuple[Box, ...]
    wires: tuple[Wire, ...]


def draw_network(things: Sequence[Value], links: Sequence[Link], focus: str) -> Drawing:
    """Draw things in the given order with the links between them."""
    rank = {thing.iri: number for number, thing in enumerate(things)}
    # Lines of one kind into one thing come in together; each line out has room for its words.
    comes: dict[str, list[str]] = defaultdict(list)
    goes: dict[str, list[Link]] = defaultdict(list)
    for link in sorted(links, key=lambda link: (rank[link.end], rank[link.start], link.name.words)):
        goes[link.start].append(link)
        if link.name.words not in comes[link.end]:
            comes[link.end].append(link.name.words)
    told = {link.name.words: break_lines(link.name.words, _WORDS_WIDTH, SMALL_LETTER, most=2) for link in links}
    slot = _SLOTS[any(len(lines) > 1 for lines in told.values())]
    boxes: list[Box] = []
    slots: dict[str, int] = {}
    y = _MARGIN
    for thing in things:
        lines = break_lines(thing.text.words, _BOX_WIDTH - 2 * _PADDING, LETTER, most=4)
        count = len(comes[thing.iri]) + len(goes[thing.iri])
        height = max(2 * _PADDING + len(lines) * _LINE, count * slot + _PADDING)
        top = y + (height - len(lines) * _LINE) // 2 + LETTER
        placed = tuple(Line(words, top + number * _LINE) for number, words in enumerate(lines))
        boxes.append(Box(thing, y, height, placed, thing.iri == focus))
        slots[thing.iri] = y + (height - count * slot) // 2 + slot // 2
        y += height + _BETWEEN
    wires = _draw_wires(things, goes, comes, slots, slot)
    words = max((round(measure(line, SMALL_LETTER)) for lines in told.values() for line in lines), default=0)
    edge = _MARGIN + _BOX_WIDTH
    first_lane = edge + words + 24
    lanes = max((wire.lane for wire in wires), default=0)
    return Drawing(
        width=first_lane + lanes * _LANE_WIDTH + _MARGIN + 2,
        height=y - _BETWEEN + _MARGIN,
        left=_MARGIN,
        edge=edge,
        box_width=_BOX_WIDTH,
        boxes=tuple(boxes),
        wires=tuple(
            replace(
                each,
                lane=first_lane + each.lane * _LANE_WIDTH,
                lines=tuple(
                    Line(words, each.y - 4 + number * _LINE) for number, words in enumerate(told[each.name.words])
                ),
            )
            for each in wires
        ),
    )


def _draw_wires(
    things: Sequence[Value],
    goes: Mapping[str, Sequence[Link]],
    comes: Mapping[str, Sequence[str]],
    slots: Mapping[str, int],
    slot: int,
) -> list[Wire]:
    """Give every line its heights and the number of its lane, so that no line covers another."""
    trunks: dict[tuple[str, str], list[tuple[int, Text]]] = defaultdict(list)
    for thing in things:
        for number, link in enumerate(goes[thing.iri]):
            trunks[link.end, link.name.words].append((slots[thing.iri] + number * slot, link.name))
    wires: list[Wire] = []
    taken: list[list[tuple[int, int]]] = []

    def arrival(key: tuple[str, str]) -> int:
        # What goes out leads up to the things above and leaves first; what comes from below arrives under it.
        return slots[key[0]] + (len(goes[key[0]]) + list(comes[key[0]]).index(key[1])) * slot

    def reach(key: tuple[str, str]) -> tuple[int, int]:
        end = arrival(key)
        heights = [height for height, _ in trunks[key]]
        return min(end, *heights), max(end, *heights)

    for key in sorted(trunks, key=lambda key: (reach(key)[1] - reach(key)[0], reach(key), key)):
        low, high = reach(key)
        lane = next(
            (n for n, found in enumerate(taken) if all(high < start or low > stop for start, stop in found)), len(taken)
        )
        taken[lane : lane + 1] = [[*(taken[lane] if lane < len(taken) else ()), (low, high)]]
        wires += [Wire(height, lane, arrival(key), name, ()) for height, name in trunks[key]]
    return wires

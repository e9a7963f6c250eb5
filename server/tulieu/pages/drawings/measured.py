"""The figures of a release, as sources give them.

Comes in: the release. Goes out: frozen `Figure`s by name, and the parts that sources give of each total. Nothing is
worked out here.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from tulieu.pages.knowledge import Knowledge, once_for_each_release, text_of

_PERCENT = "unit-percent"


@dataclass(frozen=True)
class Figure:
    """One figure, as a release has it; a property that no source states is empty."""

    iri: str
    measure: str
    category: str
    numbers: tuple[Decimal, ...]
    lowest: Decimal | None
    highest: Decimal | None
    printed: tuple[str, ...]
    qualifier: str
    unit: str
    wholes: tuple[str, ...]
    base: str
    is_exhaustive: bool
    sources: tuple[str, ...]

    @property
    def number(self) -> Decimal | None:
        """The number, where there is exactly one."""
        return self.numbers[0] if len(self.numbers) == 1 else None

    @property
    def is_share(self) -> bool:
        """Say whether the figure is a percentage, or said to be a share of another."""
        return bool(self.base) or self.is_percentage

    @property
    def is_percentage(self) -> bool:
        """Say whether the figure counts in hundredths."""
        return self.unit.endswith(_PERCENT)


@once_for_each_release
def read_figures(knowledge: Knowledge) -> Mapping[str, Figure]:
    """Read all figures of a release, by name."""
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for row in knowledge.rows("figures"):
        for name, term in row.items():
            found[text_of(row["figure"])][name].add(text_of(term))
    return {iri: _figure(iri, facts) for iri, facts in sorted(found.items())}


def _figure(iri: str, facts: Mapping[str, set[str]]) -> Figure:
    def one(name: str) -> str:
        return min(facts.get(name, ()), default="")

    def numbers(name: str) -> tuple[Decimal, ...]:
        return tuple(sorted(number for text in facts.get(name, ()) if (number := _decimal(text)) is not None))

    return Figure(
        iri=iri,
        measure=one("measure"),
        category=one("category"),
        numbers=numbers("value"),
        lowest=min(numbers("lowest"), default=None),
        highest=max(numbers("highest"), default=None),
        printed=tuple(sorted(facts.get("printed", ()))),
        qualifier=one("qualifier"),
        unit=one("unit"),
        wholes=tuple(sorted(facts.get("whole", ()))),
        base=one("base"),
        is_exhaustive=facts.get("isExhaustive") == {"true"},
        sources=tuple(sorted(facts["source"])),
    )


@once_for_each_release
def read_parts(knowledge: Knowledge) -> Mapping[str, list[Figure]]:
    """The parts that sources give of each total, by the total's name."""
    figures = read_figures(knowledge)
    parts: dict[str, list[Figure]] = defaultdict(list)
    for figure in figures.values():
        for whole in figure.wholes:
            if whole in figures:
                parts[whole].append(figure)
    return dict(parts)


def _decimal(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None

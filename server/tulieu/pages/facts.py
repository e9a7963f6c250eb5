"""What a page says of a thing, as its template prints it: rows of facts with their sources, and what is not stated.

Comes in: texts, values, sources and proofs, put together by `statements`. Goes out: frozen value objects.
"""

from dataclasses import dataclass

from tulieu.pages.labels import Text
from tulieu.pages.proofs import Proof
from tulieu.pages.sources import SourceNote
from tulieu.pages.values import Value


@dataclass(frozen=True)
class Detail:
    """One line of a folded situation: the property, and its values."""

    label: Text
    values: tuple[Value, ...]


@dataclass(frozen=True)
class Fact:
    """One statement as a page shows it: the value, what it consists of, who says so, or why it follows.

    `through` are the situations that the fact was folded from, each with a page of its own.
    """

    value: Value
    details: tuple[Detail, ...]
    sources: tuple[SourceNote, ...]
    proof: Proof | None
    is_inferred: bool
    through: tuple[Value, ...] = ()


@dataclass(frozen=True)
class Gap:
    """What is not stated, where it was looked for: a point that the text leaves open, or just the row's own matter.

    Without sources, all passages on the thing were read for it.
    """

    point: Text | None
    sources: tuple[SourceNote, ...]


@dataclass(frozen=True)
class FactGroup:
    """One row of a page: what is said of a thing with one property or on one path, and what the passages leave open.

    One whose sources give different values `is_disputed`.
    """

    label: Text
    href: str
    facts: tuple[Fact, ...]
    gaps: tuple[Gap, ...] = ()
    section: Text | None = None
    is_disputed: bool = False
    more_href: str = ""

    @property
    def count(self) -> int:
        """How many statements there are."""
        return len(self.facts)


@dataclass(frozen=True)
class Also:
    """What only says otherwise, or more widely, what the rows say: in short, with the address of its proof."""

    label: Text
    value: Value
    proof_href: str


@dataclass(frozen=True)
class About:
    """All that a page says of a thing; `claimed` are the relations from elsewhere that its rows already show."""

    groups: tuple[FactGroup, ...]
    wider: tuple[Also, ...]
    claimed: frozenset[str]

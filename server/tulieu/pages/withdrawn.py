"""The page of a name that is used no longer: why, since when, and what stands in its place.

Comes in: what became of a name, and a reader. Goes out: a frozen `WithdrawnPage`.
"""

from dataclasses import dataclass

from tulieu.pages.labels import Text
from tulieu.pages.values import Value, Values, show_date
from tulieu.withdrawals import Withdrawal


@dataclass(frozen=True)
class WithdrawnPage:
    """What is left of a thing whose name was withdrawn."""

    title: Text
    since: str
    reason: Text | None
    replacements: tuple[Value, ...]
    iri: str


def make_withdrawn_page(found: Withdrawal, values: Values) -> WithdrawnPage:
    """Gather the page of a withdrawn name."""
    language = values.content if values.content in found.reasons else next(iter(sorted(found.reasons)), "")
    return WithdrawnPage(
        title=values.labels.of(found.iri, values.content),
        since=show_date(found.since, values.wording),
        reason=Text(found.reasons[language], language) if language else None,
        replacements=tuple(values.thing(each) for each in found.replacements),
        iri=found.iri,
    )

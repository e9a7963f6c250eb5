"""The page of an error: what happened, in words, and where to go from here.

Comes in: a status, a reason, what was asked for. Goes out: a frozen `ErrorPage`. Only where something was not found is
the archive asked for more, so that the page of a failure cannot itself fail.
"""

from dataclasses import dataclass

from tulieu.pages.coverage import Coverage
from tulieu.pages.labels import Text
from tulieu.pages.past import Former
from tulieu.pages.values import Value, Values

# What went wrong inside is for the log; a reader can do nothing with it.
_INSIDE = 500


@dataclass(frozen=True)
class ErrorPage:
    """An error for people; the reason is in English, as the machine's answer has it."""

    title: Text
    advice: Text
    status: int
    reason: str
    words: str
    nearest: tuple[Value, ...]
    coverage: Coverage | None
    former: Former | None


def make_error_page(
    status: int,
    reason: str,
    words: str,
    nearest: tuple[Value, ...],
    coverage: Coverage | None,
    former: Former | None,
    values: Values,
) -> ErrorPage:
    """Gather the page of an error; `words` are those of the address, to search for."""
    wording = values.wording
    known = status if wording.has(f"error.{status}") else 500 if status >= 500 else 400
    return ErrorPage(
        title=Text(wording(f"error.{known}"), values.language),
        advice=Text(wording(f"error.{known}.advice"), values.language),
        status=status,
        reason="" if status == _INSIDE else reason,
        words=words,
        nearest=nearest,
        coverage=coverage,
        former=former,
    )

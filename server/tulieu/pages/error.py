"""The page of an error: what happened, in words, and where to go from here.

Comes in: a status and a reason. Goes out: a frozen `ErrorPage`.
"""

from dataclasses import dataclass

from tulieu.pages.labels import Text
from tulieu.pages.values import Value, Values


@dataclass(frozen=True)
class ErrorPage:
    """An error for people; the reason is in English, as the machine's answer has it."""

    title: Text
    advice: Text
    status: int
    reason: str
    nearest: tuple[Value, ...]


def make_error_page(status: int, reason: str, nearest: tuple[Value, ...], values: Values) -> ErrorPage:
    """Gather the page of an error."""
    wording = values.wording
    known = status if wording.has(f"error.{status}") else 500 if status >= 500 else 400
    return ErrorPage(
        title=Text(wording(f"error.{known}"), values.language),
        advice=Text(wording(f"error.{known}.advice"), values.language),
        status=status,
        reason=reason,
        nearest=nearest,
    )

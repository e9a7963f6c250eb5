"""How a value reads: a thing by its label, a number, date or truth value as each language writes it.

Comes in: a term of the store. Goes out: a `Value` that a template can print: words with their language, and an address
where there is something to go to.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation

from tulieu.pages.labels import Labels, Text
from tulieu.pages.links import Links
from tulieu.pages.terms import OURS
from tulieu.pages.wording import Wording
from tulieu.store import Blank, Iri, Literal, Term

XSD = "http://www.w3.org/2001/XMLSchema#"
_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})$")
_MONTH_DAY = re.compile(r"--(\d{2})-(\d{2})$")
_MONTH = re.compile(r"(\d{4})-(\d{2})$")
_DURATION = re.compile(r"P(?=\d)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?$")


@dataclass(frozen=True)
class Value:
    """One value on a page; `href` is empty where it leads nowhere, `iri` is empty for what is no thing."""

    text: Text
    href: str = ""
    iri: str = ""
    is_external: bool = False


class Values:
    """Makes values for one reader."""

    def __init__(self, labels: Labels, links: Links, language: str, content: str = "") -> None:
        """Write for a reader of a language, who may want the things themselves in another.

        `language` is that of the interface: its words, dates and numbers; `content` that of names and texts.
        """
        self.labels = labels
        self.links = links
        self.language = language
        self.content = content or language
        self.wording = Wording(language)

    @property
    def languages(self) -> str:
        """The languages of an answer, as `Content-Language` has them: the interface's, and the content's if other."""
        return ", ".join(dict.fromkeys((self.language, self.content)))

    def show(self, term: Term) -> Value:
        """Write a term of a statement."""
        if isinstance(term, Iri):
            return self.thing(term.value)
        if isinstance(term, Blank):
            return Value(Text(self.wording("value.unnamed"), self.language))
        return Value(self._literal(term))

    def thing(self, iri: str) -> Value:
        """Write a thing by its label, with the address of its page."""
        href = self.links.page(iri)
        return Value(self.labels.of(iri, self.content), href, iri, bool(href) and not self.links.local(iri))

    def kind(self, iri: str) -> Value:
        """Name a class, with the address of the list of its things."""
        return Value(self.labels.of(iri, self.language), self.links.path(f"browse/{iri.removeprefix(OURS)}"), iri)

    def _literal(self, literal: Literal) -> Text:
        if literal.language:
            return Text(literal.value, literal.language, literal.language != self.content)
        write = _WRITERS.get(literal.datatype)
        return Text(write(literal.value, self.wording), self.language) if write else Text(literal.value, "")


def show_date(value: str, wording: Wording) -> str:
    """Write a day as the language has it: 17/5/2023, or 17 May 2023."""
    found = _DATE.match(value)
    if not found:
        return value
    year, month, day = (int(part) for part in found.groups())
    return wording("value.date", day, month, year, wording(f"month.{month}"))


def show_days(first: str, last: str, wording: Wording) -> str:
    """Write the days from and to, once where they are the same; empty where there are none."""
    return " – ".join(show_date(day, wording) for day in dict.fromkeys((first, last)) if day)


def show_month_day(value: str, wording: Wording) -> str:
    """Write a day without a year: 17/5, or 17 May."""
    found = _MONTH_DAY.match(value)
    return (
        wording("value.month_day", int(found[2]), int(found[1]), wording(f"month.{int(found[1])}")) if found else value
    )


def show_month(value: str, wording: Wording) -> str:
    """Write a month of a year: 5/2021, or May 2021."""
    found = _MONTH.match(value)
    return wording("value.month", int(found[2]), found[1], wording(f"month.{int(found[2])}")) if found else value


def show_duration(value: str, wording: Wording) -> str:
    """Write a length of time in years, months and days."""
    found = _DURATION.match(value)
    if not found:
        return value
    parts = [(amount, unit) for amount, unit in zip(found.groups(), ("year", "month", "day"), strict=True) if amount]
    # English counts one year but two years; the catalogue has both words.
    return " ".join(wording(f"duration.{unit}.{'one' if amount == '1' else 'many'}", amount) for amount, unit in parts)


def show_moment(moment: str, wording: Wording) -> str:
    """Write a moment as a day and a time of day in UTC."""
    try:
        when = datetime.fromisoformat(moment).astimezone(UTC)
    except ValueError:
        return moment
    return f"{show_date(when.date().isoformat(), wording)}, {when:%H:%M} UTC"


def show_number(value: str, language: str) -> str:
    """Write a number as the language has it: 8.198 and 98,7 in Vietnamese, 8,198 and 98.7 in English."""
    try:
        number = Decimal(value)
    except InvalidOperation:
        return value
    # Exponents are written out; what is no finite number (INF, NaN) stays as it is.
    if not number.is_finite():
        return value
    english = f"{number:,f}"
    return english.translate(str.maketrans(",.", ".,")) if language == "vi" else english


def show_count(count: int, language: str) -> str:
    """Write a count of things."""
    return show_number(str(count), language)


# How the literals of each datatype read; those of any other stand as they are.
_WRITERS: dict[str, Callable[[str, Wording], str]] = {
    XSD + "date": show_date,
    XSD + "gMonthDay": show_month_day,
    XSD + "gYearMonth": show_month,
    XSD + "duration": show_duration,
    XSD + "yearMonthDuration": show_duration,
    XSD + "dateTime": show_moment,
    XSD + "boolean": lambda value, wording: wording("value.true" if value == "true" else "value.false"),
    **{
        XSD + name: lambda value, wording: show_number(value, wording.language)
        for name in ("integer", "decimal", "double", "float")
    },
}

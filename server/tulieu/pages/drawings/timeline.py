"""The timeline: what is attested, what was planned, what is commemorated, by the years in which it lies.

Comes in: the archive and a visit (`from`, `to`, `month`, `kind`, `page`). Goes out: a frozen `TimelinePage`: entries in
the order of their days, under their years, with the years between that have none; and an axis drawn over them. The lane
of an entry follows from the class of the thing and from the property, so a plan is never drawn as what happened.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from tulieu.pages.archive import Archive
from tulieu.pages.coverage import Coverage, make_coverage
from tulieu.pages.drawings.axis import Axis, Strip, draw_axis, draw_strip
from tulieu.pages.drawings.spans import Span, read_span, show_span
from tulieu.pages.knowledge import Knowledge, once_for_each_release, sparql_of, text_of
from tulieu.pages.labels import Text
from tulieu.pages.paging import Paging, make_paging
from tulieu.pages.sources import SourceNote
from tulieu.pages.values import Value, Values, show_count
from tulieu.pages.visit import Visit
from tulieu.pages.wording import Wording
from tulieu.store import Literal

LANES = ("attested", "planned", "commemorated")
PAGE_SIZE = 60
_MOST_WITHOUT_DAY = 100


@dataclass(frozen=True)
class Moment:
    """One thing at its time, as a release has it; the names of sources stand in the order of their names."""

    span: Span
    thing: str
    property: str
    through: str
    printed: tuple[str, str]
    lane: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Entry:
    """One line of the timeline."""

    anchor: str
    when: str
    precision: str
    printed: Text
    lane: str
    lane_name: str
    thing: Value
    how: Value
    through: Value | None
    sources: tuple[SourceNote, ...]
    strip: Strip | None


@dataclass(frozen=True)
class Year:
    """The entries that begin in one year; `gap` says in words which years before it have none."""

    year: str
    gap: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Choice:
    """One value that the form offers."""

    value: str
    name: str
    is_chosen: bool


@dataclass(frozen=True)
class YearLink:
    """One year that has entries, and the address of the timeline of it alone."""

    year: str
    href: str
    count: str


@dataclass(frozen=True)
class TimelinePage:
    """The timeline, or the part of it that was chosen."""

    title: Text
    years: tuple[Year, ...]
    axis: Axis | None
    without_day: tuple[Entry, ...]
    count: str
    first: str
    last: str
    lanes: tuple[Choice, ...]
    months: tuple[Choice, ...]
    all_years: tuple[YearLink, ...]
    paging: Paging
    query: str
    coverage: Coverage | None


def make_timeline_page(archive: Archive, visit: Visit) -> TimelinePage:
    """Gather the part of the timeline that a reader chose."""
    values, wording = visit.values, visit.values.wording
    lanes = tuple(lane for lane in visit.texts("kind") if lane in LANES) or LANES
    month = visit.number("month", 0)
    month = month if month <= 12 else 0
    chosen = Span(_bound(visit.text("from"), 0), _bound(visit.text("to"), 1))
    moments = read_moments(archive.knowledge)
    dated = [
        moment
        for moment in moments
        if moment.span.start
        and moment.lane in lanes
        and moment.span.meets(chosen)
        and not (month and not moment.span.has_month(month))
    ]
    # What has no day lies in no stretch of days: it is told of only where none was chosen.
    is_whole = not (month or chosen.start)
    undated = [each for each in moments if not each.span.start and each.lane in lanes] if is_whole else []
    paging = make_paging(visit, len(dated), PAGE_SIZE)
    start = (paging.number - 1) * PAGE_SIZE
    entries = [
        (moment, _entry(archive, f"t{number}", moment, values))
        for number, moment in enumerate(paging.part(dated), start + 1)
    ]
    return TimelinePage(
        title=Text(wording("timeline.title"), values.language),
        years=_by_year(entries, wording),
        axis=draw_axis(
            [(lane, wording(f"lane.{lane}")) for lane in LANES],
            [
                (moment.lane, moment.span, f"#{entry.anchor}", f"{entry.when}: {entry.thing.text.words}")
                for moment, entry in entries
            ],
        ),
        without_day=tuple(
            _entry(archive, f"u{number}", moment, values)
            for number, moment in enumerate(undated[:_MOST_WITHOUT_DAY], 1)
        ),
        count=show_count(len(dated), values.language),
        first=visit.text("from"),
        last=visit.text("to"),
        lanes=tuple(Choice(lane, wording(f"lane.{lane}"), lane in lanes) for lane in LANES),
        months=tuple(Choice(str(number), wording(f"month.{number}"), number == month) for number in range(1, 13)),
        all_years=_year_links(moments, visit),
        paging=paging,
        query=sparql_of("timeline", names=archive.names),
        coverage=None if dated else make_coverage(archive, values),
    )


@once_for_each_release
def read_moments(knowledge: Knowledge) -> tuple[Moment, ...]:
    """Read all that has a time, in the order of days; then what has a time without days, and plans without any."""
    known: dict[tuple[str, str, str, str], list[set[str]]] = {}
    lanes: dict[tuple[str, str, str, str], str] = {}
    printed: dict[tuple[str, str, str, str], tuple[str, str]] = {}
    for row in knowledge.rows("timeline"):
        key = (text_of(row["thing"]), text_of(row["property"]), text_of(row.get("through")), text_of(row["time"]))
        earliest, latest, sources = known.setdefault(key, [set(), set(), set()])
        earliest.add(text_of(row.get("earliest")))
        latest.add(text_of(row.get("latest")))
        sources.update({text_of(row["source"]), text_of(row.get("note"))})
        is_commemorated = text_of(row["isCommemorated"]) == "true"
        is_planned = text_of(row["isPlanned"]) == "true"
        lanes[key] = "commemorated" if is_commemorated else "planned" if is_planned else "attested"
        form = row.get("printed")
        if isinstance(form, Literal):
            printed[key] = max(printed.get(key, ("", "")), (form.value, form.language))
    moments = [
        Moment(
            # Where sources differ, the span is the widest that they leave open.
            span=_span(earliest, latest),
            thing=key[0],
            property=key[1],
            through=key[2],
            printed=printed.get(key, ("", "")),
            lane=lanes[key],
            sources=tuple(sorted(sources - {""})),
        )
        for key, (earliest, latest, sources) in known.items()
    ]
    plans: dict[str, set[str]] = defaultdict(set)
    for row in knowledge.rows("plans-without-time"):
        plans[text_of(row["thing"])].add(text_of(row["source"]))
    moments += [
        Moment(Span("", ""), thing, "", "", ("", ""), "planned", tuple(sorted(sources)))
        for thing, sources in plans.items()
    ]
    return tuple(sorted(moments, key=_order))


def _order(moment: Moment) -> tuple[bool, str, str, int, str, str]:
    span = moment.span
    return not span.start, span.start, span.last, LANES.index(moment.lane), moment.thing, moment.property


def _span(earliest: Iterable[str], latest: Iterable[str]) -> Span:
    # Days that are no plain days of four-digit years cannot be put on an axis and count as not known.
    first = min((day for day in earliest if (read := read_span(day)) and read.precision == "day"), default="")
    last = max((day for day in latest if (read := read_span(day)) and read.precision == "day"), default="")
    return Span(first, last)


def _bound(text: str, end: int) -> str:
    span = read_span(text)
    return (span.last if end else span.first) if span else ""


def _entry(archive: Archive, anchor: str, moment: Moment, values: Values) -> Entry:
    words, language = moment.printed
    return Entry(
        anchor=anchor,
        when=show_span(moment.span, values.wording) if moment.span.start else "",
        precision=values.wording(f"precision.{moment.span.precision}") if moment.span.start else "",
        printed=Text(words, language),
        lane=moment.lane,
        lane_name=values.wording(f"lane.{moment.lane}"),
        thing=values.thing(moment.thing),
        how=values.thing(moment.property) if moment.property else Value(Text("", "")),
        through=values.thing(moment.through) if moment.through else None,
        sources=archive.sources.notes(moment.sources, values),
        strip=draw_strip(moment.span) if moment.span.start else None,
    )


def _by_year(entries: Sequence[tuple[Moment, Entry]], wording: Wording) -> tuple[Year, ...]:
    years: list[Year] = []
    # The last year that any entry so far reaches into: what a longer span covers is no gap.
    reached = 0
    for year, found in groupby(entries, lambda each: each[0].span.year):
        group = list(found)
        first, last = reached + 1, year - 1
        words = str(first) if first == last else f"{first}–{last}"
        gap = wording("timeline.gap", words) if years and first <= last else ""
        years.append(Year(str(year), gap, tuple(entry for _, entry in group)))
        reached = max([reached, year, *(int(moment.span.last[:4]) for moment, _ in group if moment.span.last)])
    return tuple(years)


def _year_links(moments: Iterable[Moment], visit: Visit) -> tuple[YearLink, ...]:
    counts = Counter(moment.span.year for moment in moments if moment.span.start)
    return tuple(
        YearLink(
            str(year),
            visit.address(from_=str(year), to=str(year), page=""),
            show_count(count, visit.values.language),
        )
        for year, count in sorted(counts.items())
    )

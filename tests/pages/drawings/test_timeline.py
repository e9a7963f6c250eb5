import pytest

from tulieu.pages.archive import Archive
from tulieu.pages.drawings import timeline
from tulieu.pages.drawings.timeline import Entry, TimelinePage, make_timeline_page
from tulieu.pages.knowledge import load_query
from tulieu.store import Iri

from .conftest import iri, visit


def entries(page: TimelinePage) -> dict[str, Entry]:
    return {entry.thing.iri.rsplit("/", 1)[-1]: entry for year in page.years for entry in year.entries}


def test_a_plan_is_never_drawn_as_what_happened(drawn: Archive) -> None:
    lanes = {name: entry.lane for name, entry in entries(make_timeline_page(drawn, visit(drawn, "timeline"))).items()}
    assert lanes == {
        "event-old": "attested",
        "event-year": "attested",
        "plan-period": "planned",
        "event-month": "attested",
        "holding-low": "attested",
        "plan-day": "planned",
        "anniversary-old": "commemorated",
        "event-since": "attested",
    }


def test_each_precision_reads_and_is_drawn_as_such(drawn: Archive) -> None:
    found = entries(make_timeline_page(drawn, visit(drawn, "timeline", "en")))
    assert {name: (entry.when, entry.precision) for name, entry in found.items() if name.startswith("event")} == {
        "event-old": ("10 October 1949", "to the day"),
        "event-year": ("year 2021", "to the year"),
        "event-month": ("February 2024", "to the month"),
        "event-since": ("from 1 March 2025", "one end is known"),
    }
    widths = [found[name].strip.width for name in ("event-old", "event-month", "event-year")]  # type: ignore[union-attr]
    assert widths == sorted(widths) and widths[0] < widths[1] < widths[2]
    assert (found["event-month"].printed.words, found["event-month"].printed.language) == ("tháng 2/2024", "vi")


def test_a_plan_without_a_day_has_that_of_the_anniversary_it_aims_at_and_says_so(drawn: Archive) -> None:
    entry = entries(make_timeline_page(drawn, visit(drawn, "timeline", "en")))["plan-day"]
    assert (entry.when, entry.how.text.words) == ("10 October 2024", "aims at")
    assert entry.through is not None and entry.through.iri == iri("anniversary-old")


def test_a_day_that_a_note_adds_brings_the_note(drawn: Archive) -> None:
    kinds = [
        source.kind for source in entries(make_timeline_page(drawn, visit(drawn, "timeline")))["event-month"].sources
    ]
    assert kinds == ["passage", "note"]


def test_what_has_no_day_is_told_apart(drawn: Archive) -> None:
    page = make_timeline_page(drawn, visit(drawn, "timeline"))
    assert [entry.thing.iri for entry in page.without_day] == [iri("event-loose"), iri("plan-open")]
    assert make_timeline_page(drawn, visit(drawn, "timeline", from_="2020")).without_day == ()


def test_years_between_that_have_none_are_said_and_those_under_a_span_are_not(drawn: Archive) -> None:
    years = make_timeline_page(drawn, visit(drawn, "timeline", "en")).years
    assert [(year.year, year.gap) for year in years] == [
        ("1949", ""), ("2021", "1950–2020: no dates"), ("2022", ""), ("2024", ""), ("2025", "")
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("parameters", "names"),
    [
        ({"kind": "planned", "month": "10"}, {"plan-period", "plan-day"}),
        (
            {"kind": ("attested", "commemorated"), "from_": "2/2024", "to": "2024"},
            {"event-month", "holding-low", "anniversary-old"},
        ),
        ({"to": "1949"}, {"event-old"}),
        ({"from_": "2030"}, {"event-since"}),
        ({"kind": "nonsense", "to": "1949", "from_": "x", "month": "99999"}, {"event-old"}),
    ],
)
def test_a_reader_chooses_kinds_days_and_months(
    drawn: Archive, parameters: dict[str, str | tuple[str, ...]], names: set[str]
) -> None:
    assert set(entries(make_timeline_page(drawn, visit(drawn, "timeline", **parameters)))) == names


def test_the_drawing_and_the_list_have_the_same_entries(drawn: Archive) -> None:
    page = make_timeline_page(drawn, visit(drawn, "timeline"))
    assert page.axis is not None
    marks = sorted(mark.href for lane in page.axis.lanes for mark in lane.marks)
    assert marks == sorted(f"#{entry.anchor}" for entry in entries(page).values())
    by_lane = {lane.lane: len(lane.marks) for lane in page.axis.lanes}
    assert by_lane == {"attested": 5, "planned": 2, "commemorated": 1}


def test_there_are_as_many_entries_as_the_store_has_times(drawn: Archive) -> None:
    rows = drawn.store.select(load_query("timeline"))
    pairs = {(row["thing"], row["property"], row["time"]) for row in rows if "earliest" in row or "latest" in row}
    page = make_timeline_page(drawn, visit(drawn, "timeline"))
    assert len(entries(page)) == len(pairs) == int(page.count)
    assert {Iri(entry.thing.iri) for entry in entries(page).values()} == {thing for thing, _, _ in pairs}


def test_a_long_timeline_has_pages_that_together_hold_all(drawn: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timeline, "PAGE_SIZE", 3)
    pages = [make_timeline_page(drawn, visit(drawn, "timeline", page=str(number))) for number in (1, 2, 3)]
    assert [len(entries(page)) for page in pages] == [3, 3, 2]
    assert len({name for page in pages for name in entries(page)}) == 8
    assert pages[0].paging.next_href == "/timeline?page=2"
    assert (pages[2].paging.next_href, pages[2].paging.last) == ("", 3)
    assert make_timeline_page(drawn, visit(drawn, "timeline", page="99")).years == pages[2].years

import pytest

from tulieu.pages.drawings.axis import STRIP_LENGTH, draw_axis, draw_strip
from tulieu.pages.drawings.spans import Span, part_of_year, read_span, show_span
from tulieu.pages.wording import Wording


@pytest.mark.parametrize(
    ("first", "last", "precision", "vietnamese", "english"),
    [
        ("2023-12-12", "2023-12-12", "day", "12/12/2023", "12 December 2023"),
        ("2024-02-01", "2024-02-29", "month", "tháng 2/2024", "February 2024"),
        ("2021-01-01", "2021-12-31", "year", "năm 2021", "year 2021"),
        ("2021-01-01", "2025-12-31", "longer", "2021–2025", "2021–2025"),
        ("2021-05-01", "2023-05-17", "longer", "1/5/2021 – 17/5/2023", "1 May 2021 – 17 May 2023"),
        ("2025-03-01", "", "open", "từ 1/3/2025", "from 1 March 2025"),
        ("", "2025-03-01", "open", "đến 1/3/2025", "until 1 March 2025"),
    ],
)
def test_a_span_reads_as_exactly_as_it_is_known(
    first: str, last: str, precision: str, vietnamese: str, english: str
) -> None:
    span = Span(first, last)
    assert span.precision == precision
    assert show_span(span, Wording("vi")) == vietnamese
    assert show_span(span, Wording("en")) == english


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2023", "2023-01-01", "2023-12-31"),
        ("12/2023", "2023-12-01", "2023-12-31"),
        (" 2/2024 ", "2024-02-01", "2024-02-29"),
        ("17/5/2023", "2023-05-17", "2023-05-17"),
        ("2023-05-17", "2023-05-17", "2023-05-17"),
        ("2023-5", "2023-05-01", "2023-05-31"),
    ],
)
def test_days_months_and_years_are_read_as_readers_type_them(text: str, first: str, last: str) -> None:
    assert read_span(text) == Span(first, last)


@pytest.mark.parametrize("text", ["", "soon", "13/2023", "31/2/2023", "0000", "23", "1/2/3/2023", "²023"])
def test_what_is_no_date_is_none(text: str) -> None:
    assert read_span(text) is None


def test_a_month_is_found_in_any_year_that_a_span_has_of_it() -> None:
    assert Span("2023-12-12", "2023-12-12").has_month(12)
    assert not Span("2023-12-12", "2023-12-12").has_month(1)
    assert Span("2023-11-05", "2024-01-05").has_month(12)
    assert Span("2023-11-05", "2024-01-05").has_month(1)
    assert not Span("2023-11-05", "2024-01-05").has_month(2)
    assert all(Span("2021-01-01", "2025-12-31").has_month(month) for month in range(1, 13))


def test_a_day_is_a_point_of_its_strip_and_a_year_the_whole_of_it() -> None:
    assert part_of_year("2023-01-01") == 0
    assert part_of_year("2024-12-31", is_end=True) == 1
    year = draw_strip(Span("2021-01-01", "2021-12-31"))
    assert (year.x, year.width, year.goes_on, year.comes_from) == (0, STRIP_LENGTH, False, False)
    month = draw_strip(Span("2024-02-01", "2024-02-29"))
    assert (month.x, month.width) == (round(31 / 366 * STRIP_LENGTH), round(29 / 366 * STRIP_LENGTH))
    last_day = draw_strip(Span("2023-12-31", "2023-12-31"))
    assert last_day.x + last_day.width == STRIP_LENGTH
    assert draw_strip(Span("2021-07-01", "2025-12-31")).goes_on
    assert draw_strip(Span("", "2025-03-01")).comes_from


def test_an_axis_has_a_gap_for_years_without_entries_and_room_for_every_target() -> None:
    days = ["1949-10-10", "2021-05-18", "2021-05-18", "2021-05-19", "2022-01-01"]
    axis = draw_axis(
        [("a", "A"), ("b", "B")], [("a", Span(day, day), f"#{number}", day) for number, day in enumerate(days)]
    )
    assert axis is not None
    assert [(column.name, column.is_gap) for column in axis.columns] == [
        ("1949", False), ("1950–2020", True), ("2021", False), ("2022", False)
    ]  # fmt: skip
    marks = axis.lanes[0].marks
    assert [mark.href for mark in marks] == [f"#{number}" for number in range(5)]
    assert axis.lanes[1].marks == ()
    assert all(mark.target_width >= 24 for mark in marks)
    taken = [(mark.y, mark.target_x, mark.target_x + mark.target_width) for mark in marks]
    for number, (row, start, end) in enumerate(taken):
        assert all(row != y or end <= left or right <= start for y, left, right in taken[:number])
    assert max(mark.target_x + mark.target_width for mark in marks) <= axis.width
    assert draw_axis([("a", "A")], []) is None

import pytest

from tulieu.pages.release import show_size
from tulieu.pages.values import show_date, show_duration, show_moment, show_month, show_month_day, show_number
from tulieu.pages.wording import Wording

VI, EN = Wording("vi"), Wording("en")


@pytest.mark.parametrize(
    ("value", "vietnamese", "english"),
    [
        ("8198", "8.198", "8,198"),
        ("98.7", "98,7", "98.7"),
        ("431346", "431.346", "431,346"),
        ("INF", "INF", "INF"),
        ("x", "x", "x"),
    ],
)
def test_numbers_read_as_each_language_writes_them(value: str, vietnamese: str, english: str) -> None:
    assert show_number(value, "vi") == vietnamese
    assert show_number(value, "en") == english


def test_days_and_spans_read_as_each_language_writes_them() -> None:
    assert (show_date("2023-05-07", VI), show_date("2023-05-07", EN)) == ("7/5/2023", "7 May 2023")
    assert (show_month_day("--05-17", VI), show_month_day("--05-17", EN)) == ("17/5", "17 May")
    assert (show_month("2021-05", VI), show_month("2021-05", EN)) == ("tháng 5/2021", "May 2021")
    assert (show_duration("P2Y", VI), show_duration("P1Y2M", EN)) == ("2 năm", "1 year 2 months")
    assert show_moment("2026-11-24T10:05:00Z", VI) == "24/11/2026, 10:05 UTC"


@pytest.mark.parametrize("value", ["soon", "P", ""])
def test_what_is_no_such_literal_stands_as_it_is(value: str) -> None:
    for show in (show_date, show_month_day, show_month, show_duration, show_moment):
        assert show(value, VI) == value


@pytest.mark.parametrize(("size", "text"), [(999, "999 B"), (1000, "1 kB"), (2_500_000, "2 MB"), (10**13, "10000 GB")])
def test_sizes_have_few_digits(size: int, text: str) -> None:
    assert show_size(size) == text

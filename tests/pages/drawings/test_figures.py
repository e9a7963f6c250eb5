import pytest

from tulieu.pages.archive import Archive, open_archive
from tulieu.pages.drawings.bars import Bar, draw_chart
from tulieu.pages.drawings.documents import make_document_network
from tulieu.pages.drawings.figures import FigureChart, make_figure_chart, make_figures_page
from tulieu.pages.drawings.timeline import make_timeline_page
from tulieu.pages.labels import Text
from tulieu.release import Release
from tulieu.search import SearchIndex
from tulieu.store import Store

from .conftest import iri, visit


def chart_of(archive: Archive, name: str, language: str = "vi") -> FigureChart:
    found = make_figure_chart(archive, iri(name), visit(archive, "", language).values)
    assert found is not None
    return found


def told(chart: FigureChart) -> list[tuple[str, str, str, bool]]:
    return [(row.figure.iri.rsplit("/", 1)[-1], row.amount, row.share, row.is_rest) for row in chart.rows]


def test_the_open_rest_of_a_breakdown_is_drawn_as_open(drawn: Archive) -> None:
    chart = chart_of(drawn, "figure-open")
    assert told(chart) == [
        ("figure-open-2", "100", "50,0%", False),
        ("figure-open-1", "50", "25,0%", False),
        ("", "50", "25,0%", True),
    ]
    assert chart.is_computed
    assert chart.chart is not None
    assert [segment.bar.is_rest for segment in chart.chart.segments] == [False, False, True]
    assert chart.chart.segments[-1].x + chart.chart.segments[-1].width == chart.chart.width


def test_a_breakdown_that_is_whole_has_no_rest(drawn: Archive) -> None:
    assert told(chart_of(drawn, "figure-closed", "en")) == [
        ("figure-closed-2", "6", "60.0%", False),
        ("figure-closed-1", "4", "40.0%", False),
    ]


def test_no_share_is_worked_out_of_a_total_that_is_no_one_number(drawn: Archive) -> None:
    chart = chart_of(drawn, "figure-range", "en")
    assert told(chart) == [("figure-range-1", "40", "", False), ("", "not stated", "", True)]
    assert not chart.is_computed
    assert chart.total.amount == "90–95"


def test_a_part_is_drawn_in_its_whole_and_marked(drawn: Archive) -> None:
    chart = chart_of(drawn, "figure-open-1")
    assert [row.figure.iri for row in chart.rows if row.is_here] == [iri("figure-open-1")]
    assert not chart.total.is_here
    assert make_figure_chart(drawn, iri("figure-many"), visit(drawn, "").values) is None
    assert make_figure_chart(drawn, iri("nothing"), visit(drawn, "").values) is None


def test_every_bar_is_a_row_and_every_row_a_bar(drawn: Archive) -> None:
    page = make_figures_page(drawn, visit(drawn, "figures"))
    assert len(page.charts) == 3
    for each in page.charts:
        assert each.chart is not None
        assert [drawn_bar.bar.href for drawn_bar in each.chart.bars] == [row.figure.href for row in each.rows]
    assert page.shares_chart is not None
    assert [bar.bar.href for bar in page.shares_chart.bars] == [each.row.figure.href for each in page.shares]


def test_a_percentage_has_its_base_or_none(drawn: Archive) -> None:
    shares = {each.row.figure.iri: each for each in make_figures_page(drawn, visit(drawn, "figures")).shares}
    stated = shares[iri("figure-share")]
    assert (stated.row.amount, stated.base_amount) == ("42,5%", "90–95")
    assert stated.base is not None and stated.base.iri == iri("figure-range")
    assert shares[iri("figure-share-alone")].base is None


def test_every_figure_of_the_store_is_told_once(drawn: Archive) -> None:
    page = make_figures_page(drawn, visit(drawn, "figures"))
    shown = [row.figure.iri for each in page.charts for row in (each.total, *each.rows) if row.figure.iri]
    shown += [each.row.figure.iri for each in page.shares] + [row.figure.iri for row in page.others]
    rows = drawn.store.select("SELECT DISTINCT ?figure { ?figure a tl:Figure }")
    assert sorted(shown) == sorted(row["figure"].value for row in rows)
    amounts = {row.figure.iri: row.amount for row in page.others}
    assert amounts == {iri("figure-many"): "“nhiều”", iri("figure-thousands"): "431.346"}


@pytest.mark.parametrize("numbers", [(3.0, 9.0), (0.0, 0.0)])
def test_parts_that_are_more_than_the_whole_are_not_put_side_by_side(numbers: tuple[float, float]) -> None:
    bars = [Bar("", Text("a", "vi"), "", number) for number in numbers]
    chart = draw_chart(bars, 10.0, is_whole=True)
    assert chart is not None
    assert bool(chart.segments) == (sum(numbers) <= 10)
    assert all(1 <= bar.width <= chart.width for bar in chart.bars)
    assert draw_chart(bars, 0.0) is None
    assert draw_chart([], 10.0) is None


def test_the_errands_are_answered_from_the_real_release(release: Release) -> None:
    archive = open_archive(release, Store(release.store_path), SearchIndex(release.search_path))
    chart = chart_of(archive, "figure-ttxvn-lai-chau-1-mo-hinh", "en")
    economy = next(row for row in chart.rows if row.figure.iri.endswith("mo-hinh-kinh-te"))
    assert (economy.amount.split()[0], economy.share, chart.total.amount.split()[0]) == ("273", "25.0%", "1,093")
    plans = make_timeline_page(archive, visit(archive, "timeline", "en", kind="planned", from_="12/2023", to="12/2023"))
    days = {entry.when: entry.thing.iri for year in plans.years for entry in year.entries}
    assert days["12 December 2023"] == iri("plan-ttxvn-lai-chau-1-ky-niem-70-nam")
    network = make_document_network(archive, iri("document-01-kl-tw-2021-05-18"), visit(archive, "").values)
    assert network is not None and len(network.rows) >= 2

"""The figures: totals with their parts, shares with their bases, and all the rest as a table.

Comes in: the archive, for the whole or for one figure. Goes out: frozen charts whose bars are also the rows of a table.
A share that a source does not print is worked out only from a total that is one number, and is said to be ours; what a
breakdown leaves open is drawn as open.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from tulieu.pages.archive import Archive
from tulieu.pages.drawings.bars import Bar, Chart, draw_chart
from tulieu.pages.drawings.measured import Figure, read_figures, read_parts
from tulieu.pages.knowledge import sparql_of
from tulieu.pages.labels import Text
from tulieu.pages.ordering import alphabetical
from tulieu.pages.paging import Paging, make_paging
from tulieu.pages.sources import SourceNote
from tulieu.pages.values import Value, Values, show_count, show_number
from tulieu.pages.visit import Visit

PAGE_SIZE = 50
_CHARTS_ON_PAGE = 10


@dataclass(frozen=True)
class FigureRow:
    """One figure for a reader: what is measured, the value in words, what it is a share of, who says so."""

    figure: Value
    label: Text
    amount: str
    unit: str
    share: str
    is_rest: bool
    is_here: bool
    sources: tuple[SourceNote, ...]


@dataclass(frozen=True)
class FigureChart:
    """A total with its parts, drawn and told; `is_computed` when shares of it are ours."""

    title: Text
    total: FigureRow
    rows: tuple[FigureRow, ...]
    chart: Chart | None
    is_computed: bool


@dataclass(frozen=True)
class ShareRow:
    """A percentage with its base, where one is known."""

    row: FigureRow
    base: Value | None
    base_amount: str


@dataclass(frozen=True)
class FiguresPage:
    """The breakdowns, the shares, the other figures."""

    title: Text
    charts: tuple[FigureChart, ...]
    shares: tuple[ShareRow, ...]
    shares_chart: Chart | None
    others: tuple[FigureRow, ...]
    count: str
    paging: Paging
    query: str


def make_figures_page(archive: Archive, visit: Visit) -> FiguresPage:
    """Gather a page of charts with the figures of that page."""
    values = visit.values
    figures = read_figures(archive.knowledge)
    parts = read_parts(archive.knowledge)
    shares = [each for each in figures.values() if each.is_share]
    inside = {iri for whole, found in parts.items() for iri in (whole, *(part.iri for part in found))}
    others = [each for each in figures.values() if each.iri not in inside and not each.is_share]
    paging = make_paging(visit, max(len(parts) * PAGE_SIZE // _CHARTS_ON_PAGE, len(others), len(shares)), PAGE_SIZE)
    drawn = sorted(parts)[(paging.number - 1) * _CHARTS_ON_PAGE : paging.number * _CHARTS_ON_PAGE]
    charts = [make_figure_chart(archive, iri, values) for iri in drawn]
    share_rows = tuple(_share_row(archive, each, figures, values) for each in paging.part(shares))
    return FiguresPage(
        title=Text(values.wording("figures.title"), values.language),
        charts=tuple(chart for chart in charts if chart),
        shares=share_rows,
        shares_chart=draw_chart(
            [
                Bar(
                    each.row.figure.href,
                    each.row.label,
                    each.row.amount,
                    float(figures[each.row.figure.iri].number or 0),
                )
                for each in share_rows
            ],
            100.0,
        ),
        others=tuple(_row(archive, each, values) for each in paging.part(_by_label(others, values))),
        count=show_count(len(figures), values.language),
        paging=paging,
        query=sparql_of("figures", names=archive.names),
    )


def make_figure_chart(archive: Archive, iri: str, values: Values) -> FigureChart | None:
    """Draw the breakdown that a figure is the total of, or else a part of; None where it is in none."""
    figures = read_figures(archive.knowledge)
    parts = read_parts(archive.knowledge)
    known = figures.get(iri)
    whole = iri if iri in parts else next((each for each in known.wholes if each in figures), "") if known else ""
    if whole not in parts:
        return None
    total = figures[whole]
    # The largest comes first; what has no one number is told after those that are drawn.
    found = sorted(parts[whole], key=lambda part: (-(part.number or Decimal(-1)), part.iri))
    base = total.number if total.number and all(part.unit == total.unit for part in found) else None
    rows = [_row(archive, part, values, base, iri) for part in found]
    rest = _rest(total, found, base)
    if rest is not None:
        rows.append(_rest_row(rest, base, values))
    ceiling = total.number or total.highest or sum((part.number or Decimal(0) for part in found), Decimal(0))
    numbers = [float(part.number or 0) for part in found]
    drawn_rest = [max(0.0, float(ceiling) - sum(numbers))] if rest is not None else []
    return FigureChart(
        title=values.thing(total.measure).text if total.measure else values.thing(whole).text,
        total=_row(archive, total, values, here=iri),
        rows=tuple(rows),
        chart=draw_chart(
            [
                Bar(row.figure.href, row.label, " · ".join(filter(None, (row.amount, row.share))), number, row.is_rest)
                for row, number in zip(rows, [*numbers, *drawn_rest], strict=True)
            ],
            float(ceiling),
            is_whole=True,
        ),
        is_computed=base is not None,
    )


def _rest(total: Figure, parts: Sequence[Figure], base: Decimal | None) -> Decimal | str | None:
    """What the parts leave open: a number where it can be known, else an empty text; None where nothing is open."""
    if total.is_exhaustive:
        return None
    numbers = [part.number for part in parts]
    if base is None or None in numbers:
        return ""
    rest = base - sum((number for number in numbers if number is not None), Decimal(0))
    return rest if rest > 0 else None


def _rest_row(rest: Decimal | str, base: Decimal | None, values: Values) -> FigureRow:
    amount = show_number(str(rest), values.language) if rest else values.wording("figures.unknown")
    return FigureRow(
        figure=Value(Text("", "")),
        label=Text(values.wording("figures.rest"), values.language),
        amount=amount,
        unit="",
        share=_share(rest, base, values) if isinstance(rest, Decimal) else "",
        is_rest=True,
        is_here=False,
        sources=(),
    )


def _row(archive: Archive, figure: Figure, values: Values, base: Decimal | None = None, here: str = "") -> FigureRow:
    shown = values.thing(figure.iri)
    label = values.thing(figure.category).text if figure.category else shown.text
    return FigureRow(
        figure=shown,
        label=label,
        amount=_amount(figure, values),
        unit=values.labels.of(figure.unit, values.content).words if figure.unit else "",
        share=_share(figure.number, base, values) if figure.number is not None else "",
        is_rest=False,
        is_here=figure.iri == here,
        sources=archive.sources.notes(figure.sources, values),
    )


def _share_row(archive: Archive, figure: Figure, figures: Mapping[str, Figure], values: Values) -> ShareRow:
    base = figures.get(figure.base)
    return ShareRow(
        row=_row(archive, figure, values),
        base=values.thing(base.iri) if base else None,
        base_amount=_amount(base, values) if base else "",
    )


def _amount(figure: Figure, values: Values) -> str:
    """The value in words: the numbers that sources give, or the bounds, else what is printed."""
    numbers = " / ".join(show_number(str(number), values.language) for number in figure.numbers)
    if not numbers and figure.lowest is not None and figure.highest is not None:
        numbers = "–".join(show_number(str(bound), values.language) for bound in (figure.lowest, figure.highest))
    if not numbers:
        return f"“{' / '.join(figure.printed)}”" if figure.printed else values.wording("figures.unknown")
    if figure.is_percentage:
        return f"{numbers}%"
    qualifier = values.labels.of(figure.qualifier, values.content).words if figure.qualifier else ""
    return f"{qualifier} {numbers}".strip()


def _share(number: Decimal | None, base: Decimal | None, values: Values) -> str:
    if number is None or not base:
        return ""
    return f"{show_number(f'{100 * number / base:.1f}', values.language)}%"


def _by_label(figures: Sequence[Figure], values: Values) -> list[Figure]:
    return sorted(figures, key=lambda each: (alphabetical(values.labels.of(each.iri, values.content).words), each.iri))

"""The quality of a release, in public: what validation found, whose voice statements have, what is ours, what is open.

Comes in: a release. Goes out: a frozen `QualityPage` with a few items of each list, a `QualityListPage` for one list
as a whole, in pages. Every number counts the rows of a question that is printed beside it, for readers to put again.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tulieu.pages.archive import Archive
from tulieu.pages.findings import SEVERITIES, Finding, read_report, show_finding
from tulieu.pages.knowledge import sparql_of, text_of
from tulieu.pages.labels import Text
from tulieu.pages.paging import Paging, make_paging
from tulieu.pages.proofs import explain_rule
from tulieu.pages.shapes import node_shapes, read_shapes
from tulieu.pages.sources import SourceNote, in_language
from tulieu.pages.values import Value, Values, show_count, show_number
from tulieu.pages.visit import Visit
from tulieu.store import Row

_SHOWN = 5
_OF_PAGE = 50


@dataclass(frozen=True)
class Side:
    """One value that sources give, with those who give it."""

    value: Value
    sources: tuple[SourceNote, ...]


@dataclass(frozen=True)
class Item:
    """One line of a list: a thing, what is said of it, the passages it rests on, or the values that disagree."""

    name: Value
    property: Text | None = None
    text: Text | None = None
    sources: tuple[Value, ...] = ()
    sides: tuple[Side, ...] = ()
    finding: Finding | None = None


@dataclass(frozen=True)
class Listing:
    """One list: its words, how many lines it has, some of them, the question that gives it."""

    name: str
    title: str
    about: str
    none: str
    count: str
    items: tuple[Item, ...]
    href: str
    query: str


@dataclass(frozen=True)
class Share:
    """One row of a table: what is counted, a word on it, the number, and its part of the whole."""

    name: Text
    kind: str
    count: str
    other_count: str = ""
    share: str = ""


@dataclass(frozen=True)
class QualityPage:
    """All measures of a release."""

    title: Text
    release_id: str
    conforms: bool | None
    shape_count: str
    severities: tuple[Share, ...]
    shapes_broken: tuple[tuple[Value, str], ...]
    listings: tuple[Listing, ...]
    voices: tuple[Share, ...]
    voices_query: str
    asserted_count: str
    inferred_count: str
    inferred_share: str
    proof_count: str
    unproven_count: str
    unproven_query: str
    rules: tuple[Share, ...]
    rules_query: str


@dataclass(frozen=True)
class QualityListPage:
    """One list as a whole, in pages."""

    title: Text
    listing: Listing
    paging: Paging


def make_quality_page(archive: Archive, values: Values) -> QualityPage:
    """Gather the measures of a release."""
    knowledge, wording, language = archive.knowledge, values.wording, values.language
    report = read_report(archive.release.report_path)
    parts = read_shapes(knowledge)
    found = [result["severity"] for result in report.results]
    shapes = [show_finding(result, parts, values).shape for result in report.results[: 20 * _OF_PAGE]]
    asserted, inferred = (archive.size_of_graph(str(archive.names.graph(name))) for name in ("asserted", "inferred"))
    rules = knowledge.once("rules")
    return QualityPage(
        title=Text(wording("quality.title"), language),
        release_id=archive.release.id,
        conforms=report.conforms,
        shape_count=show_count(len(node_shapes(parts)), language),
        severities=tuple(
            Share(Text(wording(f"quality.severity.{name}"), language), name, show_count(found.count(name), language))
            for name in SEVERITIES
        ),
        shapes_broken=tuple((shape, show_count(shapes.count(shape), language)) for shape in dict.fromkeys(shapes)),
        listings=tuple(_list(archive, name, 0, _SHOWN, values) for name in _LISTS),
        voices=_voices(archive, values),
        voices_query=sparql_of("voices", names=archive.names),
        asserted_count=show_count(asserted, language),
        inferred_count=show_count(inferred, language),
        inferred_share=_percent(inferred, asserted + inferred, values),
        proof_count=show_count(sum(int(text_of(row["count"])) for row in rules if "rule" in row), language),
        unproven_count=show_count(len(knowledge.once("unproven")), language),
        unproven_query=sparql_of("unproven", names=archive.names),
        rules=tuple(_rule(row, values) for row in rules if "rule" in row),
        rules_query=sparql_of("rules", names=archive.names),
    )


def make_quality_list_page(archive: Archive, visit: Visit) -> QualityListPage | None:
    """Gather one page of a list; None when there is no such list."""
    if visit.name not in _LISTS:
        return None
    rows, _ = _LISTS[visit.name]
    paging = make_paging(visit, len(rows(archive)), _OF_PAGE)
    listing = _list(archive, visit.name, (paging.number - 1) * _OF_PAGE, _OF_PAGE, visit.values)
    return QualityListPage(
        title=Text(listing.title, visit.values.language),
        listing=listing,
        paging=paging,
    )


def _list(archive: Archive, name: str, first: int, size: int, values: Values) -> Listing:
    read, show = _LISTS[name]
    rows = read(archive)
    wording = values.wording
    # What validation found is no question to the data; its report can be fetched.
    query = "" if name == "findings" else sparql_of(name, names=archive.names)
    watched = len(archive.knowledge.once("watched"))
    return Listing(
        name=name,
        title=wording(f"quality.{name}"),
        about=wording(f"quality.{name}.about", watched)
        if name == "disagreements"
        else wording(f"quality.{name}.about"),
        none=wording(f"quality.{name}.none"),
        count=show_count(len(rows), values.language),
        items=tuple(show(archive, row, values) for row in rows[first : first + size]),
        href=values.links.path(f"quality/{name}") if len(rows) > size else "",
        query=query,
    )


def _finding(archive: Archive, row: Row, values: Values) -> Item:
    finding = show_finding(row, read_shapes(archive.knowledge), values)
    return Item(finding.thing, finding=finding)


def _editorial(archive: Archive, row: Row, values: Values) -> Item:
    note = text_of(row["note"])
    facts = archive.sources.facts(note)
    passages = sorted(facts.get("derivedFrom", ()), key=lambda term: archive.sources.position(text_of(term)))
    return Item(
        name=values.thing(note),
        text=in_language(facts.get("reason", ()), values.content),
        sources=tuple(values.show(passage) for passage in passages),
    )


def _silent(archive: Archive, row: Row, values: Values) -> Item:
    passage = text_of(row["passage"])
    reasons = archive.sources.facts(passage).get("statesNothingBecause", ())
    return Item(values.thing(passage), text=in_language(reasons, values.content))


def _open_point(archive: Archive, row: Row, values: Values) -> Item:
    return Item(
        name=values.show(row["thing"]),
        property=archive.labels.of(text_of(row["property"]), values.content),
        text=archive.labels.of(text_of(row["point"]), values.content),
        sources=tuple(values.thing(passage) for passage in text_of(row["passages"]).split()),
    )


def _disagreement(archive: Archive, row: Row, values: Values) -> Item:
    found: dict[Value, list[str]] = {}
    for thing in (row["thing"], *([row["other"]] if "other" in row else [])):
        for said in archive.knowledge.rows("statements", {"thing": thing}):
            if said["property"] == row["property"]:
                found.setdefault(values.show(said["value"]), []).append(text_of(said["source"]))
    return Item(
        name=values.show(row["thing"]),
        property=archive.labels.of(text_of(row["property"]), values.content),
        sides=tuple(Side(value, archive.sources.notes(sources, values)) for value, sources in found.items()),
    )


def _asked(query: str) -> Callable[[Archive], Sequence[Row]]:
    return lambda archive: archive.knowledge.once(query)


# The lists: where their lines come from, and how one is shown.
_LISTS: dict[str, tuple[Callable[[Archive], Sequence[Row]], Callable[[Archive, Row, Values], Item]]] = {
    "findings": (lambda archive: read_report(archive.release.report_path).results, _finding),
    "disagreements": (_asked("disagreements"), _disagreement),
    "open-points": (_asked("open-points"), _open_point),
    "editorial": (_asked("editorial"), _editorial),
    "silent": (_asked("silent"), _silent),
}


def _voices(archive: Archive, values: Values) -> tuple[Share, ...]:
    rows = [row for row in archive.knowledge.once("voices") if "voice" in row]
    whole = sum(int(text_of(row.get("statements")) or 0) for row in rows)
    shares = []
    for row in rows:
        statements = int(text_of(row.get("statements")) or 0)
        shares.append(
            Share(
                name=values.show(row["voice"]).text,
                kind=text_of(row["voice"]).rsplit("/voice-", 1)[-1],
                count=show_count(int(text_of(row["passages"])), values.language),
                other_count=show_count(statements, values.language),
                share=_percent(statements, whole, values),
            )
        )
    return tuple(shares)


def _rule(row: Row, values: Values) -> Share:
    rule = text_of(row["rule"])
    return Share(explain_rule(rule, values), rule, show_count(int(text_of(row["count"])), values.language))


def _percent(part: int, whole: int, values: Values) -> str:
    return values.wording("quality.percent", show_number(f"{100 * part / whole:.1f}", values.language)) if whole else ""

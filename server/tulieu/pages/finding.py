"""The search: what is suggested while a reader types, what a search found, and what comes near where it found nothing.

Comes in: a text that a reader typed. Goes out: the frozen context of the page of results by kind, and the suggestions
as JSON. People, organs, documents and other things come before terms, and those before what only holds the archive
together. Each thing found has a hint that tells it from others of like name.
"""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from tulieu.folding import fold
from tulieu.pages.archive import Archive
from tulieu.pages.coverage import Coverage, make_coverage
from tulieu.pages.kinds import distance_from_stage, filed_under
from tulieu.pages.knowledge import sparql_of, text_of
from tulieu.pages.labels import Text
from tulieu.pages.statements import FOLDED
from tulieu.pages.terms import OURS
from tulieu.pages.values import Value, Values, show_days
from tulieu.pages.visit import Visit
from tulieu.search import Hit, words_of
from tulieu.store import Literal, Row, is_iri

_SUGGESTED = 8
# Among so many hits the suggestions are chosen: it must be quick.
_WEIGHED = 100
_FOUND = 400
_SHOWN_OF_A_KIND = 8
_NEAREST = 8
# Classes, properties, schemes and concepts: what the archive's words mean.
_TERMS = "terms"
# Which of these tells most of a thing; the days of its times come after them.
_TELLING = (OURS + "subjectLine", OURS + "hasHeldOffice")


@dataclass(frozen=True)
class Found:
    """One thing that a search found, its narrowest kind where it differs from the group's, what it is known by."""

    name: Value
    kinds: tuple[Value, ...]
    hint: Text | None


@dataclass(frozen=True)
class FoundKind:
    """What was found of one kind; `more_href` leads to all of it where only the first are shown."""

    name: Value
    things: tuple[Found, ...]
    count: int
    more_href: str


@dataclass(frozen=True)
class SearchPage:
    """What a search found, by kind; where it found nothing, what is named alike and what the archive covers."""

    title: Text
    query: str
    groups: tuple[FoundKind, ...]
    count: int
    is_cut: bool
    all_href: str
    nearest: tuple[Value, ...]
    sparql: str
    coverage: Coverage | None


def make_search_page(archive: Archive, visit: Visit) -> SearchPage:
    """Gather what a search finds, the kinds in the order of their best hit."""
    values, query, chosen = visit.values, visit.text("q").strip(), visit.text("kind")
    groups: dict[str, list[Hit]] = defaultdict(list)
    hits = find(archive, query, values, _FOUND)
    for hit in hits:
        kind = filed_under(archive.vocabulary, hit.kind)
        groups[kind if kind.startswith(OURS) else _TERMS].append(hit)
    shown = {kind: found for kind, found in groups.items() if chosen in ("", kind.removeprefix(OURS))}
    wording = values.wording
    return SearchPage(
        title=Text(wording("search.title", query) if query else wording("search.label"), values.language),
        query=query,
        groups=tuple(_group(archive, kind, found, visit, bool(chosen)) for kind, found in shown.items()),
        count=sum(len(found) for found in shown.values()),
        is_cut=len(hits) >= _FOUND,
        all_href=visit.address(kind="") if chosen else "",
        nearest=() if shown or not query else nearest_things(archive, query, values),
        sparql=sparql_of("search", {"words": Literal(query)}, archive.names) if query else "",
        coverage=None if shown or not query else make_coverage(archive, values),
    )


def write_suggestions(archive: Archive, visit: Visit) -> str:
    """Write what may be meant by the beginning of a name, as JSON."""
    values, query = visit.values, visit.text("q").strip()
    found = []
    for hit in find(archive, query, values, _WEIGHED)[:_SUGGESTED]:
        name, hint = values.thing(hit.iri), make_hint(archive, hit, values)
        found.append(
            {
                "iri": hit.iri,
                "href": name.href,
                "label": name.text.words,
                "language": name.text.language,
                "kind": _kind_name(archive, hit.kind, values).text.words,
                "hint": hint.words if hint else "",
                "hint_language": hint.language if hint else "",
            }
        )
    return json.dumps({"query": query, "results": found}, ensure_ascii=False)


def find(archive: Archive, query: str, values: Values, limit: int) -> list[Hit]:
    """Find what has a page, things first, each with its narrowest kind."""
    found = []
    for hit in archive.search.search(query, limit):
        if values.links.page(hit.iri):
            kind = hit.kind or next(iter(archive.statements.kinds(hit.iri)), "")
            found.append(Hit(hit.iri, kind, hit.language, hit.label))
    return sorted(found, key=lambda hit: distance_from_stage(archive.vocabulary, hit.kind))


def near_address(archive: Archive, path: str, values: Values) -> tuple[Value, ...]:
    """The things that may be meant by an address where nothing is: the same slug in other letters, a like name."""
    first, _, rest = path.strip("/").partition("/")
    slug = "-".join(fold(rest).split())
    # A passage or note has no name of its own; its article has.
    spelt = {"id": f"id/{slug}", "doc": f"id/{slug}"}.get(first, f"article/{slug.partition('/')[0]}")
    iri = archive.names.base_iri + spelt
    found = (values.thing(iri),) if rest and is_iri(iri) and archive.knows(iri) else ()
    others = nearest_things(archive, words_of(path), values)
    return tuple({value.iri: value for value in (*found, *others)}.values())[:_NEAREST]


def nearest_things(archive: Archive, text: str, values: Values) -> tuple[Value, ...]:
    """The things whose names come nearest to a text, for a page that says that nothing is there."""
    hits = [
        hit for hit in archive.search.nearest(text, 3 * _NEAREST) if not archive.statements.is_kind(hit.iri, *FOLDED)
    ]
    return tuple(values.thing(hit.iri) for hit in hits[:_NEAREST])


def make_hint(archive: Archive, hit: Hit, values: Values) -> Text | None:
    """What tells a thing from others: the name that was found, its subject line, office or days, its other name."""
    own = values.labels.of(hit.iri, values.content)
    other = values.labels.other(hit.iri, values.content)
    if not any(fold(hit.label) in fold(text.words) for text in (own, other) if text):
        return Text(hit.label, hit.language)
    rows = archive.knowledge.about("hints", "thing", hit.iri)
    for property_iri in _TELLING:
        for value in sorted(
            (row["value"] for row in rows if text_of(row.get("property")) == property_iri), key=text_of
        ):
            return Text(value.value, value.language) if isinstance(value, Literal) else values.show(value).text
    first, last = _days(rows)
    return Text(show_days(first, last, values.wording), values.language) if first else other


def _group(archive: Archive, kind: str, hits: Sequence[Hit], visit: Visit, is_whole: bool) -> FoundKind:
    things = tuple(
        Found(
            visit.values.thing(hit.iri),
            (visit.values.kind(hit.kind),) if kind not in (hit.kind, _TERMS) else (),
            make_hint(archive, hit, visit.values),
        )
        for hit in (hits if is_whole else hits[:_SHOWN_OF_A_KIND])
    )
    more = "" if len(things) == len(hits) else visit.address(kind=kind.removeprefix(OURS))
    return FoundKind(_kind_name(archive, kind, visit.values), things, len(hits), more)


def _kind_name(archive: Archive, kind: str, values: Values) -> Value:
    if archive.vocabulary.term(kind):
        return values.kind(kind)
    return Value(Text(values.wording("search.term"), values.language), values.links.path("glossary"))


def _days(rows: Sequence[Row]) -> tuple[str, str]:
    return (
        min((text_of(row["first"]) for row in rows if "first" in row), default=""),
        max((text_of(row["last"]) for row in rows if "last" in row), default=""),
    )

"""What the archive covers, in a few lines: said on the first page, and wherever a reader finds nothing.

Comes in: the articles of a release, its days, places and counts. Goes out: a frozen `Coverage`, which the macro of
`_coverage.html` prints. Who finds nothing learns so whether there was anything to be found.
"""

from collections import defaultdict
from dataclasses import dataclass

from tulieu.pages.archive import Archive
from tulieu.pages.knowledge import text_of
from tulieu.pages.ordering import alphabetical
from tulieu.pages.terms import OURS
from tulieu.pages.values import Value, Values, show_count, show_date, show_days
from tulieu.store import Row

# The kinds that are counted, by what readers come for.
_KINDS = ("Person", "Organ", "Office", "Document", "Event", "Figure")
# So many articles and places are named; of more, only their number is said.
_MOST_NAMED = 12


@dataclass(frozen=True)
class CoveredArticle:
    """One article: its passages counted, and the day it was published, else the day of what it reports on."""

    name: Value
    passages: str
    day: str
    is_published_day: bool


@dataclass(frozen=True)
class Coverage:
    """The articles, the first and the last day that they speak of, the places, how many things of which kind."""

    articles: tuple[CoveredArticle, ...]
    article_count: str
    more_articles: int
    earliest: str
    latest: str
    places: tuple[Value, ...]
    more_places: int
    kinds: tuple[tuple[Value, str], ...]


def make_coverage(archive: Archive, values: Values) -> Coverage:
    """Say what the archive covers."""
    parts: dict[str, list[Row]] = defaultdict(list)
    for row in archive.knowledge.once("coverage"):
        parts[text_of(row["part"])].append(row)
    days = {(text_of(row["thing"]), text_of(row["property"]) == OURS + "publishedAt"): row for row in parts["day"]}
    articles = archive.articles()
    span = next((row for row in parts["span"] if "earliest" in row), {})
    places = sorted(
        (values.thing(text_of(row["thing"])) for row in parts["place"]),
        key=lambda place: (alphabetical(place.text.words), place.iri),
    )
    counts = archive.count_kinds()
    return Coverage(
        articles=tuple(_article(iri, count, days, values) for iri, count in articles[:_MOST_NAMED]),
        article_count=show_count(len(articles), values.language),
        more_articles=max(0, len(articles) - _MOST_NAMED),
        earliest=show_date(text_of(span.get("earliest")), values.wording),
        latest=show_date(text_of(span.get("latest")), values.wording),
        places=tuple(places[:_MOST_NAMED]),
        more_places=max(0, len(places) - _MOST_NAMED),
        kinds=tuple((values.kind(OURS + name), show_count(counts.get(name, 0), values.language)) for name in _KINDS),
    )


def _article(iri: str, count: int, days: dict[tuple[str, bool], Row], values: Values) -> CoveredArticle:
    row = days.get((iri, True)) or days.get((iri, False))
    return CoveredArticle(
        name=values.thing(iri),
        passages=show_count(count, values.language),
        day=show_days(text_of(row["earliest"]), text_of(row["latest"]), values.wording) if row else "",
        is_published_day=(iri, True) in days,
    )

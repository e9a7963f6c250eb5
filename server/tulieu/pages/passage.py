"""The page of one passage: its place in the article, what it states, and which notes rest on it.

Comes in: a passage's IRI and a reader. Goes out: a frozen `PassagePage`.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from tulieu.pages.archive import Archive
from tulieu.pages.contents import Contents
from tulieu.pages.knowledge import sparql_of, text_of
from tulieu.pages.labels import Text
from tulieu.pages.passages import Again, Mark, PassageView, draw_strip, view_passage
from tulieu.pages.sources import SourceNote, article_of
from tulieu.pages.values import Value, Values
from tulieu.store import Iri

# So many other passages about a thing are named, the nearest ones; the thing's own page has all.
_MOST_AGAIN = 8


@dataclass(frozen=True)
class PassagePage:
    """One passage, with its place in the article and its neighbours."""

    title: Text
    article: Value | None
    in_article: str
    passage: PassageView
    paragraph: int
    paragraph_count: int
    position: int
    passage_count: int
    strip: tuple[Mark, ...]
    previous: Value | None
    following: Value | None
    notes: tuple[SourceNote, ...]
    iri: str
    query: str


def make_passage_page(archive: Archive, iri: str, values: Values) -> PassagePage | None:
    """Gather the page of a passage; None when it is not described."""
    facts = archive.sources.facts(iri)
    if not facts:
        return None
    article = article_of(facts, values)
    contents = archive.reading.read(article.iri if article else "")
    if iri not in contents.order or article is None:
        return None
    at = contents.order.index(iri)
    passage = view_passage(archive, iri, contents, values, _others(contents, iri, values))
    notes = archive.knowledge.about("notes-on-passage", "passage", iri)
    return PassagePage(
        title=values.labels.of(iri, values.language),
        article=article,
        in_article=values.links.path(f"{values.links.local(article.iri)}#{passage.local}"),
        passage=passage,
        paragraph=contents.paragraphs[iri],
        paragraph_count=contents.paragraph_count,
        position=at + 1,
        passage_count=len(contents.order),
        strip=draw_strip(archive, contents, iri),
        previous=values.thing(contents.order[at - 1]) if at else None,
        following=values.thing(contents.order[at + 1]) if at + 1 < len(contents.order) else None,
        notes=archive.sources.notes((text_of(row["note"]) for row in notes), values),
        iri=iri,
        query=sparql_of("contents", {"source": Iri(iri)}, archive.names),
    )


def _others(contents: Contents, passage: str, values: Values) -> Again:
    """Name the passages nearest to one that speak of a thing too, in the order of the text."""

    def again(thing: str) -> Iterator[Value]:
        places = contents.places[thing]
        at = places.index(passage)
        begin = max(0, min(at - _MOST_AGAIN // 2, len(places) - _MOST_AGAIN - 1))
        for each in places[begin : begin + _MOST_AGAIN + 1]:
            if each != passage:
                yield values.thing(each)

    return again

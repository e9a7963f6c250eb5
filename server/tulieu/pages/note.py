"""The page of one editorial note: what we add, why, and from which passages.

Comes in: a note's IRI and a reader. Goes out: a frozen `NotePage`.
"""

from dataclasses import dataclass

from tulieu.pages.archive import Archive
from tulieu.pages.knowledge import sparql_of, text_of
from tulieu.pages.labels import Text
from tulieu.pages.passages import Stated, state
from tulieu.pages.sources import SourceNote, article_of, in_language
from tulieu.pages.values import Value, Values
from tulieu.store import Iri


@dataclass(frozen=True)
class NotePage:
    """One editorial note."""

    title: Text
    kinds: tuple[Value, ...]
    articles: tuple[Value, ...]
    reason: Text | None
    derived_from: tuple[SourceNote, ...]
    stated: tuple[Stated, ...]
    statement_count: int
    iri: str
    query: str


def make_note_page(archive: Archive, iri: str, values: Values) -> NotePage | None:
    """Gather the page of an editorial note; None when it is not described."""
    facts = archive.sources.facts(iri)
    if not facts:
        return None
    passages = [text_of(each) for each in facts.get("derivedFrom", ())]
    articles = [article_of(archive.sources.facts(each), values) for each in passages]
    rows = archive.knowledge.about("contents", "source", iri)
    return NotePage(
        title=values.labels.of(iri, values.language),
        kinds=tuple(values.show(kind) for kind in facts.get("hasKind", ())),
        articles=tuple(dict.fromkeys(article for article in articles if article)),
        reason=in_language(facts.get("reason", ()), values.content),
        derived_from=archive.sources.notes(passages, values),
        stated=state(archive, rows, values, lambda thing: ()),
        statement_count=len(rows),
        iri=iri,
        query=sparql_of("contents", {"source": Iri(iri)}, archive.names),
    )

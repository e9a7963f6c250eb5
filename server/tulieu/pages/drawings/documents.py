"""The map of documents (Lược đồ): which goes back to which, and how.

Comes in: the archive, for the whole or for one document. Goes out: a frozen `Network`: a column of documents in which
each stands below those that it goes back to, with lines along its side, and the same relations as rows of a table.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from tulieu.pages.archive import Archive
from tulieu.pages.drawings.network import Drawing, Link, draw_network
from tulieu.pages.knowledge import Knowledge, once_for_each_release, sparql_of, text_of
from tulieu.pages.labels import Text
from tulieu.pages.ordering import alphabetical
from tulieu.pages.paging import Paging, make_paging
from tulieu.pages.sources import SourceNote
from tulieu.pages.values import Value, Values, show_count
from tulieu.pages.visit import Visit

# So many relations are drawn together; more would be no picture any longer.
PAGE_SIZE = 24
_MOST_ALONE = 100


@dataclass(frozen=True)
class Relation:
    """One document's bearing on another, as a release has it."""

    start: str
    kind: str
    end: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class RelationRow:
    """The same for a reader."""

    start: Value
    kind: Value
    end: Value
    sources: tuple[SourceNote, ...]


@dataclass(frozen=True)
class Network:
    """Some relations, drawn and told; `more` is how many others there are."""

    drawing: Drawing
    rows: tuple[RelationRow, ...]
    more: int


@dataclass(frozen=True)
class DocumentsPage:
    """The map of all documents, and those of which no relation is stated."""

    title: Text
    network: Network | None
    alone: tuple[Value, ...]
    alone_count: str
    relation_count: str
    paging: Paging
    query: str


def make_documents_page(archive: Archive, visit: Visit) -> DocumentsPage:
    """Gather a page of the map, and on the first the documents that stand alone."""
    values = visit.values
    relations = read_relations(archive.knowledge)
    paging = make_paging(visit, len(relations), PAGE_SIZE)
    related = {iri for relation in relations for iri in (relation.start, relation.end)}
    alone = [values.thing(iri) for iri in read_documents(archive.knowledge) if iri not in related]
    alone.sort(key=lambda each: (alphabetical(each.text.words), each.iri))
    return DocumentsPage(
        title=Text(values.wording("documents.title"), values.language),
        network=make_document_network(archive, None, values, paging.number),
        alone=tuple(alone[:_MOST_ALONE]),
        alone_count=show_count(len(alone), values.language),
        relation_count=show_count(len(relations), values.language),
        paging=paging,
        query=sparql_of("document-relations", names=archive.names),
    )


def make_document_network(archive: Archive, iri: str | None, values: Values, page: int = 1) -> Network | None:
    """Draw the relations of one document, or a page of all; None where there are none."""
    knowledge = archive.knowledge
    relations = read_relations(knowledge) if iri is None else relations_by_document(knowledge).get(iri, ())
    shown = relations[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    if not shown:
        return None
    rows = tuple(
        RelationRow(
            values.thing(each.start),
            values.thing(each.kind),
            values.thing(each.end),
            archive.sources.notes(each.sources, values),
        )
        for each in shown
    )
    names = {value.iri: value for row in rows for value in (row.start, row.end)}
    order = arrange(shown, key=lambda name: names[name].text.words)
    links = [Link(row.start.iri, row.end.iri, row.kind.text) for row in rows]
    return Network(draw_network([names[name] for name in order], links, iri or ""), rows, len(relations) - len(shown))


@once_for_each_release
def read_relations(knowledge: Knowledge) -> tuple[Relation, ...]:
    """Read all relations; those that hang together stand together."""
    sources: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for row in knowledge.rows("document-relations"):
        # A relation without a kind is named by the property that leads to the other document.
        kind = text_of(row.get("kind")) or text_of(row["reaches"])
        sources[text_of(row["from"]), kind, text_of(row["to"])].add(text_of(row["source"]))
    relations = [Relation(*key, tuple(sorted(found))) for key, found in sources.items()]
    families = _families(relations)
    return tuple(sorted(relations, key=lambda each: (families[each.start], each.end, each.start, each.kind)))


@once_for_each_release
def relations_by_document(knowledge: Knowledge) -> Mapping[str, Sequence[Relation]]:
    """The relations of each document, whichever side it stands on, in the order of all."""
    found: dict[str, list[Relation]] = defaultdict(list)
    for relation in read_relations(knowledge):
        for document in {relation.start, relation.end}:
            found[document].append(relation)
    return dict(found)


@once_for_each_release
def read_documents(knowledge: Knowledge) -> tuple[str, ...]:
    """Read which documents and groups of documents there are."""
    return tuple(sorted(text_of(row["document"]) for row in knowledge.rows("documents")))


def arrange(relations: Sequence[Relation], key: Callable[[str], str]) -> tuple[str, ...]:
    """Order documents so that each stands below those it goes back to, families together."""
    ends: dict[str, set[str]] = defaultdict(set)
    for relation in relations:
        ends[relation.start].add(relation.end)
    everything = {iri for relation in relations for iri in (relation.start, relation.end)}
    depths = dict.fromkeys(everything, 0)
    # As many rounds as documents are enough, and an end to documents that go back to each other.
    for _ in everything:
        deeper = {
            iri: max(depths[iri], 1 + max((depths[end] for end in ends[iri] if end != iri), default=-1))
            for iri in everything
        }
        if deeper == depths or max(deeper.values()) > len(everything):
            break
        depths = deeper
    families = _families(relations)
    return tuple(sorted(everything, key=lambda iri: (families[iri], depths[iri], alphabetical(key(iri)), iri)))


def _families(relations: Iterable[Relation]) -> Mapping[str, str]:
    """To every document the first name among all that hang together with it."""
    neighbours: dict[str, set[str]] = defaultdict(set)
    for relation in relations:
        neighbours[relation.start].add(relation.end)
        neighbours[relation.end].add(relation.start)
    families: dict[str, str] = {}
    for first in sorted(neighbours):
        reached = [] if first in families else [first]
        while reached:
            iri = reached.pop()
            if iri not in families:
                families[iri] = first
                reached += neighbours[iri]
    return families

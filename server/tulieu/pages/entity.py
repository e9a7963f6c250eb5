"""The page of a thing: its names, its kind, and everything said of it with where that comes from.

Comes in: an IRI and a visit. Goes out: a frozen `EntityPage` for the template, or None for what the release does not
know. A statement of the evidence has a page too, with its proof or its passages.
"""

from dataclasses import dataclass

from tulieu.pages.archive import Archive
from tulieu.pages.drawings.documents import Network, make_document_network
from tulieu.pages.drawings.figures import FigureChart, make_figure_chart
from tulieu.pages.facts import Also, FactGroup
from tulieu.pages.incoming import PER_PAGE, Incoming, gather_incoming
from tulieu.pages.knowledge import sparql_of, text_of
from tulieu.pages.labels import Text
from tulieu.pages.paging import Paging, make_paging
from tulieu.pages.proofs import ProvenStatement
from tulieu.pages.sources import SourceNote
from tulieu.pages.values import Value, Values, show_moment
from tulieu.pages.visit import Visit
from tulieu.release import read_history
from tulieu.store import Iri


@dataclass(frozen=True)
class Description:
    """The control of a description: what it rests on, and the release that it stands in."""

    articles: tuple[Value, ...]
    source_count: int
    release: str
    release_href: str
    created: str
    known: Value | None
    changed: Value | None


@dataclass(frozen=True)
class EntityPage:
    """Everything the page of a thing shows: documents with those they bear on, figures with those beside them."""

    title: Text
    iri: str
    sources: tuple[SourceNote, ...]
    other_title: Text | None = None
    kinds: tuple[Value, ...] = ()
    groups: tuple[FactGroup, ...] = ()
    chart: FigureChart | None = None
    related: Network | None = None
    incoming: tuple[Incoming, ...] = ()
    wider: tuple[Also, ...] = ()
    paging: Paging | None = None
    description: Description | None = None
    proven: ProvenStatement | None = None
    query: str = ""


def make_entity_page(archive: Archive, iri: str, visit: Visit) -> EntityPage | None:
    """Gather the page of a thing; None when the release says nothing of it."""
    if not archive.knows(iri):
        return None
    values = visit.values
    proven = archive.statements.proofs.statement(iri, values)
    if proven:
        return _statement_page(iri, proven, values)
    about = archive.statements.about(iri, values)
    grounds = _grounds(archive, iri, about.groups, values)
    paging = make_paging(visit, len(grounds), PER_PAGE, "sources", "#sources")
    articles = {text_of(each) for source in grounds for each in archive.sources.facts(source.iri).get("inArticle", ())}
    return EntityPage(
        title=archive.labels.of(iri, values.content),
        other_title=archive.labels.other(iri, values.content),
        kinds=tuple(values.kind(kind) for kind in archive.statements.kinds(iri)),
        groups=about.groups,
        incoming=gather_incoming(archive, iri, about.claimed, visit),
        wider=about.wider,
        sources=tuple(paging.part(grounds)),
        paging=paging,
        description=Description(
            articles=tuple(values.thing(each) for each in sorted(articles)),
            source_count=len(grounds),
            release=archive.release.id,
            release_href=values.links.path(f"release/{archive.release.id}"),
            created=show_moment(archive.release.created, values.wording),
            **_history(archive, iri, values),
        ),
        related=make_document_network(archive, iri, values),
        chart=make_figure_chart(archive, iri, values),
        query=sparql_of("statements", {"thing": Iri(iri)}, archive.names),
        iri=iri,
    )


def _history(archive: Archive, iri: str, values: Values) -> dict[str, Value | None]:
    """Since which release a thing is known, and which one last changed what is said of it, as far as that is kept."""
    history = read_history(archive.release.changed_path)
    name = iri.removeprefix(archive.names.base_iri)
    moments = {"known": history.known_since(name), "changed": history.changed.get(name, "")}
    shown: dict[str, Value | None] = dict.fromkeys(moments)
    for what, moment in moments.items():
        if moment:
            identifier = history.releases.get(moment, "")
            page = f"release/{identifier}/changes" if what == "changed" else f"release/{identifier}"
            href = values.links.path(page) if identifier and archive.release.keeps(identifier) else ""
            shown[what] = Value(Text(show_moment(moment, values.wording), values.language), href)
    return shown


def _statement_page(iri: str, proven: ProvenStatement, values: Values) -> EntityPage:
    wording = values.wording
    title = wording("statement.title", proven.subject.text.words, proven.property.words, proven.value.text.words)
    return EntityPage(Text(title, values.language), iri, proven.sources, proven=proven)


def _grounds(archive: Archive, iri: str, groups: tuple[FactGroup, ...], values: Values) -> tuple[SourceNote, ...]:
    """Every passage and note that states something of a thing or that its page leans on, once, in the text's order."""
    attested = archive.sources.notes(
        (text_of(row["source"]) for row in archive.knowledge.about("attested", "thing", iri)), values
    )
    shown = [each for group in groups for fact in group.facts for each in fact.sources]
    shown += [each for group in groups for gap in group.gaps for each in gap.sources]
    found = {source.iri: source for source in (*attested, *shown) if source.kind != "authority"}
    return tuple(sorted(found.values(), key=lambda source: (source.place, source.iri)))

"""The page of a thing: its names, its kind, and everything said of it with where that comes from.

Comes in: an IRI and a reader. Goes out: a frozen `EntityPage` for the template, or None for what the release does not
know. A statement that was inferred has a page too, with its proof.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from tulieu.pages.archive import Archive
from tulieu.pages.labels import Text
from tulieu.pages.proofs import ProvenStatement
from tulieu.pages.sources import SourceNote
from tulieu.pages.statements import FactGroup
from tulieu.pages.terms import OURS
from tulieu.pages.values import Value, Values


@dataclass(frozen=True)
class EntityPage:
    """Everything the page of a thing shows."""

    title: Text
    other_title: Text | None
    kinds: tuple[Value, ...]
    groups: tuple[FactGroup, ...]
    incoming: tuple[FactGroup, ...]
    wider: tuple[FactGroup, ...]
    sources: tuple[SourceNote, ...]
    proven: ProvenStatement | None
    iri: str


def make_entity_page(archive: Archive, iri: str, values: Values) -> EntityPage | None:
    """Gather the page of a thing; None when the release says nothing of it."""
    if not archive.knows(iri):
        return None
    proven = archive.statements.proofs.statement(iri, values)
    if proven:
        return _statement_page(iri, proven, values)
    about = archive.statements.about(iri, values)
    return EntityPage(
        title=archive.labels.of(iri, values.language),
        other_title=archive.labels.other(iri, values.language),
        kinds=tuple(show_kind(kind, values) for kind in archive.statements.kinds(iri)),
        groups=about.groups,
        incoming=about.incoming,
        wider=about.wider,
        sources=_all_sources((*about.groups, *about.incoming)),
        proven=None,
        iri=iri,
    )


def show_kind(kind: str, values: Values) -> Value:
    """Name a class for people, with the address of the list of its things."""
    text = values.labels.of(kind, values.language)
    return Value(text, values.links.path(f"browse/{kind.removeprefix(OURS)}"), kind)


def _statement_page(iri: str, proven: ProvenStatement, values: Values) -> EntityPage:
    wording = values.wording
    title = wording("statement.title", proven.subject.text.words, proven.property.words, proven.value.text.words)
    return EntityPage(
        title=Text(title, values.language),
        other_title=None,
        kinds=(),
        groups=(),
        incoming=(),
        wider=(),
        sources=(),
        proven=proven,
        iri=iri,
    )


def _all_sources(groups: Sequence[FactGroup]) -> tuple[SourceNote, ...]:
    """Every passage and note that the page leans on, once, in the order of the text."""
    grounds = [each.sources for group in groups for each in group.facts]
    grounds += [each.sources for group in groups for each in group.gaps]
    found = {source.iri: source for sources in grounds for source in sources if source.kind != "authority"}
    return tuple(sorted(found.values(), key=lambda source: (source.place, source.iri)))

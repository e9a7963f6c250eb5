"""The kinds of things: which readers come for, how many things each has, and the tree of all of them.

Comes in: the classes of the ontology and the counts of a release. Goes out: frozen `Kind`s, the context of the page
that lists them, and which kind a thing is filed under.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from tulieu.pages.archive import Archive
from tulieu.pages.knowledge import sparql_of
from tulieu.pages.ordering import alphabetical
from tulieu.pages.statements import FOLDED
from tulieu.pages.terms import OURS, OntologyTerm, Vocabulary
from tulieu.pages.values import Value, Values

# What most readers come for, in the order in which the first page offers it.
MAIN_KINDS = (
    "Person",
    "Organ",
    "Office",
    "Document",
    "Event",
    "Figure",
    "Intention",
    "EmulationDrive",
    "Anniversary",
    "AwardConferral",
    "Place",
    "Picture",
)
# Kinds that hold the archive together and are reached from the pages of other things.
HIDDEN_KINDS = frozenset(
    {"StatementSource", "Passage", "Note", "InferredStatement", "UnstatedPoint", "Article", "WithdrawnName"}
)
# An article and an award are pages of their own, wherever else they are shown.
_BACKSTAGE = frozenset({*FOLDED, *HIDDEN_KINDS} - {"Article", *MAIN_KINDS})
_MAIN = frozenset(OURS + name for name in MAIN_KINDS)


@dataclass(frozen=True)
class Kind:
    """A class with the number of its things, and the classes below it that have any."""

    name: Value
    definition: str
    count: int
    below: tuple["Kind", ...] = ()


@dataclass(frozen=True)
class KindsPage:
    """All kinds of things, as a tree."""

    kinds: tuple[Kind, ...]
    query: str


def make_kinds_page(archive: Archive, values: Values) -> KindsPage:
    """Gather the tree of all kinds that have things."""
    counts = archive.count_kinds()
    tops = [
        term
        for term in archive.vocabulary.terms.values()
        if term.is_class
        and term.local not in HIDDEN_KINDS
        and not any(parent.startswith(OURS) for parent in term.parents)
    ]
    kinds = sort_kinds([make_kind(archive, term, counts, values, deep=True) for term in tops])
    return KindsPage(kinds, sparql_of("kinds", names=archive.names))


def make_kind(
    archive: Archive, term: OntologyTerm, counts: Mapping[str, int], values: Values, deep: bool = False
) -> Kind:
    """Describe a class with its count, and if `deep` with the classes below it."""
    children = archive.vocabulary.children(term.iri) if deep else ()
    return Kind(
        name=values.kind(term.iri),
        definition=term.definitions.get(values.language, ""),
        count=counts.get(term.local, 0),
        below=sort_kinds([make_kind(archive, child, counts, values, deep) for child in children if child.is_class]),
    )


def sort_kinds(kinds: list[Kind]) -> tuple[Kind, ...]:
    """Those kinds that have things, in the order of the alphabet."""
    return tuple(sorted((kind for kind in kinds if kind.count), key=lambda kind: alphabetical(kind.name.text.words)))


def filed_under(vocabulary: Vocabulary, kind: str) -> str:
    """The main kind that a class belongs to; the class itself where it belongs to none."""
    return next((OURS + name for name in MAIN_KINDS if vocabulary.is_at_or_below(kind, OURS + name)), kind)


def distance_from_stage(vocabulary: Vocabulary, kind: str) -> int:
    """How far a kind is from what readers look for: main kinds 0, other things, terms, what holds all together 3."""
    if not kind.startswith(OURS):
        return 2
    if any(vocabulary.is_at_or_below(kind, OURS + name) for name in _BACKSTAGE):
        return 3
    return 0 if filed_under(vocabulary, kind) in _MAIN else 1

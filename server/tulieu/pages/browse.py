"""The ways in: the first page, the kinds of things, the things of a kind, the results of a search.

Comes in: a class or a text that a reader typed. Goes out: frozen page contexts. People are listed by given name, all
else by label, in the order of the Vietnamese alphabet.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby

from tulieu.pages.archive import Archive
from tulieu.pages.entity import show_kind
from tulieu.pages.knowledge import text_of
from tulieu.pages.labels import Text
from tulieu.pages.ordering import alphabetical, by_given_name, initial
from tulieu.pages.statements import FOLDED
from tulieu.pages.terms import OURS, OntologyTerm
from tulieu.pages.values import Value, Values, show_count, show_moment

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
_NEAREST = 8
# Kinds that hold the archive together and are reached from the pages of other things.
HIDDEN_KINDS = frozenset({"StatementSource", "Passage", "Note", "InferredStatement", "UnstatedPoint", "Article"})


@dataclass(frozen=True)
class Kind:
    """A class with the number of its things, and the classes below it that have any."""

    name: Value
    definition: str
    count: int
    below: tuple["Kind", ...] = ()


@dataclass(frozen=True)
class HomePage:
    """What this is, and the ways in."""

    kinds: tuple[Kind, ...]
    articles: tuple[tuple[Value, int], ...]
    thing_count: str
    asserted_count: str
    inferred_count: str
    release_id: str
    release_href: str
    created: str


@dataclass(frozen=True)
class KindsPage:
    """All kinds of things, as a tree."""

    kinds: tuple[Kind, ...]


@dataclass(frozen=True)
class Listed:
    """One thing of a list: its name, its narrowest kinds where they differ from the list's, its other name."""

    name: Value
    kinds: tuple[Value, ...]
    other: Text | None


@dataclass(frozen=True)
class ThingsPage:
    """The things of one kind, under the letters of the alphabet."""

    title: Text
    definition: str
    ontology_href: str
    wider: tuple[Value, ...]
    narrower: tuple[Kind, ...]
    letters: tuple[tuple[str, tuple[Listed, ...]], ...]
    count: int


@dataclass(frozen=True)
class SearchPage:
    """What a search found, by kind."""

    query: str
    groups: tuple[tuple[Value, tuple[Listed, ...]], ...]
    count: int


def make_home_page(archive: Archive, values: Values) -> HomePage:
    """Gather the first page."""
    counts = archive.count_kinds()
    kinds = [
        _kind(archive, term, counts, values) for name in MAIN_KINDS if (term := archive.vocabulary.term(OURS + name))
    ]
    release = archive.release
    return HomePage(
        kinds=tuple(kind for kind in kinds if kind.count),
        articles=tuple((values.thing(iri), passages) for iri, passages in archive.articles()),
        thing_count=show_count(sum(kind.count for kind in kinds), values.language),
        asserted_count=show_count(archive.size_of_graph(str(archive.names.graph("asserted"))), values.language),
        inferred_count=show_count(archive.size_of_graph(str(archive.names.graph("inferred"))), values.language),
        release_id=release.id,
        release_href=values.links.path(f"release/{release.id}"),
        created=show_moment(release.created, values.wording),
    )


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
    return KindsPage(_sort_kinds([_kind(archive, term, counts, values, deep=True) for term in tops]))


def make_things_page(archive: Archive, class_name: str, values: Values) -> ThingsPage | None:
    """Gather the list of a kind; None when the ontology has no such class."""
    term = archive.vocabulary.term(OURS + class_name)
    if term is None or not term.is_class:
        return None
    things = {text_of(row["thing"]) for row in archive.knowledge.about("things-of-kind", "class", term.iri)}
    listed = [_list_thing(archive, iri, values, apart_from=term.iri) for iri in things]
    is_person = class_name == "Person" or archive.vocabulary.is_below(term.iri, OURS + "Person")
    key = by_given_name if is_person else alphabetical
    listed.sort(key=lambda each: (key(each.name.text.words), each.name.iri))
    counts = archive.count_kinds()

    def letter(each: Listed) -> str:
        words = each.name.text.words
        return initial(words.split()[-1] if is_person and words.split() else words)

    return ThingsPage(
        title=values.labels.of(term.iri, values.language),
        definition=term.definitions.get(values.language, ""),
        ontology_href=values.links.page(term.iri),
        wider=tuple(show_kind(parent, values) for parent in term.parents if parent.startswith(OURS)),
        narrower=_sort_kinds([_kind(archive, each, counts, values) for each in archive.vocabulary.children(term.iri)]),
        letters=tuple((name, tuple(group)) for name, group in groupby(listed, key=letter)),
        count=len(listed),
    )


def make_search_page(archive: Archive, query: str, values: Values) -> SearchPage:
    """Gather what a search finds, the kinds in the order of their best hit."""
    groups: dict[str, list[Listed]] = defaultdict(list)
    hits = [hit for hit in archive.search.search(query) if values.links.page(hit.iri)]
    for hit in hits:
        kind = next(iter(archive.statements.kinds(hit.iri)), "") or hit.kind
        groups[kind].append(_list_thing(archive, hit.iri, values, apart_from=kind))
    unnamed = Value(Text(values.wording("label.other_kind"), values.language))
    return SearchPage(
        query=query,
        groups=tuple(
            (show_kind(kind, values) if archive.vocabulary.term(kind) else unnamed, tuple(found))
            for kind, found in groups.items()
        ),
        count=len(hits),
    )


def nearest_things(archive: Archive, text: str, values: Values) -> tuple[Value, ...]:
    """The things whose names come nearest to a text, for the page that says that nothing is there."""
    hits = [
        hit for hit in archive.search.nearest(text, 3 * _NEAREST) if not archive.statements.is_kind(hit.iri, *FOLDED)
    ]
    return tuple(values.thing(hit.iri) for hit in hits[:_NEAREST])


def _kind(archive: Archive, term: OntologyTerm, counts: Mapping[str, int], values: Values, deep: bool = False) -> Kind:
    children = archive.vocabulary.children(term.iri) if deep else ()
    return Kind(
        name=show_kind(term.iri, values),
        definition=term.definitions.get(values.language, ""),
        count=counts.get(term.local, 0),
        below=_sort_kinds([_kind(archive, child, counts, values, deep) for child in children if child.is_class]),
    )


def _sort_kinds(kinds: list[Kind]) -> tuple[Kind, ...]:
    return tuple(sorted((kind for kind in kinds if kind.count), key=lambda kind: alphabetical(kind.name.text.words)))


def _list_thing(archive: Archive, iri: str, values: Values, apart_from: str) -> Listed:
    kinds = tuple(show_kind(kind, values) for kind in archive.statements.kinds(iri) if kind != apart_from)
    return Listed(values.thing(iri), kinds, archive.labels.other(iri, values.language))

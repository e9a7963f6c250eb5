"""The first page: the search, what the archive covers, and the ways in.

Comes in: a release. Goes out: a frozen `HomePage`. The searches that it offers are made from what the archive speaks of
most, so that each finds something in every release.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tulieu.folding import fold, read_words
from tulieu.pages.archive import Archive
from tulieu.pages.coverage import Coverage, make_coverage
from tulieu.pages.kinds import MAIN_KINDS, Kind, make_kind
from tulieu.pages.terms import OURS
from tulieu.pages.values import Values, show_count, show_moment

# How each example shows what the search can do: a name without its marks, a name as it stands, a number taken apart.
_EXAMPLES: tuple[tuple[str, Callable[[str, str], str]], ...] = (
    ("Person", lambda label, number: fold(label)),
    ("Organ", lambda label, number: " ".join(label.split()[:3])),
    ("Document", lambda label, number: " ".join(reversed(read_words(number)[:2])) or label),
    ("Event", lambda label, number: fold(" ".join(label.split()[:4]))),
)


@dataclass(frozen=True)
class Example:
    """A search that finds something."""

    text: str
    href: str


@dataclass(frozen=True)
class HomePage:
    """What this is, and the ways in."""

    kinds: tuple[Kind, ...]
    examples: tuple[Example, ...]
    coverage: Coverage
    article_href: str
    asserted_count: str
    inferred_count: str
    release_id: str
    release_href: str
    created: str


def make_home_page(archive: Archive, values: Values) -> HomePage:
    """Gather the first page."""
    counts = archive.count_kinds()
    kinds = [
        make_kind(archive, term, counts, values)
        for name in MAIN_KINDS
        if (term := archive.vocabulary.term(OURS + name))
    ]
    release = archive.release
    return HomePage(
        kinds=tuple(kind for kind in kinds if kind.count),
        examples=tuple(_examples(archive, values)),
        coverage=make_coverage(archive, values),
        article_href=next((values.links.page(iri) for iri, _ in archive.articles()), ""),
        asserted_count=show_count(archive.size_of_graph(str(archive.names.graph("asserted"))), values.language),
        inferred_count=show_count(archive.size_of_graph(str(archive.names.graph("inferred"))), values.language),
        release_id=release.id,
        release_href=values.links.path(f"release/{release.id}"),
        created=show_moment(release.created, values.wording),
    )


def _examples(archive: Archive, values: Values) -> Iterator[Example]:
    for name, make in _EXAMPLES:
        for thing, number in archive.inventories.most_attested(OURS + name):
            text = make(values.labels.of(thing, values.content).words, number)
            yield Example(text, values.links.path("search", {"q": text}))

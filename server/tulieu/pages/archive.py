"""A release as the pages see it: everything that a page maker needs, put together once.

Comes in: an opened store and search index. Goes out: an `Archive`, which holds the vocabulary, the names of things, the
sources and the statements, and the few counts that several pages show.
"""

from dataclasses import dataclass

from tulieu.pages.arrangement import load_arrangement
from tulieu.pages.contents import Articles
from tulieu.pages.inventory import Inventories
from tulieu.pages.knowledge import Knowledge, once_for_each_release, text_of
from tulieu.pages.labels import Labels
from tulieu.pages.sources import Sources
from tulieu.pages.statements import Statements
from tulieu.pages.terms import OURS, Vocabulary, load_vocabulary
from tulieu.release import Release
from tulieu.search import SearchIndex
from tulieu.store import Store
from tulieu.vocabulary import Names
from tulieu.withdrawals import Withdrawals


@dataclass(frozen=True)
class Archive:
    """One release, ready to be asked by page makers."""

    release: Release
    names: Names
    store: Store
    search: SearchIndex
    knowledge: Knowledge
    vocabulary: Vocabulary
    labels: Labels
    sources: Sources
    statements: Statements
    reading: Articles
    inventories: Inventories
    withdrawals: Withdrawals

    def knows(self, iri: str) -> bool:
        """Say whether any statement speaks of a thing."""
        return self.store.mentions(iri)

    def count_kinds(self) -> dict[str, int]:
        """How many things there are of each class of ours, by the class's local name."""
        return {
            text_of(row["class"]).removeprefix(OURS): int(text_of(row["count"])) for row in self.knowledge.once("kinds")
        }

    def articles(self) -> tuple[tuple[str, int], ...]:
        """The articles, each with the number of its passages."""
        rows = self.knowledge.once("articles")
        return tuple((text_of(row["article"]), int(text_of(row["passages"]))) for row in rows if "article" in row)

    def size_of_graph(self, name: str) -> int:
        """How many statements a named graph holds."""
        return _sizes_of_graphs(self.knowledge).get(name, 0)


@once_for_each_release
def _sizes_of_graphs(knowledge: Knowledge) -> dict[str, int]:
    rows = knowledge.rows("graph-size")
    return {text_of(row["graph"]): int(text_of(row["count"])) for row in rows if "graph" in row}


def open_archive(release: Release, store: Store, search: SearchIndex) -> Archive:
    """Put together what page makers need of a release."""
    names = Names(release.base_iri)
    knowledge = Knowledge(store)
    vocabulary = load_vocabulary(knowledge)
    sources = Sources(knowledge, names)
    labels = Labels(knowledge, vocabulary, names)
    return Archive(
        release=release,
        names=names,
        store=store,
        search=search,
        knowledge=knowledge,
        vocabulary=vocabulary,
        labels=labels,
        sources=sources,
        statements=Statements(knowledge, vocabulary, sources, load_arrangement(knowledge)),
        reading=Articles(knowledge),
        inventories=Inventories(knowledge, vocabulary, labels),
        withdrawals=Withdrawals(store, names),
    )

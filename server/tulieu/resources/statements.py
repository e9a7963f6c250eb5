"""What a release says of a thing, slice by slice: a popular thing has more statements than one document may hold.

Comes in: the IRI of a thing and which page is wanted. Goes out: exact counts, from queries, and the statements of one
page in the order of the store, which does not change within a release. To sort them would take seconds for a thing that
100 000 statements point to (measured), and a reader of data does not need it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tulieu.store import Blank, Iri, Literal, Statement, Store
from tulieu.vocabulary import Names

# What one page holds of each direction: nearly every thing stands on one page.
OUTGOING, INCOMING = 500, 100
# A statement may stand in very many passages; a document names so many of them, and says where the others are.
MOST_SOURCES = 100
_OUT, _IN = "?thing ?property ?other", "?other ?property ?thing"


@dataclass(frozen=True)
class _Section:
    """Statements of one graph in one direction."""

    graph: Iri
    pattern: str
    # What points here from a node without a name says nothing without the list or class which that node is part of.
    condition: str = ""

    def select(self, variables: str) -> str:
        return f"SELECT ?thing {variables} WHERE {{ GRAPH <{self.graph.value}> {{ {self.pattern} {self.condition} }} }}"


@dataclass(frozen=True)
class Counts:
    """How many statements there are in each section of each direction, and how many by each incoming property."""

    outgoing: tuple[int, ...]
    incoming: tuple[int, ...]
    properties: Mapping[str, int]

    @property
    def pages(self) -> int:
        """How many pages hold them all."""
        return max(1, -(-sum(self.outgoing) // OUTGOING), -(-sum(self.incoming) // INCOMING))


@dataclass(frozen=True)
class Page:
    """The statements of one page, and whether one of them stands in more passages than are named."""

    statements: tuple[Statement, ...]
    is_cut: bool


class Statements:
    """Reads what is said of a thing."""

    def __init__(self, store: Store, names: Names) -> None:
        """Read from one release."""
        self._store = store
        asserted, inferred, evidence, ontology, facts = (
            Iri(str(names.graph(name))) for name in ("asserted", "inferred", "evidence", "ontology", "facts")
        )
        # Graphs that repeat what others hold, the default one among them: a document says everything once.
        self._merged = {None, asserted, facts}
        self._asserted = asserted
        self._outgoing = (_Section(asserted, _OUT), _Section(inferred, _OUT), _Section(evidence, _OUT))
        # The nodes of the evidence point to everything; each stands with what it describes.
        self._incoming = (
            _Section(asserted, _IN),
            _Section(inferred, _IN),
            _Section(ontology, _IN, "FILTER(isIRI(?other))"),
        )

    def count(self, thing: Iri) -> Counts:
        """Count what is said of a thing and what points to it."""
        outgoing = tuple(sum(self._count(section, thing).values()) for section in self._outgoing)
        incoming = [self._count(section, thing) for section in self._incoming]
        properties: dict[str, int] = {}
        for section in incoming:
            for name, count in section.items():
                properties[name] = properties.get(name, 0) + count
        return Counts(outgoing, tuple(sum(section.values()) for section in incoming), properties)

    def read(self, thing: Iri, page: int, counts: Counts) -> Page:
        """Read one page, counted from 1, of what is said of a thing and of what points to it."""
        found: list[Statement] = []
        is_cut = False
        slices = (
            (self._outgoing, counts.outgoing, OUTGOING, True),
            (self._incoming, counts.incoming, INCOMING, False),
        )
        for sections, sizes, most, is_outgoing in slices:
            for statement in self._slice(sections, sizes, thing, (page - 1) * most, most, is_outgoing):
                held = self._where(statement) if statement.graph == self._asserted else [statement]
                found += held[:MOST_SOURCES]
                is_cut = is_cut or len(held) > MOST_SOURCES
        return Page(tuple(found), is_cut)

    def _count(self, section: _Section, thing: Iri) -> dict[str, int]:
        query = section.select("?property (COUNT(*) AS ?count)") + " GROUP BY ?thing ?property"
        return {row["property"].value: int(row["count"].value) for row in self._store.select(query, {"thing": thing})}

    def _slice(
        self, sections: Sequence[_Section], sizes: Sequence[int], thing: Iri, start: int, most: int, is_outgoing: bool
    ) -> Iterator[Statement]:
        """The statements from a place on, as if the sections were one list."""
        for section, size in zip(sections, sizes, strict=True):
            taken = min(most, size - start)
            if taken > 0:
                query = section.select("?property ?other") + f" LIMIT {taken} OFFSET {start}"
                for row in self._store.select(query, {"thing": thing}):
                    other, predicate = row["other"], Iri(row["property"].value)
                    if is_outgoing:
                        yield Statement(thing, predicate, other, section.graph)
                    elif not isinstance(other, Literal):
                        yield Statement(other, predicate, thing, section.graph)
                most -= taken
            start = max(0, start - size)

    def _where(self, statement: Statement) -> list[Statement]:
        """The same statement in each graph that states it."""
        if isinstance(statement.subject, Blank):
            return [statement]
        held = self._store.quads(statement.subject, statement.predicate, statement.object, None)
        return sorted((each for each in held if each.graph not in self._merged), key=_graph_name)


def _graph_name(statement: Statement) -> str:
    return statement.graph.value if statement.graph else ""

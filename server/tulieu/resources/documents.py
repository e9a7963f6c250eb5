"""What a document holds, as statements: https://www.w3.org/TR/cooluris/ and the project's design, section 3.

Comes in: the IRI of a thing, passage, note, article or graph, the path of its document, and whether the format knows
graphs. Goes out: a `Document`. Formats with graphs get the named graphs themselves, cut to what speaks of the thing,
and, as in the dataset, the same statements in the default graph; the others get the merged statements with their
provenance as plain triples. In both, what was inferred comes with its proofs, every passage that is cited with its
voice, and the document speaks of itself.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import quote

from tulieu.errors import NotFoundError
from tulieu.resources.provenance import RDF_TYPE, Provenance, without_graph
from tulieu.resources.self_description import About, describe_document, describe_graph, page_address
from tulieu.resources.statements import Statements
from tulieu.store import Iri, Literal, Statement, Store
from tulieu.vocabulary import ONTOLOGY_IRI, TL, Names

LABELS = tuple(
    Iri(name)
    for name in ("http://www.w3.org/2000/01/rdf-schema#label", "http://www.w3.org/2004/02/skos/core#prefLabel")
)
# A graph with more statements is not written out in its document, which then says where it can be had as a stream.
MOST_WHOLE = 5000


@dataclass(frozen=True)
class Document:
    """One page of a document: what it is about, its statements, and how many pages there are."""

    about: str
    statements: tuple[Statement, ...]
    page: int = 1
    pages: int = 1


class Documents:
    """Makes the documents of one release."""

    def __init__(self, store: Store, names: Names, release_id: str, public_url: str) -> None:
        """Read from one release, which is served at a public URL."""
        self._store = store
        self._names = names
        self._about = About(str(names.release(release_id)), str(names.dataset))
        self._public_url = public_url
        self._statements = Statements(store, names)
        self._provenance = Provenance(store, names)
        self._authority, self._ontology, self._shapes = (
            Iri(str(names.graph(name))) for name in ("authority", "ontology", "shapes")
        )

    def exists(self, iri: str) -> bool:
        """Say whether the release speaks of something, or has a graph of that name."""
        graph = self._graph_of(iri)
        question = f"ASK {{ GRAPH <{graph.value}> {{ ?s ?p ?o }} }}" if graph else ""
        return self._store.mentions(iri) or bool(question and self._store.ask(question))

    def describe(self, iri: str, path: str, with_graphs: bool, page: int = 1) -> Document:
        """Gather a page of the document about something; raise NotFoundError when there is none."""
        graph = self._graph_of(iri)
        address = self._public_url + quote(path)
        if graph is None or self._names.is_source(iri):
            return self._describe_thing(Iri(iri), address, page, with_graphs)
        return self._describe_collection(Iri(iri), graph, address, page, with_graphs)

    def _graph_of(self, iri: str) -> Iri | None:
        """The named graph that a document is or is about."""
        if iri == ONTOLOGY_IRI:
            return self._ontology
        return Iri(iri) if iri.startswith(self._names.graph_prefix) or self._names.is_source(iri) else None

    def _describe_thing(self, thing: Iri, address: str, page: int, with_graphs: bool) -> Document:
        counts = self._statements.count(thing)
        if not 1 <= page <= counts.pages:
            raise NotFoundError(f"The document about {thing.value} has no such page; its last is {counts.pages}.")
        part = self._statements.read(thing, page, counts)
        statements = [*part.statements, *self._contents(thing, part.statements, page)]
        if not statements:
            raise NotFoundError(f"Nothing is known of {thing.value}.")
        proofs = self._provenance.prove(statements)
        added = list(self._provenance.describe_sources([*statements, *proofs]))
        added += self._labels([*statements, *added])
        if with_graphs:
            # As in the whole dataset: what stands in a named graph stands in the default graph too, so that clients
            # that know no other, or ask no other, find it.
            said = [*statements, *added]
            gathered = _once([*said, *proofs, *map(without_graph, said)], thing)
        else:
            attested = self._provenance.attest(statements, page_address(address, page))
            gathered = _once([*map(without_graph, [*statements, *proofs, *added]), *attested], thing)
        itself = describe_document(self._about, address, thing, counts, page, part.is_cut)
        return Document(thing.value, (*itself, *gathered), page, counts.pages)

    def _contents(self, thing: Iri, statements: Iterable[Statement], page: int) -> Iterator[Statement]:
        """What a passage or note states; of an article, what the passages state that stand on this page."""
        if self._names.is_source(thing.value) and page == 1:
            yield from self._store.quads(None, None, None, thing)
        for each in statements:
            if each.predicate.value == str(TL.inArticle) and each.object == thing and isinstance(each.subject, Iri):
                yield from self._store.quads(each.subject, None, None, each.graph)
                yield from self._store.quads(None, None, None, each.subject)

    def _describe_collection(self, iri: Iri, graph: Iri, address: str, page: int, with_graphs: bool) -> Document:
        """A graph that is no passage and no note: whole where it is small or made by hand."""
        size = self._size(graph)
        if not size or page != 1:
            raise NotFoundError(f"{iri.value} is one page." if size else f"There is no graph {iri.value}.")
        # Nodes without names join the ontology's and the shapes' statements: a part of them would say nothing.
        is_whole = size <= MOST_WHOLE or graph in (self._ontology, self._shapes)
        statements = self._store.quads(None, None, None, graph) if is_whole else []
        statements += self._labels(statements)
        if with_graphs:
            statements += [without_graph(each) for each in statements]
        itself = describe_graph(self._about, address, iri, self._place_of(graph), size, is_whole)
        return Document(iri.value, (*itself, *_once(statements, iri)))

    def _size(self, graph: Iri) -> int:
        query = f"SELECT (COUNT(*) AS ?count) WHERE {{ GRAPH <{graph.value}> {{ ?s ?p ?o }} }}"
        return int(self._store.select(query)[0]["count"].value)

    def _place_of(self, graph: Iri) -> str:
        """Where a graph can be had as a stream (https://www.w3.org/TR/sparql11-http-rdf-update/)."""
        return f"{self._public_url}sparql/graph-store/{quote(graph.value.removeprefix(self._names.base_iri))}"

    def _labels(self, statements: Iterable[Statement]) -> list[Statement]:
        """The labels of all that is spoken of, in every language."""
        found: list[Statement] = []
        for iri in sorted({term for each in statements for term in _names_in(each)}):
            is_thing = iri.value.startswith(self._names.base_iri) and not iri.value.startswith(ONTOLOGY_IRI)
            graph = self._authority if is_thing else self._ontology
            for label in LABELS:
                labels = self._store.quads(iri, label, None, graph)
                found += labels
                if labels:
                    break
        return found


def _names_in(statement: Statement) -> Iterator[Iri]:
    for term in (statement.subject, statement.predicate, statement.object):
        if isinstance(term, Iri):
            yield term


def _once(statements: Iterable[Statement], thing: Iri) -> list[Statement]:
    """Each statement once, in an order that never changes; of each graph, those of the thing stand first."""

    def order(statement: Statement) -> tuple[str | bool, ...]:
        value = statement.object
        return (
            statement.graph.value if statement.graph else "",
            statement.subject != thing,
            statement.subject.value,
            statement.predicate != RDF_TYPE,
            statement.predicate.value,
            value.value,
            *((value.language, value.datatype) if isinstance(value, Literal) else ()),
        )

    return sorted(set(statements), key=order)

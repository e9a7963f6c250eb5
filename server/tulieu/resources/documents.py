"""What a document holds, as statements: https://www.w3.org/TR/cooluris/ and the project's design, section 3.

Comes in: the IRI of a thing, passage, note, article or graph, and whether the format knows graphs. Goes out:
statements. Formats with graphs get the named graphs themselves, cut to what speaks of the thing; the others get the
merged statements with their provenance as plain triples: `tl:attestedIn`, and a node for each statement that says in
which passage it stands or from what it follows.
"""

import hashlib
from collections.abc import Iterable, Iterator

from tulieu.errors import NotFoundError
from tulieu.formats import N_TRIPLES
from tulieu.store import Blank, Iri, Statement, Store, serialise
from tulieu.vocabulary import ONTOLOGY_IRI, TL, Names

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDF_TYPE = Iri(RDF + "type")
SUBJECT, PREDICATE, OBJECT = Iri(RDF + "subject"), Iri(RDF + "predicate"), Iri(RDF + "object")
LABELS = tuple(
    Iri(name)
    for name in ("http://www.w3.org/2000/01/rdf-schema#label", "http://www.w3.org/2004/02/skos/core#prefLabel")
)
ATTESTED_IN, HAS_PREMISE = Iri(str(TL.attestedIn)), Iri(str(TL.hasPremise))
# Graphs that repeat what others hold: a document says everything once.
_MERGED = ("asserted", "facts")
_MOST_INCOMING = 1000


class Documents:
    """Makes the documents of one release."""

    def __init__(self, store: Store, names: Names) -> None:
        """Read from one release."""
        self._store = store
        self._names = names
        self._merged = {Iri(str(names.graph(name))) for name in _MERGED}
        self._evidence = Iri(str(names.graph("evidence")))
        self._inferred = Iri(str(names.graph("inferred")))
        self._ontology = Iri(str(names.graph("ontology")))

    def exists(self, iri: str) -> bool:
        """Say whether the release speaks of something, or has a graph of that name."""
        return self._store.mentions(iri) or bool(self._graph_of(iri) and self._store.quads(None, None, None, Iri(iri)))

    def describe(self, iri: str, with_graphs: bool) -> list[Statement]:
        """Gather the document about something; raise NotFoundError when nothing is known of it."""
        graph = self._graph_of(iri)
        if graph is not None:
            statements = self._describe_graph(Iri(iri), graph)
        elif iri.startswith(self._names.article_prefix):
            statements = self._describe_article(Iri(iri))
        else:
            statements = self._describe_thing(Iri(iri))
        if not statements:
            raise NotFoundError(f"Nothing is known of {iri}.")
        statements += self._labels(statements)
        if with_graphs:
            return _once(statements)
        return _once([*(_without_graph(each) for each in statements), *self._provenance(statements)])

    def _graph_of(self, iri: str) -> Iri | None:
        """The named graph that a document is or is about."""
        if iri == ONTOLOGY_IRI:
            return self._ontology
        if iri.startswith((self._names.graph_prefix, self._names.passage_prefix, self._names.note_prefix)):
            return Iri(iri)
        return None

    def _describe_thing(self, thing: Iri) -> list[Statement]:
        outgoing = self._without_merged(self._store.quads(thing, None, None, None))
        incoming = self._without_merged(self._store.quads(None, None, thing, None))
        # Nodes of the evidence graph point to everything; they come by `_provenance`, each with its whole description.
        kept = [each for each in incoming if each.graph != self._evidence][:_MOST_INCOMING]
        return outgoing + kept

    def _describe_graph(self, iri: Iri, graph: Iri) -> list[Statement]:
        contents = self._store.quads(None, None, None, graph)
        return contents + self._without_merged(self._store.quads(iri, None, None, None))

    def _describe_article(self, article: Iri) -> list[Statement]:
        statements = self._describe_thing(article)
        passages = [each.subject for each in statements if each.predicate.value == str(TL.inArticle)]
        for passage in dict.fromkeys(passages):
            if isinstance(passage, Iri):
                statements += self._describe_graph(passage, passage)
        return statements

    def _without_merged(self, statements: Iterable[Statement]) -> list[Statement]:
        """Leave out the merged graphs, the default one among them: what they hold stands in another graph too."""
        return [each for each in statements if each.graph is not None and each.graph not in self._merged]

    def _labels(self, statements: Iterable[Statement]) -> list[Statement]:
        found: list[Statement] = []
        for iri in sorted({term for each in statements for term in _things_in(each)}):
            for label in LABELS:
                found += self._without_merged(self._store.quads(iri, label, None, None))
        return found

    def _provenance(self, statements: Iterable[Statement]) -> Iterator[Statement]:
        """For each statement a node that says where it stands, or, where it was inferred, from what it follows."""
        skipped = {self._evidence, self._ontology, Iri(str(self._names.graph("shapes")))}
        for statement in statements:
            if statement.graph is None or statement.graph in skipped or isinstance(statement.subject, Blank):
                continue
            node = name_statement(statement, self._names)
            if statement.graph == self._inferred:
                known = self._store.quads(node, None, None, self._evidence)
                yield from map(_without_graph, known)
                for premise in [each.object for each in known if each.predicate == HAS_PREMISE]:
                    if isinstance(premise, Iri):
                        yield from map(_without_graph, self._store.quads(premise, None, None, self._evidence))
                continue
            yield Statement(node, RDF_TYPE, Iri(RDF + "Statement"))
            yield Statement(node, SUBJECT, statement.subject)
            yield Statement(node, PREDICATE, statement.predicate)
            yield Statement(node, OBJECT, statement.object)
            yield Statement(node, ATTESTED_IN, statement.graph)


def name_statement(statement: Statement, names: Names) -> Iri:
    """Name the node of a statement by the digest of its line in N-Triples, as the build does."""
    # The whole line with its line feed, as the build digests it.
    line = serialise([_without_graph(statement)], N_TRIPLES, ()).decode()
    return Iri(str(names.thing(f"statement-{hashlib.sha256(line.encode()).hexdigest()[:16]}")))


def _things_in(statement: Statement) -> Iterator[Iri]:
    for term in (statement.subject, statement.object):
        if isinstance(term, Iri):
            yield term
    yield statement.predicate


def _without_graph(statement: Statement) -> Statement:
    return Statement(statement.subject, statement.predicate, statement.object)


def _once(statements: Iterable[Statement]) -> list[Statement]:
    """Each statement once, in an order that does not change between answers; what belongs together stands together."""
    return sorted(set(statements), key=_order)


def _order(statement: Statement) -> tuple[str, str, bool, str, str]:
    graph = statement.graph.value if statement.graph else ""
    return (
        graph,
        str(statement.subject),
        statement.predicate != RDF_TYPE,
        statement.predicate.value,
        str(statement.object),
    )

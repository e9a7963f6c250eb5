"""Where each statement of a document comes from: passages and notes with their voice, rules with their premises.

Comes in: statements with their graphs. Goes out: what is said of the passages and notes that are cited; the proofs of
what was inferred, from `graph/evidence`, down to asserted statements; and, for formats that know no graphs, a node for
each statement that says in which passage it stands. Nodes that the build has made keep their names.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence

from tulieu.store import XSD_STRING, Blank, Iri, Statement, Store, Term
from tulieu.vocabulary import TL, Names

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDF_TYPE = Iri(RDF + "type")
STATEMENT = Iri(RDF + "Statement")
SUBJECT, PREDICATE, OBJECT = Iri(RDF + "subject"), Iri(RDF + "predicate"), Iri(RDF + "object")
ATTESTED_IN, HAS_PREMISE = Iri(str(TL.attestedIn)), Iri(str(TL.hasPremise))
# What tells who speaks in a passage, and what a note of ours rests on.
_OF_SOURCE = frozenset(
    (
        RDF_TYPE.value,
        *(str(term) for term in (TL.inArticle, TL.position, TL.hasVoice, TL.voiceMarking, TL.accordingTo, TL.summary)),
        *(str(term) for term in (TL.derivedFrom, TL.reason, TL.hasKind)),
    )
)
# A proof reaches asserted statements after a few steps. A statement beyond this many is named and not described: its
# name leads to a document of its own.
_MOST_IN_PROOFS = 2000
# Canonical N-Triples writes control characters by number, but for those that have a letter.
_ESCAPES = {code: f"\\u{code:04X}" for code in (*range(0x20), 0x7F)} | {
    ord(character): f"\\{letter}" for character, letter in zip('\b\t\n\f\r"\\', 'btnfr"\\', strict=True)
}


class Provenance:
    """Reads where statements come from."""

    def __init__(self, store: Store, names: Names) -> None:
        """Read from one release."""
        self._store = store
        self._names = names
        self._evidence, self._inferred, self._passages, self._notes = (
            Iri(str(names.graph(name))) for name in ("evidence", "inferred", "passages", "notes")
        )
        # What stands in these speaks for itself, or is no knowledge but the words for it.
        self._silent = {None, self._evidence, Iri(str(names.graph("ontology"))), Iri(str(names.graph("shapes")))}

    def prove(self, statements: Sequence[Statement]) -> list[Statement]:
        """Give the nodes of all inferred statements, with all that they follow from; in `graph/evidence`."""
        waiting = [name_statement(each, self._names) for each in statements if each.graph == self._inferred]
        waiting += _premises(statements)
        seen: set[Iri] = set()
        found: list[Statement] = []
        # In the order of the steps, so that what is left out of very long proofs is the farthest.
        for node in waiting:
            if node in seen or len(seen) == _MOST_IN_PROOFS:
                continue
            seen.add(node)
            known = self._store.quads(node, None, None, self._evidence)
            found += known
            waiting += _premises(known)
        return found

    def describe_sources(self, statements: Sequence[Statement]) -> Iterator[Statement]:
        """Say of each passage and note that is cited who speaks in it."""
        cited = {each.graph for each in statements if each.graph is not None}
        cited |= {each.object for each in statements if each.predicate == ATTESTED_IN and isinstance(each.object, Iri)}
        for source in sorted(cited):
            if self._names.is_source(source.value):
                graph = self._passages if source.value.startswith(self._names.passage_prefix) else self._notes
                for statement in self._store.quads(source, None, None, graph):
                    if statement.predicate.value in _OF_SOURCE:
                        yield statement

    def attest(self, statements: Iterable[Statement], address: str) -> Iterator[Statement]:
        """Give a node for each statement that was stated: where it stands, as plain triples.

        A statement from which nothing follows has no name in the release: its node is a part of the document, so that
        every name leads somewhere.
        """
        for statement in statements:
            if statement.graph in self._silent or statement.graph == self._inferred:
                continue
            if statement.graph is None or isinstance(statement.subject, Blank):
                continue
            node = name_statement(statement, self._names)
            if not self._store.quads(node, RDF_TYPE, None, self._evidence):
                node = Iri(f"{address}#{node.value.removeprefix(self._names.thing_prefix)}")
            yield Statement(node, RDF_TYPE, STATEMENT)
            yield Statement(node, SUBJECT, statement.subject)
            yield Statement(node, PREDICATE, statement.predicate)
            yield Statement(node, OBJECT, statement.object)
            yield Statement(node, ATTESTED_IN, statement.graph)


def _premises(statements: Iterable[Statement]) -> list[Iri]:
    return [each.object for each in statements if each.predicate == HAS_PREMISE and isinstance(each.object, Iri)]


def name_statement(statement: Statement, names: Names) -> Iri:
    """Name the node of a statement by the digest of its line in N-Triples, as the build does."""
    # The whole line with its line feed, as the build digests it: https://www.w3.org/TR/rdf12-n-triples/#canonical-ntriples
    terms = (statement.subject, statement.predicate, statement.object)
    line = " ".join(map(_write_term, terms)) + " .\n"
    return Iri(f"{names.thing_prefix}statement-{hashlib.sha256(line.encode()).hexdigest()[:16]}")


def _write_term(term: Term) -> str:
    if isinstance(term, Iri):
        return f"<{term.value}>"
    if isinstance(term, Blank):
        return f"_:{term.value}"
    escaped = term.value.translate(_ESCAPES)
    if term.language:
        return f'"{escaped}"@{term.language}'
    return f'"{escaped}"' if term.datatype == XSD_STRING else f'"{escaped}"^^<{term.datatype}>'


def without_graph(statement: Statement) -> Statement:
    """The bare statement."""
    return Statement(statement.subject, statement.predicate, statement.object)

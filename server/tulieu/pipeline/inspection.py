"""What a statement in a knowledge file may be: its terms, its literals, the graph it stands in, what it refers to.

Comes in: all files, read, each with the graphs it may hold. Goes out: problems, each with file and line, what was
expected and what to do. Nothing is repaired: the files are the truth, so they must say exactly what is published.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple
from rdflib import DCTERMS, FOAF, ORG, OWL, PROV, RDF, RDFS, SDO, SH, SKOS, TIME, VOID, XSD

from tulieu.errors import Problem
from tulieu.pipeline.literals import explain_literal, keep_literals
from tulieu.pipeline.turtle import BLANK, TurtleFile
from tulieu.vocabulary import BASE_IRI, PREFIXES, TL, Names, is_term

# The kinds of graph, each with what messages call it.
GRAPHS: Mapping[str, str] = {
    "passage": "the graph of a passage (data/articles/<slug>.trig)",
    "note": "the graph of a note (data/notes/<slug>.trig)",
    "passages": "graph/passages (data/articles/<slug>.trig)",
    "notes": "graph/notes (data/notes/<slug>.trig)",
    "authority": "graph/authority (data/authority/*.ttl)",
    "withdrawals": "graph/withdrawals (data/names/*.ttl)",
    "ontology": "graph/ontology (ontology/)",
    "shapes": "graph/shapes (shapes/)",
}
DATA_GRAPHS = frozenset(GRAPHS) - {"ontology", "shapes"}

# Names are checked as the files write them; another base is put in their place afterwards.
_NAMES = Names()
_CLOSED = (RDF, RDFS, OWL, SKOS, XSD, DCTERMS, PROV, ORG, TIME, SH, FOAF, VOID)
_CLASSES = frozenset(str(kind) for kind in (OWL.Class, RDFS.Class, RDFS.Datatype))
_PROPERTIES = frozenset(
    str(kind)
    for kind in (OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty, OWL.OntologyProperty, RDF.Property)
)
_TYPE, _LABEL, _TL, _SKOS = str(RDF.type), str(RDFS.label), str(TL), str(SKOS)
_CONCEPTS = frozenset(str(kind) for kind in (SKOS.Concept, SKOS.ConceptScheme, SKOS.Collection, SKOS.OrderedCollection))
_AUTHORITY = frozenset(str(name) for name in (_LABEL, RDFS.seeAlso, SDO.sameAs, TL.hasKind, TL.hasLevel))
_ABOUT_NOTES = frozenset(str(name) for name in (TL.derivedFrom, TL.reason))
_ABOUT_ARTICLES = frozenset(str(name) for name in (TL.textDigest, TL.textLength))
_ABOUT_UNSTATED = frozenset(str(name) for name in (TL.unstatedAbout, TL.unstatedProperty))
_WITHDRAWN = frozenset(str(name) for name in (TL.WithdrawnName, TL.MergedName))
_ABOUT_WITHDRAWN = frozenset(str(name) for name in (TL.withdrawnBecause, TL.withdrawnOn, TL.mergedInto))
_ABOUT_NO_PASSAGE = _ABOUT_NOTES | _ABOUT_ARTICLES | _ABOUT_UNSTATED | _ABOUT_WITHDRAWN
_BOOKKEEPING_CLASSES = _WITHDRAWN | {
    str(name) for name in (TL.Passage, TL.Note, TL.UnstatedPoint, TL.InferredStatement)
}
_LOCAL = re.compile(r"(?:[a-z]+/)[a-z0-9]+(?:[-./][a-z0-9]+)*")
_TERM_IN_QUERY = re.compile(r"\btl:(\w+)")


@dataclass(frozen=True)
class Statement:
    """A quad with the file it stands in and the kind and name of its graph."""

    file: TurtleFile
    kind: str
    graph: str
    quad: Quad

    @property
    def subject(self) -> str:
        """The subject's IRI, empty for a blank node."""
        return _iri(self.quad.subject)

    @property
    def predicate(self) -> str:
        """The predicate's IRI."""
        return _iri(self.quad.predicate)

    @property
    def object(self) -> str:
        """The object's IRI, empty for a literal or blank node."""
        return _iri(self.quad.object)

    def problem(self, message: str) -> Problem:
        """Say what is wrong with this statement, at its line."""
        written = self.quad.object.value if isinstance(self.quad.object, Literal) else self.object
        graph = self.graph if self.file.name.endswith(".trig") else ""
        line = self.file.locate(graph, self.subject or BLANK, self.predicate, written or BLANK)
        return Problem(self.file.name, line, message)


@dataclass(frozen=True)
class Terms:
    """What the ontology declares: its classes, properties and other terms, and which properties are special."""

    classes: frozenset[str]
    properties: frozenset[str]
    others: frozenset[str]
    bookkeeping: frozenset[str]
    entailed: frozenset[str]

    @cached_property
    def all(self) -> frozenset[str]:
        """Every declared term."""
        return self.classes | self.properties | self.others


def inspect(statements: Sequence[Statement]) -> Iterator[Problem]:
    """Give every problem of statements that were all read: of each by itself, then of all together."""
    terms = _declared(statements)
    own_shapes = {statement.subject for statement in statements if statement.kind == "shapes"}
    kept = keep_literals(s.quad.object for s in statements if isinstance(s.quad.object, Literal))
    for statement in statements:
        yield from _problems_of_nodes(statement)
        yield from _problems_of_literal(statement, kept)
        yield from _problems_of_terms(statement, terms, own_shapes)
        yield from _problems_of_place(statement, terms)
    yield from _problems_of_references(statements)
    yield from _problems_of_names(statements)
    yield from _problems_of_descriptions(statements, "passage", "passages", str(TL.Passage))
    yield from _problems_of_descriptions(statements, "note", "notes", str(TL.Note))


def shorten(iri: str) -> str:
    """Write an IRI as people write it in the files, or between angle brackets."""
    for prefix, namespace in PREFIXES:
        if iri.startswith(namespace) and "/" not in iri[len(namespace) :]:
            return f"{prefix}:{iri[len(namespace) :]}"
    return f"<{iri}>"


def _iri(term: object) -> str:
    return term.value if isinstance(term, NamedNode) else ""


def _declared(statements: Iterable[Statement]) -> Terms:
    kinds: dict[str, set[str]] = defaultdict(set)
    marked: dict[str, set[str]] = defaultdict(set)
    for statement in statements:
        if statement.kind == "ontology" and is_term(statement.subject):
            if statement.predicate == _TYPE:
                kinds[statement.subject].add(statement.object)
            elif getattr(statement.quad.object, "value", "") == "true":
                marked[statement.predicate].add(statement.subject)
    classes = frozenset(name for name, types in kinds.items() if types & _CLASSES)
    properties = frozenset(name for name, types in kinds.items() if types & _PROPERTIES)
    return Terms(
        classes,
        properties,
        frozenset(kinds) - classes - properties,
        frozenset(marked[str(TL.isBookkeeping)]),
        frozenset(marked[str(TL.isEntailed)]),
    )


def _problems_of_nodes(statement: Statement) -> Iterator[Problem]:
    quad = statement.quad
    if isinstance(quad.subject, Triple) or isinstance(quad.object, Triple):
        yield statement.problem(
            "a triple term is RDF 1.2, which rdflib and pySHACL do not read; use a node with an IRI"
        )
    if statement.kind in DATA_GRAPHS:
        if isinstance(quad.subject, BlankNode) or isinstance(quad.object, BlankNode):
            yield statement.problem("a blank node stands in data; give the thing an IRI, such as id:<kind>-<slug>")
        for iri in (statement.subject, statement.object):
            if iri.startswith(BASE_IRI) and not is_term(iri) and not _LOCAL.fullmatch(iri.removeprefix(BASE_IRI)):
                yield statement.problem(
                    f"<{iri}> is not a name of ours: expected {BASE_IRI}, a kind (id, article, passage, note, graph), /"
                    " and a slug of lower-case ASCII letters, digits and hyphens"
                )


def _problems_of_literal(statement: Statement, kept: Mapping[Literal, Literal]) -> Iterator[Problem]:
    literal = statement.quad.object
    if isinstance(literal, Literal):
        # Escapes can hide what the text of the file does not show; what it shows has been told.
        if unicodedata.is_normalized("NFC", statement.file.text) and not unicodedata.is_normalized(
            "NFC", literal.value
        ):
            yield statement.problem(f'"{literal.value}" is not in Unicode form NFC; write precomposed letters')
        message = explain_literal(literal, kept[literal])
        if message:
            yield statement.problem(message)


def _problems_of_terms(statement: Statement, terms: Terms, own_shapes: set[str]) -> Iterator[Problem]:
    is_data = statement.kind in DATA_GRAPHS
    for iri in {statement.subject, statement.predicate, statement.object}:
        if iri.startswith(_TL) and iri not in terms.all and not (statement.kind == "shapes" and iri in own_shapes):
            yield statement.problem(_undeclared(iri, terms))
        if namespace := _namespace_without(iri):
            yield statement.problem(f"{shorten(iri)} is not a term of <{namespace}>; correct the name")
    if statement.kind == "shapes" and isinstance(statement.quad.object, Literal):
        for local in sorted(set(_TERM_IN_QUERY.findall(statement.quad.object.value))):
            if statement.predicate in (str(SH.select), str(SH.ask)) and _TL + local not in terms.all | own_shapes:
                yield statement.problem(_undeclared(_TL + local, terms))
    if is_data and statement.predicate in terms.all - terms.properties:
        yield statement.problem(f"{shorten(statement.predicate)} is not a property; use one that the ontology declares")
    if is_data and statement.predicate == _TYPE and statement.object in terms.all - terms.classes:
        yield statement.problem(f"{shorten(statement.object)} is not a class; use one that the ontology declares")


@cache
def _namespace_without(iri: str) -> str:
    """Give the closed namespace that an IRI claims to be of and is not, if there is one."""
    for namespace in _CLOSED:
        if iri.startswith(str(namespace)) and iri != str(namespace) and iri not in namespace:
            return str(namespace)
    return ""


def _undeclared(iri: str, terms: Terms) -> str:
    local_names = sorted(term.removeprefix(_TL) for term in terms.all)
    close = difflib.get_close_matches(iri.removeprefix(_TL), local_names, n=1, cutoff=0.8)
    meant = f"did you mean tl:{close[0]}? If not, " if close else ""
    return f"{shorten(iri)} is not declared in the ontology; {meant}use another term or declare it in ontology/terms/"


def _problems_of_place(statement: Statement, terms: Terms) -> Iterator[Problem]:
    if not statement.subject or _may_stand(statement, terms):
        return
    predicate = shorten(statement.predicate)
    written = f"{shorten(statement.subject)} {predicate}"
    if statement.predicate in terms.entailed:
        reason = f"{predicate} is filled by reasoning; write the statements that it follows from instead"
    else:
        reason = f"this belongs in {_home(statement, terms)}"
    yield statement.problem(f"{written} may not stand in {shorten(statement.graph)}: {reason}")


def _may_stand(statement: Statement, terms: Terms) -> bool:
    subject, predicate, kind = statement.subject, statement.predicate, statement.kind
    is_type, is_ours = predicate == _TYPE, predicate.startswith(_TL)
    if predicate in terms.entailed and kind in DATA_GRAPHS:
        return False
    if kind in ("passage", "note"):
        is_world = is_ours and predicate not in terms.bookkeeping
        is_class = is_type and statement.object.startswith(_TL) and statement.object not in _BOOKKEEPING_CLASSES
        return subject.startswith((_NAMES.thing_prefix, _NAMES.article_prefix)) and (is_world or is_class)
    if kind == "passages":
        if subject.startswith(_NAMES.passage_prefix):
            own = predicate in terms.bookkeeping - _ABOUT_NO_PASSAGE
            return own or (is_type and statement.object == str(TL.Passage))
        if subject.startswith(_NAMES.article_prefix):
            return predicate in _ABOUT_ARTICLES
        is_point = predicate in _ABOUT_UNSTATED or (is_type and statement.object == str(TL.UnstatedPoint))
        return subject.startswith(_NAMES.thing_prefix) and is_point
    if kind == "notes":
        own = predicate in _ABOUT_NOTES or predicate == str(TL.hasKind)
        return subject.startswith(_NAMES.note_prefix) and (own or (is_type and statement.object == str(TL.Note)))
    if kind == "withdrawals":
        about = (*_ABOUT_WITHDRAWN, str(DCTERMS.isReplacedBy), _LABEL)
        is_name = subject.startswith((_NAMES.thing_prefix, _NAMES.article_prefix)) or _NAMES.is_source(subject)
        return is_name and (predicate in about or (is_type and statement.object in _WITHDRAWN))
    if kind == "authority":
        is_world = statement.object.startswith(_TL) and statement.object not in _WITHDRAWN
        is_class = is_type and (statement.object in _CONCEPTS or is_world)
        is_own = subject.startswith(BASE_IRI) and not is_term(subject)
        return is_own and (is_class or predicate in _AUTHORITY or predicate.startswith(_SKOS))
    return kind == "shapes" or not subject.startswith(BASE_IRI) or is_term(subject)


def _home(statement: Statement, terms: Terms) -> str:
    subject, predicate, value = statement.subject, statement.predicate, statement.object
    homes = (
        (is_term(subject), "ontology"),
        (predicate in _ABOUT_WITHDRAWN or (predicate == _TYPE and value in _WITHDRAWN), "withdrawals"),
        (predicate in _AUTHORITY - {str(TL.hasKind), str(TL.hasLevel)} or predicate.startswith(_SKOS), "authority"),
        (predicate == _TYPE and value in _CONCEPTS, "authority"),
        (subject.startswith(_NAMES.note_prefix) or predicate in _ABOUT_NOTES or value == str(TL.Note), "notes"),
        (subject.startswith(_NAMES.passage_prefix) or predicate in terms.bookkeeping, "passages"),
        (predicate == _TYPE and value in _BOOKKEEPING_CLASSES, "passages"),
    )
    for is_so, kind in homes:
        if is_so and kind != statement.kind:
            return GRAPHS[kind]
    if predicate.startswith(_TL) or (predicate == _TYPE and value.startswith(_TL)):
        return f"{GRAPHS['passage']} or, if it is ours to vouch for, {GRAPHS['note']}"
    return "no file of ours; say it with a term of the ontology"


def _problems_of_references(statements: Sequence[Statement]) -> Iterator[Problem]:
    known = {statement.subject for statement in statements} | {statement.graph for statement in statements}
    known |= {str(_NAMES.graph(kind)) for kind in (*GRAPHS, "asserted", "facts", "inferred", "evidence")}
    for statement in statements:
        iri = statement.object
        if iri.startswith(BASE_IRI) and not is_term(iri) and iri not in known:
            yield statement.problem(
                f"{shorten(iri)} is described nowhere; correct the name, or state what it is in a passage or note and"
                " label it in data/authority/ (a concept: add it in ontology/vocabularies.ttl)"
            )


def _problems_of_names(statements: Sequence[Statement]) -> Iterator[Problem]:
    first: dict[tuple[str, str], str] = {}
    for statement in statements:
        label = statement.quad.object
        if statement.predicate == _LABEL and isinstance(label, Literal) and statement.kind != "shapes":
            known = first.setdefault((statement.subject, label.language or ""), label.value)
            if known != label.value:
                name = shorten(statement.subject)
                yield statement.problem(
                    f'{name} is named both "{known}" and "{label.value}"@{label.language}; if these are two things,'
                    f" give this one the next free slug, such as {name}-2; if one, keep one rdfs:label and make the"
                    " other skos:altLabel"
                )


def _problems_of_descriptions(statements: Sequence[Statement], kind: str, about: str, type_: str) -> Iterator[Problem]:
    graphs = {statement.graph: statement for statement in statements if statement.kind == kind}
    described = {
        statement.subject: statement
        for statement in statements
        if statement.kind == about and statement.predicate == _TYPE and statement.object == type_
    }
    silent = {statement.subject for statement in statements if statement.predicate == str(TL.statesNothingBecause)}
    for name in sorted(set(graphs) - set(described)):
        file = graphs[name].file
        yield Problem(
            file.name,
            file.locate(name),
            f"<{name}> is not described; say that it is a {shorten(type_)} in graph/{about}",
        )
    for name in sorted(set(described) - set(graphs) - silent):
        yield described[name].problem(
            f"<{name}> is described and states nothing; add GRAPH <{name}> {{ … }}"
            + (", or say why with tl:statesNothingBecause" if kind == "passage" else " or remove the description")
        )

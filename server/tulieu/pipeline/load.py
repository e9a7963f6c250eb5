"""Where the knowledge files are, and what they say: files in, one graph each, or every problem they have.

Comes in: a folder that holds `ontology/`, `data/` and `shapes/`, and perhaps further files. Goes out: a frozen
`Knowledge`, in which every statement stands in the named graph that the layout or the file gives it. A file that is not
exactly right stops the load; one run reports all problems of all files.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatchcase
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

import pyoxigraph
from rdflib import BNode, Dataset, Graph, Literal, URIRef
from rdflib.term import Node

from tulieu.errors import KnowledgeError, Problem, SettingsError
from tulieu.pipeline.inspection import GRAPHS, Statement, inspect
from tulieu.pipeline.knowledge import Knowledge
from tulieu.pipeline.turtle import TurtleFile, read_turtle
from tulieu.pipeline.withdrawals import problems_of_withdrawals
from tulieu.vocabulary import BASE_IRI, Names

FOLDERS = ("ontology", "data", "shapes")

# Which files hold which kinds of graph; the first pattern that fits decides, and a file that fits none has no place.
# Shapes in closure/ make sense only after reasoning, so they are kept apart.
LAYOUT: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("ontology/vocabularies.ttl", ("authority",)),
    ("ontology/*.ttl", ("ontology",)),
    ("data/authority/*.ttl", ("authority",)),
    ("data/articles/*.trig", ("passage", "passages")),
    ("data/notes/*.trig", ("note", "notes")),
    ("data/names/*.ttl", ("withdrawals",)),
    ("shapes/*.ttl", ("shapes",)),
)
CLOSURE_SHAPES = "shapes/closure/"
_EXTRA_LAYOUT: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("*.ttl", ("authority",)),
    ("*.trig", ("passage", "passages", "note", "notes", "authority", "withdrawals")),
)
_SYNTAXES = (".ttl", ".trig")
# The base as it stands in patterns and queries of shapes: a dot may be escaped there.
_BASE_IN_TEXT = re.compile(re.escape(BASE_IRI).replace(r"\.", r"\\*\.") + r"(?!ontology\b)")


def knowledge_root(override: Path | None = None) -> Traversable:
    """Find the folder that holds the knowledge files: the one named, the wheel's, or the checkout's."""
    if override is not None:
        _require_folders(override)
        return override
    packaged = files("tulieu") / "knowledge"
    if packaged.is_dir():
        return packaged
    # An editable install also leaves copies in site-packages; they would be stale, so the checkout is read.
    checkout = Path(__file__).resolve().parents[3]
    _require_folders(checkout)
    return checkout


def knowledge_digest(root: Traversable, extra: Sequence[Path] = ()) -> str:
    """Digest the names and bytes of all knowledge files, without reading what they say."""
    return _digest(_contents(root, extra))


def load(root: Traversable, base_iri: str = BASE_IRI, extra: Sequence[Path] = ()) -> Knowledge:
    """Read all knowledge files; raise one KnowledgeError with every problem found."""
    try:
        names = Names(base_iri)
    except ValueError as error:
        raise SettingsError(str(error)) from None
    contents = _contents(root, extra)
    read = [read_turtle(name, content) for name, _, content in contents if name.endswith(_SYNTAXES)]
    problems = [problem for file in read for problem in file.problems]
    statements: list[Statement] = []
    for file, (_, is_extra, _) in zip(read, [row for row in contents if row[0].endswith(_SYNTAXES)], strict=True):
        layout = _EXTRA_LAYOUT if is_extra else LAYOUT
        kinds = next((kinds for pattern, kinds in layout if fnmatchcase(file.name, pattern)), ())
        if not kinds:
            places = ", ".join(pattern for pattern, _ in layout)
            problems.append(Problem(file.name, 0, f"there is no place for this file; expected one of {places}"))
        else:
            found, refused = _place(file, kinds)
            statements += found
            problems += refused
    if not any(file.is_cut_short for file in read):
        # What is missing from a file that cannot be read would be missed in every other file.
        problems += inspect(statements)
        problems += problems_of_withdrawals(statements)
    if problems:
        raise KnowledgeError(problems)
    return _assemble(statements, names, _digest(contents))


def _require_folders(root: Path) -> None:
    missing = [name for name in FOLDERS if not (root / name).is_dir()]
    if missing:
        raise KnowledgeError(
            [Problem(str(root), 0, f"no folder {', '.join(missing)}; expected the folders {', '.join(FOLDERS)} here")]
        )


def _contents(root: Traversable, extra: Sequence[Path]) -> list[tuple[str, bool, bytes]]:
    """Read the bytes of all files in the order of their names; beside each, whether it came in addition."""
    rows = [(name, False, file.read_bytes()) for folder in FOLDERS for name, file in _walk(root / folder, folder)]
    for path in extra:
        try:
            rows.append((path.as_posix(), True, path.read_bytes()))
        except OSError as error:
            raise KnowledgeError([Problem(str(path), 0, f"cannot be read ({error.strerror}); name a file")]) from error
        if path.suffix not in _SYNTAXES:
            raise KnowledgeError([Problem(str(path), 0, "expected a Turtle file (.ttl) or a TriG file (.trig)")])
    return sorted(rows)


def _walk(folder: Traversable, name: str) -> Iterator[tuple[str, Traversable]]:
    for entry in folder.iterdir():
        path = f"{name}/{entry.name}"
        if entry.is_dir():
            yield from _walk(entry, path)
        elif entry.name.endswith(_SYNTAXES) and not entry.name.startswith("."):
            yield path, entry


def _digest(contents: Iterable[tuple[str, bool, bytes]]) -> str:
    digest = hashlib.sha256()
    for name, _, content in contents:
        # Each part with its length, so that no two different lists of files run together into the same bytes.
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def _place(file: TurtleFile, kinds: tuple[str, ...]) -> tuple[list[Statement], list[Problem]]:
    names = Names()
    statements, problems = [], []
    is_trig = file.name.endswith(".trig")
    for quad in file.quads:
        graph = getattr(quad.graph_name, "value", "") if is_trig else str(names.graph(kinds[0]))
        kind = _kind(graph, names)
        if kind in kinds:
            statements.append(Statement(file, kind, graph, quad))
        else:
            expected = " or ".join(GRAPHS[kind] for kind in kinds)
            where = f"the graph <{graph}>" if graph else "no graph"
            subject, predicate = str(quad.subject), str(quad.predicate)
            line = file.locate(graph, subject.strip("<>"), predicate.strip("<>"))
            message = f"{subject} {predicate} stands in {where}; this file may hold {expected}"
            problems.append(Problem(file.name, line, message))
    return statements, problems


def _kind(graph: str, names: Names) -> str:
    if graph.startswith(names.passage_prefix):
        return "passage"
    if graph.startswith(names.note_prefix):
        return "note"
    return graph.removeprefix(names.graph_prefix) if graph.startswith(names.graph_prefix) else ""


def _assemble(statements: Sequence[Statement], names: Names, digest: str) -> Knowledge:
    dataset, shapes, closure_shapes = Dataset(), Graph(), Graph()
    sources: dict[URIRef, set[str]] = defaultdict(set)
    mentions: dict[Node, set[str]] = defaultdict(set)
    for kind in GRAPHS:
        if kind not in ("passage", "note", "shapes"):
            dataset.graph(names.graph(kind))
    for (graph, is_closure), quads in _by_graph(statements).items():
        name = URIRef(names.rename(graph))
        is_shapes = graph == Names().graph("shapes").toPython()
        target = closure_shapes if is_closure else shapes if is_shapes else dataset.graph(name)
        # Texts of the data stay as they are; shapes and the ontology hold names inside patterns, queries and examples.
        texts = graph in (str(Names().graph("shapes")), str(Names().graph("ontology")))
        for triple in _canonical(quads, prefix="closure" if is_closure else graph.rpartition("/")[2]):
            target.add(tuple(_term(term, names, texts) for term in triple))  # type: ignore[arg-type]
    for statement in statements:
        sources[URIRef(names.rename(statement.graph))].add(statement.file.name)
        mentions[URIRef(names.rename(statement.subject))].add(statement.file.name)
    by_graph = {graph: tuple(sorted(found)) for graph, found in sorted(sources.items())}
    by_subject = {subject: tuple(sorted(found)) for subject, found in mentions.items()}
    return Knowledge(dataset, shapes, closure_shapes, names, by_graph, digest, by_subject)


def _by_graph(statements: Iterable[Statement]) -> dict[tuple[str, bool], list[pyoxigraph.Triple]]:
    found: dict[tuple[str, bool], list[pyoxigraph.Triple]] = defaultdict(list)
    for statement in statements:
        is_closure = statement.file.name.startswith(CLOSURE_SHAPES)
        found[statement.graph, is_closure].append(statement.quad.triple)
    return found


def _canonical(triples: Iterable[pyoxigraph.Triple], prefix: str) -> Iterator[tuple[object, object, object]]:
    """Name blank nodes by what is said of them, so that two loads of the same files are the same."""
    unnamed = pyoxigraph.Dataset(pyoxigraph.Quad(*triple) for triple in triples)
    unnamed.canonicalize(pyoxigraph.CanonicalizationAlgorithm.RDFC_1_0)
    for quad in unnamed:
        parts = (quad.subject, quad.predicate, quad.object)
        yield tuple(  # type: ignore[misc]
            pyoxigraph.BlankNode(f"{prefix}-{part.value}") if isinstance(part, pyoxigraph.BlankNode) else part
            for part in parts
        )


def _term(term: object, names: Names, texts: bool) -> Node:
    if isinstance(term, pyoxigraph.NamedNode):
        return URIRef(names.rename(term.value))
    if isinstance(term, pyoxigraph.BlankNode):
        return BNode(term.value)
    assert isinstance(term, pyoxigraph.Literal)
    value = _BASE_IN_TEXT.sub(lambda _: names.base_iri, term.value) if texts else term.value
    if term.language:
        return Literal(value, lang=term.language)
    datatype = term.datatype.value
    # rdflib keeps a plain string without its datatype; the form stays as written, which load has found to be good.
    is_string = datatype == "http://www.w3.org/2001/XMLSchema#string"
    return Literal(value, datatype=None if is_string else URIRef(datatype), normalize=False)

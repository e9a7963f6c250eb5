"""The findings of a validation as plain values, in a fixed order, and as the RDF that SHACL defines.

https://www.w3.org/TR/shacl/#validation-report

Comes in: the report graph of pySHACL, the shapes, and who names which thing where. Goes out: a `Report`, and its JSON.
pySHACL drops the language of a message that it fills with values; the language is found again by the template.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass

import pyoxigraph
from rdflib import RDF, SH, Graph, Literal, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from tulieu.vocabulary import TL

SEVERITIES = ("Violation", "Warning", "Info")

_PATHS: tuple[tuple[URIRef, str], ...] = (
    (SH.inversePath, "^{}"),
    (SH.zeroOrMorePath, "{}*"),
    (SH.oneOrMorePath, "{}+"),
    (SH.zeroOrOnePath, "{}?"),
)


@dataclass(frozen=True)
class Result:
    """One finding: which thing, by which property and value, against which shape, and which graphs and files say so."""

    focus_node: str
    path: str
    value: str
    messages: Mapping[str, str]
    severity: str
    source_shape: str
    constraint_component: str
    graphs: tuple[str, ...]
    files: tuple[str, ...]


@dataclass(frozen=True)
class Report:
    """All findings; `conforms` is false only where a violation is among them, since warnings do not stop a release."""

    conforms: bool
    results: tuple[Result, ...]
    graph: Graph

    def counts(self) -> dict[str, int]:
        """Count the findings of each severity."""
        return {name: sum(result.severity == name for result in self.results) for name in SEVERITIES}

    def to_json(self) -> str:
        """Write the findings as JSON, the same bytes for the same findings."""
        values = {
            "conforms": self.conforms,
            "counts": self.counts(),
            "results": [asdict(each) for each in self.results],
        }
        return json.dumps(values, ensure_ascii=False, indent=2, sort_keys=True) + "\n"

    def to_turtle(self) -> str:
        """Write the report graph as Turtle, the same bytes for the same findings."""
        written = self.graph.serialize(format="nt")
        dataset = pyoxigraph.Dataset(pyoxigraph.parse(written, format=pyoxigraph.RdfFormat.N_TRIPLES))
        dataset.canonicalize(pyoxigraph.CanonicalizationAlgorithm.RDFC_1_0)
        triples = [quad.triple for quad in sorted(dataset, key=str)]
        prefixes = {"sh": str(SH), "tl": str(TL)}
        turtle = pyoxigraph.serialize(triples, format=pyoxigraph.RdfFormat.TURTLE, prefixes=prefixes)
        return (turtle or b"").decode()


@dataclass(frozen=True)
class Mentions:
    """Where things are named: for each the graphs and the files that say something of it."""

    graphs: Mapping[Node, tuple[URIRef, ...]]
    files: Mapping[Node, tuple[str, ...]]


def read_report(graph: Graph, shapes: Graph, mentions: Mentions) -> Report:
    """Read the report graph; languages that were lost are put back into it."""
    _restore_languages(graph, shapes)
    found = [_read_result(graph, node, shapes, mentions) for node in graph.objects(None, SH.result)]
    results = tuple(sorted(found, key=_order))
    return Report(not any(result.severity == "Violation" for result in results), results, graph)


def join_reports(*reports: Report) -> Report:
    """Make one report of several, in the one order."""
    graph = Graph()
    for report in reports:
        graph += report.graph
    results = sorted((result for report in reports for result in report.results), key=_order)
    return Report(all(report.conforms for report in reports), tuple(results), graph)


def _order(result: Result) -> tuple[object, ...]:
    names = (result.focus_node, result.source_shape, result.path, result.constraint_component, result.value)
    return (SEVERITIES.index(result.severity), *names, sorted(result.messages.items()))


def _read_result(graph: Graph, node: Node, shapes: Graph, mentions: Mentions) -> Result:
    focus, path, value = (graph.value(node, name) for name in (SH.focusNode, SH.resultPath, SH.value))
    messages: dict[str, str] = {}
    for message in sorted(graph.objects(node, SH.resultMessage), key=_text):
        language = getattr(message, "language", None) or ""
        messages[language] = f"{messages[language]}\n{message}" if language in messages else str(message)
    # The graphs of the focus node, and of the value where it is a thing: a disagreement has two sides.
    about = [term for term in (focus, value) if term is not None]
    graphs = sorted({name for term in about for name in mentions.graphs.get(term, ())})
    files = sorted({file for term in about for file in mentions.files.get(term, ())})
    return Result(
        focus_node=_text(focus),
        path=_write_path(graph, path) if path is not None else "",
        value=_text(value),
        messages=messages,
        severity=_local(graph.value(node, SH.resultSeverity)),
        source_shape=_name_shape(graph.value(node, SH.sourceShape), shapes),
        constraint_component=_local(graph.value(node, SH.sourceConstraintComponent)),
        graphs=tuple(str(name) for name in graphs),
        files=tuple(files),
    )


def _text(term: Node | None) -> str:
    return "" if term is None else str(term) if isinstance(term, URIRef) else term.n3()


def _local(term: Node | None) -> str:
    return str(term).rpartition("#")[2]


def _name_shape(shape: Node | None, shapes: Graph) -> str:
    """Give the IRI of a shape, or of the nearest shape around it that has one."""
    seen: set[Node] = set()
    while shape is not None and not isinstance(shape, URIRef) and shape not in seen:
        seen.add(shape)
        shape = min(shapes.subjects(None, shape), key=str, default=None)
    return str(shape or "")


def _write_path(graph: Graph, path: Node) -> str:
    if isinstance(path, URIRef):
        return str(path)
    if graph.value(path, RDF.first) is not None:
        return " / ".join(_write_path(graph, part) for part in Collection(graph, path))
    alternatives = graph.value(path, SH.alternativePath)
    if alternatives is not None:
        return "(" + " | ".join(_write_path(graph, part) for part in Collection(graph, alternatives)) + ")"
    for name, form in _PATHS:
        inner = graph.value(path, name)
        if inner is not None:
            return form.format(_write_path(graph, inner))
    return path.n3()


def _restore_languages(graph: Graph, shapes: Graph) -> None:
    for node, constraint in list(graph.subject_objects(SH.sourceConstraint)):
        templates = list(_templates(shapes.objects(constraint, SH.message)))
        for message in list(graph.objects(node, SH.resultMessage)):
            if isinstance(message, Literal) and not message.language:
                language = next((language for pattern, language in templates if pattern.fullmatch(message)), None)
                if language:
                    graph.remove((node, SH.resultMessage, message))
                    graph.add((node, SH.resultMessage, Literal(str(message), lang=language)))


def _templates(messages: Iterable[Node]) -> Iterator[tuple[re.Pattern[str], str]]:
    """Give for each message a pattern that what was made from it fits; the more of it is fixed, the sooner."""
    for message in sorted(messages, key=lambda text: (-len(re.sub(r"\{[?$]\w+\}", "", str(text))), str(text))):
        if isinstance(message, Literal) and message.language:
            parts = re.split(r"\{[?$]\w+\}", str(message))
            yield re.compile(".*".join(map(re.escape, parts)), re.DOTALL), message.language

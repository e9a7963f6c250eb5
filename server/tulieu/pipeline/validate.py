"""Whether the data are as the shapes ask, before reasoning could make them so.

https://www.w3.org/TR/shacl/

Comes in: what was loaded. Goes out: a `Report`. pySHACL gets the statements as written with the ontology beside them:
it follows `rdfs:subClassOf` itself, core constraints see all graphs as one set, and `GRAPH` in a SPARQL constraint
names passages. Nothing is inferred first: a range would give every mistaken object the class that is asked for.

The statements are handed over in an Oxigraph store, because rdflib parses a SPARQL constraint anew for each focus node:
over the first article that took minutes, and takes seconds so.
"""

from __future__ import annotations

import warnings
from collections import defaultdict
from collections.abc import Mapping

import pyoxigraph
import pyshacl
from pyshacl.errors import ReportableRuntimeError
from pyshacl.graph_abstraction import OxigraphDataGraph
from rdflib import Graph, URIRef
from rdflib.term import Node

from tulieu.errors import KnowledgeError, Problem
from tulieu.pipeline.knowledge import Knowledge
from tulieu.pipeline.report import Mentions, Report, read_report
from tulieu.pipeline.terms import to_quads


class _MergedDataGraph(OxigraphDataGraph):
    """A store whose default graph is all its named graphs as one set, so that it need not be asked as a union.

    Oxigraph's own union gives a statement once for each graph that holds it: what passages repeat would be too many.
    """

    @property
    def default_union(self) -> bool:
        """Say that the default graph is the one asked, whatever pySHACL would have it be."""
        return False

    @default_union.setter
    def default_union(self, value: bool) -> None:
        """Leave it so; pySHACL sets this for everything that has named graphs."""

    def __len__(self, graph: Graph | None = None, /) -> int:
        # pySHACL asks only whether there is a graph at all, some thousand times, and counting takes 50 ms each time.
        return 1


def validate(knowledge: Knowledge) -> Report:
    """Validate the data as written, with the ontology beside them."""
    return _run(knowledge, knowledge.shapes, {None: knowledge.merged()})


def validate_closure(knowledge: Knowledge, inferred: Graph) -> Report:
    """Validate the data with what was inferred from them, by the shapes that make sense only then."""
    merged = knowledge.merged()
    merged += inferred
    return _run(knowledge, knowledge.closure_shapes, {None: merged, knowledge.names.graph("inferred"): inferred})


def _run(knowledge: Knowledge, shapes: Graph, merged: Mapping[URIRef | None, Graph]) -> Report:
    store = pyoxigraph.Store()
    named: dict[URIRef | None, Graph] = {
        URIRef(str(graph.identifier)): graph for graph in knowledge.dataset.graphs() if len(graph)
    }
    store.extend(to_quads({**named, **merged}))
    with warnings.catch_warnings():
        # rdflib warns about its own use of a deprecated name whenever a Dataset is made.
        warnings.simplefilter("ignore", DeprecationWarning)
        try:
            _, graph, text = pyshacl.validate(
                _MergedDataGraph(store), shacl_graph=shapes, inference="none", advanced=False, inplace=True
            )
        except ReportableRuntimeError as error:
            graph, text = None, str(error)
    if not isinstance(graph, Graph):
        raise KnowledgeError([Problem("shapes/", 0, f"the shapes are not well-formed SHACL: {text}; correct them")])
    return read_report(graph, shapes, _mentions(knowledge))


def _mentions(knowledge: Knowledge) -> Mentions:
    graphs: dict[Node, set[URIRef]] = defaultdict(set)
    for name in knowledge.sources:
        for subject in knowledge.dataset.graph(name).subjects(unique=True):
            graphs[subject].add(name)
    return Mentions({node: tuple(sorted(names)) for node, names in graphs.items()}, knowledge.mentions)

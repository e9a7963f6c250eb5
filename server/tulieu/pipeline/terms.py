"""rdflib's terms as pyoxigraph's: the pipeline keeps graphs in the one, the store and its formats are the other's.

Comes in: terms and graphs of rdflib. Goes out: the same as pyoxigraph has them, literals in the form they are in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pyoxigraph
from rdflib import XSD, BNode, Graph, Literal, URIRef
from rdflib.term import Node

Term = pyoxigraph.NamedNode | pyoxigraph.BlankNode | pyoxigraph.Literal


def to_oxigraph(node: Node) -> Term:
    """Give a term as pyoxigraph has it."""
    if isinstance(node, URIRef):
        return pyoxigraph.NamedNode(node)
    if isinstance(node, BNode):
        return pyoxigraph.BlankNode(node)
    assert isinstance(node, Literal)
    if node.language:
        return pyoxigraph.Literal(str(node), language=node.language)
    return pyoxigraph.Literal(str(node), datatype=pyoxigraph.NamedNode(node.datatype or XSD.string))


def to_quads(graphs: Mapping[URIRef | None, Graph]) -> Iterator[pyoxigraph.Quad]:
    """Give the statements of graphs by name; None names the default graph."""
    # Most terms come many times: each is made once.
    known: dict[Node, Term] = {}

    def convert(node: Node) -> Term:
        if node not in known:
            known[node] = to_oxigraph(node)
        return known[node]

    for name, graph in graphs.items():
        graph_name = pyoxigraph.DefaultGraph() if name is None else pyoxigraph.NamedNode(name)
        for subject, predicate, value in graph:
            parts = (convert(subject), convert(predicate), convert(value))
            yield pyoxigraph.Quad(*parts, graph_name)  # type: ignore[arg-type]

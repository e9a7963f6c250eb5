"""What the knowledge files say, once read: graphs by name, with the files each comes from.

`load` makes a `Knowledge`; the steps after it take it as it is. It holds the statements as written, none inferred.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from rdflib import Dataset, Graph, URIRef
from rdflib.graph import DATASET_DEFAULT_GRAPH_ID
from rdflib.term import Node

from tulieu.vocabulary import Names


@dataclass(frozen=True)
class Knowledge:
    """What the files say: the data and the ontology, graph by graph, and the shapes beside them.

    `sources` gives the files of each graph, `mentions` the files that say something of a thing.
    """

    dataset: Dataset
    shapes: Graph
    closure_shapes: Graph
    names: Names
    sources: Mapping[URIRef, tuple[str, ...]]
    digest: str
    mentions: Mapping[Node, tuple[str, ...]] = field(default_factory=dict)

    @property
    def ontology(self) -> Graph:
        """The ontology with its alignments."""
        return self.dataset.graph(self.names.graph("ontology"))

    def files_of(self, subject: Node, graph: URIRef) -> tuple[str, ...]:
        """Give the files that say something of a thing in a graph; one graph may come from many."""
        return tuple(name for name in self.mentions.get(subject, ()) if name in self.sources.get(graph, ()))

    def asserted(self) -> Graph:
        """Merge what passages, notes and the authority data state, and what is said about passages and notes."""
        left_out = {self.names.graph("ontology"), DATASET_DEFAULT_GRAPH_ID}
        return self.merged(*(graph.identifier for graph in self.dataset.graphs() if graph.identifier not in left_out))

    def merged(self, *names: Node) -> Graph:
        """Merge the graphs of these names, or all of them, as one set."""
        merged = Graph(store="SimpleMemory")
        for name in names or [graph.identifier for graph in self.dataset.graphs()]:
            merged += self.dataset.graph(URIRef(str(name)))
        return merged

"""The functions of ours in rdflib, so that a question that calls them is put to two engines too.

Comes in: the functions as Oxigraph calls them. Goes out: the same ones, known to rdflib from now on.
"""

from collections.abc import Callable, Mapping

import pyoxigraph
from rdflib import Literal, URIRef
from rdflib.plugins.sparql.operators import register_custom_function
from rdflib.plugins.sparql.sparql import SPARQLError
from rdflib.term import Node

from tulieu.answering import ExtensionFunction
from tulieu.pipeline.terms import to_oxigraph


def teach_rdflib(functions: Mapping[pyoxigraph.NamedNode, ExtensionFunction]) -> None:
    """Make rdflib call the functions; those it was taught before are forgotten."""
    for name, function in functions.items():
        register_custom_function(URIRef(name.value), _adapt(function), override=True)


def _adapt(function: ExtensionFunction) -> Callable[..., Literal]:
    def call(*terms: Node) -> Literal:
        value = function(*map(to_oxigraph, terms))
        if not isinstance(value, pyoxigraph.Literal):
            raise SPARQLError("no value")
        return Literal(value.value, datatype=URIRef(value.datatype.value))

    return call

"""Documents as JSON that reads like plain JSON: https://www.w3.org/TR/json-ld11/

Comes in: statements, what they are about, and the context. Goes out: one object: the thing, with the labels of what it
points to in their places, and all other nodes, flat, under `included`. Literals keep their exact form: what JSON would
change (decimals, most of all) is written as text, for which the context gives the type.
"""

import json
import re
from collections.abc import Iterable, Sequence

from tulieu.resources.context import ANY, NODE, RDF, TERM, TEXTS, XSD, Context
from tulieu.store import XSD_STRING, Blank, Iri, Literal, Statement, Term

TYPE = RDF + "type"
LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
# What every reader of JSON keeps exactly: no more digits than a double holds, and no zeros before them.
_INTEGER = re.compile(r"0|-?[1-9][0-9]{0,14}")
Properties = dict[str, list[Term]]


def write_json_ld(statements: Iterable[Statement], about: str, context: Context, context_address: str) -> bytes:
    """Write statements as one JSON object about a thing; their graphs are left out."""
    nodes: dict[Iri | Blank, Properties] = {}
    for subject, predicate, value in dict.fromkeys((each.subject, each.predicate, each.object) for each in statements):
        nodes.setdefault(subject, {}).setdefault(predicate.value, []).append(value)
    root = Iri(about)
    shown = nodes.pop(root, {})
    labels = {node: properties[LABEL] for node, properties in nodes.items() if LABEL in properties}
    named = {value for name, values in shown.items() if name != TYPE for value in values if value in labels}
    # A node of which nothing but the label is known is whole where the thing points to it.
    others = [node for node in nodes if not (node in named and len(nodes[node]) == 1)]
    # The nodes of statements last: they speak of what stands before them.
    others.sort(key=lambda node: (RDF + "subject" in nodes[node], node.value))
    writer = _Writer(context)
    body: dict[str, object] = {"@context": context_address, **writer.node(root, shown, labels)}
    if others:
        body["included"] = [writer.node(node, nodes[node]) for node in others]
    return json.dumps(body, ensure_ascii=False, indent=1).encode() + b"\n"


class _Writer:
    """Writes nodes by the names and forms of a context."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def node(
        self, node: Iri | Blank, properties: Properties, labels: "dict[Iri | Blank, list[Term]] | None" = None
    ) -> dict[str, object]:
        """Write a node; where labels are handed in, what it points to is an object, with its label."""
        written: dict[str, object] = {"id": _identify(node)}
        # Names first: who reads a node wants to know what it is.
        for predicate in sorted(properties, key=lambda name: (name != TYPE, name != LABEL)):
            values = properties[predicate]
            name, form = self._context.properties.get(predicate, (self._context.name(predicate), ANY))
            if predicate == TYPE and all(isinstance(value, Iri) for value in values):
                written["type"] = [self._context.name(value.value) for value in values]
            elif form == TEXTS and all(_is_text(value) for value in values):
                written[name] = _by_language(values)
            else:
                # Texts by language take nothing else in; the bare name of the property takes everything.
                key, kind = (predicate, ANY) if form == TEXTS else (name, form)
                written[key] = _one_or_all([self._value(value, kind, labels) for value in values])
        return written

    def _value(self, value: Term, form: str, labels: "dict[Iri | Blank, list[Term]] | None") -> object:
        if not isinstance(value, Literal):
            if labels and value in labels and all(_is_text(label) for label in labels[value]):
                return {"id": _identify(value), "label": _by_language(labels[value])}
            if form == TERM and isinstance(value, Iri):
                return self._context.properties.get(value.value, (value.value, ANY))[0]
            return _identify(value) if form == NODE and labels is None else {"id": _identify(value)}
        if value.language:
            return {"@value": value.value, "@language": value.language}
        if value.datatype == form:
            return value.value
        if value.datatype == XSD_STRING:
            return value.value if form == ANY else {"@value": value.value}
        if value.datatype == XSD + "integer" and _INTEGER.fullmatch(value.value) and form == ANY:
            return int(value.value)
        if value.datatype == XSD + "boolean" and value.value in ("true", "false") and form == ANY:
            return value.value == "true"
        return {"@value": value.value, "@type": self._context.name(value.datatype)}


def _identify(node: Iri | Blank) -> str:
    return node.value if isinstance(node, Iri) else f"_:{node.value}"


def _is_text(value: Term) -> bool:
    return isinstance(value, Literal) and (bool(value.language) or value.datatype == XSD_STRING)


def _by_language(values: Sequence[Term]) -> dict[str, object]:
    texts: dict[str, list[object]] = {}
    for value in values:
        language = value.language if isinstance(value, Literal) else ""
        texts.setdefault(language or "@none", []).append(value.value)
    return {language: _one_or_all(found) for language, found in texts.items()}


def _one_or_all(values: Sequence[object]) -> object:
    return values[0] if len(values) == 1 else list(values)

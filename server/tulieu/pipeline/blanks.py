"""Nodes without a name, named by what they say and where they hang, so that two releases can be compared.

Comes in: statements. Goes out: the same with other names for their blank nodes. Canonical names
(https://www.w3.org/TR/rdf-canon/) depend on the whole dataset: one axiom more, and every list has new ones. Here a name
depends on the node's own description and on the way to it from what has a name; what is left alone keeps it. Ours are
trees, the lists of OWL and SHACL; where nodes describe each other in a circle, canonical names stand in.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable

from pyoxigraph import BlankNode, Quad

# What is said of a node, or of what it hangs from: a text, and the node at the other end where that is blank too.
_Lines = dict[BlankNode, list[tuple[str, BlankNode | None]]]


def has_blanks(quad: Quad) -> bool:
    """Tell whether a statement has a node without a name."""
    return isinstance(quad.subject, BlankNode) or isinstance(quad.object, BlankNode)


def rename_blanks(quads: Iterable[Quad]) -> list[Quad]:
    """Name the blank nodes of statements anew; those that say the same in the same place become one."""
    quads = list(quads)
    below: _Lines = defaultdict(list)
    above: _Lines = defaultdict(list)
    for quad in quads:
        is_inner = isinstance(quad.object, BlankNode)
        if isinstance(quad.subject, BlankNode):
            text = f"{quad.predicate} {'' if is_inner else quad.object} {quad.graph_name}"
            below[quad.subject].append((text, quad.object if isinstance(quad.object, BlankNode) else None))
        if isinstance(quad.object, BlankNode):
            is_root = not isinstance(quad.subject, BlankNode)
            text = f"{quad.subject if is_root else ''} {quad.predicate} {quad.graph_name}"
            above[quad.object].append((text, quad.subject if isinstance(quad.subject, BlankNode) else None))
    nodes = {*below, *above}
    descriptions = _digest(nodes, below)
    # What hangs nowhere is known by what it says, and so are the places below it.
    above |= {node: [(descriptions[node], None)] for node in nodes - above.keys()}
    places = _digest(nodes, above)
    names = {node: BlankNode("b" + _short(f"{descriptions[node]} {places[node]}")) for node in nodes}
    return [
        Quad(
            names[quad.subject] if isinstance(quad.subject, BlankNode) else quad.subject,
            quad.predicate,
            names[quad.object] if isinstance(quad.object, BlankNode) else quad.object,
            quad.graph_name,
        )
        for quad in quads
    ]


def _digest(nodes: Iterable[BlankNode], lines: _Lines) -> dict[BlankNode, str]:
    """Digest the lines of each node, those at the other ends first."""
    digests: dict[BlankNode, str] = {}
    after: defaultdict[BlankNode, list[BlankNode]] = defaultdict(list)
    missing = dict.fromkeys(nodes, 0)
    for node in missing:
        for _, other in lines.get(node, ()):
            if other:
                after[other].append(node)
                missing[node] += 1
    ready = [node for node, count in missing.items() if not count]
    # In a circle nobody is first; the names that they have must do.
    waiting = sorted((node for node, count in missing.items() if count), key=str, reverse=True)
    while ready or waiting:
        node = ready.pop() if ready else waiting.pop()
        if node in digests:
            continue
        said = sorted(f"{text} {digests.get(other, other) if other else ''}" for text, other in lines.get(node, ()))
        digests[node] = _short("\n".join(said))
        for each in after[node]:
            missing[each] -= 1
            if not missing[each]:
                ready.append(each)
    return digests


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:20]

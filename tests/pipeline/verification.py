"""A check of proofs that does not trust the prover: each is put into its rule again, forwards.

What comes in: proofs and the asserted statements. What goes out: what is wrong with the proofs, in words; nothing when
every step is an instance of its rule, every premise is asserted or proved, and no proof rests on itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from graphlib import CycleError, TopologicalSorter

from rdflib import RDF, Graph, Literal, Variable
from rdflib.term import Node

from tulieu.pipeline.datatypes import is_in_value_space
from tulieu.pipeline.proofs import Proof, Triple, spell_out_lists
from tulieu.pipeline.rules import RULES, Pattern


def verify(proofs: Mapping[Triple, Proof], asserted: Graph) -> list[str]:
    """Tell what is wrong with proofs, one line for each defect."""
    problems = []
    for conclusion, proof in proofs.items():
        if not _is_step(conclusion, proof, asserted):
            problems.append(f"{conclusion} does not follow by {proof.rule} from {proof.premises}")
        problems += [
            f"{premise}, a premise of {conclusion}, is neither asserted nor proved"
            for premise in proof.premises
            if premise not in proofs and premise not in asserted
        ]
    try:
        TopologicalSorter({conclusion: proof.premises for conclusion, proof in proofs.items()}).prepare()
    except CycleError as error:
        problems.append(f"circular: {error.args[1]}")
    return problems


def _is_step(conclusion: Triple, proof: Proof, asserted: Graph) -> bool:
    subject, predicate, value = conclusion
    if proof.rule == "dt-type2":
        return isinstance(subject, Literal) and predicate == RDF.type and is_in_value_space(subject, value)
    rules = [rule for rule in RULES if rule.name == proof.rule]
    return any(
        _fits(rule.premises, proof.premises, known, set())
        for rule in spell_out_lists(asserted, rules)
        if rule.conclusion and (known := _matched(rule.conclusion, conclusion, {})) is not None
    )


def _fits(
    patterns: tuple[Pattern, ...], premises: Iterable[Triple], known: Mapping[Node, Node], used: set[Triple]
) -> bool:
    if not patterns:
        return used == set(premises)
    return any(
        _fits(patterns[1:], premises, extended, used | {premise})
        for premise in premises
        if (extended := _matched(patterns[0], premise, known)) is not None
    )


def _matched(pattern: Pattern, triple: Triple, known: Mapping[Node, Node]) -> dict[Node, Node] | None:
    extended = dict(known)
    for wanted, term in zip(pattern, triple, strict=True):
        if (extended.setdefault(wanted, term) if isinstance(wanted, Variable) else wanted) != term:
            return None
    return extended

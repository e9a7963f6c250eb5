"""Proofs: for a statement that reasoning added, the rule and the statements that it follows from in one step.

What comes in: the asserted statements, the closure that the reasoner made of them, and the statements to be proved.
What goes out: a proof for each of them and for every inferred statement used on the way.

Each rule is matched backwards, from its conclusion to its premises, over the whole closure: that gives all the ways a
statement can follow. Then proofs are given out in rounds, and a proof of one round rests only on what is asserted or
was proved in a round before: so none is circular, and each is as shallow as it can be. Among several the one with the
fewest premises wins, then the one whose premises sort first: the same files give the same proofs.

A list is told by the axiom that points to it; the cells of the list are not listed among the premises.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from rdflib import RDF, BNode, Graph, Literal, Variable
from rdflib.term import Node

from tulieu.errors import TulieuError
from tulieu.pipeline.datatypes import is_in_value_space
from tulieu.pipeline.rules import LIST, RULES, Pattern, Rule, spell_out

Triple = tuple[Node, Node, Node]

# Inside a prover terms are numbers, in the order of the terms: comparing numbers compares terms, and quickly. Above 0
# stands a term, below 0 a variable of a rule, and 0 for anything.
_Numbers = tuple[int, int, int]
_ANYTHING = 0
_Step = tuple[str, tuple[_Numbers, ...]]


class UnprovedStatementError(TulieuError):
    """A statement of the closure follows by no rule of the table: a defect of the table or of the reasoner."""


@dataclass(frozen=True)
class Proof:
    """One step: by this rule, named as in the standard, from these statements."""

    rule: str
    premises: tuple[Triple, ...]


@dataclass(frozen=True)
class _NumberedRule:
    rule: Rule
    premises: tuple[_Numbers, ...]
    conclusion: _Numbers | None


class Prover:
    """A closure, indexed; tells how its statements follow from each other and which contradict each other."""

    def __init__(self, asserted: Graph, closure: Iterable[Triple]) -> None:
        triples = {*asserted, *closure}
        ranks = _rank_blank_nodes(asserted)
        rules = [*spell_out_lists(asserted, RULES)]
        constants = {term for rule in rules for part in _parts(rule) for term in part if not isinstance(term, Variable)}
        found = constants.union(*triples)
        self._terms: list[Node] = [Variable("anything"), *sorted(found, key=lambda term: _order(term, ranks))]
        self._numbers = {term: number for number, term in enumerate(self._terms)}
        self._asserted = {self._number(triple) for triple in asserted}
        self._index: dict[_Numbers, list[_Numbers]] = defaultdict(list)
        for subject, predicate, value in sorted(map(self._number, triples)):
            for s in (subject, _ANYTHING):
                for p in (predicate, _ANYTHING):
                    for o in (value, _ANYTHING):
                        self._index[s, p, o].append((subject, predicate, value))
        self._clashing: list[_NumberedRule] = []
        self._rules_by_predicate: dict[int, list[_NumberedRule]] = defaultdict(list)
        for rule in map(self._number_rule, rules):
            # A rule one of whose premises no statement fits is left out: most of OWL is not used by one ontology.
            if not all(self._index.get(_opened(premise)) for premise in rule.premises):
                continue
            if rule.conclusion is None:
                self._clashing.append(rule)
            else:
                self._rules_by_predicate[max(rule.conclusion[1], _ANYTHING)].append(rule)

    def prove(self, goals: Iterable[Triple]) -> dict[Triple, Proof]:
        """Prove statements of the closure, and what their proofs use; raise for one that follows by no rule."""
        wanted = {self._number(goal) for goal in goals} - self._asserted
        steps = self._steps_towards(wanted)
        proved: dict[_Numbers, _Step] = {}
        known = set(self._asserted)
        waiting = sorted(steps)
        while True:
            # All of a round are found before any is known: a proof never rests on one of its own round.
            found = {goal: step for goal in waiting for step in [_first_known(steps[goal], known)] if step is not None}
            if not found:
                break
            proved |= found
            known |= found.keys()
            waiting = [goal for goal in waiting if goal not in found]
        unproved = sorted(wanted - proved.keys())
        if unproved:
            statement = " ".join(term.n3() for term in self._triple(unproved[0]))
            raise UnprovedStatementError(
                f"{len(unproved)} inferred statements follow by no rule of tulieu.pipeline.rules, the first:\n"
                f"  {statement} .\nExpected an OWL 2 RL rule for each: add the rule, or report the reasoner's mistake."
            )
        return {
            self._triple(goal): Proof(proved[goal][0], tuple(map(self._triple, proved[goal][1])))
            for goal in sorted(_reachable(wanted, proved))
        }

    def find_clashes(self) -> Iterator[tuple[Rule, tuple[Triple, ...]]]:
        """Yield each way in which statements of the closure contradict each other: the rule and its premises."""
        for clashing in self._clashing:
            for premises in self._solve(clashing, {}):
                yield clashing.rule, tuple(map(self._triple, premises))

    def _steps_towards(self, goals: Collection[_Numbers]) -> dict[_Numbers, list[_Step]]:
        steps: dict[_Numbers, list[_Step]] = {}
        waiting = list(goals)
        while waiting:
            goal = waiting.pop()
            if goal not in steps and goal not in self._asserted:
                steps[goal] = self._steps_to(goal)
                waiting.extend(premise for _, premises in steps[goal] for premise in premises)
        return steps

    def _steps_to(self, goal: _Numbers) -> list[_Step]:
        subject, predicate, value = self._triple(goal)
        if isinstance(subject, Literal) and predicate == RDF.type and is_in_value_space(subject, value):
            return [("dt-type2", ())]
        steps = {
            (len(premises), tuple(sorted(premises)), place): (rule.rule.name, premises)
            for place, rule in enumerate([*self._rules_by_predicate[goal[1]], *self._rules_by_predicate[_ANYTHING]])
            if rule.conclusion and (bound := _bind(rule.conclusion, goal, {})) is not None
            for premises in self._solve(rule, bound)
            if goal not in premises
        }
        return [steps[key] for key in sorted(steps)]

    def _solve(self, rule: _NumberedRule, bound: dict[int, int]) -> Iterator[tuple[_Numbers, ...]]:
        for solution in self._join(rule.premises, bound):
            yield tuple(dict.fromkeys(_filled(premise, solution) for premise in rule.premises))

    def _join(self, patterns: tuple[_Numbers, ...], bound: dict[int, int]) -> Iterator[dict[int, int]]:
        if not patterns:
            yield bound
            return
        candidates = [self._index.get(_opened(_filled(pattern, bound)), ()) for pattern in patterns]
        place = min(range(len(patterns)), key=lambda place: len(candidates[place]))
        for triple in candidates[place]:
            extended = _bind(patterns[place], triple, bound)
            if extended is not None:
                yield from self._join(patterns[:place] + patterns[place + 1 :], extended)

    def _number(self, triple: Triple) -> _Numbers:
        subject, predicate, value = triple
        return self._numbers[subject], self._numbers[predicate], self._numbers[value]

    def _triple(self, numbers: _Numbers) -> Triple:
        subject, predicate, value = numbers
        return self._terms[subject], self._terms[predicate], self._terms[value]

    def _number_rule(self, rule: Rule) -> _NumberedRule:
        variables = {term for part in _parts(rule) for term in part if isinstance(term, Variable)}
        numbers = {variable: -place for place, variable in enumerate(sorted(variables), start=1)}

        def number(pattern: Pattern) -> _Numbers:
            subject, predicate, value = (
                numbers[term] if isinstance(term, Variable) else self._numbers[term] for term in pattern
            )
            return subject, predicate, value

        conclusion = number(rule.conclusion) if rule.conclusion else None
        return _NumberedRule(rule, tuple(map(number, rule.premises)), conclusion)


def spell_out_lists(asserted: Graph, rules: Iterable[Rule]) -> Iterator[Rule]:
    """Yield the rules, with those over lists spelled out for each list that an axiom of theirs points to."""
    for rule in rules:
        axiom = next((premise for premise in rule.premises if LIST in premise), None)
        if axiom is None:
            yield rule
        else:
            for head in set(asserted.objects(None, axiom[1])):
                yield from spell_out(rule, head, list(asserted.items(head)))


def _parts(rule: Rule) -> tuple[Pattern, ...]:
    return rule.premises if rule.conclusion is None else (*rule.premises, rule.conclusion)


def _filled(pattern: _Numbers, bound: Mapping[int, int]) -> _Numbers:
    subject, predicate, value = pattern
    return bound.get(subject, subject), bound.get(predicate, predicate), bound.get(value, value)


def _opened(pattern: _Numbers) -> _Numbers:
    subject, predicate, value = pattern
    return max(subject, _ANYTHING), max(predicate, _ANYTHING), max(value, _ANYTHING)


def _bind(pattern: _Numbers, triple: _Numbers, bound: dict[int, int]) -> dict[int, int] | None:
    extended = dict(bound)
    for wanted, term in zip(pattern, triple, strict=True):
        if (extended.setdefault(wanted, term) if wanted < _ANYTHING else wanted) != term:
            return None
    return extended


def _first_known(steps: Iterable[_Step], known: Collection[_Numbers]) -> _Step | None:
    return next((step for step in steps if all(premise in known for premise in step[1])), None)


def _reachable(goals: Iterable[_Numbers], proved: Mapping[_Numbers, _Step]) -> set[_Numbers]:
    reached: set[_Numbers] = set()
    waiting = list(goals)
    while waiting:
        goal = waiting.pop()
        if goal in proved and goal not in reached:
            reached.add(goal)
            waiting.extend(proved[goal][1])
    return reached


def _order(term: Node, ranks: Mapping[Node, int]) -> tuple[int, str, str, str]:
    if isinstance(term, Literal):
        return 0, str(term), term.language or "", str(term.datatype or "")
    if isinstance(term, BNode):
        return 2, f"{ranks.get(term, -1):06}", "", ""
    return 1, str(term), "", ""


def _rank_blank_nodes(graph: Graph) -> dict[Node, int]:
    """Rank blank nodes by what is said with them, since their labels differ from one reading of a file to the next."""
    edges: dict[Node, list[tuple[bool, str, Node]]] = defaultdict(list)
    for subject, predicate, value in graph:
        if isinstance(subject, BNode):
            edges[subject].append((True, str(predicate), value))
        if isinstance(value, BNode):
            edges[value].append((False, str(predicate), subject))
    ranks: dict[Node, int] = dict.fromkeys(edges, 0)
    while True:
        seen = {
            node: (ranks[node], sorted((leads_out, name, _order(end, ranks)) for leads_out, name, end in around))
            for node, around in edges.items()
        }
        places = {repr(sight): place for place, sight in enumerate(sorted(seen.values()))}
        refined: dict[Node, int] = {node: places[repr(sight)] for node, sight in seen.items()}
        if len(set(refined.values())) == len(set(ranks.values())):
            return ranks
        ranks = refined

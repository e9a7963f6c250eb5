"""What may be said of names that are used no longer, and that nothing else speaks of them.

Comes in: all statements of all files. Goes out: problems, each with file, line and what to do: a withdrawn or merged
name that is still in use, a name that leads to itself, however far around, or that is merged into no name of ours.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from rdflib import DCTERMS

from tulieu.errors import Problem
from tulieu.pipeline.inspection import Statement, shorten
from tulieu.vocabulary import TL, Names

_NAMES = Names()
_MERGED_INTO = str(TL.mergedInto)
_LEADING = (_MERGED_INTO, str(DCTERMS.isReplacedBy))


def problems_of_withdrawals(statements: Sequence[Statement]) -> Iterator[Problem]:
    """Give every problem of the names that are used no longer."""
    said = [statement for statement in statements if statement.kind == "withdrawals"]
    withdrawn = {statement.subject for statement in said}
    for statement in statements if withdrawn else ():
        if statement.kind != "withdrawals":
            for iri in sorted({statement.subject, statement.object, statement.graph} & withdrawn):
                yield statement.problem(
                    f"{shorten(iri)} was withdrawn or merged and is still used here; write the name that stands in its"
                    " place, or remove it from data/names/withdrawn.ttl if it should not have been withdrawn"
                )
    leads: dict[str, set[str]] = defaultdict(set)
    for statement in said:
        if statement.predicate in _LEADING and statement.object:
            leads[statement.subject].add(statement.object)
    for statement in said:
        if statement.predicate not in _LEADING or not statement.object:
            continue
        name, target = shorten(statement.subject), shorten(statement.object)
        if statement.predicate == _MERGED_INTO and not _is_name(statement.object):
            yield statement.problem(
                f"{name} is merged into {target}, which is no thing, article, passage or note of ours; write the name"
                " under which it is described here, or withdraw it and write dcterms:isReplacedBy"
            )
        if _comes_back(statement.subject, statement.object, leads):
            yield statement.problem(
                f"{name} leads to {target} and from there back to itself; let the last of these names be one in use"
            )


def _is_name(iri: str) -> bool:
    return _NAMES.is_thing(iri) or _NAMES.is_source(iri) or iri.startswith(_NAMES.article_prefix)


def _comes_back(start: str, target: str, leads: Mapping[str, set[str]]) -> bool:
    seen: set[str] = set()
    waiting = [target]
    while waiting:
        name = waiting.pop()
        if name == start:
            return True
        if name not in seen:
            seen.add(name)
            waiting.extend(leads.get(name, ()))
    return False

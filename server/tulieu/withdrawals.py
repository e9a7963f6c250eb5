"""Names that are used no longer: those that were withdrawn, and those of things that turned out to be another.

Comes in: the graph `graph/withdrawals` of a release. Goes out: what became of a name. A merged name leads to another
for ever; a withdrawn one stays as a tombstone that says why, since when, and what stands in its place.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from tulieu.store import Iri, Literal, Store, Term
from tulieu.vocabulary import TL, Names

REPLACED_BY = "http://purl.org/dc/terms/isReplacedBy"


@dataclass(frozen=True)
class Withdrawal:
    """What became of a name: into what it was merged (empty if it was not), why by language, since when, what else."""

    iri: str
    merged_into: str
    reasons: Mapping[str, str]
    since: str
    replacements: tuple[str, ...]


class Withdrawals:
    """The names of one release that are used no longer."""

    def __init__(self, store: Store, names: Names) -> None:
        """Read from one release."""
        self._store = store
        self._graph = Iri(str(names.graph("withdrawals")))

    def find(self, iri: str) -> Withdrawal | None:
        """Say what became of a name; None where it is in use, or never was."""
        statements = self._store.quads(Iri(iri), None, None, self._graph)
        if not statements:
            return None
        values: dict[str, list[Term]] = defaultdict(list)
        for each in statements:
            values[each.predicate.value].append(each.object)
        reasons = [each for each in values[str(TL.withdrawnBecause)] if isinstance(each, Literal)]
        return Withdrawal(
            iri=iri,
            merged_into=next((each.value for each in values[str(TL.mergedInto)]), ""),
            reasons={each.language: each.value for each in reasons},
            since=next((each.value for each in values[str(TL.withdrawnOn)]), ""),
            replacements=tuple(sorted(each.value for each in values[REPLACED_BY])),
        )

    def follow(self, iri: str) -> str:
        """Follow merges to the end: to a name that was not merged into another."""
        seen = {iri}
        while (found := self.find(iri)) and found.merged_into and found.merged_into not in seen:
            iri = found.merged_into
            seen.add(iri)
        return iri

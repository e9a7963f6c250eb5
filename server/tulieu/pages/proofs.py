"""Why an inferred statement holds: its rule in words and the statements it follows from.

Comes in: the evidence graph of a release, made at build. Goes out: the `Proof` of an inferred statement, one step;
each premise links to its own page, with its own proof or its passages, and so step by step down to what was read.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from tulieu.pages.knowledge import Knowledge, text_of
from tulieu.pages.labels import Text
from tulieu.pages.sources import SourceNote, Sources
from tulieu.pages.terms import OURS, RDF_TYPE
from tulieu.pages.values import Value, Values
from tulieu.store import Row, Term

_KEPT = 4096


@dataclass(frozen=True)
class Premise:
    """One statement that another follows from: as a sentence, with its sources or the address of its own proof."""

    subject: Value
    property: Text
    value: Value
    sources: tuple[SourceNote, ...]
    href: str
    is_inferred: bool


@dataclass(frozen=True)
class Proof:
    """One step of reasoning: the rule by its name in OWL 2 RL and in words, and what it was applied to."""

    rule: str
    reason: Text
    premises: tuple[Premise, ...]
    href: str


@dataclass(frozen=True)
class ProvenStatement:
    """A statement as a sentence, with its proof or its sources, for a page of its own."""

    subject: Value
    property: Text
    value: Value
    proof: Proof | None
    sources: tuple[SourceNote, ...]


class Proofs:
    """The proofs of a release."""

    def __init__(self, knowledge: Knowledge, sources: Sources) -> None:
        """Read the proofs of one release."""
        self._knowledge = knowledge
        self._sources = sources
        self.names = lru_cache(_KEPT)(self._read_names)

    def of(self, iri: str, property_iri: str, value: Term, values: Values) -> Proof | None:
        """The proof of an inferred statement; None where none is kept."""
        name = self.names(iri).get((property_iri, value))
        return self._read(self._knowledge.about("proof", "statement", name), values) if name else None

    def href(self, iri: str, property_iri: str, value: Term, values: Values) -> str:
        """The address of the proof of an inferred statement; empty where none is kept."""
        name = self.names(iri).get((property_iri, value))
        return values.links.page(name) if name else ""

    def _read_names(self, iri: str) -> Mapping[tuple[str, Term], str]:
        rows = self._knowledge.about("proofs", "thing", iri)
        return {(text_of(row["property"]), row["value"]): text_of(row["statement"]) for row in rows}

    def statement(self, iri: str, values: Values) -> ProvenStatement | None:
        """The statement that a name of the evidence graph stands for; None when it stands for none."""
        rows = self._knowledge.about("proof", "statement", iri)
        if not rows:
            return None
        first = rows[0]
        return ProvenStatement(
            subject=values.show(first["thing"]),
            property=_property_name(text_of(first["property"]), values),
            value=values.show(first["value"]),
            proof=self._read(rows, values) if "rule" in first else None,
            sources=self._sources.notes((text_of(row["own"]) for row in rows if "own" in row), values),
        )

    def _read(self, rows: Sequence[Row], values: Values) -> Proof:
        rule = text_of(rows[0].get("rule"))
        premises: dict[str, list[Row]] = {}
        for row in rows:
            if "premise" in row:
                premises.setdefault(text_of(row["premise"]), []).append(row)
        return Proof(
            rule=rule,
            reason=explain_rule(rule, values),
            premises=tuple(self._premise(iri, found, values) for iri, found in premises.items()),
            href=values.links.page(text_of(rows[0]["statement"])),
        )

    def _premise(self, iri: str, rows: Sequence[Row], values: Values) -> Premise:
        first = rows[0]
        return Premise(
            subject=values.show(first["subject"]),
            property=_property_name(text_of(first["predicate"]), values),
            value=values.show(first["object"]),
            sources=self._sources.notes((text_of(row["source"]) for row in rows if "source" in row), values),
            href=values.links.page(iri),
            is_inferred=text_of(first.get("isInferred")) == "true",
        )


def explain_rule(rule: str, values: Values) -> Text:
    """Say in words what a rule of OWL 2 RL does."""
    key = f"rule.{rule}"
    words = values.wording(key) if values.wording.has(key) else values.wording("rule.other", rule)
    return Text(words, values.language)


def _property_name(iri: str, values: Values) -> Text:
    """Premises may be statements of the ontology, whose properties are W3C's."""
    if iri == RDF_TYPE:
        return Text(values.wording("property.type"), values.language)
    if iri.startswith(OURS):
        return values.labels.of(iri, values.language)
    local = iri.rsplit("#", 1)[-1].rsplit("/", 1)[-1]
    key = f"property.{local}"
    return Text(values.wording(key) if values.wording.has(key) else local, values.language)

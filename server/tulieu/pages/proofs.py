"""Why an inferred statement holds: its rule in words and the statements it follows from.

Comes in: the evidence graph of a release, made at build. Goes out: one `Proof` for each inferred statement of a thing;
a premise that was itself inferred links to the page of its own proof, and so step by step down to passages.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from tulieu.pages.knowledge import Knowledge, text_of
from tulieu.pages.labels import Text
from tulieu.pages.sources import SourceNote, Sources
from tulieu.pages.terms import OURS, RDF_TYPE
from tulieu.pages.values import Value, Values
from tulieu.store import Row, Term


@dataclass(frozen=True)
class Premise:
    """One statement that another follows from: as a sentence, with its sources or the address of its own proof."""

    subject: Value
    property: Text
    value: Value
    sources: tuple[SourceNote, ...]
    proof_href: str


@dataclass(frozen=True)
class Proof:
    """One step of reasoning: the rule by its name in OWL 2 RL and in words, and what it was applied to."""

    rule: str
    reason: Text
    premises: tuple[Premise, ...]
    href: str


@dataclass(frozen=True)
class ProvenStatement:
    """An inferred statement as a sentence, with its proof, for a page of its own."""

    subject: Value
    property: Text
    value: Value
    proof: Proof | None


class Proofs:
    """The proofs of a release."""

    def __init__(self, knowledge: Knowledge, sources: Sources) -> None:
        """Read the proofs of one release."""
        self._knowledge = knowledge
        self._sources = sources

    def of(self, iri: str, values: Values) -> dict[tuple[str, Term], Proof]:
        """The proofs of all inferred statements about a thing, by property and value."""
        rows: dict[tuple[str, Term], list[Row]] = {}
        for row in self._knowledge.about("proofs", "thing", iri):
            rows.setdefault((text_of(row["property"]), row["value"]), []).append(row)
        return {pair: self._read(found, values) for pair, found in rows.items()}

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
            proof=self._read(list(rows), values) if "rule" in first else None,
        )

    def _read(self, rows: list[Row], values: Values) -> Proof:
        rule = text_of(rows[0].get("rule"))
        key = f"rule.{rule}"
        reason = values.wording(key) if values.wording.has(key) else values.wording("rule.other", rule)
        premises: dict[str, list[Row]] = {}
        for row in rows:
            if "premise" in row:
                premises.setdefault(text_of(row["premise"]), []).append(row)
        return Proof(
            rule=rule,
            reason=Text(reason, values.language),
            premises=tuple(self._premise(iri, found, values) for iri, found in premises.items()),
            href=values.links.page(text_of(rows[0]["statement"])),
        )

    def _premise(self, iri: str, rows: Iterable[Row], values: Values) -> Premise:
        found = list(rows)
        first = found[0]
        is_inferred = text_of(first.get("isInferred")) == "true"
        return Premise(
            subject=values.show(first["subject"]),
            property=_property_name(text_of(first["predicate"]), values),
            value=values.show(first["object"]),
            sources=self._sources.notes((text_of(row["source"]) for row in found if "source" in row), values),
            proof_href=values.links.page(iri) if is_inferred else "",
        )


def _property_name(iri: str, values: Values) -> Text:
    """Premises may be statements of the ontology, whose properties are W3C's."""
    if iri == RDF_TYPE:
        return Text(values.wording("property.type"), values.language)
    if iri.startswith(OURS):
        return values.labels.of(iri, values.language)
    local = iri.rsplit("#", 1)[-1].rsplit("/", 1)[-1]
    key = f"property.{local}"
    return Text(values.wording(key) if values.wording.has(key) else local, values.language)

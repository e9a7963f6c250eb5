"""What a reader chose to narrow a list by, and what follows: the things left, and the same question as SPARQL.

Comes in: an `Inventory` and the parameters of an address: for each facet any of several values, a first and a last day.
Goes out: a frozen `Choice`. Values of one facet widen the list, facets narrow it. A value that no thing has counts as
none, so that no address breaks a page.
"""

import re
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from tulieu.pages.inventory import VOICE, Facet, Inventory
from tulieu.pages.knowledge import with_prefixes
from tulieu.pages.terms import OURS
from tulieu.pages.visit import Visit
from tulieu.vocabulary import Names

FROM, TO = "from", "to"
_PLAIN_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?$")


@dataclass(frozen=True)
class Choice:
    """What is chosen of an inventory: values by facet, and the days between which a time must lie in part."""

    inventory: Inventory
    values: Mapping[str, tuple[str, ...]]
    first: str = ""
    last: str = ""

    @cached_property
    def _kept(self) -> Mapping[str, frozenset[str]]:
        """What each facet that something is chosen of leaves, and what the days leave."""
        kept = {
            facet.key: frozenset[str]().union(*(facet.values[value] for value in self.values[facet.key]))
            for facet in self.inventory.facets
            if facet.key in self.values
        }
        if self.first or self.last:
            spans = self.inventory.spans.items()
            kept[FROM] = frozenset(thing for thing, found in spans if any(map(self._touches, found)))
        return kept

    def things(self, without: str = "") -> frozenset[str]:
        """The things that are left; as if nothing were chosen of the facet `without`."""
        left = self.inventory.things
        for key, kept in self._kept.items():
            if key != without:
                left &= kept
        return left

    def counts(self, facet: Facet) -> dict[str, int]:
        """How many things each value of a facet would leave, given what is chosen of the other facets."""
        others = self.things(without=facet.key)
        return {value: len(things & others) for value, things in facet.values.items()}

    def query(self, names: Names, language: str) -> str:
        """The question whose answer is this list."""
        lines = [
            "SELECT DISTINCT ?thing ?label WHERE {",
            f"  ?thing a tl:{self.inventory.class_iri.removeprefix(OURS)} .",
        ]
        for number, facet in enumerate(facet for facet in self.inventory.facets if facet.key in self.values):
            chosen = " ".join(_write(value, names) for value in self.values[facet.key])
            path = f"tl:attestedIn/{_write(VOICE, names)}" if facet.property == VOICE else _write(facet.property, names)
            lines += [f"  VALUES ?value{number} {{ {chosen} }}", f"  ?thing {path} ?value{number} ."]
        if self.first or self.last:
            limits = [f'?first <= "{self.last}"^^xsd:date'] if self.last else []
            limits += [f'?last >= "{self.first}"^^xsd:date'] if self.first else []
            lines += [
                "  ?thing ?when ?time . ?time tl:earliestDay ?first ; tl:latestDay ?last .",
                f"  FILTER(STRSTARTS(STR(?when), STR(tl:)) && {' && '.join(limits)})",
            ]
        lines += [
            "  FILTER(isIRI(?thing))",
            f'  OPTIONAL {{ ?thing rdfs:label ?label . FILTER(LANG(?label) = "{language}") }}',
            "} ORDER BY ?label",
        ]
        return with_prefixes("\n".join(lines), names)

    def _touches(self, span: tuple[str, str]) -> bool:
        return (not self.last or span[0] <= self.last) and (not self.first or span[1] >= self.first)


def read_choice(inventory: Inventory, visit: Visit, names: Names) -> Choice:
    """Read what was chosen from the parameters of an address."""
    chosen = {
        facet.key: tuple(value for text in visit.texts(facet.key) if (value := read_value(text, names)) in facet.values)
        for facet in inventory.facets
    }
    return Choice(
        inventory,
        {key: found for key, found in chosen.items() if found},
        _read_day(visit.text(FROM), is_last=False),
        _read_day(visit.text(TO), is_last=True),
    )


def write_value(iri: str, names: Names) -> str:
    """Write a value for an address: the name of a thing of ours alone, all others whole."""
    return iri.removeprefix(names.thing_prefix)


def read_value(text: str, names: Names) -> str:
    """Read a value of an address."""
    return text if ":" in text else names.thing_prefix + text


def _read_day(text: str, is_last: bool) -> str:
    """A day in the form in which days are compared; of a year or month alone, its first or last. Empty for no day."""
    try:
        day = date.fromisoformat(text + "-01-01"[len(text) - 4 :] if len(text) in (4, 7) else text)
    except ValueError:
        return ""
    if is_last and len(text) == 4:
        return day.replace(month=12, day=31).isoformat()
    return (
        day.replace(day=monthrange(day.year, day.month)[1]).isoformat()
        if is_last and len(text) == 7
        else day.isoformat()
    )


def _write(iri: str, names: Names) -> str:
    for prefix, start in names.prefixes:
        local = iri.removeprefix(start)
        if local != iri and _PLAIN_NAME.match(local):
            return f"{prefix}:{local}"
    return f"<{iri}>"

"""How the page of a kind is arranged: the shapes say in which section and order a property is shown.

Comes in: the shapes of a release (`sh:group`, `sh:order`), once at the start. Goes out: a `Place` for a property on the
page of a thing with certain classes. A property that no shape places comes last, in a section of its own.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from tulieu.pages.knowledge import Knowledge, text_of
from tulieu.store import Literal

LAST = 10_000.0


@dataclass(frozen=True)
class Place:
    """The section of a page, by its order and its label in each language, and the order of a property in it."""

    section: float = LAST
    order: float = LAST
    titles: Mapping[str, str] = field(default_factory=dict, compare=False)


NOWHERE = Place()


@dataclass(frozen=True)
class Arrangement:
    """The places of properties, by class and property."""

    places: Mapping[tuple[str, str], Place]

    def place(self, classes: Iterable[str], property_iri: str) -> Place:
        """The place of a property on the page of a thing with these classes; the foremost where shapes differ."""
        found = [self.places[each, property_iri] for each in classes if (each, property_iri) in self.places]
        return min(found, key=lambda place: (place.section, place.order), default=NOWHERE)


def load_arrangement(knowledge: Knowledge) -> Arrangement:
    """Read the arrangement from the shapes of a release."""
    titles: dict[str, dict[str, str]] = {}
    places: dict[tuple[str, str], Place] = {}
    for row in knowledge.rows("orders"):
        group, label = text_of(row["group"]), row["groupLabel"]
        if isinstance(label, Literal):
            titles.setdefault(group, {})[label.language] = label.value
        key = text_of(row["class"]), text_of(row["property"])
        place = Place(float(text_of(row["groupPlace"])), float(text_of(row["place"])), titles.setdefault(group, {}))
        known = places.get(key, NOWHERE)
        if (place.section, place.order) < (known.section, known.order):
            places[key] = place
    return Arrangement(places)

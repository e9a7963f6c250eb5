"""How the page of a kind is arranged: the property shapes say which rows it has, in which section, order and words.

Comes in: the shapes of a release, once at the start: `sh:path`, `sh:group`, `sh:order`, `sh:name`, and two annotations
of ours, `tl:isExpected` (a thing without a value shows the row, as not stated) and `tl:shortcut` (the entailed property
that says in one step what the row's path says in several). Goes out: the `Row`s of the page of a thing, by its classes.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import product

from tulieu.pages.knowledge import Knowledge
from tulieu.pages.terms import by_language
from tulieu.store import Iri, Term

# The shapes that ask for one value, or one time, of a property: two values are then a disagreement of sources.
AGREEMENT = "BetweenArticlesShape"


@dataclass(frozen=True)
class Step:
    """From a thing to its values of a property, or to what has the thing as value."""

    property: str
    is_inverse: bool = False


Path = tuple[Step, ...]


@dataclass(frozen=True)
class Section:
    """A section of a page: its place among others and its title in each language."""

    order: float
    titles: Mapping[str, str] = field(compare=False)


@dataclass(frozen=True)
class Row:
    """One row of a page: where it stands, what it is called, and the paths on which its values are found."""

    section: Section
    order: float
    names: Mapping[str, str]
    paths: tuple[Path, ...]
    shortcuts: frozenset[str] = frozenset()
    is_expected: bool = False

    @property
    def is_direct(self) -> bool:
        """Say whether the row is one property of the thing, stated on it or on its values."""
        return len(self.paths) == 1 and len(self.paths[0]) == 1

    @property
    def place(self) -> tuple[float, float]:
        """By what rows are sorted."""
        return self.section.order, self.order


class Arrangement:
    """The rows of pages, by class; and the properties of which sources should give one value."""

    def __init__(self, rows: Mapping[str, tuple[Row, ...]], singles: frozenset[str]) -> None:
        """Keep the rows that the shapes of each class give."""
        self._rows = rows
        self.singles = singles
        self.rows = cache(self._merge)

    def _merge(self, classes: frozenset[str]) -> tuple[Row, ...]:
        """The rows of a thing with these classes, in order; where shapes repeat a path, the foremost place counts."""
        found: dict[tuple[Path, ...], Row] = {}
        for row in sorted((row for each in classes for row in self._rows.get(each, ())), key=lambda row: row.place):
            first = found.setdefault(row.paths, row)
            found[row.paths] = replace(
                first,
                shortcuts=first.shortcuts | row.shortcuts,
                is_expected=first.is_expected or row.is_expected,
            )
        return tuple(sorted(found.values(), key=lambda row: row.place))


Parts = Mapping[Term, Mapping[str, list[Term]]]


def load_arrangement(knowledge: Knowledge) -> Arrangement:
    """Read the arrangement from the shapes of a release."""
    parts: dict[Term, dict[str, list[Term]]] = defaultdict(lambda: defaultdict(list))
    for row in knowledge.rows("arrangement"):
        parts[row["part"]][row["relation"].value.rpartition("#")[2]].append(row["value"])
    sections = {
        part: Section(float(said["order"][0].value), by_language(said["label"]))
        for part, said in list(parts.items())
        if said["label"] and said["order"]
    }
    rows: dict[str, list[Row]] = defaultdict(list)
    singles: set[str] = set()
    for part, said in list(parts.items()):
        if part.value.endswith(AGREEMENT):
            singles.update(each.value for each in said["targetSubjectsOf"])
        for kind, shape in product(said["targetClass"], said["property"]):
            rows[kind.value] += _read_row(parts[shape], sections, parts)
    return Arrangement({kind: tuple(found) for kind, found in rows.items()}, frozenset(singles))


def _read_row(said: Mapping[str, list[Term]], sections: Mapping[Term, Section], parts: Parts) -> list[Row]:
    section = next((sections[each] for each in said["group"] if each in sections), None)
    if not (section and said["order"] and said["path"]):
        return []
    return [
        Row(
            section=section,
            order=float(said["order"][0].value),
            names=by_language(said["name"]),
            paths=_read_paths(said["path"][0], parts),
            shortcuts=frozenset(each.value for each in said["shortcut"]),
            is_expected=any(each.value == "true" for each in said["isExpected"]),
        )
    ]


def _read_paths(term: Term, parts: Parts) -> tuple[Path, ...]:
    """The paths that a SHACL path stands for: each alternative as a sequence of steps."""
    if isinstance(term, Iri):
        return ((Step(term.value),),)
    said = parts[term]
    if said["inversePath"]:
        paths = _read_paths(said["inversePath"][0], parts)
        return tuple(tuple(Step(each.property, not each.is_inverse) for each in reversed(path)) for path in paths)
    if said["alternativePath"]:
        return tuple(path for each in read_list(said["alternativePath"][0], parts) for path in _read_paths(each, parts))
    choices = product(*(_read_paths(each, parts) for each in read_list(term, parts)))
    return tuple(tuple(step for path in choice for step in path) for choice in choices)


def read_list(head: Term, parts: Parts) -> Iterator[Term]:
    """The members of a list of RDF."""
    while parts.get(head, {}).get("first"):
        yield from parts[head]["first"]
        head = parts[head]["rest"][0]

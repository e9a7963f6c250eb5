"""What points to a thing from elsewhere: how much by each relation, and the list of one of them, page by page.

Comes in: a thing and a visit, which may choose a relation (`incoming`) and a page of its list. Goes out: exact counts,
from a query, each with the address of its list.
"""

from collections.abc import Collection
from dataclasses import dataclass

from tulieu.pages.archive import Archive
from tulieu.pages.knowledge import text_of
from tulieu.pages.labels import Text
from tulieu.pages.ordering import alphabetical
from tulieu.pages.paging import Paging, make_paging
from tulieu.pages.sources import SourceNote
from tulieu.pages.terms import OURS
from tulieu.pages.values import Value
from tulieu.pages.visit import Visit
from tulieu.store import Iri

PER_PAGE = 50
ANCHOR = "#incoming"
# How many are shown at once of a relation that no row of the page shows.
_AT_ONCE = 5


@dataclass(frozen=True)
class Pointer:
    """One thing that points here, with where that is stated."""

    value: Value
    sources: tuple[SourceNote, ...]


@dataclass(frozen=True)
class Incoming:
    """What points to a thing by one relation: the exact count, and those of it that are shown."""

    label: Text
    count: int
    href: str
    is_open: bool
    pointers: tuple[Pointer, ...]
    paging: Paging | None


def gather_incoming(archive: Archive, iri: str, claimed: Collection[str], visit: Visit) -> tuple[Incoming, ...]:
    """Count what points to a thing by each relation that readers see; show the one that the visit chose."""
    chosen = OURS + visit.text("incoming")
    found: list[Incoming] = []
    for row in archive.knowledge.about("incoming-counts", "thing", iri):
        name, count = text_of(row.get("property")), int(text_of(row["count"]))
        if not name.startswith(OURS) or not archive.statements.is_shown(name):
            continue
        is_open = name == chosen
        paging = make_paging(visit, count, PER_PAGE, anchor=ANCHOR) if is_open else None
        shown = PER_PAGE if is_open else 0 if name in claimed else _AT_ONCE
        start = (paging.number - 1) * PER_PAGE if paging else 0
        found.append(
            Incoming(
                label=_name(archive, name, visit),
                count=count,
                href=visit.address(incoming=name.removeprefix(OURS), page="") + ANCHOR,
                is_open=is_open,
                pointers=_pointers(archive, iri, name, shown, start, visit) if shown else (),
                paging=paging,
            )
        )
    return tuple(sorted(found, key=lambda each: (not each.is_open, alphabetical(each.label.words))))


def _name(archive: Archive, name: str, visit: Visit) -> Text:
    """A relation as it reads from this side: by its inverse where the ontology names one."""
    return archive.statements.property_name(archive.vocabulary.inverse(name) or name, visit.values)


def _pointers(archive: Archive, iri: str, name: str, limit: int, offset: int, visit: Visit) -> tuple[Pointer, ...]:
    bindings = {"thing": Iri(iri), "property": Iri(name)}
    pointers = []
    found = sorted((row["value"] for row in archive.knowledge.rows("incoming-things", bindings)), key=text_of)
    for value in found[offset : offset + limit]:
        stated = archive.knowledge.rows("incoming", {**bindings, "value": value})
        sources = archive.sources.notes(sorted(text_of(each["source"]) for each in stated), visit.values)
        pointers.append(Pointer(visit.values.show(value), sources))
    return tuple(pointers)

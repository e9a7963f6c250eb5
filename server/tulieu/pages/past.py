"""What pages say of past states: that they show one, and where the same is now; that there was something once.

Comes in: the release that is shown, and the current one. Goes out: a frozen `PastNote` for the layout; a frozen
`Former` for who asks for what the current release does not know any more.
"""

from dataclasses import dataclass, replace

from tulieu.pages.archive import Archive
from tulieu.pages.values import Values, show_moment
from tulieu.release import read_history


@dataclass(frozen=True)
class PastNote:
    """The moment and the address of the state shown; where the page is now, empty where there is none any more."""

    created: str
    release_href: str
    present_href: str


@dataclass(frozen=True)
class Former:
    """What there was once: the last release that had it, its moment, and the address of it there."""

    release: str
    created: str
    href: str
    address: str


def find_former(archive: Archive, path: str, values: Values) -> Former | None:
    """Find what an address of ours stood for in an earlier release that is still kept."""
    gone = read_history(archive.release.changed_path).gone
    first, _, rest = path.strip("/").partition("/")
    local = f"id/{rest}" if first == "doc" else f"{first}/{rest}"
    # The address of a document may end in the name of a format.
    name = next((each for each in (local, local.rpartition(".")[0]) if each in gone), "")
    if not name or not archive.release.keeps(gone[name]):
        return None
    document = f"doc/{name.removeprefix('id/')}" if name.startswith("id/") else name
    there = f"release/{gone[name]}/{document}"
    moment = show_moment(gone[name].partition("-")[0], values.wording)
    return Former(gone[name], moment, values.links.path(there), values.links.absolute(there))


def make_past_note(shown: Archive, present: Archive, path: str, values: Values) -> PastNote:
    """Say of a page, at a path below that of its release, which state it shows."""
    _, identifier, local = path.split("/", 2)
    name = f"id/{local.removeprefix('doc/')}" if local.startswith("doc/") else local
    is_known = present.knows(present.names.base_iri + name)
    return PastNote(
        created=show_moment(shown.release.created, values.wording),
        release_href=values.links.path(f"release/{identifier}"),
        present_href=replace(values.links, within="").path(local) if is_known else "",
    )

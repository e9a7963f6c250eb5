"""A state folder with two releases: the invented sample, and what became of it.

Comes in: the folder of the sample. Goes out: a state whose current release took a person away, renamed an office, told
one thing less in a passage, and added more concepts than go on one page of changes; with what the build writes of it.
"""

import gzip
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pyoxigraph
from pyoxigraph import Literal, NamedNode, Quad

from tulieu.pipeline.changes import write_changes, write_sums
from tulieu.release import Release, open_release
from tulieu.vocabulary import BASE_IRI, Names

OLD, NEW = "20260101T000000Z-000000000000", "20260201T000000Z-111111111111"
GONE, RENAMED, ADDED = "person-sample-an", "office-sample-1", 130
LABEL = NamedNode("http://www.w3.org/2000/01/rdf-schema#label")


def write_two_releases(sample: Release, state: Path) -> Path:
    """Copy the sample and put a release after it."""
    folders = [state / "releases" / name for name in (OLD, NEW)]
    for folder in folders:
        shutil.copytree(sample.folder, folder)
    values = json.loads((folders[1] / "manifest.json").read_text())
    values |= {"id": NEW, "created": "2026-02-01T00:00:00Z", "dataset_digest": "e"}
    (folders[1] / "manifest.json").write_text(json.dumps(values))
    old, new = (open_release(folder) for folder in folders)
    _write(old, lambda store: None)
    write_changes(new, _write(new, _change), old, Names())
    write_sums(new, {})
    (state / "current").symlink_to(Path("releases") / NEW)
    return state


def _write(release: Release, change: Callable[[pyoxigraph.Store], None]) -> list[Quad]:
    store = pyoxigraph.Store(str(release.store_path))
    change(store)
    quads = sorted(store, key=str)
    release.dataset_path.write_bytes(gzip.compress("".join(f"{quad} .\n" for quad in quads).encode(), mtime=0))
    return quads


def _change(store: pyoxigraph.Store) -> None:
    gone = NamedNode(f"{BASE_IRI}id/{GONE}")
    office, authority = NamedNode(f"{BASE_IRI}id/{RENAMED}"), NamedNode(f"{BASE_IRI}graph/authority")
    place, caption = (NamedNode(BASE_IRI + name) for name in ("graph/asserted", "passage/sample-1/p03.caption"))
    held = NamedNode(f"{BASE_IRI}ontology#heldOffice")
    removed = [*store.quads_for_pattern(gone, None, None), *store.quads_for_pattern(None, held, None, caption)]
    renamed = [quad for quad in store.quads_for_pattern(office, LABEL, None) if quad.object.language == "en"]
    for quad in [*removed, *renamed]:
        store.remove(quad)
    for quad in renamed:
        store.add(Quad(office, LABEL, Literal("Head of the new office", language="en"), quad.graph_name))
    for number in range(ADDED):
        thing = NamedNode(f"{BASE_IRI}id/concept-sample-{number}")
        for graph in (authority, place, pyoxigraph.DefaultGraph()):
            store.add(Quad(thing, LABEL, Literal(f"khái niệm {number}", language="vi"), graph))

"""A release folder: find it, open it, list them, switch to one.

Comes in: the state folder, which holds `releases/<id>/` and the link `current`. Goes out: a frozen `Release` that says
what the folder holds. A folder is a release only if its manifest, the last file that a build writes, is there and
whole; anything else is the rest of a build that did not end, and is never opened.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from tulieu.errors import NotFoundError, ReleaseError

MANIFEST, CURRENT, RELEASES = "manifest.json", "current", "releases"
DATASET, STORE, SEARCH, DUMPS = "dataset.nq.gz", "store", "search.sqlite", "dumps"
PROOFS, REPORT_JSON, REPORT_TURTLE = "proofs.json.gz", "report.json", "report.ttl"
# What must stand beside a manifest; of the folders, that they are there.
PARTS = (DATASET, STORE, SEARCH, DUMPS, PROOFS, REPORT_JSON, REPORT_TURTLE)

_TEXTS = ("id", "created", "base_iri", "software", "knowledge_digest", "dataset_digest")

_NOTED = "knowledge.json"

# A dot keeps folders that are being written out of every listing.
BUILDING_PREFIX = ".building-"


@dataclass(frozen=True)
class Release:
    """One state of the whole, as its manifest describes it."""

    folder: Path
    id: str
    created: str
    base_iri: str
    software: str
    knowledge_digest: str
    dataset_digest: str
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def store_path(self) -> Path:
        """The Oxigraph folder, to be opened read-only."""
        return self.folder / STORE

    @property
    def search_path(self) -> Path:
        """The SQLite file of the search index."""
        return self.folder / SEARCH

    @property
    def dataset_path(self) -> Path:
        """The sorted N-Quads, gzipped."""
        return self.folder / DATASET

    @property
    def dumps_path(self) -> Path:
        """The folder of the downloads."""
        return self.folder / DUMPS

    @property
    def proofs_path(self) -> Path:
        """The proofs of the inferred statements, gzipped JSON."""
        return self.folder / PROOFS

    @property
    def report_path(self) -> Path:
        """The validation report as JSON; beside it stands the same as Turtle."""
        return self.folder / REPORT_JSON


def write_manifest(release: Release) -> None:
    """Write the manifest of a release into its folder and onto the disk; only now the folder can be opened."""
    values = {name: value for name, value in asdict(release).items() if name != "folder"}
    path = release.folder / MANIFEST
    with path.open("w", encoding="utf-8", newline="\n") as file:
        json.dump(values, file, ensure_ascii=False, indent=2, sort_keys=True)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())
    sync_folder(release.folder)


def open_release(folder: Path) -> Release:
    """Read what a release folder holds; refuse a folder whose manifest or parts are not there."""
    path = folder / MANIFEST
    try:
        values: Any = json.loads(path.read_text(encoding="utf-8"))
        release = Release(
            folder=folder,
            **{name: str(values[name]) for name in _TEXTS},
            counts=MappingProxyType({str(name): int(count) for name, count in values["counts"].items()}),
        )
    except FileNotFoundError:
        raise ReleaseError(f"{folder}: no {MANIFEST}, so this is no release; run tulieu build") from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ReleaseError(
            f"{path}: expected a whole manifest ({error}); run tulieu build for a new release"
        ) from error
    missing = [name for name in PARTS if not (folder / name).exists()]
    if missing:
        raise ReleaseError(f"{folder}: {', '.join(missing)} is not there; remove the folder and run tulieu build")
    return release


def find_current(state: Path) -> Release:
    """Open the release that the state folder points to."""
    link = state / CURRENT
    if not link.is_symlink() and not link.exists():
        raise ReleaseError(f"{state}: no release yet; run tulieu build --state {state}")
    # Resolved once, so that a switch in mid-use does not mix two releases.
    return open_release(link.resolve())


def find_release(identifier: str, releases: Iterable[Release]) -> Release:
    """Find a release by its identifier; raise NotFoundError where none of those kept has it."""
    for release in releases:
        if release.id == identifier:
            return release
    raise NotFoundError(f"There is no release {identifier[:80]}. The page /releases lists those that are kept.")


def list_releases(state: Path) -> tuple[Release, ...]:
    """Open all releases of the state folder, the oldest first; what is no release is passed over."""
    releases = []
    for manifest in sorted((state / RELEASES).glob(f"*/{MANIFEST}")):
        if manifest.parent.name.startswith("."):
            continue
        try:
            releases.append(open_release(manifest.parent))
        except ReleaseError:
            # A damaged old release is no reason to hide the others; whoever asks for it by name is told.
            continue
    return tuple(sorted(releases, key=lambda release: release.id))


def note_knowledge(state: Path, release: Release, digest: str) -> None:
    """Note that files with this digest say what a release says, though it was built from files with another one."""
    path, aside = state / _NOTED, state / f".{_NOTED}-{os.getpid()}"
    aside.write_text(json.dumps({"release": release.id, "knowledge": digest}) + "\n", encoding="utf-8")
    os.replace(aside, path)


def is_up_to_date(state: Path, digest: str, base_iri: str) -> bool:
    """Tell whether the current release says what knowledge files with this digest say."""
    try:
        release = find_current(state)
    except ReleaseError:
        return False
    try:
        noted: Any = json.loads((state / _NOTED).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        noted = {}
    digests = {release.knowledge_digest, noted.get("knowledge") if noted.get("release") == release.id else ""}
    return digest in digests and release.base_iri == base_iri


def switch(state: Path, folder: Path) -> Release:
    """Make a release the current one, by one atomic rename of the link."""
    release = open_release(folder)
    link = state / f".{CURRENT}-{os.getpid()}"
    link.unlink(missing_ok=True)
    # Relative, so that a state folder can be moved as a whole.
    link.symlink_to(Path(RELEASES) / folder.name)
    os.replace(link, state / CURRENT)
    sync_folder(state)
    return release


def sync_folder(folder: Path) -> None:
    """Put the entries of a folder onto the disk, so that a rename outlasts a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

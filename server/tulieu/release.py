"""A release folder: find it, open it, list them, switch to one.

Comes in: the state folder, which holds `releases/<id>/` and the link `current`. Goes out: a frozen `Release` that says
what the folder holds. A folder is a release only if its manifest, the last file that a build writes, is there and
whole; anything else is the rest of a build that did not end, and is never opened.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import sys
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from tulieu.errors import NotFoundError, ReleaseError

MANIFEST, CURRENT, RELEASES = "manifest.json", "current", "releases"
DATASET, STORE, SEARCH, DUMPS = "dataset.nq.gz", "store", "search.sqlite", "dumps"
PROOFS, REPORT_JSON, REPORT_TURTLE = "proofs.json.gz", "report.json", "report.ttl"
# What a release changed, and the digests of what can be fetched; releases by older software have none of it.
CHANGES, CHANGES_JSON, CHANGED, SUMS = "changes", "changes.json", "changed.json.gz", "SHA256SUMS"
STATISTICS = "statistics.json"
# So many changed statements are packed together: a page of them is one part of their file, found by its offset.
CHANGES_PART = 100
# What must stand beside a manifest; of the folders, that they are there.
PARTS = (DATASET, STORE, SEARCH, DUMPS, PROOFS, REPORT_JSON, REPORT_TURTLE)
# What can be fetched beside the dumps and what the folder of changes holds; no two of all these have one name.
_BESIDE = (PROOFS, REPORT_JSON, REPORT_TURTLE, CHANGES_JSON, CHANGED, MANIFEST, SUMS)

_TEXTS = ("id", "created", "base_iri", "software", "knowledge_digest", "dataset_digest")

_NOTED = "knowledge.json"
_HISTORY = ("changed", "known", "gone", "releases")

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

    @property
    def statistics_path(self) -> Path:
        """What descriptions of the release count, and the size and digest of each of its files, as JSON."""
        return self.folder / STATISTICS

    @property
    def changes_path(self) -> Path:
        """The folder of the statements that were added and removed."""
        return self.folder / CHANGES

    @property
    def changes_json_path(self) -> Path:
        """How much was added and removed."""
        return self.folder / CHANGES_JSON

    @property
    def changed_path(self) -> Path:
        """When what is said of each thing last changed, gzipped JSON."""
        return self.folder / CHANGED

    @property
    def sums_path(self) -> Path:
        """The SHA-256 of each file that can be fetched, as `sha256sum --check` reads them."""
        return self.folder / SUMS

    def list_dumps(self) -> tuple[Path, ...]:
        """The files that hold the whole, by name: the N-Quads and the dumps."""
        held = self.dumps_path.iterdir() if self.dumps_path.is_dir() else ()
        return _present([*held, self.dataset_path])

    def list_files(self) -> tuple[Path, ...]:
        """All files that can be fetched, by name: the dumps, what the release changed, manifest, reports, digests."""
        changes = self.changes_path.iterdir() if self.changes_path.is_dir() else ()
        return _present([*self.list_dumps(), *changes, *(self.folder / name for name in _BESIDE)])

    def digest_of(self, path: Path) -> str:
        """The SHA-256 of one of its files: as the build wrote it down, else as it is now."""
        return _read_sums(self.sums_path).get(path.name) or _digest(path)

    def keeps(self, identifier: str) -> bool:
        """Tell whether another release is still kept beside this one."""
        return (self.folder.parent / identifier / MANIFEST).is_file()

    def read_changed(self) -> Mapping[str, str]:
        """The local name of each thing and document, and the moment at which what is said of it last changed."""
        return read_history(self.changed_path).changed


@dataclass(frozen=True)
class History:
    """What is known of names (below the base IRI) over the releases: empty where older software kept no record.

    `changed` tells when what is said of a name last changed, `known` since when it is known where that was another
    moment, `gone` the last release that knew it where this one does not; `releases` names the release of each moment.
    """

    changed: Mapping[str, str] = field(default_factory=dict)
    known: Mapping[str, str] = field(default_factory=dict)
    gone: Mapping[str, str] = field(default_factory=dict)
    releases: Mapping[str, str] = field(default_factory=dict)

    def known_since(self, name: str) -> str:
        """The moment of the first release that knew a name; empty where this one does not."""
        return self.known.get(name, self.changed.get(name, ""))


def _present(paths: Iterable[Path]) -> tuple[Path, ...]:
    return tuple(sorted((path for path in paths if path.is_file()), key=lambda path: path.name))


# A file of a release never changes; few ask for others than the current one, and a large one takes much memory.
@lru_cache(maxsize=2)
def read_history(path: Path) -> History:
    """Read the file of `Release.changed_path`."""
    try:
        values: Any = json.loads(gzip.decompress(path.read_bytes()))
    except FileNotFoundError:
        return History()
    # There are few moments and releases, and many names.
    return History(
        **{part: {name: sys.intern(text) for name, text in values.get(part, {}).items()} for part in _HISTORY}
    )


@lru_cache(maxsize=64)
def _read_sums(path: Path) -> Mapping[str, str]:
    try:
        lines = path.read_text(encoding="ascii").splitlines()
    except FileNotFoundError:
        return {}
    return {name: digest for digest, _, name in (line.partition("  ") for line in lines)}


def digest_file(path: Path) -> str:
    """Digest a file as it is now; a build asks this, whose folder has one path for release after release."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


_digest = lru_cache(maxsize=256)(digest_file)


def manifest_of(release: Release) -> bytes:
    """The manifest of a release, as its file holds it."""
    values = {name: value for name, value in asdict(release).items() if name != "folder"}
    return (json.dumps(values, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()


def write_manifest(release: Release) -> None:
    """Write the manifest of a release into its folder and onto the disk; only now the folder can be opened."""
    path = release.folder / MANIFEST
    with path.open("wb") as file:
        file.write(manifest_of(release))
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

"""What a release changes against the one before: the statements added and removed, and when each thing last changed.

Comes in: the quads of a release, sorted, and the release that was current. Goes out: files in the new release's folder
(`changes.json`, `changes/`, `changed.json.gz`). Two sorted streams are merged. The merged graphs are left out, for they
repeat others. Blank nodes get new canonical names throughout when one axiom is added; so for the comparison each is
named by what it says and where it hangs, and a list that nobody touched is no change.
"""

from __future__ import annotations

import gzip
import hashlib
import heapq
import json
import zlib
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import IO, cast

import pyoxigraph
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad
from rdflib import RDFS, SKOS

from tulieu import release as releases
from tulieu.pipeline.blanks import has_blanks, rename_blanks
from tulieu.release import History, Release
from tulieu.vocabulary import TL, Names

ADDED, CHANGED, REMOVED = "added", "changed", "removed"
_KINDS = (ADDED, CHANGED, REMOVED)
# They repeat what other graphs hold; the default graph does too.
_MERGED = ("asserted", "facts")
_LABELS = tuple(NamedNode(str(each)) for each in (RDFS.label, SKOS.prefLabel, TL.headline))
# What names of things and documents begin with, below the base IRI; the first two are listed one by one.
_NAMED = ("id/", "article/", "passage/", "note/", "graph/")
_LISTED = _NAMED[:2]
# Documents that go by another name than the graph they show.
_SHOWN = {"graph/ontology": "ontology", "graph/shapes": "shapes"}


@dataclass
class _Comparison:
    """What the merge of two releases found."""

    quads: dict[str, list[Quad]] = field(default_factory=lambda: {ADDED: [], REMOVED: []})
    old: set[str] = field(default_factory=set)
    new: set[str] = field(default_factory=set)
    touched: set[str] = field(default_factory=set)

    def names(self, kind: str) -> set[str]:
        """The local names that were added, removed or changed."""
        if kind == ADDED:
            return self.new - self.old
        return self.old - self.new if kind == REMOVED else self.touched & self.old & self.new


def write_changes(release: Release, quads: Sequence[Quad], previous: Release | None, names: Names) -> None:
    """Write what a release changes against the previous one; where there is nothing to compare with, say so."""
    before = previous if previous and previous.base_iri == release.base_iri else None
    # What cannot be read whole is not compared; that is no reason to make no release.
    found = _compare(before, quads, names) if before else None
    comparison = found or _begin(quads, names)
    history = _history(comparison, release, before if found else None)
    _write_json(release.changed_path, asdict(history))
    summary: dict[str, object] = {"previous": previous.id if previous else None, "is_compared": found is not None}
    if found:
        release.changes_path.mkdir()
        summary |= _write_statements(release, found, names)
        _write_json(release.changes_path / "things.json.gz", _list_things(found, quads, names))
    text = json.dumps(summary, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    release.changes_json_path.write_text(text, encoding="utf-8", newline="\n")


def write_sums(release: Release, to_come: Mapping[str, bytes]) -> None:
    """Write the SHA-256 of each file that can be fetched, also of those to come, for `sha256sum --check`."""
    sums = {name: hashlib.sha256(content).hexdigest() for name, content in to_come.items()}
    sums |= {path.name: releases.digest_file(path) for path in release.list_files()}
    lines = "".join(f"{digest}  {name}\n" for name, digest in sorted(sums.items()))
    release.sums_path.write_text(lines, encoding="ascii", newline="\n")


def _compare(previous: Release, quads: Sequence[Quad], names: Names) -> _Comparison | None:
    """Merge the quads of two releases; None when those of the older one cannot be read to their end."""
    found, evidence = _Comparison(), _evidence(names)
    try:
        with gzip.open(previous.dataset_path) as file:
            old = pyoxigraph.parse(cast(IO[bytes], file), format=pyoxigraph.RdfFormat.N_QUADS)
            for kind, quad in _differ(_note(old, found.old, names), _note(quads, found.new, names)):
                found.quads[kind].append(quad)
                if quad.graph_name != evidence:
                    for term in (quad.subject, quad.object, quad.graph_name):
                        found.touched.update(_local_names(term, names))
    except (OSError, EOFError, zlib.error, SyntaxError):
        return None
    for each in found.quads.values():
        # What is said comes first, and behind it what the build derives from that.
        each.sort(key=lambda quad: (quad.graph_name == evidence, str(quad)))
    return found


def _begin(quads: Sequence[Quad], names: Names) -> _Comparison:
    """What there is to note where nothing is compared: the names."""
    found = _Comparison()
    deque(_note(quads, found.new, names), maxlen=0)
    return found


def _note(quads: Iterable[Quad], found: set[str], names: Names) -> Iterator[Quad]:
    """Give the quads but for those of merged graphs, and note of what they say something and where."""
    merged = {NamedNode(str(names.graph(name))) for name in _MERGED} | {DefaultGraph()}
    evidence = _evidence(names)
    graphs, subject = set(), None
    for quad in quads:
        graph = quad.graph_name
        if graph not in merged:
            if graph != evidence:
                graphs.add(graph)
                # In order, so what is said of one thing stands together.
                if quad.subject != subject:
                    subject = quad.subject
                    found.update(_local_names(subject, names))
            yield quad
    for graph in graphs:
        found.update(_local_names(graph, names))


def _differ(old: Iterable[Quad], new: Iterable[Quad]) -> Iterator[tuple[str, Quad]]:
    """Give what stands in only one of two streams in order, and whether it was added or removed."""
    aside: dict[str, list[Quad]] = {REMOVED: [], ADDED: []}

    def keyed(quads: Iterable[Quad], kind: str) -> Iterator[tuple[str, str, Quad]]:
        for quad in quads:
            if has_blanks(quad):
                aside[kind].append(quad)
            else:
                yield str(quad), kind, quad

    # Of each side a line comes once, so two alike are one from each.
    for _, alike in groupby(heapq.merge(keyed(new, ADDED), keyed(old, REMOVED)), key=itemgetter(0)):
        (_, kind, quad), *other = alike
        if not other:
            yield kind, quad
    # Few, whatever the size of a release: the lists of the ontology and the shapes.
    added, removed = (set(rename_blanks(aside[kind])) for kind in (ADDED, REMOVED))
    yield from ((ADDED, quad) for quad in added - removed)
    yield from ((REMOVED, quad) for quad in removed - added)


def _local_names(term: object, names: Names) -> Iterator[str]:
    """The names below the base IRI of a thing or document, and of those that show it too."""
    if isinstance(term, NamedNode) and term.value.startswith(names.base_iri):
        local = term.value.removeprefix(names.base_iri)
        if local.startswith(_NAMED):
            yield local
        if local.startswith("passage/"):
            yield f"article/{local.split('/')[1]}"
        if local in _SHOWN:
            yield _SHOWN[local]


def _evidence(names: Names) -> NamedNode:
    return NamedNode(str(names.graph("evidence")))


def _history(found: _Comparison, release: Release, previous: Release | None) -> History:
    """Carry on what the previous release knew of each name; one by older software said at least this in its time."""
    before = releases.read_history(previous.changed_path) if previous else History()
    created, otherwise = release.created, (previous or release).created
    changed = {
        name: created if name in found.touched or name not in found.old else before.changed.get(name, otherwise)
        for name in found.new
    }
    known = {name: before.known_since(name) or otherwise if name in found.old else created for name in found.new}
    gone = {name: last for name, last in before.gone.items() if name not in found.new}
    if previous:
        gone |= dict.fromkeys(found.names(REMOVED), previous.id)
    moments = {**before.releases, otherwise: (previous or release).id, created: release.id}
    used = {*changed.values(), *known.values()}
    return History(
        changed,
        {name: moment for name, moment in known.items() if moment != changed[name]},
        gone,
        {moment: identifier for moment, identifier in moments.items() if moment in used},
    )


def _write_statements(release: Release, found: _Comparison, names: Names) -> dict[str, object]:
    """Write the statements, packed part by part, and give their numbers and where each part begins."""
    evidence = _evidence(names)
    graphs: dict[str, dict[str, int]] = defaultdict(lambda: {ADDED: 0, REMOVED: 0})
    summary: dict[str, object] = {}
    for kind, quads in found.quads.items():
        offsets = []
        with (release.changes_path / f"{kind}.nq.gz").open("wb") as file:
            for start in range(0, len(quads) or 1, releases.CHANGES_PART):
                offsets.append(file.tell())
                lines = "".join(f"{quad} .\n" for quad in quads[start : start + releases.CHANGES_PART])
                file.write(gzip.compress(lines.encode(), mtime=0))
        for quad in quads:
            graphs[str(quad.graph_name)[1:-1].removeprefix(names.base_iri)][kind] += 1
        said = sum(quad.graph_name != evidence for quad in quads)
        summary[kind] = {"statements": len(quads), "said": said, "parts": offsets}
    firsts = sorted({name.partition("/")[0] for name in found.old | found.new})
    numbers = {kind: Counter(name.partition("/")[0] for name in found.names(kind)) for kind in _KINDS}
    return {
        **summary,
        "graphs": graphs,
        "names": {first: {kind: numbers[kind][first] for kind in _KINDS} for first in firsts},
    }


def _list_things(found: _Comparison, quads: Sequence[Quad], names: Names) -> dict[str, dict[str, dict[str, str]]]:
    """List the things and articles that were added, changed and removed, each with its labels by language."""
    listed = {kind: {name for name in found.names(kind) if name.startswith(_LISTED)} for kind in _KINDS}
    labels: dict[str, dict[str, str]] = defaultdict(dict)
    # The labels of what is no more are among what was removed.
    for quad in (*found.quads[REMOVED], *quads):
        if quad.predicate in _LABELS and isinstance(quad.subject, NamedNode) and isinstance(quad.object, Literal):
            labels[quad.subject.value][quad.object.language or ""] = quad.object.value
    return {
        kind: {name: labels.get(names.base_iri + name, {}) for name in sorted(found)} for kind, found in listed.items()
    }


def _write_json(path: Path, content: object) -> None:
    text = json.dumps(content, ensure_ascii=False, indent=0, sort_keys=True) + "\n"
    path.write_bytes(gzip.compress(text.encode(), mtime=0))

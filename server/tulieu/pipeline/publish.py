"""Files to a release: an immutable folder with the quads, the store, the search index, the dumps and the reports.

Comes in: what was loaded, found and inferred. Goes out: the release, current from now on, or the one that was current
if no statement has changed. The folder is built aside, put onto the disk and renamed as a whole, then one link is
switched by one rename: whatever is killed or full in between, the last good release serves, and nothing half-written
has a manifest. The quads are sorted canonical N-Quads (https://www.w3.org/TR/rdf-canon/): the same statements give
the same bytes.
"""

from __future__ import annotations

import fcntl
import gzip
import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pyoxigraph
from pyoxigraph import RdfFormat
from rdflib import RDF, Graph, URIRef
from rdflib.term import Node

from tulieu import release as releases
from tulieu.errors import ReleaseError
from tulieu.pipeline.changes import write_changes, write_sums
from tulieu.pipeline.facts import select_facts
from tulieu.pipeline.indexing import write_index
from tulieu.pipeline.knowledge import Knowledge
from tulieu.pipeline.report import Report
from tulieu.pipeline.statistics import collect_statistics
from tulieu.pipeline.terms import to_oxigraph, to_quads
from tulieu.release import Release
from tulieu.statistics import write_statistics
from tulieu.vocabulary import TL, Names

# A dump holds the whole dataset where its format has named graphs that people use, else what a plain query sees.
_DUMPS = (
    ("tulieu.trig.gz", RdfFormat.TRIG, True),
    ("tulieu.ttl.gz", RdfFormat.TURTLE, False),
    ("tulieu.jsonld.gz", RdfFormat.JSON_LD, False),
    ("tulieu.nt.gz", RdfFormat.N_TRIPLES, False),
)


def publish(
    knowledge: Knowledge,
    report: Report,
    inferred: Graph,
    evidence: Graph,
    state: Path,
    software: str,
    now: datetime | None = None,
) -> Release:
    """Write a release and make it the current one; where no statement has changed, keep the current one."""
    graphs = materialise(knowledge, inferred, evidence)
    quads = canonical_quads(graphs)
    lines = [f"{quad} .\n" for quad in quads]
    content = "".join(lines).encode()
    digest = hashlib.sha256(content).hexdigest()
    created = (now or datetime.now(UTC)).replace(microsecond=0)
    identifier = f"{created:%Y%m%dT%H%M%SZ}-{digest[:12]}"
    try:
        (state / releases.RELEASES).mkdir(parents=True, exist_ok=True)
        with _alone(state):
            _remove_leftovers(state)
            current = _current(state)
            if current and (current.dataset_digest, current.base_iri) == (digest, knowledge.names.base_iri):
                releases.note_knowledge(state, current, knowledge.digest)
                return current
            folder = state / releases.RELEASES / f"{releases.BUILDING_PREFIX}{os.getpid()}"
            release = Release(
                folder=folder,
                id=identifier,
                created=created.isoformat().replace("+00:00", "Z"),
                base_iri=knowledge.names.base_iri,
                software=software,
                knowledge_digest=knowledge.digest,
                dataset_digest=digest,
                counts=count(graphs, knowledge.names),
            )
            try:
                _write(release, current, quads, content, graphs, report, evidence, knowledge.names)
                target = state / releases.RELEASES / identifier
                # It is there already where the same statements were built within this very second.
                if not target.exists():
                    folder.rename(target)
                    releases.sync_folder(target.parent)
            finally:
                shutil.rmtree(folder, ignore_errors=True)
            return releases.switch(state, target)
    except OSError as error:
        raise ReleaseError(
            f"{state}: the release cannot be written ({error.strerror or error}); the last good release stays."
            " Make room or rights there, and build again"
        ) from error


def materialise(knowledge: Knowledge, inferred: Graph, evidence: Graph) -> dict[URIRef | None, Graph]:
    """Give every graph of a release by its name, the merged ones too; None is the default graph."""
    names = knowledge.names
    graphs: dict[URIRef | None, Graph] = {
        URIRef(str(graph.identifier)): graph for graph in knowledge.dataset.graphs() if len(graph)
    }
    asserted = knowledge.asserted()
    graphs[names.graph("shapes")] = knowledge.shapes + knowledge.closure_shapes
    graphs[names.graph("asserted")] = asserted
    graphs[names.graph("facts")] = select_facts(asserted, inferred, knowledge.ontology, names)
    graphs[names.graph("inferred")] = inferred
    graphs[names.graph("evidence")] = evidence
    # Without contexts: filled and read much faster, and it is the largest of all.
    merged = Graph(store="SimpleMemory")
    for part in (asserted, knowledge.ontology, inferred, evidence):
        merged += part
    graphs[None] = merged
    return graphs


def canonical_quads(graphs: Mapping[URIRef | None, Graph]) -> list[pyoxigraph.Quad]:
    """Give all quads, blank nodes named by RDFC-1.0, in the order of their N-Quads lines."""
    dataset = pyoxigraph.Dataset(to_quads(graphs))
    dataset.canonicalize(pyoxigraph.CanonicalizationAlgorithm.RDFC_1_0)
    return sorted(dataset, key=str)


def count(graphs: Mapping[URIRef | None, Graph], names: Names) -> dict[str, int]:
    """Count the statements of the graphs that are no passage and no note, and the things of each class of ours."""
    counts = {"graph/default": len(graphs[None])}
    for name, graph in graphs.items():
        if name is not None and name.startswith(names.graph_prefix):
            counts[name.removeprefix(names.base_iri)] = len(graph)
    for _, kind in graphs[None].subject_objects(RDF.type):
        if str(kind).startswith(str(TL)):
            local = str(kind).removeprefix(str(TL))
            counts[local] = counts.get(local, 0) + 1
    return dict(sorted(counts.items()))


def _write(
    release: Release,
    previous: Release | None,
    quads: list[pyoxigraph.Quad],
    content: bytes,
    graphs: Mapping[URIRef | None, Graph],
    report: Report,
    evidence: Graph,
    names: Names,
) -> None:
    release.dumps_path.mkdir(parents=True)
    _write_gzip(release.dataset_path, content)
    prefixes = dict(names.prefixes)
    plain = [quad.triple for quad in quads if isinstance(quad.graph_name, pyoxigraph.DefaultGraph)]
    for name, format, is_whole in _DUMPS:
        written = pyoxigraph.serialize(quads if is_whole else plain, format=format, prefixes=prefixes)
        _write_gzip(release.dumps_path / name, written or b"")
    store = pyoxigraph.Store(str(release.store_path))
    store.bulk_extend(quads)
    store.optimize()
    store.flush()
    # Closes the store, so that all its files are on their way to the disk before they are synced.
    del store
    write_index(release.search_path, graphs[None], names)
    _write_gzip(release.proofs_path, _write_proofs(evidence))
    release.report_path.write_text(report.to_json(), encoding="utf-8", newline="\n")
    (release.folder / releases.REPORT_TURTLE).write_text(report.to_turtle(), encoding="utf-8", newline="\n")
    write_changes(release, quads, previous, names)
    write_sums(release, {releases.MANIFEST: releases.manifest_of(release)})
    # Of all other files, so after them.
    write_statistics(release, collect_statistics(release, graphs[None], plain, names))
    _sync(release.folder)
    releases.write_manifest(release)


def _write_gzip(path: Path, content: bytes) -> None:
    # No time and no name in the head of the file: the same content gives the same bytes.
    with path.open("wb") as file, gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0) as packed:
        packed.write(content)


def _write_proofs(evidence: Graph) -> bytes:
    """Write the proofs as JSON: for each inferred statement its parts, its rule and the names of its premises."""
    proofs = {
        str(node): {
            "statement": [str(to_oxigraph(part)) for part in _parts(evidence, node)],
            "rule": str(evidence.value(node, TL.byRule)),
            "premises": sorted(map(str, evidence.objects(node, TL.hasPremise))),
        }
        for node in evidence.subjects(RDF.type, TL.InferredStatement)
    }
    return (json.dumps(proofs, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def _parts(evidence: Graph, node: Node) -> Iterator[Node]:
    for predicate in (RDF.subject, RDF.predicate, RDF.object):
        yield from evidence.objects(node, predicate)


def _sync(folder: Path) -> None:
    """Put every file of a folder onto the disk, so that a manifest never outlives what it vouches for."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())
        else:
            releases.sync_folder(path)


@contextmanager
def _alone(state: Path) -> Iterator[None]:
    """Let one build write at a time; the lock ends with the process, however that ends."""
    with (state / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _remove_leftovers(state: Path) -> None:
    # Whoever holds the lock is the only build: every folder that is being built was left by one that died.
    for folder in (state / releases.RELEASES).glob(f"{releases.BUILDING_PREFIX}*"):
        shutil.rmtree(folder)
    for link in state.glob(f".{releases.CURRENT}-*"):
        link.unlink()


def _current(state: Path) -> Release | None:
    try:
        return releases.find_current(state)
    except ReleaseError:
        return None

"""What a release holds, that it is the same each time, and that nothing half-written is ever opened."""

import gzip
import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyoxigraph
import pytest
from rdflib import OWL, RDFS, Graph

from tulieu.errors import ReleaseError
from tulieu.pipeline import publish as publishing
from tulieu.pipeline.evidence import evidence
from tulieu.pipeline.load import load
from tulieu.pipeline.publish import publish
from tulieu.pipeline.reason import reason
from tulieu.pipeline.validate import validate
from tulieu.release import (
    CHANGED,
    CHANGES_JSON,
    MANIFEST,
    PARTS,
    STATISTICS,
    SUMS,
    Release,
    find_current,
    is_up_to_date,
    list_releases,
    open_release,
)
from tulieu.vocabulary import BASE_IRI, TL

Change = Callable[[str, str, str], int]
Append = Callable[[str, str], int]
Publish = Callable[..., Release]
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
AUTHORITY, ARTICLE = "data/authority/all.ttl", "data/articles/sample-1.trig"
SERVER = Path(publishing.__file__).parents[2]


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state"


@pytest.fixture
def release_of(folder: Path, state: Path) -> Publish:
    """Publish what the folder says now."""

    def make(into: Path = state, now: datetime = NOW) -> Release:
        knowledge = load(folder)
        closure = reason(knowledge.merged(), knowledge.names)
        shown = evidence(knowledge.dataset, knowledge.names, closure.inferred, closure.proofs)
        return publish(knowledge, validate(knowledge), closure.inferred, shown, into, "tulieu 0", now)

    return make


def lines_of(release: Release) -> list[str]:
    return gzip.decompress(release.dataset_path.read_bytes()).decode().splitlines()


# What it holds


def test_a_release_is_named_by_time_and_digest_and_is_current(release_of: Publish, state: Path) -> None:
    release = release_of()
    assert re.fullmatch(r"20260102T030405Z-[0-9a-f]{12}", release.id)
    assert release.id.endswith(release.dataset_digest[:12])
    assert release.created == "2026-01-02T03:04:05Z"
    assert find_current(state).id == release.id == release.folder.name
    newer = [STATISTICS, CHANGES_JSON, CHANGED, SUMS]
    assert sorted(path.name for path in release.folder.iterdir()) == sorted([*PARTS, MANIFEST, *newer])
    assert sorted(path.name for path in (state / "releases").iterdir()) == [release.id]


def test_the_quads_are_sorted_n_quads_without_doubles(release_of: Publish) -> None:
    lines = lines_of(release_of())
    assert lines == sorted(set(lines)) and len(lines) > 200
    read = list(pyoxigraph.parse("\n".join(lines), format=pyoxigraph.RdfFormat.N_QUADS))
    assert len(read) == len(lines)
    assert any("_:c14n0 " in line for line in lines), "blank nodes have their RDFC-1.0 names"


def test_the_store_holds_what_the_file_holds(release_of: Publish) -> None:
    release = release_of()
    store = pyoxigraph.Store.read_only(str(release.store_path))
    assert sorted(f"{quad} ." for quad in store) == lines_of(release)


def test_the_default_graph_is_asserted_inferred_evidence_and_ontology_as_one_set(release_of: Publish) -> None:
    store = pyoxigraph.Store.read_only(str(release_of().store_path))

    def triples(graph: pyoxigraph.DefaultGraph | pyoxigraph.NamedNode) -> set[pyoxigraph.Triple]:
        return {quad.triple for quad in store.quads_for_pattern(None, None, None, graph)}

    parts = [
        triples(pyoxigraph.NamedNode(f"{BASE_IRI}graph/{name}"))
        for name in ("asserted", "inferred", "evidence", "ontology")
    ]
    assert all(parts)
    assert triples(pyoxigraph.DefaultGraph()) == set().union(*parts)
    sources = {
        quad.triple
        for quad in store
        if isinstance(quad.graph_name, pyoxigraph.NamedNode)
        and quad.graph_name.value.startswith((f"{BASE_IRI}passage/", f"{BASE_IRI}note/"))
    }
    assert sources and sources <= parts[0]
    assert not parts[0] & parts[1], "nothing asserted is called inferred"
    shapes = triples(pyoxigraph.NamedNode(f"{BASE_IRI}graph/shapes"))
    assert shapes and not shapes & triples(pyoxigraph.DefaultGraph())


def test_the_facts_are_what_is_said_of_the_world_and_nothing_else(release_of: Publish) -> None:
    release = release_of()
    store = pyoxigraph.Store.read_only(str(release.store_path))
    prefixes = {"tl": str(TL), "id": f"{BASE_IRI}id/", "rdfs": str(RDFS), "owl": str(OWL)}

    def count(graph: str, pattern: str) -> int:
        rows = store.query(f"SELECT * {{ GRAPH <{BASE_IRI}graph/{graph}> {{ {pattern} }} }}", prefixes=prefixes)
        return len(list(rows))  # type: ignore[arg-type]

    # Stated by passages or notes, inferred, named, sorted into a kind.
    for graph, pattern in (
        ("asserted", "id:holding-1 tl:holder id:person-mai-hoa"),
        ("asserted", "id:time-1 tl:earliestDay ?day"),
        ("inferred", "id:person-mai-hoa tl:hasHeldOffice ?office"),
        ("asserted", "id:person-mai-hoa rdfs:label ?name"),
        ("asserted", "id:organ-green tl:hasLevel/rdfs:label ?level"),
    ):
        assert count("facts", pattern) == count(graph, pattern) > 0, pattern
    # About sources, gaps, proofs and terms; each is there in its own graph.
    for graph, pattern in (
        ("asserted", "?passage a tl:Passage"),
        ("asserted", "?passage tl:inArticle ?article"),
        ("asserted", "?note a tl:Note"),
        ("asserted", "?note tl:derivedFrom ?passage"),
        ("asserted", "?article tl:textLength ?length"),
        ("asserted", "id:unstated-begin rdfs:label ?what"),
        ("evidence", "?thing tl:attestedIn ?passage"),
        ("evidence", "?statement tl:byRule ?rule"),
        ("ontology", "?property owl:inverseOf ?other"),
    ):
        assert count(graph, pattern) > 0, pattern
        assert count("facts", pattern) == 0, pattern
    whole = count("asserted", "?s ?p ?o") + count("inferred", "?s ?p ?o")
    assert 0 < release.counts["graph/facts"] == count("facts", "?s ?p ?o") < whole


def test_a_thing_stated_twice_is_counted_once_and_has_two_sources(release_of: Publish) -> None:
    store = pyoxigraph.Store.read_only(str(release_of().store_path))
    plain = f"SELECT (COUNT(*) AS ?n) {{ <{BASE_IRI}id/holding-1> <{TL}holder> ?who }}"
    assert [row["n"].value for row in store.query(plain)] == ["1"]  # type: ignore[union-attr]
    named = f"SELECT ?g {{ GRAPH ?g {{ <{BASE_IRI}id/holding-1> <{TL}holder> ?who }} ?g a <{TL}Passage> }}"
    assert len(list(store.query(named))) == 2  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "format", "is_whole"),
    [
        ("tulieu.trig.gz", pyoxigraph.RdfFormat.TRIG, True),
        ("tulieu.ttl.gz", pyoxigraph.RdfFormat.TURTLE, False),
        ("tulieu.jsonld.gz", pyoxigraph.RdfFormat.JSON_LD, False),
        ("tulieu.nt.gz", pyoxigraph.RdfFormat.N_TRIPLES, False),
    ],
)
def test_each_dump_holds_the_statements(
    name: str, format: pyoxigraph.RdfFormat, is_whole: bool, release_of: Publish
) -> None:
    release = release_of()
    assert len(list(release.dumps_path.iterdir())) == 4
    content = gzip.decompress((release.dumps_path / name).read_bytes())
    read = pyoxigraph.Dataset(pyoxigraph.parse(content, format=format))
    expected = pyoxigraph.Dataset(
        quad
        for quad in pyoxigraph.parse("\n".join(lines_of(release)), format=pyoxigraph.RdfFormat.N_QUADS)
        if is_whole or isinstance(quad.graph_name, pyoxigraph.DefaultGraph)
    )
    for dataset in (read, expected):
        dataset.canonicalize(pyoxigraph.CanonicalizationAlgorithm.RDFC_1_0)
    assert set(read) == set(expected)


def test_the_search_index_finds_names_in_any_spelling(release_of: Publish, append: Append) -> None:
    append("ontology/terms/all.ttl", "tl:isNameFormOf a owl:ObjectProperty . tl:form a owl:DatatypeProperty .")
    append(
        ARTICLE,
        'GRAPH p:p03.s1 { id:name-1 tl:isNameFormOf id:person-mai-hoa ; tl:form "cô Hoa"@vi .'
        ' id:holding-1 tl:documentNumber "05-QĐ/X" }',
    )
    with closing(sqlite3.connect(release_of().search_path)) as index:

        def find(words: str) -> set[tuple[str, str, str, str]]:
            found = index.execute("SELECT iri, kind, language, label FROM labels WHERE folded MATCH ?", (words,))
            return {(row[0].removeprefix(BASE_IRI), row[1].removeprefix(str(TL)), row[2], row[3]) for row in found}

        assert find('"uy ban"') >= {("id/organ-green", "Organ", "vi", "Ủy ban Xanh")}
        assert find('"co hoa"') == {("id/person-mai-hoa", "Person", "vi", "cô Hoa")}
        assert find('"05 qd x"') == {("id/holding-1", "Holding", "", "05-QĐ/X")}
        assert find('"mot ngay"') == {("article/sample-1", "Article", "vi", "Một ngày vui")}
        assert not find('"xanh lam"')


def test_the_proofs_and_reports_are_in_the_release(release_of: Publish) -> None:
    release = release_of()
    proofs = json.loads(gzip.decompress(release.proofs_path.read_bytes()))
    shortcut = f"<{TL}hasHeldOffice>"
    (proof,) = [each for each in proofs.values() if each["statement"][1] == shortcut]
    assert proof["rule"] == "prp-spo2" and len(proof["premises"]) == 2
    assert json.loads(release.report_path.read_text())["conforms"] is True
    assert len(Graph().parse(release.folder / "report.ttl", format="turtle")) > 0


def test_counts_are_of_graphs_and_of_things_by_class(release_of: Publish) -> None:
    release = release_of()
    assert release.counts["Person"] == 1 and release.counts["Passage"] == 4
    quads = pyoxigraph.parse("\n".join(lines_of(release)), format=pyoxigraph.RdfFormat.N_QUADS)
    in_default = [quad for quad in quads if isinstance(quad.graph_name, pyoxigraph.DefaultGraph)]
    assert release.counts["graph/default"] == len(in_default)
    assert {"graph/asserted", "graph/inferred", "graph/evidence", "graph/shapes", "graph/ontology"} <= set(
        release.counts
    )


def test_no_file_of_a_release_holds_an_address_or_path_of_this_machine(release_of: Publish, tmp_path: Path) -> None:
    release = release_of()
    for path in (release.dataset_path, release.proofs_path, release.report_path, release.folder / MANIFEST):
        content = path.read_bytes()
        assert str(tmp_path).encode() not in (gzip.decompress(content) if path.suffix == ".gz" else content)


# The same each time


def test_the_same_files_give_the_same_bytes(release_of: Publish, tmp_path: Path) -> None:
    one, two = release_of(tmp_path / "one"), release_of(tmp_path / "two")
    names = sorted(
        path.relative_to(one.folder) for path in one.folder.rglob("*") if path.is_file() and "store" not in path.parts
    )
    assert len(names) >= 10
    for name in names:
        assert (one.folder / name).read_bytes() == (two.folder / name).read_bytes(), name


def test_the_same_bytes_come_out_of_another_process(release_of: Publish, folder: Path, tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from tulieu.pipeline.build import build;"
        "print(build(Path(sys.argv[1]), Path(sys.argv[2]))[0].dataset_digest)"
    )
    digests = {release_of().dataset_digest}
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONPATH": str(SERVER), "PYTHONHASHSEED": seed}
        command = [sys.executable, "-c", code, str(folder), str(tmp_path / seed)]
        digests.add(subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout.strip())
    assert len(digests) == 1


def test_a_build_that_changes_no_statement_makes_no_release(release_of: Publish, state: Path, folder: Path) -> None:
    first = release_of()
    path = folder / AUTHORITY
    path.write_text("# A comment says nothing to the graph.\n" + path.read_text())
    second = release_of(now=NOW + timedelta(hours=1))
    assert second == first and len(list_releases(state)) == 1
    assert is_up_to_date(state, load(folder).digest, BASE_IRI), "the files need not be read again"


def test_a_change_makes_a_release_and_the_old_one_stays(release_of: Publish, change: Change, state: Path) -> None:
    first = release_of()
    change(AUTHORITY, '"Mai Hoa"@vi', '"Mai Hòa"@vi')
    second = release_of(now=NOW + timedelta(hours=1))
    assert [release.id for release in list_releases(state)] == [first.id, second.id]
    assert find_current(state).id == second.id and open_release(first.folder) == first
    change(AUTHORITY, '"Mai Hòa"@vi', '"Mai Hoa"@vi')
    third = release_of(now=NOW + timedelta(hours=2))
    assert third.dataset_digest == first.dataset_digest and third.id != first.id, "going back is a new release"


# When something fails


@pytest.mark.parametrize("broken", ["_write_gzip", "write_index", "write_changes", "_sync"])
def test_on_a_full_disk_the_last_good_release_stays(
    broken: str, release_of: Publish, change: Change, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = release_of()
    change(AUTHORITY, '"Mai Hoa"@vi', '"Mai Hòa"@vi')

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(publishing, broken, full)
        with pytest.raises(ReleaseError, match=r"No space left on device.*last good release stays"):
            release_of(now=NOW + timedelta(hours=1))
    assert find_current(state) == open_release(good.folder.resolve())
    assert [path.name for path in (state / "releases").iterdir()] == [good.id], "nothing half-written is left"
    assert release_of(now=NOW + timedelta(hours=2)).id != good.id


def test_on_a_disk_full_at_the_switch_the_last_good_release_stays(
    release_of: Publish, change: Change, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = release_of()
    change(AUTHORITY, '"Mai Hoa"@vi', '"Mai Hòa"@vi')

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(publishing.releases, "switch", full)
        with pytest.raises(ReleaseError):
            release_of(now=NOW + timedelta(hours=1))
    assert find_current(state).id == good.id
    assert find_current(state).id != release_of(now=NOW + timedelta(hours=2)).id


@pytest.mark.parametrize(
    "victim", ["_write_gzip", "write_index", "write_changes", "_sync", "releases.write_manifest", "releases.switch"]
)
def test_a_build_killed_in_the_middle_leaves_the_last_good_release(
    victim: str, release_of: Publish, change: Change, folder: Path, state: Path
) -> None:
    good = release_of()
    change(AUTHORITY, '"Mai Hoa"@vi', '"Mai Hòa"@vi')
    code = (
        "import os, signal, sys; from pathlib import Path; from tulieu.pipeline import build, publish;"
        f"publish.{victim} = lambda *_: os.kill(os.getpid(), signal.SIGKILL);"
        "build.build(Path(sys.argv[1]), Path(sys.argv[2]))"
    )
    killed = subprocess.run(
        [sys.executable, "-c", code, str(folder), str(state)],
        env={**os.environ, "PYTHONPATH": str(SERVER)},
        capture_output=True,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert find_current(state).id == good.id
    left = [path for path in (state / "releases").iterdir() if path.name != good.id]
    assert len(left) == 1
    if victim != "releases.switch":
        with pytest.raises(ReleaseError, match="no manifest"):
            open_release(left[0])
        assert [release.id for release in list_releases(state)] == [good.id]
    new = release_of(now=NOW + timedelta(hours=2))
    assert find_current(state).id == new.id != good.id
    assert not [path for path in (state / "releases").iterdir() if path.name.startswith(".")], "leftovers are removed"


def test_a_state_folder_that_cannot_be_made_is_told(release_of: Publish, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ReleaseError, match="cannot be written"):
        release_of(tmp_path / "file")


def test_a_current_release_that_was_damaged_is_replaced(release_of: Publish, state: Path) -> None:
    release = release_of()
    (release.folder / MANIFEST).write_text("{", encoding="utf-8")
    assert release_of(now=NOW + timedelta(hours=1)).id != release.id
    assert find_current(state).dataset_digest == release.dataset_digest

"""What a release says it changed is what changed, statement by statement, and nothing that only has a new name."""

import gzip
import itertools
import json
import subprocess
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyoxigraph
import pytest
from pyoxigraph import BlankNode, CanonicalizationAlgorithm, Dataset, NamedNode, Quad, RdfFormat

from tulieu.changes import ADDED, CHANGED, REMOVED, Changes, read_changed_statements, read_changed_things, read_changes
from tulieu.pipeline.blanks import rename_blanks
from tulieu.pipeline.changes import write_changes
from tulieu.pipeline.evidence import evidence
from tulieu.pipeline.load import load
from tulieu.pipeline.publish import publish
from tulieu.pipeline.reason import reason
from tulieu.pipeline.validate import validate
from tulieu.release import MANIFEST, SUMS, Release, find_current, read_history
from tulieu.store import Iri
from tulieu.vocabulary import BASE_IRI, Names

from .conftest import ARTICLE_FILE, AUTHORITY_FILE, ONTOLOGY_FILE, PREFIXES

Change = Callable[[str, str, str], int]
Append = Callable[[str, str], int]
Record = Callable[..., Release]
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
FIRST, SECOND = "2026-01-02T03:04:05Z", "2026-01-02T04:04:05Z"
MERGED = {f"<{BASE_IRI}graph/asserted>", f"<{BASE_IRI}graph/facts>", "DEFAULT"}
OLD = """
GRAPH p:p01.s1 { id:person-a a tl:Person . id:holding-1 tl:holder id:person-a . }
GRAPH p:p02.s1 { id:person-b a tl:Person . }
GRAPH n:year { id:time-1 tl:earliestDay "2023-05-17"^^xsd:date . }
GRAPH graph:authority { id:person-a rdfs:label "An"@vi, "An"@en . id:person-b rdfs:label "Bình"@vi . }
GRAPH graph:passages { p:p01.s1 tl:inArticle article:sample-1 . p:p02.s1 tl:inArticle article:sample-1 . }
GRAPH graph:ontology { tl:Person a owl:Class . tl:chain owl:propertyChainAxiom ( tl:one tl:two tl:three ) . }
GRAPH graph:shapes { tl:PersonShape sh:property [ sh:path tl:name ; sh:in ( "x" "y" ) ] . }
GRAPH graph:evidence { id:person-a tl:attestedIn p:p01.s1 . id:statement-1 tl:byRule "prp-inv2" . }
GRAPH graph:asserted { id:person-a a tl:Person . }
id:person-a a tl:Person .
"""


@pytest.fixture
def record(tmp_path: Path) -> Record:
    """Write what a release of this text changes, an hour after the one before it."""
    releases: list[Release] = []

    def make(text: str, previous: Release | None = None, base_iri: str = BASE_IRI, folder: str = "") -> Release:
        moment = f"{NOW + timedelta(hours=len(releases)):%Y-%m-%dT%H:%M:%SZ}"
        path = tmp_path / (folder or f"release-{len(releases)}")
        path.mkdir()
        dataset = Dataset(pyoxigraph.parse(PREFIXES + text, format=RdfFormat.TRIG))
        dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
        quads = sorted(dataset, key=str)
        release = Release(path, path.name, moment, base_iri, "tulieu 0", "k", "d")
        release.dataset_path.write_bytes(gzip.compress("".join(f"{quad} .\n" for quad in quads).encode()))
        write_changes(release, quads, previous, Names(base_iri))
        releases.append(release)
        return release

    return make


def changes_of(release: Release) -> Changes:
    changes = read_changes(release)
    assert changes is not None
    return changes


def quads_of(path: Path) -> list[Quad]:
    return list(pyoxigraph.parse(gzip.decompress(path.read_bytes()), format=RdfFormat.N_QUADS))


def kept(release: Release) -> set[Quad]:
    return set(rename_blanks(quad for quad in quads_of(release.dataset_path) if str(quad.graph_name) not in MERGED))


def changed(release: Release, kind: str) -> set[Quad]:
    return set(quads_of(release.changes_path / f"{kind}.nq.gz"))


def local(names: Iterable[str]) -> set[str]:
    return {name.removeprefix("id/") for name in names}


# Statements


def test_the_first_release_changes_nothing_and_says_that_none_was_before(record: Record) -> None:
    release = record(OLD)
    changes = changes_of(release)
    assert (changes.previous, changes.is_compared, changes.total) == ("", False, 0)
    history = read_history(release.changed_path)
    assert set(history.changed.values()) == {FIRST} and not history.known and not history.gone
    documents = {"article/sample-1", "passage/sample-1/p02.s1", "note/sample-1/year", "ontology", "shapes"}
    assert {"id/person-a", "graph/authority", *documents} <= set(release.read_changed())
    assert "id/statement-1" not in release.read_changed()


def test_the_old_statements_without_the_removed_and_with_the_added_are_the_new_ones(record: Record) -> None:
    first = record(OLD)
    text = OLD.replace('"An"@en', '"Anh"@en').replace("id:person-b a tl:Person", 'id:person-b tl:form "1_:b ."')
    text = text.replace("tl:two", "tl:other") + "GRAPH graph:ontology { tl:Group owl:unionOf ( tl:Organ tl:Person ) }"
    second = record(text, first)
    added, removed = changed(second, ADDED), changed(second, REMOVED)
    assert added and removed and not added & removed
    assert kept(second) == (kept(first) - removed) | added
    changes = changes_of(second)
    assert (changes.previous, changes.is_compared) == (first.id, True)
    assert (changes.added.statements, changes.removed.statements) == (len(added), len(removed))
    for kind, quads in ((ADDED, added), (REMOVED, removed)):
        counted = dict.fromkeys(changes.graphs, 0)
        for quad in quads:
            counted[str(quad.graph_name)[1:-1].removeprefix(BASE_IRI)] += 1
        assert counted == {graph: numbers[kind] for graph, numbers in changes.graphs.items()}
    assert changes.graphs["graph/authority"] == changes.graphs["passage/sample-1/p02.s1"] == {ADDED: 1, REMOVED: 1}


@pytest.mark.parametrize(
    ("old", "new", "added"),
    [
        # The node and its list of three; and nothing of the axioms that were there.
        ("", "[] a owl:AllDisjointClasses ; owl:members ( tl:Organ tl:Office tl:Holding ) .", 8),
        (
            "[] a owl:AllDisjointClasses ; owl:members ( tl:Person tl:Office tl:Holding ) .",
            "[] a owl:AllDisjointClasses ; owl:members ( tl:Person tl:Office tl:Holding ) ."
            "[] a owl:AllDisjointClasses ; owl:members ( tl:Organ tl:Office tl:Holding ) .",
            8,
        ),
        # The way to the second member, which is another one; the list that follows is the same.
        ("tl:a owl:unionOf ( tl:b tl:c tl:d ) .", "tl:a owl:unionOf ( tl:b tl:x tl:d ) .", 5),
        ("tl:a owl:unionOf ( tl:b tl:c ) .", "tl:a owl:unionOf ( tl:b tl:c ) . tl:e owl:unionOf ( tl:b tl:c ) .", 5),
    ],
)
def test_a_list_that_nobody_touched_is_no_change(old: str, new: str, added: int, record: Record) -> None:
    first = record(f"{OLD} GRAPH graph:ontology {{ {old} }}")
    second = record(f"{OLD} GRAPH graph:ontology {{ {new} }}", first)
    lists = [{quad for quad in quads_of(each.dataset_path) if "_:" in str(quad)} for each in (first, second)]
    assert not lists[0] <= lists[1], "canonical names have changed"
    changes = changes_of(second)
    assert set(changes.graphs) == {"graph/ontology"} and changes.graphs["graph/ontology"][ADDED] == added


def test_nodes_that_describe_each_other_in_a_circle_do_not_stop_a_build() -> None:
    one, two, points = BlankNode("one"), BlankNode("two"), NamedNode("https://example.org/points")
    assert len(rename_blanks([Quad(one, points, two), Quad(two, points, one), Quad(one, points, points)])) == 3


def test_a_list_of_any_length_is_named() -> None:
    first, rest = NamedNode("https://example.org/first"), NamedNode("https://example.org/rest")
    cells = [BlankNode(f"c{number}") for number in range(3000)]
    quads = [Quad(cell, first, pyoxigraph.Literal(str(number))) for number, cell in enumerate(cells)]
    quads += [Quad(cell, rest, after) for cell, after in itertools.pairwise(cells)]
    assert len({quad.subject for quad in rename_blanks(quads)}) == 3000


def test_pages_of_changes_hold_each_statement_once_what_is_said_first(record: Record) -> None:
    first = record(OLD)
    people = "".join(
        f"GRAPH graph:authority {{ id:person-{number} a tl:Person }}"
        f"GRAPH graph:evidence {{ id:person-{number} tl:attestedIn p:p01.s1 }}"
        for number in range(130)
    )
    second = record(OLD.replace('"An"@vi', '"Anh"@vi').replace('"prp-inv2"', '"prp-inv1"') + people, first)
    changes = changes_of(second)
    assert (changes.said, changes.total, len(changes.added.parts)) == (132, 264, 3)
    pages = [read_changed_statements(second, changes, start, 70) for start in range(0, changes.total, 70)]
    assert [len(page) for page in pages] == [70, 70, 70, 54]
    found = [each for page in pages for each in page]
    assert len({(each.kind, each.place) for each in found}) == len({(e.kind, e.statement) for e in found}) == 264
    is_evidence = [each.statement.graph == Iri(f"{BASE_IRI}graph/evidence") for each in found]
    assert is_evidence == [False] * 132 + [True] * 132
    assert read_changed_statements(second, changes, 263, 70) == (found[-1],)
    assert read_changed_statements(second, changes, 264, 70) == ()
    assert changed(second, ADDED) == set(quads_of(second.changes_path / "added.nq.gz")), "one file, packed in parts"


# Things


def test_what_things_were_added_changed_and_removed_and_when(record: Record) -> None:
    first = record(OLD)
    text = OLD.replace("id:holding-1 tl:holder id:person-a .", "").replace('"An"@en', '"Anh"@en')
    second = record(text + 'GRAPH graph:authority { id:person-c rdfs:label "Châu"@vi, "Chau"@en }', first)
    things = read_changed_things(second)
    assert things[ADDED] == {"id/person-c": {"vi": "Châu", "en": "Chau"}}
    assert things[CHANGED] == {"article/sample-1": {}, "id/person-a": {"vi": "An", "en": "Anh"}}
    assert things[REMOVED] == {"id/holding-1": {}}
    changes = changes_of(second)
    assert {kind: changes.of_names("id", kind) for kind in (ADDED, CHANGED, REMOVED)} == dict.fromkeys(things, 1)
    assert changes.of_names("passage", CHANGED) == 1 and changes.of_names("note", CHANGED) == 0
    history = read_history(second.changed_path)
    for name, known, moment in (
        ("id/person-c", SECOND, SECOND),
        ("id/person-a", FIRST, SECOND),
        ("id/person-b", FIRST, FIRST),
        ("passage/sample-1/p01.s1", FIRST, SECOND),
        ("passage/sample-1/p02.s1", FIRST, FIRST),
        ("article/sample-1", FIRST, SECOND),
        ("graph/authority", FIRST, SECOND),
        ("ontology", FIRST, FIRST),
    ):
        assert (history.known_since(name), second.read_changed()[name]) == (known, moment), name


def test_evidence_alone_changes_no_thing(record: Record) -> None:
    second = record(OLD.replace('"prp-inv2"', '"prp-inv1"'), record(OLD))
    assert changes_of(second).total == 2 and changes_of(second).said == 0
    assert set(second.read_changed().values()) == {FIRST}


def test_what_is_gone_is_remembered_with_the_last_release_that_had_it(record: Record) -> None:
    without = OLD.replace("id:holding-1 tl:holder id:person-a .", "")
    first = record(OLD)
    second = record(without, first)
    third = record(without.replace('"An"@en', '"Anh"@en'), second)
    for release in (second, third):
        assert read_history(release.changed_path).gone == {"id/holding-1": first.id}
        assert "id/holding-1" not in release.read_changed()
    fourth = record(OLD, third)
    assert not read_history(fourth.changed_path).gone
    assert read_history(fourth.changed_path).known_since("id/holding-1") == fourth.created


# What cannot be compared


def test_with_other_names_nothing_is_compared_and_that_is_said(record: Record) -> None:
    first = record(OLD)
    second = record(
        OLD.replace("id:", "<https://archive.example/id/x> a tl:Person . id:", 1), first, "https://archive.example/"
    )
    changes = changes_of(second)
    assert (changes.previous, changes.is_compared, changes.total) == (first.id, False, 0)
    assert second.read_changed() == {"id/x": SECOND} and not second.changes_path.exists()


def test_a_release_of_older_software_is_compared_and_has_no_record_of_its_own(record: Record) -> None:
    first = record(OLD)
    first.changed_path.unlink()
    first.changes_json_path.unlink()
    assert read_changes(first) is None and first.read_changed() == {}
    second = record(OLD.replace('"An"@en', '"Anh"@en'), first)
    assert changes_of(second).is_compared and second.read_changed()["id/person-a"] == SECOND
    assert second.read_changed()["id/person-b"] == read_history(second.changed_path).known_since("id/person-b") == FIRST


@pytest.mark.parametrize("damage", [b"\x1f\x8b no gzip", gzip.compress(b"no quads\n"), gzip.compress(b"x" * 999)[:-9]])
def test_a_previous_release_that_cannot_be_read_is_not_compared(damage: bytes, record: Record) -> None:
    first = record(OLD)
    first.dataset_path.write_bytes(damage)
    second = record(OLD.replace('"An"@en', '"Anh"@en'), first)
    assert not changes_of(second).is_compared and not second.changes_path.exists()
    assert set(second.read_changed().values()) == {SECOND}


def test_the_same_changes_give_the_same_bytes(record: Record) -> None:
    first = record(OLD)
    ones, twos = (record(OLD.replace('"An"@en', '"Anh"@en').replace("tl:two", "tl:other"), first) for _ in "12")
    names = ("changes.json", "changes/added.nq.gz", "changes/removed.nq.gz", "changes/things.json.gz")
    assert [(ones.folder / name).read_bytes() for name in names] == [
        (twos.folder / name).read_bytes() for name in names
    ]


# By the build


def test_a_build_writes_what_it_changes_and_the_digests_of_all_files(
    folder: Path, change: Change, append: Append, tmp_path: Path
) -> None:
    state = tmp_path / "state"

    def build(hours: int) -> Release:
        knowledge = load(folder)
        closure = reason(knowledge.merged(), knowledge.names)
        shown = evidence(knowledge.dataset, knowledge.names, closure.inferred, closure.proofs)
        now = NOW + timedelta(hours=hours)
        return publish(knowledge, validate(knowledge), closure.inferred, shown, state, "tulieu 0", now)

    first = build(0)
    assert changes_of(first).previous == "" and not first.changes_path.exists()
    change(AUTHORITY_FILE, '"Mai Hoa"@vi', '"Mai Hòa"@vi')
    change(ARTICLE_FILE, "id:office-chair tl:officeIn id:organ-green .", "")
    append(ONTOLOGY_FILE, "tl:Group a owl:Class ; owl:unionOf ( tl:Organ tl:Person ) .")
    build(1)
    second = find_current(state)
    assert kept(second) == (kept(first) - changed(second, REMOVED)) | changed(second, ADDED)
    assert changes_of(second).graphs["graph/ontology"] == {ADDED: 6, REMOVED: 0}
    assert second.read_changed()["id/person-mai-hoa"] == SECOND and second.read_changed()["note/sample-1/year"] == FIRST
    fetched = tmp_path / "fetched"
    fetched.mkdir()
    for path in second.list_files():
        (fetched / path.name).write_bytes(path.read_bytes())
    names = {line.split("  ")[1] for line in (fetched / SUMS).read_text().splitlines()}
    assert names == {path.name for path in second.list_files()} - {SUMS}
    assert {"added.nq.gz", "changes.json", MANIFEST, "report.ttl", "tulieu.trig.gz", "dataset.nq.gz"} <= names
    checked = subprocess.run(["sha256sum", "--check", "--strict", SUMS], cwd=fetched, capture_output=True, check=False)
    assert checked.returncode == 0, checked.stderr
    assert json.loads((fetched / MANIFEST).read_text())["id"] == second.id
    assert second.digest_of(second.dataset_path) in (fetched / SUMS).read_text()

"""The steps in their order, and what stops a build before anything is written."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tulieu.errors import ConformanceError, InconsistencyError, KnowledgeError
from tulieu.pipeline.build import STEPS, build, check, software_version
from tulieu.release import find_current, is_up_to_date, list_releases
from tulieu.vocabulary import BASE_IRI

Change = Callable[[str, str, str], int]
Append = Callable[[str, str], int]
ARTICLE, TERMS = "data/articles/sample-1.trig", "ontology/terms/all.ttl"
PASSAGE = f"{BASE_IRI}passage/sample-1/"


def test_a_build_takes_the_steps_in_order_and_times_each(folder: Path, tmp_path: Path) -> None:
    told: list[str] = []
    release, outcome = build(folder, tmp_path / "state", progress=told.append)
    assert tuple(told) == tuple(outcome.timings) == STEPS
    assert all(seconds >= 0 for seconds in outcome.timings.values())
    assert find_current(tmp_path / "state").id == release.id
    assert release.software == software_version()
    assert outcome.conforms and len(outcome.closure.inferred) >= 2


def test_a_check_takes_all_steps_but_the_last_and_writes_nothing(folder: Path, tmp_path: Path) -> None:
    before = sorted(tmp_path.rglob("*"))
    outcome = check(folder)
    assert tuple(outcome.timings) == STEPS[:-1]
    assert outcome.conforms
    outcome.require_sound()
    assert sorted(tmp_path.rglob("*")) == before


def test_library_code_prints_nothing(folder: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    build(folder, tmp_path / "state")
    assert capfd.readouterr() == ("", "")


def test_files_that_cannot_be_read_stop_the_build(folder: Path, tmp_path: Path, append: Append) -> None:
    append(ARTICLE, "GRAPH p:p01.s1 { id:holding-1 }")
    with pytest.raises(KnowledgeError, match=rf"{ARTICLE}:\d+:\d+: syntax error"):
        build(folder, tmp_path / "state")
    assert list_releases(tmp_path / "state") == ()


def test_a_violation_stops_the_build_and_is_told_with_file_focus_path_and_message(
    folder: Path, tmp_path: Path, change: Change
) -> None:
    good, _ = build(folder, tmp_path / "state")
    change(ARTICLE, "    tl:heldOffice id:office-chair ;\n", "")
    with pytest.raises(ConformanceError) as caught:
        build(folder, tmp_path / "state")
    told = str(caught.value)
    for part in (
        ARTICLE,
        f"{BASE_IRI}id/holding-1",
        "ontology#heldOffice",
        "no office: name it",
        "thiếu chức vụ: ghi vào",
    ):
        assert part in told, told
    assert find_current(tmp_path / "state").id == good.id
    outcome = check(folder)
    assert not outcome.conforms and "reason" not in outcome.timings


def test_a_warning_does_not_stop_the_build_and_is_published(folder: Path, tmp_path: Path, append: Append) -> None:
    append(
        "shapes/all.ttl",
        'tl:LabelShape a sh:NodeShape ; sh:targetClass tl:Office ; sh:severity sh:Warning ; sh:message "odd"@en ;'
        " sh:nodeKind sh:Literal .",
    )
    release, outcome = build(folder, tmp_path / "state")
    assert outcome.report.counts()["Warning"] == 1
    assert '"Warning": 1' in release.report_path.read_text()


def test_a_contradiction_stops_the_build_and_names_statements_and_passages(
    folder: Path, tmp_path: Path, append: Append
) -> None:
    good, _ = build(folder, tmp_path / "state")
    # The green committee is an organ, and whoever holds an office is a person.
    append(
        ARTICLE,
        "GRAPH p:p03.s1 { id:holding-2 a tl:Holding ; tl:holder id:organ-green ; tl:heldOffice id:office-chair }",
    )
    with pytest.raises(InconsistencyError) as caught:
        build(folder, tmp_path / "state")
    told = str(caught.value)
    assert "id/holding-2" in told and "ontology#holder" in told and "id/organ-green" in told
    assert f"<{PASSAGE}p03.s1> ({ARTICLE})" in told
    assert f"<{BASE_IRI}graph/authority> (data/authority/all.ttl)" in told
    assert find_current(tmp_path / "state").id == good.id
    assert not check(folder).conforms


def test_a_shape_of_the_closure_stops_the_build(folder: Path, tmp_path: Path, append: Append) -> None:
    append(
        "shapes/closure/all.ttl",
        "tl:ServedShape a sh:NodeShape ; sh:targetSubjectsOf tl:hasHeldOffice ; sh:class tl:Organ .",
    )
    with pytest.raises(ConformanceError, match="person-mai-hoa"):
        build(folder, tmp_path / "state")


def test_another_base_goes_through_to_the_release(folder: Path, tmp_path: Path) -> None:
    base = "https://archive.example/"
    release, _ = build(folder, tmp_path / "state", base)
    assert release.base_iri == base
    digest = release.knowledge_digest
    assert is_up_to_date(tmp_path / "state", digest, base) and not is_up_to_date(tmp_path / "state", digest, BASE_IRI)
    assert build(folder, tmp_path / "state")[0].base_iri == BASE_IRI

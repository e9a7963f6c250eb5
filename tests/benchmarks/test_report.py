"""What is told of a measurement: targets are for what is measured, a missed one says so, the page keeps its text."""

from pathlib import Path
from xml.etree import ElementTree

from benchmarks import peers
from benchmarks.questions import mix
from benchmarks.report import KINDS, TARGETS, Comparison, Results, markdown, plot, write


def results(ratio: float) -> Results:
    comparison = Comparison("archive", "Oxigraph", "repeated", 94, 100 * ratio, 100, ratio, ratio, ratio, True)
    return Results("2026-01-02", "a machine", {"archive": 1_000_000}, (comparison,), 0.0002, 0.06, ("a remark",))


def test_the_questions_are_the_stored_examples() -> None:
    assert len(mix()) > 90
    assert {question.accept for question in mix()} == {"application/sparql-results+json", "application/n-triples"}


def test_every_target_is_for_something_that_is_measured() -> None:
    for dataset, peer, kind, _ in TARGETS:
        assert dataset in ("archive", "article")
        assert peer in peers.STARTS
        assert kind in KINDS


def test_a_target_that_is_missed_is_said_to_be() -> None:
    assert "2: met" in markdown(results(2.0))
    assert "2: **missed**" in markdown(results(1.99))
    assert "after 60 ms; target at most 50 ms: **missed**" in markdown(results(2.0))


def test_the_plot_is_well_formed() -> None:
    assert ElementTree.fromstring(plot(results(0.01))).tag.endswith("svg")


def test_the_page_keeps_what_is_around_the_measured_part(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    (tmp_path / "images").mkdir()
    page.write_text("before\n<!-- measured: begin -->\nold\n<!-- measured: end -->\nafter\n", encoding="utf-8")
    write(results(3.0), tmp_path / "results.json", page)
    text = page.read_text(encoding="utf-8")
    assert text.startswith("before\n")
    assert text.endswith("<!-- measured: end -->\nafter\n")
    assert "old" not in text
    assert "| 3.00 |" in text

"""What is told of a measurement: targets are for what is measured, a missed one says so, the page keeps its text."""

from pathlib import Path
from xml.etree import ElementTree

from benchmarks import peers
from benchmarks.plot import plot
from benchmarks.questions import mix
from benchmarks.report import in_order, markdown, write
from benchmarks.results import DATASETS, KINDS, TARGETS, Comparison, Omission, Results, Timing


def results(ratio: float) -> Results:
    aggregates = Comparison("archive", "Virtuoso", "aggregates", 8, 1.0, 12.5, 0.08, 0.0625, 0.1, True)
    left = {"another answer": ("70-what", "93-which"), "no answer in time": tuple(map(str, range(80)))}
    omissions = (Omission("archive", "Virtuoso", "mix", 96, left), Omission("archive", "Virtuoso", "lookup", 200, {}))
    timings = (Timing("archive", "tulieu", "things by class", 1.25), Timing("archive", "Virtuoso", "months", 0.01))
    comparison = Comparison("archive", "Oxigraph", "repeated", 94, 100 * ratio, 100, ratio, ratio, ratio, True)
    return Results(
        "2026-01-02", "a machine", {"archive": 1_000_000}, (comparison, aggregates), omissions, timings, 0.0002, 0.06,
        ("a remark",),
    )  # fmt: skip


def test_the_questions_are_the_stored_examples() -> None:
    assert len(mix()) > 90
    assert {question.accept for question in mix()} == {"application/sparql-results+json", "application/n-triples"}


def test_every_target_is_for_something_that_is_measured() -> None:
    for dataset, peer, kind, _ in TARGETS:
        assert dataset in DATASETS
        assert peer in peers.STARTS
        assert kind in KINDS


def test_a_target_that_is_missed_is_said_to_be() -> None:
    assert "2: met" in markdown(results(2.0))
    assert "2: **missed**" in markdown(results(1.99))
    assert "after 60 ms; target at most 50 ms: **missed**" in markdown(results(2.0))


def test_what_is_left_out_is_told_with_its_reason_and_in_short() -> None:
    told = "of 96 stored questions 14 count; left out: 2 for another answer (70, 93); 80 for no answer in time."
    assert told in markdown(results(2.0))
    assert "single things" not in markdown(results(2.0))


def test_who_is_faster_at_aggregates_is_named() -> None:
    told = "**Virtuoso is faster at aggregates** on the archive: 12.5 times tulieu's rate (10.0 to 16.0"
    assert told in markdown(results(2.0))
    assert "| archive | things by class | 1,250.0 | – |" in markdown(results(2.0))
    assert "| archive | months | – | 10.0 |" in markdown(results(2.0))


def test_comparisons_stand_by_data_peer_and_load() -> None:
    given = results(2.0).comparisons
    assert in_order(reversed(given)) == given


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

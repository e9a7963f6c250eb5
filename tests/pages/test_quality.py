import json
import re
from dataclasses import replace
from pathlib import Path

import pyoxigraph
import pytest

from tulieu.pages.archive import Archive, open_archive
from tulieu.pages.knowledge import Knowledge
from tulieu.pages.links import Links
from tulieu.pages.quality import QualityListPage, make_quality_list_page, make_quality_page
from tulieu.pages.values import Values
from tulieu.pages.visit import Visit
from tulieu.release import Release
from tulieu.search import SearchIndex
from tulieu.store import Store
from tulieu.vocabulary import BASE_IRI

LISTS = ("findings", "disagreements", "open-points", "editorial", "silent")
SHAPE = BASE_IRI + "ontology#PersonShape"
PERSON = BASE_IRI + "id/person-sample-duong"


def reader(archive: Archive, language: str = "vi") -> Values:
    return Values(archive.labels, Links("https://archive.example/", archive.names), language)


def list_page(archive: Archive, name: str, page: str = "1") -> QualityListPage:
    found = make_quality_list_page(archive, Visit(reader(archive), f"quality/{name}", {"page": (page,)}))
    assert found is not None
    return found


@pytest.fixture(scope="module")
def archive(sample: Release, store: Store) -> Archive:
    return open_archive(sample, store, SearchIndex(sample.search_path))


@pytest.fixture(scope="module")
def real(release: Release) -> Archive:
    return open_archive(release, Store(release.store_path), SearchIndex(release.search_path))


@pytest.fixture
def reported(archive: Archive, tmp_path: Path) -> Archive:
    """The sample with a report of sixty warnings and one violation."""
    warning = {
        "focus_node": PERSON, "path": "http://www.w3.org/2000/01/rdf-schema#label", "value": '"a \\"b\\""@vi',
        "messages": {"en": f"<{PERSON}> lacks a label.", "vi": f"<{PERSON}> thiếu nhãn."}, "severity": "Warning",
        "source_shape": SHAPE, "constraint_component": "", "graphs": [], "files": [],
    }  # fmt: skip
    results = [*(60 * [warning]), {**warning, "severity": "Violation", "messages": {"en": "Wrong."}}]
    (tmp_path / "report.json").write_text(json.dumps({"conforms": False, "results": results}))
    return replace(archive, release=replace(archive.release, folder=tmp_path))


@pytest.mark.parametrize("which", ["archive", "real"])
def test_every_count_is_that_of_the_question_beside_it(which: str, request: pytest.FixtureRequest) -> None:
    archive: Archive = request.getfixturevalue(which)
    page = make_quality_page(archive, reader(archive))
    assert [each.name for each in page.listings] == list(LISTS)
    for listing in page.listings[1:]:
        assert listing.count == str(len(archive.store.select(listing.query))), listing.name
    voices = archive.store.select(page.voices_query)
    assert [each.count for each in page.voices] == [row["passages"].value for row in voices]
    assert len(voices) == len({each.kind for each in page.voices}) > 2
    assert page.unproven_count == str(len(archive.store.select(page.unproven_query)))
    rules = archive.store.select(page.rules_query)
    assert [(each.kind, each.count.replace(".", "")) for each in page.rules] == [
        (row["rule"].value, row["count"].value) for row in rules
    ]


def test_the_real_release_has_what_it_says(real: Archive) -> None:
    page = make_quality_page(real, reader(real, "en"))
    assert page.conforms is True
    assert page.unproven_count == "0"
    counts = {listing.name: listing.count for listing in page.listings}
    assert counts["findings"] == str(len(json.loads(real.release.report_path.read_text())["results"]))
    for name, kind in (("open-points", "UnstatedPoint"), ("editorial", "Note")):
        assert counts[name] == str(real.release.counts[kind])
    passages = sum(int(each.count) for each in page.voices)
    assert passages == real.release.counts["Passage"]
    asserted = real.release.counts["graph/asserted"]
    assert page.asserted_count.replace(",", "") == str(asserted)


def test_a_finding_is_told_in_words(reported: Archive) -> None:
    page = make_quality_page(reported, reader(reported))
    assert page.conforms is False
    assert [each.count for each in page.severities] == ["1", "60", "0"]
    ((shape, count),) = page.shapes_broken
    assert (shape.text.words, shape.href, count) == ("người", "/shapes#PersonShape", "61")
    first, second = (item.finding for item in page.listings[0].items[:2])
    assert first is not None
    assert second is not None
    assert first.severity == "Violation"
    assert first.message is not None
    assert (first.message.words, first.message.language) == ("Wrong.", "en")
    assert second.message is not None
    assert second.message.words == "Nguyễn Thị Đường thiếu nhãn."
    assert (second.thing.text.words, second.value) == ("Nguyễn Thị Đường", 'a "b"')


def test_a_long_list_stands_on_pages(reported: Archive) -> None:
    first, last = list_page(reported, "findings"), list_page(reported, "findings", "99")
    assert (len(first.listing.items), len(last.listing.items)) == (50, 11)
    assert (first.paging.last, last.paging.number) == (2, 2)
    assert first.paging.next_href.endswith("quality/findings?page=2")
    assert (first.paging.previous_href, last.paging.next_href) == ("", "")


def test_a_release_without_a_report_does_not_claim_to_conform(archive: Archive) -> None:
    assert make_quality_page(archive, reader(archive)).conforms is None


def test_notes_silent_passages_and_open_points_have_their_grounds(archive: Archive) -> None:
    (note,) = list_page(archive, "editorial").listing.items
    assert note.text is not None
    assert note.text.words.startswith("Tên chức vụ")
    assert len(note.sources) == 2
    (silent,) = list_page(archive, "silent").listing.items
    assert silent.text is not None
    assert silent.text.words == "Nhắc lại tiêu đề."
    (point,) = list_page(archive, "open-points").listing.items
    assert point.name.text.words == "Hội nghị Sông Thử"
    assert [source.href for source in point.sources] == ["/passage/sample-1/p02.s1"]


def test_there_is_no_list_of_another_name(archive: Archive) -> None:
    assert make_quality_list_page(archive, Visit(reader(archive), "quality/secrets", {})) is None


DISPUTED = """
@prefix g: <https://w3id.org/tulieu/graph/> .
@prefix i: <https://w3id.org/tulieu/id/> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix tl: <https://w3id.org/tulieu/ontology#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
g:shapes {
  i:a sh:maxCount 1 ; sh:path tl:documentNumber .
  i:b sh:targetSubjectsOf tl:hasTime ; sh:severity sh:Warning .
}
g:asserted {
  i:document tl:documentNumber "1", "2" ; tl:headline "a", "b" .
  i:apart tl:hasTime i:may, i:june .
  i:together tl:hasTime i:may, i:spring .
  i:work a tl:Activity ; tl:hasTime i:may, i:june .
  i:ten tl:hasMeasure i:m ; tl:isFigureOf i:x ; tl:value 10 .
  i:nine tl:hasMeasure i:m ; tl:isFigureOf i:x ; tl:value 9 .
  i:part tl:hasMeasure i:m ; tl:isFigureOf i:x ; tl:value 4 ; tl:hasCategory i:c .
  i:may tl:earliestDay "2023-05-01"^^xsd:date ; tl:latestDay "2023-05-31"^^xsd:date .
  i:june tl:earliestDay "2023-06-01"^^xsd:date ; tl:latestDay "2023-06-30"^^xsd:date .
  i:spring tl:earliestDay "2023-03-01"^^xsd:date ; tl:latestDay "2023-05-31"^^xsd:date .
}
"""


def test_disagreements_are_found_and_nothing_else_is(tmp_path: Path) -> None:
    store = pyoxigraph.Store(str(tmp_path))
    store.load(DISPUTED.encode(), format=pyoxigraph.RdfFormat.TRIG)
    # In a release the default graph holds what sources assert as well.
    store.extend([pyoxigraph.Quad(quad.subject, quad.predicate, quad.object) for quad in store])
    store.flush()
    del store
    rows = Knowledge(Store(tmp_path)).rows("disagreements")
    found = [tuple(re.split("[/#]", term.value)[-1] for term in row.values()) for row in rows]
    assert found == [("apart", "hasTime"), ("document", "documentNumber"), ("nine", "value", "ten")]

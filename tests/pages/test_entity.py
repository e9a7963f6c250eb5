import re
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pyoxigraph
import pytest

from tulieu.pages.archive import Archive, open_archive
from tulieu.pages.entity import EntityPage, make_entity_page
from tulieu.pages.facts import Fact, FactGroup
from tulieu.pages.feedback import Feedback
from tulieu.pages.labels import Text
from tulieu.pages.links import Links
from tulieu.pages.values import Values
from tulieu.pages.visit import Visit
from tulieu.release import Release
from tulieu.search import SearchIndex
from tulieu.store import Iri, Store
from tulieu.vocabulary import BASE_IRI

SHAPES = Path(__file__).parents[2] / "shapes"
# An invented document of which little is stated, an office nobody is said to hold, and what two passages differ on.
MORE = """
@prefix graph: <https://w3id.org/tulieu/graph/> .
@prefix id: <https://w3id.org/tulieu/id/> .
@prefix p: <https://w3id.org/tulieu/passage/sample-1/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix tl: <https://w3id.org/tulieu/ontology#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
GRAPH p:p02.s1 {
  id:document-sample-1 a tl:Document ; tl:documentNumber "01-QĐ/TU" .
  id:issuance-sample-1 a tl:DocumentIssuance ; tl:issuesDocument id:document-sample-1 .
  id:issuance-sample-1 tl:issuingAgent id:organ-sample-committee .
  id:office-sample-2 a tl:Office ; tl:officeIn id:organ-sample-committee .
  id:anniversary-sample-1 a tl:Anniversary ; tl:anniversaryYears 20 .
}
GRAPH p:p02.s2.b { id:anniversary-sample-1 tl:anniversaryYears 25 . }
GRAPH graph:inferred {
  id:document-sample-1 tl:issuedBy id:organ-sample-committee ; tl:hasIssuance id:issuance-sample-1 .
}
GRAPH graph:evidence { id:document-sample-1 tl:attestedIn p:p02.s1 . }
GRAPH graph:authority {
  id:office-sample-2 rdfs:label "Chair"@en, "Trưởng ban"@vi .
  id:document-sample-1 rdfs:label "Decision 1"@en, "Quyết định 1"@vi .
}
GRAPH graph:passages {
  p:p02.s1 tl:leavesUnstated id:unstated-sample-chair .
  id:unstated-sample-chair tl:unstatedAbout id:office-sample-2 ; tl:unstatedProperty tl:hasBeenHeldBy .
}
"""


@pytest.fixture(scope="module")
def archive(sample: Release, store: Store) -> Archive:
    return open_archive(sample, store, SearchIndex(sample.search_path))


Arrange = Callable[[str, str], Archive]


@pytest.fixture(scope="module")
def arrange(sample: Release, tmp_path_factory: pytest.TempPathFactory) -> Arrange:
    """The sample with more in it, and with the real shapes, in which one text stands for another."""

    @cache
    def open_with(old: str, new: str) -> Archive:
        folder = tmp_path_factory.mktemp("arranged") / "store"
        shutil.copytree(sample.store_path, folder)
        engine = pyoxigraph.Store(str(folder))
        into = pyoxigraph.NamedNode(f"{BASE_IRI}graph/shapes")
        found = 0
        for file in sorted(SHAPES.glob("*.ttl")):
            text = file.read_text(encoding="utf-8")
            found += len(re.findall(old, text)) if old else 1
            engine.load(re.sub(old, new, text) if old else text, format=pyoxigraph.RdfFormat.TURTLE, to_graph=into)
        assert found
        engine.load(MORE, format=pyoxigraph.RdfFormat.TRIG)
        asserted = pyoxigraph.NamedNode(f"{BASE_IRI}graph/asserted")
        for quad in pyoxigraph.parse(MORE, format=pyoxigraph.RdfFormat.TRIG):
            engine.add(pyoxigraph.Quad(quad.subject, quad.predicate, quad.object))
            engine.add(pyoxigraph.Quad(quad.subject, quad.predicate, quad.object, asserted))
        engine.flush()
        del engine
        return open_archive(sample, Store(folder), SearchIndex(sample.search_path))

    return open_with


def visit(archive: Archive, name: str, language: str = "vi", **parameters: str) -> Visit:
    values = Values(archive.labels, Links("https://archive.example/", archive.names), language)
    return Visit(values, f"doc/{name}", {key: (value,) for key, value in parameters.items()})


def read(archive: Archive, name: str, language: str = "vi", **parameters: str) -> EntityPage:
    page = make_entity_page(archive, f"{BASE_IRI}id/{name}", visit(archive, name, language, **parameters))
    assert page is not None
    return page


def labels(page: EntityPage) -> list[str]:
    return [each.label.words for each in page.groups]


def group(groups: tuple[FactGroup, ...], label: str) -> FactGroup:
    found = [each for each in groups if each.label.words == label]
    assert len(found) == 1, [each.label.words for each in groups]
    return found[0]


def only_fact(groups: tuple[FactGroup, ...], label: str) -> Fact:
    (fact,) = group(groups, label).facts
    return fact


def test_a_title_has_both_languages_where_they_differ(archive: Archive) -> None:
    page = read(archive, "organ-sample-committee")
    assert (page.title.words, page.title.language) == ("Ủy ban Sông Thử", "vi")
    assert page.other_title is not None
    assert (page.other_title.words, page.other_title.language) == ("Sông Thử Committee", "en")
    assert read(archive, "person-sample-duong").other_title is None
    assert read(archive, "organ-only-english").title.language == "en"


def test_kinds_are_the_narrowest_and_ours(archive: Archive) -> None:
    kinds = read(archive, "organ-sample-committee").kinds
    assert [kind.iri.rsplit("#", 1)[-1] for kind in kinds] == ["PartyCommittee"]
    assert kinds[0].href == "/browse/PartyCommittee"


def test_every_statement_has_its_passages_with_voice_and_summary(archive: Archive) -> None:
    page = read(archive, "event-sample-conference", "en")
    fact = only_fact(page.groups, "organised by")
    (source,) = fact.sources
    assert source.href == "/passage/sample-1/p02.s1"
    assert source.voice is not None and source.voice.words == "stated"
    assert source.summary is not None and source.summary.words == "The committee holds a conference on a day in May."
    assert not fact.is_inferred
    for each in page.groups:
        for every in each.facts:
            assert every.sources or every.proof
    assert all(pointer.sources for each in page.incoming for pointer in each.pointers)


def test_a_relation_stated_from_the_other_side_keeps_its_passages(archive: Archive) -> None:
    page = read(archive, "person-sample-duong", "en")
    fact = only_fact(page.groups, "has holding")
    assert [source.name.words for source in fact.sources] == ["Paragraph 2, sentence 2, part a", "Paragraph 3, caption"]
    assert fact.proof is None


def test_a_situation_is_folded_one_level_without_the_way_back(archive: Archive) -> None:
    fact = only_fact(read(archive, "person-sample-duong", "en").groups, "has holding")
    details = {detail.label.words: [value.text.words for value in detail.values] for detail in fact.details}
    assert details["held office"] == ["Head of the office"]
    assert "holder" not in details
    assert fact.value.text.words == "Nguyễn Thị Đường · Head of the office"


def test_an_inferred_statement_is_marked_and_explained(archive: Archive) -> None:
    fact = only_fact(read(archive, "person-sample-duong", "en").groups, "has held office")
    assert fact.is_inferred
    assert fact.proof is not None
    assert fact.proof.rule == "prp-spo2"
    assert "chain" in fact.proof.reason.words
    stated = [premise for premise in fact.proof.premises if not premise.is_inferred]
    inferred = [premise for premise in fact.proof.premises if premise.is_inferred]
    assert (len(stated), len(inferred)) == (1, 1)
    assert {source.voice_name for source in stated[0].sources} == {"reported", "caption"}


def test_the_proof_of_a_premise_has_a_page(archive: Archive) -> None:
    fact = only_fact(read(archive, "person-sample-duong").groups, "đã giữ chức vụ")
    assert fact.proof is not None
    (inferred,) = [premise for premise in fact.proof.premises if premise.is_inferred]
    page = read(archive, inferred.href.removeprefix("/doc/"))
    assert page.proven is not None and page.proven.proof is not None
    assert page.proven.proof.rule == "prp-inv2"


def test_what_the_text_leaves_open_is_said_with_the_passage(archive: Archive) -> None:
    gaps = group(read(archive, "event-sample-conference", "en").groups, "takes place at").gaps
    assert [gap.point and gap.point.words for gap in gaps] == ["the room of the conference"]
    assert [source.href for source in gaps[0].sources] == ["/passage/sample-1/p02.s1"]


def test_what_editors_add_is_marked_as_a_note_with_its_reason(archive: Archive) -> None:
    fact = only_fact(read(archive, "office-sample-1", "en").groups, "office in")
    assert fact.sources[0].kind == "note"
    assert fact.sources[0].summary is not None


def test_other_links_lead_out_and_unsafe_ones_nowhere(archive: Archive) -> None:
    out = only_fact(read(archive, "person-sample-duong", "en").groups, "same as").value
    assert (out.href, out.is_external) == ("http://www.wikidata.org/entity/Q1", True)
    assert only_fact(read(archive, "person-sample-an", "en").groups, "see also").value.href == ""


def test_all_sources_are_listed_once_in_the_order_of_the_text(arrange: Arrange) -> None:
    places = [source.place for source in read(arrange("", ""), "event-sample-conference").sources]
    assert places == sorted(set(places))
    assert len(places) >= 4


def test_nothing_known_is_no_page(archive: Archive) -> None:
    assert make_entity_page(archive, BASE_IRI + "id/nobody", visit(archive, "nobody")) is None


def test_a_stated_premise_leads_to_its_passages(archive: Archive) -> None:
    page = read(archive, "statement-24a194075ee8ef52", "en")
    assert page.proven is not None and page.proven.proof is None
    assert [source.href for source in page.sources] == ["/passage/sample-1/p02.s2.a", "/passage/sample-1/p03.caption"]


def test_the_record_sheet_of_a_document_has_its_rows_in_order_with_what_is_not_stated(arrange: Arrange) -> None:
    page = read(arrange("", ""), "document-sample-1")
    sheet = [each for each in page.groups if each.section == Text("Phiếu văn bản", "vi")]
    assert [each.label.words for each in sheet] == [
        "cơ quan ban hành",
        "số và ký hiệu",
        "địa danh và ngày ban hành",
        "tên loại",
        "trích yếu",
        "người ký và chức vụ",
        "nơi nhận",
        "độ mật, độ khẩn",
        "ngày có hiệu lực",
        "tình trạng hiệu lực (bị thay thế, bãi bỏ, sửa đổi bởi)",
    ]
    assert [bool(each.facts) for each in sheet] == [True, True, *[False] * 8]
    assert all(each.gaps for each in sheet if not each.facts)


def test_a_situation_is_told_once_with_its_passage_and_not_again_as_inferred(arrange: Arrange) -> None:
    page = read(arrange("", ""), "document-sample-1", "en")
    (issuer,) = [each for each in page.groups if each.label.words == "issued by"]
    (fact,) = issuer.facts
    assert (fact.value.text.words, fact.is_inferred) == ("Sông Thử Committee", False)
    assert [each.href for each in fact.through] == ["/doc/issuance-sample-1"]
    assert [each.href for each in fact.sources] == ["/passage/sample-1/p02.s1"]
    assert "has issuance" not in labels(page)
    assert [each.label.words for each in page.wider] == ["issued by"]


def test_who_holds_an_office_that_nobody_is_said_to_hold_is_not_stated(arrange: Arrange) -> None:
    archive = arrange("", "")
    row = group(read(archive, "organ-sample-committee", "en").groups, "offices and who held them")
    assert [fact.value.text.words for fact in row.facts] == ["Nguyễn Thị Đường"]
    (gap,) = row.gaps
    assert [source.href for source in gap.sources] == ["/passage/sample-1/p02.s1"]
    assert group(read(archive, "office-sample-2", "en").groups, "held by").gaps == (gap,)


def test_an_official_has_offices_with_their_days_and_events_with_the_capacity(arrange: Arrange) -> None:
    page = read(arrange("", ""), "person-sample-duong", "en")
    (office,) = group(page.groups, "offices").facts
    assert [detail.label.words for detail in office.details] == ["attested at"]
    (event,) = group(page.groups, "events").facts
    assert event.value.text.words == "Sông Thử conference"
    assert {"held office", "role"} <= {detail.label.words for detail in event.details}
    assert event.sources


def test_a_changed_shape_changes_the_page(arrange: Arrange) -> None:
    before = labels(read(arrange("", ""), "document-sample-1"))
    moved = arrange(r"(sh:path tl:documentNumber ;(?:\n(?!  \]).*)*?sh:order) \d+ ;", r"\1 0 ;")
    renamed = arrange('"số và ký hiệu"@vi', '"số hiệu"@vi')
    assert before[:2] == ["cơ quan ban hành", "số và ký hiệu"]
    assert labels(read(moved, "document-sample-1"))[:2] == ["số và ký hiệu", "cơ quan ban hành"]
    assert labels(read(renamed, "document-sample-1"))[1] == "số hiệu"
    elsewhere = arrange("sh:group shape:RecordGroup", "sh:group shape:SourceGroup")
    page = read(elsewhere, "document-sample-1")
    assert "Phiếu văn bản" not in [each.section.words for each in page.groups if each.section]
    unexpected = arrange("    tl:isExpected true ;\n", "")
    assert labels(read(unexpected, "document-sample-1"))[:2] == before[:2]
    assert not [each for each in read(unexpected, "document-sample-1").groups if not each.facts]


def test_sources_that_disagree_stand_side_by_side(arrange: Arrange) -> None:
    row = group(read(arrange("", ""), "anniversary-sample-1", "en").groups, "anniversary years")
    assert row.is_disputed
    assert [(fact.value.text.words, [source.href for source in fact.sources]) for fact in row.facts] == [
        ("20", ["/passage/sample-1/p02.s1"]),
        ("25", ["/passage/sample-1/p02.s2.b"]),
    ]
    assert not group(read(arrange("", ""), "document-sample-1", "en").groups, "number and code").is_disputed


def test_incoming_links_have_exact_counts_and_pages(arrange: Arrange) -> None:
    archive = arrange("", "")
    thing = "organ-sample-committee"
    page = read(archive, thing, "en")
    asked = "SELECT ?o ?p (COUNT(DISTINCT ?s) AS ?n) { GRAPH graph:asserted { ?s ?p ?o } } GROUP BY ?o ?p"
    rows = archive.store.select(asked, {"o": Iri(f"{BASE_IRI}id/{thing}")})
    counted = {row["p"].value.rpartition("#")[2]: int(row["n"].value) for row in rows}
    shown = {re.findall(r"incoming=(\w+)", each.href)[0]: each.count for each in page.incoming}
    assert shown == counted
    assert shown["officeIn"] == 2
    chosen = read(archive, thing, "en", incoming="officeIn", page="9").incoming[0]
    assert chosen.is_open
    assert [each.value.iri.rpartition("/")[2] for each in chosen.pointers] == ["office-sample-1", "office-sample-2"]
    assert all(each.sources for each in chosen.pointers)
    assert chosen.paging is not None and chosen.paging.number == 1


@pytest.mark.parametrize(
    ("address", "start"),
    [
        ("mailto:desk@archive.example", "mailto:desk@archive.example?subject="),
        ("https://tracker.example/new?label=data", "https://tracker.example/new?label=data&title="),
    ],
)
def test_an_error_report_is_filled_with_name_statement_passage_and_release(address: str, start: str) -> None:
    feedback = Feedback(address, "Bộ Thử", "https://archive.example/doc/x", "release-1", "vi")
    href = feedback.statement(
        Text("cấp", "vi"), Text("tỉnh", "vi"), ("https://w3id.org/tulieu/passage/sample-1/p01.s1",)
    )
    assert href.startswith(start)
    for word in ("B%E1%BB%99%20Th%E1%BB%AD", "c%E1%BA%A5p%3A%20t%E1%BB%89nh", "p01.s1", "release-1"):
        assert word in href


def test_without_an_address_there_is_no_link_to_report() -> None:
    feedback = Feedback("", "x", "y", "z", "vi")
    assert feedback.href == feedback.statement(Text("a", "vi"), Text("b", "vi"), ()) == ""

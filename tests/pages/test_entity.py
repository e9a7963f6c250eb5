import pytest

from tulieu.pages.archive import Archive, open_archive
from tulieu.pages.entity import EntityPage, make_entity_page
from tulieu.pages.links import Links
from tulieu.pages.statements import Fact, FactGroup
from tulieu.pages.values import Values
from tulieu.release import Release
from tulieu.search import SearchIndex
from tulieu.store import Store
from tulieu.vocabulary import BASE_IRI


@pytest.fixture(scope="module")
def archive(sample: Release, store: Store) -> Archive:
    return open_archive(sample, store, SearchIndex(sample.search_path))


def read(archive: Archive, name: str, language: str = "vi") -> EntityPage:
    values = Values(archive.labels, Links("https://archive.example/", archive.names), language)
    page = make_entity_page(archive, f"{BASE_IRI}id/{name}", values)
    assert page is not None
    return page


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
    for each in (*page.groups, *page.incoming):
        for every in each.facts:
            assert every.sources or every.proof or every.is_inferred


def test_a_relation_stated_from_the_other_side_keeps_its_passages(archive: Archive) -> None:
    page = read(archive, "person-sample-duong", "en")
    fact = only_fact(page.groups, "has holding")
    assert [source.name.words for source in fact.sources] == ["Paragraph 2, sentence 2, part a", "Paragraph 3, caption"]
    assert fact.proof is None
    assert "holder" not in [each.label.words for each in page.incoming]


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
    stated = [premise for premise in fact.proof.premises if premise.sources]
    inferred = [premise for premise in fact.proof.premises if premise.proof_href]
    assert (len(stated), len(inferred)) == (1, 1)
    assert {source.voice_name for source in stated[0].sources} == {"reported", "caption"}


def test_the_proof_of_a_premise_has_a_page(archive: Archive) -> None:
    fact = only_fact(read(archive, "person-sample-duong").groups, "đã giữ chức vụ")
    assert fact.proof is not None
    (inferred,) = [premise for premise in fact.proof.premises if premise.proof_href]
    page = read(archive, inferred.proof_href.removeprefix("/doc/"))
    assert page.proven is not None and page.proven.proof is not None
    assert page.proven.proof.rule == "prp-inv2"


def test_what_the_text_leaves_open_is_said_with_the_passage(archive: Archive) -> None:
    gaps = group(read(archive, "event-sample-conference", "en").groups, "takes place at").gaps
    assert [gap.point.words for gap in gaps] == ["the room of the conference"]
    assert [source.href for source in gaps[0].sources] == ["/passage/sample-1/p02.s1"]


def test_what_editors_add_is_marked_as_a_note_with_its_reason(archive: Archive) -> None:
    fact = only_fact(read(archive, "office-sample-1", "en").groups, "office in")
    assert fact.sources[0].kind == "note"
    assert fact.sources[0].summary is not None


def test_other_links_lead_out_and_unsafe_ones_nowhere(archive: Archive) -> None:
    out = only_fact(read(archive, "person-sample-duong", "en").groups, "same as").value
    assert (out.href, out.is_external) == ("http://www.wikidata.org/entity/Q1", True)
    assert only_fact(read(archive, "person-sample-an", "en").groups, "see also").value.href == ""


def test_all_sources_are_listed_once_in_the_order_of_the_text(archive: Archive) -> None:
    places = [source.place for source in read(archive, "event-sample-conference").sources]
    assert places == sorted(set(places))
    assert len(places) >= 4


def test_nothing_known_is_no_page(archive: Archive) -> None:
    values = Values(archive.labels, Links("https://archive.example/", archive.names), "vi")
    assert make_entity_page(archive, BASE_IRI + "id/nobody", values) is None

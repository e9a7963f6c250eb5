from collections.abc import Iterable, Iterator

from tulieu.pages.archive import Archive
from tulieu.pages.drawings.organs import Branch, make_organs_page

from .conftest import iri, visit


def walk(branches: Iterable[Branch]) -> Iterator[Branch]:
    for branch in branches:
        yield branch
        yield from walk(branch.below)


def test_a_branch_stands_under_what_a_source_puts_it_under(drawn: Archive) -> None:
    (top,) = make_organs_page(drawn, visit(drawn, "organs")).trees
    assert top.organ.iri == iri("organ-top")
    assert top.sources == ()
    (middle,) = top.below
    assert (middle.organ.iri, [source.href for source in middle.sources]) == (
        iri("organ-middle"),
        ["/passage/sample-2/p03.s1"],
    )
    assert [branch.organ.iri for branch in middle.below] == [iri("organ-low")]


def test_organs_that_stand_in_a_ring_end_somewhere(drawn: Archive) -> None:
    names = [branch.organ.iri for branch in walk(make_organs_page(drawn, visit(drawn, "organs")).trees)]
    assert names == [iri("organ-top"), iri("organ-middle"), iri("organ-low")]


def test_offices_have_who_is_attested_in_them_and_say_when_nobody_is(drawn: Archive) -> None:
    branches = {
        branch.organ.iri: branch for branch in walk(make_organs_page(drawn, visit(drawn, "organs", "en")).trees)
    }
    offices = {
        line.office.iri: [(each.person.text.words, each.days) for each in line.officials]
        for line in branches[iri("organ-low")].offices
    }
    assert offices == {iri("office-empty"): [], iri("office-low"): [("Lê Thử", "February 2024")]}
    assert branches[iri("organ-top")].offices == ()


def test_every_organ_of_the_store_is_there_once_and_those_without_a_place_apart(drawn: Archive) -> None:
    page = make_organs_page(drawn, visit(drawn, "organs"))
    alone = [branch.organ.iri for _, found in page.alone for branch in found]
    assert alone == [iri("organ-lone")]
    shown = [*alone, *(branch.organ.iri for branch in walk(page.trees))]
    rows = drawn.store.select("SELECT DISTINCT ?organ { ?organ a tl:Organ }")
    assert sorted(shown) == sorted(row["organ"].value for row in rows)
    assert (page.placed_count, page.alone_count) == ("3", "1")

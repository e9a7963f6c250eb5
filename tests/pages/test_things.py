import csv
import io
import json

import pytest

from tulieu.formats import ROWS_CSV
from tulieu.pages.archive import Archive, open_archive
from tulieu.pages.choice import read_choice
from tulieu.pages.facets import make_boxes, make_chips
from tulieu.pages.links import Links
from tulieu.pages.things import COLUMNS, LIST_JSON, THINGS_PER_PAGE, make_things_page, write_list
from tulieu.pages.values import Values
from tulieu.pages.visit import Visit
from tulieu.release import Release
from tulieu.search import SearchIndex
from tulieu.store import Dataset, Store, Table
from tulieu.vocabulary import BASE_IRI, ONTOLOGY_IRI

KINDS = ("Organ", "Event", "Document", "Person", "Figure", "Intention", "Agent", "Place")


@pytest.fixture(scope="module")
def archive(release: Release) -> Archive:
    return open_archive(release, Store(release.store_path), SearchIndex(release.search_path))


def visit(archive: Archive, name: str, language: str = "vi", **parameters: str | tuple[str, ...]) -> Visit:
    values = Values(archive.labels, Links("https://archive.example/", archive.names), language)
    given = {key.rstrip("_"): (each,) if isinstance(each, str) else each for key, each in parameters.items()}
    return Visit(values, f"browse/{name}", given)


def ask(archive: Archive, query: str) -> set[str]:
    answer = archive.store.read_answer(query, Dataset(), 100_000)
    assert isinstance(answer, Table)
    return {row["thing"].value for row in answer.rows}


@pytest.mark.parametrize("name", KINDS)
def test_each_facet_counts_what_its_query_finds_and_the_list_has_as_many(archive: Archive, name: str) -> None:
    inventory = archive.inventories.of(f"{ONTOLOGY_IRI}#{name}")
    assert inventory.facets
    for facet in inventory.facets:
        value, things = max(facet.values.items(), key=lambda each: (len(each[1]), each[0]))
        asked = visit(archive, name, **{facet.key: value.removeprefix(f"{BASE_IRI}id/")})
        choice = read_choice(inventory, asked, archive.names)
        assert choice.things() == things
        assert ask(archive, choice.query(archive.names, "vi")) == things
        assert choice.counts(facet)[value] == len(things)
        page = make_things_page(archive, asked)
        assert page is not None and page.count == len(things)


def test_the_counts_of_one_facet_heed_what_is_chosen_of_the_others(archive: Archive) -> None:
    inventory = archive.inventories.of(f"{ONTOLOGY_IRI}#Event")
    chosen = read_choice(inventory, visit(archive, "Event", voice="voice-planned"), archive.names)
    kinds = next(facet for facet in inventory.facets if facet.key == "hasKind")
    voices = next(facet for facet in inventory.facets if facet.key == "voice")
    assert 0 < len(chosen.things()) < len(inventory.things)
    for value, count in chosen.counts(kinds).items():
        both = visit(archive, "Event", voice="voice-planned", hasKind=value)
        assert count == len(read_choice(inventory, both, archive.names).things())
    # What is chosen of a facet does not take its other values away: several may be chosen.
    assert chosen.counts(voices) == {value: len(things) for value, things in voices.values.items()}


def test_several_values_of_a_facet_widen_and_several_facets_narrow(archive: Archive) -> None:
    inventory = archive.inventories.of(f"{ONTOLOGY_IRI}#Organ")
    levels = next(facet for facet in inventory.facets if facet.key == "hasLevel")
    assert len(levels.values) == 2
    both = read_choice(inventory, visit(archive, "Organ", hasLevel=tuple(levels.values)), archive.names)
    assert both.things() == frozenset().union(*levels.values.values())
    narrowed = visit(archive, "Organ", hasLevel=tuple(levels.values), voice="voice-planned")
    choice = read_choice(inventory, narrowed, archive.names)
    assert choice.things() < both.things()
    assert ask(archive, choice.query(archive.names, "en")) == choice.things()


@pytest.mark.parametrize(
    ("first", "last"),
    [("2023-05-17", "2023-05-17"), ("2023", "2023"), ("1909", "1953-12"), ("", "1949-10-10"), ("2004", "")],
)
def test_days_choose_what_lies_between_them_at_least_in_part(archive: Archive, first: str, last: str) -> None:
    inventory = archive.inventories.of(f"{ONTOLOGY_IRI}#Event")
    choice = read_choice(inventory, visit(archive, "Event", from_=first, to=last), archive.names)
    found = choice.things()
    assert found and found < inventory.things
    assert ask(archive, choice.query(archive.names, "vi")) == found


def test_what_is_no_choice_counts_as_none(archive: Archive) -> None:
    odd = visit(archive, "Event", hasKind="no-such", from_="2023-13-45", to="soon", page="x", other="1")
    page = make_things_page(archive, odd)
    assert page is not None and page.count == page.total and page.chips == ()


def test_what_was_chosen_is_taken_away_by_a_link_and_an_empty_list_says_which(archive: Archive) -> None:
    asked = visit(archive, "Event", voice=("voice-planned", "voice-stated"), from_="2030-01-01")
    page = make_things_page(archive, asked)
    assert page is not None and page.count == 0 and page.coverage is not None
    *voices, days = page.chips
    assert [chip.href for chip in voices] == [
        "/browse/Event?voice=voice-stated&from=2030-01-01",
        "/browse/Event?voice=voice-planned&from=2030-01-01",
    ]
    assert days.href == "/browse/Event?voice=voice-planned&voice=voice-stated"
    assert days.count > 0
    assert all(chip.count == 0 for chip in voices)


def test_organs_stand_below_the_organ_that_they_are_attested_under(archive: Archive) -> None:
    inventory = archive.inventories.of(f"{ONTOLOGY_IRI}#Office")
    asked = visit(archive, "Office")
    choice = read_choice(inventory, asked, archive.names)
    (box,) = [box for box in make_boxes(archive, choice, asked.values) if box.key == "officeIn"]
    above = archive.inventories.organs_above()
    depths = {each.value: (place, each.depth) for place, each in enumerate((*box.values, *box.more))}
    pairs = [
        (below.rsplit("/", 1)[-1], higher.rsplit("/", 1)[-1])
        for below, all_higher in above.items()
        for higher in all_higher
    ]
    shown = [(below, higher) for below, higher in pairs if below in depths and higher in depths]
    assert shown
    for below, higher in shown:
        assert depths[below][0] > depths[higher][0] and depths[below][1] == depths[higher][1] + 1
    assert make_chips(choice, asked, archive) == ()


def test_people_are_listed_by_given_name_and_letters_without_things_are_plain(archive: Archive) -> None:
    page = make_things_page(archive, visit(archive, "Person"))
    assert page is not None
    names = [each.name.text.words for section in page.sections for each in section.things]
    assert names.index("Lê Đức Dục") < names.index("Tống Thanh Hải") < names.index("Lê Văn Lương")
    letters = {letter.letter: letter.href for letter in page.letters}
    assert list(letters)[:8] == ["A", "Ă", "Â", "B", "C", "D", "Đ", "E"]
    assert len(letters) == 29
    assert letters["Đ"] == "" and letters["D"] == "/browse/Person#letter-6"
    assert [section.anchor for section in page.sections if section.letter == "D"] == ["letter-6"]


def test_a_long_list_is_cut_into_pages_and_letters_lead_to_theirs(archive: Archive) -> None:
    first = make_things_page(archive, visit(archive, "InferredStatement"))
    assert first is not None and first.total > THINGS_PER_PAGE
    assert sum(len(section.things) for section in first.sections) == THINGS_PER_PAGE
    assert first.paging.last == -(-first.total // THINGS_PER_PAGE)
    assert first.paging.next_href == "/browse/InferredStatement?page=2" and not first.paging.previous_href
    beyond = make_things_page(archive, visit(archive, "InferredStatement", page="99999"))
    assert beyond is not None and beyond.paging.number == beyond.paging.last and not beyond.paging.next_href
    elsewhere = [letter for letter in first.letters if letter.href and not letter.is_here]
    for letter in elsewhere:
        number = letter.href.partition("page=")[2].partition("#")[0]
        page = make_things_page(archive, visit(archive, "InferredStatement", page=number))
        assert page is not None and letter.letter in [section.letter for section in page.sections]


def test_the_same_list_comes_as_json_and_csv(archive: Archive) -> None:
    asked = visit(archive, "Event", voice="voice-planned")
    page = make_things_page(archive, asked)
    assert page is not None
    assert [link.href for link in page.data] == [
        f"/browse/Event.{name}?voice=voice-planned" for name in ("json", "csv")
    ]
    listed = [each.name.iri for section in page.sections for each in section.things]
    table = write_list(archive, Visit(asked.values, "browse/Event.csv", asked.parameters), ROWS_CSV)
    assert table is not None and not table.startswith("\ufeff")
    rows = list(csv.DictReader(io.StringIO(table)))
    assert [row["iri"] for row in rows] == listed
    assert tuple(rows[0]) == COLUMNS
    assert all(row["label_vi"] and row["label_en"] and row["kind"].startswith(ONTOLOGY_IRI) for row in rows)
    assert rows[0]["page"].startswith("https://archive.example/doc/")
    text = write_list(archive, Visit(asked.values, "browse/Event.json", asked.parameters), LIST_JSON)
    described = json.loads(text or "")
    assert [thing["iri"] for thing in described["things"]] == listed
    assert described["count"] == len(listed)
    assert ask(archive, described["query"]) == set(listed)
    assert write_list(archive, visit(archive, "Nothing.csv"), ROWS_CSV) is None
    assert make_things_page(archive, visit(archive, "hasKind")) is None

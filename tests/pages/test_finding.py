import json

import pytest

from tulieu.pages.archive import Archive, open_archive
from tulieu.pages.finding import make_search_page, write_suggestions
from tulieu.pages.home import make_home_page
from tulieu.pages.links import Links
from tulieu.pages.values import Values
from tulieu.pages.visit import Visit
from tulieu.release import Release
from tulieu.search import SearchIndex
from tulieu.sparql.functions import custom_functions
from tulieu.store import Dataset, Store, Table


@pytest.fixture(scope="module")
def archive(release: Release) -> Archive:
    return open_archive(release, Store(release.store_path), SearchIndex(release.search_path))


def visit(archive: Archive, query: str, language: str = "vi", **parameters: str) -> Visit:
    values = Values(archive.labels, Links("https://archive.example/", archive.names, language), language)
    return Visit(values, "search", {"q": (query,), **{name: (value,) for name, value in parameters.items()}})


# What is typed without marks, in part or in another spelling, and what must come first.
ERRANDS = (
    ("le duc duc", "person-le-duc-duc"),
    ("Lê Đức Dục", "person-le-duc-duc"),
    ("le van lu", "person-le-van-luong"),
    ("uy ban", "organ-ubnd-tinh-lai-chau"),
    ("uỷ ban nhân dân", "organ-ubnd-tinh-lai-chau"),
    ("ủy ban nhân dân", "organ-ubnd-tinh-lai-chau"),
    ("dang bo", "organ-dang-bo-tinh-lai-chau"),
    ("bo chinh tri", "organ-bo-chinh-tri"),
    ("politburo", "organ-bo-chinh-tri"),
    ("kl 01", "document-01-kl-tw-2021-05-18"),
    ("01kl", "document-01-kl-tw-2021-05-18"),
    ("01-KL/TW", "document-01-kl-tw-2021-05-18"),
    ("01 KL TW", "document-01-kl-tw-2021-05-18"),
    ("kl 1", "document-01-kl-tw-2021-05-18"),
    ("ct 05", "document-05-ct-tw-n1"),
    ("hoi nghi so ket", "event-hoi-nghi-so-ket-01-kl-tw-lai-chau"),
)


@pytest.mark.parametrize(("typed", "first"), ERRANDS)
def test_what_a_reader_means_is_suggested_first(archive: Archive, typed: str, first: str) -> None:
    suggested = json.loads(write_suggestions(archive, visit(archive, typed)))
    assert suggested["query"] == typed
    results = suggested["results"]
    assert 0 < len(results) <= 8
    assert results[0]["iri"].endswith(f"/{first}")
    assert results[0]["href"] == f"/doc/{first}?lang=vi"
    page = make_search_page(archive, visit(archive, typed))
    assert page.groups[0].things[0].name.iri.endswith(f"/{first}")


def test_what_is_suggested_says_what_it_is_and_what_it_is_known_by(archive: Archive) -> None:
    def first(typed: str, language: str) -> dict[str, str]:
        found: dict[str, str] = json.loads(write_suggestions(archive, visit(archive, typed, language)))["results"][0]
        return found

    person = first("le duc duc", "vi")
    assert (person["label"], person["language"], person["kind"]) == ("Lê Đức Dục", "vi", "nhân vật")
    assert person["hint"].startswith("Trưởng Ban Tuyên giáo")
    document = first("kl 01", "en")
    assert "01-KL/TW" in document["label"] and document["language"] == "en"
    assert document["hint_language"] == "vi"
    assert first("hoi nghi so ket", "en")["hint"] == "17 May 2023"
    assert first("chu tich ubnd", "vi")["hint"]


def test_the_query_that_is_shown_finds_what_the_search_found(release: Release, archive: Archive) -> None:
    store = Store(release.store_path, archive.names, custom_functions(release.search_path))
    for typed in ("le duc duc", "kl 01", "Hồ Chí Minh"):
        page = make_search_page(archive, visit(archive, typed))
        answer = store.read_answer(page.sparql, Dataset(), 1000)
        assert isinstance(answer, Table)
        asked = {row["thing"].value for row in answer.rows if page_of(archive, row["thing"].value)}
        assert len(asked) == page.count > 0
        assert {each.name.iri for group in page.groups for each in group.things} <= asked


def page_of(archive: Archive, iri: str) -> str:
    return visit(archive, "").values.links.page(iri)


def test_a_page_groups_what_was_found_by_main_kinds_things_before_terms(archive: Archive) -> None:
    page = make_search_page(archive, visit(archive, "lai chau"))
    names = [group.name.text.words for group in page.groups]
    assert len(names) == len(set(names))
    assert page.count == sum(group.count for group in page.groups)
    assert names.index("cơ quan, tổ chức") < names.index("Thuật ngữ") if "Thuật ngữ" in names else True
    long = next(group for group in page.groups if group.more_href)
    assert len(long.things) == 8 < long.count
    kind = long.more_href.partition("kind=")[2].partition("&")[0]
    whole = make_search_page(archive, visit(archive, "lai chau", kind=kind))
    assert [len(group.things) for group in whole.groups] == [long.count]
    assert whole.all_href == "/search?q=lai+chau&lang=vi"


def test_nothing_found_is_answered_with_near_names_and_what_is_covered(archive: Archive) -> None:
    page = make_search_page(archive, visit(archive, "lai chauu"))
    assert page.count == 0 and page.coverage is not None
    assert "tỉnh Lai Châu" in [each.text.words for each in page.nearest]
    assert make_search_page(archive, visit(archive, "")).coverage is None
    assert json.loads(write_suggestions(archive, visit(archive, "xyzzy")))["results"] == []


def test_every_search_that_the_first_page_offers_finds_something(archive: Archive) -> None:
    values = visit(archive, "").values
    page = make_home_page(archive, values)
    assert len(page.examples) == 4
    for example in page.examples:
        assert make_search_page(archive, visit(archive, example.text)).count

import pytest

from tulieu.pages.archive import Archive, open_archive
from tulieu.pages.coverage import make_coverage
from tulieu.pages.links import Links
from tulieu.pages.policy import PolicyPage, make_policy_page
from tulieu.pages.values import Values
from tulieu.release import Release
from tulieu.search import SearchIndex
from tulieu.store import Store


@pytest.fixture(scope="module")
def archive(sample: Release, store: Store) -> Archive:
    return open_archive(sample, store, SearchIndex(sample.search_path))


def reader(archive: Archive, language: str = "vi") -> Values:
    return Values(archive.labels, Links("https://archive.example/", archive.names), language)


def policy(archive: Archive, contact: str = "", feedback: str = "") -> PolicyPage:
    return make_policy_page(archive, contact, feedback, reader(archive))


def test_coverage_names_articles_days_and_counts(archive: Archive) -> None:
    coverage = make_coverage(archive, reader(archive, "en"))
    assert (coverage.article_count, coverage.more_articles) == ("1", 0)
    assert [(each.passages, each.day) for each in coverage.articles] == [("6", "")]
    assert (coverage.earliest, coverage.latest) == ("17 May 2023", "17 May 2023")
    counts = {kind.href: count for kind, count in coverage.kinds}
    assert counts["/browse/Person"] == "2"
    assert counts["/browse/Document"] == "0"


def test_what_is_held_on_people_is_counted(archive: Archive) -> None:
    page = policy(archive)
    assert page.person_count == "2"
    of = {held.property.iri.rsplit("#", 1)[-1]: (held.persons, held.statements) for held in page.held_of}
    assert of == {"label": ("2", "4"), "exactMatch": ("1", "1"), "seeAlso": ("1", "1")}
    to = {held.property.iri.rsplit("#", 1)[-1]: (held.persons, held.statements) for held in page.held_to}
    assert to["holder"] == ("1", "1")
    assert len(archive.store.select(page.query)) == len(of) + len(to)


def test_whom_to_write_to_is_what_the_operator_has_set(archive: Archive) -> None:
    assert (policy(archive).contact, policy(archive).feedback_href) == ("", "")
    page = policy(archive, "Desk, desk@archive.example", "mailto:desk@archive.example")
    assert page.contact == "Desk, desk@archive.example"
    assert page.feedback_href.startswith("mailto:desk@archive.example?subject=")

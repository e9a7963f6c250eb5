"""The reading view: an article, a passage and a note as readers meet them, and an article of three hundred passages."""

import gzip
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tulieu.app import create_app
from tulieu.pages.archive import Archive, open_archive
from tulieu.pages.article import LONGEST_IN_FULL, ArticlePage, make_article_page
from tulieu.pages.links import Links
from tulieu.pages.note import make_note_page
from tulieu.pages.passage import PassagePage, make_passage_page
from tulieu.pages.values import Values
from tulieu.pages.visit import Visit
from tulieu.release import Release
from tulieu.search import SearchIndex
from tulieu.settings import Settings
from tulieu.store import Store
from tulieu.vocabulary import BASE_IRI

from ..invented_article import add_to_copy, invent

# What the issue allows a page on the wire.
MOST_BYTES = 100_000
LONG = invent("invented-long", paragraphs=101, sentences=3)


@pytest.fixture(scope="module")
def archive(sample: Release, store: Store) -> Archive:
    return open_archive(sample, store, SearchIndex(sample.search_path))


@pytest.fixture(scope="module")
def long_client(sample: Release, tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    state = add_to_copy(sample, LONG, tmp_path_factory.mktemp("long") / "state")
    return create_app(Settings(state=state)).test_client()


def write_for(archive: Archive, language: str = "en") -> Values:
    return Values(archive.labels, Links("https://archive.example/", archive.names), language)


def read_article(archive: Archive, *voices: str, language: str = "en") -> ArticlePage:
    visit = Visit(write_for(archive, language), "article/sample-1", {"voice": voices})
    page = make_article_page(archive, f"{BASE_IRI}article/sample-1", visit)
    assert page is not None
    return page


def read_passage(archive: Archive, name: str) -> PassagePage:
    page = make_passage_page(archive, f"{BASE_IRI}passage/sample-1/{name}", write_for(archive))
    assert page is not None
    return page


def shown(page: ArticlePage) -> list[str]:
    return [passage.local for paragraph in page.paragraphs for passage in paragraph.passages]


def test_an_article_has_its_headline_as_printed_and_passages_in_the_shape_of_the_text(archive: Archive) -> None:
    page = read_article(archive)
    assert (page.title.words, page.title.language) == ("Hội nghị mẫu ở Sông Thử", "vi")
    assert shown(page) == ["p01.s1", "p02.s1", "p02.s2.a", "p02.s2.b", "p03.caption", "p04.s1"]
    assert [paragraph.number for paragraph in page.paragraphs] == [1, 2, 3, 4]
    pictures = [paragraph.picture.text.words for paragraph in page.paragraphs if paragraph.picture]
    assert pictures == ["picture of the speaker"]
    headline = page.paragraphs[0].passages[0]
    assert headline.line is not None and headline.line.words == "headline"
    assert [passage.short.words for passage in page.paragraphs[1].passages][1] == "sentence 2, part a"


def test_a_passage_carries_what_a_text_is_checked_by(archive: Archive) -> None:
    page = read_article(archive)
    assert (page.text_digest, page.text_length) == ("00", "400")
    span = page.paragraphs[1].passages[0].span
    assert (span.start, span.end, span.digest) == ("41", "90", "0000000000000002")


def test_a_voice_is_a_filter_that_can_be_taken_back(archive: Archive) -> None:
    page = read_article(archive)
    assert {voice.name: voice.count for voice in page.voices} == {
        "metadata": 2,
        "stated": 1,
        "reported": 2,
        "caption": 1,
    }
    assert [voice.href for voice in page.voices if voice.name == "stated"] == ["/article/sample-1?voice=stated"]
    assert page.all_voices == ""
    reported = read_article(archive, "reported")
    assert shown(reported) == ["p02.s2.a", "p02.s2.b"]
    assert (reported.shown_count, reported.passage_count, reported.all_voices) == (2, 6, "/article/sample-1")
    assert [voice.name for voice in reported.voices if voice.is_chosen] == ["reported"]
    assert [voice.href for voice in reported.voices if voice.is_chosen] == ["/article/sample-1"]
    both = read_article(archive, "reported", "caption")
    assert shown(both) == ["p02.s2.a", "p02.s2.b", "p03.caption"]
    assert shown(read_article(archive, "shouted")) == []


def test_a_thing_leads_to_the_passages_before_and_after_that_speak_of_it(archive: Archive) -> None:
    passages = {each.local: each for paragraph in read_article(archive).paragraphs for each in paragraph.passages}
    stated = {each.subject.iri.rsplit("/", 1)[-1]: each for each in passages["p02.s1"].stated}
    (following,) = stated["event-sample-conference"].again
    assert (following.text.words, following.href) == ("↓ Paragraph 2, sentence 2, part b", "/article/sample-1#p02.s2.b")
    assert stated["time-sample-1"].again == ()


def test_people_organs_and_other_things_are_told_apart(archive: Archive) -> None:
    passages = {each.local: each for paragraph in read_article(archive).paragraphs for each in paragraph.passages}
    assert [each.text.words for each in passages["p02.s2.a"].people] == ["Nguyễn Thị Đường"]
    assert [each.text.words for each in passages["p02.s1"].organs] == ["Sông Thử Committee"]
    assert [each.text.words for each in passages["p02.s1"].things] == ["Sông Thử conference"]
    assert [each.text.words for each in passages["p02.s2.a"].according_to] == ["Nguyễn Thị Đường"]
    assert not passages["p02.s2.a"].marked_by_text
    # The picture stands over its paragraph.
    assert passages["p03.caption"].things == ()


def test_a_passage_knows_its_place_and_who_else_speaks_of_its_things(archive: Archive) -> None:
    page = read_passage(archive, "p02.s2.a")
    assert (page.position, page.passage_count, page.paragraph, page.paragraph_count) == (3, 6, 2, 4)
    assert [mark.is_here for mark in page.strip] == [False, False, True, False, False, False]
    assert page.in_article == "/article/sample-1#p02.s2.a"
    assert page.previous is not None and page.previous.href.endswith("/p02.s1")
    assert page.following is not None and page.following.href.endswith("/p02.s2.b")
    assert [note.iri.rsplit("/", 1)[-1] for note in page.notes] == ["office-of-committee"]
    again = {
        each.subject.iri.rsplit("/", 1)[-1]: [other.text.words for other in each.again] for each in page.passage.stated
    }
    assert again["holding-sample-1"] == ["Paragraph 3, caption"]
    assert (read_passage(archive, "p01.s1").previous, read_passage(archive, "p04.s1").following) == (None, None)


def test_a_note_names_its_articles_and_what_it_states(archive: Archive) -> None:
    page = make_note_page(archive, f"{BASE_IRI}note/sample-1/office-of-committee", write_for(archive))
    assert page is not None
    assert [article.href for article in page.articles] == ["/article/sample-1"]
    assert [source.href for source in page.derived_from] == ["/passage/sample-1/p02.s1", "/passage/sample-1/p02.s2.a"]
    assert (page.statement_count, len(page.stated)) == (1, 1)


def test_what_is_unknown_has_no_page(archive: Archive) -> None:
    visit = Visit(write_for(archive), "article/none", {})
    assert make_article_page(archive, f"{BASE_IRI}article/none", visit) is None
    assert make_passage_page(archive, f"{BASE_IRI}passage/sample-1/p99.s1", visit.values) is None
    assert make_note_page(archive, f"{BASE_IRI}note/sample-1/none", visit.values) is None


def test_an_article_of_three_hundred_passages_stays_light(long_client: FlaskClient) -> None:
    assert len(LONG.passages) > 300 > LONGEST_IN_FULL
    page = long_client.get(f"/article/{LONG.slug}", headers={"Accept": "text/html"})
    assert page.text.count("data-digest=") == len(LONG.passages) + 1
    # What it states stands on the passage's own page, and with a choice of few passages on this one.
    assert "<h4>" not in page.text
    assert f'/passage/{LONG.slug}/p50.s2">Nêu 20 thông tin' in page.text
    passage = long_client.get(f"/passage/{LONG.slug}/p50.s2", headers={"Accept": "text/html"})
    for answer in (page, passage):
        assert len(gzip.compress(answer.data)) < MOST_BYTES


def test_the_script_that_reads_a_text_is_ours_and_the_page_needs_none(client: FlaskClient) -> None:
    text = client.get("/article/sample-1", headers={"Accept": "text/html"}).text
    assert 'type="module"' in text and "reading.js" in text
    # Nothing is there to drop a file on until the script has made it.
    outside = text.partition("<template>")[0] + text.partition("</template>")[2]
    assert 'type="file"' in text and 'type="file"' not in outside


def test_the_script_normalises_as_the_command_does() -> None:
    pages = Path(__file__).parents[2] / "server" / "tulieu" / "pages" / "static" / "reading.js"
    source = pages.read_text(encoding="utf-8")
    for step in (r'replaceAll("\ufeff", "")', r'replaceAll("\r\n", "\n")', 'normalize("NFC")'):
        assert step in source
    for sending in (
        "fetch(",
        "XMLHttpRequest",
        "sendBeacon",
        "localStorage",
        "sessionStorage",
        "indexedDB",
        "innerHTML",
    ):
        assert sending not in source

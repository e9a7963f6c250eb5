"""A reader's own copy of an article beside our summaries: chosen or dropped, checked in the browser, sent nowhere."""

import os
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from ..invented_article import InventedArticle, add_to_copy, invent
from ..real_release import real_release
from ..real_server import serve
from .conftest import PHONE, Site, Visit, visiting

pytestmark = pytest.mark.browser

ARTICLE: InventedArticle = invent("invented-short", paragraphs=4, sentences=2)
PATH = f"article/{ARTICLE.slug}"
CHOOSER = "#text-file"
OUTCOME = ".outcome"
DROP = """
([name, words]) => {
  const transfer = new DataTransfer();
  transfer.items.add(new File([words], name, { type: 'text/plain' }));
  const target = document.querySelector('.paragraphs');
  for (const kind of ['dragover', 'drop'])
    target.dispatchEvent(new DragEvent(kind, { dataTransfer: transfer, bubbles: true, cancelable: true }));
}
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    release = real_release()
    folder = tmp_path_factory.mktemp("reading")
    with serve(add_to_copy(release, ARTICLE, folder / "state"), folder / "serve.log") as running:
        yield Site(running.url, release.id)


@pytest.fixture
def asked(visit: Visit) -> list[str]:
    """What the browser asks for from now on."""
    found: list[str] = []
    visit.open(PATH)
    visit.page.wait_for_selector(CHOOSER)
    visit.page.on("request", lambda request: found.append(f"{request.method} {request.url}"))
    return found


def choose(visit: Visit, content: bytes) -> str:
    visit.page.set_input_files(CHOOSER, {"name": "text.txt", "mimeType": "text/plain", "buffer": content})
    visit.page.wait_for_function("() => document.querySelector('.outcome').textContent !== ''")
    return visit.text(OUTCOME)


def verdicts(visit: Visit) -> list[str]:
    return [text.strip() for text in visit.page.locator(".verdict").all_inner_texts()]


def test_the_text_stands_beside_each_summary_and_nothing_is_sent(visit: Visit, asked: list[str]) -> None:
    assert f"{len(ARTICLE.passages)} vị trí" in choose(visit, ARTICLE.text.encode())
    assert visit.page.locator(".outcome.good").count() == 1
    assert visit.page.locator(OUTCOME).get_attribute("role") == "status"
    assert verdicts(visit) == ["Khớp mã kiểm"] * len(ARTICLE.passages)
    shown = visit.page.locator(".passage blockquote").all_text_contents()
    assert shown == [passage.words for passage in ARTICLE.passages]
    summary = visit.page.locator(".passage .ours").first.bounding_box()
    words = visit.page.locator(".passage .wording").first.bounding_box()
    assert summary and words and words["x"] > summary["x"] + summary["width"], "two columns on a desk"
    assert visit.page.evaluate("() => [localStorage.length, sessionStorage.length, document.cookie]") == [0, 0, ""]
    assert (asked, visit.errors) == ([], [])


def test_on_a_phone_the_text_stands_below(browser: Browser, site: Site) -> None:
    with visiting(browser, site, window=PHONE) as visit:
        visit.open(PATH)
        choose(visit, ARTICLE.text.encode())
        summary = visit.page.locator(".passage .ours").first.bounding_box()
        words = visit.page.locator(".passage .wording").first.bounding_box()
        assert summary and words and words["y"] >= summary["y"] + summary["height"]
        assert visit.page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.parametrize("form", ["mark", "windows", "decomposed"])
def test_a_text_saved_otherwise_is_the_same_text(visit: Visit, asked: list[str], form: str) -> None:
    written = {
        "mark": "\ufeff" + ARTICLE.text,
        "windows": ARTICLE.text.replace("\n", "\r\n"),
        "decomposed": unicodedata.normalize("NFD", ARTICLE.text),
    }[form]
    assert written != ARTICLE.text
    choose(visit, written.encode())
    assert visit.page.locator(".outcome.good").count() == 1


def test_another_text_is_called_another_passage_by_passage(visit: Visit, asked: list[str]) -> None:
    last = ARTICLE.passages[-1]
    other = ARTICLE.text.replace(last.words, last.words.replace("lạ", "mạ"))
    total = len(ARTICLE.passages)
    assert choose(visit, other.encode()) == f"Bản chữ này khác bản đã ghi: {total - 1} trên {total} vị trí khớp."
    assert verdicts(visit) == ["Khớp mã kiểm"] * (total - 1) + ["Không khớp: ở đây là chữ khác"]
    assert visit.page.locator(".outcome.good").count() == 0


def test_a_text_with_an_end_of_its_own_is_another_although_every_passage_matches(
    visit: Visit, asked: list[str]
) -> None:
    total = len(ARTICLE.passages)
    assert f"{total} trên {total}" in choose(visit, (ARTICLE.text + "Thêm.\n").encode())
    assert visit.page.locator(".outcome.bad").count() == 1


def test_a_text_that_ends_too_soon_does_not_match_where_it_is_missing(visit: Visit, asked: list[str]) -> None:
    choose(visit, ARTICLE.text[: ARTICLE.passages[2].end].encode())
    assert verdicts(visit)[2:4] == ["Khớp mã kiểm", "Không khớp: bản chữ ngắn hơn"]


def test_what_is_no_text_is_refused_in_words(visit: Visit, asked: list[str]) -> None:
    assert choose(visit, b"\xff\xfe\x00") == "Tệp này không phải chữ UTF-8."
    assert verdicts(visit) == []


def test_a_file_may_be_dropped_anywhere_and_taken_away_by_keyboard(visit: Visit, asked: list[str]) -> None:
    visit.page.evaluate(DROP, ["text.txt", ARTICLE.text])
    visit.page.wait_for_selector(".outcome.good")
    visit.page.locator(".away").focus()
    visit.page.keyboard.press("Enter")
    assert visit.text(OUTCOME) == "Đã cất bản chữ đi."
    assert visit.page.locator(".wording").count() == 0
    assert visit.page.evaluate("() => document.activeElement.id") == CHOOSER.removeprefix("#")
    assert ARTICLE.passages[1].words not in visit.page.content()


def test_where_browsers_cannot_check_the_text_is_shown_as_unchecked(visit: Visit) -> None:
    # A page over http from another machine has no digests; loopback counts as secure, so they are taken away here.
    visit.page.add_init_script("Object.defineProperty(globalThis.crypto, 'subtle', { value: undefined })")
    visit.open(PATH)
    assert "chưa kiểm tra" in choose(visit, ARTICLE.text.encode())
    assert set(verdicts(visit)) == {"Chưa kiểm tra"}
    assert visit.page.locator(".outcome.good, .wording.matches").count() == 0


def test_only_the_passages_of_a_chosen_voice_are_read_and_checked(visit: Visit, asked: list[str]) -> None:
    visit.at(".legend a[href*='voice=planned']").click()
    visit.page.wait_for_selector(CHOOSER)
    planned = [passage.words for passage in ARTICLE.passages if passage.voice == "planned"]
    choose(visit, ARTICLE.text.encode())
    assert visit.page.locator(".passage blockquote").all_text_contents() == planned
    assert visit.page.locator(".outcome.good").count() == 1


def test_without_scripts_the_article_is_read_whole_and_filtered(browser: Browser, site: Site) -> None:
    with visiting(browser, site, language="en", with_scripts=False) as visit:
        visit.open(PATH)
        assert visit.page.locator(CHOOSER).count() == 0
        assert visit.page.locator(".passage").count() == len(ARTICLE.passages)
        visit.at(".legend a[href*='voice=reported']").click()
        reported = [passage for passage in ARTICLE.passages if passage.voice == "reported"]
        assert visit.page.locator(".passage").count() == len(reported)
        assert visit.page.locator(".legend [aria-current]").count() == 1
        visit.page.locator("details.states summary").nth(1).click()
        assert visit.at(".stated h4").is_visible()


def test_a_passage_and_its_place_in_the_article_lead_to_each_other(visit: Visit) -> None:
    local = ARTICLE.passages[3].local
    visit.open(f"{PATH}#{local}")
    visit.page.locator(f"[id='{local}'] .place a").click()
    assert visit.page.locator(".strip .here").count() == 1
    visit.at("a[rel=next]").click()
    visit.at("a[rel=prev]").click()
    assert visit.page.url.endswith(f"/{local}")
    visit.page.get_by_role("link", name="Đọc trong bài").click()
    assert visit.page.url.endswith(f"{PATH}#{local}")
    assert visit.page.locator(f"[id='{local}']").evaluate("element => element.matches(':target')")
    assert visit.errors == []


def test_the_real_text_matches_its_article(visit: Visit) -> None:
    given = os.environ.get("TEST_SOURCE_TEXT")
    if not given:
        pytest.skip("TEST_SOURCE_TEXT does not name a copy of the article's text, which the project does not hold")
    visit.open("article/ttxvn-lai-chau-1")
    choose(visit, Path(given).read_bytes())
    assert visit.page.locator(".outcome.good").count() == 1
    assert set(verdicts(visit)) == {"Khớp mã kiểm"}

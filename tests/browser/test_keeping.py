"""What a reader takes home: the basket with its exports, and pages on paper."""

import json
from pathlib import Path

import pyoxigraph
from playwright.sync_api import Browser, Download

from tulieu.vocabulary import BASE_IRI

from ..pages.test_citation import read_bibtex, read_ris
from .conftest import Site, Visit, visiting

KEPT = ("doc/person-le-van-luong", "article/ttxvn-lai-chau-1", "passage/ttxvn-lai-chau-1/p08.s3")
BUTTON = "main [data-basket] button"
NO_STORAGE = """Object.defineProperty(window, 'localStorage', {
  get() { throw new DOMException('denied', 'SecurityError'); }
});"""


def export(visit: Visit, name: str) -> str:
    with visit.page.expect_download() as expected:
        visit.page.locator(f"[data-export={name}]").press("Enter")
    download: Download = expected.value
    assert download.suggested_filename == f"tulieu.{name}"
    return Path(download.path()).read_bytes().decode()


def fill(visit: Visit) -> None:
    for path in KEPT:
        visit.open(path)
        assert visit.page.locator(BUTTON).get_attribute("aria-pressed") == "false"
        visit.page.locator(BUTTON).press("Space")
        assert visit.page.locator(BUTTON).get_attribute("aria-pressed") == "true"


def test_records_are_put_aside_and_taken_out_by_keyboard(visit: Visit) -> None:
    fill(visit)
    assert visit.text("[data-basket-count]") == "3"
    visit.page.locator(BUTTON).press("Space")
    assert visit.page.locator(BUTTON).get_attribute("aria-pressed") == "false"
    visit.open("basket")
    assert visit.page.locator("[data-basket-list] li").count() == 2
    visit.page.locator("[data-basket-list] button").first.press("Enter")
    assert visit.text("[data-basket-count]") == "1"
    visit.page.locator("[data-clear]").press("Enter")
    assert "đang trống" in visit.text("[data-basket-status]")
    assert visit.errors == []


def test_all_are_exported_together_in_every_form(visit: Visit) -> None:
    fill(visit)
    visit.open("basket?lang=en")
    # The article is cited twice: as it was printed, and as our record of it.
    assert len(json.loads(export(visit, "json"))) == len(KEPT) + 1
    assert len(read_bibtex(export(visit, "bib"))) == len(KEPT) + 1
    assert len(read_ris(export(visit, "ris"))) == len(KEPT) + 1
    assert export(visit, "csv").count("\r\n") == len(KEPT) + 1
    subjects = {triple.subject.value for triple in pyoxigraph.parse(export(visit, "ttl"), pyoxigraph.RdfFormat.TURTLE)}
    assert {f"{BASE_IRI}id/person-le-van-luong", f"{BASE_IRI}article/ttxvn-lai-chau-1"} <= subjects
    assert visit.errors == []


def test_all_are_opened_on_one_page_each_with_its_own_heading(visit: Visit) -> None:
    fill(visit)
    visit.open("basket")
    visit.page.locator("[data-show]").press("Enter")
    visit.page.locator(".record-of-basket").nth(len(KEPT) - 1).wait_for()
    assert visit.page.locator("h1").count() == 1
    assert visit.page.locator(".record-of-basket h2:first-of-type").count() >= len(KEPT)
    assert visit.page.locator(".record-of-basket").locator("form, .tools, [id]").count() == 0
    assert visit.errors == []


def test_a_browser_that_stores_nothing_says_so_in_words(visit: Visit) -> None:
    visit.page.add_init_script(NO_STORAGE)
    visit.open(KEPT[0])
    visit.page.locator(BUTTON).click()
    assert "không giữ được" in visit.text("main [data-basket] [role=status]")
    visit.open("basket")
    assert "không giữ được" in visit.text("[data-basket-status]")
    assert visit.errors == []


def test_without_scripts_the_basket_says_what_to_do_instead(browser: Browser, site: Site) -> None:
    with visiting(browser, site, with_scripts=False) as visit:
        visit.open("basket")
        assert "JavaScript" in visit.text()
        visit.open(KEPT[0])
        assert not visit.page.locator(BUTTON).is_visible()


def test_on_paper_a_record_is_black_on_white_with_its_evidence_open(browser: Browser, site: Site) -> None:
    with visiting(browser, site) as visit:
        visit.page.emulate_media(media="print", color_scheme="dark")
        visit.open(KEPT[0])
        for hidden in ("header", "main nav", "form", ".tools"):
            assert visit.page.locator(hidden).locator("visible=true").count() == 0, hidden
        assert visit.page.locator(".evidence li").first.is_visible()
        assert site.release_id in visit.text(".print-head")
        colours = visit.page.evaluate(
            "(({ color, backgroundColor }) => [color, backgroundColor])(getComputedStyle(document.body))"
        )
        assert colours == ["rgb(0, 0, 0)", "rgb(255, 255, 255)"]
        assert visit.page.pdf(prefer_css_page_size=True).startswith(b"%PDF")


def test_data_in_a_page_is_no_script_to_the_policy(visit: Visit) -> None:
    visit.open(KEPT[0])
    assert visit.page.locator("script[type='application/ld+json']").count() == 1
    assert visit.errors == []

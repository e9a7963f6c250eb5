"""Pages as a reader meets them: on a phone, a tablet and a desk, by keyboard, in two languages, from one host only."""

import pytest

from .conftest import Site, Visit

pytestmark = pytest.mark.browser

ARTICLE = "article/ttxvn-lai-chau-1"
PATHS = ("/", ARTICLE, "sparql", "ontology", "shapes")
WIDTHS = (360, 768, 1280)
# What overflows is named by tag, class and text, so that the failure says what to mend.
OVERFLOWING = """
() => document.documentElement.scrollWidth <= window.innerWidth ? [] :
  [...document.querySelectorAll('body *')]
    .filter(element => element.getBoundingClientRect().right > window.innerWidth + 1)
    .slice(0, 5)
    .map(element => `${element.tagName}.${element.className}: ${element.textContent.trim().slice(0, 40)}`)
"""
FOCUS = """
() => {
  const element = document.activeElement;
  if (element === document.body) return null;
  const style = getComputedStyle(element);
  const box = element.getBoundingClientRect();
  return {
    place: element.closest('header') ? 'header' : element.closest('main') ? 'main' : 'other',
    address: element.getAttribute('href') ?? '',
    isMarked: (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none',
    isOnScreen: box.width > 1 && box.height > 1 && box.bottom > 0 && box.right > 0 && box.left < window.innerWidth,
    text: element.textContent.trim().slice(0, 40),
  };
}
"""


def paths_of(site: Site) -> list[str]:
    return [*PATHS, *site.examples.values()]


def test_there_is_a_page_for_every_kind(site: Site) -> None:
    assert len(site.examples) >= 20, sorted(site.examples)


@pytest.mark.parametrize("width", WIDTHS)
def test_no_page_is_wider_than_its_window(visit: Visit, width: int) -> None:
    visit.page.set_viewport_size({"width": width, "height": 800})
    for path in paths_of(visit.site):
        visit.open(path)
        assert visit.page.evaluate(OVERFLOWING) == [], f"{path} at {width} px"


def test_pages_log_no_error_and_ask_no_other_host(visit: Visit) -> None:
    for path in paths_of(visit.site):
        visit.open(path)
        assert visit.page.locator("h1").count() == 1, f"{path}: one first heading"
        assert visit.errors == [], path


@pytest.mark.parametrize("path", PATHS)
def test_the_keyboard_reaches_the_skip_link_first_and_then_every_main_link(visit: Visit, path: str) -> None:
    visit.open(path)
    wanted = visit.page.locator("header a").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    assert wanted
    reached = []
    for _ in range(60):
        visit.page.keyboard.press("Tab")
        focus = visit.page.evaluate(FOCUS)
        if focus is None:
            break
        assert focus["isMarked"] and focus["isOnScreen"], f"{path}: focus on {focus} is not to be seen"
        reached.append(focus)
        if focus["place"] == "main":
            break
    assert reached[0]["address"].startswith("#"), f"{path}: the skip link comes first"
    assert visit.page.locator(reached[0]["address"]).count() == 1
    assert set(wanted) <= {focus["address"] for focus in reached}
    assert (
        any(focus["place"] == "main" for focus in reached) or visit.page.locator("main a, main textarea").count() == 0
    )


@pytest.mark.parametrize("path", [*PATHS, "kind"])
def test_the_reader_can_change_the_language(visit: Visit, path: str) -> None:
    visit.open(visit.site.examples["Person"] if path == "kind" else path)
    language = visit.page.locator("html").get_attribute("lang")
    assert language == "vi", "the browser asks for Vietnamese"
    heading = visit.page.locator("h1").inner_text()
    visit.page.locator("header a[hreflang=en]").click()
    assert visit.page.locator("html").get_attribute("lang") == "en"
    assert heading and visit.page.locator("h1").inner_text()
    visit.page.locator("header a[hreflang=vi]").click()
    assert visit.page.locator("html").get_attribute("lang") == "vi"
    assert visit.page.locator("h1").inner_text() == heading
    assert visit.errors == []


def test_a_query_can_be_put_in_the_form_without_scripts(visit: Visit) -> None:
    visit.open("sparql")
    visit.page.locator("textarea[name=query]").fill("SELECT (1 + 1 AS ?two) {}")
    visit.page.locator("form:has(textarea[name=query]) button").click()
    assert "two" in visit.page.locator("main table").first.inner_text()
    assert visit.errors == []

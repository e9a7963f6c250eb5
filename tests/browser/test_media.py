"""Pages on paper, and for readers who want nothing to move."""

import pytest
from playwright.sync_api import Browser

from .addresses import ARTICLE, CONFERENCE, DOCUMENT, PAGES, PASSAGE, SPEAKER
from .conftest import Site, visiting

pytestmark = pytest.mark.browser

NOT_ON_PAPER = "header nav, header form, .skip, button"
MOVING = """
() => {
  const isStill = times => times.split(',').every(time => parseFloat(time) === 0);
  return [...document.querySelectorAll('*')].filter(element => {
    const style = getComputedStyle(element);
    return !isStill(style.transitionDuration) || style.animationName !== 'none' || style.scrollBehavior !== 'auto';
  }).map(element => element.outerHTML.slice(0, 80));
}
"""


@pytest.mark.parametrize("path", [DOCUMENT, SPEAKER, CONFERENCE, ARTICLE, PASSAGE])
def test_what_is_printed_is_the_record_with_its_evidence(browser: Browser, site: Site, path: str) -> None:
    with visiting(browser, site) as visit:
        visit.open(path)
        title = visit.text("h1")
        visit.page.emulate_media(media="print")
        assert visit.page.locator(NOT_ON_PAPER).locator("visible=true").count() == 0
        assert visit.text("h1") == title
        assert visit.at("main :is(a[href*='/passage/'], a[href*='/doc/'])").is_visible()
        # Where the record comes from: its address and the release.
        assert site.release_id in visit.text("body")
        assert visit.page.pdf(format="A4").startswith(b"%PDF")


def test_nothing_moves_for_who_wants_rest(browser: Browser, site: Site) -> None:
    faults = []
    with visiting(browser, site, at_rest=True) as visit:
        for path in (*(paths[0] for paths in PAGES.values()), DOCUMENT, ARTICLE):
            visit.open(path)
            faults += [f"{path}: {element}" for element in visit.page.evaluate(MOVING)]
    assert not faults, "\n" + "\n".join(faults)

"""Pages when no script runs: everything is there to be read, and every form leads somewhere."""

import pytest
from playwright.sync_api import Browser

from .addresses import kinds_of_page
from .conftest import Site, visiting

pytestmark = pytest.mark.browser

SHORTEST_TEXT = 60
# An empty basket, and a graph, whose content is the data that the foot of the page leads to.
ENDS = ("basket", "graph/authority")


def test_every_page_can_be_read_without_scripts(browser: Browser, site: Site) -> None:
    faults = []
    with visiting(browser, site, with_scripts=False) as visit:
        for path in kinds_of_page(site):
            visit.load(path)
            main = visit.page.locator("main")
            if not visit.text("h1"):
                faults.append(f"{path}: no heading")
            if len(visit.text()) < SHORTEST_TEXT:
                faults.append(f"{path}: hardly a word: {visit.text()}")
            if path not in ENDS and not main.locator("a[href], form").count():
                faults.append(f"{path}: leads nowhere")
            # Whatever waits for a script is not shown where none runs.
            for dead in visit.page.locator("button[type=button]:visible").all():
                faults.append(f"{path}: a button that does nothing: {dead.inner_text()}")
    assert not faults, "\n" + "\n".join(faults)


def test_a_query_can_be_put_in_the_form(browser: Browser, site: Site) -> None:
    with visiting(browser, site, with_scripts=False) as visit:
        visit.open("sparql")
        visit.page.locator("textarea[name=query]").fill("SELECT (1 + 1 AS ?two) {}")
        visit.page.locator("form:has(textarea[name=query]) button").first.click()
        assert "two" in visit.text("main table")


def test_the_search_form_leads_to_results(browser: Browser, site: Site) -> None:
    with visiting(browser, site, with_scripts=False) as visit:
        visit.open("")
        visit.at("input[name=q]").fill("hoi nghi")
        visit.at("form[role=search] button, header form button").click()
        assert "q=hoi" in visit.page.url
        assert visit.page.locator("main a[href*='/doc/']").count() > 0

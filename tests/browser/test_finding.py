"""Finding a thing as a reader does: by typing with and without marks, by suggestions, by narrowing a list."""

import pytest

from .addresses import MISSING
from .conftest import Visit

pytestmark = pytest.mark.browser

# What is typed, and the thing that comes first of all documents, people, organs and events.
TYPED = (
    ("le duc duc", "person-le-duc-duc"),
    ("Lê Đức Dục", "person-le-duc-duc"),
    ("uy ban", "organ-ubnd-tinh-lai-chau"),
    ("Uỷ ban", "organ-ubnd-tinh-lai-chau"),
    ("dang bo", "organ-dang-bo-tinh-lai-chau"),
    ("kl 01", "document-01-kl-tw-2021-05-18"),
    ("01 KL TW", "document-01-kl-tw-2021-05-18"),
    ("01-KL/TW", "document-01-kl-tw-2021-05-18"),
)
SUGGESTED = "[role=option]"
FACETS = "form.facets"
BOX = f"{FACETS} input[type=checkbox]"


@pytest.mark.parametrize(("words", "thing"), TYPED)
def test_what_is_typed_leads_to_the_thing_that_is_meant(visit: Visit, words: str, thing: str) -> None:
    visit.open("")
    visit.at("input[name=q]").fill(words)
    visit.at("input[name=q]").press("Enter")
    visit.page.wait_for_url("**/search?q=*")
    assert visit.at("main .things a, main section a[href*='/doc/']").get_attribute("href") == f"/doc/{thing}"
    assert visit.page.locator("header input[name=q]").input_value() == words
    assert visit.errors == []


def test_suggestions_are_walked_through_by_the_arrow_keys(visit: Visit) -> None:
    visit.open("glossary")
    box = visit.at("input[role=combobox]")
    assert box.get_attribute("aria-expanded") == "false"
    box.focus()
    box.press_sequentially("le duc", delay=10)
    visit.page.locator(SUGGESTED).first.wait_for()
    assert box.get_attribute("aria-expanded") == "true"
    visit.page.keyboard.press("ArrowDown")
    chosen = visit.page.locator(f"#{box.get_attribute('aria-activedescendant')}")
    assert chosen.get_attribute("aria-selected") == "true"
    assert "Lê Đức Dục" in chosen.inner_text()
    # What was typed stays, and the list goes, until it is asked for again.
    visit.page.keyboard.press("Escape")
    assert box.get_attribute("aria-expanded") == "false"
    assert box.input_value() == "le duc"
    visit.page.keyboard.press("ArrowDown")
    visit.page.keyboard.press("Enter")
    visit.page.wait_for_url("**/doc/*")
    assert visit.text("h1") == "Lê Đức Dục"
    assert visit.errors == []


def test_a_suggestion_can_be_pressed_and_enter_without_one_searches(visit: Visit) -> None:
    visit.open("")
    box = visit.at("input[role=combobox]")
    box.press_sequentially("kl 01", delay=10)
    visit.page.locator(SUGGESTED).first.click()
    visit.page.wait_for_url("**/doc/document-01-kl-tw-2021-05-18*")
    visit.page.go_back()
    box = visit.at("input[role=combobox]")
    box.fill("kl 01")
    box.press("Enter")
    visit.page.wait_for_url("**/search?q=kl*")


def test_a_list_is_narrowed_by_its_facets_and_the_address_keeps_it(visit: Visit) -> None:
    page = visit.page
    visit.open("browse/Event")
    things = page.locator("main .things a[href*='/doc/']")
    whole = things.count()
    count = int(visit.text(f"{FACETS} label:has(input[type=checkbox]) .count"))
    page.locator(BOX).locator("visible=true").first.check()
    visit.at(f"{FACETS} button").click()
    page.wait_for_url("**/browse/Event?*")
    narrowed = page.url
    assert things.count() == count < whole
    # Whoever is given the address sees the same, with the same box ticked.
    visit.open(narrowed.removeprefix(visit.site.url))
    assert things.count() == count
    assert page.locator(f"{FACETS} input:checked").count() == 1
    # The same list as data has as many rows.
    address = page.locator("main a[href*='.csv']").first.get_attribute("href") or ""
    rows = page.request.get(visit.site.url.rstrip("/") + address).text().splitlines()
    assert len(rows) == count + 1
    assert visit.errors == []


def test_the_back_button_undoes_a_narrowing(visit: Visit) -> None:
    page = visit.page
    visit.open("browse/Event")
    whole = page.locator("main .things a").count()
    page.locator(BOX).locator("visible=true").first.check()
    visit.at(f"{FACETS} button").click()
    page.wait_for_url("**/browse/Event?*")
    page.go_back()
    page.wait_for_url("**/browse/Event")
    assert page.locator("main .things a").count() == whole


def test_an_address_that_is_nearly_right_leads_to_the_thing(visit: Visit) -> None:
    assert visit.load("doc/person-le-duc-du").status == 404
    visit.at("main a[href*='/doc/person-le-duc-duc']").click()
    assert visit.text("h1") == "Lê Đức Dục"


def test_an_address_of_nothing_says_where_to_go(visit: Visit) -> None:
    assert visit.load(MISSING).status == 404
    assert visit.page.locator("main a").count() > 0
    assert "Traceback" not in visit.text("body")

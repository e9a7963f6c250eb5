"""The keyboard alone: it reaches everything that can be pressed, in the order of the page, and shows where it is."""

import pytest

from .addresses import CONFERENCE, DOCUMENT, MISSING, PASSAGE, SPEAKER
from .conftest import Visit

pytestmark = pytest.mark.browser

MAIN_PAGES = (
    "",
    "browse",
    "browse/Person",
    "search?q=le+duc+duc",
    SPEAKER,
    DOCUMENT,
    CONFERENCE,
    PASSAGE,
    "releases",
    "sparql?query=SELECT+*+%7B+%3Fs+%3Fp+%3Fo+%7D+LIMIT+5",
    MISSING,
)
# How every element looked when the keyboard had come to it and the page had moved there; asked in the page, for a key
# takes milliseconds.
WATCH = """
() => {
  window.reached = [];
  document.addEventListener('keyup', event => {
    const element = document.activeElement, style = getComputedStyle(element), box = element.getBoundingClientRect();
    if (event.key !== 'Tab' || element === document.body || element.dataset.reached) return;
    element.dataset.reached = window.reached.length;
    window.reached.push({
      name: `${element.tagName} ${(element.textContent || element.name || '').trim().slice(0, 40)}`,
      isSkipLink: (element.getAttribute('href') ?? '').startsWith('#'),
      isMarked: (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none'
        // What is drawn has no outline: the shape itself gets a line around it.
        || [...element.querySelectorAll('rect')].some(shape => parseFloat(getComputedStyle(shape).strokeWidth) >= 3),
      isOnScreen: box.width > 1 && box.height > 1 && box.bottom > 0 && box.top < window.innerHeight
        && box.right > 0 && box.left < window.innerWidth,
    });
  });
}
"""
# What can be pressed or typed into, unless it is out of sight; of radio buttons with one name only one is reached.
PRESSABLE = """
() => [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex="0"]')]
  .filter(element => !element.disabled && element.tabIndex >= 0 && element.checkVisibility({visibilityProperty: true}))
  .filter(element => element.type !== 'radio' || element.checked)
  .map(element => ({name: element.outerHTML.slice(0, 100), order: Number(element.dataset.reached ?? -1)}))
"""


@pytest.mark.parametrize("path", MAIN_PAGES)
def test_the_keyboard_reaches_everything_in_order(visit: Visit, path: str) -> None:
    page = visit.page
    # What moves slowly to where the keyboard is would not be there yet when the key is let go.
    page.emulate_media(reduced_motion="reduce")
    visit.load(path)
    page.evaluate(WATCH)
    # A place inside something that scrolls may be reached too, so some more keys than things to press.
    for _ in range(len(page.evaluate(PRESSABLE)) + 10):
        page.keyboard.press("Tab")
        if page.evaluate("() => document.activeElement === document.body && window.reached.length > 0"):
            break
    reached = page.evaluate("() => window.reached")
    assert reached and reached[0]["isSkipLink"], "the skip link comes first"
    assert [each["name"] for each in reached if not (each["isMarked"] and each["isOnScreen"])] == []
    pressable = page.evaluate(PRESSABLE)
    assert [each["name"] for each in pressable if each["order"] < 0] == []
    orders = [each["order"] for each in pressable]
    assert orders == sorted(orders), "the keyboard does not go in the order of the page"


def test_the_skip_link_leads_past_the_navigation(visit: Visit) -> None:
    visit.open(SPEAKER)
    visit.page.keyboard.press("Tab")
    visit.page.keyboard.press("Enter")
    assert visit.page.evaluate("() => document.activeElement.tagName") == "MAIN"
    visit.page.keyboard.press("Tab")
    assert visit.page.evaluate("() => document.activeElement.closest('main') !== null")


def test_a_fold_opens_by_the_keyboard(visit: Visit) -> None:
    visit.open(CONFERENCE)
    fold = visit.at("main details:not([open])")
    fold.locator("summary").first.focus()
    visit.page.keyboard.press("Enter")
    assert visit.page.evaluate("() => document.activeElement.parentElement.open") is True

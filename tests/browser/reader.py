"""A reader on an errand: starts at the front door, presses what is in sight, reads, and counts.

Comes in: a visit and a way of going about it. Goes out: the number of steps; a step that cannot be made, or words that
are not there, is a failure that says where the reader stood.
"""

from dataclasses import dataclass

from playwright.sync_api import Locator

from .conftest import Visit


@dataclass
class Reader:
    """Somebody who presses links and buttons, with the mouse or with the keyboard alone."""

    visit: Visit
    language: str
    by_keyboard: bool = False
    steps: int = 0

    def start(self) -> None:
        """Come in by the front door, in the language that the browser asks for."""
        self.visit.open("")
        assert self.visit.page.locator("html").get_attribute("lang") == self.language

    def press(self, selector: str) -> None:
        """Press the first thing in sight that the selector finds."""
        self._press(self.visit.at(selector))

    def go(self, selector: str, address: str) -> None:
        """Press a link or a button, and be at an address that holds these words."""
        self.press(selector)
        self.visit.page.wait_for_url(lambda url: address in url)
        self.visit.page.wait_for_load_state()

    def find(self, words: str, kind: str, thing: str) -> None:
        """Type words into the search box and press the result that is meant, by its name in addresses."""
        box = self.visit.at("input[name=q]")
        box.fill(words)
        box.press("Enter")
        self.steps += 1
        self.visit.page.wait_for_url("**/search?q=*")
        self.go(f"main a[href*='/doc/{kind}-{thing}']", f"/doc/{kind}-{thing}")

    def tick(self, selector: str) -> None:
        """Tick the first box in sight that the selector finds."""
        box = self.visit.at(selector)
        if self.by_keyboard:
            box.focus()
            box.press("Space")
        else:
            box.check()
        self.steps += 1

    def unfold(self, selector: str) -> None:
        """Open what is folded around the first thing that the selector finds; nothing to do where it is in sight."""
        page = self.visit.page
        inner = selector.removeprefix("main ")
        # The innermost in sight: an outer one may be open by its style alone, as the facets are at a desk.
        folds = page.locator(f"main details:not([open]):has({inner}) > summary").locator("visible=true")
        while not page.locator(selector).locator("visible=true").count():
            self._press(folds.last)

    def reads(self, *words: str, selector: str = "main") -> None:
        """See these words, whatever the case they are in."""
        text = self.visit.text(selector).casefold()
        missing = [word for word in words if word.casefold() not in text]
        assert not missing, f"{self.visit.page.url}: nothing says {missing}; it says: {text[:600]}"

    def _press(self, found: Locator) -> None:
        if self.by_keyboard:
            found.focus()
            found.press("Enter")
        else:
            found.click()
        self.steps += 1

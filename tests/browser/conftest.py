"""A real server process with a real release on loopback, and a headless Chromium that looks at it."""

import csv
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, Locator, Page, Playwright, Request, Response, sync_playwright

from tulieu.formats import ROWS_CSV
from tulieu.store import Dataset, Store
from tulieu.vocabulary import BASE_IRI

from ..real_release import real_release
from ..real_server import real_server

# Set by .ci/run: there the browser must be, and a skipped test would be a green light for nothing.
REQUIRED = "TEST_REQUIRE_BROWSER"
KINDS = f"""
SELECT ?class (MIN(?thing) AS ?example) WHERE {{
  GRAPH <{BASE_IRI}graph/asserted> {{ ?thing a ?class }}
  FILTER(STRSTARTS(STR(?class), "{BASE_IRI}ontology#") && STRSTARTS(STR(?thing), "{BASE_IRI}id/"))
}} GROUP BY ?class ORDER BY ?class
"""
# A window of a desk, of a tablet, and of the narrowest phone: a desk's window at 400 %.
DESK = (1280, 800)
TABLET = (768, 1024)
PHONE = (360, 740)


@dataclass(frozen=True)
class Site:
    """A running server: its address, and one thing of each kind in its release."""

    url: str
    release_id: str
    examples: dict[str, str] = field(default_factory=dict)


@dataclass
class Visit:
    """A page of the browser and what went wrong on it."""

    page: Page
    site: Site
    errors: list[str] = field(default_factory=list)

    def load(self, path: str) -> Response:
        """Load a path of the site; whatever the page logs as an error or asks of another host is kept."""
        response = self.page.goto(self.site.url + path.removeprefix("/"))
        assert response is not None, path
        return response

    def open(self, path: str) -> None:
        """Load a page that there is."""
        response = self.load(path)
        assert response.status == 200, f"{path}: {response.status}"

    def at(self, selector: str) -> Locator:
        """The first element in sight that a selector finds."""
        return self.page.locator(selector).locator("visible=true").first

    def text(self, selector: str = "main") -> str:
        """The words in sight of the first element that a selector finds, on one line."""
        return " ".join(self.page.locator(selector).first.inner_text().split())


def describe_failure(request: Request) -> list[str]:
    """What failed; what the browser itself broke off, because the next page was opened, did not fail."""
    return [] if request.failure == "net::ERR_ABORTED" else [f"{request.url}: {request.failure}"]


@contextmanager
def visiting(
    browser: Browser,
    site: Site,
    language: str = "vi",
    window: tuple[int, int] = DESK,
    with_scripts: bool = True,
    at_rest: bool = False,
) -> Iterator[Visit]:
    """A reader with a browser of his own: its language, its window, whether scripts run and whether things may move."""
    context = browser.new_context(
        locale={"vi": "vi-VN", "en": "en-GB"}[language],
        viewport={"width": window[0], "height": window[1]},
        java_script_enabled=with_scripts,
        reduced_motion="reduce" if at_rest else "no-preference",
    )
    visit = Visit(context.new_page(), site)
    # A click waits for half a minute else, and a test that fails takes as long.
    context.set_default_timeout(10_000)
    visit.page.on("console", lambda message: visit.errors.append(message.text) if message.type == "error" else None)
    visit.page.on("pageerror", lambda error: visit.errors.append(str(error)))
    visit.page.on(
        "request",
        lambda request: (
            None if request.url.startswith((site.url, "data:")) else visit.errors.append(f"asked for {request.url}")
        ),
    )
    visit.page.on("requestfailed", lambda request: visit.errors.extend(describe_failure(request)))
    yield visit
    context.close()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    release = real_release()
    _, written = Store(release.store_path).write_answer(KINDS, Dataset(), lambda kind: ROWS_CSV, 1_000_000)
    rows = csv.reader(written.decode().splitlines()[1:])
    examples = {kind.split("#")[1]: thing.removeprefix(BASE_IRI) for kind, thing in rows}
    with real_server(tmp_path_factory.mktemp("log") / "serve.log") as url:
        yield Site(url, release.id, examples)


# For a module alone: while it is open its event loop runs in the main thread, where other tests need their own.
@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        reason = "no chromium on the path; on Debian: apt install chromium"
        if os.environ.get(REQUIRED):
            pytest.fail(reason)
        pytest.skip(reason)
    # Chromium's own sandbox does not start for root, and CI runs as root in a container of its own.
    options = ["--no-sandbox"] if os.geteuid() == 0 else []
    browser = playwright.chromium.launch(executable_path=path, args=options)
    yield browser
    browser.close()


@pytest.fixture
def visit(browser: Browser, site: Site) -> Iterator[Visit]:
    with visiting(browser, site) as visit:
        yield visit

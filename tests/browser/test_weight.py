"""What a page weighs on the wire, with its styles, scripts and pictures: at the first visit and at the second."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser

from .addresses import STATUS, kinds_of_page
from .conftest import Site, Visit, visiting

pytestmark = pytest.mark.browser

MOST_AT_FIRST = 100_000
# Nothing but the headers of answers that say: as you have it.
MOST_AGAIN = 1_500


@contextmanager
def weighing(visit: Visit) -> Iterator[list[float]]:
    """Collect the bytes of every answer, headers included, as they came over the wire."""
    received: list[float] = []
    session = visit.page.context.new_cdp_session(visit.page)
    session.send("Network.enable")
    session.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
    yield received
    session.detach()


def test_pages_are_light_and_cost_next_to_nothing_again(browser: Browser, site: Site) -> None:
    faults = []
    for path in kinds_of_page(site):
        # A browser of its own for each page: nothing is known from another.
        with visiting(browser, site) as visit, weighing(visit) as received:
            visit.load(path)
            visit.page.wait_for_load_state("networkidle")
            first = sum(received)
            received.clear()
            visit.load(path)
            visit.page.wait_for_load_state("networkidle")
            # An error is not kept: it may be mended by the next time.
            again = sum(received) if path not in STATUS else 0
            if not 1_000 < first < MOST_AT_FIRST or again > MOST_AGAIN:
                faults.append(f"{path}: {first:.0f} bytes, then {again:.0f}")
    assert not faults, "\n" + "\n".join(faults)

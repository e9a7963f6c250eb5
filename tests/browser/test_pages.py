"""Every kind of page as readers meet it: in two languages, in light and dark, wide and narrow, from one host only."""

from collections import defaultdict

import pytest

from tulieu.pages.views import DOCUMENT_PAGES
from tulieu.pages.views import PAGES as RULES

from .addresses import DOCUMENTS, PAGES, pages, things
from .conftest import Site, Visit
from .inspection import inspect

pytestmark = pytest.mark.browser


def test_every_rule_of_the_server_is_looked_at(site: Site) -> None:
    assert set(PAGES) == {rule for rule, _, _ in RULES}, "addresses.PAGES: an address for each rule of views.PAGES"
    assert set(DOCUMENTS) == {prefix for prefix, _, _ in DOCUMENT_PAGES}
    assert len(site.examples) >= 20, sorted(site.examples)
    assert len(pages(site)) >= len(PAGES) + len(DOCUMENTS)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_no_page_has_a_fault(visit: Visit, language: str) -> None:
    found = defaultdict(list)
    # Neither the colours of a page nor the page that things of all kinds share depend on the language.
    seen = [(path, language == "vi") for path in pages(visit.site)]
    seen += [(path, False) for path in things(visit.site) if language == "vi"]
    for path, in_dark in seen:
        for fault in inspect(visit, path, language, in_dark):
            found[fault].append(path or "/")
    # A fault of the layout is on every page: it is named once, with the first pages that have it.
    lines = [f"{len(paths)} pages ({', '.join(paths[:3])}): {fault}" for fault, paths in found.items()]
    assert not lines, "\n" + "\n".join(lines)

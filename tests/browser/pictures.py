"""Pictures of the main pages for the documentation; a server has to be running.

    PYTHONPATH=server .venv/bin/python -m tests.browser.pictures http://127.0.0.1:8000/ docs/images [360 768 1280]

Comes in: the server's address, a folder, and widths in CSS pixels (1280 when none is said). Goes out: a PNG of the top
of each page at each width; the width stands in the name of those that are not 1280 wide.
"""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from .addresses import CONFERENCE, DOCUMENT

PICTURES = {
    "home": "?lang=en",
    "event": f"{CONFERENCE}?lang=en",
    "document": f"{DOCUMENT}?lang=vi",
    "timeline": "timeline?lang=en",
    "figures": "figures?lang=vi",
}
DESK = 1280
HEIGHT = 900


def main(address: str, folder: Path, widths: tuple[int, ...]) -> None:
    """Take them all."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for width in widths:
            page = browser.new_page(viewport={"width": width, "height": HEIGHT})
            for name, path in PICTURES.items():
                page.goto(address + path)
                page.screenshot(path=folder / (f"{name}.png" if width == DESK else f"{name}-{width}.png"))
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), tuple(map(int, sys.argv[3:])) or (DESK,))

"""What is looked at on every page, all of it at one visit: a page is loaded once and then asked many things.

Comes in: a page that is open. Goes out: its faults, each in a line that names the element to mend; none is good.
"""

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT

from .addresses import STATUS
from .conftest import Visit

# WCAG 2.2 at level AA, and what axe recommends beyond it.
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
# 320 is a desk's window at 400 %, 640 the same at 200 %.
WIDTHS = (320, 360, 640, 768, 1280)
MOST_NAMED = 5

_AXE = """
async run => (await axe.run(document, {runOnly: run, resultTypes: ['violations']})).violations.map(violation => ({
  rule: violation.id,
  help: violation.help,
  elements: violation.nodes.map(
    node => `${node.target.join(' ')}: ${node.any.concat(node.all, node.none)[0]?.message ?? ''}`),
}))
"""
# What overflows is named by tag, class and text; what scrolls by itself does not widen a page.
_OVERFLOWING = """
() => document.documentElement.scrollWidth <= window.innerWidth ? [] :
  [...document.querySelectorAll('body *')]
    .filter(element => element.getBoundingClientRect().right > window.innerWidth + 1)
    .map(element => `${element.tagName}.${element.className}: ${element.textContent.trim().slice(0, 40)}`)
    .slice(0, 5)
    .concat(`${document.documentElement.scrollWidth} px`)
"""
_INLINE = """
() => [...document.querySelectorAll('script, style, [style]')]
  .filter(element => !element.src && element.type !== 'application/ld+json')
  .concat([...document.querySelectorAll('body *')].filter(
    element => element.getAttributeNames().some(name => name.startsWith('on'))))
  .map(element => element.outerHTML.slice(0, 80))
"""


def inspect(visit: Visit, path: str, language: str, in_dark: bool = True) -> list[str]:
    """All faults of a page in a language, each on one line."""
    separator = "&" if "?" in path else "?"
    visit.errors.clear()
    response = visit.load(f"{path}{separator}lang={language}")
    expected = STATUS.get(path, 200)
    page = visit.page
    faults = [f"status {response.status}"] if response.status != expected else []
    if page.locator("h1").count() != 1:
        faults.append(f"{page.locator('h1').count()} first headings")
    if page.locator("html").get_attribute("lang") != language:
        faults.append("not in the language asked for")
    if "'unsafe" in response.headers.get("content-security-policy", "'unsafe"):
        faults.append("the content security policy lets code in")
    faults += [f"inline: {element}" for element in page.evaluate(_INLINE)]
    faults += inspect_accessibility(visit, in_dark)
    faults += inspect_widths(visit)
    # The browser itself says so of a page that is an error.
    faults += [error for error in visit.errors if expected == 200 or str(expected) not in error]
    return [" ".join(fault.split()) for fault in faults]


def inspect_accessibility(visit: Visit, in_dark: bool) -> list[str]:
    """What axe finds, in light, and once more in dark where colours alone differ."""
    page = visit.page
    page.emulate_media(color_scheme="light")
    page.evaluate(AXE_SCRIPT)
    found = _run_axe(visit, {"type": "tag", "values": list(RULES)}, "light")
    if in_dark:
        page.emulate_media(color_scheme="dark")
        found += _run_axe(visit, {"type": "rule", "values": ["color-contrast"]}, "dark")
        page.emulate_media(color_scheme="light")
    return found


def inspect_widths(visit: Visit) -> list[str]:
    """What makes the page wider than its window, at each width and with letters of double size."""
    page = visit.page
    faults = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        if wide := page.evaluate(_OVERFLOWING):
            faults.append(f"wider than {width} px: {'; '.join(wide)}")
    page.evaluate("() => { document.documentElement.style.fontSize = '200%'; }")
    if wide := page.evaluate(_OVERFLOWING):
        faults.append(f"wider than the window when letters are doubled: {'; '.join(wide)}")
    return faults


def _run_axe(visit: Visit, run: dict[str, Any], scheme: str) -> list[str]:
    return [
        f"axe, {scheme}: {each['rule']} ({each['help']}), {len(each['elements'])}×: "
        + "; ".join(each["elements"][:MOST_NAMED])
        for each in visit.page.evaluate(_AXE, run)
    ]

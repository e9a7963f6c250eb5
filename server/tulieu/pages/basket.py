"""The page of the basket: what a reader has put aside, which only his own browser knows.

Comes in: a reader. Goes out: a frozen `BasketPage` with the addresses at which the script gets each record in a form.
The list itself never reaches the server: it stands in the browser's storage, and `basket.js` fills the page.
"""

from dataclasses import dataclass

from tulieu.pages.citation import BIBTEX, CSL_JSON, RIS
from tulieu.pages.values import Values


@dataclass(frozen=True)
class BasketPage:
    """The forms in which all records are given together: name, title, address to which `of` is added."""

    exports: tuple[tuple[str, str, str], ...]


def make_basket_page(values: Values) -> BasketPage:
    """Gather the page of the basket."""
    return BasketPage(
        tuple((form.name, form.title, values.links.path(f"cite.{form.name}")) for form in (CSL_JSON, BIBTEX, RIS))
    )

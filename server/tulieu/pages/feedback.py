"""Reporting an error: a link made of the operator's address, filled with what is wrong where.

Comes in: the setting `feedback` (a `mailto:` address, or the `https:` address of a tracker's form for a new entry), and
what a page shows. Goes out: an `href`; empty when the operator has set no address, and then no page has such a link.
"""

from dataclasses import dataclass
from urllib.parse import quote, urlencode

from tulieu.pages.labels import Text
from tulieu.pages.wording import Wording

# What the two fields of a report are called in the address, by its scheme.
_FIELDS = {"mailto": ("subject", "body"), "https": ("title", "body"), "http": ("title", "body")}


@dataclass(frozen=True)
class Feedback:
    """Makes the links of one page by which readers report an error."""

    address: str
    title: str
    page: str
    release: str
    language: str

    @property
    def href(self) -> str:
        """The link that reports something wrong on the page as a whole."""
        return self._fill(())

    def statement(self, label: Text, value: Text, sources: tuple[str, ...]) -> str:
        """The link that reports one statement, with the passages and notes that it rests on."""
        return self._fill((f"{label.words}: {value.words}", *sources))

    def _fill(self, lines: tuple[str, ...]) -> str:
        fields = _FIELDS.get(self.address.partition(":")[0])
        if not fields:
            return ""
        wording = Wording(self.language)
        subject = wording("feedback.subject", self.title)
        text = "\n".join((*lines, self.page, self.release, "", ""))
        mark = "&" if "?" in self.address else "?"
        return f"{self.address}{mark}{urlencode(dict(zip(fields, (subject, text), strict=True)), quote_via=quote)}"

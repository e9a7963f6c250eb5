"""What the passages of an article state, read at one go.

Comes in: the name of an article. Goes out: its `Contents`, kept for the articles that were read last, since a release
never changes.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from tulieu.pages.knowledge import Knowledge, text_of
from tulieu.store import Row

# An article of three hundred passages takes a few megabytes.
_KEPT = 16


@dataclass(frozen=True)
class Contents:
    """The passages of an article in reading order, what each states, and where each thing comes up."""

    article: str
    order: tuple[str, ...]
    paragraphs: Mapping[str, int]
    rows: Mapping[str, Sequence[Row]]
    places: Mapping[str, Sequence[str]]

    @property
    def paragraph_count(self) -> int:
        """How many lines of the text have passages."""
        return len(set(self.paragraphs.values()))


class Articles:
    """The articles of a release."""

    def __init__(self, knowledge: Knowledge) -> None:
        """Read the articles of one release."""
        self._knowledge = knowledge
        self.read = lru_cache(_KEPT)(self._read)

    def _read(self, article: str) -> Contents:
        """Read what the passages of an article state; there are none of what is no article."""
        passages = self._knowledge.about("passages", "article", article)
        paragraphs = {text_of(row["passage"]): int(text_of(row["paragraph"])) for row in passages}
        rows: dict[str, list[Row]] = {passage: [] for passage in paragraphs}
        for row in self._knowledge.about("article-contents", "article", article) if passages else ():
            rows[text_of(row["passage"])].append(row)
        places: dict[str, list[str]] = defaultdict(list)
        for passage in paragraphs:
            for thing in {text_of(row["subject"]) for row in rows[passage]}:
                places[thing].append(passage)
        return Contents(article, tuple(paragraphs), paragraphs, rows, dict(places))

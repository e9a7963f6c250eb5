"""The words of the interface, in Vietnamese and English: `catalogue.json`, and the function that templates call.

Comes in: a language. Goes out: a `Wording`, which turns a key into text. A missing key is an error, never an empty
place on a page; a test also fails on a key that nothing uses.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

LANGUAGES = ("vi", "en")


@dataclass(frozen=True)
class Wording:
    """The interface in one language; calling it with a key gives the text."""

    language: str

    def __call__(self, key: str, /, *values: object) -> str:
        """Give the text of a key, with the values put in for its `{}`."""
        return load_catalogue()[key][self.language].format(*values)

    def has(self, key: str) -> bool:
        """Say whether the catalogue knows a key, for words that follow from the data (a rule, a graph)."""
        return key in load_catalogue()


@cache
def load_catalogue() -> Mapping[str, Mapping[str, str]]:
    """Read the catalogue that travels with the package: key to language to text."""
    text = (files("tulieu.pages") / "catalogue.json").read_text(encoding="utf-8")
    catalogue: dict[str, dict[str, str]] = json.loads(text)
    return catalogue

"""One reader's request, as page makers see it.

Comes in: the path below the public URL, the parameters of the address, what writes values for the reader. Goes out: a
frozen `Visit`, from which a maker reads what was chosen: texts, several values, numbers. What is no valid choice counts
as none, so that no address breaks a page.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from tulieu.pages.values import Values

_LONGEST = 200


@dataclass(frozen=True)
class Visit:
    """A path with its parameters, each of one or several values; the language is not among them: `values` knows it."""

    values: Values
    path: str
    parameters: Mapping[str, tuple[str, ...]]

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rsplit("/", 1)[-1]

    def text(self, name: str) -> str:
        """The first value of a parameter, at most 200 characters of it; empty when there is none."""
        return next(iter(self.parameters.get(name, ())), "")[:_LONGEST]

    def texts(self, name: str) -> tuple[str, ...]:
        """All values of a parameter that are not empty, each once."""
        return tuple(dict.fromkeys(value[:_LONGEST] for value in self.parameters.get(name, ()) if value))

    def number(self, name: str, otherwise: int = 1) -> int:
        """A parameter as a number from 1 on; `otherwise` when it is none."""
        text = self.text(name)
        return int(text) if text.isascii() and text.isdigit() and 0 < len(text) < 8 and int(text) else otherwise

    def address(self, **changes: str | tuple[str, ...]) -> str:
        """The path of the same page with some parameters set otherwise; an empty value takes one away."""
        parameters = {**self.parameters, **{name.rstrip("_"): value for name, value in changes.items()}}
        return self.values.links.path(self.path, {name: value for name, value in parameters.items() if value})

"""Results as plain text for people: the table of a query, cut to a terminal's width where there is one; findings.

Comes in: the values that `store.py` gives, or the findings of a validation, and the prefixes to shorten names by.
Goes out: text. Pure.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from tulieu.store import Blank, Iri, Statement, Table, Term

_GAP = "  "
_NARROWEST = 8
# What may follow a prefix without an escape (https://www.w3.org/TR/sparql11-query/#rPN_LOCAL, the plain part of it).
_LOCAL_NAME = re.compile(r"\w(?:[\w.-]*[\w-])?")


class Finding(Protocol):
    """What a validation found, as `pipeline.report.Result` has it; the pipeline is not imported to write it down."""

    @property
    def severity(self) -> str:
        """Violation, Warning or Info."""

    @property
    def focus_node(self) -> str:
        """The thing."""

    @property
    def path(self) -> str:
        """The property."""

    @property
    def value(self) -> str:
        """The value, as N-Triples writes it, or an IRI."""

    @property
    def messages(self) -> Mapping[str, str]:
        """What is wrong, by language."""

    @property
    def source_shape(self) -> str:
        """The shape."""

    @property
    def files(self) -> tuple[str, ...]:
        """The knowledge files that say so."""


def render_findings(findings: Iterable[Finding], prefixes: Sequence[tuple[str, str]]) -> str:
    """Write each finding as a paragraph: what and where, the messages, the files and the shape."""
    written = []
    for finding in findings:
        about = [finding.focus_node, finding.path, finding.value]
        lines = [f"{finding.severity}: {' '.join(_shorten_part(part, prefixes) for part in about if part)}"]
        lines += [f"  {finding.messages[language]}" for language in sorted(finding.messages)]
        lines.append(f"  {', '.join(finding.files) or 'no file'}; {_shorten_part(finding.source_shape, prefixes)}")
        written.append("\n".join(lines) + "\n\n")
    return "".join(written)


def render_answer(
    answer: Table | bool | tuple[Statement, ...], prefixes: Sequence[tuple[str, str]], width: int | None = None
) -> str:
    """Write the answer to any kind of query; without a width, cells are as wide as what they hold."""
    if isinstance(answer, bool):
        return f"{str(answer).lower()}\n"
    if isinstance(answer, tuple):
        columns = ("subject", "predicate", "object")
        rows = tuple(dict(zip(columns, (each.subject, each.predicate, each.object), strict=True)) for each in answer)
        answer = Table(columns, rows, len(rows))
    return _render_table(answer, prefixes, width)


def shorten_iri(iri: str, prefixes: Sequence[tuple[str, str]]) -> str:
    """Write an IRI by the longest prefix that fits it, else whole in angle brackets."""
    for prefix, start in sorted(prefixes, key=lambda entry: -len(entry[1])):
        if iri.startswith(start) and _LOCAL_NAME.fullmatch(iri.removeprefix(start)):
            return f"{prefix}:{iri.removeprefix(start)}"
    return f"<{iri}>"


def _shorten_part(part: str, prefixes: Sequence[tuple[str, str]]) -> str:
    return shorten_iri(part, prefixes) if part.startswith(("http://", "https://")) and " " not in part else part


def _render_table(table: Table, prefixes: Sequence[tuple[str, str]], width: int | None) -> str:
    lines = [list(table.columns)]
    lines += [[_render_term(row.get(name), prefixes) for name in table.columns] for row in table.rows]
    widths = [max(_measure(line[column]) for line in lines) for column in range(len(table.columns))]
    if width is not None:
        widths = _fit(widths, width)
    lines.insert(1, ["-" * each for each in widths])
    return "".join(_render_line(line, widths) + "\n" for line in lines)


def _render_term(term: Term | None, prefixes: Sequence[tuple[str, str]]) -> str:
    if term is None:
        return ""
    if isinstance(term, Iri):
        return shorten_iri(term.value, prefixes)
    # White space would break the table; a control character would reach the terminal as a command.
    text = " ".join(term.value.split())
    text = "".join("\ufffd" if unicodedata.category(character) == "Cc" else character for character in text)
    return f"_:{text}" if isinstance(term, Blank) else text


def _render_line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return _GAP.join(_pad(cell, width) for cell, width in zip(cells, widths, strict=True)).rstrip()


def _pad(cell: str, width: int) -> str:
    if _measure(cell) > width:
        while _measure(cell) > width - 1:
            cell = cell[:-1]
        cell += "…"
    return cell + " " * (width - _measure(cell))


def _measure(text: str) -> int:
    """The columns a text takes: combining marks take none, East Asian wide characters two."""
    return sum(
        0 if unicodedata.combining(character) else 1 + (unicodedata.east_asian_width(character) in "WF")
        for character in text
    )


def _fit(widths: Sequence[int], width: int) -> list[int]:
    """Take from the widest column, one at a time, until the line fits or all are narrow."""
    fitted = list(widths)
    while fitted and sum(fitted) + len(_GAP) * (len(fitted) - 1) > width and max(fitted) > _NARROWEST:
        fitted[fitted.index(max(fitted))] -= 1
    return fitted

"""What validation found in a release, for people: the report in words instead of names.

Comes in: `report.json` of a release, and the shapes. Goes out: `Finding`s, the gravest first, then by shape; names in
paths and messages are written as labels.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from tulieu.pages.labels import Text
from tulieu.pages.shapes import Parts, show_shape
from tulieu.pages.values import Value, Values
from tulieu.pages.wording import LANGUAGES

SEVERITIES = ("Violation", "Warning", "Info")
_NAME = re.compile(r"<?(https?://[^\s<>()*+?^|,;]*[^\s<>()*+?^|,;.:])>?")
_LITERAL = re.compile(r'"(?P<text>.*)"(?:@\w[\w-]*|\^\^<?\S+>?)?', re.DOTALL)


@dataclass(frozen=True)
class Finding:
    """One finding: about which thing, against which shape, how grave, by which property and value, in words."""

    thing: Value
    shape: Value
    severity: str
    severity_words: str
    path: str
    value: str
    message: Text | None


@dataclass(frozen=True)
class Report:
    """All findings in order; `conforms` is None where a release has no report."""

    conforms: bool | None
    results: tuple[Mapping[str, Any], ...]


@lru_cache(maxsize=2)
def read_report(path: Path) -> Report:
    """Read the report of a release, which never changes."""
    values = json.loads(path.read_text(encoding="utf-8"))
    results = sorted(
        values.get("results", ()),
        key=lambda result: (SEVERITIES.index(result["severity"]), result["source_shape"], result["focus_node"]),
    )
    return Report(values.get("conforms"), tuple(results))


def show_finding(result: Mapping[str, Any], parts: Parts, values: Values) -> Finding:
    """Write one result of a report for a reader."""
    focus = result["focus_node"]
    message = next(
        (
            Text(_name(result["messages"][language], values), language)
            for language in (values.language, *LANGUAGES, "")
            if language in result["messages"]
        ),
        None,
    )
    return Finding(
        thing=values.thing(focus) if focus.startswith("http") else Value(Text(_name(focus, values), "")),
        shape=show_shape(result["source_shape"], parts, values),
        severity=result["severity"],
        severity_words=values.wording(f"quality.severity.{result['severity']}"),
        path=_name(result["path"], values),
        value=_name(result["value"], values),
        message=message,
    )


def _name(text: str, values: Values) -> str:
    """Write what the report names by its label, and a literal without its signs."""
    literal = _LITERAL.fullmatch(text)
    if literal:
        return literal["text"].replace('\\"', '"')
    return _NAME.sub(lambda found: values.labels.of(found[1], values.content).words, text)

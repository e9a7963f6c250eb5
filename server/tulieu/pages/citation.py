"""References to what stands here, in the formats that reference managers read.

Comes in: a `Reference`. Goes out: text for people, BibTeX, RIS (https://en.wikipedia.org/wiki/RIS_(file_format)), and
CSL-JSON (https://github.com/citation-style-language/schema). The day of access is the reader's to add: a page is kept
by caches, and nobody knows here when it is read; what fixes the state that is cited is the release.
"""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tulieu.formats import Format
from tulieu.pages.values import show_date
from tulieu.pages.wording import Wording

ENTRY, DATASET, PAGE, NEWS = "entry", "dataset", "webpage", "article-newspaper"
TEXT = Format("txt", "text/plain", "TXT")
BIBTEX = Format("bib", "application/x-bibtex", "BibTeX")
RIS = Format("ris", "application/x-research-info-systems", "RIS")
CSL_JSON = Format("json", "application/vnd.citationstyles.csl+json", "CSL-JSON")

_RIS_TYPES = {ENTRY: "ELEC", DATASET: "DATA", PAGE: "ELEC", NEWS: "NEWS"}
_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
# No brace is written as such: BibTeX counts braces even where a backslash stands before them.
_BIBTEX_SIGNS = {
    "\\": r"\textbackslash{}",
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{sign: f"\\{sign}" for sign in "&%$#_"},
}


@dataclass(frozen=True)
class Reference:
    """What is cited: one of the kinds above, its title with its language, and the state it is cited in.

    A news article that is cited as such has no release and no address: the graph knows neither for it.
    """

    key: str
    kind: str
    title: str
    language: str
    container: str
    issued: str = ""
    version: str = ""
    url: str = ""
    identifier: str = ""
    authors: tuple[str, ...] = ()


def write_text(references: Sequence[Reference], wording: Wording) -> str:
    """Write references as people do, one in a paragraph."""
    return "\n\n".join(_sentence(each, wording) for each in references) + "\n"


def write_bibtex(references: Sequence[Reference], wording: Wording) -> str:
    """Write references for BibTeX, in UTF-8."""
    return "\n".join(_bibtex_entry(each, wording) for each in references)


def write_ris(references: Sequence[Reference], wording: Wording) -> str:
    """Write references as RIS: a tag and a value on each line, lines ended as the format asks."""
    return "".join(f"{line}\r\n" for each in references for line in _ris_lines(each, wording))


def write_csl(references: Sequence[Reference], wording: Wording) -> str:
    """Write references as CSL-JSON."""
    return json.dumps([_csl_item(each, wording) for each in references], ensure_ascii=False, indent=1) + "\n"


CitationWriter = Callable[[Sequence[Reference], Wording], str]
# Each form of a reference with what writes it; `/cite.<name>` gives it.
CITATION_FORMATS: tuple[tuple[Format, CitationWriter], ...] = (
    (TEXT, write_text),
    (BIBTEX, write_bibtex),
    (RIS, write_ris),
    (CSL_JSON, write_csl),
)


def _sentence(reference: Reference, wording: Wording) -> str:
    parts = [
        ", ".join(reference.authors),
        wording("cite.quoted", reference.title),
        reference.container,
        wording("cite.release", reference.version) if reference.version else "",
        show_date(reference.issued, wording),
        reference.url,
        wording("cite.identifier", reference.identifier) if reference.identifier not in ("", reference.url) else "",
    ]
    return ". ".join(part for part in parts if part) + "."


def _bibtex_entry(reference: Reference, wording: Wording) -> str:
    is_news = reference.kind == NEWS and reference.container
    year, month, day = _day_of(reference.issued)
    fields = {
        # Names are kept whole: the first word of a Vietnamese name is the family's.
        "author": " and ".join(f"{{{_escape_bibtex(name)}}}" for name in reference.authors),
        "title": f"{{{_escape_bibtex(reference.title)}}}",
        "journal" if is_news else "howpublished": _escape_bibtex(reference.container),
        "version": reference.version,
        "year": year,
        "month": month.lstrip("0"),
        "date": f"{year}-{month}-{day}" if year else "",
        "note": _escape_bibtex(_note(reference, wording)),
        "url": reference.url,
        "langid": {"vi": "vietnamese", "en": "english"}.get(reference.language, ""),
    }
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items() if value not in ("", "{}"))
    return f"@{'article' if is_news else 'misc'}{{{reference.key},\n{lines}}}\n"


def _ris_lines(reference: Reference, wording: Wording) -> list[str]:
    year, month, day = _day_of(reference.issued)
    fields = [
        ("TY", _RIS_TYPES[reference.kind]),
        *(("AU", name) for name in reference.authors),
        ("TI", reference.title),
        ("T2", reference.container),
        ("PY", year),
        ("DA", f"{year}/{month}/{day}" if year else ""),
        ("ET", reference.version),
        ("UR", reference.url),
        ("LA", reference.language),
        ("N1", _note(reference, wording)),
        ("ID", reference.key),
    ]
    # One value is one line, whatever spaces it holds.
    return [f"{tag}  - {' '.join(text.split())}" for tag, text in fields if text] + ["ER  - "]


def _csl_item(reference: Reference, wording: Wording) -> dict[str, object]:
    parts = [int(part) for part in _day_of(reference.issued) if part]
    item = {
        "id": reference.key,
        "type": reference.kind,
        "author": [{"literal": name} for name in reference.authors],
        "title": reference.title,
        "container-title": reference.container,
        "version": reference.version,
        "issued": {"date-parts": [parts]} if parts else None,
        "URL": reference.url,
        "language": reference.language,
        "note": _note(reference, wording),
    }
    return {name: value for name, value in item.items() if value}


def _note(reference: Reference, wording: Wording) -> str:
    """What no field of the formats is for: which release, and under which permanent name."""
    parts = [
        wording("cite.release", reference.version) if reference.version else "",
        wording("cite.identifier", reference.identifier) if reference.identifier else "",
    ]
    return "; ".join(part for part in parts if part)


def _day_of(issued: str) -> tuple[str, str, str]:
    found = _DAY.fullmatch(issued)
    return (found[1], found[2], found[3]) if found else ("", "", "")


def _escape_bibtex(text: str) -> str:
    return "".join(_BIBTEX_SIGNS.get(sign, sign) for sign in " ".join(text.split()))

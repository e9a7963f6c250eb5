"""The forms an answer can take, and the choice between them.

Comes in: an `Accept` or `Accept-Language` header, or a short name from `?format=`. Goes out: one `Format` of the tables
below, which the code, the pages and the documentation all read. Pure; the rules are those of RFC 9110, section 12.5
(https://www.rfc-editor.org/rfc/rfc9110#section-12.5).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tulieu.errors import NegotiationError


@dataclass(frozen=True)
class Format:
    """One form of an answer: its short name (also the suffix of a document), its media type, its name for people.

    Clients know some forms by other media types (`aliases`) and, in `?format=`, by other names.
    """

    name: str
    media_type: str
    title: str
    aliases: tuple[str, ...] = ()
    names: tuple[str, ...] = ()

    @property
    def content_type(self) -> str:
        """The value of `Content-Type`: text formats say that they are UTF-8."""
        return f"{self.media_type}; charset=utf-8" if self.media_type.startswith("text/") else self.media_type

    @property
    def iri(self) -> str:
        """The name of the format, which W3C keeps: https://www.w3.org/ns/formats/"""
        return f"http://www.w3.org/ns/formats/{_FORMAT_NAMES[self.name]}"


HTML = Format("html", "text/html", "HTML", ("application/xhtml+xml",))

TURTLE = Format("ttl", "text/turtle", "Turtle", ("application/x-turtle",), ("turtle",))
JSON_LD = Format("jsonld", "application/ld+json", "JSON-LD", ("application/json",), ("json-ld", "json"))
N_TRIPLES = Format("nt", "application/n-triples", "N-Triples", ("text/plain",), ("ntriples", "n-triples"))
RDF_XML = Format(
    "rdf", "application/rdf+xml", "RDF/XML", ("application/xml", "text/xml"), ("rdf+xml", "rdfxml", "rdf-xml", "xml")
)
N3 = Format("n3", "text/n3", "Notation3", ("text/rdf+n3",))
TRIG = Format("trig", "application/trig", "TriG", ("application/x-trig",))
N_QUADS = Format("nq", "application/n-quads", "N-Quads", ("text/x-nquads", "text/nquads"), ("nquads", "n-quads"))

ROWS_JSON = Format("json", "application/sparql-results+json", "JSON", ("application/json",))
ROWS_XML = Format("xml", "application/sparql-results+xml", "XML", ("application/xml", "text/xml"))
ROWS_CSV = Format("csv", "text/csv", "CSV")
ROWS_TSV = Format("tsv", "text/tab-separated-values", "TSV")

# The first of each table answers a client that asks for nothing in particular.
GRAPH_FORMATS = (TURTLE, JSON_LD, N_TRIPLES, RDF_XML)
DATASET_FORMATS = (TRIG, N_QUADS)
DOCUMENT_FORMATS = (TURTLE, JSON_LD, TRIG, N_TRIPLES, N_QUADS, RDF_XML, HTML)
ROW_FORMATS = (ROWS_JSON, ROWS_XML, ROWS_CSV, ROWS_TSV)
# The specifications of CSV and TSV speak of rows alone; a client that asks for a truth value so gets the one word.
BOOLEAN_FORMATS = ROW_FORMATS
# A graph as the answer to a query comes in the dataset's formats too; Notation3 is written as Turtle is.
ANSWER_GRAPH_FORMATS = (*GRAPH_FORMATS, *DATASET_FORMATS, N3)

_FORMAT_NAMES = {
    "json": "SPARQL_Results_JSON",
    "xml": "SPARQL_Results_XML",
    "csv": "SPARQL_Results_CSV",
    "tsv": "SPARQL_Results_TSV",
    "ttl": "Turtle",
    "jsonld": "JSON-LD",
    "nt": "N-Triples",
    "rdf": "RDF_XML",
    "trig": "TriG",
    "nq": "N-Quads",
    "n3": "N3",
}

PROBLEM = Format("problem", "application/problem+json", "Problem", ("application/json",))

_WEIGHT = re.compile(r"\d{1,9}(?:\.\d{0,9})?|\.\d{1,9}", re.ASCII)
# How exactly a client names what it asks for.
_ANYTHING, _FAMILY, _NAMED = range(3)
# No more of what was asked for is told again.
_TOLD = 200


@dataclass(frozen=True)
class _Preference:
    """One element of an `Accept` or `Accept-Language` header; `parameters` are those before the weight."""

    value: str
    quality: float
    parameters: frozenset[str] = frozenset()


def negotiate(accept: str | None, offered: Sequence[Format]) -> Format:
    """Choose the offered format that the client likes best; raise NegotiationError when it takes none of them."""
    if accept is None or not accept.strip():
        return offered[0]
    preferences = _parse(accept)
    if not preferences:
        # Nothing but commas asks for nothing.
        return offered[0]
    best: tuple[tuple[float, int], Format] | None = None
    for candidate in offered:
        weight = _weigh(candidate, preferences)
        # Strictly greater: of two that the client likes alike, the server's order decides.
        if weight[0] > 0 and (best is None or weight > best[0]):
            best = (weight, candidate)
    if best is None:
        raise NegotiationError(
            f"None of what Accept asks for ({_cut(accept)}) is available here. Ask for one of: {_list(offered)}."
        )
    return best[1]


def format_named(name: str, offered: Sequence[Format]) -> Format:
    """Find an offered format by its short name or media type, as `?format=` and suffixes give it."""
    wanted = name.strip().lower()
    for candidate in offered:
        if wanted in (candidate.name, candidate.media_type, *candidate.aliases, *candidate.names):
            return candidate
    raise NegotiationError(f"There is no format {_cut(name)!r} here. Use one of: {_list(offered)}.")


def negotiate_language(accept_language: str | None, offered: Sequence[str], default: str) -> str:
    """Choose the offered language that the reader likes best; the default when none of them is asked for."""
    best = (0.0, default)
    for preference in _parse(accept_language or ""):
        language = preference.value.split("-")[0]
        if language in offered and preference.quality > best[0]:
            best = (preference.quality, language)
    return best[1]


def _list(offered: Sequence[Format]) -> str:
    return ", ".join(f"{candidate.name} ({candidate.media_type})" for candidate in offered)


def _cut(text: str) -> str:
    return text if len(text) <= _TOLD else f"{text[:_TOLD]}…"


def _parse(header: str) -> list[_Preference]:
    preferences = []
    for element in _split(header, ","):
        value, *parameters = (part.strip().lower() for part in _split(element, ";"))
        if not value:
            continue
        quality, kept = 1.0, []
        for parameter in parameters:
            name, _, text = parameter.partition("=")
            if name.strip() == "q":
                # What stands after the weight says nothing of the type.
                quality = _parse_quality(text.strip())
                break
            kept.append(parameter.replace(" ", "").replace('"', ""))
        # Old clients of Java write a single star for everything.
        preferences.append(_Preference("*/*" if value == "*" else value, quality, frozenset(filter(None, kept))))
    return preferences


def _split(text: str, separator: str) -> list[str]:
    """Split a text where the separator stands outside of quoted strings; a quote that is never closed is none."""
    if '"' not in text:
        return text.split(separator)
    parts, start, is_quoted, is_escaped = [], 0, False, False
    for place, character in enumerate(text):
        if is_escaped:
            is_escaped = False
        elif is_quoted and character == "\\":
            is_escaped = True
        elif character == '"':
            is_quoted = not is_quoted
        elif character == separator and not is_quoted:
            parts.append(text[start:place])
            start = place + 1
    return text.split(separator) if is_quoted else [*parts, text[start:]]


def _parse_quality(text: str) -> float:
    # A weight that is no number is a client's slip; the type it stands with is still asked for, last.
    return min(float(text), 1.0) if _WEIGHT.fullmatch(text) else 0.001


def _weigh(candidate: Format, preferences: Sequence[_Preference]) -> tuple[float, int]:
    """Weigh a format by the most specific range that covers it (RFC 9110, section 12.5.1), and tell how specific it is.

    Of two formats with one weight, a client that names one of them (`application/json, */*`) wants that.
    """
    own = [each for each in preferences if each.value == candidate.media_type]
    # The most specific first; parameters that we do not know (a level, a profile) count where nothing else is said.
    for matching in (
        [each for each in own if each.parameters == {"charset=utf-8"}],
        [each for each in own if not each.parameters],
        own,
    ):
        if matching:
            return max(each.quality for each in matching), _NAMED
    # An alias is another name for what is offered, so it asks for it, and never keeps out what a wildcard lets in.
    aliases = [(each.quality, _NAMED) for each in preferences if each.value in candidate.aliases]
    for specificity, pattern in ((_FAMILY, f"{candidate.media_type.split('/')[0]}/*"), (_ANYTHING, "*/*")):
        ranges = [(each.quality, specificity) for each in preferences if each.value == pattern]
        if ranges:
            return max([*aliases, *ranges])
    return max(aliases, default=(0.0, _ANYTHING))

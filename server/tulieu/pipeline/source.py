"""The source text beside its passages: nobody counts characters by hand.

In: a news text, and for a check the loaded Dataset with its `graph/passages`.
Out: `scan` writes the TriG skeleton of an article's passages, which an editor fills in; `check` lists where the
passages of an article and a copy of its text disagree. The text itself goes into neither. `segment.py` cuts it.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path

from rdflib import Dataset, Graph, Literal, URIRef
from rdflib.namespace import RDF, XSD
from rdflib.term import Node

from tulieu.errors import SourceTextError
from tulieu.pipeline.segment import Span, Split, digest_span, segment, split_paragraphs
from tulieu.vocabulary import TL, Names

# (what is found, what it becomes, what to tell): copies of a text differ in these without differing in their words.
_TEXT_REPAIRS = (
    ("\ufeff", "", "begins with a byte order mark, which is left out"),
    ("\r\n", "\n", "has Windows line ends, which are read as line feeds"),
)
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_HEAD = """\
# What the article {article} says, passage by passage, in the order of its text; not its wording.
# Offsets and digests come from `tulieu source scan`. The voices are a guess: correct them, and say whether the text
# marks them. Then write what each passage says into its graph, and a tl:summary @en and @vi of it into graph:passages.

@prefix xsd: <{xsd}> .

@prefix article: <{names.article_prefix}> .
@prefix graph: <{graph}> .
@prefix id: <{thing}> .
@prefix p: <{names.passage_prefix}{article}/> .
@prefix tl: <{tl}> .

GRAPH graph:passages {{
  article:{article}
    tl:textDigest "{digest}" ;
    tl:textLength {length} ;
  .
"""
_DESCRIPTION = """
  p:{span.name}
    a tl:Passage ;
    tl:inArticle article:{article} ;
    tl:paragraph {span.paragraph} ;
    tl:position {position} ;
    tl:start {span.start} ;
    tl:end {span.end} ;
    tl:digest "{span.digest}" ;
    tl:hasVoice id:voice-{span.voice} ;
    tl:voiceMarking id:voice-marking-text ;
  .
"""
_EMPTY_GRAPH = """
GRAPH p:{span.name} {{
  # Paragraph {span.paragraph}, characters {span.start} to {span.end}. If it states nothing: tl:statesNothingBecause.
}}
"""


def read_text(path: Path) -> tuple[str, list[str]]:
    """Read a text as NFC with line feeds; the second value says what had to be normalised."""
    try:
        text = path.read_bytes().decode("utf-8")
    except OSError as error:
        raise SourceTextError(f"{path}: cannot be read ({error.strerror}); give the path of a text file") from error
    except UnicodeDecodeError as error:
        raise SourceTextError(f"{path}: byte {error.start} is not UTF-8; save the text as UTF-8") from error
    warnings = []
    for found, replacement, message in _TEXT_REPAIRS:
        if found in text:
            text = text.replace(found, replacement)
            warnings.append(f"{path}: {message}")
    if not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
        warnings.append(f"{path}: is not in Unicode form NFC; it was normalised, and offsets count the NFC text")
    return text, warnings


def scan(text: str, article: str, splits: Sequence[Split], names: Names) -> str:
    """Write the TriG skeleton of an article: its passages described, and an empty graph for each."""
    if _SLUG.fullmatch(article) is None:
        raise SourceTextError(f"article {article!r}: expected lower-case ASCII and hyphens, as in ttxvn-lai-chau-1")
    spans = segment(text, splits)
    head = _HEAD.format(
        article=article,
        names=names,
        graph=names.graph_prefix,
        thing=names.thing_prefix,
        tl=TL,
        xsd=XSD,
        digest=_digest_text(text),
        length=len(text),
    )
    described = [
        _DESCRIPTION.format(span=span, position=position, article=article) for position, span in enumerate(spans, 1)
    ]
    return "".join([head, *described, "}\n", *(_EMPTY_GRAPH.format(span=span) for span in spans)])


def check(dataset: Dataset, text: str, names: Names, article: str | None = None) -> list[str]:
    """List where the passages of the article whose text this is (or of `article`) and the text disagree."""
    about = dataset.graph(names.graph("passages"))
    subject = URIRef(f"{names.article_prefix}{article}") if article else _find_article(about, text, names)
    expected = _one_value(about, subject, TL.textDigest)
    if expected is None:
        raise SourceTextError(f"{subject}: no tl:textDigest in graph/passages; write what `tulieu source scan` prints")
    problems = []
    if _digest_text(text) != expected:
        problems.append(f"the text is another one: expected SHA-256 {expected}, found {_digest_text(text)}")
    length = _one_value(about, subject, TL.textLength)
    if length != len(text):
        problems.append(f"the text has {len(text)} code points; tl:textLength says {length}")
    spans, flaws = _read_spans(about, subject, f"{names.passage_prefix}{subject.removeprefix(names.article_prefix)}/")
    return problems + flaws + list(compare(spans, text))


def compare(spans: Sequence[Span], text: str) -> Iterator[str]:
    """Say what is wrong with passages, given in reading order, as spans of a text."""
    starts = [start for start, _ in split_paragraphs(text)]
    covered_to = 0
    for span in spans:
        if not 0 <= span.start < span.end <= len(text):
            yield f"{span.name}: {span.start} to {span.end} does not lie in the text of {len(text)} code points"
            continue
        found = digest_span(text[span.start : span.end])
        if found != span.digest:
            yield f"{span.name}: the text there ({span.start} to {span.end}) has digest {found}, not {span.digest}"
        paragraph = sum(start <= span.start for start in starts)
        if paragraph != span.paragraph:
            yield f"{span.name}: lies in paragraph {paragraph} of the text; tl:paragraph says {span.paragraph}"
        if span.name.split(".")[0] != f"p{span.paragraph:02d}":
            yield f"{span.name}: its name should begin with p{span.paragraph:02d}, after its tl:paragraph"
        if span.start < covered_to:
            yield f"{span.name}: begins at {span.start}, before {covered_to}, where the passages read so far end"
        yield from _unassigned(text, covered_to, span.start)
        covered_to = max(covered_to, span.end)
    yield from _unassigned(text, covered_to, len(text))


def _digest_text(text: str) -> str:
    """The whole digest, by which an article knows its text."""
    return hashlib.sha256(text.encode()).hexdigest()


def _unassigned(text: str, start: int, end: int) -> Iterator[str]:
    """A problem if the text between two passages holds more than white space."""
    gap = text[start:end]
    if gap.strip():
        first, last = end - len(gap.lstrip()), start + len(gap.rstrip())
        yield f"characters {first} to {last} lie in no passage; only white space may"


def _find_article(about: Graph, text: str, names: Names) -> URIRef:
    known = sorted((str(subject), str(digest)) for subject, digest in about.subject_objects(TL.textDigest))
    for subject, digest in known:
        if digest == _digest_text(text):
            return URIRef(subject)
    expected = "; ".join(f"{subject.removeprefix(names.base_iri)} expects {digest}" for subject, digest in known)
    raise SourceTextError(
        f"no article has the text with SHA-256 {_digest_text(text)} ({expected or 'no article has a digest'});"
        " compare with one all the same by --article SLUG"
    )


def _read_spans(about: Graph, article: URIRef, passage_prefix: str) -> tuple[list[Span], list[str]]:
    """The described passages of an article in reading order, and what is wrong with the descriptions themselves."""
    read: list[tuple[int, Span]] = []
    flaws = []
    passages = set(about.subjects(TL.inArticle, article)) & set(about.subjects(RDF.type, TL.Passage))
    for passage in sorted(passages, key=str):
        name = str(passage).removeprefix(passage_prefix)
        values = [_one_value(about, passage, each) for each in (TL.position, TL.paragraph, TL.start, TL.end)]
        numbers = [value for value in values if isinstance(value, int)]
        digest = _one_value(about, passage, TL.digest)
        if len(numbers) < len(values) or not isinstance(digest, str):
            flaws.append(f"{name}: needs one whole tl:position, tl:paragraph, tl:start and tl:end, and one tl:digest")
            continue
        position, paragraph, start, end = numbers
        read.append((position, Span(name, paragraph, start, end, digest)))
    read.sort(key=lambda entry: (entry[0], entry[1].start))
    for number, (position, span) in enumerate(read, 1):
        if position != number:
            flaws.append(f"{span.name}: tl:position is {position}, expected {number}; they count from 1 without a gap")
    return [span for _, span in read], flaws


def _one_value(about: Graph, subject: Node, predicate: URIRef) -> object:
    """The Python value of the one literal; None if there is none or more than one."""
    values = [value.toPython() for value in about.objects(subject, predicate) if isinstance(value, Literal)]
    return values[0] if len(values) == 1 else None

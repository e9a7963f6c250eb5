"""A news text cut into passages: headline, sentences, and the parts of a picture line.

In: the text in NFC, one paragraph a line, the headline first; and the words at which a voice changes inside a sentence.
Out: the spans of its passages in reading order. Every character that is not white space lies in exactly one.
Offsets are Unicode code points, the end excluded.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from string import ascii_lowercase

from tulieu.errors import SourceTextError

_PICTURE_WORD = " ảnh "
_CREDIT = re.compile(r"(?:^|(?<=\s))Ảnh:\s*\S.{0,80}$")
_SENTENCE_END = re.compile(r"(?:[.!?]+|…)[”’\"')\]]*(?=\s+[“‘\"'(\[]*(\w))")
_SENTENCE_MARKS = (".", "!", "?", "…")
_CLOSING_MARKS = "”’\"')]"
_OPENING_MARKS = "“‘\"'(["
# A full stop after one of these shortens a word; after a single capital it makes an initial.
_ABBREVIATIONS = (
    "tp",
    "tx",
    "tt",
    "ths",
    "ts",
    "pgs",
    "gs",
    "bs",
    "ks",
    "cn",
    "đ/c",
    "đc",
    "tr",
    "st",
    "vd",
    "tl",
    "kt",
)
_LIST_NUMBER = re.compile(r"(?:\d+|[IVX]+)\.")
_SPLIT = re.compile(r"(?P<passage>p\d{2,}\.s\d+)@(?P<words>.+)", re.DOTALL)


@dataclass(frozen=True)
class Split:
    """The words at which the voice changes inside a sentence."""

    passage: str
    words: str

    @classmethod
    def parse(cls, written: str) -> "Split":
        """Read the form of the command line, `p15.s1@the first words`."""
        match = _SPLIT.fullmatch(written)
        if match is None:
            raise SourceTextError(f"split {written!r}: expected PASSAGE@WORDS, as in p15.s1@'the first words'")
        return cls(match["passage"], unicodedata.normalize("NFC", match["words"]))


@dataclass(frozen=True)
class Span:
    """A passage as it lies in the text; `name` is the last part of its IRI, `voice` a guess."""

    name: str
    paragraph: int
    start: int
    end: int
    digest: str
    voice: str = ""


@dataclass(frozen=True)
class _Part:
    """A piece of a paragraph; `suffix` is what its passage's name adds to the paragraph's."""

    suffix: str
    start: int
    end: int


def digest_span(text: str) -> str:
    """The short digest by which a passage knows its words."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def split_paragraphs(text: str) -> Iterator[tuple[int, str]]:
    """The non-empty lines without the white space around them, each with its offset."""
    for match in re.finditer(r"\S(?:[^\n]*\S)?", text):
        yield match.start(), match.group()


def segment(text: str, splits: Sequence[Split] = ()) -> tuple[Span, ...]:
    """Cut a text into its passages."""
    spans: list[Span] = []
    headline = ""
    pictures = 0
    for paragraph, (offset, line) in enumerate(split_paragraphs(text), 1):
        headline = headline or line
        parts = list(_picture_parts(line, headline, pictures + 1)) if paragraph > 1 else []
        pictures += any(part.suffix == "alt" for part in parts)
        for part in parts or _sentences(line):
            name = f"p{paragraph:02d}.{part.suffix}"
            voice = _guess_voice(part, line, paragraph)
            for piece in _split_at(name, line[part.start : part.end], splits):
                start, end = offset + part.start + piece.start, offset + part.start + piece.end
                spans.append(Span(name + piece.suffix, paragraph, start, end, digest_span(text[start:end]), voice))
    if not spans:
        raise SourceTextError("the text is empty: expected one paragraph a line, the headline first")
    names = {span.name for span in spans}
    unused = [split.passage for split in splits if f"{split.passage}.b" not in names]
    if unused:
        raise SourceTextError(f"split {', '.join(unused)}: no such sentence; scan without --split to see the names")
    return tuple(spans)


def _picture_parts(line: str, headline: str, number: int) -> Iterator[_Part]:
    """Alternative text, caption and credit of the picture line; nothing if the line is none."""
    alt_end = 0
    opening = headline + _PICTURE_WORD
    if line.startswith(opening):
        # The caption follows the number without a space and may itself begin with a digit: the next number goes first.
        rest = line[len(opening) :]
        digits = str(number) if rest.startswith(str(number)) else "".join(re.findall(r"^\d+", rest))
        alt_end = len(opening) + len(digits)
        yield _Part("alt", 0, len(line[:alt_end].rstrip()))
    credit = _CREDIT.search(line, alt_end)
    if alt_end == 0 and credit is None:
        return
    credit_start = credit.start() if credit else len(line)
    caption = line[alt_end:credit_start]
    if caption.strip():
        yield _Part("caption", credit_start - len(caption.lstrip()), alt_end + len(caption.rstrip()))
    if credit:
        yield _Part("credit", credit_start, len(line))


def _sentences(line: str) -> Iterator[_Part]:
    start = 0
    number = 1
    for match in _SENTENCE_END.finditer(line):
        if match[1].isupper() and not _is_shortened(line[start : match.end()]):
            yield _Part(f"s{number}", start, match.end())
            rest = line[match.end() :]
            start = match.end() + len(rest) - len(rest.lstrip())
            number += 1
    yield _Part(f"s{number}", start, len(line))


def _is_shortened(sentence: str) -> bool:
    """Whether the full stop at the end belongs to an abbreviation, an initial or a list number."""
    word = sentence.split()[-1].lstrip(_OPENING_MARKS)
    stem = word.removesuffix(".")
    is_initial = len(stem) == 1 and stem.isupper()
    is_abbreviation = stem.lower() in _ABBREVIATIONS
    return stem != word and (is_initial or is_abbreviation or _LIST_NUMBER.fullmatch(sentence) is not None)


def _split_at(name: str, sentence: str, splits: Sequence[Split]) -> Iterator[_Part]:
    starts = [0]
    for split in splits:
        if split.passage != name:
            continue
        if sentence.count(split.words) != 1 or sentence.startswith(split.words):
            raise SourceTextError(f"split {name}@{split.words}: expected words that stand once in it, after its start")
        starts.append(sentence.index(split.words))
    starts.sort()
    suffixes = [f".{letter}" for letter in ascii_lowercase] if len(starts) > 1 else [""]
    for suffix, start, end in zip(suffixes, starts, [*starts[1:], len(sentence)], strict=False):
        yield _Part(suffix, start, start + len(sentence[start:end].rstrip()))


def _guess_voice(part: _Part, line: str, paragraph: int) -> str:
    """Captions speak as captions; headline, alternative text, credit and lines that are no sentence are metadata."""
    if part.suffix == "caption":
        return "caption"
    ends_as_sentence = line.rstrip(_CLOSING_MARKS).endswith(_SENTENCE_MARKS)
    return "stated" if part.suffix.startswith("s") and paragraph > 1 and ends_as_sentence else "metadata"

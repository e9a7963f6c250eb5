"""An invented article of any length, with a text that its offsets and digests are true of.

Comes in: how many paragraphs and sentences. Goes out: the text, and statements to put into a copy of a release. The
words are made here and mean nothing; a letter outside the basic plane and letters with marks try how code points count.
"""

import hashlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph
from pyoxigraph import Literal, NamedNode, Quad

from tulieu.release import Release
from tulieu.vocabulary import BASE_IRI

XSD = "http://www.w3.org/2001/XMLSchema#"
TYPE = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
VOICES = ("stated", "reported", "planned")
THINGS_A_PASSAGE = 4


@dataclass(frozen=True)
class Passage:
    """A sentence of the invented text, where it lies, and in which voice it speaks."""

    local: str
    paragraph: int
    start: int
    end: int
    words: str
    voice: str


@dataclass(frozen=True)
class InventedArticle:
    """The article: its slug, its text and its passages."""

    slug: str
    text: str
    passages: tuple[Passage, ...]

    def quads(self) -> Iterator[Quad]:
        """What a release would hold of it: passages described, and what each states."""
        article = NamedNode(f"{BASE_IRI}article/{self.slug}")
        about = NamedNode(f"{BASE_IRI}graph/passages")
        yield Quad(article, _term("textDigest"), Literal(hashlib.sha256(self.text.encode()).hexdigest()), about)
        yield Quad(article, _term("textLength"), _number(len(self.text)), about)
        for position, each in enumerate(self.passages, 1):
            passage = NamedNode(f"{BASE_IRI}passage/{self.slug}/{each.local}")
            digest = hashlib.sha256(each.words.encode()).hexdigest()[:16]
            yield Quad(passage, TYPE, _term("Passage"), about)
            yield Quad(passage, _term("inArticle"), article, about)
            for name, number in (
                ("paragraph", each.paragraph),
                ("position", position),
                ("start", each.start),
                ("end", each.end),
            ):
                yield Quad(passage, _term(name), _number(number), about)
            yield Quad(passage, _term("digest"), Literal(digest), about)
            yield Quad(passage, _term("hasVoice"), _thing(f"voice-{each.voice}"), about)
            yield Quad(passage, _term("voiceMarking"), _thing("voice-marking-text"), about)
            for language in ("vi", "en"):
                summary = Literal(f"Tóm lược {position} / summary {position}", language=language)
                yield Quad(passage, _term("summary"), summary, about)
            for number in range(position, position + THINGS_A_PASSAGE):
                event = _thing(f"event-{self.slug}-{number % 90}")
                yield Quad(event, TYPE, _term("Conference"), passage)
                yield Quad(event, _term("organisedBy"), _thing(f"organ-{self.slug}-{number % 7}"), passage)
                yield Quad(event, _term("hasTime"), _thing(f"time-{self.slug}-{number}"), passage)
                yield Quad(_thing(f"time-{self.slug}-{number}"), TYPE, _term("TimeSpan"), passage)
                printed = Literal(f"lúc {number}", language="vi")
                yield Quad(_thing(f"time-{self.slug}-{number}"), _term("printedForm"), printed, passage)
        for number in range(7):
            yield Quad(
                _thing(f"organ-{self.slug}-{number}"), TYPE, _term("Organ"), NamedNode(f"{BASE_IRI}graph/authority")
            )


def invent(slug: str, paragraphs: int, sentences: int) -> InventedArticle:
    """Make an article: a headline, then paragraphs of as many sentences each."""
    lines = [["Tiêu đề bịa 𝄞 để thử"]]
    lines += [
        [f"Câu bịa {line}.{number} có dấu ế, ữ và 𝄞 lạ." for number in range(1, sentences + 1)]
        for line in range(2, paragraphs + 1)
    ]
    text = ""
    passages = []
    for paragraph, line in enumerate(lines, 1):
        for number, words in enumerate(line, 1):
            text += " " if number > 1 else ""
            voice = VOICES[len(passages) % len(VOICES)]
            local = f"p{paragraph:02d}.s{number}"
            passages.append(Passage(local, paragraph, len(text), len(text) + len(words), words, voice))
            text += words
        text += "\n"
    return InventedArticle(slug, text, tuple(passages))


def add_to_copy(release: Release, article: InventedArticle, state: Path) -> Path:
    """Copy a release into a new state folder and put the article into the copy."""
    folder = state / "releases" / release.id
    shutil.copytree(release.folder, folder)
    store = pyoxigraph.Store(str(folder / "store"))
    quads = list(article.quads())
    store.extend([*quads, *(Quad(each.subject, each.predicate, each.object) for each in quads)])
    store.flush()
    (state / "current").symlink_to(Path("releases") / release.id)
    return state


def _term(name: str) -> NamedNode:
    return NamedNode(f"{BASE_IRI}ontology#{name}")


def _thing(name: str) -> NamedNode:
    return NamedNode(f"{BASE_IRI}id/{name}")


def _number(number: int) -> Literal:
    return Literal(str(number), datatype=NamedNode(XSD + "integer"))

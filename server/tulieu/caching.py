"""When two answers may be taken for the same, and answers kept to be given again.

Comes in: which release and software answer, under which public URL, and what is asked for. Goes out: a strong entity
tag (https://www.rfc-editor.org/rfc/rfc9110#section-8.8.3), for which nothing is rendered, so that a client that has
the answer already costs no query; and from `AnswerCache` an answer that was given before.
"""

import hashlib
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

# What can change an answer; compiled files and the knowledge of the wheel (which the release carries) can not.
_WRITTEN_BY_US = frozenset({".py", ".html", ".css", ".json", ".rq", ".svg"})


@dataclass(frozen=True)
class Edition:
    """What all answers of a running server have in common: change one of these and every answer may change."""

    release: str
    software: str
    public_url: str
    settings: str = ""


@dataclass(frozen=True)
class Representation:
    """One form of one resource: its path with the query string, its media type, language, profile and encoding."""

    target: str
    media_type: str
    language: str = ""
    profile: str = ""
    encoding: str = ""


class Asked(NamedTuple):
    """All of a request that its answer depends on, beside the edition; GET and HEAD ask for the same.

    The fields of the negotiation stand for what is negotiated: the same ones always lead to the same representation.
    `Accept-Encoding` is reduced to the encoding that is chosen by it, since clients spell it in many ways.
    """

    path: str
    query: bytes
    accept: bytes = b""
    language: bytes = b""
    encoding: str = ""
    content_type: bytes = b""
    body: bytes = b""


class KeptAnswer(NamedTuple):
    """A complete answer with status 200: its header fields, its body, and its entity tag with the quotes."""

    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes
    tag: bytes


# What an answer takes up beside its texts: the tuples, the entry in the table (measured at about 1 kB).
_OVERHEAD = 1024
# No single answer may push out all others.
_LARGEST_PART = 16


class AnswerCache:
    """Answers of one edition, the ones used last; bounded in bytes. Not for several threads."""

    def __init__(self, capacity: int) -> None:
        """Keep answers of so many bytes in all, keys and header fields included; 0 keeps none."""
        self._capacity = capacity
        self._answers: OrderedDict[Asked, tuple[KeptAnswer, int]] = OrderedDict()
        self.size = 0

    @property
    def largest(self) -> int:
        """The most bytes that one answer's body may have to be kept."""
        return max(self._capacity // _LARGEST_PART - _OVERHEAD, 0)

    def __len__(self) -> int:
        return len(self._answers)

    def find(self, asked: Asked) -> KeptAnswer | None:
        """Find the answer to a request, if it was given before and is still kept."""
        found = self._answers.get(asked)
        if found is None:
            return None
        self._answers.move_to_end(asked)
        return found[0]

    def keep(self, asked: Asked, answer: KeptAnswer) -> None:
        """Keep an answer, and let go of those that were not asked for the longest."""
        size = _OVERHEAD + len(answer.body) + len(asked.path) + len(asked.query) + len(asked.body)
        size += len(asked.accept) + len(asked.language) + sum(len(name) + len(text) for name, text in answer.headers)
        if size > self._capacity // _LARGEST_PART:
            return
        _, replaced = self._answers.pop(asked, (None, 0))
        self._answers[asked] = (answer, size)
        self.size += size - replaced
        while self.size > self._capacity:
            _, (_, gone) = self._answers.popitem(last=False)
            self.size -= gone


def request_tag(edition: Edition, asked: Asked) -> bytes:
    """Make the entity tag of the answer to a request from the request alone, with its quotes.

    Only who was given this answer can know its tag; so a tag that a client brings back proves that it has the answer,
    and the server need neither remember nor make it.
    """
    digest = hashlib.sha256(
        "\x1f".join((edition.release, edition.software, edition.public_url, edition.settings)).encode()
    )
    for part in asked:
        text = part if isinstance(part, bytes) else part.encode("utf-8", "surrogateescape")
        # The length before each part, so that no two different lists of parts read alike.
        digest.update(b"%d:" % len(text))
        digest.update(text)
    return b'"' + digest.hexdigest()[:32].encode() + b'"'


def entity_tag(edition: Edition, representation: Representation) -> str:
    """Make the strong entity tag of a representation, without the quotes that the header puts around it."""
    # A unit separator between the parts, so that no two different lists of parts read alike.
    parts = (
        edition.release,
        edition.software,
        edition.public_url,
        edition.settings,
        representation.target,
        representation.media_type,
        representation.language,
        representation.profile,
        representation.encoding,
    )
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:32]


def is_known(if_none_match: str | None, tag: str) -> bool:
    """Say whether the client's `If-None-Match` holds a tag; compared weakly, as RFC 9110, section 13.1.2 asks."""
    if if_none_match is None:
        return False
    known = [candidate.strip().removeprefix("W/") for candidate in if_none_match.split(",")]
    return "*" in known or f'"{tag}"' in known


def digest_software() -> str:
    """Digest the code, templates and queries that are running: a version number does not change with every edit."""
    digest = hashlib.sha256()
    root = Path(__file__).parent
    for path in sorted(path for path in root.rglob("*") if path.suffix in _WRITTEN_BY_US and path.is_file()):
        if "knowledge" not in path.relative_to(root).parts:
            digest.update(str(path.relative_to(root)).encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]

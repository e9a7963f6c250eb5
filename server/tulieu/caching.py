"""When two answers may be taken for the same, and answers kept to be given again.

Comes in: which release and software answer, under which public URL, and what is asked for. Goes out: a strong entity
tag (https://www.rfc-editor.org/rfc/rfc9110#section-8.8.3), for which nothing is rendered, so that a client that has
the answer already costs no query; how long others may keep it (https://www.rfc-editor.org/rfc/rfc9111#section-5.2);
and from `AnswerCache` an answer that was given before.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

YEAR = 31_536_000
# How long others may keep what this server sends, by its kind: all that it says in `Cache-Control`.
ERROR, ANSWER, SIGNPOST, MOVED, FIXED = "error", "answer", "signpost", "moved", "fixed"
CACHE_CONTROL = MappingProxyType(
    {
        # Gone with the next attempt; also what is made anew each time (a query that asks for the time).
        ERROR: "no-store",
        # Pages, documents, results: whoever keeps one asks each time whether it still holds, and mostly gets 304.
        ANSWER: "no-cache",
        # What clients look for at fixed addresses, and seldom: robots, sitemap, well-known addresses, the context.
        SIGNPOST: "public, max-age=3600",
        # A name that has become another's stays so.
        MOVED: "public, max-age=604800",
        # Files of a release, and files whose address holds their digest: another content has another address.
        FIXED: f"public, max-age={YEAR}, immutable",
    }
)
# First match first: the kind, from which status on and up to which, the beginning of the path.
_KINDS = (
    (ERROR, 400, 599, ""),
    (MOVED, 301, 301, ""),
    (MOVED, 308, 308, ""),
    *((SIGNPOST, 200, 399, path) for path in ("/robots.txt", "/sitemap", "/.well-known/", "/context.jsonld")),
    (ANSWER, 200, 399, ""),
)
# What a 304 does not say: the client has it (https://www.rfc-editor.org/rfc/rfc9110#section-15.4.5).
NOT_IN_304 = frozenset(
    {"content-type", "content-length", "content-encoding", "content-range", "content-language", "link", "repr-digest"}
)

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
    `Accept-Encoding` is reduced to the encoding that is chosen by it, since clients spell it in many ways, and whether
    the answer may as well be sent without one.
    """

    path: str
    query: bytes
    accept: bytes = b""
    language: bytes = b""
    encoding: tuple[str, bool] = ("", True)
    content_type: bytes = b""
    body: bytes = b""


class KeptAnswer(NamedTuple):
    """A complete answer with status 200: its header fields, its body, and its entity tag with the quotes.

    Of one too large to be kept all but the body is: enough to tell a client that what it has is right. `notes` are for
    the access log.
    """

    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes | None
    tag: bytes
    notes: Mapping[str, object] = MappingProxyType({})


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
        size = _OVERHEAD + len(answer.body or b"") + len(asked.path) + len(asked.query) + len(asked.body)
        size += len(asked.accept) + len(asked.language) + sum(len(name) + len(text) for name, text in answer.headers)
        if size > self._capacity // _LARGEST_PART:
            return
        _, replaced = self._answers.pop(asked, (None, 0))
        self._answers[asked] = (answer, size)
        self.size += size - replaced
        while self.size > self._capacity:
            _, (_, gone) = self._answers.popitem(last=False)
            self.size -= gone


def cache_control(path: str, status: int) -> str:
    """Say how long others may keep an answer, where the room that made it has not said so."""
    kind = next(kind for kind, least, most, start in _KINDS if least <= status <= most and path.startswith(start))
    return CACHE_CONTROL[kind]


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
    """Say whether the client's `If-None-Match` holds a tag; compared weakly, as RFC 9110, section 13.1.2 asks.

    `*` is no tag: whether there is an answer at all is known only once it is made.
    """
    return f'"{tag}"' in read_tags(if_none_match or "")


def read_tags(if_none_match: str) -> tuple[str, ...]:
    """Read the tags of an `If-None-Match`, with their quotes."""
    return tuple(each.strip().removeprefix("W/") for each in if_none_match.split(",") if each.strip())


def digest_software() -> str:
    """Digest the code, templates and queries that are running: a version number does not change with every edit."""
    digest = hashlib.sha256()
    root = Path(__file__).parent
    for path in sorted(path for path in root.rglob("*") if path.suffix in _WRITTEN_BY_US and path.is_file()):
        if "knowledge" not in path.relative_to(root).parts:
            digest.update(str(path.relative_to(root)).encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]

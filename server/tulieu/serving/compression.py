"""Answers encoded on their way out, and the conditions that hang on the encoding.

Rules: https://www.rfc-editor.org/rfc/rfc9110#section-12.5.3 (encodings), #section-13.1.2 (If-None-Match), #section-14.2
(Range). Comes in: a WSGI application. Goes out: the same with its texts in zstd or gzip where the client takes that,
each under an entity tag of its own, and 304 where that tag is one that the client has. It stands in the bridge's
threads, so that compressing holds up nobody else; what streams is compressed piece by piece.
"""

import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from types import TracebackType
from typing import NamedTuple, Protocol
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import zstandard

from tulieu.caching import NOT_IN_304, read_tags

GZIP, ZSTD = "gzip", "zstd"
# Below this, the head of a packet costs as much as what is saved.
SMALLEST = 1024
# Measured on results and pages: zstd at its third level takes half the time of gzip at its first and makes a tenth
# less; higher levels of either take two to four times as long for a tenth to a fifth.
_GZIP_LEVEL, _ZSTD_LEVEL = 1, 3
_WINDOW_WITH_GZIP_HEAD = 31
# The reader of a long answer sees so much of it at once.
_BEGINNING = 4096
_PIECE = 65_536
_TEXTS = ("text/", "json", "xml", "n-triples", "n-quads", "trig")
_SLIP = 0.001
_KNOWN = "tulieu.known"
# A list of ranges would be answered in parts; to send the whole instead is always right (RFC 9110, section 14.2).
_ONE_RANGE = re.compile(r"bytes=(?:\d+-\d*|-\d+)")
ExcInfo = tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None]
Headers = list[tuple[str, str]]


class Encoding(NamedTuple):
    """The encoding that a client likes best (empty: none), and whether it takes an answer without one too.

    Where it takes neither an encoding of ours nor none, it is empty and false.
    """

    name: str = ""
    may_be_plain: bool = True


class _Writer(Protocol):
    def compress(self, data: bytes, /) -> bytes: ...
    def flush(self, mode: int = ..., /) -> bytes: ...


# Clients are many, their ways to say this are few.
@lru_cache(maxsize=256)
def choose_encoding(accept_encoding: bytes) -> Encoding:
    """Choose by the weights of the client; of two that it likes alike, zstd comes before gzip, both before none."""
    weights: dict[str, float] = {}
    for element in accept_encoding.decode("latin-1").lower().split(","):
        coding, _, text = element.replace(" ", "").replace("\t", "").partition(";q=")
        if coding:
            weights[coding] = _read_weight(text)
    others = weights.get("*", 0.0)
    plain = weights.get("identity", others if "*" in weights else _SLIP)
    # Who says `*` need not know what is as new as zstd.
    liked = ((ZSTD, weights.get(ZSTD, 0.0)), (GZIP, weights.get(GZIP, others)), ("", plain))
    name, weight = max(liked, key=lambda each: each[1])
    return Encoding(name if weight > 0 else "", plain > 0)


def _read_weight(text: str) -> float:
    try:
        return min(max(float(text), 0.0), 1.0) if text else 1.0
    except ValueError:
        # A weight that is no number is a client's slip; the encoding it stands with is still asked for, last.
        return _SLIP


def compressed(application: WSGIApplication) -> WSGIApplication:
    """Wrap an application so that its texts go out compressed where the client takes that."""

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        heads: list[tuple[str, Headers]] = []

        def note_head(status: str, headers: Headers, _: ExcInfo | None = None, /) -> Callable[[bytes], object]:
            heads[:] = [(status, headers)]
            return _refuse_to_write

        encoding = choose_encoding(environ.get("HTTP_ACCEPT_ENCODING", "").encode("latin-1"))
        known = environ.get(_KNOWN)
        if known is None:
            known = narrow_conditions(environ)
        body = application(environ, note_head)
        status, headers = heads[-1]
        fields = {name.lower(): text for name, text in headers}
        is_text = _is_text(status, fields)
        # Of a file it is a file's: it is never encoded.
        is_unchanged = status.startswith("304") and "accept-ranges" not in fields
        is_encoded = is_text and _is_worth_it(encoding, fields)
        changed: dict[str, str] = {}
        if is_text or is_unchanged:
            changed["Vary"] = ", ".join(filter(None, (fields.get("vary", ""), "Accept-Encoding")))
        tag = fields.get("etag", "")
        if tag and encoding.name and (is_encoded or is_unchanged):
            # Only tags of this encoding were shown to the application: what it found unchanged has one.
            changed["ETag"] = tag = f'{tag[:-1]}-{encoding.name}"'
        if known and tag and status[:3] in ("200", "206") and (tag in known or "*" in known):
            _close(body)
            start_response("304 Not Modified", _change(headers, changed, NOT_IN_304))
            return ()
        if not is_encoded:
            start_response(status, _change(headers, changed) if changed else headers)
            return body
        changed["Content-Encoding"] = encoding.name
        headers = _change(headers, changed, {"content-length"})
        if environ["REQUEST_METHOD"] == "HEAD":
            start_response(status, headers)
            return body
        pieces = _Closing(_compress(body, encoding.name, "content-length" in fields), body)
        if "content-length" in fields:
            # What is whole already stays whole, with its new length.
            try:
                pieces_of_whole = [b"".join(pieces)]
            finally:
                pieces.close()
            start_response(status, [*headers, ("Content-Length", str(len(pieces_of_whole[0])))])
            return pieces_of_whole
        start_response(status, headers)
        return pieces

    return answer


def narrow_conditions(environ: WSGIEnvironment) -> tuple[str, ...]:
    """Show the application only conditions that it can judge; give all tags that the client has, or `*`.

    It knows nothing of encodings: it sees the tags of the one that the client will get, without their ending. Whatever
    else may match is compared with the tag that the answer turns out to have.
    """
    encoding = choose_encoding(environ.get("HTTP_ACCEPT_ENCODING", "").encode("latin-1"))
    known = environ[_KNOWN] = read_tags(environ.pop("HTTP_IF_NONE_MATCH", ""))
    ending = f'-{encoding.name}"' if encoding.name else '"'
    own = [f'{tag.removesuffix(ending)}"' for tag in known if tag.endswith(ending) and tag != "*"]
    if own:
        environ["HTTP_IF_NONE_MATCH"] = ", ".join(own)
    asked = environ.pop("HTTP_RANGE", "").replace(" ", "").lower()
    # A weak tag does not tell that the parts belong together (section 13.1.5).
    is_sure = not environ.get("HTTP_IF_RANGE", "").startswith("W/")
    if environ["REQUEST_METHOD"] == "GET" and is_sure and _ONE_RANGE.fullmatch(asked):
        environ["HTTP_RANGE"] = asked
    return known


def _is_text(status: str, fields: dict[str, str]) -> bool:
    """Say whether an answer is a text; files, of which parts may be asked for, are sent as they are."""
    if not status.startswith("200") or "content-encoding" in fields or "accept-ranges" in fields:
        return False
    return _is_text_type(fields.get("content-type", ""))


@lru_cache(maxsize=256)
def _is_text_type(media_type: str) -> bool:
    return any(each in media_type for each in _TEXTS)


def _is_worth_it(encoding: Encoding, fields: dict[str, str]) -> bool:
    is_small = encoding.may_be_plain and int(fields.get("content-length", SMALLEST)) < SMALLEST
    return bool(encoding.name) and not is_small


def _change(headers: Headers, changed: dict[str, str], left_out: "frozenset[str] | set[str]" = frozenset()) -> Headers:
    gone = {*left_out, *(name.lower() for name in changed)}
    return [*(field for field in headers if field[0].lower() not in gone), *changed.items()]


def _compress(body: Iterable[bytes], name: str, is_whole: bool) -> Iterator[bytes]:
    writer: _Writer
    if name == ZSTD:
        writer, flush = zstandard.ZstdCompressor(level=_ZSTD_LEVEL).compressobj(), zstandard.COMPRESSOBJ_FLUSH_BLOCK
    else:
        writer, flush = zlib.compressobj(_GZIP_LEVEL, zlib.DEFLATED, _WINDOW_WITH_GZIP_HEAD), zlib.Z_SYNC_FLUSH
    if is_whole:
        yield writer.compress(b"".join(body)) + writer.flush()
        return
    is_first = True
    for piece in _cut(body):
        written = writer.compress(piece)
        if is_first:
            written += writer.flush(flush)
            is_first = False
        if written:
            yield written
    yield writer.flush()


def _cut(body: Iterable[bytes]) -> Iterator[bytes]:
    """Cut a body always at the same places, however it arrives: then the same answer becomes the same bytes."""
    pending, size = b"", _BEGINNING
    for piece in body:
        pending += piece
        while len(pending) >= size:
            yield pending[:size]
            pending, size = pending[size:], _PIECE
    yield pending


class _Closing:
    """An iterator that closes the body it reads from, however it ends."""

    def __init__(self, pieces: Iterator[bytes], body: Iterable[bytes]) -> None:
        self._pieces = pieces
        self._body = body

    def __iter__(self) -> Iterator[bytes]:
        return self._pieces

    def close(self) -> None:
        """Close the body."""
        _close(self._body)


def _close(body: Iterable[bytes]) -> None:
    close = getattr(body, "close", None)
    if close is not None:
        close()


def _refuse_to_write(_: bytes) -> object:
    raise RuntimeError("The write function of PEP 3333 is not offered: an application here returns its body.")

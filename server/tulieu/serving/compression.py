"""Answers compressed on their way out: https://www.rfc-editor.org/rfc/rfc9110#section-12.5.3

Comes in: a WSGI application. Goes out: the same with its texts in gzip where the client takes that. It stands in the
bridge's threads, so that compressing holds up nobody else; what streams is compressed piece by piece.
"""

import zlib
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from types import TracebackType
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

GZIP = "gzip"
# Below this, the head of a packet costs as much as what is saved.
SMALLEST = 1024
# Of the levels the fastest: results compress to a tenth already, higher levels take three times as long for little.
_LEVEL = 1
_WINDOW_WITH_GZIP_HEAD = 31
_TEXTS = ("text/", "json", "xml", "n-triples", "n-quads", "trig")
ExcInfo = tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None]


# Clients are many, their ways to say this are few.
@lru_cache(maxsize=256)
def choose_encoding(accept_encoding: bytes) -> str:
    """Choose gzip where the client names it, or anything, with a weight above nothing; else no encoding."""
    weights = {}
    for element in accept_encoding.decode("latin-1").lower().split(","):
        coding, _, weight = element.replace(" ", "").partition(";q=")
        weights[coding] = weight.strip("0.") != "" if weight else True
    return GZIP if weights.get(GZIP, weights.get("*", False)) else ""


def compressed(application: WSGIApplication) -> WSGIApplication:
    """Wrap an application so that its texts go out compressed where the client takes that."""

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        heads: list[tuple[str, list[tuple[str, str]]]] = []

        def note_head(
            status: str, headers: list[tuple[str, str]], _: ExcInfo | None = None, /
        ) -> Callable[[bytes], object]:
            heads[:] = [(status, headers)]
            return _refuse_to_write

        body = application(environ, note_head)
        status, headers = heads[-1]
        fields = {name.lower(): text for name, text in headers}
        if not _is_text(status, fields):
            start_response(status, headers)
            return body
        vary = ", ".join(filter(None, (fields.get("vary", ""), "Accept-Encoding")))
        kept = [(name, text) for name, text in headers if name.lower() != "vary"]
        encoding = choose_encoding(environ.get("HTTP_ACCEPT_ENCODING", "").encode("latin-1"))
        if not encoding or int(fields.get("content-length", SMALLEST)) < SMALLEST:
            start_response(status, [*kept, ("Vary", vary)])
            return body
        kept = [(name, text) for name, text in kept if name.lower() != "content-length"]
        kept += [("Vary", vary), ("Content-Encoding", encoding)]
        # What is whole already stays whole, with its new length.
        if "content-length" in fields and environ["REQUEST_METHOD"] != "HEAD":
            try:
                whole = b"".join(_compress(body))
            finally:
                _close(body)
            start_response(status, [*kept, ("Content-Length", str(len(whole)))])
            return [whole]
        start_response(status, kept)
        return _Closing(_compress(body), body) if environ["REQUEST_METHOD"] != "HEAD" else body

    return answer


def _is_text(status: str, fields: dict[str, str]) -> bool:
    """Say whether an answer is a text; files, of which parts may be asked for, are sent as they are."""
    if not status.startswith("200") or "content-encoding" in fields or "accept-ranges" in fields:
        return False
    return _is_text_type(fields.get("content-type", ""))


@lru_cache(maxsize=256)
def _is_text_type(media_type: str) -> bool:
    return any(each in media_type for each in _TEXTS)


def _compress(body: Iterable[bytes]) -> Iterator[bytes]:
    writer = zlib.compressobj(_LEVEL, zlib.DEFLATED, _WINDOW_WITH_GZIP_HEAD)
    is_first = True
    for piece in body:
        written = writer.compress(piece)
        if is_first:
            # The reader of a long answer sees its beginning at once.
            written += writer.flush(zlib.Z_SYNC_FLUSH)
            is_first = False
        if written:
            yield written
    yield writer.flush()


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

"""One request and its answer, as the server sees them: https://www.rfc-editor.org/rfc/rfc9110

Comes in: a request as ASGI tells it; an answer from what is kept, from the front itself, or piece by piece from the
application. Goes out: the answer, to the client and, once it is whole, into what is kept. One rule says what may be
kept: an answer is a function of the release, the software, the public URL and the request, unless it says `no-store`.
Files are sent, not kept.
"""

import http
import json
import time

from tulieu.app import SECURITY_HEADERS, SHARING_HEADERS
from tulieu.caching import AnswerCache, Asked, Edition, KeptAnswer, request_tag
from tulieu.formats import PROBLEM
from tulieu.serving.bridge import COMPLETE, Head, Headers, Scope, Send
from tulieu.serving.compression import choose_encoding

# Where an answer came from.
KEPT, CLIENT, APPLICATION, FRONT = "kept", "client's copy", "application", "front"
READ_METHODS = ("GET", "HEAD")
_WANTED = frozenset(
    {b"accept", b"accept-language", b"accept-encoding", b"if-none-match", b"content-type", b"content-length",
     b"transfer-encoding", b"x-forwarded-for"}
)  # fmt: skip
_NOT_IN_304 = frozenset({b"content-type", b"content-length", b"content-encoding"})
_COMMON: Headers = [
    (name.lower().encode(), text.encode()) for name, text in (*SECURITY_HEADERS.items(), *SHARING_HEADERS.items())
]
_REVALIDATE = (b"cache-control", b"no-cache")
# Of an answer that is not remembered it is not known which of these it varied by; to name them all is safe.
_VARY = (b"vary", b"Accept, Accept-Language, Accept-Encoding")


class Exchange:
    """A request, and what becomes of it."""

    def __init__(self, scope: Scope, send: Send) -> None:
        """Read what the front needs of a request."""
        fields: dict[bytes, bytes] = {}
        for name, value in scope["headers"]:
            if name in _WANTED:
                fields[name] = fields[name] + b"," + value if name in fields else value
        self.method: str = scope["method"]
        self.path: str = scope["path"]
        self.query: bytes = scope["query_string"]
        self.fields = fields
        self.peer = str((scope.get("client") or ("",))[0])
        self.body = b""
        self.started = time.perf_counter()
        self.status = 0
        self.size = 0
        self.source = FRONT
        self.release = ""
        self.ended = COMPLETE
        self.notes: dict[str, object] = {}
        self._send = send
        self._headers: Headers = []
        self._tag = b""
        self._largest = 0
        # What has been sent, as long as it may be kept.
        self._pieces: list[bytes] | None = None

    @property
    def is_reading(self) -> bool:
        """Whether the method is one whose answer has an entity tag."""
        return self.method in READ_METHODS

    @property
    def has_body(self) -> bool:
        """Whether the client sends something."""
        return b"content-length" in self.fields or b"transfer-encoding" in self.fields

    @property
    def forwarded_for(self) -> str:
        """What proxies say of where the request comes from."""
        return self.fields.get(b"x-forwarded-for", b"").decode("latin-1")

    def asked(self) -> Asked:
        """What the answer depends on."""
        fields = self.fields
        return Asked(
            self.path,
            self.query,
            fields.get(b"accept", b"").replace(b" ", b"").lower(),
            fields.get(b"accept-language", b"").replace(b" ", b"").lower(),
            choose_encoding(fields[b"accept-encoding"]) if b"accept-encoding" in fields else "",
            fields.get(b"content-type", b"") if self.method == "POST" else b"",
            self.body,
        )

    async def answer_at_once(self, asked: Asked, answers: AnswerCache, edition: Edition) -> bool:
        """Answer from what is kept, or from what the client says that it has; say whether that could be."""
        kept = answers.find(asked)
        known = self.fields.get(b"if-none-match", b"") if self.is_reading else b""
        if kept is not None:
            if known and (kept.tag in known or known.strip() == b"*"):
                await self._give_not_modified([field for field in kept.headers if field[0] not in _NOT_IN_304])
            else:
                self.source = KEPT
                await self._give(200, list(kept.headers), kept.body)
            return True
        if known:
            tag = request_tag(edition, asked)
            if tag in known:
                await self._give_not_modified([*_COMMON, _VARY, _REVALIDATE, (b"etag", tag)])
                return True
        return False

    async def refuse(self, status: int, reason: str, retry_after: int = 0) -> None:
        """Answer with a problem document (https://www.rfc-editor.org/rfc/rfc9457)."""
        title = http.HTTPStatus(status).phrase
        document = {"type": "about:blank", "title": title, "status": status, "detail": reason}
        more: Headers = [(b"retry-after", str(retry_after).encode())] if retry_after else []
        await self.give_text(status, PROBLEM.media_type, json.dumps(document, ensure_ascii=False), more)

    async def give_text(self, status: int, content_type: str, text: str, more: Headers | None = None) -> None:
        """Answer with a text of the front's own, which nobody is to keep."""
        body = text.encode()
        headers: Headers = [
            *_COMMON,
            (b"content-type", content_type.encode()),
            (b"content-length", str(len(body)).encode()),
            (b"cache-control", b"no-store"),
            *(more or []),
        ]
        await self._give(status, headers, body)

    def expect(self, asked: Asked, answers: AnswerCache, edition: Edition) -> str:
        """Get ready for the application's answer: how large it may be to be kept, and the tag it will be known by."""
        self.source = APPLICATION
        self._largest = answers.largest
        if self.is_reading:
            self._tag = request_tag(edition, asked)
        return self._tag.decode().strip('"')

    async def emit(self, head: Head | None, piece: bytes, more: bool) -> None:
        """Send a piece of the application's answer on, before the first one the head."""
        if head:
            self.status = head.status
            self._headers = self._finish(head)
            await self._send({"type": "http.response.start", "status": head.status, "headers": self._headers})
        self.size += len(piece)
        if self._pieces is not None:
            self._pieces.append(piece)
            if self.size > self._largest:
                # Too large to be kept, so no more of it is collected.
                self._pieces = None
        await self._send({"type": "http.response.body", "body": piece, "more_body": more})

    def keep(self, asked: Asked, answers: AnswerCache) -> None:
        """Keep the application's answer, now that it is whole."""
        if self._pieces is None or self.method == "HEAD":
            return
        body = b"".join(self._pieces)
        headers = [field for field in self._headers if field[0] != b"content-length"]
        headers.append((b"content-length", str(len(body)).encode()))
        answers.keep(asked, KeptAnswer(tuple(headers), body, self._tag))

    def _finish(self, head: Head) -> Headers:
        """Give an answer that may be kept the tag that can be made from the request alone."""
        fields = dict(head.headers)
        control = fields.get(b"cache-control", b"")
        if head.status != 200 or b"no-store" in control or b"accept-ranges" in fields or b"set-cookie" in fields:
            return head.headers
        self._pieces = []
        if not self.is_reading:
            return head.headers
        headers = [field for field in head.headers if field[0] != b"etag"]
        headers.append((b"etag", self._tag))
        if not control:
            headers.append(_REVALIDATE)
        return headers

    async def _give_not_modified(self, headers: Headers) -> None:
        self.source = CLIENT
        await self._give(304, headers, b"")

    async def _give(self, status: int, headers: Headers, body: bytes) -> None:
        if self.method == "HEAD":
            body = b""
        self.status, self.size = status, len(body)
        await self._send({"type": "http.response.start", "status": status, "headers": headers})
        await self._send({"type": "http.response.body", "body": body})

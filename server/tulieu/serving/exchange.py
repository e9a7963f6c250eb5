"""One request and its answer, as the server sees them: https://www.rfc-editor.org/rfc/rfc9110

Comes in: a request as ASGI tells it; an answer from what is kept, from the front itself, or piece by piece from the
application. Goes out: the answer, to the client and, once it is whole, into what is kept. One rule says what may be
kept: an answer is a function of the release, the software, the public URL and the request, unless it says `no-store`.
Files are sent, not kept.
"""

import time

from tulieu.app import PREFLIGHT_HEADERS, SECURITY_HEADERS, SHARING_HEADERS
from tulieu.caching import CACHE_CONTROL, ERROR, NOT_IN_304, AnswerCache, Asked, KeptAnswer
from tulieu.serving.bridge import COMPLETE, Head, Headers, Scope, Send
from tulieu.serving.compression import Encoding, choose_encoding
from tulieu.serving.refusal import write_refusal

# Where an answer came from.
KEPT, CLIENT, APPLICATION, FRONT = "kept", "client's copy", "application", "front"
# What the log says of an answer each time it is given.
_KEPT_NOTES = ("kind", "rows")
READ_METHODS = ("GET", "HEAD")
_WANTED = frozenset(
    {b"accept", b"accept-language", b"accept-encoding", b"if-none-match", b"content-type", b"content-length",
     b"transfer-encoding", b"x-forwarded-for", b"access-control-request-method"}
)  # fmt: skip
_NOT_IN_304 = frozenset(name.encode() for name in NOT_IN_304)
_NO_STORE = (b"cache-control", CACHE_CONTROL[ERROR].encode())
_PLAIN = Encoding()
_COMMON: Headers = [
    (name.lower().encode(), text.encode()) for name, text in (*SECURITY_HEADERS.items(), *SHARING_HEADERS.items())
]
_PREFLIGHT: Headers = [(name.lower().encode(), text.encode()) for name, text in PREFLIGHT_HEADERS.items()]


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
        self.encoding = choose_encoding(fields[b"accept-encoding"]) if b"accept-encoding" in fields else _PLAIN
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
        self._largest = 0
        self._may_be_kept = False
        # What has been sent, as long as it is not too large to be kept.
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
    def is_preflight(self) -> bool:
        """Whether a browser asks what a script may ask (https://fetch.spec.whatwg.org/#cors-preflight-request)."""
        return self.method == "OPTIONS" and b"access-control-request-method" in self.fields

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
            self.encoding,
            fields.get(b"content-type", b"") if self.method == "POST" else b"",
            self.body,
        )

    async def answer_at_once(self, asked: Asked, answers: AnswerCache) -> bool:
        """Answer from what is kept, or by what the client says that it has; say whether that could be."""
        kept = answers.find(asked)
        if kept is None:
            return False
        known = self.fields.get(b"if-none-match", b"") if self.is_reading else b""
        if known and (kept.tag in known or known.strip() == b"*"):
            self.source = CLIENT
            await self._give(304, [field for field in kept.headers if field[0] not in _NOT_IN_304], b"")
            return True
        if kept.body is None and self.method != "HEAD":
            return False
        self.source = KEPT
        self.notes = dict(kept.notes)
        await self._give(200, list(kept.headers), kept.body or b"")
        return True

    async def answer_preflight(self) -> None:
        """Tell a browser what a script may ask; it is the same for every address."""
        await self._give(204, [*_COMMON, *_PREFLIGHT], b"")

    async def refuse(self, status: int, reason: str, retry_after: int = 0) -> None:
        """Answer no, in a form that the client can read."""
        form, text = write_refusal(status, reason, self.fields.get(b"accept", b"").decode("latin-1"))
        more: Headers = [(b"retry-after", str(retry_after).encode())] if retry_after else []
        await self.give_text(status, form.content_type, text, [(b"vary", b"Accept"), *more])

    async def give_text(self, status: int, content_type: str, text: str, more: Headers | None = None) -> None:
        """Answer with a text of the front's own, which nobody is to keep."""
        body = text.encode()
        headers: Headers = [
            *_COMMON,
            (b"content-type", content_type.encode()),
            (b"content-length", str(len(body)).encode()),
            _NO_STORE,
            *(more or []),
        ]
        await self._give(status, headers, body)

    def expect(self, answers: AnswerCache) -> None:
        """Get ready for the application's answer: how large it may be to be kept."""
        self.source = APPLICATION
        self._largest = answers.largest

    async def emit(self, head: Head | None, piece: bytes, more: bool) -> None:
        """Send a piece of the application's answer on, before the first one the head."""
        if head:
            self.status = head.status
            self._headers = head.headers
            self._pieces = [] if self._judge(head) else None
            if head.status == 304:
                self.source = CLIENT
            await self._send({"type": "http.response.start", "status": head.status, "headers": head.headers})
        self.size += len(piece)
        if self._pieces is not None:
            self._pieces.append(piece)
            if self.size > self._largest:
                # Too large to be kept, so no more of it is collected.
                self._pieces = None
        await self._send({"type": "http.response.body", "body": piece, "more_body": more})

    def keep(self, asked: Asked, answers: AnswerCache) -> None:
        """Keep the application's answer, now that it is whole; of a large one, that it was given."""
        if not self._may_be_kept or self.method == "HEAD":
            return
        headers = self._headers
        body = None if self._pieces is None else b"".join(self._pieces)
        if body is not None:
            length = (b"content-length", str(len(body)).encode())
            headers = [*(field for field in headers if field[0] != b"content-length"), length]
        tag = dict(headers).get(b"etag", b"")
        if tag or body is not None:
            notes = {name: value for name, value in self.notes.items() if name in _KEPT_NOTES}
            answers.keep(asked, KeptAnswer(tuple(headers), body, tag, notes))

    def _judge(self, head: Head) -> bool:
        """Say whether an answer may be kept: files are sent from where they lie, and what has no tag may change."""
        fields = dict(head.headers)
        control = fields.get(b"cache-control", b"")
        self._may_be_kept = (
            head.status == 200
            and b"no-store" not in control
            and b"accept-ranges" not in fields
            and b"set-cookie" not in fields
            and (b"etag" in fields or not self.is_reading)
        )
        return self._may_be_kept

    async def _give(self, status: int, headers: Headers, body: bytes) -> None:
        if self.method == "HEAD":
            body = b""
        self.status, self.size = status, len(body)
        await self._send({"type": "http.response.start", "status": status, "headers": headers})
        await self._send({"type": "http.response.body", "body": body})

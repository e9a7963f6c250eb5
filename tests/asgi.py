"""A server in miniature: it asks an ASGI application and says what a client would have got.

Comes in: an application, a request, and whether the client stays. Goes out: status, headers, body, and whether the
answer came to its end; an application that returns before that leaves a broken answer, as real servers have it.
"""

import asyncio
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tulieu.front import Front
from tulieu.serving.bridge import Message, Scope


@dataclass
class Got:
    """What a client got."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    is_whole: bool = False


def make_scope(method: str, target: str, headers: Mapping[str, str] | None = None, peer: str = "192.0.2.1") -> Scope:
    """Describe a request as a server does."""
    path, _, query = target.partition("?")
    return {
        "type": "http",
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": [(name.lower().encode(), text.encode()) for name, text in (headers or {}).items()],
        "client": (peer, "50000"),
        "server": ("127.0.0.1", "8000"),
    }


class Client:
    """One client at a time. `leave_after` so many seconds it hangs up; after it `takes` so many bytes, it stalls."""

    def __init__(self, front: Front) -> None:
        self.front = front

    def get(self, target: str, headers: Mapping[str, str] | None = None, **more: Any) -> Got:
        """Send a GET."""
        return self.ask("GET", target, headers, **more)

    def ask(
        self,
        method: str,
        target: str,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        leave_after: float = 0.0,
        takes: int = sys.maxsize,
        peer: str = "192.0.2.1",
    ) -> Got:
        """Send a request and take what comes."""
        more = {"content-length": str(len(body))} if body else {}
        scope = make_scope(method, target, {**(headers or {}), **more}, peer)
        return asyncio.run(self._ask(scope, body, leave_after, takes))

    async def _ask(self, scope: Scope, body: bytes, leave_after: float, takes: int) -> Got:
        got = Got()
        messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive() -> Message:
            if messages:
                return messages.pop(0)
            await asyncio.sleep(leave_after or 3600)
            return {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            if message["type"] == "http.response.start":
                got.status = message["status"]
                for name, value in message["headers"]:
                    assert name.decode() not in got.headers, f"{name!r} is sent twice"
                    got.headers[name.decode()] = value.decode()
            else:
                if len(got.body) >= takes:
                    await asyncio.sleep(3600)
                got.body += message["body"]
                got.is_whole = not message.get("more_body", False)

        await self.front(scope, receive, send)
        return got

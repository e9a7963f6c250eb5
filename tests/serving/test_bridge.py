import asyncio
from collections.abc import Iterator
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest

from tulieu.serving import bridge as bridge_module
from tulieu.serving.bridge import COMPLETE, STALLED, Bridge, Head, Outcome

PIECE = 65_536


class Slow:
    """An answer in pieces, each of which is numbered, and a client that takes none until it is let."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.made = 0
        self.is_closed = False
        self.taken: list[int] = []
        self.may_take = asyncio.Event()

    def application(self, _: WSGIEnvironment, start_response: StartResponse) -> Iterator[bytes]:
        start_response("200 OK", [])
        return self.pieces()

    def pieces(self) -> Iterator[bytes]:
        try:
            for number in range(self.count):
                self.made += 1
                yield bytes([number]) * PIECE
        finally:
            self.is_closed = True

    async def emit(self, head: Head | None, piece: bytes, more: bool) -> None:
        await self.may_take.wait()
        assert (head is not None) == (not self.taken)
        self.taken.append(piece[0] if more else -1)

    async def ask(self, bridge: Bridge) -> Outcome:
        environ: dict[str, Any] = {"REQUEST_METHOD": "GET", "SERVER_PROTOCOL": "HTTP/1.1"}
        return await bridge.answer(self.application, "page", environ, asyncio.Event().wait, self.emit)  # type: ignore[arg-type]


async def until_nothing_happens(slow: Slow) -> None:
    before = -1
    while slow.made != before:
        before = slow.made
        await asyncio.sleep(0.2)


def test_a_short_answer_is_made_to_its_end_though_its_client_takes_nothing() -> None:
    async def run() -> None:
        bridge, slow = Bridge({"page": 1}), Slow(10)
        asking = asyncio.create_task(slow.ask(bridge))
        while not slow.is_closed:
            await asyncio.sleep(0.01)
        assert not slow.taken
        slow.may_take.set()
        assert (await asking).ended == COMPLETE
        assert slow.taken == [*range(10), -1]
        bridge.close()

    asyncio.run(run())


def test_a_long_answer_waits_for_its_client_and_arrives_in_its_order() -> None:
    async def run() -> None:
        bridge, slow = Bridge({"page": 1}), Slow(100)
        asking = asyncio.create_task(slow.ask(bridge))
        await until_nothing_happens(slow)
        assert 16 <= slow.made <= 18
        slow.may_take.set()
        assert (await asking).ended == COMPLETE
        assert slow.taken == [*range(100), -1]
        bridge.close()

    asyncio.run(run())


def test_of_an_answer_that_nobody_takes_nothing_follows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bridge_module, "STALL_SECONDS", 0.05)

    async def run() -> None:
        bridge, slow = Bridge({"page": 1}), Slow(10)
        assert (await slow.ask(bridge)).ended == STALLED
        slow.may_take.set()
        await asyncio.sleep(0.05)
        assert slow.is_closed
        assert not slow.taken
        bridge.close()

    asyncio.run(run())

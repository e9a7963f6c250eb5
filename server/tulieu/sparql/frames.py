"""What the server and a query process say to each other over their socket pair.

Comes in: bytes, in pieces of any size. Goes out: frames, each a kind of one byte and a payload. The server says OPEN
(once: which release, which limits) and then one JOB after the other; the process says READY once, and to each job HEAD,
DATA as often as needed and END, or FAILURE in the place of any of these. All payloads but that of DATA are JSON.
"""

import json
import struct
from typing import Any

OPEN, JOB, READY, HEAD, DATA, END, FAILURE = b"O", b"J", b"R", b"H", b"D", b"E", b"F"
Frame = tuple[bytes, bytes]

_PREFIX = struct.Struct(">cI")


def pack(kind: bytes, payload: bytes) -> bytes:
    """Write a frame."""
    return _PREFIX.pack(kind, len(payload)) + payload


def pack_json(kind: bytes, values: dict[str, Any]) -> bytes:
    """Write a frame whose payload is JSON."""
    # ASCII alone: a query may hold half of a surrogate pair, which UTF-8 cannot carry.
    return pack(kind, json.dumps(values).encode("ascii"))


def unpack_json(payload: bytes) -> dict[str, Any]:
    """Read the payload of a frame that is not DATA."""
    values: dict[str, Any] = json.loads(payload)
    return values


class FrameReader:
    """Makes whole frames of the pieces in which a stream arrives."""

    def __init__(self) -> None:
        self._pending = bytearray()

    def feed(self, piece: bytes) -> list[Frame]:
        """Take what arrived; give the frames that are whole with it."""
        pending = self._pending
        pending += piece
        frames: list[Frame] = []
        start = 0
        while len(pending) - start >= _PREFIX.size:
            kind, length = _PREFIX.unpack_from(pending, start)
            end = start + _PREFIX.size + length
            if end > len(pending):
                break
            frames.append((kind, bytes(pending[start + _PREFIX.size : end])))
            start = end
        del pending[:start]
        return frames

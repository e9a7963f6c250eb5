"""What the server and a query process say to each other over their socket pair.

Comes in: bytes, in pieces of any size. Goes out: frames, each a kind of one byte and a payload. The server says OPEN
(once: which release, which limits) and then one JOB after the other; the process says READY once, and to each job HEAD,
DATA as often as needed and END, or FAILURE in the place of any of these. Payloads are JSON but for two: DATA is what it
is, and JOB is in Python's own format, which is quicker; both ends are the same Python, and it is the server who writes.
"""

import json
import marshal
import struct
from functools import lru_cache
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


def pack_job(values: dict[str, Any]) -> bytes:
    """Write a frame of the kind JOB."""
    return pack(JOB, marshal.dumps(values))


def unpack_job(payload: bytes) -> dict[str, Any]:
    """Read the payload of a frame of the kind JOB."""
    values: dict[str, Any] = marshal.loads(payload)
    return values


# For what is said again and again, HEAD and END: the values are one object for all who read them.
pack_known = lru_cache(maxsize=256)(lambda frame, **values: pack_json(frame, values))
unpack_known = lru_cache(maxsize=256)(unpack_json)


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

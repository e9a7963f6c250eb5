"""Style sheets, scripts and pictures of the pages, each at an address that changes with its content.

Comes in: the name of a file of the folder `static`. Goes out: an `Asset` with its bytes and a digest of them. Since the
digest stands in the address, a browser may keep the file for a year, and never has an old one after a change.
"""

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_LENGTH = 10
# Of our own: what a machine's table of types says of scripts differs from machine to machine.
_CONTENT_TYPES = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}


@dataclass(frozen=True)
class Asset:
    """One file as it is sent."""

    body: bytes
    digest: str
    content_type: str


@cache
def load_assets() -> dict[str, Asset]:
    """Read all files once: they are few and small, and are those of the software that is running."""
    return {
        path.name: _make(path.name, path.read_bytes())
        for path in (files("tulieu.pages") / "static").iterdir()
        if path.is_file()
    }


def _make(name: str, body: bytes) -> Asset:
    return Asset(body, hashlib.sha256(body).hexdigest()[:_LENGTH], _CONTENT_TYPES[name.rpartition(".")[2]])

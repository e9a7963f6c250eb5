"""The validator of an answer: when two answers may be taken for the same.

Comes in: which release and software answer, under which public URL, and which representation is asked for. Goes out:
a strong entity tag (https://www.rfc-editor.org/rfc/rfc9110#section-8.8.3). Nothing is rendered to make one, so a
client that has the answer already costs no query.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

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
    """Say whether the client's `If-None-Match` holds a tag; compared weakly, as RFC 9110, section 13.1.2 asks."""
    if if_none_match is None:
        return False
    known = [candidate.strip().removeprefix("W/") for candidate in if_none_match.split(",")]
    return "*" in known or f'"{tag}"' in known


def digest_software() -> str:
    """Digest the code, templates and queries that are running: a version number does not change with every edit."""
    digest = hashlib.sha256()
    root = Path(__file__).parent
    for path in sorted(path for path in root.rglob("*") if path.suffix in _WRITTEN_BY_US and path.is_file()):
        if "knowledge" not in path.relative_to(root).parts:
            digest.update(str(path.relative_to(root)).encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]

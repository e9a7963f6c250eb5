"""The files of a release: https://www.rfc-editor.org/rfc/rfc9110#section-14 (ranges)

Comes in: a release and the name of a file. Goes out: the file, whole or in part, under the strong entity tag that is
its SHA-256, for good: what a release holds never changes. Any other name opens nothing.
"""

from base64 import b64encode
from datetime import datetime

from flask import Response, send_file

from tulieu.caching import CACHE_CONTROL, FIXED
from tulieu.errors import NotFoundError
from tulieu.release import Release

# By the end of a file's name, the first that fits.
_MEDIA_TYPES = (
    (".gz", "application/gzip"),
    (".json", "application/json"),
    (".ttl", "text/turtle"),
    ("", "text/plain"),
)


def send_release_file(release: Release, name: str) -> Response:
    """Send a file of a release; a name that is none of them opens nothing, wherever it points."""
    path = next((path for path in release.list_files() if path.name == name), None)
    if path is None:
        available = ", ".join(path.name for path in release.list_files())
        raise NotFoundError(f"Release {release.id} has no file {name}. It has: {available}.")
    digest = release.digest_of(path)
    response = send_file(
        path,
        mimetype=next(media_type for ending, media_type in _MEDIA_TYPES if name.endswith(ending)),
        # By this name the list of digests knows it.
        download_name=name,
        as_attachment=True,
        conditional=True,
        etag=digest,
        last_modified=datetime.fromisoformat(release.created),
    )
    response.headers["Cache-Control"] = CACHE_CONTROL[FIXED]
    # Of the whole, whatever part of it is sent (https://www.rfc-editor.org/rfc/rfc9530#section-3).
    response.headers["Repr-Digest"] = f"sha-256=:{b64encode(bytes.fromhex(digest)).decode()}:"
    return response

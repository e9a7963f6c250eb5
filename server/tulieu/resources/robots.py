"""What crawlers are asked to leave alone: https://www.rfc-editor.org/rfc/rfc9309

Comes in: the public URL. Goes out: `/robots.txt`. A crawler reads it at the root of the host only: where the public URL
has a path, the host's own file has to hold these lines.
"""

from urllib.parse import urlsplit

from flask import Blueprint, Response

from tulieu.resources.describing import LICENCE

# What begins so has no end, is made for one reader, or is what a page once said: found by who has its address.
KEPT_OUT = (
    "sparql?query=",
    "sparql?*query=",
    "sparql/",
    "release/*/sparql",
    *(f"release/*/{first}/" for first in ("doc", "article", "passage", "note")),
    "search",
    "suggest",
    "cite",
    "basket",
)
_TEXT = """\
# Everything here may be read, and kept under the licence {licence}
# Only what has no end, queries and searches, what is made for one reader, and past states are not for crawlers.
# Who wants the whole takes it in one file: {public_url}releases
User-agent: *
{rules}
Allow: {root}

Sitemap: {public_url}sitemap.xml
"""
_CONTENT_TYPE = "text/plain; charset=utf-8"


def create_blueprint(public_url: str) -> Blueprint:
    """Make the route of the rules."""
    blueprint = Blueprint("robots", __name__)

    @blueprint.get("/robots.txt")
    def robots() -> Response:
        return Response(write_rules(public_url), content_type=_CONTENT_TYPE)

    return blueprint


def is_kept_out(path: str) -> bool:
    """Tell whether crawlers are asked to leave alone what stands at a path below the public URL."""
    return path.startswith(KEPT_OUT)


def write_rules(public_url: str) -> str:
    """Write the rules for crawlers; paths are those of the host."""
    root = urlsplit(public_url).path
    rules = "\n".join(f"Disallow: {root}{path}" for path in KEPT_OUT)
    return _TEXT.format(public_url=public_url, root=root, rules=rules, licence=LICENCE)

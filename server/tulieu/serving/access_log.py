"""Who asked, and a line for each answer.

Comes in: an address and what proxies say of it; an answer, once it has ended. Goes out: the address that counts as the
reader's, and one line of JSON on the logger `tulieu.access`. A query stands in the log by its digest: enough to find
that two are the same, or one that its author reports, without keeping what people ask.
"""

import hashlib
import ipaddress
import json
import logging
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from urllib.parse import parse_qs

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_QUERY_TYPE = b"application/sparql-query"
_log = logging.getLogger("tulieu.access")


def parse_networks(text: str) -> tuple[Network, ...]:
    """Read a list of addresses and networks, parted by commas; raise ValueError for what is none."""
    return tuple(ipaddress.ip_network(part.strip(), strict=False) for part in text.split(",") if part.strip())


def find_client(peer: str, forwarded_for: str, trusted: Sequence[Network]) -> str:
    """Find the reader's address: the last one in `X-Forwarded-For` that is no trusted proxy.

    Each proxy appends the address that it sees; so what stands before an address that is not trusted is only what a
    stranger claims. From a peer that is not trusted, the field counts for nothing.
    """
    if not trusted or not forwarded_for:
        return peer
    client = peer
    for claimed in reversed(forwarded_for.split(",")):
        if not _is_trusted(client, trusted) or not claimed.strip():
            break
        client = claimed.strip()
    try:
        return str(ipaddress.ip_address(client))
    except ValueError:
        return peer


def _is_trusted(address: str, trusted: Sequence[Network]) -> bool:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped:
        parsed = parsed.ipv4_mapped
    return any(parsed in network for network in trusted)


def digest_query(address_query: bytes, content_type: bytes, body: bytes) -> str:
    """Digest the query of a request, however it was sent; nothing where there is none."""
    if content_type.startswith(_QUERY_TYPE):
        text = body
    else:
        found = parse_qs((address_query + b"&" + body).decode("latin-1"), encoding="utf-8").get("query", [""])
        text = found[0].encode("utf-8", "surrogateescape")
    return hashlib.sha256(text).hexdigest()[:16] if text else ""


def write_line(values: Mapping[str, object]) -> None:
    """Write the line of one answer."""
    line = {"time": datetime.now(UTC).isoformat(timespec="milliseconds"), **values}
    _log.info("%s", json.dumps(line, ensure_ascii=True))

"""A request of the SPARQL 1.1 Protocol, read: https://www.w3.org/TR/sparql11-protocol/#query-operation

Comes in: method, the headers that matter, the query string and the body, as they were sent. Goes out: a `QueryRequest`,
or a `Refusal` with the status that the protocol or HTTP has for it. Pure. The parameters are decoded here, not by the
web framework: that lets bytes pass which are not UTF-8, and a query must never be another one than was sent.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from tulieu.store import Dataset, is_iri

FORM_TYPE = "application/x-www-form-urlencoded"
QUERY_TYPE = "application/sparql-query"
UPDATE_TYPE = "application/sparql-update"
READ_ONLY = "The archive is read-only: it changes by a new release alone. Send a query instead."

# A query names few graphs; nobody needs more parameters than this.
_MOST_PARAMETERS = 1000
_CHARSET = re.compile(r""";\s*charset\s*=\s*"?([^\s;"]*)""", re.IGNORECASE)
_UTF_8 = ("utf-8", "utf8", "us-ascii")
_SECONDS = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)(ms|s|)")


@dataclass(frozen=True)
class Incoming:
    """A request as it was sent; `content_type` and `content_encoding` are the headers, empty where there are none."""

    method: str
    query_string: bytes = b""
    content_type: str = ""
    content_encoding: str = ""
    body: bytes = b""


@dataclass(frozen=True)
class QueryRequest:
    """What is asked: the query, the graphs it is put to, and what else the client may choose.

    `format_name`, `release` and `seconds` are empty or None where the client leaves them to the server.
    """

    query: str
    dataset: Dataset
    format_name: str = ""
    release: str = ""
    seconds: float | None = None


@dataclass(frozen=True)
class Refusal:
    """Why a request is no query: a status, what was expected, and the next step."""

    status: int
    reason: str


Parameters = Mapping[str, Sequence[str]]


def read_request(incoming: Incoming) -> QueryRequest | Refusal | None:
    """Read one of the three ways to send a query; None for a GET that brings no query."""
    media_type = incoming.content_type.partition(";")[0].strip().lower()
    address = read_parameters(incoming.query_string, "address")
    if isinstance(address, Refusal):
        return address
    if incoming.method != "POST":
        if "update" in address:
            return Refusal(403, READ_ONLY)
        return _from_parameters(address) if "query" in address else None
    refusal = _refuse_body(incoming, media_type)
    if refusal:
        return refusal
    if media_type == FORM_TYPE:
        form = read_parameters(incoming.body, "form")
        if isinstance(form, Refusal):
            return form
        return _from_form(address, form)
    if media_type == UPDATE_TYPE or "update" in address:
        return Refusal(403, READ_ONLY)
    try:
        text = incoming.body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return Refusal(400, f"The body is not UTF-8 (byte {error.start}). Send the query in UTF-8.")
    return _from_parameters({**address, "query": [*address.get("query", ()), text]})


def read_parameters(text: bytes, where: str) -> Parameters | Refusal:
    """Read URL-encoded parameters, each with its values in their order; they must be UTF-8."""
    pairs = [pair for pair in text.split(b"&") if pair]
    if len(pairs) > _MOST_PARAMETERS:
        return Refusal(400, f"The {where} has {len(pairs)} parameters; up to {_MOST_PARAMETERS} are accepted.")
    values: dict[str, list[str]] = {}
    for pair in pairs:
        name, _, value = pair.replace(b"+", b" ").partition(b"=")
        try:
            read = unquote_to_bytes(name).decode("utf-8"), unquote_to_bytes(value).decode("utf-8")
        except UnicodeDecodeError as error:
            told = name.decode("ascii", "replace")[:40]
            return Refusal(
                400,
                f"Parameter {told} in the {where} is not UTF-8 (byte {error.start} of it). Encode it in UTF-8 first, "
                "then as %XX.",
            )
        values.setdefault(read[0], []).append(read[1])
    return values


def _refuse_body(incoming: Incoming, media_type: str) -> Refusal | None:
    if media_type not in (FORM_TYPE, QUERY_TYPE, UPDATE_TYPE):
        told = media_type[:80] or "of no stated type"
        return Refusal(415, f"The body is {told}; expected is {FORM_TYPE} or {QUERY_TYPE}.")
    if incoming.content_encoding.strip().lower() not in ("", "identity"):
        return Refusal(415, f"The body is packed ({incoming.content_encoding[:40]}). Send it as it is.")
    charset = _CHARSET.search(incoming.content_type)
    if charset and charset[1].lower() not in _UTF_8:
        return Refusal(415, f"The body is in {charset[1][:40]}; the protocol's encoding is UTF-8.")
    return None


def _from_form(address: Parameters, form: Parameters) -> QueryRequest | Refusal:
    if "update" in form or "update" in address:
        return Refusal(403, READ_ONLY)
    if "query" not in form and "query" not in address:
        return Refusal(400, "The form has no field named query.")
    # The protocol wants all of it in the body; what clients put into the address is meant all the same.
    return _from_parameters({name: [*form.get(name, ()), *address.get(name, ())] for name in {**form, **address}})


def _from_parameters(parameters: Parameters) -> QueryRequest | Refusal:
    queries = parameters.get("query", ())
    if len(queries) != 1:
        return Refusal(400, f"There are {len(queries)} parameters named query; exactly one is expected.")
    graphs = {}
    for name in ("default-graph-uri", "named-graph-uri"):
        graphs[name] = tuple(iri for iri in parameters.get(name, ()) if iri)
        for iri in graphs[name]:
            if not is_iri(iri):
                return Refusal(400, f"{name} is {iri[:200]!r}; an absolute IRI is expected.")
    seconds = read_seconds(parameters)
    if isinstance(seconds, Refusal):
        return seconds
    return QueryRequest(
        query=queries[0],
        dataset=Dataset(graphs["default-graph-uri"], graphs["named-graph-uri"]),
        format_name=first_of(parameters, "format", "output"),
        release=first_of(parameters, "release"),
        seconds=seconds,
    )


def first_of(parameters: Parameters, *names: str) -> str:
    """The first value of the first of the named parameters that has one; else empty."""
    for name in names:
        for value in parameters.get(name, ()):
            if value:
                return value
    return ""


def read_seconds(parameters: Parameters) -> float | Refusal | None:
    """Read `timeout`: seconds (`5`, `0.5`, `5s`) or milliseconds (`500ms`)."""
    text = first_of(parameters, "timeout").strip()
    if not text:
        return None
    found = _SECONDS.fullmatch(text)
    seconds = float(found[1]) / (1000 if found[2] == "ms" else 1) if found else 0.0
    if seconds <= 0:
        return Refusal(400, f"timeout is {text[:40]!r}; expected is a number of seconds above 0, such as 5 or 0.5.")
    return seconds

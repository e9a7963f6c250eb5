"""A request of the SPARQL 1.1 Protocol, read: https://www.w3.org/TR/sparql11-protocol/#query-operation

Comes in: method, content type, parameters and body, as plain values. Goes out: a `QueryRequest`, or a `Refusal` with
the status that the protocol or HTTP has for it. Pure: the view in `protocol` only hands over what Flask has parsed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tulieu.store import Dataset, is_iri

FORM_TYPE = "application/x-www-form-urlencoded"
QUERY_TYPE = "application/sparql-query"
UPDATE_TYPE = "application/sparql-update"
READ_ONLY = "The archive is read-only: it changes by a new release alone. Send a query instead."


@dataclass(frozen=True)
class QueryRequest:
    """What is asked: the query, the graphs it is put to, and the format asked for by name."""

    query: str
    dataset: Dataset
    format_name: str


@dataclass(frozen=True)
class Refusal:
    """Why a request is no query: a status, what was expected, and the next step."""

    status: int
    reason: str


Parameters = Mapping[str, Sequence[str]]


def read_request(
    method: str, content_type: str, address: Parameters, form: Parameters, body: bytes
) -> QueryRequest | Refusal | None:
    """Read one of the three ways to send a query; None for a GET that brings no query."""
    if "update" in address or "update" in form or content_type == UPDATE_TYPE:
        return Refusal(403, READ_ONLY)
    if method != "POST":
        return _from_parameters(address) if "query" in address else None
    if content_type == FORM_TYPE:
        return (
            _from_parameters(form, address) if "query" in form else Refusal(400, "The form has no field named query.")
        )
    if content_type == QUERY_TYPE:
        try:
            text = body.decode("utf-8")
        except UnicodeDecodeError as error:
            return Refusal(400, f"The body is not UTF-8 (byte {error.start}). Send the query in UTF-8.")
        return _from_parameters({**address, "query": [text]})
    return Refusal(415, f"The body is {content_type or 'of no stated type'}; expected is {FORM_TYPE} or {QUERY_TYPE}.")


def _from_parameters(parameters: Parameters, more: Parameters | None = None) -> QueryRequest | Refusal:
    queries = parameters.get("query", ())
    if len(queries) != 1:
        return Refusal(400, f"There are {len(queries)} parameters named query; exactly one is expected.")
    graphs = {}
    for name in ("default-graph-uri", "named-graph-uri"):
        graphs[name] = tuple(iri for iri in parameters.get(name, ()) if iri)
        for iri in graphs[name]:
            if not is_iri(iri):
                return Refusal(400, f"{name} is {iri!r}; an absolute IRI is expected.")
    formats = [*parameters.get("format", ()), *(more or {}).get("format", ())]
    return QueryRequest(
        query=queries[0],
        dataset=Dataset(graphs["default-graph-uri"], graphs["named-graph-uri"]),
        format_name=formats[0] if formats else "",
    )

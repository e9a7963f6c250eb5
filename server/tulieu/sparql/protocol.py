"""The endpoint `/sparql`: https://www.w3.org/TR/sparql11-protocol/

Comes in: an HTTP request. Goes out: results as JSON, XML, CSV or TSV, graphs as Turtle, JSON-LD, N-Triples or RDF/XML,
or, for a browser, the page with the form, which the pages' wing makes. Errors are raised; `app` writes them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, abort, request
from werkzeug.datastructures import MultiDict

from tulieu.caching import Edition, Representation, entity_tag
from tulieu.errors import QueryError
from tulieu.formats import (
    BOOLEAN_FORMATS,
    GRAPH_FORMATS,
    HTML,
    ROW_FORMATS,
    Format,
    format_named,
    negotiate,
)
from tulieu.sparql.description import describe_service
from tulieu.sparql.execution import with_deep_stack
from tulieu.sparql.gate import Limits, check_query
from tulieu.sparql.request import QueryRequest, Refusal, read_request
from tulieu.store import ResultKind, Statement, Store, Table

Outcome = Table | bool | tuple[Statement, ...] | None
# The page for a browser, made from the text of the query and its outcome or the error.
PresentQuery = Callable[[str, Outcome, QueryError | None], str]

FORMATS_OF_KIND: dict[ResultKind, Sequence[Format]] = {
    "rows": ROW_FORMATS,
    "boolean": BOOLEAN_FORMATS,
    "graph": GRAPH_FORMATS,
}
# The page speaks the reader's language; results have none.
PAGE_VARY = "Accept, Accept-Language"
ALL_FORMATS = (*ROW_FORMATS, HTML, *GRAPH_FORMATS)


@dataclass(frozen=True)
class Endpoint:
    """What the endpoint needs: the store, the limits, what its entity tags are made of, and the page."""

    store: Store
    edition: Edition
    limits: Limits
    answer_bytes: int
    page_rows: int
    present: PresentQuery


def create_blueprint(endpoint: Endpoint) -> Blueprint:
    """Make the routes of the endpoint."""
    blueprint = Blueprint("sparql", __name__)

    @blueprint.route("/sparql", methods=["GET", "POST"])
    def sparql() -> Response:
        form = _lists(request.form)
        body = b"" if form else request.get_data()
        asked = read_request(request.method, request.mimetype, _lists(request.args), form, body)
        if isinstance(asked, Refusal):
            abort(asked.status, asked.reason)
        if asked is None:
            return _without_query(endpoint)
        return _answer(endpoint, asked)

    return blueprint


def _without_query(endpoint: Endpoint) -> Response:
    """Answer the bare address: the form for a browser, the service's description for a machine."""
    chosen = _choose((*GRAPH_FORMATS, HTML), request.args.get("format", ""))
    if chosen is HTML:
        return Response(endpoint.present("", None, None), content_type=HTML.content_type, headers={"Vary": PAGE_VARY})
    body = describe_service(endpoint.edition.public_url, chosen)
    return Response(body, content_type=chosen.content_type, headers={"Vary": "Accept"})


def _answer(endpoint: Endpoint, asked: QueryRequest) -> Response:
    # A format is chosen before the query runs where that can be: a browser's page needs values, all else bytes.
    if _choose(ALL_FORMATS, asked.format_name) is HTML:
        return _answer_with_page(endpoint, asked)
    check_query(asked.query, endpoint.limits)
    # Read here: in the thread of the query there is no request.
    accept = request.headers.get("Accept")

    def choose(kind: ResultKind) -> Format:
        offered = FORMATS_OF_KIND[kind]
        return format_named(asked.format_name, offered) if asked.format_name else negotiate(accept, offered)

    chosen, body = with_deep_stack(
        lambda: endpoint.store.write_answer(asked.query, asked.dataset, choose, endpoint.answer_bytes)
    )
    response = Response(body, content_type=chosen.content_type, headers={"Vary": "Accept"})
    if request.method != "POST":
        target = request.full_path
        response.set_etag(entity_tag(endpoint.edition, Representation(target, chosen.media_type)))
        return _conditional(response)
    return response


def _answer_with_page(endpoint: Endpoint, asked: QueryRequest) -> Response:
    outcome: Outcome = None
    problem: QueryError | None = None
    try:
        check_query(asked.query, endpoint.limits)
        outcome = with_deep_stack(lambda: endpoint.store.read_answer(asked.query, asked.dataset, endpoint.page_rows))
    except QueryError as error:
        problem = error
    body = endpoint.present(asked.query, outcome, problem)
    status = 400 if problem else 200
    return Response(body, status=status, content_type=HTML.content_type, headers={"Vary": PAGE_VARY})


def _choose(offered: Sequence[Format], name: str) -> Format:
    return format_named(name, offered) if name else negotiate(request.headers.get("Accept"), offered)


def _conditional(response: Response) -> Response:
    response.make_conditional(request)
    return response


def _lists(parameters: MultiDict[str, str]) -> dict[str, list[str]]:
    return {name: parameters.getlist(name) for name in parameters}

"""The endpoint `/sparql`: https://www.w3.org/TR/sparql11-protocol/

Comes in: an HTTP request. Goes out: rows and truth values as JSON, XML, CSV or TSV, graphs in every RDF format that the
engine writes, or, for a browser, the page with the form, which the pages' wing makes. A request without a query is
answered with the form or with the service's own description. Errors are raised; `app` writes them.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, abort, request
from werkzeug.exceptions import RequestEntityTooLarge

from tulieu.answering import ResultKind
from tulieu.caching import Edition, Representation, entity_tag, is_known
from tulieu.errors import NotFoundError, QueryError
from tulieu.formats import (
    ANSWER_GRAPH_FORMATS,
    BOOLEAN_FORMATS,
    HTML,
    ROW_FORMATS,
    Format,
    format_named,
    negotiate,
)
from tulieu.release import Release
from tulieu.sparql.answer import never
from tulieu.sparql.description import ServiceLimits, describe_service
from tulieu.sparql.execution import Execution, Question, Result, Values, execute, execute_for_page
from tulieu.sparql.gate import Limits, check_query, is_volatile
from tulieu.sparql.process import ReleasePaths
from tulieu.sparql.request import Incoming, QueryRequest, Refusal, first_of, read_parameters, read_request
from tulieu.store import Dataset

# The page for a browser, made from the text of the query and its outcome or the error.
PresentQuery = Callable[[str, Values | None, QueryError | None], str]
StatusOf = Callable[[Exception], int]
ListReleases = Callable[[], Sequence[Release]]

FORMATS_OF_KIND: dict[ResultKind, Sequence[Format]] = {
    "rows": ROW_FORMATS,
    "boolean": BOOLEAN_FORMATS,
    "graph": ANSWER_GRAPH_FORMATS,
}
_ALL_FORMATS = (*ROW_FORMATS, *ANSWER_GRAPH_FORMATS, HTML)
# The page speaks the reader's language; results have none.
PAGE_VARY = "Accept, Accept-Language"
# A character is at most four bytes of UTF-8, and in a form each byte at most three characters; the rest is for graphs.
_BYTES_OF_A_CHARACTER = 12
_BYTES_BESIDE_THE_QUERY = 65_536


@dataclass(frozen=True)
class Endpoint:
    """What the endpoint needs: how queries are carried out, what is served, and the page."""

    execution: Execution
    edition: Edition
    limits: Limits
    page_rows: int
    release: Release
    list_releases: ListReleases
    present: PresentQuery
    status_of: StatusOf
    # Counted when first asked for: not every server is ever asked, and a release does not change.
    count_sources: Callable[[], Mapping[str, int]]

    @property
    def address(self) -> str:
        """The public address, against which relative IRIs of a query are read too."""
        return f"{self.edition.public_url}sparql"

    def find_release(self, identifier: str) -> Release:
        """The release that a request asks for: the current one, or one that is kept."""
        if identifier in ("", self.release.id):
            return self.release
        for release in self.list_releases():
            if release.id == identifier:
                return release
        raise NotFoundError(f"There is no release {identifier[:80]}. The page /releases lists those that are kept.")

    def tag(self, chosen: Format, release: Release) -> str:
        """The entity tag of an answer to this request; none for a POST."""
        if request.method == "POST":
            return ""
        target = f"{request.path}?{request.query_string.decode('latin-1')} of {release.id}"
        return entity_tag(self.edition, Representation(target, chosen.media_type))

    def ask(self, query: str, dataset: Dataset, release: Release, seconds: float, chosen: Format) -> Result:
        """Put a query that has passed the gate to a release, for the client of this request."""
        return execute(self.execution, self.question(query, dataset, release, seconds), lambda _: chosen)

    def holds(self, query: str, dataset: Dataset, release: Release) -> bool:
        """Answer an ASK in the same way."""
        return bool(execute_for_page(self.execution, self.question(query, dataset, release, 0.0), 1))

    def question(self, query: str, dataset: Dataset, release: Release, seconds: float) -> Question:
        """Make the question of a query, with what this request says of its client."""
        return Question(
            query,
            dataset,
            client=request.remote_addr or "",
            # The pool holds the client's time against the operator's.
            seconds=seconds,
            base_iri=self.address,
            paths=None if release == self.release else ReleasePaths(release.store_path, release.search_path),
            cancelled=request.environ.get("tulieu.cancelled", never),
        )


def create_blueprint(endpoint: Endpoint) -> Blueprint:
    """Make the routes of the endpoint."""
    blueprint = Blueprint("sparql", __name__)

    # Clients write the address with and without the stroke at its end; a redirect would lose the body of a POST.
    @blueprint.route("/sparql", methods=["GET", "POST"])
    @blueprint.route("/sparql/", methods=["GET", "POST"], strict_slashes=False)
    def sparql() -> Response:
        asked = read_request(_read_incoming(endpoint.limits))
        if isinstance(asked, Refusal):
            abort(asked.status, asked.reason)
        if asked is None:
            return _without_query(endpoint)
        return _answer(endpoint, asked)

    return blueprint


def choose_format(name: str, offered: Sequence[Format]) -> Format:
    """Choose a format by its name, as `format` gives it, or else by the request's `Accept`."""
    return format_named(name, offered) if name else negotiate(request.headers.get("Accept"), offered)


def is_unchanged(tag: str) -> bool:
    """Say whether the client has the answer with this tag: then the query need not run again."""
    return bool(tag) and is_known(request.headers.get("If-None-Match"), tag)


def not_modified(tag: str) -> Response:
    """Tell the client that what it has is right."""
    response = Response(status=304, headers={"Vary": "Accept"})
    response.set_etag(tag)
    return response


def send(answer: Result, chosen: Format, tag: str) -> Response:
    """Send an answer on as it comes; what is whole already, with its length; to a HEAD, nothing but the headers."""
    response = Response(content_type=chosen.content_type, headers={"Vary": "Accept"})
    if tag:
        response.set_etag(tag)
    if answer.is_complete:
        response.set_data(answer.first_part)
        answer.close()
    elif request.method == "HEAD":
        answer.close()
    else:
        response.response = _chunks(answer)
        # Called also when nobody takes a single piece, as the end of a generator is not.
        response.call_on_close(answer.close)
    request.environ.get("tulieu.notes", {}).update(kind=answer.kind, query_seconds=answer.seconds)
    return response


def _chunks(answer: Result) -> Iterator[bytes]:
    try:
        yield from answer.chunks
    finally:
        answer.close()


def _read_incoming(limits: Limits) -> Incoming:
    request.max_content_length = limits.length * _BYTES_OF_A_CHARACTER + _BYTES_BESIDE_THE_QUERY
    try:
        body = request.get_data(cache=False, parse_form_data=False) if request.method == "POST" else b""
    except RequestEntityTooLarge:
        abort(413, f"The body is larger than any query of {limits.length} characters, the longest that is accepted.")
    return Incoming(
        request.method,
        request.query_string,
        request.headers.get("Content-Type", ""),
        request.headers.get("Content-Encoding", ""),
        body,
    )


def _without_query(endpoint: Endpoint) -> Response:
    """Answer the bare address: the form for a browser, the service's description for a machine."""
    parameters = read_parameters(request.query_string, "address")
    assert not isinstance(parameters, Refusal), "read_request has refused it"
    release = endpoint.find_release(first_of(parameters, "release"))
    chosen = choose_format(first_of(parameters, "format", "output"), (*ANSWER_GRAPH_FORMATS, HTML))
    if chosen is HTML:
        return Response(endpoint.present("", None, None), content_type=HTML.content_type, headers={"Vary": PAGE_VARY})
    tag = endpoint.tag(chosen, release)
    if is_unchanged(tag):
        return not_modified(tag)
    gate, execution = endpoint.limits, endpoint.execution
    limits = ServiceLimits(execution.seconds, execution.answer_bytes, gate.length, gate.depth, gate.tokens)
    sources = endpoint.count_sources() if release == endpoint.release else {}
    body = describe_service(endpoint.edition.public_url, release, sources, limits, chosen)
    response = Response(body, content_type=chosen.content_type, headers={"Vary": "Accept"})
    response.set_etag(tag)
    return response


def _answer(endpoint: Endpoint, asked: QueryRequest) -> Response:
    release = endpoint.find_release(asked.release)
    try:
        kind = check_query(asked.query, endpoint.limits)
    except QueryError as error:
        if choose_format(asked.format_name, _ALL_FORMATS) is HTML:
            return _page(endpoint, asked.query, None, error)
        raise
    # The kind is known from the query's first word, so the format is chosen, or refused, before anything runs.
    chosen = choose_format(asked.format_name, (*FORMATS_OF_KIND[kind], HTML))
    if not is_volatile(asked.query):
        return _answer_in(endpoint, asked, release, chosen, endpoint.tag(chosen, release))
    # What changes from one moment to the next has no tag, and nobody is to keep it.
    response = _answer_in(endpoint, asked, release, chosen, "")
    response.cache_control.no_store = True
    return response


def _answer_in(endpoint: Endpoint, asked: QueryRequest, release: Release, chosen: Format, tag: str) -> Response:
    seconds = asked.seconds or 0.0
    if chosen is HTML:
        question = endpoint.question(asked.query, asked.dataset, release, seconds)
        try:
            outcome = execute_for_page(endpoint.execution, question, endpoint.page_rows)
        except QueryError as error:
            return _page(endpoint, asked.query, None, error)
        return _page(endpoint, asked.query, outcome, None)
    if is_unchanged(tag):
        return not_modified(tag)
    return send(endpoint.ask(asked.query, asked.dataset, release, seconds, chosen), chosen, tag)


def _page(endpoint: Endpoint, query: str, outcome: Values | None, problem: QueryError | None) -> Response:
    body = endpoint.present(query, outcome, problem)
    status = endpoint.status_of(problem) if problem else 200
    response = Response(body, status=status, content_type=HTML.content_type, headers={"Vary": PAGE_VARY})
    if problem and (retry_after := getattr(problem, "retry_after", 0)):
        response.headers["Retry-After"] = str(retry_after)
    return response

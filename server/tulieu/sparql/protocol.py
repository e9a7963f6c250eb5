"""The endpoints `/sparql` and `/release/<id>/sparql`: https://www.w3.org/TR/sparql11-protocol/

Comes in: an HTTP request. Goes out: rows and truth values as JSON, XML, CSV or TSV, graphs in every RDF format that the
engine writes, or, for a browser, the page with the form, which the pages' wing makes. A request without a query is
answered with the form or with the service's own description. Each release that is kept has an endpoint of its own,
which answers alike for ever. Errors are raised; `app` writes them.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import NoReturn
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Blueprint, Response, abort, request
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wsgi import get_input_stream

from tulieu.answering import ResultKind
from tulieu.caching import ANSWER, CACHE_CONTROL, ERROR, Edition, Representation, entity_tag, is_known
from tulieu.errors import QueryError
from tulieu.formats import (
    ANSWER_GRAPH_FORMATS,
    BOOLEAN_FORMATS,
    HTML,
    ROW_FORMATS,
    Format,
    format_named,
    negotiate,
)
from tulieu.release import Release, find_release
from tulieu.sparql.answer import Answer, never
from tulieu.sparql.description import ServiceLimits, describe_service
from tulieu.sparql.execution import Execution, Question, Result, Values, begin, execute, execute_for_page
from tulieu.sparql.gate import Limits, check_query, is_volatile
from tulieu.sparql.process import ReleasePaths
from tulieu.sparql.request import Incoming, Refusal, first_of, read_parameters, read_request
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
# What is larger would keep the event loop, and all other clients with it, for longer than a thread costs.
_SMALL_REQUEST, _SMALL_ANSWER = 4_096, 16_384
_PREPARED, _BEGUN, _LATER = "tulieu.prepared", "tulieu.begun", "tulieu.later"
# Clients write an endpoint's address with and without the stroke at its end; a redirect would lose the body of a POST.
_ENDPOINT = re.compile(r"/(?:release/(?P<release>[^/]+)/)?sparql/?")
_NO_STORE = ("Cache-Control", CACHE_CONTROL[ERROR])
_REVALIDATE = ("Cache-Control", CACHE_CONTROL[ANSWER])


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
    language: Callable[[], str]
    status_of: StatusOf
    # Counted when first asked for: not every server is ever asked, and a release does not change.
    count_sources: Callable[[], Mapping[str, int]]

    def address(self, path: str = "/sparql") -> str:
        """The public address of the endpoint at a path, against which relative IRIs of a query are read too."""
        return f"{self.edition.public_url}{path.strip('/')}"

    def find_release(self, identifier: str) -> Release:
        """The release that a request asks for: the current one, or one that is kept."""
        if identifier in ("", self.release.id):
            return self.release
        return find_release(identifier, self.list_releases())

    def tag(self, environ: WSGIEnvironment, chosen: Format, release: Release) -> str:
        """The entity tag of an answer to a request; none for a POST."""
        if environ["REQUEST_METHOD"] == "POST":
            return ""
        target = f"{environ['PATH_INFO']}?{environ.get('QUERY_STRING', '')} of {release.id}"
        return entity_tag(self.edition, Representation(target, chosen.media_type))

    def question(
        self, environ: WSGIEnvironment, query: str, dataset: Dataset, release: Release, seconds: float
    ) -> Question:
        """Make the question of a query that has passed the gate, with what a request says of its client."""
        return Question(
            query,
            dataset,
            client=environ.get("REMOTE_ADDR", ""),
            # The pool holds the client's time against the operator's.
            seconds=seconds,
            base_iri=self.address(environ["PATH_INFO"]),
            paths=None if release == self.release else ReleasePaths(release.store_path, release.search_path),
            cancelled=environ.get("tulieu.cancelled", never),
        )


@dataclass(frozen=True)
class Prepared:
    """A question that can be put as it is, and the format and the tag of its answer."""

    question: Question
    chosen: Format
    tag: str
    is_kept: bool


# Makes a response, or raises, where Flask's context is at hand.
Later = Callable[[], Response]
# The status, the header fields and the body of an answer.
Sent = tuple[str, list[tuple[str, str]], Iterable[bytes]]


class DirectAnswers:
    """A WSGI application that answers queries without Flask, and leaves to it errors, pages and all other addresses.

    Most of what Flask does is of no use to a query, and takes longer than many a query does.
    """

    def __init__(self, endpoint: Endpoint, application: WSGIApplication, headers: Mapping[str, str]) -> None:
        self._endpoint = endpoint
        self._application = application
        self._headers = list(headers.items())

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request, or have Flask answer it."""
        if not _is_query(environ):
            return self._application(environ, start_response)
        sent: Sent | Later
        try:
            sent = self._answer(environ)
        except Exception as error:  # noqa: BLE001 - Flask's error handlers judge it
            sent = partial(_raise, error)
        if not isinstance(sent, tuple):
            environ[_LATER] = sent
            return self._application(environ, start_response)
        status, headers, body = sent
        start_response(status, [*headers, *self._headers])
        return body

    async def begin(self, environ: WSGIEnvironment) -> bool:
        """Begin to answer in the event loop; say whether so little is left to do that it can be done there as well.

        What is not begun or not answered here is so by the call that must follow in any case.
        """
        is_small = len(environ["QUERY_STRING"]) + int(environ["CONTENT_LENGTH"]) <= _SMALL_REQUEST
        if not is_small or not _is_query(environ):
            return False
        try:
            prepared = environ[_PREPARED] = _prepare(self._endpoint, environ)
            if not isinstance(prepared, Prepared):
                return False
            if is_unchanged(environ, prepared.tag):
                return True
            answer = await begin(self._endpoint.execution, prepared.question, prepared.chosen)
        except Exception as error:  # noqa: BLE001 - as above
            environ[_BEGUN] = error
            return False
        environ[_BEGUN] = answer
        return answer is not None and answer.is_complete and answer.size <= _SMALL_ANSWER

    def _answer(self, environ: WSGIEnvironment) -> "Sent | Later":
        begun: Answer | Exception | None = environ.pop(_BEGUN, None)
        if isinstance(begun, Exception):
            raise begun
        prepared = environ.get(_PREPARED) or _prepare(self._endpoint, environ)
        if not isinstance(prepared, Prepared):
            return prepared
        if is_unchanged(environ, prepared.tag):
            return "304 Not Modified", [("ETag", f'"{prepared.tag}"'), ("Vary", "Accept"), _REVALIDATE], ()
        answer: Result
        if begun:
            answer = begun.read_first_part()
        else:
            answer = execute(self._endpoint.execution, prepared.question, lambda _: prepared.chosen)
        headers, body = send(environ, answer, prepared.chosen, prepared.tag)
        # What changes from one moment to the next has no tag, and nobody is to keep it.
        headers.append(_REVALIDATE if prepared.is_kept else _NO_STORE)
        return "200 OK", headers, body


def create_blueprint() -> Blueprint:
    """Make the routes of the endpoint; `DirectAnswers` stands before them."""
    blueprint = Blueprint("sparql", __name__)

    @blueprint.route("/sparql", methods=["GET", "POST"])
    @blueprint.route("/sparql/", methods=["GET", "POST"], strict_slashes=False)
    @blueprint.route("/release/<release>/sparql", methods=["GET", "POST"])
    @blueprint.route("/release/<release>/sparql/", methods=["GET", "POST"], strict_slashes=False)
    def sparql(**_: str) -> Response:
        later: Later = request.environ[_LATER]
        return later()

    return blueprint


def choose_format(environ: WSGIEnvironment, name: str, offered: Sequence[Format]) -> Format:
    """Choose a format by its name, as `format` gives it, or else by the request's `Accept`."""
    return format_named(name, offered) if name else negotiate(environ.get("HTTP_ACCEPT"), offered)


@lru_cache(maxsize=256)
def _choose_for(kind: ResultKind, accept: str | None, name: str) -> Format:
    offered = (*FORMATS_OF_KIND[kind], HTML)
    return format_named(name, offered) if name else negotiate(accept, offered)


def is_unchanged(environ: WSGIEnvironment, tag: str) -> bool:
    """Say whether the client has the answer with this tag: then the query need not run again."""
    return bool(tag) and is_known(environ.get("HTTP_IF_NONE_MATCH"), tag)


def not_modified(tag: str) -> Response:
    """Tell the client that what it has is right."""
    response = Response(status=304, headers={"Vary": "Accept"})
    response.set_etag(tag)
    return response


def send(
    environ: WSGIEnvironment, answer: Result, chosen: Format, tag: str
) -> tuple[list[tuple[str, str]], Iterable[bytes]]:
    """Send an answer on as it comes; what is whole already, with its length; to a HEAD, nothing but the headers."""
    headers = [("Content-Type", chosen.content_type), ("Vary", "Accept")]
    if tag:
        headers.append(("ETag", f'"{tag}"'))
    # Of unknown length, as what a GET would get.
    body: Iterable[bytes] = iter(())
    notes: dict[str, object] = environ.get("tulieu.notes", {})
    is_head = environ["REQUEST_METHOD"] == "HEAD"
    if answer.is_complete:
        headers.append(("Content-Length", str(len(answer.first_part))))
        body = () if is_head else (answer.first_part,)
    elif not is_head:
        body = _Stream(answer, notes)
    if not isinstance(body, _Stream):
        answer.close()
        _note(answer, notes)
    return headers, body


class _Stream:
    """A body that is still being made; to close it ends the query, also where nobody has taken a single piece."""

    def __init__(self, answer: Result, notes: dict[str, object]) -> None:
        self._answer = answer
        self._notes = notes

    def __iter__(self) -> Iterator[bytes]:
        return self._answer.chunks

    def close(self) -> None:
        """End the query, if it still runs."""
        self._answer.close()
        _note(self._answer, self._notes)


def _note(answer: Result, notes: dict[str, object]) -> None:
    notes.update(kind=answer.kind, query_seconds=answer.seconds)
    if answer.rows is not None:
        notes["rows"] = answer.rows


def is_endpoint(path: str) -> bool:
    """Say whether an address is that of an endpoint."""
    return bool(_ENDPOINT.fullmatch(path))


def _is_query(environ: WSGIEnvironment) -> bool:
    """Say whether the address and the method are those of a query."""
    return environ["REQUEST_METHOD"] in ("GET", "HEAD", "POST") and is_endpoint(environ["PATH_INFO"])


def _release_asked(endpoint: Endpoint, path: str, named: str) -> Release:
    """Find the release that an endpoint is of, or that is named in a request to the endpoint of the current one."""
    found = _ENDPOINT.fullmatch(path)
    identifier = (found and found["release"]) or ""
    if identifier and named not in ("", identifier):
        abort(400, f"This is the endpoint of release {identifier}; it does not answer for release {named[:80]}.")
    return endpoint.find_release(identifier or named)


def _raise(error: Exception) -> NoReturn:
    raise error


def _read_incoming(environ: WSGIEnvironment, limits: Limits) -> Incoming:
    most = limits.length * _BYTES_OF_A_CHARACTER + _BYTES_BESIDE_THE_QUERY
    body = b""
    if environ["REQUEST_METHOD"] == "POST":
        try:
            body = get_input_stream(environ, max_content_length=most).read()
        except RequestEntityTooLarge:
            abort(
                413, f"The body is larger than any query of {limits.length} characters, the longest that is accepted."
            )
    return Incoming(
        environ["REQUEST_METHOD"],
        environ.get("QUERY_STRING", "").encode("latin-1"),
        environ.get("CONTENT_TYPE", ""),
        environ.get("HTTP_CONTENT_ENCODING", ""),
        body,
    )


def _prepare(endpoint: Endpoint, environ: WSGIEnvironment) -> Prepared | Later:
    """Read a request up to the query that it puts; what is no query, or is to become a page, is left to Flask."""
    asked = read_request(_read_incoming(environ, endpoint.limits))
    if isinstance(asked, Refusal):
        abort(asked.status, asked.reason)
    if asked is None:
        return partial(_without_query, endpoint)
    release = _release_asked(endpoint, environ["PATH_INFO"], asked.release)
    try:
        kind = check_query(asked.query, endpoint.limits)
    except QueryError as error:
        if choose_format(environ, asked.format_name, _ALL_FORMATS) is HTML:
            return partial(_page, endpoint, asked.query, None, error)
        raise
    # The kind is known from the query's first word, so the format is chosen, or refused, before anything runs.
    chosen = _choose_for(kind, environ.get("HTTP_ACCEPT"), asked.format_name)
    question = endpoint.question(environ, asked.query, asked.dataset, release, asked.seconds or 0.0)
    is_kept = not is_volatile(asked.query)
    if chosen is HTML:
        return partial(_answer_with_page, endpoint, question, is_kept)
    return Prepared(question, chosen, endpoint.tag(environ, chosen, release) if is_kept else "", is_kept)


def _answer_with_page(endpoint: Endpoint, question: Question, is_kept: bool) -> Response:
    try:
        response = _page(
            endpoint, question.query, execute_for_page(endpoint.execution, question, endpoint.page_rows), None
        )
    except QueryError as error:
        response = _page(endpoint, question.query, None, error)
    if not is_kept:
        response.cache_control.no_store = True
    return response


def _without_query(endpoint: Endpoint) -> Response:
    """Answer the bare address: the form for a browser, the service's description for a machine."""
    parameters = read_parameters(request.query_string, "address")
    assert not isinstance(parameters, Refusal), "read_request has refused it"
    release = _release_asked(endpoint, request.environ["PATH_INFO"], first_of(parameters, "release"))
    chosen = choose_format(request.environ, first_of(parameters, "format", "output"), (*ANSWER_GRAPH_FORMATS, HTML))
    if chosen is HTML:
        return _page(endpoint, "", None, None)
    tag = endpoint.tag(request.environ, chosen, release)
    if is_unchanged(request.environ, tag):
        return not_modified(tag)
    gate, execution = endpoint.limits, endpoint.execution
    limits = ServiceLimits(execution.seconds, execution.answer_bytes, gate.length, gate.depth, gate.tokens)
    sources = endpoint.count_sources() if release == endpoint.release else {}
    body = describe_service(endpoint.address(request.environ["PATH_INFO"]), release, sources, limits, chosen)
    response = Response(body, content_type=chosen.content_type, headers={"Vary": "Accept"})
    response.set_etag(tag)
    return response


def _page(endpoint: Endpoint, query: str, outcome: Values | None, problem: QueryError | None) -> Response:
    body = endpoint.present(query, outcome, problem)
    status = endpoint.status_of(problem) if problem else 200
    headers = {"Vary": PAGE_VARY, "Content-Language": endpoint.language()}
    response = Response(body, status=status, content_type=HTML.content_type, headers=headers)
    if problem and (retry_after := getattr(problem, "retry_after", 0)):
        response.headers["Retry-After"] = str(retry_after)
    return response

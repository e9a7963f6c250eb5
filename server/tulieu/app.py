"""The three wings put together: a WSGI application over the current release.

Comes in: `Settings`. Goes out: a Flask application that answers queries, names and pages, and turns every error into a
page or a problem document (https://www.rfc-editor.org/rfc/rfc9457). No logic of its own: it opens, hands over, and adds
the headers that every answer bears.
"""

import json
import logging
import os
from functools import cache

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException
from werkzeug.http import HTTP_STATUS_CODES

from tulieu.caching import Edition, digest_software
from tulieu.errors import (
    BusyError,
    CancelledError,
    FairUseError,
    MemoryLimitError,
    NegotiationError,
    NotFoundError,
    QueryError,
    SizeLimitError,
    TimeLimitError,
    TryLaterError,
    TulieuError,
    WorkerDiedError,
)
from tulieu.formats import HTML, PROBLEM, negotiate
from tulieu.pages.archive import open_archive
from tulieu.pages.views import Desk
from tulieu.pages.views import create_blueprint as create_pages
from tulieu.release import Release, find_current, list_releases
from tulieu.resources.dereferencing import Library
from tulieu.resources.dereferencing import create_blueprint as create_resources
from tulieu.resources.documents import Documents
from tulieu.search import SearchIndex
from tulieu.settings import Settings, from_environment
from tulieu.sparql.description import count_sources
from tulieu.sparql.example import load_topics
from tulieu.sparql.execution import Execution
from tulieu.sparql.fair_use import FairUse
from tulieu.sparql.functions import custom_functions
from tulieu.sparql.gate import Limits
from tulieu.sparql.graph_store import create_blueprint as create_graph_store
from tulieu.sparql.pool import QueryPool
from tulieu.sparql.protocol import DirectAnswers, Endpoint
from tulieu.sparql.protocol import create_blueprint as create_sparql
from tulieu.store import Store
from tulieu.vocabulary import Names

STATUS_OF_ERROR: tuple[tuple[type[TulieuError], int], ...] = (
    (NotFoundError, 404),
    (NegotiationError, 406),
    (FairUseError, 429),
    (BusyError, 503),
    (TimeLimitError, 504),
    # Not 5xx: the same query would fail again, so nobody is to send it again by himself.
    (SizeLimitError, 422),
    (MemoryLimitError, 422),
    (WorkerDiedError, 500),
    # Nobody reads it; nginx's number for it, so that logs agree.
    (CancelledError, 499),
    (QueryError, 400),
    (TulieuError, 500),
)
# Everything comes from here, nothing runs inline; forms lead nowhere else; no other site may frame a page.
SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; object-src 'none'; "
    "form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
# Reading is for everybody; there is nothing else to do here.
SHARING_HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Link, Content-Language, Location, Retry-After",
}
PREFLIGHT_HEADERS = {
    "Access-Control-Allow-Methods": "GET, HEAD, POST, OPTIONS",
    "Access-Control-Allow-Headers": "Accept, Accept-Language, Content-Type, If-None-Match",
    "Access-Control-Max-Age": "86400",
}
_log = logging.getLogger(__name__)


def edition_of(settings: Settings, release: Release) -> Edition:
    """What all answers about a release have in common under these settings."""
    chosen = f"{settings.default_language} {settings.feedback} {settings.contact} {settings.page_rows}"
    return Edition(release.id, _software(), settings.public_url, chosen)


@cache
def _software() -> str:
    # Of what was loaded, so once: a release that follows is served by the same code, whatever the files say by then.
    return digest_software()


def create_app(
    settings: Settings | None = None,
    release: Release | None = None,
    pool: QueryPool | None = None,
    fair_use: FairUse | None = None,
) -> Flask:
    """Make the application that serves a release: the current one, if none is handed in.

    Without a pool, readers' queries run in this process, where nothing stops one that takes long.
    """
    settings = settings or from_environment(os.environ)
    release = release or find_current(settings.state)
    names = Names(release.base_iri)
    store = Store(release.store_path, names, custom_functions(release.search_path))
    edition = edition_of(settings, release)

    def kept_releases() -> tuple:  # type: ignore[type-arg]
        return list_releases(settings.state)

    desk = Desk(
        archive=open_archive(release, store, SearchIndex(release.search_path)),
        edition=edition,
        default_language=settings.default_language,
        feedback=settings.feedback,
        contact=settings.contact,
        page_rows=settings.page_rows,
        topics=load_topics(),
        list_releases=kept_releases,
    )
    app = Flask("tulieu", static_folder=None, template_folder=None)
    # The templates are ours and small: blank lines that statements leave would be a fifth of a page.
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    limits = Limits(settings.query_length, settings.query_depth, settings.query_tokens)
    endpoint = Endpoint(
        execution=Execution(store, settings.query_seconds, settings.answer_bytes, pool, fair_use),
        edition=edition,
        limits=limits,
        page_rows=settings.page_rows,
        release=release,
        list_releases=kept_releases,
        present=desk.present_query,
        status_of=status_of,
        count_sources=cache(lambda: count_sources(store, release)),
    )
    app.register_blueprint(create_sparql())
    app.register_blueprint(create_graph_store(endpoint))
    app.register_blueprint(create_resources(Library(Documents(store, names), names, edition, desk, kept_releases)))
    app.register_blueprint(create_pages(desk))
    _register_errors(app, desk)
    _register_headers(app)
    app.wsgi_app = DirectAnswers(endpoint, app.wsgi_app, {**SECURITY_HEADERS, **SHARING_HEADERS})  # type: ignore[method-assign]
    return app


def status_of(error: Exception) -> int:
    """The HTTP status of an error of ours."""
    return next(status for kind, status in STATUS_OF_ERROR if isinstance(error, kind))


def _register_errors(app: Flask, desk: Desk) -> None:
    @app.errorhandler(TulieuError)
    def tulieu_error(error: TulieuError) -> Response:
        status = status_of(error)
        # What a query's author can mend is no failure of the server.
        if status == 500:
            _log.error("%s %s: %s", request.method, request.path, error)
        place = {"line": error.line, "column": error.column} if isinstance(error, QueryError) and error.line else {}
        # For the front's log and counters; another server has no such mapping.
        request.environ.get("tulieu.notes", {})["error"] = type(error).__name__
        response = _problem(desk, status, str(error), place)
        if isinstance(error, TryLaterError):
            response.headers["Retry-After"] = str(error.retry_after)
        return response

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> Response:
        response = _problem(desk, error.code or 500, error.description or "", {})
        for name, value in error.get_headers():
            if name in ("Allow", "Location"):
                response.headers[name] = value
        return response

    # The outer edge: whatever was not foreseen is logged whole and told without its trace.
    @app.errorhandler(Exception)
    def unforeseen(error: Exception) -> Response:
        _log.exception("%s %s", request.method, request.path, exc_info=error)
        return _problem(desk, 500, "", {})


def _problem(desk: Desk, status: int, reason: str, place: dict[str, int]) -> Response:
    """Answer with an error: a page for who asks for pages, a problem document for everyone else."""
    try:
        chosen = negotiate(request.headers.get("Accept"), (PROBLEM, HTML))
    except NegotiationError:
        chosen = PROBLEM
    headers = {"Vary": "Accept, Accept-Language", "Cache-Control": "no-store"}
    if chosen is HTML:
        headers["Content-Language"] = desk.language()
        return Response(desk.present_error(status, reason), status, headers, content_type=HTML.content_type)
    title = HTTP_STATUS_CODES.get(status, "")
    document = {"type": "about:blank", "title": title, "status": status, "detail": reason, **place}
    body = json.dumps({name: value for name, value in document.items() if value != ""}, ensure_ascii=False)
    return Response(body, status, headers, content_type=PROBLEM.media_type)


def _register_headers(app: Flask) -> None:
    @app.after_request
    def add_headers(response: Response) -> Response:
        response.headers.update(SECURITY_HEADERS)
        response.headers.update(SHARING_HEADERS)
        if request.method == "OPTIONS":
            response.headers.update(PREFLIGHT_HEADERS)
        return response

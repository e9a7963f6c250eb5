"""The three wings put together: a WSGI application over the current release.

Comes in: `Settings`. Goes out: a Flask application that answers queries, names and pages, and turns every error into a
page or a problem document (https://www.rfc-editor.org/rfc/rfc9457). No logic of its own: it opens, hands over, and adds
the headers that every answer bears.
"""

import hashlib
import json
import logging
import os
from functools import cache, lru_cache

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException
from werkzeug.http import HTTP_STATUS_CODES

from tulieu.caching import (
    ANSWER,
    CACHE_CONTROL,
    Edition,
    Representation,
    cache_control,
    digest_software,
    entity_tag,
)
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
    WithdrawnError,
    WorkerDiedError,
)
from tulieu.formats import HTML, PROBLEM, negotiate
from tulieu.pages.archive import Archive, open_archive
from tulieu.pages.dataset import archive_words
from tulieu.pages.frame import CITED_PAGES
from tulieu.pages.views import Desk
from tulieu.pages.views import create_blueprint as create_pages
from tulieu.release import Release, find_current, find_release, list_releases
from tulieu.resources.api_catalog import create_blueprint as create_api_catalog
from tulieu.resources.api_catalog import home_header
from tulieu.resources.catalogue import Catalogue
from tulieu.resources.catalogue import create_blueprint as create_well_known
from tulieu.resources.dereferencing import Library
from tulieu.resources.dereferencing import create_blueprint as create_resources
from tulieu.resources.describing import Publication
from tulieu.resources.documents import Documents
from tulieu.resources.linkset import create_blueprint as create_link_sets
from tulieu.resources.past import create_blueprint as create_past
from tulieu.resources.past import open_past as open_past_library
from tulieu.resources.robots import create_blueprint as create_robots
from tulieu.resources.signposting import Signposts
from tulieu.resources.sitemap import Sitemap
from tulieu.resources.sitemap import create_blueprint as create_sitemap
from tulieu.resources.table_files import create_blueprint as create_tables
from tulieu.resources.writing import Writer
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
    (WithdrawnError, 410),
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
    # All that a script could want to read of what we send, and may not read by itself.
    "Access-Control-Expose-Headers": "Accept-Ranges, Allow, Content-Disposition, Content-Encoding, Content-Location, "
    "Content-Range, Date, ETag, Link, Location, Repr-Digest, Retry-After, Vary",
}
PREFLIGHT_HEADERS = {
    "Access-Control-Allow-Methods": "GET, HEAD, POST, OPTIONS",
    "Access-Control-Allow-Headers": "Accept, Accept-Language, Content-Type, If-Match, If-Modified-Since, "
    "If-None-Match, If-Range, If-Unmodified-Since, Range",
    "Access-Control-Max-Age": "86400",
}
# So many releases beside the current one are open at once, for who reads what was cited.
_PAST_RELEASES = 2
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

    archive = open_archive(release, store, SearchIndex(release.search_path))

    @lru_cache(maxsize=_PAST_RELEASES)
    def open_past(identifier: str) -> Archive:
        kept = find_release(identifier, kept_releases())
        if kept.id == release.id:
            return archive
        functions = custom_functions(kept.search_path)
        return open_archive(
            kept, Store(kept.store_path, Names(kept.base_iri), functions), SearchIndex(kept.search_path)
        )

    desk = Desk(
        archive=archive,
        edition=edition,
        default_language=settings.default_language,
        feedback=settings.feedback,
        contact=settings.contact,
        page_rows=settings.page_rows,
        topics=load_topics(),
        list_releases=kept_releases,
        open_past=open_past,
    )
    app = Flask("tulieu", static_folder=None, template_folder=None)
    # Two slashes are no spelling of one; and the redirect to one would be made from the request's Host.
    app.url_map.merge_slashes = False
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
        language=desk.language,
        status_of=status_of,
        count_sources=cache(lambda: count_sources(store, release)),
    )
    app.register_blueprint(create_sparql())
    app.register_blueprint(create_graph_store(endpoint))
    publication = Publication(settings.public_url, archive_words(), settings.contact, settings.feedback)
    catalogue = Catalogue(release, kept_releases, publication)
    signposts = Signposts(store, release, kept_releases, settings.public_url)
    documents = Documents(store, names, release.id, settings.public_url)
    writer = Writer(store, names, settings.public_url)
    library = Library(
        documents, writer, catalogue, signposts, names, edition, desk, kept_releases, store, desk.archive.withdrawals
    )
    app.register_blueprint(create_resources(library))

    @lru_cache(maxsize=_PAST_RELEASES)
    def past_library(identifier: str) -> Library:
        past = open_past(identifier)
        return open_past_library(library, past.release, past.store, desk.at(past))

    app.register_blueprint(create_past(library, past_library))
    app.register_blueprint(writer.create_blueprint())
    app.register_blueprint(create_link_sets(library))
    app.register_blueprint(create_api_catalog(settings.public_url, release))
    app.register_blueprint(create_robots(settings.public_url))
    app.register_blueprint(create_sitemap(Sitemap(store, release, tuple(CITED_PAGES), settings.public_url)))
    app.register_blueprint(create_tables(store, release, edition))
    app.register_blueprint(create_pages(desk))
    app.register_blueprint(create_well_known(settings.public_url))
    _register_errors(app, desk)
    _register_headers(app, edition, home_header(settings.public_url))
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
        place: dict[str, object] = {}
        if isinstance(error, QueryError) and error.line:
            place = {"line": error.line, "column": error.column}
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
            if name in ("Allow", "Location", "Content-Range"):
                response.headers[name] = value
        return response

    # The outer edge: whatever was not foreseen is logged whole and told without its trace.
    @app.errorhandler(Exception)
    def unforeseen(error: Exception) -> Response:
        _log.exception("%s %s", request.method, request.path, exc_info=error)
        return _problem(desk, 500, "", {})


def _problem(desk: Desk, status: int, reason: str, more: dict[str, object]) -> Response:
    """Answer with an error: a page for who asks for pages, a problem document for everyone else."""
    try:
        chosen = negotiate(request.headers.get("Accept"), (PROBLEM, HTML))
    except NegotiationError:
        chosen = PROBLEM
    headers = {"Vary": "Accept, Accept-Language"}
    if chosen is HTML:
        headers["Content-Language"] = desk.language()
        return Response(desk.present_error(status, reason), status, headers, content_type=HTML.content_type)
    title = HTTP_STATUS_CODES.get(status, "")
    document = {"type": "about:blank", "title": title, "status": status, "detail": reason, **more}
    if status == 404:
        document["nearest"] = desk.list_nearest()
        if former := desk.find_former():
            document["formerly"] = {"release": former.release, "address": former.address}
    body = json.dumps({name: value for name, value in document.items() if value != ""}, ensure_ascii=False)
    return Response(body, status, headers, content_type=PROBLEM.media_type)


def _register_headers(app: Flask, edition: Edition, home_links: str) -> None:
    @app.after_request
    def add_headers(response: Response) -> Response:
        response.headers.update(SECURITY_HEADERS)
        response.headers.update(SHARING_HEADERS)
        if request.path == "/":
            response.headers["Link"] = home_links
        if request.method == "OPTIONS":
            response.headers.update(PREFLIGHT_HEADERS)
        if response.headers.get("Cache-Control", CACHE_CONTROL[ANSWER]) == CACHE_CONTROL[ANSWER]:
            response.headers["Cache-Control"] = cache_control(request.path, response.status_code)
        is_whole = response.is_sequence and response.status_code == 200 and not response.cache_control.no_store
        if is_whole and request.method in ("GET", "HEAD"):
            if "ETag" not in response.headers:
                # What was made before anybody asked for its tag: the content itself is in it.
                content = hashlib.sha256(response.get_data()).hexdigest()
                language = response.headers.get("Content-Language", "")
                form = Representation(request.full_path, response.content_type or "", language, content)
                response.set_etag(entity_tag(edition, form))
            response.make_conditional(request.environ)
        # The server writes the moment at which it sends; here it would be kept together with the answer.
        response.headers.pop("Date", None)
        return response

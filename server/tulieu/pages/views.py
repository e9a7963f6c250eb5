"""The pages over HTTP: route to context to template, and the language of the reader.

Comes in: requests for `/`, `/browse`, `/search`, `/releases`; from the other wings, by way of `app`, what is to be
presented as a page: a document, a query's outcome, an error. Goes out: HTML. What a page holds is made by the pure
modules beside this one.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request

from tulieu.caching import Edition, Representation, entity_tag, is_known
from tulieu.errors import NotFoundError, QueryError
from tulieu.formats import HTML, negotiate_language
from tulieu.pages.archive import Archive
from tulieu.pages.article import make_article_page, make_note_page, make_passage_page
from tulieu.pages.browse import make_home_page, make_kinds_page, make_search_page, make_things_page, nearest_things
from tulieu.pages.entity import make_entity_page
from tulieu.pages.error import make_error_page
from tulieu.pages.frame import Frame, make_frame
from tulieu.pages.links import Links
from tulieu.pages.ontology import make_ontology_page, make_shapes_page
from tulieu.pages.query_page import PARAMETERS, Outcome, Topic, make_query_page
from tulieu.pages.release import make_graph_page, make_release_page, make_releases_page
from tulieu.pages.values import Values
from tulieu.pages.visit import Visit
from tulieu.pages.wording import LANGUAGES
from tulieu.release import Release

VARY = "Accept, Accept-Language"
DocumentMaker = Callable[[Archive, str, Visit], object | None]
PageMaker = Callable[["Desk", Visit], object | None]

# Which page presents a document, by the first part of its path; what is not here is no document.
DOCUMENT_PAGES: tuple[tuple[str, str, DocumentMaker], ...] = (
    ("doc/", "entity.html", lambda archive, iri, visit: make_entity_page(archive, iri, visit.values)),
    ("article/", "article.html", lambda archive, iri, visit: make_article_page(archive, iri, visit.values)),
    ("passage/", "passage.html", lambda archive, iri, visit: make_passage_page(archive, iri, visit.values)),
    ("note/", "note.html", lambda archive, iri, visit: make_note_page(archive, iri, visit.values)),
    ("graph/", "graph.html", lambda archive, iri, visit: make_graph_page(archive, iri, visit.values)),
    ("ontology", "ontology.html", lambda archive, iri, visit: make_ontology_page(archive, iri, visit.values)),
    ("shapes", "shapes.html", lambda archive, iri, visit: make_shapes_page(archive, visit.values)),
)
# The pages that are no documents: rule, template, maker; a maker gives None for what there is not.
PAGES: tuple[tuple[str, str, PageMaker], ...] = (
    ("/", "home.html", lambda desk, visit: make_home_page(desk.archive, visit.values)),
    ("/browse", "kinds.html", lambda desk, visit: make_kinds_page(desk.archive, visit.values)),
    ("/browse/<name>", "things.html", lambda desk, visit: make_things_page(desk.archive, visit.name, visit.values)),
    ("/search", "search.html", lambda desk, visit: make_search_page(desk.archive, visit.text("q"), visit.values)),
    (
        "/releases",
        "releases.html",
        lambda desk, visit: make_releases_page(desk.archive, desk.list_releases(), visit.values),
    ),
)


@dataclass(frozen=True)
class Desk:
    """What all pages share: the archive, the public address, and what the operator has set."""

    archive: Archive
    edition: Edition
    default_language: str
    feedback: str
    page_rows: int
    topics: Sequence[Topic]
    list_releases: Callable[[], Sequence[Release]]

    def language(self) -> str:
        """The language of the reader: as chosen in the address, else as the browser asks, else the default."""
        chosen = request.args.get("lang", "")
        if chosen in LANGUAGES:
            return chosen
        return negotiate_language(request.headers.get("Accept-Language"), LANGUAGES, self.default_language)

    def values(self) -> Values:
        """What writes values for the reader of this request."""
        chosen = request.args.get("lang", "")
        links = Links(self.edition.public_url, self.archive.names, chosen if chosen in LANGUAGES else "")
        return Values(self.archive.labels, links, self.language())

    def visit(self, path: str) -> Visit:
        """This request, as page makers see it."""
        parameters = {name: tuple(texts) for name, texts in request.args.lists() if name != "lang"}
        return Visit(self.values(), path, parameters)

    def render(self, template: str, context: object, values: Values, path: str) -> str:
        """Fill a template with exactly the fields of its context, and the frame around it."""
        shared: dict[str, object] = {"t": values.wording, "frame": self._frame(context, values, path)}
        return render_template(template, **_fields(context), **shared)

    def present_document(self, path: str, iri: str) -> str:
        """Present a document: what stands at a path below the public URL and speaks of an IRI."""
        visit = self.visit(path)
        if path.startswith("release/"):
            return self._present_release(path.removeprefix("release/"), visit.values, path)
        for prefix, template, make in DOCUMENT_PAGES:
            if path.startswith(prefix):
                context = make(self.archive, iri, visit)
                if context is not None:
                    return self.render(template, context, visit.values, path)
        raise NotFoundError(f"Nothing is known of {iri}.")

    def present_query(self, query: str, outcome: Outcome, problem: QueryError | None) -> str:
        """Present the endpoint's form, with the outcome of a query where one was asked."""
        values = self.values()
        given = {name: tuple(filter(None, request.args.getlist(name))) for name in PARAMETERS}
        parameters = {name: texts for name, texts in given.items() if texts}
        context = make_query_page(query, parameters, outcome, problem, self.topics, values, self.page_rows)
        return self.render("query.html", context, values, "sparql")

    def present_error(self, status: int, reason: str) -> str:
        """Present an error, with what is named nearly like what was asked for."""
        values = self.values()
        # The first word of a name is its kind (`person-…`), which half of the archive shares.
        name = request.path.rsplit("/", 1)[-1]
        words = (name.partition("-")[2] or name).replace("-", " ")
        nearest = nearest_things(self.archive, words, values) if status == 404 else ()
        return self.render(
            "error.html", make_error_page(status, reason, nearest, values), values, request.path.lstrip("/")
        )

    def _present_release(self, identifier: str, values: Values, path: str) -> str:
        for release in self.list_releases():
            if release.id == identifier:
                return self.render("release.html", make_release_page(self.archive, release, values), values, path)
        raise NotFoundError(f"There is no release {identifier}. The releases that are kept are listed at releases.")

    def _frame(self, context: object, values: Values, path: str) -> Frame:
        parameters = {name: value for name, value in request.args.items() if name != "lang"}
        return make_frame(context, values, path, parameters, self.archive.release.id, self.feedback)


def create_blueprint(desk: Desk) -> Blueprint:
    """Make the routes that are pages only; documents and queries come to `desk` by way of `app`."""
    blueprint = Blueprint(
        "pages", __name__, template_folder="templates", static_folder="static", static_url_path="/static"
    )

    def add(rule: str, template: str, make: PageMaker) -> None:
        blueprint.add_url_rule(rule, rule, lambda **_: _answer(desk, template, make), methods=["GET"])

    for rule, template, make in PAGES:
        add(rule, template, make)
    return blueprint


def _answer(desk: Desk, template: str, make: PageMaker) -> Response:
    visit = desk.visit(request.path.lstrip("/"))
    target = f"{request.path}?{urlencode(list(request.args.items(multi=True)))}"
    tag = entity_tag(desk.edition, Representation(target, HTML.media_type, visit.values.language))
    headers = {"Vary": VARY, "Content-Language": visit.values.language, "ETag": f'"{tag}"', "Cache-Control": "no-cache"}
    if is_known(request.headers.get("If-None-Match"), tag):
        return Response(status=304, headers=headers)
    context = make(desk, visit)
    if context is None:
        raise NotFoundError(f"There is no page {request.path}. What there is, is listed at browse.")
    body = desk.render(template, context, visit.values, visit.path)
    return Response(body, content_type=HTML.content_type, headers=headers)


def _fields(context: object) -> Mapping[str, object]:
    """The fields of a context, not copied: what is inside stays the value objects they are."""
    return {field.name: getattr(context, field.name) for field in fields(context)}  # type: ignore[arg-type]

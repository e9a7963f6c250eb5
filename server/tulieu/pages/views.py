"""The pages over HTTP: route to context to template, and the language of the reader.

Comes in: requests for `/`, `/browse`, `/search`, `/releases`; from the other wings, by way of `app`, what is to be
presented as a page: a document, a query's outcome, an error. Goes out: HTML. What a page holds is made by the pure
modules beside this one.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import partial
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request

from tulieu.caching import Edition, Representation, entity_tag, is_known
from tulieu.errors import NotFoundError, QueryError
from tulieu.formats import HTML, Format, negotiate_language
from tulieu.pages.archive import Archive
from tulieu.pages.article import make_article_page
from tulieu.pages.assets import load_assets
from tulieu.pages.basket import make_basket_page
from tulieu.pages.changes import make_changes_page
from tulieu.pages.citation import CITATION_FORMATS, CitationWriter
from tulieu.pages.citing import PAST_DOCUMENT, asked, find_references, make_cite_page
from tulieu.pages.coverage import make_coverage
from tulieu.pages.dataset import make_dataset_page
from tulieu.pages.drawings.documents import make_documents_page
from tulieu.pages.drawings.figures import make_figures_page
from tulieu.pages.drawings.organs import make_organs_page
from tulieu.pages.drawings.timeline import make_timeline_page
from tulieu.pages.entity import make_entity_page
from tulieu.pages.error import make_error_page
from tulieu.pages.finding import make_search_page, near_address, write_suggestions
from tulieu.pages.frame import Frame, make_frame
from tulieu.pages.glossary import make_glossary_page
from tulieu.pages.home import make_home_page
from tulieu.pages.kinds import make_kinds_page
from tulieu.pages.links import KEPT, Links
from tulieu.pages.note import make_note_page
from tulieu.pages.ontology import make_ontology_page
from tulieu.pages.passage import make_passage_page
from tulieu.pages.past import Former, find_former, make_past_note
from tulieu.pages.policy import make_about_page, make_policy_page
from tulieu.pages.quality import make_quality_list_page, make_quality_page
from tulieu.pages.query_page import PARAMETERS, Outcome, Topic, make_query_page
from tulieu.pages.release import make_graph_page, make_release_page, make_releases_page
from tulieu.pages.shapes import make_shapes_page
from tulieu.pages.structured_data import describe_page
from tulieu.pages.tables import make_tables_page
from tulieu.pages.things import LIST_FORMATS, LIST_JSON, make_things_page, write_list
from tulieu.pages.values import Values
from tulieu.pages.visit import Visit
from tulieu.pages.withdrawn import make_withdrawn_page
from tulieu.pages.wording import LANGUAGES
from tulieu.release import Release, find_release
from tulieu.search import words_of

VARY = "Accept, Accept-Language"
YEAR = 31_536_000
DocumentMaker = Callable[[Archive, str, Visit], object | None]
PageMaker = Callable[["Desk", Visit], object | None]
FileWriter = Callable[["Desk", Visit], str | None]

# Which page presents a document, by the first part of its path; what is not here is no document.
DOCUMENT_PAGES: tuple[tuple[str, str, DocumentMaker], ...] = (
    ("doc/", "entity.html", lambda archive, iri, visit: make_entity_page(archive, iri, visit)),
    ("article/", "article.html", lambda archive, iri, visit: make_article_page(archive, iri, visit)),
    ("passage/", "passage.html", lambda archive, iri, visit: make_passage_page(archive, iri, visit.values)),
    ("note/", "note.html", lambda archive, iri, visit: make_note_page(archive, iri, visit.values)),
    ("graph/", "graph.html", lambda archive, iri, visit: make_graph_page(archive, iri, visit.values)),
    ("ontology", "ontology.html", lambda archive, iri, visit: make_ontology_page(archive, iri, visit.values)),
    ("dataset", "dataset.html", lambda archive, iri, visit: make_dataset_page(archive, visit.values)),
    ("shapes", "shapes.html", lambda archive, iri, visit: make_shapes_page(archive, visit.values)),
)
# The pages that are no documents: rule, template, maker; a maker gives None for what there is not.
PAGES: tuple[tuple[str, str, PageMaker], ...] = (
    ("/", "home.html", lambda desk, visit: make_home_page(desk.archive, visit.values)),
    ("/browse", "kinds.html", lambda desk, visit: make_kinds_page(desk.archive, visit.values)),
    ("/browse/<name>", "things.html", lambda desk, visit: make_things_page(desk.archive, visit)),
    ("/search", "search.html", lambda desk, visit: make_search_page(desk.archive, visit)),
    ("/timeline", "timeline.html", lambda desk, visit: make_timeline_page(desk.archive, visit)),
    ("/organs", "organs.html", lambda desk, visit: make_organs_page(desk.archive, visit)),
    ("/documents", "documents.html", lambda desk, visit: make_documents_page(desk.archive, visit)),
    ("/figures", "figures.html", lambda desk, visit: make_figures_page(desk.archive, visit)),
    ("/glossary", "glossary.html", lambda desk, visit: make_glossary_page(desk.archive, visit)),
    ("/cite", "cite.html", lambda desk, visit: make_cite_page(*desk.cited(visit))),
    ("/basket", "basket.html", lambda desk, visit: make_basket_page(visit.values)),
    (
        "/releases",
        "releases.html",
        lambda desk, visit: make_releases_page(desk.archive, desk.list_releases(), visit.values),
    ),
    ("/tables", "tables.html", lambda desk, visit: make_tables_page(desk.archive, visit.values)),
    ("/about", "about.html", lambda desk, visit: make_about_page(desk.archive, visit.values)),
    ("/quality", "quality.html", lambda desk, visit: make_quality_page(desk.archive, visit.values)),
    ("/quality/<name>", "quality_list.html", lambda desk, visit: make_quality_list_page(desk.archive, visit)),
    (
        "/policy",
        "policy.html",
        lambda desk, visit: make_policy_page(desk.archive, desk.contact, desk.feedback, visit.values),
    ),
)

# What pages offer as data: rule, form, writer; a writer gives None for what there is not.
FILES: tuple[tuple[str, Format, FileWriter], ...] = (
    ("/suggest", LIST_JSON, lambda desk, visit: write_suggestions(desk.archive, visit)),
    *(
        (f"/browse/<name>.{form.name}", form, lambda desk, visit, form=form: write_list(desk.archive, visit, form))
        for form in LIST_FORMATS
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
    open_past: Callable[[str], Archive]
    contact: str = ""
    present: Archive | None = None

    def at(self, archive: Archive) -> "Desk":
        """The same for a past release, whose documents stand below its own path."""
        return replace(self, archive=archive, present=self.archive)

    @property
    def within(self) -> str:
        """The path of the past release that is shown; empty for the current one."""
        return f"release/{self.archive.release.id}/" if self.present else ""

    def language(self) -> str:
        """The languages of this answer, as `Content-Language` has them."""
        return self.values().languages

    def values(self) -> Values:
        """What writes values for the reader of this request.

        The interface's language is as chosen in the address, else as the browser asks, else the default; that of the
        content is the same unless one was chosen apart.
        """
        chosen, content = (given if (given := request.args.get(name, "")) in LANGUAGES else "" for name in KEPT)
        language = chosen or negotiate_language(
            request.headers.get("Accept-Language"), LANGUAGES, self.default_language
        )
        links = Links(self.edition.public_url, self.archive.names, chosen, content, self.within)
        return Values(self.archive.labels, links, language, content)

    def visit(self, path: str) -> Visit:
        """This request, as page makers see it."""
        parameters = {name: tuple(texts) for name, texts in request.args.lists() if name not in KEPT}
        return Visit(self.values(), path, parameters)

    def render(self, template: str, context: object, values: Values, path: str) -> str:
        """Fill a template with exactly the fields of its context, and the frame around it."""
        shared: dict[str, object] = {"t": values.wording, "frame": self._frame(context, values, path)}
        return render_template(template, **_fields(context), **shared)

    def present_document(self, path: str, iri: str) -> str:
        """Present a document: what stands at a path below the public URL and speaks of an IRI."""
        place = self.within + path
        visit = self.visit(place)
        withdrawn = self.archive.withdrawals.find(iri)
        if withdrawn is not None:
            return self.render("withdrawn.html", make_withdrawn_page(withdrawn, visit.values), visit.values, place)
        if path.startswith("release/"):
            return self._present_release(path, visit)
        for prefix, template, make in DOCUMENT_PAGES:
            if path.startswith(prefix):
                context = make(self.archive, iri, visit)
                if context is not None:
                    return self.render(template, context, visit.values, place)
        raise NotFoundError(f"Nothing is known of {iri}.")

    def present_query(self, query: str, outcome: Outcome, problem: QueryError | None) -> str:
        """Present the endpoint's form, with the outcome of a query where one was asked."""
        values = self.values()
        given = {name: tuple(filter(None, request.args.getlist(name))) for name in PARAMETERS}
        parameters = {name: texts for name, texts in given.items() if texts}
        path = request.path.strip("/")
        context = make_query_page(path, query, parameters, outcome, problem, self.topics, values, self.page_rows)
        return self.render("query.html", context, values, path)

    def present_error(self, status: int, reason: str) -> str:
        """Present an error, with what is named nearly like what was asked for."""
        values = self.values()
        is_missing = status == 404
        nearest = near_address(self.archive, request.path, values) if is_missing else ()
        coverage = make_coverage(self.archive, values) if is_missing else None
        former = self.find_former() if is_missing else None
        context = make_error_page(status, reason, words_of(request.path), nearest, coverage, former, values)
        return self.render("error.html", context, values, request.path.lstrip("/"))

    def cited(self, visit: Visit) -> tuple[Archive, Sequence[Release], Visit]:
        """What a citation is made from: the release that the cited document stands in, else the current one."""
        found = PAST_DOCUMENT.match(asked(visit))
        if not found:
            return self.archive, self.list_releases(), visit
        past = self.at(self.open_past(found["release"]))
        return past.archive, self.list_releases(), replace(visit, values=past.values())

    def find_former(self) -> Former | None:
        """What stood at this request's address in an earlier release."""
        return find_former(self.archive, request.path, self.values())

    def list_nearest(self) -> list[dict[str, str]]:
        """What is named nearly like what was asked for: names, addresses and labels, for a problem document."""
        values = self.values()
        return [
            {
                "iri": value.iri,
                "address": values.links.absolute(values.links.local(value.iri)),
                "label": value.text.words,
            }
            for value in near_address(self.archive, request.path, values)
        ]

    def _present_release(self, path: str, visit: Visit) -> str:
        _, identifier, *part = path.split("/")
        releases = self.list_releases()
        release = find_release(identifier, releases)
        if part:
            changes = make_changes_page(self.archive, release, releases, visit)
            return self.render("changes.html", changes, visit.values, path)
        page = make_release_page(self.archive, release, releases, visit.values)
        return self.render("release.html", page, visit.values, path)

    def _frame(self, context: object, values: Values, path: str) -> Frame:
        parameters = {name: texts for name, texts in request.args.lists() if name not in KEPT}
        structured = None if self.present else describe_page(self.archive, context, path, values, self.list_releases)
        past = make_past_note(self.archive, self.present, path, values) if self.present else None
        return make_frame(context, values, path, parameters, self.archive.release.id, self.feedback, structured, past)


def create_blueprint(desk: Desk) -> Blueprint:
    """Make the routes that are pages only; documents and queries come to `desk` by way of `app`."""
    blueprint = Blueprint("pages", __name__, template_folder="templates")
    blueprint.add_url_rule("/static/<name>", "static", _answer_asset, methods=["GET"])

    def add(rule: str, template: str, make: PageMaker) -> None:
        blueprint.add_url_rule(rule, rule, lambda **_: _answer(desk, template, make), methods=["GET"])

    for rule, template, make in PAGES:
        add(rule, template, make)
    for rule, form, write_file in FILES:
        answer = partial(_answer_file, desk, form, write_file)
        blueprint.add_url_rule(rule, rule.replace(".", "-"), answer, methods=["GET"])
    for form, write in CITATION_FORMATS:
        blueprint.add_url_rule(f"/cite.{form.name}", form.name, partial(_answer_citation, desk, form, write))
    return blueprint


def _answer(desk: Desk, template: str, make: PageMaker) -> Response:
    def write(visit: Visit) -> str:
        context = make(desk, visit)
        if context is None:
            raise NotFoundError(f"There is no page {request.path}. What there is, is listed at browse.")
        return desk.render(template, context, visit.values, visit.path)

    return respond(desk, HTML, write)


def _answer_file(desk: Desk, form: Format, write: FileWriter, **_: str) -> Response:
    def found(visit: Visit) -> str:
        text = write(desk, visit)
        if text is None:
            raise NotFoundError(f"There is no list {request.path}. What there is, is listed at browse.")
        return text

    return respond(desk, form, found)


def _answer_citation(desk: Desk, form: Format, write: CitationWriter) -> Response:
    def cite(visit: Visit) -> str:
        return write(find_references(*desk.cited(visit)), visit.values.wording)

    return respond(desk, form, cite)


def respond(desk: Desk, form: Format, write: Callable[[Visit], str]) -> Response:
    """Answer this request in a form, with the headers that let it be kept; nothing is made for who has it already."""
    visit = desk.visit(request.path.lstrip("/"))
    target = f"{request.path}?{urlencode(list(request.args.items(multi=True)))}"
    language = visit.values.languages
    tag = entity_tag(desk.edition, Representation(target, form.media_type, language))
    headers = {"Vary": VARY, "Content-Language": language, "ETag": f'"{tag}"', "Cache-Control": "no-cache"}
    if is_known(request.headers.get("If-None-Match"), tag):
        return Response(status=304, headers=headers)
    return Response(write(visit), content_type=form.content_type, headers=headers)


def _answer_asset(name: str) -> Response:
    """Send a style sheet, script or picture: for a year where the address names this very content."""
    asset = load_assets().get(name)
    if asset is None:
        raise NotFoundError(f"There is no file static/{name}.")
    is_exact = request.args.get("v") == asset.digest
    control = f"public, max-age={YEAR}, immutable" if is_exact else "no-cache"
    headers = {"ETag": f'"{asset.digest}"', "Cache-Control": control}
    if is_known(request.headers.get("If-None-Match"), asset.digest):
        return Response(status=304, headers=headers)
    return Response(asset.body, content_type=asset.content_type, headers=headers)


def _fields(context: object) -> Mapping[str, object]:
    """The fields of a context, not copied: what is inside stays the value objects they are."""
    return {field.name: getattr(context, field.name) for field in fields(context)}  # type: ignore[arg-type]

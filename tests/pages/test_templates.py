import re
from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import Environment, meta, nodes

from tulieu.pages.article import ArticlePage
from tulieu.pages.basket import BasketPage
from tulieu.pages.changes import ChangesPage
from tulieu.pages.citing import CitePage
from tulieu.pages.dataset import DatasetPage
from tulieu.pages.drawings.documents import DocumentsPage
from tulieu.pages.drawings.figures import FiguresPage
from tulieu.pages.drawings.organs import OrgansPage
from tulieu.pages.drawings.timeline import TimelinePage
from tulieu.pages.entity import EntityPage
from tulieu.pages.error import ErrorPage
from tulieu.pages.finding import SearchPage
from tulieu.pages.glossary import GlossaryPage
from tulieu.pages.home import HomePage
from tulieu.pages.kinds import KindsPage
from tulieu.pages.note import NotePage
from tulieu.pages.ontology import OntologyPage
from tulieu.pages.passage import PassagePage
from tulieu.pages.policy import AboutPage, PolicyPage
from tulieu.pages.quality import QualityListPage, QualityPage
from tulieu.pages.query_page import QueryPage
from tulieu.pages.release import GraphPage, ReleasePage, ReleasesPage
from tulieu.pages.shapes import ShapesPage
from tulieu.pages.tables import TablesPage
from tulieu.pages.things import ThingsPage
from tulieu.pages.withdrawn import WithdrawnPage

TEMPLATES = Path(__file__).parents[2] / "server" / "tulieu" / "pages" / "templates"
CONTEXTS: dict[str, type] = {
    "glossary.html": GlossaryPage,
    "changes.html": ChangesPage,
    "cite.html": CitePage,
    "basket.html": BasketPage,
    "about.html": AboutPage,
    "article.html": ArticlePage,
    "dataset.html": DatasetPage,
    "documents.html": DocumentsPage,
    "entity.html": EntityPage,
    "error.html": ErrorPage,
    "figures.html": FiguresPage,
    "graph.html": GraphPage,
    "home.html": HomePage,
    "kinds.html": KindsPage,
    "note.html": NotePage,
    "ontology.html": OntologyPage,
    "organs.html": OrgansPage,
    "passage.html": PassagePage,
    "policy.html": PolicyPage,
    "quality.html": QualityPage,
    "quality_list.html": QualityListPage,
    "query.html": QueryPage,
    "release.html": ReleasePage,
    "releases.html": ReleasesPage,
    "search.html": SearchPage,
    "shapes.html": ShapesPage,
    "tables.html": TablesPage,
    "things.html": ThingsPage,
    "timeline.html": TimelinePage,
    "withdrawn.html": WithdrawnPage,
}
# What the layout and the imports of a template bring.
SHARED = {"drawings", "quality", "t", "frame", "parts", "tools", "reading", "covered"}
# A module of ours, or data that nothing executes: no code ever stands in a page.
SCRIPTS = re.compile(
    r"""<script type="module" src="\{\{ frame\.links\.static\('[a-z_]+\.js'\) \}\}"></script>"""
    r"""|<script type="application/ld\+json">\{\{ [a-z_.]+ \| tojson \}\}</script>"""
)


def test_every_template_that_is_no_part_has_a_context() -> None:
    assert {path.name for path in TEMPLATES.glob("*.html") if not path.name.startswith("_")} == set(CONTEXTS)


@pytest.mark.parametrize("name", sorted(CONTEXTS))
def test_a_template_receives_exactly_the_fields_of_its_context(name: str) -> None:
    context = CONTEXTS[name]
    assert is_dataclass(context)
    parsed = Environment().parse((TEMPLATES / name).read_text(encoding="utf-8"))
    macros = {macro.name for macro in parsed.find_all(nodes.Macro)}
    assert meta.find_undeclared_variables(parsed) - SHARED - macros == {field.name for field in fields(context)}


@pytest.mark.parametrize("path", sorted(TEMPLATES.glob("*.html")), ids=lambda path: path.name)
def test_nothing_runs_or_is_styled_inline(path: Path) -> None:
    text = SCRIPTS.sub("", path.read_text(encoding="utf-8").lower())
    for word in (
        "<script",
        "<style",
        "style=",
        "onclick",
        "onload",
        "onsubmit",
        "| safe",
        "|safe",
        "http://",
        "https://",
    ):
        assert word not in text


def test_templates_escape_what_they_print(app: Flask) -> None:
    assert app.jinja_env.autoescape("entity.html") if callable(app.jinja_env.autoescape) else app.jinja_env.autoescape

"""What readers copy runs: the code of the query page and of the documentation, by clients we did not write.

Each piece is run as it stands, but for the address of the server. R is no part of the environment: its pieces run where
it is installed with httr2. Clients from npm are installed once (`npm_clients`).
"""

import csv
import re
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tulieu.formats import ANSWER_GRAPH_FORMATS, DOCUMENT_FORMATS, ROW_FORMATS
from tulieu.pages.client_code import Code, form_of, write_code
from tulieu.sparql.example import load_topics
from tulieu.sparql.functions import FUNCTIONS

from .npm_clients import run_in_clients
from .real_server import real_server

DOCS = Path(__file__).parents[1] / "docs"
QUERYING, USING = "querying.md", "using-the-data.md"
TEXTS = {name: (DOCS / name).read_text(encoding="utf-8") for name in (QUERYING, USING)}
TEXT = TEXTS[QUERYING]
SERVER_IN_DOCS = "http://127.0.0.1:8000/"
FENCE = re.compile(r"^```(sh|python|r|js)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# Pieces by page: how many are expected in each language.
EXPECTED = {
    QUERYING: {"sh": 4, "python": 4, "r": 1, "js": 0},
    USING: {"sh": 8, "python": 8, "r": 2, "js": 1},
}


@dataclass(frozen=True)
class Piece:
    """A piece of code of a page."""

    page: str
    number: int
    language: str
    code: str

    @property
    def name(self) -> str:
        """What a report calls it."""
        return f"{self.page}-{self.number}-{self.language}"


PIECES = [
    Piece(page, number, *found.groups())
    for page, text in TEXTS.items()
    for number, found in enumerate(FENCE.finditer(text))
]
PROGRAMS = {"sh": ["bash", "-e"], "curl": ["bash", "-e"], "python": [sys.executable], "r": ["Rscript", "--vanilla"]}
QUERY_OF = {example.name: example.query for topic in load_topics() for example in topic.examples}
# One of each kind: with functions of ours, with a graph for an answer, with Vietnamese in the query.
CHOSEN = ("07-who-did-what", "84-find-by-another-spelling", "94-a-document-as-a-graph", "95-find-by-words")
# What would end a text too early in one of the languages.
AWKWARD = 'SELECT ("""a\\tb""" AS ?x) (")\\" END)-\\"" AS ?y) (\'\'\'it\'s\'\'\' AS ?z) { }\n# END\n# )"'
AWKWARD_ROW = ["a\tb", ')" END)-"', "it's"]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with real_server(tmp_path_factory.mktemp("clients") / "serve.log") as url:
        yield url


def run(language: str, code: str, folder: Path | None = None) -> str:
    """Run a piece of code and give what it prints; what it says on standard error is shown when it fails."""
    if language == "js":
        return run_in_clients(["node", "-"], code)
    if code.startswith("comunica-sparql "):
        return run_in_clients(PROGRAMS[language], code)
    program = PROGRAMS[language]
    if not shutil.which(program[0]):
        pytest.skip(f"{program[0]} is not installed")
    if language == "r" and subprocess.run([*program, "-e", "library(httr2)"], capture_output=True).returncode:
        pytest.skip("R has no httr2")
    command = [*program, "/dev/stdin"] if language == "r" else program
    done = subprocess.run(command, input=code, capture_output=True, text=True, check=False, timeout=60, cwd=folder)
    assert done.returncode == 0, done.stderr
    return done.stdout


def rows_from(server: str, query: str) -> list[list[str]]:
    """The rows of a query, asked without any client's help."""
    request = urllib.request.Request(
        f"{server}sparql", query.encode(), {"Content-Type": "application/sparql-query", "Accept": "text/csv"}
    )
    with urllib.request.urlopen(request) as answer:
        return list(csv.reader(answer.read().decode().splitlines()))


def code_for(language: str, server: str, query: str) -> str:
    (code,) = [each.text for each in write_code(f"{server}sparql", query) if each.language.lower() == language]
    return code


@pytest.mark.parametrize("page", EXPECTED)
def test_the_page_has_code_in_each_language(page: str) -> None:
    languages = [piece.language for piece in PIECES if piece.page == page]
    assert {language: languages.count(language) for language in EXPECTED[page]} == EXPECTED[page]


@pytest.mark.parametrize("piece", PIECES, ids=lambda piece: piece.name)
def test_code_of_the_documentation_runs_and_prints_an_answer(piece: Piece, server: str, tmp_path: Path) -> None:
    assert SERVER_IN_DOCS in piece.code
    printed = run(piece.language, piece.code.replace(SERVER_IN_DOCS, server), tmp_path).strip()
    # Comunica writes an empty answer as brackets; a question asked again prints its status alone.
    assert len(printed) >= 3 and printed != "[\n]"
    if piece.page == QUERYING:
        assert len(printed.splitlines()) >= 2


def test_queries_of_the_documentation_have_rows(server: str) -> None:
    queries = re.findall(r"^```sparql\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
    assert len(queries) == 1
    assert all(len(rows_from(server, query)) > 1 for query in queries)


def test_what_is_asked_again_is_not_sent_again(server: str, tmp_path: Path) -> None:
    (piece,) = [each for each in PIECES if "--etag-compare" in each.code]
    assert run("sh", piece.code.replace(SERVER_IN_DOCS, server), tmp_path) == "304\n"


def test_the_documentation_names_every_form_of_a_document() -> None:
    for each in DOCUMENT_FORMATS:
        assert f"| `{each.name}` | `{each.media_type}` |" in TEXTS[USING]


def test_the_documentation_names_every_function_and_format() -> None:
    for function in FUNCTIONS:
        assert f"`tlf:{function.name}(" in TEXT
    for each in {*ROW_FORMATS, *ANSWER_GRAPH_FORMATS}:
        assert f"| `{each.name}` | `{each.media_type}`" in TEXT


@pytest.mark.parametrize("name", CHOSEN)
def test_curl_gets_the_rows_of_an_example(name: str, server: str) -> None:
    printed = run("curl", code_for("curl", server, QUERY_OF[name]))
    if form_of(QUERY_OF[name]) == "CONSTRUCT":
        assert printed.count("document-01-kl-tw-2021-05-18") >= 1
    else:
        rows = rows_from(server, QUERY_OF[name])
        assert len(rows) > 1 and list(csv.reader(printed.splitlines())) == rows


@pytest.mark.parametrize("name", CHOSEN)
@pytest.mark.parametrize("language", ["python", "r"])
def test_a_program_prints_every_value_of_an_example(language: str, name: str, server: str) -> None:
    printed = run(language, code_for(language, server, QUERY_OF[name]))
    if form_of(QUERY_OF[name]) == "CONSTRUCT":
        assert "document-01-kl-tw-2021-05-18" in printed
    else:
        values = {value for row in rows_from(server, QUERY_OF[name])[1:] for value in row}
        assert values and all(value in printed for value in values)


@pytest.mark.parametrize("language", ["curl", "python", "r"])
def test_an_awkward_query_arrives_as_it_is(language: str, server: str) -> None:
    assert rows_from(server, AWKWARD)[1] == AWKWARD_ROW
    printed = run(language, code_for(language, server, AWKWARD))
    assert "it's" in printed and "END)-" in printed


@pytest.mark.parametrize("language", ["curl", "python", "r"])
def test_a_question_of_yes_or_no(language: str, server: str) -> None:
    assert "true" in run(language, code_for(language, server, "ASK { ?s ?p ?o }")).lower()


@pytest.mark.parametrize("language", ["curl", "python", "r"])
def test_a_refusal_is_a_failure_of_the_program(language: str, server: str) -> None:
    with pytest.raises(AssertionError, match="400"):
        run(language, code_for(language, server, "SELECT * { ?s ?p"))


@pytest.mark.parametrize(
    ("query", "form"),
    [
        ("SELECT * {}", "SELECT"),
        ("# ask\nPREFIX ask: <https://e.example/ask> construct { ?select ?p ?o } WHERE { ?select ?p ?o }", "CONSTRUCT"),
        ("BASE <https://e.example/#SELECT> ASK { ?s ?p 'SELECT' }", "ASK"),
        ("describe <https://e.example/select>", "DESCRIBE"),
        ("nothing of the kind", "SELECT"),
    ],
)
def test_the_form_of_a_query(query: str, form: str) -> None:
    assert form_of(query) == form


def test_the_dataset_goes_along() -> None:
    code: Code
    for code in write_code("https://e.example/sparql?default-graph-uri=https%3A%2F%2Fe.example%2Fg", "ASK {}"):
        assert "default-graph-uri=https%3A%2F%2Fe.example%2Fg" in code.text

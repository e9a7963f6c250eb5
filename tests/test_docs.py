"""The documentation under test: what it names exists, what exists it names, its queries give what it prints."""

import re
import shlex
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import click
import pytest

from tulieu.cli import commands
from tulieu.results import render_answer
from tulieu.settings import SETTINGS
from tulieu.store import Dataset, Store
from tulieu.vocabulary import Names

from .commands_page import render_commands_page, walk
from .real_release import real_release

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
MAKEFILE = ROOT / "Makefile"
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
FENCE = re.compile(r"^```(?P<language>\w*)\n(?P<content>.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\((?P<target>[^)\s]+)\)")


@dataclass(frozen=True)
class Fence:
    """A fenced block of a page."""

    page: Path
    language: str
    content: str


def fences_of(page: Path) -> list[Fence]:
    found = FENCE.finditer(page.read_text(encoding="utf-8"))
    return [Fence(page, match["language"], match["content"]) for match in found]


COMMANDS = dict(walk(commands))
FENCES = [fence for page in PAGES for fence in fences_of(page)]
TARGETS = set(re.findall(r"^([a-z]+):.*##", MAKEFILE.read_text(encoding="utf-8"), re.MULTILINE))
ALL_TEXT = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)


def shell_lines() -> list[tuple[Path, str]]:
    """The lines a reader would type, a line that ends in a backslash with the next."""
    blocks = [fence for fence in FENCES if fence.language in ("sh", "bash", "shell", "console")]
    return [
        (fence.page, line.strip().removeprefix("$ "))
        for fence in blocks
        for line in fence.content.replace("\\\n", " ").splitlines()
        if line.strip()
    ]


def queries_with_results() -> list[tuple[Fence, Fence]]:
    """The queries of the README, each with the block after it."""
    fences = fences_of(README)
    return [(query, result) for query, result in pairwise(fences) if query.language == "sparql"]


QUERIES = queries_with_results() if README.exists() else []


def test_the_pages_are_there() -> None:
    assert {"README.md", "CONTRIBUTING.md", "CHANGELOG.md"} <= {page.name for page in PAGES}


def test_the_readme_names_the_two_commands() -> None:
    typed = [line for page, line in shell_lines() if page == README]
    assert "make serve" in typed
    assert "make test" in typed


@pytest.mark.parametrize("way", list(COMMANDS), ids=" ".join)
def test_every_command_is_documented_and_has_help(way: tuple[str, ...]) -> None:
    assert re.search(rf"`?{re.escape(' '.join(way))}\b", ALL_TEXT), f"no page says `{' '.join(way)}`"
    command = COMMANDS[way]
    assert command.help
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, f"{' '.join(way)} {parameter.opts[0]}: no help"
    if not isinstance(command, click.Group):
        assert "Example" in command.help, f"{' '.join(way)}: an example helps"


@pytest.mark.parametrize("name", [setting.env for setting in SETTINGS])
def test_every_setting_is_documented(name: str) -> None:
    assert name in ALL_TEXT, f"no page says {name}"


def test_the_page_of_commands_is_what_the_program_says() -> None:
    written = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    # Line breaks are left to the version of click.
    assert written.split() == render_commands_page().split(), "make docs writes it anew"


def test_what_the_pages_say_to_type_exists() -> None:
    typed = shell_lines()
    assert typed
    for page, line in typed:
        words = shlex.split(line, comments=True)
        if words[:1] == ["make"]:
            assert words[1] in TARGETS, f"{page.name}: {line}"
        elif words[:1] == ["tulieu"]:
            way = tuple(words[: 3 if words[1:2] == ["source"] else 2])
            assert way in COMMANDS, f"{page.name}: {line}"
            known = {option for parameter in COMMANDS[way].params for option in parameter.opts} | {"--help"}
            options = {word.split("=")[0] for word in words if word.startswith("--")}
            assert options <= known, f"{page.name}: {line}"


def test_links_between_pages_lead_somewhere() -> None:
    links = [(page, match["target"]) for page in PAGES for match in LINK.finditer(page.read_text(encoding="utf-8"))]
    inside = [(page, target.split("#")[0]) for page, target in links if not target.startswith(("http", "mailto:", "#"))]
    assert inside
    for page, target in inside:
        assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_the_readme_shows_three_queries_with_their_results() -> None:
    assert len(QUERIES) >= 3
    assert {result.language for _, result in QUERIES} == {"text"}


@pytest.mark.parametrize("number", range(len(QUERIES)))
def test_a_query_of_the_readme_gives_what_is_printed(number: int) -> None:
    """`tulieu query --format table` prints the same: the cells of a table are never cut in a pipe."""
    published = real_release()
    query, result = QUERIES[number]
    answer = Store(published.store_path).read_answer(query.content, Dataset(), 1000)
    assert render_answer(answer, Names(published.base_iri).prefixes) == result.content

"""The house: which room may import which. Imports inside functions and for type checking count as arrows too.

The table below is the whole rule (design, section 6). A room imports only rooms named in its row, each of them on a
lower floor, except the two that are siblings by purpose; so no circle and no arrow from wing to wing can be.
"""

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "server" / "tulieu"
WINGS = ("sparql", "resources", "pages")
GROUND = ("errors", "base", "vocabulary", "formats", "settings", "folding", "tokens")
RELEASE_ASKED = ("release", "answering", "store", "search", "caching")
# What more than one wing wants to know of a release.
RELEASE_TOLD = ("withdrawals", "tables", "changes", "statistics")
BELOW_WINGS = (*GROUND, *RELEASE_ASKED, *RELEASE_TOLD)
LINES = 400


@dataclass(frozen=True)
class Room:
    """A module, or a folder whose modules keep one rule; `imports` are rooms, `libraries` come from PyPI."""

    name: str
    floor: int
    imports: tuple[str, ...] = ()
    libraries: tuple[str, ...] = ()


ROOMS = (
    Room("errors", 1),
    Room("base", 0),
    Room("vocabulary", 1, ("base",), ("rdflib",)),
    Room("folding", 1),
    Room("tokens", 1),
    Room("formats", 1, ("errors",)),
    Room("settings", 1, ("errors",)),
    Room("release", 2, GROUND),
    Room("answering", 2, ("errors", "formats", "tokens"), ("pyoxigraph",)),
    Room("store", 3, (*GROUND, "release", "answering"), ("pyoxigraph",)),
    Room("search", 3, (*GROUND, "release")),
    Room("caching", 3, GROUND),
    Room("withdrawals", 4, (*GROUND, "store")),
    Room("changes", 4, (*GROUND, "release", "store")),
    Room("statistics", 4, (*GROUND, "release")),
    Room("tables", 4, (*GROUND, "store", "tables")),
    Room("results", 5, (*GROUND, "store")),
    Room("pipeline", 5, (*GROUND, "release", "statistics", "pipeline"), ("rdflib", "owlrl", "pyshacl", "pyoxigraph")),
    Room("sparql", 5, (*BELOW_WINGS, "sparql"), ("flask", "werkzeug", "markupsafe", "pyoxigraph")),
    Room("resources", 5, (*BELOW_WINGS, "resources"), ("flask", "werkzeug", "markupsafe")),
    Room("pages", 5, (*BELOW_WINGS, "pages"), ("flask", "werkzeug", "markupsafe", "jinja2")),
    Room("app", 6, (*BELOW_WINGS, *WINGS), ("flask", "werkzeug", "markupsafe", "jinja2")),
    # The front's parts. One of them starts the server and so knows Granian; what it starts it knows by name alone.
    Room("serving", 7, (*BELOW_WINGS, "sparql", "app", "serving"), ("granian", "zstandard")),
    Room("front", 8, (*BELOW_WINGS, "sparql", "app", "serving")),
    Room("cli", 9, (*BELOW_WINGS, *WINGS, "results", "pipeline", "serving"), ("click", "rdflib")),
    Room("__main__", 10, ("cli",)),
    Room("__init__", 0),
)
# The steps of the pipeline do not know each other; only the build knows all. Its other modules are parts of steps: what
# they hold is used by steps and by other parts, and knows no step.
PIPELINE_STEPS = ("load", "validate", "reason", "evidence", "publish", "source")
PIPELINE_WHOLE = "build"
# What only the build may load: a server process must never pay for it.
BUILD_LIBRARIES = ("owlrl", "pyshacl")


@dataclass(frozen=True)
class Import:
    """One import statement: where it stands, and the dotted name it takes."""

    path: Path
    line: int
    name: str
    is_inside_function: bool

    def __str__(self) -> str:
        return f"{self.path.relative_to(PACKAGE.parent)}:{self.line}: import of {self.name}"


def room_of(module: str) -> str:
    return module.split(".")[1] if "." in module else "__init__"


def module_name(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 2 else parts)


def imports_of(path: Path) -> Iterator[Import]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    inside = {
        id(node)
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for node in ast.walk(function)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(path, node.lineno, alias.name, id(node) in inside)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: relative import; write the whole name"
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield Import(path, node.lineno, inner if is_module(inner) else str(node.module), id(node) in inside)


def is_module(name: str) -> bool:
    path = PACKAGE.parent.joinpath(*name.split("."))
    return path.with_suffix(".py").is_file() or (path / "__init__.py").is_file()


FILES = sorted(PACKAGE.rglob("*.py"))
MODULES = [module_name(path) for path in FILES]
IMPORTS = [each for path in FILES for each in imports_of(path)]
OURS = [each for each in IMPORTS if each.name.split(".")[0] == "tulieu"]
ROOM = {room.name: room for room in ROOMS}


def test_the_table_and_the_house_have_the_same_rooms() -> None:
    assert len(FILES) >= 20, "the modules were not found"
    assert {room_of(module) for module in MODULES} == set(ROOM)


def test_the_table_has_no_upward_arrow_and_no_arrow_between_wings() -> None:
    for room in ROOMS:
        for other in room.imports:
            assert other == room.name or ROOM[other].floor < room.floor or {other, room.name} <= set(GROUND), (
                f"{room.name} -> {other} does not lead down"
            )
        if room.name in WINGS:
            assert not set(room.imports) & (set(WINGS) - {room.name})


@pytest.mark.parametrize("path", FILES, ids=MODULES)
def test_a_module_imports_only_what_its_room_may(path: Path) -> None:
    room = ROOM[room_of(module_name(path))]
    for each in imports_of(path):
        library = each.name.split(".")[0]
        if library == "tulieu":
            assert room_of(each.name) in room.imports, (
                f"{each}: {room.name} may import {', '.join(room.imports) or 'nothing'}"
            )
        else:
            assert library in sys.stdlib_module_names or library in room.libraries, (
                f"{each}: {room.name} may not know it"
            )


def test_the_steps_of_the_pipeline_do_not_know_each_other() -> None:
    inside = {module.split(".")[-1] for module in MODULES if room_of(module) == "pipeline"}
    assert {*PIPELINE_STEPS, PIPELINE_WHOLE} <= inside
    for each in OURS:
        importer = module_name(each.path)
        if room_of(importer) == "pipeline" == room_of(each.name) and not importer.endswith(f".{PIPELINE_WHOLE}"):
            other = each.name.split(".")[-1]
            assert other not in (*PIPELINE_STEPS, PIPELINE_WHOLE), f"{each}: a step is known to the build alone"


def test_there_is_no_circle() -> None:
    arrows = {module: {each.name for each in OURS if module_name(each.path) == module} for module in MODULES}
    done: set[str] = set()

    def follow(module: str, way: tuple[str, ...]) -> None:
        assert module not in way, f"circle: {' -> '.join((*way[way.index(module) :], module))}"
        if module not in done:
            for other in sorted(arrows.get(module, ())):
                follow(other, (*way, module))
            done.add(module)

    for module in MODULES:
        follow(module, ())
    assert done >= set(MODULES)


def test_only_the_command_imports_inside_functions_and_says_why() -> None:
    for each in IMPORTS:
        if each.is_inside_function:
            assert room_of(module_name(each.path)) == "cli", f"{each}: imports stand at the top"
            above = each.path.read_text(encoding="utf-8").splitlines()[: each.line - 1]
            before = [line.strip() for line in above if not line.strip().startswith(("from ", "import "))]
            assert before[-1].startswith("#"), f"{each}: a comment above says what it saves"


def test_the_server_never_loads_what_only_the_build_needs() -> None:
    reached: set[str] = set()
    waiting = ["tulieu.front"]
    while waiting:
        module = waiting.pop()
        if module not in reached:
            reached.add(module)
            waiting += [each.name for each in OURS if module_name(each.path) == module]
    assert len(reached) > len(WINGS)
    assert not [module for module in reached if room_of(module) in ("pipeline", "cli")]
    libraries = {each.name.split(".")[0] for each in IMPORTS if module_name(each.path) in reached}
    assert not libraries & set(BUILD_LIBRARIES)


def test_init_modules_hold_nothing_but_their_docstring() -> None:
    inits = [path for path in FILES if path.name == "__init__.py"]
    assert len(inits) == 8
    for path in inits:
        body = ast.parse(path.read_text(encoding="utf-8")).body
        assert len(body) == 1 and isinstance(body[0], ast.Expr), f"{path}: only a docstring may stand here"


@pytest.mark.parametrize("path", FILES, ids=MODULES)
def test_a_module_stays_short_enough_to_read(path: Path) -> None:
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= LINES, f"{path} has {lines} lines: divide it, or let a library or a query carry what it does"

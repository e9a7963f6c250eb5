"""The wheel: it holds every file the checkout holds, its command starts, and it works from another folder."""

import os
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
# (folder of the checkout, its folder in the wheel, suffixes that must travel)
CARRIED = (
    ("ontology", "tulieu/knowledge/ontology", (".ttl",)),
    ("data", "tulieu/knowledge/data", (".ttl", ".trig")),
    ("shapes", "tulieu/knowledge/shapes", (".ttl",)),
    (
        "server/tulieu",
        "tulieu",
        (".py", ".rq", ".html", ".xml", ".css", ".js", ".svg", ".png", ".ico", ".typed", ".json"),
    ),
)
LEFT_BEHIND = {"__pycache__"}


def files_of(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.rglob("*")) if path.is_file() and not LEFT_BEHIND & set(path.parts)]


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="session")
def unpacked(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("installed")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def run_installed(unpacked: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the unpacked package in an empty folder, with nothing of the checkout on the path."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("TULIEU_", "PYTHON"))}
    environment["PYTHONPATH"] = str(unpacked)
    # -P: the working folder is not on the path, as for an installed command.
    command = [sys.executable, "-P", "-m", "tulieu", *arguments]
    elsewhere = unpacked.parent / "elsewhere"
    elsewhere.mkdir(exist_ok=True)
    return subprocess.run(command, capture_output=True, text=True, cwd=elsewhere, env=environment, check=False)


@pytest.mark.parametrize(("folder", "inside", "suffixes"), CARRIED, ids=[row[0] for row in CARRIED])
def test_the_wheel_holds_every_file(wheel: Path, folder: str, inside: str, suffixes: tuple[str, ...]) -> None:
    here = {path.relative_to(ROOT / folder).as_posix(): path.read_bytes() for path in files_of(ROOT / folder)}
    with zipfile.ZipFile(wheel) as archive:
        there = {
            name.removeprefix(f"{inside}/"): archive.read(name)
            for name in archive.namelist()
            if name.startswith(f"{inside}/") and not name.startswith(f"{inside}/knowledge/")
        }
    assert {Path(name).suffix for name in here} <= set(suffixes), "a new kind of file: add its suffix to CARRIED"
    assert here, f"{folder} is empty"
    assert there == here


def test_the_wheel_holds_the_licences(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = {Path(name).name for name in archive.namelist() if ".dist-info/" in name}
    assert {"LICENSE", "LICENSE-DATA", "entry_points.txt"} <= names


def test_every_entry_point_loads() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["scripts"] == {"tulieu": "tulieu.cli:main"}
    for name, value in project["scripts"].items():
        assert callable(EntryPoint(name, value, "console_scripts").load())


def test_the_installed_command_starts_in_another_folder(unpacked: Path) -> None:
    done = run_installed(unpacked, "check", "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Usage: tulieu check" in done.stdout


def test_the_installed_command_finds_its_own_knowledge_files(unpacked: Path) -> None:
    state = unpacked.parent / "state"
    done = run_installed(unpacked, "build", "--state", str(state))
    assert done.returncode == 0, done.stderr
    assert (state / "current").is_symlink()
    question = "ASK { ?article a <https://w3id.org/tulieu/ontology#Article> }"
    asked = run_installed(unpacked, "query", "--state", str(state), "--format", "table", question)
    assert (asked.returncode, asked.stdout.strip()) == (0, "true"), asked.stderr

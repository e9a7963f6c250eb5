"""The real release: the project's own knowledge files, built once for all the tests that look at the whole."""

import atexit
import os
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

from tulieu.release import Release, find_current

ROOT = Path(__file__).parents[1]


def command(*arguments: str) -> list[str]:
    """The command as another process runs it."""
    return [sys.executable, "-m", "tulieu", *arguments]


def environment(**more: str) -> dict[str, str]:
    """This process's environment for the command, without settings and without a locale of the desk."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TULIEU_", "LC_", "LANG"))}
    return {**kept, "PYTHONPATH": str(ROOT / "server"), **more}


def real_release(base_iri: str = "") -> Release:
    """Build it by the command, as a person would, with the archive's own names if a base is given.

    The folder goes when the tests end.
    """
    state, complaint = _build(*(["--base-iri", base_iri] if base_iri else []))
    assert not complaint, complaint
    return find_current(state)


@cache
def _build(*options: str) -> tuple[Path, str]:
    """The state folder, and what the build complained of: a build that fails is not tried again for every test."""
    folder = tempfile.TemporaryDirectory(prefix="tulieu-tests-")
    atexit.register(folder.cleanup)
    state = Path(folder.name) / "state"
    arguments = command("build", "--state", str(state), *options)
    done = subprocess.run(arguments, capture_output=True, text=True, env=environment(), check=False)
    return state, done.stderr if done.returncode else ""

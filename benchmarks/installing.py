"""What the peers are made of, fetched into a working folder and nowhere else.

Comes in: the folder. Goes out: where each program is: packages of PyPI in an environment of their own, Virtuoso from
Debian's packages, unpacked and not installed, Jena Fuseki from Maven Central; and the statements of a release as a
plain file. What cannot be had raises `CannotRunError`.
"""

import gzip
import shutil
import subprocess
import sys
import threading
from pathlib import Path

from benchmarks.archive import QUADS
from tulieu.release import Release

PYPI = ("oxigraph==0.5.13", "rdflib-endpoint==0.6.3", "uvicorn")
# The newest that runs on Java 17.
FUSEKI = "5.6.0"
VIRTUOSO_PACKAGES = ("virtuoso-opensource-7-bin", "virtuoso-opensource-7-common", "libpcre3")
_COPY = "maven-dependency-plugin:3.6.0:copy"
_INSTALL_SECONDS = 180.0
# Peers start side by side; what two of them need is made once.
_making = threading.Lock()


class CannotRunError(Exception):
    """Why a peer cannot be measured here, in a line."""


def quads(work: Path, release: Release) -> Path:
    """The statements of a release as a plain file, which the archive has already."""
    beside = release.folder / QUADS
    if beside.is_file():
        return beside
    unpacked = work / f"{release.id}.nq"
    with _making:
        if not unpacked.is_file():
            with gzip.open(release.dataset_path) as packed, unpacked.open("wb") as plain:
                shutil.copyfileobj(packed, plain)
    return unpacked


def python_environment(work: Path) -> Path:
    """The Python environment of the peers that come from PyPI."""
    folder = work / "venv"
    with _making:
        if not (folder / "bin" / "oxigraph").is_file():
            run([sys.executable, "-m", "venv", str(folder)], _INSTALL_SECONDS)
            run([str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", *PYPI], _INSTALL_SECONDS)
    return folder


def virtuoso(work: Path) -> Path:
    """The folder into which Debian's packages of Virtuoso are unpacked; nothing is installed."""
    folder = work / "virtuoso"
    with _making:
        if not (folder / "usr/bin/virtuoso-t").is_file():
            _unpack_virtuoso(work, folder)
    return folder


def _unpack_virtuoso(work: Path, folder: Path) -> None:
    if not (shutil.which("apt-get") and shutil.which("dpkg")):
        raise CannotRunError("Virtuoso comes from Debian's packages, and this is no Debian")
    packages = work / "packages"
    packages.mkdir(parents=True, exist_ok=True)
    run(["apt-get", "download", *VIRTUOSO_PACKAGES], _INSTALL_SECONDS, packages)
    for package in sorted(packages.glob("*.deb")):
        run(["dpkg", "-x", str(package), str(folder)], _INSTALL_SECONDS)


def fuseki(work: Path) -> Path:
    """The one file of Jena Fuseki, from Maven Central."""
    jar = work / "fuseki" / f"jena-fuseki-server-{FUSEKI}.jar"
    if not (shutil.which("java") and (jar.is_file() or shutil.which("mvn"))):
        raise CannotRunError("Jena Fuseki needs java and mvn on the path")
    with _making:
        if jar.is_file():
            return jar
        artifact = f"-Dartifact=org.apache.jena:jena-fuseki-server:{FUSEKI}"
        arguments = [f"org.apache.maven.plugins:{_COPY}", artifact, f"-DoutputDirectory={jar.parent}"]
        run(["mvn", "--quiet", "--batch-mode", *arguments], _INSTALL_SECONDS)
    return jar


def run(command: list[str], seconds: float, folder: Path | None = None) -> None:
    """Run a command to its end; raise CannotRunError when it fails or takes too long."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=seconds, cwd=folder, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise CannotRunError(f"{command[0]}: {error}") from error
    if done.returncode:
        raise CannotRunError(f"{' '.join(command[:4])} …: {(done.stderr or done.stdout).strip()[-300:]}")

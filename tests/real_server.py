"""A server in processes of its own, as a person would start it: what tests over HTTP talk to.

Comes in: a state folder, or nothing but the checkout. Goes out: a server that answers as long as the context lasts.
"""

import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from .real_release import ROOT, command, environment, real_release

START_SECONDS = 60.0


@dataclass(frozen=True)
class Running:
    """A server, its address and its process."""

    port: int
    process: "subprocess.Popen[bytes]"
    log: Path

    @property
    def url(self) -> str:
        """The address of the server."""
        return f"http://127.0.0.1:{self.port}/"

    def get(self, path: str, headers: dict[str, str] | None = None, seconds: float = 20.0) -> tuple[int, str]:
        """Ask for a path: the status, and the entity tag or, where there is none, the body."""
        request = urllib.request.Request(self.url + path, headers=headers or {})
        try:
            with urllib.request.urlopen(request, timeout=seconds) as answer:
                body = answer.read().decode()
                return answer.status, answer.headers["ETag"] or body
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def metric(self, name: str) -> float:
        """The value of a metric; 0 where it has not been counted yet."""
        lines = self.get("metrics")[1].splitlines()
        return next((float(line.rpartition(" ")[2]) for line in lines if line.startswith(f"{name} ")), 0.0)

    def answering(self) -> int:
        """The process that answers, which the started one has started."""
        for child in children(self.process.pid):
            if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes():
                return child
        raise AssertionError("no process answers")


@contextmanager
def started(arguments: list[str], port: int, log: Path, **more: str) -> Iterator[Running]:
    """Start a server by its command, wait until it answers, stop it in the end."""
    with log.open("wb") as output:
        process = subprocess.Popen(arguments, stdout=output, stderr=output, env=environment(**more), cwd=ROOT)
        running = Running(port, process, log)
        try:
            until(lambda: process.poll() is not None or running.get("ready")[0] == 200)
            assert process.poll() is None, log.read_text(errors="replace")
            yield running
        finally:
            process.terminate()
            process.wait(timeout=30)


@contextmanager
def serve(
    state: Path, log: Path, *options: str, port: int = 0, settings: Mapping[str, str] = MappingProxyType({})
) -> Iterator[Running]:
    """Run `tulieu serve` over a state folder; settings by their names in the environment."""
    port = port or free_port()
    arguments = command("serve", "--state", str(state), "--port", str(port), *options)
    with started(arguments, port, log, **settings) as running:
        yield running


@contextmanager
def real_server(log: Path) -> Iterator[str]:
    """Serve the real release; give its address."""
    with serve(real_release().folder.parents[1], log) as running:
        yield running.url


@contextmanager
def own_names(log: Path) -> Iterator[Running]:
    """Serve the real knowledge under names that lead to this server: its base IRI is its own address."""
    with socket.socket() as holder:
        # Bound and not listening: nobody takes the port while the release is built for it.
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        holder.bind(("127.0.0.1", 0))
        port = int(holder.getsockname()[1])
        base = f"http://127.0.0.1:{port}/"
        state = real_release(base).folder.parents[1]
    # Said again here: `serve` would build anew for the common base.
    with serve(state, log, "--base-iri", base, port=port) as running:
        yield running


def children(pid: int) -> list[int]:
    """The processes that a process has started, by whichever of its threads."""
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        return [int(child) for task in tasks for child in (task / "children").read_text().split()]
    except OSError:
        return []


def until(holds: Callable[[], bool], seconds: float = START_SECONDS) -> None:
    """Wait for something to come true; only a test that fails waits so long."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if holds():
                return
        except OSError:
            # Nobody listens yet, or no longer.
            pass
        time.sleep(0.05)
    raise AssertionError("it did not come about")


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])

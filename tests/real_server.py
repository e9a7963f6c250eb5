"""The real release, served as a person would: what tests of clients talk to.

Comes in: nothing but the checkout. Goes out: the address of a `tulieu serve` that runs as long as the context does.
"""

import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .real_release import command, environment, real_release

START_SECONDS = 60


@contextmanager
def real_server(log: Path) -> Iterator[str]:
    """Serve the real release on a free port; give its address when it answers."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    url = f"http://127.0.0.1:{port}/"
    state = real_release().folder.parents[1]
    arguments = ("serve", "--state", str(state), "--port", str(port))
    with log.open("wb") as output:
        server = subprocess.Popen(command(*arguments), stdout=output, stderr=output, env=environment())
        try:
            _wait(url, server, log)
            yield url
        finally:
            server.terminate()
            server.wait(timeout=20)


def _wait(url: str, server: "subprocess.Popen[bytes]", log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and server.poll() is None:
        try:
            with urllib.request.urlopen(url):
                return
        # Not there yet, or not yet able to answer; URLError is an OSError too.
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"{url} did not answer:\n{log.read_text(encoding='utf-8')}")

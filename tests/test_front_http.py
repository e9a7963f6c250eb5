"""The front on a real server: what no client can mistake, and what survives the death of a process."""

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest

from tulieu.release import MANIFEST, find_current, switch

from .real_release import real_release
from .real_server import Running, free_port, serve, started, until
from .small_application import NOTE, ROWS

QUERY = "sparql?query=" + quote("SELECT ?s WHERE { ?s ?p ?o } ORDER BY ?s LIMIT 3")
needs_proc = pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="looks for processes in /proc")


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Running]:
    """A front over the small application, on the server that we use."""
    port = free_port()
    target = ["--interface", "asgi", "--factory", "--port", str(port), "tests.small_application:create_front"]
    more = {NOTE: str(tmp_path / "note")}
    with started([sys.executable, "-m", "granian", *target], port, tmp_path / "small.log", **more) as running:
        yield running


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """A state folder with the real release, to be changed."""
    return Path(shutil.copytree(real_release().folder.parents[1], tmp_path / "state", symlinks=True))


@pytest.fixture
def real(state: Path, tmp_path: Path) -> Iterator[Running]:
    """The server as `tulieu serve` starts it."""
    with serve(state, tmp_path / "serve.log") as running:
        yield running


def test_no_client_takes_a_broken_answer_for_a_whole_one(small: Running) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", small.port, timeout=20)
    connection.request("GET", "/sparql?query=breaks")
    answer = connection.getresponse()
    assert answer.status == 200
    with pytest.raises(http.client.IncompleteRead):
        answer.read()
    connection.close()
    with pytest.raises(http.client.IncompleteRead):
        small.get("sparql?query=breaks")
    with socket.create_connection(("127.0.0.1", small.port), timeout=20) as raw:
        raw.sendall(b"GET /sparql?query=breaks HTTP/1.1\r\nHost: a.example\r\n\r\n")
        received = b"".join(iter(lambda: raw.recv(4096), b""))
    assert b"first part\n" in received
    assert not received.endswith(b"0\r\n\r\n"), "the last chunk would say that this was all"
    if shutil.which("curl"):
        url = f"http://127.0.0.1:{small.port}/sparql?query=breaks"
        done = subprocess.run(["curl", "-sS", url], capture_output=True, check=False)
        assert done.returncode == 18, "curl: transfer closed with outstanding read data remaining"
    # A client of HTTP/1.0 could not tell; so it gets the answer once it is whole, or the failure.
    for word, status in (("breaks", b"504"), ("streams", b"200")):
        with socket.create_connection(("127.0.0.1", small.port), timeout=20) as raw:
            raw.sendall(f"GET /sparql?query={word} HTTP/1.0\r\n\r\n".encode())
            received = b"".join(iter(lambda: raw.recv(65536), b""))
        head, _, body = received.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.0 " + status)
        assert f"content-length: {len(body)}".encode() in head
    # A whole one, the same way, is taken for one.
    assert small.get("sparql?query=streams")[0] == 200


def test_who_leaves_before_the_first_byte_is_noticed(small: Running, tmp_path: Path) -> None:
    with socket.create_connection(("127.0.0.1", small.port), timeout=20) as raw:
        raw.sendall(b"GET /sparql?query=waits HTTP/1.1\r\nHost: a.example\r\n\r\n")
        time.sleep(0.3)
    note = tmp_path / "note"
    until(lambda: note.exists() and note.read_text() == "left", 5.0)


def test_an_answer_on_its_way_ends_before_the_server_does(small: Running) -> None:
    got: list[bytes] = []

    def ask() -> None:
        with urllib.request.urlopen(f"http://127.0.0.1:{small.port}/sparql?query=slow", timeout=20) as answer:
            got.append(answer.read())

    thread = threading.Thread(target=ask)
    thread.start()
    time.sleep(0.4)
    small.process.terminate()
    thread.join()
    assert got == [f"slow in {ROWS}".encode()]
    assert small.process.wait(timeout=20) == 0


def test_a_repeated_query_reaches_neither_application_nor_query_process(real: Running) -> None:
    tags = {real.get(QUERY)[1] for _ in range(5)}
    (tag,) = tags
    assert real.get(QUERY, {"If-None-Match": tag})[0] == 304
    assert real.metric('tulieu_answers_total{route="sparql",status="200",source="application"}') == 1
    assert real.metric('tulieu_answers_total{route="sparql",status="200",source="kept"}') == 4
    assert real.metric('tulieu_queries_ended_total{ended="done"}') == 1


@needs_proc
def test_a_killed_process_is_replaced_however_often(real: Running) -> None:
    tag = real.get(QUERY)[1]
    for _ in range(3):
        killed = real.answering()
        os.kill(killed, signal.SIGKILL)
        # Not refused meanwhile: the connection waits for the process that comes.
        assert real.get(QUERY) == (200, tag)
        assert real.answering() != killed
    assert real.process.poll() is None
    assert real.get(QUERY, {"If-None-Match": tag})[0] == 304, "tags outlive the process that gave them"


@needs_proc
def test_no_process_is_left_behind_when_the_first_one_is_killed(real: Running) -> None:
    answering = real.answering()
    real.process.kill()
    until(lambda: not Path(f"/proc/{answering}").exists(), 10.0)
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", real.port), timeout=5)


@needs_proc
def test_a_hangup_replaces_the_process_without_losing_a_request(real: Running) -> None:
    before = real.answering()
    with asking(real, "browse") as statuses:
        real.process.send_signal(signal.SIGHUP)
        until(lambda: not Path(f"/proc/{before}").exists(), 30.0)
    assert set(statuses) == {200}
    assert len(statuses) > 5


def test_a_new_release_is_served_without_a_failed_request(real: Running, state: Path) -> None:
    first = find_current(state)
    tag = real.get(QUERY)[1]
    folder = Path(shutil.copytree(first.folder, state / "releases" / f"29{first.id[2:]}"))
    manifest = json.loads((folder / MANIFEST).read_text())
    (folder / MANIFEST).write_text(json.dumps({**manifest, "id": folder.name}))
    with asking(real, "browse") as pages, asking(real, QUERY + "&" + "x" * 3) as queries:
        switch(state, folder)
        until(lambda: json.loads(real.get("ready")[1])["release"] == folder.name)
        time.sleep(0.5)
    assert {*pages, *queries} == {200}
    status, new_tag = real.get(QUERY, {"If-None-Match": tag})
    assert (status, new_tag != tag) == (200, True), "what was kept of the old release is not given as the new one's"
    assert real.metric("tulieu_release_switches_total") == 1


@contextmanager
def asking(running: Running, path: str) -> Iterator[list[int]]:
    """Ask for a path again and again, each time anew and not from what is kept; the statuses, 0 for no answer."""
    statuses: list[int] = []
    is_over = threading.Event()

    def ask() -> None:
        number = 0
        while not is_over.is_set():
            number += 1
            try:
                statuses.append(running.get(f"{path}{'&' if '?' in path else '?'}number={number}")[0])
            except OSError:
                statuses.append(0)

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        yield statuses
    finally:
        is_over.set()
        thread.join()

import ast
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tulieu.errors import MemoryLimitError, QueryError, WorkerDiedError
from tulieu.release import Release
from tulieu.sparql import frames
from tulieu.sparql.frames import FrameReader, pack, pack_json, unpack_json
from tulieu.sparql.process import ProcessLimits, WorkerProcess

from .processes import MEBIBYTE, is_running, job, paths_of, processor_seconds, wait_until

PACKAGE = Path(__file__).parents[2] / "server" / "tulieu"


@pytest.fixture
def worker(sample: Release) -> Iterator[WorkerProcess]:
    worker = WorkerProcess(paths_of(sample), ProcessLimits(memory=512 * MEBIBYTE))
    assert receive(worker, 1)[0][0] == frames.READY
    yield worker
    worker.kill()
    wait_until(lambda: not worker.is_alive())
    worker.dispose()


def receive(worker: WorkerProcess, count: int) -> list[frames.Frame]:
    arrived: list[frames.Frame] = []
    while len(arrived) < count:
        arrived += worker.receive(30.0) or pytest.fail("the query process says nothing")
    return arrived


def test_frames_come_out_as_they_went_in_however_they_are_cut() -> None:
    written = [(frames.HEAD, b'{"kind": "rows"}'), (frames.DATA, b""), (frames.DATA, b"x" * 70_000)]
    stream = b"".join(pack(kind, payload) for kind, payload in written)
    for size in (1, 3, 5, 8_192, len(stream)):
        reader = FrameReader()
        read = [frame for at in range(0, len(stream), size) for frame in reader.feed(stream[at : at + size])]
        assert read == written


def test_any_text_passes_through_a_frame() -> None:
    query = "\x00\ud800\U0001f600 ệ"
    ((_, payload),) = FrameReader().feed(pack_json(frames.JOB, {"query": query}))
    assert unpack_json(payload) == {"query": query}


def test_a_process_is_confined_and_answers_one_query_after_the_other(worker: WorkerProcess) -> None:
    for _ in range(2):
        worker.send(job("ASK {}").message())
        kinds = [kind for kind, _ in receive(worker, 3)]
        assert kinds == [frames.HEAD, frames.DATA, frames.END]


def test_a_process_knows_nothing_of_the_servers_environment(sample: Release, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_SECRET", "of the server")
    worker = WorkerProcess(paths_of(sample), ProcessLimits())
    try:
        receive(worker, 1)
        told = Path(f"/proc/{worker.pid}/environ").read_bytes()
        assert b"PYTHONPATH" in told
        assert b"SECRET" not in told
        # Standard input, output and error, its socket, and the files of its store: nothing else of the server's.
        held = {os.readlink(each) for each in Path(f"/proc/{worker.pid}/fd").iterdir()}
        ours = [each for each in held if not each.startswith((str(sample.folder), "socket:", "pipe:", "/dev/null"))]
        assert ours == []
        assert sum(each.startswith("socket:") for each in held) == 1
    finally:
        worker.kill()
        wait_until(lambda: not worker.is_alive())
        worker.dispose()


def test_a_process_ends_with_the_server_also_in_the_midst_of_a_query(sample: Release) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        number = theirs.fileno()
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
        command = [sys.executable, "-m", "tulieu.sparql.worker", str(number)]
        with subprocess.Popen(command, pass_fds=(number,), env=environment) as process:
            theirs.close()
            opening = {"store": str(sample.store_path), "search": str(sample.search_path)}
            ours.sendall(pack_json(frames.OPEN, {**opening, "memory": 512 * MEBIBYTE, "stack": 64 * MEBIBYTE}))
            assert ours.recv(4096)[:1] == frames.READY
            ours.sendall(job("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }").message())
            # An aggregate is worked out before the answer has a head: what shows that it is under way is its work.
            assert wait_until(lambda: processor_seconds(process.pid) > 0.5)
            ours.close()
            assert process.wait(10) == 0


def test_a_wait_ends_at_once_when_the_process_is_ended(worker: WorkerProcess) -> None:
    worker.kill()
    with pytest.raises(EOFError):
        worker.receive()
    assert wait_until(lambda: not is_running(worker.pid))


def test_a_death_is_told_by_its_cause(worker: WorkerProcess) -> None:
    os.kill(worker.pid, signal.SIGSEGV)
    told = worker.explain_death()
    assert isinstance(told, WorkerDiedError)
    assert not told.was_killed
    assert "nested too deeply" in str(told)


def test_a_death_from_outside_is_no_fault_of_the_query(worker: WorkerProcess) -> None:
    os.kill(worker.pid, signal.SIGKILL)
    told = worker.explain_death()
    assert isinstance(told, WorkerDiedError)
    assert told.was_killed


def test_a_death_for_want_of_memory_names_the_limit(worker: WorkerProcess) -> None:
    doubling = " ".join(f"BIND(CONCAT(?x{number}, ?x{number}) AS ?x{number + 1})" for number in range(36))
    worker.send(job(f"SELECT (STRLEN(?x36) AS ?n) {{ BIND('0123456789' AS ?x0) {doubling} }}").message())
    with pytest.raises(EOFError):
        receive(worker, 99)
    told = worker.explain_death()
    assert isinstance(told, MemoryLimitError)
    assert isinstance(told, QueryError)
    assert "512 MiB" in str(told)


def test_a_process_loads_little() -> None:
    """What a query process imports, through all modules, is small: it starts often."""
    reached: set[str] = set()
    libraries: set[str] = set()
    waiting = ["tulieu.sparql.worker"]
    while waiting:
        module = waiting.pop()
        if module in reached:
            continue
        reached.add(module)
        path = PACKAGE.parent.joinpath(*module.split(".")).with_suffix(".py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                inner = [f"{node.module}.{alias.name}" for alias in node.names]
                names = [
                    each if PACKAGE.parent.joinpath(*each.split(".")).with_suffix(".py").exists() else str(node.module)
                    for each in inner
                ]
            waiting += [name for name in names if name.startswith("tulieu")]
            libraries |= {name.split(".")[0] for name in names} - set(sys.stdlib_module_names) - {"tulieu"}
    assert libraries == {"pyoxigraph"}
    assert not reached & {"tulieu.store", "tulieu.vocabulary"}

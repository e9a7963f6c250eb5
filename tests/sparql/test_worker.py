import ast
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pyoxigraph
import pytest

from tulieu.errors import MemoryLimitError, QueryError, WorkerDiedError
from tulieu.formats import ROW_FORMATS, format_named
from tulieu.release import Release
from tulieu.sparql import frames
from tulieu.sparql import worker as worker_module
from tulieu.sparql.frames import FrameReader, pack, pack_job, pack_json, unpack_job, unpack_json
from tulieu.sparql.functions import FUNCTIONS
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
    ((_, payload),) = FrameReader().feed(pack_job({"query": query}))
    assert unpack_job(payload) == {"query": query}


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


def test_short_memory_in_a_function_of_ours_ends_the_query_and_gives_no_empty_value(
    sample: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise MemoryError

    name = pyoxigraph.NamedNode("http://example.org/fails")
    monkeypatch.setattr(worker_module, "custom_functions", lambda _: {name: fails})
    server_end, process_end = socket.socketpair()
    with server_end, process_end:
        desk = worker_module._Desk(process_end, pyoxigraph.Store(), sample.search_path, 512 * MEBIBYTE)
        for query in (
            f"SELECT ({name}(?x) AS ?y) {{ VALUES ?x {{ 1 2 }} }}",
            f"ASK {{ FILTER(!BOUND(?x) || {name}(?x)) VALUES ?x {{ 1 }} }}",
            f"CONSTRUCT {{ ?x ?x ?y }} WHERE {{ BIND({name}(1) AS ?y) BIND(<http://example.org/x> AS ?x) }}",
        ):
            desk._answer(unpack_job(FrameReader().feed(job(query).message())[0][1]))
            frame = FrameReader().feed(server_end.recv(65_536))[-1]
            assert frame[0] == frames.FAILURE, query
            assert unpack_json(frame[1])["reason"] == "memory"


def test_a_function_that_is_not_there_is_named_together_with_those_that_are(worker: WorkerProcess) -> None:
    worker.send(job("SELECT (<http://example.org/none>(1) AS ?x) {}").message())
    kind, payload = receive(worker, 1)[-1]
    assert kind == frames.FAILURE
    text = unpack_json(payload)["text"]
    assert "<http://example.org/none>" in text
    for function in FUNCTIONS:
        assert f"<{function.iri}>" in text


@pytest.mark.parametrize("name", ["json", "xml", "csv", "tsv"])
def test_the_end_tells_the_rows_whatever_stands_in_their_texts(worker: WorkerProcess, name: str) -> None:
    texts = ("{", ",{", '},{\\"x', "[{", "}},{", "<result>", "a\\nb", '\\"\\n', '\\"}},{\\"x')
    values = " ".join(f'("{text}" 1)' for text in texts * 700)
    for number in (0, 1, 6_299):
        query = f"SELECT ?x ?y {{ VALUES (?x ?y) {{ {values} }} }} LIMIT {number}"
        worker.send(replace(job(query), formats={"rows": format_named(name, ROW_FORMATS)}).message())
        arrived: list[frames.Frame] = []
        while not arrived or arrived[-1][0] != frames.END:
            arrived += receive(worker, 1)
        assert unpack_json(arrived[-1][1])["rows"] == number

"""What a query process may not do: tried in a process that confines itself in the same way."""

import os
import platform
import socket
import struct
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tulieu.errors import QueryError
from tulieu.release import Release
from tulieu.sparql.confinement import REFUSED_CALLS, write_filter
from tulieu.sparql.pool import QueryPool

from .processes import MEBIBYTE, job, open_pool

CONFINED = sys.platform == "linux" and platform.machine() in ("x86_64", "aarch64")
BEGIN = """
import ctypes, os, resource, socket, subprocess, sys, threading
from tulieu.sparql.confinement import *
assert refuse_system_calls() == ""
forbid_writing()
def refused(call, error=PermissionError):
    try:
        call()
    except error:
        return
    raise SystemExit(f"{call} was not refused")
"""
pytestmark = pytest.mark.skipif(not CONFINED, reason="seccomp is the kernel's of Linux, for the machines of the table")


def run_confined(code: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    return subprocess.run(
        [sys.executable, "-c", BEGIN + code], env=environment, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.parametrize(
    "code",
    [
        "refused(socket.socket)",
        "refused(socket.socketpair)",
        "refused(lambda: socket.create_connection(('127.0.0.1', 1)))",
        "refused(os.fork)",
        "refused(lambda: os.execv('/bin/true', ['true']))",
        "refused(lambda: subprocess.run(['/bin/true']))",
        "refused(lambda: os.posix_spawn('/bin/true', ['true'], {}))",
        "refused(lambda: os.kill(os.getppid(), 0))",
        "refused(lambda: os.pidfd_open(os.getpid()))",
        # io_uring_setup carries out calls that the filter would not see.
        "assert ctypes.CDLL(None, use_errno=True).syscall(425, 8, 0) == -1 and ctypes.get_errno() == 1",
        "refused(lambda: open('/tmp/tulieu-written', 'w').write('x' * 100000), OSError)",
        "assert resource.getrlimit(resource.RLIMIT_CORE) == (0, 0)",
        # In a thread made later, too; and threads can be made.
        "thread = threading.Thread(target=refused, args=(os.fork,)); thread.start(); thread.join()",
        "limit_memory(100 << 20, 0); refused(lambda: bytes(200 << 20), MemoryError); bytes(50 << 20)",
    ],
)
def test_a_confined_process_is_refused(code: str) -> None:
    done = run_confined(code)
    assert (done.returncode, done.stderr) == (0, "")


def test_what_is_needed_goes_on_working() -> None:
    code = "print(sum(1 for _ in open('/proc/self/maps')) > 0, sys.version_info > (3, 0))"
    assert run_confined(code).stdout == "True True\n"


def test_a_confined_process_is_ended_when_it_aborts() -> None:
    assert run_confined("os.abort()").returncode == -6


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_the_filter_lets_through_what_it_does_not_know_and_stops_all_of_the_table(machine: str) -> None:
    column, architecture = {"x86_64": (1, 0xC000003E), "aarch64": (2, 0xC00000B7)}[machine]
    code = write_filter(machine)
    refused = [row[column] for row in REFUSED_CALLS if row[column] is not None]
    assert len(refused) == len(set(refused)) >= 27
    for number in refused:
        assert evaluate(code, architecture, int(number or 0)) == 0x0005_0001
    assert evaluate(code, architecture, 0) == 0x7FFF_0000
    assert evaluate(code, 1, 0) == 0x8000_0000
    assert evaluate(code, architecture, 0x4000_0001) == 0x0005_0001
    assert evaluate(code, architecture, 435) == 0x0005_0026
    clone = {"x86_64": 56, "aarch64": 220}[machine]
    assert evaluate(code, architecture, clone, 0x0001_0000) == 0x7FFF_0000
    assert evaluate(code, architecture, clone, 17) == 0x0005_0001


def evaluate(code: bytes, architecture: int, call: int, argument: int = 0) -> int:
    """Carry out a filter as the kernel does."""
    data = struct.pack("=IIQQ", call, architecture, 0, argument)
    instructions = list(struct.iter_unpack("=HBBI", code))
    place = accumulator = 0
    while True:
        operation, if_true, if_false, value = instructions[place]
        place += 1
        if operation == 0x06:
            return int(value)
        if operation == 0x20:
            accumulator = struct.unpack_from("=I", data, value)[0]
        else:
            holds = {0x15: accumulator == value, 0x35: accumulator >= value, 0x45: bool(accumulator & value)}[operation]
            place += if_true if holds else if_false


@pytest.fixture(scope="module")
def pool(sample: Release) -> Iterator[QueryPool]:
    with open_pool(sample, 1) as pool:
        yield pool


@pytest.mark.parametrize(
    "query",
    [
        "ASK {{ SERVICE <{0}> {{ ?s ?p ?o }} }}",
        "SELECT * {{ SERVICE SILENT <{0}> {{ ?s ?p ?o }} }}",
        "ASK {{ FILTER EXISTS {{ service <{0}> {{ ?s ?p ?o }} }} }}",
        "DESCRIBE ?s {{ SERVICE <{0}> {{ ?s ?p ?o }} }}",
        "CONSTRUCT {{ ?s ?p ?o }} {{ {{ SELECT * {{ SERVICE <{0}> {{ ?s ?p ?o }} }} }} }}",
        "SELECT * {{ VALUES ?x {{ <{0}> }} SERVICE ?x {{ ?s ?p ?o }} }}",
        "ASK FROM <{0}> {{ ?s ?p ?o }}",
        "ASK FROM NAMED <{0}> {{ GRAPH ?g {{ ?s ?p ?o }} }}",
        "ASK FROM <file:///etc/passwd> {{ ?s ?p ?o }}",
        "LOAD <{0}>",
    ],
)
def test_no_query_reaches_the_network_even_past_the_gate(pool: QueryPool, query: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.2)
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/sparql"
        try:
            body = pool.run(job(query.format(address))).read()
        except QueryError:
            body = b""
        assert b"root:" not in body
        with pytest.raises(TimeoutError):
            listener.accept()


def test_the_query_process_holds_to_its_memory_and_says_so(sample: Release) -> None:
    with open_pool(sample, 1, 300 * MEBIBYTE) as pool, pytest.raises(QueryError, match="300 MiB"):
        pool.run(job("SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY ?f", 60)).read()

"""A query process, seen from the server: start it, talk to it, end it, say why it ended.

Comes in: where the store of a release lies, and what a process may use. Goes out: a `WorkerProcess` that takes frames
(`frames`) and gives frames. Started by exec, so that it inherits no thread, no lock and no descriptor of the server but
its own socket. Safe to end from another thread while one waits for its frames: the wait then ends at once.
"""

import contextlib
import os
import select
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from tulieu.errors import MemoryLimitError, QueryError, WorkerDiedError
from tulieu.sparql import frames

_MEBIBYTE = 1024 * 1024
_PIECE = 256 * 1024
# How long the death of a process may take to be told, once its socket is closed.
_BURIAL_SECONDS = 2.0
_LAST_WORDS = 4096
# What the engine's and the C++ library's allocators say before they end the process.
_OUT_OF_MEMORY = (b"memory allocation", b"bad_alloc", b"MemoryError", b"out of memory")
# A process needs nothing of the server's environment but where libraries are; secrets stay here.
_HANDED_ON = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "PYTHONHOME", "PYTHONDONTWRITEBYTECODE", "TMPDIR")


@dataclass(frozen=True)
class ReleasePaths:
    """Where a release keeps what a query needs."""

    store: Path
    search: Path


@dataclass(frozen=True)
class ProcessLimits:
    """What one process may use; the stack is the part of the memory that nesting may take."""

    memory: int = 1024 * _MEBIBYTE
    # Carries whatever 20,000 words and signs can nest (measured: 32 MiB do not).
    stack: int = 64 * _MEBIBYTE


class WorkerProcess:
    """One query process; it answers one query after the other until it is ended."""

    def __init__(self, paths: ReleasePaths, limits: ProcessLimits) -> None:
        """Start the process; it is ready once it has said so."""
        self.paths = paths
        # Somebody waits for its frames: its socket must not be closed yet.
        self.is_awaited = False
        self._limits = limits
        self._reader = frames.FrameReader()
        self._socket, theirs = socket.socketpair()
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "tulieu.sparql.worker", str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                close_fds=True,
                pass_fds=(theirs.fileno(),),
                env=_environment(),
            )
        except BaseException:
            self._socket.close()
            raise
        finally:
            theirs.close()
        self.started = time.monotonic()
        # Readable once the process is dead; None where the system has no such thing.
        self.death: int | None = os.pidfd_open(self._process.pid) if hasattr(os, "pidfd_open") else None
        opening = {"store": str(paths.store), "search": str(paths.search)}
        with contextlib.suppress(OSError):
            self.send(frames.pack_json(frames.OPEN, {**opening, "memory": limits.memory, "stack": limits.stack}))

    @property
    def pid(self) -> int:
        """The process, as the system names it."""
        return self._process.pid

    def fileno(self) -> int:
        """The server's end of the socket, for a poll."""
        return self._socket.fileno()

    def send(self, message: bytes) -> None:
        """Send a frame; raise OSError when the process is gone."""
        self._socket.sendall(message)

    def receive(self, seconds: float | None = None) -> list[frames.Frame] | None:
        """Wait for frames: some, or none of them whole yet, or, when the time is over, None; EOFError at the end."""
        if seconds is not None and not _is_readable(self._socket, seconds):
            return None
        try:
            piece = self._socket.recv(_PIECE)
        except OSError:
            piece = b""
        if not piece:
            raise EOFError
        return self._reader.feed(piece)

    def is_alive(self) -> bool:
        """Say whether the process still runs."""
        return self._process.poll() is None

    def kill(self) -> None:
        """End the process at once, and every wait for it."""
        self._process.kill()
        # Not close: another thread may be waiting, and the number could be given to another file under its hands.
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def dispose(self) -> None:
        """Let go of a process that is dead; nobody waits for it any more."""
        self._socket.close()
        if self.death is not None:
            os.close(self.death)
        if self._process.stderr:
            self._process.stderr.close()

    def explain_death(self) -> QueryError:
        """Say why the process ended without having been told to."""
        try:
            code = self._process.wait(_BURIAL_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            code = self._process.wait()
        words = self.last_words()
        if any(each in words for each in _OUT_OF_MEMORY):
            return memory_error(self._limits.memory)
        if code in (-signal.SIGSEGV, -signal.SIGBUS):
            return WorkerDiedError(
                "The query ended the process that carried it out: it is nested too deeply or too complex. "
                "Write it flatter."
            )
        if code == -signal.SIGKILL:
            return WorkerDiedError(
                "The process that carried out the query was ended from outside, as happens when the machine has no "
                "memory left. Send the query again.",
                was_killed=True,
            )
        told = words.decode("utf-8", "replace").strip().splitlines()
        return WorkerDiedError(
            f"The query ended the process that carried it out (exit {code}{': ' + told[-1] if told else ''}). "
            "Write it in another way."
        )

    def last_words(self) -> bytes:
        """What the process wrote to standard error; asked once it is dead."""
        pipe = self._process.stderr
        if not pipe or pipe.closed or not _is_readable(pipe.fileno(), 0.0):
            return b""
        return os.read(pipe.fileno(), _LAST_WORDS)


def memory_error(limit: int) -> MemoryLimitError:
    """Tell the author of a query that it needs too much memory."""
    return MemoryLimitError(
        f"The query needed more memory than its limit of {limit // _MEBIBYTE} MiB. Ask for less: fewer rows to sort, "
        "group or keep apart, or a narrower pattern."
    )


def _environment() -> dict[str, str]:
    return {
        **{name: os.environ[name] for name in _HANDED_ON if name in os.environ},
        # The same modules as here, in a checkout or wherever they were installed, and nothing from the working folder.
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if os.path.isabs(path)),
        "PYTHONUTF8": "1",
        # Each arena of the C library takes 64 MiB of addresses, which count as memory.
        "MALLOC_ARENA_MAX": "2",
    }


def _is_readable(file: socket.socket | int, seconds: float) -> bool:
    poll = select.poll()
    poll.register(file, select.POLLIN)
    return bool(poll.poll(max(seconds, 0.0) * 1000))

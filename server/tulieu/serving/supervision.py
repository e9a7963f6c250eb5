"""The server process kept alive: https://github.com/emmett-framework/granian

Comes in: the settings. Goes out: a server that runs until it is told to stop. This process holds the socket and starts
the one that answers; when that one ends, another takes its place, and connections that come in between wait for it.
Signals: SIGTERM and SIGINT stop the server once its answers are complete; SIGHUP replaces the process that answers,
which then reads its code anew, without losing a request.
"""

import multiprocessing
import os
import socket
import time
from multiprocessing.reduction import DupFd
from typing import Any

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.net import SocketHolder  # type: ignore[attr-defined]
from granian.server import MPServer

from tulieu.errors import SettingsError
from tulieu.settings import Settings, to_environment

FRONT = "tulieu.front:create_front"
# Connections that are held at once, and as many that wait; the front says which requests of theirs must wait.
_CONNECTIONS = 1024
# Answers on their way when the server stops have so long to end.
_STOP_SECONDS = 15
# A process that ends is replaced at once; one that ends on average every second for so long is beyond help.
_RESPAWN_SECONDS = 30
# Granian writes its log to standard output unless told otherwise.
_LOG = {
    "handlers": {
        name: {"class": "logging.StreamHandler", "formatter": formatter, "stream": "ext://sys.stderr"}
        for name, formatter in (("console", "generic"), ("access", "access"))
    }
}


def take_address(host: str, port: int) -> socket.socket:
    """Take the address before anything is built; raise SettingsError when it cannot be had.

    Nobody is let in yet: until there is something to answer, a client is better off with a refusal.
    """
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        message = f"{host} port {port}: cannot listen here ({error.strerror or error}); choose another with --port"
        raise SettingsError(message) from error
    return listener


def serve(settings: Settings, listener: socket.socket) -> None:
    """Serve until told to stop."""
    # The process that answers reads its settings as every server does: from the environment.
    os.environ.update(to_environment(settings))
    # Started by exec: what building has left in this process (threads of the store among it) is not copied.
    multiprocessing.set_start_method("spawn", force=True)
    listener.listen(_CONNECTIONS)
    _Server(listener, settings).serve()


class _Server(MPServer):
    """Granian, with a socket that stays open while a process is replaced, and with more patience."""

    def __init__(self, listener: socket.socket, settings: Settings) -> None:
        super().__init__(
            FRONT,
            address=settings.host,
            port=settings.port,
            interface=Interfaces.ASGI,
            # One, so that every limit, budget and counter is exact; a second one gained nothing (design, section 5).
            workers=1,
            respawn_failed_workers=True,
            workers_kill_timeout=_STOP_SECONDS,
            backlog=_CONNECTIONS,
            backpressure=_CONNECTIONS,
            websockets=False,
            factory=True,
            log_level=LogLevels.warning,
            log_dictconfig=_LOG,
        )
        self._listener = listener
        self.respawned_wrks = _Respawns()

    def _init_shared_socket(self) -> None:
        """Share one socket, where Granian would let each process listen for itself and refuse all while none does."""
        self._ssp, self._sso = None, None
        self._shd = _SharedSocket(self._listener)  # type: ignore[assignment]


class _SharedSocket:
    """A socket that reaches another process as what Granian expects there."""

    def __init__(self, listener: socket.socket) -> None:
        self._listener = listener

    def __reduce__(self) -> tuple[Any, ...]:
        return _take_socket, (DupFd(self._listener.fileno()),)


def _take_socket(handed_over: Any) -> SocketHolder:
    return SocketHolder(handed_over.detach(), False, _CONNECTIONS)  # type: ignore[call-arg]


class _Respawns(dict[int, float]):
    """When Granian last replaced a process; it gives up on one that ends within 5.5 s of that.

    So little is no proof of a broken server: it is what somebody does who kills its processes. It is given up only when
    that happens again and again.
    """

    def __init__(self) -> None:
        super().__init__()
        self._ends: list[float] = []

    def get(self, index: int, default: float = 0.0) -> float:  # type: ignore[override]
        """Say when a process was replaced last, or nothing as long as that may pass."""
        now = time.monotonic()
        self._ends = [*(end for end in self._ends if now - end < _RESPAWN_SECONDS), now]
        return super().get(index, default) if len(self._ends) > _RESPAWN_SECONDS else default

"""The HTTP server process: Granian, around the application.

Comes in: `Settings`. Goes out: nothing, until someone ends it. The application knows no server: `tulieu.app` runs under
any that speaks WSGI.
"""

import os
import socket

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from tulieu.errors import SettingsError
from tulieu.settings import SETTINGS, Settings

# Requests that are answered at once; others wait. One query can keep a core busy, so many more would help nobody.
_THREADS = 16
# Granian writes its log to standard output unless told otherwise.
_LOG = {
    "handlers": {
        name: {"class": "logging.StreamHandler", "formatter": formatter, "stream": "ext://sys.stderr"}
        for name, formatter in (("console", "generic"), ("access", "access"))
    }
}


def require_free(host: str, port: int) -> None:
    """Raise SettingsError if the address cannot be had; Granian would say so in a trace of its own."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as listener:
        # A port that a server has just left is free, as it is for Granian.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError as error:
            message = f"{host} port {port}: cannot listen here ({error.strerror or error}); choose another with --port"
            raise SettingsError(message) from error


def run_server(settings: Settings) -> None:
    """Serve until the process is ended; a worker that dies is started again."""
    # The worker is a process of its own and reads its settings as every server does: from the environment.
    os.environ.update({setting.env: str(getattr(settings, setting.name)) for setting in SETTINGS})
    Granian(
        "tulieu.app:create_app",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        factory=True,
        workers=1,
        respawn_failed_workers=True,
        blocking_threads=_THREADS,
        backpressure=_THREADS,
        # Not its warnings: it holds more than twice as many threads as cores to be a mistake.
        log_level=LogLevels.error,
        log_dictconfig=_LOG,
    ).serve()

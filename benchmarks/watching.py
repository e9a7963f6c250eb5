"""The processes of the servers that are measured: whether they still work, how much memory they had, how they ended.

Comes in: peers that run. Goes out: waiting until one rests; what became of one that ended. Only Linux can tell, from
`/proc`; elsewhere a peer never rests and its memory is unknown.
"""

import threading
import time
from pathlib import Path

from benchmarks.peers import Peer

# How long a server may go on with what nobody waits for.
IDLE_SECONDS = 15.0
# A process that used no more than so many hundredths of a second in such a pause does nothing for anybody.
_IDLE_PAUSE, _IDLE_TICKS = 0.3, 5
_LOOK_SECONDS = 0.5
_PEAK = "VmHWM:"


def wait_until_idle(peer: Peer, seconds: float = IDLE_SECONDS) -> bool:
    """Wait until a peer's process uses no processor any more; say whether it came to that."""
    status = Path(f"/proc/{peer.process.pid}/stat")
    end = time.monotonic() + seconds
    while time.monotonic() < end and peer.process.poll() is None and status.exists():
        before = _ticks(status)
        time.sleep(_IDLE_PAUSE)
        if _ticks(status) - before <= _IDLE_TICKS:
            return True
    return peer.process.poll() is not None


def _ticks(status: Path) -> int:
    """The processor time of a process, in hundredths of a second: fields 14 and 15, after the name in brackets."""
    try:
        fields = status.read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
    except OSError:
        # It ended between two looks.
        return 0
    return int(fields[11]) + int(fields[12])


class Watch:
    """Looks at processes from time to time, since what ended takes the knowledge of its memory with it."""

    def __init__(self) -> None:
        self._peers: list[Peer] = []
        self._peaks: dict[int, int] = {}
        self._is_over = threading.Event()
        threading.Thread(target=self._look, name="watch", daemon=True).start()

    def add(self, peer: Peer) -> None:
        """Look at this one too."""
        self._peers.append(peer)

    def close(self) -> None:
        """Look no more."""
        self._is_over.set()

    def peak(self, peer: Peer) -> str:
        """The most memory that the process had, for people."""
        kibibytes = self._peaks.get(peer.process.pid)
        return "unknown" if kibibytes is None else f"{kibibytes / 2**20:.1f} GiB"

    def ending(self, peer: Peer) -> str | None:
        """Say how the process ended, in half a sentence; None while it runs."""
        code = peer.process.poll()
        return None if code is None else f"the server did not last: exit code {code}, peak memory {self.peak(peer)}"

    def _look(self) -> None:
        while not self._is_over.wait(_LOOK_SECONDS):
            for peer in list(self._peers):
                if peer.process.poll() is None:
                    self._note(peer.process.pid)

    def _note(self, process: int) -> None:
        try:
            text = Path(f"/proc/{process}/status").read_text(encoding="ascii", errors="replace")
        except OSError:
            return
        found = [line for line in text.splitlines() if line.startswith(_PEAK)]
        if found:
            self._peaks[process] = int(found[0].split()[1])

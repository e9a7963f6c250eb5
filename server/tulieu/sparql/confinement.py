"""What a query process may not do, said to the kernel before any query is read.

Ground: https://www.kernel.org/doc/html/latest/userspace-api/seccomp_filter.html and setrlimit(2). Comes in: nothing but
the limits. Goes out: whether the kernel holds the process to them. On Linux no call of the process can open a socket,
start a program or another process, or look into one; it writes no file and no core dump, yields the processor to the
server, and is the first to go when the machine runs out of memory. Elsewhere only the gate stands before the engine.
"""

import contextlib
import ctypes
import os
import platform
import resource
import struct
import sys
from pathlib import Path

# One call of the kernel that is refused: its name, its number on x86-64 and on AArch64 (None: no such call there).
RefusedCall = tuple[str, int | None, int | None]
# The numbers are those of
# https://github.com/torvalds/linux/blob/master/arch/x86/entry/syscalls/syscall_64.tbl and scripts/syscall.tbl
REFUSED_CALLS: tuple[RefusedCall, ...] = (
    ("socket", 41, 198),
    ("connect", 42, 203),
    ("accept", 43, 202),
    ("bind", 49, 200),
    ("listen", 50, 201),
    ("socketpair", 53, 199),
    ("accept4", 288, 242),
    ("fork", 57, None),
    ("vfork", 58, None),
    ("execve", 59, 221),
    ("execveat", 322, 281),
    ("kill", 62, 129),
    ("tkill", 200, 130),
    ("pidfd_open", 434, 434),
    ("pidfd_getfd", 438, 438),
    ("pidfd_send_signal", 424, 424),
    ("ptrace", 101, 117),
    ("process_vm_readv", 310, 270),
    ("process_vm_writev", 311, 271),
    ("unshare", 272, 97),
    ("setns", 308, 268),
    ("mount", 165, 40),
    ("open_by_handle_at", 304, 265),
    ("perf_event_open", 298, 241),
    ("bpf", 321, 280),
    ("userfaultfd", 323, 282),
    # A ring carries out calls that no filter sees.
    ("io_uring_setup", 425, 425),
    ("io_uring_enter", 426, 426),
    ("io_uring_register", 427, 427),
)
_CLONE, _CLONE3 = (56, 220), 435
_ARCHITECTURES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
# x86-64 has a second set of numbers for the same calls (x32): all of them are refused.
_X32_CALLS = 0x4000_0000

_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _SECCOMP_MODE_FILTER = 38, 22, 2
_LOAD, _IF_EQUAL, _IF_AT_LEAST, _IF_ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _KILL_PROCESS, _NOT_PERMITTED, _NO_SUCH_CALL = 0x7FFF_0000, 0x8000_0000, 0x0005_0001, 0x0005_0026
_OFFSET_CALL, _OFFSET_ARCHITECTURE, _OFFSET_FIRST_ARGUMENT = 0, 4, 16
_CLONE_THREAD = 0x0001_0000

_PAGES = "/proc/self/statm"
_PAGE_BYTES = resource.getpagesize()

# Behind the server, ahead of nothing: pages are answered first when both want the processor.
_NICENESS = 5


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def refuse_system_calls() -> str:
    """Have the kernel refuse sockets, programs and processes from here on; give the reason when it cannot, else ''."""
    if sys.platform != "linux":
        return f"there is no seccomp on {sys.platform}"
    machine = platform.machine()
    if machine not in _ARCHITECTURES or struct.calcsize("P") != 8:
        return f"the system calls of {machine} are not known here"
    instructions = write_filter(machine)
    program = _Program(len(instructions) // 8, instructions)
    library = ctypes.CDLL(None, use_errno=True)
    if library.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or library.prctl(
        _PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0
    ):
        return f"the kernel took no seccomp filter ({os.strerror(ctypes.get_errno())})"
    return ""


def write_filter(machine: str) -> bytes:
    """Write the filter, as the kernel reads it, for a machine of the table."""
    column, architecture = _ARCHITECTURES[machine]
    refused = [(x86, arm)[column] for _, x86, arm in REFUSED_CALLS]
    code = [
        _instruction(_LOAD, _OFFSET_ARCHITECTURE),
        _instruction(_IF_EQUAL, architecture, 1, 0),
        _instruction(_RETURN, _KILL_PROCESS),
        _instruction(_LOAD, _OFFSET_CALL),
        _instruction(_IF_AT_LEAST, _X32_CALLS, 0, 1),
        _instruction(_RETURN, _NOT_PERMITTED),
    ]
    for number in refused:
        if number is not None:
            code += [_instruction(_IF_EQUAL, number, 0, 1), _instruction(_RETURN, _NOT_PERMITTED)]
    code += [
        # Its flags lie in memory, where no filter can look; the C library then falls back to clone.
        _instruction(_IF_EQUAL, _CLONE3, 0, 1),
        _instruction(_RETURN, _NO_SUCH_CALL),
        # A thread may be made, a process may not.
        _instruction(_IF_EQUAL, _CLONE[column], 0, 3),
        _instruction(_LOAD, _OFFSET_FIRST_ARGUMENT),
        _instruction(_IF_ANY_BIT, _CLONE_THREAD, 1, 0),
        _instruction(_RETURN, _NOT_PERMITTED),
        _instruction(_RETURN, _ALLOW),
    ]
    return b"".join(code)


def forbid_writing() -> None:
    """From here on the process can write no file and leaves no core dump; it yields to the server in all."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    os.nice(_NICENESS)


def offer_to_the_oom_killer() -> None:
    """Be the first to be ended when the machine has no memory left, so that the server is not."""
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")


def limit_memory(most: int, stack: int) -> None:
    """Let resident memory never pass `most` bytes, of which `stack` may lie on the stack of the query's thread."""
    # The kernel limits addresses, of which most are never touched: counted from those that are taken now.
    taken, resident = _memory()
    limit = taken + max(most - resident - stack, 0) if taken else most + stack
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def resident_memory() -> int:
    """The memory that the process has now; 0 where the system does not say.

    Not the peak of getrusage(2): that begins with what the server had when it started the process.
    """
    return _memory()[1]


def _memory() -> tuple[int, int]:
    """The addresses that are taken, and the memory behind them."""
    try:
        # It is read after each query, and a `Path` takes its time.
        with open(_PAGES, "rb", buffering=0) as file:
            pages = file.read().split()
    except OSError:
        return 0, 0
    return int(pages[0]) * _PAGE_BYTES, int(pages[1]) * _PAGE_BYTES


def _instruction(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, value)

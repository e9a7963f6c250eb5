"""A thread deep enough for any query that the gate lets pass.

Comes in: a call. Goes out: what it returns or raises. The engine's parser and planner recurse; on the small stack that
a web server gives its threads, a query of some hundred levels would end the process, on 256 MB of address space (used
only as far as needed) 10,000 levels pass. Issue 8 moves queries into processes of their own; this module then goes.
"""

import threading
import traceback
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")

STACK_BYTES = 256 * 1024 * 1024
# threading.stack_size is one value for the whole process: two starts must not meet.
_starting = threading.Lock()


def with_deep_stack(call: Callable[[], Result]) -> Result:
    """Run a call to its end in a thread of its own with a large stack."""
    results: list[Result] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(call())
        except BaseException as error:  # noqa: BLE001 - handed to the thread that waits, which raises it
            _let_go(error)
            errors.append(error)

    with _starting:
        previous = threading.stack_size(STACK_BYTES)
        try:
            thread = threading.Thread(target=run, name="sparql-query")
            thread.start()
        finally:
            threading.stack_size(previous)
    thread.join()
    if errors:
        raise errors[0]
    return results[0]


def _let_go(error: BaseException | None) -> None:
    """Drop what the frames of an error hold: a pyoxigraph result must end in the thread in which it began."""
    while error is not None:
        traceback.clear_frames(error.__traceback__)
        error = error.__cause__ or error.__context__

"""A query process: `python -m tulieu.sparql.worker FD`, started by `process`, never by hand.

Comes in: over the socket FD, frames (`frames`) that name a release and then bring one query after the other. Goes out:
answers, written by the engine straight into the socket. The process holds the store of one release open read-only,
confines itself before it does (`confinement`), and ends with the server: at end of file on its socket.

It is started often and should be ready soon and small: it knows the engine, not `store` and what that brings with it.
"""

import gc
import json
import os
import select
import socket
import sys
import threading
import time
import traceback
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyoxigraph

from tulieu.answering import ExtensionFunction, Result, explain, kind_of, run_query, write_result
from tulieu.errors import ReleaseError
from tulieu.formats import ANSWER_GRAPH_FORMATS, BOOLEAN_FORMATS, ROW_FORMATS
from tulieu.sparql import frames
from tulieu.sparql.confinement import (
    forbid_writing,
    limit_memory,
    offer_to_the_oom_killer,
    refuse_system_calls,
    resident_memory,
)
from tulieu.sparql.functions import custom_functions

_PIECE = 65_536
_SMALL = 4_096
_GARBAGE = 20_000
_FORMATS = {each.name: each for each in (*ROW_FORMATS, *BOOLEAN_FORMATS, *ANSWER_GRAPH_FORMATS)}
# What a large query leaves behind is not given back to the system: past this part of the limit, a new one is better.
_LARGEST_PART_KEPT = 4
# To look costs as much as a part of a small query; in less time than this none becomes large, many together may.
_SHORT_SECONDS = 0.005
_SHORT_ONES = 64
# What stands once for each row or statement of an answer, and what of it does not (a text that ends like a beginning),
# by format: found without reading the answer once more. Formats that have no such mark are not counted.
_ROW_MARKS: Mapping[str, Sequence[tuple[bytes, int]]] = {
    "json": ((b'"bindings":[{"', 1), (b'}},{"', 1), (b'}},{",', -1), (b'}},{"}', -1)),
    "xml": ((b"<result>", 1),),
    "tsv": ((b"\n", 1),),
    "nt": ((b"\n", 1),),
    "nq": ((b"\n", 1),),
}
_LONGEST_MARK = 14
_CSV = "csv"
# CSV and TSV begin with a line that names the columns.
_WITH_HEADINGS = (_CSV, "tsv")


def main(descriptor: int) -> None:
    """Open what the first frame names and answer queries until the server closes its end."""
    connection = socket.socket(fileno=descriptor)
    incoming = _receive(connection)
    opening = frames.unpack_json(next(incoming)[1])
    memory, stack = int(opening["memory"]), int(opening["stack"])
    offer_to_the_oom_killer()
    # First of all: threads that the engine starts are bound as well.
    unconfined = refuse_system_calls()
    forbid_writing()
    store = pyoxigraph.Store.read_only(opening["store"])
    threading.stack_size(stack)
    desk = _Desk(connection, store, Path(opening["search"]), memory)
    thread = threading.Thread(target=desk.serve, args=(incoming, unconfined, stack), name="query", daemon=True)
    thread.start()
    _wait_for_the_end(connection)


def _receive(connection: socket.socket) -> Iterator[frames.Frame]:
    reader = frames.FrameReader()
    while piece := connection.recv(_PIECE):
        yield from reader.feed(piece)


def _wait_for_the_end(connection: socket.socket) -> None:
    """End the process when the server is gone or has closed its end, in the midst of a query too."""
    if hasattr(select, "poll") and hasattr(select, "POLLRDHUP"):
        poll = select.poll()
        poll.register(connection, select.POLLRDHUP)
        poll.poll()
        os._exit(0)
    # Elsewhere the query's thread notices, between queries.
    threading.Event().wait()


class _Desk:
    """Where one query after the other is answered."""

    def __init__(self, connection: socket.socket, store: pyoxigraph.Store, search: Path, memory: int) -> None:
        self._connection = connection
        self._store = store
        self._search = search
        self._memory = memory
        # What they keep is bounded and holds as long as the release; a process that has become large is replaced.
        self._functions: Mapping[pyoxigraph.NamedNode, ExtensionFunction] = {}
        self._unseen = 0
        self._started = 0.0

    def serve(self, incoming: Iterator[frames.Frame], unconfined: str, stack: int) -> None:
        """Say that the process is ready, then answer; runs in the thread with the large stack."""
        # The stack's addresses are taken by now, so they count as taken.
        limit_memory(self._memory, stack)
        # A query's objects go by their reference counts; the few that refer to each other may wait.
        gc.freeze()
        gc.set_threshold(_GARBAGE)
        try:
            self._send(frames.READY, {"unconfined": unconfined})
            for _, payload in incoming:
                self._answer(frames.unpack_job(payload))
            os._exit(0)
        except ConnectionError:
            # The server has closed its end while an answer was written.
            os._exit(0)
        except BaseException:  # noqa: BLE001 - an outer edge: the server reads it as the last words of this process
            traceback.print_exc()
            os._exit(1)

    def _answer(self, job: Mapping[str, Any]) -> None:
        failures: list[MemoryError] = []
        self._started = time.monotonic()
        try:
            self._functions = self._functions or custom_functions(self._search)
            result = run_query(
                self._store,
                job["query"],
                job["default_graphs"],
                job["named_graphs"],
                base_iri=job["base_iri"],
                functions=self._functions,
                failures=failures,
            )
            self._write(job, result, failures)
        except ConnectionError:
            raise
        except MemoryError:
            self._fail("memory")
        except ReleaseError as error:
            self._fail("query", str(error))
        except (SyntaxError, ValueError, RuntimeError, OSError) as error:
            told = explain(error, self._functions)
            self._fail("query", str(told), told.line, told.column)

    def _write(self, job: Mapping[str, Any], result: Result, failures: Sequence[MemoryError]) -> None:
        kind = kind_of(result)
        name = job["formats"].get(kind, "")
        if not job["rows"] and not name:
            self._fail("format", kind)
            return
        marks = () if kind == "boolean" or job["rows"] else _ROW_MARKS.get(name, ())
        is_csv = name == _CSV and kind == "rows" and not job["rows"]
        output = _Output(self._connection, frames.pack_known(frames.HEAD, kind=kind), marks, is_csv)
        if job["rows"]:
            output.write(json.dumps(_values(result, job["rows"])).encode("ascii"))
        else:
            write_result(result, _FORMATS[name], output)
        if failures:
            # Some values are missing: no end may make the answer look whole.
            raise failures[0]
        rows = output.rows - (name in _WITH_HEADINGS) if marks or is_csv else None
        output.finish(frames.pack_known(frames.END, is_leaving=self._is_leaving(), rows=rows))

    def _is_leaving(self) -> bool:
        """Say whether the process has become so large that it is better replaced."""
        if self._unseen and time.monotonic() - self._started < _SHORT_SECONDS:
            self._unseen -= 1
            return False
        self._unseen = _SHORT_ONES
        return resident_memory() > self._memory // _LARGEST_PART_KEPT

    def _fail(self, reason: str, text: str = "", line: int = 0, column: int = 0) -> None:
        self._send(frames.FAILURE, {"reason": reason, "text": text, "line": line, "column": column})

    def _send(self, kind: bytes, values: dict[str, Any]) -> None:
        self._connection.sendall(frames.pack_json(kind, values))


class _Output:
    """The file that the engine writes an answer into. It writes in pieces of 8 kB, which go on at once; what is
    smaller waits for the end, because a small answer that comes in one piece wakes its reader once.
    """

    def __init__(
        self, connection: socket.socket, head: bytes, marks: Sequence[tuple[bytes, int]], is_csv: bool = False
    ) -> None:
        self._connection = connection
        self._pending = head
        self._marks = marks
        self._is_csv = is_csv
        self._quotes = 0
        self._end = b" " * _LONGEST_MARK
        self.rows = 0

    def write(self, data: bytes, /) -> int:
        """Take a piece of the answer."""
        self._pending += frames.pack(frames.DATA, data)
        for mark, weight in self._marks:
            # A mark may be cut in two.
            self.rows += weight * (self._end[len(self._end) - len(mark) + 1 :] + data).count(mark)
        if self._is_csv:
            # A line feed within quotation marks belongs to a value; a doubled mark closes and opens again.
            outside = data.split(b'"')[self._quotes :: 2]
            self.rows += sum(part.count(b"\n") for part in outside)
            self._quotes = (self._quotes + data.count(b'"')) % 2
        if self._marks:
            self._end = (self._end + data[-_LONGEST_MARK:])[-_LONGEST_MARK:]
        if len(self._pending) >= _SMALL:
            self._connection.sendall(self._pending)
            self._pending = b""
        return len(data)

    def finish(self, end: bytes) -> None:
        """Send what is left, and the end."""
        self._connection.sendall(self._pending + end)

    def flush(self) -> None:
        """Do nothing: nothing is held back."""


def _values(result: Result, most: int) -> dict[str, Any]:
    """Read a result for a page: so many rows or statements are kept, all are counted."""
    if isinstance(result, pyoxigraph.QueryBoolean):
        return {"boolean": bool(result)}
    rows: list[list[list[str] | None]] = []
    total = 0
    columns: list[str] = []
    if isinstance(result, pyoxigraph.QuerySolutions):
        columns = [variable.value for variable in result.variables]
    for total, each in enumerate(result, 1):  # noqa: B007 - the last number is the total
        if len(rows) < most:
            # Both a solution and a triple are sequences of terms.
            rows.append([None if term is None else _term(term) for term in each])
    return {"columns": columns, "rows": rows, "total": total}


def _term(term: object) -> list[str]:
    if isinstance(term, pyoxigraph.Literal):
        return ["literal", term.value, term.language or "", term.datatype.value]
    if isinstance(term, pyoxigraph.NamedNode):
        return ["iri", term.value]
    if isinstance(term, pyoxigraph.BlankNode):
        return ["blank", term.value]
    # A triple term of RDF 1.2 is shown as it is written.
    return ["literal", str(term), "", "http://www.w3.org/2001/XMLSchema#string"]


if __name__ == "__main__":
    main(int(sys.argv[1]))

"""What can go wrong, as one tree; a class says when it is raised, a message says what to do next.

    TulieuError
      KnowledgeError        a knowledge file is wrong
      ConformanceError      the data do not conform to the shapes
      InconsistencyError    reasoning found statements that contradict each other
      SourceTextError       a text cannot be read or is not the text that the passages describe
      ReleaseError          a release is missing, half-written or cannot be written
      SettingsError         a setting is unknown or does not fit
      NegotiationError      no representation that the client accepts
      QueryError            a query is not SPARQL or cannot be answered
        TimeLimitError      it took longer than it may
        SizeLimitError      its answer is larger than it may be
        MemoryLimitError    it needed more memory than it may have
        WorkerDiedError     it ended the process that carried it out
        CancelledError      the client left before the answer was made
        TryLaterError       it was not started; the same query may pass later
          BusyError         too many queries at once
          FairUseError      this client has used its share for now
      NotFoundError         nothing of that name is here
        WithdrawnError      something of that name was here

Lower floors raise these; only `app` turns them into HTTP answers and only `cli` into exit codes, by the table at the
end.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


class TulieuError(Exception):
    """Anything that this project raises on purpose; its text is meant for the person who reads it."""


@dataclass(frozen=True, order=True)
class Problem:
    """One thing wrong with a knowledge file: where, as exactly as known (0 is unknown), and what to do about it."""

    file: str
    line: int
    message: str
    column: int = 0

    def __str__(self) -> str:
        place = ":".join([self.file, *(str(number) for number in (self.line, self.column) if number)])
        return f"{place}: {self.message}" if place else self.message


class KnowledgeError(TulieuError):
    """A knowledge file cannot be taken as it is; carries every problem that one reading of all files found."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(str(problem) for problem in self.problems))

    @property
    def file(self) -> str:
        """The file of the first problem."""
        return self.problems[0].file

    @property
    def line(self) -> int:
        """The line of the first problem, 0 where it is not known."""
        return self.problems[0].line

    @property
    def column(self) -> int:
        """The column of the first problem, 0 where it is not known."""
        return self.problems[0].column


class ConformanceError(TulieuError):
    """The data do not conform to the shapes: nothing is published."""


class InconsistencyError(TulieuError):
    """Statements contradict each other under the ontology: nothing is published."""


class SourceTextError(TulieuError):
    """The text of an article cannot be read, or is not the one that the passages describe."""


class ReleaseError(TulieuError):
    """A release is missing, incomplete or cannot be written."""


class SettingsError(TulieuError):
    """A setting is unknown, or its value does not fit."""


class NegotiationError(TulieuError):
    """There is no representation of the kinds that a client accepts."""


class QueryError(TulieuError):
    """A query is not SPARQL, or it cannot be answered; line and column are 0 where they are not known."""

    def __init__(self, message: str, line: int = 0, column: int = 0) -> None:
        super().__init__(message)
        self.line = line
        self.column = column


class TimeLimitError(QueryError):
    """A query took longer than its limit and was stopped."""


class SizeLimitError(QueryError):
    """An answer grew larger than the limit and was cut off."""


class MemoryLimitError(QueryError):
    """A query needed more memory than the limit allows."""


class WorkerDiedError(QueryError):
    """The process that carried out a query ended before the answer did; `was_killed` says that it was not the query."""

    def __init__(self, message: str, was_killed: bool = False) -> None:
        super().__init__(message)
        self.was_killed = was_killed


class CancelledError(QueryError):
    """The client left, so its query was stopped."""


class TryLaterError(QueryError):
    """A query was not started; after `retry_after` seconds it may be sent again."""

    def __init__(self, message: str, retry_after: int = 1) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class BusyError(TryLaterError):
    """More queries are waiting than the server takes in, or none could be started in time."""


class FairUseError(TryLaterError):
    """A client has used up its query-seconds, or has too many queries waiting."""


class NotFoundError(TulieuError):
    """Nothing of that name is here."""


class WithdrawnError(NotFoundError):
    """A name was withdrawn, and its tombstone comes in no form that the client accepts."""


EXIT_DONE, EXIT_DOES_NOT_CONFORM, EXIT_WRONG_USE, EXIT_INTERNAL = 0, 1, 2, 3

_EXIT_CODES: tuple[tuple[type[BaseException], int], ...] = (
    (ConformanceError, EXIT_DOES_NOT_CONFORM),
    (InconsistencyError, EXIT_DOES_NOT_CONFORM),
    (TulieuError, EXIT_WRONG_USE),
)


def exit_code(error: BaseException) -> int:
    """Give the exit code of the command for an error; what is not ours is an internal failure."""
    return next((code for kind, code in _EXIT_CODES if isinstance(error, kind)), EXIT_INTERNAL)

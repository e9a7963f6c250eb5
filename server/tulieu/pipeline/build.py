"""The steps from files to a release, in their order, and nothing else: load, validate, reason, check, publish.

Comes in: the folder of the knowledge files, further files, the state folder. Goes out: an `Outcome` with what was
found, and the release. A violation or a contradiction stops before anything is written; `check` stops there always.
What is said on the way goes to a `Progress`, which the command shows on a terminal.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.resources.abc import Traversable
from pathlib import Path

from rdflib import Graph

from tulieu.errors import ConformanceError, InconsistencyError
from tulieu.pipeline.evidence import evidence
from tulieu.pipeline.knowledge import Knowledge
from tulieu.pipeline.load import load
from tulieu.pipeline.proofs import Triple
from tulieu.pipeline.publish import publish
from tulieu.pipeline.reason import Clash, Closure, reason
from tulieu.pipeline.report import Report, Result, join_reports
from tulieu.pipeline.validate import validate, validate_closure
from tulieu.release import Release
from tulieu.vocabulary import BASE_IRI

STEPS = ("load", "validate", "reason", "check", "publish")

Progress = Callable[[str], None]
"""Told the name of each step as it begins."""

# How many findings a message spells out; the report has them all.
_TOLD = 20


@dataclass(frozen=True)
class Outcome:
    """What the files say, what the shapes find in them and what follows from them, with the seconds of each step."""

    knowledge: Knowledge
    report: Report
    closure: Closure
    timings: Mapping[str, float]

    @property
    def conforms(self) -> bool:
        """Tell whether a release may be made of it."""
        return self.report.conforms and not self.closure.clashes

    def require_sound(self) -> None:
        """Raise the error that says why no release may be made, if there is a reason."""
        if not self.report.conforms:
            raise ConformanceError(explain_report(self.report))
        if self.closure.clashes:
            raise InconsistencyError(explain_clashes(self.closure.clashes, self.knowledge))


def software_version() -> str:
    """Name the software that builds a release."""
    try:
        return f"tulieu {version('tulieu')}"
    except PackageNotFoundError:
        # Run from a checkout that is not installed, as the tests are.
        return "tulieu (not installed)"


def check(
    root: Traversable, base_iri: str = BASE_IRI, extra: Sequence[Path] = (), progress: Progress = lambda step: None
) -> Outcome:
    """Do all that a build does but publish; what is found is in the outcome, only unreadable files raise."""
    timings: dict[str, float] = {}
    with _step("load", timings, progress):
        knowledge = load(root, base_iri, extra)
    with _step("validate", timings, progress):
        report = validate(knowledge)
    if not report.conforms:
        # Reasoning would give mistaken things the classes they lack, and its findings would only confuse.
        return Outcome(knowledge, report, Closure(Graph(), {}, ()), timings)
    with _step("reason", timings, progress):
        closure = reason(knowledge.merged(), knowledge.names)
    with _step("check", timings, progress):
        if not closure.clashes and len(knowledge.closure_shapes):
            report = join_reports(report, validate_closure(knowledge, closure.inferred))
    return Outcome(knowledge, report, closure, timings)


def build(
    root: Traversable,
    state: Path,
    base_iri: str = BASE_IRI,
    extra: Sequence[Path] = (),
    progress: Progress = lambda step: None,
) -> tuple[Release, Outcome]:
    """Make a release of sound files and make it the current one; raise for others, and leave all as it is."""
    outcome = check(root, base_iri, extra, progress)
    outcome.require_sound()
    timings = dict(outcome.timings)
    with _step("publish", timings, progress):
        knowledge, closure = outcome.knowledge, outcome.closure
        shown = evidence(knowledge.dataset, knowledge.names, closure.inferred, closure.proofs)
        release = publish(knowledge, outcome.report, closure.inferred, shown, state, software_version())
    return release, Outcome(knowledge, outcome.report, closure, timings)


def explain_report(report: Report) -> str:
    """Spell out the violations of a report: thing, property, what is wrong in both languages, files."""
    violations = [result for result in report.results if result.severity == "Violation"]
    lines = [f"the data do not conform to the shapes: {len(violations)} violations; correct the files named below"]
    lines += [_explain_result(result) for result in violations[:_TOLD]]
    if len(violations) > _TOLD:
        lines.append(f"... and {len(violations) - _TOLD} more; tulieu check --format ttl writes them all")
    return "\n".join(lines)


def explain_clashes(clashes: Sequence[Clash], knowledge: Knowledge) -> str:
    """Spell out contradictions: the rule, the statements that clash, and the passages and notes that make them."""
    lines = [f"the statements contradict each other under the ontology: {len(clashes)} clashes"]
    for clash in clashes:
        lines.append(f"{clash.explanation}; correct one of these statements, or the axiom they break")
        for triple in clash.statements:
            places = ", ".join(_holders(triple, knowledge))
            lines.append(f"    {_write(triple)}   in {places or 'no file'}")
    return "\n".join(lines)


def _explain_result(result: Result) -> str:
    about = f"{result.focus_node} {result.path} {result.value}".rstrip()
    messages = " / ".join(result.messages[language] for language in sorted(result.messages))
    return f"{', '.join(result.files) or 'no file'}: {about}: {messages} ({result.source_shape})"


def _holders(triple: Triple, knowledge: Knowledge) -> Iterator[str]:
    for name in knowledge.sources:
        if triple in knowledge.dataset.graph(name):
            yield f"<{name}> ({', '.join(knowledge.files_of(triple[0], name))})"


def _write(triple: Triple) -> str:
    return " ".join(term.n3() for term in triple)


@contextmanager
def _step(name: str, timings: dict[str, float], progress: Progress) -> Iterator[None]:
    progress(name)
    start = time.perf_counter()
    yield
    timings[name] = time.perf_counter() - start

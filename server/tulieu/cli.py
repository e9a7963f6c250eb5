"""The command `tulieu`: build, check, serve, query, source.

Comes in: arguments, the environment, files. Goes out: the result on standard output and nothing else there; progress
(on a terminal), warnings and errors on standard error; and an exit code: 0 done, 1 the data do not conform or a check
failed, 2 wrong use or a missing or bad file, 3 an internal failure. No logic: each command starts something below.
"""

import io
import os
import shutil
import sys
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from tulieu.errors import (
    EXIT_DOES_NOT_CONFORM,
    EXIT_DONE,
    EXIT_INTERNAL,
    EXIT_WRONG_USE,
    ReleaseError,
    TulieuError,
    exit_code,
)
from tulieu.formats import (
    BOOLEAN_FORMATS,
    GRAPH_FORMATS,
    ROW_FORMATS,
    ROWS_CSV,
    ROWS_JSON,
    TURTLE,
    Format,
    format_named,
)
from tulieu.release import Release, find_current, is_up_to_date
from tulieu.results import render_answer, render_findings
from tulieu.serving import supervision
from tulieu.settings import SETTINGS, Settings, from_environment
from tulieu.sparql.functions import custom_functions
from tulieu.sparql.gate import Limits, check_query
from tulieu.store import Dataset, Store
from tulieu.vocabulary import BASE_IRI, Names

Command = TypeVar("Command", bound=Callable[..., Any])

_HELP = {setting.name: setting.help for setting in SETTINGS}
_OFFERED: dict[str, tuple[Format, ...]] = {"rows": ROW_FORMATS, "boolean": BOOLEAN_FORMATS, "graph": GRAPH_FORMATS}
_FORMAT_NAMES = tuple(dict.fromkeys(each.name for offered in _OFFERED.values() for each in offered))
# Piped and without --format: what other programs read most easily.
_PIPED = {"rows": ROWS_CSV, "boolean": ROWS_JSON, "graph": TURTLE}
_TABLE = "table"
_INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and give its exit code; the only place where errors become text."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # Vietnamese passes unharmed whatever the locale.
            stream.reconfigure(encoding="utf-8", errors="surrogateescape")
    try:
        code = commands.main(arguments, prog_name="tulieu", standalone_mode=False)
        sys.stdout.flush()
        return code if isinstance(code, int) else EXIT_DONE
    except click.ClickException as error:
        error.show()
        return EXIT_WRONG_USE
    except (click.Abort, KeyboardInterrupt):
        return _INTERRUPTED
    except BrokenPipeError:
        # The reader of the pipe has seen enough. What is still buffered goes nowhere, or Python would complain at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_DONE
    except TulieuError as error:
        _say(str(error))
        return exit_code(error)
    except Exception:  # noqa: BLE001 - the outer edge: whatever it is, it is ours to report
        _say(f"internal failure; please report it with these lines\n{traceback.format_exc()}")
        return EXIT_INTERNAL


def _say(*messages: str) -> None:
    """Tell the person at the terminal, line by line; standard output is for results."""
    for message in messages:
        for line in message.splitlines():
            click.echo(f"tulieu: {line}", err=True)


def _settings(**chosen: object) -> Settings:
    """The settings of this run: options that were given, else the environment, else the defaults."""
    given = {name: str(value) for name, value in chosen.items() if value is not None}
    return from_environment(os.environ, given)


def _read_query(given: str | None) -> str:
    """The text of a query from the argument, the file it names, or standard input."""
    if given is None or given == "-":
        if given is None and sys.stdin.isatty():
            raise click.UsageError("QUERY is missing: give a query, a file's name, or - for standard input")
        return sys.stdin.read()
    # No query does without a space or a brace; so this is a file's name, even if no such file is there.
    if not any(character in given for character in " \n{"):
        try:
            return Path(given).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise click.UsageError(f"{given}: cannot be read as a file with a query ({error})") from error
    return given


def _tell_step(step: str) -> None:
    if sys.stderr.isatty():
        _say(f"{step} …")


def _refresh(state: Path, names: Names, knowledge: Path | None) -> Release:
    """The current release, built anew if the knowledge files say something else; the last good one if they fail."""
    # Here and not at the top: a command that only asks need not wait until owlrl and pySHACL are loaded.
    from tulieu.pipeline import build as pipeline
    from tulieu.pipeline import load

    try:
        root = load.knowledge_root(knowledge)
        if not is_up_to_date(state, load.knowledge_digest(root), names.base_iri):
            _say("no release of these knowledge files yet; building one …")
            pipeline.build(root, state, names.base_iri, progress=_tell_step)
    except TulieuError as error:
        try:
            release = find_current(state)
        except ReleaseError:
            raise error from None
        _say(str(error), f"the build failed; this is the last good release, {release.id}")
    return find_current(state)


def _read_base(context: click.Context, parameter: click.Parameter, value: str) -> Names:
    try:
        return Names(value)
    except ValueError as error:
        raise click.BadParameter(str(error), context, parameter) from error


def _folder_option(name: str, text: str) -> Callable[[Command], Command]:
    return click.option(name, metavar="DIR", type=click.Path(file_okay=False, path_type=Path), help=text)


_state_option = _folder_option("--state", f"{_HELP['state']} Default: $TULIEU_STATE or .tulieu.")
_knowledge_option = _folder_option(
    "--knowledge", "Folder with ontology/, data/ and shapes/. Default: those of this project."
)
_base_option = click.option(
    "--base-iri",
    "names",
    metavar="IRI",
    default=BASE_IRI,
    show_default=True,
    callback=_read_base,
    help="What the names of things, passages and graphs begin with; the ontology's stay.",
)


@click.group()
@click.version_option(package_name="tulieu", message="tulieu %(version)s")
def commands() -> None:
    """A news article about Party work as a knowledge graph.

    \b
    First steps:
      tulieu serve                                build what is needed, and open http://127.0.0.1:8000/
      tulieu query 'SELECT * { ?s ?p ?o } LIMIT 5'
      tulieu check                                are the knowledge files sound?

    Exit codes: 0 done, 1 the data do not conform or a check failed, 2 wrong use or a missing or bad file, 3 an internal
    failure.
    """


@commands.command()
@_state_option
@_knowledge_option
@_base_option
@click.option("--timings", is_flag=True, help="Say how long each step took.")
def build(state: Path | None, knowledge: Path | None, names: Names, timings: bool) -> None:
    """Load, validate, reason, check and publish the knowledge files as a new release.

    The release's folder is written to standard output. When anything fails, the last good release stays; a build that
    changes no statement makes no new one.

    \b
    Examples:
      tulieu build --timings
      tulieu build --state /srv/tulieu --base-iri https://archive.example/
    """
    # Here and not at the top: a command that only asks need not wait until owlrl and pySHACL are loaded.
    from tulieu.pipeline import build as pipeline
    from tulieu.pipeline import load

    root = load.knowledge_root(knowledge)
    release, outcome = pipeline.build(root, _settings(state=state).state, names.base_iri, progress=_tell_step)
    if timings:
        for step, seconds in (*outcome.timings.items(), ("in all", sum(outcome.timings.values()))):
            _say(f"{step:<10} {seconds:5.2f} s")
    click.echo(str(release.folder))


@commands.command()
@_knowledge_option
@_base_option
@click.option(
    "--format", "chosen", type=click.Choice([each.name for each in GRAPH_FORMATS]), help="The SHACL report as RDF."
)
def check(knowledge: Path | None, names: Names, chosen: str | None) -> int:
    """Do all that `build` does, but publish nothing: say what is wrong with the knowledge files.

    \b
    Examples:
      tulieu check
      tulieu check --knowledge ~/my-archive --format ttl > report.ttl
    """
    # Here and not at the top: a command that only asks need not wait until owlrl and pySHACL are loaded.
    from tulieu.pipeline import build as pipeline
    from tulieu.pipeline import load

    outcome = pipeline.check(load.knowledge_root(knowledge), names.base_iri, progress=_tell_step)
    if chosen:
        media_type = format_named(chosen, GRAPH_FORMATS).media_type
        click.echo(outcome.report.graph.serialize(format=media_type, encoding="utf-8"), nl=False)
    else:
        click.echo(render_findings(outcome.report.results, names.prefixes), nl=False)
        counts = {**outcome.report.counts(), "Contradiction": len(outcome.closure.clashes)}
        click.echo(", ".join(f"{count} {name.lower()}{'s' * (count != 1)}" for name, count in counts.items()))
    if outcome.closure.clashes:
        _say(pipeline.explain_clashes(outcome.closure.clashes, outcome.knowledge))
    return EXIT_DONE if outcome.conforms else EXIT_DOES_NOT_CONFORM


@commands.command()
@click.option("--host", help=f"{_HELP['host']} Default: $TULIEU_HOST or 127.0.0.1.")
@click.option("--port", help=f"{_HELP['port']} Default: $TULIEU_PORT or 8000.")
@click.option("--public-url", metavar="URL", help=_HELP["public_url"])
@_state_option
@_knowledge_option
@_base_option
def serve(
    host: str | None, port: str | None, public_url: str | None, state: Path | None, knowledge: Path | None, names: Names
) -> None:
    """Serve the current release; build first if the knowledge files have changed since.

    If that build fails, the last good release is served and the failure is told.

    \b
    Examples:
      tulieu serve
      tulieu serve --host 0.0.0.0 --port 80 --public-url https://archive.example/
    """
    settings = _settings(state=state, host=host, port=port, public_url=public_url)
    with supervision.take_address(settings.host, settings.port) as listener:
        release = _refresh(settings.state, names, knowledge)
        resolves = "names resolve here" if settings.public_url == release.base_iri else "names do not resolve here"
        _say(
            f"{settings.public_url} (end with Ctrl-C)",
            f"release {release.id}; {resolves}: they begin with {release.base_iri}",
        )
        if not (settings.contact or settings.feedback):
            _say("the policy page names nobody to write to; set TULIEU_CONTACT or TULIEU_FEEDBACK")
        supervision.serve(settings, listener)


@commands.command()
@click.argument("query", required=False)
@click.option(
    "--format", "chosen", type=click.Choice((_TABLE, *_FORMAT_NAMES)), help="Default: table on a terminal, else CSV."
)
@_state_option
def query(query: str | None, chosen: str | None, state: Path | None) -> None:
    """Put a SPARQL query to the current release.

    QUERY is the text of the query or the name of a file that holds it; without it, or where it is -, the query is read
    from standard input.

    \b
    Examples:
      tulieu query 'ASK { ?person a <https://w3id.org/tulieu/ontology#Person> }'
      tulieu query --format json question.rq > answer.json
      tulieu query < question.rq
    """
    settings = _settings(state=state)
    text = _read_query(query)
    check_query(text, Limits(settings.query_length, settings.query_depth, settings.query_tokens))
    release = find_current(settings.state)
    store = Store(release.store_path, functions=custom_functions(release.search_path))
    is_terminal = sys.stdout.isatty()
    if chosen == _TABLE or (chosen is None and is_terminal):
        width = shutil.get_terminal_size().columns if is_terminal else None
        answer = store.read_answer(text, Dataset(), sys.maxsize)
        click.echo(render_answer(answer, Names(release.base_iri).prefixes, width), nl=False)
    else:
        _, written = store.write_answer(
            text, Dataset(), lambda kind: format_named(chosen, _OFFERED[kind]) if chosen else _PIPED[kind], sys.maxsize
        )
        click.echo(written, nl=not written.endswith(b"\n"))


@commands.group()
def source() -> None:
    """The text of an article beside its passages; the project does not hold the texts themselves."""


@source.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--article",
    required=True,
    metavar="SLUG",
    help="The article's slug: agency, place, serial, as in ttxvn-lai-chau-1.",
)
@click.option(
    "--split", "splits", multiple=True, metavar="PASSAGE@WORDS", help="A voice changes at these words; repeatable."
)
def scan(file: Path, article: str, splits: tuple[str, ...]) -> None:
    """Write the passages of a text, with offsets and digests, as the TriG file that an editor fills in.

    \b
    Example:
      tulieu source scan text.txt --article bao-ha-noi-1 --split p04.s2@'cho biết' > bao-ha-noi-1.trig
    """
    # Here and not at the top: a command that only asks need not wait until owlrl and pySHACL are loaded.
    from tulieu.pipeline import segment
    from tulieu.pipeline import source as pipeline

    text, warnings = pipeline.read_text(file)
    _say(*warnings)
    click.echo(pipeline.scan(text, article, [segment.Split.parse(split) for split in splits], Names()), nl=False)


@source.command("check")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--article", metavar="SLUG", help="Compare with this article, even if its text is another one.")
@_knowledge_option
def check_source(file: Path, article: str | None, knowledge: Path | None) -> int:
    """Compare a copy of an article's text with its passages: offsets, digests, nothing left over.

    \b
    Example:
      tulieu source check text.txt
    """
    # Here and not at the top: a command that only asks need not wait until owlrl and pySHACL are loaded.
    from tulieu.pipeline import load
    from tulieu.pipeline import source as pipeline

    text, warnings = pipeline.read_text(file)
    _say(*warnings)
    problems = pipeline.check(load.load(load.knowledge_root(knowledge)).dataset, text, Names(), article)
    for problem in problems:
        click.echo(problem)
    _say(f"{file}: {len(problems)} problems" if problems else f"{file}: all passages agree with the text")
    return EXIT_DOES_NOT_CONFORM if problems else EXIT_DONE

"""The command as a person or a script meets it: what stands where, and which exit code says what."""

import multiprocessing
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import tomllib
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import ClassVar

import pytest
from rdflib import RDF, SH, Graph, URIRef

from tulieu import cli
from tulieu.release import find_current
from tulieu.serving import supervision
from tulieu.settings import Settings, from_environment
from tulieu.vocabulary import BASE_IRI

from .commands_page import walk
from .real_release import ROOT, command, environment, real_release

PERSON = f"{BASE_IRI}id/person-le-duc-duc"
NAMES = f"SELECT ?name {{ <{PERSON}> <http://www.w3.org/2000/01/rdf-schema#label> ?name }} ORDER BY ?name"
TEXT = "Xóm Chài sửa bến\n\nSáng 9/4, bến mở lại. Ông Phước nói: Bến dài 1.250 mét.\n"

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the command in this process; the exit code, standard output and standard error."""
    for name in [name for name in os.environ if name.startswith("TULIEU_")]:
        monkeypatch.delenv(name)

    def run(*arguments: object) -> tuple[int, str, str]:
        code = cli.main([str(argument) for argument in arguments])
        captured = capfd.readouterr()
        return code, captured.out, captured.err

    return run


@pytest.fixture
def knowledge(tmp_path: Path) -> Path:
    """A copy of the knowledge files, to be spoilt."""
    for folder in ("ontology", "data", "shapes"):
        shutil.copytree(ROOT / folder, tmp_path / "knowledge" / folder)
    return tmp_path / "knowledge"


@pytest.fixture
def state() -> Path:
    return real_release().folder.parents[1]


@pytest.fixture
def own_state(state: Path, tmp_path: Path) -> Path:
    """A copy of the state folder, to be built into."""
    return Path(shutil.copytree(state, tmp_path / "state", symlinks=True))


def spoil(knowledge: Path, addition: str) -> Path:
    path = sorted((knowledge / "data" / "authority").glob("*.ttl"))[0]
    path.write_text(path.read_text(encoding="utf-8") + addition, encoding="utf-8")
    return path


def cut_digest(knowledge: Path) -> None:
    """Make the data break one shape in one place."""
    path = knowledge / "data" / "articles" / "ttxvn-lai-chau-1.trig"
    written = path.read_text(encoding="utf-8")
    spoilt = re.sub(r'(tl:textDigest "[0-9a-f]{60})[0-9a-f]{4}"', r'\1"', written)
    assert spoilt != written
    path.write_text(spoilt, encoding="utf-8")


def as_process(*arguments: str, **more: str) -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run(command(*arguments), capture_output=True, env=environment(**more), check=False)


@pytest.mark.parametrize("way", [("tulieu",), *(way for way, _ in walk(cli.commands))], ids=" ".join)
def test_help_goes_to_standard_output(run: Run, way: tuple[str, ...]) -> None:
    code, out, err = run(*way[1:], "--help")
    assert (code, err) == (0, "")
    assert out.startswith(f"Usage: {' '.join(way)} ")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "Usage: tulieu"),
        (("bild",), "No such command 'bild'"),
        (("build", "--nonsense"), "No such option '--nonsense'"),
        (("build", "--base-iri", "archive.example"), "expected http or https"),
        (("check", "--format", "html"), "'html' is not one of"),
        (("check", "--knowledge", "/nowhere"), "no folder ontology, data, shapes"),
        (("query", "nowhere.rq"), "nowhere.rq: cannot be read"),
        (("query", "--state", "/nowhere", "ASK {}"), "run tulieu build"),
        (("serve", "--port", "http"), "TULIEU_PORT is 'http'"),
        (("source", "scan", "nowhere.txt", "--article", "sample-1"), "nowhere.txt: cannot be read"),
        (("source", "scan", "nowhere.txt"), "Missing option '--article'"),
        (("source", "check", "nowhere.txt"), "nowhere.txt: cannot be read"),
    ],
)
def test_wrong_use_is_told_on_standard_error(run: Run, arguments: tuple[str, ...], message: str) -> None:
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert message in err


def test_an_unknown_setting_stops_the_start(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TULIEU_PROT", "9000")
    code, _, err = run("query", "ASK {}")
    assert code == 2
    assert err.startswith("tulieu: TULIEU_PROT is not a setting")


def test_a_failure_of_ours_is_told_apart(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "find_current", lambda state: 1 / 0)
    code, out, err = run("query", "ASK {}")
    assert (code, out) == (3, "")
    assert "internal failure" in err
    assert "ZeroDivisionError" in err


def test_build_writes_the_folder_of_the_release_and_nothing_else(run: Run, own_state: Path) -> None:
    before = find_current(own_state)
    code, out, err = run("build", "--state", own_state, "--timings")
    assert code == 0
    assert out == f"{own_state / 'releases' / before.id}\n", "nothing changed, so it is the release that was there"
    for step in ("load", "validate", "reason"):
        assert step in err


def test_a_failed_build_leaves_the_last_good_release(run: Run, own_state: Path, knowledge: Path) -> None:
    before = find_current(own_state)
    path = spoil(knowledge, "\nid:person-sample a tl:Person\n")
    code, out, err = run("build", "--state", own_state, "--knowledge", knowledge)
    assert (code, out) == (2, "")
    assert err.startswith(f"tulieu: {path.relative_to(knowledge)}:")
    assert find_current(own_state) == before


def test_check_passes_on_the_knowledge_files(run: Run) -> None:
    code, out, _ = run("check")
    assert code == 0
    assert "\n0 violations, " in f"\n{out}"


def test_check_names_what_does_not_conform(run: Run, knowledge: Path) -> None:
    cut_digest(knowledge)
    code, out, _ = run("check", "--knowledge", knowledge)
    assert code == 1
    assert "Violation: article:ttxvn-lai-chau-1 tl:textDigest" in out
    assert "  data/articles/ttxvn-lai-chau-1.trig" in out
    assert "\n1 violation, " in out


def test_check_writes_the_report_as_rdf(run: Run, knowledge: Path) -> None:
    cut_digest(knowledge)
    code, out, _ = run("check", "--knowledge", knowledge, "--format", "ttl")
    assert code == 1
    report = Graph().parse(data=out, format="turtle")
    assert set(report.subjects(RDF.type, SH.ValidationReport))
    violations = set(report.subjects(SH.resultSeverity, SH.Violation))
    assert {report.value(each, SH.focusNode) for each in violations} == {URIRef(f"{BASE_IRI}article/ttxvn-lai-chau-1")}


def test_query_answers_in_csv_when_piped(run: Run, state: Path) -> None:
    assert run("query", "--state", state, NAMES) == (0, "name\r\nLê Đức Dục\r\nLê Đức Dục\r\n", "")


@pytest.mark.parametrize(
    ("name", "query", "start"),
    [
        ("table", NAMES, "name\n----------\nLê Đức Dục\n"),
        ("csv", NAMES, "name\r\nLê"),
        ("tsv", NAMES, '?name\n"Lê'),
        ("json", NAMES, '{"head":{"vars":["name"]}'),
        ("xml", NAMES, '<?xml version="1.0"'),
        ("table", "ASK { ?s ?p ?o }", "true\n"),
        ("json", "ASK { ?s ?p ?o }", '{"head":{},"boolean":true}'),
        ("ttl", "CONSTRUCT { ?s a ?o } { ?s a ?o } LIMIT 1", "<https://"),
        ("nt", "CONSTRUCT { ?s a ?o } { ?s a ?o } LIMIT 1", "<https://"),
        ("rdf", "CONSTRUCT { ?s a ?o } { ?s a ?o } LIMIT 1", "<?xml"),
        ("table", "CONSTRUCT { ?s a ?o } { ?s a ?o } LIMIT 1", "subject"),
    ],
)
def test_query_answers_in_every_format(run: Run, state: Path, name: str, query: str, start: str) -> None:
    code, out, err = run("query", "--state", state, "--format", name, query)
    assert (code, err) == (0, "")
    assert out.startswith(start)


def test_query_reads_a_file_and_standard_input(
    run: Run, state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "question.rq"
    path.write_text(NAMES, encoding="utf-8")
    expected = run("query", "--state", state, NAMES)
    assert run("query", "--state", state, path) == expected
    with path.open(encoding="utf-8") as file:
        monkeypatch.setattr(sys, "stdin", file)
        assert run("query", "--state", state) == expected


@pytest.mark.parametrize(
    ("query", "name", "message"),
    [
        ("SELECT * WHERE {", "csv", "not SPARQL at line 1"),
        ("SELECT * { SERVICE <https://elsewhere.example/> { ?s ?p ?o } }", "csv", "SERVICE is not carried out"),
        ("DELETE WHERE { ?s ?p ?o }", "csv", "DELETE is an update"),
        ("ASK { ?s ?p ?o }", "nt", "no format 'nt'"),
        ("CONSTRUCT WHERE { ?s ?p ?o }", "csv", "no format 'csv'"),
    ],
)
def test_a_query_that_cannot_be_answered_says_why(run: Run, state: Path, query: str, name: str, message: str) -> None:
    code, out, err = run("query", "--state", state, "--format", name, query)
    assert (code, out) == (2, "")
    assert message in err


@pytest.mark.parametrize(
    "locale",
    [
        {"LC_ALL": "C"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"PYTHONIOENCODING": "latin-1"},
    ],
    ids=["C", "C without help from Python", "Latin-1"],
)
def test_vietnamese_is_unharmed_on_any_locale(state: Path, locale: dict[str, str]) -> None:
    done = as_process("query", "--state", str(state), "--format", "table", NAMES, **locale)
    assert (done.returncode, done.stderr) == (0, b"")
    assert "Lê Đức Dục" in done.stdout.decode("utf-8")


def test_a_pipe_that_closes_early_is_no_failure(state: Path) -> None:
    query = shlex.join(command("query", "--state", str(state), "SELECT ?s ?p ?o { ?s ?p ?o }"))
    line = f"{query} | head -1; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, env=environment(), check=False)
    assert (done.stdout.splitlines(), done.stderr) == (["s,p,o", "0"], "")


class Served:
    """Stands in for the server: keeps what it was started with, and does not start."""

    started: ClassVar[list[tuple[tuple[str, int], Settings]]] = []

    def __init__(self, listener: socket.socket, settings: Settings) -> None:
        self.started.append((listener.getsockname()[:2], settings))

    def serve(self) -> None:
        """Return at once, as after Ctrl-C."""


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> type[Served]:
    monkeypatch.setattr(supervision, "_Server", Served)
    monkeypatch.setattr(multiprocessing, "set_start_method", lambda method, force: None)
    monkeypatch.setattr(Served, "started", [])
    # The command hands its settings to the worker by the environment; they end with the test.
    monkeypatch.setattr(os, "environ", os.environ.copy())
    return Served


def test_serve_starts_the_application_with_its_settings(run: Run, state: Path, served: type[Served]) -> None:
    before = find_current(state)
    code, out, err = run("serve", "--state", state, "--host", "::1", "--port", "9001")
    assert (code, out) == (0, "")
    ((address, settings),) = served.started
    assert address == ("::1", 9001)
    assert from_environment(os.environ) == settings, "the process that answers reads the same settings"
    assert os.environ["TULIEU_PUBLIC_URL"] == "http://[::1]:9001/"
    assert os.environ["TULIEU_STATE"] == str(state)
    assert "http://[::1]:9001/" in err
    assert f"names do not resolve here: they begin with {BASE_IRI}" in err
    assert find_current(state) == before, "the files are the release's, so nothing was built"


def test_serve_says_that_the_address_is_taken(run: Run, state: Path, served: type[Served]) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        code, _, err = run("serve", "--state", state, "--port", port)
    assert code == 2
    assert f"127.0.0.1 port {port}: cannot listen here" in err
    assert served.started == []


def test_serve_builds_first_when_the_files_differ(run: Run, tmp_path: Path, served: type[Served]) -> None:
    code, _, err = run("serve", "--state", tmp_path / "new", "--base-iri", "http://127.0.0.1:9001/", "--port", "9001")
    assert code == 0
    assert find_current(tmp_path / "new").base_iri == "http://127.0.0.1:9001/"
    assert "names resolve here" in err
    assert len(served.started) == 1


def test_serve_serves_the_last_good_release_when_the_build_fails(
    run: Run, own_state: Path, knowledge: Path, served: type[Served]
) -> None:
    before = find_current(own_state)
    path = spoil(knowledge, "\nid:person-sample a tl:Person\n")
    code, _, err = run("serve", "--state", own_state, "--knowledge", knowledge)
    assert code == 0
    assert f"tulieu: {path.relative_to(knowledge)}:" in err
    assert f"the build failed; this is the last good release, {before.id}" in err
    assert find_current(own_state) == before
    assert len(served.started) == 1


def test_serve_without_any_good_release_fails(run: Run, tmp_path: Path, knowledge: Path, served: type[Served]) -> None:
    spoil(knowledge, "\nid:person-sample a tl:Person\n")
    code, _, _ = run("serve", "--state", tmp_path / "new", "--knowledge", knowledge)
    assert code == 2
    assert served.started == []


def test_a_text_is_scanned_filled_in_and_checked(run: Run, tmp_path: Path, knowledge: Path) -> None:
    path = tmp_path / "text.txt"
    path.write_text(TEXT, encoding="utf-8")
    code, out, err = run("source", "scan", path, "--article", "sample-1", "--split", "p02.s2@Bến dài")
    assert (code, err) == (0, "")
    assert out.count("a tl:Passage") == 4
    article = knowledge / "data" / "articles" / "sample-1.trig"
    marking = "tl:voiceMarking id:voice-marking-text"
    nothing = f'{marking} ;\n    tl:statesNothingBecause "A test."@en , "Bài thử."@vi'
    article.write_text(out.replace(marking, nothing), encoding="utf-8")
    code, out, err = run("source", "check", path, "--knowledge", knowledge)
    assert (code, out) == (0, ""), err
    assert "all passages agree with the text" in err
    path.write_text(TEXT.replace("9/4", "8/4"), encoding="utf-8")
    code, out, err = run("source", "check", path, "--knowledge", knowledge)
    assert (code, out) == (2, "")
    assert "no article has the text" in err
    code, out, err = run("source", "check", path, "--knowledge", knowledge, "--article", "sample-1")
    assert code == 1
    assert "p02.s1: the text there" in out
    assert "2 problems" in err


def test_the_version_is_told(run: Run) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    try:
        distribution("tulieu")
    except PackageNotFoundError:
        pytest.skip("tulieu is not installed here: a bare checkout has no version")
    assert run("--version") == (0, f"tulieu {project['version']}\n", "")

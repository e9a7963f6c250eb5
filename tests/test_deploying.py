"""The examples in `deploy/`: names lead where the server answers, proxies do what `docs/deploying.md` says they must.

The rules for w3id.org are read here as Apache reads them (https://httpd.apache.org/docs/2.4/mod/mod_rewrite.html), as
far as they go: anchored patterns, one redirect each. The other files are looked at as text, and by nginx where it is
installed.
"""

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient

from tulieu.release import Release
from tulieu.settings import SETTINGS
from tulieu.store import Iri, Store
from tulieu.vocabulary import BASE_IRI

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
PAGE = (ROOT / "docs" / "deploying.md").read_text(encoding="utf-8")
FILES = sorted(path for path in DEPLOY.rglob("*") if path.is_file())
RULES_FILE = (DEPLOY / "w3id" / ".htaccess").read_text(encoding="utf-8")
HOST = "https://archive.example/"
NGINX = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
NGINX_PATH = (DEPLOY / "nginx-path.conf").read_text(encoding="utf-8")
CADDY = (DEPLOY / "Caddyfile").read_text(encoding="utf-8")
# Looked for at the root of a host only (RFC 8615, RFC 9309).
AT_THE_ROOT = ("/.well-known/void", "/.well-known/api-catalog", "/robots.txt")
# A name of each kind, as a client asks w3id.org for it, and where it is led. A fragment never leaves the client.
LED = (
    ("", 302, ""),
    ("dataset", 303, "dataset"),
    ("dataset?format=ttl", 303, "dataset?format=ttl"),
    ("ontology", 303, "ontology"),
    ("ontology/0.1.0", 303, "ontology/0.1.0"),
    ("ontology/alignments/prov", 303, "ontology/alignments/prov"),
    ("shapes", 303, "shapes"),
    ("function", 303, "function"),
    ("id/person-sample-a", 303, "id/person-sample-a"),
    ("id/document-01-kl-tw-2021-05-18?lang=en", 303, "id/document-01-kl-tw-2021-05-18?lang=en"),
    ("article/sample-1", 303, "article/sample-1"),
    ("passage/sample-1/p08.s1", 303, "passage/sample-1/p08.s1"),
    ("note/sample-1/a-note", 303, "note/sample-1/a-note"),
    ("graph/asserted", 303, "graph/asserted"),
    ("release/20260101T000000Z-000000000000", 303, "release/20260101T000000Z-000000000000"),
)
# Addresses may move, so they have no name there; nor has what only looks like a name.
NOT_LED = (
    "doc/person-sample-a",
    "sparql",
    "releases",
    "tables/persons.csv",
    "robots.txt",
    "id",
    "id/",
    "identity/x",
    "ontologyx",
    "datasets",
    "shapes/x",
)


@dataclass(frozen=True)
class Rule:
    """One `RewriteRule`, which redirects and is the last that is looked at."""

    pattern: re.Pattern[str]
    target: str
    status: int


def read_rules(text: str) -> list[Rule]:
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    assert lines[0] == "RewriteEngine on"
    rules = []
    for line in lines[1:]:
        # A space within the flags is a syntax error, and 500 for every name: it would not match here.
        found = re.fullmatch(r"RewriteRule (\S+) (https://\S+) \[R=(30[23]),L\]", line)
        assert found, line
        rules.append(Rule(re.compile(found[1]), found[2], int(found[3])))
    return rules


RULES = read_rules(RULES_FILE)


def lead(name: str) -> tuple[int, str] | None:
    """Where a path below https://w3id.org/tulieu/ is led: the first rule that fits; the query string goes along."""
    path, mark, query = name.partition("?")
    for rule in RULES:
        found = rule.pattern.search(path)
        if found:
            target = re.sub(r"\$(\d)", lambda group, found=found: found[int(group[1])], rule.target)
            return rule.status, target + mark + query
    return None


@pytest.mark.parametrize(("name", "status", "path"), LED)
def test_a_name_is_led_to_the_archive(name: str, status: int, path: str) -> None:
    assert lead(name) == (status, HOST + path)


@pytest.mark.parametrize("path", NOT_LED)
def test_what_is_no_name_is_not_led(path: str) -> None:
    assert lead(path) is None


def test_every_name_in_the_data_is_led_to_where_the_server_answers(
    store: Store, sample: Release, client: FlaskClient
) -> None:
    # What something is said of; the ontology's examples are of an archive that is not this one.
    terms = {term for each in store.quads(None, None, None, None) for term in (each.subject, each.graph)}
    names = {term.value.partition("#")[0] for term in terms if isinstance(term, Iri)}
    ours = {iri.removeprefix(BASE_IRI) for iri in names if iri.startswith(BASE_IRI)} | {"dataset"}
    ours.add(f"release/{sample.id}")
    assert {name.split("/")[0] for name in ours} >= {"id", "article", "passage", "note", "graph", "ontology", "release"}
    paths = [urlsplit(led[1]).path for led in map(lead, sorted(ours)) if led]
    assert len(paths) == len(ours)
    turtle = {"Accept": "text/turtle"}
    assert not [path for path in paths if client.get(path, headers=turtle).status_code not in (200, 303)]


def test_the_rules_keep_what_w3id_asks_for() -> None:
    assert all(rule.pattern.pattern.startswith("^") and rule.pattern.pattern.endswith("$") for rule in RULES)
    assert all(rule.target.startswith(HOST) and "//" not in rule.target.removeprefix("https://") for rule in RULES)
    readme = (DEPLOY / "w3id" / "README.md").read_text(encoding="utf-8")
    for text in (RULES_FILE, readme):
        assert re.search(r"GitHub", text), "a maintainer's GitHub user name has to be named"
        assert text.endswith("\n") and not re.search(r"[ \t]$", text, re.MULTILINE)
    assert "Accept" not in "".join(line for line in RULES_FILE.splitlines() if not line.startswith("#"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_file_is_named_in_the_page(path: Path) -> None:
    name = path.relative_to(DEPLOY)
    named = {f"](../deploy/{name})", f"`{name.name}`"}
    assert any(each in PAGE for each in named), f"docs/deploying.md does not name deploy/{name}"


def test_settings_in_the_examples_exist() -> None:
    known = {setting.env for setting in SETTINGS}
    for path in FILES:
        named = set(re.findall(r"TULIEU_[A-Z_]+", path.read_text(encoding="utf-8")))
        assert named <= known, f"{path.name}: {named - known}"


@pytest.mark.parametrize("text", [NGINX, NGINX_PATH, CADDY], ids=["nginx", "nginx-path", "caddy"])
def test_a_proxy_leaves_answers_as_they_are(text: str) -> None:
    said = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
    assert "gzip on" not in said and "encode" not in said
    assert not re.search(r"proxy_hide_header|proxy_set_header (Accept|Host|If-)|header_up|header_down", said)
    assert "/metrics" in said


def test_nginx_does_what_the_page_says() -> None:
    for directive in (
        "gzip off;",
        "merge_slashes off;",
        "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;",
        "proxy_http_version 1.1;",
        "proxy_buffer_size 16k;",
        "proxy_buffering off;",
        "ssl_certificate ",
        "server 127.0.0.1:8000;",
    ):
        assert directive in NGINX
    for text in (NGINX, NGINX_PATH):
        assert text.count("{") == text.count("}")
        inside = (line.split("#")[0].rstrip() for line in text.splitlines())
        assert all(line.endswith((";", "{", "}")) for line in inside if line)
    # On a host of its own all names go on as they are: no path behind the server's name.
    assert set(re.findall(r"proxy_pass (\S+);", NGINX)) == {"http://tulieu"}


@pytest.mark.parametrize(("text", "root"), [(NGINX, ""), (NGINX_PATH, "/tulieu")], ids=["own host", "path"])
def test_nginx_hands_answers_of_every_endpoint_on_at_once(text: str, root: str) -> None:
    (pattern,) = re.findall(r"location ~ (\S+) \{", text)
    at_once = (f"{root}/sparql", f"{root}/sparql/graph-store", f"{root}/release/20260101T000000Z-0/sparql")
    assert all(re.search(pattern, path) for path in at_once)
    assert not any(re.search(pattern, f"{root}{path}") for path in ("/", "/sparqling", "/doc/sparql", "/release/x"))


def test_below_a_path_the_host_still_has_what_is_looked_for_at_its_root() -> None:
    for path in AT_THE_ROOT:
        assert f"location = {path} {{ proxy_pass http://tulieu{path}; }}" in NGINX_PATH
        assert re.search(rf"^# \t@root .*{re.escape(path)}\b", CADDY, re.MULTILINE)


def test_nginx_accepts_its_files(tmp_path: Path) -> None:
    if not shutil.which("nginx") or not shutil.which("openssl"):
        pytest.skip("nginx or openssl is not installed")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=archive.example"]
    subprocess.run([*make, "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True)
    own = NGINX.replace("/etc/letsencrypt/live/archive.example/fullchain.pem", str(certificate))
    own = own.replace("/etc/letsencrypt/live/archive.example/privkey.pem", str(key))
    # The blocks for a path stand in the same server, where the one for / takes the place of its own.
    below = "\n".join(line for line in NGINX_PATH.splitlines())
    both = own.replace("    location / { proxy_pass http://tulieu; }\n", below)
    for number, text in enumerate((own, both)):
        file = tmp_path / f"{number}.conf"
        file.write_text(f"pid {tmp_path}/nginx.pid;\nerror_log stderr;\nevents {{}}\nhttp {{\n{text}\n}}\n")
        done = subprocess.run(["nginx", "-t", "-c", str(file)], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr


def test_caddy_does_what_the_page_says() -> None:
    assert CADDY.count("{") == CADDY.count("}")
    assert "reverse_proxy 127.0.0.1:8000 {" in CADDY
    assert "flush_interval -1" in CADDY

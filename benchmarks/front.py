"""How fast the front is: answers that are kept, that the client has, and that are made, side by side in one run.

Comes in: a state folder with a release, and `wrk` (Debian package `wrk`). Goes out: a table of requests a second for
each kind of answer: median, least and most of some rounds in turn, and the ratio to what is made anew. The server is
started as a person starts it, but without a budget for one client; it runs on loopback and is stopped at the end.

    python benchmarks/front.py --state .tulieu [--rounds 3] [--seconds 3] [--connections 8]

wrk keeps one thread; on a machine of two processors it takes some of what the server could use, for all kinds alike.
"""

import argparse
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

START_SECONDS = 60
RATE = re.compile(r"Requests/sec:\s+([\d.]+)")
FAILED = re.compile(r"(Non-2xx or 3xx responses: \d+|Socket errors: .*)")
PREFIXES = "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> PREFIX tl: <https://w3id.org/tulieu/ontology#> "
LOOKUP = PREFIXES + "SELECT ?name { <https://w3id.org/tulieu/id/person-le-duc-duc> rdfs:label ?name }"
JOIN = PREFIXES + "SELECT ?class (COUNT(?thing) AS ?count) { ?thing a ?class ; rdfs:label ?name } GROUP BY ?class"
# Adds a number to each address, so that no two requests ask for the same.
COUNTING = """
local number = math.random(1, 1e9)
request = function()
  number = number + 1
  return wrk.format("GET", "{path}{sign}number=" .. number)
end
"""
CONDITIONAL = 'wrk.headers["If-None-Match"] = [[{tag}]]\n'


@dataclass(frozen=True)
class Kind:
    """One kind of answer: what is asked for, and how."""

    name: str
    path: str
    is_new: bool = False
    is_known: bool = False


KINDS = (
    Kind("nothing but the front (/health)", "/health"),
    Kind("lookup, kept", "/sparql?query=" + quote(LOOKUP)),
    Kind("lookup, client has it (304)", "/sparql?query=" + quote(LOOKUP), is_known=True),
    Kind("lookup, made", "/sparql?query=" + quote(LOOKUP), is_new=True),
    Kind("count by class, kept", "/sparql?query=" + quote(JOIN)),
    Kind("count by class, made", "/sparql?query=" + quote(JOIN), is_new=True),
    Kind("page, kept", "/browse"),
    Kind("page, made", "/browse", is_new=True),
)


def main() -> int:
    """Run all kinds in turn and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--state", required=True, type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--connections", type=int, default=8)
    chosen = parser.parse_args()
    if not shutil.which("wrk"):
        sys.stderr.write("wrk is not installed; on Debian: apt-get install wrk\n")
        return 2
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    # Not `tulieu serve`: that would first build a release where the knowledge files differ from the one to be measured.
    start = "import sys; from tulieu.serving.supervision import *; from tulieu.settings import from_environment as f; "
    start += "import os; s = f(os.environ)\nif __name__ == '__main__': serve(s, take_address(s.host, s.port))"
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "serve.py"
        script.write_text(start, encoding="utf-8")
        settings = {"TULIEU_STATE": str(chosen.state), "TULIEU_PORT": str(port), "TULIEU_QUERY_BUDGET": "0"}
        server = subprocess.Popen([sys.executable, str(script)], env={**os.environ, **settings})
        try:
            url = f"http://127.0.0.1:{port}"
            wait_for(f"{url}/ready")
            measure_all(url, Path(folder), chosen)
        finally:
            server.terminate()
            server.wait(timeout=30)
    return 0


def measure_all(url: str, folder: Path, chosen: argparse.Namespace) -> None:
    """Measure each kind in each round, so that what else the machine does falls on all alike."""
    rates: dict[str, list[float]] = {kind.name: [] for kind in KINDS}
    for _ in range(chosen.rounds):
        for kind in KINDS:
            rates[kind.name].append(measure(url, kind, folder, chosen))
    made = {"lookup": "lookup, made", "count by class": "count by class, made", "page": "page, made"}
    load = os.getloadavg()[0]
    lines = [
        f"{chosen.connections} connections, {chosen.rounds} rounds of {chosen.seconds} s; load {load:.1f}",
        f"{'answer':<34}{'median /s':>10}{'least':>9}{'most':>9}{'to made':>9}",
    ]
    for name, measured in rates.items():
        base = made.get(name.split(",")[0])
        median = statistics.median(measured)
        ratio = f"{median / statistics.median(rates[base]):.1f}" if base else ""
        lines.append(f"{name:<34}{median:>10.0f}{min(measured):>9.0f}{max(measured):>9.0f}{ratio:>9}")
    sys.stdout.write("\n".join([*lines, ""]))


def measure(url: str, kind: Kind, folder: Path, chosen: argparse.Namespace) -> float:
    """The rate of one kind; an answer that is an error ends the run."""
    lua = ""
    if kind.is_new:
        lua = COUNTING.format(path=kind.path, sign="&" if "?" in kind.path else "?")
    elif kind.is_known:
        with urllib.request.urlopen(url + kind.path) as answer:
            lua = CONDITIONAL.format(tag=answer.headers["ETag"])
    script = folder / "wrk.lua"
    script.write_text(lua, encoding="utf-8")
    options = ["-t1", f"-c{chosen.connections}", f"-d{chosen.seconds}s", "-s", str(script)]
    done = subprocess.run(["wrk", *options, url + kind.path], capture_output=True, text=True, check=True)
    failed, rate = FAILED.search(done.stdout), RATE.search(done.stdout)
    if failed or not rate:
        raise SystemExit(f"{kind.name}: {failed[1] if failed else done.stdout}")
    return float(rate[1])


def wait_for(url: str) -> None:
    """Wait until the server is ready."""
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(url):
                return
        except urllib.error.URLError:
            time.sleep(0.1)
    raise SystemExit(f"{url} did not answer")


if __name__ == "__main__":
    sys.exit(main())

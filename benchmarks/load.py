"""The command: tulieu beside each peer, the same questions, in one run, in turn, by eight clients.

Comes in: a working folder outside the checkout; the stored example queries; which data, loads and peers are wanted.
Goes out: for each peer, dataset and load the ratio of tulieu's rate to the peer's, as a table, a plot and a file of
figures. Everything is loaded and started first, then measured pair by pair.

    python -m benchmarks.load --work /tmp/bench
"""

import os
import shutil
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import click

from benchmarks import peers, report
from benchmarks.aggregates import AGGREGATES
from benchmarks.archive import TRIPLES, make_archive
from benchmarks.client import HttpClient, clients
from benchmarks.installing import CannotRunError
from benchmarks.isolation import measure_isolation
from benchmarks.measurement import LOADS, Measurement
from benchmarks.peers import Peer
from benchmarks.questions import Question, lookups, mix
from benchmarks.results import DATASETS, Results
from benchmarks.watching import Watch
from tulieu.pipeline import load
from tulieu.release import Release, find_current, is_up_to_date

SMALL_TRIPLES = 100_000
# What keeps all its data in memory as objects of Python gets little done on the archive; so it has one of its own too.
ONLY_ON = {"small archive": ("rdflib-endpoint",)}
_SEED = 8
_EVERYTHING = "SELECT ?s ?p ?o WHERE { ?s ?p ?o }"


def _first_byte(peer: Peer) -> float:
    """The median time to the first byte of the largest answer there is, in seconds."""
    client = HttpClient(peer.port, 10)
    return statistics.median(
        client.first_byte(Question("", f"{_EVERYTHING} # {number}").request(peer)) for number in range(5)
    )


def _prepare(
    work: Path, sizes: dict[str, int], datasets: Sequence[str], say: Callable[[str], None]
) -> dict[str, Release]:
    """Build the article's release, and the archives that are wanted, where they are not there yet."""
    command = [sys.executable, "-m", "tulieu", "build", "--state", str(work / "article")]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=peers.server_environment())
    article = find_current(work / "article")
    releases = {"article": article}
    for dataset in sizes.keys() & set(datasets):
        archive = work / f"archive-{sizes[dataset]}"
        # One made from other knowledge files is of no use: `tulieu serve` would build the article's release instead.
        if not is_up_to_date(archive, load.knowledge_digest(load.knowledge_root()), article.base_iri):
            say(f"writing the {dataset} …")
            shutil.rmtree(archive, ignore_errors=True)
            make_archive(article, archive, sizes[dataset], _SEED)
        releases[dataset] = find_current(archive)
    return {dataset: releases[dataset] for dataset in DATASETS if dataset in datasets} | {"article": article}


def _start_all(
    work: Path,
    releases: dict[str, Release],
    wanted: Sequence[tuple[str, str]],
    stack: ExitStack,
    remark: Callable[[str], None],
) -> dict[tuple[str, str], Peer]:
    """Start everything, two at once; give what runs, by dataset and name."""
    folder = work / "peers"
    folder.mkdir(parents=True, exist_ok=True)
    started: dict[tuple[str, str], Peer] = {}
    starts = {"tulieu": peers.start_tulieu, **peers.STARTS}

    def start(dataset: str, name: str) -> None:
        try:
            peer = starts[name](folder, releases[dataset])
        except (CannotRunError, OSError, subprocess.SubprocessError) as error:
            remark(f"{dataset}, {name}: not measured: {error}")
            return
        stack.callback(peers.stop, peer)
        started[dataset, name] = peer
        if peer.load_seconds:
            remark(f"{dataset}, {name}: loaded in {peer.load_seconds:.0f} s, beside others that loaded.")

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda each: start(*each), wanted))
    return started


@click.command()
@click.option("--work", type=click.Path(path_type=Path), required=True, help="Folder outside the checkout; is kept.")
@click.option("--load", "loads", multiple=True, type=click.Choice(list(LOADS)), help="Only this load; may be repeated.")
@click.option("--data", "datasets", multiple=True, type=click.Choice(DATASETS), help="Only this data; may be repeated.")
@click.option(
    "--peer", "names", multiple=True, type=click.Choice(list(peers.STARTS)), help="Only this peer; may be repeated."
)
@click.option("--triples", default=TRIPLES, show_default=True, help="Size of the archive.")
@click.option(
    "--small-triples", default=SMALL_TRIPLES, show_default=True, help="Size of rdflib-endpoint's own archive."
)
@click.option("--minutes", default=15.0, show_default=True, help="Most time for measuring, after all is loaded.")
@click.option(
    "--page",
    type=click.Path(path_type=Path, exists=True),
    help="Page to write the results into; left as it is where --load, --data or --peer leave something out.",
)
def main(
    work: Path,
    loads: tuple[str, ...],
    datasets: tuple[str, ...],
    names: tuple[str, ...],
    triples: int,
    small_triples: int,
    minutes: float,
    page: Path | None,
) -> None:
    """Measure tulieu beside its peers.

    All of it takes some twenty minutes. A short run, here one load on the article's release beside one peer, takes
    half a minute once the peer is there:

    \b
        python -m benchmarks.load --work /tmp/bench --load lookup --data article --peer Oxigraph
    """
    # Ended from outside, it must not leave servers behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    is_whole = not (loads or datasets or names)
    work = work.resolve()
    work.mkdir(parents=True, exist_ok=True)
    releases = _prepare(work, {"archive": triples, "small archive": small_triples}, datasets or DATASETS, click.echo)
    pairs = [
        (dataset, name)
        for dataset in DATASETS
        if dataset in (datasets or DATASETS)
        for name in peers.STARTS
        if name in (names or peers.STARTS) and name in ONLY_ON.get(dataset, peers.STARTS)
    ]
    with ExitStack() as stack:
        watch = Watch()
        stack.callback(watch.close)
        measurement = Measurement(stack.enter_context(clients()), watch, _SEED, click.echo)
        # What takes the longest to load comes first.
        wanted = sorted({(dataset, "tulieu") for dataset, _ in pairs}) + pairs
        started = _start_all(work, releases, wanted, stack, measurement.remark)
        for peer in started.values():
            watch.add(peer)
        if any((dataset, "tulieu") not in started for dataset, _ in pairs):
            raise click.ClickException(f"tulieu itself did not start; its log is in {work / 'peers'}")
        # All have loaded; what is at work now is not ours, and makes every figure less certain.
        others = os.getloadavg()[0]
        measurement.begin(minutes)
        for dataset, name in reversed(pairs):
            if (dataset, name) in started:
                asked = {"mix": mix(), "lookup": lookups(releases[dataset], _SEED), "aggregates": AGGREGATES}
                ours, theirs = started[dataset, "tulieu"], started[dataset, name]
                measurement.measure(dataset, loads or tuple(LOADS), ours, theirs, asked)
        archive = started.get(("archive", "tulieu"))
        first_byte = None if archive is None else _first_byte(archive)
        isolation = measure_isolation(releases["article"])
    results = Results(
        date=time.strftime("%Y-%m-%d"),
        machine=f"{report.machine()}, load average {others:.1f} before",
        sizes={dataset: releases[dataset].counts["graph/default"] for dataset in dict(pairs)},
        comparisons=report.in_order(measurement.comparisons),
        omissions=tuple(measurement.omissions),
        timings=tuple(measurement.timings),
        isolation=isolation,
        first_byte=first_byte,
        remarks=tuple(measurement.remarks),
    )
    report.write(results, work / "results.json", page if is_whole else None)
    click.echo(report.markdown(results))
    if page is not None and not is_whole:
        click.echo(f"{page} is left as it is: this was a part of the measurement.")


if __name__ == "__main__":
    main()

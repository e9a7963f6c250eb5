"""A synthetic archive of any size: the article's release many times over, as a release that can be served.

Comes in: a state folder with the article's release, a size, a seed. Goes out: another state folder with one release:
the store, the N-Quads, the search index, a manifest. The first article in it is the real one; each other is a copy of
it whose persons, events, documents, figures, passages and notes have names of their own, marked as synthetic in name
and label, with days drawn from the seed. What belongs to no single article stays shared: the ontology, the concepts,
what concerns the whole country. So each stored question still has its answer, and has more to look through. No more
than one article is in memory at a time; the same release and seed give the same statements.

    python -m benchmarks.archive --from .tulieu --into /tmp/archive
"""

import gzip
import hashlib
import random
import re
import shutil
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import click
import pyoxigraph
from rdflib import Graph

from tulieu import release as releases
from tulieu.errors import ReleaseError
from tulieu.pipeline import load
from tulieu.pipeline.indexing import index_rows, write_index
from tulieu.release import Release, find_current
from tulieu.vocabulary import ONTOLOGY_IRI, Names

QUADS = "archive.nq"
TRIPLES = 1_000_000
# Names under id/ that begin so concern the whole country, not one province or one article.
SHARED = (
    "organ-ban-chap-hanh-trung-uong", "organ-bo-chinh-tri", "organ-dang-cong-san-viet-nam", "organ-ttxvn",
    "person-ho-chi-minh", "name-dang", "name-ho-chi-minh", "name-nghi-quyet-dai-hoi-xiii", "name-trung-uong",
    "name-ttxvn", "event-dai-hoi-xiii", "term-", "period-", "movement-", "document-01-kl-tw", "document-05-ct-tw",
    "document-nghi-quyet-dai-hoi-xiii", "issuance-01-kl-tw", "issuance-05-ct-tw", "issuance-nghi-quyet-dai-hoi-xiii",
    "relation-01-kl-tw-05-ct-tw",
)  # fmt: skip

# In a template: here stands the number of the copy; a day between two of these is moved.
_NUMBER, _DAY = "\x00", "\x01"
_STATEMENT = "statement-"
_DATE = re.compile(r'"(\d{4}-\d\d-\d\d)"(?=\^\^<http://www\.w3\.org/2001/XMLSchema#date>)')
_MARKED_DAY = re.compile(f"{_DAY}([^{_DAY}]+){_DAY}")
_LABEL = re.compile(
    r"^<[^>]*> <(?:http://www\.w3\.org/2000/01/rdf-schema#label|http://www\.w3\.org/2004/02/skos/core#(?:pref|alt)Label|"
    + re.escape(ONTOLOGY_IRI)
    + r'#headline)> "(?:[^"\\]|\\.)*(?=")'
)
_REIFIED = re.compile(r"^<([^>]*)> <http://www\.w3\.org/1999/02/22-rdf-syntax-ns#(?:subject|object)> <([^>]*)>")
_IN_SCHEME = re.compile(r"^<([^>]*)> <http://www\.w3\.org/2004/02/skos/core#inScheme> ")
_SUBCLASS = " <http://www.w3.org/2000/01/rdf-schema#subClassOf> "
# A statement of the default graph has three terms, of any other graph four.
_TERMS = re.compile(r'<[^>]*>|_:\S+|"(?:[^"\\]|\\.)*"(?:@[\w-]+|\^\^<[^>]*>)?')
_MOST_DAYS = 3000


@dataclass(frozen=True)
class Template:
    """What is written once, and what once for each article; triples are counted in the default graph alone."""

    shared: tuple[str, ...]
    copied: str
    shared_triples: int
    copied_triples: int


def make_template(lines: list[str], names: Names) -> Template:
    """Part the N-Quads lines of a release in those that are shared and those that each article has for itself."""
    renamed = _renamed(lines, names)
    shared: list[str] = []
    copied: list[str] = []
    triples = {True: 0, False: 0}
    for line in lines:
        template = _mark(line, renamed)
        is_copied = template != line
        (copied if is_copied else shared).append(template)
        triples[is_copied] += len(_TERMS.findall(line)) == 3
    return Template(tuple(shared), "\n".join(copied) + "\n", triples[False], triples[True])


def write_copy(template: Template, number: int, random_source: random.Random) -> str:
    """Write the lines of one article that is not there; article 0 is the real one and is not written so."""
    shift = timedelta(days=random_source.randint(-_MOST_DAYS, _MOST_DAYS))

    def move(found: re.Match[str]) -> str:
        return (date.fromisoformat(found[1]) + shift).isoformat()

    return _MARKED_DAY.sub(move, template.copied).replace(_NUMBER, f"{number:04}")


def _renamed(lines: list[str], names: Names) -> dict[str, str]:
    """Give the names that each article has for itself, each with its template."""
    concepts = {found[1] for line in lines if (found := _IN_SCHEME.match(line))}
    things = names.thing("")
    owned = tuple(f"{names.base_iri}{part}/" for part in ("article", "passage", "note"))
    renamed: dict[str, str] = {}
    iris = {term[1:-1] for line in lines for term in _TERMS.findall(line) if term.startswith("<")}
    for iri in sorted(iris):
        if iri.startswith(owned):
            start = next(prefix for prefix in owned if iri.startswith(prefix))
            slug, *rest = iri.removeprefix(start).split("/", 1)
            renamed[iri] = start + "/".join([f"synthetic-{slug}-{_NUMBER}", *rest])
        elif iri.startswith(things):
            local = iri.removeprefix(things)
            if iri not in concepts and not local.startswith((*SHARED, "scheme-", _STATEMENT)):
                renamed[iri] = f"{iri}-synthetic-{_NUMBER}"
    # A statement that is spoken of is another one as soon as one of its terms is.
    for line in lines:
        reified = _REIFIED.match(line)
        if reified and reified[2] in renamed and reified[1].startswith(things + _STATEMENT):
            renamed[reified[1]] = f"{reified[1]}-synthetic-{_NUMBER}"
    return renamed


def _mark(line: str, renamed: dict[str, str]) -> str:
    def rename(found: re.Match[str]) -> str:
        term = found[0]
        return f"<{renamed[term[1:-1]]}>" if term[1:-1] in renamed and term[0] == "<" else term

    marked = _TERMS.sub(rename, line)
    if marked == line:
        return line
    if _NUMBER in marked.split(" ", 1)[0]:
        marked = _LABEL.sub(lambda found: f"{found[0]} · synthetic {_NUMBER}", marked)
    return _DATE.sub(rf'"{_DAY}\1{_DAY}"', marked)


def make_archive(source: Release, into: Path, triples: int, seed: int) -> Release:
    """Write the archive as the one release of a state folder."""
    names = Names(source.base_iri)
    with gzip.open(source.dataset_path, "rt", encoding="utf-8") as file:
        lines = file.read().splitlines()
    template = make_template(lines, names)
    articles = max(1, round((triples - template.shared_triples) / template.copied_triples))
    folder = into / releases.RELEASES / f"{releases.BUILDING_PREFIX}archive"
    shutil.rmtree(folder, ignore_errors=True)
    (folder / releases.DUMPS).mkdir(parents=True)
    digest = _write_quads(folder, lines, template, articles, seed, names)
    _write_store(folder)
    for part in (releases.PROOFS, releases.REPORT_JSON, releases.REPORT_TURTLE):
        shutil.copyfile(source.folder / part, folder / part)
    created = datetime.now(UTC).replace(microsecond=0)
    release = Release(
        folder=folder,
        id=f"{created:%Y%m%dT%H%M%SZ}-{digest[:12]}",
        created=created.isoformat().replace("+00:00", "Z"),
        base_iri=source.base_iri,
        software="synthetic archive of benchmarks/archive.py",
        # So that `tulieu serve` does not take the archive for an old state of the knowledge files.
        knowledge_digest=load.knowledge_digest(load.knowledge_root()),
        dataset_digest=digest,
        counts={"Article": articles, "graph/default": template.shared_triples + template.copied_triples * articles},
    )
    releases.write_manifest(release)
    target = into / releases.RELEASES / release.id
    folder.rename(target)
    return releases.switch(into, target)


def _write_quads(folder: Path, lines: list[str], template: Template, articles: int, seed: int, names: Names) -> str:
    """Write the statements and the search index, article by article; give the digest of the statements."""
    digest = hashlib.sha256()
    source_of_days = random.Random(seed)
    classes = [line for line in template.shared if _SUBCLASS in line]
    with (
        (folder / QUADS).open("wb") as quads,
        gzip.GzipFile(folder / releases.DATASET, "wb", compresslevel=1, mtime=0) as packed,
    ):
        first = "\n".join(lines) + "\n"
        write_index(folder / releases.SEARCH, _default_graph(lines), names)
        for number in range(articles):
            text = first if number == 0 else write_copy(template, number, source_of_days)
            content = text.encode()
            for file in (quads, packed):
                file.write(content)
            digest.update(content)
            if number:
                _add_to_index(folder / releases.SEARCH, _default_graph([*classes, *text.splitlines()]), names)
    return digest.hexdigest()


def _default_graph(lines: Iterable[str]) -> Graph:
    """Read the statements that the search index is made from: those of the default graph that are not about others."""
    plain = (line for line in lines if "#Statement>" not in line and "/id/statement-" not in line)
    triples = "\n".join(line for line in plain if len(_TERMS.findall(line)) == 3)
    return Graph().parse(data=triples, format="nt")


def _add_to_index(path: Path, graph: Graph, names: Names) -> None:
    rows = sorted(set(index_rows(graph, names)))
    with closing(sqlite3.connect(path)) as connection:
        connection.executemany("INSERT INTO labels VALUES (?, ?, ?, ?, ?)", rows)
        connection.commit()


def _write_store(folder: Path) -> None:
    store = pyoxigraph.Store(str(folder / releases.STORE))
    store.bulk_load(path=str(folder / QUADS), format=pyoxigraph.RdfFormat.N_QUADS)
    store.optimize()
    store.flush()


@click.command()
@click.option(
    "--from", "source", type=click.Path(path_type=Path), required=True, help="State with the article's release."
)
@click.option("--into", type=click.Path(path_type=Path), required=True, help="State folder of the archive, made anew.")
@click.option("--triples", default=TRIPLES, show_default=True, help="About so many in the default graph.")
@click.option("--seed", default=8, show_default=True, help="What the days of the copies are drawn from.")
def main(source: Path, into: Path, triples: int, seed: int) -> None:
    """Write a synthetic archive, many times the article, for measuring."""
    try:
        release = make_archive(find_current(source), into, triples, seed)
    except ReleaseError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{release.folder}: {release.counts['Article']} articles, {release.counts['graph/default']} triples")


if __name__ == "__main__":
    main()

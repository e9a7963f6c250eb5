"""A release as data: its description in RDF, and its files.

Comes in: release folders. Goes out: statements in VoID and Dublin Core (https://www.w3.org/TR/void/), and the path of a
file that may be fetched. Issue 10 adds DCAT, partitions and checksums.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

from tulieu.errors import NotFoundError
from tulieu.release import Release
from tulieu.store import Iri, Literal, Statement, Term
from tulieu.vocabulary import Names

VOID = "http://rdfs.org/ns/void#"
DCTERMS = "http://purl.org/dc/terms/"
XSD = "http://www.w3.org/2001/XMLSchema#"
LICENCE = "https://creativecommons.org/licenses/by/4.0/"
RDF_TYPE = Iri("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")

ListReleases = Callable[[], Sequence[Release]]


def describe_release(release: Release, public_url: str) -> list[Statement]:
    """Describe a release: when it was made, under which licence, and where its downloads are."""
    name = Iri(str(Names(release.base_iri).release(release.id)))
    pairs: list[tuple[str, Term]] = [
        (DCTERMS + "identifier", Literal(release.id)),
        (DCTERMS + "created", Literal(release.created, datatype=XSD + "dateTime")),
        (DCTERMS + "license", Iri(LICENCE)),
        (VOID + "sparqlEndpoint", Iri(f"{public_url}sparql")),
        (VOID + "uriSpace", Literal(release.base_iri)),
        *((VOID + "dataDump", Iri(f"{public_url}release/{release.id}/{path.name}")) for path in list_files(release)),
    ]
    described = [Statement(name, RDF_TYPE, Iri(VOID + "Dataset"))]
    return described + [Statement(name, Iri(predicate), value) for predicate, value in pairs]


def list_files(release: Release) -> tuple[Path, ...]:
    """The files of a release that may be fetched: its dumps and its N-Quads."""
    dumps = [path for path in release.dumps_path.iterdir() if path.is_file()] if release.dumps_path.is_dir() else []
    return tuple(sorted([*dumps, release.dataset_path], key=lambda path: path.name))


def find_file(release: Release, name: str) -> Path:
    """Find a file of a release by its name; a name that is none of them opens nothing, wherever it points."""
    for path in list_files(release):
        if path.name == name and path.is_file():
            return path
    available = ", ".join(path.name for path in list_files(release))
    raise NotFoundError(f"Release {release.id} has no file {name}. It has: {available}.")

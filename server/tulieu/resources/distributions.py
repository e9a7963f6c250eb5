"""The forms in which a release can be had: https://www.w3.org/TR/vocab-dcat-3/#Class:Distribution

Comes in: a dataset or release and who publishes it. Goes out: statements on its files with their checksums, on the
tables, and on the endpoint, which is a form of the dataset and a service.
"""

from collections.abc import Iterator

from tulieu.formats import DOCUMENT_FORMATS, format_named
from tulieu.release import Release
from tulieu.resources.describing import LICENCE, XSD, Publication, moment, name, name_of, number, part_of, say
from tulieu.statistics import record_of
from tulieu.store import Blank, Iri, Literal, Statement

_MEDIA_TYPE = "https://www.iana.org/assignments/media-types/"
_TABLES, _TABLES_STANDARD = "tables/tulieu-tables.zip", "https://www.w3.org/TR/tabular-data-model/"
_PROTOCOL = "https://www.w3.org/TR/sparql11-protocol/"


def describe_files(publication: Publication, node: Iri, release: Release) -> Iterator[Statement]:
    """The files that hold the whole release, with what a copy is checked by."""
    for path in release.list_dumps():
        form = format_named(path.name.removesuffix(".gz").rpartition(".")[2], DOCUMENT_FORMATS)
        file, checksum = part_of(name_of(release), path.name), Blank(f"checksum-{form.name}")
        address = publication.address(f"release/{release.id}/{path.name}")
        record = record_of(release, path)
        yield from say(node, (("dcat:distribution", file), ("void:dataDump", address)))
        yield from say(
            file,
            (
                ("rdf:type", name("dcat:Distribution")),
                ("dcterms:title", Literal(path.name)),
                *publication.texts("dcterms:description", f"file.{form.name}"),
                ("dcterms:license", Iri(LICENCE)),
                ("dcterms:issued", moment(release)),
                ("dcat:accessURL", publication.address(f"release/{release.id}")),
                ("dcat:downloadURL", address),
                ("dcat:mediaType", Iri(_MEDIA_TYPE + form.media_type)),
                ("dcat:compressFormat", Iri(_MEDIA_TYPE + "application/gzip")),
                ("dcat:byteSize", number(record.size, "nonNegativeInteger")),
                ("spdx:checksum", checksum),
            ),
        )
        yield from say(
            checksum,
            (
                ("rdf:type", name("spdx:Checksum")),
                ("spdx:algorithm", name("spdx:checksumAlgorithm_sha256")),
                ("spdx:checksumValue", Literal(record.sha256, datatype=XSD + "hexBinary")),
            ),
        )


def describe_tables(publication: Publication, node: Iri) -> Iterator[Statement]:
    """The tables, which are made when they are asked for; there are those of the current release alone."""
    tables = part_of(node, "tables")
    yield from say(node, [("dcat:distribution", tables)])
    yield from say(
        tables,
        (
            ("rdf:type", name("dcat:Distribution")),
            ("dcterms:title", Literal("CSV")),
            *publication.texts("dcterms:description", "tables"),
            ("dcterms:license", Iri(LICENCE)),
            ("dcterms:conformsTo", Iri(_TABLES_STANDARD)),
            ("dcat:accessURL", publication.address("tables")),
            ("dcat:downloadURL", publication.address(_TABLES)),
            ("dcat:mediaType", Iri(_MEDIA_TYPE + "text/csv")),
            ("dcat:packageFormat", Iri(_MEDIA_TYPE + "application/zip")),
        ),
    )


def describe_service(publication: Publication, node: Iri, release: Release, path: str) -> Iterator[Statement]:
    """The endpoint, as a form of the dataset and as a service; it describes itself where it is asked nothing."""
    access, service = part_of(node, "sparql"), publication.address(path)
    yield from say(node, (("dcat:distribution", access), ("void:sparqlEndpoint", service)))
    yield from say(
        access,
        (
            ("rdf:type", name("dcat:Distribution")),
            ("dcterms:title", Literal("SPARQL")),
            ("dcterms:license", Iri(LICENCE)),
            ("dcterms:conformsTo", Iri(_PROTOCOL)),
            ("dcat:accessURL", service),
            ("dcat:accessService", service),
        ),
    )
    yield from say(
        service,
        (
            ("rdf:type", name("dcat:DataService")),
            *publication.texts("dcterms:title", "service"),
            ("dcterms:license", Iri(LICENCE)),
            ("dcterms:conformsTo", Iri(_PROTOCOL)),
            ("dcat:endpointURL", service),
            ("dcat:endpointDescription", publication.address(f"{path}?format=ttl")),
            ("dcat:servesDataset", node),
            ("dcat:servesDataset", name_of(release)),
        ),
    )

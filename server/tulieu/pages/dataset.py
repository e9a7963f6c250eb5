"""The page of the whole dataset, from which people start to use the data again, and the words by which it is described.

Comes in: the release that is served. Goes out: a frozen `DatasetPage`: what the data cover, the files with their
checksums, the other ways to the same data, rights, where machines begin to read. `archive_words` gives title,
description and rights to whoever describes the dataset elsewhere, so that all say the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from tulieu.formats import DOCUMENT_FORMATS, HTML
from tulieu.pages.archive import Archive
from tulieu.pages.coverage import Coverage, make_coverage
from tulieu.pages.labels import Text
from tulieu.pages.links import Links
from tulieu.pages.release import Download, make_download
from tulieu.pages.values import Value, Values, show_count
from tulieu.pages.wording import LANGUAGES, Wording
from tulieu.statistics import Statistics, read_statistics

_LICENCE = "https://creativecommons.org/licenses/by/4.0/"


@dataclass(frozen=True)
class DatasetPage:
    """What there is to use again: counts, files, ways in, rights, and where machines begin."""

    title: Text
    iri: str
    name: Text
    coverage: Coverage
    publishers: tuple[Value, ...]
    counts: tuple[tuple[Text, str], ...]
    downloads: tuple[Download, ...]
    release_id: str
    release_href: str
    endpoint: str
    formats: tuple[Value, ...]
    machines: tuple[tuple[Value, Text], ...]
    licence: Value


def make_dataset_page(archive: Archive, values: Values) -> DatasetPage:
    """Gather the page of the dataset."""
    release, links, wording = archive.release, values.links, values.wording
    plain = Links(links.public_url, links.names)
    words = archive_words()
    statistics = read_statistics(release)
    publishers = statistics.publishers.values() if statistics else ()
    return DatasetPage(
        title=Text(wording("dataset.title"), values.language),
        iri=str(archive.names.dataset),
        name=Text(words["title"][values.language], values.language),
        coverage=make_coverage(archive, values),
        publishers=tuple(values.thing(each) for each in dict.fromkeys(each for some in publishers for each in some)),
        counts=tuple(_count(statistics, values)) if statistics else (),
        downloads=tuple(make_download(path, release, values) for path in release.list_dumps()),
        release_id=release.id,
        release_href=links.path(f"release/{release.id}"),
        endpoint=plain.absolute("sparql"),
        formats=tuple(
            Value(Text(form.title, ""), plain.path(f"dataset.{form.name}"))
            for form in DOCUMENT_FORMATS
            if form is not HTML
        ),
        machines=tuple(
            (Value(Text(plain.absolute(path), ""), plain.path(path)), Text(what, values.language))
            for path, what in (
                (".well-known/void", wording("dataset.machines.void")),
                (".well-known/api-catalog", wording("dataset.machines.catalog")),
                ("sitemap.xml", wording("dataset.machines.sitemap")),
            )
        ),
        licence=Value(Text("CC BY 4.0", ""), _LICENCE, _LICENCE, is_external=True),
    )


def archive_words() -> Mapping[str, Mapping[str, str]]:
    """What the archive is called and said to be, what it gives and keeps, by language."""
    texts = {wording.language: dict(_words(wording)) for wording in map(Wording, LANGUAGES)}
    return {what: {language: texts[language][what] for language in LANGUAGES} for what in texts[LANGUAGES[0]]}


def _words(wording: Wording) -> list[tuple[str, str]]:
    return [
        ("title", wording("cite.archive", wording("site.name"), wording("site.subtitle"))),
        ("description", f"{wording('about.what')} {wording('about.how')} {wording('about.official')}"),
        ("keywords", wording("dataset.keywords")),
        ("rights", f"{wording('policy.rights.data')} {wording('policy.rights.wording')}"),
        ("creator", wording("dataset.creator")),
        ("service", wording("dataset.service")),
        ("tables", wording("dataset.ways.tables")),
        ("time", wording("coverage.span")),
        *((f"file.{name}", wording(f"release.file.{name}")) for name in ("trig", "ttl", "nt", "nq", "jsonld")),
    ]


def _count(statistics: Statistics, values: Values) -> list[tuple[Text, str]]:
    """The numbers of the default graph, as the build counted them."""
    counts = (
        (values.wording("dataset.triples"), statistics.triples),
        (values.wording("dataset.entities"), statistics.entities),
        (values.wording("dataset.classes"), len(statistics.classes)),
        (values.wording("dataset.properties"), len(statistics.properties)),
    )
    return [(Text(label, values.language), show_count(count, values.language)) for label, count in counts]

"""The page "Cite this", and the same as files: which thing, article, list or release an address stands for.

Comes in: `of`, the address of a page of ours below the public URL with its parameters. Goes out: a frozen `CitePage`,
or references for the files. An article is cited as what the paper printed, and then as our record of it.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

from tulieu.changes import read_changes
from tulieu.errors import NotFoundError
from tulieu.pages.archive import Archive
from tulieu.pages.citation import CITATION_FORMATS, DATASET, ENTRY, NEWS, PAGE, TEXT, Reference, write_text
from tulieu.pages.frame import CITED_PAGES, LONGEST_CITED
from tulieu.pages.knowledge import text_of
from tulieu.pages.labels import Text
from tulieu.pages.links import KEPT, Links
from tulieu.pages.sources import in_language
from tulieu.pages.terms import OURS
from tulieu.pages.values import Values
from tulieu.pages.visit import Visit
from tulieu.pages.wording import LANGUAGES, Wording
from tulieu.release import CHANGES, Release
from tulieu.store import Term
from tulieu.vocabulary import ONTOLOGY_IRI

_FIXED = ("doc/", "article/", "passage/", "note/")
_DOCUMENTS = (*_FIXED, "graph/")
PAST_DOCUMENT = re.compile(rf"release/(?P<release>[^/]+)/(?:{'|'.join(_FIXED)})")


@dataclass(frozen=True)
class Written:
    """The references in one form: its name, its text, the address of the file."""

    title: str
    text: str
    href: str


@dataclass(frozen=True)
class CitePage:
    """How to cite a page: for people in both languages, then for reference managers."""

    title: Text
    name: Text
    name_href: str
    sentences: tuple[Text, ...]
    forms: tuple[Written, ...]
    release_id: str


@dataclass(frozen=True)
class _Cited:
    """A page that can be cited, without its address."""

    kind: str
    title: Text
    identifier: str = ""
    release: Release | None = None


def make_cite_page(archive: Archive, releases: Sequence[Release], visit: Visit) -> CitePage:
    """Gather the page that tells how to cite another."""
    values, of = visit.values, asked(visit)
    references = find_references(archive, releases, visit)
    name = references[-1]
    readers = (Values(values.labels, values.links, language) for language in LANGUAGES)
    return CitePage(
        title=Text(values.wording("cite.title", name.title), values.language),
        name=Text(name.title, name.language),
        name_href=values.links.path(unquote(urlsplit(of).path), parse_qs(urlsplit(of).query)),
        sentences=tuple(
            Text(write_text(_refer(archive, releases, of, reader), reader.wording), reader.language)
            for reader in readers
        ),
        forms=tuple(
            Written(form.title, write(references, values.wording), values.links.path(f"cite.{form.name}", {"of": of}))
            for form, write in CITATION_FORMATS
            if form is not TEXT
        ),
        release_id=name.version,
    )


def find_references(archive: Archive, releases: Sequence[Release], visit: Visit) -> tuple[Reference, ...]:
    """Find what an address stands for; raise NotFoundError where that is no page of ours."""
    return _refer(archive, releases, asked(visit), visit.values)


def _refer(archive: Archive, releases: Sequence[Release], of: str, values: Values) -> tuple[Reference, ...]:
    parts = urlsplit(of)
    path = unquote(parts.path)
    parameters = {name: texts for name, texts in parse_qs(parts.query).items() if name not in KEPT}
    searched = next(iter(parameters.get("q", ())), "")
    cited = None if parts.scheme or parts.netloc else _find(archive, releases, path, searched, values)
    if cited is None:
        raise NotFoundError(f"There is no page {of!r} to cite. Give `of` the address of a page below the public URL.")
    release = cited.release or archive.release
    record = Reference(
        key=_key(path or "archive", release),
        kind=cited.kind,
        title=cited.title.words[:1].upper() + cited.title.words[1:],
        language=cited.title.language or values.content,
        container="" if cited.kind == DATASET else _name_of_archive(values.wording),
        issued=release.created[:10],
        version=release.id,
        url=Links(values.links.public_url, values.links.names).absolute(_fixed(path, release), parameters),
        identifier=cited.identifier,
    )
    return (*_as_printed(archive, path.removeprefix(f"release/{release.id}/"), cited, values), record)


def asked(visit: Visit) -> str:
    """The address that is to be cited, below the public URL."""
    return next(iter(visit.parameters.get("of", ())), "")[:LONGEST_CITED]


def _find(archive: Archive, releases: Sequence[Release], path: str, searched: str, values: Values) -> _Cited | None:
    wording = values.wording
    first, _, rest = path.partition("/")
    if not path:
        return _Cited(DATASET, Text(_name_of_archive(wording), values.language))
    if path == "dataset":
        return _Cited(DATASET, Text(_name_of_archive(wording), values.language), str(archive.names.dataset))
    if path.startswith("release/"):
        return _find_in_release(archive, releases, rest, values)
    if path.startswith(_DOCUMENTS):
        iri = archive.names.thing_prefix + rest if first == "doc" else archive.names.base_iri + path
        return _Cited(ENTRY, _title(archive, first, iri, values), iri) if _is_known(archive, iri) else None
    if first == "browse" and rest:
        known = archive.vocabulary.term(OURS + rest)
        return _Cited(PAGE, values.labels.of(known.iri, values.content)) if known else None
    key = CITED_PAGES.get(path, "")
    identifier = ONTOLOGY_IRI if path == "ontology" else ""
    return _Cited(PAGE, Text(wording(key, searched), values.language), identifier) if key else None


def _find_in_release(archive: Archive, releases: Sequence[Release], path: str, values: Values) -> _Cited | None:
    """Find a release, what it changed, or one of its documents: then `archive` is that release."""
    identifier, _, part = path.partition("/")
    release = next((each for each in releases if each.id == identifier), None)
    if release is None or (part == CHANGES and read_changes(release) is None):
        return None
    if part and part != CHANGES:
        return _find(archive, releases, part, "", values) if part.startswith(_FIXED) else None
    wording, whole = values.wording, _name_of_archive(values.wording)
    title = wording("cite.changes", whole) if part else wording("cite.whole", whole)
    return _Cited(DATASET, Text(title, values.language), str(archive.names.release(path)), release)


def _fixed(path: str, release: Release) -> str:
    """The path at which a document stays as it is cited, whatever later releases say."""
    return f"release/{release.id}/{path}" if path.startswith(_FIXED) else path


def _title(archive: Archive, first: str, iri: str, values: Values) -> Text:
    """The name of a thing; that of a passage or note with the article it belongs to, without which it says nothing."""
    name = archive.labels.of(iri, values.content)
    if first not in ("passage", "note"):
        return name
    slug = iri.removeprefix(archive.names.base_iri).split("/")[1]
    article = archive.labels.of(archive.names.article_prefix + slug, values.content)
    return Text(f"{name.words}: {article.words}", name.language)


def _is_known(archive: Archive, iri: str) -> bool:
    return archive.knows(iri) or archive.size_of_graph(iri) > 0


def _as_printed(archive: Archive, path: str, cited: _Cited, values: Values) -> tuple[Reference, ...]:
    """The article itself: who wrote it, who published it and when, as far as the article says so."""
    if not path.startswith("article/"):
        return ()
    rows = archive.knowledge.about("statements", "thing", cited.identifier)
    said: dict[str, list[Term]] = defaultdict(list)
    for row in rows:
        said[text_of(row["property"]).removeprefix(OURS)].append(row["value"])

    def names(name: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(values.show(each).text.words for each in said[name]))

    headline = in_language(said["headline"], values.content) or cited.title
    days = (_single_day(archive, text_of(each)) for each in said["publishedAt"])
    return (
        Reference(
            key=f"{_key(path, None)}-printed",
            kind=NEWS,
            title=headline.words,
            language=headline.language,
            container=", ".join(names("publishedBy")),
            issued=next(days, ""),
            authors=names("author"),
        ),
    )


def _single_day(archive: Archive, span: str) -> str:
    """The day of a time that is one day; empty for any other, since a reference would make it more exact than it is."""
    days: dict[str, str] = {}
    for row in archive.knowledge.about("statements", "thing", span):
        days[text_of(row["property"]).removeprefix(OURS)] = text_of(row["value"])
    return days["earliestDay"] if days.get("earliestDay", "") == days.get("latestDay") else ""


def _name_of_archive(wording: Wording) -> str:
    return wording("cite.archive", wording("site.name"), wording("site.subtitle"))


def _key(path: str, release: Release | None) -> str:
    """A key for reference managers: letters of ASCII, digits and hyphens."""
    slug = re.sub(r"[^A-Za-z0-9]+", "-", path.removeprefix("doc/")).strip("-")
    return f"tulieu-{slug}-{release.created[:10].replace('-', '')}" if release else f"tulieu-{slug}"

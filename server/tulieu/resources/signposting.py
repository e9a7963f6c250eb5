"""Where the parts of a document are, in the `Link` header of each: https://signposting.org/FAIR/ (levels 1 and 2)

Comes in: the path of a document below the public URL, its name, and the format that its address asks for. Goes out: its
links (https://www.rfc-editor.org/rfc/rfc8288), as a header or, for every part of the document, for its link set. What
the profile calls the landing page is the document's address without a suffix: a page, or for other clients what they
like best. Its RDF formats describe it; its content is the formats with the graphs of the sources, or a release's files.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import quote

from tulieu.formats import DATASET_FORMATS, DOCUMENT_FORMATS, HTML, ROWS_CSV, Format
from tulieu.release import Release, find_release
from tulieu.resources.describing import LICENCE
from tulieu.store import Iri, Store
from tulieu.tables.definitions import TABLES
from tulieu.vocabulary import TL

SCHEMA = "https://schema.org/"
ABOUT_PAGE = SCHEMA + "AboutPage"
LINK_SET_JSON = Format("json", "application/linkset+json", "Link set in JSON", ("application/json",))
LINK_SET_TEXT = Format("txt", "application/linkset", "Link set", ("text/plain",))
LINK_SET_FORMATS = (LINK_SET_JSON, LINK_SET_TEXT)
DATASET = "dataset"
RELEASE_PREFIX = "release/"
# The classes of the documents that are no thing's, by the first part of their path.
_CLASS_OF_DOCUMENT = {
    DATASET: SCHEMA + "Dataset",
    "release": SCHEMA + "Dataset",
    "graph": SCHEMA + "Dataset",
    "ontology": SCHEMA + "DefinedTermSet",
    "shapes": SCHEMA + "Dataset",
}
# Vocabularies that name no class of ours in the ontology's alignments.
_CLASS_OF_CONCEPT = {
    "http://www.w3.org/2004/02/skos/core#Concept": SCHEMA + "DefinedTerm",
    "http://www.w3.org/2004/02/skos/core#ConceptScheme": SCHEMA + "DefinedTermSet",
}
_RDF_TYPE = Iri("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
_CLASSES_ABOVE = "SELECT ?below ?above WHERE { GRAPH graph:ontology { ?below rdfs:subClassOf ?above } }"
_DUMP_TYPE = "application/gzip"
# Proxies take 8 kB of header fields in all; what does not fit stands in the link set.
_MOST_BYTES = 4000

ListReleases = Callable[[], Sequence[Release]]


@dataclass(frozen=True)
class Link:
    """A typed link, but for where it starts from."""

    relation: str
    target: str
    media_type: str = ""
    profile: str = ""


def write_link(link: Link, anchor: str = "") -> str:
    """Write a link as in the `Link` header; where it starts from is said only where that is not the address asked."""
    parts = {"rel": link.relation, "type": link.media_type, "profile": link.profile, "anchor": anchor}
    return "; ".join([f"<{link.target}>", *(f'{name}="{text}"' for name, text in parts.items() if text)])


def write_header(links: Iterable[Link]) -> str:
    """Write the value of a `Link` header: as many links as it may hold, those that stand first before all others."""
    written: list[str] = []
    size = 0
    for link in links:
        text = write_link(link)
        if size + len(text) <= _MOST_BYTES:
            written.append(text)
            size += len(text) + 2
    return ", ".join(written)


def to_table_metadata(address: str) -> Link:
    """The link from a table to what describes its columns (https://www.w3.org/TR/tabular-data-model/#link-header)."""
    return Link("describedby", f"{address}-metadata.json", "application/csvm+json")


class Signposts:
    """Makes the links of the documents of one release."""

    def __init__(self, store: Store, release: Release, list_releases: ListReleases, public_url: str) -> None:
        """Link under a public URL; classes are read from the store."""
        self._store = store
        self._release = release
        self._list_releases = list_releases
        self._public_url = public_url

    def header(self, path: str, iri: str, form: Format | None, more: Iterable[Link] = ()) -> str:
        """The `Link` header of a document whose address asks for a form, or leaves it open; `more` are put first."""
        is_data = form is not None and form is not HTML
        return write_header([*more, *(self._of_data(path, form) if is_data and form else self._of_page(path, iri))])

    def file_header(self, release_id: str) -> str:
        """The `Link` header of a file of a release."""
        path = RELEASE_PREFIX + release_id
        return write_header([self._to_page("collection", path), *self._to_link_sets(path)])

    def link_set(self, path: str, iri: str) -> Mapping[str, Sequence[Link]]:
        """All links of a document and of its parts, by where they start from."""
        links = {self.address_of(path): list(self._of_page(path, iri))}
        for form in DOCUMENT_FORMATS:
            if form is not HTML:
                links[f"{self.address_of(path)}.{form.name}"] = list(self._of_data(path, form))
        for file in self._files(path):
            links[file.target] = [self._to_page("collection", path), *self._to_link_sets(path)]
            if file.media_type == ROWS_CSV.media_type:
                links[file.target].append(to_table_metadata(file.target))
        return links

    def _of_page(self, path: str, iri: str) -> Iterator[Link]:
        thing = path.removeprefix("doc/")
        yield Link("cite-as", self.address_of(path if thing == path else f"id/{thing}"))
        yield Link("type", self._kind_of(path, iri))
        yield Link("type", ABOUT_PAGE)
        yield Link("license", LICENCE)
        yield Link("author", f"{self._public_url}policy", HTML.media_type)
        yield from self._to_link_sets(path)
        yield from self._in_formats("describedby", path, [each for each in DOCUMENT_FORMATS if each is not HTML])
        if path != DATASET:
            yield self._to_page("collection", self._collection_of(path))
        yield Link("canonical", self.address_of(path))
        yield from self._files(path) or self._in_formats("item", path, DATASET_FORMATS)
        yield from self._in_formats("alternate", path, DOCUMENT_FORMATS)

    def _of_data(self, path: str, form: Format) -> Iterator[Link]:
        yield self._to_page("describes", path)
        if form in DATASET_FORMATS and not self._files(path):
            # Content: its licence is that of the page, and the profile wants it said there alone.
            yield self._to_page("collection", path)
        else:
            yield Link("license", LICENCE)
        yield from self._to_link_sets(path)
        yield Link("canonical", self.address_of(path))
        yield from self._in_formats("alternate", path, DOCUMENT_FORMATS)

    def _files(self, path: str) -> list[Link]:
        """The files of a release, where the document is a release's or, with the tables, that of the whole."""
        if path == DATASET:
            release = self._release
        elif path.startswith(RELEASE_PREFIX):
            _, identifier, *part = path.split("/")
            release = find_release(identifier, self._list_releases())
            if part:
                # What it changed is a document of its own.
                return []
        else:
            return []
        address = self.address_of(RELEASE_PREFIX + release.id)
        dumps = [Link("item", f"{address}/{file.name}", _DUMP_TYPE) for file in release.list_dumps()]
        tables = [Link("item", self.address_of(f"tables/{each.name}.csv"), ROWS_CSV.media_type) for each in TABLES]
        return dumps if path != DATASET else dumps + tables

    def address_of(self, path: str) -> str:
        """The address of what stands at a path below the public URL."""
        return f"{self._public_url}{quote(path)}"

    def _collection_of(self, path: str) -> str:
        """The path of what a document is a part of."""
        return DATASET

    def _kind_of(self, path: str, iri: str) -> str:
        """The class of what a document is about."""
        return _CLASS_OF_DOCUMENT.get(path.split("/")[0]) or self._class_of(iri)

    def _to_page(self, relation: str, path: str) -> Link:
        return Link(relation, self.address_of(path), HTML.media_type)

    def _to_link_sets(self, path: str) -> Iterator[Link]:
        return self._in_formats("linkset", f"linkset/{path}", LINK_SET_FORMATS)

    def _in_formats(self, relation: str, path: str, forms: Iterable[Format]) -> Iterator[Link]:
        return (Link(relation, f"{self.address_of(path)}.{form.name}", form.media_type) for form in forms)

    def _class_of(self, iri: str) -> str:
        """The class of schema.org nearest to a thing's narrowest of its own, else the nearest of another vocabulary."""
        types = {each.object.value for each in self._store.quads(Iri(iri), _RDF_TYPE, None, None)}
        own = {each for each in types if each.startswith(str(TL))}
        above_others = {above for each in own for above in self._above(each)}
        level = sorted(own - above_others) or [_CLASS_OF_CONCEPT[each] for each in sorted(types & {*_CLASS_OF_CONCEPT})]
        others: list[str] = []
        while level:
            named = [each for each in level if each.startswith(SCHEMA)]
            if named:
                return named[0]
            others += [each for each in level if not each.startswith(str(TL))]
            level = sorted({above for each in level for above in self._classes_above.get(each, ())})
        return next(iter(others), SCHEMA + "Thing")

    def _above(self, class_iri: str) -> set[str]:
        found: set[str] = set()
        waiting = [class_iri]
        while waiting:
            new = self._classes_above.get(waiting.pop(), set()) - found
            found |= new
            waiting += new
        return found

    @cached_property
    def _classes_above(self) -> Mapping[str, set[str]]:
        """The named classes directly above each class, read once."""
        found: dict[str, set[str]] = {}
        for row in self._store.select(_CLASSES_ABOVE):
            below, above = row["below"], row["above"]
            if isinstance(below, Iri) and isinstance(above, Iri):
                found.setdefault(below.value, set()).add(above.value)
        return found

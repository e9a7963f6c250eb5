"""What a document says of itself: what it is about, its dataset and licence, and how much of the whole it holds.

Terms: FOAF for the document, https://www.w3.org/TR/void/ for the dataset and the exact counts, and
https://www.hydra-cg.com/spec/latest/core/ for the pages. Comes in: the address of a document, its thing, the counts.
Goes out: statements that stand in no named graph. The document is named by its address, not by a name of the archive:
it is this server's.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from tulieu.resources.describing import LICENCE
from tulieu.resources.provenance import RDF_TYPE
from tulieu.resources.statements import MOST_SOURCES, Counts
from tulieu.store import Iri, Literal, Statement, Term
from tulieu.vocabulary import TL, VOCABULARY_PREFIXES

DCTERMS = "http://purl.org/dc/terms/"
FOAF = "http://xmlns.com/foaf/0.1/"
HYDRA = "http://www.w3.org/ns/hydra/core#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
SERVICE = "http://www.w3.org/ns/sparql-service-description#"
VOID = "http://rdfs.org/ns/void#"
XSD_INTEGER = "http://www.w3.org/2001/XMLSchema#integer"
CUT = {
    "en": f"Of a statement that more than {MOST_SOURCES} passages state, {MOST_SOURCES} are named here; "
    "tl:attestedIn names all that speak of the thing.",
    "vi": f"Phát biểu có trên {MOST_SOURCES} đoạn nêu thì ở đây chỉ ghi {MOST_SOURCES} đoạn; "
    "tl:attestedIn ghi mọi đoạn nói đến đối tượng.",
}
ELSEWHERE = {
    "en": "This graph is too large to be written out in its document. "
    "rdfs:seeAlso leads to all of its statements, as a stream.",
    "vi": "Đồ thị này quá lớn nên không ghi hết trong tài liệu. rdfs:seeAlso dẫn đến toàn bộ phát biểu của đồ thị.",
}


@dataclass(frozen=True)
class About:
    """What all documents of a release belong to: the names of the release and of the whole."""

    release: str
    dataset: str


def describe_document(
    about: About, address: str, thing: Iri, counts: Counts, page: int, is_cut: bool
) -> Iterator[Statement]:
    """Describe the document of a thing, with the exact counts of what points to it, and the pages beside."""
    yield from _describe(about, address, thing)
    if is_cut:
        yield from _comment(address, CUT)
    incoming = f"{address}#incoming"
    total = Literal(str(sum(counts.incoming)), datatype=XSD_INTEGER)
    yield _say(address, DCTERMS + "hasPart", Iri(incoming))
    yield _type(incoming, HYDRA + "Collection")
    yield _type(incoming, VOID + "Dataset")
    yield _say(incoming, HYDRA + "totalItems", total)
    yield _say(incoming, VOID + "triples", total)
    parts = {name: f"{incoming}-{_shorten(name)}" for name in sorted(counts.properties)}
    for part in parts.values():
        yield _say(incoming, VOID + "propertyPartition", Iri(part))
    for name, part in parts.items():
        yield _say(part, VOID + "property", Iri(name))
        yield _say(part, VOID + "triples", Literal(str(counts.properties[name]), datatype=XSD_INTEGER))
    if counts.pages > 1:
        view = page_address(address, page)
        yield _say(incoming, HYDRA + "view", Iri(view))
        yield _type(view, HYDRA + "PartialCollectionView")
        for relation, number in pages_beside(page, counts.pages).items():
            yield _say(view, HYDRA + relation, Iri(page_address(address, number)))


def describe_graph(about: About, address: str, name: Iri, place: str, size: int, is_whole: bool) -> Iterator[Statement]:
    """Describe the document of a graph: how large the graph is, and where it can be had as a stream."""
    yield from _describe(about, address, name)
    yield _type(name.value, SERVICE + "Graph")
    yield _say(name.value, VOID + "triples", Literal(str(size), datatype=XSD_INTEGER))
    yield _say(name.value, RDFS + "seeAlso", Iri(place))
    if not is_whole:
        yield from _comment(address, ELSEWHERE)


def page_address(address: str, number: int) -> str:
    """The address of a page of a document; the first is the document's own."""
    return address if number == 1 else f"{address}?page={number}"


def pages_beside(page: int, pages: int) -> Mapping[str, int]:
    """The pages that lie around one, by their relation to it (RFC 8288's names, and Hydra's)."""
    beside = {"first": 1, "previous": page - 1, "next": page + 1, "last": pages}
    return {relation: number for relation, number in beside.items() if 1 <= number <= pages}


def _describe(about: About, address: str, thing: Iri) -> Iterator[Statement]:
    yield _type(address, FOAF + "Document")
    # Where names are addresses too, a passage or graph is its own document, which is about itself.
    if address != thing.value:
        yield _say(address, FOAF + "primaryTopic", thing)
    yield _say(address, VOID + "inDataset", Iri(about.release))
    yield _say(address, DCTERMS + "isPartOf", Iri(about.dataset))
    yield _say(address, DCTERMS + "license", Iri(LICENCE))


def _comment(address: str, words: Mapping[str, str]) -> Iterator[Statement]:
    for language, text in words.items():
        yield _say(address, RDFS + "comment", Literal(text, language))


def _shorten(iri: str) -> str:
    """A property as the last part of an address."""
    for prefix, start in (*VOCABULARY_PREFIXES, ("tl", str(TL))):
        if iri.startswith(start):
            return f"{prefix}-{quote(iri.removeprefix(start), safe='')}"
    return quote(iri, safe="")


def _type(subject: str, name: str) -> Statement:
    return Statement(Iri(subject), RDF_TYPE, Iri(name))


def _say(subject: str, predicate: str, value: Term) -> Statement:
    return Statement(Iri(subject), Iri(predicate), value)

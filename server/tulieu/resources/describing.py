"""What all descriptions of the dataset share: names of vocabularies, statements, and who publishes what where.

Comes in: short names, pairs of a property and a value. Goes out: statements. Names start with the base IRI, addresses
with the public URL of the `Publication`.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from tulieu.release import Release
from tulieu.store import Blank, Iri, Literal, Statement, Term
from tulieu.vocabulary import Names

LICENCE = "https://creativecommons.org/licenses/by/4.0/"
XSD = "http://www.w3.org/2001/XMLSchema#"
_SPACES = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "owl": "http://www.w3.org/2002/07/owl#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "sh": "http://www.w3.org/ns/shacl#",
    "spdx": "http://spdx.org/rdf/terms#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "void": "http://rdfs.org/ns/void#",
}
"""The vocabularies that descriptions are written in."""
CATALOGUE_PREFIXES = tuple((prefix, _SPACES[prefix]) for prefix in ("dcat", "spdx", "vcard"))
"""The prefixes of those that the data themselves do not use."""

Pair = tuple[str, Term]
Words = Mapping[str, Mapping[str, str]]
"""Texts by what they are (title, description, rights …) and by language."""


@dataclass(frozen=True)
class Publication:
    """Who publishes what where: the public URL, the archive's words, and how to reach who runs the server."""

    public_url: str
    words: Words
    contact: str = ""
    feedback: str = ""

    def address(self, path: str) -> Iri:
        """The address of a path below the public URL."""
        return Iri(self.public_url + path)

    def texts(self, predicate: str, what: str, separator: str = "") -> Iterator[Pair]:
        """A text in each language, or its parts; none where there is no such text."""
        for language, text in self.words.get(what, {}).items():
            for part in text.split(separator) if separator else (text,):
                yield predicate, Literal(part, language)


def name(short: str) -> Iri:
    """Write out a name such as `void:Dataset`."""
    prefix, _, local = short.partition(":")
    return Iri(_SPACES[prefix] + local)


def say(subject: Iri | Blank, pairs: Iterable[Pair]) -> Iterator[Statement]:
    """State pairs of a property's short name and a value."""
    for predicate, value in pairs:
        yield Statement(subject, name(predicate), value)


def number(value: int, kind: str = "integer") -> Literal:
    """Write a number, an integer unless another datatype is asked for."""
    return Literal(str(value), datatype=XSD + kind)


def moment(release: Release) -> Literal:
    """When a release was made."""
    return Literal(release.created, datatype=XSD + "dateTime")


def name_of(release: Release) -> Iri:
    """The name of a release."""
    return Iri(str(Names(release.base_iri).release(release.id)))


def part_of(node: Iri, what: str) -> Iri:
    """Name what only a description has; its name leads to that description."""
    return Iri(f"{node.value}#{what}")

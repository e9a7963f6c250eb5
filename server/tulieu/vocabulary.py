"""The names: our terms that code relies on, the prefixes, and how the names of things are made.

Comes in: local parts of names. Goes out: terms of rdflib. The base IRI stands in `base` and nowhere else; a build may
mint an archive's own names under another base (`Names`), while the ontology keeps its one name for everybody.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from rdflib import URIRef
from rdflib.namespace import (
    DCTERMS,
    FOAF,
    ORG,
    OWL,
    PROV,
    RDF,
    RDFS,
    SDO,
    SH,
    SKOS,
    TIME,
    VOID,
    XSD,
    DefinedNamespace,
    Namespace,
)

from tulieu.base import BASE_IRI as BASE_IRI
from tulieu.base import FUNCTION_IRI as FUNCTION_IRI
from tulieu.base import ONTOLOGY_IRI as ONTOLOGY_IRI

FUNCTION_PREFIX = "tlf"
RICO_IRI = "https://www.ica.org/standards/RiC/ontology#"
ELI_IRI = "http://data.europa.eu/eli/ontology#"


class TL(DefinedNamespace):
    """Our terms that code speaks of, and no others; a misspelt one fails, and a test looks for each in the ontology."""

    _NS = Namespace(ONTOLOGY_IRI + "#")
    _fail = True

    AdministrativeUnit: URIRef
    AgentGroup: URIRef
    Anniversary: URIRef
    Article: URIRef
    AwardConferral: URIRef
    Document: URIRef
    DocumentGroup: URIRef
    DocumentRelation: URIRef
    EmulationDrive: URIRef
    Event: URIRef
    Figure: URIRef
    Holding: URIRef
    InferredStatement: URIRef
    Intention: URIRef
    MergedName: URIRef
    NameForm: URIRef
    Note: URIRef
    Office: URIRef
    Organ: URIRef
    Participation: URIRef
    Passage: URIRef
    Person: URIRef
    Picture: URIRef
    Place: URIRef
    Shortfall: URIRef
    StatementSource: URIRef
    Subordination: URIRef
    TimeSpan: URIRef
    UnstatedPoint: URIRef
    WithdrawnName: URIRef

    accordingTo: URIRef
    attestedIn: URIRef
    belongsToPicture: URIRef
    byRule: URIRef
    derivedFrom: URIRef
    digest: URIRef
    documentNumber: URIRef
    earliestDay: URIRef
    end: URIRef
    form: URIRef
    hasKind: URIRef
    hasLevel: URIRef
    hasNameForm: URIRef
    hasPremise: URIRef
    hasTime: URIRef
    hasVoice: URIRef
    headline: URIRef
    inArticle: URIRef
    isBookkeeping: URIRef
    isEntailed: URIRef
    isNameFormOf: URIRef
    latestDay: URIRef
    leavesUnstated: URIRef
    mergedInto: URIRef
    paragraph: URIRef
    position: URIRef
    printedForm: URIRef
    publishedBy: URIRef
    reason: URIRef
    start: URIRef
    statesNothingBecause: URIRef
    subjectLine: URIRef
    summary: URIRef
    textDigest: URIRef
    textLength: URIRef
    unstatedAbout: URIRef
    unstatedProperty: URIRef
    voiceMarking: URIRef
    withdrawnBecause: URIRef
    withdrawnOn: URIRef


# Well-known vocabularies first, by prefix; ours stand last, as in the files.
VOCABULARY_PREFIXES: tuple[tuple[str, str], ...] = (
    ("dcterms", str(DCTERMS)),
    ("eli", ELI_IRI),
    ("foaf", str(FOAF)),
    ("org", str(ORG)),
    ("owl", str(OWL)),
    ("prov", str(PROV)),
    ("rdf", str(RDF)),
    ("rdfs", str(RDFS)),
    ("rico", RICO_IRI),
    ("schema", str(SDO)),
    ("sh", str(SH)),
    ("skos", str(SKOS)),
    ("time", str(TIME)),
    ("void", str(VOID)),
    ("xsd", str(XSD)),
)


_BASE = re.compile(r"""https?://[^\s<>"{}|\\^`?#/]+/(?:[^\s<>"{}|\\^`?#]*/)?""")


@dataclass(frozen=True)
class Names:
    """The names of one archive: everything but the ontology starts with its base IRI."""

    base_iri: str = BASE_IRI

    def __post_init__(self) -> None:
        if not _BASE.fullmatch(self.base_iri):
            raise ValueError(
                f"base IRI {self.base_iri!r}: expected http or https, a host, no query or fragment, and / at the end,"
                " such as https://archive.example/"
            )

    def thing(self, local: str) -> URIRef:
        """Name a thing by its kind and slug, such as person-le-duc-duc."""
        return URIRef(f"{self.base_iri}id/{local}")

    def graph(self, name: str) -> URIRef:
        """Name one of the graphs that are no passage and no note, such as authority."""
        return URIRef(f"{self.base_iri}graph/{name}")

    def release(self, identifier: str) -> URIRef:
        """Name a state of the whole."""
        return URIRef(f"{self.base_iri}release/{identifier}")

    @property
    def dataset(self) -> URIRef:
        """The name of the whole, whatever its state."""
        return URIRef(f"{self.base_iri}dataset")

    @property
    def thing_prefix(self) -> str:
        """What the name of every thing starts with."""
        return f"{self.base_iri}id/"

    @property
    def graph_prefix(self) -> str:
        """What the name of every graph that is no passage and no note starts with."""
        return f"{self.base_iri}graph/"

    @property
    def article_prefix(self) -> str:
        """What the name of every article starts with."""
        return f"{self.base_iri}article/"

    @property
    def passage_prefix(self) -> str:
        """What the name of every passage starts with."""
        return f"{self.base_iri}passage/"

    @property
    def note_prefix(self) -> str:
        """What the name of every editorial note starts with."""
        return f"{self.base_iri}note/"

    def is_thing(self, iri: str) -> bool:
        """Tell whether a name is that of a thing, and not of a document, a graph or a term."""
        return iri.startswith(self.thing_prefix)

    def is_source(self, iri: str) -> bool:
        """Tell whether a name is that of a passage or note, whose graph holds what it states."""
        # rdflib's URIRef.startswith takes no tuple and answers False without a word.
        return str(iri).startswith((self.passage_prefix, self.note_prefix))

    def is_ours(self, iri: str) -> bool:
        """Tell whether a name is one of this archive's or of the ontology's."""
        return iri.startswith(self.base_iri) or is_term(iri)

    def rename(self, iri: str) -> str:
        """Give the name under this base of what the knowledge files name under the common one."""
        if not iri.startswith(BASE_IRI) or is_term(iri):
            return iri
        return self.base_iri + iri.removeprefix(BASE_IRI)

    @property
    def prefixes(self) -> tuple[tuple[str, str], ...]:
        """The prefixes for files and queries, those of this archive last."""
        own = (("article", self.article_prefix), ("graph", self.graph_prefix), ("id", self.thing_prefix))
        return (*VOCABULARY_PREFIXES, *own, ("tl", str(TL)))


def is_term(iri: str) -> bool:
    """Tell whether a name is the ontology's own, that of a version of it or that of one of its terms."""
    # rdflib's URIRef.startswith takes no tuple and answers False without a word.
    return str(iri) == ONTOLOGY_IRI or str(iri).startswith((ONTOLOGY_IRI + "#", ONTOLOGY_IRI + "/"))


PREFIXES = Names().prefixes

"""The dataset and its releases, described for catalogues: https://www.w3.org/TR/vocab-dcat-3/

Comes in: the releases that are kept, the public URL, what the operator has set, the archive's words in each language.
Goes out: statements: what the archive covers, its rights, its policy and contact, its files with their checksums, its
endpoint, its states. Names start with the base IRI of the release, addresses with the public URL.
"""

from collections.abc import Callable, Iterator, Sequence

from flask import Blueprint, Response, request

from tulieu.changes import read_changes
from tulieu.formats import DOCUMENT_FORMATS, HTML, negotiate
from tulieu.release import Release
from tulieu.resources.describing import LICENCE, XSD, Pair, Publication, moment, name, name_of, part_of, say
from tulieu.resources.distributions import describe_files, describe_service, describe_tables
from tulieu.resources.void import describe_counts
from tulieu.statistics import Statistics, read_statistics
from tulieu.store import Blank, Iri, Literal, Statement
from tulieu.vocabulary import ONTOLOGY_IRI, Names

VOID_PATH = ".well-known/void"
# Codes that catalogues of the whole world and of the EU share.
_LANGUAGE = "http://id.loc.gov/vocabulary/iso639-1/"
_AUTHORITY = "http://publications.europa.eu/resource/authority/"
_TEXTS = (
    ("dcterms:title", "title", ""),
    ("dcterms:description", "description", ""),
    ("dcat:keyword", "keywords", ", "),
)

ListReleases = Callable[[], Sequence[Release]]


class Catalogue:
    """Describes the whole and its states."""

    def __init__(self, release: Release, list_releases: ListReleases, publication: Publication) -> None:
        """Describe what is served now, and the releases that are kept."""
        self._release = release
        self._list_releases = list_releases
        self._publication = publication
        self._names = Names(release.base_iri)
        self._dataset = Iri(str(self._names.dataset))

    def describe_dataset(self) -> list[Statement]:
        """Describe the whole, with the files and numbers of its current state; which states there are."""
        current, dataset = self._release, self._dataset
        versions = [("dcat:hasVersion", name_of(each)) for each in self._list_releases()]
        states: list[Pair] = [
            ("dcterms:modified", moment(current)),
            ("dcterms:accrualPeriodicity", Iri(_AUTHORITY + "frequency/IRREG")),
            ("dcat:hasCurrentVersion", name_of(current)),
            *versions,
        ]
        return _by_subject(
            *self._describe(dataset, current, "dataset", "sparql"),
            *say(dataset, states),
            *self._describe_catalogue(),
            *self._declare_prefixes(),
        )

    def describe_release(self, release: Release) -> list[Statement]:
        """Describe a state of the whole: what it holds, of what it was made, and where its files are."""
        node, path = name_of(release), f"release/{release.id}"
        build, software = part_of(node, "build"), part_of(node, "software")
        earlier = [each for each in self._list_releases() if each.id < release.id]
        statistics = read_statistics(release)
        states: list[Pair] = [
            ("dcterms:identifier", Literal(release.id)),
            ("dcterms:issued", moment(release)),
            ("dcat:isVersionOf", self._dataset),
            *(("dcat:previousVersion", name_of(each)) for each in earlier[-1:]),
            *([("rdfs:seeAlso", Iri(f"{node.value}/changes"))] if read_changes(release) else ()),
            ("prov:wasGeneratedBy", build),
            *(("prov:wasDerivedFrom", Iri(each)) for each in (statistics.articles if statistics else ())),
        ]
        return _by_subject(
            *self._describe(node, release, path, f"{path}/sparql"),
            *say(node, states),
            *say(build, (("rdf:type", name("prov:Activity")), ("prov:endedAtTime", moment(release)))),
            *say(build, [("prov:wasAssociatedWith", software)]),
            *say(software, (("rdf:type", name("prov:SoftwareAgent")), ("rdfs:label", Literal(release.software)))),
        )

    def _describe(self, node: Iri, release: Release, path: str, endpoint: str) -> Iterator[Statement]:
        """What is said of the whole and of each of its states."""
        statistics = read_statistics(release)
        creator = part_of(self._dataset, "creator")
        rights = part_of(self._dataset, "rights")
        yield from say(node, (("rdf:type", name("dcat:Dataset")), ("rdf:type", name("void:Dataset"))))
        for predicate, what, separator in _TEXTS:
            yield from say(node, self._publication.texts(predicate, what, separator))
        yield from say(
            node,
            (
                ("dcat:version", Literal(release.id)),
                ("dcat:landingPage", self._publication.address(path)),
                ("foaf:homepage", self._publication.address("")),
                *(("foaf:page", self._publication.address(each)) for each in ("about", "policy", "quality")),
                ("dcat:theme", Iri(_AUTHORITY + "data-theme/GOVE")),
                *(("dcterms:language", Iri(_LANGUAGE + each)) for each in self._publication.words["title"]),
                ("dcterms:license", Iri(LICENCE)),
                ("dcterms:rights", rights),
                ("dcterms:accessRights", Iri(_AUTHORITY + "access-right/PUBLIC")),
                ("dcterms:creator", creator),
                ("dcterms:publisher", creator),
                ("dcterms:conformsTo", Iri(ONTOLOGY_IRI)),
                ("dcterms:conformsTo", Iri(str(self._names.graph("shapes")))),
                *(("void:feature", Iri(each.iri)) for each in DOCUMENT_FORMATS if each is not HTML),
            ),
        )
        yield from say(
            rights, (("rdf:type", name("dcterms:RightsStatement")), *self._publication.texts("rdfs:label", "rights"))
        )
        yield from say(creator, (("rdf:type", name("foaf:Agent")), *self._publication.texts("foaf:name", "creator")))
        yield from self._describe_contact(node)
        yield from describe_files(self._publication, node, release)
        if release.id == self._release.id:
            yield from describe_tables(self._publication, node)
        yield from describe_service(self._publication, node, release, endpoint)
        if statistics is not None:
            yield from describe_counts(node, statistics, Names(release.base_iri))
            yield from self._describe_coverage(node, statistics)

    def _describe_contact(self, node: Iri) -> Iterator[Statement]:
        """How to reach who runs the server, as far as he has set it."""
        publication = self._publication
        if not publication.contact and not publication.feedback:
            return
        contact = part_of(self._dataset, "contact")
        yield from say(node, [("dcat:contactPoint", contact)])
        yield from say(contact, [("rdf:type", name("vcard:Kind"))])
        yield from say(contact, [("vcard:fn", Literal(publication.contact or publication.feedback))])
        if publication.feedback:
            way = "vcard:hasEmail" if publication.feedback.startswith("mailto:") else "vcard:hasURL"
            yield from say(contact, [(way, Iri(publication.feedback))])

    def _describe_coverage(self, node: Iri, statistics: Statistics) -> Iterator[Statement]:
        """The first and the last day that the articles speak of, the places, the articles and who published them."""
        if statistics.first_day and statistics.last_day:
            time = part_of(node, "time")
            days = (("dcat:startDate", statistics.first_day), ("dcat:endDate", statistics.last_day))
            yield from say(node, [("dcterms:temporal", time)])
            yield from say(
                time, (("rdf:type", name("dcterms:PeriodOfTime")), *self._publication.texts("rdfs:label", "time"))
            )
            yield from say(time, ((which, Literal(day, datatype=XSD + "date")) for which, day in days))
        yield from say(node, (("dcterms:spatial", Iri(each)) for each in statistics.places))
        for iri in statistics.places:
            yield from say(Iri(iri), [("rdf:type", name("dcterms:Location"))])
        yield from say(node, (("dcterms:source", Iri(each)) for each in statistics.articles))
        for article, publishers in statistics.publishers.items():
            yield from say(Iri(article), (("dcterms:publisher", Iri(each)) for each in publishers))
        for thing, labels in statistics.names.items():
            yield from say(Iri(thing), (("rdfs:label", Literal(text, each)) for each, text in labels.items()))

    def _describe_catalogue(self) -> Iterator[Statement]:
        """The list that harvesters begin with, and the document that VoID's well-known address leads to."""
        catalogue = part_of(self._dataset, "catalogue")
        document = self._publication.address(VOID_PATH)
        yield from say(
            catalogue,
            (
                ("rdf:type", name("dcat:Catalog")),
                *self._publication.texts("dcterms:title", "title"),
                *self._publication.texts("dcterms:description", "description"),
                ("dcterms:publisher", part_of(self._dataset, "creator")),
                ("foaf:homepage", self._publication.address("")),
                ("dcat:dataset", self._dataset),
                ("dcat:service", self._publication.address("sparql")),
            ),
        )
        yield from say(
            document,
            (
                ("rdf:type", name("foaf:Document")),
                ("rdf:type", name("void:DatasetDescription")),
                *self._publication.texts("dcterms:title", "title"),
                ("dcterms:license", Iri(LICENCE)),
                ("foaf:primaryTopic", self._dataset),
            ),
        )

    def _declare_prefixes(self) -> Iterator[Statement]:
        """The prefixes of queries, as SHACL declares them: https://www.w3.org/TR/shacl/#sparql-prefixes"""
        ontology = Iri(ONTOLOGY_IRI)
        yield from say(ontology, [("rdf:type", name("owl:Ontology"))])
        for prefix, space in self._names.prefixes:
            declared = Blank(f"prefix-{prefix}")
            yield from say(ontology, [("sh:declare", declared)])
            pairs = (("sh:prefix", Literal(prefix)), ("sh:namespace", Literal(space, datatype=XSD + "anyURI")))
            yield from say(declared, pairs)


def create_blueprint(public_url: str) -> Blueprint:
    """Make the route of VoID's well-known address (https://www.w3.org/TR/void/#well-known), which leads on."""
    blueprint = Blueprint("void", __name__)

    @blueprint.get(f"/{VOID_PATH}")
    def void() -> Response:
        chosen = negotiate(request.headers.get("Accept"), DOCUMENT_FORMATS)
        location = f"{public_url}dataset.{chosen.name}"
        response = Response(status=302, headers={"Location": location, "Vary": "Accept"})
        # There is no body to have a type.
        del response.headers["Content-Type"]
        return response

    return blueprint


def _by_subject(*statements: Statement) -> list[Statement]:
    """Put together what speaks of the same, and there what has one property, in the order of first mention."""
    parts = dict.fromkeys(part for each in statements for part in (each.subject, each.predicate))
    order = {part: place for place, part in enumerate(parts)}
    return sorted(dict.fromkeys(statements), key=lambda each: (order[each.subject], order[each.predicate]))

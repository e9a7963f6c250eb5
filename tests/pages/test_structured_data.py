import json
import re

import pytest
from flask.testing import FlaskClient
from rdflib import RDF, Dataset, Literal, URIRef

from .test_views import load

SCHEMA = "https://schema.org/"
ID = "https://w3id.org/tulieu/id/"
# Of schema.org 30.0: the classes that stand above those used, and which classes each property is for.
ABOVE = {
    "Organization": "Thing",
    "GovernmentOrganization": "Organization",
    "NewsMediaOrganization": "Organization",
    "Person": "Thing",
    "Place": "Thing",
    "AdministrativeArea": "Place",
    "Event": "Thing",
    "CreativeWork": "Thing",
    "NewsArticle": "CreativeWork",
    "Photograph": "CreativeWork",
    "Dataset": "CreativeWork",
    "MediaObject": "CreativeWork",
    "DataDownload": "MediaObject",
    "DataCatalog": "CreativeWork",
    "DefinedTermSet": "CreativeWork",
    "DefinedTerm": "Thing",
    "QuantitativeValue": "Thing",
    "Thing": "",
}
FOR = {
    "name": "Thing", "alternateName": "Thing", "description": "Thing", "url": "Thing", "sameAs": "Thing",
    "organizer": "Event", "location": "Event", "superEvent": "Event", "subEvent": "Event", "startDate": "Event",
    "endDate": "Event", "about": "CreativeWork", "author": "CreativeWork", "creator": "CreativeWork",
    "publisher": "CreativeWork", "headline": "CreativeWork", "isPartOf": "CreativeWork", "position": "CreativeWork",
    "creditText": "CreativeWork", "license": "CreativeWork", "version": "CreativeWork", "inLanguage": "CreativeWork",
    "isAccessibleForFree": "CreativeWork", "datePublished": "CreativeWork", "encodingFormat": "CreativeWork",
    "keywords": "CreativeWork", "usageInfo": "CreativeWork", "dateModified": "CreativeWork",
    "temporalCoverage": "CreativeWork", "spatialCoverage": "CreativeWork", "includedInDataCatalog": "Dataset",
    "contentSize": "MediaObject", "sha256": "MediaObject", "distribution": "Dataset", "contentUrl": "MediaObject",
    "inDefinedTermSet": "DefinedTerm", "containedInPlace": "Place", "value": "QuantitativeValue",
    "minValue": "QuantitativeValue", "maxValue": "QuantitativeValue",
}  # fmt: skip
DESCRIBED = (
    ("", "Dataset"),
    ("dataset", "Dataset"),
    ("doc/person-sample-duong", "Person"),
    ("doc/organ-sample-committee", "Organization"),
    ("doc/event-sample-conference", "Event"),
    ("doc/picture-sample-1", "Photograph"),
    ("doc/figure-sample-1", "QuantitativeValue"),
    ("doc/voice-stated", "DefinedTerm"),
    ("doc/scheme-voice", "DefinedTermSet"),
    ("article/sample-1", "NewsArticle"),
    ("passage/sample-1/p02.s1", "CreativeWork"),
    ("release/20260101T000000Z-000000000000", "Dataset"),
)


def embedded(client: FlaskClient, path: str) -> list[dict[str, object]]:
    text, _ = load(client, path)
    blocks = re.findall(r'<script type="application/ld\+json">(.*?)</script>', text, re.DOTALL)
    return [json.loads(block) for block in blocks]


def read(node: dict[str, object]) -> Dataset:
    """Read JSON-LD as RDF without asking schema.org for its context."""
    assert node["@context"] == "https://schema.org"
    graph = Dataset(default_union=True)
    graph.parse(data=json.dumps({**node, "@context": {"@vocab": SCHEMA}}), format="json-ld")
    return graph


def with_wider(name: str) -> set[str]:
    return {name} | (with_wider(ABOVE[name]) if ABOVE[name] else set())


@pytest.mark.parametrize(("path", "kind"), DESCRIBED)
def test_each_property_stands_with_a_class_it_is_for(client: FlaskClient, path: str, kind: str) -> None:
    (node,) = embedded(client, path)
    assert node["@type"] == kind
    graph = read(node)
    assert len(graph) >= 3
    for subject in set(graph.subjects()):
        types = {str(each).removeprefix(SCHEMA) for each in graph.objects(subject, RDF.type)}
        assert types
        wider = set().union(*(with_wider(each) for each in types))
        for name in {str(each).removeprefix(SCHEMA) for each in graph.predicates(subject)} - {str(RDF.type)}:
            assert FOR[name] in wider, (name, types)


def test_an_event_has_its_day_its_organiser_and_its_names(client: FlaskClient) -> None:
    graph = read(embedded(client, "doc/event-sample-conference")[0])
    event = URIRef(ID + "event-sample-conference")
    assert graph.value(event, URIRef(SCHEMA + "startDate")) == Literal("2023-05-17")
    assert graph.value(event, URIRef(SCHEMA + "organizer")) == URIRef(ID + "organ-sample-committee")
    names = set(graph.objects(event, URIRef(SCHEMA + "name")))
    assert names == {Literal("Hội nghị Sông Thử", "vi"), Literal("Sông Thử conference", "en")}


def test_nothing_is_said_that_the_graph_does_not_state(client: FlaskClient) -> None:
    (article,) = embedded(client, "article/sample-1")
    assert not {"author", "publisher", "datePublished"} & set(article)
    (person,) = embedded(client, "doc/person-sample-duong")
    assert person["sameAs"] == "http://www.wikidata.org/entity/Q1"
    assert set(person) == {"@context", "@type", "@id", "name", "sameAs", "url"}


@pytest.mark.parametrize("path", ["search?q=a", "glossary", "basket", "note/sample-1/office-of-committee"])
def test_a_page_about_nothing_that_schema_org_has_a_word_for_says_nothing(client: FlaskClient, path: str) -> None:
    assert embedded(client, path) == []


def test_what_the_data_holds_cannot_leave_the_block(client: FlaskClient) -> None:
    text, _ = load(client, "doc/organ-only-english")
    assert "<b>bold" not in text
    assert embedded(client, "doc/organ-only-english")[0]["name"] == 'A <b>bold</b> & "quoted" organ'

"""Our JSON-LD, read by a processor that is not rdflib's, and read as plain JSON by who knows nothing of RDF."""

import json
from typing import Any

import pyoxigraph
import pytest
from flask.testing import FlaskClient
from pyld import jsonld

from tulieu.app import create_app
from tulieu.release import Release
from tulieu.resources.context import PREFIXES, read_context
from tulieu.resources.json_ld import write_json_ld
from tulieu.settings import Settings
from tulieu.store import Iri, Literal, Statement, Store
from tulieu.vocabulary import TL

from ..conftest import PUBLIC_URL, RELEASE_ID
from .test_documents import PATHS

CONTEXT = PUBLIC_URL + "context.jsonld"
XSD = "http://www.w3.org/2001/XMLSchema#"
ARTICLE = "ttxvn-lai-chau-1"
REAL = (
    "doc/document-01-kl-tw-2021-05-18",
    f"doc/figure-{ARTICLE}-ty-le-hoc-tap",
    "doc/place-lai-chau",
    "doc/person-ho-chi-minh",
    f"passage/{ARTICLE}/p04.s1",
    f"note/{ARTICLE}/policy-carried-out",
    "graph/authority",
)
Triples = set[str]


@pytest.fixture(scope="module")
def real(release: Release) -> FlaskClient:
    """A client of the real archive."""
    return create_app(Settings(state=release.folder.parents[1], public_url=PUBLIC_URL), release).test_client()


def canonical(quads: Any) -> Triples:
    """Triples whose nodes without names have comparable ones."""
    dataset = pyoxigraph.Dataset(pyoxigraph.Quad(each.subject, each.predicate, each.object) for each in quads)
    dataset.canonicalize(pyoxigraph.CanonicalizationAlgorithm.UNSTABLE)
    return {str(each) for each in dataset}


def read_by_pyld(document: object, context: object) -> Triples:
    """Expand with nothing but the published context, and make triples."""

    def load(url: str, options: object) -> dict[str, object]:
        assert url == CONTEXT
        return {"contextUrl": None, "documentUrl": url, "contentType": "application/ld+json", "document": context}

    written = jsonld.to_rdf(document, {"format": "application/n-quads", "documentLoader": load})
    return canonical(pyoxigraph.parse(written.encode(), format=pyoxigraph.RdfFormat.N_QUADS))


def check(client: FlaskClient, path: str) -> None:
    document = client.get(f"/{path}.jsonld").get_json(force=True)
    triples = pyoxigraph.parse(client.get(f"/{path}.nt").data, format=pyoxigraph.RdfFormat.N_TRIPLES)
    context = client.get("/context.jsonld").get_json(force=True)
    assert document["@context"] == CONTEXT
    expected = canonical(triples)
    assert len(expected) > 5
    assert read_by_pyld(document, context) == expected


@pytest.mark.parametrize("path", [*PATHS, "dataset"])
def test_another_processor_reads_the_same_triples(client: FlaskClient, path: str) -> None:
    check(client, path)


@pytest.mark.parametrize("path", REAL)
def test_another_processor_reads_the_same_triples_of_the_real_archive(real: FlaskClient, path: str) -> None:
    check(real, path)


def test_it_reads_like_plain_json(real: FlaskClient) -> None:
    answer = real.get("/doc/document-01-kl-tw-2021-05-18.jsonld")
    document = json.loads(answer.data)
    assert answer.content_type == "application/ld+json"
    assert document["id"].endswith("/id/document-01-kl-tw-2021-05-18")
    assert {"Document", "PartyDocument"} <= set(document["type"])
    assert document["label"] == {
        "en": "Conclusion 01-KL/TW of the Politburo",
        "vi": "Kết luận số 01-KL/TW của Bộ Chính trị",
    }
    assert document["documentNumber"] == "01-KL/TW"
    assert document["issuedBy"]["id"].endswith("/id/organ-bo-chinh-tri")
    assert document["issuedBy"]["label"] == {"en": "Politburo", "vi": "Bộ Chính trị"}
    assert document["subjectLine"]["vi"].startswith("tiếp tục")
    # Vietnamese as it is, not as numbers of characters.
    assert "Kết luận" in answer.text
    figure = real.get(f"/doc/figure-{ARTICLE}-ty-le-hoc-tap.jsonld").get_json(force=True)
    # A number of JSON would be a double; whole numbers are such.
    assert figure["value"] == {"@value": "98.7", "@type": "xsd:decimal"}
    assert real.get(f"/doc/figure-{ARTICLE}-hoi-nghi.jsonld").get_json(force=True)["value"] == 8198
    statements = [each for each in document["included"] if "Statement" in each.get("type", ())]
    assert {"id", "type", "subject", "predicate", "object", "attestedIn"} == set(statements[0])


VALUES = (
    Literal("98.70", "", XSD + "decimal"),
    Literal("8198", "", XSD + "integer"),
    Literal("-5", "", XSD + "integer"),
    Literal("007", "", XSD + "integer"),
    Literal("12345678901234567890", "", XSD + "integer"),
    Literal("true", "", XSD + "boolean"),
    Literal("1", "", XSD + "boolean"),
    Literal("1.5E0", "", XSD + "double"),
    Literal("2023-05-17", "", XSD + "date"),
    Literal("--05-17", "", XSD + "gMonthDay"),
    Literal('Đường "x"\n\t\\ <b>', "vi"),
    Literal("Road", "en"),
    Literal("Street", "en"),
    Literal("plain"),
    Literal("id:x"),
    Iri("https://w3id.org/tulieu/id/person-x"),
    Iri("https://w3id.org/tulieu/ontology#holder"),
    Iri("http://www.w3.org/1999/02/22-rdf-syntax-ns#type"),
    Iri("urn:example:a"),
)


def test_every_value_survives_under_every_form_of_property(store: Store) -> None:
    """Under properties made for values of each form: each value alone, and all at once."""
    context = read_context(store)
    one_of_each = {form: iri for iri, (_, form) in sorted(context.properties.items())}
    assert {"@id", "@vocab", "@language", "", XSD + "date"} <= {*one_of_each}
    others = (TL._NS["neverDefined"], "https://example.org/p", "http://www.w3.org/2006/time#inside")
    subjects = [Iri(f"https://w3id.org/tulieu/id/x{number}") for number in range(len(VALUES) + 1)]
    statements = [
        Statement(subject, Iri(str(predicate)), value)
        for subject, values in zip(subjects, (*((value,) for value in VALUES), VALUES), strict=True)
        for predicate in (*one_of_each.values(), *others)
        for value in values
    ]
    expected = [pyoxigraph.Quad(*map(engine_term, (each.subject, each.predicate, each.object))) for each in statements]
    for subject in (subjects[0], subjects[-1]):
        written = json.loads(write_json_ld(statements, subject.value, context, CONTEXT))
        assert read_by_pyld(written, context.document) == canonical(expected)


def engine_term(term: object) -> Any:
    if isinstance(term, Literal):
        if term.language:
            return pyoxigraph.Literal(term.value, language=term.language)
        return pyoxigraph.Literal(term.value, datatype=pyoxigraph.NamedNode(term.datatype))
    assert isinstance(term, Iri)
    return pyoxigraph.NamedNode(term.value)


def test_the_context_names_every_term_of_the_ontology(client: FlaskClient, store: Store) -> None:
    answer = client.get("/context.jsonld", headers={"Host": "evil.example"})
    assert (answer.status_code, answer.content_type) == (200, "application/ld+json")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    context = answer.get_json(force=True)["@context"]
    rows = store.select(
        """SELECT DISTINCT ?term WHERE {
             VALUES ?kind { owl:Class owl:ObjectProperty owl:DatatypeProperty owl:AnnotationProperty }
             GRAPH graph:ontology { ?term a ?kind FILTER(STRSTARTS(STR(?term), STR(tl:))) } }"""
    )
    names = {row["term"].value.removeprefix(str(TL)) for row in rows}
    assert len(names) > 200
    for name in names:
        defined = context[name]
        assert (defined if isinstance(defined, str) else defined["@id"]) == f"tl:{name}"
    assert context["label"]["@container"] == "@language"
    assert context["earliestDay"]["@type"] == "xsd:date"
    assert context["holder"]["@type"] == "@id"
    # A prefix that is a term too would turn `time:inside` into something else.
    assert not {name for name in context if name in PREFIXES and not context[name].endswith(("#", "/"))}
    assert not names & {*PREFIXES, "id", "type", "included"}


def test_a_past_release_has_a_context_of_its_own_terms(client: FlaskClient) -> None:
    path = f"release/{RELEASE_ID}/doc/person-sample-duong"
    document = client.get(f"/{path}.jsonld").get_json(force=True)
    assert document["@context"] == f"{PUBLIC_URL}release/{RELEASE_ID}/context.jsonld"
    context = client.get(f"/release/{RELEASE_ID}/context.jsonld").get_json(force=True)
    triples = pyoxigraph.parse(client.get(f"/{path}.nt").data, format=pyoxigraph.RdfFormat.N_TRIPLES)
    assert read_by_pyld({**document, "@context": CONTEXT}, context) == canonical(triples)


def test_the_context_is_kept_and_asked_for_again(client: FlaskClient) -> None:
    first = client.get("/context.jsonld")
    assert first.data == client.get("/context.jsonld").data
    again = client.get("/context.jsonld", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")

"""The JSON-LD context, by which our JSON reads like plain JSON: https://www.w3.org/TR/json-ld11/#the-context

Comes in: the ontology of a release. Goes out: for each of our properties and classes, and for those of other
vocabularies that our documents use, the plain name that stands for it and the form of its values. The same table makes
the published context and writes the documents, so that the two cannot disagree.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from tulieu.resources.describing import CATALOGUE_PREFIXES
from tulieu.store import Iri, Store
from tulieu.vocabulary import TL, VOCABULARY_PREFIXES

OWL = "http://www.w3.org/2002/07/owl#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
XSD = "http://www.w3.org/2001/XMLSchema#"
CONTEXT_PATH = "context.jsonld"
# Forms of the values of a property, beside the datatypes: a node, a term's plain name, texts by language, or any.
NODE, TERM, TEXTS, ANY = "@id", "@vocab", "@language", ""
# What documents say of themselves, beside the vocabularies of the knowledge.
OWN_PREFIXES = (
    ("hydra", "http://www.w3.org/ns/hydra/core#"),
    ("sd", "http://www.w3.org/ns/sparql-service-description#"),
    *CATALOGUE_PREFIXES,
)
PREFIXES = dict((*VOCABULARY_PREFIXES, *OWN_PREFIXES, ("tl", str(TL))))
# What documents say in the words of others, by the form of its values; a name that a term of ours has is not given.
_OTHERS = {
    TEXTS: "rdfs:label rdfs:comment skos:prefLabel skos:altLabel skos:definition skos:scopeNote skos:editorialNote "
    "dcterms:title dcterms:description dcterms:abstract",
    NODE: "rdfs:seeAlso rdfs:isDefinedBy rdfs:subClassOf rdfs:subPropertyOf rdfs:domain rdfs:range skos:inScheme "
    "skos:topConceptOf skos:hasTopConcept skos:broader skos:narrower skos:related skos:exactMatch skos:closeMatch "
    "rdf:subject foaf:primaryTopic void:inDataset void:propertyPartition dcterms:isPartOf dcterms:hasPart "
    "dcterms:license dcterms:isReplacedBy schema:sameAs hydra:view hydra:first hydra:last hydra:next hydra:previous",
    TERM: "rdf:predicate void:property",
    ANY: "rdf:object skos:example void:triples hydra:totalItems",
}
_OTHER_CLASSES = "rdf:Statement skos:Concept skos:ConceptScheme"
_TERMS = f"""SELECT ?term ?type ?range WHERE {{
  VALUES ?type {{ owl:Class owl:ObjectProperty owl:DatatypeProperty owl:AnnotationProperty }}
  GRAPH graph:ontology {{ ?term a ?type OPTIONAL {{ ?term rdfs:range ?range FILTER(isIRI(?range)) }} }}
  FILTER(isIRI(?term) && STRSTARTS(STR(?term), "{TL}"))
}}"""
_FORM_OF_RANGE = {
    RDF + "langString": TEXTS,
    RDF + "Property": TERM,
    # JSON has these itself.
    XSD + "string": ANY,
    XSD + "integer": ANY,
    XSD + "boolean": ANY,
}


@dataclass(frozen=True)
class Context:
    """The plain names of properties, each with the form of its values, and of classes; by IRI."""

    properties: Mapping[str, tuple[str, str]]
    classes: Mapping[str, str]

    @property
    def document(self) -> dict[str, object]:
        """The context as it is published."""
        names: dict[str, object] = {name: _define(iri, form) for iri, (name, form) in self.properties.items()}
        names |= {name: _compact(iri) for iri, name in self.classes.items()}
        aliases = {"@version": 1.1, "id": "@id", "type": "@type", "included": "@included"}
        return {"@context": {**aliases, **PREFIXES, **dict(sorted(names.items()))}}

    def name(self, iri: str) -> str:
        """A property or class as the key of a value, or as a type."""
        found = self.properties.get(iri)
        return found[0] if found else self.classes.get(iri) or _compact(iri)


def read_context(store: Store) -> Context:
    """Read the names of our terms from the ontology, and add those of others."""
    properties: dict[str, tuple[str, str]] = {}
    classes: dict[str, str] = {}
    ranges: dict[str, set[str]] = {}
    for row in store.select(_TERMS):
        iri, kind, value = row["term"].value, row["type"].value, row.get("range")
        name = iri.removeprefix(str(TL))
        if kind == OWL + "Class":
            classes[iri] = name
        else:
            ranges.setdefault(iri, set()).update([value.value] if isinstance(value, Iri) else [])
            properties[iri] = (name, NODE if kind == OWL + "ObjectProperty" else ANY)
    for iri, found in ranges.items():
        if len(found) == 1:
            name, form = properties[iri]
            properties[iri] = (name, _form(next(iter(found)), form))
    ours = {name for name, _ in properties.values()} | {*classes.values()}
    for form, others in _OTHERS.items():
        for compact in others.split():
            if compact.partition(":")[2] not in ours:
                properties[_expand(compact)] = (compact.partition(":")[2], form)
    for compact in _OTHER_CLASSES.split():
        if compact.partition(":")[2] not in ours:
            classes[_expand(compact)] = compact.partition(":")[2]
    return Context(MappingProxyType(properties), MappingProxyType(classes))


def _form(range_iri: str, form: str) -> str:
    if range_iri in _FORM_OF_RANGE:
        return _FORM_OF_RANGE[range_iri]
    return range_iri if range_iri.startswith(XSD) else form


def _define(iri: str, form: str) -> str | dict[str, str]:
    """The definition of a property in the context."""
    if form == ANY:
        return _compact(iri)
    return {"@id": _compact(iri), **({"@container": TEXTS} if form == TEXTS else {"@type": _compact(form)})}


def _expand(compact: str) -> str:
    prefix, _, local = compact.partition(":")
    return PREFIXES[prefix] + local


def _compact(iri: str) -> str:
    """An IRI by its prefix, where it has one."""
    for prefix, start in PREFIXES.items():
        local = iri.removeprefix(start)
        if local and local != iri and not local.startswith("//"):
            return f"{prefix}:{local}"
    return iri

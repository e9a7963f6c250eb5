"""What a page says of its thing in the words of schema.org: https://schema.org/docs/data-and-datasets.html

Comes in: a release, a page's context, a reader. Goes out: a JSON-LD object for the head of the page, or None. Which
class and property of schema.org stands for one of ours is said by the ontology's alignments and read from there; so
the object holds what the graph states, and nothing that only a table here would know.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from tulieu.formats import DOCUMENT_FORMATS, format_named
from tulieu.pages.archive import Archive
from tulieu.pages.dataset import archive_words
from tulieu.pages.knowledge import text_of
from tulieu.pages.links import Links
from tulieu.pages.terms import OURS, SKOS
from tulieu.pages.values import Values
from tulieu.pages.wording import LANGUAGES
from tulieu.release import Release
from tulieu.statistics import read_statistics, record_of
from tulieu.store import Iri, Literal, Term

SCHEMA: Final = "https://schema.org/"
_LICENCE = "https://creativecommons.org/licenses/by/4.0/"
# The same thing elsewhere, and other names: not ours to align.
_BESIDES = {
    SKOS + "exactMatch": "sameAs",
    SCHEMA + "sameAs": "sameAs",
    SKOS + "altLabel": "alternateName",
    SKOS + "definition": "description",
    SKOS + "inScheme": "inDefinedTermSet",
}
_WHOLE = ("", "dataset")
_DOCUMENTS = ("doc/", "article/", "passage/")
# What points to more is a list, and has its own pages.
_MOST_VALUES = 20
_NUMBERS = {"integer": int, "decimal": float, "double": float}

Node = dict[str, object]


def describe_page(
    archive: Archive, context: object, path: str, values: Values, list_releases: Callable[[], Sequence[Release]]
) -> Mapping[str, object] | None:
    """Describe what a page is about; None where schema.org has no word for it."""
    iri = getattr(context, "iri", "")
    if path in _WHOLE:
        return {"@context": SCHEMA.rstrip("/"), **_describe_whole(archive, archive.release, path, values)}
    for release in list_releases() if path.startswith("release/") else ():
        if path == f"release/{release.id}":
            return {"@context": SCHEMA.rstrip("/"), **_describe_whole(archive, release, path, values)}
    if not iri or not path.startswith(_DOCUMENTS):
        return None
    types = _types(archive, iri)
    if not types:
        return None
    plain = Links(values.links.public_url, values.links.names)
    node = _node(archive, iri, types)
    node["url"] = plain.absolute(path)
    for name, found in _properties(archive, iri).items():
        shown = [_value(archive, each) for each in found[:_MOST_VALUES]]
        node[name] = shown[0] if len(shown) == 1 else shown
    return {"@context": SCHEMA.rstrip("/"), **node}


def _describe_whole(archive: Archive, release: Release, path: str, values: Values) -> Node:
    """The dataset, on its page and the first one, or one of its releases: the same as its description in DCAT."""
    statistics = read_statistics(release)
    plain = Links(values.links.public_url, values.links.names)
    words = archive_words()
    names = [_text(text, language) for language, text in words["title"].items()]
    node: Node = {
        "@type": "Dataset",
        "@id": str(archive.names.release(release.id) if path.startswith("release/") else archive.names.dataset),
        "name": names,
        "description": [_text(text, language) for language, text in words["description"].items()],
        "url": plain.absolute(path),
        "license": _LICENCE,
        "usageInfo": plain.absolute("policy"),
        "version": release.id,
        "dateModified": release.created,
        "isAccessibleForFree": True,
        "inLanguage": list(LANGUAGES),
        "keywords": [
            _text(part, language) for language, text in words["keywords"].items() for part in text.split(", ")
        ],
        "creator": {"@type": "Organization", "name": words["creator"]["en"]},
        "includedInDataCatalog": {
            "@type": "DataCatalog",
            "@id": f"{archive.names.dataset}#catalogue",
            "name": names,
            "url": plain.absolute(""),
        },
        "distribution": [_describe_file(path, release, plain) for path in release.list_dumps()],
    }
    if statistics and statistics.first_day and statistics.last_day:
        node["temporalCoverage"] = f"{statistics.first_day}/{statistics.last_day}"
    if statistics and statistics.places:
        places = statistics.places[:_MOST_VALUES]
        node["spatialCoverage"] = [_node(archive, each, _types(archive, each) or ("Place",)) for each in places]
    return node


def _describe_file(path: Path, release: Release, plain: Links) -> Node:
    record = record_of(release, path)
    form = format_named(path.name.removesuffix(".gz").rpartition(".")[2], DOCUMENT_FORMATS)
    return {
        "@type": "DataDownload",
        "name": path.name,
        "encodingFormat": [form.media_type, "application/gzip"],
        "contentUrl": plain.absolute(f"release/{release.id}/{path.name}"),
        "contentSize": f"{record.size} B",
        "sha256": record.sha256,
    }


def _node(archive: Archive, iri: str, types: tuple[str, ...]) -> Node:
    names = {archive.labels.of(iri, language) for language in LANGUAGES}
    texts = sorted({(each.words, each.language) for each in names})
    same = {words for words, _ in texts}
    # A name that is the same in both languages is given once, without a language.
    shown: object = [_text(words, language) for words, language in texts] if len(same) > 1 else texts[0][0]
    return {"@type": types[0] if len(types) == 1 else list(types), "@id": iri, "name": shown}


def _types(archive: Archive, iri: str) -> tuple[str, ...]:
    """The classes of schema.org nearest to those of a thing."""
    found = sorted({each for kind in archive.statements.kinds(iri) for each in _nearest(archive, kind)})
    if found:
        return tuple(found)
    types = {text_of(row["type"]) for row in archive.knowledge.about("types", "thing", iri)}
    by_concept = ((SKOS + "Concept", "DefinedTerm"), (SKOS + "ConceptScheme", "DefinedTermSet"))
    return tuple(name for concept, name in by_concept if concept in types)


def _nearest(archive: Archive, iri: str) -> tuple[str, ...]:
    """The terms of schema.org that stand above one of ours, from the first step up that has any."""
    level: tuple[str, ...] = (iri,)
    seen = {iri}
    while level:
        found = tuple(each.removeprefix(SCHEMA) for each in level if each.startswith(SCHEMA))
        if found:
            return found
        above = (parent for each in level if (term := archive.vocabulary.term(each)) for parent in term.parents)
        level = tuple(each for each in dict.fromkeys(above) if each not in seen)
        seen.update(level)
    return ()


def _properties(archive: Archive, iri: str) -> dict[str, list[Term]]:
    """What sources state of a thing, by the properties of schema.org; the day of an event where it is one day."""
    found: dict[str, list[Term]] = {}
    for row in archive.knowledge.about("statements", "thing", iri):
        property_iri, value = text_of(row["property"]), row["value"]
        beside = _BESIDES.get(property_iri)
        for name in (beside,) if beside else _nearest(archive, property_iri):
            if value not in found.setdefault(name, []):
                found[name].append(value)
        if property_iri == OURS + "hasTime" and archive.statements.is_kind(iri, "Event"):
            found.update(_days(archive, text_of(value)))
    return {name: sorted(found[name], key=text_of) for name in sorted(found)}


def _days(archive: Archive, span: str) -> dict[str, list[Term]]:
    """The first and the last day of a time, where each is known as that: a span of one day."""
    days = {
        text_of(row["property"]).removeprefix(OURS): row["value"]
        for row in archive.knowledge.about("statements", "thing", span)
    }
    first, last = days.get("earliestDay"), days.get("latestDay")
    return {"startDate": [first], "endDate": [first]} if first is not None and first == last else {}


def _value(archive: Archive, term: Term) -> object:
    if isinstance(term, Literal):
        number = _NUMBERS.get(term.datatype.rsplit("#", 1)[-1])
        return _text(term.value, term.language) if term.language else number(term.value) if number else term.value
    if isinstance(term, Iri) and archive.names.is_ours(term.value):
        return _node(archive, term.value, _types(archive, term.value) or ("Thing",))
    return text_of(term)


def _text(words: str, language: str) -> Node:
    return {"@value": words, "@language": language}

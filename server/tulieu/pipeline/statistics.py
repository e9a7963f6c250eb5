"""What a release holds, counted once at its build, so that describing it asks no query.

Comes in: the default graph of a release, and the release folder with all its downloads. Goes out: `Statistics`: each
number is what a plain query answers (https://www.w3.org/TR/void/#statistics). One pass over the triples, so that a
million of them take seconds.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from pathlib import Path

import pyoxigraph
from rdflib import OWL, RDF, RDFS, SDO, SKOS, XSD, Graph, Literal, URIRef
from rdflib.term import Node

from tulieu.release import Release
from tulieu.statistics import ClassCount, FileRecord, LinkCount, PropertyCount, Statistics
from tulieu.vocabulary import TL, Names, is_term

# The properties that lead from what is ours to the same, the like or the wider elsewhere.
_LINKING = (
    *(SKOS.exactMatch, SKOS.closeMatch, SKOS.broadMatch, SKOS.narrowMatch, SKOS.relatedMatch),
    *(OWL.sameAs, OWL.equivalentClass, OWL.equivalentProperty, SDO.sameAs),
    *(RDFS.subClassOf, RDFS.subPropertyOf, RDFS.seeAlso),
)
# The languages that the ontology is written in: whoever uses them links to nothing by it.
_LANGUAGES = (str(RDF), str(RDFS), str(OWL), str(XSD))
# The kinds by which a reader sees what the data are like; of each the thing that most sources speak of.
_EXAMPLES = (TL.Person, TL.Organ, TL.Document, TL.Event)
_TYPE = f"<{RDF.type}>"
# A description names so many articles, places and other datasets; of more it gives the number.
_MOST_NAMED = 100


def collect_statistics(
    release: Release, graph: Graph, triples: Iterable[pyoxigraph.Triple], names: Names
) -> Statistics:
    """Count what the default graph of a release holds, and digest the files that may be fetched.

    The graph is for looking up; its triples, sorted, for counting: to compare rdflib's terms takes far longer.
    """
    tally = _count(map(str, triples))
    attested = Counter(graph.subjects(TL.attestedIn))
    places = _of_kinds(graph, (TL.AdministrativeUnit, TL.Place), attested)[:_MOST_NAMED]
    articles = _of_kinds(graph, (TL.Article,), attested)[:_MOST_NAMED]
    publishers = {each: sorted(graph.objects(each, TL.publishedBy), key=str) for each in articles}
    examples = [found for kind in _EXAMPLES for found in _of_kinds(graph, (kind,), attested)[:1]]
    papers = [each for found in publishers.values() for each in found]
    return Statistics(
        triples=sum(tally.triples.values()),
        entities=sum(each.startswith(f"<{names.base_iri}") for each in tally.subjects),
        subjects=len(tally.subjects),
        objects=len(set().union(*tally.objects.values())),
        classes=tuple(_list_classes(tally)),
        properties=tuple(
            PropertyCount(each[1:-1], tally.triples[each], tally.having[each], len(tally.objects[each]))
            for each in sorted(tally.triples)
        ),
        links=tuple(_count_links(graph, names)),
        first_day=min(map(str, graph.objects(None, TL.earliestDay)), default=""),
        last_day=max(map(str, graph.objects(None, TL.latestDay)), default=""),
        places=tuple(map(str, places)),
        articles=tuple(map(str, articles)),
        publishers={str(article): tuple(map(str, found)) for article, found in publishers.items()},
        examples=tuple(map(str, examples)),
        names={str(each): _labels(graph, each) for each in (*places, *articles, *papers, *examples)},
        files={path.name: _record(path) for path in release.list_files()},
    )


@dataclass
class _Tally:
    """What one pass over sorted triples counts; terms are as N-Triples writes them.

    Things have their classes in few combinations: statements are counted for these, not for each class of each thing.
    """

    subjects: list[str] = field(default_factory=list)
    triples: Counter[str] = field(default_factory=Counter)
    having: Counter[str] = field(default_factory=Counter)
    objects: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    things: Counter[tuple[str, ...]] = field(default_factory=Counter)
    stated: defaultdict[tuple[str, ...], Counter[str]] = field(default_factory=lambda: defaultdict(Counter))


def _count(lines: Iterable[str]) -> _Tally:
    tally = _Tally()
    for subject, group in groupby((line.split(" ", 2) for line in lines), key=itemgetter(0)):
        stated: Counter[str] = Counter()
        kinds = []
        for _, predicate, value in group:
            stated[predicate] += 1
            tally.objects[predicate].add(value)
            if predicate == _TYPE:
                kinds.append(value)
        tally.subjects.append(subject)
        tally.triples.update(stated)
        tally.having.update(stated.keys())
        tally.things[tuple(kinds)] += 1
        tally.stated[tuple(kinds)].update(stated)
    return tally


def _list_classes(tally: _Tally) -> Iterator[ClassCount]:
    entities: Counter[str] = Counter()
    properties: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for kinds, count in tally.things.items():
        for kind in kinds:
            entities[kind] += count
            properties[kind].update(tally.stated[kinds])
    for kind in sorted(each for each in entities if each.startswith("<")):
        # What the ontology's own classes have is what queries are written with; wider classes elsewhere only repeat it.
        own = {each[1:-1]: count for each, count in sorted(properties[kind].items())} if is_term(kind[1:-1]) else {}
        yield ClassCount(kind[1:-1], entities[kind], own)


def _count_links(graph: Graph, names: Names) -> list[LinkCount]:
    counted: Counter[tuple[str, str]] = Counter()
    for predicate in _LINKING:
        for subject, value in graph.subject_objects(predicate):
            if isinstance(value, URIRef) and names.is_ours(str(subject)) and not names.is_ours(str(value)):
                counted[str(predicate), _space(str(value))] += 1
    kept = [(*key, count) for key, count in counted.most_common() if key[1] not in _LANGUAGES]
    return [LinkCount(*each) for each in sorted(kept[:_MOST_NAMED])]


def _space(iri: str) -> str:
    """What the names of another dataset start with: all before the last part."""
    return iri[: max(iri.rfind("/"), iri.rfind("#")) + 1]


def _of_kinds(graph: Graph, kinds: Iterable[URIRef], attested: Counter[Node]) -> list[URIRef]:
    """The things of the first kind that there are any of, those that most sources speak of first."""
    for kind in kinds:
        found = [each for each in graph.subjects(RDF.type, kind) if isinstance(each, URIRef)]
        if found:
            return sorted(found, key=lambda each: (-attested[each], each))
    return []


def _labels(graph: Graph, thing: Node) -> dict[str, str]:
    labels = [each for each in graph.objects(thing, RDFS.label) if isinstance(each, Literal)]
    return {each.language or "": str(each) for each in sorted(labels, reverse=True)}


def _record(path: Path) -> FileRecord:
    with path.open("rb") as file:
        return FileRecord(path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest())

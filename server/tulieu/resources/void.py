"""What a release holds, as an RDF dataset: https://www.w3.org/TR/void/

Comes in: the statistics that the build kept. Goes out: statements: counts, partitions by class and by property, links
to other datasets, vocabularies and examples. Query editors complete names from the partitions. Each number is what a
plain query to the endpoint answers.
"""

from collections.abc import Iterator

from tulieu.resources.describing import name, number, say
from tulieu.statistics import LinkCount, Statistics
from tulieu.store import Blank, Iri, Literal, Statement
from tulieu.vocabulary import Names


def describe_counts(dataset: Iri, statistics: Statistics, names: Names) -> Iterator[Statement]:
    """Count what a dataset holds, whole and in parts."""
    yield from say(
        dataset,
        (
            ("void:triples", number(statistics.triples)),
            ("void:entities", number(statistics.entities)),
            ("void:distinctSubjects", number(statistics.subjects)),
            ("void:distinctObjects", number(statistics.objects)),
            ("void:classes", number(len(statistics.classes))),
            ("void:properties", number(len(statistics.properties))),
            ("void:uriSpace", Literal(names.base_iri)),
            *(("void:vocabulary", Iri(each)) for each in _vocabularies(statistics)),
            *(("void:exampleResource", Iri(each)) for each in statistics.examples),
            *(("void:rootResource", Iri(each)) for each in statistics.articles),
        ),
    )
    yield from _partition_by_class(dataset, statistics)
    for index, each in enumerate(statistics.properties):
        partition = Blank(f"property{index}")
        yield Statement(dataset, name("void:propertyPartition"), partition)
        counts = (("triples", each.triples), ("distinctSubjects", each.subjects), ("distinctObjects", each.objects))
        yield from say(partition, [("void:property", Iri(each.iri))])
        yield from say(partition, ((f"void:{what}", number(count)) for what, count in counts))
    for index, link in enumerate(statistics.links):
        yield from _describe_links(dataset, index, link)


def _partition_by_class(dataset: Iri, statistics: Statistics) -> Iterator[Statement]:
    for index, each in enumerate(statistics.classes):
        partition = Blank(f"class{index}")
        yield Statement(dataset, name("void:classPartition"), partition)
        yield from say(partition, (("void:class", Iri(each.iri)), ("void:entities", number(each.entities))))
        for inner, (iri, count) in enumerate(each.properties.items()):
            part = Blank(f"class{index}property{inner}")
            yield Statement(partition, name("void:propertyPartition"), part)
            yield from say(part, (("void:property", Iri(iri)), ("void:triples", number(count))))


def _describe_links(dataset: Iri, index: int, link: LinkCount) -> Iterator[Statement]:
    links, target = Blank(f"links{index}"), Blank(f"links{index}target")
    yield from say(
        links,
        (
            ("rdf:type", name("void:Linkset")),
            ("void:subjectsTarget", dataset),
            ("void:objectsTarget", target),
            ("void:linkPredicate", Iri(link.predicate)),
            ("void:triples", number(link.triples)),
        ),
    )
    yield from say(target, (("rdf:type", name("void:Dataset")), ("void:uriSpace", Literal(link.space))))
    yield Statement(dataset, name("void:subset"), links)


def _vocabularies(statistics: Statistics) -> list[str]:
    used = [*(each.iri for each in statistics.classes), *(each.iri for each in statistics.properties)]
    return sorted({iri[: max(iri.rfind("/"), iri.rfind("#")) + 1] for iri in used})

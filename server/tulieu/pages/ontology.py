"""The ontology for people: the tree of classes, an index by letter, and every term with definition, place and examples.

Comes in: the vocabulary of a release and how often each term is used in it. Goes out: a frozen `OntologyPage`. The
anchors are the local names, so that the name of a term, `…/ontology#Holding`, leads to its entry. Entries stand by
topic: a class at the top of the tree with all below it and the properties of these.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from tulieu.pages.archive import Archive
from tulieu.pages.knowledge import text_of, with_prefixes
from tulieu.pages.labels import Text
from tulieu.pages.ordering import alphabetical, initial
from tulieu.pages.terms import OURS, OntologyTerm, Vocabulary
from tulieu.pages.values import Value, Values, show_count
from tulieu.store import Iri


@dataclass(frozen=True)
class ClassNode:
    """A class in the tree: where its entry is, how many things it has, the classes below it."""

    name: Value
    count: str
    below: tuple["ClassNode", ...]


@dataclass(frozen=True)
class TermView:
    """One entry: what the term is called and means, where it stands among others, how often it is used."""

    anchor: str
    name: Text
    other_name: Text | None
    definition: Text | None
    lines: tuple[tuple[str, tuple[Value, ...]], ...]
    count: str
    uses_href: str


@dataclass(frozen=True)
class Topic:
    """A class of the top with all that belongs to it; the last topic is of what belongs to several."""

    title: Text
    anchor: str
    terms: tuple[TermView, ...]


@dataclass(frozen=True)
class OntologyPage:
    """All terms, as tree, index and entries."""

    tree: tuple[ClassNode, ...]
    letters: tuple[tuple[str, tuple[Value, ...]], ...]
    topics: tuple[Topic, ...]
    class_count: str
    property_count: str
    prefix: str
    iri: str


def make_ontology_page(archive: Archive, iri: str, values: Values) -> OntologyPage:
    """Gather the ontology's page."""
    vocabulary = archive.vocabulary
    counts = {text_of(row["class"]): int(text_of(row["count"])) for row in archive.knowledge.once("kinds")}
    counts |= {text_of(row["property"]): int(text_of(row["count"])) for row in archive.knowledge.once("uses")}
    entries = _Entries(archive, counts, values)
    tops = _sorted((term for term in vocabulary.terms.values() if term.is_class and not _ours(term.parents)), values)
    filed = _file(vocabulary, tops)
    topics = [Topic(entries.name(top), f"topic-{top.local}", entries.of(filed[top.iri])) for top in tops]
    shared = Topic(Text(values.wording("ontology.shared"), values.language), "topic-shared", entries.of(filed[""]))
    everything = sorted((_here(term, values) for term in vocabulary.terms.values()), key=_by_words)
    class_count = sum(term.is_class for term in vocabulary.terms.values())
    return OntologyPage(
        tree=tuple(_node(top, vocabulary, counts, values) for top in tops),
        letters=tuple(
            (letter, tuple(group)) for letter, group in groupby(everything, key=lambda value: initial(value.text.words))
        ),
        topics=tuple(topic for topic in (*topics, shared) if topic.terms),
        class_count=show_count(class_count, values.language),
        property_count=show_count(len(vocabulary.terms) - class_count, values.language),
        prefix=OURS,
        iri=iri,
    )


class _Entries:
    """Writes entries for one reader."""

    def __init__(self, archive: Archive, counts: Mapping[str, int], values: Values) -> None:
        self._archive = archive
        self._counts = counts
        self._values = values
        self._properties: dict[str, list[OntologyTerm]] = defaultdict(list)
        for term in archive.vocabulary.terms.values():
            for domain in () if term.is_class else term.domains:
                self._properties[domain].append(term)

    def name(self, term: OntologyTerm) -> Text:
        return self._values.labels.of(term.iri, self._values.language)

    def of(self, terms: Iterable[OntologyTerm]) -> tuple[TermView, ...]:
        return tuple(self._view(term) for term in terms)

    def _view(self, term: OntologyTerm) -> TermView:
        language, wording = self._values.language, self._values.wording
        other = "en" if language == "vi" else "vi"
        vocabulary = self._archive.vocabulary
        children = vocabulary.children(term.iri)
        # An example that the release does not know would be a link to nowhere.
        examples = [each for each in term.examples if not isinstance(each, Iri) or self._archive.knows(each.value)]
        lines = (
            (wording("ontology.wider"), self._terms(term.parents)),
            (wording("ontology.narrower"), self._terms(child.iri for child in children)),
            (wording("ontology.domain"), self._terms(term.domains)),
            (wording("ontology.range"), self._terms(term.ranges)),
            (wording("ontology.inverse"), self._terms(filter(None, (term.inverse,)))),
            (wording("ontology.properties"), self._terms(each.iri for each in self._properties[term.iri])),
            (wording("ontology.example"), tuple(self._values.show(each) for each in examples)),
        )
        count = self._counts.get(term.iri, 0)
        return TermView(
            anchor=term.local,
            name=self.name(term),
            other_name=Text(term.labels[other], other) if other in term.labels else None,
            definition=Text(term.definitions[language], language) if language in term.definitions else None,
            lines=tuple((label, shown) for label, shown in lines if shown),
            count=show_count(count, language),
            uses_href=self._uses(term) if count else "",
        )

    def _uses(self, term: OntologyTerm) -> str:
        """Where the uses are listed: a class has its list, those of a property are asked for."""
        if term.is_class:
            return self._values.links.path(f"browse/{term.local}")
        query = with_prefixes(f"SELECT ?thing ?value WHERE {{ ?thing tl:{term.local} ?value }}", self._archive.names)
        return self._values.links.path("sparql", {"query": query})

    def _terms(self, iris: Iterable[str]) -> tuple[Value, ...]:
        """Terms of ours by label; those of other vocabularies are in the RDF, not on the page."""
        terms = [self._archive.vocabulary.term(iri) for iri in iris]
        return tuple(sorted((_here(term, self._values) for term in terms if term), key=_by_words))


def _file(vocabulary: Vocabulary, tops: Iterable[OntologyTerm]) -> Mapping[str, list[OntologyTerm]]:
    """The terms of each topic: classes from the top down, each with its properties; those of no class under ''."""
    filed: dict[str, list[OntologyTerm]] = defaultdict(list)
    done: set[str] = set()
    properties: dict[str, list[OntologyTerm]] = defaultdict(list)
    for term in vocabulary.terms.values():
        if not term.is_class:
            properties[next(iter(_ours(term.domains)), "")].append(term)

    def walk(term: OntologyTerm) -> Iterator[OntologyTerm]:
        if term.iri not in done:
            done.add(term.iri)
            yield term
            yield from properties.pop(term.iri, [])
            for child in vocabulary.children(term.iri):
                if child.is_class:
                    yield from walk(child)

    for top in tops:
        filed[top.iri] = list(walk(top))
    filed[""] = [term for rest in properties.values() for term in rest]
    return filed


def _node(term: OntologyTerm, vocabulary: Vocabulary, counts: Mapping[str, int], values: Values) -> ClassNode:
    children = _sorted((child for child in vocabulary.children(term.iri) if child.is_class), values)
    count = counts.get(term.iri, 0)
    return ClassNode(
        name=_here(term, values),
        count=show_count(count, values.language) if count else "",
        below=tuple(_node(child, vocabulary, counts, values) for child in children),
    )


def _here(term: OntologyTerm, values: Values) -> Value:
    """A term with the address of its entry on this page."""
    return Value(values.labels.of(term.iri, values.language), f"#{term.local}", term.iri)


def _ours(iris: Iterable[str]) -> tuple[str, ...]:
    return tuple(iri for iri in iris if iri.startswith(OURS))


def _sorted(terms: Iterable[OntologyTerm], values: Values) -> list[OntologyTerm]:
    return sorted(terms, key=lambda term: alphabetical(values.labels.of(term.iri, values.language).words))


def _by_words(value: Value) -> tuple[object, str]:
    return alphabetical(value.text.words), value.iri

"""The ontology and the shapes, for people: every term with label, definition and place; every rule with its message.

Comes in: the vocabulary of a release and its shapes graph. Goes out: frozen page contexts. The anchors are the local
names, so that the name of a term, `…/ontology#Holding`, leads to its entry.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from tulieu.pages.archive import Archive
from tulieu.pages.knowledge import text_of
from tulieu.pages.labels import Text
from tulieu.pages.ordering import alphabetical
from tulieu.pages.query_page import shorten
from tulieu.pages.sources import in_language
from tulieu.pages.terms import OURS, RDFS, OntologyTerm
from tulieu.pages.values import Value, Values
from tulieu.store import Iri, Term
from tulieu.vocabulary import PREFIXES

SH = "http://www.w3.org/ns/shacl#"
# The parts of a property shape that a reader is told of, with the key of their words.
_BOUNDS = (
    "minCount",
    "maxCount",
    "datatype",
    "class",
    "nodeKind",
    "pattern",
    "minInclusive",
    "maxInclusive",
    "minLength",
    "maxLength",
)


@dataclass(frozen=True)
class TermView:
    """One entry of the ontology's page; empty lists are not shown."""

    anchor: str
    name: Text
    other_name: Text | None
    definition: Text | None
    other_definition: Text | None
    wider: tuple[Value, ...]
    narrower: tuple[Value, ...]
    domains: tuple[Value, ...]
    ranges: tuple[Value, ...]
    inverse: Value | None
    properties: tuple[Value, ...]
    examples: tuple[Value, ...]
    count: int
    browse_href: str
    iri: str


@dataclass(frozen=True)
class OntologyPage:
    """All terms, classes apart from properties."""

    classes: tuple[TermView, ...]
    properties: tuple[TermView, ...]
    iri: str


@dataclass(frozen=True)
class RuleView:
    """One rule of a shape: what it is about, what it asks for, what it says when it is not met."""

    path: Text
    bounds: tuple[tuple[Text, str], ...]
    messages: tuple[Text, ...]
    is_warning: bool


@dataclass(frozen=True)
class ShapeView:
    """One node shape: which class it is for, and its rules."""

    anchor: str
    name: Text
    targets: tuple[Value, ...]
    rules: tuple[RuleView, ...]


@dataclass(frozen=True)
class ShapesPage:
    """All shapes."""

    shapes: tuple[ShapeView, ...]


def make_ontology_page(archive: Archive, iri: str, values: Values) -> OntologyPage:
    """Gather the ontology's page."""
    counts = archive.count_kinds()
    views = [(term, _view_term(archive, term, counts, values)) for term in archive.vocabulary.terms.values()]
    views.sort(key=lambda pair: alphabetical(pair[1].name.words))
    return OntologyPage(
        classes=tuple(view for term, view in views if term.is_class),
        properties=tuple(view for term, view in views if not term.is_class),
        iri=iri,
    )


def make_shapes_page(archive: Archive, values: Values) -> ShapesPage:
    """Gather the shapes' page."""
    targets: dict[str, set[str]] = defaultdict(set)
    parts: dict[str, dict[str, dict[str, list[Term]]]] = defaultdict(lambda: defaultdict(lambda: defaultdict(list)))
    for row in archive.knowledge.rows("shapes"):
        shape = text_of(row["shape"])
        if "target" in row:
            targets[shape].add(text_of(row["target"]))
        found = parts[shape][text_of(row["part"])][text_of(row["relation"]).removeprefix(SH)]
        if row["value"] not in found:
            found.append(row["value"])
    views = []
    for shape, rules in parts.items():
        own = rules.get(shape, {})
        label = in_language([*own.get(RDFS + "label", []), *own.get("name", [])], values.language)
        views.append(
            ShapeView(
                anchor=shape.rsplit("#", 1)[-1].rsplit("/", 1)[-1],
                name=label or Text(shape.rsplit("#", 1)[-1].rsplit("/", 1)[-1], ""),
                targets=tuple(values.thing(target) for target in sorted(targets[shape])),
                rules=tuple(
                    _view_rule(rule, values) for part, rule in rules.items() if part != shape or "message" in rule
                ),
            )
        )
    return ShapesPage(tuple(sorted(views, key=lambda view: alphabetical(view.name.words))))


def _view_term(archive: Archive, term: OntologyTerm, counts: dict[str, int], values: Values) -> TermView:
    other = "en" if values.language == "vi" else "vi"
    properties = [
        each.iri for each in archive.vocabulary.terms.values() if not each.is_class and term.iri in each.domains
    ]
    return TermView(
        anchor=term.local,
        name=values.labels.of(term.iri, values.language),
        other_name=Text(term.labels[other], other) if other in term.labels else None,
        definition=_text(term.definitions, values.language),
        other_definition=_text(term.definitions, other),
        wider=_things(term.parents, values),
        narrower=_things([each.iri for each in archive.vocabulary.children(term.iri)], values),
        domains=_things(term.domains, values),
        ranges=_things(term.ranges, values),
        inverse=values.thing(term.inverse) if term.inverse else None,
        properties=_things(properties, values),
        examples=tuple(
            values.show(each)
            for each in term.examples
            # An example that the release does not know would be a link to nowhere.
            if not isinstance(each, Iri) or archive.knows(each.value)
        ),
        count=counts.get(term.local, 0),
        browse_href=values.links.path(f"browse/{term.local}") if term.is_class else "",
        iri=term.iri,
    )


def _things(iris: tuple[str, ...] | list[str], values: Values) -> tuple[Value, ...]:
    """Terms of ours by label; those of other vocabularies are in the RDF, not on the page."""
    shown = [values.thing(iri) for iri in iris if iri.startswith(OURS)]
    return tuple(sorted(shown, key=lambda value: alphabetical(value.text.words)))


def _text(texts: Mapping[str, str], language: str) -> Text | None:
    return Text(texts[language], language) if language in texts else None


def _bound(value: Term, values: Values) -> str:
    """A class by its label, a datatype by its short name, a number or pattern as it stands."""
    if isinstance(value, Iri) and not value.value.startswith(OURS):
        return shorten(value.value, PREFIXES)
    return values.show(value).text.words


def _view_rule(rule: dict[str, list[Term]], values: Values) -> RuleView:
    path = next(iter(rule.get("path", [])), None)
    named = in_language(rule.get("name", []), values.language)
    if named is None and isinstance(path, Iri):
        named = values.labels.of(path.value, values.language)
    bounds = tuple(
        (Text(values.wording(f"shape.{name}"), values.language), _bound(value, values))
        for name in _BOUNDS
        for value in rule.get(name, [])
    )
    message = in_language(rule.get("message", []), values.language)
    return RuleView(
        path=named or Text(values.wording("shape.whole"), values.language),
        bounds=bounds,
        messages=(message,) if message else (),
        is_warning=any(text_of(value) == SH + "Warning" for value in rule.get("severity", [])),
    )

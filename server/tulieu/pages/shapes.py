"""The shapes as documentation: for each, what it is for and a table of what it expects, allows and says.

Comes in: the shapes of a release. Goes out: a frozen `ShapesPage`; for the quality page, what a shape is called. The
anchors are the local names, so that a finding leads to its rule.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from tulieu.pages.archive import Archive
from tulieu.pages.arrangement import read_list
from tulieu.pages.knowledge import Knowledge, once_for_each_release, text_of
from tulieu.pages.labels import Text
from tulieu.pages.ordering import alphabetical
from tulieu.pages.query_page import shorten
from tulieu.pages.sources import in_language
from tulieu.pages.terms import OURS
from tulieu.pages.values import Value, Values, show_count
from tulieu.store import Blank, Iri, Term
from tulieu.vocabulary import PREFIXES

SH = "http://www.w3.org/ns/shacl#"
# What a rule can ask for, in the order in which it is told; each has its words in the catalogue, under `shape.`.
_PLAIN = (
    "minCount", "maxCount", "class", "datatype", "nodeKind", "hasValue", "pattern", "minInclusive", "maxInclusive",
    "minExclusive", "minLength", "maxLength", "lessThan", "lessThanOrEquals", "disjoint", "equals", "uniqueLang",
)  # fmt: skip
_LISTS = ("in", "languageIn", "or")
_PLACE = re.compile(r"\{[?$]\w+\}")
_LAST = 1_000_000.0

Said = Mapping[str, list[Term]]
Parts = Mapping[Term, Said]


@dataclass(frozen=True)
class Bound:
    """One thing that a rule asks for: its words, and what of."""

    name: str
    values: tuple[Value, ...]


@dataclass(frozen=True)
class RuleView:
    """One rule: its place on pages, what it is about, what it asks for, how grave it is, what it says when it fails."""

    group: Text | None
    order: str
    name: Text
    paths: tuple[Value, ...]
    bounds: tuple[Bound, ...]
    severity: str
    severity_words: str
    message: Text | None


@dataclass(frozen=True)
class ShapeView:
    """One node shape: which things it is for, and its rules in the order of pages."""

    anchor: str
    name: Text
    targets: tuple[Value, ...]
    rules: tuple[RuleView, ...]


@dataclass(frozen=True)
class ShapesPage:
    """All shapes, with the number of their rules."""

    shapes: tuple[ShapeView, ...]
    shape_count: str
    rule_count: str


@once_for_each_release
def read_shapes(knowledge: Knowledge) -> Parts:
    """Read the shapes graph: what each of its nodes says, by the local name of the property."""
    parts: dict[Term, dict[str, list[Term]]] = defaultdict(lambda: defaultdict(list))
    for row in knowledge.rows("shapes"):
        found = parts[row["part"]][re.split(r"[#/]", text_of(row["relation"]))[-1]]
        if row["value"] not in found:
            found.append(row["value"])
    return {part: dict(said) for part, said in parts.items()}


def node_shapes(parts: Parts) -> tuple[Term, ...]:
    """The shapes that stand for themselves, which is those with a name."""
    return tuple(
        part for part, said in parts.items() if isinstance(part, Iri) and Iri(SH + "NodeShape") in said.get("type", ())
    )


def show_shape(iri: str, parts: Parts, values: Values) -> Value:
    """A shape by its label, with the address of its documentation."""
    label = in_language(parts.get(Iri(iri), {}).get("label", ()), values.language)
    return Value(label or Text(_local(iri), ""), values.links.path(f"shapes#{_local(iri)}"), iri)


def make_shapes_page(archive: Archive, values: Values) -> ShapesPage:
    """Gather the shapes' page."""
    parts = read_shapes(archive.knowledge)
    shapes = [_view_shape(shape, parts, values) for shape in node_shapes(parts)]
    return ShapesPage(
        shapes=tuple(sorted(shapes, key=_shape_order)),
        shape_count=show_count(len(shapes), values.language),
        rule_count=show_count(sum(len(shape.rules) for shape in shapes), values.language),
    )


def _view_shape(shape: Term, parts: Parts, values: Values) -> ShapeView:
    said = parts[shape]
    rules = [_view_rule(rule, said, parts, values) for rule in said.get("property", ())]
    rules += [_view_rule(rule, said, parts, values) for rule in said.get("sparql", ())]
    name = show_shape(text_of(shape), parts, values).text
    if "message" in said:
        rules.append(_view_rule(shape, said, parts, values))
    rules.sort(key=lambda pair: pair[0])
    targets = [term for relation in ("targetClass", "targetSubjectsOf") for term in said.get(relation, ())]
    return ShapeView(
        anchor=_local(text_of(shape)),
        name=name,
        targets=tuple(sorted((_show(term, values) for term in targets), key=_by_words)),
        rules=tuple(rule for _, rule in rules),
    )


def _view_rule(rule: Term, shape: Said, parts: Parts, values: Values) -> tuple[tuple[float, float], RuleView]:
    said = parts.get(rule, {})
    group = parts.get(next(iter(said.get("group", ())), rule), {}) if "group" in said else {}
    # A constraint written as a query says its message itself; the rule that holds it has only the place.
    constraints = [parts.get(each, {}) for each in said.get("sparql", ())]
    messages = [text for each in (said, *constraints) for text in each.get("message", ())]
    asks = any(name in said for name in (*_PLAIN, *_LISTS, "node", "not", "sparql", "message"))
    severity = _local(text_of(next(iter(said.get("severity", shape.get("severity", ()))), Iri(SH + "Violation"))))
    paths = tuple(_paths(next(iter(said.get("path", ())), None), parts, values))
    named = in_language(said.get("name", ()), values.language) or (paths[0].text if len(paths) == 1 else None)
    order = text_of(next(iter(said.get("order", ())), None))
    place = (_number(group.get("order", ())), float(order) if order else _LAST)
    message = in_language(messages, values.language)
    return place, RuleView(
        group=in_language(group.get("label", ()), values.language),
        order=order,
        name=named or Text(values.wording("shape.whole"), values.language),
        paths=paths,
        bounds=tuple(_bounds(said, parts, values)),
        severity=severity if asks else "",
        severity_words=values.wording(f"shape.severity.{severity}" if asks else "shape.severity.none"),
        message=Text(_PLACE.sub("…", message.words), message.language) if message else None,
    )


def _bounds(said: Said, parts: Parts, values: Values) -> Iterator[Bound]:
    if any(text_of(term) == "true" for term in said.get("isExpected", ())):
        yield Bound(values.wording("shape.isExpected"), ())
    for name in _PLAIN:
        if said.get(name):
            yield Bound(values.wording(f"shape.{name}"), tuple(_show(term, values) for term in said[name]))
    for name in _LISTS:
        terms = [each for head in said.get(name, ()) for each in read_list(head, parts)]
        found = [_show(term, values) for term in terms if not isinstance(term, Blank)]
        found += [value for term in terms if isinstance(term, Blank) for value in _inner(parts[term], parts, values)]
        if found:
            yield Bound(values.wording(f"shape.{name}"), tuple(found))
    for name in ("node", "not"):
        found = [value for term in said.get(name, ()) for value in _inner(parts.get(term, {}), parts, values)]
        if found:
            yield Bound(values.wording(f"shape.{name}"), tuple(found))


def _inner(said: Said, parts: Parts, values: Values) -> Iterator[Value]:
    """What a shape within a rule asks for: classes, datatypes, values; of a concept, the scheme it must be in."""
    for name in ("class", "datatype", "hasValue"):
        yield from (_show(term, values) for term in said.get(name, ()))
    for part in (*said.get("property", ()), *said.get("node", ())):
        yield from _inner(parts.get(part, {}), parts, values)


def _paths(path: Term | None, parts: Parts, values: Values) -> Iterator[Value]:
    """The properties that a path is made of."""
    if isinstance(path, Iri):
        yield _show(path, values)
    elif path is not None:
        said = parts.get(path, {})
        for name in ("inversePath", "alternativePath", "zeroOrMorePath", "oneOrMorePath", "zeroOrOnePath"):
            for inner in said.get(name, ()):
                yield from _paths(inner, parts, values)
        for inner in read_list(path, parts):
            yield from _paths(inner, parts, values)


def _show(term: Term, values: Values) -> Value:
    """Ours by label; a name of another vocabulary, which serves as a code here, in its short form."""
    if isinstance(term, Iri) and not term.value.startswith(OURS) and not values.links.local(term.value):
        return Value(Text(shorten(term.value, PREFIXES), ""))
    return values.show(term)


def _number(terms: Iterable[Term]) -> float:
    return next((float(text_of(term)) for term in terms), _LAST)


def _shape_order(shape: ShapeView) -> tuple[bool, object]:
    """Those of one class of ours by its name, then those that hold for many."""
    target = shape.targets[0] if len(shape.targets) == 1 else None
    is_ours = target is not None and target.iri.startswith(OURS)
    return not is_ours, alphabetical(target.text.words if target and is_ours else shape.name.words)


def _by_words(value: Value) -> tuple[object, str]:
    return alphabetical(value.text.words), value.iri


def _local(iri: str) -> str:
    return re.split(r"[#/]", iri)[-1]

"""Every shape is shown to bite: a valid example gives no result of it, an invalid one exactly the results it announces.

Comes in: `shapes/`, `ontology/` and the examples in `tests/knowledge/shapes/<ShapeName>/`: `valid.trig` and
`invalid-<why>.trig`, whose first lines say what must fire, as `# expect: <shape> <constraint> <path> <severity>`.
The constraint is a component of SHACL core (`sh:MinCountConstraintComponent`) or the IRI of a SPARQL constraint; the
path is `-` where the result has none, `^p` for an inverse and `p|q` for alternatives.
An example holds only what its shape looks at, so it is validated against that shape alone.
"""

from __future__ import annotations

import re
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import pyshacl
import pytest
from rdflib import OWL, RDF, RDFS, SH, SKOS, BNode, Dataset, Graph, Literal, Namespace, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from tulieu.pipeline.knowledge import Knowledge
from tulieu.pipeline.validate import validate
from tulieu.vocabulary import Names

ROOT = Path(__file__).parents[2]
EXAMPLES = Path(__file__).parent / "shapes"
SHACL_SHACL = ROOT.parent / "shared" / "vocabularies" / "shacl-shacl.ttl"

SHAPE = Namespace("https://w3id.org/tulieu/shapes#")
TL = Namespace("https://w3id.org/tulieu/ontology#")
LANGUAGES = {"en", "vi"}
EXPECT = re.compile(r"# expect: (\S+) (\S+) (\S+) (\S+)")
PLACEHOLDER = re.compile(r"\{\?(\w+)\}")

# What the shapes use of SHACL 1.0 Core and SHACL-SPARQL: no rules, functions, targets by query or JavaScript.
ALLOWED_TERMS = """
    NodeShape PropertyGroup SPARQLConstraint Violation Warning IRI targetClass targetSubjectsOf property path
    inversePath alternativePath minCount maxCount class datatype nodeKind minInclusive minExclusive minLength
    maxLength pattern languageIn uniqueLang equals disjoint lessThan lessThanOrEquals not or node hasValue name
    group order severity message sparql select prefixes declare prefix namespace
"""

# What of the ontology and vocabularies the shapes look at when they judge data.
BACKGROUND = (RDF.type, RDFS.subClassOf, RDFS.domain, SKOS.inScheme, TL.isEntailed)

# Classes without a shape of their own: instances are made at build, or the class only unites others.
CLASSES_WITHOUT_SHAPE = {TL.InferredStatement, TL.Institution}

# Properties that data may state and no property shape mentions, each with the constraint that looks after it.
PROPERTIES_WITHOUT_SHAPE = {TL.mayBeSameAs: "shape:OnlyNotesIdentifyAndDerive"}


def _read(*patterns: str) -> Graph:
    graph = Graph()
    files = sorted(file for pattern in patterns for file in ROOT.glob(pattern))
    assert files, f"no file fits {patterns} in {ROOT}"
    for file in files:
        graph.parse(file)
    return graph


SHAPES = _read("shapes/*.ttl")
ONTOLOGY = _read("ontology/tulieu.ttl", "ontology/terms/*.ttl")
VOCABULARIES = _read("ontology/vocabularies.ttl")
NODE_SHAPES = sorted(SHAPES.subjects(RDF.type, SH.NodeShape), key=str)
CONSTRAINTS = sorted(SHAPES.subjects(RDF.type, SH.SPARQLConstraint), key=str)
CASES = sorted(EXAMPLES.glob("*/*.trig"))
STYLE_SHAPES = frozenset(_read("shapes/style.ttl").subjects(RDF.type, SH.NodeShape))


def _describe(graph: Graph, start: Node, into: Graph) -> Graph:
    """Copy what a shape consists of: its blank nodes and its SPARQL constraints with their prefixes."""
    for triple in graph.triples((start, None, None)):
        if triple not in into:
            into.add(triple)
            if isinstance(triple[2], BNode) or triple[1] in (SH.sparql, SH.prefixes):
                _describe(graph, triple[2], into)
    return into


def _background() -> Graph:
    graph = Graph()
    for triple in ONTOLOGY + VOCABULARIES:
        if triple[1] in BACKGROUND and triple[2] not in (SKOS.Concept, SKOS.ConceptScheme):
            graph.add(triple)
    return graph


BACKGROUND_GRAPH = _background()


def _validate(dataset: Dataset, shapes: Graph) -> Graph:
    return validate(Knowledge(dataset, shapes, Graph(), Names(), {}, "")).graph


def _path(graph: Graph, path: Node | None) -> str:
    if path is None:
        return "-"
    inverse, alternatives = graph.value(path, SH.inversePath), graph.value(path, SH.alternativePath)
    if inverse is not None:
        return "^" + _path(graph, inverse)
    if alternatives is not None:
        return "|".join(_path(graph, each) for each in Collection(graph, alternatives))
    return SHAPES.namespace_manager.normalizeUri(str(path))


def _owner(shape: Node) -> Node:
    """Give the node shape that a property shape stands in."""
    while not isinstance(shape, URIRef):
        shape = next(iter(SHAPES.subjects(SH.property, shape)))
    return shape


def _findings(report: Graph) -> Counter[str]:
    found: Counter[str] = Counter()
    for result in report.objects(None, SH.result):
        shape = report.value(result, SH.sourceShape)
        assert shape is not None
        constraint = report.value(result, SH.sourceConstraint) or report.value(result, SH.sourceConstraintComponent)
        severity = report.value(result, SH.resultSeverity)
        names = (SHAPES.namespace_manager.normalizeUri(str(each)) for each in (_owner(shape), constraint))
        words = [*names, _path(report, report.value(result, SH.resultPath)), f"sh:{str(severity).rpartition('#')[2]}"]
        found[" ".join(words)] += 1
    return found


def _expected(case: Path) -> Counter[str]:
    lines = case.read_text(encoding="utf-8").splitlines()
    matches = [match for line in lines if (match := EXPECT.fullmatch(line))]
    return Counter(" ".join(match.groups()) for match in matches)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}/{case.stem}")
def test_example_gives_exactly_what_it_announces(case: Path) -> None:
    shape = SHAPE[case.parent.name]
    dataset = Dataset()
    if shape not in STYLE_SHAPES:
        dataset.addN((*triple, dataset.graph(Names().graph("ontology"))) for triple in BACKGROUND_GRAPH)
    dataset.parse(case, format="trig")
    assert _findings(_validate(dataset, _describe(SHAPES, shape, Graph()))) == _expected(case)


def test_number_of_shapes_and_cases() -> None:
    assert (len(NODE_SHAPES), len(CONSTRAINTS), len(CASES)) == (55, 46, 246)


@pytest.mark.parametrize("shape", NODE_SHAPES, ids=lambda shape: str(shape).rpartition("#")[2])
def test_shape_has_a_valid_and_an_invalid_example(shape: URIRef) -> None:
    folder = EXAMPLES / str(shape).rpartition("#")[2]
    assert (folder / "valid.trig").is_file()
    assert not _expected(folder / "valid.trig")
    invalid = list(folder.glob("invalid-*.trig"))
    assert invalid
    assert all(_expected(case) for case in invalid)


def test_examples_belong_to_shapes() -> None:
    assert {SHAPE[case.parent.name] for case in CASES} == set(NODE_SHAPES)
    assert {case.stem.partition("-")[0] for case in CASES} == {"valid", "invalid"}


def test_every_sparql_constraint_is_shown_to_fire() -> None:
    fired = {finding.split()[1] for case in CASES for finding in _expected(case)}
    assert {SHAPES.namespace_manager.normalizeUri(str(each)) for each in CONSTRAINTS} <= fired


def test_only_terms_of_shacl_core_and_sparql() -> None:
    used = {term for triple in SHAPES for term in triple if isinstance(term, URIRef) and term in SH}
    assert used <= {SH[name] for name in ALLOWED_TERMS.split()}


def _messages(node: Node) -> Mapping[str | None, str]:
    messages = [message for message in SHAPES.objects(node, SH.message) if isinstance(message, Literal)]
    assert len(messages) == len({message.language for message in messages})
    return {message.language: str(message) for message in messages}


def test_messages_speak_both_languages_and_say_what_to_do() -> None:
    speakers = {node for node in SHAPES.subjects(SH.message)}
    assert len(speakers) > 250
    assert set(CONSTRAINTS) <= speakers
    for speaker in speakers:
        messages = _messages(speaker)
        assert set(messages) == LANGUAGES, speaker
        assert all(text.endswith(".") and len(text) > 60 for text in messages.values()), messages
        assert len({frozenset(PLACEHOLDER.findall(text)) for text in messages.values()}) == 1, messages


# What a property shape may say that asks nothing of the data, but arranges the page of a thing.
ARRANGING = {SH.path, SH.name, SH.group, SH.order, TL.isExpected, TL.shortcut}


def _constraints() -> list[Node]:
    return [shape for shape in _property_shapes() if set(SHAPES.predicates(shape)) - ARRANGING]


def test_shapes_have_a_message_or_leave_it_to_their_query() -> None:
    assert len(_constraints()) > 200
    for shape in _constraints():
        assert bool(_messages(shape)) != bool(SHAPES.value(shape, SH.sparql)), _path(
            SHAPES, SHAPES.value(shape, SH.path)
        )
    for shape in set(NODE_SHAPES) & set(SHAPES.subjects(SH["or"])):
        assert _messages(shape), shape
    # pySHACL adds the message of a shape to each result of its queries, where it would say the wrong thing.
    for shape in SHAPES.subjects(SH.sparql):
        assert not _messages(shape), shape


def test_messages_name_only_what_their_query_selects() -> None:
    for constraint in CONSTRAINTS:
        query = str(SHAPES.value(constraint, SH.select))
        selected = set(re.findall(r"[?$](\w+)", query.partition("WHERE")[0]))
        assert set(PLACEHOLDER.findall(_messages(constraint)["en"])) <= selected, constraint


def _property_shapes() -> list[Node]:
    return [each for shape in NODE_SHAPES for each in SHAPES.objects(shape, SH.property)]


def test_property_shapes_say_how_a_page_shows_them() -> None:
    groups = set(SHAPES.subjects(RDF.type, SH.PropertyGroup))
    for shape in _property_shapes():
        names = list(SHAPES.objects(shape, SH.name))
        assert sorted(str(getattr(name, "language", "")) for name in names) == sorted(LANGUAGES)
        assert SHAPES.value(shape, SH.group) in groups
        assert SHAPES.value(shape, SH.order) is not None
    for shape in _constraints():
        assert SHAPES.value(shape, SH.severity) in (SH.Violation, SH.Warning)


def test_rows_are_entailed_where_a_shortcut_says_them_too() -> None:
    shortcuts = set(SHAPES.objects(None, TL.shortcut))
    assert len(shortcuts) > 20
    for shortcut in shortcuts:
        assert (shortcut, RDF.type, OWL.ObjectProperty) in ONTOLOGY, shortcut


def test_orders_differ_within_a_shape() -> None:
    for shape in NODE_SHAPES:
        orders = [SHAPES.value(each, SH.order) for each in SHAPES.objects(shape, SH.property)]
        assert len(orders) == len(set(orders)), shape


def test_every_class_with_instances_has_a_shape() -> None:
    labelled = set(SHAPES.objects(SHAPE.LabelledThingShape, SH.targetClass))
    others = [shape for shape in NODE_SHAPES if shape != SHAPE.LabelledThingShape]
    own = {target for shape in others for target in SHAPES.objects(shape, SH.targetClass)}
    for term in set(ONTOLOGY.subjects(RDF.type, OWL.Class)) - CLASSES_WITHOUT_SHAPE:
        above = set(ONTOLOGY.transitive_objects(term, RDFS.subClassOf))
        below = set(ONTOLOGY.transitive_subjects(RDFS.subClassOf, term))
        assert above & own or below & own, f"{term} has no shape: write one in shapes/"
        if not above & {TL.StatementSource}:
            assert above & labelled or below & labelled, f"{term} is not looked at by shape:LabelledThingShape"


def _mentioned(path: Node) -> Iterator[Node]:
    inverse, alternatives = SHAPES.value(path, SH.inversePath), SHAPES.value(path, SH.alternativePath)
    steps = alternatives or (path if SHAPES.value(path, RDF.first) else None)
    if inverse is not None:
        yield from _mentioned(inverse)
    elif steps is not None:
        for each in Collection(SHAPES, steps):
            yield from _mentioned(each)
    else:
        yield path


def test_every_property_that_data_state_has_a_property_shape() -> None:
    paths = [path for shape in _constraints() for path in SHAPES.objects(shape, SH.path)]
    mentioned = {term for path in paths for term in _mentioned(path)}
    written = {
        term
        for kind in (OWL.ObjectProperty, OWL.DatatypeProperty)
        for term in ONTOLOGY.subjects(RDF.type, kind)
        if (term, TL.isEntailed, None) not in ONTOLOGY
    }
    assert written - mentioned == set(PROPERTIES_WITHOUT_SHAPE)


def test_shapes_speak_of_terms_that_exist() -> None:
    known = set(ONTOLOGY.subjects()) | set(VOCABULARIES.subjects())
    queries = " ".join(str(query) for query in SHAPES.objects(None, SH.select))
    in_queries = {TL[name] for name in re.findall(r"\btl:(\w+)", queries)}
    in_queries |= {URIRef(f"https://w3id.org/tulieu/id/{name}") for name in re.findall(r"\bid:([\w-]+)", queries)}
    used = {term for triple in SHAPES for term in triple if isinstance(term, URIRef)}
    ours = {term for term in used | in_queries if term in TL or str(term).startswith("https://w3id.org/tulieu/id/")}
    assert len(ours) > 200
    assert ours <= known


@pytest.mark.parametrize("name", ["OneValueWithinArticle", "OneValueBetweenArticles"])
def test_one_value_is_asked_of_the_properties_that_are_targeted(name: str) -> None:
    query = str(SHAPES.value(SHAPE[name], SH.select))
    listed = query.partition("IN (")[2].partition(")")[0]
    targeted = set(SHAPES.objects(SHAPE[f"{name}Shape"], SH.targetSubjectsOf))
    assert {TL[local] for local in re.findall(r"tl:(\w+)", listed)} == targeted
    assert targeted == set(SHAPES.objects(SHAPE.OneValueWithinArticleShape, SH.targetSubjectsOf))


def test_the_ontology_keeps_our_rules() -> None:
    style = Graph()
    for shape in STYLE_SHAPES:
        _describe(SHAPES, shape, style)
    dataset = Dataset()
    dataset.addN((*triple, dataset.graph(Names().graph("ontology"))) for triple in ONTOLOGY)
    assert _findings(_validate(dataset, style)) == Counter()


def test_shapes_are_well_formed_by_pyshacl() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        conforms, _, text = pyshacl.validate(Graph(), shacl_graph=SHAPES, meta_shacl=True)
    assert conforms, text


@pytest.mark.skipif(not SHACL_SHACL.is_file(), reason="the published shapes of SHACL are not beside the checkout")
def test_shapes_are_well_formed_by_the_published_shapes() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        conforms, _, text = pyshacl.validate(SHAPES, shacl_graph=Graph().parse(SHACL_SHACL))
    assert conforms, text

"""What load refuses, each with file and line, and what it makes of files without fault."""

import re
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from rdflib import RDF, RDFS, SH, XSD, BNode, Literal, URIRef

from tulieu.errors import KnowledgeError, Problem, SettingsError
from tulieu.pipeline.knowledge import Knowledge
from tulieu.pipeline.load import knowledge_digest, knowledge_root, load
from tulieu.vocabulary import BASE_IRI, TL, Names

Change = Callable[[str, str, str], int]
Append = Callable[[str, str], int]
ARTICLE, NOTES, AUTHORITY = "data/articles/sample-1.trig", "data/notes/sample-1.trig", "data/authority/all.ttl"
TERMS, SHAPES = "ontology/terms/all.ttl", "shapes/all.ttl"
NAMES = Names()


def problems_of(folder: Path, *extra: Path) -> tuple[Problem, ...]:
    with pytest.raises(KnowledgeError) as caught:
        load(folder, extra=extra)
    return caught.value.problems


def only(problems: tuple[Problem, ...]) -> Problem:
    assert len(problems) == 1, "\n".join(map(str, problems))
    return problems[0]


# What load makes


def test_each_statement_stands_in_the_graph_its_file_gives_it(folder: Path) -> None:
    knowledge = load(folder)
    graphs = {str(graph.identifier).removeprefix(BASE_IRI): len(graph) for graph in knowledge.dataset.graphs() if graph}
    assert graphs == {
        "passage/sample-1/p01.s1": 2,
        "passage/sample-1/p02.s1": 7,
        "passage/sample-1/p03.s1": 2,
        "note/sample-1/year": 1,
        "graph/passages": 18,
        "graph/notes": 3,
        "graph/authority": 17,
        "graph/ontology": len(knowledge.ontology),
    }
    assert (URIRef(f"{TL}HoldingShape"), RDF.type, SH.NodeShape) in knowledge.shapes
    assert len(knowledge.closure_shapes) == 0


def test_sources_name_the_files_of_each_graph(folder: Path) -> None:
    sources = load(folder).sources
    assert sources[NAMES.graph("authority")] == (AUTHORITY, "ontology/vocabularies.ttl")
    assert sources[URIRef(f"{NAMES.passage_prefix}sample-1/p02.s1")] == (ARTICLE,)


def test_asserted_is_one_set_without_the_ontology(folder: Path) -> None:
    knowledge = load(folder)
    asserted = knowledge.asserted()
    # Two statements on the holding stand in two passages, one on the unstated point in two graphs: each is there once.
    assert len(asserted) == (2 + 7 + 2 + 1 + 18 + 3 + 17) - (2 + 1)
    assert (TL.Holding, RDF.type, None) not in asserted
    assert len(knowledge.merged()) == len(asserted) + len(knowledge.ontology)


def test_shapes_of_the_closure_are_kept_apart(folder: Path, append: Append) -> None:
    append("shapes/closure/all.ttl", "tl:ClosedShape a sh:NodeShape ; sh:targetClass tl:Person .")
    knowledge = load(folder)
    assert len(knowledge.closure_shapes) == 2
    assert (URIRef(f"{TL}ClosedShape"), None, None) not in knowledge.shapes


def test_literals_keep_the_form_in_which_they_are_written(folder: Path) -> None:
    knowledge = load(folder)
    assert Literal("17/5", lang="vi") in set(knowledge.asserted().objects(None, TL.printedForm))
    assert Literal("2023-05-17", datatype=XSD.date) in set(knowledge.asserted().objects(None, TL.earliestDay))


def test_two_loads_are_the_same_even_in_their_blank_nodes(folder: Path, change: Change) -> None:
    first, second = load(folder), load(folder)
    assert set(first.dataset.quads()) == set(second.dataset.quads())
    assert set(first.shapes) == set(second.shapes)
    assert any(isinstance(subject, BNode) for subject in first.ontology.subjects())
    assert first.digest == second.digest == knowledge_digest(folder)
    change(AUTHORITY, 'Mai Hoa"@vi', 'Mai Hòa"@vi')
    assert knowledge_digest(folder) != first.digest


def test_further_files_add_to_the_data(folder: Path, tmp_path: Path) -> None:
    extra = tmp_path / "next.trig"
    extra.write_text(
        """PREFIX id: <https://w3id.org/tulieu/id/> PREFIX tl: <https://w3id.org/tulieu/ontology#>
        PREFIX graph: <https://w3id.org/tulieu/graph/> PREFIX p: <https://w3id.org/tulieu/passage/next-1/>
        PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> PREFIX article: <https://w3id.org/tulieu/article/>
        GRAPH p:p01.s1 { id:holding-9 a tl:Holding ; tl:holder id:person-an ; tl:heldOffice id:office-chair .
                         article:next-1 a tl:Article . }
        GRAPH graph:passages { p:p01.s1 a tl:Passage ; tl:inArticle article:next-1 }
        GRAPH graph:authority { id:person-an a tl:Person ; rdfs:label "An"@vi }""",
        encoding="utf-8",
    )
    knowledge = load(folder, extra=[extra])
    assert (NAMES.thing("person-an"), RDFS.label, Literal("An", lang="vi")) in knowledge.asserted()
    assert str(extra) in knowledge.sources[NAMES.graph("authority")]
    assert knowledge.digest == knowledge_digest(folder, [extra]) != knowledge_digest(folder)


def test_the_projects_own_files_are_found_from_any_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert {"ontology", "data", "shapes"} <= {entry.name for entry in knowledge_root().iterdir()}


def test_a_folder_without_the_three_folders_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    with pytest.raises(KnowledgeError, match="no folder ontology, shapes"):
        knowledge_root(tmp_path)


# Another base


def rebased(folder: Path, append: Append) -> Knowledge:
    append(
        SHAPES,
        r'''tl:PassageShape a sh:NodeShape ; sh:targetClass tl:Passage ;
          sh:pattern "^https://w3id\\.org/tulieu/passage/" ;
          sh:sparql [ sh:message "wrong"@en ; sh:select """SELECT $this { $this a <https://w3id.org/tulieu/ontology#Note>,
            <https://w3id.org/tulieu/id/x> }""" ] .''',
    )
    return load(folder, "https://archive.example/")


def test_another_base_renames_all_but_the_ontology(folder: Path, append: Append) -> None:
    knowledge = rebased(folder, append)
    iris = {str(term) for quad in knowledge.dataset.quads() for term in quad if isinstance(term, URIRef)}
    ours = {iri for iri in iris if iri.startswith(BASE_IRI)}
    assert ours and all(iri.startswith(BASE_IRI + "ontology") for iri in ours)
    assert URIRef("https://archive.example/passage/sample-1/p02.s1") in knowledge.sources
    assert URIRef("https://archive.example/id/person-mai-hoa") in set(knowledge.asserted().subjects())


def test_another_base_reaches_into_patterns_and_queries_of_shapes(folder: Path, append: Append) -> None:
    shapes = rebased(folder, append).shapes
    assert str(next(shapes.objects(None, SH.pattern))) == "^https://archive.example/passage/"
    select = str(next(shapes.objects(None, SH.select)))
    assert "<https://archive.example/id/x>" in select and "<https://w3id.org/tulieu/ontology#Note>" in select


def test_a_base_that_is_none_is_refused(folder: Path) -> None:
    with pytest.raises(SettingsError, match="expected http or https"):
        load(folder, "archive.example")


# What load refuses


def test_a_syntax_error_has_file_line_and_column(folder: Path, change: Change) -> None:
    line = change(ARTICLE, "tl:heldOffice id:office-chair ;", "tl:heldOffice id:office-chair id:office-chair ;")
    problem = only(problems_of(folder))
    assert (problem.file, problem.line) == (ARTICLE, line)
    assert problem.column == 35
    assert "syntax error" in problem.message
    assert str(problem).startswith(f"{ARTICLE}:{line}:35: syntax error")


def test_a_syntax_error_in_one_file_does_not_make_the_others_wrong(folder: Path, change: Change) -> None:
    change(TERMS, "tl:Person a owl:Class ;", "tl:Person a owl:Class ;;; .;")
    change(NOTES, "GRAPH graph:notes {", "GRAPH graph:notes {{")
    assert [problem.file for problem in problems_of(folder)] == [NOTES, TERMS]


def test_text_that_is_not_nfc_is_refused_at_its_line(folder: Path, change: Change) -> None:
    line = change(
        AUTHORITY, 'Ủy ban Xanh"@vi ; tl:hasLevel', unicodedata.normalize("NFD", "Ủy") + ' ban"@vi ; tl:hasLevel'
    )
    problem = only(problems_of(folder))
    assert (problem.file, problem.line) == (AUTHORITY, line) and "NFC" in problem.message


def test_text_that_is_not_nfc_behind_an_escape_is_refused(folder: Path, change: Change) -> None:
    line = change(AUTHORITY, '"Mai Hoa"@vi', r'"Mai Hoa\u0300"@vi')
    problem = only(problems_of(folder))
    assert problem.line in (line, line - 1, line + 1) and "NFC" in problem.message


def test_text_that_is_not_utf8_is_refused_at_its_line(folder: Path) -> None:
    path = folder / AUTHORITY
    path.write_bytes(path.read_bytes() + "\n# Lai Châu".encode("latin-1"))
    problem = only(problems_of(folder))
    assert "not UTF-8" in problem.message and problem.line == path.read_bytes().count(b"\n") + 1


def test_a_byte_order_mark_is_refused(folder: Path) -> None:
    path = folder / AUTHORITY
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert any("byte order mark" in problem.message and problem.line == 1 for problem in problems_of(folder))


def test_all_problems_of_all_files_are_told_in_one_run_sorted(folder: Path, append: Append) -> None:
    append(ARTICLE, "GRAPH p:p01.s1 { id:person-mai-hoa tl:unknownTerm id:organ-green }")
    append(AUTHORITY, 'id:organ-green skos:altLabel "Green"@EN .')
    append(NOTES, "GRAPH n:year { id:person-mai-hoa tl:attestedAt id:time-99 }")
    problems = problems_of(folder)
    assert [problem.file for problem in problems] == [ARTICLE, AUTHORITY, NOTES]
    assert problems == tuple(sorted(problems))


# One appended statement each: the file, what is added, what the message must say, and where the file is.
REFUSED = {
    "blank subject": (AUTHORITY, '[] rdfs:label "x"@en .', "a blank node stands in data"),
    "blank object": (ARTICLE, "GRAPH p:p01.s1 { id:holding-1 tl:attestedAt [ a tl:TimeSpan ] }", "a blank node"),
    "undeclared class": (AUTHORITY, "id:person-mai-hoa a tl:Perzon .", r"tl:Perzon is not declared.*mean tl:Person"),
    "undeclared property": (ARTICLE, "GRAPH p:p01.s1 { id:holding-1 tl:ownedBy id:organ-green }", "tl:ownedBy is not"),
    "undeclared in ontology": (TERMS, "tl:Club a owl:Class ; rdfs:subClassOf tl:Gathering .", "tl:Gathering is not"),
    "undeclared in a path": (SHAPES, "tl:AShape a sh:PropertyShape ; sh:path tl:nothing .", "tl:nothing is not"),
    "undeclared in a query": (
        SHAPES,
        'tl:AShape a sh:NodeShape ; sh:sparql [ sh:select "SELECT $this { $this tl:nothing ?x }" ] .',
        "tl:nothing is not declared",
    ),
    "class as property": (
        ARTICLE,
        "GRAPH p:p01.s1 { id:holding-1 tl:Person id:organ-green }",
        "tl:Person is not a prop",
    ),
    "property as class": (AUTHORITY, "id:person-mai-hoa a tl:holder .", "tl:holder is not a class"),
    "misspelt in SKOS": (AUTHORITY, 'id:organ-green skos:altLable "x"@en .', "skos:altLable is not a term of"),
    "misspelt in SHACL": (SHAPES, "tl:AShape a sh:NodeShape ; sh:minimumCount 1 .", "sh:minimumCount is not a term"),
    "misspelt in OWL": (TERMS, "tl:Person owl:disjoint tl:Office .", "owl:disjoint is not a term"),
    "foreign property": (AUTHORITY, 'id:organ-green <http://e.example/p> "x" .', "may not stand in graph:authority"),
    "foreign class": (AUTHORITY, "id:organ-green a <http://xmlns.com/foaf/0.1/Agent> .", "may not stand in"),
    "ill-typed date": (
        NOTES,
        'GRAPH n:year { id:time-1 tl:earliestDay "2023-02-30"^^xsd:date }',
        "ill-typed.*2023-05-17",
    ),
    "ill-typed number": (ARTICLE, 'GRAPH graph:passages { p:p01.s1 tl:position "one"^^xsd:integer }', "ill-typed"),
    "ill-typed month day": (NOTES, 'GRAPH n:year { id:time-1 tl:earliestDay "--02-30"^^xsd:gMonthDay }', "ill-typed"),
    "empty duration": (NOTES, 'GRAPH n:year { id:time-1 tl:printedForm "P"^^xsd:duration }', "ill-typed"),
    "unknown datatype": (NOTES, 'GRAPH n:year { id:time-1 tl:printedForm "1"^^xsd:float }', "datatype is not among"),
    "rewritten decimal": (NOTES, "GRAPH n:year { id:time-1 tl:printedForm 1.10 }", 'keeps this as "1.1"; write 1.1'),
    "rewritten duration": (NOTES, 'GRAPH n:year { id:time-1 tl:printedForm "P12M"^^xsd:duration }', "write P1Y"),
    "rewritten integer": (ARTICLE, "GRAPH graph:passages { p:p01.s1 tl:position 01 }", "write 1"),
    "rewritten datatype": (NOTES, 'GRAPH n:year { id:time-1 tl:printedForm "7"^^xsd:nonNegativeInteger }', "write 7"),
    "rewritten in shapes": (SHAPES, 'tl:AShape a sh:NodeShape ; sh:minCount "1"^^xsd:int .', "xsd:integer; write 1"),
    "upper-case tag": (
        AUTHORITY,
        'id:organ-green skos:altLabel "x"@en-GB .',
        "@en-GB is not in lower case; write @en-gb",
    ),
    "upper-case name": (AUTHORITY, 'id:Organ-X a tl:Organ ; rdfs:label "x"@en .', "lower-case ASCII"),
    "dangling thing": (
        ARTICLE,
        "GRAPH p:p01.s1 { id:holding-1 tl:holder id:person-nobody }",
        "person-nobody is described n",
    ),
    "dangling passage": (NOTES, "GRAPH graph:notes { n:year tl:derivedFrom p:p77.s1 }", "p77.s1> is described nowhere"),
    "dangling in shapes": (
        SHAPES,
        "tl:AShape a sh:NodeShape ; sh:hasValue id:level-moon .",
        "level-moon is described n",
    ),
    "two names": (AUTHORITY, 'id:person-mai-hoa rdfs:label "Mai Hoà"@vi .', r"named both .*next free slug.*mai-hoa-2"),
    "label in a passage": (ARTICLE, 'GRAPH p:p01.s1 { id:holding-1 rdfs:label "x"@en }', "belongs in graph/authority"),
    "concept in a passage": (ARTICLE, "GRAPH p:p01.s1 { id:level-x a skos:Concept }", "belongs in graph/authority"),
    "position in a passage": (ARTICLE, "GRAPH p:p01.s1 { id:holding-1 tl:position 3 }", "belongs in graph/passages"),
    "passage in a passage": (ARTICLE, 'GRAPH p:p01.s1 { p:p01.s1 tl:printedForm "x"@vi }', "belongs in graph/passages"),
    "reason in a note": (NOTES, 'GRAPH n:year { id:time-1 tl:reason "x"@en }', r"belongs in graph/notes"),
    "relation in authority": (
        AUTHORITY,
        "id:office-chair tl:officeIn id:organ-green .",
        "belongs in the graph of a pass",
    ),
    "relation in passages": (
        ARTICLE,
        "GRAPH graph:passages { id:holding-1 tl:holder id:person-mai-hoa }",
        "of a passage",
    ),
    "relation in notes": (NOTES, "GRAPH graph:notes { id:holding-1 tl:holder id:person-mai-hoa }", "of a passage"),
    "digest of a passage": (ARTICLE, 'GRAPH graph:passages { p:p01.s1 tl:textDigest "x" }', "may not stand in"),
    "entailed by hand": (
        ARTICLE,
        "GRAPH p:p01.s1 { id:person-mai-hoa tl:hasHeldOffice id:office-chair }",
        "by reasoning",
    ),
    "thing in the ontology": (TERMS, "id:person-mai-hoa a tl:Person .", "may not stand in graph:ontology"),
    "term in authority": (AUTHORITY, 'tl:Person skos:note "x"@en .', "belongs in graph/ontology"),
    "note graph in an article": (
        ARTICLE,
        "GRAPH n:year { id:time-1 a tl:TimeSpan }",
        "this file may hold the graph of a",
    ),
    "own graph": (ARTICLE, "GRAPH <http://e.example/g> { id:time-1 a tl:TimeSpan }", "this file may hold"),
    "no graph": (ARTICLE, "id:time-1 a tl:TimeSpan .", "stands in no graph"),
    "passage without description": (ARTICLE, "GRAPH p:p09.s1 { id:time-1 a tl:TimeSpan }", "p09.s1> is not described"),
    "description without passage": (
        ARTICLE,
        "GRAPH graph:passages { p:p09.s1 a tl:Passage }",
        "states nothing; add GRAPH",
    ),
    "note without description": (NOTES, "GRAPH n:other { id:time-1 a tl:TimeSpan }", "other> is not described"),
    "description without note": (NOTES, "GRAPH graph:notes { n:other a tl:Note }", "states nothing; add GRAPH"),
    "file without a place": ("data/people.ttl", "id:person-mai-hoa a tl:Person .", "no place for this file"),
    "IRI with a space": (AUTHORITY, "id:organ-green skos:exactMatch <http://e.example/a b> .", "syntax error"),
    "relative IRI": (AUTHORITY, "id:organ-green skos:exactMatch <elsewhere> .", "syntax error"),
    "triple term": (AUTHORITY, "id:organ-green skos:note <<( id:organ-green a tl:Organ )>> .", "RDF 1.2"),
}


def test_the_table_of_refusals_is_whole() -> None:
    assert len(REFUSED) >= 53


@pytest.mark.parametrize("case", REFUSED)
def test_it_is_refused_with_file_and_line(case: str, folder: Path, append: Append) -> None:
    name, text, expected = REFUSED[case]
    line = append(name, text)
    problem = only(problems_of(folder))
    assert problem.file == name
    assert problem.line == (0 if case == "file without a place" else line), str(problem)
    assert re.search(expected, problem.message), problem.message


def test_labels_that_agree_may_stand_in_two_files(folder: Path, append: Append) -> None:
    append("data/authority/more.ttl", 'id:person-mai-hoa rdfs:label "Mai Hoa"@vi ; skos:altLabel "Hoa"@vi .')
    assert load(folder).sources[NAMES.graph("authority")][0] == AUTHORITY


def test_a_further_file_must_be_one_that_is_read(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    assert "cannot be read" in only(problems_of(folder, path)).message
    path.touch()
    assert "expected a Turtle file" in only(problems_of(folder, path)).message

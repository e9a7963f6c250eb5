"""The hand-written Turtle and TriG files as texts: laid out so that people can read them and their diffs.

https://www.w3.org/TR/turtle/ and https://www.w3.org/TR/trig/

Comes in: every file of `ontology/`, `data/` and `shapes/`. What is asked: each parses to equally many statements in
rdflib and pyoxigraph, and keeps the rules below. A rule is a function from text to problems; each is shown to bite on a
text that breaks it and to leave a good one alone.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pyoxigraph
import pytest
from rdflib import Dataset

from tulieu.vocabulary import BASE_IRI, PREFIXES

ROOT = Path(__file__).parents[2]
FILES = sorted(
    path
    for folder in ("ontology", "data", "shapes")
    for path in (ROOT / folder).rglob("*")
    if path.suffix in (".ttl", ".trig")
)
ONTOLOGY_FILES = [path for path in FILES if path.is_relative_to(ROOT / "ontology")]
# A file that waits for its first statement.
MAY_BE_EMPTY = (ROOT / "data" / "names" / "withdrawn.ttl",)
# What only some files write: the header's vocabulary, and the namespaces of shapes and of one article.
FILE_PREFIXES = {
    "vann": "http://purl.org/vocab/vann/",
    "shape": BASE_IRI + "shapes#",
    "p": BASE_IRI + "passage/",
    "n": BASE_IRI + "note/",
}
OF_ONE_ARTICLE = ("p", "n")

PREFIX_LINE = re.compile(r"@prefix (?P<name>[\w-]*): <(?P<iri>[^>]*)> \.")
STRING = re.compile(r'"{3}.*?"{3}|"(?:[^"\\\n]|\\.)*"', re.DOTALL)
IRI = re.compile(r"<[^<>\s]*>")
COMMENT = re.compile(r"(?:^|(?<=\s))#.*$", re.MULTILINE)
Rule = Callable[[str], Iterator[str]]

GOOD = """# What the file holds.

@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .

@prefix id: <https://w3id.org/tulieu/id/> .
@prefix tl: <https://w3id.org/tulieu/ontology#> .

## Things

id:thing-one
  a tl:Good ;
  rdfs:label "one: first"@en, "một"@vi ;
  skos:note "a # in <a string> with other:names"@en ;
.

id:thing-two tl:near id:thing-one .
"""


def bare(text: str) -> str:
    """Blank out strings, IRIs and comments, so that only names and marks are left; lines stay lines."""

    def blank(match: re.Match[str]) -> str:
        return "\n" * match.group().count("\n") + '""'

    return COMMENT.sub("", IRI.sub("<>", STRING.sub(blank, text)))


def prefix_blocks(text: str) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Read the prefixes, those of others and ours, as the two blocks in which they must stand."""
    lines = text.splitlines()
    places = [place for place, line in enumerate(lines) if line.startswith("@prefix")]
    blocks: list[list[tuple[str, str]]] = []
    for place in places:
        match = PREFIX_LINE.fullmatch(lines[place])
        if place - 1 not in places:
            blocks.append([])
        blocks[-1].append((match["name"], match["iri"]) if match else ("", ""))
    ours = blocks.pop() if blocks and all(iri.startswith(BASE_IRI) for _, iri in blocks[-1]) else []
    return [prefix for block in blocks for prefix in block], ours


def letters(text: str) -> Iterator[str]:
    if text != unicodedata.normalize("NFC", text):
        yield "is not in NFC"
    for name, character in (("tab", "\t"), ("carriage return", "\r"), ("byte order mark", "\ufeff")):
        if character in text:
            yield f"has a {name}"
    if not text.endswith("\n") or text.endswith("\n\n"):
        yield "does not end in one line end"
    if re.search(r" $", text, re.MULTILINE):
        yield "has a space at the end of a line"
    if "\n\n\n" in text:
        yield "has two empty lines together"


def head(text: str) -> Iterator[str]:
    comment = text.partition("\n\n")[0].splitlines()
    if not 1 <= len(comment) <= 3 or not all(re.match(r"# \S", line) for line in comment):
        yield "does not begin with a comment of one to three lines and an empty line"


def indent(text: str) -> Iterator[str]:
    for number, line in enumerate(bare(text).splitlines(), 1):
        if (len(line) - len(line.lstrip(" "))) % 2:
            yield f"line {number} is not indented by steps of two spaces"


def closing(text: str) -> Iterator[str]:
    lines = [(number, line.rstrip()) for number, line in enumerate(bare(text).splitlines(), 1) if line.strip()]
    for (_, before), (number, line) in pairwise(lines):
        if before.endswith(";") and line.endswith(".") and line.strip() != ".":
            yield f"line {number}: the last . of a block stands on a line of its own, after a ;"
        if line.strip() == "." and not before.endswith(";"):
            yield f"line {number}: no ; before the last ."


def prefix_order(text: str) -> Iterator[str]:
    others, ours = prefix_blocks(text)
    for names in ([name for name, _ in others], [name for name, _ in ours]):
        if names != sorted(names):
            yield f"prefixes are not in the order of the alphabet: {', '.join(names)}"
    if any(iri.startswith(BASE_IRI) for _, iri in others):
        yield "our prefixes do not stand last, after an empty line"
    if len({name for name, _ in [*others, *ours]}) < len([*others, *ours]):
        yield "a prefix is declared twice"


def prefix_spelling(text: str) -> Iterator[str]:
    expected = dict(PREFIXES) | FILE_PREFIXES
    others, ours = prefix_blocks(text)
    for name, iri in [*others, *ours]:
        known = expected.get(name, "")
        if not known or not (iri == known or (name in OF_ONE_ARTICLE and iri.startswith(known))):
            yield f"prefix {name}: <{iri}> is not as in vocabulary.py, which has <{known}>"
    if re.search(r"^\s*(@base|base|prefix)\b", bare(text), re.MULTILINE | re.IGNORECASE):
        yield "has a base, or a prefix in the way of SPARQL"


def prefix_use(text: str) -> Iterator[str]:
    others, ours = prefix_blocks(text)
    body = "\n".join(line for line in text.splitlines() if not line.startswith("@prefix"))
    used = set(re.findall(r"(?<![\w:-])([A-Za-z][\w-]*):(?!//)", bare(body)))
    for name, _ in [*others, *ours]:
        if name not in used:
            yield f"prefix {name} is not used"


def subjects(text: str) -> list[str]:
    """Name the subjects of the blocks of a Turtle text, in order."""
    found = re.findall(r"^(?:[A-Za-z][\w-]*:[\w-]+|<[^>]+>)", COMMENT.sub("", STRING.sub('""', text)), re.MULTILINE)
    return [subject for subject in found if not subject.startswith("@")]


def one_block(text: str) -> Iterator[str]:
    for subject, blocks in Counter(subjects(text)).items():
        if blocks > 1:
            yield f"{subject} has {blocks} blocks; say everything in one"


RULES: tuple[Rule, ...] = (letters, head, indent, closing, prefix_order, prefix_spelling, prefix_use, one_block)

RDFS_LINE = "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
ID_LINE = "@prefix id: <https://w3id.org/tulieu/id/> .\n"
BAD: tuple[tuple[Rule, str], ...] = (
    (letters, GOOD.replace("một", "mo\u0323\u0302t")),
    (letters, GOOD.replace("  a tl", "\ta tl")),
    (letters, GOOD.replace("\n", "\r\n")),
    (letters, GOOD + "\n"),
    (letters, GOOD.rstrip()),
    (letters, GOOD.replace("near ", "near \n")),
    (letters, GOOD.replace("## Things", "\n## Things")),
    (head, GOOD.removeprefix("# What the file holds.\n\n")),
    (head, "# one\n# two\n# three\n" + GOOD),
    (head, GOOD.replace("holds.\n\n", "holds.\n")),
    (indent, GOOD.replace("  a tl", "   a tl")),
    (closing, GOOD.replace(" ;\n.", " .")),
    (closing, GOOD.replace(" ;\n.", "\n.")),
    (prefix_order, GOOD.replace(RDFS_LINE, "").replace("core#> .\n", f"core#> .\n{RDFS_LINE}")),
    (prefix_order, GOOD.replace("core#> .\n\n", "core#> .\n")),
    (prefix_order, GOOD.replace(RDFS_LINE, RDFS_LINE * 2)),
    (prefix_spelling, GOOD.replace("rdf-schema#>", "rdf-schema>")),
    (prefix_spelling, GOOD.replace("rdfs:", "r:")),
    (prefix_spelling, GOOD.replace("id:", ":")),
    (prefix_spelling, GOOD.replace("## Things", "@base <https://w3id.org/tulieu/> .")),
    (prefix_use, GOOD.replace("rdfs:label", "skos:prefLabel")),
    (prefix_use, GOOD.replace("skos:note", "# skos:note")),
    (one_block, GOOD.replace("id:thing-two tl", "id:thing-one tl")),
)


def read(path: Path) -> str:
    return path.read_bytes().decode("utf-8")


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_all_files_are_under_test() -> None:
    assert len(ONTOLOGY_FILES) == 21
    assert {path.relative_to(ROOT).parts[0] for path in FILES} == {"ontology", "data", "shapes"}
    assert [name_of(path) for path in FILES if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", path.stem)] == []


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_a_file_keeps_the_rules(path: Path) -> None:
    rules = [rule for rule in RULES if rule is not one_block or path in ONTOLOGY_FILES]
    assert [problem for rule in rules for problem in rule(read(path))] == []


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_two_parsers_read_equally_many_statements(path: Path) -> None:
    content = path.read_bytes()
    is_turtle = path.suffix == ".ttl"
    syntax = pyoxigraph.RdfFormat.TURTLE if is_turtle else pyoxigraph.RdfFormat.TRIG
    one = set(pyoxigraph.parse(content, format=syntax))
    other = Dataset()
    other.parse(data=content, format="turtle" if is_turtle else "trig")
    assert len(one) == len(set(other.quads()))
    assert one or path in MAY_BE_EMPTY


def test_a_subject_is_described_in_one_file_of_the_ontology() -> None:
    files = [path for path in ONTOLOGY_FILES if path.parent.name != "alignments"]
    homes = Counter(subject for path in files for subject in set(subjects(read(path))))
    assert [subject for subject, files_with_it in homes.items() if files_with_it > 1] == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_a_good_file_is_left_alone(rule: Rule) -> None:
    assert list(rule(GOOD)) == []


@pytest.mark.parametrize(("rule", "text"), BAD)
def test_a_rule_bites(rule: Rule, text: str) -> None:
    assert text != GOOD
    assert list(rule(text))


def test_every_rule_is_shown_to_bite() -> None:
    assert {rule for rule, _ in BAD} == set(RULES)

"""The skeleton of an invented article, and what the check says when passages and text disagree."""

import os
import re
import unicodedata
from pathlib import Path

import pytest
from rdflib import RDF, Dataset, Literal, URIRef
from rdflib.term import Node

from tulieu.errors import SourceTextError
from tulieu.pipeline.segment import Split
from tulieu.pipeline.source import check, read_text, scan
from tulieu.vocabulary import BASE_IRI, TL, Names

NAMES = Names(BASE_IRI)
SLUG = "sample-1"
TEXT = """Xóm Chài sửa bến

Sáng 9/4, bến mở lại. Ông Phước nói: Bến dài 1.250 mét.
Bến mới nhìn từ đồi. Ảnh: Cẩm Tú-BXC
"""
PASSAGES = ["p01.s1", "p02.s1", "p02.s2.a", "p02.s2.b", "p03.caption", "p03.credit"]
ABOUT = URIRef(NAMES.graph("passages"))
ARTICLE = URIRef(f"{NAMES.article_prefix}{SLUG}")


def passage(name: str) -> URIRef:
    return URIRef(f"{NAMES.passage_prefix}{SLUG}/{name}")


def skeleton(text: str = TEXT) -> str:
    return scan(text, SLUG, [Split("p02.s2", "Bến dài")], NAMES)


@pytest.fixture
def dataset() -> Dataset:
    dataset = Dataset()
    dataset.parse(data=skeleton(), format="trig")
    return dataset


def change(dataset: Dataset, subject: Node, predicate: URIRef, value: object) -> None:
    dataset.graph(ABOUT).set((subject, predicate, Literal(value)))


def test_the_skeleton_describes_every_passage_in_order(dataset: Dataset) -> None:
    about = dataset.graph(ABOUT)
    assert about.value(ARTICLE, TL.textLength) == Literal(len(TEXT))
    assert set(about.subjects(RDF.type, TL.Passage)) == {passage(name) for name in PASSAGES}
    for position, name in enumerate(PASSAGES, 1):
        described = {predicate: value for predicate, value in about.predicate_objects(passage(name))}
        assert described[TL.position] == Literal(position)
        assert described[TL.inArticle] == ARTICLE
        assert described[TL.hasVoice] in {
            URIRef(NAMES.thing(f"voice-{word}")) for word in ("stated", "caption", "metadata")
        }
        start, end = (int(str(described[each])) for each in (TL.start, TL.end))
        assert TEXT[start:end].strip() == TEXT[start:end] != ""
        # Literal(5) is an xsd:integer and equals no other kind of 5.
        assert (described[TL.start], described[TL.end]) == (Literal(start), Literal(end))


def test_the_skeleton_has_an_empty_graph_for_each_passage_and_none_of_the_words() -> None:
    written = skeleton()
    assert re.findall(r"^GRAPH p:(\S+) \{\n  #[^\n]*\n\}$", written, re.MULTILINE) == PASSAGES
    for line in TEXT.splitlines():
        assert not line or line not in written
    assert "Phước" not in written


def test_the_skeleton_of_another_archive_bears_its_names() -> None:
    own = Names("https://archive.example/")
    written = scan(TEXT, SLUG, [], own)
    assert "@prefix p: <https://archive.example/passage/sample-1/> ." in written
    assert f"@prefix tl: <{TL}> ." in written


@pytest.mark.parametrize("slug", ["", "Lai-Chau", "lai_chau", "lai-", "lai/chau", "lai châu"])
def test_a_slug_that_is_no_slug_is_refused(slug: str) -> None:
    with pytest.raises(SourceTextError, match="expected lower-case ASCII"):
        scan(TEXT, slug, [], NAMES)


def test_the_skeleton_agrees_with_its_text(dataset: Dataset) -> None:
    assert check(dataset, TEXT, NAMES) == []
    assert check(dataset, TEXT, NAMES, SLUG) == []


@pytest.mark.parametrize(
    ("name", "predicate", "value", "messages"),
    [
        ("p02.s1", TL.end, 44, ["p02.s1: the text there", "p02.s2.a: begins at 40, before 44"]),
        ("p02.s1", TL.start, 22, ["p02.s1: the text there", "characters 18 to 22 lie in no passage"]),
        ("p02.s1", TL.digest, "0" * 16, ["p02.s1: the text there (18 to 39) has digest"]),
        ("p02.s1", TL.paragraph, 3, ["p02.s1: lies in paragraph 2", "its name should begin with p03"]),
        ("p03.credit", TL.end, 999, ["p03.credit: 95 to 999 does not lie in the text", "lie in no passage"]),
        ("p03.credit", TL.start, 999, ["does not lie in the text", "lie in no passage"]),
        ("p03.credit", TL.start, "x", ["p03.credit: needs one whole tl:position", "lie in no passage"]),
        ("p03.credit", TL.position, 9, ["p03.credit: tl:position is 9, expected 6"]),
    ],
)
def test_a_passage_that_does_not_fit_is_named(
    dataset: Dataset, name: str, predicate: URIRef, value: object, messages: list[str]
) -> None:
    change(dataset, passage(name), predicate, value)
    problems = check(dataset, TEXT, NAMES)
    for message in messages:
        assert any(message in problem for problem in problems), problems


def test_passages_out_of_order_and_overlapping_are_named(dataset: Dataset) -> None:
    change(dataset, passage("p01.s1"), TL.position, 2)
    change(dataset, passage("p02.s1"), TL.position, 1)
    assert any("p01.s1: begins at 0, before" in problem for problem in check(dataset, TEXT, NAMES))


def test_a_second_value_is_a_flaw(dataset: Dataset) -> None:
    dataset.graph(ABOUT).add((passage("p01.s1"), TL.end, Literal(3)))
    assert any(problem.startswith("p01.s1: needs one whole") for problem in check(dataset, TEXT, NAMES))


def test_an_unassigned_character_is_named(dataset: Dataset) -> None:
    dataset.graph(ABOUT).remove((passage("p03.credit"), None, None))
    start = TEXT.index("Ảnh:")
    end = len(TEXT.rstrip())
    assert check(dataset, TEXT, NAMES) == [f"characters {start} to {end} lie in no passage; only white space may"]


def test_another_text_says_which_digest_was_expected(dataset: Dataset) -> None:
    expected = str(dataset.graph(ABOUT).value(ARTICLE, TL.textDigest))
    with pytest.raises(SourceTextError, match=f"article/{SLUG} expects {expected}"):
        check(dataset, TEXT.replace("9/4", "8/4"), NAMES)
    problems = check(dataset, TEXT.replace("9/4", "8/4!"), NAMES, SLUG)
    assert problems[0].startswith(f"the text is another one: expected SHA-256 {expected}")
    assert problems[1] == f"the text has {len(TEXT) + 1} code points; tl:textLength says {len(TEXT)}"
    assert any(problem.startswith("p02.s1: the text there") for problem in problems)


def test_an_unknown_article_is_refused(dataset: Dataset) -> None:
    with pytest.raises(SourceTextError, match="article/sample-9: no tl:textDigest"):
        check(dataset, TEXT, NAMES, "sample-9")


@pytest.mark.parametrize(
    ("written", "warning"),
    [
        (TEXT.encode(), None),
        (unicodedata.normalize("NFD", TEXT).encode(), "not in Unicode form NFC"),
        (TEXT.replace("\n", "\r\n").encode(), "Windows line ends"),
        (TEXT.encode("utf-8-sig"), "byte order mark"),
    ],
)
def test_a_copy_is_normalised_with_a_warning(
    tmp_path: Path, dataset: Dataset, written: bytes, warning: str | None
) -> None:
    path = tmp_path / "text.txt"
    path.write_bytes(written)
    text, warnings = read_text(path)
    assert text == TEXT
    assert check(dataset, text, NAMES) == []
    assert len(warnings) == (warning is not None)
    assert warning is None or (f"{path}: " in warnings[0] and warning in warnings[0])


def test_a_text_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceTextError, match=r"missing\.txt: cannot be read"):
        read_text(tmp_path / "missing.txt")
    path = tmp_path / "latin.txt"
    path.write_bytes("Bến".encode("utf-16"))
    with pytest.raises(SourceTextError, match="byte 0 is not UTF-8"):
        read_text(path)


def test_the_real_article_is_scanned_whole() -> None:
    given = os.environ.get("TEST_SOURCE_TEXT")
    if not given:
        pytest.skip("TEST_SOURCE_TEXT does not name a copy of the article's text, which the project does not hold")
    text, warnings = read_text(Path(given))
    assert (len(text), warnings) == (6432, [])
    splits = [Split.parse("p06.s1@Hai năm qua"), Split.parse("p15.s1@đề nghị")]
    dataset = Dataset()
    dataset.parse(data=scan(text, "ttxvn-lai-chau-1", splits, NAMES), format="trig")
    assert len(set(dataset.graph(ABOUT).subjects(RDF.type, TL.Passage))) == 43
    assert check(dataset, text, NAMES) == []

"""Cutting an invented text: names, bounds and guesses of every kind of passage."""

import unicodedata
from itertools import pairwise

import pytest

from tulieu.errors import SourceTextError
from tulieu.pipeline.segment import Span, Split, digest_span, segment

HEADLINE = "Xóm Chài sửa bến: Người già, người trẻ cùng góp công"
TEXT = f"""{HEADLINE}

Bến mới nhìn từ đồi. Ảnh: Cẩm Tú-BXC
  Sáng 9/4, TP. Bình Nguyên mở bến. Ths. Mai Văn A. Phước nói: Bến dài 1.250 mét! “Ai cũng góp công.” Còn tiền thì…

{HEADLINE} ảnh 13 bè tre cập bến. Ảnh: Cẩm Tú-BXC
{HEADLINE} ảnh 2
{HEADLINE} ảnh 3Cầu tre cũ
Ảnh: Cẩm Tú-BXC

Cẩm Tú
"""


def parts(text: str, *splits: str) -> list[tuple[str, str, str]]:
    spans = segment(text, [Split.parse(split) for split in splits])
    return [(span.name, span.voice, text[span.start : span.end]) for span in spans]


def test_every_kind_of_passage_is_found_in_order() -> None:
    assert parts(TEXT) == [
        ("p01.s1", "metadata", HEADLINE),
        ("p02.caption", "caption", "Bến mới nhìn từ đồi."),
        ("p02.credit", "metadata", "Ảnh: Cẩm Tú-BXC"),
        ("p03.s1", "stated", "Sáng 9/4, TP. Bình Nguyên mở bến."),
        ("p03.s2", "stated", "Ths. Mai Văn A. Phước nói: Bến dài 1.250 mét!"),
        ("p03.s3", "stated", "“Ai cũng góp công.”"),
        ("p03.s4", "stated", "Còn tiền thì…"),
        # The number of the picture is 1: the caption begins with a digit of its own.
        ("p04.alt", "metadata", f"{HEADLINE} ảnh 1"),
        ("p04.caption", "caption", "3 bè tre cập bến."),
        ("p04.credit", "metadata", "Ảnh: Cẩm Tú-BXC"),
        ("p05.alt", "metadata", f"{HEADLINE} ảnh 2"),
        ("p06.alt", "metadata", f"{HEADLINE} ảnh 3"),
        ("p06.caption", "caption", "Cầu tre cũ"),
        ("p07.credit", "metadata", "Ảnh: Cẩm Tú-BXC"),
        ("p08.s1", "metadata", "Cẩm Tú"),
    ]


@pytest.mark.parametrize(
    ("paragraph", "sentences"),
    [
        ("Bến mở lại. Dân vui.", 2),
        ("Bến mở ngày 9/4. Dân vui.", 2),
        ("Bến đón 98,7% số bè… Dân vui.", 2),
        ("Bến đón nhiều bè (bè tre.) Dân vui.", 2),
        ("Bến mở. “Vui quá.” Ông nói.", 3),
        ("Bến mở? Dân chưa rõ!", 2),
        ("Dân nói: Bến mở rồi", 1),
        ("Bến đón 8.198 bè", 1),
        ("TP. Bình Nguyên có bến", 1),
        ("PGS. TS. Lê B. Thu đến bến", 1),
        ("1. Mở bến", 1),
        ("II. Mở bến", 1),
        ("Bến mở lúc 7 giờ. 20 bè vào.", 1),
        ("Bến, bè, cầu… đều mới", 1),
    ],
)
def test_sentences_end_where_a_reader_would_end_them(paragraph: str, sentences: int) -> None:
    assert len(segment(f"{HEADLINE}\n{paragraph}")) == 1 + sentences


def test_every_character_but_white_space_lies_in_one_passage() -> None:
    spans = segment(TEXT)
    held = "".join(TEXT[span.start : span.end] for span in spans)
    assert "".join(held.split()) == "".join(TEXT.split())
    assert all(earlier.end <= later.start for earlier, later in pairwise(spans))
    assert all(TEXT[span.start : span.end] == TEXT[span.start : span.end].strip() for span in spans)


def test_a_sentence_splits_where_the_voice_changes() -> None:
    split = parts(TEXT, "p03.s2@Bến dài", "p03.s2@nói:")
    assert [(name, words) for name, _, words in split if name.startswith("p03.s2")] == [
        ("p03.s2.a", "Ths. Mai Văn A. Phước"),
        ("p03.s2.b", "nói:"),
        ("p03.s2.c", "Bến dài 1.250 mét!"),
    ]
    assert len(split) == len(parts(TEXT)) + 2


def test_words_of_a_split_may_be_typed_in_nfd() -> None:
    assert Split.parse(unicodedata.normalize("NFD", "p03.s2@Bến dài")) == Split("p03.s2", "Bến dài")


@pytest.mark.parametrize(
    ("split", "message"),
    [
        ("p03.s2", "expected PASSAGE@WORDS"),
        ("p03@Bến", "expected PASSAGE@WORDS"),
        ("p03.s2@thuyền", "stand once"),
        ("p03.s2@n", "stand once"),
        ("p03.s2@Ths.", "stand once"),
        ("p03.s9@Bến", "no such sentence"),
    ],
)
def test_a_split_that_does_not_fit_is_refused(split: str, message: str) -> None:
    with pytest.raises(SourceTextError, match=message):
        segment(TEXT, [Split.parse(split)])


def test_an_empty_text_is_refused() -> None:
    with pytest.raises(SourceTextError, match="empty"):
        segment(" \n\n")


def test_offsets_count_code_points_and_not_bytes() -> None:
    assert segment("Đò 🚣\nBến.")[1] == Span("p02.s1", 2, 5, 9, digest_span("Bến."), "stated")

import pytest

from tulieu.pages.ordering import alphabetical, by_given_name, initial


def test_letters_come_in_the_order_of_the_vietnamese_alphabet() -> None:
    words = ["a", "ă", "â", "b", "c", "d", "đ", "e", "ê", "o", "ô", "ơ", "u", "ư", "y"]
    assert sorted(reversed(words), key=alphabetical) == words


def test_tones_decide_only_between_words_that_are_else_alike() -> None:
    assert sorted(["lượng", "lương", "lường", "lưu"], key=alphabetical) == ["lương", "lường", "lượng", "lưu"]
    assert sorted(["ma b", "mà a"], key=alphabetical) == ["mà a", "ma b"]


def test_both_spellings_of_a_tone_sort_alike() -> None:
    assert alphabetical("ủy ban") != alphabetical("uỷ ban")
    assert alphabetical("ủy ban")[0] == alphabetical("uỷ ban")[0]


def test_people_are_ordered_by_given_name() -> None:
    people = ["Lê Văn Lương", "Tống Thanh Hải", "Lê Đức Dục", "Nguyễn Thị Đường", "Hồ Chí Minh"]
    expected = ["Lê Đức Dục", "Nguyễn Thị Đường", "Tống Thanh Hải", "Lê Văn Lương", "Hồ Chí Minh"]
    assert sorted(people, key=by_given_name) == expected


@pytest.mark.parametrize(
    ("text", "letter"), [("ủy ban", "U"), ("Đường", "Đ"), ("ân", "Â"), ("01-KL/TW", "#"), ("", "#")]
)
def test_a_label_is_filed_under_a_letter_of_the_alphabet(text: str, letter: str) -> None:
    assert initial(text) == letter

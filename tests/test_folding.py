import pytest

from tulieu.folding import fold


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("lai chau", "Lai Châu"),
        ("LAI CHAU", "Lai Châu"),
        ("dang bo", "Đảng bộ"),
        ("uỷ ban", "ủy ban"),
        ("uy ban", "uỷ ban"),
        ("hoa binh", "Hòa Bình"),
        ("hoà bình", "hòa bình"),
        ("nguoi", "người"),
        ("05-ct/tw", "05-CT/TW"),
        ("lai  chau", " Lai\u00a0Châu\n"),
        ("cha\u0302u", "Châu"),
    ],
)
def test_spellings_of_one_word_fold_alike(typed: str, written: str) -> None:
    assert fold(typed) == fold(written)


def test_the_folded_form_is_plain_ascii_and_folding_it_again_changes_nothing() -> None:
    folded = fold("Ủy ban Kiểm tra Tỉnh ủy, Đoàn Thể, Bằng khen, Nghị quyết số 12-NQ/TƯ")
    assert folded == "uy ban kiem tra tinh uy, doan the, bang khen, nghi quyet so 12-nq/tu"
    assert fold(folded) == folded


def test_different_words_stay_different() -> None:
    assert len({fold(word) for word in ("Lai Châu", "Lào Cai", "Lai Chầu 2", "")}) == 4

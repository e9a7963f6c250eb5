import re
from pathlib import Path

import pytest

from tulieu.pages.wording import LANGUAGES, Wording, load_catalogue

PAGES = Path(__file__).parents[2] / "server" / "tulieu" / "pages"
USED = re.compile(r"""(?:\bt|wording)\(\s*f?["']([a-z_0-9.]+)["']""")
# Keys that are put together from the data; each family is named by what makes it.
FAMILIES = {
    "graph.": "labels.py",
    "rule.": "proofs.py",
    "property.": "statements.py",
    "shape.": "shapes.py",
    "month.": "values.py",
    "duration.": "values.py",
    "error.": "error.py",
    "quality.": "quality.py",
    "release.file.": "release.py",
    "changes.of.": "changes.py",
    "query.": "query_page.py",
    "source.": "labels.py",
    "nav.": "frame.py",
    "value.": "values.py",
    "lane.": "drawings/timeline.py",
    "precision.": "drawings/timeline.py",
    "language.": "frame.py",
    "cite.search": "frame.py",
}


def used_keys() -> set[str]:
    files = [*(PAGES / "templates").glob("*.html"), *PAGES.rglob("*.py")]
    return {key for file in files for key in USED.findall(file.read_text(encoding="utf-8")) if not key.endswith(".")}


def test_every_key_that_is_used_is_in_the_catalogue() -> None:
    used = used_keys()
    assert len(used) > 100
    assert used - set(load_catalogue()) == set()


def test_every_key_of_the_catalogue_is_used() -> None:
    used = used_keys()
    unused = {key for key in load_catalogue() if key not in used and not key.startswith(tuple(FAMILIES))}
    assert unused == set()
    for family, file in FAMILIES.items():
        assert family in (PAGES / file).read_text(encoding="utf-8")


@pytest.mark.parametrize("key", sorted(load_catalogue()))
def test_every_text_is_in_both_languages_with_the_same_places(key: str) -> None:
    texts = load_catalogue()[key]
    assert set(texts) == set(LANGUAGES)
    assert all(text.strip() == text and text for text in texts.values())
    if not key.startswith(("value.", "month.")):
        places = [sorted(re.findall(r"\{\d*\}", text)) for text in texts.values()]
        assert places[0] == places[1]


def test_a_missing_key_is_an_error_and_not_an_empty_place() -> None:
    with pytest.raises(KeyError):
        Wording("vi")("no.such.key")


@pytest.mark.parametrize("word", ["đồ thị có tên", "nút", "bộ ba"])
def test_readers_are_spared_the_words_of_the_trade(word: str) -> None:
    assert not [key for key, texts in load_catalogue().items() if re.search(rf"\b{word}\b", texts["vi"].lower())]

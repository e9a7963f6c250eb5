import pytest

from tulieu.tokens import read_tokens


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("SELECT ?x $y", "word variable variable"),
        ("<http://e/a'b#c> a:b _:c", "iri name word name"),
        ("?a < ?b", "variable sign variable"),
        ("<http://e/\\u0041>", "iri"),
        ("'a' \"b\" '''c'd''' \"\"\"e\"f\"\"\"", "string string string string"),
        ("'it\\'s'@vi", "string language"),
        ("a:b\\'c\\#d # e", "name"),
        ("({[]})", "open open open close close close"),
        ("người 1.5", "word word sign word"),
        ("'open", "sign word"),
    ],
)
def test_kinds(text: str, kinds: str) -> None:
    assert [token.kind for token in read_tokens(text)] == kinds.split()


def test_places_and_texts_are_those_of_the_source() -> None:
    text = "ASK { ?ệ a:b 'x # y' } # end"
    tokens = list(read_tokens(text))
    assert [text[token.start : token.end] for token in tokens] == [token.text for token in tokens]
    assert tokens[-1].text == "}"

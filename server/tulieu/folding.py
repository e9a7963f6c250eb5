"""One form for all spellings of a Vietnamese word, so that a search finds what a keyboard without marks can type.

Comes in: any text. Goes out: the text in lower case without tone and vowel marks, `đ` as `d`: `lai chau` finds Lai
Châu, and `ủy` and `uỷ`, which Unicode keeps apart even in NFC, become one. `read_words` gives its words, with numbers
apart from letters (`01kl` is 01 and kl); `spell` gives a word's marks back, for ranking what was typed with them.
"""

import re
import unicodedata

# These letters do not decompose, so that dropping combining marks does not reach them.
_UNDECOMPOSED = str.maketrans({"đ": "d", "ð": "d"})
# Combining grave, acute, tilde, hook above, dot below: the tones. All other marks make another vowel.
_TONES = "\u0300\u0301\u0303\u0309\u0323"
_WORD = re.compile(r"[^\W\d_]+|\d+")


def fold(text: str) -> str:
    """Give the form in which two texts are compared: casefolded, without marks, with single spaces."""
    lower = unicodedata.normalize("NFC", text).casefold()
    decomposed = unicodedata.normalize("NFD", lower.translate(_UNDECOMPOSED))
    unmarked = "".join(character for character in decomposed if not unicodedata.combining(character))
    return " ".join(unicodedata.normalize("NFC", unmarked).split())


def read_words(text: str) -> list[str]:
    """Give the words of a text in the form in which they are compared."""
    return _WORD.findall(fold(text))


def spell(text: str) -> tuple[tuple[str, str], ...]:
    """Give each word as its letters with their marks, and its tone, wherever in the word the tone was put."""
    words = _WORD.findall(unicodedata.normalize("NFC", text).casefold())
    return tuple(_split_tone(word) for word in words)


def _split_tone(word: str) -> tuple[str, str]:
    parts = unicodedata.normalize("NFD", word)
    letters = "".join(part for part in parts if part not in _TONES)
    return unicodedata.normalize("NFC", letters), "".join(part for part in parts if part in _TONES)

"""One form for all spellings of a Vietnamese word, so that a search finds what a keyboard without marks can type.

Comes in: any text. Goes out: the text in lower case without tone and vowel marks, `đ` as `d`: `lai chau` finds Lai
Châu, and `ủy` and `uỷ`, which Unicode keeps apart even in NFC, become one.
"""

import unicodedata

# These letters do not decompose, so that dropping combining marks does not reach them.
_UNDECOMPOSED = str.maketrans({"đ": "d", "ð": "d"})


def fold(text: str) -> str:
    """Give the form in which two texts are compared: casefolded, without marks, with single spaces."""
    lower = unicodedata.normalize("NFC", text).casefold()
    decomposed = unicodedata.normalize("NFD", lower.translate(_UNDECOMPOSED))
    unmarked = "".join(character for character in decomposed if not unicodedata.combining(character))
    return " ".join(unicodedata.normalize("NFC", unmarked).split())

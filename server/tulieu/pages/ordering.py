"""The order in which Vietnamese readers look things up.

Comes in: a name. Goes out: a sort key. Letters come in the order of the Vietnamese alphabet (a ă â b c d đ …), marks of
tone decide only between words that are otherwise alike, and people are ordered by given name, then middle, then
family name, as registers in Viet Nam have it.
"""

import unicodedata
from functools import lru_cache

ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
# Combining grave, hook above, tilde, acute, dot below: the order of dictionaries since 1984.
_TONES = "\u0300\u0309\u0303\u0301\u0323"
_PLACE_OF_LETTER = {letter: place for place, letter in enumerate(ALPHABET)}

SortKey = tuple[tuple[tuple[int, ...], ...], tuple[tuple[int, ...], ...]]


def alphabetical(text: str) -> SortKey:
    """Make the key by which labels are sorted: letters first, tones second."""
    words = [_read_word(word) for word in text.casefold().split()]
    return tuple(letters for letters, _ in words), tuple(tones for _, tones in words)


def by_given_name(name: str) -> SortKey:
    """Make the key by which people are sorted: the last word of the name counts first."""
    words = name.split()
    return alphabetical(" ".join([words[-1], *words[1:-1], words[0]])) if len(words) > 1 else alphabetical(name)


def initial(text: str) -> str:
    """The letter of the Vietnamese alphabet under which a label is filed; '#' for what begins with none."""
    letters, _ = _read_word(text.casefold()[:1] or "#")
    place = letters[0] if letters else len(ALPHABET)
    return ALPHABET[place].upper() if place < len(ALPHABET) else "#"


def _read_word(word: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    letters: list[int] = []
    tones: list[int] = []
    for character in unicodedata.normalize("NFC", word):
        letter, tone = _split_tone(character)
        # Digits and signs keep their own order, after the letters.
        letters.append(_PLACE_OF_LETTER.get(letter, len(ALPHABET) + ord(letter)))
        tones.append(tone)
    return tuple(letters), tuple(tones)


@lru_cache(4096)
def _split_tone(character: str) -> tuple[str, int]:
    parts = unicodedata.normalize("NFD", character)
    tone = next((place + 1 for place, mark in enumerate(_TONES) if mark in parts), 0)
    rest = "".join(part for part in parts if part not in _TONES)
    letter = unicodedata.normalize("NFC", rest)
    return (letter, tone) if len(letter) == 1 else (character, tone)

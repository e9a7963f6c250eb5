"""Words in a drawing, where nothing breaks lines by itself.

Comes in: a text and the width it may take. Goes out: its lines. Widths are those of a common sans-serif letter, by its
shape, so that no font has to be read; a line that is cut ends in an ellipsis, and the drawing's title has it whole.
"""

_NARROW = frozenset("iíìỉĩịjlItfr.,;:'’|!()[] -/“”")
_WIDE = frozenset("mwMW%@—…")


def measure(text: str, size: int) -> float:
    """How wide a text is at a size of letter."""
    return sum(size * _width(letter) for letter in text)


def break_lines(text: str, width: int, size: int, most: int = 3) -> tuple[str, ...]:
    """Break a text between words into at most so many lines of a width."""
    lines: list[str] = []
    for word in text.split():
        if lines and measure(f"{lines[-1]} {word}", size) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    if len(lines) > most:
        lines = [*lines[: most - 1], " ".join(lines[most - 1 :])]
    return tuple(_cut(line, width, size) for line in lines)


def _cut(line: str, width: int, size: int) -> str:
    if measure(line, size) <= width:
        return line
    while line and measure(f"{line}…", size) > width:
        line = line[:-1]
    return f"{line.rstrip()}…"


def _width(letter: str) -> float:
    if letter in _NARROW:
        return 0.34
    return 0.88 if letter in _WIDE else 0.7 if letter.isupper() else 0.58

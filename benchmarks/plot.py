"""The ratios as a picture: SVG 1.1, https://www.w3.org/TR/SVG11/

Comes in: results. Goes out: one bar for each comparison on a logarithmic scale, with the range of its rounds.
"""

import math
from html import escape

from benchmarks.results import TITLES, Results

_ROW, _LEFT, _WIDTH, _TOP = 22, 260, 420, 30


def plot(results: Results) -> str:
    """Draw the ratios as bars on a logarithmic scale, with the range of the rounds; at 1 both are equally fast."""
    rows = results.comparisons
    ratios = [value for each in rows for value in (each.least, each.most) if value > 0]
    least, most = min([0.25, *ratios]), max([4.0, *ratios])
    height = _TOP + _ROW * len(rows) + 30

    def place(ratio: float) -> float:
        return _LEFT + _WIDTH * (math.log2(max(ratio, least)) - math.log2(least)) / (math.log2(most) - math.log2(least))

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_LEFT + _WIDTH + 70} {height}" '
        'font-family="sans-serif" font-size="12" role="img">',
        "<title>tulieu's rate as a multiple of each peer's</title>",
        f'<rect width="100%" height="{height}" fill="#fff"/>',
    ]
    for mark in (0.25, 1, 4, 16, 64, 256, 1024):
        if least <= mark <= most:
            x = place(mark)
            colour = "#333" if mark == 1 else "#ccc"
            parts.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{_TOP - 8}" y2="{height - 24}" stroke="{colour}"/>')
            parts.append(f'<text x="{x:.1f}" y="{height - 8}" text-anchor="middle" fill="#333">{mark:g}×</text>')
    for number, each in enumerate(rows):
        y = _TOP + number * _ROW
        start, end = sorted((place(1), place(each.ratio)))
        colour = "#1f6f54" if each.ratio >= (each.target or 1) else "#b3541e"
        label = escape(f"{each.dataset}, {each.peer}, {TITLES[each.kind]}")
        parts += [
            f'<text x="{_LEFT - 8}" y="{y + 12}" text-anchor="end" fill="#222">{label}</text>',
            f'<rect x="{start:.1f}" y="{y + 2}" width="{max(end - start, 1):.1f}" height="13" fill="{colour}"/>',
            f'<line x1="{place(each.least):.1f}" x2="{place(each.most):.1f}" y1="{y + 8}" y2="{y + 8}" stroke="#000"/>',
            f'<text x="{max(place(each.most), place(1)) + 6:.1f}" y="{y + 12}" fill="#222">{each.ratio:.2f}</text>',
        ]
    return "\n".join([*parts, "</svg>"]) + "\n"

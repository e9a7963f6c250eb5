"""The archive seen: what was when, which organ stands under which, how documents and figures hang together.

Comes in: the archive and a reader. Goes out: frozen drawings (places and lengths, no markup) that `_drawings.html`
prints as SVG, each beside a list or table of the same content. What is drawn is read once for each release.
"""

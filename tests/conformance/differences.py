"""Where we differ from the W3C suites, and why: one table, which can only shrink.

A test that is named here and passes fails the run ("take it out"), and so does one that is not named and fails; the
number of entries has a limit that is lowered whenever an entry goes.
"""

MOST = 9

_SUITE = "http://www.w3.org/2009/sparql/docs/tests/data-sparql11/"
_GRAPH_SCOPE = "Oxigraph 0.5 joins the variable of GRAPH only after the pattern inside, which does not see its value."
_ZERO_LENGTH = "Oxigraph 0.5 gives a path of length zero no start or end that is not in the data."
_LANGUAGE = "Oxigraph 0.5 keeps the language tag in GROUP_CONCAT when all texts bear the same one."

DIFFERENCES: dict[str, str] = {
    _SUITE + "aggregates/manifest#agg-empty-group-count-graph": _GRAPH_SCOPE,
    _SUITE + "bindings/manifest#graph": _GRAPH_SCOPE,
    _SUITE + "negation/manifest#graph-minus": _GRAPH_SCOPE,
    _SUITE + "property-path/manifest#zero_or_more_set_start": _ZERO_LENGTH,
    _SUITE + "property-path/manifest#zero_or_more_set_end": _ZERO_LENGTH,
    _SUITE + "property-path/manifest#zero_or_one_set_start": _ZERO_LENGTH,
    _SUITE + "property-path/manifest#zero_or_one_set_end": _ZERO_LENGTH,
    _SUITE + "aggregates/manifest#agg-groupconcat-04": _LANGUAGE,
    _SUITE + "aggregates/manifest#agg-groupconcat-06": _LANGUAGE,
}

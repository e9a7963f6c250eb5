"""Questions that count and sum over all the data, which the stored examples hardly do.

Comes in: nothing. Goes out: the load `aggregates`. Each question reads a large part of the default graph and gives few
rows, so what is measured is the engine. The answers are the same in every engine that follows the standard: rows are
cut off at a number only where ties are ordered, or none are at the cut.
"""

from benchmarks.questions import Question

_PREFIXES = "PREFIX tl: <https://w3id.org/tulieu/ontology#>\n"
_BODIES = {
    "things by class": "SELECT ?class (COUNT(?thing) AS ?things) WHERE { ?thing a ?class } GROUP BY ?class",
    "statements by property": (
        "SELECT ?property (COUNT(*) AS ?statements) WHERE { ?subject ?property ?value } GROUP BY ?property"
    ),
    "things attested by passage": (
        "SELECT ?passage (COUNT(?thing) AS ?things) WHERE { ?thing tl:attestedIn ?passage }\n"
        "GROUP BY ?passage ORDER BY DESC(?things) ?passage LIMIT 100"
    ),
    "things attested by article": (
        "SELECT ?article (COUNT(DISTINCT ?thing) AS ?things) (COUNT(*) AS ?attestations)\n"
        "WHERE { ?thing tl:attestedIn ?passage . ?passage tl:inArticle ?article } GROUP BY ?article"
    ),
    "time spans by month": (
        "SELECT ?month (COUNT(?span) AS ?spans) WHERE { ?span tl:earliestDay ?day .\n"
        "BIND(SUBSTR(STR(?day), 1, 7) AS ?month) } GROUP BY ?month ORDER BY ?month"
    ),
    "figures by unit": (
        "SELECT ?unit (COUNT(?figure) AS ?figures) (SUM(?value) AS ?sum) (AVG(?value) AS ?mean)\n"
        "WHERE { ?figure tl:value ?value ; tl:hasUnit ?unit } GROUP BY ?unit"
    ),
    "different subjects": "SELECT (COUNT(DISTINCT ?subject) AS ?subjects) WHERE { ?subject ?property ?value }",
    # Ten, which no others equal: to order all that are tied would be all that is measured.
    "most connected things": (
        "SELECT ?thing (COUNT(*) AS ?links) WHERE { ?other ?property ?thing }\n"
        "GROUP BY ?thing ORDER BY DESC(?links) LIMIT 10"
    ),
}
AGGREGATES = tuple(Question(name, _PREFIXES + body) for name, body in _BODIES.items())

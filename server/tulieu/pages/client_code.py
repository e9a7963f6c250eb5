"""A query as code that a reader copies: for the shell, for Python, for R.

Comes in: the address of the endpoint and a query. Goes out: the same request in each language, whole and ready to run.
Each fails loudly when the server refuses or breaks off.
"""

import re
from dataclasses import dataclass

_CURL = """\
curl --fail-with-body --get --header 'Accept: {accept}' \\
  --data-urlencode query@- '{endpoint}' <<'{mark}'
{query}
{mark}
"""
_PYTHON = """\
import requests  # pip install requests

QUERY = \"\"\"
{query}
\"\"\"
answer = requests.get(
    "{endpoint}", params={{"query": QUERY}}, headers={{"Accept": "{accept}"}}, timeout=60
)
answer.raise_for_status()
{use}
"""
_R = """\
library(httr2)  # install.packages("httr2")

query <- r"{dashes}(
{query}
){dashes}"
answer <- request("{endpoint}") |>
  req_url_query(query = query) |>
  req_headers(Accept = "{accept}") |>
  req_perform() |>
  resp_body_string()
{use}
"""


@dataclass(frozen=True)
class Code:
    """A request in one language."""

    language: str
    text: str


@dataclass(frozen=True)
class _Use:
    """What a language asks for and does with the answer to one form of query."""

    accept: str
    lines: str = ""


_JSON = "application/sparql-results+json"
_PYTHON_ROWS = """\
for row in answer.json()["results"]["bindings"]:
    print({name: term["value"] for name, term in row.items()})"""
_ROWS = {
    "curl": _Use("text/csv"),
    "Python": _Use(_JSON, _PYTHON_ROWS),
    "R": _Use("text/csv", "print(read.csv(text = answer))"),
}
_TRUTH = {
    "curl": _Use("text/csv"),
    "Python": _Use(_JSON, 'print(answer.json()["boolean"])'),
    "R": _Use("text/csv", "print(answer)"),
}
_GRAPH = {
    "curl": _Use("text/turtle"),
    "Python": _Use("text/turtle", "print(answer.text)"),
    "R": _Use("text/turtle", "cat(answer)"),
}
_USE_OF_FORM = {"SELECT": _ROWS, "ASK": _TRUTH, "CONSTRUCT": _GRAPH, "DESCRIBE": _GRAPH}
# The first of these words that is in no comment, IRI, text, name or variable is the form of the query.
_FORM = re.compile(
    r"""\#[^\n]*|<[^<>\s]*>|"[^"\n]*"|'[^'\n]*'|[?$:]\w+|\w+:|\b(?P<form>SELECT|ASK|CONSTRUCT|DESCRIBE)\b""",
    re.IGNORECASE,
)


def write_code(endpoint: str, query: str) -> tuple[Code, ...]:
    """Write the request of a query in each language."""
    query = query.replace("\r\n", "\n").strip()
    use = _USE_OF_FORM[form_of(query)]
    return (
        Code(
            "curl",
            _CURL.format(accept=use["curl"].accept, endpoint=endpoint, query=query, mark=_end_mark(query)),
        ),
        Code(
            "Python",
            _PYTHON.format(
                query=_inside_python(query), endpoint=endpoint, accept=use["Python"].accept, use=use["Python"].lines
            ),
        ),
        Code(
            "R",
            _R.format(
                query=query, dashes=_dashes(query), endpoint=endpoint, accept=use["R"].accept, use=use["R"].lines
            ),
        ),
    )


def form_of(query: str) -> str:
    """Say which form a query has; one that has none will be refused, whatever code sends it."""
    forms = (found["form"] for found in _FORM.finditer(query))
    return next((form.upper() for form in forms if form), "SELECT")


def _end_mark(query: str) -> str:
    """A word that no line of the query is, so that the shell reads the query to its end."""
    mark = "END"
    while mark in query:
        mark += "_END"
    return mark


def _inside_python(query: str) -> str:
    return query.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')


def _dashes(query: str) -> str:
    """As many dashes as keep R from taking a part of the query for the end of its raw string."""
    dashes = ""
    while f'){dashes}"' in query:
        dashes += "-"
    return dashes

"""SPARQL text cut into tokens: https://www.w3.org/TR/sparql11-query/#sparqlGrammar

Comes in: text, as written or with its escapes undone. Goes out: tokens with their place. Coarser than the grammar and
never at a loss: what fits nothing is a sign. It tells what is a word of the language from what stands in a string, an
IRI, a name or a comment, which is all that the gate and the engine's help in `answering` ask.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

# The order is that of the grammar's longest match: a `<` opens an IRI only if one can be read to its `>`.
_TOKEN = re.compile(
    r"""
      (?P<space>\s+)
    | (?P<comment>\#[^\n\r]*)
    | (?P<string>'''(?:[^\\']|\\.|'(?!''))*''' | \"\"\"(?:[^\\"]|\\.|"(?!""))*\"\"\"
                 | '(?:[^'\\\n\r]|\\.)*' | "(?:[^"\\\n\r]|\\.)*")
    | (?P<iri><(?:[^<>"{}|^`\\\x00-\x20]|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})*>)
    | (?P<variable>[?$]\w+)
    | (?P<name>(?:[^\W\d_][\w.-]*)?:(?:[\w.:%-]|\\[_~.!$&'()*+,;=/?\#@%-])*)
    | (?P<language>@[A-Za-z-]+)
    | (?P<word>\w+)
    | (?P<open>[({\[])
    | (?P<close>[)}\]])
    | (?P<sign>.)
    """,
    re.VERBOSE | re.DOTALL,
)


class Token(NamedTuple):
    """One token: its kind (a name of a group above), its text, and where that starts."""

    kind: str
    text: str
    start: int

    @property
    def end(self) -> int:
        """Where the text ends."""
        return self.start + len(self.text)


def read_tokens(text: str) -> Iterator[Token]:
    """Cut a text into its tokens; white space and comments are left out."""
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or "sign"
        if kind not in ("space", "comment"):
            yield Token(kind, match.group(), match.start())

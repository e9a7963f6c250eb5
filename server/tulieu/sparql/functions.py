"""Functions that a query may call beside those of SPARQL: https://www.w3.org/TR/sparql11-query/#extensionFunctions

Comes in: the search index of a release. Goes out: what Oxigraph calls for each solution, by the IRI of the function;
the table that the service description and the documentation are made from. A function that cannot take its arguments
gives no value, as an error in an expression does. What some words find is looked up once for a query, not once for each
solution.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pyoxigraph

from tulieu.answering import ExtensionFunction
from tulieu.base import FUNCTION_IRI
from tulieu.folding import fold, read_words
from tulieu.search import SearchIndex

# A query asks for few sets of words, but each may find much: the process has a limit to its memory.
_KEPT_SEARCHES = 8

Term = pyoxigraph.NamedNode | pyoxigraph.BlankNode | pyoxigraph.Literal | pyoxigraph.Triple


@dataclass(frozen=True)
class Function:
    """What is said of a function to those who may call it, by language."""

    name: str
    parameters: str
    labels: Mapping[str, str]
    descriptions: Mapping[str, str]

    @property
    def iri(self) -> str:
        """The name by which a query calls it."""
        return FUNCTION_IRI + self.name


FUNCTIONS = (
    Function(
        "fold",
        "text",
        {"vi": "bỏ dấu", "en": "fold"},
        {
            "vi": "Cho chuỗi chữ thường, không dấu, đ thành d, một dấu cách giữa các từ: hai cách viết của một từ "
            "cho cùng một chuỗi.",
            "en": "Gives the text in lower case without marks, đ as d, with single spaces: spellings of one word "
            "become the same text.",
        },
    ),
    Function(
        "matches",
        "thing or text, words",
        {"vi": "khớp từ", "en": "matches"},
        {
            "vi": "Đúng khi một tên của đối tượng, hoặc chính chuỗi đã cho, có mọi từ cần tìm, bất kể dấu và "
            "chữ hoa; mỗi từ có thể chỉ là phần đầu của một từ.",
            "en": "True when a name of the thing, or the text given in its place, has all the words, whatever their "
            "marks and capitals; each may be the beginning of a word.",
        },
    ),
)


def custom_functions(search_path: Path) -> dict[pyoxigraph.NamedNode, ExtensionFunction]:
    """Make the functions over the search index of a release; raise ReleaseError when it is not there."""
    return make_functions(SearchIndex(search_path).find_all)


def make_functions(find_all: Callable[[str], frozenset[str]]) -> dict[pyoxigraph.NamedNode, ExtensionFunction]:
    """Make the functions over a search that gives the IRIs of all things that some words lead to."""
    search = lru_cache(maxsize=_KEPT_SEARCHES)(find_all)

    def matches(*terms: Term) -> pyoxigraph.Literal | None:
        if len(terms) != 2:
            return None
        thing, words = terms
        if not isinstance(words, pyoxigraph.Literal):
            return None
        if isinstance(thing, pyoxigraph.NamedNode):
            return pyoxigraph.Literal(thing.value in search(words.value))
        return (
            pyoxigraph.Literal(_has_words(thing.value, words.value)) if isinstance(thing, pyoxigraph.Literal) else None
        )

    called: dict[str, ExtensionFunction] = {"fold": _fold, "matches": matches}
    return {pyoxigraph.NamedNode(function.iri): called[function.name] for function in FUNCTIONS}


def _fold(*terms: Term) -> pyoxigraph.Literal | None:
    if len(terms) != 1 or not isinstance(terms[0], pyoxigraph.Literal):
        return None
    return pyoxigraph.Literal(fold(terms[0].value))


@lru_cache(maxsize=_KEPT_SEARCHES)
def _read_wanted(words: str) -> tuple[str, ...]:
    return tuple(read_words(words))


def _has_words(text: str, words: str) -> bool:
    """Say of a text what the index says of a name: every word begins one of its words; no words find nothing."""
    present, wanted = read_words(text), _read_wanted(words)
    return bool(wanted) and all(any(word.startswith(start) for word in present) for start in wanted)

"""jsonld.js (https://www.npmjs.com/package/jsonld) reads our JSON-LD, the context over HTTP, as what N-Triples say."""

import urllib.request

import pytest

from ..npm_clients import run_node
from ..real_server import Running

# A person, a document, an article with all its passages, a concept, a passage, the whole, an ontology with blank nodes.
DOCUMENTS = (
    "doc/person-ho-chi-minh",
    "doc/document-01-kl-tw-2021-05-18",
    "article/ttxvn-lai-chau-1",
    "doc/voice-stated",
    "passage/ttxvn-lai-chau-1/p08.s1",
)
COUNTED = ("dataset", "ontology")


@pytest.fixture(scope="module")
def read(own_names_server: Running) -> dict[str, list[str]]:
    paths = [*DOCUMENTS, *COUNTED]
    found = run_node("read_json_ld.js", [f"{own_names_server.url}{path}.jsonld" for path in paths])
    assert isinstance(found, list)
    return dict(zip(paths, (text.splitlines() for text in found), strict=True))


def statements(server: Running, path: str) -> list[str]:
    with urllib.request.urlopen(f"{server.url}{path}.nt") as answer:
        return answer.read().decode().splitlines()


@pytest.mark.parametrize("path", DOCUMENTS)
def test_a_document_says_the_same_in_json(path: str, read: dict[str, list[str]], own_names_server: Running) -> None:
    expected = statements(own_names_server, path)
    assert len(expected) > 10
    assert set(read[path]) == set(expected)


@pytest.mark.parametrize("path", COUNTED)
def test_a_document_with_nodes_without_names_says_as_much(
    path: str, read: dict[str, list[str]], own_names_server: Running
) -> None:
    assert len(set(read[path])) == len(set(statements(own_names_server, path)))

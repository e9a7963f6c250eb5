"""The endpoint of each release that is kept: `/release/<id>/sparql`."""

import json
import shutil
from pathlib import Path
from urllib.parse import quote

import pyoxigraph
import pytest
from flask.testing import FlaskClient

from tulieu.app import create_app
from tulieu.release import MANIFEST
from tulieu.settings import Settings
from tulieu.sparql.description import SD, VOID

from ..conftest import PUBLIC_URL, RELEASE_ID

PAST_ID = "20250101T000000Z-000000000000"
PAST, CURRENT = f"/release/{PAST_ID}/sparql", f"/release/{RELEASE_ID}/sparql"
OLD = "http://example.org/of-old"
QUERY = quote(f"ASK {{ <{OLD}> ?p ?o }}")


@pytest.fixture(scope="module")
def two(state: Path, tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """A client of an archive that keeps a past release, which says what the current one does not."""
    kept = tmp_path_factory.mktemp("two") / "state"
    shutil.copytree(state, kept, symlinks=True)
    folder = Path(shutil.copytree(kept / "releases" / RELEASE_ID, kept / "releases" / PAST_ID))
    manifest = json.loads((folder / MANIFEST).read_text())
    counts = {**manifest["counts"], "graph/default": 4711}
    (folder / MANIFEST).write_text(json.dumps({**manifest, "id": PAST_ID, "counts": counts}))
    store = pyoxigraph.Store(str(folder / "store"))
    node = pyoxigraph.NamedNode(OLD)
    store.add(pyoxigraph.Quad(node, node, node))
    del store
    return create_app(Settings(state=kept, public_url=PUBLIC_URL)).test_client()


def test_each_release_answers_for_itself(two: FlaskClient) -> None:
    for path, expected in ((PAST, True), (PAST + "/", True), (CURRENT, False), ("/sparql", False)):
        answers = [
            two.get(f"{path}?query={QUERY}"),
            two.post(path, data=f"query={QUERY}", content_type="application/x-www-form-urlencoded"),
            two.post(path, data=f"ASK {{ <{OLD}> ?p ?o }}", content_type="application/sparql-query"),
        ]
        for answer in answers:
            assert (answer.status_code, answer.mimetype) == (200, "application/sparql-results+json")
            assert json.loads(answer.data)["boolean"] is expected, path
        head = two.head(f"{path}?query={QUERY}")
        assert (head.status_code, head.data, head.headers["ETag"]) == (200, b"", answers[0].headers["ETag"])
    tags = {two.get(f"{path}?query={QUERY}").headers["ETag"] for path in (PAST, CURRENT, "/sparql")}
    assert len(tags) == 3
    unchanged = two.get(f"{PAST}?query={QUERY}", headers={"If-None-Match": sorted(tags)[0]})
    assert unchanged.status_code in (200, 304)
    assert {two.get(f"{PAST}?query={QUERY}", headers={"If-None-Match": tag}).status_code for tag in tags} == {200, 304}


def test_it_is_asked_for_its_own_release_alone(two: FlaskClient) -> None:
    assert two.get(f"{PAST}?query={QUERY}&release={PAST_ID}").status_code == 200
    other = two.get(f"{PAST}?query={QUERY}&release={RELEASE_ID}")
    assert (other.status_code, PAST_ID in json.loads(other.data)["detail"]) == (400, True)
    for path in ("/release/none/sparql", f"/release/none/sparql?query={QUERY}"):
        missing = two.get(path)
        assert (missing.status_code, missing.mimetype) == (404, "application/problem+json")


def test_relative_names_are_read_against_its_address(two: FlaskClient) -> None:
    query = quote("SELECT (<x> AS ?x) {}")
    assert two.get(f"{PAST}?query={query}&format=csv").text == f"x\r\n{PUBLIC_URL}release/{PAST_ID}/x\r\n"


def test_it_describes_itself_with_the_counts_of_its_release(two: FlaskClient) -> None:
    answer = two.get(PAST, headers={"Accept": "text/turtle"})
    graph = pyoxigraph.Store()
    graph.load(answer.data, format=pyoxigraph.RdfFormat.TURTLE)
    service = pyoxigraph.NamedNode(f"{PUBLIC_URL}release/{PAST_ID}/sparql")
    endpoint, triples = pyoxigraph.NamedNode(SD + "endpoint"), pyoxigraph.NamedNode(VOID + "triples")
    assert [quad.object for quad in graph.quads_for_pattern(None, endpoint, None)] == [service]
    counts = {quad.object.value for quad in graph.quads_for_pattern(None, triples, None)}  # type: ignore[union-attr]
    assert "4711" in counts
    assert PAST_ID in answer.text and RELEASE_ID not in answer.text


def test_its_page_asks_itself(two: FlaskClient) -> None:
    path = f"/tulieu{PAST}"
    for address in (PAST, f"{PAST}?query={QUERY}"):
        page = two.get(address, headers={"Accept": "text/html", "Accept-Language": "en"})
        assert (page.status_code, page.headers["Content-Language"]) == (200, "en")
        assert f'action="{path}"' in page.text
        assert f'href="{path}.ttl"' not in page.text, "it is no document"
        assert f'"{path}?query=' in page.text

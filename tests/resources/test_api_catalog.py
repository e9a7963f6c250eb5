"""The catalogue of interfaces, point by point: https://www.rfc-editor.org/rfc/rfc9727 and FAIRiCat."""

import pytest
import requests
import signposting
from flask.testing import FlaskClient

from tulieu.resources.api_catalog import PATH

from ..real_server import Running

PUBLIC_URL = "https://archive.example/tulieu/"
RFC_PROFILE = "https://www.rfc-editor.org/info/rfc9727"
FAIR_PROFILE = "https://signposting.org/FAIRiCat/"
RELATIONS = {"service-doc", "service-desc", "service-meta"}
# What a program looks for in the catalogue.
LISTED = ("sparql", "sparql/graph-store", "dataset", "suggest", "search", "sitemap.xml", "tables", "")


def test_the_catalogue_is_a_link_set_of_whole_addresses(client: FlaskClient) -> None:
    answer = client.get(f"/{PATH}", headers={"Host": "evil.example"})
    assert answer.content_type == f'application/linkset+json; profile="{RFC_PROFILE}"'
    assert set(answer.json) == {"linkset"}
    contexts = {each.pop("anchor"): each for each in answer.json["linkset"]}
    assert {PUBLIC_URL + path for path in LISTED} <= set(contexts)
    assert any(anchor.startswith(f"{PUBLIC_URL}release/2026") for anchor in contexts)
    for anchor, context in contexts.items():
        # FAIRiCat: these relations and no others, each link with its type.
        assert context and set(context) <= RELATIONS, anchor
        for link in (each for links in context.values() for each in links):
            assert link["type"] and link["href"].startswith("https://")
    assert "service-desc" in contexts[f"{PUBLIC_URL}sparql"]
    assert "evil" not in answer.text


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("path", ["/", f"/{PATH}"])
def test_it_is_found_from_the_first_page_and_from_its_place(client: FlaskClient, method: str, path: str) -> None:
    answer = client.open(path, method=method, headers={"Host": "evil.example"})
    links = requests.utils.parse_header_links(answer.headers["Link"])
    found = next(each for each in links if each["rel"] == "api-catalog")
    assert found == {
        "url": PUBLIC_URL + PATH,
        "rel": "api-catalog",
        "type": "application/linkset+json",
        "profile": FAIR_PROFILE,
    }


def test_it_can_be_kept(client: FlaskClient) -> None:
    first = client.get(f"/{PATH}")
    again = client.get(f"/{PATH}", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["Link"] == first.headers["Link"]


def test_every_interface_answers_and_is_described_as_promised(own_names_server: Running) -> None:
    url = own_names_server.url
    home = requests.utils.parse_header_links(requests.head(url, timeout=20).headers["Link"])
    catalogue = next(each["url"] for each in home if each["rel"] == "api-catalog")
    contexts = requests.get(catalogue, timeout=20).json()["linkset"]
    for anchor in (each["anchor"] for each in contexts):
        # The graph store has no answer to who names no graph.
        expected = 400 if anchor.endswith("/graph-store") else 200
        assert requests.get(anchor, timeout=20).status_code == expected, anchor
    told = [link for context in contexts for name, links in context.items() if name != "anchor" for link in links]
    ours = {(each["href"], each["type"]) for each in told} | {
        (each["url"], each["type"]) for each in home if "type" in each
    }
    checked = 0
    for target, form in sorted(ours):
        if target.startswith(url):
            answer = requests.get(target, headers={"Accept": form}, timeout=20)
            assert (answer.status_code, answer.headers["Content-Type"].split(";")[0]) == (200, form), target
            checked += 1
    assert checked > len(contexts)


def test_a_reader_of_link_sets_reads_it(own_names_server: Running) -> None:
    # It knows the profile's relations only, and says that it found none of them; that it read all is what counts.
    with pytest.warns(UserWarning, match="No signposts found"):
        signposting.find_signposting_linkset(own_names_server.url + PATH)

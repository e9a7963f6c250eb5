import pytest
from flask.testing import FlaskClient

from tulieu.pages.assets import load_assets


@pytest.mark.parametrize("name", sorted(load_assets()))
def test_a_file_whose_content_the_address_names_is_kept_for_a_year(client: FlaskClient, name: str) -> None:
    digest = load_assets()[name].digest
    exact = client.get(f"/static/{name}?v={digest}")
    assert exact.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert exact.mimetype == {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}[name.split(".")[-1]]
    for address in (f"/static/{name}", f"/static/{name}?v=old"):
        other = client.get(address)
        assert (other.data, other.headers["Cache-Control"]) == (exact.data, "no-cache")
        again = client.get(address, headers={"If-None-Match": other.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")


def test_pages_name_the_content_of_what_they_load(client: FlaskClient) -> None:
    assert f'/tulieu/static/tulieu.css?v={load_assets()["tulieu.css"].digest}"' in client.get("/").text


@pytest.mark.parametrize("name", ["none.css", "..%2Fcatalogue.json", "../catalogue.json"])
def test_nothing_else_is_sent(client: FlaskClient, name: str) -> None:
    assert client.get(f"/static/{name}").status_code == 404

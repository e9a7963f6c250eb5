from urllib.robotparser import RobotFileParser

import pytest
from flask import Flask
from flask.testing import FlaskClient

PUBLIC_URL = "https://archive.example/tulieu/"


@pytest.fixture
def rules(client: FlaskClient) -> RobotFileParser:
    """The rules, as a reader we did not write understands them."""
    parser = RobotFileParser()
    parser.parse(client.get("/robots.txt").text.splitlines())
    return parser


@pytest.mark.parametrize(
    "path",
    [
        "",
        "?lang=en",
        "sparql",
        "dataset",
        "doc/person-sample-duong",
        "doc/person-sample-duong.ttl",
        "article/sample-1",
        "browse/Person?page=2",
        "releases",
        "release/x/tulieu.nt.gz",
        "linkset/doc/person-sample-duong",
        "sitemap.xml",
        ".well-known/void",
    ],
)
def test_all_that_is_kept_here_may_be_read(rules: RobotFileParser, path: str) -> None:
    assert rules.can_fetch("Googlebot", PUBLIC_URL + path)


@pytest.mark.parametrize(
    "path",
    ["sparql?query=ASK%20%7B%7D", "sparql/graph-store?default", "search?q=a", "suggest?q=a", "cite?of=", "basket"],
)
def test_what_has_no_end_or_is_made_for_one_reader_is_not_for_crawlers(rules: RobotFileParser, path: str) -> None:
    assert not rules.can_fetch("Googlebot", PUBLIC_URL + path)


def test_the_sitemap_is_named_by_its_whole_address(client: FlaskClient, rules: RobotFileParser, app: Flask) -> None:
    answer = client.get("/robots.txt", headers={"Host": "evil.example"})
    assert answer.content_type == "text/plain; charset=utf-8"
    assert rules.site_maps() == [f"{PUBLIC_URL}sitemap.xml"]
    assert "evil" not in answer.text
    # A reader learns why.
    assert sum(line.startswith("#") for line in answer.text.splitlines()) >= 2

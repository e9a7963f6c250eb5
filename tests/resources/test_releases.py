"""Releases over HTTP: their files whole and in parts, what each changed as data, what each said of a thing."""

import base64
import gzip
import hashlib
import json

import pyoxigraph
import pytest
from flask import Flask
from flask.testing import FlaskClient
from pyoxigraph import NamedNode, RdfFormat
from werkzeug.test import TestResponse

from tulieu.formats import DOCUMENT_FORMATS, HTML, JSON_LD
from tulieu.vocabulary import BASE_IRI

from ..two_releases import ADDED, GONE, NEW, OLD, RENAMED

CHANGESET = "http://purl.org/vocab/changeset/schema#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
PUBLIC_URL = "https://archive.example/tulieu/"
MEDIA_TYPES = {
    "dataset.nq.gz": "application/gzip",
    "tulieu.nt.gz": "application/gzip",
    "added.nq.gz": "application/gzip",
    "removed.nq.gz": "application/gzip",
    "things.json.gz": "application/gzip",
    "changed.json.gz": "application/gzip",
    "proofs.json.gz": "application/gzip",
    "changes.json": "application/json",
    "manifest.json": "application/json",
    "report.json": "application/json",
    "report.ttl": "text/turtle",
    "SHA256SUMS": "text/plain",
}


@pytest.fixture
def reader(two_releases: Flask) -> FlaskClient:
    return two_releases.test_client()


def fetch(reader: FlaskClient, name: str) -> bytes:
    with reader.get(f"/release/{NEW}/{name}") as answer:
        return bytes(answer.data)


def parsed(answer: TestResponse) -> pyoxigraph.Dataset:
    assert answer.status_code == 200, answer.text
    form = RdfFormat.from_media_type(answer.mimetype)
    return pyoxigraph.Dataset(pyoxigraph.parse(answer.data, format=form))


def objects(found: pyoxigraph.Dataset, predicate: str) -> list[str]:
    return [quad.object.value for quad in found if quad.predicate.value == predicate]


# Files


@pytest.mark.parametrize(("name", "media_type"), MEDIA_TYPES.items())
def test_each_file_can_be_fetched_for_good_under_its_digest(reader: FlaskClient, name: str, media_type: str) -> None:
    with reader.get(f"/release/{NEW}/{name}") as answer:
        digest = hashlib.sha256(answer.data)
        assert (answer.status_code, answer.mimetype) == (200, media_type)
        assert answer.headers["ETag"] == f'"{digest.hexdigest()}"'
        assert answer.headers["Repr-Digest"] == f"sha-256=:{base64.b64encode(digest.digest()).decode()}:"
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.headers["Content-Disposition"] == f"attachment; filename={name}"
        assert answer.headers["Last-Modified"] == "Sun, 01 Feb 2026 00:00:00 GMT"
    with reader.head(f"/release/{NEW}/{name}") as head:
        assert (head.status_code, head.data, head.headers["ETag"]) == (200, b"", answer.headers["ETag"])
        assert head.headers["Content-Length"] == answer.headers["Content-Length"]


def test_the_list_of_digests_is_of_these_files(reader: FlaskClient) -> None:
    lines = fetch(reader, "SHA256SUMS").decode().splitlines()
    sums = {name: digest for digest, name in (line.split("  ") for line in lines)}
    assert set(sums) == set(MEDIA_TYPES) - {"SHA256SUMS"}
    for name, digest in sums.items():
        assert hashlib.sha256(fetch(reader, name)).hexdigest() == digest, name


@pytest.mark.parametrize(
    ("headers", "status", "length", "content_range"),
    [
        ({"Range": "bytes=0-3"}, 206, 4, "bytes 0-3/"),
        ({"Range": "bytes=10-"}, 206, -10, "bytes 10-"),
        ({"Range": "bytes=-5"}, 206, 5, ""),
        ({"Range": "bytes=99999999-"}, 416, None, "bytes */"),
        ({"Range": "bytes=0-3", "If-Range": "TAG"}, 206, 4, "bytes 0-3/"),
        ({"Range": "bytes=0-3", "If-Range": '"another"'}, 200, 0, ""),
        ({"Range": "bytes=0-3", "If-Range": "Thu, 01 Jan 1970 00:00:00 GMT"}, 200, 0, ""),
        ({"If-None-Match": "TAG"}, 304, None, ""),
        ({"If-None-Match": '"another"'}, 200, 0, ""),
    ],
)
def test_parts_and_conditions(
    reader: FlaskClient, headers: dict[str, str], status: int, length: int | None, content_range: str
) -> None:
    path = f"/release/{NEW}/dataset.nq.gz"
    with reader.get(path) as answer:
        whole, tag = answer.data, answer.headers["ETag"]
    with reader.get(path, headers={name: text.replace("TAG", tag) for name, text in headers.items()}) as part:
        assert part.status_code == status
        assert part.headers.get("Content-Range", "").startswith(content_range)
        if length is not None:
            assert part.data in whole and len(part.data) == (length if length > 0 else len(whole) + length)
            assert part.headers["ETag"] == tag


@pytest.mark.parametrize(
    "name",
    [
        "store",
        "search.sqlite",
        "knowledge.json",
        "things.json",
        "..",
        "%2e%2e%2fcurrent",
        "changes%2fadded.nq.gz",
        ".lock",
    ],
)
def test_nothing_else_opens(reader: FlaskClient, name: str) -> None:
    assert reader.get(f"/release/{NEW}/{name}").status_code == 404


def test_what_older_software_did_not_keep_is_not_there_and_the_rest_is(reader: FlaskClient) -> None:
    assert reader.get(f"/release/{OLD}/SHA256SUMS").status_code == 404
    with reader.get(f"/release/{OLD}/dataset.nq.gz") as file:
        assert file.status_code == 200
    answer = reader.get(f"/release/{OLD}/changes.ttl")
    assert (answer.status_code, "not recorded" in answer.json["detail"]) == (404, True)


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("release/current", f"release/{NEW}"),
        ("release/current.ttl", f"release/{NEW}.ttl"),
        ("release/current/dataset.nq.gz", f"release/{NEW}/dataset.nq.gz"),
        ("release/current/doc/office-sample-1.ttl", f"release/{NEW}/doc/office-sample-1.ttl"),
        ("release/current/changes?page=2", f"release/{NEW}/changes?page=2"),
        ("release/current/%22%3E%20x", f"release/{NEW}/%22%3E%20x"),
    ],
)
def test_the_current_release_has_an_address_that_stays(reader: FlaskClient, path: str, location: str) -> None:
    answer = reader.get(f"/{path}", headers={"Host": "evil.example"})
    assert (answer.status_code, answer.headers["Location"]) == (302, PUBLIC_URL + location)
    assert answer.headers["Cache-Control"] == "no-cache"


# What changed, as data


@pytest.mark.parametrize("form", [each for each in DOCUMENT_FORMATS if each is not HTML], ids=lambda each: each.name)
def test_the_changes_of_a_release_come_in_every_format(reader: FlaskClient, form: object) -> None:
    path = f"/release/{NEW}/changes"
    for answer in (
        reader.get(f"{path}.{form.name}"),  # type: ignore[attr-defined]
        reader.get(path, headers={"Accept": form.media_type}),  # type: ignore[attr-defined]
    ):
        if form is JSON_LD:
            assert (answer.status_code, answer.json["id"]) == (200, f"{BASE_IRI}release/{NEW}/changes")
            continue
        found = parsed(answer)
        node = f"{BASE_IRI}release/{NEW}/changes"
        assert NamedNode(node) in {quad.subject for quad in found}
        assert f"{BASE_IRI}release/{OLD}" in objects(found, "http://www.w3.org/ns/prov#wasRevisionOf")


def test_the_pages_of_changes_hold_them_all_once_with_exact_totals(reader: FlaskClient) -> None:
    summary = json.loads(fetch(reader, "changes.json"))
    total = summary["added"]["statements"] + summary["removed"]["statements"]
    assert total > ADDED > 100
    said: dict[str, dict[str, object]] = {}
    address, pages = f"/release/{NEW}/changes.nt", 0
    while address:
        answer = reader.get(address)
        found, pages = parsed(answer), pages + 1
        assert objects(found, "http://www.w3.org/ns/hydra/core#totalItems") == [str(total)]
        links = dict(reversed(each.split("; rel=")) for each in answer.headers["Link"].split(", ") if "; rel=" in each)
        address = links.get('"next"', "").strip("<>").removeprefix(PUBLIC_URL.rstrip("/"))
        for quad in found:
            if quad.predicate.value in (CHANGESET + "addition", CHANGESET + "removal"):
                said.setdefault(quad.object.value, {})["kind"] = quad.predicate.value.removeprefix(CHANGESET)
            elif "#" in quad.subject.value and quad.predicate.value.startswith((RDF, f"{BASE_IRI}ontology#")):
                said.setdefault(quad.subject.value, {})[quad.predicate.value] = quad.object
    assert pages == 2 and reader.get(f"/release/{NEW}/changes.nt?page=3").status_code == 404
    for kind, file in (("addition", "added"), ("removal", "removed")):
        lines = gzip.decompress(fetch(reader, f"{file}.nq.gz"))
        expected = {
            (quad.subject, quad.predicate, quad.object, quad.graph_name)
            for quad in pyoxigraph.parse(lines, format=RdfFormat.N_QUADS)
        }
        parts = [RDF + "subject", RDF + "predicate", RDF + "object", f"{BASE_IRI}ontology#attestedIn"]
        told = {tuple(each[part] for part in parts) for each in said.values() if each.get("kind") == kind}
        assert told == expected and expected


def test_no_release_and_no_format_that_there_is_not(reader: FlaskClient) -> None:
    assert reader.get("/release/none/changes.ttl").status_code == 404
    assert reader.get(f"/release/{NEW}/changes", headers={"Accept": "image/png"}).status_code == 406
    assert reader.get(f"/linkset/release/{NEW}/changes.json").status_code == 200
    assert reader.get("/linkset/release/none/changes.json").status_code == 404


# What was said


@pytest.mark.parametrize("form", DOCUMENT_FORMATS, ids=lambda each: each.name)
def test_a_past_release_says_what_it_said_in_every_format(reader: FlaskClient, form: object) -> None:
    path = f"/release/{OLD}/doc/{GONE}"
    for address, accept in ((f"{path}.{form.name}", "image/png"), (path, form.media_type)):  # type: ignore[attr-defined]
        answer = reader.get(address, headers={"Accept": accept})
        assert (answer.status_code, answer.mimetype) == (200, form.media_type)  # type: ignore[attr-defined]
        assert "Trần Văn Ân" in answer.text or "Tr\\u1EA7n" in answer.text or "\\u1ea7n" in answer.text
        again = reader.get(address, headers={"Accept": accept, "If-None-Match": answer.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")


def test_each_release_says_what_it_says(reader: FlaskClient) -> None:
    old, new = (reader.get(f"/release/{each}/doc/{RENAMED}.ttl") for each in (OLD, NEW))
    assert "Head of the office" in old.text and "Head of the new office" in new.text
    assert "Head of the new office" not in old.text
    assert f"<{BASE_IRI}release/{OLD}>" in old.text, "the document says which release it is of"
    assert f"<{PUBLIC_URL}release/{OLD}/doc/{RENAMED}>" in old.text
    tags = {each.headers["ETag"] for each in (old, new, reader.get(f"/doc/{RENAMED}.ttl"))}
    assert len(tags) == 3
    for path in ("article/sample-1", "passage/sample-1/p02.s1", "note/sample-1/office-of-committee"):
        for name in ("ttl", "html"):
            assert reader.get(f"/release/{OLD}/{path}.{name}").status_code == 200, path


def test_a_past_document_leads_to_what_is_said_now_if_anything_is(reader: FlaskClient) -> None:
    latest = f'<{PUBLIC_URL}doc/{RENAMED}>; rel="latest-version"'
    assert latest in reader.get(f"/release/{OLD}/doc/{RENAMED}.ttl").headers["Link"]
    assert "latest-version" not in reader.get(f"/release/{OLD}/doc/{GONE}.ttl").headers["Link"]


@pytest.mark.parametrize(
    "path", ["release/{}/doc/nobody", "release/none/doc/nobody", "release/{}/doc/a%3Eb", "release/{}/graph/notes"]
)
def test_what_a_release_did_not_know_is_404(reader: FlaskClient, path: str) -> None:
    assert reader.get(f"/{path.format(OLD)}.ttl").status_code == 404


@pytest.mark.parametrize("path", [f"id/{GONE}", f"doc/{GONE}", f"doc/{GONE}.ttl"])
def test_what_is_gone_is_404_and_tells_where_it_still_stands(reader: FlaskClient, path: str) -> None:
    answer = reader.get(f"/{path}", headers={"Accept": "application/problem+json, text/turtle"})
    there = f"{PUBLIC_URL}release/{OLD}/doc/{GONE}"
    assert (answer.status_code, answer.json["formerly"]) == (404, {"release": OLD, "address": there})
    assert reader.get(there.removeprefix(PUBLIC_URL.rstrip("/"))).status_code == 200
    assert "formerly" not in reader.get("/doc/nobody").json

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tulieu.errors import BusyError, ReleaseError, TimeLimitError
from tulieu.pages.release import show_size


def page(client: FlaskClient, path: str, language: str) -> tuple[int, str]:
    answer = client.get(path, headers={"Accept": "text/html", "Accept-Language": language})
    return answer.status_code, answer.text


def test_what_is_not_there_is_answered_with_the_nearest_a_search_and_the_coverage(client: FlaskClient) -> None:
    status, text = page(client, "/doc/person-thi-duong-x", "vi")
    assert status == 404
    assert "Nguyễn Thị Đường" in text
    assert 'id="again" name="q" type="search" value="thi duong x"' in text
    assert "Kho này có gì" in text
    assert 'href="/tulieu/browse/Person"' in text


@pytest.mark.parametrize(("language", "words"), [("vi", "Máy chủ đang bận"), ("en", "The server is busy")])
def test_a_busy_server_says_so_in_plain_words(
    app: Flask, monkeypatch: pytest.MonkeyPatch, language: str, words: str
) -> None:
    fail(monkeypatch, BusyError("Many queries wait.", 5))
    status, text = page(app.test_client(), "/browse", language)
    assert status == 503
    assert f"<h1>{words}</h1>" in text
    assert "Many queries wait." in text


def test_a_failure_hides_its_inside_even_where_it_is_ours(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    fail(monkeypatch, ReleaseError("/var/secret/store cannot be opened"))
    status, text = page(app.test_client(), "/browse", "vi")
    assert status == 500
    assert "/var/secret" not in text


def test_a_form_that_there_is_not_and_a_question_that_took_too_long(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = app.test_client()
    answer = client.get("/doc/person-sample-duong", headers={"Accept": "image/png, text/html;q=0"})
    assert answer.status_code == 406
    fail(monkeypatch, TimeLimitError("It took 30 s."))
    status, text = page(client, "/browse", "en")
    assert status == 504
    assert "The question took too long" in text


def test_a_release_offers_its_files_with_sizes_and_digests(client: FlaskClient) -> None:
    status, text = page(client, "/release/20260101T000000Z-000000000000", "en")
    assert status == 200
    # The digest of the sample's files, by sha256sum.
    assert text.count("<code>") >= 4
    assert "tulieu.nt.gz</a>" in text
    assert "statements in one, one a line" in text


def test_the_list_of_releases_says_which_is_current(client: FlaskClient) -> None:
    status, text = page(client, "/releases", "vi")
    assert status == 200
    assert "20260101T000000Z-000000000000" in text
    assert "đang dùng" in text


@pytest.mark.parametrize(("size", "words"), [(999, "999 B"), (1000, "1 kB"), (2_500_000, "2 MB"), (10**13, "10000 GB")])
def test_sizes_have_few_digits(size: int, words: str) -> None:
    assert show_size(size) == words


def fail(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def raising(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("tulieu.pages.views.make_kinds_page", raising)

from dataclasses import fields
from pathlib import Path

import pytest

from tulieu.errors import SettingsError
from tulieu.settings import SETTINGS, Settings, from_environment


def test_the_table_has_one_row_for_each_field() -> None:
    assert tuple(setting.name for setting in SETTINGS) == tuple(field.name for field in fields(Settings))
    assert all(setting.env == "TULIEU_" + setting.name.upper() for setting in SETTINGS)
    assert all(setting.help.endswith(".") for setting in SETTINGS)


def test_defaults_of_the_table_are_those_of_the_class() -> None:
    assert from_environment({}) == Settings()


def test_the_command_line_goes_before_the_environment() -> None:
    settings = from_environment({"TULIEU_PORT": "9000", "TULIEU_STATE": "/srv/a"}, {"port": "9001"})
    assert (settings.port, settings.state) == (9001, Path("/srv/a"))
    assert settings.public_url == "http://127.0.0.1:9001/"


def test_the_public_url_ends_in_a_slash_and_other_variables_are_ignored() -> None:
    assert (
        from_environment({"TULIEU_PUBLIC_URL": "https://a.example/x", "HOME": "/"}).public_url == "https://a.example/x/"
    )
    assert from_environment({"TULIEU_HOST": "::1"}).public_url == "http://[::1]:8000/"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TULIEU_PROT", "1"),
        ("TULIEU_PORT", "eight"),
        ("TULIEU_PORT", "70000"),
        ("TULIEU_PUBLIC_URL", "ftp://a.example/"),
        ("TULIEU_PUBLIC_URL", "a.example"),
        ("TULIEU_DEFAULT_LANGUAGE", "fr"),
        ("TULIEU_FEEDBACK", "javascript:alert(1)"),
        ("TULIEU_CONTACT", "two\nlines"),
        ("TULIEU_CONTACT", 301 * "a"),
        ("TULIEU_QUERY_DEPTH", "0"),
    ],
)
def test_what_does_not_fit_stops_the_start_and_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        from_environment({name: value})


def test_a_choice_that_is_no_setting_is_refused() -> None:
    with pytest.raises(SettingsError, match="prot"):
        from_environment({}, {"prot": "1"})

from flask.testing import FlaskClient

from tulieu.tables.definitions import TABLES

from .test_views import load


def test_the_code_book_names_every_table_and_every_column_and_leads_to_the_files(client: FlaskClient) -> None:
    text, page = load(client, "tables?lang=en")
    for table in TABLES:
        assert table.name in page.ids
        assert f"/tulieu/tables/{table.name}.csv" in page.links
        for column in table.columns:
            assert f"<code>{column.name}</code>" in text
    assert "/tulieu/tables/tulieu-tables.zip" in page.links
    assert {link[1:] for link in page.links if link.startswith("#")} <= set(page.ids)


def test_few_values_of_a_column_are_given_and_many_are_linked(client: FlaskClient) -> None:
    text, page = load(client, "tables?lang=en")
    assert ">reported</a>" in text and ">planned</a>" in text
    assert any(link.startswith("/tulieu/doc/scheme-topic") for link in page.links)
    assert not any("/doc/topic-" in link for link in page.links)

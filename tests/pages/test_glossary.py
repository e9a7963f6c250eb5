import re

from flask.testing import FlaskClient

from tulieu.pages import glossary

from .test_views import load


def test_every_concept_stands_under_its_scheme_with_both_names(client: FlaskClient) -> None:
    text, page = load(client, "glossary")
    scheme = re.search(r'<section class="scheme" id="scheme-[^"]*">.*?</section>', text, re.DOTALL)
    assert scheme is not None
    assert scheme[0].count("<dt>") >= 2
    assert 'class="quiet other"><span lang="en">' in scheme[0]
    assert any(link.startswith("/tulieu/doc/") for link in page.links)
    assert "/tulieu/glossary?order=letters" in page.links


def test_contents_lead_to_the_page_and_place_of_each_scheme(client: FlaskClient) -> None:
    _, page = load(client, "glossary")
    places = [link for link in page.links if "#scheme-" in link]
    assert len(places) > 20
    pages = {link.partition("#")[0].removeprefix("/tulieu/") for link in places}
    assert len(pages) > 1
    ids = {(path, each) for path in pages for each in load(client, path)[1].ids}
    for link in places:
        path, _, anchor = link.removeprefix("/tulieu/").partition("#")
        assert (path, anchor) in ids


def test_all_pages_together_hold_every_term_once(client: FlaskClient) -> None:
    first, _ = load(client, "glossary?order=letters")
    found = re.search(r"Trang 1 / (\d+)", first)
    assert found is not None
    texts = [load(client, f"glossary?order=letters&page={number}")[0] for number in range(1, int(found[1]) + 1)]
    terms = [term for text in texts for term in re.findall(r'<dt><a href="([^"]*)"', text)]
    assert all(text.count("<dt>") <= glossary.TERMS_OF_PAGE for text in texts)
    assert len(terms) == len(set(terms)) > glossary.TERMS_OF_PAGE


def test_letters_come_in_the_order_of_the_vietnamese_alphabet(client: FlaskClient) -> None:
    text, _ = load(client, "glossary?order=letters")
    letters = re.findall(r'<a href="[^"]*#letter-(.)"', text)
    assert len(letters) == len(set(letters)) > 10
    assert letters.index("C") < letters.index("D") < letters.index("Đ")


def test_a_page_beyond_the_last_is_the_last(client: FlaskClient) -> None:
    text, _ = load(client, "glossary?page=9999")
    assert "<dt>" in text

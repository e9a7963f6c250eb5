import re
from html.parser import HTMLParser
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from markupsafe import escape

from tulieu.sparql.example import load_topics

STATEMENT = "doc/STATEMENT"
PATHS = (
    "",
    "browse",
    "browse/Person",
    "search?q=duong",
    "browse/Organ?voice=voice-stated&from=2030-01-01",
    "search?q=xyzzy",
    "search",
    "timeline",
    "timeline?from=2023&to=2024&kind=attested&month=5",
    "organs",
    "documents",
    "figures",
    "releases",
    "glossary",
    "glossary?order=letters",
    "basket",
    "cite?of=",
    "cite?of=doc/person-sample-duong",
    "cite?of=article/sample-1",
    "tables",
    "about",
    "policy",
    "quality",
    "quality/open-points",
    "doc/person-sample-duong",
    "doc/event-sample-conference",
    "doc/organ-only-english",
    "doc/organ-sample-committee?incoming=officeIn",
    "doc/person-sample-an",
    STATEMENT,
    "article/sample-1",
    "article/sample-1?voice=reported",
    "passage/sample-1/p02.s2.a",
    "passage/sample-1/p04.s1",
    "note/sample-1/office-of-committee",
    "graph/authority",
    "ontology",
    "shapes",
    "release/20260101T000000Z-000000000000",
    "sparql",
    "sparql?query=SELECT%20*%20%7B%20%3Fs%20%3Fp%20%3Fo%20%7D%20LIMIT%2020",
    "sparql?query=ASK%20%7B%7D",
)
VOID = {"meta", "link", "img", "input", "br"}


class Page(HTMLParser):
    """What a test asks of a page: its links, its ids, its headings, whether every element is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: list[str] = []
        self.levels: list[int] = []
        self.language = ""
        self._open: list[str] = []
        self.feed(text)
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.links += [value or "" for name, value in attrs if name in ("href", "src", "action")]
        self.ids += [value or "" for name, value in attrs if name == "id"]
        if re.fullmatch(r"h[1-6]", tag):
            self.levels.append(int(tag[1]))
        if tag == "html":
            self.language = given.get("lang") or ""
        assert not [name for name in given if name == "style" or name.startswith("on")]
        assert tag not in ("style", "iframe")
        assert tag != "script" or given.get("src") or given.get("type") == "application/ld+json"
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag


def load(client: FlaskClient, path: str, language: str = "vi") -> tuple[str, Page]:
    if path == STATEMENT:
        person = client.get("/doc/person-sample-duong.html").text
        path = re.findall(r"/tulieu/(doc/statement-[0-9a-f]+)", person)[0]
    answer = client.get(f"/{path}", headers={"Accept": "text/html", "Accept-Language": language})
    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    return answer.text, Page(answer.text)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_page_is_whole_in_both_languages(client: FlaskClient, path: str, language: str) -> None:
    text, page = load(client, path, language)
    assert page.language == language
    assert len(page.ids) == len(set(page.ids))
    assert page.levels.count(1) == 1
    assert all(below <= above + 1 for above, below in zip(page.levels, page.levels[1:], strict=False))
    assert "None" not in re.sub(r"<[^>]*>", "", text)
    for link in page.links:
        assert re.match(r"/tulieu/|#|https?://|mailto:desk@archive\.example\?", link), link


def test_every_link_of_ours_leads_somewhere(client: FlaskClient) -> None:
    # Not from a query's result: the ontology's examples are things that the sample has not.
    paths = [path for path in PATHS if not path.startswith("sparql?")]
    found = {link for path in paths for link in load(client, path)[1].links if link.startswith("/tulieu/")}
    assert len(found) > 100
    anchors: dict[str, set[str]] = {}
    for link in sorted(found):
        path, _, anchor = link.partition("#")
        if "sparql?" in path:
            continue
        if path not in anchors:
            answer = client.get(
                path.removeprefix("/tulieu"), headers={"Accept": "*/*" if "." in path[-7:] else "text/html"}
            )
            assert answer.status_code == 200, link
            anchors[path] = set(Page(answer.text).ids) if anchor else set()
            answer.close()
        if anchor:
            anchors[path] = anchors[path] or set(
                Page(client.get(path.removeprefix("/tulieu"), headers={"Accept": "text/html"}).text).ids
            )
            assert anchor in anchors[path], link


def test_what_the_data_holds_is_text_and_never_markup(client: FlaskClient) -> None:
    text, _ = load(client, "doc/organ-only-english")
    assert "<b>bold" not in text
    assert "&lt;b&gt;bold&lt;/b&gt; &amp; &#34;quoted&#34;" in text
    assert "javascript" not in "".join(load(client, "doc/person-sample-an")[1].links)


def test_a_text_in_another_language_than_the_page_says_so(client: FlaskClient) -> None:
    assert '<span lang="en">A &lt;b&gt;' in load(client, "doc/organ-only-english")[0]
    assert '<span lang="vi">Hội nghị mẫu' in load(client, "article/sample-1", "en")[0]


def test_a_chosen_language_goes_before_the_browsers_and_is_kept_in_links(client: FlaskClient) -> None:
    text, page = load(client, "doc/person-sample-duong?lang=en", "vi")
    assert page.language == "en"
    assert all("lang=" in link for link in page.links if link.startswith("/tulieu/passage/"))
    assert "/tulieu/doc/person-sample-duong?lang=vi" in page.links
    assert 'name="lang" value="en"' in text


def test_a_person_is_listed_by_given_name_under_its_letter(client: FlaskClient) -> None:
    text, _ = load(client, "browse/Person")
    assert text.index("Trần Văn Ân") < text.index("Nguyễn Thị Đường")
    assert re.findall(r'<h2 id="letter-\d+">(.)</h2>', text) == ["Â", "Đ"]


def test_the_count_of_a_kind_is_the_count_of_its_list(client: FlaskClient) -> None:
    text, _ = load(client, "browse")
    counts = re.findall(r'href="/tulieu/browse/(\w+)">[^<]*(?:<span[^<]*</span>)?</a> <span class="count">(\d+)<', text)
    assert len(counts) >= 6
    for name, count in counts:
        assert load(client, f"browse/{name}")[0].count("<li><a ") >= int(count)


def test_an_unknown_name_is_answered_with_what_is_like_it(client: FlaskClient) -> None:
    answer = client.get("/id/person-duong", headers={"Accept": "text/html"})
    assert answer.status_code == 404
    assert "/tulieu/doc/person-sample-duong" in answer.text


def test_an_article_shows_voices_summaries_and_people_in_the_order_of_the_text(client: FlaskClient) -> None:
    text, _ = load(client, "article/sample-1")
    places = [
        text.index(each)
        for each in ("Nêu tên cuộc họp mẫu.", "Ban mẫu mở hội nghị", "Một trưởng phòng phát biểu.", "Một dòng kết.")
    ]
    assert places == sorted(places)
    assert 'class="voice voice-reported">dẫn báo cáo' in text
    assert "Nhắc lại tiêu đề." in text
    assert "Không nêu trong nguồn:" in text
    assert text.count("Nguyễn Thị Đường") >= 2


def test_a_query_is_shown_with_labels_links_and_other_formats(client: FlaskClient) -> None:
    query = "SELECT%20%3Fs%20%7B%20%3Fs%20a%20%3Chttps%3A%2F%2Fw3id.org%2Ftulieu%2Fontology%23Person%3E%20%7D"
    text, page = load(client, f"sparql?query={query}")
    assert "Nguyễn Thị Đường" in text
    assert "id:person-sample-duong" in text
    assert "/tulieu/doc/person-sample-duong" in page.links
    assert any(link.endswith("format=csv") for link in page.links)


def test_the_endpoint_opens_with_questions_by_topic_in_both_languages(client: FlaskClient) -> None:
    text, page = load(client, "sparql", "en")
    examples = [example for topic in load_topics() for example in topic.examples]
    assert text.count('class="run"') == len(examples) >= 20
    assert text.index(escape(examples[0].titles["en"])) < text.index("<textarea")
    for topic in load_topics():
        assert escape(topic.titles["en"]) in text
    for example in examples:
        assert escape(example.titles["en"]) in text
        assert f'<span lang="vi">{escape(example.titles["vi"])}</span>' in text
        assert f"/tulieu/sparql?{urlencode({'query': example.query})}" in page.links
    assert text.count("curl --fail-with-body") == text.count("import requests") == len(examples)
    assert text.count("library(httr2)") == len(examples)
    assert "https://archive.example/tulieu/sparql" in text


def test_a_question_that_was_run_is_named_and_leads_back_to_the_others(client: FlaskClient) -> None:
    example = load_topics()[0].examples[0]
    # A browser sends the lines of a form with a carriage return each.
    asked = urlencode({"query": example.query.replace("\n", "\r\n")})
    text, page = load(client, f"sparql?{asked}", "en")
    assert escape(example.titles["en"]) in text
    assert "/tulieu/sparql" in page.links
    assert text.count('class="run"') == 0
    assert text.count("curl --fail-with-body") == 1
    other, _ = load(client, f"sparql?{urlencode({'query': 'ASK { ?s ?p ?o }'})}", "en")
    assert escape(example.titles["en"]) not in other


def test_the_graph_that_was_chosen_stays_chosen_in_form_formats_and_code(client: FlaskClient) -> None:
    graph = "https://w3id.org/tulieu/graph/asserted"
    asked = urlencode({"query": "SELECT ?s { ?s ?p ?o }", "default-graph-uri": graph, "timeout": "9"})
    text, page = load(client, f"sparql?{asked}")
    assert f'<option value="{graph}" selected>' in text
    assert 'type="hidden" name="timeout" value="9"' in text
    formats = [link for link in page.links if "format=" in link]
    assert len(formats) == 4
    kept = urlencode({"default-graph-uri": graph, "timeout": "9"})
    assert all(kept in link for link in formats)
    assert f"sparql?{kept}".replace("&", "&amp;") in text
    free, _ = load(client, "sparql")
    assert '<option value="" selected>' in free
    assert f'<option value="{graph}">' in free


def test_graphs_that_the_form_cannot_offer_are_handed_on(client: FlaskClient) -> None:
    graphs = ["https://w3id.org/tulieu/graph/asserted", "https://w3id.org/tulieu/graph/inferred"]
    asked = urlencode({"query": "ASK {}", "default-graph-uri": graphs, "named-graph-uri": graphs[:1]}, doseq=True)
    text, _ = load(client, f"sparql?{asked}")
    assert "<select" not in text
    for graph in graphs:
        assert f'type="hidden" name="default-graph-uri" value="{graph}"' in text
    assert f'type="hidden" name="named-graph-uri" value="{graphs[0]}"' in text
    one, _ = load(client, f"sparql?{urlencode({'query': 'ASK {}', 'default-graph-uri': 'https://e.example/g'})}")
    assert '<option value="https://e.example/g" selected>https://e.example/g</option>' in one


def test_a_page_that_is_known_is_not_sent_again(client: FlaskClient) -> None:
    for path in ("/", "/browse", "/search?q=a", "/doc/person-sample-duong.html"):
        first = client.get(path)
        again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
        english = client.get(path, headers={"If-None-Match": first.headers["ETag"], "Accept-Language": "en"})
        assert english.status_code == 200


def test_every_answer_forbids_what_pages_do_not_need(client: FlaskClient) -> None:
    for path in ("/", "/doc/none", "/doc/person-sample-duong.ttl", "/static/tulieu.css"):
        answer = client.get(path)
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        answer.close()


def test_a_failure_of_ours_tells_nothing_of_the_inside(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr("tulieu.pages.views.make_kinds_page", fail)
    answer = app.test_client().get("/browse", headers={"Accept": "text/html"})
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text

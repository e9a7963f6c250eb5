"""Twenty errands of somebody who has never heard of RDF, from the front door to the answer, in few steps.

Each is gone about three times: in Vietnamese at a desk, in English by keyboard alone, and in Vietnamese on a small
phone where no script runs.
"""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser

from .conftest import DESK, PHONE, Site, visiting
from .reader import Reader

pytestmark = pytest.mark.browser

UNSTATED = {"vi": "Không nêu trong nguồn", "en": "Not stated"}
CONFERENCE = "hoi-nghi-so-ket-01-kl-tw-lai-chau"
CONCLUSION = "01-kl-tw-2021-05-18"
PASSAGE = "main a[href*='/passage/']"


@dataclass(frozen=True)
class Errand:
    """A question, the most steps that the answer may take, and the way to it."""

    question: str
    most_steps: int
    walk: Callable[[Reader], None]
    needs_scripts: bool = False


@dataclass(frozen=True)
class Manner:
    """How a reader goes about it."""

    name: str
    language: str
    window: tuple[int, int] = DESK
    with_scripts: bool = True
    by_keyboard: bool = False


def day_of_the_conference(reader: Reader) -> None:
    reader.find("hoi nghi so ket", "event", CONFERENCE)
    reader.reads({"vi": "17/5/2023", "en": "17 May 2023"}[reader.language])
    passage = "main a[href*='/passage/'][href*='p04.s1']"
    reader.unfold(passage)
    reader.go(passage, "/passage/")
    reader.reads("17/5" if reader.language == "vi" else "17 May")


def chair_of_the_committee(reader: Reader) -> None:
    reader.find("chu tich ubnd", "office", "chu-tich-ubnd-tinh-lai-chau")
    reader.reads(UNSTATED[reader.language])


def planned_for_december(reader: Reader) -> None:
    reader.go("header a[href*='/timeline']", "/timeline")
    # The keyboard is not tried on a list to choose from: how keys work there is the browser's matter.
    reader.visit.at("main select[name=month]").select_option("12")
    reader.steps += 1
    reader.go("main form.choose button", "month=12")
    reader.reads("12/2023" if reader.language == "vi" else "December 2023")
    reader.reads({"vi": "dự kiến", "en": "planned"}[reader.language])


def models_on_the_economy(reader: Reader) -> None:
    reader.go("header a[href*='/figures']", "/figures")
    reader.reads("273", *{"vi": ("25,0%", "1.093"), "en": ("25.0%", "1,093")}[reader.language])


def print_the_record(reader: Reader) -> None:
    reader.find("01-KL/TW", "document", CONCLUSION)
    reader.visit.page.emulate_media(media="print")
    reader.reads("01-KL/TW", *{"vi": ("Bộ Chính trị", "18/5/2021"), "en": ("Politburo", "18 May")}[reader.language])
    assert len(reader.visit.page.pdf(format="A4")) > 10_000


def speakers_at_the_conference(reader: Reader) -> None:
    reader.find("hoi nghi so ket", "event", CONFERENCE)
    reader.reads("Lê Đức Dục", "Lê Văn Lương", "Tống Thanh Hải")


def organ_above_the_commission(reader: Reader) -> None:
    reader.go("header a[href*='/organs']", "/organs")
    reader.go("main a[href*='/doc/organ-ban-tuyen-giao']", "/doc/organ-ban-tuyen-giao")
    reader.go("main a[href*='/doc/organ-tinh-uy-lai-chau']", "/doc/organ-tinh-uy-lai-chau")


def office_of_a_person(reader: Reader) -> None:
    reader.go("main a[href*='/browse/Person']", "/browse/Person")
    reader.go("main a[href*='/doc/person-le-van-luong']", "/doc/person-le-van-luong")
    reader.reads({"vi": "Phó Bí thư Thường trực", "en": "Standing Deputy Secretary"}[reader.language])


def cite_a_person(reader: Reader) -> None:
    reader.find("le duc duc", "person", "le-duc-duc")
    reader.go("main a[href*='/cite?']", "/cite?")
    reader.reads(reader.visit.site.release_id, "Lê Đức Dục")
    reader.unfold("main a[href*='/cite.bib']")
    with reader.visit.page.expect_download() as download:
        reader.press("main a[href*='/cite.bib']")
    assert "Lê Đức Dục" in download.value.path().read_text(encoding="utf-8")


def keep_in_the_basket(reader: Reader) -> None:
    reader.find("le duc duc", "person", "le-duc-duc")
    reader.press("main [data-basket] button")
    reader.go("header a[href*='/basket']", "/basket")
    reader.visit.page.locator("main a[href*='/doc/person-le-duc-duc']").wait_for()
    reader.reads("Lê Đức Dục")


def from_a_passage_and_back(reader: Reader) -> None:
    reader.go("main a[href*='/article/']", "/article/")
    reader.go("main a[href*='/passage/'][href*='p06.s1.a']", "p06.s1.a")
    reader.go("main a[href*='/doc/person-le-duc-duc']", "/doc/person-le-duc-duc")
    back = "main a[href*='/passage/'][href*='p06.s1.a']"
    reader.unfold(back)
    reader.go(back, "p06.s1.a")


def does_it_conform(reader: Reader) -> None:
    reader.go("footer a[href*='/quality']", "/quality")
    reader.reads(*{"vi": ("đáp ứng mọi quy tắc",), "en": ("meets all",)}[reader.language])


def what_is_left_open(reader: Reader) -> None:
    reader.go("footer a[href*='/quality']", "/quality")
    reader.go("main a[href*='/quality/open-points']", "/quality/open-points")
    reader.reads({"vi": "Không nêu trong nguồn", "en": "not state"}[reader.language])
    assert reader.visit.page.locator("main a[href*='/doc/']").count() > 20


def what_a_word_means(reader: Reader) -> None:
    reader.find("hoi nghi so ket", "event-kind", "interim-review")
    reader.reads("hội nghị sơ kết", "interim review conference")


def people_as_a_spreadsheet(reader: Reader) -> None:
    reader.go("main a[href*='/browse/Person']", "/browse/Person")
    with reader.visit.page.expect_download() as download:
        reader.press("main a[href*='/browse/Person.csv']")
    text = download.value.path().read_text(encoding="utf-8-sig")
    assert "person-le-duc-duc" in text and len(text.splitlines()) > 5


def the_same_page_in_the_other_language(reader: Reader) -> None:
    other = {"vi": "en", "en": "vi"}[reader.language]
    reader.find("01-KL/TW", "document", CONCLUSION)
    heading = reader.visit.text("h1")
    reader.go(f"header a[hreflang={other}]", f"lang={other}")
    assert CONCLUSION in reader.visit.page.url
    assert reader.visit.page.locator("html").get_attribute("lang") == other
    assert reader.visit.text("h1") != heading
    reader.go(f"header a[hreflang={reader.language}]", f"lang={reader.language}")
    assert reader.visit.text("h1") == heading


def what_happened_in_2023(reader: Reader) -> None:
    reader.go("header a[href*='/timeline']", "/timeline")
    for name in ("from", "to"):
        reader.visit.at(f"main input[name={name}]").fill("2023")
        reader.steps += 1
    reader.go("main form.choose button", "from=2023")
    assert reader.visit.page.locator(f"main a[href*='/doc/event-{CONFERENCE}']").count() > 0
    assert "1909" not in reader.visit.page.locator("main h2").all_inner_texts()


def people_in_captions(reader: Reader) -> None:
    reader.go("main a[href*='/browse/Person']", "/browse/Person")
    caption = "main input[type=checkbox][value*='caption']"
    reader.unfold(caption)
    reader.tick(caption)
    reader.go("main form.facets button", "caption")
    assert 0 < reader.visit.page.locator("main .things a[href*='/doc/person-']").count() < 5


def what_a_document_continues(reader: Reader) -> None:
    reader.go("header a[href*='/documents']", "/documents")
    reader.reads("01-KL/TW", "05-CT/TW")
    reader.go("main table a[href*='/doc/document-05-ct-tw']", "/doc/document-05-ct-tw")


def who_answers_for_it(reader: Reader) -> None:
    reader.go("footer a[href*='/policy']", "/policy")
    reader.reads({"vi": "không phải nguồn chính thức", "en": "no official source"}[reader.language])


def ask_the_list_as_a_query(reader: Reader) -> None:
    reader.go("main a[href*='/browse/Person']", "/browse/Person")
    query = "main a[href*='/sparql?query=']"
    reader.unfold(query)
    reader.go(query, "/sparql?query=")
    reader.reads("Lê Đức Dục")


def why_it_is_inferred(reader: Reader) -> None:
    reader.find("hoi nghi so ket", "event", CONFERENCE)
    why = "main a[href*='/doc/statement-']"
    reader.unfold(why)
    reader.go(why, "/doc/statement-")
    assert reader.visit.page.locator(PASSAGE).count() > 0


ERRANDS = (
    Errand("When was the conference, and how do we know?", 4, day_of_the_conference),
    Errand("Who chairs the People's Committee?", 2, chair_of_the_committee),
    Errand("What is planned for December?", 3, planned_for_december),
    Errand("How many models are about the economy, and what share is that?", 1, models_on_the_economy),
    Errand("Print the record of document 01-KL/TW.", 2, print_the_record),
    Errand("Who spoke at the conference?", 2, speakers_at_the_conference),
    Errand("Which organ is above the commission?", 3, organ_above_the_commission),
    Errand("Which office did a person hold?", 2, office_of_a_person),
    Errand("Cite a person as BibTeX.", 4, cite_a_person),
    Errand("Keep a person in the basket and look at it.", 4, keep_in_the_basket, needs_scripts=True),
    Errand("From a passage to a person and back.", 5, from_a_passage_and_back),
    Errand("Does the release conform to its rules?", 1, does_it_conform),
    Errand("What does the article leave open?", 2, what_is_left_open),
    Errand("What is an interim review conference?", 2, what_a_word_means),
    Errand("Take the list of people as a spreadsheet.", 2, people_as_a_spreadsheet),
    Errand("Read the same record in the other language.", 4, the_same_page_in_the_other_language),
    Errand("What happened in 2023?", 4, what_happened_in_2023),
    Errand("Who is named in captions?", 5, people_in_captions),
    Errand("Which directive does the conclusion continue?", 2, what_a_document_continues),
    Errand("Is this an official source?", 1, who_answers_for_it),
    Errand("Put a list to the endpoint as a query.", 3, ask_the_list_as_a_query),
    Errand("Why is a statement held to be true?", 4, why_it_is_inferred),
)
MANNERS = (
    Manner("desk", "vi"),
    Manner("keyboard", "en", by_keyboard=True),
    Manner("phone without scripts", "vi", window=PHONE, with_scripts=False),
)


def test_there_are_twenty_errands() -> None:
    assert len({errand.question for errand in ERRANDS}) >= 20


@pytest.mark.parametrize("manner", MANNERS, ids=lambda manner: manner.name)
@pytest.mark.parametrize("errand", ERRANDS, ids=lambda errand: errand.walk.__name__)
def test_an_errand_is_done_in_few_steps(browser: Browser, site: Site, errand: Errand, manner: Manner) -> None:
    # Only what is kept in the reader's own browser needs a script.
    if errand.needs_scripts and not manner.with_scripts:
        return
    with visiting(browser, site, manner.language, manner.window, manner.with_scripts) as visit:
        reader = Reader(visit, manner.language, manner.by_keyboard)
        reader.start()
        errand.walk(reader)
        assert 0 < reader.steps <= errand.most_steps, f"{reader.steps} steps"
        assert visit.errors == []

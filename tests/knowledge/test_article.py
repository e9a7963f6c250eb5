"""The traps of the article on Lai Châu: what a hasty reading would get wrong, asked of the release.

Comes in: the real release. What is asked: numbers, dates, voices, names and offices are as the text has them; what is
our reading stands in notes; nothing ahead has happened. Our wording is compared with the text in `test_article_text`.
"""

from __future__ import annotations

import unicodedata

import pyoxigraph
import pytest

from tulieu.folding import fold
from tulieu.vocabulary import BASE_IRI, Names

from ..real_release import real_release

SLUG = "ttxvn-lai-chau-1"
PASSAGES = 43
CONFERENCE_DAY = '"2023-05-17"^^xsd:date'
# What the figures are worth: the name of the figure, the number, its datatype, the form in print.
FIGURES = (
    ("hoi-nghi", "8198", "integer", "8.198"),
    ("luot-nguoi", "431346", "integer", "431.346"),
    ("ty-le-hoc-tap", "98.7", "decimal", "98,7%"),
    ("ty-le-chuan-muc", "100", "decimal", "100%"),
    ("ty-le-khau-hieu", "57.6", "decimal", "57,6%"),
    ("don-vi-khau-hieu", "588", "integer", "588"),
    ("mo-hinh", "1093", "integer", "1.093"),
    ("mo-hinh-lanh-dao", "211", "integer", "211"),
    ("mo-hinh-tuyen-truyen", "94", "integer", "94"),
    ("mo-hinh-kinh-te", "273", "integer", "273"),
    ("mo-hinh-van-hoa", "284", "integer", "284"),
    ("kiem-tra", "441", "integer", "441"),
    ("giam-sat", "592", "integer", "592"),
    ("to-chuc", "483", "integer", "483"),
    ("can-bo", "1206", "integer", "1.206"),
    ("diem-cau", "8", "integer", "8"),
    ("tap-the", "15", "integer", "15"),
    ("ca-nhan", "36", "integer", "36"),
    ("ho-gia-dinh", "8", "integer", "8"),
)


class Release:
    """The real release, asked: terms come back as short texts (names without their base, literals as they are)."""

    def __init__(self, store: pyoxigraph.Store) -> None:
        self._store = store
        self._prefixes = {**dict(Names().prefixes), "p": f"{BASE_IRI}passage/{SLUG}/", "n": f"{BASE_IRI}note/{SLUG}/"}

    def rows(self, pattern: str, columns: str) -> set[tuple[str, ...]]:
        """The distinct solutions of a pattern; one text for each column, empty where unbound."""
        query = f"SELECT DISTINCT {columns} WHERE {{ {pattern} }}"
        found = self._store.query(query, prefixes=self._prefixes)
        assert isinstance(found, pyoxigraph.QuerySolutions)
        return {tuple(_short(term) for term in solution) for solution in found}

    def column(self, pattern: str, variable: str) -> set[str]:
        """The distinct values of one variable."""
        return {value for (value,) in self.rows(pattern, variable)}

    def holds(self, pattern: str) -> bool:
        """Tell whether a pattern has a solution."""
        return bool(self._store.query(f"ASK {{ {pattern} }}", prefixes=self._prefixes))


def _short(term: object) -> str:
    return "" if term is None else str(getattr(term, "value", "")).removeprefix(BASE_IRI).removeprefix("ontology#")


@pytest.fixture(scope="module")
def release() -> Release:
    """The release with all that follows from the knowledge files."""
    return Release(pyoxigraph.Store.read_only(str(real_release().store_path)))


## Time


def test_the_year_of_the_conference_stands_in_a_note_that_says_from_what(release: Release) -> None:
    conference = (
        "id:event-hoi-nghi-so-ket-01-kl-tw-lai-chau tl:hasTime ?time . GRAPH ?graph { ?time tl:earliestDay ?day }"
    )
    sources = release.rows(f"{conference} FILTER(!STRSTARTS(STR(?graph), '{BASE_IRI}graph/'))", "?graph ?day")
    assert sources == {(f"note/{SLUG}/conference-year", "2023-05-17")}
    grounds = release.column("n:conference-year tl:derivedFrom ?passage", "?passage")
    assert f"passage/{SLUG}/p04.s1" in grounds and len(grounds) > 1
    assert len(release.rows("n:conference-year tl:reason ?reason", "?reason")) == 2


def test_no_passage_states_the_day_with_its_year(release: Release) -> None:
    stated = "?passage a tl:Passage . GRAPH ?passage { ?thing ?property ?value }"
    assert release.holds(f"{stated} FILTER(CONTAINS(STR(?value), '17/5'))")
    assert not release.holds(
        f"{stated} FILTER(CONTAINS(STR(?value), '2023-05-17') || CONTAINS(STR(?value), '17/5/2023'))"
    )


def test_period_and_term_are_two_different_times(release: Release) -> None:
    span = "id:{} a tl:{} ; tl:printedForm ?form ; tl:earliestDay ?from ; tl:latestDay ?to"
    days = "?form ?from ?to"
    assert release.rows(span.format("period-2021-2025", "Period"), days) == {
        ("giai đoạn 2021-2025", "2021-01-01", "2025-12-31")
    }
    assert release.rows(span.format("term-2020-2025", "Term"), days) == {
        ("nhiệm kỳ 2020-2025", "2020-01-01", "2025-12-31")
    }
    assert not release.holds("?time a tl:Period, tl:Term")


def test_no_tenure_is_given_a_beginning_or_an_end(release: Release) -> None:
    assert len(release.column("?holding a tl:Holding", "?holding")) == 3
    assert not release.holds("?holding tl:begunBy|tl:endedBy|tl:hasTime ?anything ; a tl:Holding")


## Documents and speeches


def test_a_conclusion_is_a_document_and_concluding_remarks_are_a_speech(release: Release) -> None:
    assert release.holds("id:document-01-kl-tw-2021-05-18 a tl:Document ; tl:hasKind id:document-kind-conclusion")
    assert release.holds("id:event-ket-luan-hoi-nghi-lai-chau a tl:ConcludingRemarks, tl:Speech, tl:Event")
    assert not release.holds("?thing a tl:DocumentResource, tl:Event")
    assert not release.holds("?speech a tl:Event ; tl:hasKind id:document-kind-conclusion")


def test_the_directive_has_no_date_and_the_conclusion_that_continues_it_has(release: Release) -> None:
    directive, conclusion = "id:document-05-ct-tw-n1", "id:document-01-kl-tw-2021-05-18"
    assert release.column(f"{conclusion} tl:issuedAt/tl:earliestDay ?day", "?day") == {"2021-05-18"}
    assert not release.holds(f"{directive} tl:issuedAt ?time")
    assert not release.holds(f"{directive} tl:hasIssuance/tl:hasTime ?time")
    assert release.holds(f"?passage tl:leavesUnstated ?point . ?point tl:unstatedAbout {directive}")
    assert release.holds(f"{conclusion} tl:continues {directive} . {directive} tl:isContinuedBy {conclusion}")
    assert not release.holds(f"{directive} tl:continues ?any")


def test_the_conference_goes_back_to_both_documents(release: Release) -> None:
    numbers = "id:event-hoi-nghi-so-ket-01-kl-tw-lai-chau tl:goesBackTo/tl:documentNumber ?number"
    assert release.column(numbers, "?number") == {"01-KL/TW", "05-CT/TW"}


## Numbers


@pytest.mark.parametrize(("name", "value", "datatype", "printed"), FIGURES, ids=[row[0] for row in FIGURES])
def test_number_is_read_as_vietnamese_prints_it(
    release: Release, name: str, value: str, datatype: str, printed: str
) -> None:
    figure = f"id:figure-{SLUG}-{name} a tl:Figure ; tl:value ?value ; tl:printedForm ?printed"
    found = release.rows(f"{figure} BIND(STRAFTER(STR(DATATYPE(?value)), '#') AS ?type)", "?value ?type ?printed")
    assert found == {(value, datatype, printed)}


def test_attendances_are_not_people(release: Release) -> None:
    assert release.column(f"id:figure-{SLUG}-luot-nguoi tl:hasUnit ?unit", "?unit") == {"id/unit-attendance"}
    assert release.column("?figure tl:hasUnit id:unit-person ; tl:value ?value", "?value") == {"1206"}


def test_no_passage_prints_the_base_of_a_percentage(release: Release) -> None:
    percentages = release.column("?figure tl:hasUnit id:unit-percent", "?figure")
    assert len(percentages) == 3
    unstated = "?passage tl:leavesUnstated ?point . ?point tl:unstatedProperty tl:isShareOf ; tl:unstatedAbout ?figure"
    assert release.column(unstated, "?figure") == percentages
    assert not release.holds("?passage a tl:Passage . GRAPH ?passage { ?figure tl:isShareOf ?base }")
    assert release.holds(f"id:figure-{SLUG}-don-vi-khau-hieu tl:sameMatterAs id:figure-{SLUG}-ty-le-khau-hieu")


def test_the_base_that_we_derive_gives_the_percentage_when_rounded(release: Release) -> None:
    base = "GRAPH n:slogans-base { ?base tl:lowestValue ?low ; tl:highestValue ?high }"
    ((low, high),) = release.rows(base, "?low ?high")
    assert [count for count in range(900, 1200) if round(588 / count * 100, 1) == 57.6] == [int(low), int(high)]


def test_the_listed_models_do_not_add_up_and_the_list_says_that_it_is_open(release: Release) -> None:
    total = f"id:figure-{SLUG}-mo-hinh"
    parts = release.rows(f"?part tl:isPartOfFigure {total} ; tl:value ?value", "?part ?value")
    assert (len(parts), sum(int(value) for _, value in parts)) == (4, 862)
    assert release.column(f"{total} tl:value ?value", "?value") == {"1093"}
    assert release.column(f"{total} tl:isExhaustive ?all", "?all") == {"false"}
    assert release.holds(f"p:p08.s3 tl:leavesUnstated/tl:unstatedAbout {total}")


## Offices and the award


def test_the_office_that_confers_the_award_has_no_holder(release: Release) -> None:
    chair = "id:office-chu-tich-ubnd-tinh-lai-chau"
    assert release.column("GRAPH p:p18.s1 { ?award tl:conferredByOffice ?office }", "?office") == {
        "id/office-chu-tich-ubnd-tinh-lai-chau"
    }
    assert not release.holds(f"{chair} tl:hasBeenHeldBy ?person")
    assert not release.holds(f"?holding tl:heldOffice {chair}")
    assert release.holds(f"p:p18.s1 tl:leavesUnstated ?point . ?point tl:unstatedAbout {chair}")


def test_who_hands_the_award_over_is_not_who_confers_it(release: Release) -> None:
    presenter = "id:person-tong-thanh-hai"
    assert release.column(f"{presenter} tl:hasHeldOffice ?office", "?office") == {
        "id/office-pho-chu-tich-thuong-truc-ubnd-tinh-lai-chau"
    }
    roles = (
        f"?participation tl:participant {presenter} ; tl:inEvent ?award ; tl:hasRole ?role . ?award a tl:AwardConferral"
    )
    assert release.column(roles, "?role") == {"id/role-award-presenter"}
    assert not release.holds("?award tl:conferredInCapacity ?holding")


def test_each_group_of_recipients_has_its_number(release: Release) -> None:
    awarded = (
        "?group tl:receivedAwardIn ?award ; tl:isPopulationOf ?figure . ?figure tl:value ?value ; tl:hasUnit ?unit"
    )
    assert release.rows(awarded, "?value ?unit") == {
        ("15", "id/unit-collective"),
        ("36", "id/unit-individual"),
        ("8", "id/unit-household"),
    }


## Drives, anniversaries, foundings: what lies ahead has not happened


def test_one_drive_aims_at_four_anniversaries_that_all_lie_ahead(release: Release) -> None:
    assert release.column("?drive a tl:EmulationDrive", "?drive") == {"id/drive-thi-dua-lai-chau-n1"}
    marks = "?drive tl:aimsAt ?mark . ?mark tl:anniversaryYears ?years ; tl:fallsOn/tl:earliestDay ?day"
    assert release.rows(f"?drive a tl:EmulationDrive . {marks}", "?years ?day") == {
        ("70", "2023-12-12"),
        ("20", "2024-01-01"),
        ("115", "2024-06-28"),
        ("75", "2024-10-10"),
    }
    assert not release.holds(
        f"?mark a tl:Anniversary ; tl:fallsOn/tl:earliestDay ?day FILTER(?day <= {CONFERENCE_DAY})"
    )


def test_two_anniversaries_are_named_earlier_too(release: Release) -> None:
    early = "GRAPH ?passage { ?mark a tl:Anniversary } VALUES ?passage { p:p04.s1 p:p11.s3 }"
    assert release.column(early, "?mark") == {
        "id/anniversary-20-nam-chia-tach-tinh-lai-chau",
        "id/anniversary-70-nam-bac-ho-gui-thu",
    }


def test_nothing_ahead_has_happened(release: Release) -> None:
    ahead = f"?event a tl:Event ; tl:hasTime/tl:earliestDay ?day FILTER(?day > {CONFERENCE_DAY})"
    assert not release.holds(ahead)
    assert not release.holds("?thing a tl:Event . { ?thing a tl:Anniversary } UNION { ?thing a tl:Intention }")
    assert len(release.column("?plan a tl:PlannedAction", "?plan")) == 3


def test_two_foundings_of_the_province_and_one_of_the_party_organisation(release: Release) -> None:
    founded = "?event a tl:Founding ; tl:founds ?what ; tl:hasTime/tl:earliestDay ?day"
    assert release.rows(founded, "?what ?day") == {
        ("id/place-lai-chau", "1909-06-28"),
        ("id/place-lai-chau", "2004-01-01"),
        ("id/organ-dang-bo-tinh-lai-chau", "1949-10-10"),
    }
    assert release.holds("n:one-province tl:reason ?reason")


def test_committee_party_organisation_and_province_are_three_things(release: Release) -> None:
    kinds = (
        "VALUES ?thing { id:organ-tinh-uy-lai-chau id:organ-dang-bo-tinh-lai-chau id:place-lai-chau } ?thing a ?class"
    )
    classes = "VALUES ?class { tl:PartyCommittee tl:PartyOrganisation tl:AdministrativeUnit }"
    assert release.rows(f"{classes} {kinds}", "?thing ?class") == {
        ("id/organ-tinh-uy-lai-chau", "PartyCommittee"),
        ("id/organ-dang-bo-tinh-lai-chau", "PartyOrganisation"),
        ("id/place-lai-chau", "AdministrativeUnit"),
    }
    assert not release.holds("?one owl:sameAs ?other FILTER(?one != ?other)")


## Voices


def test_five_voices_and_the_metadata_are_told_apart(release: Release) -> None:
    voices = f"?passage tl:inArticle article:{SLUG} ; tl:hasVoice ?voice"
    assert release.column(voices, "?voice") == {
        f"id/voice-{name}" for name in ("stated", "reported", "planned", "proposed", "caption", "metadata")
    }
    assert len(release.rows(voices, "?passage ?voice")) == PASSAGES


def test_what_the_text_does_not_mark_is_marked_as_our_reading(release: Release) -> None:
    ours = f"?passage tl:inArticle article:{SLUG} ; tl:voiceMarking id:voice-marking-editor"
    readings = {name.rpartition("/")[2] for name in release.column(ours, "?passage")}
    reported = {"p06.s2", "p06.s3", "p08.s1", "p08.s2", "p08.s3", "p09.s1", "p09.s2"}
    assert readings == reported | {"p11.s2", "p11.s3", "p15.s2"}


def test_reports_and_proposals_say_whose_words_they_are_and_plans_have_no_speaker(release: Release) -> None:
    said = "?passage tl:hasVoice id:voice-{} . OPTIONAL {{ ?passage tl:accordingTo ?speaker }}"
    assert release.column(said.format("reported"), "?speaker") == {"id/document-bao-cao-so-ket-01-kl-tw-lai-chau-n1"}
    assert release.column(said.format("proposed"), "?speaker") == {"id/holding-le-van-luong-pho-bi-thu-thuong-truc"}
    assert release.column(said.format("planned"), "?speaker") == {""}
    unspoken = "?passage tl:hasVoice id:voice-planned ; tl:leavesUnstated/tl:unstatedProperty tl:putForwardBy"
    assert len(release.column(unspoken, "?passage")) == 3


def test_the_closing_sentence_changes_its_voice_in_the_middle(release: Release) -> None:
    halves = "?one tl:hasVoice ?first ; tl:end ?end . ?two tl:hasVoice ?second ; tl:start ?start"
    # Whole names: Oxigraph reads no prefixed name with two dots in it.
    sentence = f"VALUES (?one ?two) {{ (<{BASE_IRI}passage/{SLUG}/p15.s1.a> <{BASE_IRI}passage/{SLUG}/p15.s1.b>) }}"
    assert release.rows(f"{sentence} {halves} FILTER(?start - ?end = 1)", "?first ?second") == {
        ("id/voice-stated", "id/voice-proposed")
    }


## Pictures and names


def test_one_caption_stands_in_three_places(release: Release) -> None:
    same = "?one tl:hasVoice id:voice-caption ; tl:digest ?digest . ?two tl:digest ?digest FILTER(?one != ?two)"
    assert {name.rpartition("/")[2] for name in release.column(same, "?one")} == {
        "p02.caption",
        "p03.caption",
        "p17.caption",
    }
    assert release.holds("n:one-lead-picture tl:reason ?reason")


def test_picture_5_has_neither_caption_nor_credit(release: Release) -> None:
    pictures = f"?picture tl:printedIn article:{SLUG}"
    assert len(release.column(pictures, "?picture")) == 7
    lacking = f"{pictures} ; tl:pictureNumber ?number FILTER NOT EXISTS {{ ?picture tl:depicts|tl:credit ?any }}"
    assert release.column(lacking, "?number") == {"5"}
    assert release.column("?part tl:belongsToPicture ?picture . ?picture tl:pictureNumber 5", "?part") == {
        f"passage/{SLUG}/p16.alt"
    }


def test_three_names_are_one_person_and_a_note_says_so(release: Release) -> None:
    names = "id:person-ho-chi-minh tl:hasNameForm/tl:form ?form"
    assert release.column(names, "?form") == {"Bác", "Bác Hồ", "Hồ Chí Minh"}
    joined = "?source a ?kind . GRAPH ?source { id:person-ho-chi-minh tl:hasNameForm id:name-ho-chi-minh-bac }"
    assert release.column(f"VALUES ?kind {{ tl:Passage tl:Note }} {joined}", "?source") == {
        f"note/{SLUG}/names-of-ho-chi-minh"
    }


def test_both_ways_to_place_the_mark_lead_to_one_organ(release: Release) -> None:
    ours, other = "Tỉnh ủy Lai Châu", "Tỉnh uỷ Lai Châu"
    assert unicodedata.normalize("NFC", ours) != unicodedata.normalize("NFC", other)
    assert fold(ours) == fold(other)
    named = "?organ rdfs:label|skos:altLabel ?name FILTER(STR(?name) IN ('{}', '{}'))"
    assert release.rows(named.format(ours, other), "?organ ?name") == {
        ("id/organ-tinh-uy-lai-chau", ours),
        ("id/organ-tinh-uy-lai-chau", other),
    }


## Summaries


def test_every_passage_has_a_short_summary_in_both_languages(release: Release) -> None:
    summaries = f"?passage tl:inArticle article:{SLUG} ; tl:summary ?summary BIND(LANG(?summary) AS ?language)"
    found = release.rows(summaries, "?passage ?language ?summary")
    assert len({(passage, language) for passage, language, _ in found}) == len(found) == 2 * PASSAGES
    assert {language for _, language, _ in found} == {"en", "vi"}
    assert {summary for _, _, summary in found if len(summary.split()) > 20} == set()

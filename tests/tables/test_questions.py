"""Twenty competency questions answered from the CSV files alone, as a reader of a data frame would.

Comes in: the rows of the files, and the questions of `server/tulieu/sparql/examples`, put to the store as SPARQL. Both
must bring the same rows, in the words of the same language.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from importlib.resources import files
from itertools import product

import pytest

from tulieu.release import Release
from tulieu.store import Dataset
from tulieu.store import Table as Result
from tulieu.vocabulary import ONTOLOGY_IRI, Names

from .archive_tables import Row, open_store, read_tables, several

Tables = Mapping[str, Sequence[Row]]
Answer = Iterable[tuple[str, ...]]
ID = Names().thing_prefix
CONFERENCE = f"{ID}event-hoi-nghi-so-ket-01-kl-tw-lai-chau"
REPORT = f"{ID}document-bao-cao-so-ket-01-kl-tw-lai-chau-n1"


def by(rows: Iterable[Row], column: str) -> dict[str, list[Row]]:
    """The rows by what one column names: a thing has a row for each passage that speaks of it."""
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        for name in several(row[column]):
            found[name].append(row)
    return found


def all_of(rows: Iterable[Row], column: str) -> list[str]:
    """All that the rows hold in a column, each once."""
    return list(dict.fromkeys(value for row in rows for value in several(row[column])))


def of_articles(rows: Iterable[Row]) -> list[Row]:
    """What articles say, without what the archive adds."""
    return [row for row in rows if row["source_kind"] == "passage"]


def are(rows: Iterable[Row], local: str) -> list[Row]:
    """The rows of things of one class."""
    return [row for row in rows if f"{ONTOLOGY_IRI}#{local}" in several(row["class"])]


def the_conference(tables: Tables) -> Answer:
    for row in of_articles(are(tables["events"], "Conference")):
        yield from product(
            [row["event_vi"]], *(several(row[name]) for name in ("organised_by_vi", "time_printed", "mode_vi"))
        )


def parts_of_the_conference(tables: Tables) -> Answer:
    events = by(tables["events"], "event")
    for part in all_of(by(tables["events"], "part_of")[CONFERENCE], "event"):
        first = min(int(row["position"]) for row in of_articles(events[part]))
        yield events[part][0]["event_vi"], str(first)


def who_did_what(tables: Tables) -> Answer:
    for rows in by(tables["participations"], "participation").values():
        names = (all_of(rows, name) for name in ("participant_en", "role_en", "office_en", "event_en"))
        yield from product(*names)


def who_held_which_office_on_a_day(tables: Tables) -> Answer:
    for row in tables["holdings"]:
        days = zip(several(row["attested_at_earliest_day"]), several(row["attested_at_latest_day"]), strict=True)
        if any(first <= "2023-05-17" <= last for first, last in days):
            yield row["person_vi"], row["office_vi"]


def organs(tables: Tables) -> Answer:
    return ((row["organ_vi"], row["kind_vi"], row["level_vi"]) for row in tables["organs"] if row["level_vi"])


def organ_under_organ(tables: Tables) -> Answer:
    return ((row["organ_vi"], superior) for row in tables["organs"] for superior in several(row["superior_vi"]))


def documents_with_a_number(tables: Tables) -> Answer:
    for rows in by(tables["documents"], "document").values():
        numbers = [row["number"] for row in of_articles(rows) if row["number"]]
        names = (all_of(rows, name) for name in ("kind_vi", "issued_by_vi"))
        yield from product(numbers, *names, all_of(rows, "issued_at_earliest_day") or [""])


def which_document_continues_which(tables: Tables) -> Answer:
    documents = by(tables["documents"], "document")
    for row in tables["document_relations"]:
        if f"{ID}relation-kind-continues" in several(row["kind"]):
            earlier = [each for name in several(row["to_document"]) for each in documents[name]]
            later = documents[row["from_document"]]
            yield from product(*(all_of(later, "number"), all_of(earlier, "number"), all_of(earlier, "subject_line")))


def the_report(tables: Tables) -> Answer:
    documents, relations = by(tables["documents"], "document"), by(tables["document_relations"], "from_document")
    took_part = by(tables["participations"], "event")
    for row in are(tables["events"], "ReportPresentation"):
        for document, report in zip(several(row["document"]), several(row["document_vi"]), strict=True):
            reviewed = [
                each
                for relation in relations[document]
                if f"{ID}relation-kind-reviews" in several(relation["kind"])
                for name in several(relation["to_document"])
                for each in documents[name]
            ]
            presenters = all_of(took_part[row["event"]], "participant_vi")
            yield from product([report], presenters, all_of(reviewed, "number"))


def what_the_report_says(tables: Tables) -> Answer:
    for row in by(tables["passages"], "according_to")[REPORT]:
        yield row["paragraph"], row["voice_marking_vi"], row["summary_vi"]


def practice_models_not_listed(tables: Tables) -> Answer:
    whole = f"{ID}figure-ttxvn-lai-chau-1-mo-hinh"
    parts = {row["figure"]: Decimal(row["value"]) for row in by(tables["figures"], "part_of")[whole]}
    row = by(tables["figures"], "figure")[whole][0]
    listed = sum(parts.values())
    yield row["value"], str(listed), str(Decimal(row["value"]) - listed), row["exhaustive"]


def percentages_and_their_bases(tables: Tables) -> Answer:
    for row in of_articles(by(tables["figures"], "unit")[f"{ID}unit-percent"]):
        for printed, point in product(several(row["printed_form"]), several(row["not_stated_en"]) or [""]):
            yield printed, row["measure_en"], point


def derived_figures(tables: Tables) -> Answer:
    notes = by(tables["passages"], "passage")
    for row in by(tables["figures"], "status")[f"{ID}figure-status-derived"]:
        yield row["lowest_value"], row["highest_value"], row["unit_vi"], notes[row["passage"]][0]["reason_vi"]


def certificates_of_merit(tables: Tables) -> Answer:
    counted = by(tables["figures"], "figure_of")
    for award, rows in by(tables["awards"], "award").items():
        for group in all_of(rows, "recipient"):
            for figure in counted[award]:
                if group in several(figure["population"]):
                    yield figure["value"], figure["unit_vi"], figure["population_vi"]


def conferrer_and_presenter(tables: Tables) -> Answer:
    took_part = by(tables["participations"], "event")
    for award, rows in by(tables["awards"], "award").items():
        presented = by(took_part[award], "role")[f"{ID}role-award-presenter"]
        yield from product(
            all_of(rows, "conferred_by_office_vi"),
            *(all_of(presented, name) for name in ("participant_vi", "office_vi")),
        )


def plans(tables: Tables) -> Answer:
    passages = by(tables["passages"], "passage")
    for rows in by(are(tables["plans"], "PlannedAction"), "plan").values():
        for row, when in product(of_articles(rows), all_of(rows, "time_printed") or [""]):
            yield row["plan_en"], when, passages[row["passage"]][0]["voice_marking_en"]


def proposals_of_the_closing_speech(tables: Tables) -> Answer:
    closing = set(all_of(are(tables["events"], "ConcludingRemarks"), "event"))
    holdings = by(tables["holdings"], "holding")
    for rows in by(are(tables["plans"], "Proposal"), "plan").values():
        if closing & set(all_of(rows, "put_forward_in")):
            capacities = [each for name in all_of(rows, "put_forward_in_capacity") for each in holdings[name]]
            speakers = [*all_of(rows, "put_forward_by_vi"), *all_of(capacities, "person_vi")]
            yield from product(speakers, all_of(rows, "plan_vi"), all_of(rows, "actor_vi") or [""])


def told_by_captions_only(tables: Tables) -> Answer:
    for rows in by(tables["events"], "event").values():
        if {row["voice_en"] for row in of_articles(rows)} == {"caption"}:
            yield (rows[0]["event_vi"],)


def plans_without_a_speaker(tables: Tables) -> Answer:
    for row in are(tables["plans"], "PlannedAction"):
        if f"{ONTOLOGY_IRI}#putForwardBy" in several(row["not_stated_property"]):
            yield (row["plan_vi"],)


def people(tables: Tables) -> Answer:
    for rows in by(tables["persons"], "person").values():
        yield from product([rows[0]["person_vi"]], all_of(rows, "name_form") or [""])


# Each question, by the number of its file, and how the tables answer it.
QUESTIONS: tuple[tuple[str, Callable[[Tables], Answer]], ...] = (
    ("01", the_conference),
    ("06", parts_of_the_conference),
    ("07", who_did_what),
    ("11", who_held_which_office_on_a_day),
    ("14", organs),
    ("16", organ_under_organ),
    ("18", documents_with_a_number),
    ("20", which_document_continues_which),
    ("26", the_report),
    ("27", what_the_report_says),
    ("35", practice_models_not_listed),
    ("36", percentages_and_their_bases),
    ("38", derived_figures),
    ("49", certificates_of_merit),
    ("50", conferrer_and_presenter),
    ("55", plans),
    ("58", proposals_of_the_closing_speech),
    ("72", told_by_captions_only),
    ("75", plans_without_a_speaker),
    ("83", people),
)


def test_there_are_twenty_questions() -> None:
    assert len({number for number, _ in QUESTIONS}) == 20


@pytest.mark.parametrize(
    ("number", "answer"), QUESTIONS, ids=[f"{number}-{each.__name__}" for number, each in QUESTIONS]
)
def test_the_tables_answer_as_sparql_does(number: str, answer: Callable[[Tables], Answer], release: Release) -> None:
    folder = files("tulieu.sparql") / "examples"
    (question,) = (file for file in folder.iterdir() if file.name.startswith(f"{number}-"))
    asked = open_store(release).read_answer(question.read_text(encoding="utf-8"), Dataset(), 10_000)
    assert isinstance(asked, Result)
    expected = {tuple(row[name].value if name in row else "" for name in asked.columns) for row in asked.rows}
    assert len(expected) == asked.total > 0
    assert sorted(set(answer(read_tables(release)))) == sorted(expected)

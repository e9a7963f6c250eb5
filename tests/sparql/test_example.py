from pathlib import Path

import pytest

from tulieu.errors import KnowledgeError
from tulieu.release import Release
from tulieu.sparql.example import TOPICS, load_topics, read_example
from tulieu.sparql.functions import custom_functions
from tulieu.sparql.gate import Limits, check_query
from tulieu.store import Dataset, Store

EXAMPLES = Path(__file__).parents[2] / "server" / "tulieu" / "sparql" / "examples"
GOOD = "# Who?\n# Ai?\n# group: events\n\nSELECT * { ?s ?p ?o }\n"


def test_every_file_is_an_example_of_one_topic() -> None:
    topics = load_topics()
    assert [topic.name for topic in topics] == [name for name, _, _ in TOPICS]
    found = [example.name for topic in topics for example in topic.examples]
    assert sorted(found) == sorted(path.stem for path in EXAMPLES.glob("*.rq"))
    assert len(found) == len(set(found)) >= 20
    for topic in topics:
        assert len(topic.examples) >= 3
        assert [example.name for example in topic.examples] == sorted(example.name for example in topic.examples)


def test_every_topic_and_example_has_a_title_of_its_own_in_each_language() -> None:
    topics = load_topics()
    examples = [example for topic in topics for example in topic.examples]
    for language in ("vi", "en"):
        assert len({topic.titles[language] for topic in topics}) == len(topics)
        assert len({example.titles[language] for example in examples}) == len(examples)


def test_every_example_passes_the_gate_and_shows_no_head(sample: Release) -> None:
    for topic in load_topics():
        for example in topic.examples:
            check_query(example.query, Limits(65_536, 100, 20_000))
            assert example.query.startswith("PREFIX ") and "# group" not in example.query


def test_an_example_runs_where_the_archive_holds_nothing_of_it(sample: Release) -> None:
    store = Store(sample.store_path, functions=custom_functions(sample.search_path))
    for topic in load_topics():
        for example in topic.examples:
            store.read_answer(example.query, Dataset(), 1)


def test_a_file_is_read() -> None:
    topic, example = read_example("07-who.rq", GOOD)
    assert (topic, example.name, example.titles) == ("events", "07-who", {"vi": "Ai?", "en": "Who?"})
    assert example.query == "SELECT * { ?s ?p ?o }\n"


@pytest.mark.parametrize(
    ("text", "line", "expected"),
    [
        ("", 1, "question in English"),
        (GOOD.replace("# Who?", "# Who"), 1, "question in English"),
        (GOOD.replace("# Ai?", "SELECT"), 2, "question in Vietnamese"),
        ("# Who?\n# Ai?", 3, "the topic"),
        (GOOD.replace("# group: events", ""), 3, "the topic"),
        (GOOD.replace("events", "weather"), 3, "no topic is called 'weather'"),
    ],
)
def test_a_file_with_another_head_is_told_with_its_line(text: str, line: int, expected: str) -> None:
    with pytest.raises(KnowledgeError, match=expected) as raised:
        read_example("07-who.rq", text)
    assert (raised.value.file, raised.value.line) == ("07-who.rq", line)

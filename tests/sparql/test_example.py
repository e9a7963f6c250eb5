from tulieu.sparql.example import load_examples
from tulieu.sparql.gate import Limits, check_query
from tulieu.store import Dataset, Store

FEWEST = 10


def test_every_example_has_a_title_in_both_languages_and_runs(store: Store) -> None:
    examples = load_examples()
    assert len(examples) >= FEWEST
    for example in examples:
        assert example.title("vi") != example.title("en")
        check_query(example.query, Limits(65_536, 100, 20_000))
        store.read_answer(example.query, Dataset(), 1)

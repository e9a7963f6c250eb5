import threading

import pytest

from tulieu.sparql.execution import with_deep_stack


def test_a_call_runs_in_a_thread_of_its_own_and_gives_its_result() -> None:
    assert with_deep_stack(threading.get_ident) != threading.get_ident()


def test_an_error_comes_back_to_who_waits() -> None:
    def fail() -> None:
        raise ValueError("told")

    with pytest.raises(ValueError, match="told"):
        with_deep_stack(fail)


def test_the_stack_size_of_other_threads_is_left_alone() -> None:
    before = threading.stack_size()
    with_deep_stack(lambda: None)
    assert threading.stack_size() == before

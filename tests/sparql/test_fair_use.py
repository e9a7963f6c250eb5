import threading
from collections.abc import Callable

import pytest

from tulieu.errors import BusyError, CancelledError, FairUseError
from tulieu.sparql.answer import never
from tulieu.sparql.fair_use import FairUse, FairUseLimits, Place, client_of

from .processes import wait_until

FAR = 1e9


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def make(clock: Callable[[], float], places: int = 3, queue: int = 8, budget: float = 60.0) -> FairUse:
    return FairUse(FairUseLimits(places, queue, budget), clock)


def enter(fair_use: FairUse, client: str, deadline: float = FAR) -> Place:
    return fair_use.enter(client, deadline, never)


def enter_aside(fair_use: FairUse, client: str, entered: list[Place]) -> threading.Thread:
    """Queue up in a thread; the place is put into the list."""
    waiting = fair_use.waiting
    thread = threading.Thread(target=lambda: entered.append(enter(fair_use, client)))
    thread.start()
    assert wait_until(lambda: fair_use.waiting == waiting + 1)
    return thread


def use(fair_use: FairUse, clock: Clock, client: str, seconds: float) -> None:
    place = enter(fair_use, client)
    clock.now += seconds
    place.leave()


def test_the_61st_second_within_a_minute_is_refused_and_the_bucket_refills() -> None:
    clock = Clock()
    fair_use = make(clock)
    first, second = enter(fair_use, "a"), enter(fair_use, "a")
    clock.now += 29.5
    first.leave(), second.leave()
    use(fair_use, clock, "a", 1.0)
    assert fair_use.used("a") == pytest.approx(60.0)
    with pytest.raises(FairUseError, match="60 s of query time") as caught:
        enter(fair_use, "a")
    # The 59 s of the first two fall out of the window first, a minute after they were counted.
    assert caught.value.retry_after == pytest.approx(60, abs=1)
    enter(fair_use, "b").leave()
    clock.now += caught.value.retry_after
    enter(fair_use, "a").leave()
    assert fair_use.used("a") <= 1.0


def test_what_still_runs_counts_already() -> None:
    clock = Clock()
    fair_use = make(clock, budget=10)
    place = enter(fair_use, "a")
    clock.now += 10
    with pytest.raises(FairUseError):
        enter(fair_use, "a")
    place.leave()
    place.leave()
    assert fair_use.used("a") == pytest.approx(10)


def test_without_a_budget_nothing_is_refused() -> None:
    clock = Clock()
    fair_use = make(clock, budget=0)
    use(fair_use, clock, "a", 1e6)
    enter(fair_use, "a").leave()


def test_one_place_is_left_to_others_and_turns_go_round() -> None:
    fair_use = make(Clock(), places=3)
    first, second = enter(fair_use, "a"), enter(fair_use, "a")
    entered: list[Place] = []
    threads = [enter_aside(fair_use, "a", entered) for _ in range(2)]
    third = enter(fair_use, "b")
    threads.append(enter_aside(fair_use, "b", entered))
    # The other client's query came last and is next, because it has fewer at work.
    third.leave()
    threads[2].join()
    assert [place.client for place in entered] == ["b"]
    first.leave(), second.leave()
    for thread in threads:
        thread.join()
    assert [place.client for place in entered] == ["b", "a", "a"]
    assert fair_use.waiting == 0


def test_of_several_with_nothing_at_work_the_one_that_used_the_least_is_next() -> None:
    clock = Clock()
    fair_use = make(clock, places=1)
    for client, seconds in (("a", 20.0), ("b", 10.0), ("c", 10.0)):
        use(fair_use, clock, client, seconds)
    place = enter(fair_use, "d")
    entered: list[Place] = []
    threads = [enter_aside(fair_use, client, entered) for client in "aacbbe"]
    place.leave()
    for number in range(6):
        assert wait_until(lambda number=number: len(entered) > number)
        entered[number].leave()
    for thread in threads:
        thread.join()
    # Of those that used the same, the one that came first.
    assert [place.client for place in entered] == ["e", "c", "b", "b", "a", "a"]


@pytest.mark.parametrize(("waited", "order"), [(9.0, "ba"), (11.0, "ab")])
def test_who_used_the_most_waits_no_longer_than_for_half_of_it(waited: float, order: str) -> None:
    clock = Clock()
    fair_use = make(clock, places=1)
    use(fair_use, clock, "a", 20.0)
    place = enter(fair_use, "d")
    entered: list[Place] = []
    threads = [enter_aside(fair_use, "a", entered)]
    clock.now += waited
    threads.append(enter_aside(fair_use, "b", entered))
    place.leave()
    for number in range(2):
        assert wait_until(lambda number=number: len(entered) > number)
        entered[number].leave()
    for thread in threads:
        thread.join()
    assert [place.client for place in entered] == list(order)


def test_the_queue_is_bounded_for_all_and_for_each() -> None:
    fair_use = make(Clock(), places=1, queue=4)
    place = enter(fair_use, "a")
    entered: list[Place] = []
    threads = [enter_aside(fair_use, client, entered) for client in "abcd"]
    with pytest.raises(FairUseError, match="1 of your queries wait"):
        enter(fair_use, "a")
    with pytest.raises(BusyError) as caught:
        enter(fair_use, "e")
    assert caught.value.retry_after >= 1
    place.leave()
    for number in range(4):
        assert wait_until(lambda number=number: len(entered) > number)
        entered[number].leave()
    for thread in threads:
        thread.join()
    enter(fair_use, "e").leave()


def test_who_waits_gives_up_at_the_deadline_or_with_the_client() -> None:
    clock = Clock()
    fair_use = make(clock, places=1)
    place = enter(fair_use, "a")
    with pytest.raises(BusyError):
        enter(fair_use, "b", clock.now)
    with pytest.raises(CancelledError):
        fair_use.enter("b", FAR, lambda: True)
    assert fair_use.waiting == 0
    place.leave()
    enter(fair_use, "b").leave()


def test_a_query_whose_turn_comes_when_the_budget_is_spent_is_refused() -> None:
    clock = Clock()
    fair_use = make(clock, places=1, budget=5)
    place = enter(fair_use, "a")
    errors: list[BaseException] = []

    def wait() -> None:
        try:
            enter(fair_use, "a")
        except FairUseError as error:
            errors.append(error)

    thread = threading.Thread(target=wait)
    thread.start()
    assert wait_until(lambda: fair_use.waiting == 1)
    clock.now += 6
    place.leave()
    thread.join()
    assert len(errors) == 1
    enter(fair_use, "b").leave()


def test_accounts_of_clients_that_are_done_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tulieu.sparql.fair_use._MOST_ACCOUNTS", 3)
    clock = Clock()
    fair_use = make(clock)
    staying = enter(fair_use, "staying")
    for client in "abcdef":
        use(fair_use, clock, client, 1.0)
        clock.now += 100
    assert len(fair_use._accounts) <= 4
    assert fair_use.used("staying") > 600
    staying.leave()


@pytest.mark.parametrize(
    ("address", "client"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("not an address", "not an address"),
    ],
)
def test_a_client_is_an_address_or_a_network(address: str, client: str) -> None:
    assert client_of(address) == client

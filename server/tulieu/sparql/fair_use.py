"""Who may ask next: the query-seconds of each client, and the queue before the query processes.

Comes in: a client's address with each query. Goes out: a `Place`, once it is the query's turn, or an error that says
when to come back. A client may use so many seconds of query time within a window; they are counted to the end of each
query and while it runs, second by second in a ring, so that the account of a client has a fixed size. The queue is
bounded. The next turn goes to the client that has the fewest queries at work, of several such to the one that has used
the least time, less what it has waited, so one that sends many does not keep others waiting, nor do they all keep it
waiting without end; and one place is always left to others.
"""

import ipaddress
import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import count

from tulieu.errors import BusyError, CancelledError, FairUseError

TICK = 0.05
# One network is one client: a household or a desk commands as many addresses as it likes below this length.
_IPV6_PREFIX = 64
# A second of waiting makes up for so many of use: who has used the most has its turn before its time is over.
_WORTH_OF_WAITING = 2.0
# A client fills at most this part of the queue.
_QUEUE_PART = 4
_MOST_ACCOUNTS = 10_000


@dataclass(frozen=True)
class FairUseLimits:
    """What is fair: `budget` query-seconds for each client within `window` seconds (budget 0: no limit)."""

    places: int
    queue: int = 64
    budget: float = 60.0
    window: int = 60

    @property
    def places_each(self) -> int:
        """How many queries of one client run at once: all but one place, if there is more than one."""
        return max(self.places - 1, 1)

    @property
    def waiting_each(self) -> int:
        """How many queries of one client may wait."""
        return max(self.queue // _QUEUE_PART, min(self.queue, 1))


@lru_cache(maxsize=1024)
def client_of(address: str) -> str:
    """Name the client behind an address: the address, for IPv6 its network."""
    try:
        parsed = ipaddress.ip_address(address.split("%")[0])
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, _IPV6_PREFIX), strict=False))
    return str(parsed)


@dataclass
class _Account:
    """What one client has used: seconds by the second in which they were counted; its queries at work and in the queue,
    by their numbers.
    """

    used: dict[int, float] = field(default_factory=dict)
    used_in_all: float = 0.0
    started: dict[int, float] = field(default_factory=dict)
    waiting: "dict[int, Ticket]" = field(default_factory=dict)


@dataclass(eq=False)
class Ticket:
    """A query in the queue."""

    number: int
    client: str
    # Told, once, that its turn has come; from any thread, and it must not take long.
    call: Callable[[], None]
    since: float
    is_called: bool = False


@dataclass(frozen=True)
class Place:
    """A query's place at a process; leave it once the process is done with it, more often does no harm."""

    number: int
    client: str
    leave: Callable[[], None]


class FairUse:
    """The accounts of all clients and the one queue."""

    def __init__(self, limits: FairUseLimits, clock: Callable[[], float] = time.monotonic) -> None:
        self._limits = limits
        self._clock = clock
        self._lock = threading.Lock()
        self._numbers = count(1)
        self._accounts: dict[str, _Account] = {}
        # Those with queries in the queue, by client.
        self._queued: dict[str, _Account] = {}
        self._running = 0

    @property
    def waiting(self) -> int:
        """How many queries wait for their turn."""
        with self._lock:
            return self._count_waiting()

    def used(self, client: str) -> float:
        """The query-seconds that a client has used within the window that ends now."""
        with self._lock:
            account = self._accounts.get(client)
            return self._sum(account, self._clock()) if account else 0.0

    def enter(self, client: str, deadline: float, cancelled: Callable[[], bool]) -> Place:
        """Wait for the turn of a query; raise FairUseError, BusyError or, when the client leaves, CancelledError."""
        called = threading.Event()
        ticket = self.queue_up(client, called.set)
        try:
            while not called.wait(TICK):
                self.check_patience(deadline, cancelled)
        except BaseException:
            self.give_back(ticket)
            raise
        return self.take_place(ticket)

    def queue_up(self, client: str, call: Callable[[], None]) -> Ticket:
        """Begin to wait for a turn; `call` tells that it has come. Then `take_place`, or in any case `give_back`."""
        with self._lock:
            ticket = self._queue_up(client, call)
            self._call_next()
        return ticket

    def check_patience(self, deadline: float, cancelled: Callable[[], bool]) -> None:
        """Raise the reason why a query is not to wait any longer, if there is one."""
        if cancelled():
            raise CancelledError("The client left before its query was started.")
        if self._clock() >= deadline:
            raise BusyError(
                "Other queries kept all query processes busy until the time of this one was over. Send it again later.",
                retry_after=5,
            )

    def take_place(self, ticket: Ticket) -> Place:
        """Take the place to which a ticket was called."""
        client = ticket.client
        with self._lock:
            account = self._accounts[client]
            spent = self._refusal(account)
            if spent:
                self._free(ticket, account)
                raise spent
        return Place(ticket.number, client, lambda: self._leave(ticket))

    def _queue_up(self, client: str, call: Callable[[], None]) -> Ticket:
        account = self._accounts.get(client)
        if account is None:
            self._forget_idle_clients()
            account = self._accounts[client] = _Account()
        refusal = self._refusal(account)
        if refusal:
            raise refusal
        limits = self._limits
        is_next = self._running < limits.places and len(account.started) < limits.places_each and not self._queued
        if not is_next:
            if len(account.waiting) >= limits.waiting_each:
                raise FairUseError(
                    f"{len(account.waiting)} of your queries wait already, and {len(account.started)} run. "
                    "Send the next one when they are answered."
                )
            waiting = self._count_waiting()
            if waiting >= limits.queue:
                raise BusyError(
                    f"{waiting} queries wait already; no more are taken in. Send yours again later.",
                    retry_after=5,
                )
        ticket = Ticket(next(self._numbers), client, call, self._clock())
        account.waiting[ticket.number] = ticket
        self._queued[client] = account
        return ticket

    def _count_waiting(self) -> int:
        return sum(len(each.waiting) for each in self._queued.values())

    def _call_next(self) -> None:
        while self._queued and self._running < self._limits.places:
            now = self._clock()
            able = [each for each in self._queued.values() if len(each.started) < self._limits.places_each]
            if not able:
                return
            account = min(able, key=lambda each: self._rank(each, now))
            chosen = next(iter(account.waiting.values()))
            self._unqueue(chosen, account)
            account.started[chosen.number] = now
            self._running += 1
            chosen.is_called = True
            chosen.call()

    def _rank(self, account: _Account, now: float) -> tuple[int, float, int]:
        first = next(iter(account.waiting.values()))
        return len(account.started), self._sum(account, now) - _WORTH_OF_WAITING * (now - first.since), first.number

    def _unqueue(self, ticket: Ticket, account: _Account) -> None:
        del account.waiting[ticket.number]
        if not account.waiting:
            del self._queued[ticket.client]

    def _leave(self, ticket: Ticket) -> None:
        with self._lock:
            account = self._accounts[ticket.client]
            started = account.started.get(ticket.number)
            if started is not None:
                now = self._clock()
                second = math.floor(now)
                account.used[second] = account.used.get(second, 0.0) + now - started
                account.used_in_all += now - started
                self._free(ticket, account)

    def give_back(self, ticket: Ticket) -> None:
        """Wait no longer."""
        with self._lock:
            account = self._accounts[ticket.client]
            if ticket.number in account.waiting:
                self._unqueue(ticket, account)
            elif ticket.number in account.started:
                # Called at the very moment in which it gave up.
                self._free(ticket, account)

    def _free(self, ticket: Ticket, account: _Account) -> None:
        del account.started[ticket.number]
        self._running -= 1
        self._call_next()

    def _sum(self, account: _Account, now: float) -> float:
        oldest = math.floor(now) - self._limits.window
        # They stand in their order: each query ends later than the one before it.
        while account.used and (second := next(iter(account.used))) <= oldest:
            account.used_in_all -= account.used.pop(second)
        if not account.used:
            # What adding and subtracting have left over.
            account.used_in_all = 0.0
        running = account.started
        return account.used_in_all + (len(running) * now - sum(running.values()) if running else 0.0)

    def _refusal(self, account: _Account) -> FairUseError | None:
        budget, window = self._limits.budget, self._limits.window
        if budget <= 0:
            return None
        now = self._clock()
        used = self._sum(account, now)
        if used < budget:
            return None
        # The oldest seconds fall out of the window one by one; what still runs will be counted for a window to come.
        retry_after = window
        for second, seconds in sorted(account.used.items()):
            used -= seconds
            if used < budget:
                retry_after = math.ceil(second + window + 1 - now)
                break
        return FairUseError(
            f"Your queries took {budget:g} s of query time within the last {window} s, which is what one client may "
            f"use. Send the next one in {retry_after} s.",
            retry_after=max(retry_after, 1),
        )

    def _forget_idle_clients(self) -> None:
        if len(self._accounts) >= _MOST_ACCOUNTS:
            now = self._clock()
            for client, account in list(self._accounts.items()):
                if not account.started and not account.waiting and not self._sum(account, now):
                    del self._accounts[client]

"""What is read of a release once, since a release never changes.

Comes in: a function that reads from a release. Goes out: the same function, which remembers what it read for as long as
the release is open.
"""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar
from weakref import WeakKeyDictionary

from tulieu.pages.knowledge import Knowledge

Read = TypeVar("Read")


def once_for_each_release(read: Callable[[Knowledge], Read]) -> Callable[[Knowledge], Read]:
    """Keep what was read of a release for as long as it is open."""
    kept: WeakKeyDictionary[Knowledge, Read] = WeakKeyDictionary()

    @wraps(read)
    def look_up(knowledge: Knowledge) -> Read:
        if knowledge not in kept:
            kept[knowledge] = read(knowledge)
        return kept[knowledge]

    return look_up

"""A memory for what was met last, up to a total size."""

from collections import OrderedDict
from typing import Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


class Recent(Generic[Key, Value]):
    """Remember values by key; beyond a total size forget those that were asked for longest ago.

    `functools.lru_cache` counts its entries; here an entry may weigh more than another.

    Examples
    --------
    >>> recent = Recent(most=5)
    >>> recent.put("a", 1, size=2), recent.put("b", 2, size=3), recent.get("a"), recent.put("c", 3)
    (1, 2, 1, 3)
    >>> recent.get("a"), recent.get("b"), recent.get("c")
    (1, None, 3)
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._size = 0
        self._entries: OrderedDict[Key, tuple[Value, int]] = OrderedDict()

    def get(self, key: Key) -> Value | None:
        """Return what is remembered under `key`, or None."""
        if key not in self._entries:
            return None
        self._entries.move_to_end(key)
        return self._entries[key][0]

    def put(self, key: Key, value: Value, size: int = 1) -> Value:
        """Remember a value under a new key and return it; the newest is kept however large it is."""
        self._entries[key] = (value, size)
        self._size += size
        while self._size > self._most and len(self._entries) > 1:
            _, (_, freed) = self._entries.popitem(last=False)
            self._size -= freed
        return value

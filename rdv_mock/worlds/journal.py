"""The journal of a world: the last calls that it received, bounded in number and in bytes.

Secrets are masked when a call is read, since few calls ever are. No other way to read one exists.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from heapq import nlargest
from typing import TYPE_CHECKING, NamedTuple
from weakref import WeakSet

if TYPE_CHECKING:
    from rdv_mock.worlds.masking import Shown

JOURNAL_SIZE = 1_000
LARGEST_BODY = 1024 * 1024
"""The most bytes kept of a body, and of a head, unless the settings say otherwise."""
LARGEST_SHARE = 64 * 1024 * 1024
"""The most bytes that one world keeps."""
LARGEST_MEMORY = 256 * 1024 * 1024
"""The most bytes that all worlds keep together, unless the settings say otherwise."""
LONGEST_PATH = 2 * 1024
"""The most characters kept of a path."""
WEIGHT_OF_A_HEADER = 128
"""Bytes of memory that a header takes besides its text."""
LIGHT_HEAD = 4 * 1024
"""The most bytes of a head that stay when its body is dropped."""
LEAST_GAIN = 64 * 1024
"""The least bytes that the fullest world gives back at a time."""


class Message:
    """A request or an answer: the kept parts of its head and body; it shows no secret."""

    __slots__ = ("_body", "_headers", "_is_head_cut", "_query", "size", "weight")

    def __init__(
        self,
        headers: Sequence[tuple[bytes, bytes]],
        body: bytes,
        query: bytes = b"",
        *,
        size: int | None = None,
        largest: int = LARGEST_BODY,
    ) -> None:
        """Keep at most `largest` bytes of head and of body; `size` is that of the whole body."""
        self.size = len(body) if size is None else size
        self._body = body if len(body) <= largest else body[:largest]
        self._headers, self._query = headers, query
        head = _head_size(headers, query)
        self._is_head_cut = head > largest
        if self._is_head_cut:
            self._query = query[:largest]
            self._headers = _beginning(headers, largest - len(self._query))
            head = _head_size(self._headers, self._query)
        self.weight = head + len(self._headers) * WEIGHT_OF_A_HEADER + len(self._body)
        """The memory that it takes, roughly."""

    @property
    def is_cut(self) -> bool:
        """Whether a part of the head or of the body is not kept."""
        return self._is_head_cut or self.size > len(self._body)

    @property
    def kept(self) -> int:
        """The number of kept bytes of the body."""
        return len(self._body)

    def forget_body(self) -> int:
        """Drop the body, and a large head as well; return the bytes that are freed."""
        gone, self._body = len(self._body), b""
        self.weight -= gone
        return gone + self.forget_head() if self.weight > LIGHT_HEAD else gone

    def forget_head(self) -> int:
        """Drop headers and query; return the bytes that are freed."""
        gone, self.weight = self.weight - len(self._body), len(self._body)
        self._is_head_cut = self._is_head_cut or gone > 0
        self._headers, self._query = (), b""
        return gone

    @property
    def header_list(self) -> list[tuple[str, str]]:
        """The headers, names and values, in their order."""
        from rdv_mock.worlds.masking import masked_headers  # noqa: PLC0415 - few calls are looked at

        return masked_headers(self._headers)

    @property
    def headers(self) -> dict[str, str]:
        """The headers by name; of several with one name, the last."""
        return dict(self.header_list)

    def _header(self, name: bytes) -> str:
        found = (value for known, value in self._headers if known.lower() == name)
        return next(found, b"").decode("latin-1")

    @property
    def media_type(self) -> str:
        """The Content-Type, as it was sent."""
        return self._header(b"content-type")

    @property
    def shown(self) -> "Shown":
        """The kept part of the body, and what was done to it to show it."""
        from rdv_mock.worlds.masking import masked_body  # noqa: PLC0415 - as above

        return masked_body(self._body, self.media_type, self._header(b"content-encoding"))

    @property
    def body(self) -> str:
        """The kept part of the body, as text."""
        return self.shown.text

    @property
    def raw(self) -> bytes:
        """The kept bytes of the body, unmasked: read `shown` first, which says if that is right."""
        return self._body

    @property
    def query(self) -> str:
        """The query of the address, as it was sent."""
        from rdv_mock.worlds.masking import masked_query  # noqa: PLC0415 - as above

        return masked_query(self._query.decode("latin-1"))


def _head_size(headers: Sequence[tuple[bytes, bytes]], query: bytes) -> int:
    return sum([len(name) + len(value) for name, value in headers], len(query))


def _beginning(headers: Sequence[tuple[bytes, bytes]], room: int) -> list[tuple[bytes, bytes]]:
    """The first headers, up to `room` bytes; the last one is cut."""
    kept = []
    for name, value in headers:
        room -= len(name)
        if room <= 0:
            break
        kept.append((name, value[:room]))
        room -= len(value)
    return kept


class Entry(NamedTuple):
    """A call: its time on the world's clock and in reality, what it asked, and the answer."""

    at: datetime
    real_at: datetime
    method: str
    path: str
    operation: str | None
    employe: str | None
    status: int
    code: str | None
    incident: str | None
    duration_ms: float
    request: Message
    response: Message

    @property
    def shown_path(self) -> str:
        """The path, with secrets masked."""
        from rdv_mock.worlds.masking import masked_path  # noqa: PLC0415 - few calls are looked at

        return masked_path(self.path)


class Memory:
    """The bounds that the journals of a server share: bytes together, and bytes of one body."""

    def __init__(self, largest_body: int = LARGEST_BODY, most: int = LARGEST_MEMORY) -> None:
        self.largest_body = largest_body
        self._most = most
        self.held = 0
        self._journals: WeakSet[Journal] = WeakSet()

    def share(self, journal: "Journal") -> None:
        """Count a journal among those that share the bounds."""
        self._journals.add(journal)

    def make_room(self) -> None:
        """Drop what is over the bound, from the fullest journal first."""
        while self.held > self._most:
            fullest, *others = nlargest(2, self._journals, key=lambda journal: journal.held)
            next_one = others[0].held if others else 0
            enough = fullest.held - (self.held - self._most)
            fullest.lighten(to=max(0, enough, next_one - LEAST_GAIN))


class Listener:
    """Receives each entry that is added from now on; keeps the newest `most` until they are read.

    All that follows a journal does so with a listener: a wait, a stream, a run.
    """

    __slots__ = ("_arrived", "_entries", "_has_ended")

    def __init__(self, most: int, *, has_ended: bool) -> None:
        self._arrived = asyncio.Event()
        self._entries: deque[Entry] = deque(maxlen=most)
        self._has_ended = has_ended

    async def hear(self) -> Sequence[Entry]:
        """The entries since the last time, oldest first, once there is one.

        Nothing once the journal has ended, and all of it was heard.
        """
        while not self._entries and not self._has_ended:
            self._arrived.clear()
            await self._arrived.wait()
        heard = [*self._entries]
        self._entries.clear()
        return heard

    def tell(self, entry: Entry) -> None:
        """Take one more entry."""
        self._entries.append(entry)
        self._arrived.set()

    def end(self) -> None:
        """Expect no more."""
        self._has_ended = True
        self._arrived.set()


class Journal:
    """A ring of the last entries, newest first, with listeners for the next ones.

    Over the bounds, the oldest entries lose their bodies and large heads, then their heads. The
    rest of an entry stays.
    """

    def __init__(self, size: int = JOURNAL_SIZE, memory: Memory | None = None) -> None:
        self.size = size
        self.memory = memory or Memory()
        self.held = 0
        self._bare: deque[Entry] = deque()
        self._light: deque[Entry] = deque()
        self._whole: deque[Entry] = deque()
        self._listeners: set[Listener] = set()
        self._has_ended = False
        self.memory.share(self)

    def another(self) -> "Journal":
        """An empty journal, for another world of the same server."""
        return Journal(self.size, self.memory)

    def __iter__(self) -> Iterator[Entry]:
        """The entries of this moment, newest first; later ones do not appear."""
        kept = (self._whole, self._light, self._bare)
        return iter([entry for some in kept for entry in list(reversed(some))])

    def add(self, entry: Entry) -> None:
        """Add an entry; the oldest one is dropped from a full ring."""
        if self._has_ended:
            return
        self._whole.append(entry)
        self._weigh(entry.request.weight + entry.response.weight)
        if len(self._whole) + len(self._light) + len(self._bare) > self.size:
            oldest = (self._bare or self._light or self._whole).popleft()
            self._weigh(-oldest.request.weight - oldest.response.weight)
        if self.held > LARGEST_SHARE:
            self.lighten(to=LARGEST_SHARE)
        self.memory.make_room()
        for listener in self._listeners:
            listener.tell(entry)

    def _weigh(self, weight: int) -> None:
        self.held += weight
        self.memory.held += weight

    def lighten(self, *, to: int) -> None:
        """Drop the oldest bodies, then the oldest heads, until at most `to` bytes are held."""
        while self.held > to and self._whole:
            entry = self._whole.popleft()
            self._weigh(-entry.request.forget_body() - entry.response.forget_body())
            self._light.append(entry)
        while self.held > to and self._light:
            entry = self._light.popleft()
            self._weigh(-entry.request.forget_head() - entry.response.forget_head())
            self._bare.append(entry)

    def clear(self) -> None:
        """Remove all entries."""
        for entries in (self._bare, self._light, self._whole):
            entries.clear()
        self._weigh(-self.held)

    def __del__(self) -> None:
        """Give back the bytes of a journal that was never ended."""
        self.memory.held -= self.held

    def end(self) -> None:
        """Remove all entries, and tell the listeners that none will follow."""
        self._has_ended = True
        self.clear()
        for listener in self._listeners:
            listener.end()

    @contextmanager
    def listen(self) -> Iterator[Listener]:
        """A listener for the entries that are added meanwhile, and for the end of the journal.

        A slow listener misses the oldest entries: the ring's size bounds what is kept for it.
        """
        listener = Listener(self.size, has_ended=self._has_ended)
        self._listeners.add(listener)
        try:
            yield listener
        finally:
            self._listeners.remove(listener)

    def find(self, wanted: Callable[[Entry], bool]) -> list[Entry]:
        """The entries that meet a condition, newest first."""
        return [entry for entry in self if wanted(entry)]

    async def wait_for(self, wanted: Callable[[Entry], bool], *, seconds: float) -> list[Entry]:
        """The entries that meet a condition, newest first, as soon as there is one.

        An empty list when none comes within `seconds` of real time, or before the journal ends.
        """
        with self.listen() as listener:
            try:
                async with asyncio.timeout(seconds):
                    while not (found := self.find(wanted)) and await listener.hear():
                        pass
            except TimeoutError:
                return []
        return found

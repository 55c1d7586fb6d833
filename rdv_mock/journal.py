"""The journal of a world: the last calls that it received, bounded.

Few calls are ever looked at: secrets are masked when one is, and there is no other way to look.
"""

import asyncio
import re
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from urllib.parse import unquote_plus

JOURNAL_SIZE = 1_000
LARGEST_BODY = 16 * 1024
"""Bytes of a body that are kept."""

FORM = "application/x-www-form-urlencoded"
PARTS = "multipart/"
MASK = "***"
_NAMES = (
    "access_token|refresh_token|id_token|client_secret|password|motDePasse|code_verifier|code|token"
    "|id_token_hint"
)
_REFUSAL = r'(?<="code")\s*:\s*"[A-Z][A-Z0-9_.-]*"'
_IN_JSON = re.compile(rf'("(?:{_NAMES})"(?!{_REFUSAL})\s*:\s*")(?:[^"\\]|\\.)*')
_NUMBER_IN_JSON = re.compile(rf'("(?:{_NAMES})"\s*:\s*)-?[0-9][0-9.eE+-]*')
_IN_ADDRESS = re.compile(rf"((?:^|[?&;#])(?:{_NAMES})=)[^&\s\"]*", re.MULTILINE)
_IN_PARTS = re.compile(
    rf'(\bname="?(?:{_NAMES})"?(?=[;\r\n])(?:[^\r\n]+\r?\n)+\r?\n).*?(?=\r?\n--|\Z)', re.DOTALL
)
_IN_PAGE = re.compile(rf'(\bname="(?:{_NAMES})" value=")[^"]*')
_SECRETS = frozenset(_NAMES.split("|"))
_SECRET_HEADERS = {"authorization", "cookie", "set-cookie", "proxy-authorization"}


def masked(text: str) -> str:
    """A body or an address without its secrets."""
    text = _NUMBER_IN_JSON.sub(rf'\g<1>"{MASK}"', _IN_JSON.sub(rf"\g<1>{MASK}", text))
    return _IN_ADDRESS.sub(rf"\g<1>{MASK}", text)


def masked_form(text: str) -> str:
    """A query or a form without its secrets, however their names are written."""
    return masked("&".join(map(_masked_pair, text.split("&"))))


def masked_parts(text: str) -> str:
    """A form in parts (`multipart/form-data`) without its secrets."""
    return masked(_IN_PARTS.sub(rf"\g<1>{MASK}", text))


def masked_page(text: str) -> str:
    """A page without the secrets that its form is to send."""
    return masked(_IN_PAGE.sub(rf"\g<1>{MASK}", text))


_MASKS = ((FORM, masked_form), (PARTS, masked_parts), ("text/html", masked_page), ("", masked))
"""By the beginning of the media type."""


def _masked_pair(pair: str) -> str:
    name, is_given, value = pair.partition("=")
    is_secret = is_given and unquote_plus(name) in _SECRETS
    return name + is_given + (MASK if is_secret else value)


def masked_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Headers without their secrets; of an Authorization, the scheme stays."""
    shown = {}
    for name, value in headers.items():
        if name.lower() in _SECRET_HEADERS:
            scheme, _, rest = value.partition(" ")
            shown[name] = f"{scheme} {MASK}" if rest and name.lower() == "authorization" else MASK
        else:
            shown[name] = masked(value)
    return shown


class Message:
    """One side of a call: headers, and as much of its body as is kept; shows no secret."""

    __slots__ = ("_body", "_headers", "_query")

    def __init__(
        self, headers: Sequence[tuple[bytes, bytes]], body: bytes, query: bytes = b""
    ) -> None:
        self._headers = headers
        self._body = body
        self._query = query

    @property
    def headers(self) -> dict[str, str]:
        """By their names; of several with one name, the last."""
        return masked_headers(
            {name.decode("latin-1"): value.decode("latin-1") for name, value in self._headers}
        )

    @property
    def body(self) -> str:
        """What is kept of it."""
        content_type = self.headers.get("content-type", "").lower()
        mask = next(mask for kind, mask in _MASKS if content_type.startswith(kind))
        return mask(self._body.decode(errors="replace"))

    @property
    def size(self) -> int:
        """Bytes of the whole body, or -1 where perhaps not all of it was kept."""
        return len(self._body) if len(self._body) < LARGEST_BODY else -1

    @property
    def query(self) -> str:
        """As it stood in the address."""
        return masked_form(self._query.decode("latin-1"))


class Entry(NamedTuple):
    """One call: when, by the world's clock and really, what, by whom, and how it was answered."""

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


class Journal:
    """A ring of the last entries, newest first; somebody may wait for the next one."""

    def __init__(self, size: int = JOURNAL_SIZE) -> None:
        self.size = size
        self._entries: deque[Entry] = deque(maxlen=size)
        self._waiting: set[asyncio.Event] = set()
        self._has_ended = False

    def __iter__(self) -> Iterator[Entry]:
        """Newest first; those that there are now, whatever comes or goes meanwhile."""
        return iter(list(reversed(self._entries)))

    def add(self, entry: Entry) -> None:
        """Keep one more; the oldest one goes when there is no room."""
        self._entries.append(entry)
        self._wake()

    def clear(self) -> None:
        """Forget everything."""
        self._entries.clear()

    def end(self) -> None:
        """Say that nothing more will come: whoever waits goes away."""
        self._has_ended = True
        self._wake()

    def _wake(self) -> None:
        for arrived in self._waiting:
            arrived.set()

    def find(self, wanted: Callable[[Entry], bool]) -> list[Entry]:
        """Those that meet a condition, newest first."""
        return [entry for entry in self if wanted(entry)]

    async def wait_for(self, wanted: Callable[[Entry], bool], *, seconds: float) -> list[Entry]:
        """The same, once there is one, or after so many real seconds."""
        arrived = asyncio.Event()
        self._waiting.add(arrived)
        try:
            async with asyncio.timeout(seconds):
                while not (found := self.find(wanted)) and not self._has_ended:
                    await arrived.wait()
                    arrived.clear()
        except TimeoutError:
            return []
        finally:
            self._waiting.remove(arrived)
        return found

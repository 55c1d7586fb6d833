"""Long answers, written piece by piece: JSON is written without letting other threads run."""

from collections.abc import Iterable, Iterator
from http import HTTPStatus
from typing import Any

from pydantic_core import to_json
from starlette.types import Receive, Scope, Send
from typing_extensions import override

from rdv_mock.http.answers import Written
from rdv_mock.store.references import References
from rdv_mock.wire.base import Shape


def in_pieces(shell: Shape, key: str, items: Iterable[Shape]) -> Written:
    """The answer that a shape gives with these items in its list `key`, which is still empty."""
    head, _, rest = _json(shell).partition(b'"%b":[]' % key.encode())
    pieces = b",".join(map(_json, items))
    return Written(b'%b"%b":[%b]%b' % (head, key.encode(), pieces, rest), HTTPStatus.OK)


class Pieces(Written):
    """An answer that is sent piece by piece, each of which is forgotten: it is never whole."""

    def __init__(self, pieces: list[bytes], status: int) -> None:
        super().__init__(b"", status)
        self._pieces = pieces
        length = sum(map(len, pieces))
        self.raw_headers[0] = (b"content-length", b"%d" % length)

    @override
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        await send(
            {
                "type": "http.response.start",
                "status": self.status_code,
                "headers": self.raw_headers,
            }
        )
        for piece in taken_out(self._pieces):
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


def with_refs(shell: Shape, references: References, status: int = HTTPStatus.OK) -> Pieces:
    """The answer that a shape makes with every ref in its `refs`, which is empty yet."""
    head, empty, rest = _json(shell).partition(b'"refs":{}')
    pieces = [head + empty[:-1]]
    for refs in references.in_pieces():
        pieces += [to_json(refs)[1:-1], b","]
    return Pieces([*pieces[: max(1, len(pieces) - 1)], empty[-1:] + rest], status)


def taken_out(items: list[Any]) -> Iterator[Any]:
    """Yield the items of a list, and take each out of it."""
    items.reverse()
    while items:
        yield items.pop()


def _json(shape: Shape) -> bytes:
    return shape.model_dump_json(by_alias=True).encode()

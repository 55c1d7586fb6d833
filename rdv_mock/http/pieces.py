"""Answers that are too long to be written at once: a piece of JSON is written without a pause."""

from collections.abc import Iterable, Iterator
from http import HTTPStatus
from typing import Any

from rdv_mock.http.answers import Written
from rdv_mock.wire.base import Shape


def in_pieces(shell: Shape, key: str, items: Iterable[Shape]) -> Written:
    """The answer that a shape makes with these items in its list `key`, which is empty yet."""
    head, _, rest = _json(shell).partition(b'"%b":[]' % key.encode())
    pieces = b",".join(map(_json, items))
    return Written(b'%b"%b":[%b]%b' % (head, key.encode(), pieces, rest), HTTPStatus.OK)


def taken_out(items: list[Any]) -> Iterator[Any]:
    """The items of a list, each of which is forgotten once it has been used."""
    items.reverse()
    while items:
        yield items.pop()


def _json(shape: Shape) -> bytes:
    return shape.model_dump_json(by_alias=True).encode()

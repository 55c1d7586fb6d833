"""Answers before they are sent."""

from typing import NamedTuple

from starlette.responses import Response


class Answer(NamedTuple):
    """An answer in plain parts."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes


class Written(Response):
    """JSON that is written already; Starlette's work on the headers is left out."""

    def __init__(self, content: bytes, status: int, location: str | None = None) -> None:
        self.status_code = status
        self.body = content
        self.background = None
        self.raw_headers = [
            (b"content-length", b"%d" % len(content)),
            (b"content-type", b"application/json"),
        ]
        if location is not None:
            self.raw_headers.append((b"location", location.encode("latin-1")))

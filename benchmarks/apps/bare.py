"""The floor: uvicorn, and an application that answers every call with the same 201."""

import sys

from starlette.types import Receive, Scope, Send

from benchmarks.apps.under_uvicorn import serve


class Constant:
    """Answers so many bytes, whatever it is asked."""

    def __init__(self, size: int) -> None:
        self._body = b"x" * size
        self._headers = [
            (b"content-type", b"application/json"),
            (b"content-length", b"%d" % size),
        ]

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        """Answer one call."""
        await send({"type": "http.response.start", "status": 201, "headers": self._headers})
        await send({"type": "http.response.body", "body": self._body})


if __name__ == "__main__":
    serve(Constant(int(sys.argv[2])), int(sys.argv[1]))

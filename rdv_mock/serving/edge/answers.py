"""What the edge answers by itself, where no call could be made of what came."""

import json

from starlette.types import Message
from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from rdv_mock.errors import ApiError, Refusal
from rdv_mock.http.refusals import JSON, body_of, status_of
from rdv_mock.http.server import Server
from rdv_mock.http.surface import stamps_of
from rdv_mock.worlds.world import PRINCIPAL

Headers = list[tuple[bytes, bytes]]


def answer_of(server: Server, error: ApiError) -> tuple[int, Headers, bytes]:
    """Status, headers and body of a refusal after which the connection is closed."""
    world = server.worlds.get(PRINCIPAL)
    keys = world.error_keys if world else server.settings.error_keys
    content = json.dumps(body_of(Refusal(error), None, world, keys), ensure_ascii=False).encode()
    headers = [
        (b"content-type", JSON.encode()),
        (b"content-length", b"%d" % len(content)),
        (b"connection", b"close"),
        *stamps_of(server, world),
    ]
    return status_of(error, None, world), headers, content


def bytes_of(server: Server, error: ApiError) -> bytes:
    """The whole of that answer, as it travels."""
    status, headers, content = answer_of(server, error)
    lines = b"".join(b"%b: %b\r\n" % header for header in headers)
    return b"%b%b\r\n%b" % (STATUS_LINE[status], lines, content)


def messages_of(server: Server, error: ApiError) -> tuple[Message, Message]:
    """That answer, as an application gives it."""
    status, headers, content = answer_of(server, error)
    return (
        {"type": "http.response.start", "status": status, "headers": headers},
        {"type": "http.response.body", "body": content, "more_body": False},
    )

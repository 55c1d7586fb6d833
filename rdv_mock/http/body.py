"""Reading the body of a call: never more than its operation takes."""

from starlette.requests import ClientDisconnect

from rdv_mock.errors import ApiError, Detail, Refusal
from rdv_mock.http.aside import aside
from rdv_mock.http.call import Body, Head
from rdv_mock.http.refusals import JSON
from rdv_mock.http.traits import LARGEST_BODY
from rdv_mock.scenario import json_text
from rdv_mock.scenario.source import read_json
from rdv_mock.wire.problems import BODY


def check_announced_size(head: Head, largest: int) -> None:
    """Refuse a body that says to be larger, in bytes: CORPS_TROP_VOLUMINEUX."""
    announced = head.header(b"content-length")
    if announced.isdigit() and int(announced) > largest:
        raise Refusal(ApiError.CORPS_TROP_VOLUMINEUX)


async def read_body(head: Head, largest: int) -> bytes:
    """The whole body. Raises CORPS_TROP_VOLUMINEUX when it has more bytes than `largest`."""
    chunks, size, is_coming = [], 0, True
    while is_coming:
        message = await head.receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > largest:
            raise Refusal(ApiError.CORPS_TROP_VOLUMINEUX)
        chunks.append(chunk)
        is_coming = message.get("more_body", False)
    return b"".join(chunks)


async def cut_facts_out(head: Head, content: bytes, key: str) -> Body:
    """Read the large object `key` of a body by itself, in a thread; the rest is as any other body.

    Raises CORPS_TROP_VOLUMINEUX when that rest is too large.
    """
    check_json(head)
    cut = await aside(json_text.cut_out, content, key)
    if cut is None or len(cut[0]) > LARGEST_BODY:
        raise Refusal(ApiError.CORPS_TROP_VOLUMINEUX)
    rest, facts = cut
    return Body(rest, await aside(read_json, facts))


def check_json(head: Head) -> None:
    """Refuse a body that does not say that it is JSON: PARAMETRE_INVALIDE."""
    if head.media_type != JSON:
        raise Refusal(
            ApiError.PARAMETRE_INVALIDE,
            details=[Detail(BODY, f"doit être envoyé en {JSON}")],
        )

"""HEAD at the address of a GET: the same answer without its body."""

import pytest

from tests.support import CONTRATS, LIVRET, Vendor


@pytest.mark.parametrize(
    "path",
    [
        f"{LIVRET}/formateurs",
        "/api/v2/auto-ecole/moi",
        "/_mock/clock",
        "/_mock/state",
        "/_mock/health",
        "/docs",
        "/openapi.json",
        "/swagger-ui/swagger-ui.css",
        "/realms/formation/.well-known/openid-configuration",
        "/realms/formation/protocol/openid-connect/userinfo",
        "/inconnu",
        "/w/inconnu/docs",
    ],
)
def test_head_answers_as_get_does_without_its_body(lea: Vendor, path: str) -> None:
    got, head = lea.get(path), lea.call("HEAD", path)

    assert head.content == b""
    assert head.status_code == got.status_code
    assert dict(head.headers) == dict(got.headers)
    assert int(head.headers["content-length"]) == len(got.content)


def test_head_is_refused_where_there_is_no_get(lea: Vendor) -> None:
    answer = lea.call("HEAD", CONTRATS)

    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert answer.content == b""


def test_the_journal_tells_head_from_get(lea: Vendor) -> None:
    lea.call("HEAD", f"{LIVRET}/formateurs")

    (entry,) = lea.get("/_mock/journal").json()["entries"]
    assert (entry["method"], entry["operation"], entry["status"]) == (
        "HEAD",
        "listerFormateurs",
        200,
    )
    assert entry["response"]["body"] == ""

import json
import logging
import re
from urllib.parse import unquote

import pytest

from rdv_mock.serving.logs import ConsoleLines, JsonLines
from tests.story.process import client_of, server_process
from tests.support import LIVRET

FAULT = logging.LogRecord(
    "rdv_mock",
    logging.ERROR,
    "app.py",
    1,
    "oh %s",
    ("là",),
    (LookupError, LookupError("perdu"), None),
)


@pytest.mark.parametrize("log_format", ["console", "json"])
def test_the_log_has_a_line_for_each_call_and_no_secret(log_format: str) -> None:
    with server_process("--log-format", log_format) as server, client_of(server) as someone:
        someone.get(
            f"{LIVRET}/etp?mois=2026-04&groupe-permis=SECRET1",
            headers={"Authorization": "Bearer SECRET2"},
        )
        someone.get("/inconnu?access_token=SECRET3")
        token = someone.post("/_mock/tokens", json={"employe": "lea"}).json()["access_token"]
        someone.get(f"{LIVRET}/formateurs", headers={"Authorization": f"Bearer {token}"})
        server.stop()

    text = "\n".join(server.log)
    assert "SECRET" not in text
    assert token not in text
    messages = [
        json.loads(line)["message"] if log_format == "json" else line for line in server.log
    ]
    assert [message.rstrip() for message in messages[-4:]] == [
        f"GET {LIVRET}/etp 401 JETON_INVALIDE",
        "GET /inconnu 404",
        "POST /_mock/tokens 200 createTokens",
        f"GET {LIVRET}/formateurs 200 listerFormateurs",
    ]


def test_no_caller_writes_lines_of_his_own_into_the_log() -> None:
    with server_process() as server, client_of(server) as someone:
        someone.get("/a%0AGET%20/b%1B%5B2J")
        server.stop()

    assert server.log[-1].startswith(r"GET /a\nGET /b\x1b[2J 404")


@pytest.mark.parametrize("log_format", ["console", "json"])
@pytest.mark.parametrize("odd", ["%E2%80%A8", "%E2%80%A9", "%C2%85", "%C2%9B", "%E2%80%AE", "%7F"])
def test_nothing_in_the_log_ends_a_line_or_turns_it_around(odd: str, log_format: str) -> None:
    form = JsonLines() if log_format == "json" else ConsoleLines()
    record = logging.LogRecord("rdv_mock", logging.INFO, "", 0, f"GET /{unquote(odd)}x", (), None)

    line = form.format(record)

    assert line.isprintable()
    if log_format == "json":
        assert json.loads(line)["message"] == f"GET /{unquote(odd)}x"


def test_a_json_line_says_when_how_grave_and_how_long() -> None:
    with server_process("--log-format", "json") as server, client_of(server) as someone:
        someone.get("/docs")
        server.stop()

    lines = [json.loads(line) for line in server.log]
    assert {line["level"] for line in lines} == {"INFO"}
    assert all(re.fullmatch(r"[\d-]{10}T[\d:.]{12}\+00:00", line["at"]) for line in lines)
    assert lines[-1]["milliseconds"] >= 0


def test_a_fault_is_a_line_and_its_trace() -> None:
    assert ConsoleLines().format(FAULT) == "oh là\nLookupError: perdu"


def test_a_fault_is_one_json_line_with_its_trace() -> None:
    line = json.loads(JsonLines().format(FAULT))

    assert (line["level"], line["message"]) == ("ERROR", "oh là")
    assert line["trace"].endswith("LookupError: perdu")

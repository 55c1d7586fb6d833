"""The situations that stand in a scenario of their own: each is played as its description tells.

A description quotes calls one after the other, each with what it answers: « POST /… {…} répond 200
{…} ». What is quoted of an answer has to stand in it; lists have as many elements as are quoted.
"""

import re
from collections.abc import Iterator
from json import JSONDecoder
from typing import Any, NamedTuple

import pytest
from httpx2 import Response

from rdv_mock.serving.app import create_application
from rdv_mock.settings import Settings
from tests.support import SIGNER, Vendor, refusal_of

SITUATIONS = {
    "bail_expire": [200, 200, 200, 200, 200, 401, 400, 200, 201, 201, 200],
    "demande_en_instruction": [200, 422, 422, 200, 201, 201, 200],
    "eleve_change_d_auto_ecole": [200, 422, 200, 201, 200, 200, 200, 204, 200, 200],
    "heures_non_comptees": [200, 200, 200, 200],
    "nuit_du_calcul": [200, 200, 400, 200, 200, 200, 200, 201],
    "place_annulee_a_j_10": [200, 204, 200, 200, 200, 422, 200],
    "plafond_progressif": [200, 200, 400, 200, 201, 400, 200],
    "rush_de_publication": [200, 404, 200, 201, 200, 200, 422],
    "seuil_atteint": [200, 200, 200, 400, 201, 400, 200],
}
"""The statuses of the calls that each description quotes."""

CALL = re.compile(r"\b(GET|POST|PUT|PATCH|DELETE) (/\S*)\s+")
FORM = re.compile(r"(grant_type=\S+)\s+")
ANSWER = re.compile(r"répond (\d{3})\b(?: ([A-Z][A-Z_]+))?\s*")


class Step(NamedTuple):
    """A call as a description quotes it, and what it says of the answer."""

    method: str
    path: str
    body: Any
    form: str
    status: int
    code: str | None
    shown: Any


def steps_of(description: str) -> Iterator[Step]:
    """The calls that a description quotes, in order."""
    for call in CALL.finditer(description):
        body, at = _json_at(description, call.end())
        form = FORM.match(description, at)
        answer = ANSWER.match(description, form.end() if form else at)
        assert answer, f"what {call.group().strip()} answers does not follow it"
        shown, _ = _json_at(description, answer.end())
        method, path = call.groups()
        yield Step(method, path, body, form[1] if form else "", int(answer[1]), answer[2], shown)


def _json_at(text: str, at: int) -> tuple[Any, int]:
    """The JSON that stands here, if any, and where the words after it begin."""
    if text[at : at + 1] not in {"{", "["}:
        return None, at
    value, end = JSONDecoder().raw_decode(text, at)
    return value, end + len(text[end:]) - len(text[end:].lstrip())


class Player:
    """Somebody who does what a description says, and always takes his newest tokens."""

    def __init__(self, anyone: Vendor) -> None:
        self._anyone = anyone
        self._refresh_token = ""

    def play(self, step: Step) -> Response:
        """Make one call."""
        options: dict[str, Any] = {} if step.body is None else {"json": step.body}
        if step.form:
            content = step.form.replace("…", self._refresh_token)
            kind = {"Content-Type": "application/x-www-form-urlencoded"}
            options = {"content": content, "headers": kind}
        answer = self._anyone.call(step.method, step.path, **options)
        if answer.status_code == 200 and step.path.endswith(("/tokens", "/token")):
            tokens = answer.json()
            self._anyone.headers = {"Authorization": f"Bearer {tokens['access_token']}"}
            self._refresh_token = tokens["refresh_token"]
        return answer


def check_shown(shown: Any, answer: Any, where: str) -> None:
    """Whether all that is quoted stands in an answer, and lists are quoted whole."""
    if isinstance(shown, dict):
        for key, value in shown.items():
            assert key in answer, f"{where}.{key}"
            check_shown(value, answer[key], f"{where}.{key}")
    elif isinstance(shown, list):
        assert len(answer) == len(shown), where
        for index, (quoted, found) in enumerate(zip(shown, answer, strict=True)):
            check_shown(quoted, found, f"{where}[{index}]")
    else:
        assert answer == shown, where


@pytest.mark.parametrize("name", SITUATIONS)
def test_a_situation_unfolds_as_its_description_tells(name: str) -> None:
    application = create_application(Settings(scenario=name))
    application.server.signer = SIGNER
    world = application.load()
    steps = list(steps_of(world.settings.description))
    player = Player(Vendor(application))

    for step in steps:
        answer = player.play(step)

        where = f"{step.method} {step.path}"
        assert answer.status_code == step.status, f"{where}: {answer.text}"
        if step.code is not None:
            assert refusal_of(answer) == (step.status, step.code)
        if step.shown is not None:
            check_shown(step.shown, answer.json(), where)
    assert [step.status for step in steps] == SITUATIONS[name]
    application.close()

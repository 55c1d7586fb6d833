"""What a scenario may hold, wherever it is sent."""

import json
from typing import Any

import pytest

from rdv_mock.scenario import items
from tests.api.exam_world import state_of
from tests.support import Vendor, refusal_of

CANDIDATS = [
    {"ref": f"c{number}", "nom": "N", "prenom": "p" * 400, "numeroDossier": str(number)}
    for number in range(2_700)
]
"""More than a megabyte of them."""
SCENARIO = {"title": "Grand", "candidats": CANDIDATS}


def body_of(where: str, content: Any) -> bytes:
    """A body that carries a scenario or a fragment."""
    key = {"/_mock/worlds": "scenario", "/_mock/provider-states": "params"}.get(where)
    return json.dumps({key: content} if key else content).encode()


WHERE = [
    ("PUT", "/_mock/scenario"),
    ("PATCH", "/_mock/state"),
    ("POST", "/_mock/worlds"),
    ("POST", "/_mock/provider-states"),
]
JSON = {"content-type": "application/json"}


@pytest.mark.parametrize(("method", "where"), WHERE)
def test_more_than_a_megabyte_of_facts_is_taken(anyone: Vendor, method: str, where: str) -> None:
    content = body_of(where, SCENARIO)
    assert len(content) > 1024 * 1024

    answer = anyone.call(method, where, content=content, headers=JSON)

    assert answer.is_success, answer.text
    assert {"c0", "c2699"} <= answer.json()["refs"].keys()
    if where != "/_mock/worlds":
        assert "title: Grand" in state_of(anyone)
        assert anyone.world.store.candidats.count() >= len(CANDIDATS)


@pytest.mark.parametrize(("method", "where"), WHERE)
def test_a_large_body_that_is_wrong_changes_nothing(
    anyone: Vendor, method: str, where: str
) -> None:
    before = state_of(anyone)
    bad = {**SCENARIO, "candidats": [*CANDIDATS, {"nom": "N"}]}

    answer = anyone.call(method, where, content=body_of(where, bad), headers=JSON)

    assert refusal_of(answer) == (422, "SCENARIO_INVALIDE")
    assert answer.json()["details"] == [
        {"champ": "candidats[2700].numeroDossier", "message": "est obligatoire"}
    ]
    assert state_of(anyone) == before


@pytest.mark.parametrize(("method", "where"), WHERE)
def test_values_are_counted_before_anything_is_made_of_them(
    anyone: Vendor, method: str, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(items, "MOST_APART", 1_000)
    many = {"title": "x" * 1024 * 1024, "x": [[] for _ in range(1_000)]}

    answer = anyone.call(method, where, content=body_of(where, many), headers=JSON)

    assert refusal_of(answer) == (422, "SCENARIO_INVALIDE")
    ((message,),) = [[detail["message"] for detail in answer.json()["details"]]]
    assert message.startswith("compte plus de 1 000 valeurs hors de ses listes")


@pytest.mark.parametrize(("method", "where"), WHERE[2:])
def test_only_the_facts_of_a_body_may_be_large(anyone: Vendor, method: str, where: str) -> None:
    content = json.dumps({"state": "x" * 1024 * 1024, "name": "x"}).encode()

    answer = anyone.call(method, where, content=content, headers=JSON)

    assert refusal_of(answer) == (413, "CORPS_TROP_VOLUMINEUX")


def test_a_hostile_pattern_is_matched_at_once(anyone: Vendor) -> None:
    answer = anyone.patch(
        "/_mock/state",
        content='limits: {numeroAutorisation.motif: "(A+)+B"}',
        headers={"content-type": "application/yaml"},
    )
    assert answer.status_code == 200
    lea = anyone.as_("lea")

    refused = lea.post(
        f"/api/v1/livret-numerique/contrats-de-formation/{lea.id_of('k1')}/lecons",
        json={
            "type": "CIRCULATION",
            "dateHeureDebut": "2026-03-09T10:00:00",
            "dureeEnMinutes": 60,
            "numeroAutorisation": "A" * 36,
        },
    )

    assert refusal_of(refused) == (422, "NUMERO_AUTORISATION_INVALIDE")

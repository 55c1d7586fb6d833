from pathlib import Path
from typing import Any

import pytest

from rdv_mock.settings import Settings
from tests.api.exam_world import V2, state_of
from tests.support import LIVRET, Vendor, refusal_of, running

FORMATEURS = f"{LIVRET}/formateurs"
TITLE = "Un panier plein"


def set_up(vendor: Vendor, state: str | None, **more: Any) -> dict[str, str]:
    """The refs of a state that the world is put in."""
    answer = vendor.post("/_mock/provider-states", json={"state": state, **more})
    assert answer.status_code == 200, answer.text
    assert set(answer.json()) == {"refs"}
    refs: dict[str, str] = answer.json()["refs"]
    return refs


@pytest.mark.parametrize("state", ["panier_plein", TITLE])
def test_a_state_is_a_scenario_by_its_name_or_its_title(anyone: Vendor, state: str) -> None:
    refs = set_up(anyone, state)

    lea = anyone.as_("lea")
    refused = lea.post(f"{V2}/paniers/{refs['p1']}/creneaux", json={"creneauId": refs["c1"]})
    assert refusal_of(refused) == (400, "PANIER_PLEIN")


def test_a_state_of_the_users_own_is_found_by_its_title_too(tmp_path: Path) -> None:
    (tmp_path / "etat.yaml").write_text("title: Un élève inconnu\n", encoding="utf-8")
    with running(settings=Settings(scenarios=tmp_path)) as application:
        anyone = Vendor(application)

        set_up(anyone, "Un élève inconnu")

        assert anyone.get("/_mock/health").json()["scenario"] == "etat"


def test_params_change_what_the_scenario_says(anyone: Vendor) -> None:
    refs = set_up(
        anyone,
        TITLE,
        params={
            "title": "Un panier presque plein",
            "limits": {"panier.capacite": 3},
            "candidats": [{"ref": "ana", "nom": "Roy", "prenom": "Ana", "numeroDossier": "0123"}],
        },
    )

    lea = anyone.as_("lea")
    added = lea.post(f"{V2}/paniers/{refs['p1']}/creneaux", json={"creneauId": refs["c1"]})
    assert added.status_code == 201
    assert "title: Un panier presque plein" in state_of(anyone)
    assert refs["ana"] == anyone.id_of("ana")


@pytest.mark.parametrize("params", [None, {}])
def test_without_params_it_is_the_scenario_alone(anyone: Vendor, params: object) -> None:
    set_up(anyone, "panier_plein")
    alone = state_of(anyone)

    set_up(anyone, "panier_plein", params=params, action="setup")

    assert state_of(anyone) == alone


def test_a_state_does_not_depend_on_what_was_before(anyone: Vendor) -> None:
    params = {"supprimer": ["c3"]}
    first = set_up(anyone, TITLE, params=params)
    state = state_of(anyone)
    anyone.as_("lea").post(f"{V2}/paniers")
    anyone.post("/_mock/incidents", json={"error": "SERVICE_INDISPONIBLE"})
    anyone.post("/_mock/clock/advance", json={"by": "P1D"})

    assert set_up(anyone, TITLE, params=params) == first

    assert state_of(anyone) == state
    assert anyone.get("/_mock/incidents").json() == []
    assert "c3" not in first


def test_params_may_hold_what_goes_wrong(anyone: Vendor) -> None:
    set_up(anyone, "panier_plein", params={"incidents": [{"error": "SERVICE_INDISPONIBLE"}]})

    assert anyone.get(FORMATEURS).status_code == 503
    set_up(anyone, "panier_plein")
    assert anyone.get(FORMATEURS).status_code == 401


def test_a_reset_goes_back_to_the_scenario_without_params(anyone: Vendor) -> None:
    set_up(anyone, "panier_plein")
    alone = state_of(anyone)
    set_up(anyone, "panier_plein", params={"title": "Changé"})

    anyone.post("/_mock/reset")

    assert state_of(anyone) == alone


def test_tokens_of_before_are_refused(lea: Vendor) -> None:
    set_up(lea, "demonstration")

    assert refusal_of(lea.get(FORMATEURS)) == (401, "JETON_INVALIDE")


@pytest.mark.parametrize(
    ("params", "champ"),
    [
        ({"supprimer": ["inconnu"]}, "supprimer[0]"),
        ({"title": "Changé", "autoEcole": []}, "autoEcole"),
        ({"title": "Changé", "paniers": [{"employe": "personne"}]}, "paniers[0].employe"),
        ({"limits": {"panier.capacite": "x"}}, "limits.panier.capacite"),
    ],
)
def test_bad_params_leave_the_world_untouched(
    lea: Vendor, params: dict[str, object], champ: str
) -> None:
    lea.post("/_mock/clock/advance", json={"by": "PT1M"})
    lea.post("/_mock/incidents", json={"operation": "lireEtp", "error": "ERREUR_INTERNE"})
    lea.get(FORMATEURS)
    paths = ("state", "clock", "incidents", "journal", "connexions")
    before = [lea.get(f"/_mock/{path}").text for path in paths]

    answer = lea.post("/_mock/provider-states", json={"state": TITLE, "params": params})

    assert refusal_of(answer) == (422, "SCENARIO_INVALIDE")
    assert [detail["champ"] for detail in answer.json()["details"]] == [champ]
    assert [lea.get(f"/_mock/{path}").text for path in paths] == before
    assert lea.get(FORMATEURS).status_code == 200


def test_a_broken_scenario_leaves_the_world_untouched(tmp_path: Path) -> None:
    (tmp_path / "casse.yaml").write_text("title: Cassé\ncentre: []\n", encoding="utf-8")
    with running(settings=Settings(scenarios=tmp_path)) as application:
        anyone = Vendor(application)
        before = state_of(anyone)

        answer = anyone.post("/_mock/provider-states", json={"state": "Cassé"})

        assert refusal_of(answer) == (422, "SCENARIO_INVALIDE")
        assert answer.json()["details"][0]["ligne"] == 2
        assert state_of(anyone) == before


@pytest.mark.parametrize("state", ["inconnu", " ", "un panier plein", "panier_plein.yaml"])
def test_an_unknown_state_is_said_to_be_unknown(tmp_path: Path, state: str) -> None:
    (tmp_path / "casse.yaml").write_text("[", encoding="utf-8")
    with running(settings=Settings(scenarios=tmp_path)) as application:
        anyone = Vendor(application)
        before = state_of(anyone)

        answer = anyone.post("/_mock/provider-states", json={"state": state})

        assert refusal_of(answer) == (404, "SCENARIO_INCONNU")
        assert state_of(anyone) == before


@pytest.mark.parametrize("state", ["", None])
def test_without_a_state_the_world_stays_as_it_is_but_for_params(
    lea: Vendor, state: str | None
) -> None:
    before = state_of(lea)
    as_pact_sends_it = {"consumer": "Logiciel", "states": [], "action": "setup"}

    refs = set_up(lea, state, params={}, **as_pact_sends_it)
    assert state_of(lea) == before
    assert lea.get(FORMATEURS).status_code == 200
    set_up(lea, state, params={"supprimer": ["ines"]}, **as_pact_sends_it)

    assert "ines" in refs
    assert "ref: ines" not in state_of(lea)


@pytest.mark.parametrize("state", [TITLE, "inconnu"])
def test_a_teardown_does_nothing(lea: Vendor, state: str) -> None:
    before = state_of(lea)

    answer = lea.post(
        "/_mock/provider-states",
        json={"state": state, "action": "teardown", "params": {"supprimer": ["ines"]}},
    )

    assert (answer.status_code, answer.json()) == (200, {"refs": {}})
    assert state_of(lea) == before
    assert lea.get(FORMATEURS).status_code == 200


@pytest.mark.parametrize(
    ("body", "champ"),
    [
        ({"state": 5}, "state"),
        ({"state": TITLE, "action": "destroy"}, "action"),
        ({"state": TITLE, "params": [1]}, "params"),
        ({"state": TITLE, "param": {}}, "param"),
    ],
)
def test_a_state_that_nobody_understands_changes_nothing(
    anyone: Vendor, body: dict[str, object], champ: str
) -> None:
    before = state_of(anyone)

    answer = anyone.post("/_mock/provider-states", json=body)

    assert refusal_of(answer) == (400, "PARAMETRE_INVALIDE")
    assert [detail["champ"] for detail in answer.json()["details"]] == [champ]
    assert state_of(anyone) == before


def test_a_state_is_that_of_one_world_alone(anyone: Vendor) -> None:
    anyone.post("/_mock/worlds", json={"name": "un"})
    one = Vendor(anyone.application, "/w/un")
    before = state_of(anyone)

    set_up(one, TITLE)

    assert f"title: {TITLE}" in state_of(one)
    assert state_of(anyone) == before

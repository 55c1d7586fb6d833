from pathlib import Path
from typing import Any

import pytest

from rdv_mock.settings import Settings
from tests.api.exam_world import V2, state_of
from tests.support import LIVRET, SMALL, Vendor, refusal_of, running

FORMATEURS = f"{LIVRET}/formateurs"
TITLE = "Un panier plein"


def set_up(vendor: Vendor, state: str | None, **more: Any) -> dict[str, str]:
    """The refs of a state that the world is put in."""
    refs: dict[str, str] = values_of(vendor, state, **more)["refs"]
    return refs


def values_of(vendor: Vendor, state: str | None = "panier_plein", **more: Any) -> dict[str, Any]:
    """What a verifier may put into its requests."""
    answer = vendor.post("/_mock/provider-states", json={"state": state, **more})
    assert answer.status_code == 200, answer.text
    values: dict[str, Any] = answer.json()
    return values


def email_of(vendor: Vendor, token: str) -> str:
    """Whose token it is."""
    answer = vendor.get(f"{V2}/employes/moi", headers={"Authorization": f"Bearer {token}"})
    return str(answer.json().get("email", answer.status_code))


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
    anyone.put("/_mock/scenario", json={"name": "panier_plein"})
    alone = state_of(anyone)
    set_up(anyone, "panier_plein", params={"title": "Changé"})

    anyone.post("/_mock/reset")

    assert state_of(anyone) == alone


def test_tokens_of_before_are_refused(lea: Vendor) -> None:
    set_up(lea, "demonstration")

    assert refusal_of(lea.get(FORMATEURS)) == (401, "JETON_INVALIDE")


# What Pact injects into its requests


def test_each_ref_stands_for_its_id_and_a_token_is_at_hand(anyone: Vendor) -> None:
    values = values_of(anyone)

    refs = values["refs"]
    assert {"lea", "plesses", "p1", "c1"} <= refs.keys()
    assert {name: values[name] for name in refs} == refs
    assert values.keys() == {"refs", "token", *refs}
    assert email_of(anyone, values["token"]) == "lea@plesses.test"


def test_the_token_is_that_of_the_first_employe_or_of_the_one_who_is_named(anyone: Vendor) -> None:
    for name in ("max", "max@autre.test"):
        values = values_of(anyone, "", params={"employe": name})
        assert email_of(anyone, values["token"]) == "max@autre.test"

    assert email_of(anyone, values_of(anyone, "")["token"]) == "lea@plesses.test"


def test_an_employe_whom_the_fragment_adds_may_have_the_token(anyone: Vendor) -> None:
    eve = {"ref": "eve", "nom": "Abel", "prenom": "Ève", "email": "eve@plesses.test"}
    params = {"autoEcoles": [{"ref": "plesses", "employes": [eve]}], "employe": "eve"}

    for state in ("panier_plein", ""):
        values = values_of(anyone, state, params=params)
        assert email_of(anyone, values["token"]) == "eve@plesses.test"


def test_a_token_is_as_good_as_that_of_a_login_and_opens_one_connection(anyone: Vendor) -> None:
    values = values_of(anyone)
    lea = Vendor(anyone.application)
    lea.headers = {"Authorization": f"Bearer {values['token']}"}

    added = lea.post(f"{V2}/paniers/{values['p1']}/creneaux", json={"creneauId": values["c1"]})

    assert refusal_of(added) == (400, "PANIER_PLEIN")
    values_of(anyone, "")
    assert len(list(anyone.world.store.baux.all())) == 1


@pytest.mark.parametrize(
    ("scenario", "names"),
    [
        ("title: Personne\n", set()),
        (SMALL + "clients: []\n", {"lea", "plesses"}),
    ],
)
def test_where_nobody_can_log_in_there_is_no_token(scenario: str, names: set[str]) -> None:
    with running(scenario) as application:
        values = values_of(Vendor(application), "")

    assert "token" not in values
    assert names <= values.keys()


def test_no_ref_hides_what_is_ours() -> None:
    with running(SMALL.replace("ref: lea", "ref: token").replace("ref: ines", "ref: refs")) as one:
        values = values_of(Vendor(one), "")

        assert email_of(Vendor(one), values["token"]) == "lea@plesses.test"
        assert values["refs"].keys() >= {"token", "refs"}


@pytest.mark.parametrize("keep", [True, "true"])
def test_tokens_may_be_kept_from_one_state_to_the_next(lea: Vendor, keep: object) -> None:
    for state in ("demonstration", TITLE, "contrat_deja_connu"):  # the first has another seed
        set_up(lea, state, params={"keepTokens": keep, "title": "Changé"})

        answer = lea.get(f"{V2}/employes/moi")
        assert answer.json()["email"] == "lea@plesses.test"
        assert answer.json()["id"] == lea.id_of("lea")
    lea.post("/_mock/reset")
    assert refusal_of(lea.get(FORMATEURS)) == (401, "JETON_INVALIDE")


def test_a_kept_token_of_somebody_who_is_not_there_is_dead(anyone: Vendor) -> None:
    max_ = anyone.as_("max")

    set_up(max_, "candidat_inconnu", params={"keepTokens": True})

    assert refusal_of(max_.get(FORMATEURS)) == (401, "JETON_INVALIDE")


def test_what_the_scenario_says_of_connections_stays_beside_those_that_are_kept(
    lea: Vendor,
) -> None:
    lea.put("/_mock/scenario", json={"name": "bail_expire"})
    said = {bail.id for bail in lea.world.store.baux.all()}
    lea.put("/_mock/scenario", json={"name": "demonstration"})
    lea.as_("lea")

    set_up(lea, "bail_expire", params={"keepTokens": True})

    assert said < {bail.id for bail in lea.world.store.baux.all()}


@pytest.mark.parametrize("state", [TITLE, ""])
@pytest.mark.parametrize(
    ("params", "status", "code", "champs"),
    [
        ({"employe": "leo"}, 404, "EMPLOYE_INCONNU", []),
        ({"employe": "leo", "title": "Changé"}, 404, "EMPLOYE_INCONNU", []),
        ({"employe": 5}, 400, "PARAMETRE_INVALIDE", ["params.employe"]),
        ({"keepTokens": "peut-être"}, 400, "PARAMETRE_INVALIDE", ["params.keepTokens"]),
        ({"keepToken": True}, 422, "SCENARIO_INVALIDE", ["keepToken"]),
    ],
)
def test_options_that_nobody_understands_change_nothing(
    lea: Vendor, state: str, params: dict[str, Any], status: int, code: str, champs: list[str]
) -> None:
    before = state_of(lea)

    answer = lea.post("/_mock/provider-states", json={"state": state, "params": params})

    assert refusal_of(answer) == (status, code)
    assert [detail["champ"] for detail in answer.json().get("details", [])] == champs
    assert state_of(lea) == before
    assert lea.get(FORMATEURS).status_code == 200


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
        json={
            "state": state,
            "action": "teardown",
            "params": {"supprimer": ["ines"], "employe": "leo", "keepTokens": True},
        },
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

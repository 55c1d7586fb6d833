import json
from pathlib import Path

import pytest
import yaml

from rdv_mock.fixtures import SCENARIOS
from rdv_mock.serving.app import Application
from rdv_mock.settings import Settings
from rdv_mock.store import references
from tests.support import CONTRATS, LIVRET, SMALL, Vendor, clock_at, contrat, refusal_of, running

YAML = {"content-type": "application/yaml"}
OTHER = """\
title: Un autre monde
clock: {now: 2027-01-01T00:00:00Z}
autoEcoles:
  - {ref: plesses, nom: Les Plesses, codeDepartement: "085",
     employes: [{ref: lea, nom: D, prenom: L, email: lea@plesses.test}]}
"""


def test_a_scenario_is_loaded_by_its_text(anyone: Vendor) -> None:
    answer = anyone.put("/_mock/scenario", content=OTHER.encode(), headers=YAML)

    assert answer.status_code == 200
    assert answer.json() == {
        "title": "Un autre monde",
        "refs": {"plesses": anyone.id_of("plesses"), "lea": anyone.id_of("lea")},
    }
    assert anyone.get("/_mock/clock").json() == clock_at("2027-01-01T00:00:00Z")


def test_a_scenario_is_loaded_by_its_name(anyone: Vendor) -> None:
    answer = anyone.put("/_mock/scenario", json={"name": "demonstration"})

    assert answer.status_code == 200
    assert "lea" in answer.json()["refs"]
    assert anyone.get("/_mock/health").json()["scenario"] == "demonstration"


def test_many_refs_are_told_in_pieces(anyone: Vendor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(references, "AT_ONCE", 2)
    candidats = [{"ref": f'n° "{i}"', "nom": "N", "numeroDossier": str(i)} for i in range(5)]

    loaded = anyone.put("/_mock/scenario", json={"title": "x", "candidats": candidats})
    changed = anyone.patch("/_mock/state", json={"candidats": [{"ref": 'n° "0"', "nom": "M"}]})
    made = anyone.post("/_mock/worlds", json={"name": "a"})

    refs = {one["ref"]: anyone.id_of(one["ref"]) for one in candidats}
    assert loaded.json() == {"title": "x", "refs": refs}
    assert changed.json() == {"refs": refs}
    assert (made.status_code, made.json()["refs"]) == (201, refs)
    for answer in (loaded, changed, made):
        assert answer.headers["content-length"] == str(len(answer.content))
        assert answer.headers["content-type"] == "application/json"


def test_a_scenario_may_come_as_json(anyone: Vendor) -> None:
    answer = anyone.put("/_mock/scenario", json={"title": "JSON", "seed": 3})

    assert (answer.status_code, answer.json()) == (200, {"title": "JSON", "refs": {}})


@pytest.mark.parametrize(
    ("content", "ligne"),
    [
        (b"title: [", 2),
        (b"title: x\nseed: a\n", 2),
        (b"title: x\n\nautoEcole: []\n", 3),
        (b"seed: 1\n", 1),
        (b"\xff", None),
        (b"", None),
        (b"- x", 1),
    ],
)
def test_a_bad_scenario_says_where_and_leaves_the_world_untouched(
    lea: Vendor, content: bytes, ligne: int | None
) -> None:
    before = lea.get("/_mock/state").text

    answer = lea.put("/_mock/scenario", content=content, headers=YAML)

    assert refusal_of(answer) == (422, "SCENARIO_INVALIDE")
    assert answer.json()["details"][0].get("ligne") == ligne
    assert lea.get("/_mock/state").text == before
    assert lea.get(f"{LIVRET}/formateurs").status_code == 200


def test_an_unknown_scenario_is_said_to_be_unknown(anyone: Vendor) -> None:
    answer = anyone.put("/_mock/scenario", json={"name": "../demonstration"})

    assert refusal_of(answer) == (404, "SCENARIO_INCONNU")


def test_a_scenario_may_be_larger_than_an_api_body(anyone: Vendor) -> None:
    text = OTHER + "# " + "x" * 2_000_000

    assert anyone.put("/_mock/scenario", content=text.encode(), headers=YAML).status_code == 200


def test_a_scenario_has_a_largest_size(anyone: Vendor) -> None:
    headers = {**YAML, "content-length": str(64 * 1024 * 1024 + 1)}

    answer = anyone.put("/_mock/scenario", content=b"x", headers=headers)

    assert refusal_of(answer) == (413, "CORPS_TROP_VOLUMINEUX")


@pytest.mark.parametrize("name", [5, None, ["x"]])
def test_a_name_must_be_a_word(anyone: Vendor, name: object) -> None:
    answer = anyone.put("/_mock/scenario", json={"name": name})

    assert refusal_of(answer) == (422, "SCENARIO_INVALIDE")


@pytest.mark.parametrize(
    "body", [b'{"autoEcoles":[{"ref":"\xed\xa0\x80"}]}', '{"title": "é"}'.encode("utf-16")]
)
def test_json_that_is_not_in_utf_8_is_no_json(anyone: Vendor, body: bytes) -> None:
    answer = anyone.patch(
        "/_mock/state", content=body, headers={"content-type": "application/json"}
    )

    assert refusal_of(answer) == (422, "SCENARIO_INVALIDE")


def test_a_world_that_was_written_out_goes_on_with_the_same_ids(lea: Vendor) -> None:
    withdrawn = lea.post(CONTRATS, json=contrat()).json()["id"]
    lea.patch("/_mock/state", json={"supprimer": [withdrawn]})
    state = lea.get("/_mock/state").content
    first = lea.post(CONTRATS, json=contrat()).json()

    lea.put("/_mock/scenario", content=state, headers=YAML)

    assert lea.as_("lea").post(CONTRATS, json=contrat()).json() == first


def test_a_state_that_a_limit_made_possible_can_be_read_and_loaded(lea: Vendor) -> None:
    lea.patch("/_mock/state", json={"limits": {"lecon.duree.CIRCULATION.max": 3000}})
    long = {
        "type": "CIRCULATION",
        "dateHeureDebut": "2026-03-01T00:00:00",
        "dureeEnMinutes": 2000,
        "numeroAutorisation": "A0850001230",
    }
    assert lea.post(f"{CONTRATS}/{lea.id_of('k1')}/lecons", json=long).status_code == 201

    state = lea.get("/_mock/state")

    assert state.status_code == 200
    assert lea.put("/_mock/scenario", content=state.content, headers=YAML).status_code == 200


def test_scenarios_are_listed_those_of_the_user_first(tmp_path: Path) -> None:
    (tmp_path / "a_moi.yaml").write_text("title: À moi\ndescription: Rien\n")
    (tmp_path / "casse.yaml").write_text("[")
    with running(settings=Settings(scenarios=tmp_path)) as application:
        listed = Vendor(application).get("/_mock/scenarios").json()

    assert listed[0] == {
        "name": "a_moi",
        "title": "À moi",
        "description": "Rien",
        "source": "utilisateur",
    }
    assert listed[1]["name"] == "casse"
    bundled = {path.stem for path in SCENARIOS.glob("*.yaml")}
    assert {entry["name"] for entry in listed if entry["source"] == "fourni"} == bundled


def test_the_state_can_be_read_changed_and_loaded_again(lea: Vendor) -> None:
    lea.post(CONTRATS, json=contrat())
    state = lea.get("/_mock/state")

    assert state.headers["content-type"] == "application/yaml"
    assert lea.put("/_mock/scenario", content=state.content, headers=YAML).status_code == 200
    assert lea.get("/_mock/state").text == state.text


def test_a_change_of_one_fact_is_seen_at_once(lea: Vendor) -> None:
    fragment = {"autoEcoles": [{"ref": "plesses", "estFermee": True}]}

    answer = lea.patch("/_mock/state", json=fragment)

    assert answer.status_code == 200
    assert answer.json()["refs"]["plesses"] == lea.id_of("plesses")
    assert refusal_of(lea.post(CONTRATS, json=contrat())) == (403, "AUTO_ECOLE_FERMEE")


def test_a_fragment_may_come_as_yaml(lea: Vendor) -> None:
    fragment = "candidats: [{ref: ines, demandes: [{categoriePermis: B, statut: REJETEE}]}]"

    assert lea.patch("/_mock/state", content=fragment.encode(), headers=YAML).status_code == 200
    assert refusal_of(lea.post(CONTRATS, json=contrat()))[1] == "CANDIDAT_SANS_DEMANDE_ACTIVE"


def test_a_bad_fragment_changes_nothing(lea: Vendor) -> None:
    before = lea.get("/_mock/state").text
    fragment = {
        "autoEcoles": [{"ref": "plesses", "estFermee": True}],
        "contratsDeFormation": [{"autoEcole": "personne", "candidat": "ines"}],
    }

    answer = lea.patch("/_mock/state", json=fragment)

    assert refusal_of(answer) == (422, "SCENARIO_INVALIDE")
    assert lea.get("/_mock/state").text == before


def test_what_a_scenario_says_of_answers_and_errors_holds(lea: Vendor) -> None:
    fragment = {
        "responses": {"errorKeys": "erreur", "unknownFields": "ignore"},
        "errors": {
            "DUREE_INVALIDE": {"status": 400, "message": "Entre {minimum} et {maximum} min."},
            "CANDIDAT_INCONNU": {"status": 400},
        },
        "limits": {"lecon.duree.CIRCULATION.max": 120},
    }
    lea.patch("/_mock/state", json=fragment)

    bad_duration = lea.post(
        f"{CONTRATS}/{lea.id_of('k1')}/lecons",
        json={
            "type": "CIRCULATION",
            "dateHeureDebut": "2026-03-09T15:00:00",
            "dureeEnMinutes": 150,
            "numeroAutorisation": "A0850001230",
            "moniteur": "inconnu",
        },
    )
    unknown = lea.post(CONTRATS, json=contrat(nom="Personne"))

    assert bad_duration.status_code == 400
    assert bad_duration.json() == {
        "erreur": "DUREE_INVALIDE",
        "message": "Entre 30 et 120 min.",
    }
    assert unknown.status_code == 400
    assert lea.patch("/_mock/state", json={"responses": {"errorKeys": "code"}}).status_code == 200
    assert lea.post(CONTRATS, json=contrat(nom="P")).json().keys() == {"code", "message"}


def test_the_clock_is_read_set_and_advanced(anyone: Vendor) -> None:
    assert anyone.get("/_mock/clock").json() == clock_at("2026-03-10T08:00:00Z")

    put = anyone.put("/_mock/clock", json={"now": "2026-03-10T10:00:00+01:00"})
    by = anyone.post("/_mock/clock/advance", json={"by": "P1W3DT2H1M1S"})
    to = anyone.post("/_mock/clock/advance", json={"to": "2026-04-01T00:00:00Z"})

    assert put.json() == clock_at("2026-03-10T09:00:00Z")
    assert by.json() == {
        "now": "2026-03-20T11:01:01Z",
        "nowParis": "2026-03-20T12:01:01+01:00",
        "total": 0,
        "events": [],
    }
    assert to.json()["now"] == "2026-04-01T00:00:00Z"


def test_the_clock_may_be_set_running_and_stopped(anyone: Vendor) -> None:
    assert anyone.put("/_mock/clock", json={"frozen": False}).json()["frozen"] is False
    assert anyone.put("/_mock/clock", json={}).json()["frozen"] is False
    assert anyone.put("/_mock/clock", json={"frozen": True}).json()["frozen"] is True


def test_an_advance_tells_what_happened(anyone: Vendor) -> None:
    anyone.as_("lea")

    answer = anyone.post("/_mock/clock/advance", json={"by": "P91D"}).json()

    (bail,) = anyone.world.store.baux.all()
    assert answer["total"] == len(answer["events"])
    assert [event for event in answer["events"] if event["type"] != "ETP_CALCULE"] == [
        {
            "at": "2026-06-08T08:00:00Z",
            "atParis": "2026-06-08T10:00:00+02:00",
            "type": "BAIL_TERMINE",
            "bailId": bail.id,
            "employeId": anyone.id_of("lea"),
            "employeRef": "lea",
            "employeNom": "Léane Durant",
            "clientId": "editeur-demo",
            "autoEcoleId": anyone.id_of("plesses"),
            "autoEcoleRef": "plesses",
            "autoEcoleNom": "Auto-École des Plesses",
        }
    ]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "/_mock/clock", {"now": "2026-03-10T07:59:59Z"}),
        ("POST", "/_mock/clock/advance", {"to": "2026-03-10T07:59:59Z"}),
        ("POST", "/_mock/clock/advance", {"by": "P3654D"}),
        ("POST", "/_mock/clock/advance", {"to": "2199-01-01T00:00:00Z"}),
        ("POST", "/_mock/clock/advance", {"by": "P999999D"}),
        ("POST", "/_mock/clock/advance", {"by": "P99999W999999DT9999999H"}),
    ],
)
def test_the_clock_goes_forward_ten_years_at_most(
    anyone: Vendor, method: str, path: str, body: dict[str, str]
) -> None:
    assert refusal_of(anyone.call(method, path, json=body)) == (422, "HORLOGE_EN_ARRIERE")
    assert anyone.get("/_mock/clock").json()["now"] == "2026-03-10T08:00:00Z"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"by": "P1D", "to": "2026-04-01T00:00:00Z"},
        {"by": "P"},
        {"by": "PT"},
        {"by": "P1M"},
        {"by": "P1Y"},
        {"by": "-P1D"},
        {"by": "1D"},
        {"by": "P99999999999999D"},
        {"by": 3600},
        {"to": 1900000000},
        {"to": "1900000000"},
        {"to": "2026-04-01T00:00:00"},
        {"to": "2026-04-01"},
        {"to": "0001-01-01T00:00:00+14:00"},
        {"until": "2026-04-01T00:00:00Z"},
    ],
)
def test_an_advance_that_nobody_understands_moves_nothing(
    anyone: Vendor, body: dict[str, object]
) -> None:
    answer = anyone.post("/_mock/clock/advance", json=body)

    assert refusal_of(answer) == (400, "PARAMETRE_INVALIDE")
    assert anyone.get("/_mock/clock").json()["now"] == "2026-03-10T08:00:00Z"


def test_the_clock_never_leaves_the_years_that_a_date_may_have(anyone: Vendor) -> None:
    text = OTHER.replace("2027-01-01", "2195-01-01").encode()
    anyone.put("/_mock/scenario", content=text, headers=YAML)
    token = {"employe": "lea", "expiresIn": 315_360_000}
    assert anyone.post("/_mock/tokens", json=token).status_code == 200

    answer = anyone.post("/_mock/clock/advance", json={"by": "P3650D"})

    assert refusal_of(answer) == (422, "HORLOGE_EN_ARRIERE")
    state = anyone.get("/_mock/state").content
    assert anyone.put("/_mock/scenario", content=state, headers=YAML).status_code == 200


def test_control_bodies_must_come_as_json(anyone: Vendor) -> None:
    answer = anyone.post("/_mock/tokens", content=json.dumps({"employe": "lea"}).encode())

    assert refusal_of(answer) == (400, "PARAMETRE_INVALIDE")


def test_a_reset_brings_back_the_scenario(lea: Vendor) -> None:
    lea.post("/_mock/reset")
    pristine = yaml.safe_load(lea.get("/_mock/state").text)
    lea.as_("lea").post(CONTRATS, json=contrat())
    lea.post("/_mock/clock/advance", json={"by": "P1D"})

    assert lea.post("/_mock/reset").status_code == 204

    again = yaml.safe_load(lea.get("/_mock/state").text)
    assert again == pristine


def test_the_keys_of_a_refusal_are_a_setting_too() -> None:
    def keys_of(text: str) -> set[str]:
        with running(text, settings=Settings(error_keys="code")) as application:
            return set(Vendor(application).get(f"{LIVRET}/formateurs").json())

    assert keys_of(SMALL) == {"code", "message"}
    assert keys_of(SMALL + "responses: {errorKeys: erreur}\n") == {"erreur", "message"}


def test_after_a_reset_the_same_calls_give_the_same_ids(lea: Vendor) -> None:
    first = lea.post(CONTRATS, json=contrat()).json()
    lea.post("/_mock/reset")

    assert lea.as_("lea").post(CONTRATS, json=contrat()).json() == first


def test_a_reset_of_something_unknown_is_refused(anyone: Vendor) -> None:
    answer = anyone.post("/_mock/reset?scope=tout")

    assert refusal_of(answer) == (400, "PARAMETRE_INVALIDE")
    assert answer.json()["details"][0]["champ"] == "scope"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/_mock/reset"),
        ("GET", "/_mock/scenarios"),
        ("PUT", "/_mock/scenario"),
        ("GET", "/_mock/state"),
        ("PATCH", "/_mock/state"),
        ("GET", "/_mock/clock"),
        ("PUT", "/_mock/clock"),
        ("POST", "/_mock/clock/advance"),
        ("POST", "/_mock/tokens"),
    ],
)
def test_an_admin_token_locks_the_control_plane(method: str, path: str) -> None:
    with running(settings=Settings(admin_token="clé-d'admin")) as application:
        anyone = Vendor(application)

        without = anyone.call(method, path)
        wrong = anyone.call(method, path, headers={"Authorization": "Bearer cle"})

        assert refusal_of(without) == (401, "JETON_ADMIN_INVALIDE")
        assert without.headers["www-authenticate"] == 'Bearer realm="rdv-mock"'
        assert refusal_of(wrong) == (401, "JETON_ADMIN_INVALIDE")


def test_with_the_admin_token_it_opens_and_health_needs_none() -> None:
    with running(settings=Settings(admin_token="secret")) as application:
        anyone = Vendor(application)

        assert anyone.get("/_mock/health").status_code == 200
        assert anyone.get("/_mock/ready").status_code == 200
        answer = anyone.get("/_mock/clock", headers={"Authorization": "Bearer secret"})
        assert answer.status_code == 200


def test_the_same_calls_on_the_same_scenario_give_the_same_bytes() -> None:
    def play() -> list[bytes]:
        with running(SMALL) as application:
            lea = Vendor(application).as_("lea")
            created = lea.post(CONTRATS, json=contrat())
            return [
                created.content,
                lea.post(f"{CONTRATS}/recherche", json={}).content,
                lea.get(f"{LIVRET}/formateurs").content,
                lea.get("/_mock/state").content,
                lea.get("/openapi.json").content,
            ]

    assert play() == play()


@pytest.mark.parametrize("prefix", ["", "/w/principal"])
def test_the_control_plane_says_what_it_can_do(application: Application, prefix: str) -> None:
    listed = Vendor(application, prefix).get("/_mock").json()

    paths = {(call["method"], call["path"]) for call in listed}
    assert ("POST", f"{prefix}/_mock/tokens") in paths
    assert (("GET", "/_mock/scenarios") in paths) is (prefix == "")
    assert all(call["summary"] for call in listed)

"""Reading the state: whole or in part, in YAML or in JSON, and loading again what was read."""

import json
from typing import Any

import pytest

from rdv_mock.scenario.dump import KINDS
from tests.api.exam_world import state_of
from tests.support import CONTRATS, SMALL, Vendor, contrat, refusal_of, running

YAML = {"content-type": "application/yaml"}
BUSY = """\
limits: {panier.capacite: 3}
errors: {DUREE_INVALIDE: {status: 400}}
concurrence: {autoEcoles: 2, part: 0.5}
resultatsAutomatiques: {part: 0.25}
coefficients: [{codeDepartement: "085", groupePermis: B, mois: 2026-03, valeur: 7}]
centres: [{ref: roche, nom: LA ROCHE B, codeDepartement: "085"},
  {ref: sarcelles, nom: SARCELLES B, codeDepartement: "095"}]
mandats: [{ref: m1, autoEcole: plesses, candidat: ines, groupePermis: B},
  {ref: m2, autoEcole: autre, candidat: zoe, groupePermis: B}]
creneaux:
  - {ref: c1, centre: roche, dateHeureDebut: 2026-03-24T09:00:00, groupePermis: B}
  - {ref: c2, centre: roche, dateHeureDebut: 2026-03-24T10:00:00, groupePermis: B}
  - {ref: c3, centre: sarcelles, dateHeureDebut: 2026-03-24T09:00:00, groupePermis: B}
  - {ref: c4, centre: roche, dateHeureDebut: 2026-03-24T11:00:00, groupePermis: B}
examens: [{ref: e1, autoEcole: plesses, creneau: c1, candidat: ines}]
paniers:
  - {ref: p1, employe: lea, elements: [{creneau: c2}]}
  - {ref: p2, employe: max, elements: [{creneau: c3, candidat: zoe}]}
baux: [{employe: lea, clientId: editeur-demo, debut: 2026-03-01T08:00:00Z},
  {employe: max, clientId: editeur-demo, debut: 2026-03-01T08:00:00Z}]
incidents:
  - {operation: jeton, status: 500, times: 2}
  - {employe: lea, operation: lireEtp, delaySeconds: 1}
  - {autoEcole: autre, drop: after, operation: lireEtp}
"""


@pytest.fixture
def vendor() -> Any:
    with running(SMALL + BUSY) as application:
        anyone = Vendor(application)
        anyone.as_("lea").post(CONTRATS, json=contrat())
        anyone.post("/_mock/clock/advance", json={"to": "2026-03-25T08:00:00+01:00"})
        anyone.patch(
            "/_mock/state",
            json={
                "creneaux": [{"ref": "c2", "dateHeureDebut": "2026-04-24T10:00:00"}],
                "paniers": [{"ref": "p3", "employe": "lea", "elements": [{"creneau": "c2"}]}],
            },
        )
        yield anyone


def part_of(vendor: Vendor, query: str) -> dict[str, Any]:
    answer = vendor.get(f"/_mock/state?format=json&{query}")
    assert answer.status_code == 200, answer.text
    state: dict[str, Any] = answer.json()
    return state


# The form


@pytest.mark.parametrize(
    ("query", "accept", "media_type"),
    [
        ("", "*/*", "application/yaml"),
        ("", "text/html,application/xhtml+xml,*/*;q=0.8", "application/yaml"),
        ("", "application/yaml", "application/yaml"),
        ("", "application/json", "application/json"),
        ("", "Application/JSON; charset=utf-8", "application/json"),
        ("", "application/json, text/plain, */*", "application/json"),
        ("", "application/yaml;q=0.5, application/json", "application/json"),
        ("", "application/json;q=0.5, application/yaml", "application/yaml"),
        ("", "application/json, application/yaml", "application/yaml"),
        ("", "application/json;q=0", "application/yaml"),
        ("", "application/json;q=rien", "application/json"),
        ("?format=json", "application/yaml", "application/json"),
        ("?format=yaml", "application/json", "application/yaml"),
    ],
)
def test_the_form_is_the_one_that_is_asked_for_and_yaml_by_default(
    vendor: Vendor, query: str, accept: str, media_type: str
) -> None:
    answer = vendor.get(f"/_mock/state{query}", headers={"accept": accept})

    assert answer.headers["content-type"].startswith(media_type)
    assert answer.headers["vary"] == "Accept"
    assert answer.text.startswith("{" if media_type.endswith("json") else "title:")


def test_another_form_is_refused(vendor: Vendor) -> None:
    answer = vendor.get("/_mock/state?format=xml")

    assert refusal_of(answer) == (400, "PARAMETRE_INVALIDE")
    assert answer.json()["details"] == [{"champ": "format", "message": "doit valoir yaml ou json"}]


def test_json_loads_to_the_same_world(vendor: Vendor) -> None:
    before = state_of(vendor)
    state = part_of(vendor, "")

    assert vendor.put("/_mock/scenario", json=state).status_code == 200

    assert state_of(vendor) == before


def test_json_holds_the_same_as_yaml(vendor: Vendor) -> None:
    state = part_of(vendor, "")
    vendor.put("/_mock/scenario", content=state_of(vendor).encode(), headers=YAML)

    assert part_of(vendor, "") == state


# Some kinds


@pytest.mark.parametrize("query", ["kind=lecons,paniers", "kind=lecons%2Cpaniers"])
def test_kinds_may_be_separated_by_commas(vendor: Vendor, query: str) -> None:
    assert part_of(vendor, query) == part_of(vendor, "kind=lecons&kind=paniers")


def test_of_some_kinds_nothing_else_is_written(vendor: Vendor) -> None:
    state = part_of(vendor, "kind=lecons&kind=paniers")

    assert list(state) == ["paniers", "lecons"]
    assert [one["ref"] for one in state["lecons"]] == ["l1", "l2", "l3", "l4"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_that_is_asked_for_is_there_even_when_there_is_nothing_of_it(
    anyone: Vendor, kind: str
) -> None:
    assert list(part_of(anyone, f"kind={kind}")) == [kind]


@pytest.mark.parametrize("form", ["yaml", "json"])
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "incidents"])
def test_a_kind_that_was_written_can_be_given_back_as_a_fragment(
    vendor: Vendor, kind: str, form: str
) -> None:
    before = state_of(vendor)
    text = vendor.get(f"/_mock/state?kind={kind}&format={form}").content

    headers = {"content-type": f"application/{form}"}
    answer = vendor.patch("/_mock/state", content=text, headers=headers)

    assert answer.status_code == 200, answer.text
    assert state_of(vendor) == before


def test_what_was_removed_can_be_given_back(vendor: Vendor) -> None:
    before = part_of(vendor, "")
    mandats = part_of(vendor, "kind=mandats")
    vendor.patch("/_mock/state", json={"supprimer": ["m1", "m2"]})
    assert part_of(vendor, "kind=mandats") == {"mandats": []}

    vendor.patch("/_mock/state", json=mandats)

    assert part_of(vendor, "") == before


@pytest.mark.parametrize(
    ("query", "champ", "meant"),
    [
        ("kind=lecon", "kind[0]", "lecons"),
        ("kind=lecons&kind=candidat", "kind[1]", "candidats"),
        ("kind=lecons,candidat", "kind[1]", "candidats"),
    ],
)
def test_an_unknown_kind_is_refused_with_the_one_that_was_meant(
    vendor: Vendor, query: str, champ: str, meant: str
) -> None:
    answer = vendor.get(f"/_mock/state?{query}")

    assert refusal_of(answer) == (422, "GENRE_INCONNU")
    (detail,) = answer.json()["details"]
    assert detail["champ"] == champ
    assert detail["message"].endswith(f"n'est pas une clé connue ; vouliez-vous dire « {meant} » ?")


@pytest.mark.parametrize("kind", ["", "clock", "seed", "counters", "invent", "supprimer", "xyzzy"])
def test_what_no_fragment_may_hold_is_no_kind(vendor: Vendor, kind: str) -> None:
    assert refusal_of(vendor.get(f"/_mock/state?kind={kind}")) == (422, "GENRE_INCONNU")


# One école


def refs_of(parts: list[dict[str, Any]]) -> list[str]:
    return [part["ref"] for part in parts]


@pytest.mark.parametrize("name", ["plesses", "its id"])
def test_of_one_ecole_there_is_all_that_hangs_on_it_and_what_that_names(
    vendor: Vendor, name: str
) -> None:
    name = vendor.id_of("plesses") if name == "its id" else name
    state = part_of(vendor, f"autoEcole={name}")

    assert refs_of(state["autoEcoles"]) == ["plesses"]
    assert {one["candidat"] for one in state["contratsDeFormation"]} == {"zoe", "ines"}
    assert refs_of(state["lecons"]) == ["l1", "l2"]
    assert refs_of(state["candidats"]) == ["ines", "zoe"]
    assert refs_of(state["mandats"]) == ["m1"]
    assert refs_of(state["examens"]) == ["e1"]
    assert refs_of(state["paniers"]) == ["p3"]
    assert refs_of(state["creneaux"]) == ["c1", "c2"]
    assert refs_of(state["centres"]) == ["roche"]
    assert {one["employe"] for one in state["baux"]} == {"lea"}
    assert {one["autoEcole"] for one in state["etpCalcules"]} == {"plesses"}
    assert [one["clientId"] for one in state["clients"]] == ["editeur-demo"]
    assert len(state["coefficients"]) == 1
    assert [one.get("employe") for one in state["incidents"]] == [None, "lea"]
    assert state["prises"] == []


@pytest.mark.parametrize("name", ["plesses", "autre", "fermee"])
def test_one_ecole_loads_to_a_world_of_its_own(vendor: Vendor, name: str) -> None:
    text = vendor.get(f"/_mock/state?autoEcole={name}").content
    query = f"autoEcole={name}&groupePermis=B&mois=2026-05"
    explained = vendor.get(f"/_mock/etp?{query}").json()

    loaded = vendor.put("/_mock/scenario", content=text, headers=YAML)

    assert loaded.status_code == 200, loaded.text
    assert vendor.get(f"/_mock/state?autoEcole={name}").content == text
    assert state_of(vendor).encode() == text
    assert vendor.get(f"/_mock/etp?{query}").json() == explained


def test_one_ecole_and_some_kinds_go_together(vendor: Vendor) -> None:
    state = part_of(vendor, "kind=lecons&autoEcole=autre")

    assert list(state) == ["lecons"]
    assert refs_of(state["lecons"]) == ["l3"]


def test_an_ecole_that_is_not_there_is_refused_with_the_one_that_was_meant(vendor: Vendor) -> None:
    answer = vendor.get("/_mock/state?autoEcole=Plesse")

    assert refusal_of(answer) == (400, "PARAMETRE_INVALIDE")
    assert answer.json()["details"] == [
        {
            "champ": "autoEcole",
            "message": "ne désigne aucune auto-école ; vouliez-vous dire « plesses » ?",
        }
    ]


def test_in_the_demonstration_each_ecole_loads_on_its_own() -> None:
    with running("title: x\n") as application:
        anyone = Vendor(application)
        anyone.put("/_mock/scenario", json={"name": "demonstration"})
        anyone.put("/_mock/clock", json={"frozen": True})
        anyone.post("/_mock/clock/advance", json={"by": "P60D"})
        anyone.post("/_mock/snapshots", json={"name": "tout"})

        for one in part_of(anyone, "kind=autoEcoles")["autoEcoles"]:
            anyone.put("/_mock/snapshots/tout")
            state = part_of(anyone, f"autoEcole={one['ref']}")
            assert anyone.put("/_mock/scenario", json=state).status_code == 200
            assert json.dumps(part_of(anyone, "")) == json.dumps(state)

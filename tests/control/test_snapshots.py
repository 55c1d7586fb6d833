import pytest

from rdv_mock.steering.snapshots import MOST_SNAPSHOTS
from tests.api.exam_world import change, state_of
from tests.support import CONTRATS, LIVRET, SMALL, Vendor, clock_at, contrat, refusal_of, running

YAML = {"content-type": "application/yaml"}
FORMATEURS = f"{LIVRET}/formateurs"
INCIDENT = {"operation": "listerSimulateurs", "error": "SERVICE_INDISPONIBLE"}


def keep(vendor: Vendor, name: str) -> None:
    answer = vendor.post("/_mock/snapshots", json={"name": name})
    assert answer.status_code == 201, answer.text


def go_back(vendor: Vendor, name: str) -> None:
    assert vendor.put(f"/_mock/snapshots/{name}").status_code == 204


def advance(vendor: Vendor, by: str) -> None:
    assert vendor.post("/_mock/clock/advance", json={"by": by}).status_code == 200


def names_of(vendor: Vendor) -> list[str]:
    return [snapshot["name"] for snapshot in vendor.get("/_mock/snapshots").json()]


# Snapshots


def test_a_snapshot_is_kept_with_its_time(anyone: Vendor) -> None:
    advance(anyone, "PT1H")

    answer = anyone.post("/_mock/snapshots", json={"name": "avant"})

    kept = {"name": "avant", **clock_at("2026-03-10T09:00:00Z")}
    assert (answer.status_code, answer.json()) == (201, kept)
    assert anyone.get("/_mock/snapshots").json() == [kept]


def test_snapshots_are_listed_in_the_order_in_which_they_were_kept(anyone: Vendor) -> None:
    for name in ("b", "a", "c", "b"):
        keep(anyone, name)

    assert names_of(anyone) == ["a", "c", "b"]


def test_going_back_restores_state_and_clock(lea: Vendor) -> None:
    made = lea.post(CONTRATS, json=contrat()).json()
    keep(lea, "avant")
    before = state_of(lea)
    change(lea, title="Changé", limits={"panier.capacite": 1}, supprimer=[made["id"], "k3"])
    advance(lea, "PT2M")

    go_back(lea, "avant")

    assert state_of(lea) == before
    assert lea.get(f"{CONTRATS}/{made['id']}").json() == made
    assert lea.get("/_mock/clock").json() == clock_at("2026-03-10T08:00:00Z")


def test_going_back_may_be_repeated_and_gives_the_same_ids_again(lea: Vendor) -> None:
    keep(lea, "avant")

    made = []
    for _ in range(2):
        made.append(lea.post(CONTRATS, json=contrat()).json())
        go_back(lea, "avant")

    assert made[0] == made[1]
    assert refusal_of(lea.get(f"{CONTRATS}/{made[0]['id']}")) == (404, "CONTRAT_INCONNU")


def test_going_back_leaves_tokens_good_those_since_included(lea: Vendor) -> None:
    keep(lea, "avant")
    max_ = lea.as_("max")

    go_back(lea, "avant")

    assert lea.get(FORMATEURS).status_code == max_.get(FORMATEURS).status_code == 200


def test_a_token_that_time_has_ended_since_is_alive_again(lea: Vendor) -> None:
    keep(lea, "avant")
    advance(lea, "P91D")
    assert refusal_of(lea.get(FORMATEURS)) == (401, "JETON_INVALIDE")

    go_back(lea, "avant")

    assert lea.get(FORMATEURS).status_code == 200


def test_a_clock_that_ran_runs_again_and_one_that_stood_stands(anyone: Vendor) -> None:
    keep(anyone, "arret")
    anyone.put("/_mock/clock", json={"frozen": False})
    keep(anyone, "marche")
    anyone.put("/_mock/clock", json={"now": "2026-04-01T00:00:00Z", "frozen": True})

    go_back(anyone, "marche")
    running_on = anyone.get("/_mock/clock").json()
    go_back(anyone, "arret")

    assert running_on["frozen"] is False
    assert running_on["now"].startswith("2026-03-10T08:00")
    assert anyone.get("/_mock/clock").json() == clock_at("2026-03-10T08:00:00Z")


def test_what_was_due_after_a_snapshot_happens_again(anyone: Vendor) -> None:
    anyone.as_("lea")
    keep(anyone, "avant")
    lived = []

    for _ in range(2):
        answer = anyone.post("/_mock/clock/advance", json={"by": "P91D"})
        lived.append(answer.json()["events"])
        anyone.patch("/_mock/state", json={"supprimer": ["l1"]})
        go_back(anyone, "avant")

    assert lived[0] == lived[1]
    assert "BAIL_TERMINE" in {event["type"] for event in lived[0]}


def test_a_snapshot_holds_neither_incidents_nor_journal(lea: Vendor) -> None:
    keep(lea, "avant")
    lea.post("/_mock/incidents", json=INCIDENT)
    lea.get(FORMATEURS)

    go_back(lea, "avant")

    assert len(lea.get("/_mock/incidents").json()) == 1
    assert lea.get("/_mock/journal").json()["total"] == 1


def test_a_snapshot_of_the_same_name_takes_the_place_of_the_first(anyone: Vendor) -> None:
    keep(anyone, "avant")
    change(anyone, title="Changé")
    advance(anyone, "PT1H")
    keep(anyone, "avant")
    change(anyone, title="Encore changé")

    go_back(anyone, "avant")

    assert "title: Changé" in state_of(anyone)
    assert anyone.get("/_mock/clock").json()["now"] == "2026-03-10T09:00:00Z"
    assert names_of(anyone) == ["avant"]


@pytest.mark.parametrize(
    "scope", ["all", "state", "clock", "incidents", "journal", "limits", "scenario"]
)
def test_a_snapshot_survives_every_reset(anyone: Vendor, scope: str) -> None:
    change(anyone, title="Changé")
    advance(anyone, "PT1H")
    keep(anyone, "avant")
    before = state_of(anyone)

    if scope == "scenario":
        anyone.put("/_mock/scenario", json={"name": "panier_plein"})
    else:
        anyone.post(f"/_mock/reset?scope={scope}")
    go_back(anyone, "avant")

    assert state_of(anyone) == before


def test_a_reset_after_going_back_goes_to_the_scenario(anyone: Vendor) -> None:
    anyone.post("/_mock/reset")
    loaded = state_of(anyone)
    change(anyone, title="Changé")
    keep(anyone, "avant")
    go_back(anyone, "avant")

    anyone.post("/_mock/reset")

    assert state_of(anyone) == loaded


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "/_mock/snapshots/inconnu"),
        ("PUT", "/_mock/snapshots/Avant"),
        ("DELETE", "/_mock/snapshots/inconnu"),
        ("GET", "/_mock/snapshots/inconnu/diff/avant"),
        ("GET", "/_mock/snapshots/avant/diff/inconnu"),
    ],
)
def test_what_was_never_kept_is_unknown(anyone: Vendor, method: str, path: str) -> None:
    keep(anyone, "avant")
    before = state_of(anyone)

    assert refusal_of(anyone.call(method, path)) == (404, "INSTANTANE_INCONNU")
    assert state_of(anyone) == before


@pytest.mark.parametrize(
    "name",
    ["", "A", "a/b", "..", "a.b", "-a", "é", "a\n", "a" * 64, "x" * 10_240, 5, None],
    ids=repr,
)
def test_a_bad_name_keeps_nothing(anyone: Vendor, name: object) -> None:
    answer = anyone.post("/_mock/snapshots", json={"name": name})

    assert refusal_of(answer) == (400, "PARAMETRE_INVALIDE")
    assert answer.json()["details"][0]["champ"] == "name"
    assert names_of(anyone) == []


def test_there_are_only_so_many_snapshots_but_one_may_be_kept_anew(anyone: Vendor) -> None:
    assert MOST_SNAPSHOTS == 100
    for number in range(100):
        keep(anyone, f"s-{number}")

    refused = anyone.post("/_mock/snapshots", json={"name": "s-100"})
    keep(anyone, "s-0")

    assert refusal_of(refused) == (400, "PARAMETRE_INVALIDE")
    assert refused.json()["details"] == [
        {"champ": "name", "message": "serait le 101e instantané de ce monde"}
    ]
    assert len(names_of(anyone)) == 100


def test_a_snapshot_that_was_dropped_is_unknown_and_leaves_the_world_alone(anyone: Vendor) -> None:
    keep(anyone, "avant")
    keep(anyone, "apres")
    before = state_of(anyone)

    assert anyone.delete("/_mock/snapshots/avant").status_code == 204

    for method in ("PUT", "DELETE"):
        refused = anyone.call(method, "/_mock/snapshots/avant")
        assert refusal_of(refused) == (404, "INSTANTANE_INCONNU")
    assert names_of(anyone) == ["apres"]
    assert state_of(anyone) == before


def test_each_world_has_its_own_snapshots(anyone: Vendor) -> None:
    anyone.post("/_mock/worlds", json={"name": "un"})
    one = Vendor(anyone.application, "/w/un")
    keep(one, "avant")

    assert names_of(anyone) == []
    assert refusal_of(anyone.put("/_mock/snapshots/avant")) == (404, "INSTANTANE_INCONNU")
    assert one.put("/_mock/snapshots/avant").status_code == 204


# What distinguishes two of them


def test_nothing_distinguishes_a_snapshot_from_itself(anyone: Vendor) -> None:
    keep(anyone, "a")
    keep(anyone, "b")

    assert anyone.get("/_mock/snapshots/a/diff/b").json() == {}
    assert anyone.get("/_mock/snapshots/a/diff/a").json() == {}


def test_a_difference_is_told_in_the_words_of_a_scenario(lea: Vendor) -> None:
    keep(lea, "a")
    made = lea.post(CONTRATS, json=contrat()).json()
    centre = {"ref": "challans", "nom": "CHALLANS B", "codeDepartement": "085"}
    change(
        lea,
        centres=[centre],
        candidats=[{"ref": "ines", "email": "ines@exemple.test"}],
        supprimer=["l1"],
    )
    keep(lea, "b")

    found = lea.get("/_mock/snapshots/a/diff/b").json()

    assert sorted(found) == ["candidats", "centres", "contratsDeFormation", "lecons"]
    (ines,) = found["candidats"].pop("changed")
    assert ines["before"].get("email") is None
    assert ines["after"] == {**ines["before"], "email": "ines@exemple.test"}
    assert (ines["after"]["ref"], ines["after"]["id"]) == ("ines", lea.id_of("ines"))
    (added,) = found["centres"].pop("added")
    assert added.items() >= {**centre, "id": lea.id_of("challans")}.items()
    (contrat_added,) = found["contratsDeFormation"].pop("added")
    assert contrat_added["id"] == made["id"]
    assert contrat_added["autoEcole"] == "plesses"
    assert contrat_added["candidat"] == "ines"
    (withdrawn,) = found["lecons"].pop("removed")
    assert withdrawn["ref"] == "l1"
    assert withdrawn["dateHeureDebut"] == "2026-03-09T10:00:00"
    assert not any(rest for kind in found.values() for rest in kind.values())


def test_the_other_way_round_what_was_added_is_removed(lea: Vendor) -> None:
    keep(lea, "a")
    lea.post(CONTRATS, json=contrat())
    change(lea, candidats=[{"ref": "ines", "email": "ines@exemple.test"}])
    keep(lea, "b")

    there = lea.get("/_mock/snapshots/a/diff/b").json()
    back = lea.get("/_mock/snapshots/b/diff/a").json()

    assert back["contratsDeFormation"] == {
        "added": [],
        "changed": [],
        "removed": there["contratsDeFormation"]["added"],
    }
    (one,), (other,) = there["candidats"]["changed"], back["candidats"]["changed"]
    assert (one["before"], one["after"]) == (other["after"], other["before"])


def test_what_was_added_can_be_added_elsewhere_as_it_is_told(lea: Vendor) -> None:
    keep(lea, "a")
    made = lea.post(CONTRATS, json=contrat()).json()
    keep(lea, "b")
    added = lea.get("/_mock/snapshots/a/diff/b").json()["contratsDeFormation"]["added"]
    go_back(lea, "a")

    change(lea, contratsDeFormation=added)

    assert lea.get(f"{CONTRATS}/{made['id']}").json() == made


def test_comparing_changes_nothing(lea: Vendor) -> None:
    keep(lea, "a")
    lea.post(CONTRATS, json=contrat())
    keep(lea, "b")
    before = state_of(lea)

    lea.get("/_mock/snapshots/a/diff/b")

    assert state_of(lea) == before
    assert names_of(lea) == ["a", "b"]


# Resets

STEERED = f"""\
{SMALL}
limits: {{debit.actif: true, debit.parEmploye: 2}}
incidents: [{{operation: listerSimulateurs, times: 1, error: SERVICE_INDISPONIBLE}}]
"""


def is_new(vendor: Vendor, journal_calls: int) -> dict[str, bool]:
    """Of each part of the world, whether it is as its scenario was loaded."""
    (armed, *others) = vendor.get("/_mock/incidents").json() or [{}]
    return {
        "state": "title: Une école, un élève\n" in state_of(vendor),
        "clock": vendor.get("/_mock/clock").json()["now"] == "2026-03-10T08:00:00Z",
        "incidents": armed.get("struck") == 0 and not others,
        "journal": vendor.get("/_mock/journal").json()["total"] < journal_calls,
    }


@pytest.mark.parametrize("scope", ["all", "state", "clock", "incidents", "journal", "limits"])
def test_a_reset_takes_back_what_its_scope_says_and_no_more(scope: str) -> None:
    with running(STEERED) as application:
        lea = Vendor(application).as_("lea")
        assert lea.get(f"{LIVRET}/simulateurs").status_code == 503
        lea.post("/_mock/incidents", json=INCIDENT)
        change(lea, title="Changé")
        advance(lea, "PT40S")
        assert [lea.get(FORMATEURS).status_code for _ in range(3)] == [200, 200, 429]

        assert lea.post(f"/_mock/reset?scope={scope}").status_code == 204

        found = is_new(lea, journal_calls=4)
        assert found == {part: scope in {"all", part} for part in found}
        if scope == "all":
            assert refusal_of(lea.get(FORMATEURS)) == (401, "JETON_INVALIDE")
            assert lea.as_("lea").get(FORMATEURS).status_code == 200
        else:
            again = 200 if scope == "limits" else 429
            assert lea.get(FORMATEURS).status_code == again


def test_without_a_scope_a_reset_takes_back_everything() -> None:
    with running(STEERED) as application:
        lea = Vendor(application).as_("lea")
        lea.get(f"{LIVRET}/simulateurs")
        lea.delete("/_mock/incidents")
        change(lea, title="Changé")
        advance(lea, "PT40S")

        lea.post("/_mock/reset")

        assert all(is_new(lea, journal_calls=1).values())


@pytest.mark.parametrize(
    ("scope", "status"),
    [("all", 401), *[(one, 200) for one in ("state", "clock", "incidents", "journal", "limits")]],
)
def test_tokens_end_with_a_reset_of_everything_alone(lea: Vendor, scope: str, status: int) -> None:
    assert lea.get(FORMATEURS).status_code == 200

    lea.post(f"/_mock/reset?scope={scope}")

    assert lea.get(FORMATEURS).status_code == status


def test_a_refresh_token_ends_with_them(anyone: Vendor) -> None:
    def refresh() -> int:
        answer = anyone.post(
            "/realms/formation/protocol/openid-connect/token",
            data={
                "grant_type": "refresh_token",
                "refresh_token": refresh_token,
                "client_id": "editeur-demo",
                "client_secret": "secret-demo-rdv-mock",
            },
        )
        return answer.status_code

    issued = anyone.post("/_mock/tokens", json={"employe": "lea"}).json()
    refresh_token = issued["refresh_token"]
    anyone.post("/_mock/reset?scope=state")
    assert anyone.get("/_mock/connexions").json()[0]["connecte"] is True

    anyone.post("/_mock/reset")

    assert refresh() == 400
    assert anyone.get("/_mock/connexions").json()[0]["connecte"] is False


def test_a_reset_of_the_state_lives_through_what_the_clock_has_passed(anyone: Vendor) -> None:
    anyone.as_("lea")
    advance(anyone, "P91D")

    anyone.post("/_mock/reset?scope=state")

    connexion = anyone.get("/_mock/connexions").json()[0]
    assert connexion["connecte"] is False
    assert anyone.get("/_mock/clock").json()["now"] == "2026-06-09T08:00:00Z"


def test_a_reset_brings_back_the_incidents_of_the_scenario_ready_to_strike() -> None:
    with running(STEERED) as application:
        lea = Vendor(application).as_("lea")
        statuses = []
        for _ in range(2):
            statuses += [lea.get(f"{LIVRET}/simulateurs").status_code for _ in range(2)]
            lea.post("/_mock/reset?scope=incidents")

        assert statuses == [503, 200, 503, 200]
        ids = [incident["id"] for incident in lea.get("/_mock/incidents").json()]
        assert ids == ["incident-1"]

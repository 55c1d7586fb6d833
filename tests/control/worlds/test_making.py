import pytest

from rdv_mock.settings import Settings
from tests.api.exam_world import V2, state_of
from tests.control.worlds.support import FORMATEURS, START, WRITTEN, advance, create, names_of
from tests.support import CONTRATS, Vendor, clock_at, contrat, refusal_of, running

# Making one


def test_a_new_world_tells_its_name_where_it_begins_and_its_refs(anyone: Vendor) -> None:
    answer = anyone.post("/_mock/worlds", json={"name": "ci-42_b"})

    assert answer.status_code == 201
    assert answer.json() == {
        "name": "ci-42_b",
        "basePath": "/w/ci-42_b",
        "refs": dict(anyone.world.store.references.by_ref()),
    }
    assert "location" not in answer.headers


def test_without_a_name_worlds_are_numbered_and_a_number_is_used_again(anyone: Vendor) -> None:
    first = anyone.post("/_mock/worlds")
    second = anyone.post("/_mock/worlds", json={})
    anyone.post("/_mock/worlds", json={"name": "monde-3"})
    fourth = anyone.post("/_mock/worlds", json={"name": None})
    anyone.delete("/_mock/worlds/monde-2")
    again = anyone.post("/_mock/worlds", json={})

    made = [answer.json()["name"] for answer in (first, second, fourth, again)]
    assert made == ["monde-1", "monde-2", "monde-4", "monde-2"]


def test_a_new_world_is_that_of_principal_as_it_was_loaded(anyone: Vendor) -> None:
    anyone.post("/_mock/reset")
    loaded = state_of(anyone)
    anyone.as_("lea").post(CONTRATS, json=contrat())
    anyone.patch("/_mock/state", json={"title": "Changé", "supprimer": ["ines"]})
    anyone.post("/_mock/incidents", json={"error": "SERVICE_INDISPONIBLE"})
    anyone.post("/_mock/snapshots", json={"name": "avant"})
    advance(anyone, "P40D")

    world = create(anyone)

    assert state_of(world) == loaded
    assert world.get("/_mock/clock").json() == START
    assert world.get("/_mock/incidents").json() == []
    assert world.get("/_mock/snapshots").json() == []
    assert world.get("/_mock/journal").json()["total"] == 0


def test_a_new_world_follows_principal_to_its_next_scenario(anyone: Vendor) -> None:
    anyone.put("/_mock/scenario", json=WRITTEN)

    world = create(anyone)

    assert world.get("/_mock/clock").json()["now"] == "2027-01-01T00:00:00Z"
    assert state_of(world) == state_of(anyone)


def test_a_new_world_may_be_of_a_named_scenario(anyone: Vendor) -> None:
    answer = anyone.post("/_mock/worlds", json={"name": "a", "scenario": "panier_plein"})
    world = Vendor(anyone.application, "/w/a")

    refused = world.as_("lea").post(
        f"{V2}/paniers/{answer.json()['refs']['p1']}/creneaux",
        json={"creneauId": answer.json()["refs"]["c1"]},
    )

    assert refusal_of(refused) == (400, "PANIER_PLEIN")
    listed = anyone.get("/_mock/worlds").json()
    assert [world["scenario"] for world in listed] == ["test", "panier_plein"]


def test_a_new_world_may_be_written_out(anyone: Vendor) -> None:
    answer = anyone.post("/_mock/worlds", json={"scenario": WRITTEN})

    assert answer.status_code == 201
    assert list(answer.json()["refs"]) == ["sables"]
    world = Vendor(anyone.application, answer.json()["basePath"])
    assert world.get("/_mock/clock").json() == clock_at("2027-01-01T00:00:00Z")
    world.patch("/_mock/state", json={"supprimer": ["sables"]})
    world.post("/_mock/reset")
    assert "SABLES B" in state_of(world)


def test_a_new_world_may_be_what_another_one_is_now(anyone: Vendor) -> None:
    one = create(anyone, name="un")
    one.as_("lea").post(CONTRATS, json=contrat())
    one.post("/_mock/incidents", json={"operation": "lireEtp", "error": "ERREUR_INTERNE"})
    two = {"operation": "listerFormateurs", "after": 1, "times": 2, "error": "SERVICE_INDISPONIBLE"}
    one.post("/_mock/incidents", json=two)
    one.delete("/_mock/incidents/incident-1")
    for _ in range(2):
        one.get(FORMATEURS)
    one.post("/_mock/snapshots", json={"name": "avant"})
    advance(one, "P1D")

    other = create(anyone, **{"from": "un"})

    assert state_of(other) == state_of(one)
    assert other.get("/_mock/clock").json() == clock_at("2026-03-11T08:00:00Z")
    (armed,) = other.get("/_mock/incidents").json()
    counted = {"seen": 2, "struck": 1, "restants": 1, "epuise": False}
    assert armed == {"id": "incident-2", **counted, **two}
    statuses = [other.as_("lea").get(FORMATEURS).status_code for _ in range(2)]
    assert statuses == [503, 200]
    assert one.get("/_mock/incidents/incident-2").json()["struck"] == 1
    assert other.post("/_mock/incidents", json={"status": 500}).json()["id"] == "incident-3"
    assert other.get("/_mock/snapshots").json() == []


def test_a_copy_goes_back_to_where_its_scenario_began(anyone: Vendor) -> None:
    anyone.post("/_mock/reset")
    loaded = state_of(anyone)
    anyone.patch("/_mock/state", json={"supprimer": ["ines"]})
    advance(anyone, "P1D")
    copy = create(anyone, **{"from": "principal"})

    copy.post("/_mock/reset")

    assert state_of(copy) == loaded


def test_a_copy_of_a_running_clock_runs(anyone: Vendor) -> None:
    anyone.put("/_mock/clock", json={"frozen": False})

    copy = create(anyone, **{"from": "principal"})

    assert copy.get("/_mock/clock").json()["frozen"] is False


def test_a_copy_hands_out_the_same_ids_as_what_it_was_copied_from(anyone: Vendor) -> None:
    copy = create(anyone, **{"from": "principal"})

    made = [one.as_("lea").post(CONTRATS, json=contrat()).json() for one in (anyone, copy)]

    assert made[0] == made[1]


@pytest.mark.parametrize("asked", [{}, {"from": "principal"}])
def test_a_token_opens_its_own_world_alone(lea: Vendor, asked: dict[str, str]) -> None:
    world = create(lea, **asked)
    foreign = world.get(FORMATEURS, headers=lea.headers)
    own = world.as_("lea")

    assert refusal_of(foreign) == (401, "JETON_INVALIDE")
    assert own.get(FORMATEURS).status_code == 200
    assert refusal_of(lea.get(FORMATEURS, headers=own.headers)) == (401, "JETON_INVALIDE")
    assert lea.get(FORMATEURS).status_code == 200


# What is refused


@pytest.mark.parametrize(
    "name",
    [
        "",
        "Monde",
        "a/b",
        "../a",
        "a%2Fb",
        "a.b",
        ".",
        "-a",
        "_a",
        "é",
        "a b",
        "a\n",
        "a\x00",
        "a" * 64,
        "x" * 10_240,
        5,
        ["a"],
    ],
    ids=repr,
)
def test_a_bad_name_is_refused(anyone: Vendor, name: object) -> None:
    answer = anyone.post("/_mock/worlds", json={"name": name})

    assert refusal_of(answer) == (400, "PARAMETRE_INVALIDE")
    assert [detail["champ"] for detail in answer.json()["details"]] == ["name"]
    assert names_of(anyone) == ["principal"]


@pytest.mark.parametrize("name", ["a", "0", "a-b_c", "a" * 63])
def test_a_good_name_may_be_any_of_these(anyone: Vendor, name: str) -> None:
    assert create(anyone, name=name).get("/_mock/clock").json() == START


@pytest.mark.parametrize(
    ("asked", "champ"),
    [
        ({"scenario": 5}, "scenario"),
        ({"from": 5}, "from"),
        ({"from": "principal", "scenario": "panier_plein"}, "from"),
        ({"nom": "a"}, "nom"),
    ],
)
def test_a_world_that_nobody_understands_is_not_made(
    anyone: Vendor, asked: dict[str, object], champ: str
) -> None:
    answer = anyone.post("/_mock/worlds", json=asked)

    assert refusal_of(answer) == (400, "PARAMETRE_INVALIDE")
    assert answer.json()["details"][0]["champ"].startswith(champ)
    assert names_of(anyone) == ["principal"]


@pytest.mark.parametrize("scenario", [None, "panier_plein", WRITTEN])
def test_no_two_worlds_have_one_name(anyone: Vendor, scenario: object) -> None:
    world = create(anyone, name="un")
    advance(world, "P1D")

    for name in ("un", "principal"):
        answer = anyone.post("/_mock/worlds", json={"name": name, "scenario": scenario})
        assert refusal_of(answer) == (409, "MONDE_DEJA_EXISTANT")

    assert world.get("/_mock/clock").json()["now"] == "2026-03-11T08:00:00Z"
    assert names_of(anyone) == ["principal", "un"]


@pytest.mark.parametrize(
    ("asked", "refusal"),
    [
        ({"from": "inconnu"}, (404, "MONDE_INCONNU")),
        ({"from": ""}, (404, "MONDE_INCONNU")),
        ({"scenario": "inconnu"}, (404, "SCENARIO_INCONNU")),
        ({"scenario": "../demonstration"}, (404, "SCENARIO_INCONNU")),
        ({"scenario": {}}, (422, "SCENARIO_INVALIDE")),
        ({"scenario": {"title": "x", "seed": "a"}}, (422, "SCENARIO_INVALIDE")),
    ],
)
def test_a_world_of_nothing_is_not_made(
    anyone: Vendor, asked: dict[str, object], refusal: tuple[int, str]
) -> None:
    assert refusal_of(anyone.post("/_mock/worlds", json=asked)) == refusal
    assert names_of(anyone) == ["principal"]


def test_a_bad_scenario_says_all_that_is_wrong_with_it(anyone: Vendor) -> None:
    bad = {"title": "x", "autoEcole": [], "centres": [{"nom": "X"}]}

    answer = anyone.post("/_mock/worlds", json={"name": "un", "scenario": bad})

    assert refusal_of(answer) == (422, "SCENARIO_INVALIDE")
    details = {detail["champ"]: detail["message"] for detail in answer.json()["details"]}
    assert details == {
        "autoEcole": "n'est pas une clé connue ; vouliez-vous dire « autoEcoles » ?",
        "centres[0].codeDepartement": "est obligatoire",
    }
    assert refusal_of(anyone.get("/w/un/_mock/clock")) == (404, "MONDE_INCONNU")


def test_there_are_only_so_many_worlds() -> None:
    with running(settings=Settings(max_worlds=3)) as application:
        anyone = Vendor(application)
        create(anyone, name="un")
        create(anyone)

        full = anyone.post("/_mock/worlds", json={"name": "trois"})
        taken = anyone.post("/_mock/worlds", json={"name": "un"})
        anyone.delete("/_mock/worlds/un")

        assert refusal_of(full) == (503, "TROP_DE_MONDES")
        assert refusal_of(taken) == (409, "MONDE_DEJA_EXISTANT")
        create(anyone, name="trois")


def test_a_thousand_worlds_live_side_by_side_and_one_more_is_refused(anyone: Vendor) -> None:
    names = [create(anyone).prefix.removeprefix("/w/") for _ in range(999)]

    assert refusal_of(anyone.post("/_mock/worlds")) == (503, "TROP_DE_MONDES")
    assert names_of(anyone) == ["principal", *names]
    anyone.post("/w/monde-500/_mock/clock/advance", json={"by": "PT1H"})
    hours = {world["now"] for world in anyone.get("/_mock/worlds").json()}
    assert hours == {"2026-03-10T08:00:00Z", "2026-03-10T09:00:00Z"}


@pytest.mark.parametrize("prefix", ["/w/principal", "/w/un"])
def test_worlds_are_made_and_dropped_at_the_root_only(anyone: Vendor, prefix: str) -> None:
    create(anyone, name="un")
    inside = Vendor(anyone.application, prefix)

    answers = [
        inside.get("/_mock/worlds"),
        inside.post("/_mock/worlds", json={}),
        inside.delete("/_mock/worlds/un"),
    ]

    assert [refusal_of(answer) for answer in answers] == [(404, "RESSOURCE_INCONNUE")] * 3
    assert names_of(anyone) == ["principal", "un"]


# Listing and dropping


def test_all_worlds_are_listed_principal_first(anyone: Vendor) -> None:
    create(anyone, name="a", scenario="panier_plein")
    advance(create(anyone, name="b"), "PT1H")

    assert anyone.get("/_mock/worlds").json() == [
        {"name": "principal", "basePath": "", "scenario": "test", **START},
        {"name": "a", "basePath": "/w/a", "scenario": "panier_plein", **START},
        {
            "name": "b",
            "basePath": "/w/b",
            "scenario": "test",
            **clock_at("2026-03-10T09:00:00Z"),
        },
    ]


def test_a_world_that_was_dropped_is_no_more(anyone: Vendor) -> None:
    lea = create(anyone, name="un").as_("lea")

    dropped = anyone.delete("/_mock/worlds/un")

    assert (dropped.status_code, dropped.content) == (204, b"")
    assert refusal_of(lea.get(FORMATEURS)) == (404, "MONDE_INCONNU")
    assert refusal_of(anyone.delete("/_mock/worlds/un")) == (404, "MONDE_INCONNU")
    assert names_of(anyone) == ["principal"]


def test_a_name_that_is_free_again_is_that_of_a_new_world(anyone: Vendor) -> None:
    lea = create(anyone, name="un").as_("lea")
    anyone.delete("/_mock/worlds/un")

    create(anyone, name="un")

    assert refusal_of(lea.get(FORMATEURS)) == (401, "JETON_INVALIDE")


def test_principal_stays(anyone: Vendor) -> None:
    answer = anyone.delete("/_mock/worlds/principal")

    assert refusal_of(answer) == (400, "PARAMETRE_INVALIDE")
    assert answer.json()["details"][0]["champ"] == "name"
    assert anyone.get("/_mock/clock").json() == START


@pytest.mark.parametrize("name", ["inconnu", "A", "x" * 10_240])
def test_what_is_no_world_cannot_be_dropped(anyone: Vendor, name: str) -> None:
    assert refusal_of(anyone.delete(f"/_mock/worlds/{name}")) == (404, "MONDE_INCONNU")

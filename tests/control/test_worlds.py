import asyncio
import json
import os
import re
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from datetime import datetime
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from httpx2 import ASGITransport, AsyncClient, Response
from joserfc import jwt

from rdv_mock.facts.world import WorldSettings
from rdv_mock.serving.app import Application
from rdv_mock.settings import Settings
from rdv_mock.store import Store
from tests.api.exam_world import EXAM_WORLD, V1, V2, state_of
from tests.support import CONTRATS, LIVRET, SMALL, Vendor, clock_at, contrat, refusal_of, running

YAML = {"content-type": "application/yaml"}
START = clock_at("2026-03-10T08:00:00Z")
FORMATEURS = f"{LIVRET}/formateurs"
REALM = "/realms/formation"
DISCOVERY = f"{REALM}/.well-known/openid-configuration"
WRITTEN = {
    "title": "Écrit en toutes lettres",
    "clock": {"now": "2027-01-01T00:00:00Z"},
    "centres": [{"ref": "sables", "nom": "SABLES B", "codeDepartement": "085"}],
}


@pytest.fixture(autouse=True)
def _every_database_is_closed_in_the_end(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    opened: list[Store] = []
    begin = Store.__init__

    def remember(store: Store) -> None:
        begin(store)
        opened.append(store)

    monkeypatch.setattr(Store, "__init__", remember)
    yield
    assert [store for store in opened if is_open(store)] == []


def is_open(store: Store) -> bool:
    try:
        store.sql.execute("SELECT 1")
    except sqlite3.ProgrammingError:
        return False
    return True


def shown_by(world: Vendor) -> dict[str, Any]:
    """What the clock of a world shows."""
    shown: dict[str, Any] = world.get("/_mock/clock").json()
    return shown


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> list[Store]:
    """The stores that are built from a scenario, not copied."""
    stores: list[Store] = []
    build = Store.new

    def remember(settings: WorldSettings, *, now: datetime) -> Store:
        stores.append(build(settings, now=now))
        return stores[-1]

    monkeypatch.setattr(Store, "new", remember)
    return stores


def create(vendor: Vendor, **asked: Any) -> Vendor:
    """Somebody in a new world."""
    answer = vendor.post("/_mock/worlds", json=asked)
    assert answer.status_code == 201, answer.text
    return Vendor(vendor.application, answer.json()["basePath"])


def names_of(vendor: Vendor) -> list[str]:
    return [world["name"] for world in vendor.get("/_mock/worlds").json()]


def advance(vendor: Vendor, by: str) -> None:
    assert vendor.post("/_mock/clock/advance", json={"by": by}).status_code == 200


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


# Every surface


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "/docs",
        "/swagger-ui/index.html",
        "/openapi.json",
        "/v3/api-docs",
        f"{V2}/moi",
        f"{V1}/moi",
        FORMATEURS,
        DISCOVERY,
        f"/auth{DISCOVERY}",
        f"{REALM}/protocol/openid-connect/certs",
        "/_mock",
        "/_mock/docs",
        "/_mock/clock",
        "/_mock/worlds",
        "/_mock/health",
        "/inconnu",
    ],
)
def test_a_world_that_there_is_not_is_unknown_on_every_surface(anyone: Vendor, path: str) -> None:
    assert refusal_of(anyone.get(f"/w/inconnu{path}")) == (404, "MONDE_INCONNU")


@pytest.mark.parametrize("path", ["/w/principal", "/w/monde-1"])
def test_the_front_page_of_a_world_leads_to_its_own_docs(anyone: Vendor, path: str) -> None:
    create(anyone)

    assert anyone.get(path).headers["location"] == f"{path}/docs"


def test_the_exam_api_and_the_livret_answer_in_a_world() -> None:
    with running(EXAM_WORLD) as application:
        lea = create(Vendor(application), name="un").as_("lea")

        panier = lea.post(f"{V2}/paniers")
        made = lea.post(f"{CONTRATS}", json=contrat(categoriePermis="B"))

        assert panier.headers["location"] == f"/w/un{V2}/paniers/{panier.json()['id']}"
        assert made.headers["location"] == f"/w/un{CONTRATS}/{made.json()['id']}"
        assert lea.get(f"{V1}/paniers").json() == lea.get(f"{V2}/paniers").json()
        assert len(lea.get(f"{V2}/paniers").json()) == 1
        assert Vendor(application).as_("lea").get(f"{V2}/paniers").json() == []


@pytest.mark.parametrize("style", ["", "/auth"])
def test_the_provider_of_a_world_names_it(anyone: Vendor, style: str) -> None:
    world = create(anyone, name="un")

    found = world.get(f"{style}{DISCOVERY}").json()
    token = world.post("/_mock/tokens", json={"employe": "lea"}).json()["access_token"]
    claims = jwt.decode(token, anyone.application.server.signer.key).claims

    assert found["issuer"] == f"http://testserver/w/un{style}{REALM}"
    assert found["token_endpoint"].startswith(f"{found['issuer']}/")
    assert claims["iss"] == f"http://testserver/w/un{REALM}"


def test_who_is_logged_in_in_one_world_is_not_so_in_another(anyone: Vendor) -> None:
    create(anyone, name="un")
    sessions = []
    for prefix in ("/w/un", ""):
        query = (
            "response_type=code&client_id=editeur-demo&scope=openid&state=s"
            "&redirect_uri=http://localhost:3000/callback"
        )
        page = anyone.get(f"{prefix}{REALM}/protocol/openid-connect/auth?{query}")
        assert f'action="{prefix}{REALM}/login-actions' in page.text
        (action,) = set(re.findall(r'action="([^"]+)"', page.text))
        answer = anyone.post(
            unescape(action), data={"username": "lea@plesses.test", "password": "lea"}
        )
        assert answer.status_code == 302
        cookies = answer.headers.get_list("set-cookie")
        sessions.append({part.strip() for one in cookies for part in one.split(";")})
    assert f"Path=/w/un{REALM}/" in sessions[0]
    assert f"Path={REALM}/" in sessions[1]


def test_the_documents_of_a_world_begin_where_it_does(anyone: Vendor) -> None:
    world = create(anyone, name="un")
    world.patch("/_mock/state", json={"errors": {"CONTRAT_INCONNU": {"status": 410}}})

    document = world.get("/openapi.json").json()

    assert [server["url"] for server in document["servers"]] == ["http://testserver/w/un"]
    assert world.get("/v3/api-docs").json() == document
    assert not any(path.startswith("/w/") for path in document["paths"])
    reading = f"{CONTRATS}/{{contratId}}"
    assert "410" in document["paths"][reading]["get"]["responses"]
    root = anyone.get("/openapi.json").json()
    assert [server["url"] for server in root["servers"]] == ["http://testserver"]
    assert "410" not in root["paths"][reading]["get"]["responses"]


def test_swagger_ui_of_a_world_asks_for_what_is_its_own(anyone: Vendor) -> None:
    world = create(anyone, name="un")

    page = world.get("/swagger-ui/index.html")

    assert page.status_code == 200
    assert page.text == world.get("/docs").text
    assert 'src="/w/un/swagger-ui/initializer.js"' in page.text
    for asset in ("initializer.js", "swagger-ui.css", "swagger-ui-bundle.js"):
        assert world.get(f"/swagger-ui/{asset}").status_code == 200


def test_the_date_of_an_answer_is_that_of_its_world(anyone: Vendor) -> None:
    advance(create(anyone, name="un"), "P1D")

    assert anyone.get("/w/un/docs").headers["date"] == "Wed, 11 Mar 2026 08:00:00 GMT"
    assert anyone.get("/docs").headers["date"] == "Tue, 10 Mar 2026 08:00:00 GMT"


def test_an_admin_token_locks_worlds_too() -> None:
    with running(settings=Settings(admin_token="secret")) as application:
        anyone = Vendor(application)

        without = anyone.post("/_mock/worlds", json={})
        made = anyone.post("/_mock/worlds", json={}, headers={"Authorization": "Bearer secret"})

        assert refusal_of(without) == (401, "JETON_ADMIN_INVALIDE")
        assert made.status_code == 201
        assert refusal_of(anyone.get("/w/monde-1/_mock/clock")) == (401, "JETON_ADMIN_INVALIDE")


# Worlds and each other

LIMITED = SMALL + "limits: {debit.actif: true, debit.parEmploye: 3}\n"


def everything_of(vendor: Vendor) -> list[object]:
    """All that the control plane tells of a world."""
    paths = ("state", "clock", "incidents", "journal", "snapshots", "connexions")
    return [vendor.get(f"/_mock/{path}").text for path in paths]


def test_what_happens_in_a_world_leaves_the_others_alone() -> None:
    with running(LIMITED) as application:
        principal = Vendor(application).as_("lea")
        one, other = create(principal).as_("lea"), create(principal).as_("lea")
        for quiet in (principal, other):
            quiet.get(FORMATEURS)
            quiet.post("/_mock/snapshots", json={"name": "avant"})
        before = [everything_of(quiet) for quiet in (principal, other)]

        one.post(CONTRATS, json=contrat())
        assert [one.get(FORMATEURS).status_code for _ in range(3)] == [200, 200, 429]
        one.post("/_mock/incidents", json={"error": "SERVICE_INDISPONIBLE"})
        one.get(FORMATEURS)
        one.post("/_mock/snapshots", json={"name": "un"})
        one.patch("/_mock/state", json={"title": "Changé", "supprimer": ["zoe"]})
        one.put("/_mock/clock", json={"now": "2026-04-01T00:00:00Z", "frozen": False})
        one.post("/_mock/reset")
        one.put("/_mock/scenario", json=WRITTEN)
        principal.delete("/_mock/worlds/monde-1")

        assert [everything_of(quiet) for quiet in (principal, other)] == before
        for quiet in (principal, other):
            assert [quiet.get(FORMATEURS).status_code for _ in range(3)] == [200, 200, 429]


def test_steering_the_root_leaves_the_worlds_alone(anyone: Vendor) -> None:
    world = create(anyone).as_("lea")
    before = everything_of(world)

    advance(anyone, "P1D")
    anyone.post("/_mock/incidents", json={"error": "SERVICE_INDISPONIBLE"})
    anyone.put("/_mock/scenario", json=WRITTEN)

    assert everything_of(world) == before
    assert world.get(FORMATEURS).status_code == 200
    world.post("/_mock/reset")
    assert world.get("/_mock/clock").json() == START


# The memory that they share


def test_a_world_that_is_dropped_takes_nothing_from_those_of_its_scenario(anyone: Vendor) -> None:
    first, second = (create(anyone, scenario="panier_plein") for _ in range(2))
    loaded = state_of(second)
    advance(second, "P1D")

    anyone.delete(f"/_mock/worlds/{first.prefix.removeprefix('/w/')}")
    second.post("/_mock/reset")

    assert state_of(second) == loaded
    assert state_of(create(anyone, scenario="panier_plein")) == loaded


def test_a_pristine_copy_is_given_back_with_the_last_world_that_goes_back_to_it(
    anyone: Vendor, built: list[Store]
) -> None:
    first = create(anyone, name="un", scenario=WRITTEN)
    pristine = built[-1]
    second = create(anyone, name="deux", **{"from": "un"})
    create(anyone, name="trois", **{"from": "deux"})

    first.put("/_mock/scenario", json={"title": "Autre"})
    anyone.delete("/_mock/worlds/deux")
    assert is_open(pristine)
    anyone.delete("/_mock/worlds/trois")

    assert not is_open(pristine)
    assert refusal_of(second.post("/_mock/reset")) == (404, "MONDE_INCONNU")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a scenario of the user's own."""
    write(tmp_path, "title: Premier\nclock: {now: 2026-03-10T09:00:00+01:00}\n", at=1)
    return tmp_path


def write(folder: Path, text: str, *, at: int) -> None:
    """Write the scenario `a_moi` anew, some seconds later."""
    file = folder / "a_moi.yaml"
    file.write_text(text, encoding="utf-8")
    os.utime(file, (1_700_000_000 + at, 1_700_000_000 + at))


def title_of(vendor: Vendor) -> str:
    first, _, title = state_of(vendor).partition("\n")[0].partition(": ")
    assert first == "title"
    return title


def test_a_named_scenario_is_read_again_once_its_file_has_changed(folder: Path) -> None:
    with running(settings=Settings(scenarios=folder)) as application:
        anyone = Vendor(application)
        first = create(anyone, scenario="a_moi")
        write(folder, "title: Second\nclock: {now: 2026-03-10T09:00:00+01:00}\n", at=2)
        second = create(anyone, scenario="a_moi")
        write(folder, "title: [", at=3)
        broken = anyone.post("/_mock/worlds", json={"scenario": "a_moi"})
        write(folder, "title: Dernier\n", at=4)
        last = create(anyone, scenario="a_moi")
        first.post("/_mock/reset")

        assert [title_of(world) for world in (first, second, last)] == [
            "Premier",
            "Second",
            "Dernier",
        ]
        assert refusal_of(broken) == (422, "SCENARIO_INVALIDE")
        (folder / "a_moi.yaml").unlink()
        gone = anyone.post("/_mock/worlds", json={"scenario": "a_moi"})
        assert refusal_of(gone) == (404, "SCENARIO_INCONNU")


def test_a_named_scenario_that_has_not_changed_is_read_once(
    folder: Path, built: list[Store]
) -> None:
    with running(settings=Settings(scenarios=folder)) as application:
        built.clear()
        anyone = Vendor(application)

        for _ in range(3):
            create(anyone, scenario="a_moi")
        anyone.put("/_mock/scenario", json={"name": "a_moi"})

        assert len(built) == 1


# Calls that come together


def play(
    application: Application, story: Callable[[AsyncClient], Awaitable[list[Response]]]
) -> list[Response]:
    """The answers of a story that is told with many calls at a time."""

    async def tell() -> list[Response]:
        transport = ASGITransport(application, raise_app_exceptions=False)
        async with AsyncClient(transport=transport, base_url="http://mock") as http:
            return await asyncio.wait_for(story(http), 20)

    return asyncio.run(tell())


def statuses_of(answers: list[Response]) -> list[int]:
    return [answer.status_code for answer in answers]


def refusals_of(answers: list[Response]) -> set[tuple[int, str]]:
    return {refusal_of(answer) for answer in answers}


TEN_YEARS = {"by": "P3650D"}


async def until_asked(task: asyncio.Task[Response]) -> None:
    """Give a call the time to come as far as it can by itself."""
    for _ in range(50):
        await asyncio.sleep(0)
    assert not task.done()


def test_calls_that_wait_for_a_world_that_is_dropped_find_it_unknown(lea: Vendor) -> None:
    token = create(lea, name="un").as_("lea").headers

    async def story(http: AsyncClient) -> list[Response]:
        async with lea.application.server.worlds["un"].lock:  # it lives through something long
            drop = asyncio.create_task(http.delete("/_mock/worlds/un"))
            await until_asked(drop)
            waiting = [asyncio.create_task(call) for call in calls(http)]
            for call in waiting:
                await until_asked(call)
        return [await drop, *await asyncio.gather(*waiting)]

    def calls(http: AsyncClient) -> list[Coroutine[Any, Any, Response]]:
        return [
            http.get(f"/w/un{FORMATEURS}", headers=token),
            http.post(f"/w/un{CONTRATS}", headers=token, json=contrat()),
            http.get("/w/un/_mock/state"),
            http.post("/w/un/_mock/clock/advance", json={"by": "P1D"}),
            http.put("/w/un/_mock/clock", json={"frozen": False}),
            http.post("/w/un/_mock/reset"),
            http.post("/w/un/_mock/snapshots", json={"name": "a"}),
            http.patch("/w/un/_mock/state", json={"supprimer": ["ines"]}),
            http.put("/w/un/_mock/scenario", json=WRITTEN),
            http.post("/w/un/_mock/provider-states", json={"state": "panier_plein"}),
            http.post("/_mock/worlds", json={"name": "deux", "from": "un"}),
            http.delete("/_mock/worlds/un"),
        ]

    drop, *waiting = play(lea.application, story)

    assert drop.status_code == 204
    assert refusals_of(waiting) == {(404, "MONDE_INCONNU")}
    assert names_of(lea) == ["principal"]


def test_a_world_of_the_name_of_a_dropped_one_is_not_dropped_along_with_it(anyone: Vendor) -> None:
    create(anyone, name="un")

    async def story(http: AsyncClient) -> list[Response]:
        long = asyncio.create_task(http.post("/w/un/_mock/clock/advance", json=TEN_YEARS))
        await until_asked(long)
        first = asyncio.create_task(http.delete("/_mock/worlds/un"))
        second = asyncio.create_task(http.delete("/_mock/worlds/un"))
        while "un" in anyone.application.server.worlds:
            await asyncio.sleep(0)
        again = await http.post("/_mock/worlds", json={"name": "un"})
        return [await long, await first, again, await second]

    answers = play(anyone.application, story)

    assert statuses_of(answers) == [200, 204, 201, 404]
    assert anyone.get("/w/un/_mock/clock").json() == START


@pytest.mark.parametrize("length", ["announced", "unannounced"])
def test_a_call_whose_body_is_on_its_way_finds_a_dropped_world_unknown(
    anyone: Vendor, length: str
) -> None:
    token = create(anyone, name="un").as_("lea").headers
    body = json.dumps(contrat()).encode()
    extra = {"content-length": str(len(body))} if length == "announced" else {}

    async def story(http: AsyncClient) -> list[Response]:
        dropped = asyncio.Event()

        async def slowly() -> AsyncIterator[bytes]:
            yield body[:9]
            await dropped.wait()
            yield body[9:]

        headers = {**token, **extra, "content-type": "application/json"}
        calls = [
            asyncio.create_task(http.request(method, path, headers=headers, content=slowly()))
            for method, path in [
                ("POST", f"/w/un{CONTRATS}"),
                ("PUT", "/w/un/_mock/scenario"),
                ("PATCH", "/w/un/_mock/state"),
                ("POST", f"/w/un{REALM}/protocol/openid-connect/token"),
            ]
        ]
        for call in calls:
            await until_asked(call)
        drop = await http.delete("/_mock/worlds/un")
        dropped.set()
        return [drop, *await asyncio.gather(*calls)]

    drop, *calls = play(anyone.application, story)

    assert drop.status_code == 204
    assert statuses_of(calls) == [404] * 4
    assert {answer.json().get("code") for answer in calls[:3]} == {"MONDE_INCONNU"}


def test_a_scenario_that_is_still_being_read_finds_no_dropped_world(anyone: Vendor) -> None:
    create(anyone, name="un")
    create(anyone, name="deux")
    large = {"title": "Grand", "invent": {"autoEcoles": 2, "candidats": 300, "centres": 2}}

    async def story(http: AsyncClient) -> list[Response]:
        calls = [
            asyncio.create_task(call)
            for call in (
                http.put("/w/un/_mock/scenario", json=large),
                http.post("/_mock/worlds", json={"name": "trois", "scenario": large}),
                http.post("/_mock/worlds", json={"name": "trois", "scenario": large}),
            )
        ]
        for call in calls:
            await until_asked(call)
        drop = await http.delete("/_mock/worlds/un")
        return [drop, *await asyncio.gather(*calls)]

    drop, loaded, *made = play(anyone.application, story)

    assert drop.status_code == 204
    assert refusal_of(loaded) == (404, "MONDE_INCONNU")
    assert sorted(statuses_of(made)) == [201, 409]
    assert names_of(anyone) == ["principal", "deux", "trois"]


def test_a_call_that_an_incident_delays_finds_a_dropped_world_unknown(anyone: Vendor) -> None:
    lea = create(anyone, name="un").as_("lea")
    lea.post("/_mock/incidents", json={"delaySeconds": 0.2})

    async def story(http: AsyncClient) -> list[Response]:
        delayed = asyncio.create_task(http.get(f"/w/un{FORMATEURS}", headers=lea.headers))
        await until_asked(delayed)
        return [await http.delete("/_mock/worlds/un"), await delayed]

    drop, delayed = play(anyone.application, story)

    assert drop.status_code == 204
    assert refusal_of(delayed) == (404, "MONDE_INCONNU")


def test_whoever_waits_for_a_call_to_a_dropped_world_is_told_at_once(anyone: Vendor) -> None:
    create(anyone, name="un")

    async def story(http: AsyncClient) -> list[Response]:
        waiting = asyncio.create_task(http.get("/w/un/_mock/journal?wait=30"))
        await until_asked(waiting)
        return [await http.delete("/_mock/worlds/un"), await waiting]

    drop, waiting = play(anyone.application, story)

    assert drop.status_code == 204
    assert refusal_of(waiting) == (404, "MONDE_INCONNU")


def test_a_world_that_lives_through_something_long_is_copied_once_it_has(anyone: Vendor) -> None:
    create(anyone, name="un")

    async def story(http: AsyncClient) -> list[Response]:
        long = asyncio.create_task(http.post("/w/un/_mock/clock/advance", json=TEN_YEARS))
        await until_asked(long)
        copied = await http.post("/_mock/worlds", json={"name": "deux", "from": "un"})
        return [await long, copied]

    assert statuses_of(play(anyone.application, story)) == [200, 201]
    one, two = (anyone.get(f"/w/{name}/_mock/clock").json() for name in ("un", "deux"))
    assert one == two
    assert one["now"] == "2036-03-07T08:00:00Z"


def test_a_long_advance_of_one_world_does_not_keep_the_others_waiting(anyone: Vendor) -> None:
    create(anyone, name="un")

    async def story(http: AsyncClient) -> list[Response]:
        long = asyncio.create_task(http.post("/w/un/_mock/clock/advance", json=TEN_YEARS))
        await until_asked(long)
        others = [
            await http.get("/_mock/clock"),
            await http.post("/_mock/worlds", json={"name": "deux"}),
            await http.get("/w/deux/_mock/clock"),
        ]
        assert not long.done()
        await long
        return others

    clock, made, other = play(anyone.application, story)

    assert made.status_code == 201
    assert clock.json() == other.json() == START


def test_advances_that_come_together_add_up(anyone: Vendor) -> None:
    async def story(http: AsyncClient) -> list[Response]:
        return await asyncio.gather(
            *(
                http.post("/_mock/clock/advance", json={"by": by})
                for by in ("P300D", "P1D", "PT1H", "P1D", "PT1H")
            )
        )

    answers = play(anyone.application, story)

    assert statuses_of(answers) == [200] * 5
    nows = [answer.json()["now"] for answer in answers]
    assert sorted(nows)[-1] == anyone.get("/_mock/clock").json()["now"] == "2027-01-06T10:00:00Z"
    assert len(set(nows)) == 5


def test_worlds_of_one_named_scenario_that_are_made_together_share_one_copy(
    anyone: Vendor, built: list[Store]
) -> None:

    built.clear()

    async def story(http: AsyncClient) -> list[Response]:
        asked = {"scenario": "panier_plein"}
        return await asyncio.gather(*(http.post("/_mock/worlds", json=asked) for _ in range(8)))

    answers = play(anyone.application, story)

    assert statuses_of(answers) == [201] * 8
    assert sorted(answer.json()["name"] for answer in answers) == [
        f"monde-{number}" for number in range(1, 9)
    ]
    assert len(built) == 1


@pytest.mark.parametrize(
    ("clock", "now", "frozen"),
    [
        ({"frozen": True}, "2026-03-10T08:00:00Z", True),
        ({"now": "2026-03-10T09:00:00+01:00", "frozen": True}, "2026-03-10T08:00:00Z", True),
        ({"now": "2026-03-12T08:00:00Z", "frozen": True}, "2026-03-12T08:00:00Z", True),
    ],
)
def test_a_world_may_begin_at_another_time(
    anyone: Vendor, clock: dict[str, Any], now: str, *, frozen: bool
) -> None:
    asked = {"name": "essai", "scenario": "demonstration", "clock": clock}

    assert anyone.post("/_mock/worlds", json=asked).status_code == 201

    assert anyone.get("/w/essai/_mock/clock").json() == clock_at(now, frozen=frozen)


LATER = clock_at("2026-03-12T08:00:00Z")
AT_LATER = {"now": LATER["now"], "frozen": True}


@pytest.mark.parametrize("scope", ["all", "clock"])
@pytest.mark.parametrize(
    ("clock", "begins"),
    [
        ({"now": "2026-03-12T09:00:00+01:00", "frozen": True}, LATER),
        ({"now": "2026-03-12T09:00:00+01:00"}, LATER),
        ({"frozen": True}, START),
    ],
)
def test_a_reset_of_a_world_that_was_made_with_a_clock_goes_back_to_it(
    anyone: Vendor, clock: dict[str, Any], begins: dict[str, Any], scope: str
) -> None:
    world = create(anyone, clock=clock)
    made = state_of(world)
    world.put("/_mock/clock", json={"now": "2026-04-01T08:00:00Z", "frozen": False})

    assert world.post(f"/_mock/reset?scope={scope}").status_code == 204

    assert shown_by(world) == begins
    assert scope == "clock" or state_of(world) == made


def test_a_reset_lets_a_clock_run_that_ran_when_the_world_was_made(anyone: Vendor) -> None:
    world = create(anyone, clock={"now": LATER["now"], "frozen": False})
    world.put("/_mock/clock", json={"frozen": True})

    world.post("/_mock/reset")

    clock = shown_by(world)
    assert clock["now"].startswith("2026-03-12T08:00:0")
    assert clock["frozen"] is False


def test_what_has_happened_before_a_world_began_has_happened_again_after_a_reset(
    anyone: Vendor,
) -> None:
    clock = {"now": "2026-03-26T08:00:00Z", "frozen": True}  # after a night of calculation
    world = create(anyone, scenario="demonstration", clock=clock)
    made = state_of(world)
    assert 'dateHeureCalcul: "2026-03-24T23:00:00Z"' in made

    world.post("/_mock/reset")

    assert state_of(world) == made


@pytest.mark.parametrize("clock", [AT_LATER, {"frozen": True}])
def test_a_copy_that_was_made_with_a_clock_is_reset_to_it(
    anyone: Vendor, clock: dict[str, Any]
) -> None:
    anyone.put("/_mock/clock", json={"now": "2026-03-11T08:00:00Z"})
    copy = create(anyone, **{"from": "principal", "clock": clock})
    made = shown_by(copy)
    advance(copy, "P7D")

    copy.post("/_mock/reset")

    assert shown_by(copy) == made == clock_at(clock.get("now", "2026-03-11T08:00:00Z"))


def test_a_copy_of_a_world_that_was_made_with_a_clock_is_reset_to_it_too(anyone: Vendor) -> None:
    create(anyone, name="un", clock=AT_LATER)
    copy = create(anyone, **{"from": "un"})
    advance(copy, "P7D")

    copy.post("/_mock/reset")

    assert shown_by(copy) == LATER


def test_another_scenario_begins_when_it_says_whatever_the_world_was_made_with(
    anyone: Vendor,
) -> None:
    world = create(anyone, clock=AT_LATER)
    world.put("/_mock/scenario", json=WRITTEN)
    advance(world, "P1D")

    world.post("/_mock/reset")

    assert shown_by(world) == clock_at("2027-01-01T00:00:00Z")


def test_in_a_frozen_world_the_limits_do_not_hold_after_a_reset_either() -> None:
    limits = "limits: {debit.parEmploye: 2}\nclock: {frozen: false, "
    with running(SMALL.replace("clock: {", limits, 1)) as application:
        world = create(Vendor(application), clock={"frozen": True})
        world.post("/_mock/reset")
        lea = world.as_("lea")

        assert [lea.get(FORMATEURS).status_code for _ in range(4)] == [200] * 4


def test_a_world_cannot_begin_before_its_scenario(anyone: Vendor) -> None:
    asked = {"name": "essai", "clock": {"now": "2020-01-01T00:00:00Z"}}

    assert refusal_of(anyone.post("/_mock/worlds", json=asked)) == (422, "HORLOGE_EN_ARRIERE")
    assert refusal_of(anyone.get("/w/essai/docs")) == (404, "MONDE_INCONNU")

import re
from html import unescape

import pytest
from joserfc import jwt

from rdv_mock.settings import Settings
from tests.api.exam_world import EXAM_WORLD, V1, V2
from tests.control.worlds.support import (
    DISCOVERY,
    FORMATEURS,
    REALM,
    START,
    WRITTEN,
    advance,
    create,
)
from tests.support import CONTRATS, SMALL, Vendor, contrat, refusal_of, running

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

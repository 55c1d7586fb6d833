import logging
from urllib.parse import urlencode

import pytest

from rdv_mock.settings import Settings
from tests.support import CONTRATS, LIVRET, Vendor, contrat, refusal_of, running


@pytest.mark.parametrize(
    "path", ["/docs", "/openapi.json", "/_mock/health", "/inconnu", f"{LIVRET}/formateurs"]
)
def test_every_answer_says_that_it_is_simulated_and_when(anyone: Vendor, path: str) -> None:
    answer = anyone.get(path)

    assert answer.headers["x-rdv-mock"] == "1"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers.get_list("date") == ["Tue, 10 Mar 2026 08:00:00 GMT"]


def test_a_world_answers_under_its_prefix_too(anyone: Vendor) -> None:
    lea = Vendor(anyone.application, "/w/principal").as_("lea")

    created = lea.post(CONTRATS, json=contrat())

    assert created.headers["location"].startswith(f"/w/principal{CONTRATS}/")
    assert lea.get(f"{LIVRET}/formateurs").status_code == 200


@pytest.mark.parametrize(
    "path",
    ["/w/inconnu/docs", "/w/inconnu", "/w//docs", f"/w/autre{LIVRET}/etp", "/w/x/_mock/health"],
)
def test_an_unknown_world_is_said_to_be_unknown(anyone: Vendor, path: str) -> None:
    assert refusal_of(anyone.get(path)) == (404, "MONDE_INCONNU")


@pytest.mark.parametrize("path", ["/_mock/scenarios", "/_mock/health", "/_mock/ready"])
def test_what_belongs_to_the_process_is_unknown_inside_a_world(anyone: Vendor, path: str) -> None:
    assert refusal_of(anyone.get(f"/w/principal{path}")) == (404, "RESSOURCE_INCONNUE")


def test_the_livret_may_be_reached_elsewhere() -> None:
    settings = Settings(livret_base_path="/livret/v3")
    with running(settings=settings) as application:
        lea = Vendor(application).as_("lea")

        created = lea.post("/livret/v3/contrats-de-formation", json=contrat())

        assert created.status_code == 201
        assert created.headers["location"].startswith("/livret/v3/contrats-de-formation/")
        assert refusal_of(lea.get(f"{LIVRET}/formateurs")) == (404, "RESSOURCE_INCONNUE")
        paths = lea.get("/openapi.json").json()["paths"]
        assert "/livret/v3/formateurs" in paths
        assert not any(path.startswith(LIVRET) for path in paths)


@pytest.mark.parametrize(
    ("settings", "headers", "issuer"),
    [
        ({}, {"host": "mock:8080"}, "http://mock:8080/realms/formation"),
        (
            {"public_url": "https://mock.exemple.test/rdv/"},
            {"host": "mock:8080"},
            "https://mock.exemple.test/rdv/realms/formation",
        ),
        (
            {},
            {"host": "mock", "x-forwarded-proto": "https", "x-forwarded-host": "evil"},
            "http://mock/realms/formation",
        ),
        (
            {"trust_proxy": True},
            {"host": "mock", "x-forwarded-proto": "https", "x-forwarded-host": "front"},
            "https://front/realms/formation",
        ),
        (
            {"trust_proxy": True},
            {"x-forwarded-proto": "https, http", "x-forwarded-host": "front , inner"},
            "https://front/realms/formation",
        ),
    ],
)
def test_own_addresses_are_those_of_the_call_unless_told_otherwise(
    settings: dict[str, object], headers: dict[str, str], issuer: str
) -> None:
    from joserfc import jwt  # noqa: PLC0415 - one test needs it

    with running(settings=Settings.model_validate(settings)) as application:
        anyone = Vendor(application)
        tokens = anyone.post("/_mock/tokens", json={"employe": "lea"}, headers=headers)
        token = jwt.decode(tokens.json()["access_token"], application.server.signer.key)
        document = anyone.get("/openapi.json", headers=headers).json()
        control = anyone.get("/_mock/openapi.json", headers=headers).json()

    assert token.claims["iss"] == issuer
    (flow,) = document["components"]["securitySchemes"]["connexion"]["flows"].values()
    assert flow["tokenUrl"] == f"{issuer}/protocol/openid-connect/token"
    assert flow["refreshUrl"] == flow["tokenUrl"]
    assert flow["authorizationUrl"] == f"{issuer}/protocol/openid-connect/auth"
    for served in (document, control):
        assert served["servers"][0]["url"] == issuer.removesuffix("/realms/formation")


def test_a_line_is_logged_for_each_call_without_its_query(
    lea: Vendor, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="rdv_mock")

    lea.get(f"{LIVRET}/etp?mois=secret&groupe-permis=B")

    (record,) = [record for record in caplog.records if record.name == "rdv_mock"]
    assert record.getMessage() == f"GET {LIVRET}/etp 400 PARAMETRE_INVALIDE"


@pytest.mark.parametrize("prefix", ["", "/w/principal"])
def test_behind_a_path_of_a_proxy_everything_that_is_shown_begins_with_it(prefix: str) -> None:
    settings = Settings(public_url="https://exemple.test/mock/")
    with running(settings=settings) as application:
        lea = Vendor(application, prefix).as_("lea")
        created = lea.post(CONTRATS, json=contrat())
        to_docs = lea.get("/")
        page = lea.get("/docs").text
        (server,) = lea.get("/openapi.json").json()["servers"]
        discovery = lea.get("/realms/formation/.well-known/openid-configuration").json()
        query = urlencode(
            {
                "client_id": "editeur-demo",
                "redirect_uri": "http://localhost:3000/callback",
                "response_type": "code",
                "scope": "openid",
            }
        )
        login = lea.get(f"/realms/formation/protocol/openid-connect/auth?{query}")

    shown = f"/mock{prefix}"
    assert created.headers["location"].startswith(f"{shown}{CONTRATS}/")
    assert to_docs.headers["location"] == f"{shown}/docs"
    assert f'src="{shown}/swagger-ui/initializer.js"' in page
    assert server["url"] == f"https://exemple.test{shown}"
    assert discovery["issuer"] == f"https://exemple.test{shown}/realms/formation"
    assert f'action="{shown}/realms/formation/login-actions/' in login.text


def test_the_log_shows_the_address_that_was_called(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="rdv_mock")
    with running(settings=Settings(livret_base_path="/livret")) as application:
        Vendor(application).get("/livret/etp")
        Vendor(application).get("/w/principal/auth/realms/formation/autre")

    assert [record.getMessage() for record in caplog.records if record.name == "rdv_mock"] == [
        "GET /livret/etp 401 JETON_INVALIDE",
        "GET /w/principal/auth/realms/formation/autre 404",
    ]

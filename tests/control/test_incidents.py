import asyncio
import json
import re
from collections.abc import Iterator
from html import unescape
from json import JSONDecodeError
from time import monotonic
from typing import Any

import pytest
from httpx2 import ASGITransport, AsyncClient, Response

from rdv_mock import api
from rdv_mock.errors import ApiError
from rdv_mock.facts.incident import Incident
from rdv_mock.http.operation import Operation
from rdv_mock.provider import oauth
from rdv_mock.serving.app import Application
from rdv_mock.settings import Settings
from rdv_mock.wire.operations import OPERATIONS
from rdv_mock.worlds.incidents import MOST_INCIDENTS
from tests.support import CONTRATS, LIVRET, SMALL, Vendor, contrat, lecon, refusal_of, running

FORMATEURS = f"{LIVRET}/formateurs"
SIMULATEURS = f"{LIVRET}/simulateurs"
MOI = "/api/v2/auto-ecole/moi"
REALM = "/realms/formation"
OIDC = f"{REALM}/protocol/openid-connect"
CLIENT = {"client_id": "editeur-demo", "client_secret": "secret-demo-rdv-mock"}
UNAVAILABLE = (503, "SERVICE_INDISPONIBLE")
DOWN = {"error": "SERVICE_INDISPONIBLE"}
A_MIB = 1024 * 1024

PROVIDER = {
    "autoriser": ("GET", f"{OIDC}/auth"),
    "jeton": ("POST", f"{OIDC}/token"),
    "certificats": ("GET", f"{OIDC}/certs"),
    "utilisateur": ("GET", f"{OIDC}/userinfo"),
    "deconnexion": ("GET", f"{OIDC}/logout"),
    "introspection": ("POST", f"{OIDC}/token/introspect"),
    "revocation": ("POST", f"{OIDC}/revoke"),
}
"""The provider's operations under the names that contract.md H gives them."""


def arm(vendor: Vendor, **incident: Any) -> str:
    """Declare an incident; its id."""
    answer = vendor.post("/_mock/incidents", json=incident)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def statuses(vendor: Vendor, calls: int, path: str = FORMATEURS) -> list[int]:
    return [vendor.get(path).status_code for _ in range(calls)]


def problems_of(answer: Response) -> list[tuple[str, str]]:
    return [(detail["champ"], detail["message"]) for detail in answer.json()["details"]]


def tokens_of(vendor: Vendor) -> dict[str, Any]:
    """New tokens from the provider, for old ones."""
    old = vendor.post("/_mock/tokens", json={"employe": "lea"}).json()["refresh_token"]
    form = {"grant_type": "refresh_token", "refresh_token": old, **CLIENT}
    answer = vendor.post(f"{OIDC}/token", data=form)
    assert answer.status_code == 200
    content: dict[str, Any] = answer.json()
    return content


def lecons_of(vendor: Vendor) -> list[dict[str, Any]]:
    content: list[dict[str, Any]] = vendor.get(f"{CONTRATS}/{vendor.id_of('k1')}/lecons").json()
    return content


@pytest.fixture
def max_(anyone: Vendor) -> Vendor:
    """An employé of another école."""
    return anyone.as_("max")


@pytest.fixture
def limited() -> Iterator[Vendor]:
    """A world in which an employé has two calls a minute."""
    limits = "limits: {debit.actif: true, debit.parEmploye: 2}\n"
    with running(SMALL + limits) as application:
        yield Vendor(application)


# Which calls


@pytest.mark.parametrize(
    ("about", "struck", "passes"),
    [
        ({"operation": "listerFormateurs"}, FORMATEURS, SIMULATEURS),
        ({"operation": "lireMonAutoEcole"}, MOI, FORMATEURS),
        ({"operation": "lireMonAutoEcole"}, MOI.replace("v2", "v1"), FORMATEURS),
        ({"path": FORMATEURS}, FORMATEURS, SIMULATEURS),
        ({"path": f"{LIVRET}/form*"}, FORMATEURS, SIMULATEURS),
        ({"path": f"{LIVRET}/*"}, SIMULATEURS, MOI),
        ({"path": "/api/*"}, MOI, f"{OIDC}/certs"),
        ({"method": "get", "operation": "listerFormateurs"}, FORMATEURS, SIMULATEURS),
    ],
)
def test_it_strikes_what_it_names_and_lets_the_rest_pass(
    lea: Vendor, about: dict[str, Any], struck: str, passes: str
) -> None:
    arm(lea, **about, **DOWN)

    assert refusal_of(lea.get(struck)) == UNAVAILABLE
    assert lea.get(passes).status_code == 200


@pytest.mark.parametrize("method", ["post", "POST", "Post"])
def test_a_method_may_be_written_in_any_case(lea: Vendor, method: str) -> None:
    arm(lea, method=method, **DOWN)

    assert refusal_of(lea.post(CONTRATS, json=contrat())) == UNAVAILABLE
    assert lea.get(FORMATEURS).status_code == 200


def test_a_path_is_matched_without_its_world(application: Application) -> None:
    lea = Vendor(application, "/w/principal").as_("lea")
    arm(lea, path=FORMATEURS, **DOWN)

    assert refusal_of(lea.get(FORMATEURS)) == UNAVAILABLE
    assert refusal_of(Vendor(application).get(FORMATEURS)) == UNAVAILABLE


def test_a_path_of_the_livret_is_matched_as_it_is_called() -> None:
    with running(settings=Settings(livret_base_path="/livret/v3")) as application:
        lea = Vendor(application).as_("lea")
        arm(lea, path="/livret/v3/*", **DOWN)
        arm(lea, path=f"{LIVRET}/*", error="ERREUR_INTERNE")

        assert refusal_of(lea.get("/livret/v3/formateurs")) == UNAVAILABLE


@pytest.mark.parametrize("name", ["lea", "lea@plesses.test", "id"])
def test_an_employe_is_named_by_ref_address_or_id(lea: Vendor, max_: Vendor, name: str) -> None:
    arm(lea, employe=lea.id_of("lea") if name == "id" else name, **DOWN)

    assert refusal_of(lea.get(FORMATEURS)) == UNAVAILABLE
    assert max_.get(FORMATEURS).status_code == 200


@pytest.mark.parametrize("name", ["plesses", "id"])
def test_an_ecole_is_named_by_ref_or_id(lea: Vendor, max_: Vendor, name: str) -> None:
    arm(lea, autoEcole=lea.id_of("plesses") if name == "id" else name, **DOWN)

    assert refusal_of(lea.get(FORMATEURS)) == UNAVAILABLE
    assert max_.get(FORMATEURS).status_code == 200


@pytest.mark.parametrize("about", [{"employe": "lea"}, {"autoEcole": "plesses"}])
def test_only_a_token_that_is_good_tells_who_calls(lea: Vendor, about: dict[str, Any]) -> None:
    arm(lea, **about, **DOWN)
    bearer = lea.headers["Authorization"]

    for headers in ({}, {"Authorization": bearer + "x"}, {"Authorization": "Basic bGVhOmxlYQ=="}):
        stranger = Vendor(lea.application)
        assert refusal_of(stranger.get(FORMATEURS, headers=headers)) == (401, "JETON_INVALIDE")
    assert refusal_of(lea.get(FORMATEURS)) == UNAVAILABLE
    lea.post("/_mock/clock/advance", json={"by": "P1D"})
    assert refusal_of(lea.get(FORMATEURS)) == (401, "JETON_INVALIDE")


def test_an_employe_is_known_whatever_his_token_may_do(lea: Vendor) -> None:
    arm(lea, employe="lea", **DOWN)

    assert refusal_of(lea.as_("lea", "rdvpermis").get(FORMATEURS)) == UNAVAILABLE


# When, and how often


def test_it_strikes_after_n_calls_and_n_times(lea: Vendor) -> None:
    id_ = arm(lea, operation="listerFormateurs", after=2, times=3, **DOWN)
    lea.get(SIMULATEURS)

    assert statuses(lea, 7) == [200, 200, 503, 503, 503, 200, 200]
    shown = lea.get(f"/_mock/incidents/{id_}").json()
    assert (shown["seen"], shown["struck"]) == (5, 3)


def test_without_times_it_strikes_until_it_is_removed(lea: Vendor) -> None:
    id_ = arm(lea, **DOWN)
    assert statuses(lea, 20) == [503] * 20

    assert lea.delete(f"/_mock/incidents/{id_}").status_code == 204
    assert statuses(lea, 2) == [200, 200]


def test_of_two_incidents_the_first_declared_wins(lea: Vendor) -> None:
    arm(lea, path=FORMATEURS, times=1, error="ERREUR_INTERNE")
    arm(lea, **DOWN)

    assert statuses(lea, 2) == [500, 503]


# Before any refusal, and after what is not there


def test_it_comes_before_the_token_is_looked_at(anyone: Vendor) -> None:
    arm(anyone, **DOWN)

    assert refusal_of(anyone.get(FORMATEURS)) == UNAVAILABLE
    wrong = {"Authorization": "Bearer faux"}
    assert refusal_of(anyone.get(FORMATEURS, headers=wrong)) == UNAVAILABLE


def test_it_comes_before_the_rate_limit_and_uses_none_of_it(limited: Vendor) -> None:
    lea = limited.as_("lea")
    arm(lea, times=5, **DOWN)

    assert statuses(lea, 8) == [503] * 5 + [200, 200, 429]
    arm(lea, times=1, **DOWN)
    assert statuses(lea, 2) == [503, 429]


def test_it_comes_before_a_body_is_too_large_or_unreadable(lea: Vendor) -> None:
    arm(lea, times=2, **DOWN)

    for status in (503, 413):
        large = lea.post(CONTRATS, content=b" " * (A_MIB + 1))
        assert large.status_code == status
        unreadable = lea.post(CONTRATS, content=b"{")
        assert unreadable.status_code == (503 if status == 503 else 400)


@pytest.mark.parametrize("path", ["/inconnu", f"{LIVRET}/inconnu", f"{FORMATEURS}/"])
def test_an_unknown_address_stays_unknown(lea: Vendor, path: str) -> None:
    id_ = arm(lea, **DOWN)

    assert refusal_of(lea.get(path)) == (404, "RESSOURCE_INCONNUE")
    assert lea.get(f"/_mock/incidents/{id_}").json()["seen"] == 0


def test_a_wrong_method_stays_wrong(lea: Vendor) -> None:
    arm(lea, **DOWN)

    assert refusal_of(lea.delete(FORMATEURS)) == (405, "METHODE_NON_AUTORISEE")


@pytest.mark.parametrize(
    "path",
    ["/_mock/health", "/_mock/ready", "/_mock/clock", "/_mock/state", "/_mock", "/docs",
     "/openapi.json", "/v3/api-docs", "/_mock/docs"],
)  # fmt: skip
def test_neither_the_control_plane_nor_a_page_is_ever_struck(lea: Vendor, path: str) -> None:
    arm(lea, status=599)
    arm(lea, drop="before")

    assert lea.get(path).status_code == 200


def test_what_cannot_be_told_of_a_call_is_no_name_for_the_control_plane(lea: Vendor) -> None:
    answer = lea.post("/_mock/incidents", json={"operation": "createTokens", **DOWN})

    assert refusal_of(answer) == (422, "INCIDENT_INVALIDE")


# Latency


def test_a_slow_call_is_slow_and_the_others_go_on_meanwhile(application: Application) -> None:
    lea = Vendor(application).as_("lea")
    arm(lea, operation="listerFormateurs", delaySeconds=0.3)

    async def story() -> tuple[list[tuple[str, int]], float]:
        order = []
        transport = ASGITransport(application)
        async with AsyncClient(
            transport=transport, base_url="http://test", headers=lea.headers
        ) as http:

            async def get(path: str) -> None:
                order.append((path, (await http.get(path)).status_code))

            began = monotonic()
            slow = asyncio.create_task(get(FORMATEURS))
            await asyncio.sleep(0.05)
            await get(SIMULATEURS)
            await slow
            return order, monotonic() - began

    order, seconds = asyncio.run(story())

    assert order == [(SIMULATEURS, 200), (FORMATEURS, 200)]
    assert 0.3 <= seconds < 3


def test_a_slow_call_may_fail_in_the_end(lea: Vendor) -> None:
    arm(lea, delaySeconds=0.05, **DOWN)
    began = monotonic()

    assert refusal_of(lea.get(FORMATEURS)) == UNAVAILABLE
    assert monotonic() - began >= 0.05


def test_a_delay_does_not_move_the_clock_of_the_world(lea: Vendor) -> None:
    arm(lea, delaySeconds=0.05)

    answer = lea.get(FORMATEURS)

    assert answer.headers["date"] == "Tue, 10 Mar 2026 08:00:00 GMT"


def test_a_slow_login_keeps_all_its_cookies(anyone: Vendor) -> None:
    arm(anyone, delaySeconds=0.01, headers={"X-Lent": "oui"})
    query = (
        "response_type=code&client_id=editeur-demo&scope=openid"
        "&redirect_uri=http%3A%2F%2Flocalhost%3A3000%2Fcallback"
    )
    form = {"username": "lea@plesses.test", "password": "lea", "rememberMe": "on"}

    page = anyone.get(f"{OIDC}/auth?{query}")
    (action,) = set(re.findall(r'action="([^"]+)"', page.text))
    answer = anyone.http.post(unescape(action), data=form)

    assert answer.status_code == 302
    assert answer.headers["x-lent"] == "oui"
    names = [cookie.partition("=")[0] for cookie in answer.headers.get_list("set-cookie")]
    assert names == ["KEYCLOAK_IDENTITY", "KEYCLOAK_REMEMBER_ME"]


def test_one_path_style_of_the_provider_may_fail_alone(anyone: Vendor) -> None:
    arm(anyone, path=f"/auth{OIDC}/*", **DOWN)

    assert anyone.get(f"/auth{OIDC}/certs").status_code == 503
    assert anyone.get(f"{OIDC}/certs").status_code == 200


# Made-up answers


def test_an_error_has_the_status_and_the_message_of_the_catalogue(lea: Vendor) -> None:
    arm(lea, error="AUTO_ECOLE_FERMEE")

    answer = lea.get(FORMATEURS)

    assert answer.status_code == 403
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == {
        "code": "AUTO_ECOLE_FERMEE",
        "erreur": "AUTO_ECOLE_FERMEE",
        "message": "L'auto-école est fermée",
    }


def test_an_error_has_the_status_that_it_has_on_that_operation(lea: Vendor) -> None:
    arm(lea, error="CRENEAU_INCONNU")

    eligible = lea.post("/api/v2/auto-ecole/candidats/recherche", json={})

    assert refusal_of(eligible) == (400, "CRENEAU_INCONNU")
    assert refusal_of(lea.get(FORMATEURS)) == (404, "CRENEAU_INCONNU")


def test_an_error_is_said_as_the_scenario_says_it() -> None:
    errors = "errors: {SERVICE_INDISPONIBLE: {status: 502, message: Revenez demain}}\n"
    with running(f"{SMALL}{errors}responses: {{errorKeys: code}}\n") as application:
        anyone = Vendor(application)
        arm(anyone, **DOWN)

        answer = anyone.get(FORMATEURS)

    assert answer.status_code == 502
    assert answer.json() == {"code": "SERVICE_INDISPONIBLE", "message": "Revenez demain"}


def test_a_status_stands_above_that_of_the_error(lea: Vendor) -> None:
    arm(lea, error="AUTO_ECOLE_FERMEE", status=418)

    assert refusal_of(lea.get(FORMATEURS)) == (418, "AUTO_ECOLE_FERMEE")


def test_a_429_and_a_401_bear_the_headers_that_they_always_bear(lea: Vendor) -> None:
    arm(lea, times=1, error="NOMBRE_MAXIMUM_DE_REQUETES_ATTEINT")
    arm(lea, times=1, error="JETON_INVALIDE")

    assert lea.get(FORMATEURS).headers["retry-after"] == "60"
    challenge = 'Bearer realm="formation", error="invalid_token"'
    assert lea.get(FORMATEURS).headers["www-authenticate"] == challenge


@pytest.mark.parametrize("error", ApiError, ids=lambda error: error.code)
def test_every_code_of_the_catalogue_can_be_answered(lea: Vendor, error: ApiError) -> None:
    arm(lea, error=error.code)

    answer = lea.get(FORMATEURS)

    assert refusal_of(answer) == (error.status_for("listerFormateurs"), error.code)
    assert "{" not in answer.json()["message"]


@pytest.mark.parametrize(
    ("incident", "status", "media_type", "text"),
    [
        (
            {"status": 502, "body": "<h1>Panne</h1>", "headers": {"Content-Type": "text/html"}},
            502,
            "text/html",
            "<h1>Panne</h1>",
        ),
        (
            {"status": 500, "body": {"é": [1, 2.5, True, None]}},
            500,
            "application/json",
            '{"é": [1, 2.5, true, null]}',
        ),
        ({"status": 503}, 503, None, ""),
        ({"status": 204}, 204, None, ""),
        ({"status": 204, "body": "x"}, 204, None, ""),
        ({"status": 304, "body": {"a": 1}}, 304, "application/json", ""),
        ({"body": {"data": []}}, 200, "application/json", '{"data": []}'),
        ({"body": []}, 200, "application/json", "[]"),
        ({"body": "2020-01-01"}, 200, None, "2020-01-01"),
        ({"body": ""}, 200, None, ""),
        ({"body": False}, 200, "application/json", "false"),
        ({"body": 0}, 200, "application/json", "0"),
        ({"status": 201, "body": '"déjà"'}, 201, None, '"déjà"'),
    ],
)
def test_an_answer_may_be_made_up(
    lea: Vendor, incident: dict[str, Any], status: int, media_type: str | None, text: str
) -> None:
    arm(lea, **incident)

    answer = lea.get(FORMATEURS)

    assert answer.status_code == status
    assert answer.headers.get("content-type") == media_type
    assert answer.content == text.encode()
    assert answer.headers["x-rdv-mock"] == "1"


def test_a_made_up_answer_writes_nothing(lea: Vendor) -> None:
    arm(lea, operation="declarerLecon", status=201, body={"id": "faux"})
    before = lecons_of(lea)

    answer = lea.post(f"{CONTRATS}/{lea.id_of('k1')}/lecons", json=lecon())

    assert (answer.status_code, answer.json()) == (201, {"id": "faux"})
    assert lecons_of(lea) == before


# Real answers, changed


def test_malformed_cuts_the_real_answer_in_half_after_it_was_written(lea: Vendor) -> None:
    arm(lea, operation="declarerLecon", times=1, malformed=True)

    answer = lea.post(f"{CONTRATS}/{lea.id_of('k1')}/lecons", json=lecon())

    assert answer.status_code == 201
    path = answer.headers["location"]
    whole = lea.get(path).content
    assert answer.content == whole[: len(whole) // 2]
    assert answer.headers["content-length"] == str(len(whole) // 2)
    with pytest.raises(JSONDecodeError):
        answer.json()


def test_omit_takes_keys_from_the_real_answer(lea: Vendor) -> None:
    whole = lea.get(MOI).json()
    arm(lea, operation="lireMonAutoEcole", omit=["nom", "id", "inconnu"])

    answer = lea.get(MOI)

    assert answer.json() == {key: whole[key] for key in whole if key not in {"nom", "id"}}
    assert answer.headers["content-length"] == str(len(answer.content))


def test_a_call_that_is_struck_does_not_count_towards_the_limits(lea: Vendor) -> None:
    lea.patch("/_mock/state", json={"limits": {"debit.actif": True, "debit.parEmploye": 2}})
    arm(lea, operation="lireMonAutoEcole", omit=["nom"])

    assert statuses(lea, 4, MOI) == [200] * 4
    assert statuses(lea, 3) == [200, 200, 429]
    assert statuses(lea, 1, MOI) == [200]


def test_the_token_endpoint_may_leave_out_what_clients_rely_on(anyone: Vendor) -> None:
    whole = tokens_of(anyone)
    arm(anyone, operation="jeton", omit=["refresh_token", "expires_in"])

    assert set(whole) - set(tokens_of(anyone)) == {"refresh_token", "expires_in"}


@pytest.mark.parametrize("path", [FORMATEURS, f"{OIDC}/auth"])
def test_omit_leaves_alone_what_is_no_object(lea: Vendor, path: str) -> None:
    whole = lea.get(path)
    arm(lea, omit=["nom", "id"])

    assert lea.get(path).content == whole.content


def test_headers_are_added_to_the_real_answer_or_take_the_place_of_its_own(lea: Vendor) -> None:
    whole = lea.get(FORMATEURS)
    arm(lea, headers={"X-Request-Id": "1", "CONTENT-TYPE": "text/plain", "X-Rdv-Mock": "0"})

    answer = lea.get(FORMATEURS)

    assert answer.content == whole.content
    assert answer.headers.get_list("content-type") == ["text/plain"]
    assert answer.headers["x-request-id"] == "1"
    assert answer.headers.get_list("x-rdv-mock") == ["1"]


def test_a_refusal_is_a_real_answer_too(anyone: Vendor) -> None:
    arm(anyone, omit=["code"], headers={"X-Essai": "1"})

    answer = anyone.get(FORMATEURS)

    assert answer.status_code == 401
    assert set(answer.json()) == {"erreur", "message"}
    assert answer.headers["www-authenticate"] == 'Bearer realm="formation"'


def test_a_real_answer_without_a_body_stays_without(lea: Vendor) -> None:
    contrat_id = lea.id_of("k1")
    declared = lea.post(f"{CONTRATS}/{contrat_id}/lecons", json=lecon()).json()["id"]
    arm(lea, malformed=True, omit=["id"], headers={"X-Essai": "1"})

    answer = lea.delete(f"{CONTRATS}/{contrat_id}/lecons/{declared}")

    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["x-essai"] == "1"
    assert "content-length" not in answer.headers


# The connection


def test_without_a_connection_of_its_own_a_dropped_call_fails(application: Application) -> None:
    lea = Vendor(application).as_("lea")
    arm(lea, operation="listerFormateurs", drop="before", times=1)

    async def get() -> Response:
        transport = ASGITransport(application)
        async with AsyncClient(transport=transport, base_url="http://test") as http:
            return await http.get(FORMATEURS, headers=lea.headers)

    with pytest.raises(ConnectionResetError):
        asyncio.run(get())
    assert asyncio.run(get()).status_code == 200


# The provider


@pytest.mark.parametrize("operation", PROVIDER)
def test_every_endpoint_of_the_provider_can_be_struck(anyone: Vendor, operation: str) -> None:
    method, path = PROVIDER[operation]
    arm(anyone, operation=operation, status=503, body={"error": "temporarily_unavailable"})

    for prefix in ("", "/auth"):
        answer = anyone.call(method, prefix + path)
        assert (answer.status_code, answer.json()) == (503, {"error": "temporarily_unavailable"})
    for other, (method, path) in PROVIDER.items():
        assert other == operation or anyone.call(method, path).status_code != 503


def test_a_logout_has_one_name_whether_a_browser_or_a_program_asks_for_it(anyone: Vendor) -> None:
    arm(anyone, operation="deconnexion", error="SERVICE_INDISPONIBLE")

    for method in ("GET", "POST"):
        assert anyone.call(method, f"{OIDC}/logout").status_code == 503
    entries = anyone.get("/_mock/journal").json()["entries"]
    assert {entry["operation"] for entry in entries} == {"deconnexion"}


def test_the_token_endpoint_may_be_too_busy(anyone: Vendor) -> None:
    arm(anyone, operation="jeton", error="NOMBRE_MAXIMUM_DE_REQUETES_ATTEINT", times=1)

    refused = anyone.post(f"{OIDC}/token", data={"grant_type": "refresh_token"})

    assert refused.status_code == 429
    assert refused.json()["error"] == "temporarily_unavailable"
    assert tokens_of(anyone)["access_token"]


def test_every_route_of_both_apis_and_of_the_provider_bears_a_name_that_is_known() -> None:
    routes = (*api.ROUTES, *oauth.router.routes)

    assert {route.operation for route in routes if isinstance(route, Operation)} == OPERATIONS
    assert set(PROVIDER) <= OPERATIONS


# Declaring, listing, removing


def test_what_is_declared_is_answered_and_listed_in_its_order(lea: Vendor) -> None:
    everything = {
        "operation": "declarerLecon",
        "method": "post",
        "path": "/api/*",
        "employe": lea.id_of("lea"),
        "autoEcole": lea.id_of("plesses"),
        "after": 1,
        "times": 2,
        "delaySeconds": 0.5,
        "status": 500,
        "headers": {"X-A": "b"},
        "body": {"a": [1]},
        "malformed": True,
        "omit": ["id"],
        "drop": "after",
    }

    first = lea.post("/_mock/incidents", json={**everything, "employe": "lea"})
    second = lea.post("/_mock/incidents", json={"status": 500})

    assert (first.status_code, second.status_code) == (201, 201)
    counted = {"seen": 0, "struck": 0, "epuise": False}
    names = {
        "employeRef": "lea",
        "employeNom": "Léane Durant",
        "autoEcoleRef": "plesses",
        "autoEcoleNom": "Auto-École des Plesses",
    }
    assert first.json() == {"id": "incident-1", "restants": 2, **counted, **everything, **names}
    assert second.json() == {"id": "incident-2", "restants": None, **counted, "status": 500}
    assert lea.get("/_mock/incidents").json() == [first.json(), second.json()]
    assert lea.get("/_mock/incidents/incident-1").json() == first.json()


def test_a_spent_one_stays_listed_until_a_reset(lea: Vendor) -> None:
    arm(lea, **DOWN, times=2)
    arm(lea, status=500)

    assert statuses(lea, 3) == [503, 503, 500]

    spent, armed = lea.get("/_mock/incidents").json()
    assert (spent["id"], spent["struck"], spent["restants"], spent["epuise"]) == (
        "incident-1",
        2,
        0,
        True,
    )
    assert (armed["id"], armed["restants"], armed["epuise"]) == ("incident-2", None, False)
    assert lea.get("/_mock/incidents/incident-1").json() == spent
    assert "times: 2" not in lea.get("/_mock/state").text
    lea.post("/_mock/reset?scope=incidents")
    assert lea.get("/_mock/incidents").json() == []


def test_one_is_removed_or_all_are(lea: Vendor) -> None:
    first, second, third = (arm(lea, **DOWN) for _ in range(3))

    assert lea.delete(f"/_mock/incidents/{second}").status_code == 204
    assert [one["id"] for one in lea.get("/_mock/incidents").json()] == [first, third]
    assert lea.delete("/_mock/incidents").status_code == 204
    assert lea.get("/_mock/incidents").json() == []
    assert lea.get(FORMATEURS).status_code == 200


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_one_that_is_not_there_is_unknown(anyone: Vendor, method: str) -> None:
    gone = arm(anyone, **DOWN)
    anyone.delete(f"/_mock/incidents/{gone}")

    for id_ in (gone, "incident-9", "x"):
        answer = anyone.call(method, f"/_mock/incidents/{id_}")
        assert refusal_of(answer) == (404, "INCIDENT_INCONNU")


@pytest.mark.parametrize("scope", ["incidents", "all"])
def test_a_reset_disarms_them(lea: Vendor, scope: str) -> None:
    arm(lea, **DOWN)

    lea.post(f"/_mock/reset?scope={scope}")

    assert lea.get("/_mock/incidents").json() == []


@pytest.mark.parametrize("scope", ["state", "clock", "journal", "limits"])
def test_another_reset_leaves_them_armed(lea: Vendor, scope: str) -> None:
    arm(lea, employe="lea", **DOWN)

    lea.post(f"/_mock/reset?scope={scope}")

    assert refusal_of(lea.get(FORMATEURS)) == UNAVAILABLE


def test_an_incident_of_one_world_is_none_of_another(lea: Vendor) -> None:
    assert lea.post("/_mock/worlds", json={"name": "autre"}).status_code == 201
    elsewhere = Vendor(lea.application, "/w/autre").as_("lea")
    arm(elsewhere, **DOWN)

    assert refusal_of(elsewhere.get(FORMATEURS)) == UNAVAILABLE
    assert lea.get(FORMATEURS).status_code == 200
    assert lea.get("/_mock/incidents").json() == []


def test_a_copy_of_a_world_is_armed_as_it_is_now(lea: Vendor) -> None:
    arm(lea, operation="listerFormateurs", times=2, **DOWN)
    lea.get(FORMATEURS)
    lea.post("/_mock/worlds", json={"name": "copie", "from": "principal"})
    copy = Vendor(lea.application, "/w/copie").as_("lea")

    assert statuses(copy, 2) == [503, 200]
    assert statuses(lea, 2) == [503, 200]


# What makes no sense


@pytest.mark.parametrize(
    ("incident", "champ", "message"),
    [
        (
            {"operation": "declarerLecons"},
            "operation",
            "n'est pas une opération connue ; vouliez-vous dire « declarerLecon » ?",
        ),
        ({"operation": "xyzzy"}, "operation", "n'est pas une opération connue"),
        ({"operation": ""}, "operation", "n'est pas une opération connue"),
        (
            {"error": "SERVICE_INDISPONIBL"},
            "error",
            "n'est pas un code connu ; vouliez-vous dire « SERVICE_INDISPONIBLE » ?",
        ),
        ({"employe": "zoe"}, "employe", "« zoe » ne désigne aucun employé"),
        (
            {"employe": "lae"},
            "employe",
            "« lae » ne désigne aucun employé ; vouliez-vous dire « lea » ?",
        ),
        (
            {"employe": "plesses"},
            "employe",
            "« plesses » ne désigne aucun employé ; vouliez-vous dire « lea@plesses.test » ?",
        ),
        ({"autoEcole": "lea"}, "autoEcole", "« lea » ne désigne aucune auto-école"),
        (
            {"autoEcole": "plesse"},
            "autoEcole",
            "« plesse » ne désigne aucune auto-école ; vouliez-vous dire « plesses » ?",
        ),
        (
            {"path": "*"},
            "path",
            "ne doit pas pouvoir désigner le plan de contrôle (/_mock)",
        ),
        (
            {"path": "/_mock/health"},
            "path",
            "ne doit pas pouvoir désigner le plan de contrôle (/_mock)",
        ),
        (
            {"path": "/*/formateurs"},
            "path",
            "ne doit pas pouvoir désigner le plan de contrôle (/_mock)",
        ),
        ({"error": "ERREUR_INTERNE", "body": "x"}, "body", "ne va pas avec « error »"),
        (
            {"headers": {"Content-Length": "3"}},
            "headers",
            "ne peut pas dire content-length, transfer-encoding",
        ),
        (
            {"headers": {"Transfer-Encoding": "chunked"}},
            "headers",
            "ne peut pas dire content-length, transfer-encoding",
        ),
    ],
)
def test_what_makes_no_sense_is_refused_and_not_armed(
    anyone: Vendor, incident: dict[str, Any], champ: str, message: str
) -> None:
    answer = anyone.post("/_mock/incidents", json={"delaySeconds": 1, **incident})

    assert refusal_of(answer) == (422, "INCIDENT_INVALIDE")
    assert problems_of(answer) == [(champ, message)]
    assert anyone.get("/_mock/incidents").json() == []


@pytest.mark.parametrize(
    "incident",
    [
        {},
        {"operation": "lireMonAutoEcole"},
        {"path": "/api/*", "employe": "lea", "after": 1, "times": 2},
        {"delaySeconds": 0, "headers": {}, "body": None, "malformed": False, "omit": []},
    ],
)
def test_an_incident_without_an_effect_is_none(anyone: Vendor, incident: dict[str, Any]) -> None:
    answer = anyone.post("/_mock/incidents", json=incident)

    assert refusal_of(answer) == (422, "INCIDENT_INVALIDE")
    assert problems_of(answer) == [
        (
            "corps",
            "n'a aucun effet ; donnez au moins delaySeconds, error, status, headers, body,"
            " malformed, omit ou drop",
        )
    ]
    assert anyone.get("/_mock/incidents").json() == []


@pytest.mark.parametrize(
    "effect",
    [
        {"delaySeconds": 0.1},
        {"error": "ERREUR_INTERNE"},
        {"status": 204},
        {"headers": {"X-A": "b"}},
        {"body": ""},
        {"body": 0},
        {"malformed": True},
        {"omit": ["id"]},
        {"drop": "before"},
    ],
)
def test_one_effect_is_enough(anyone: Vendor, effect: dict[str, Any]) -> None:
    assert anyone.post("/_mock/incidents", json=effect).status_code == 201


def test_all_that_makes_no_sense_is_told_at_once(anyone: Vendor) -> None:
    wrong = {"operation": "x", "path": "*", "error": "X", "employe": "x", "autoEcole": "x"}

    answer = anyone.post("/_mock/incidents", json=wrong)

    assert {champ for champ, _ in problems_of(answer)} == set(wrong)


@pytest.mark.parametrize(
    ("incident", "champ"),
    [
        ({"operation": 1}, "operation"),
        ({"method": "GET POST"}, "method"),
        ({"method": ""}, "method"),
        ({"path": ""}, "path"),
        ({"path": "/" + "a" * 500}, "path"),
        ({"path": ["/a"]}, "path"),
        ({"after": -1}, "after"),
        ({"after": 1.5}, "after"),
        ({"after": True}, "after"),
        ({"after": 1_000_001}, "after"),
        ({"times": 0}, "times"),
        ({"times": "3"}, "times"),
        ({"times": 10**30}, "times"),
        ({"delaySeconds": -0.1}, "delaySeconds"),
        ({"delaySeconds": 60.1}, "delaySeconds"),
        ({"delaySeconds": 1e400}, "delaySeconds"),
        ({"delaySeconds": "1"}, "delaySeconds"),
        ({"error": 503}, "error"),
        ({"status": 199}, "status"),
        ({"status": 600}, "status"),
        ({"status": "503"}, "status"),
        ({"headers": ["X-A"]}, "headers"),
        ({"headers": {"X-A": 1}}, "headers.X-A"),
        ({"headers": {"X-A": "b\r\nX-B: c"}}, "headers.X-A"),
        ({"headers": {"X-A": "b\n"}}, "headers.X-A"),
        ({"headers": {"X-A": "\u0000"}}, "headers.X-A"),
        ({"headers": {"X-A": "€"}}, "headers.X-A"),
        ({"headers": {"X-A": "a" * 4_001}}, "headers.X-A"),
        ({"malformed": "true"}, "malformed"),
        ({"malformed": 1}, "malformed"),
        ({"omit": "id"}, "omit"),
        ({"omit": [1]}, "omit[0]"),
        ({"drop": "during"}, "drop"),
        ({"drop": True}, "drop"),
        ({"delai": 1}, "delai"),
        ({"auto_ecole": "plesses"}, "auto_ecole"),
        ({"id": "incident-1"}, "id"),
    ],
)
def test_a_field_of_the_wrong_kind_is_a_bad_parameter(
    anyone: Vendor, incident: dict[str, Any], champ: str
) -> None:
    answer = anyone.post(
        "/_mock/incidents",
        content=json.dumps(incident).replace("Infinity", "1e400"),
        headers={"Content-Type": "application/json"},
    )

    assert refusal_of(answer) == (400, "PARAMETRE_INVALIDE")
    assert [where for where, _ in problems_of(answer)] == [champ]
    assert anyone.get("/_mock/incidents").json() == []


def test_there_is_an_end_to_what_can_go_wrong(anyone: Vendor) -> None:
    for _ in range(MOST_INCIDENTS):
        anyone.application.principal.incidents.declare(Incident(error="SERVICE_INDISPONIBLE"))

    answer = anyone.post("/_mock/incidents", json=DOWN)

    assert refusal_of(answer) == (422, "INCIDENT_INVALIDE")
    assert problems_of(answer) == [("corps", "il y a déjà 1000 incidents, sur 1000 ; retirez-en")]
    anyone.delete("/_mock/incidents")
    assert anyone.post("/_mock/incidents", json=DOWN).status_code == 201


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity"])
def test_a_body_that_is_no_json_is_no_body(anyone: Vendor, number: str) -> None:
    answer = anyone.post(
        "/_mock/incidents",
        content=f'{{"body": {{"a": [{number}]}}}}',
        headers={"Content-Type": "application/json"},
    )

    assert refusal_of(answer) == (422, "INCIDENT_INVALIDE")
    assert problems_of(answer) == [("body", "contient un nombre que JSON ne connaît pas")]


@pytest.mark.parametrize("name", ["X A", "X:A", "X-A\r\nX-B", "X-A\n", "Écho", "", "a" * 101])
def test_a_header_has_a_name_that_can_be_one(anyone: Vendor, name: str) -> None:
    answer = anyone.post("/_mock/incidents", json={"headers": {name: "b"}})

    assert refusal_of(answer) == (400, "PARAMETRE_INVALIDE")
    assert anyone.get("/_mock/incidents").json() == []


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b'{"body": "\\ud800"}', b'"x"'])
def test_an_incident_is_an_object_of_readable_json(anyone: Vendor, content: bytes) -> None:
    answer = anyone.post(
        "/_mock/incidents", content=content, headers={"Content-Type": "application/json"}
    )

    assert refusal_of(answer) == (400, "PARAMETRE_INVALIDE")


def test_a_pattern_full_of_stars_does_not_keep_anybody_waiting(lea: Vendor) -> None:
    for _ in range(20):
        arm(lea, path="/api" + "*a" * 248, **DOWN)
    began = monotonic()

    answer = lea.get(f"{CONTRATS}/{'a' * 5_000}")

    assert answer.status_code in {404, 503}
    assert monotonic() - began < 2


PAGE = "<script>alert(1)</script>"
HTML = {"Content-Type": "text/html; charset=utf-8"}


@pytest.mark.parametrize(
    "incident",
    [
        {"body": PAGE, "headers": HTML},
        {"body": PAGE, "headers": {"content-type": "Application/XHTML+XML"}},
        {"body": PAGE, "headers": {"content-type": "image/svg+xml"}},
        {"headers": HTML},
        {"body": PAGE, "headers": {**HTML, "Content-Security-Policy": "script-src *"}},
    ],
)
def test_a_page_that_an_incident_serves_has_no_part_in_our_origin(
    lea: Vendor, incident: dict[str, Any]
) -> None:
    arm(lea, **incident)

    answer = lea.get(FORMATEURS)

    assert answer.headers.get_list("content-security-policy")[-1] == "sandbox"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_page_of_ours_that_is_only_late_keeps_its_policy(anyone: Vendor) -> None:
    query = "client_id=editeur-demo&redirect_uri=http://localhost:3000/callback&response_type=code"
    as_ever = anyone.get(f"{OIDC}/auth?{query}")
    arm(anyone, operation="autoriser", delaySeconds=0.01)

    struck = anyone.get(f"{OIDC}/auth?{query}")

    assert struck.headers["content-security-policy"] == as_ever.headers["content-security-policy"]
    assert "sandbox" not in struck.headers["content-security-policy"]

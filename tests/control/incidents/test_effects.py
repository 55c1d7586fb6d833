import asyncio
import re
from html import unescape
from json import JSONDecodeError
from time import monotonic
from typing import Any

import pytest
from httpx2 import ASGITransport, AsyncClient, Response

from rdv_mock import api, provider
from rdv_mock.errors import ApiError
from rdv_mock.serving.app import Application
from rdv_mock.wire.operations import OPERATIONS
from tests.control.incidents.support import (
    DOWN,
    FORMATEURS,
    MOI,
    OIDC,
    PROVIDER,
    SIMULATEURS,
    UNAVAILABLE,
    arm,
    lecons_of,
    statuses,
    tokens_of,
)
from tests.support import CONTRATS, SMALL, Vendor, lecon, refusal_of, running

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
        ({"status": 205, "body": "x"}, 205, None, ""),
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
    routes = (*api.ROUTES, *provider.ROUTES)

    assert {route.operation for route in routes} == OPERATIONS
    assert set(PROVIDER) <= OPERATIONS

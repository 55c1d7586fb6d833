from typing import Any

import pytest

from rdv_mock.serving.app import Application
from rdv_mock.settings import Settings
from tests.control.incidents.support import (
    A_MIB,
    DOWN,
    FORMATEURS,
    MOI,
    OIDC,
    SIMULATEURS,
    UNAVAILABLE,
    arm,
    statuses,
)
from tests.support import CONTRATS, LIVRET, Vendor, contrat, refusal_of, running

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

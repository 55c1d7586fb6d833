from collections.abc import Iterator

import pytest

from tests.support import LIVRET, SMALL, Vendor, refusal_of, running

FORMATEURS = f"{LIVRET}/formateurs"
LIMITED = SMALL.replace("09:00:00+01:00", "09:00:20+01:00") + "limits: {debit.actif: true}\n"


@pytest.fixture
def limited() -> Iterator[Vendor]:
    with running(LIMITED) as application:
        yield Vendor(application)


def call(vendor: Vendor, times: int) -> list[int]:
    return [vendor.get(FORMATEURS).status_code for _ in range(times)]


def test_of_211_calls_in_a_minute_210_pass_and_nobody_else_is_affected(limited: Vendor) -> None:
    lea, max_ = limited.as_("lea"), limited.as_("max")

    assert call(lea, 210) == [200] * 210
    refused = lea.get(FORMATEURS)

    assert refusal_of(refused) == (429, "NOMBRE_MAXIMUM_DE_REQUETES_ATTEINT")
    assert refused.headers["retry-after"] == "40"
    assert call(max_, 1) == [200]


def test_a_frozen_clock_must_move_before_anything_passes_again(limited: Vendor) -> None:
    lea = limited.as_("lea")
    call(lea, 210)

    lea.post("/_mock/clock/advance", json={"by": "PT39S"})
    assert call(lea, 1) == [429]
    lea.post("/_mock/clock/advance", json={"by": "PT1S"})
    assert call(lea, 1) == [200]


def test_whatever_is_answered_counts_but_not_what_comes_before_the_token(limited: Vendor) -> None:
    lea = limited.as_("lea", "livret_numerique:write")

    for _ in range(50):
        lea.get("/inconnu")
        lea.delete(FORMATEURS)
        lea.get("/_mock/ready")
        lea.get("/_mock/clock")
        lea.get("/realms/formation/.well-known/openid-configuration")
        lea.post(f"{LIVRET}/contrats-de-formation", content=b" " * (1024 * 1024 + 1))
    assert [refusal_of(lea.get(FORMATEURS))[0] for _ in range(210)] == [403] * 210
    assert refusal_of(lea.get(FORMATEURS))[0] == 429


def test_the_limit_comes_before_scope_and_parameters(limited: Vendor) -> None:
    lea = limited.as_("lea", "livret_numerique:write")
    call(lea, 210)

    assert refusal_of(lea.get(FORMATEURS))[0] == 429
    assert refusal_of(lea.post(f"{LIVRET}/contrats-de-formation", json={}))[0] == 429


def test_all_tokens_of_an_employe_share_his_bucket(limited: Vendor) -> None:
    call(limited.as_("lea"), 210)

    assert call(limited.as_("lea"), 1) == [429]


def test_all_employes_of_an_ael_share_600() -> None:
    ael = LIMITED.replace(
        'codeDepartement: "085"\n    bureaux',
        'codeDepartement: "085"\n    enLigne: true\n    bureaux',
    )
    ael = ael.replace(
        "email: lea@plesses.test}]",
        "email: lea@plesses.test}, {ref: lucie, nom: B, prenom: L, email: l@plesses.test}]",
    )
    with running(ael) as application:
        lea, lucie = Vendor(application).as_("lea"), Vendor(application).as_("lucie")

        assert call(lea, 300) + call(lucie, 300) == [200] * 600
        assert call(lea, 1) + call(lucie, 1) == [429, 429]


@pytest.mark.parametrize(
    ("form", "header"),
    [("seconds", "40"), ("date", "Tue, 10 Mar 2026 08:01:00 GMT"), ("absent", None)],
)
def test_when_to_come_again_is_said_as_the_scenario_wants(form: str, header: str | None) -> None:
    text = f"{LIMITED}responses: {{retryAfter: {form}}}\n".replace(
        "debit.actif: true",
        "debit.actif: true, debit.parEmploye: 0, debit.horlogeDeRetryAfter: monde",
    )
    with running(text) as application:
        answer = Vendor(application).as_("lea").get(FORMATEURS)

    assert answer.status_code == 429
    assert answer.headers.get("retry-after") == header


@pytest.mark.parametrize("scope", ["limits", "all"])
def test_a_reset_of_the_limits_begins_the_window_anew(limited: Vendor, scope: str) -> None:
    call(limited.as_("lea"), 210)

    limited.post(f"/_mock/reset?scope={scope}")

    assert call(limited.as_("lea"), 1) == [200]


def test_in_a_frozen_world_nothing_is_counted_unless_told_to(lea: Vendor) -> None:
    assert call(lea, 215) == [200] * 215


def test_limits_can_be_switched_on_in_the_middle_of_a_test(lea: Vendor) -> None:
    lea.patch("/_mock/state", json={"limits": {"debit.actif": True, "debit.parEmploye": 2}})

    assert call(lea, 3) == [200, 200, 429]

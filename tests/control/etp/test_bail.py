import json
from collections.abc import Iterator

import pytest

from rdv_mock.serving.app import Application
from tests.api.exam_world import V2, advance
from tests.control.etp.support import (
    NIGHT,
    PLESSES,
    THREE_HOURS_ARE_ONE_ETP,
    alone,
    declare,
    etp_of,
    given,
    living,
    told,
    written,
)
from tests.provider.browser import SCOPE, Browser, code_of
from tests.support import LIVRET, Vendor, refusal_of, running

# The bail (docs/rules/bail.md#bureaux).


EACH_HIS_BUREAU = {
    "employes": [
        {**PLESSES["employes"][0], "bureaux": ["sables"]},
        {
            "ref": "tom",
            "nom": "Martin",
            "prenom": "Tom",
            "email": "tom@plesses.test",
            "bureaux": ["nantes"],
        },
    ]
}

AT_BOTH_BUREAUX = [
    {
        "ref": ref,
        "autoEcole": "plesses",
        "candidat": "zoe",
        "categoriePermis": categorie,
        **({"bureau": ref} if ref != "nulle part" else {}),
    }
    for ref, categorie in (("sables", "B"), ("nantes", "B1"), ("nulle part", "B"))
]


def _at_both_bureaux() -> str:
    contrats = [{**one, "ref": f"k-{one['ref']}"} for one in AT_BOTH_BUREAUX]
    return written(
        contrats=contrats,
        ecole=EACH_HIS_BUREAU,
        limits=THREE_HOURS_ARE_ONE_ETP,
    )


@pytest.fixture
def two_bureaux() -> Iterator[Application]:
    """A decentralised école: each employé connects his own bureau."""
    with running(_at_both_bureaux()) as application:
        yield application


def test_a_second_login_on_the_cookie_of_the_first_connects_the_first_bureau_again(
    two_bureaux: Application,
) -> None:
    browser, vendor = Browser(two_bureaux), Vendor(two_bureaux)
    scope = f"{SCOPE} livret_numerique:write rdvpermis"
    first = browser.exchange(browser.log_in(scope=scope))
    second = browser.exchange(code_of(browser.authorize(scope=scope)))
    token = second.json()["access_token"]
    vendor.headers = {"Authorization": f"Bearer {token}"}

    declare(vendor, "k-sables", "2026-02-10T08:00")
    declare(vendor, "k-nantes", "2026-02-11T08:00")
    declare(vendor, "k-nulle part", "2026-02-12T08:00")
    advance(vendor, to=NIGHT)

    assert first.status_code == second.status_code == 200
    assert vendor.get(f"{V2}/employes/moi").json()["email"] == "lea@plesses.test"
    assert told(vendor, "2026-05") == {
        "2026-02-10T08:00": (3.0, None),
        "2026-02-11T08:00": (0.0, "BAIL_EXPIRE"),
        "2026-02-12T08:00": (3.0, None),
    }
    assert etp_of(vendor, "2026-05") == 2.0
    connected = {one["bureau"]: one["connecte"] for one in vendor.get("/_mock/connexions").json()}
    assert connected == {vendor.id_of("sables"): True, vendor.id_of("nantes"): False}


def test_a_bureau_counts_from_its_own_login_on(two_bureaux: Application) -> None:
    lea = Vendor(two_bureaux).as_("lea")
    declare(lea, "k-nantes", "2026-02-10T08:00")
    advance(lea, by="PT1H")
    lea.as_("tom")
    declare(lea, "k-nantes", "2026-02-11T08:00")
    advance(lea, to=NIGHT)

    assert told(lea, "2026-05") == {
        "2026-02-10T08:00": (0.0, "BAIL_EXPIRE"),
        "2026-02-11T08:00": (3.0, None),
    }


def test_a_bureau_no_longer_counts_once_its_bail_is_over(two_bureaux: Application) -> None:
    tom = Vendor(two_bureaux).as_("tom")
    declare(tom, "k-nantes", "2026-03-09T08:00")
    advance(tom, by="P30D")
    lea = tom.as_("lea")
    advance(lea, by="P60D")

    declare(lea, "k-nantes", "2026-03-10T08:00")
    declare(lea, "k-sables", "2026-03-11T08:00")

    assert refusal_of(tom.get(f"{LIVRET}/formateurs")) == (401, "JETON_INVALIDE")
    assert told(lea, "2026-08") == {
        "2026-03-09T08:00": (3.0, None),
        "2026-03-10T08:00": (0.0, "BAIL_EXPIRE"),
        "2026-03-11T08:00": (3.0, None),
    }


def test_before_the_first_bail_of_the_ecole_nothing_is_excluded() -> None:
    lecons = [
        given("2026-02-10T08:00", 180, contrat="k-nantes", dateHeureReception=reception)
        for reception in ("2026-03-10T07:59:59Z", "2026-03-10T08:00:00Z")
    ]
    lecons[1]["dateHeureDebut"] = "2026-02-11T08:00:00"
    scenario = json.loads(_at_both_bureaux())
    with running(json.dumps({**scenario, "lecons": lecons})) as application:
        lea = Vendor(application).as_("lea")
        advance(lea, to=NIGHT)

        assert told(lea, "2026-05") == {
            "2026-02-10T08:00": (3.0, None),
            "2026-02-11T08:00": (0.0, "BAIL_EXPIRE"),
        }


# Alone on a simulator, over several nights (docs/rules/heures.md#simulator).


def test_the_hours_alone_are_used_up_once_over_several_nights() -> None:
    with living(*(alone(f"2026-0{month}-10T08:00", 120) for month in (2, 3, 4, 5))) as lea:
        months = ("2026-05", "2026-06", "2026-07", "2026-08")
        seen = []
        for mois, night in zip(months, ("03-25", "04-25", "05-24", "06-25"), strict=True):
            advance(lea, to=f"2026-{night}T00:00:00+02:00")
            advance(lea, by="PT1H")
            seen.append([heures for heures, _ in told(lea, mois).values()])
        afterwards = [[heures for heures, _ in told(lea, mois).values()] for mois in months]
        etp = [etp_of(lea, mois) for mois in months]

    assert seen == afterwards
    assert [sum(heures) for heures in seen] == [2.0, 4.0, 5.0, 3.0]
    assert etp == [0.7, 1.3, 1.7, 1.0]

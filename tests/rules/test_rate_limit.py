from dataclasses import replace

import pytest

from rdv_mock.errors import ApiError, Refusal
from rdv_mock.facts.auto_ecole import Employe
from rdv_mock.facts.enumerations import Role
from rdv_mock.fixtures import default_limits
from rdv_mock.rules.rate_limit import Bucket, bucket_of, check_rate, is_active, window_at
from tests.rules.facts import AUTO_ECOLE
from tests.support import instant

LIMITS = default_limits()
LEA = Employe("lea", AUTO_ECOLE.id, "Durant", "Léane", "lea@x.test", "lea", Role.GERANT, ())
AEL = replace(AUTO_ECOLE, en_ligne=True)


def test_each_employe_has_a_bucket_of_210() -> None:
    assert bucket_of(LEA, AUTO_ECOLE, LIMITS, crenodispo=False) == Bucket(
        "lea", crenodispo=False, calls=210
    )


def test_the_employes_of_an_ael_share_one_of_600() -> None:
    assert bucket_of(LEA, AEL, LIMITS, crenodispo=False) == Bucket(
        AEL.id, crenodispo=False, calls=600
    )


def test_the_other_calls_do_not_share_the_bucket_of_crenodispo() -> None:
    limits = LIMITS.overridden({"debit.parEmploye": 5, "debit.parAutoEcoleEnLigne": 7})

    assert bucket_of(LEA, AUTO_ECOLE, limits, crenodispo=False).calls == 5
    assert bucket_of(LEA, AEL, limits, crenodispo=False).calls == 7
    assert bucket_of(LEA, AUTO_ECOLE, limits, crenodispo=True).calls == 210


def test_crenodispo_has_a_bucket_of_its_own() -> None:
    limits = LIMITS.overridden(
        {"debit.crenodispo.parEmploye": 5, "debit.crenodispo.parAutoEcoleEnLigne": 7}
    )

    assert bucket_of(LEA, AUTO_ECOLE, limits, crenodispo=True) == Bucket(
        "lea", crenodispo=True, calls=5
    )
    assert bucket_of(LEA, AEL, limits, crenodispo=True) == Bucket(AEL.id, crenodispo=True, calls=7)


@pytest.mark.parametrize(
    ("setting", "frozen", "active"),
    [
        ("auto", False, True),
        ("auto", True, False),
        ("true", True, True),
        ("false", False, False),
    ],
)
def test_limits_hold_by_default_only_while_the_clock_runs(
    setting: str,
    frozen: bool,  # noqa: FBT001 - a case of the table
    active: bool,  # noqa: FBT001 - a case of the table
) -> None:
    assert is_active(LIMITS.overridden({"debit.actif": setting}), frozen=frozen) is active


@pytest.mark.parametrize(
    ("now", "left"),
    [
        ("2026-03-10T08:00:00Z", 60),
        ("2026-03-10T08:00:20Z", 40),
        ("2026-03-10T08:00:20.500000Z", 40),
        ("2026-03-10T08:00:59.999999Z", 1),
    ],
)
def test_windows_are_cut_at_full_minutes(now: str, left: int) -> None:
    window = window_at(instant(now), LIMITS)

    assert window.begin == instant("2026-03-10T08:00:00Z")
    assert window.end == instant("2026-03-10T08:01:00Z")
    assert window.seconds_left(instant(now)) == left


def test_the_call_after_the_last_one_is_refused() -> None:
    bucket = Bucket("lea", crenodispo=False, calls=210)

    check_rate(bucket, 209)
    with pytest.raises(Refusal) as refusal:
        check_rate(bucket, 210)
    assert refusal.value.error is ApiError.NOMBRE_MAXIMUM_DE_REQUETES_ATTEINT

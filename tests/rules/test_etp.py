from decimal import Decimal

import pytest

from rdv_mock.fixtures import default_limits
from rdv_mock.rules.etp import etp_of

LIMITS = default_limits()
GIVEN = {"2026-03": Decimal("2.0"), "2026-05": Decimal("3.2")}


@pytest.mark.parametrize(
    ("mois", "etp"),
    [
        ("2026-02", "0"),
        ("2026-03", "2.0"),
        ("2026-04", "2.0"),
        ("2026-05", "3.2"),
        ("2027-05", "3.2"),
        ("2027-06", "0"),
    ],
)
def test_a_given_etp_goes_on_for_twelve_months(mois: str, etp: str) -> None:
    assert etp_of(mois, GIVEN, LIMITS) == Decimal(etp)


def test_how_long_it_goes_on_is_a_limit() -> None:
    assert etp_of("2026-04", GIVEN, LIMITS.overridden({"etp.reportMois": 0})) == 0

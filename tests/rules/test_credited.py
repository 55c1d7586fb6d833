"""What an authorisation number means in an école."""

import pytest

from rdv_mock.facts.enumerations import MotifDExclusion
from rdv_mock.facts.etp import Credited
from rdv_mock.rules.credited import AuthorisationNumbers, Number
from tests.rules.night import ECOLE, GENERIQUE, HUGO, LIMITS, MAUD, SIMULATOR


@pytest.mark.parametrize(
    ("numero", "bureau", "number"),
    [
        (
            GENERIQUE,
            "nantes",
            Number(alone=True, motif=None, credited=Credited(GENERIQUE, None, "085")),
        ),
        (
            SIMULATOR,
            "sables",
            Number(alone=True, motif=None, credited=Credited(SIMULATOR, None, "044")),
        ),
        (
            "S0850000099",
            None,
            Number(alone=True, motif=MotifDExclusion.SIMULATEUR_NON_REFERENCE, credited=None),
        ),
        (HUGO, "nantes", Number(alone=False, motif=None, credited=Credited(HUGO, "hugo", "085"))),
        (MAUD, None, Number(alone=False, motif=None, credited=Credited(MAUD, "maud", "044"))),
        (
            MAUD,
            "sables",
            Number(alone=False, motif=MotifDExclusion.FORMATEUR_NON_DECLARE, credited=None),
        ),
        (
            "A0850007890",
            "sables",
            Number(alone=False, motif=MotifDExclusion.SANS_BUREAU_PRINCIPAL, credited=None),
        ),
    ],
)
def test_a_number_means_a_formateur_or_an_eleve_alone_on_a_simulator(
    numero: str, bureau: str | None, number: Number
) -> None:
    found = AuthorisationNumbers(ECOLE, LIMITS).number(numero, bureau)

    assert found == number
    assert found.alone is number.alone


def test_a_number_is_looked_for_once_for_each_bureau() -> None:
    numbers = AuthorisationNumbers(ECOLE, LIMITS)
    found = [numbers.number(MAUD, bureau) for bureau in ("nantes", "sables") for _ in range(2)]

    assert found[0] is found[1]
    assert found[2] is found[3]
    assert found[0] != found[2]

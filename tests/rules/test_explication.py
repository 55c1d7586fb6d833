"""The reckoning of an ETP in words."""

from decimal import Decimal

import pytest

from rdv_mock.facts.enumerations import OrigineEtp
from rdv_mock.facts.etp import Credited, EtpDuGroupe, EtpEnVigueur, PartEtp
from rdv_mock.rules.explication import calcul_of, origine_told
from tests.rules.night import HUGO, LIMITS, MAUD

MOIS = "2026-05"


def part(heures: str, etp: str, numero: str = HUGO) -> PartEtp:
    """What a formateur brings."""
    return PartEtp(Credited(numero, numero, "085"), Decimal(heures), Decimal(etp))


def holds(etp: str, origine: OrigineEtp | None = None, mois: str | None = None) -> EtpEnVigueur:
    """What is in force for one département."""
    return EtpEnVigueur({"085": Decimal(etp)}, (), origine, mois)


def test_hours_become_etp_with_four_digits_more_than_are_kept() -> None:
    assert calcul_of(part("117.6", "0.3"), LIMITS) == (
        "117,60 h ÷ 3 mois ÷ 151,666 h = 0,25846, arrondi à 0,3."
    )


def test_no_digit_of_a_quotient_is_rounded_up() -> None:
    # 24 / 3 / 151,666 = 0,0527475…
    assert calcul_of(part("24", "0.1"), LIMITS) == (
        "24,00 h ÷ 3 mois ÷ 151,666 h = 0,05274, arrondi à 0,1."
    )


def test_months_base_and_decimals_of_a_quotient_are_limits() -> None:
    limits = LIMITS.overridden(
        {"etp.moisGlissants": 2, "etp.baseMensuelle": 150.0, "etp.decimales": 2}
    )

    assert calcul_of(part("100", "0.33"), limits) == (
        "100,00 h ÷ 2 mois ÷ 150,0 h = 0,333333, arrondi à 0,33."
    )


TWO = EtpDuGroupe([part("1", "0.3"), part("1", "0.4", MAUD), part("0", "0.0", "S0850000010")])
ONE = EtpDuGroupe([part("1", "0.3"), part("0", "0.0", MAUD)])
NONE = EtpDuGroupe([part("0", "0.0")])


@pytest.mark.parametrize(
    ("found", "told"),
    [
        (TWO, "Calcul : 0,3 + 0,4 = 0,7 ETP, somme des valeurs arrondies."),
        (ONE, "Calcul : 0,3 ETP, somme des valeurs arrondies."),
        (NONE, "Calcul : 0,0 ETP, somme des valeurs arrondies."),
    ],
)
def test_a_sum_tells_its_summands_when_there_are_several(found: EtpDuGroupe, told: str) -> None:
    assert origine_told(found, holds("0"), MOIS, given=None) == (
        f"{told} Rien n'est donné, ni trouvé par une nuit : c'est 0 qui vaut."
    )


@pytest.mark.parametrize(
    ("in_force", "given", "told"),
    [
        (
            holds("2.5", OrigineEtp.SCENARIO, MOIS),
            "2.5",
            "Le scénario en donne 2,5 pour ce mois : c'est ce qui vaut.",
        ),
        (
            holds("0.0", OrigineEtp.SCENARIO, MOIS),
            "0.0",
            "Le scénario en donne 0,0 pour ce mois : c'est ce qui vaut.",
        ),
        (
            holds("0.6", OrigineEtp.CALCUL, MOIS),
            None,
            "La nuit a enregistré 0,6 : c'est ce qui vaut.",
        ),
        (
            holds("1.2", OrigineEtp.SCENARIO, "2026-03"),
            None,
            "Sans rien pour ce mois, vaut encore ce que le scénario donne pour 2026-03 : 1,2.",
        ),
        (
            holds("0.9", OrigineEtp.CALCUL, "2026-04"),
            None,
            "Sans rien pour ce mois, vaut encore ce qu'une nuit a trouvé pour 2026-04 : 0,9.",
        ),
    ],
)
def test_what_is_in_force_is_told_with_its_origin(
    in_force: EtpEnVigueur, given: str | None, told: str
) -> None:
    said = origine_told(TWO, in_force, MOIS, given=None if given is None else Decimal(given))

    assert said == f"Calcul : 0,3 + 0,4 = 0,7 ETP, somme des valeurs arrondies. {told}"

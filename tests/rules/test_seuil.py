import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rdv_mock.errors import ApiError, Refusal
from rdv_mock.facts.auto_ecole import Declaration, EtpDonne, Formateur
from rdv_mock.facts.capacite import Capacite
from rdv_mock.facts.creneau import Creneau
from rdv_mock.facts.enumerations import GroupePermis
from rdv_mock.fixtures import Limits, default_limits
from rdv_mock.rules.seuil import (
    check_capacite,
    check_declaree,
    courbe_of,
    groupes_declares,
    has_priorite_territoriale,
    is_reservable,
    places_left,
    plafond_of,
    seuil_of,
)
from tests.rules.facts import AUTO_ECOLE, CAPACITE, CRENEAU
from tests.support import instant

LIMITS = default_limits()
A, B, CE = GroupePermis
NOON = instant("2026-04-01T12:00:00+02:00")
FRESH = replace(CRENEAU, date_heure_publication=instant("2026-03-20T15:00:00+01:00"))
OLD = replace(CRENEAU, date_heure_publication=instant("2026-03-01T15:00:00+01:00"))

P = CAPACITE
Q = replace(CAPACITE, etp=Decimal(0), etp_total=Decimal("1.0"))
R = replace(CAPACITE, etp=Decimal("0.0"), etp_total=Decimal("0.0"))
UNDECLARED = replace(CAPACITE, est_declaree=False)

SEUIL_ATTEINT = ApiError.CRENEAU_NON_RESERVABLE_SEUIL_ATTEINT
PLAFOND_ATTEINT = ApiError.CRENEAU_NON_RESERVABLE_PLAFOND_ATTEINT

FORMATEUR = Formateur("hugo", AUTO_ECOLE.id, "Petit", "Hugo", "A0850001230", None, ())
ETP_DONNE = EtpDonne("etp", AUTO_ECOLE.id, GroupePermis.A, "2024-01", Decimal(0))
DECLARATION = Declaration("d", AUTO_ECOLE.id, "044", GroupePermis.A, 1, NOON)

tenths = st.integers(0, 1_000)


def after_taking_all(
    capacite: Capacite, creneau: Creneau, now: datetime = NOON, limits: Limits = LIMITS
) -> tuple[int, ApiError | None]:
    """How many places an école has once it has taken such créneaux to the end, and what ends it."""
    for utilisees in range(capacite.utilisees, 100):
        try:
            check_capacite(creneau, replace(capacite, utilisees=utilisees), limits, now=now)
        except Refusal as refusal:
            return utilisees, refusal.error
    return 100, None


@pytest.mark.parametrize(
    ("etp", "coefficient", "seuil"),
    [
        ("2.0", "4.5", 9),
        ("1.3", "4.5", 5),
        ("0.6", "4.5", 2),
        ("0.0", "4.5", 0),
        ("0.2", "4.9", 0),
        ("0.2", "5.0", 1),
        ("0.6", "5.0", 3),
        ("0.7", "5.8", 4),
        ("1.1", "6.3", 6),
        ("1.4", "45.0", 63),  # 62.99… in binary
        ("2.8", "22.5", 63),
    ],
)
def test_the_seuil_is_rounded_down(etp: str, coefficient: str, seuil: int) -> None:
    capacite = replace(CAPACITE, etp=Decimal(etp), coefficient=Decimal(coefficient))

    assert seuil_of(capacite) == seuil


def test_the_product_is_exact() -> None:
    assert Decimal("0.6") * LIMITS.decimal("seuil.coefficientParDefaut") == Decimal("2.70")


@given(etp=tenths, etp_total=tenths, coefficient=tenths)
def test_seuil_and_plafond_lose_nothing_to_fractions(
    etp: int, etp_total: int, coefficient: int
) -> None:
    capacite = replace(
        CAPACITE,
        etp=Decimal(etp) / 10,
        etp_total=Decimal(etp_total) / 10,
        coefficient=Decimal(coefficient) / 10,
    )

    assert seuil_of(capacite) == etp * coefficient // 100
    assert plafond_of(capacite, LIMITS, now=NOON) == 3 * (etp_total * coefficient // 100) // 2


@pytest.mark.parametrize(("capacite", "plafond"), [(P, 13), (Q, 6), (R, 0)])
def test_the_plafond_comes_from_the_etp_of_all_departements(
    capacite: Capacite, plafond: int
) -> None:
    assert plafond_of(capacite, LIMITS, now=NOON) == plafond


@pytest.mark.parametrize(
    ("capacite", "creneau", "places", "error"),
    [
        (P, FRESH, 9, SEUIL_ATTEINT),
        (P, OLD, 13, PLAFOND_ATTEINT),
        (Q, FRESH, 0, SEUIL_ATTEINT),
        (Q, OLD, 6, PLAFOND_ATTEINT),
        (R, FRESH, 0, SEUIL_ATTEINT),
        (R, OLD, 0, PLAFOND_ATTEINT),
    ],
)
def test_an_ecole_takes_fresh_places_to_its_seuil_and_old_ones_to_its_plafond(
    capacite: Capacite, creneau: Creneau, places: int, error: ApiError
) -> None:
    assert after_taking_all(capacite, creneau) == (places, error)


def test_one_counter_serves_seuil_and_plafond() -> None:
    nine, thirteen = replace(P, utilisees=9), replace(P, utilisees=13)

    assert after_taking_all(nine, FRESH) == (9, SEUIL_ATTEINT)
    assert after_taking_all(nine, OLD) == (13, PLAFOND_ATTEINT)
    assert after_taking_all(thirteen, FRESH) == (13, SEUIL_ATTEINT)


def test_etp_elsewhere_raises_the_plafond_but_not_the_seuil() -> None:
    half_elsewhere = replace(P, etp=Decimal("1.0"), etp_total=Decimal("2.0"))

    assert after_taking_all(half_elsewhere, FRESH) == (4, SEUIL_ATTEINT)
    assert after_taking_all(half_elsewhere, OLD) == (13, PLAFOND_ATTEINT)


def test_the_plafond_binds_fresh_places_too() -> None:
    limits = LIMITS.overridden({"plafond.facteur": 0.5})

    with pytest.raises(Refusal) as refusal:
        check_capacite(FRESH, replace(P, utilisees=4), limits, now=NOON)
    assert refusal.value.error is PLAFOND_ATTEINT


def test_the_priority_ends_30_times_24_hours_after_publication_across_the_change_of_hour() -> None:
    published = replace(CRENEAU, date_heure_publication=instant("2026-03-10T15:00:00+01:00"))
    end = instant("2026-04-09T16:00:00+02:00")

    before = end - timedelta(seconds=1)
    assert has_priorite_territoriale(published, LIMITS, now=before)
    assert not has_priorite_territoriale(published, LIMITS, now=end)
    assert after_taking_all(P, published, before) == (9, SEUIL_ATTEINT)
    assert after_taking_all(P, published, end) == (13, PLAFOND_ATTEINT)


@pytest.mark.parametrize("creneau", [FRESH, OLD])
@pytest.mark.parametrize("utilisees", [0, 9, 13])
def test_without_declaration_nothing_else_is_looked_at(creneau: Creneau, utilisees: int) -> None:
    undeclared = replace(UNDECLARED, utilisees=utilisees)

    assert after_taking_all(undeclared, creneau) == (
        utilisees,
        ApiError.AUTO_ECOLE_NA_AUCUNE_DECLARATION,
    )


@pytest.mark.parametrize("creneau", [FRESH, OLD])
@pytest.mark.parametrize("capacite", [None, replace(UNDECLARED, groupe_permis=CE, utilisees=99)])
def test_ce_knows_neither_declaration_nor_seuil_nor_plafond(
    creneau: Creneau, capacite: Capacite | None
) -> None:
    check_capacite(creneau, capacite, LIMITS, now=NOON)

    assert is_reservable(creneau, capacite, LIMITS, now=NOON)


def test_ce_may_be_made_to_need_a_declaration_and_nothing_else() -> None:
    limits = LIMITS.overridden({"ce.declarationObligatoire": True})
    full = replace(P, groupe_permis=CE, utilisees=99)

    check_capacite(FRESH, full, limits, now=NOON)
    with pytest.raises(Refusal) as refusal:
        check_capacite(FRESH, replace(full, est_declaree=False), limits, now=NOON)
    assert refusal.value.error is ApiError.AUTO_ECOLE_NA_AUCUNE_DECLARATION


@pytest.mark.parametrize(
    ("creneau", "places", "error"), [(FRESH, 9, SEUIL_ATTEINT), (OLD, 13, PLAFOND_ATTEINT)]
)
def test_ce_may_be_made_to_know_a_seuil_and_a_plafond(
    creneau: Creneau, places: int, error: ApiError
) -> None:
    limits = LIMITS.overridden({"ce.seuil": True})
    undeclared = replace(UNDECLARED, groupe_permis=CE)

    assert after_taking_all(undeclared, creneau, limits=limits) == (places, error)


@pytest.mark.parametrize(
    ("formateurs", "etp_donnes", "declarations", "declared"),
    [
        ([], [], [], set()),
        ([FORMATEUR], [], [], {A, B}),
        ([], [ETP_DONNE], [], {A, B}),
        ([], [], [DECLARATION], {A, B}),
        ([], [], [replace(DECLARATION, nombre_de_formateurs=0)], set()),
        ([], [], [replace(DECLARATION, nombre_de_formateurs=0), DECLARATION], {A, B}),
        ([FORMATEUR], [replace(ETP_DONNE, groupe_permis=CE)], [], {A, B, CE}),
        ([], [], [replace(DECLARATION, groupe_permis=CE)], {A, B, CE}),
        ([FORMATEUR], [], [replace(DECLARATION, nombre_de_formateurs=0, groupe_permis=CE)], {A, B}),
    ],
)
def test_an_ecole_declares_itself_by_any_formateur_etp_or_number_but_for_ce(
    formateurs: Sequence[Formateur],
    etp_donnes: Sequence[EtpDonne],
    declarations: Sequence[Declaration],
    declared: set[GroupePermis],
) -> None:
    assert groupes_declares(formateurs, etp_donnes, declarations) == declared


COURBE = "1:0.5 8:0.75 15:1.0"
"""Of a seuil of 9: four, six, nine."""


@pytest.mark.parametrize(
    ("now", "plafond"),
    [
        ("2026-04-30T23:59:59+02:00", 9),
        ("2026-05-01T00:00:00+02:00", 4),
        ("2026-04-30T22:00:00Z", 4),
        ("2026-05-07T23:59:59+02:00", 4),
        ("2026-05-08T00:00:00+02:00", 6),
        ("2026-05-14T23:59:59+02:00", 6),
        ("2026-05-15T00:00:00+02:00", 9),
        ("2026-05-31T12:00:00+02:00", 9),
    ],
)
def test_a_courbe_lets_the_plafond_rise_over_the_month_in_paris(now: str, plafond: int) -> None:
    limits = LIMITS.overridden({"plafond.courbe": COURBE})

    assert plafond_of(P, limits, now=instant(now)) == plafond


def test_before_its_first_day_a_courbe_leaves_nothing() -> None:
    limits = LIMITS.overridden({"plafond.courbe": "2:1"})

    assert plafond_of(P, limits, now=NOON) == 0
    assert plafond_of(P, limits, now=NOON + timedelta(days=1)) == 9


@pytest.mark.parametrize("creneau", [FRESH, OLD])
def test_with_a_courbe_the_plafond_is_asked_before_the_seuil(creneau: Creneau) -> None:
    limits = LIMITS.overridden({"plafond.courbe": "1:1.0"})

    assert after_taking_all(P, creneau, limits=limits) == (9, PLAFOND_ATTEINT)


def test_with_a_courbe_above_one_the_seuil_still_holds_for_fresh_places() -> None:
    limits = LIMITS.overridden({"plafond.courbe": "1:2"})

    assert after_taking_all(P, FRESH, limits=limits) == (9, SEUIL_ATTEINT)
    assert after_taking_all(P, OLD, limits=limits) == (18, PLAFOND_ATTEINT)


@pytest.mark.parametrize(
    ("limits", "utilisees", "left"),
    [
        ({}, 0, 9),
        ({}, 10, 0),
        ({"plafond.facteur": 0.5}, 1, 3),
        ({"plafond.courbe": COURBE}, 1, 3),
        ({"plafond.courbe": COURBE}, 5, 0),
    ],
)
def test_what_is_left_lies_below_both_seuil_and_plafond(
    limits: dict[str, str | float], utilisees: int, left: int
) -> None:
    capacite = replace(P, utilisees=utilisees)

    assert places_left(capacite, LIMITS.overridden(limits), now=NOON) == left


@pytest.mark.parametrize("text", ["", " ", "1:0", "1:0.5", " 1:0.5  31:100 ", "01:1.000001"])
def test_a_courbe_is_days_with_shares(text: str) -> None:
    assert len(courbe_of(text)) == len(text.split())


@pytest.mark.parametrize(
    "text",
    [
        "1",
        "1:",
        ":1",
        "1:0,5",
        "1=1",
        "0:1",
        "32:1",
        "1:1 1:2",
        "8:1 1:1",
        "1:-1",
        "1:1;8:1",
        "1:.5",
    ],
)
def test_anything_else_is_none(text: str) -> None:
    with pytest.raises(ValueError, match=re.escape(text)):
        courbe_of(text)


def test_who_has_declared_nothing_is_told_so() -> None:
    check_declaree(est_declaree=True)
    with pytest.raises(Refusal) as refusal:
        check_declaree(est_declaree=False)
    assert refusal.value.error is ApiError.AUTO_ECOLE_NA_AUCUNE_DECLARATION


@given(utilisees=st.integers(0, 15), creneau=st.sampled_from([FRESH, OLD]), declared=st.booleans())
def test_what_is_reservable_is_what_no_check_refuses(
    utilisees: int,
    creneau: Creneau,
    declared: bool,  # noqa: FBT001 - drawn
) -> None:
    capacite = replace(P, utilisees=utilisees, est_declaree=declared)

    before, _ = after_taking_all(capacite, creneau)

    assert is_reservable(creneau, capacite, LIMITS, now=NOON) is (before > utilisees)

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from rdv_mock.errors import ApiError, Refusal
from rdv_mock.facts.auto_ecole import AutoEcole
from rdv_mock.facts.enumerations import Activite, TypeLecon
from rdv_mock.facts.livret import ContratDeFormation, Lecon, LeconDeclaree
from rdv_mock.fixtures import default_limits
from rdv_mock.rules.lecon import (
    check_corriger_lecon,
    check_declarer_lecon,
    check_duree,
    check_numero_autorisation,
    check_realisee,
    check_retirer_lecon,
)
from tests.rules.facts import AUTO_ECOLE, CONTRAT
from tests.support import instant

LIMITS = default_limits()
NOW = instant("2026-03-10T08:00:00Z")
DECLAREE = LeconDeclaree(
    type=TypeLecon.CIRCULATION,
    activite=Activite.LECON,
    date_heure_debut=datetime(2026, 3, 9, 10),
    duree_en_minutes=60,
    numero_autorisation="A0850001230",
)
LECON = Lecon(
    id="lecon",
    contrat_id=CONTRAT.id,
    type=TypeLecon.CIRCULATION,
    activite=Activite.LECON,
    date_heure_debut=datetime(2026, 1, 15, 10),
    duree_en_minutes=60,
    numero_autorisation="A0850001230",
    date_heure_reception=instant("2026-01-15T11:00:00Z"),
)
FERMEE = replace(AUTO_ECOLE, est_fermee=True)
FOREIGN = replace(CONTRAT, auto_ecole_id="autre")
BAD_NUMBER = replace(DECLAREE, numero_autorisation="A1")
TOO_LONG = replace(DECLAREE, duree_en_minutes=241)
TOMORROW = replace(DECLAREE, date_heure_debut=datetime(2026, 3, 11, 10))


@pytest.mark.parametrize("numero", ["A0850001230", "S0850000010", "E0850000010", "A0000000000"])
def test_a_number_needs_only_the_right_form(numero: str) -> None:
    check_numero_autorisation(numero, LIMITS)


@pytest.mark.parametrize(
    "numero",
    [
        "a0850001230",
        "A085000123",
        "A08500012300",
        "A085-0001230",
        "B0850001230",
        "0850001230",
        "",
        " A0850001230",
        "A0850001230\n",
        "A٠٨٥٠٠٠١٢٣٠",
    ],
)
def test_a_badly_formed_number_is_refused(numero: str) -> None:
    with pytest.raises(Refusal) as refusal:
        check_numero_autorisation(numero, LIMITS)
    assert refusal.value.error is ApiError.NUMERO_AUTORISATION_INVALIDE


def test_a_scenario_may_want_another_form() -> None:
    check_numero_autorisation("X1", LIMITS.overridden({"numeroAutorisation.motif": r"^X\d$"}))


@pytest.mark.parametrize("type_lecon", TypeLecon)
@pytest.mark.parametrize("minutes", [30, 240])
def test_both_ends_of_the_duration_are_allowed(type_lecon: TypeLecon, minutes: int) -> None:
    check_duree(type_lecon, minutes, LIMITS)


@pytest.mark.parametrize("minutes", [29, 241, 0, -60, 10**30])
def test_a_duration_outside_its_limits_is_refused(minutes: int) -> None:
    with pytest.raises(Refusal) as refusal:
        check_duree(TypeLecon.SIMULATEUR, minutes, LIMITS)
    assert refusal.value.error is ApiError.DUREE_INVALIDE
    assert refusal.value.values == {"minimum": 30, "maximum": 240}


def test_each_type_has_its_own_limits() -> None:
    limits = LIMITS.overridden({"lecon.duree.THEORIQUE.min": 45})

    check_duree(TypeLecon.CIRCULATION, 30, limits)
    with pytest.raises(Refusal) as refusal:
        check_duree(TypeLecon.THEORIQUE, 30, limits)
    assert refusal.value.values == {"minimum": 45, "maximum": 240}


@pytest.mark.parametrize(
    ("debut", "over"),
    [
        (datetime(2026, 3, 10, 10), "2026-03-10T10:00:00Z"),
        (datetime(2026, 3, 10, 23, 30), "2026-03-10T23:30:00Z"),
        # On 29 March the wall clock jumps from 02:00 to 03:00, on 25 October back to 02:00.
        (datetime(2026, 3, 29, 1, 30), "2026-03-29T01:30:00Z"),
        (datetime(2026, 10, 25, 2, 0), "2026-10-25T01:00:00Z"),
        (datetime(2026, 10, 25, 2, 30), "2026-10-25T01:30:00Z"),
    ],
)
def test_a_lecon_may_be_declared_the_second_it_is_over(debut: datetime, over: str) -> None:
    declaree = replace(DECLAREE, date_heure_debut=debut)

    check_realisee(declaree, LIMITS, now=instant(over))
    with pytest.raises(Refusal) as refusal:
        check_realisee(declaree, LIMITS, now=instant(over) - timedelta(seconds=1))
    assert refusal.value.error is ApiError.LECON_DANS_LE_FUTUR


def test_with_the_day_rule_a_lecon_waits_for_midnight() -> None:
    by_day = LIMITS.overridden({"lecon.futur": "jour"})
    midnight = instant("2026-03-09T23:00:00Z")

    check_realisee(DECLAREE, by_day, now=midnight)
    with pytest.raises(Refusal) as refusal:
        check_realisee(DECLAREE, by_day, now=midnight - timedelta(seconds=1))
    assert refusal.value.error is ApiError.LECON_DANS_LE_FUTUR


def test_a_declaration_without_fault_passes() -> None:
    check_declarer_lecon(DECLAREE, CONTRAT, AUTO_ECOLE, [], LIMITS, now=NOW)


@pytest.mark.parametrize(
    ("declaree", "contrat", "auto_ecole", "same_start", "error"),
    [
        (BAD_NUMBER, FOREIGN, FERMEE, [LECON], ApiError.CONTRAT_AUTRE_AUTO_ECOLE),
        (BAD_NUMBER, CONTRAT, FERMEE, [LECON], ApiError.AUTO_ECOLE_FERMEE),
        (
            replace(TOO_LONG, numero_autorisation=""),
            CONTRAT,
            AUTO_ECOLE,
            [LECON],
            ApiError.NUMERO_AUTORISATION_INVALIDE,
        ),
        (
            replace(TOMORROW, duree_en_minutes=241),
            CONTRAT,
            AUTO_ECOLE,
            [LECON],
            ApiError.DUREE_INVALIDE,
        ),
        (TOMORROW, CONTRAT, AUTO_ECOLE, [LECON], ApiError.LECON_DANS_LE_FUTUR),
        (DECLAREE, CONTRAT, AUTO_ECOLE, [LECON], ApiError.LECON_DEJA_RENSEIGNEE),
    ],
)
def test_of_several_faults_the_first_in_order_is_told(
    declaree: LeconDeclaree,
    contrat: ContratDeFormation,
    auto_ecole: AutoEcole,
    same_start: list[Lecon],
    error: ApiError,
) -> None:
    with pytest.raises(Refusal) as refusal:
        check_declarer_lecon(declaree, contrat, auto_ecole, same_start, LIMITS, now=NOW)
    assert refusal.value.error is error


def test_a_correction_does_not_collide_with_itself() -> None:
    recent = replace(LECON, date_heure_debut=DECLAREE.date_heure_debut)

    check_corriger_lecon(DECLAREE, recent, AUTO_ECOLE, [recent], LIMITS, now=NOW)


def test_a_correction_collides_with_another_lecon() -> None:
    recent = replace(LECON, date_heure_debut=DECLAREE.date_heure_debut)
    other = replace(recent, id="autre")

    with pytest.raises(Refusal) as refusal:
        check_corriger_lecon(DECLAREE, recent, AUTO_ECOLE, [recent, other], LIMITS, now=NOW)
    assert refusal.value.error is ApiError.LECON_DEJA_RENSEIGNEE


@pytest.mark.parametrize(
    ("reception", "locked_from"),
    [
        # The night of 25 February reads December to February, that of 25 March January to March.
        ("2026-01-15T11:00:00Z", "2026-02-24T23:00:00Z"),
        ("2026-02-24T23:00:00Z", "2026-02-24T23:00:00Z"),
        ("2026-02-24T23:00:01Z", "2026-03-24T23:00:00Z"),
        ("2026-03-01T11:00:00Z", "2026-03-24T23:00:00Z"),
    ],
)
def test_a_lecon_of_january_is_locked_from_the_first_night_that_reads_it(
    reception: str, locked_from: str
) -> None:
    lecon = replace(LECON, date_heure_reception=instant(reception))
    night = instant(locked_from)

    check_retirer_lecon(lecon, AUTO_ECOLE, LIMITS, now=night - timedelta(seconds=1))
    with pytest.raises(Refusal) as refusal:
        check_retirer_lecon(lecon, AUTO_ECOLE, LIMITS, now=night)
    assert refusal.value.error is ApiError.LECON_VERROUILLEE


def test_a_lecon_received_after_its_last_night_is_never_locked() -> None:
    late = replace(LECON, date_heure_reception=instant("2026-04-25T00:00:00Z"))

    check_retirer_lecon(late, AUTO_ECOLE, LIMITS, now=instant("2030-01-01T00:00:00Z"))


def test_a_correction_may_not_move_a_lecon_into_a_period_already_calculated() -> None:
    march = replace(
        LECON,
        date_heure_debut=datetime(2026, 3, 9, 10),
        date_heure_reception=instant("2026-02-01T00:00:00Z"),
    )
    moved = replace(DECLAREE, date_heure_debut=datetime(2026, 1, 15, 10))

    with pytest.raises(Refusal) as refusal:
        check_corriger_lecon(moved, march, AUTO_ECOLE, [], LIMITS, now=NOW)
    assert refusal.value.error is ApiError.LECON_VERROUILLEE


def test_a_closed_ecole_is_told_so_before_anything_else() -> None:
    with pytest.raises(Refusal) as correcting:
        check_corriger_lecon(BAD_NUMBER, LECON, FERMEE, [LECON], LIMITS, now=NOW)
    with pytest.raises(Refusal) as withdrawing:
        check_retirer_lecon(LECON, FERMEE, LIMITS, now=NOW)
    assert correcting.value.error is ApiError.AUTO_ECOLE_FERMEE
    assert withdrawing.value.error is ApiError.AUTO_ECOLE_FERMEE

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rdv_mock import paris
from rdv_mock.errors import ApiError, Refusal
from rdv_mock.facts.creneau import Reservation
from rdv_mock.facts.enumerations import (
    GroupePermis,
    StatutDuResultat,
    StatutExamen,
    TypeEpreuvePratique,
)
from rdv_mock.fixtures import default_limits
from rdv_mock.rules.examen import (
    check_annuler_examen,
    check_entrer_resultat,
    check_permutable,
    check_permuter_examens,
    check_points,
    check_remplacer_candidat,
    has_examen_today,
    is_modifiable,
    is_permutable_with,
    is_today,
    permuted,
    points_complaint,
    points_drawn,
    remplacements_left,
    resultat_visible_at,
    statut_of,
    visible_resultat,
    with_candidat,
)
from tests.rules.facts import CRENEAU, DOSSIER, RESERVATION, creneau_of, reservation_of
from tests.support import instant

LIMITS = default_limits()
SECOND = timedelta(seconds=1)
NOW = instant("2026-03-10T08:00:00Z")
END = instant("2026-04-14T08:32:00+02:00")
LAST_CHANGE = instant("2026-04-11T23:59:59+02:00")
TOO_LATE = instant("2026-04-12T00:00:00+02:00")

EXAMEN = reservation_of()
ANNULE = reservation_of(date_heure_annulation=instant("2026-03-06T08:00:00Z"))
NAMELESS = reservation_of(candidat_id=None)
OTHER_DAY = reservation_of(creneau_of("2026-04-21"), candidat_id="ines")
OTHER_EPREUVE = reservation_of(
    creneau_of("2026-04-21", type_epreuve_pratique=TypeEpreuvePratique.PLATEAU)
)
OTHER_GROUPE = reservation_of(creneau_of("2026-04-21", groupe_permis=GroupePermis.A))

REUSSI, ECHOUE = StatutDuResultat.EXAMEN_REUSSI, StatutDuResultat.EXAMEN_ECHOUE
ANNULE_PAR_L_ADMINISTRATION = StatutDuResultat.EXAMEN_ANNULE


def with_resultat(
    resultat: StatutDuResultat, entered: datetime, day: str = "2026-04-14"
) -> Reservation:
    """An examen whose result the inspector has entered."""
    annulled = entered if resultat is ANNULE_PAR_L_ADMINISTRATION else None
    return reservation_of(
        creneau_of(day),
        resultat=resultat,
        date_heure_resultat=entered,
        date_heure_annulation=annulled,
    )


def test_an_examen_is_over_from_the_second_it_ends() -> None:
    assert statut_of(EXAMEN, now=END - SECOND) is StatutExamen.PROGRAMME
    assert statut_of(EXAMEN, now=END) is StatutExamen.TERMINE


@pytest.mark.parametrize("now", [NOW, END])
def test_a_cancelled_examen_stays_so(now: datetime) -> None:
    assert statut_of(ANNULE, now=now) is StatutExamen.ANNULE


@pytest.mark.parametrize(
    ("day", "end"),
    [
        ("2026-03-28", "2026-03-28T07:32:00Z"),
        ("2026-03-29", "2026-03-29T06:32:00Z"),
        ("2026-10-24", "2026-10-24T06:32:00Z"),
        ("2026-10-25", "2026-10-25T07:32:00Z"),
    ],
)
def test_an_examen_ends_by_the_wall_clock_on_the_days_of_changing_hours(day: str, end: str) -> None:
    reservation = reservation_of(creneau_of(day))

    assert statut_of(reservation, now=instant(end) - SECOND) is StatutExamen.PROGRAMME
    assert statut_of(reservation, now=instant(end)) is StatutExamen.TERMINE


@pytest.mark.parametrize(
    ("now", "today"),
    [
        ("2026-04-13T23:59:59+02:00", False),
        ("2026-04-14T00:00:00+02:00", True),
        ("2026-04-14T08:31:59+02:00", True),
        ("2026-04-14T08:32:00+02:00", False),
    ],
)
def test_the_day_of_an_examen_lasts_from_midnight_to_its_end(
    now: str,
    today: bool,  # noqa: FBT001 - a case of the table
) -> None:
    assert is_today(EXAMEN, now=instant(now)) is today


@pytest.mark.parametrize(
    ("groupe", "day", "today"),
    [
        (GroupePermis.B, "2026-04-14", True),
        (GroupePermis.A, "2026-04-14", False),
        (GroupePermis.B, "2026-04-13", False),
    ],
)
def test_a_candidat_has_an_examen_today_in_its_groupe(
    groupe: GroupePermis,
    day: str,
    today: bool,  # noqa: FBT001 - a case of the table
) -> None:
    dossier = replace(DOSSIER, reservations=(OTHER_GROUPE, EXAMEN))

    assert has_examen_today(dossier, groupe, now=instant(f"{day}T08:00:00+02:00")) is today
    assert not has_examen_today(DOSSIER, groupe, now=instant(f"{day}T08:00:00+02:00"))


def test_a_cancelled_examen_is_not_of_today() -> None:
    assert not is_today(ANNULE, now=instant("2026-04-14T06:00:00+02:00"))


@pytest.mark.parametrize(
    ("day", "end"),
    [
        ("2026-04-14", "2026-04-12T00:00:00+02:00"),
        ("2026-03-31", "2026-03-29T00:00:00+01:00"),
        ("2026-04-01", "2026-03-30T00:00:00+02:00"),
        ("2026-10-27", "2026-10-25T00:00:00+02:00"),
        ("2026-10-28", "2026-10-26T00:00:00+01:00"),
    ],
)
def test_an_examen_is_modifiable_until_the_second_day_before_begins(day: str, end: str) -> None:
    reservation = reservation_of(creneau_of(day))

    assert is_modifiable(reservation, LIMITS, now=instant(end) - SECOND)
    assert not is_modifiable(reservation, LIMITS, now=instant(end))


@given(st.dates(date(2026, 1, 1), date(2030, 12, 31)), st.integers(0, 15))
def test_how_long_before_is_a_limit_in_calendar_days(day: date, days: int) -> None:
    limits = LIMITS.overridden({"examen.delaiModificationJours": days})
    reservation, end = reservation_of(creneau_of(f"{day}")), day - timedelta(days=days)

    assert is_modifiable(reservation, limits, now=paris.midnight(end) - SECOND)
    assert not is_modifiable(reservation, limits, now=paris.midnight(end))


def test_a_cancelled_examen_is_not_modifiable() -> None:
    assert not is_modifiable(ANNULE, LIMITS, now=NOW)


@pytest.mark.parametrize("reservation", [EXAMEN, NAMELESS])
def test_an_examen_may_be_cancelled_while_it_is_modifiable(reservation: Reservation) -> None:
    check_annuler_examen(reservation, LIMITS, now=LAST_CHANGE)
    with pytest.raises(Refusal) as refusal:
        check_annuler_examen(reservation, LIMITS, now=TOO_LATE)
    assert refusal.value.error is ApiError.EXAMEN_NON_MODIFIABLE


@pytest.mark.parametrize("now", [NOW, LAST_CHANGE, TOO_LATE, END])
def test_an_examen_is_cancelled_once(now: datetime) -> None:
    with pytest.raises(Refusal) as refusal:
        check_annuler_examen(ANNULE, LIMITS, now=now)
    assert refusal.value.error is ApiError.EXAMEN_DEJA_ANNULE


@pytest.mark.parametrize("done", [0, 1, 2])
def test_three_replacements_a_month_are_allowed(done: int) -> None:
    check_remplacer_candidat(EXAMEN, done, LIMITS, now=LAST_CHANGE)

    assert remplacements_left(done, LIMITS) == 3 - done


@pytest.mark.parametrize("done", [3, 4])
def test_the_fourth_is_not(done: int) -> None:
    with pytest.raises(Refusal) as refusal:
        check_remplacer_candidat(EXAMEN, done, LIMITS, now=NOW)
    assert refusal.value.error is ApiError.NOMBRE_DE_REMPLACEMENTS_AUTORISES_ATTEINT
    assert remplacements_left(done, LIMITS) == 0


def test_to_name_the_first_candidat_is_free_of_charge() -> None:
    check_remplacer_candidat(NAMELESS, 3, LIMITS, now=LAST_CHANGE)


@pytest.mark.parametrize("reservation", [EXAMEN, NAMELESS])
def test_nobody_is_replaced_too_late_whatever_the_allowance(reservation: Reservation) -> None:
    for done in (0, 3):
        with pytest.raises(Refusal) as refusal:
            check_remplacer_candidat(reservation, done, LIMITS, now=TOO_LATE)
        assert refusal.value.error is ApiError.EXAMEN_NON_MODIFIABLE


def test_nobody_is_put_on_a_cancelled_examen() -> None:
    nameless = replace(ANNULE, examen=replace(ANNULE.examen, candidat_id=None))

    for reservation in (ANNULE, nameless):
        with pytest.raises(Refusal) as refusal:
            check_remplacer_candidat(reservation, 0, LIMITS, now=NOW)
        assert refusal.value.error is ApiError.EXAMEN_NON_MODIFIABLE


def test_two_examens_of_a_kind_may_be_permuted() -> None:
    check_permuter_examens(EXAMEN, OTHER_DAY, LIMITS, now=LAST_CHANGE)
    check_permutable(EXAMEN, LIMITS, now=LAST_CHANGE)

    assert is_permutable_with(OTHER_DAY, EXAMEN, LIMITS, now=LAST_CHANGE)


@pytest.mark.parametrize(
    ("pair", "now", "error"),
    [
        ((EXAMEN, OTHER_DAY), TOO_LATE, ApiError.EXAMEN_NON_MODIFIABLE),
        ((EXAMEN, ANNULE), NOW, ApiError.EXAMEN_NON_MODIFIABLE),
        ((NAMELESS, ANNULE), NOW, ApiError.EXAMEN_NON_MODIFIABLE),
        ((NAMELESS, OTHER_DAY), NOW, ApiError.EXAMEN_NON_NOMINATIF),
        ((NAMELESS, NAMELESS), NOW, ApiError.EXAMEN_NON_NOMINATIF),
        ((NAMELESS, OTHER_GROUPE), NOW, ApiError.EXAMEN_NON_NOMINATIF),
        ((EXAMEN, EXAMEN), NOW, ApiError.PERMUTATION_IMPOSSIBLE),
        ((EXAMEN, OTHER_EPREUVE), NOW, ApiError.PERMUTATION_IMPOSSIBLE),
        ((EXAMEN, OTHER_GROUPE), NOW, ApiError.PERMUTATION_IMPOSSIBLE),
    ],
)
def test_of_several_faults_of_a_permutation_the_first_is_told(
    pair: Sequence[Reservation], now: datetime, error: ApiError
) -> None:
    for one, other in (pair, reversed(pair)):
        with pytest.raises(Refusal) as refusal:
            check_permuter_examens(one, other, LIMITS, now=now)
        assert refusal.value.error is error
        assert not is_permutable_with(one, other, LIMITS, now=now)


@pytest.mark.parametrize(
    ("one", "other", "possible"),
    [
        ("2026-04-13", "2026-04-19", True),  # Monday and Sunday
        ("2026-04-12", "2026-04-13", False),  # Sunday and the Monday after
        ("2026-12-28", "2027-01-03", True),  # week 53 of 2026
        ("2027-01-03", "2027-01-04", False),
        ("2026-04-14", "2027-04-13", False),  # week 16 in 2026, 15 in 2027
        ("2026-12-29", "2027-12-28", False),
        ("2026-04-15", "2027-04-21", False),  # both in week 16
    ],
)
def test_examens_are_permuted_within_a_week_where_there_is_a_window(
    one: str, other: str, *, possible: bool
) -> None:
    pair = [reservation_of(creneau_of(day), candidat_id="ines") for day in (one, other)]
    pair[1] = replace(pair[1], examen=replace(pair[1].examen, id="autre"))
    limits = LIMITS.overridden({"examen.permutationFenetre": "semaine"})

    check_permuter_examens(pair[0], pair[1], LIMITS, now=NOW)
    assert is_permutable_with(pair[0], pair[1], limits, now=NOW) is possible
    assert is_permutable_with(pair[1], pair[0], limits, now=NOW) is possible


@pytest.mark.parametrize(
    ("reservation", "now", "error"),
    [
        (EXAMEN, TOO_LATE, ApiError.EXAMEN_NON_MODIFIABLE),
        (NAMELESS, TOO_LATE, ApiError.EXAMEN_NON_MODIFIABLE),
        (NAMELESS, LAST_CHANGE, ApiError.EXAMEN_NON_NOMINATIF),
    ],
)
def test_not_every_examen_may_be_permuted_at_all(
    reservation: Reservation, now: datetime, error: ApiError
) -> None:
    with pytest.raises(Refusal) as refusal:
        check_permutable(reservation, LIMITS, now=now)
    assert refusal.value.error is error


@pytest.mark.parametrize(
    ("day", "shows"),
    [
        ("2026-04-14", "2026-04-15T08:00:00+02:00"),
        ("2026-03-10", "2026-03-11T08:00:00+01:00"),
        ("2026-03-28", "2026-03-29T08:00:00+02:00"),
        ("2026-10-24", "2026-10-25T08:00:00+01:00"),
        ("2026-12-31", "2027-01-01T08:00:00+01:00"),
    ],
)
def test_a_result_shows_the_morning_after_the_examen(day: str, shows: str) -> None:
    entered = paris.to_instant(datetime.fromisoformat(f"{day}T08:32:00"))
    reservation = with_resultat(ECHOUE, entered, day)

    assert resultat_visible_at(reservation, LIMITS) == instant(shows)
    assert visible_resultat(reservation, LIMITS, now=instant(shows) - SECOND) is None
    assert visible_resultat(reservation, LIMITS, now=instant(shows)) is ECHOUE


@pytest.mark.parametrize(
    ("entered", "shows"),
    [
        ("2026-04-15T07:59:59+02:00", "2026-04-15T08:00:00+02:00"),
        ("2026-04-15T08:00:00+02:00", "2026-04-15T08:00:00+02:00"),
        ("2026-04-15T08:00:01+02:00", "2026-04-15T08:00:01+02:00"),
        ("2026-05-02T17:00:00+02:00", "2026-05-02T17:00:00+02:00"),
    ],
)
def test_a_result_that_is_entered_later_shows_at_once(entered: str, shows: str) -> None:
    reservation = with_resultat(REUSSI, instant(entered))

    assert resultat_visible_at(reservation, LIMITS) == instant(shows)


def test_when_a_result_shows_is_a_limit() -> None:
    limits = LIMITS.overridden({"resultat.delaiJours": 3, "resultat.heure": "17:30"})

    shows = resultat_visible_at(with_resultat(REUSSI, END), limits)

    assert shows == instant("2026-04-17T17:30:00+02:00")


@pytest.mark.parametrize("entered", [NOW, END])
def test_an_annulment_by_the_administration_shows_at_once(entered: datetime) -> None:
    annulled = with_resultat(ANNULE_PAR_L_ADMINISTRATION, entered)

    assert visible_resultat(annulled, LIMITS, now=entered) is ANNULE_PAR_L_ADMINISTRATION
    assert statut_of(annulled, now=entered) is StatutExamen.ANNULE


def test_without_an_entry_there_is_never_a_result() -> None:
    assert resultat_visible_at(EXAMEN, LIMITS) is None
    assert visible_resultat(EXAMEN, LIMITS, now=instant("2030-01-01T00:00:00Z")) is None


def test_half_an_entry_is_none() -> None:
    assert resultat_visible_at(reservation_of(date_heure_resultat=NOW), LIMITS) is None
    assert resultat_visible_at(reservation_of(resultat=REUSSI), LIMITS) is None


@pytest.mark.parametrize("statut", [REUSSI, ECHOUE, StatutDuResultat.EXAMEN_ABSENT])
def test_a_result_is_entered_once_the_examen_is_over(statut: StatutDuResultat) -> None:
    check_entrer_resultat(EXAMEN, statut, None, LIMITS, now=END)
    with pytest.raises(Refusal) as refusal:
        check_entrer_resultat(EXAMEN, statut, None, LIMITS, now=END - SECOND)
    assert refusal.value.error is ApiError.EXAMEN_NON_TERMINE
    assert (
        refusal.value.hint
        == " : il se termine à 2026-04-14T06:32:00Z (2026-04-14T08:32:00+02:00 à Paris)"
    )


@pytest.mark.parametrize(
    ("statut", "points", "groupe", "most", "taken"),
    [
        (REUSSI, 20, GroupePermis.B, 31, True),
        (REUSSI, 19, GroupePermis.B, 31, False),
        (ECHOUE, 19, GroupePermis.B, 31, True),
        (REUSSI, 19, GroupePermis.A, 31, True),
        (REUSSI, 32, GroupePermis.B, 32, True),
        (REUSSI, 32, GroupePermis.B, 31, False),
    ],
)
def test_a_result_is_entered_with_points_that_its_statut_and_groupe_allow(
    statut: StatutDuResultat,
    points: int,
    groupe: GroupePermis,
    most: int,
    taken: bool,  # noqa: FBT001 - a case of the table
) -> None:
    limits = LIMITS.overridden({"resultat.points.B.maximum": most})
    reservation = reservation_of(creneau_of("2026-04-14", groupe_permis=groupe))

    if taken:
        check_entrer_resultat(reservation, statut, points, limits, now=END)
    else:
        with pytest.raises(Refusal) as refusal:
            check_entrer_resultat(reservation, statut, points, limits, now=END)
        assert refusal.value.error is ApiError.RESULTAT_INVALIDE


@pytest.mark.parametrize("now", [NOW, END - SECOND, END])
def test_the_administration_may_annul_at_any_time(now: datetime) -> None:
    check_entrer_resultat(EXAMEN, ANNULE_PAR_L_ADMINISTRATION, None, LIMITS, now=now)


@pytest.mark.parametrize("statut", StatutDuResultat)
def test_a_result_may_be_corrected_until_it_shows(statut: StatutDuResultat) -> None:
    shows = instant("2026-04-15T08:00:00+02:00")
    entered = with_resultat(ECHOUE, END)

    check_entrer_resultat(entered, statut, None, LIMITS, now=shows - SECOND)
    with pytest.raises(Refusal) as refusal:
        check_entrer_resultat(entered, statut, None, LIMITS, now=shows)
    assert refusal.value.error is ApiError.RESULTAT_DEJA_PUBLIE


@pytest.mark.parametrize("statut", StatutDuResultat)
@pytest.mark.parametrize("now", [NOW, END])
@pytest.mark.parametrize("annulled", [ANNULE, with_resultat(ANNULE_PAR_L_ADMINISTRATION, NOW)])
def test_a_cancelled_examen_has_no_result(
    annulled: Reservation, now: datetime, statut: StatutDuResultat
) -> None:
    with pytest.raises(Refusal) as refusal:
        check_entrer_resultat(annulled, statut, None, LIMITS, now=now)
    assert refusal.value.error is ApiError.EXAMEN_DEJA_ANNULE


@pytest.mark.parametrize(
    ("groupe", "statut", "least", "most"),
    [
        (GroupePermis.B, REUSSI, 20, 31),
        (GroupePermis.B, ECHOUE, 0, 31),  # more than 20: an eliminatory fault
    ],
)
def test_points_of_groupe_b_are_bounded(
    groupe: GroupePermis, statut: StatutDuResultat, least: int, most: int
) -> None:
    for points in (least, most):
        check_points(statut, points, groupe, LIMITS)
    for points in (least - 1, most + 1):
        with pytest.raises(Refusal) as refusal:
            check_points(statut, points, groupe, LIMITS)
        assert refusal.value.error is ApiError.RESULTAT_INVALIDE
        (detail,) = refusal.value.details
        assert detail.champ == "points"
        assert f"entre {least} et {most}" in detail.message


@pytest.mark.parametrize("groupe", [GroupePermis.A, GroupePermis.CE])
@pytest.mark.parametrize("statut", [REUSSI, ECHOUE])
def test_points_of_the_other_groupes_are_free(
    groupe: GroupePermis, statut: StatutDuResultat
) -> None:
    for points in (None, 0, 3, 99):
        check_points(statut, points, groupe, LIMITS)


@pytest.mark.parametrize("groupe", GroupePermis)
@pytest.mark.parametrize("statut", [StatutDuResultat.EXAMEN_ABSENT, StatutDuResultat.EXAMEN_ANNULE])
def test_who_was_not_examined_has_no_points(groupe: GroupePermis, statut: StatutDuResultat) -> None:
    check_points(statut, None, groupe, LIMITS)
    with pytest.raises(Refusal) as refusal:
        check_points(statut, 0, groupe, LIMITS)
    assert refusal.value.error is ApiError.RESULTAT_INVALIDE


def test_the_bounds_of_points_are_limits() -> None:
    limits = LIMITS.overridden({"resultat.points.B.maximum": 40, "resultat.points.B.reussite": 30})

    check_points(REUSSI, 40, GroupePermis.B, limits)
    assert points_complaint(REUSSI, 29, GroupePermis.B, limits) is not None


def test_points_are_drawn_from_20_for_a_success_and_from_8_to_29_for_a_failure() -> None:
    assert points_drawn(LIMITS, passed=True) == range(20, 32)
    assert points_drawn(LIMITS, passed=False) == range(8, 30)


@pytest.mark.parametrize("most", [0, 5, 8, 31, 100])
@pytest.mark.parametrize("least", [0, 20, 100])
@pytest.mark.parametrize("passed", [True, False])
def test_points_that_are_drawn_are_points_that_may_be_entered(
    most: int, least: int, *, passed: bool
) -> None:
    limits = LIMITS.overridden(
        {"resultat.points.B.maximum": most, "resultat.points.B.reussite": min(least, most)}
    )
    statut = REUSSI if passed else ECHOUE

    drawn = points_drawn(limits, passed=passed)

    assert drawn
    assert all(points_complaint(statut, one, GroupePermis.B, limits) is None for one in drawn)


def test_a_first_name_is_no_replacement_and_any_other_is_one() -> None:
    nobody = replace(EXAMEN.examen, candidat_id=None, nombre_de_remplacements=0)

    first = with_candidat(nobody, "ines")
    second = with_candidat(first, "zoe")

    assert (first.candidat_id, first.nombre_de_remplacements) == ("ines", 0)
    assert (second.candidat_id, second.nombre_de_remplacements) == ("zoe", 1)


def test_a_permutation_changes_candidats_and_nothing_else() -> None:
    one = replace(EXAMEN.examen, candidat_id="ines")
    other = replace(EXAMEN.examen, id="e2", candidat_id="zoe")

    assert permuted(one, other) == (
        replace(one, candidat_id="zoe"),
        replace(other, candidat_id="ines"),
    )


@pytest.mark.parametrize(
    ("groupe", "hour", "expected"),
    [
        (GroupePermis.B, -1, True),
        (GroupePermis.A, -1, False),
        (GroupePermis.B, 24, False),
        (GroupePermis.B, -24, False),
    ],
)
def test_an_examen_is_of_today_by_its_groupe(
    groupe: GroupePermis, hour: int, *, expected: bool
) -> None:
    begin = paris.to_instant(CRENEAU.date_heure_debut)
    dossier = replace(DOSSIER, reservations=(RESERVATION,))

    assert has_examen_today(dossier, groupe, now=begin + timedelta(hours=hour)) is expected

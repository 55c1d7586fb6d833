from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rdv_mock import paris
from rdv_mock.facts.candidat import Penalite, Resultats
from rdv_mock.facts.creneau import Creneau, Reservation
from rdv_mock.facts.dossier import Dossier
from rdv_mock.facts.enumerations import (
    CategoriePermis,
    GroupePermis,
    MotifDePenalite,
    StatutDemande,
    StatutDePenalite,
    StatutDuResultat,
    TypeEpreuvePratique,
)
from rdv_mock.fixtures import default_limits
from rdv_mock.rules.penalite import (
    date_de_fin,
    duree_of,
    is_cancelled_late,
    is_seuil_critique_atteint,
    no_resultats,
    nombre_echecs,
    penalites_of,
    resultats_of,
    statut_on,
)
from tests.rules.facts import CANDIDAT, CRENEAU, DEMANDE, DOSSIER, creneau_of, reservation_of
from tests.support import instant

LIMITS = default_limits()
NOW = instant("2026-03-10T08:00:00Z")
LATER = instant("2026-12-31T12:00:00Z")
SECOND = timedelta(seconds=1)

A1, A2, B = CategoriePermis.A1, CategoriePermis.A2, CategoriePermis.B
PLATEAU, CIRCULATION = TypeEpreuvePratique.PLATEAU, TypeEpreuvePratique.CIRCULATION
ECHEC = MotifDePenalite.ECHEC_EPREUVE_PRATIQUE
ABSENCE = MotifDePenalite.ABSENCE_EPREUVE_PRATIQUE
ANNULATION_TARDIVE = MotifDePenalite.ANNULATION_TARDIVE
REUSSI = StatutDuResultat.EXAMEN_REUSSI
ECHOUE = StatutDuResultat.EXAMEN_ECHOUE
ABSENT = StatutDuResultat.EXAMEN_ABSENT
ANNULE = StatutDuResultat.EXAMEN_ANNULE

PENALITE = Penalite(
    id="penalite",
    candidat_id=CANDIDAT.id,
    groupe_permis=GroupePermis.B,
    motif=MotifDePenalite.ECHEC_EPREUVE_PRATIQUE,
    type_epreuve_pratique=TypeEpreuvePratique.CIRCULATION,
    date_examen=date(2026, 3, 10),
    duree_en_jour=20,
    date_de_levee=None,
)


def ended(
    creneau: Creneau, resultat: StatutDuResultat, *, points: int | None = None, **changes: Any
) -> Reservation:
    """An examen of which the result was entered at its end."""
    entered = paris.to_instant(creneau.date_heure_fin)
    return reservation_of(
        creneau,
        resultat=resultat,
        points=points,
        date_heure_resultat=entered,
        date_heure_annulation=entered if resultat is ANNULE else None,
        **changes,
    )


def moto(day: str, epreuve: TypeEpreuvePratique = PLATEAU) -> Creneau:
    """A place of groupe A."""
    return creneau_of(day, groupe_permis=GroupePermis.A, type_epreuve_pratique=epreuve)


def motard(*reservations: Reservation, resultats: tuple[Resultats, ...] = ()) -> Dossier:
    """Somebody who trains for A2 and A1, in that order."""
    demandes = tuple(replace(DEMANDE, id=each, categorie_permis=each) for each in (A2, A1))
    return replace(DOSSIER, demandes=demandes, reservations=reservations, resultats=resultats)


def of_groupe_a(dossier: Dossier, now: datetime = LATER) -> list[Resultats]:
    """How his examens of groupe A ended, A2 before A1."""
    return resultats_of(dossier, GroupePermis.A, LIMITS, now=now)


def penalites_following(
    *reservations: Reservation, groupe: GroupePermis = GroupePermis.B, now: datetime = LATER
) -> list[tuple[date, MotifDePenalite, int]]:
    """Day of the examen, motif and days of what a candidat with these examens has to wait."""
    dossier = replace(DOSSIER, reservations=reservations)
    return [
        (one.date_examen, one.motif, one.duree_en_jour)
        for one in penalites_of(dossier, groupe, LIMITS, now=now)
    ]


@pytest.mark.parametrize(
    ("days", "fin"), [(20, date(2026, 3, 30)), (40, date(2026, 4, 19)), (2, date(2026, 3, 12))]
)
def test_a_penalite_ends_so_many_days_after_the_examen(days: int, fin: date) -> None:
    assert date_de_fin(replace(PENALITE, duree_en_jour=days)) == fin


def test_a_penalite_is_active_until_the_day_on_which_one_may_reserve_again() -> None:
    fin = date_de_fin(PENALITE)

    assert statut_on(PENALITE, fin - timedelta(days=1)) is StatutDePenalite.ACTIVE
    assert statut_on(PENALITE, fin) is StatutDePenalite.TERMINEE


def test_a_penalite_is_lifted_from_its_day_on() -> None:
    lifted = replace(PENALITE, date_de_levee=date(2026, 3, 15))

    assert statut_on(lifted, date(2026, 3, 14)) is StatutDePenalite.ACTIVE
    assert statut_on(lifted, date(2026, 3, 15)) is StatutDePenalite.LEVEE
    assert statut_on(lifted, date(2026, 5, 1)) is StatutDePenalite.LEVEE


@pytest.mark.parametrize(("plateau", "reached"), [(2, False), (3, True)])
def test_five_failures_of_any_kind_are_critical(
    plateau: int,
    reached: bool,  # noqa: FBT001 - a case of the table
) -> None:
    resultats = replace(
        no_resultats(CANDIDAT.id, CategoriePermis.A2),
        nombre_echecs_circulation=2,
        nombre_echecs_plateau=plateau,
    )

    assert nombre_echecs(resultats) == 2 + plateau
    assert is_seuil_critique_atteint(resultats, LIMITS) is reached


def test_who_has_been_to_no_exam_has_failed_none() -> None:
    nothing = no_resultats(CANDIDAT.id, A2)

    assert (nothing.id, nothing.candidat_id, nothing.categorie_permis) == ("zoe/A2", "zoe", A2)
    assert nombre_echecs(nothing) == 0


def test_there_is_one_entry_per_category_of_the_groupe_with_a_demande() -> None:
    demandes = [
        replace(DEMANDE, id=str(number), categorie_permis=categorie)
        for number, categorie in enumerate(
            (CategoriePermis.B1, CategoriePermis.A2, CategoriePermis.B, CategoriePermis.B)
        )
    ]
    of_b = replace(no_resultats(CANDIDAT.id, CategoriePermis.B), nombre_echecs_circulation=1)

    dossier = replace(DOSSIER, demandes=tuple(demandes), resultats=(of_b,))

    found = resultats_of(dossier, GroupePermis.B, LIMITS, now=NOW)

    assert found == [no_resultats(CANDIDAT.id, CategoriePermis.B1), of_b]


@pytest.mark.parametrize(
    ("points", "days"),
    [
        (None, 35),
        (0, 35),
        (15, 35),
        (16, 20),
        (18, 20),
        (20, 20),
        (21, 10),
        (25, 10),
        (26, 2),
        (31, 2),
    ],
)
def test_in_groupe_b_fewer_points_make_wait_longer(points: int | None, days: int) -> None:
    assert duree_of(ECHEC, GroupePermis.B, points, LIMITS) == days


def test_a_failure_without_points_is_one_of_few_points_wherever_the_table_begins() -> None:
    limits = LIMITS.overridden({"penalite.B.palierBas": 1})

    assert duree_of(ECHEC, GroupePermis.B, None, limits) == duree_of(
        ECHEC, GroupePermis.B, 0, limits
    )
    assert duree_of(ECHEC, GroupePermis.B, 0, limits) == limits.integer("penalite.B.echecMoinsDe16")
    assert duree_of(ECHEC, GroupePermis.B, 1, limits) == limits.integer("penalite.B.echec16a20")


@pytest.mark.parametrize("groupe", [GroupePermis.A, GroupePermis.CE])
@pytest.mark.parametrize("points", [None, 0, 15, 16, 20, 21, 25, 26])
def test_in_the_other_groupes_any_failure_makes_wait_two_days(
    groupe: GroupePermis, points: int | None
) -> None:
    assert duree_of(ECHEC, groupe, points, LIMITS) == 2


@pytest.mark.parametrize("groupe", GroupePermis)
@pytest.mark.parametrize("points", [None, 15, 26])
def test_absence_and_late_cancellation_cost_the_same_everywhere(
    groupe: GroupePermis, points: int | None
) -> None:
    assert duree_of(ABSENCE, groupe, points, LIMITS) == 40
    assert duree_of(ANNULATION_TARDIVE, groupe, points, LIMITS) == 30


@pytest.mark.parametrize(
    ("groupe", "of"), [(GroupePermis.A, "A"), (GroupePermis.B, "B"), (GroupePermis.CE, "A")]
)
def test_every_duration_is_a_limit_of_the_groupe_and_ce_has_those_of_a(
    groupe: GroupePermis, of: str
) -> None:
    limits = LIMITS.overridden({f"penalite.{of}.absence": 7, f"penalite.{of}.annulationTardive": 8})

    assert duree_of(ABSENCE, groupe, None, limits) == 7
    assert duree_of(ANNULATION_TARDIVE, groupe, None, limits) == 8


@given(st.integers(0, 31), st.integers(0, 31))
def test_more_points_never_make_wait_longer(one: int, other: int) -> None:
    fewer, more = sorted((one, other))

    assert duree_of(ECHEC, GroupePermis.B, fewer, LIMITS) >= duree_of(
        ECHEC, GroupePermis.B, more, LIMITS
    )


@pytest.mark.parametrize(
    ("resultat", "points", "expected"),
    [
        (ECHOUE, 18, (ECHEC, 20)),
        (ECHOUE, None, (ECHEC, 35)),
        (ABSENT, None, (ABSENCE, 40)),
    ],
)
def test_a_penalite_follows_once_the_result_shows(
    resultat: StatutDuResultat, points: int | None, expected: tuple[MotifDePenalite, int]
) -> None:
    reservation = ended(creneau_of("2026-03-10"), resultat, points=points)
    shows = instant("2026-03-11T08:00:00+01:00")

    assert penalites_following(reservation, now=shows - SECOND) == []
    assert penalites_following(reservation, now=shows) == [(date(2026, 3, 10), *expected)]


@pytest.mark.parametrize("resultat", [REUSSI, ANNULE])
def test_nothing_follows_from_success_or_from_an_annulment(resultat: StatutDuResultat) -> None:
    assert penalites_following(ended(CRENEAU, resultat)) == []


def test_nothing_follows_from_an_examen_without_result() -> None:
    assert penalites_following(reservation_of()) == []


def test_what_follows_says_whose_it_is_and_of_which_epreuve() -> None:
    reservation = ended(moto("2026-03-10"), ECHOUE, points=18)
    dossier = replace(DOSSIER, reservations=(reservation,))

    (penalite,) = penalites_of(dossier, GroupePermis.A, LIMITS, now=LATER)
    (again,) = penalites_of(dossier, GroupePermis.A, LIMITS, now=LATER)

    assert penalite == again
    assert penalite == replace(
        PENALITE,
        id="02888db0-e19b-504e-9cec-7d54583b1fa0",
        groupe_permis=GroupePermis.A,
        type_epreuve_pratique=PLATEAU,
        duree_en_jour=2,
    )


@pytest.mark.parametrize(
    ("cancelled", "late"),
    [
        ("2026-04-10T23:59:59+02:00", False),
        ("2026-04-11T00:00:00+02:00", True),
        ("2026-04-11T23:59:59+02:00", True),
    ],
)
@pytest.mark.parametrize("groupe", GroupePermis)
def test_less_than_four_days_of_notice_cost_30_days_from_the_examen(
    groupe: GroupePermis,
    cancelled: str,
    late: bool,  # noqa: FBT001 - a case of the table
) -> None:
    creneau = replace(CRENEAU, groupe_permis=groupe)
    reservation = reservation_of(creneau, date_heure_annulation=instant(cancelled))

    following = penalites_following(reservation, groupe=groupe, now=instant(cancelled))

    assert is_cancelled_late(reservation, LIMITS) is late
    assert following == ([(date(2026, 4, 14), ANNULATION_TARDIVE, 30)] if late else [])


def test_a_late_cancellation_binds_from_its_day_to_30_days_after_the_examen() -> None:
    reservation = reservation_of(date_heure_annulation=instant("2026-04-11T09:00:00+02:00"))
    dossier = replace(DOSSIER, reservations=(reservation,))

    (penalite,) = penalites_of(dossier, GroupePermis.B, LIMITS, now=LATER)

    assert date_de_fin(penalite) == date(2026, 5, 14)
    assert statut_on(penalite, date(2026, 4, 11)) is StatutDePenalite.ACTIVE


def test_notice_counts_days_not_hours_across_the_change_of_hour() -> None:
    of_tuesday = creneau_of("2026-03-31")
    on_friday = reservation_of(
        of_tuesday, date_heure_annulation=instant("2026-03-27T23:59:59+01:00")
    )
    on_saturday = reservation_of(
        of_tuesday, date_heure_annulation=instant("2026-03-28T00:00:00+01:00")
    )

    assert not is_cancelled_late(on_friday, LIMITS)
    assert is_cancelled_late(on_saturday, LIMITS)


def test_a_place_without_a_name_costs_nobody_anything() -> None:
    late = reservation_of(
        candidat_id=None, date_heure_annulation=instant("2026-04-11T09:00:00+02:00")
    )

    assert penalites_following(late) == []


def test_an_annulment_by_the_administration_is_no_late_cancellation() -> None:
    annulled = reservation_of(
        date_heure_annulation=instant("2026-04-13T09:00:00+02:00"),
        resultat=ANNULE,
        date_heure_resultat=instant("2026-04-13T09:00:00+02:00"),
    )

    assert not is_cancelled_late(annulled, LIMITS)
    assert penalites_following(annulled) == []


@pytest.mark.parametrize("groupe", [GroupePermis.A, GroupePermis.CE])
def test_a_penalite_binds_for_its_groupe_alone(groupe: GroupePermis) -> None:
    of_b = replace(DOSSIER, penalites=(PENALITE,), reservations=(ended(CRENEAU, ABSENT),))

    assert len(penalites_of(of_b, GroupePermis.B, LIMITS, now=LATER)) == 2
    assert penalites_of(of_b, groupe, LIMITS, now=LATER) == []


def test_penalites_come_newest_first_whether_given_or_following() -> None:
    given_in_april = replace(PENALITE, id="avril", date_examen=date(2026, 4, 10))
    reservations = (
        ended(creneau_of("2026-03-01"), ECHOUE, points=26),
        ended(creneau_of("2026-05-01"), ABSENT),
    )
    dossier = replace(DOSSIER, penalites=(PENALITE, given_in_april), reservations=reservations)

    found = penalites_of(dossier, GroupePermis.B, LIMITS, now=LATER)

    assert [one.date_examen.month for one in found] == [5, 4, 3, 3]
    assert found[1:3] == [given_in_april, PENALITE]


@pytest.mark.parametrize(
    ("told", "replaces"),
    [
        (PENALITE, True),
        (replace(PENALITE, date_examen=date(2026, 3, 9)), False),
        (replace(PENALITE, motif=ABSENCE), False),
    ],
)
def test_what_is_given_for_a_day_and_motif_comes_in_the_place_of_what_follows(
    told: Penalite,
    replaces: bool,  # noqa: FBT001 - a case of the table
) -> None:
    lifted = replace(told, date_de_levee=date(2026, 3, 12))
    failed = ended(creneau_of("2026-03-10"), ECHOUE, points=0)
    dossier = replace(DOSSIER, penalites=(lifted,), reservations=(failed,))

    found = penalites_of(dossier, GroupePermis.B, LIMITS, now=LATER)

    assert lifted in found
    assert len(found) == (1 if replaces else 2)


def test_a_result_adds_to_the_resultats_once_it_shows() -> None:
    failed = ended(creneau_of("2026-03-10"), ECHOUE, points=18)
    dossier = replace(DOSSIER, reservations=(failed,))
    shows = instant("2026-03-11T08:00:00+01:00")

    assert resultats_of(dossier, GroupePermis.B, LIMITS, now=shows - SECOND) == [
        no_resultats(CANDIDAT.id, B)
    ]
    assert resultats_of(dossier, GroupePermis.B, LIMITS, now=shows) == [
        replace(
            no_resultats(CANDIDAT.id, B),
            derniere_date_examen_circulation=date(2026, 3, 10),
            statut_examen_circulation=ECHOUE,
            nombre_echecs_circulation=1,
        )
    ]


@pytest.mark.parametrize(
    ("resultat", "failures"), [(REUSSI, 0), (ECHOUE, 1), (ABSENT, 0), (ANNULE, 0)]
)
@pytest.mark.parametrize("epreuve", TypeEpreuvePratique)
def test_only_a_failure_counts_as_one_and_for_its_epreuve(
    epreuve: TypeEpreuvePratique, resultat: StatutDuResultat, failures: int
) -> None:
    (a2, a1) = of_groupe_a(motard(ended(moto("2026-03-10", epreuve), resultat)))

    on_the_road = epreuve is CIRCULATION
    told = (a2.statut_examen_circulation, a2.statut_examen_plateau)
    assert told == ((resultat, None) if on_the_road else (None, resultat))
    assert a2.nombre_echecs_circulation == (failures if on_the_road else 0)
    assert a2.nombre_echecs_plateau == (0 if on_the_road else failures)
    assert a1 == no_resultats(CANDIDAT.id, A1)


def test_the_last_examen_is_told_and_all_failures_are_counted() -> None:
    dossier = replace(
        DOSSIER,
        reservations=(
            ended(creneau_of("2026-04-14"), ABSENT),
            ended(creneau_of("2026-02-10"), ECHOUE),
            ended(creneau_of("2026-03-10"), ECHOUE),
        ),
    )

    (of_b,) = resultats_of(dossier, GroupePermis.B, LIMITS, now=LATER)

    assert of_b.derniere_date_examen_circulation == date(2026, 4, 14)
    assert of_b.statut_examen_circulation is ABSENT
    assert nombre_echecs(of_b) == 2


def test_examens_of_another_groupe_or_cancelled_ones_tell_nothing() -> None:
    dossier = motard(
        ended(CRENEAU, ECHOUE),
        reservation_of(moto("2026-03-10"), date_heure_annulation=NOW),
        reservation_of(moto("2026-03-17")),
    )

    assert of_groupe_a(dossier) == [no_resultats(CANDIDAT.id, A2), no_resultats(CANDIDAT.id, A1)]


def test_an_examen_annulled_before_its_day_tells_something_from_that_day_on() -> None:
    announced = instant("2026-03-02T09:00:00+01:00")
    annulled = reservation_of(
        moto("2026-03-10"),
        resultat=ANNULE,
        date_heure_resultat=announced,
        date_heure_annulation=announced,
    )
    dossier, midnight = motard(annulled), instant("2026-03-10T00:00:00+01:00")

    (before, _), (after, _) = (of_groupe_a(dossier, now) for now in (midnight - SECOND, midnight))

    assert before == no_resultats(CANDIDAT.id, A2)
    assert after.statut_examen_plateau is ANNULE


def test_an_examen_counts_for_the_first_demande_whose_epreuve_is_not_passed() -> None:
    dossier = motard(
        ended(moto("2026-03-03"), ECHOUE),
        ended(moto("2026-03-10"), REUSSI),
        ended(moto("2026-03-17"), ECHOUE),
        ended(moto("2026-03-24", CIRCULATION), ECHOUE),
    )

    a2, a1 = of_groupe_a(dossier)

    assert (a2.statut_examen_plateau, a2.nombre_echecs_plateau) == (REUSSI, 1)
    assert (a1.statut_examen_plateau, a1.nombre_echecs_plateau) == (ECHOUE, 1)
    assert a2.derniere_date_examen_plateau == date(2026, 3, 10)
    assert a1.derniere_date_examen_plateau == date(2026, 3, 17)
    assert (a2.nombre_echecs_circulation, a1.nombre_echecs_circulation) == (1, 0)


def test_what_is_passed_on_the_road_counts_for_the_next_demande_as_well() -> None:
    a2, a1 = of_groupe_a(
        motard(
            ended(moto("2026-03-03", CIRCULATION), REUSSI),
            ended(moto("2026-03-10", CIRCULATION), ECHOUE),
        )
    )

    assert (a2.statut_examen_circulation, a2.nombre_echecs_circulation) == (REUSSI, 0)
    assert (a1.statut_examen_circulation, a1.nombre_echecs_circulation) == (ECHOUE, 1)


def test_an_examen_counts_for_a_demande_that_holds_before_one_that_does_not() -> None:
    dossier = motard(ended(moto("2026-03-10"), ECHOUE))
    expired = replace(dossier.demandes[0], statut=StatutDemande.EXPIREE)

    a2, a1 = of_groupe_a(replace(dossier, demandes=(expired, dossier.demandes[1])))

    assert a2 == no_resultats(CANDIDAT.id, A2)
    assert a1.nombre_echecs_plateau == 1


def test_an_examen_after_all_is_passed_changes_nothing() -> None:
    passed = motard(ended(moto("2026-03-03"), REUSSI), ended(moto("2026-03-10"), REUSSI))
    one_more = replace(
        passed, reservations=(*passed.reservations, ended(moto("2026-03-17"), ECHOUE))
    )

    assert of_groupe_a(one_more) == of_groupe_a(passed)


@pytest.mark.parametrize(
    ("day", "failures"), [("2026-03-09", 3), ("2026-03-10", 3), ("2026-03-11", 4)]
)
@pytest.mark.parametrize("epreuve", TypeEpreuvePratique)
def test_what_was_given_holds_up_to_its_own_date(
    epreuve: TypeEpreuvePratique, day: str, failures: int
) -> None:
    of_a2 = replace(
        no_resultats(CANDIDAT.id, A2),
        derniere_date_examen_plateau=date(2026, 3, 10),
        statut_examen_plateau=ECHOUE,
        nombre_echecs_plateau=3,
        derniere_date_examen_circulation=date(2026, 3, 10),
        statut_examen_circulation=ECHOUE,
        nombre_echecs_circulation=3,
    )
    dossier = motard(ended(moto(day, epreuve), ECHOUE), resultats=(of_a2,))

    a2, a1 = of_groupe_a(dossier)

    on_the_road = epreuve is CIRCULATION
    counted = a2.nombre_echecs_circulation if on_the_road else a2.nombre_echecs_plateau
    assert counted == failures
    assert nombre_echecs(a2) == 3 + failures
    assert a1 == no_resultats(CANDIDAT.id, A1)


def test_a_success_that_was_given_is_not_told_again_of_another_category() -> None:
    of_a2 = replace(
        no_resultats(CANDIDAT.id, A2),
        derniere_date_examen_plateau=date(2026, 3, 10),
        statut_examen_plateau=REUSSI,
    )
    the_same = ended(moto("2026-03-10"), REUSSI)

    assert of_groupe_a(motard(the_same, resultats=(of_a2,))) == [
        of_a2,
        no_resultats(CANDIDAT.id, A1),
    ]


def test_a_success_that_was_given_without_a_date_stands() -> None:
    of_a2 = replace(no_resultats(CANDIDAT.id, A2), statut_examen_plateau=REUSSI)

    a2, a1 = of_groupe_a(motard(ended(moto("2026-03-10"), ECHOUE), resultats=(of_a2,)))

    assert a2 == of_a2
    assert a1.nombre_echecs_plateau == 1


def test_what_was_given_for_one_epreuve_does_not_hold_for_the_other() -> None:
    of_a2 = replace(no_resultats(CANDIDAT.id, A2), derniere_date_examen_plateau=date(2026, 3, 10))

    a2, _ = of_groupe_a(motard(ended(moto("2026-03-09", CIRCULATION), ECHOUE), resultats=(of_a2,)))

    assert a2.nombre_echecs_circulation == 1

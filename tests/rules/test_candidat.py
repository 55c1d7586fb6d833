from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rdv_mock import paris
from rdv_mock.errors import ApiError, Refusal
from rdv_mock.facts.candidat import Penalite
from rdv_mock.facts.creneau import Creneau, Reservation
from rdv_mock.facts.dossier import Dossier
from rdv_mock.facts.enumerations import (
    CategoriePermis,
    GroupePermis,
    MotifDePenalite,
    StatutDemande,
    StatutDuResultat,
    TypeEpreuvePratique,
)
from rdv_mock.fixtures import Limits, default_limits
from rdv_mock.rules.candidat import REFUSALS, check_candidat
from rdv_mock.rules.penalite import no_resultats
from tests.rules.facts import (
    AUTO_ECOLE,
    CANDIDAT,
    CRENEAU,
    DEMANDE,
    DOSSIER,
    MANDAT,
    creneau_of,
    reservation_of,
)
from tests.support import instant

LIMITS = default_limits()
SECOND = timedelta(seconds=1)
NOW = instant("2026-03-15T12:00:00+01:00")

A, B, CE = GroupePermis.A, GroupePermis.B, GroupePermis.CE
PLATEAU, CIRCULATION = TypeEpreuvePratique.PLATEAU, TypeEpreuvePratique.CIRCULATION
REUSSI = StatutDuResultat.EXAMEN_REUSSI
ECHOUE = StatutDuResultat.EXAMEN_ECHOUE
ABSENT = StatutDuResultat.EXAMEN_ABSENT

PAS_SOUS_MANDAT = ApiError.CANDIDAT_PAS_SOUS_MANDAT
SANS_DEMANDE_ACTIVE = ApiError.CANDIDAT_SANS_DEMANDE_ACTIVE
SOUS_PENALITE = ApiError.CANDIDAT_SOUS_PENALITE
DEJA_INSCRIT = ApiError.CANDIDAT_DEJA_INSCRIT
EN_ATTENTE = ApiError.CANDIDAT_EN_ATTENTE_DE_RESULTAT
DEJA_OBTENU = ApiError.CANDIDAT_AYANT_DEJA_OBTENU_SON_EXAMEN
DEJA_DANS_PANIER = ApiError.CANDIDAT_DEJA_DANS_PANIER

CATEGORIES = {A: CategoriePermis.A2, B: CategoriePermis.B, CE: CategoriePermis.CE}
PENALITE = Penalite(
    id="penalite",
    candidat_id=CANDIDAT.id,
    groupe_permis=B,
    motif=MotifDePenalite.ABSENCE_EPREUVE_PRATIQUE,
    type_epreuve_pratique=CIRCULATION,
    date_examen=date(2026, 3, 1),
    duree_en_jour=40,
    date_de_levee=None,
)


def place(
    day: str, epreuve: TypeEpreuvePratique = CIRCULATION, groupe: GroupePermis = A
) -> Creneau:
    """A créneau of a day, groupe and épreuve."""
    return creneau_of(
        day,
        id=f"{day}-{groupe}-{epreuve}",
        groupe_permis=groupe,
        type_epreuve_pratique=epreuve,
    )


def trainee(groupe: GroupePermis = A, **changes: Any) -> Dossier:
    """Somebody with mandat and demande for a groupe, with whom nothing else is the matter."""
    able = replace(
        DOSSIER,
        mandat=replace(MANDAT, groupe_permis=groupe),
        demandes=(replace(DEMANDE, categorie_permis=CATEGORIES[groupe]),),
    )
    return replace(able, **changes)


def ended(
    creneau: Creneau, resultat: StatutDuResultat, *, points: int | None = None
) -> Reservation:
    """An examen of which the result was entered at its end."""
    entered = paris.to_instant(creneau.date_heure_fin)
    return reservation_of(creneau, resultat=resultat, points=points, date_heure_resultat=entered)


def said_of(
    dossier: Dossier,
    creneau: Creneau = CRENEAU,
    *,
    at: datetime | str = NOW,
    limits: Limits = LIMITS,
) -> ApiError | None:
    """What keeps a candidat from a créneau, if anything does."""
    now = instant(at) if isinstance(at, str) else at
    try:
        check_candidat(dossier, creneau, AUTO_ECOLE, limits, now=now)
    except Refusal as refusal:
        return refusal.error
    return None


def with_faults(faults: Collection[ApiError]) -> Dossier:
    """A candidat of groupe B with whom all of this is wrong at once."""
    passed = replace(no_resultats(CANDIDAT.id, CategoriePermis.B), statut_examen_circulation=REUSSI)
    reservations = {
        DEJA_INSCRIT: reservation_of(creneau_of("2026-05-04")),
        EN_ATTENTE: reservation_of(creneau_of("2026-03-14")),
    }
    return replace(
        DOSSIER,
        mandat=None if PAS_SOUS_MANDAT in faults else MANDAT,
        demandes=() if SANS_DEMANDE_ACTIVE in faults else (DEMANDE,),
        penalites=(PENALITE,) if SOUS_PENALITE in faults else (),
        reservations=tuple(reservations[fault] for fault in reservations if fault in faults),
        resultats=(passed,) if DEJA_OBTENU in faults else (),
        en_panier=(creneau_of("2026-05-05"),) if DEJA_DANS_PANIER in faults else (),
    )


def test_who_has_nothing_against_him_may_be_put_on_a_creneau() -> None:
    assert said_of(DOSSIER) is None


@given(st.sets(st.sampled_from(REFUSALS[1:])))
def test_of_several_faults_the_first_in_order_is_told(faults: set[ApiError]) -> None:
    first = next((error for error in REFUSALS if error in faults), None)

    assert said_of(with_faults(faults)) is first


@pytest.mark.parametrize("code", REFUSALS)
@pytest.mark.parametrize("faults", [(), REFUSALS])
def test_who_is_always_refused_is_refused_with_that_before_anything_else(
    code: ApiError, faults: Collection[ApiError]
) -> None:
    magic = replace(with_faults(faults), candidat=replace(CANDIDAT, toujours=code.code))

    assert said_of(magic) is code


@pytest.mark.parametrize("code", [ApiError.EMAIL_MANQUANT, ApiError.CONTRAT_DEJA_CONNU])
def test_a_code_that_this_rule_does_not_know_is_passed_over(code: ApiError) -> None:
    magic = replace(CANDIDAT, toujours=code.code)

    assert said_of(replace(DOSSIER, candidat=magic)) is None
    assert said_of(replace(DOSSIER, candidat=magic, mandat=None)) is PAS_SOUS_MANDAT


def test_the_mandat_is_that_of_the_ecole_itself() -> None:
    theirs = replace(MANDAT, auto_ecole_id="autre")

    assert said_of(replace(DOSSIER, mandat=theirs)) is PAS_SOUS_MANDAT


@pytest.mark.parametrize("statut", StatutDemande)
def test_only_a_demande_that_is_validee_does(statut: StatutDemande) -> None:
    demande = replace(DEMANDE, statut=statut)

    error = said_of(replace(DOSSIER, demandes=(demande,)))

    assert error is (None if statut is StatutDemande.VALIDEE else SANS_DEMANDE_ACTIVE)


@pytest.mark.parametrize("categorie", CategoriePermis)
@pytest.mark.parametrize("groupe", GroupePermis)
def test_a_demande_for_any_category_of_the_groupe_does_and_no_other(
    groupe: GroupePermis, categorie: CategoriePermis
) -> None:
    demande = replace(DEMANDE, categorie_permis=categorie)

    error = said_of(replace(DOSSIER, demandes=(demande,)), place("2026-04-20", groupe=groupe))

    assert error is (None if categorie.groupe is groupe else SANS_DEMANDE_ACTIVE)


@pytest.mark.parametrize(
    ("at", "error"),
    [
        ("2026-03-29T23:59:59+02:00", SOUS_PENALITE),
        ("2026-03-30T00:00:00+02:00", None),
    ],
)
def test_a_given_penalite_binds_until_midnight_of_its_last_day(
    at: str, error: ApiError | None
) -> None:
    penalite = replace(PENALITE, date_examen=date(2026, 3, 10), duree_en_jour=20)

    assert said_of(replace(DOSSIER, penalites=(penalite,)), at=at) is error


@pytest.mark.parametrize(
    ("at", "error"),
    [
        ("2026-03-11T23:59:59+01:00", SOUS_PENALITE),
        ("2026-03-12T00:00:00+01:00", None),
    ],
)
def test_a_penalite_binds_until_the_day_on_which_it_is_lifted(
    at: str, error: ApiError | None
) -> None:
    lifted = replace(PENALITE, date_de_levee=date(2026, 3, 12))

    assert said_of(replace(DOSSIER, penalites=(lifted,)), at=at) is error


def test_each_penalite_is_looked_at_alone() -> None:
    over = replace(PENALITE, id="autre", duree_en_jour=2)
    lifted = replace(PENALITE, id="levee", date_de_levee=date(2026, 3, 12))

    assert said_of(replace(DOSSIER, penalites=(over, lifted))) is None
    assert said_of(replace(DOSSIER, penalites=(over, PENALITE, lifted))) is SOUS_PENALITE


@pytest.mark.parametrize("groupe", [A, CE])
def test_a_penalite_does_not_bind_for_another_groupe(groupe: GroupePermis) -> None:
    dossier = trainee(groupe, penalites=(PENALITE,))

    assert said_of(dossier, place("2026-04-20", groupe=groupe)) is None


@pytest.mark.parametrize(
    ("resultat", "points", "changes"),
    [
        (
            ECHOUE,
            18,
            [
                ("2026-03-10T08:31:59+01:00", DEJA_INSCRIT),
                ("2026-03-10T08:32:00+01:00", EN_ATTENTE),
                ("2026-03-11T07:59:59+01:00", EN_ATTENTE),
                ("2026-03-11T08:00:00+01:00", SOUS_PENALITE),
                ("2026-03-29T23:59:00+02:00", SOUS_PENALITE),
                ("2026-03-29T23:59:59+02:00", SOUS_PENALITE),
                ("2026-03-30T00:00:00+02:00", None),
            ],
        ),
        (
            ABSENT,
            None,
            [
                ("2026-03-11T07:59:59+01:00", EN_ATTENTE),
                ("2026-03-11T08:00:00+01:00", SOUS_PENALITE),
                ("2026-04-18T23:59:59+02:00", SOUS_PENALITE),
                ("2026-04-19T00:00:00+02:00", None),
            ],
        ),
        (
            REUSSI,
            28,
            [
                ("2026-03-11T07:59:59+01:00", EN_ATTENTE),
                ("2026-03-11T08:00:00+01:00", DEJA_OBTENU),
            ],
        ),
    ],
)
def test_after_an_examen_one_waits_for_the_result_and_then_as_it_says(
    resultat: StatutDuResultat, points: int | None, changes: list[tuple[str, ApiError | None]]
) -> None:
    examen = ended(creneau_of("2026-03-10"), resultat, points=points)
    dossier = replace(DOSSIER, reservations=(examen,))

    for at, error in changes:
        assert said_of(dossier, creneau_of("2026-05-04"), at=at) is error


def test_a_late_cancellation_binds_from_that_second_on() -> None:
    cancelled = reservation_of(date_heure_annulation=instant("2026-04-11T09:00:00+02:00"))
    dossier = replace(DOSSIER, reservations=(cancelled,))
    another = creneau_of("2026-06-01")

    assert said_of(dossier, another, at="2026-04-11T09:00:00+02:00") is SOUS_PENALITE
    assert said_of(dossier, another, at="2026-05-13T23:59:59+02:00") is SOUS_PENALITE
    assert said_of(dossier, another, at="2026-05-14T00:00:00+02:00") is None


def test_a_cancellation_in_time_leaves_him_free_at_once() -> None:
    cancelled = reservation_of(date_heure_annulation=instant("2026-04-10T23:59:59+02:00"))
    dossier = replace(DOSSIER, reservations=(cancelled,))

    assert said_of(dossier, at="2026-04-10T23:59:59+02:00") is None


def test_without_a_result_one_waits_for_ever() -> None:
    dossier = replace(DOSSIER, reservations=(reservation_of(creneau_of("2026-03-10")),))

    assert said_of(dossier, creneau_of("2027-05-04"), at="2027-03-10T08:00:00Z") is EN_ATTENTE


def test_a_penalite_comes_before_a_result_that_is_awaited() -> None:
    dossier = replace(
        DOSSIER,
        penalites=(PENALITE,),
        reservations=(reservation_of(creneau_of("2026-03-15")),),
    )

    assert said_of(dossier, at="2026-03-15T09:32:00+01:00") is SOUS_PENALITE


def test_an_annulment_by_the_administration_leaves_him_free_at_once() -> None:
    annulled = reservation_of(
        creneau_of("2026-03-17"),
        resultat=StatutDuResultat.EXAMEN_ANNULE,
        date_heure_resultat=NOW,
        date_heure_annulation=NOW,
    )

    assert said_of(replace(DOSSIER, reservations=(annulled,))) is None


@pytest.mark.parametrize("epreuve", TypeEpreuvePratique)
@pytest.mark.parametrize(
    ("at", "error"),
    [
        ("2026-03-15T00:00:00+01:00", SOUS_PENALITE),
        ("2026-03-16T23:59:59+01:00", SOUS_PENALITE),
        ("2026-03-17T00:00:00+01:00", None),
    ],
)
def test_one_waits_two_days_after_the_theory_for_any_epreuve(
    epreuve: TypeEpreuvePratique, at: str, error: ApiError | None
) -> None:
    theory = replace(
        no_resultats(CANDIDAT.id, CategoriePermis.A2),
        derniere_date_examen_theorique=date(2026, 3, 15),
    )

    assert said_of(trainee(resultats=(theory,)), place("2026-04-20", epreuve), at=at) is error


def test_the_theory_of_another_groupe_does_not_matter() -> None:
    theory = replace(
        no_resultats(CANDIDAT.id, CategoriePermis.A2),
        derniere_date_examen_theorique=date(2026, 3, 15),
    )

    assert said_of(replace(DOSSIER, resultats=(theory,))) is None


@pytest.mark.parametrize(
    ("at", "error"),
    [
        ("2026-03-29T23:59:59+02:00", SOUS_PENALITE),
        ("2026-03-30T00:00:00+02:00", None),
    ],
)
def test_circulation_waits_two_days_after_a_plateau_was_passed(
    at: str, error: ApiError | None
) -> None:
    told = replace(
        no_resultats(CANDIDAT.id, CategoriePermis.A2),
        derniere_date_examen_plateau=date(2026, 3, 28),
        statut_examen_plateau=REUSSI,
    )
    given_ = trainee(resultats=(told,))
    following = trainee(reservations=(ended(place("2026-03-28", PLATEAU), REUSSI),))

    assert said_of(given_, place("2026-04-20"), at=at) is error
    assert said_of(following, place("2026-04-20"), at=at) is error


@pytest.mark.parametrize("resultat", [ECHOUE, ABSENT, StatutDuResultat.EXAMEN_ANNULE, None])
def test_only_a_plateau_that_was_passed_makes_circulation_wait(
    resultat: StatutDuResultat | None,
) -> None:
    told = replace(
        no_resultats(CANDIDAT.id, CategoriePermis.A2),
        derniere_date_examen_plateau=date(2026, 3, 15),
        statut_examen_plateau=resultat,
    )

    assert said_of(trainee(resultats=(told,)), place("2026-04-20")) is None


def test_after_a_plateau_was_passed_another_plateau_is_not_what_waits() -> None:
    told = replace(
        no_resultats(CANDIDAT.id, CategoriePermis.A2),
        derniere_date_examen_plateau=date(2026, 3, 15),
        statut_examen_plateau=REUSSI,
    )

    assert said_of(trainee(resultats=(told,)), place("2026-04-20", PLATEAU)) is DEJA_OBTENU


@pytest.mark.parametrize("how", ["en_panier", "programme"])
@pytest.mark.parametrize(
    ("plateau", "circulation", "error"),
    [
        ("2026-04-07", "2026-04-12", None),
        ("2026-04-07", "2026-04-11", SOUS_PENALITE),
        ("2026-04-07", "2026-04-07", SOUS_PENALITE),
        ("2026-04-07", "2026-04-06", SOUS_PENALITE),
        ("2026-03-28", "2026-04-02", None),
        ("2026-03-28", "2026-04-01", SOUS_PENALITE),
        ("2026-10-24", "2026-10-29", None),
        ("2026-10-24", "2026-10-28", SOUS_PENALITE),
    ],
)
@pytest.mark.parametrize("groupe", [A, CE])
def test_circulation_lies_five_days_after_the_plateau_whichever_comes_first_to_mind(
    groupe: GroupePermis, plateau: str, circulation: str, how: str, error: ApiError | None
) -> None:
    first, second = place(plateau, PLATEAU, groupe), place(circulation, CIRCULATION, groupe)

    for taken, wanted in ((first, second), (second, first)):
        held = (taken,) if how == "en_panier" else ()
        reserved = () if how == "en_panier" else (reservation_of(taken),)
        dossier = trainee(groupe, en_panier=held, reservations=reserved)
        assert said_of(dossier, wanted) is error


def test_five_days_are_days_not_hours() -> None:
    plateau = place("2026-04-07", PLATEAU)
    early = replace(place("2026-04-12"), date_heure_debut=datetime(2026, 4, 12, 6))
    late = replace(place("2026-04-11"), date_heure_debut=datetime(2026, 4, 11, 23))

    assert said_of(trainee(en_panier=(plateau,)), early) is None
    assert said_of(trainee(en_panier=(plateau,)), late) is SOUS_PENALITE


def test_the_five_days_are_those_of_one_groupe() -> None:
    of_another = place("2026-04-13", PLATEAU, CE)

    assert said_of(replace(DOSSIER, en_panier=(of_another,))) is None
    assert said_of(replace(DOSSIER, reservations=(reservation_of(of_another),))) is None


def test_a_place_of_another_groupe_does_not_hide_a_plateau_that_is_too_close() -> None:
    of_another, plateau = place("2026-04-02", PLATEAU, CE), place("2026-04-19", PLATEAU)

    dossier = trainee(reservations=tuple(map(reservation_of, (of_another, plateau))))

    assert said_of(dossier, place("2026-04-20")) is SOUS_PENALITE


def test_a_plateau_that_is_cancelled_or_over_keeps_circulation_from_no_day() -> None:
    cancelled = reservation_of(place("2026-04-19", PLATEAU), date_heure_annulation=NOW)
    over = ended(place("2026-03-10", PLATEAU), ABSENT)
    no_penalite = LIMITS.overridden({"penalite.A.absence": 0})

    assert said_of(trainee(reservations=(cancelled,)), place("2026-04-20")) is None
    assert (
        said_of(
            trainee(reservations=(over,)),
            place("2026-03-14"),
            at="2026-03-11T08:00:00+01:00",
            limits=no_penalite,
        )
        is None
    )


@given(st.integers(-30, 30), st.integers(0, 30))
def test_the_five_days_are_a_limit(days: int, least: int) -> None:
    limits = LIMITS.overridden({"delai.plateauCirculation": least})
    plateau = place("2026-05-20", PLATEAU)
    circulation = place(f"{date(2026, 5, 20) + timedelta(days=days)}")

    error = said_of(trainee(en_panier=(plateau,)), circulation, limits=limits)

    assert error is (None if days >= least else SOUS_PENALITE)


@pytest.mark.parametrize("auto_ecole", [AUTO_ECOLE.id, "autre"])
def test_one_is_inscrit_with_any_ecole(auto_ecole: str) -> None:
    programmed = reservation_of(creneau_of("2026-05-04"), auto_ecole_id=auto_ecole)

    assert said_of(replace(DOSSIER, reservations=(programmed,))) is DEJA_INSCRIT


def test_who_is_on_the_very_creneau_is_inscrit_too() -> None:
    assert said_of(replace(DOSSIER, reservations=(reservation_of(),))) is DEJA_INSCRIT


@pytest.mark.parametrize(
    "other", [place("2026-04-07", PLATEAU, A), place("2026-04-20", CIRCULATION, B)]
)
def test_one_is_inscrit_for_a_groupe_and_epreuve(other: Creneau) -> None:
    wanted = place("2026-04-20", CIRCULATION, A)

    assert said_of(trainee(reservations=(reservation_of(other),)), wanted) is None
    assert said_of(trainee(reservations=(reservation_of(wanted),)), wanted) is DEJA_INSCRIT


@pytest.mark.parametrize(("groupe", "error"), [(A, EN_ATTENTE), (B, None), (CE, None)])
def test_a_result_is_awaited_for_any_epreuve_of_the_groupe(
    groupe: GroupePermis, error: ApiError | None
) -> None:
    over = reservation_of(place("2026-03-15", PLATEAU, groupe))

    assert said_of(trainee(reservations=(over,)), place("2026-04-20", CIRCULATION)) is error


@pytest.mark.parametrize(
    ("passed", "wanted", "error"),
    [
        (PLATEAU, PLATEAU, DEJA_OBTENU),
        (CIRCULATION, CIRCULATION, DEJA_OBTENU),
        (PLATEAU, CIRCULATION, None),
        (CIRCULATION, PLATEAU, None),
    ],
)
def test_what_is_passed_is_passed_per_epreuve(
    passed: TypeEpreuvePratique, wanted: TypeEpreuvePratique, error: ApiError | None
) -> None:
    examen = ended(place("2026-03-03", passed), REUSSI)

    assert said_of(trainee(reservations=(examen,)), place("2026-04-20", wanted)) is error


@pytest.mark.parametrize(
    ("statut", "error"), [(StatutDemande.VALIDEE, None), (StatutDemande.EXPIREE, DEJA_OBTENU)]
)
def test_who_has_passed_for_one_category_may_try_for_another_with_a_demande(
    statut: StatutDemande, error: ApiError | None
) -> None:
    demandes = (
        replace(DEMANDE, categorie_permis=CategoriePermis.A1),
        replace(DEMANDE, id="a2", categorie_permis=CategoriePermis.A2, statut=statut),
    )
    passed = ended(place("2026-03-03", PLATEAU), REUSSI)
    dossier = trainee(demandes=demandes, reservations=(passed,))

    assert said_of(dossier, place("2026-04-20", PLATEAU)) is error


def test_plateau_before_circulation_is_not_enforced() -> None:
    assert said_of(trainee(), place("2026-04-20", CIRCULATION)) is None


@pytest.mark.parametrize(
    ("held", "error"),
    [
        (CRENEAU, None),
        (creneau_of("2026-05-05"), DEJA_DANS_PANIER),
        (place("2026-05-05", CIRCULATION, A), None),
    ],
)
def test_he_is_in_one_panier_for_a_groupe_and_epreuve(
    held: Creneau, error: ApiError | None
) -> None:
    assert said_of(replace(DOSSIER, en_panier=(held,))) is error


def test_plateau_and_circulation_of_one_candidat_may_stand_in_one_panier() -> None:
    held = place("2026-04-07", PLATEAU)

    assert said_of(trainee(en_panier=(held,)), place("2026-04-12")) is None

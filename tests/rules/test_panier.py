from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rdv_mock.errors import ApiError, Refusal
from rdv_mock.facts.auto_ecole import Employe
from rdv_mock.facts.capacite import Capacite
from rdv_mock.facts.creneau import Creneau, Place
from rdv_mock.facts.dossier import Dossier
from rdv_mock.facts.enumerations import GroupePermis, Role, TypeEpreuvePratique
from rdv_mock.facts.examen import Examen
from rdv_mock.facts.panier import ElementDuPanier, Panier
from rdv_mock.fixtures import default_limits
from rdv_mock.rules.panier import (
    check_ajouter_creneau,
    check_ajouter_creneaux_multiples,
    check_employe,
    check_in_panier,
    check_valider_element,
    expiry_of,
    groupe_of,
    newcomer_of,
)
from tests.rules.facts import (
    AUTO_ECOLE,
    CAPACITE,
    CENTRE,
    CRENEAU,
    DOSSIER,
    EXAMEN,
    PANIER,
    PLACE,
    creneau_of,
)
from tests.support import instant

LIMITS = default_limits()
A, B, CE = GroupePermis
NOW = instant("2026-03-10T08:00:00Z")
DEBUT = instant("2026-04-14T08:00:00+02:00")
SECOND = timedelta(seconds=1)

LEA = Employe("lea", AUTO_ECOLE.id, "Durant", "Léane", "lea@plesses.test", "lea", Role.GERANT, ())
ELEMENT = ElementDuPanier("element", PANIER.id, CRENEAU.id, None)
MOTO = creneau_of(
    "2026-04-20",
    groupe_permis=GroupePermis.A,
    type_epreuve_pratique=TypeEpreuvePratique.PLATEAU,
)
LOURD = creneau_of("2026-04-20", groupe_permis=GroupePermis.CE)
CLOSED = replace(PLACE, centre=replace(CENTRE, est_ferme=True))

IN_ORDER = (
    ApiError.CRENEAU_DEJA_RESERVE,
    ApiError.CRENEAU_NON_DISPONIBLE,
    ApiError.PANIER_PLEIN,
    ApiError.CRENEAU_DE_GROUPE_DIFFERENT,
    ApiError.AUTO_ECOLE_NA_AUCUNE_DECLARATION,
    ApiError.CRENEAU_NON_RESERVABLE_SEUIL_ATTEINT,
    ApiError.CRENEAU_NON_RESERVABLE_PLAFOND_ATTEINT,
)
"""What refuses a créneau, in the order of docs/rules/panier.md#adding."""


def said_of_ajout(
    place: Place = PLACE,
    *,
    contents: Sequence[Creneau] = (),
    capacite: Capacite | None = CAPACITE,
    now: datetime = NOW,
) -> ApiError | None:
    """What refuses one more créneau, if anything does."""
    try:
        check_ajouter_creneau(contents, place, capacite, LIMITS, now=now)
    except Refusal as refusal:
        return refusal.error
    return None


def said_of_ajout_with(faults: Collection[ApiError]) -> ApiError | None:
    """The same for a créneau with which all of this is wrong at once."""
    is_full = ApiError.PANIER_PLEIN in faults
    is_mixed = ApiError.CRENEAU_DE_GROUPE_DIFFERENT in faults
    is_fresh = ApiError.CRENEAU_NON_RESERVABLE_SEUIL_ATTEINT in faults
    is_over = ApiError.CRENEAU_NON_RESERVABLE_PLAFOND_ATTEINT in faults
    published = NOW - timedelta(days=1 if is_fresh else 31)
    place = replace(
        PLACE,
        creneau=replace(CRENEAU, date_heure_publication=published),
        panier=PANIER if ApiError.CRENEAU_DEJA_RESERVE in faults else None,
        examen=EXAMEN if ApiError.CRENEAU_NON_DISPONIBLE in faults else None,
    )
    capacite = replace(
        CAPACITE,
        est_declaree=ApiError.AUTO_ECOLE_NA_AUCUNE_DECLARATION not in faults,
        utilisees=13 if is_over else 9,
    )
    contents = [MOTO if is_mixed else CRENEAU] * (36 if is_full else 1)
    return said_of_ajout(place, contents=contents, capacite=capacite)


def said_of_validation(
    place: Place = PLACE, dossier: Dossier | None = DOSSIER, *, now: datetime = NOW
) -> ApiError | None:
    """What keeps an element in its panier, if anything does."""
    try:
        check_valider_element(place, dossier, AUTO_ECOLE, LIMITS, now=now)
    except Refusal as refusal:
        return refusal.error
    return None


@pytest.mark.parametrize(
    ("creation", "expiration"),
    [
        ("2026-03-10T08:00:00+00:00", "2026-03-10T08:15:00Z"),
        ("2026-03-10T08:00:00.999999+00:00", "2026-03-10T08:15:00Z"),
        ("2026-03-29T01:50:00+01:00", "2026-03-29T03:05:00+02:00"),
    ],
)
def test_a_panier_lives_a_quarter_of_an_hour_to_the_second(creation: str, expiration: str) -> None:
    assert expiry_of(instant(creation), LIMITS) == instant(expiration)


def test_a_scenario_may_let_a_panier_live_longer() -> None:
    limits = LIMITS.overridden({"panier.dureeMinutes": 20})

    assert expiry_of(NOW, limits) == NOW + timedelta(minutes=20)


def test_a_panier_is_opened_for_an_employe_of_the_ecole() -> None:
    assert check_employe(LEA, AUTO_ECOLE) is LEA


@pytest.mark.parametrize(
    ("employe", "error"),
    [
        (None, ApiError.EMPLOYE_AUTO_ECOLE_INEXISTANT),
        (replace(LEA, auto_ecole_id="autre"), ApiError.EMPLOYE_N_APPARTIENT_PAS_A_AUTO_ECOLE),
    ],
)
def test_a_panier_is_opened_for_nobody_else(employe: Employe | None, error: ApiError) -> None:
    with pytest.raises(Refusal) as refusal:
        check_employe(employe, AUTO_ECOLE)
    assert refusal.value.error is error


def test_what_a_panier_holds_is_found_in_it() -> None:
    assert check_in_panier(ELEMENT, PANIER) is ELEMENT


@pytest.mark.parametrize("element", [None, replace(ELEMENT, panier_id="autre")])
def test_what_no_panier_or_another_one_holds_is_not(element: ElementDuPanier | None) -> None:
    with pytest.raises(Refusal) as refusal:
        check_in_panier(element, PANIER)
    assert refusal.value.error is ApiError.CRENEAU_PAS_DANS_LE_PANIER


def test_the_first_creneau_decides_the_groupe_of_a_panier() -> None:
    assert groupe_of([]) is None
    assert groupe_of([MOTO]) is GroupePermis.A
    assert groupe_of([CRENEAU, MOTO]) is GroupePermis.B


def test_an_empty_panier_takes_any_groupe_and_then_only_that_one() -> None:
    moto = replace(PLACE, creneau=MOTO)

    assert said_of_ajout(moto, contents=[]) is None
    assert said_of_ajout(moto, contents=[MOTO]) is None
    assert said_of_ajout(moto, contents=[CRENEAU]) is ApiError.CRENEAU_DE_GROUPE_DIFFERENT


@pytest.mark.parametrize(("held", "error"), [(35, None), (36, ApiError.PANIER_PLEIN)])
def test_a_panier_holds_36_creneaux(held: int, error: ApiError | None) -> None:
    assert said_of_ajout(contents=[CRENEAU] * held) is error


def test_a_place_may_be_taken_until_it_begins() -> None:
    assert said_of_ajout(now=DEBUT - SECOND) is None
    assert said_of_ajout(now=DEBUT) is ApiError.CRENEAU_NON_DISPONIBLE


@pytest.mark.parametrize("panier", [PANIER, replace(PANIER, id="autre", auto_ecole_id="autre")])
def test_a_creneau_is_in_one_panier_at_most_of_any_ecole(panier: Panier) -> None:
    held = replace(PLACE, panier=panier)

    assert said_of_ajout(held) is ApiError.CRENEAU_DEJA_RESERVE


@pytest.mark.parametrize("examen", [EXAMEN, replace(EXAMEN, auto_ecole_id="autre")])
def test_a_reserved_place_is_not_to_be_had(examen: Examen) -> None:
    reserved = replace(PLACE, examen=examen)

    assert said_of_ajout(reserved) is ApiError.CRENEAU_NON_DISPONIBLE


def test_nor_is_one_in_a_closed_centre() -> None:
    assert said_of_ajout(CLOSED) is ApiError.CRENEAU_NON_DISPONIBLE


def test_a_creneau_of_ce_goes_in_without_any_capacite() -> None:
    assert said_of_ajout(replace(PLACE, creneau=LOURD), capacite=None) is None


@given(st.sets(st.sampled_from(IN_ORDER)))
def test_of_several_faults_the_first_in_order_is_told(faults: set[ApiError]) -> None:
    first = next((error for error in IN_ORDER if error in faults), None)

    assert said_of_ajout_with(faults) is first


@pytest.mark.parametrize("creneaux", [[], [CRENEAU], [CRENEAU, MOTO]])
def test_a_bulk_of_an_ecole_that_declared_nothing_is_refused_as_a_whole(
    creneaux: list[Creneau],
) -> None:
    check_ajouter_creneaux_multiples(creneaux, {A, B}, LIMITS)
    with pytest.raises(Refusal) as refusal:
        check_ajouter_creneaux_multiples(creneaux, {CE}, LIMITS)
    assert refusal.value.error is ApiError.AUTO_ECOLE_NA_AUCUNE_DECLARATION


def test_a_bulk_of_ce_needs_no_declaration() -> None:
    check_ajouter_creneaux_multiples([LOURD], set(), LIMITS)
    check_ajouter_creneaux_multiples([CRENEAU, LOURD], set(), LIMITS)


def test_a_bulk_of_ce_needs_one_of_its_own_where_it_is_compulsory() -> None:
    limits = LIMITS.overridden({"ce.declarationObligatoire": True})

    check_ajouter_creneaux_multiples([LOURD], {CE}, limits)
    check_ajouter_creneaux_multiples([CRENEAU, LOURD], {A, B}, limits)
    with pytest.raises(Refusal) as refusal:
        check_ajouter_creneaux_multiples([LOURD], {A, B}, limits)
    assert refusal.value.error is ApiError.AUTO_ECOLE_NA_AUCUNE_DECLARATION


def test_an_element_is_reserved_until_it_begins() -> None:
    assert said_of_validation(now=DEBUT - SECOND) is None
    assert said_of_validation(now=DEBUT) is ApiError.CRENEAU_NON_DISPONIBLE


@pytest.mark.parametrize("dossier", [None, DOSSIER, replace(DOSSIER, mandat=None)])
def test_a_closed_centre_is_told_before_anything_about_the_candidat(
    dossier: Dossier | None,
) -> None:
    assert said_of_validation(CLOSED, dossier) is ApiError.CRENEAU_NON_DISPONIBLE


@pytest.mark.parametrize(
    ("creneau", "error"),
    [
        (CRENEAU, ApiError.EXAMEN_NON_NOMINATIF),
        (replace(CRENEAU, est_candidat_obligatoire=False), None),
        (MOTO, None),
        (replace(MOTO, type_epreuve_pratique=TypeEpreuvePratique.CIRCULATION), None),
        (replace(MOTO, est_candidat_obligatoire=True), ApiError.EXAMEN_NON_NOMINATIF),
        (LOURD, None),
    ],
)
def test_groupes_a_and_ce_are_reserved_without_a_name(
    creneau: Creneau, error: ApiError | None
) -> None:
    assert said_of_validation(replace(PLACE, creneau=creneau), None) is error


@pytest.mark.parametrize("creneau", [MOTO, LOURD, replace(CRENEAU, est_candidat_obligatoire=False)])
def test_from_the_tenth_day_before_on_nothing_is_reserved_without_a_name(creneau: Creneau) -> None:
    creneau = replace(creneau, date_heure_debut=datetime(2026, 4, 20, 8))
    place, due = replace(PLACE, creneau=creneau), instant("2026-04-10T00:00:00+02:00")

    assert said_of_validation(place, None, now=due - SECOND) is None
    assert said_of_validation(place, None, now=due) is ApiError.EXAMEN_NON_NOMINATIF


def test_what_is_wrong_with_the_candidat_keeps_the_element_in_the_panier() -> None:
    assert (
        said_of_validation(dossier=replace(DOSSIER, mandat=None))
        is ApiError.CANDIDAT_PAS_SOUS_MANDAT
    )


def test_the_place_that_he_holds_in_this_panier_is_no_obstacle() -> None:
    twice = replace(DOSSIER, en_panier=(CRENEAU, creneau_of("2026-04-21")))

    assert said_of_validation(dossier=replace(DOSSIER, en_panier=(CRENEAU,))) is None
    assert said_of_validation(dossier=twice) is ApiError.CANDIDAT_DEJA_DANS_PANIER


def test_only_somebody_who_was_not_there_is_checked_when_placed() -> None:
    empty = ElementDuPanier("e1", "p1", "c1", None)
    taken = replace(empty, candidat_id="ines")

    assert newcomer_of(empty, "ines") == newcomer_of(replace(empty, candidat_id="zoe"), "ines")
    assert newcomer_of(empty, "ines") == "ines"
    assert newcomer_of(empty, "") == ""
    assert newcomer_of(taken, "ines") is newcomer_of(taken, None) is newcomer_of(empty, None)
    assert newcomer_of(taken, "ines") is None

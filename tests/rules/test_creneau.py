from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rdv_mock import paris
from rdv_mock.errors import ApiError, Refusal
from rdv_mock.facts.capacite import Capacite
from rdv_mock.facts.creneau import Place
from rdv_mock.facts.enumerations import GroupePermis, StatutDeReservation
from rdv_mock.fixtures import default_limits
from rdv_mock.rules.creneau import (
    affectation_due_at,
    check_published,
    is_affectation_due,
    is_available,
    is_candidat_obligatoire,
    is_open,
    is_published,
    is_shown,
    statut_de_reservation,
)
from tests.rules.facts import (
    AUTO_ECOLE,
    CAPACITE,
    CENTRE,
    CRENEAU,
    EXAMEN,
    PANIER,
    PLACE,
    creneau_of,
)
from tests.support import instant

LIMITS = default_limits()
SECOND = timedelta(seconds=1)
PUBLICATION = CRENEAU.date_heure_publication
DEBUT = instant("2026-04-14T08:00:00+02:00")
NOW = instant("2026-03-10T08:00:00Z")

MY_EXAMEN, MY_PANIER = EXAMEN, PANIER
THEIR_EXAMEN = replace(EXAMEN, auto_ecole_id="autre")
THEIR_PANIER = replace(PANIER, auto_ecole_id="autre")
CLOSED = replace(PLACE, centre=replace(CENTRE, est_ferme=True))
RESERVED = replace(PLACE, examen=EXAMEN)
HELD = replace(PLACE, panier=PANIER)

PLEIN = replace(CAPACITE, utilisees=9)
UNDECLARED = replace(CAPACITE, est_declaree=False)

DISPONIBLE = StatutDeReservation.DISPONIBLE
SEUIL_ATTEINT = StatutDeReservation.SEUIL_ATTEINT
MINE = StatutDeReservation.RESERVE_PAR_MON_AUTO_ECOLE
THEIRS = StatutDeReservation.RESERVE_PAR_AUTRE_AUTO_ECOLE


def test_a_creneau_exists_from_the_second_of_its_publication() -> None:
    assert not is_published(CRENEAU, now=PUBLICATION - SECOND)
    assert is_published(CRENEAU, now=PUBLICATION)
    assert check_published(PLACE, now=PUBLICATION) is PLACE


@pytest.mark.parametrize("place", [None, PLACE])
def test_before_its_publication_a_creneau_is_as_unknown_as_one_that_is_not_there(
    place: Place | None,
) -> None:
    with pytest.raises(Refusal) as refusal:
        check_published(place, now=PUBLICATION - SECOND)
    assert refusal.value.error is ApiError.CRENEAU_INCONNU


def test_a_place_is_open_until_it_begins() -> None:
    assert is_open(PLACE, now=DEBUT - SECOND)
    assert not is_open(PLACE, now=DEBUT)


@pytest.mark.parametrize(
    ("day", "debut"),
    [
        ("2026-03-28", "2026-03-28T07:00:00Z"),
        ("2026-03-29", "2026-03-29T06:00:00Z"),
        ("2026-10-24", "2026-10-24T06:00:00Z"),
        ("2026-10-25", "2026-10-25T07:00:00Z"),
    ],
)
def test_a_place_begins_by_the_wall_clock_on_the_days_of_changing_hours(
    day: str, debut: str
) -> None:
    place = replace(PLACE, creneau=creneau_of(day))

    assert is_open(place, now=instant(debut) - SECOND)
    assert not is_open(place, now=instant(debut))


def test_a_closed_centre_has_no_open_place() -> None:
    assert not is_open(CLOSED, now=NOW)


@pytest.mark.parametrize("now", [PUBLICATION, DEBUT - SECOND])
def test_a_free_place_is_there_from_its_publication_until_it_begins(now: datetime) -> None:
    assert is_shown(PLACE, now=now)
    assert is_available(PLACE, now=now)


@pytest.mark.parametrize(
    ("place", "now"), [(PLACE, PUBLICATION - SECOND), (PLACE, DEBUT), (CLOSED, NOW)]
)
def test_a_free_place_is_hidden_when_nobody_could_go_there(place: Place, now: datetime) -> None:
    assert not is_shown(place, now=now)
    assert not is_available(place, now=now)


@pytest.mark.parametrize("taken", [RESERVED, HELD])
@pytest.mark.parametrize("now", [PUBLICATION, NOW, DEBUT])
def test_a_taken_place_is_shown_whatever_happens_but_not_to_be_had(
    taken: Place, now: datetime
) -> None:
    closed = replace(taken, centre=CLOSED.centre)

    assert is_shown(taken, now=now)
    assert is_shown(closed, now=now)
    assert not is_available(taken, now=now)


@pytest.mark.parametrize("taken", [RESERVED, HELD])
def test_even_a_taken_place_is_unknown_before_its_publication(taken: Place) -> None:
    assert not is_shown(taken, now=PUBLICATION - SECOND)


@pytest.mark.parametrize(
    ("day", "due"),
    [
        ("2026-04-20", "2026-04-10T00:00:00+02:00"),
        ("2026-04-08", "2026-03-29T00:00:00+01:00"),
        ("2026-04-09", "2026-03-30T00:00:00+02:00"),
        ("2026-11-04", "2026-10-25T00:00:00+02:00"),
        ("2026-11-05", "2026-10-26T00:00:00+01:00"),
    ],
)
def test_a_name_is_due_at_midnight_of_the_tenth_day_before(day: str, due: str) -> None:
    creneau = creneau_of(day)

    assert affectation_due_at(creneau, LIMITS) == instant(due)
    assert not is_affectation_due(creneau, LIMITS, now=instant(due) - SECOND)
    assert is_affectation_due(creneau, LIMITS, now=instant(due))


@given(st.dates(date(2026, 1, 1), date(2030, 12, 31)))
def test_a_name_is_due_on_a_day_not_at_an_hour(day: date) -> None:
    due = paris.to_local(affectation_due_at(creneau_of(f"{day}"), LIMITS))

    assert due == datetime.combine(day, datetime.min.time()) - timedelta(days=10)


@pytest.mark.parametrize(
    ("groupe", "said", "compulsory"),
    [
        (GroupePermis.A, None, False),
        (GroupePermis.B, None, True),
        (GroupePermis.CE, None, False),
        (GroupePermis.A, True, True),
        (GroupePermis.B, False, False),
        (GroupePermis.CE, True, True),
    ],
)
def test_who_must_be_named_depends_on_the_groupe_unless_the_creneau_says_it(
    groupe: GroupePermis,
    said: bool | None,  # noqa: FBT001 - a case of the table
    compulsory: bool,  # noqa: FBT001 - a case of the table
) -> None:
    creneau = creneau_of("2026-04-20", groupe_permis=groupe, est_candidat_obligatoire=said)
    due = instant("2026-04-10T00:00:00+02:00")

    assert is_candidat_obligatoire(creneau, LIMITS, now=due - SECOND) is compulsory
    assert is_candidat_obligatoire(creneau, LIMITS, now=due)


def test_a_scenario_may_ask_for_names_in_another_groupe() -> None:
    limits = LIMITS.overridden({"creneau.candidatObligatoire.CE": True})
    creneau = creneau_of("2026-04-20", groupe_permis=GroupePermis.CE)

    assert is_candidat_obligatoire(creneau, limits, now=NOW)


@pytest.mark.parametrize("capacite", [CAPACITE, PLEIN, UNDECLARED, None])
@pytest.mark.parametrize(
    ("place", "statut"),
    [
        (replace(PLACE, examen=MY_EXAMEN), MINE),
        (replace(PLACE, examen=THEIR_EXAMEN), THEIRS),
        (replace(PLACE, panier=MY_PANIER), MINE),
        (replace(PLACE, panier=THEIR_PANIER), THEIRS),
        (replace(PLACE, examen=MY_EXAMEN, panier=THEIR_PANIER), MINE),
        (replace(PLACE, examen=THEIR_EXAMEN, panier=MY_PANIER), THEIRS),
    ],
)
def test_who_has_a_place_comes_before_what_one_could_take(
    place: Place, statut: StatutDeReservation, capacite: Capacite | None
) -> None:
    assert statut_de_reservation(place, AUTO_ECOLE, capacite, LIMITS, now=NOW) is statut


@pytest.mark.parametrize(
    ("capacite", "age_in_days", "statut"),
    [
        (CAPACITE, 0, DISPONIBLE),
        (None, 0, DISPONIBLE),
        (replace(CAPACITE, utilisees=8), 0, DISPONIBLE),
        (PLEIN, 0, SEUIL_ATTEINT),
        (PLEIN, 30, DISPONIBLE),
        (replace(CAPACITE, utilisees=12), 30, DISPONIBLE),
        (replace(CAPACITE, utilisees=13), 30, SEUIL_ATTEINT),
        (UNDECLARED, 0, SEUIL_ATTEINT),
        (UNDECLARED, 30, SEUIL_ATTEINT),
    ],
)
def test_a_free_place_is_disponible_to_whom_no_rule_keeps_from_it(
    capacite: Capacite | None, age_in_days: int, statut: StatutDeReservation
) -> None:
    now = PUBLICATION + timedelta(days=age_in_days)

    assert statut_de_reservation(PLACE, AUTO_ECOLE, capacite, LIMITS, now=now) is statut

from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from rdv_mock import paris
from rdv_mock.facts.creneau import Reservation
from rdv_mock.facts.enumerations import GroupeDuLivret, GroupePermis, StatutDuResultat
from rdv_mock.facts.etp import Calcul
from rdv_mock.fixtures import default_limits
from rdv_mock.rules.nuit_du_calcul import periode_of
from rdv_mock.store import Store
from rdv_mock.worlds.nuit import calculate_auto_ecole, etp_en_vigueur, replay_nights, run_night
from tests.control.etp.support import HUGO, MAUD, PLESSES, SIMULATOR, alone, given, held, written
from tests.support import build_store, instant

A, B = GroupeDuLivret
LIMITS = default_limits().overridden({"etp.baseMensuelle": 1})
MARCH = periode_of("2026-03", LIMITS)


def world(*lecons: dict[str, Any], **said: Any) -> Store:
    """The store of a world in which no night has passed."""
    return build_store(written(lecons, now="2025-11-01T00:00:00Z", **said))


@pytest.fixture
def store() -> Iterator[Store]:
    """Three hours with Hugo, two alone on the simulator."""
    with closing(world(given("2026-02-10T08:00", 180), alone("2026-02-11T08:00", 120))) as store:
        yield store


def id_of(store: Store, ref: str = "plesses") -> str:
    return store.references.by_ref()[ref]


def calculate(store: Store) -> Calcul:
    return calculate_auto_ecole(store, id_of(store), MARCH, LIMITS)


def live(store: Store, mois: str) -> Mapping[str, Decimal]:
    """Live through the night of a month; the ETP that it tells of, by groupe."""
    told = run_night(store, id_of(store), mois, LIMITS)
    return {calcule.groupe_permis: etp for calcule, etp in told}


def total(store: Store, mois: str, now: str = "2027-01-01T00:00:00Z") -> Decimal:
    """The ETP of groupe B that holds in a month, seen from an instant."""
    auto_ecole = store.auto_ecoles.get(id_of(store))
    return etp_en_vigueur(store, auto_ecole, GroupePermis.B, mois, LIMITS, now=instant(now)).total


# What a night reads.


def test_a_calculation_writes_nothing(store: Store) -> None:
    before = store.sql.total_changes

    calcul = calculate(store)

    assert [calcul.groupes[groupe].etp for groupe in (A, B)] == [0, Decimal("1.7")]
    assert store.sql.total_changes == before


def test_a_night_reads_the_lecons_of_one_ecole_alone() -> None:
    other = {"ref": "autre", "nom": "Une Autre École", "codeDepartement": "085"}
    contrat = {"ref": "k", "autoEcole": "autre", "candidat": "max", "categoriePermis": "B"}
    scenario = written(
        [given("2026-02-10T08:00", 180), given("2026-02-10T08:00", 60, contrat="k")],
        contrats=[contrat],
        now="2025-11-01T00:00:00Z",
        autoEcoles=[PLESSES, other],
    )
    with closing(build_store(scenario)) as store:
        (verdict,) = calculate(store).verdicts
        (theirs,) = calculate_auto_ecole(store, id_of(store, "autre"), MARCH, LIMITS).verdicts

    assert (verdict.minutes, verdict.motif) == (180, None)
    assert theirs.motif == "FORMATEUR_NON_DECLARE"


@pytest.mark.parametrize(
    ("entered", "counts"),
    [
        ("2026-02-20T09:00:00Z", True),
        ("2026-03-24T23:00:00Z", True),
        ("2026-03-24T23:00:01Z", False),
    ],
)
def test_a_night_reads_the_results_that_show_by_then(entered: str, *, counts: bool) -> None:
    resultat = {"statut": "EXAMEN_ABSENT", "dateHeureEntree": entered}
    with closing(world(examens=[{**held("", "2026-02-20T08:00"), "resultat": resultat}])) as store:
        assert len(calculate(store).accompagnements) == counts


@pytest.mark.parametrize(
    ("debut", "counts"),
    [
        ("2025-11-30T23:30", False),
        ("2025-12-01T00:00", True),
        ("2026-02-28T23:30", True),
        ("2026-03-01T00:00", False),
    ],
)
def test_a_night_reads_the_examens_of_its_three_months(debut: str, *, counts: bool) -> None:
    with closing(world(examens=[held("EXAMEN_REUSSI", debut)])) as store:
        assert len(calculate(store).accompagnements) == counts


def test_examens_of_groupe_ce_are_no_hours() -> None:
    examens = [held("EXAMEN_REUSSI", "2026-02-20T08:00", groupe=groupe) for groupe in GroupePermis]
    with closing(world(examens=examens)) as store:
        assert [one.groupe_permis for one in calculate(store).accompagnements] == [A, B]


def test_a_result_entered_in_time_but_shown_later_waits() -> None:
    with closing(world(examens=[held("EXAMEN_REUSSI", "2026-02-28T08:00")])) as store:
        (reservation,) = _reservations(store)
        assert reservation.examen.resultat is StatutDuResultat.EXAMEN_REUSSI
        early = replace(MARCH, nuit=paris.to_instant(MARCH.fin))

        calcul = calculate_auto_ecole(store, id_of(store), early, LIMITS)

        assert calcul.accompagnements == []


def _reservations(store: Store) -> list[Reservation]:
    return store.reservations.of_auto_ecole(
        id_of(store), GroupePermis.B, since=MARCH.debut.date(), until=MARCH.fin.date()
    )


# What it records.


def test_a_night_records_both_groupes_and_everyones_part(store: Store) -> None:
    told = live(store, "2026-03")

    recorded = list(store.etp_calcules.all())
    assert told == {A: 0, B: Decimal("1.7")}
    assert [(one.groupe_permis, one.mois, one.date_heure_calcul) for one in recorded] == [
        (groupe, "2026-05", MARCH.nuit) for groupe in (A, B)
    ]
    assert [
        (part.numero_autorisation, part.code_departement, part.etp)
        for part in store.parts_calculees.of(recorded[1].id)
    ] == [
        (HUGO, "085", Decimal("1.0")),
        (MAUD, "085", Decimal("0.0")),
        (SIMULATOR, "085", Decimal("0.7")),
    ]


def test_a_night_lived_twice_leaves_what_it_left_once(store: Store) -> None:
    first = live(store, "2026-03")
    before = [list(table.all()) for table in store.tables]

    assert live(store, "2026-03") == first
    assert [list(table.all()) for table in store.tables] == before


def test_hours_alone_are_recorded_by_the_first_night_that_counts_them(store: Store) -> None:
    for mois in ("2026-03", "2026-04", "2026-05"):
        live(store, mois)

    assert [(one.minutes, one.date_heure_calcul) for one in store.autonomies.all()] == [
        (120, MARCH.nuit)
    ]


def test_what_is_used_up_goes_with_its_lecon(store: Store) -> None:
    live(store, "2026-03")
    (used,) = store.autonomies.all()

    store.forget(store.lecons, used.lecon_id)

    assert store.autonomies.count() == 0


def test_an_ecole_that_goes_takes_its_nights_along(store: Store) -> None:
    live(store, "2026-03")

    store.forget(store.auto_ecoles, id_of(store))

    counts = [
        table.count() for table in (store.etp_calcules, store.parts_calculees, store.autonomies)
    ]
    assert counts == [0, 0, 0]


# Nights before the world's beginning.


def test_nights_are_replayed_up_to_the_beginning_and_no_further(store: Store) -> None:
    replay_nights(store, LIMITS, now=instant("2026-04-24T21:59:59Z"))
    until_march = [one.mois for one in store.etp_calcules.all()]
    replay_nights(store, LIMITS, now=instant("2026-04-24T22:00:00Z"))

    assert until_march == ["2026-05"]
    assert [one.mois for one in store.etp_calcules.all()] == ["2026-05", "2026-06"]


def test_a_night_that_sees_no_lecon_is_not_replayed(store: Store) -> None:
    replay_nights(store, LIMITS, now=instant("2030-01-01T00:00:00Z"))

    recorded = [(one.mois, one.groupe_permis) for one in store.etp_calcules.all()]
    assert recorded == [(mois, B) for mois in ("2026-05", "2026-06", "2026-07")]


def test_replayed_nights_use_up_hours_alone_in_their_order() -> None:
    lecons = [alone(f"2026-0{month}-10T08:00", 240) for month in (1, 2)]
    with closing(world(*lecons)) as store:
        replay_nights(store, LIMITS, now=instant("2026-07-01T00:00:00Z"))

        assert [(one.minutes, f"{one.date_heure_calcul:%m}") for one in store.autonomies.all()] == [
            (240, "02"),
            (60, "03"),
        ]
        assert [total(store, mois) for mois in ("2026-04", "2026-05", "2026-07")] == [
            Decimal("1.3"),
            Decimal("1.7"),
            Decimal("0.3"),
        ]


def test_a_world_without_lecons_replays_nothing() -> None:
    with closing(world()) as store:
        replay_nights(store, LIMITS, now=instant("2030-01-01T00:00:00Z"))

        assert store.etp_calcules.count() == 0


# What holds.


@pytest.mark.parametrize(
    ("now", "etp"), [("2026-03-24T22:59:59Z", "0"), ("2026-03-24T23:00:00Z", "1.7")]
)
def test_a_result_holds_from_its_night_on(store: Store, now: str, etp: str) -> None:
    live(store, "2026-03")

    assert total(store, "2026-05", now) == Decimal(etp)


@pytest.mark.parametrize(
    ("mois", "etp"),
    [
        ("2026-04", "0"),
        ("2026-05", "1.7"),
        ("2026-06", "1.7"),
        ("2027-05", "1.7"),
        ("2027-06", "0"),
    ],
)
def test_a_result_is_carried_over_as_long_as_a_given_value(
    store: Store, mois: str, etp: str
) -> None:
    live(store, "2026-03")

    assert total(store, mois) == Decimal(etp)


def test_a_night_without_anybody_ends_what_came_before() -> None:
    with closing(world(given("2026-02-10T08:00", 180))) as store:
        live(store, "2026-03")
        for formateur in list(store.formateurs.all()):
            store.forget(store.formateurs, formateur.id)
        for simulateur in list(store.simulateurs.all()):
            store.forget(store.simulateurs, simulateur.id)
        live(store, "2026-04")

        assert total(store, "2026-06") == 0


def test_etp_add_up_departement_by_departement() -> None:
    ecole = {
        "formateurs": [
            PLESSES["formateurs"][0],
            {**PLESSES["formateurs"][1], "bureauPrincipal": "nantes"},
        ],
        "simulateurs": [{"numeroAutorisation": SIMULATOR, "bureau": "nantes"}],
    }
    lecons = [
        given("2026-02-10T08:00", 180),
        given("2026-02-10T08:00", 180, numeroAutorisation=MAUD),
        alone("2026-02-11T08:00", 180),
    ]
    with closing(world(*lecons, ecole=ecole)) as store:
        live(store, "2026-03")
        auto_ecole = store.auto_ecoles.get(id_of(store))
        found = etp_en_vigueur(store, auto_ecole, GroupePermis.B, "2026-05", LIMITS, now=MARCH.nuit)

    assert found.by_departement == {"085": 1, "044": 2}
    assert [part.etp for part in found.parts] == [1, 1, 1]
    assert found.total == 3

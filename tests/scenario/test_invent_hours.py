"""`invent: {heuresParContrat: …}`: hours for the contrats that a file describes without leçon."""

from collections import Counter, defaultdict
from datetime import date, datetime, timedelta

import pytest

from rdv_mock import paris
from rdv_mock.facts.enumerations import CategorieDuLivret
from rdv_mock.facts.livret import Lecon
from rdv_mock.rules.nuit_du_calcul import is_ouvre
from rdv_mock.store import Store
from tests.scenario.worlds import Load, dump, problems_of

HOURS = """\
title: x
clock: {now: 2026-03-10T09:00:00+01:00}
autoEcoles:
  - ref: plesses
    nom: Plesses
    codeDepartement: "085"
    bureaux: [{ref: sables, nom: Sables}]
    formateurs:
      - {ref: hugo, nom: H, prenom: H, numeroAutorisation: A0850001230, bureauPrincipal: sables}
      - {ref: nadia, nom: N, prenom: N, numeroAutorisation: A0850001248, bureauPrincipal: sables}
      - {ref: etienne, nom: E, prenom: E, numeroAutorisation: A0850001255}
  - {ref: vide, nom: Vide, codeDepartement: "085"}
candidats:
  - {ref: ines, nom: I, prenom: I, numeroDossier: "012345678901"}
  - {ref: lou, nom: L, prenom: L, numeroDossier: "012345678902"}
  - {ref: theo, nom: T, prenom: T, numeroDossier: "012345678903"}
  - {ref: zoe, nom: Z, prenom: Z, numeroDossier: "012345678904"}
contratsDeFormation:
  - {ref: k_ines, autoEcole: plesses, candidat: ines, categoriePermis: B, dateHeureCreation: 2025-10-01T08:00:00Z}
  - {ref: k_lou, autoEcole: plesses, candidat: lou, categoriePermis: B, dateHeureCreation: 2026-02-02T08:00:00Z}
  - {ref: k_theo, autoEcole: plesses, candidat: theo, categoriePermis: B, dateHeureCreation: 2025-10-01T08:00:00Z}
  - {ref: k_moto, autoEcole: plesses, candidat: zoe, categoriePermis: A2, dateHeureCreation: 2025-10-01T08:00:00Z}
  - {ref: k_vide, autoEcole: vide, candidat: zoe, categoriePermis: B, dateHeureCreation: 2025-10-01T08:00:00Z}
lecons:
  - {ref: donnee, contrat: k_theo, dateHeureDebut: 2026-01-14T14:00:00, numeroAutorisation: A0850001230}
invent: {heuresParContrat: 15}
"""  # noqa: E501 - a line an object


def invented(store: Store) -> list[Lecon]:
    described = store.references.get("donnee").target_id
    return [lecon for lecon in store.lecons.all() if lecon.id != described]


def refs_of(store: Store, lecons: list[Lecon]) -> Counter[str | None]:
    return Counter(store.references.ref_of(lecon.contrat_id) for lecon in lecons)


def test_each_contrat_b_without_lecon_gets_its_hours_rounded_up_to_whole_lecons(load: Load) -> None:
    store = load(HOURS)
    lecons = invented(store)
    assert refs_of(store, lecons) == {"k_ines": 8, "k_lou": 8}
    assert {lecon.duree_en_minutes for lecon in lecons} == {120}
    assert all(
        store.contrats_de_formation.get(lecon.contrat_id).categorie_permis is CategorieDuLivret.B
        for lecon in lecons
    )


def test_only_formateurs_whose_hours_count_give_them_and_both_take_turns(load: Load) -> None:
    given = Counter(lecon.numero_autorisation for lecon in invented(load(HOURS)))
    assert set(given) == {"A0850001230", "A0850001248"}
    assert max(given.values()) - min(given.values()) <= 2


def test_nobody_has_two_lecons_at_once_and_nobody_is_taken_on_a_day_that_is_described(
    load: Load,
) -> None:
    store = load(HOURS)
    by_formateur: dict[str, set[datetime]] = defaultdict(set)
    by_contrat: dict[str, set[date]] = defaultdict(set)
    for lecon in invented(store):
        assert lecon.date_heure_debut not in by_formateur[lecon.numero_autorisation]
        by_formateur[lecon.numero_autorisation].add(lecon.date_heure_debut)
        assert lecon.date_heure_debut.date() not in by_contrat[lecon.contrat_id]
        by_contrat[lecon.contrat_id].add(lecon.date_heure_debut.date())
    assert date(2026, 1, 14) not in {debut.date() for debut in by_formateur["A0850001230"]}


def test_they_lie_on_working_days_of_the_last_ninety_and_leave_the_last_two_free(
    load: Load,
) -> None:
    store = load(HOURS)
    days = {lecon.date_heure_debut.date() for lecon in invented(store)}
    assert all(is_ouvre(day) for day in days)
    assert min(days) >= date(2026, 3, 10) - timedelta(days=90)
    assert max(days) < date(2026, 3, 8)


def test_none_is_older_than_its_contrat_and_each_was_received_at_its_end(load: Load) -> None:
    store = load(HOURS)
    for lecon in invented(store):
        contrat = store.contrats_de_formation.get(lecon.contrat_id)
        begin = paris.to_instant(lecon.date_heure_debut)
        assert begin > contrat.date_heure_creation
        assert lecon.date_heure_reception == begin + timedelta(minutes=120)


def test_what_was_invented_is_written_and_loads_as_the_same_world(load: Load) -> None:
    store = load(HOURS)
    assert list(load(dump(store)).lecons.all()) == list(store.lecons.all())


def test_a_week_has_only_so_many_hours(load: Load) -> None:
    store = load(HOURS.replace("heuresParContrat: 15", "heuresParContrat: 200"))
    assert max(refs_of(store, invented(store)).values()) <= 90


@pytest.mark.parametrize("hours", [-1, 201])
def test_the_hours_have_bounds(hours: int) -> None:
    (problem,) = problems_of(HOURS.replace("heuresParContrat: 15", f"heuresParContrat: {hours}"))
    assert problem.champ == "invent.heuresParContrat"

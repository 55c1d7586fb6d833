from dataclasses import replace

import pytest

from rdv_mock.facts.enumerations import GroupePermis
from rdv_mock.scenario.dump import dump_scenario
from rdv_mock.scenario.patch import apply_fragment
from rdv_mock.scenario.source import read_yaml
from rdv_mock.store import Store
from tests.scenario.worlds import Load
from tests.support import instant

NOW = instant("2026-03-10T08:00:00Z")
WORLD = """\
title: Un examen
seed: 7
clock: {now: 2026-03-10T09:00:00+01:00}
autoEcoles: [{ref: plesses, nom: Les Plesses, codeDepartement: "085"}]
centres: [{ref: sables, nom: SABLES, codeDepartement: "085"}]
candidats:
  - {ref: zoe, nom: Petit, prenom: Zoé, numeroDossier: 000123456789}
  - {ref: ines, nom: Moreau, prenom: Inès, numeroDossier: 012345678901}
creneaux:
  - {ref: c1, centre: sables, dateHeureDebut: 2026-04-14T08:00:00}
  - {ref: c2, centre: sables, dateHeureDebut: 2026-04-14T08:32:00}
examens:
  - {ref: e1, autoEcole: plesses, creneau: c1, candidat: zoe, EXAMEN}
"""


def loaded(load: Load, examen: str) -> Store:
    return load(WORLD.replace("EXAMEN", examen))


def patch(store: Store, text: str) -> None:
    apply_fragment(read_yaml(text), store, now=NOW)


def test_an_annulment_by_the_administration_shows_at_once(load: Load) -> None:
    store = loaded(load, "resultat: {statut: EXAMEN_ANNULE}")

    (examen,) = store.examens.all()

    assert examen.date_heure_resultat == NOW
    assert examen.date_heure_annulation == NOW


@pytest.mark.parametrize("statut", ["PROGRAMME", "TERMINE"])
def test_a_cancelled_examen_can_be_revived(load: Load, statut: str) -> None:
    store = loaded(load, "statut: ANNULE, dateHeureAnnulation: 2026-03-09T08:00:00Z")

    patch(store, f"examens: [{{ref: e1, statut: {statut}}}]")

    (examen,) = store.examens.all()
    assert not examen.est_annule


def test_another_fact_of_a_cancelled_examen_leaves_it_cancelled(load: Load) -> None:
    store = loaded(load, "statut: ANNULE, dateHeureAnnulation: 2026-03-09T08:00:00Z")
    (before,) = store.examens.all()

    patch(store, "examens: [{ref: e1, candidat: ines}]")

    ines = store.references.by_ref()["ines"]
    assert list(store.examens.all()) == [replace(before, candidat_id=ines)]


def test_an_examen_without_statut_is_cancelled_by_its_date_alone(load: Load) -> None:
    store = loaded(load, "dateHeureAnnulation: 2026-03-09T08:00:00Z")

    (examen,) = store.examens.all()

    assert examen.date_heure_annulation == instant("2026-03-09T08:00:00Z")


def test_an_examen_may_last_over_a_change_of_hour(load: Load) -> None:
    store = load(
        WORLD.replace("2026-04-14T08:32:00", "2026-10-25T02:40:00").replace(", EXAMEN", "")
    )

    creneau = store.creneaux.get(store.references.by_ref()["c2"])

    assert f"{creneau.date_heure_fin}" == "2026-10-25 02:12:00"


def test_who_is_removed_leaves_his_place_in_a_panier_to_others(load: Load) -> None:
    store = loaded_with_panier(load)

    patch(store, "supprimer: [ines]")

    (element,) = store.elements_du_panier.all()
    assert element.candidat_id is None


def loaded_with_panier(load: Load) -> Store:
    employes = "employes: [{ref: lea, nom: Durant, prenom: Léane, email: lea@plesses.test}]}]"
    text = WORLD.replace(", EXAMEN", "").replace("}]\ncentres", f", {employes}\ncentres")
    return load(text + "paniers: [{employe: lea, elements: [{creneau: c2, candidat: ines}]}]\n")


def test_dossiers_of_many_candidats_are_those_of_each_one(load: Load) -> None:
    store = loaded_with_panier(load)
    ids = [candidat.id for candidat in store.candidats.all()]

    dossiers = store.dossiers.among(ids, GroupePermis.B)

    assert dossiers == {id_: store.dossiers.get(id_, GroupePermis.B) for id_ in ids}
    assert [len(dossiers[id_].reservations) for id_ in ids] == [1, 0]
    assert [len(dossiers[id_].en_panier) for id_ in ids] == [0, 1]


@pytest.mark.parametrize(
    ("examen", "now", "statut"),
    [
        ("", "2026-04-14T08:31:59+02:00", "PROGRAMME"),
        ("", "2026-04-14T08:32:00+02:00", "TERMINE"),
        ("resultat: {statut: EXAMEN_ECHOUE}", "2026-04-14T08:31:59+02:00", "PROGRAMME"),
        ("resultat: {statut: EXAMEN_ECHOUE}", "2026-04-15T08:00:00+02:00", "TERMINE"),
        ("resultat: {statut: EXAMEN_ANNULE}", "2026-04-15T08:00:00+02:00", "ANNULE"),
        ("statut: ANNULE", "2026-04-15T08:00:00+02:00", "ANNULE"),
    ],
)
def test_a_written_state_says_how_far_an_examen_has_come(
    load: Load, examen: str, now: str, statut: str
) -> None:
    store = loaded(load, examen)

    text = dump_scenario(store, now=instant(now), frozen=True)

    (written,) = read_yaml(text).content["examens"]
    assert written["statut"] == statut
    assert list(load(text).examens.all()) == list(store.examens.all())

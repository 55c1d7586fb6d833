from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from rdv_mock.fixtures import SCENARIOS
from rdv_mock.scenario.dump import dump_scenario
from rdv_mock.scenario.load import load_scenario
from rdv_mock.scenario.source import Source, read_yaml
from rdv_mock.store import Store
from tests.scenario.worlds import FULL, NOW, Load, dump, facts_of
from tests.support import SMALL, instant

RICH = """\
title: x
description: |
  Deux lignes : une et
  deux.
seed: 3
limits: {panier.capacite: 12, etp.baseMensuelle: 151.5, debit.actif: true,
         contrat.unParCategorie: false, resultat.heure: 07:30}
responses: {errorKeys: code, unknownFields: ignore}
errors: {AUTO_ECOLE_FERMEE: {status: 422}, LECON_INCONNUE: {message: "Non : perdue"}}
clients: [{clientId: a, redirectUris: ["app:b", "app:c"]}, {clientId: "0", clientSecret: ""}]
autoEcoles:
  - {nom: Sans Réf, codeDepartement: "02A", enLigne: true, employes: []}
  - ref: ecole
    nom: NO
    codeDepartement: "075"
    aurigeId: "0750000001"
    estFermee: true
    email: a@b.test
    adresse: "1 : rue # x"
    codePostal: "01000"
    ville: Bourg
    bureaux: [{ref: b1, nom: a}, {id: mon-bureau, nom: b, codeDepartement: "976"}]
    employes:
      - {ref: zoe, nom: Zed, prenom: Zoé, email: z@a.test, bureaux: [b1], role: EMPLOYE}
      - {nom: Abel, prenom: Ève, email: e@a.test, motDePasse: "0"}
    formateurs:
      - {ref: f1, nom: Zed, prenom: a, numeroAutorisation: A1, bureauPrincipal: b1}
      - {nom: Abel, prenom: b, numeroAutorisation: "1e3", bureaux: []}
    simulateurs: [{numeroAutorisation: S2}, {numeroAutorisation: S1, bureau: b1}]
    etp:
      - {groupePermis: B, mois: 2026-03, valeur: 2.50}
      - {groupePermis: A, mois: 2026-03, valeur: 0}
    centresFavoris:
      - {groupePermis: B, centre: gonesse, priorite: 1}
      - {groupePermis: B, centre: 11111111-1111-4111-8111-111111111111, priorite: 0}
candidats:
  - {nom: a, numeroDossier: 0007, email: a@b.test, dateDeNaissance: 2005-04-02}
  - {ref: c1, id: mon-id, nom: b, prenom: "", numeroDossier: "1",
     demandes: [{categoriePermis: B}, {categoriePermis: BE, statut: EXPIREE, suite: [
       {statut: DEPOSEE, le: 2026-04-02T10:00:00.5+02:00},
       {statut: VALIDEE, le: 2026-04-03T10:00:00Z}]}]}
centres:
  - {ref: gonesse, nom: GONESSE B, codeDepartement: "095", adresse: a, codePostal: "95500",
     ville: Gonesse, estFerme: true, groupesPermis: [CE, A]}
  - {id: 11111111-1111-4111-8111-111111111111, nom: "NO", codeDepartement: "02A"}
mandats:
  - {autoEcole: ecole, candidat: c1, groupePermis: B, fin: 2026-04-02T10:00:00.25Z}
  - {ref: m1, autoEcole: ecole, candidat: mon-id, groupePermis: CE}
contratsDeFormation:
  - {ref: k1, autoEcole: ecole, candidat: c1, categoriePermis: B, bureau: b1, typeFormation: AAC}
  - {autoEcole: ecole, candidat: mon-id, categoriePermis: A2, bureau: mon-bureau,
     dateHeureCreation: 2026-01-05T09:00:00.000001+01:00}
lecons:
  - {contrat: k1, dateHeureDebut: 2025-10-26T02:30:00, numeroAutorisation: A1, type: PLATEAU}
  - {ref: l1, contrat: k1, dateHeureDebut: 2026-03-02T10:00:30, numeroAutorisation: A1,
     dureeEnMinutes: 45, activite: RENDEZ_VOUS_PEDAGOGIQUE,
     dateHeureReception: 2026-03-05T10:00:00.25Z}
baux:
  - {ref: bail, employe: zoe, clientId: a, debut: 2026-01-12T08:00:00.123456Z}
  - {employe: zoe, clientId: "0", debut: 2025-01-12T08:00:00Z, fin: 2025-01-13T08:00:00.5Z,
     termine: true}
"""
"""Every kind of object, its optional keys once given and once left out."""

INVENTED = """\
title: x
seed: 5
clock: {now: 2026-03-10T09:00:00+01:00}
invent: {autoEcoles: 3, candidats: 20, leconsParContrat: 5}
"""

MISLEADING = [
    "012345678901",
    "NO",
    "yes",
    "Off",
    "2026-03-10",
    "2026-03-10T09:00:00Z",
    "1e3",
    "1:20",
    "0x1F",
    "0o17",
    "1_000",
    "+1",
    "-1",
    ".5",
    ".inf",
    ".nan",
    "null",
    "Null",
    "~",
    "",
    "true",
    "n",
    "a: b",
    "a #b",
]

TEXTS = st.text(st.characters(exclude_categories=["Cs"])) | st.text(" \n\t\r:#-'\"\\[]{}&*!|>%@<=a")


def reloaded(store: Store, load: Load) -> Store:
    return load(dump(store))


@pytest.mark.parametrize(
    "text", [SMALL, FULL, RICH, INVENTED], ids=["small", "full", "rich", "inv"]
)
def test_a_dumped_world_loads_to_the_same_world(load: Load, text: str) -> None:
    store = load(text)

    other = reloaded(store, load)

    assert facts_of(other) == facts_of(store)
    assert other.counters() == store.counters()
    assert other.settings() == replace(store.settings(), clock_now=NOW, clock_frozen=True)
    assert dump(other) == dump(store)


@pytest.mark.parametrize("path", sorted(SCENARIOS.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_bundled_scenario_can_be_dumped_and_loaded(load: Load, path: Path) -> None:
    store = load(path.read_text(encoding="utf-8"))

    assert facts_of(reloaded(store, load)) == facts_of(store)


def test_refs_are_kept_and_ids_written(load: Load) -> None:
    store = load(FULL)

    content = yaml.safe_load(dump(store))

    ids = store.references.by_ref()
    assert [(one["ref"], one["id"]) for one in content["candidats"]] == [
        ("ines", ids["ines"]),
        ("zoe", ids["zoe"]),
    ]
    k1, (hugo,) = content["contratsDeFormation"][0], content["autoEcoles"][0]["formateurs"]
    assert (k1["autoEcole"], k1["bureau"], k1["candidat"]) == ("plesses", "sables", "zoe")
    assert (hugo["bureauPrincipal"], hugo["bureaux"]) == ("sables", ["sables"])
    assert (content["lecons"][0]["contrat"], content["baux"][0]["employe"]) == ("k1", "lea")


@pytest.mark.parametrize("text", MISLEADING)
def test_a_text_that_could_be_read_otherwise_is_quoted(text: str) -> None:
    candidat = {"nom": "a", "prenom": text, "numeroDossier": "x"}
    store = load_scenario(Source({"title": "x", "candidats": [candidat]}), name="test", now=NOW)

    dumped = dump(store)

    assert f'prenom: "{text}"' in dumped
    assert yaml.safe_load(dumped)["candidats"][0]["prenom"] == text
    store.close()


@given(text=TEXTS)
def test_any_text_comes_back_as_it_was(text: str) -> None:
    scenario = {
        "title": "x",
        "description": text,
        "errors": {"LECON_INCONNUE": {"message": f"a{text}"}},
    }
    store = load_scenario(Source(scenario), name="test", now=NOW)

    dumped = dump(store)

    assert yaml.safe_load(dumped).get("description", "") == text
    assert read_yaml(dumped).content.get("description", "") == text
    assert read_yaml(dumped).content["errors"]["LECON_INCONNUE"]["message"] == f"a{text}"
    store.close()


@pytest.mark.parametrize("frozen", [True, False])
@pytest.mark.parametrize("now", ["2026-03-10T08:00:00Z", "2026-03-10T08:00:00.000001Z"])
def test_the_clock_is_dumped_to_the_microsecond(load: Load, now: str, *, frozen: bool) -> None:
    dumped = dump_scenario(load(SMALL), now=instant(now), frozen=frozen)

    settings = load(dumped).settings()

    assert (settings.clock_now, settings.clock_frozen) == (instant(now), frozen)


def test_fractions_of_a_second_survive(load: Load) -> None:
    other = reloaded(load(RICH), load)

    assert [bail.debut.microsecond for bail in other.baux.all()] == [123_456, 0]
    assert [bail.fin.microsecond for bail in other.baux.all()] == [123_456, 500_000]


def test_ids_go_on_after_a_load_as_they_would_have_gone_on_without(load: Load) -> None:
    store = load(SMALL)
    for _ in range(3):
        store.new_id(store.lecons, seed=7)

    other = reloaded(store, load)

    assert other.new_id(other.lecons, seed=7) == store.new_id(store.lecons, seed=7)

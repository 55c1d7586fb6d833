from datetime import datetime, timedelta

import pytest

from rdv_mock.facts.access import SWAGGER_UI, OAuthClient
from rdv_mock.facts.enumerations import (
    Activite,
    Role,
    StatutDemande,
    TypeFormation,
    TypeLecon,
)
from rdv_mock.store import Store
from tests.scenario.worlds import BAIL, NOW, Load
from tests.support import SMALL, instant

ECOLE = """\
title: x
autoEcoles:
  - ref: plesses
    nom: a
    codeDepartement: "085"
    bureaux: [{ref: b1, nom: a}, {ref: b2, nom: b, codeDepartement: "02A"}]
"""


def id_of(store: Store, ref: str) -> str:
    return store.references.by_ref()[ref]


def test_a_bureau_is_in_the_departement_of_its_ecole_unless_said_otherwise(load: Load) -> None:
    departements = [bureau.code_departement for bureau in load(ECOLE).bureaux.all()]

    assert departements == ["085", "02A"]


def test_every_ecole_has_an_aurige_id_of_its_departement(load: Load) -> None:
    codes = ["075", "02A", "075"]
    ecoles = [f'{{nom: a, codeDepartement: "{code}"}}' for code in codes]

    store = load(f"title: x\nautoEcoles: [{', '.join(ecoles)}]")

    assert [ecole.aurige_id for ecole in store.auto_ecoles.all()] == [
        "0750000001",
        "02A0000002",
        "0750000003",
    ]


@pytest.mark.parametrize(
    ("employe", "mot_de_passe"),
    [
        ("{ref: lea, nom: a, prenom: b, email: lea@a.test}", "lea"),
        ("{ref: lea, nom: a, prenom: b, email: lea@a.test, motDePasse: '0123'}", "0123"),
        ("{nom: a, prenom: b, email: lea@a.test}", "lea@a.test"),
    ],
)
def test_the_mot_de_passe_of_an_employe_is_his_ref(
    load: Load, employe: str, mot_de_passe: str
) -> None:
    (one,) = load(f"{ECOLE}    employes: [{employe}]").employes.all()

    assert one.mot_de_passe == mot_de_passe
    assert one.role is Role.GERANT
    assert one.bureaux == ()


def test_somebody_can_log_in_for_every_ecole_of_which_no_employe_is_told(load: Load) -> None:
    ecoles = [f'{{id: 00000000-0000-{n}, nom: a, codeDepartement: "075"}}' for n in range(3)]
    store = load(f"title: x\nautoEcoles: [{', '.join(ecoles)}]")

    gerants = list(store.employes.all())

    assert [gerant.auto_ecole_id for gerant in gerants] == [
        ecole.id for ecole in store.auto_ecoles.all()
    ]
    assert [store.employes.find_by_email(gerant.email) for gerant in gerants] == gerants
    assert {gerant.role for gerant in gerants} == {Role.GERANT}


def test_an_ecole_that_is_said_to_have_nobody_has_nobody(load: Load) -> None:
    assert load(f"{ECOLE}    employes: []").employes.count() == 0


@pytest.mark.parametrize(
    ("bureaux", "refs"), [("", ["b1", "b2"]), (", bureaux: []", []), (", bureaux: [b2]", ["b2"])]
)
def test_a_formateur_is_declared_at_all_bureaux_unless_said_otherwise(
    load: Load, bureaux: str, refs: list[str]
) -> None:
    formateur = f"{{nom: a, prenom: b, numeroAutorisation: A1{bureaux}}}"
    store = load(f"{ECOLE}    formateurs: [{formateur}]")

    (one,) = store.formateurs.all()

    assert one.bureaux == tuple(id_of(store, ref) for ref in refs)
    assert one.bureau_principal_id is None


@pytest.mark.parametrize(
    ("clients", "known"),
    [
        (
            "",
            [
                OAuthClient(
                    "editeur-demo", "secret-demo-rdv-mock", ("http://localhost:3000/callback",)
                )
            ],
        ),
        ("clients: []", []),
        ("clients: [{clientId: a}]", [OAuthClient("a", None, ())]),
    ],
)
def test_one_client_is_known_unless_said_otherwise(
    load: Load, clients: str, known: list[OAuthClient]
) -> None:
    clients_of_all = load(f"title: x\n{clients}").clients.all()

    assert [client for client in clients_of_all if client != SWAGGER_UI] == known


@pytest.mark.parametrize(
    ("debut", "minutes", "reception"),
    [
        ("2026-03-09T10:00:00", 60, "2026-03-09T10:00:00Z"),
        ("2026-07-09T10:00:00", 90, "2026-07-09T09:30:00Z"),
        ("2026-03-29T01:30:00", 60, "2026-03-29T01:30:00Z"),
        ("2025-10-26T01:30:00", 120, "2025-10-26T01:30:00Z"),
        ("2025-10-26T02:30:00", 60, "2025-10-26T01:30:00Z"),
        ("2025-10-26T03:30:00", 60, "2025-10-26T03:30:00Z"),
    ],
)
def test_a_lecon_is_received_at_its_end_even_when_the_hour_changes(
    load: Load, debut: str, minutes: int, reception: str
) -> None:
    changed = SMALL.replace("2026-03-09T10:00:00", f"{debut}, dureeEnMinutes: {minutes}")

    store = load(changed)

    assert store.lecons.get(id_of(store, "l1")).date_heure_reception == instant(reception)


@pytest.mark.parametrize(
    ("clock", "creation"),
    [("clock: {now: 2026-05-01T09:00:00+02:00}\n", instant("2026-05-01T07:00:00Z")), ("", NOW)],
)
def test_a_contrat_is_made_when_the_world_begins(
    load: Load, clock: str, creation: datetime
) -> None:
    store = load(SMALL.replace("clock: {now: 2026-03-10T09:00:00+01:00}\n", clock))

    contrat = store.contrats_de_formation.get(id_of(store, "k2"))

    assert contrat.date_heure_creation == creation
    assert contrat.type_formation is TypeFormation.TRADITIONNELLE
    assert contrat.bureau_id is None


@pytest.mark.parametrize(
    ("change", "fin", "termine"),
    [
        ("", instant("2026-04-12T08:00:00Z"), False),
        ("limits: {bail.dureeJours: 1}", instant("2026-01-13T08:00:00Z"), False),
    ],
)
def test_a_bail_lasts_as_long_as_the_limits_of_the_scenario_say(
    load: Load, change: str, fin: datetime, *, termine: bool
) -> None:
    (bail,) = load(SMALL + BAIL + change).baux.all()

    assert (bail.fin, bail.termine) == (fin, termine)


def test_a_bail_may_have_ended_before(load: Load) -> None:
    ended = BAIL.replace("}", ", fin: 2026-01-12T09:00:00Z, termine: true}")

    (bail,) = load(SMALL + ended).baux.all()

    assert bail.fin - bail.debut == timedelta(hours=1)
    assert bail.termine


def test_an_ordinary_lecon_and_demande_need_not_be_described(load: Load) -> None:
    store = load(SMALL)

    lecon = store.lecons.get(id_of(store, "l1"))
    demande = store.demandes.of(id_of(store, "ines"))[0]

    assert (lecon.type, lecon.activite) == (TypeLecon.CIRCULATION, Activite.LECON)
    assert lecon.duree_en_minutes == 60
    assert demande.statut is StatutDemande.VALIDEE

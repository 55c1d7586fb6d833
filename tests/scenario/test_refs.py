import sqlite3
from datetime import datetime

import pytest

from rdv_mock.facts.world import WorldSettings
from rdv_mock.store import Store
from tests.scenario.worlds import FULL, Load, problems_of
from tests.support import SMALL

ECOLE = 'autoEcoles: [{ref: e, nom: a, codeDepartement: "075", '

EXAM = """\
mandats:
  - {groupePermis: A, autoEcole: autre, candidat: ines}
  - {groupePermis: B, autoEcole: autre, candidat: zoe}
"""

NAMES = [
    ("bureauPrincipal: sables", "autoEcoles[0].formateurs[0].bureauPrincipal"),
    ("numeroAutorisation: S0850000010, bureau: sables", "autoEcoles[0].simulateurs[0].bureau"),
    ("autoEcole: plesses", "contratsDeFormation[0].autoEcole"),
    ("autoEcole: plesses, bureau: sables", "contratsDeFormation[0].bureau"),
    ("candidat: zoe", "contratsDeFormation[0].candidat"),
    ("contrat: k1", "lecons[0].contrat"),
    ("employe: lea", "baux[0].employe"),
    ("autoEcole: autre, candidat: ines", "mandats[0].candidat"),
    ("groupePermis: B, autoEcole: autre", "mandats[1].autoEcole"),
    ("clientId: editeur-demo", "baux[0].clientId"),
]
"""Where an object is named by another, and the champ of it."""


TWO_ECOLES = """\
title: x
autoEcoles:
  - {nom: a, codeDepartement: "075", bureaux: [{ref: b2, nom: a}]}
  - ref: plesses
    nom: b
    codeDepartement: "075"
    bureaux: [{ref: sables, nom: c}]
    formateurs: [{nom: a, prenom: b, numeroAutorisation: A1, bureauPrincipal: sables}]
    simulateurs: [{numeroAutorisation: S1, bureau: sables}]
    employes: [{nom: a, prenom: b, email: c, bureaux: [sables]}]
candidats: [{ref: zoe, nom: a, numeroDossier: "1"}]
contratsDeFormation:
  - {autoEcole: plesses, bureau: sables, candidat: zoe, categoriePermis: B}
"""


@pytest.mark.parametrize("name", ["personne", "l1"])
@pytest.mark.parametrize(("written", "champ"), NAMES)
def test_a_name_that_names_nothing_of_its_kind_is_refused(
    written: str, champ: str, name: str
) -> None:
    other = written.rpartition(" ")[0] + f" {name}"
    text = FULL + EXAM
    line = text[: text.index(written)].count("\n") + 1

    problems = problems_of(text.replace(written, other, 1))

    assert (champ, f"« {name} » ne désigne aucun objet de ce genre", line) in problems


@pytest.mark.parametrize(
    ("listed", "champ"),
    [
        ("ref: lea", "autoEcoles[0].employes[0].bureaux[1]"),
        ("ref: hugo", "autoEcoles[0].formateurs[0].bureaux[1]"),
    ],
)
def test_every_bureau_of_a_list_is_looked_at(listed: str, champ: str) -> None:
    problems = problems_of(SMALL.replace(listed, f"{listed}, bureaux: [sables, lea]", 1))

    assert [detail.champ for detail in problems] == [champ]


@pytest.mark.parametrize("name", ["inconnu", "lea"])
def test_a_favourite_centre_is_a_centre(name: str) -> None:
    favori = f"centresFavoris: [{{groupePermis: B, priorite: 0, centre: {name}}}]"

    problems = problems_of(SMALL.replace("    bureaux:", f"    {favori}\n    bureaux:", 1))

    assert problems == (
        (
            "autoEcoles[0].centresFavoris[0].centre",
            f"« {name} » ne désigne aucun objet de ce genre",
            9,
        ),
    )


@pytest.mark.parametrize(
    ("written", "other"),
    [
        ("bureauPrincipal: sables", "bureauPrincipal: b2"),
        ("numeroAutorisation: S1, bureau: sables", "numeroAutorisation: S1, bureau: b2"),
        ("bureaux: [sables]", "bureaux: [b2]"),
        ("autoEcole: plesses, bureau: sables", "autoEcole: plesses, bureau: b2"),
    ],
)
def test_a_bureau_of_another_ecole_is_refused(written: str, other: str) -> None:
    (problem,) = problems_of(TWO_ECOLES.replace(written, other))

    assert problem.message == "« b2 » est un bureau d'une autre auto-école"


@pytest.mark.parametrize(
    ("text", "champ", "message"),
    [
        (
            "candidats: [{ref: a, nom: a, numeroDossier: x}, {ref: a, nom: b, numeroDossier: y}]",
            "candidats[1]",
            "est décrit deux fois",
        ),
        (
            "candidats: [{id: a, nom: a, numeroDossier: x}, {id: a, nom: b, numeroDossier: y}]",
            "candidats[1]",
            "est décrit deux fois",
        ),
        (
            "candidats: [{ref: a, id: x, nom: a, numeroDossier: x},"
            " {ref: a, id: b, nom: b, numeroDossier: y}]",
            "candidats[1].ref",
            "« a » désigne déjà un autre objet",
        ),
        (
            ECOLE + "bureaux: [{ref: e, nom: b}]}]",
            "autoEcoles[0].bureaux[0].ref",
            "« e » désigne déjà un autre objet",
        ),
        (
            ECOLE + "id: i, bureaux: [{id: i, nom: b}]}]",
            "autoEcoles[0].bureaux[0].id",
            "« i » est déjà l'id d'un autre objet",
        ),
        ("clients: [{clientId: a}, {clientId: a}]", "clients[1]", "est décrit deux fois"),
        (
            ECOLE + "simulateurs: [{numeroAutorisation: S1}, {numeroAutorisation: S1}]}]",
            "autoEcoles[0].simulateurs[1]",
            "est décrit deux fois",
        ),
        (
            ECOLE + "etp: [{groupePermis: B, mois: 2026-03, valeur: 1},"
            " {groupePermis: B, mois: 2026-03, valeur: 2}]}]",
            "autoEcoles[0].etp[1]",
            "est décrit deux fois",
        ),
        (
            "candidats: [{nom: L'Hénaff-Œuvray, numeroDossier: x},"
            " {nom: lhenaff oeuvray, numeroDossier: x}]",
            "candidats[1].numeroDossier",
            "est déjà, avec ce nom, celui d'un autre candidat",
        ),
    ],
)
def test_what_is_described_twice_is_refused(text: str, champ: str, message: str) -> None:
    assert problems_of(f"title: x\n{text}") == ((champ, message, 2),)


def test_candidats_may_share_a_name_or_a_neph_but_not_both(load: Load) -> None:
    store = load(
        "title: x\ncandidats: [{nom: Le Goff, numeroDossier: '01'},"
        " {nom: Le Goff, numeroDossier: '1'}, {nom: Legoffe, numeroDossier: '1'}]"
    )

    assert store.candidats.count() == 3


def test_a_client_may_be_called_like_the_ref_of_something_else(load: Load) -> None:
    text = FULL.replace("ref: lea,", "ref: editeur-demo,").replace(
        "employe: lea", "employe: editeur-demo"
    )

    (bail,) = load(text).baux.all()

    assert bail.client_id == "editeur-demo"


def test_a_store_that_could_not_be_filled_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Store] = []
    new = Store.new

    def remember(settings: WorldSettings, *, now: datetime) -> Store:
        made.append(new(settings, now=now))
        return made[-1]

    monkeypatch.setattr(Store, "new", remember)
    problems_of(FULL.replace("candidat: zoe", "candidat: personne"))

    (store,) = made
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        store.settings()

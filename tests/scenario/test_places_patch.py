from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from rdv_mock.facts.enumerations import (
    StatutDuResultat,
)
from rdv_mock.facts.world import Responses
from rdv_mock.scenario.patch import apply_fragment
from rdv_mock.scenario.source import read_yaml
from rdv_mock.store import Store
from tests.scenario.exam_world import WORLD, id_of
from tests.scenario.worlds import (
    NOW,
    Load,
    details_of,
    dump,
    everything_of,
    facts_of,
)
from tests.support import instant


def patch(store: Store, fragment: str) -> Mapping[str, str]:
    apply_fragment(read_yaml(fragment), store, now=NOW)
    return store.references.by_ref()


def changes(before: Mapping[str, list[Any]], after: Mapping[str, list[Any]]) -> list[str]:
    """The tables whose content is not the same any more."""
    return [table for table in before if before[table] != after[table]]


@pytest.fixture
def store(load: Load) -> Store:
    return load(WORLD)


@pytest.mark.parametrize(
    ("fragment", "table", "field", "value"),
    [
        ("creneaux: [{ref: c1, numeroInspecteur: '7'}]", "creneaux", "numero_inspecteur", "7"),
        (
            "creneaux: [{ref: c4, dateHeurePublication: 2026-03-20T14:00:00Z}]",
            "creneaux",
            "date_heure_publication",
            instant("2026-03-20T14:00:00Z"),
        ),
        ("examens: [{ref: e1, candidat: ~}]", "examens", "candidat_id", None),
        ("examens: [{ref: e1, nombreDeRemplacements: 2}]", "examens", "nombre_de_remplacements", 2),
        (
            "examens: [{ref: e1, resultat: {statut: EXAMEN_REUSSI}}]",
            "examens",
            "resultat",
            StatutDuResultat.EXAMEN_REUSSI,
        ),
        (
            "paniers: [{ref: p1, dateHeureExpiration: 2026-03-10T09:00:00Z}]",
            "paniers",
            "date_heure_expiration",
            instant("2026-03-10T09:00:00Z"),
        ),
        (
            "paniers: [{ref: p1, elements: [{creneau: c2, candidat: ~}, {creneau: c3}]}]",
            "elements_du_panier",
            "candidat_id",
            None,
        ),
        (
            "coefficients: [{codeDepartement: '085', groupePermis: B, mois: 2026-04, valeur: 5}]",
            "coefficients",
            "valeur",
            Decimal(5),
        ),
        (
            "candidats: [{ref: ines, toujours: CANDIDAT_SOUS_PENALITE}]",
            "candidats",
            "toujours",
            "CANDIDAT_SOUS_PENALITE",
        ),
        ("candidats: [{ref: ines, toujours: ~}]", "candidats", "toujours", None),
    ],
)
def test_one_field_of_a_place_is_changed_and_all_else_stays(
    store: Store, fragment: str, table: str, field: str, value: object
) -> None:
    before = facts_of(store)

    patch(store, fragment)

    assert changes(before, facts_of(store)) == [table]
    (changed,) = [fact for fact in facts_of(store)[table] if fact not in before[table]]
    assert getattr(changed, field) == value


@pytest.mark.parametrize("by", ["ref", "id"])
def test_the_elements_of_a_panier_come_in_the_place_of_those_it_had(store: Store, by: str) -> None:
    panier, c3, c4 = (id_of(store, ref) for ref in ("p1", "c3", "c4"))
    name = "c3" if by == "ref" else c3

    patch(store, f"paniers: [{{ref: p1, elements: [{{creneau: c4}}, {{creneau: {name}}}]}}]")

    assert [one.creneau_id for one in store.elements_du_panier.of(panier)] == [c4, c3]
    assert store.elements_du_panier.find_on(id_of(store, "c2")) is None


@pytest.mark.parametrize(
    ("elements", "message"),
    [
        ("x", "doit être une liste"),
        ("[x]", "doit être un objet"),
        ("[{candidat: zoe}]", "est obligatoire"),
        ("[{creneau: []}]", "doit être une chaîne de caractères"),
    ],
)
def test_a_fragment_of_a_panier_that_makes_no_sense_is_refused(
    store: Store, elements: str, message: str
) -> None:
    (problem,) = details_of(lambda: patch(store, f"paniers: [{{ref: p1, elements: {elements}}}]"))

    assert problem.champ.startswith("paniers[0].elements")
    assert (problem.message, problem.ligne) == (message, 1)


def test_responses_are_changed_one_by_one(store: Store) -> None:
    patch(store, "responses: {bulkSuccessStatus: 200}")
    patch(store, "responses: {retryAfter: date}")

    assert store.settings().responses == Responses(retry_after="date", bulk_success_status=200)


def test_places_are_added_and_their_refs_told(store: Store) -> None:
    refs = patch(
        store,
        "creneaux: [{ref: c9, centre: sables, dateHeureDebut: 2026-04-15T08:00:00}]\n"
        "examens: [{ref: e9, autoEcole: autre, creneau: c9}]\n"
        "paniers: [{ref: p9, employe: max, elements: [{creneau: c4}]},"
        " {ref: p1, elements: [{creneau: c2}, {creneau: c3, candidat: zoe}]}]\n"
        "coefficients: [{codeDepartement: '044', groupePermis: B, mois: 2026-04, valeur: 6.3}]",
    )

    assert store.examens.get(refs["e9"]).creneau_id == refs["c9"]
    held = {one.creneau_id: one for one in store.elements_du_panier.all()}
    assert held.keys() == {refs["c2"], refs["c3"], refs["c4"]}
    assert held[refs["c3"]].candidat_id == refs["zoe"]
    assert held[refs["c4"]].panier_id == refs["p9"]
    assert store.coefficients.count() == 2


@pytest.mark.parametrize(
    ("fragment", "champ", "ligne"),
    [
        ("examens:\n  - autoEcole: autre\n    creneau: c1", "examens[0].creneau", 3),
        ("examens:\n  - autoEcole: autre\n    creneau: c2", "examens[0].creneau", 3),
        (
            "paniers:\n  - employe: max\n    elements:\n      - creneau: c1",
            "paniers[0].elements[0].creneau",
            4,
        ),
        (
            "paniers:\n  - employe: max\n    elements:\n      - creneau: c4\n      - creneau: c3",
            "paniers[0].elements[1].creneau",
            5,
        ),
        ("examens:\n  - ref: e1\n    creneau: c3", "examens[0].creneau", 3),
    ],
)
def test_a_creneau_that_the_world_has_given_away_is_not_given_again(
    store: Store, fragment: str, champ: str, ligne: int
) -> None:
    before = everything_of(store)

    problems = details_of(lambda: patch(store, fragment))

    assert problems == ((champ, "a déjà un examen ou un panier", ligne),)
    assert everything_of(store) == before


def test_a_creneau_goes_from_hand_to_hand_in_one_fragment(store: Store) -> None:
    patch(
        store,
        "examens: [{ref: e1, creneau: c4}, {ref: e2, autoEcole: autre, creneau: c1}]",
    )
    patch(
        store,
        "supprimer: [p1]\nexamens: [{ref: e1, creneau: c1}, {ref: e2, creneau: c4}]\n"
        "paniers: [{ref: p2, employe: max, elements: [{creneau: c2}]}]",
    )

    on_it = [store.examens.find_on(id_of(store, ref)) for ref in ("c1", "c4")]
    assert [one and one.id for one in on_it] == [id_of(store, "e1"), id_of(store, "e2")]
    held = store.elements_du_panier.find_on(id_of(store, "c2"))
    assert held is not None
    assert held.panier_id == id_of(store, "p2")


def test_an_examen_is_cancelled_by_a_fragment_and_its_creneau_is_free(store: Store) -> None:
    patch(store, "examens: [{ref: e1, statut: ANNULE}]")

    assert store.examens.find_on(id_of(store, "c1")) is None
    patch(store, "examens: [{ref: e2, autoEcole: autre, creneau: c1}]")


@pytest.mark.parametrize(
    ("name", "gone"),
    [
        ("c1", {"creneaux": 1, "examens": 1, "refs": 2}),
        ("c2", {"creneaux": 1, "elements_du_panier": 1, "refs": 1}),
        ("c4", {"creneaux": 1, "refs": 1}),
        ("e1", {"examens": 1, "refs": 1}),
        ("p1", {"paniers": 1, "elements_du_panier": 2, "refs": 1}),
        ("zoe", {"candidats": 1, "examens": 1, "refs": 2}),
        ("ines", {"candidats": 1, "refs": 1}),
        ("lea", {"employes": 1, "paniers": 1, "elements_du_panier": 2, "refs": 2}),
        (
            "plesses",
            {
                "auto_ecoles": 1,
                "employes": 1,
                "etp_donnes": 1,
                "paniers": 1,
                "elements_du_panier": 2,
                "examens": 1,
                "refs": 4,
            },
        ),
        (
            "sables",
            {"centres": 1, "creneaux": 4, "elements_du_panier": 2, "examens": 1, "refs": 6},
        ),
    ],
)
def test_what_hangs_on_a_removed_object_goes_with_it(
    store: Store, load: Load, name: str, gone: dict[str, int]
) -> None:
    before = {table.name: table.count() for table in store.tables}

    patch(store, f"supprimer: [{name}]")

    after = {table.name: table.count() for table in store.tables}
    assert {key: before[key] - after[key] for key in before if before[key] != after[key]} == gone
    assert facts_of(load(dump(store))) == facts_of(store)


@pytest.mark.parametrize(
    ("fragment", "fin"),
    [
        ("dateHeureDebut: 2026-04-15T10:00:00", "2026-04-15T10:32:00"),
        ("dateHeureDebut: 2026-04-13T10:00:00", "2026-04-13T10:32:00"),
        (
            "dateHeureDebut: 2026-04-15T10:00:00, dateHeureFin: 2026-04-15T11:00:00",
            "2026-04-15T11:00:00",
        ),
    ],
)
def test_a_creneau_that_is_moved_lasts_as_long_as_any(
    store: Store, fragment: str, fin: str
) -> None:
    patch(store, f"creneaux: [{{ref: c4, {fragment}}}]")

    creneau = store.creneaux.get(id_of(store, "c4"))
    assert creneau.date_heure_fin == datetime.fromisoformat(fin)

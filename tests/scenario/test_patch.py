from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from rdv_mock.facts.enumerations import CategoriePermis, GroupePermis, StatutDemande
from rdv_mock.facts.incident import Incident
from rdv_mock.facts.world import ErrorOverride, Responses
from rdv_mock.scenario.patch import apply_fragment
from rdv_mock.scenario.source import read_json, read_yaml
from rdv_mock.store import Store
from rdv_mock.worlds.incidents import MOST_INCIDENTS, Incidents
from tests.scenario.worlds import FULL, NOW, Load, details_of, everything_of, facts_of
from tests.support import instant

BAD_SECONDS = [
    "  - {ref: zoe, nom: ''}",
    "  - {ref: zoe, naissance: 2005-04-02}",
    "  - {ref: neuf}",
    "  - {nom: Moreau, numeroDossier: x}",
    "  - {nom: b, numeroDossier: y}\nlecons: [{contrat: k9, dateHeureDebut: 2026-03-09T10:00:00,"
    " numeroAutorisation: x}]",
    "  - {nom: b, numeroDossier: y}\nsupprimer: [l1, personne]",
    "  - {nom: b, numeroDossier: y}\nlimits: {panier.capacite: x}",
]
"""What comes after a good candidat and makes the whole fragment bad."""


def patch(store: Store, fragment: str) -> Mapping[str, str]:
    apply_fragment(read_yaml(fragment), store, now=NOW)
    return store.references.by_ref()


def id_of(store: Store, ref: str) -> str:
    return store.references.by_ref()[ref]


def changes(before: Mapping[str, list[Any]], after: Mapping[str, list[Any]]) -> list[str]:
    """The tables whose content is not the same any more."""
    return [table for table in before if before[table] != after[table]]


@pytest.fixture
def store(load: Load) -> Store:
    return load(FULL)


@pytest.mark.parametrize("handle", ["ref: zoe", "id: {zoe}", "ref: zoe, id: {zoe}"])
def test_one_field_is_changed_and_all_else_stays(store: Store, handle: str) -> None:
    before = facts_of(store)
    handle = handle.format(zoe=id_of(store, "zoe"))

    patch(store, f"candidats: [{{{handle}, email: zoe@exemple.test}}]")

    zoe = store.candidats.get(id_of(store, "zoe"))
    assert (zoe.email, zoe.nom) == ("zoe@exemple.test", "L'Hénaff-Œuvray")
    assert changes(before, facts_of(store)) == ["candidats"]


def test_a_field_may_be_emptied(store: Store) -> None:
    patch(store, "contratsDeFormation: [{ref: k1, bureau: ~}]")

    assert store.contrats_de_formation.get(id_of(store, "k1")).bureau_id is None


@pytest.mark.parametrize(
    ("fragment", "table", "field", "value"),
    [
        ("autoEcoles: [{ref: plesses, estFermee: true}]", "auto_ecoles", "est_fermee", True),
        ("clients: [{clientId: editeur-demo, clientSecret: a}]", "clients", "client_secret", "a"),
        ("lecons: [{ref: l1, dureeEnMinutes: 90}]", "lecons", "duree_en_minutes", 90),
        ("baux: [{ref: b1, termine: true}]", "baux", "termine", True),
        (
            "contratsDeFormation: [{ref: k1, dateHeureCreation: 2026-02-01T00:00:00Z}]",
            "contrats_de_formation",
            "date_heure_creation",
            instant("2026-02-01T00:00:00Z"),
        ),
    ],
)
def test_objects_of_every_kind_can_be_changed(
    store: Store, fragment: str, table: str, field: str, value: object
) -> None:
    before = facts_of(store)

    patch(store, fragment)

    assert changes(before, facts_of(store)) == [table]
    changed = [fact for fact in facts_of(store)[table] if fact not in before[table]]
    assert [getattr(fact, field) for fact in changed] == [value]


def test_what_is_unknown_is_added_under_its_ref(store: Store) -> None:
    refs = patch(
        store,
        "candidats: [{ref: neuf, nom: Neuf, numeroDossier: 0042, demandes: [{categoriePermis: B}]},"
        " {nom: Sans Réf, numeroDossier: 0043}]\n"
        "contratsDeFormation: [{ref: k9, autoEcole: plesses, candidat: neuf, categoriePermis: B}]",
    )

    assert store.candidats.get(refs["neuf"]).numero_dossier == "0042"
    assert len(store.demandes.of(refs["neuf"])) == 1
    assert store.candidats.count() == 4
    assert store.contrats_de_formation.get(refs["k9"]).date_heure_creation == NOW


def test_the_same_fragment_twice_changes_nothing_more(store: Store) -> None:
    fragment = "autoEcoles: [{ref: neuve, nom: a, codeDepartement: '075'}]\nsupprimer: []"
    patch(store, fragment)
    before = everything_of(store)

    patch(store, fragment)

    assert everything_of(store) == before


@pytest.mark.parametrize("handle", ["ref: lea", "id: {lea}"])
def test_one_employe_of_an_ecole_is_changed_while_the_others_stay(load: Load, handle: str) -> None:
    other = "{ref: luc, nom: Bel, prenom: Luc, email: luc@plesses.test, bureaux: [sables]}"
    store = load(FULL.replace("employes: [{ref: lea", f"employes: [{other}, {{ref: lea"))
    before = facts_of(store)
    handle = handle.format(lea=id_of(store, "lea"))

    patch(store, f"autoEcoles: [{{ref: plesses, employes: [{{{handle}, role: EMPLOYE}}]}}]")

    assert changes(before, facts_of(store)) == ["employes"]
    assert [one.role for one in store.employes.of(id_of(store, "plesses"))] == ["GERANT", "EMPLOYE"]
    assert store.employes.get(id_of(store, "lea")).mot_de_passe == "lea"


def test_an_employe_is_added_to_an_ecole(store: Store) -> None:
    before = set(store.employes.all())

    patch(
        store,
        "autoEcoles: [{ref: plesses, employes: [{ref: luc, nom: Bel, prenom: Luc,"
        " email: luc@plesses.test, bureaux: [sables]}]}]",
    )

    (luc,) = set(store.employes.all()) - before
    assert (luc.id, luc.bureaux) == (id_of(store, "luc"), (id_of(store, "sables"),))
    assert before < set(store.employes.all())


def test_a_formateur_who_is_added_teaches_at_the_bureaux_that_there_are(store: Store) -> None:
    patch(
        store,
        "autoEcoles: [{ref: plesses, bureaux: [{ref: roche, nom: La Roche}],"
        " formateurs: [{ref: nadia, nom: a, prenom: b, numeroAutorisation: A1}]}]",
    )

    nadia = store.formateurs.get(id_of(store, "nadia"))
    hugo = store.formateurs.get(id_of(store, "hugo"))
    assert set(nadia.bureaux) == {id_of(store, "sables"), id_of(store, "roche")}
    assert hugo.bureaux == (id_of(store, "sables"),)


def test_what_has_no_name_of_its_own_is_known_by_what_it_is_about(store: Store) -> None:
    patch(
        store,
        "candidats: [{ref: zoe, demandes: [{categoriePermis: B1}, {categoriePermis: A2,"
        " statut: EXPIREE}]}]\n"
        "autoEcoles: [{ref: plesses, simulateurs: [{numeroAutorisation: S0850000010, bureau: ~},"
        " {numeroAutorisation: S0000000001, bureau: sables}],"
        " etp: [{groupePermis: B, mois: 2026-03, valeur: 1}, {groupePermis: A, mois: 2026-03,"
        " valeur: 2}]}]",
    )

    zoe, sables = id_of(store, "zoe"), id_of(store, "sables")
    assert {(one.categorie_permis, one.statut) for one in store.demandes.of(zoe)} == {
        (CategoriePermis.B, StatutDemande.VALIDEE),
        (CategoriePermis.B1, StatutDemande.VALIDEE),
        (CategoriePermis.A2, StatutDemande.EXPIREE),
    }
    assert {(one.numero_autorisation, one.bureau_id) for one in store.simulateurs.all()} == {
        ("S0850000010", None),
        ("S0000000001", sables),
    }
    assert {(etp.groupe_permis, etp.valeur) for etp in store.etp_donnes.all()} == {
        (GroupePermis.A, Decimal(2)),
        (GroupePermis.B, Decimal(1)),
    }
    assert len(store.demandes.of(id_of(store, "ines"))) == 2


def test_a_list_of_words_is_replaced_as_a_whole(store: Store) -> None:
    patch(
        store,
        "autoEcoles: [{ref: plesses, bureaux: [{ref: roche, nom: a}],"
        " formateurs: [{ref: hugo, bureaux: [roche]}]}]\n"
        "clients: [{clientId: editeur-demo, redirectUris: [app:a]}]",
    )

    assert store.formateurs.get(id_of(store, "hugo")).bureaux == (id_of(store, "roche"),)
    assert store.clients.get("editeur-demo").redirect_uris == ("app:a",)


@pytest.mark.parametrize(
    "taken",
    [
        "bureaux: [{ref: sables, nom: a}]",
        "employes: [{ref: lea, nom: a, prenom: b, email: c}]",
        "formateurs: [{ref: hugo, nom: a, prenom: b, numeroAutorisation: c}]",
    ],
)
def test_nothing_is_taken_from_another_ecole(store: Store, taken: str) -> None:
    (problem,) = details_of(lambda: patch(store, f"autoEcoles: [{{ref: autre, {taken}}}]"))

    assert problem.message == "appartient à une autre auto-école"


def test_saying_nothing_of_the_employes_adds_none(store: Store) -> None:
    before = store.employes.count()

    patch(store, "autoEcoles: [{ref: plesses, employes: null}]")

    assert store.employes.count() == before


def test_an_object_may_change_its_ref(store: Store) -> None:
    zoe = id_of(store, "zoe")

    refs = patch(store, f"candidats: [{{id: {zoe}, ref: zoe-2}}]")

    assert refs["zoe-2"] == zoe
    assert "zoe" not in refs


def test_an_ecole_that_has_lost_its_employes_does_not_get_a_gerant_by_being_changed(
    store: Store,
) -> None:
    patch(store, "supprimer: [lea]")

    patch(store, "autoEcoles: [{ref: plesses, ville: Ailleurs}]")

    assert store.employes.of(id_of(store, "plesses")) == []


def test_the_head_of_the_scenario_is_merged_key_by_key(store: Store) -> None:
    patch(
        store,
        "title: Avant\ndescription: d\nlimits: {panier.capacite: 12, favoris.prioriteMax: 3}\n"
        "responses: {unknownFields: ignore}\n"
        "errors: {LECON_INCONNUE: {status: 410}, CONTRAT_INCONNU: {status: 410}}",
    )

    patch(
        store,
        "title: Après\nlimits: {panier.capacite: 24}\nresponses: {errorKeys: code}\n"
        "errors: {LECON_INCONNUE: {message: Perdue}, CONTRAT_INCONNU: {status: ~}}",
    )

    settings = store.settings()
    assert (settings.title, settings.description) == ("Après", "d")
    assert settings.limits == {"panier.capacite": 24, "favoris.prioriteMax": 3}
    assert settings.responses == Responses(error_keys="code", unknown_fields="ignore")
    assert settings.errors == {
        "LECON_INCONNUE": ErrorOverride(410, "Perdue"),
        "CONTRAT_INCONNU": ErrorOverride(),
    }


def test_a_description_may_be_emptied(store: Store) -> None:
    patch(store, "description: d")

    patch(store, "description: ''")

    assert store.settings().description == ""


def test_a_limit_that_is_changed_is_already_that_of_a_new_bail(store: Store) -> None:
    patch(
        store,
        "limits: {bail.dureeJours: 1}\n"
        "baux: [{ref: b2, employe: max, clientId: editeur-demo, debut: 2026-03-01T08:00:00Z}]",
    )

    assert store.baux.get(id_of(store, "b2")).fin == instant("2026-03-02T08:00:00Z")


def test_a_client_that_is_called_like_a_ref_is_changed_all_the_same(store: Store) -> None:
    patch(store, "clients: [{clientId: zoe, clientSecret: a, redirectUris: [app:b]}]")

    patch(store, "clients: [{clientId: zoe, clientSecret: c}]")

    assert store.clients.get("zoe").redirect_uris == ("app:b",)


def test_a_fragment_may_be_json(store: Store) -> None:
    fragment = b'{"lecons": [{"ref": "l1", "dureeEnMinutes": 90}]}'

    apply_fragment(read_json(fragment), store, now=NOW)

    assert store.lecons.get(id_of(store, "l1")).duree_en_minutes == 90


def test_incidents_of_a_fragment_are_armed_once_all_of_it_is_good(store: Store) -> None:
    armed = Incidents()
    good = "incidents: [{operation: jeton, employe: lea, times: 1, drop: after}]"
    bad = "title: z\nincidents: [{status: 500}, {status: 500, operation: jetons}]"

    def patch_and_arm(fragment: str) -> None:
        apply_fragment(read_yaml(fragment), store, now=NOW, armed=armed)

    (detail,) = details_of(lambda: patch_and_arm(bad))
    assert (detail.champ, detail.ligne) == ("incidents[1].operation", 2)
    assert not armed
    patch_and_arm(good)

    lea = id_of(store, "lea")
    (one,) = armed
    assert one.incident == Incident(operation="jeton", employe=lea, times=1, drop="after")
    assert store.settings().title != "z"


def test_a_fragment_does_not_arm_more_than_there_is_room_for(store: Store) -> None:
    armed = Incidents([Incident()] * MOST_INCIDENTS)
    fragment = read_yaml("title: z\nincidents: [{operation: jeton, drop: before}]")

    (detail,) = details_of(lambda: apply_fragment(fragment, store, now=NOW, armed=armed))

    assert (detail.champ, detail.ligne) == ("incidents", 2)
    assert detail.message == "il y a déjà 1000 incidents, sur 1000 ; retirez-en"
    assert len(armed) == MOST_INCIDENTS
    assert store.settings().title != "z"
    apply_fragment(read_yaml("title: z"), store, now=NOW, armed=Incidents([Incident()] * 1_001))
    assert store.settings().title == "z"


@pytest.mark.parametrize("second", BAD_SECONDS)
def test_a_fragment_whose_second_item_is_bad_changes_nothing_at_all(
    store: Store, second: str
) -> None:
    before = everything_of(store)
    fragment = f"title: y\ncandidats:\n  - {{nom: Moreau, numeroDossier: x}}\n{second}"

    details_of(lambda: patch(store, fragment))

    assert everything_of(store) == before
    assert not store.sql.in_transaction


@pytest.mark.parametrize(
    ("fragment", "problem"),
    [
        ("", ("corps", "doit être un objet", None)),
        ("- a", ("corps", "doit être un objet", 1)),
        ("bonjour", ("corps", "doit être un objet", 1)),
        ("\ncandidats: {}", ("candidats", "doit être une liste", 2)),
        ("\ncandidats: [x]", ("candidats[0]", "doit être un objet", 2)),
        (
            "\ncandidat: []",
            ("candidat", "n'est pas une clé connue ; vouliez-vous dire « candidats » ?", 2),
        ),
        ("clock: {frozen: true}", ("clock", "n'est pas une clé connue", 1)),
        (
            "candidats:\n  - ref: zoe\n    mail: x",
            ("candidats[0].mail", "n'est pas une clé connue ; vouliez-vous dire « email » ?", 3),
        ),
        (
            "autoEcoles:\n  - ref: plesses\n    employes:\n      - {ref: lea, rôle: EMPLOYE}",
            (
                "autoEcoles[0].employes[0].rôle",
                "n'est pas une clé connue ; vouliez-vous dire « role » ?",
                4,
            ),
        ),
        (
            "supprimer:\n  - l1\n  - personne",
            ("supprimer[1]", "« personne » ne désigne aucun objet", 3),
        ),
        (
            "autoEcoles: [{ref: plesses, employes: [x]}]",
            ("autoEcoles[0].employes[0]", "doit être un objet", 1),
        ),
        (
            "candidats: [{ref: k1, nom: a, numeroDossier: x}]",
            ("candidats[0].ref", "« k1 » désigne déjà un autre objet", 1),
        ),
        (
            "candidats: [{id: editeur-demo, nom: a, numeroDossier: x}]",
            ("candidats[0].id", "« editeur-demo » est déjà l'id d'un autre objet", 1),
        ),
        (
            "candidats: [{nom: MOREAU, numeroDossier: 012345678901}]",
            ("candidats[0].numeroDossier", "est déjà, avec ce nom, celui d'un autre candidat", 1),
        ),
    ],
)
def test_a_bad_fragment_is_refused_with_its_line(
    store: Store, fragment: str, problem: tuple[str, str, int | None]
) -> None:
    assert details_of(lambda: patch(store, fragment)) == (problem,)


def test_a_wrong_form_a_wrong_ref_and_what_is_not_there_are_told_in_one_round(store: Store) -> None:
    before = everything_of(store)

    details = details_of(
        lambda: patch(
            store,
            "candidats:\n- {ref: zoe, nom: ''}\n- {ref: neuf, nom: Neuf, numeroDossier: '1'}\n"
            "mandats:\n- {autoEcole: plesse, candidat: neuf, groupePermis: B}\n"
            "supprimer:\n- personne\nseed: 3\n",
        )
    )

    assert [(detail.champ, detail.ligne) for detail in details] == [
        ("candidats[0].nom", 2),
        ("mandats[0].autoEcole", 5),
        ("supprimer[0]", 7),
        ("seed", 8),
    ]
    assert everything_of(store) == before

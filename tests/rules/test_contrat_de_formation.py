from dataclasses import replace

import pytest

from rdv_mock.errors import ApiError, Detail, Refusal
from rdv_mock.facts.auto_ecole import Bureau
from rdv_mock.facts.candidat import Demande, fold
from rdv_mock.facts.enumerations import CategorieDuLivret, CategoriePermis, StatutDemande
from rdv_mock.fixtures import default_limits
from rdv_mock.rules.contrat_de_formation import (
    check_bureau,
    check_creer_contrat_de_formation,
    check_eleve,
    check_son_contrat,
)
from rdv_mock.rules.parties import check_demande_active, find_candidat
from tests.rules.facts import AUTO_ECOLE, CANDIDAT, CONTRAT, DEMANDE

LIMITS = default_limits()


@pytest.mark.parametrize(
    "nom",
    ["L'Hénaff-Œuvray", "LHENAFF OEUVRAY", "l’henaff œuvray", "L'HE\u0301NAFF-ŒUVRAY", "ʟhenaff"],
)
def test_a_name_is_compared_after_folding(nom: str) -> None:
    same = fold(nom) == fold("L'Hénaff-Œuvray")

    assert same == (nom != "ʟhenaff")


@pytest.mark.parametrize(
    ("nom", "folded"),
    [
        ("Strauß", "STRAUSS"),
        ("STRAUẞ", "STRAUSS"),
        ("Æther", "AETHER"),
        ("D’Alembert", "DALEMBERT"),
        ("Ñuñez 2", "NUNEZ2"),
        ("ﬁn", "FIN"),
        ("--- '", ""),
    ],
)
def test_folding_leaves_capital_letters_and_digits(nom: str, folded: str) -> None:
    assert fold(nom) == folded


def test_a_candidat_is_found_by_name_and_neph_together() -> None:
    namesake = replace(CANDIDAT, id="autre", nom="Henaff")

    found = find_candidat("LHENAFF OEUVRAY", "000123456789", [namesake, CANDIDAT])

    assert found is CANDIDAT


@pytest.mark.parametrize(
    ("nom", "numero"),
    [
        ("HENAFF", "000123456789"),
        ("L'Hénaff-Œuvray", "123456789"),
        ("L'Hénaff-Œuvray", "000123456789 "),
        ("", "000123456789"),
    ],
)
def test_anything_else_is_an_unknown_candidat(nom: str, numero: str) -> None:
    with pytest.raises(Refusal) as refusal:
        find_candidat(nom, numero, [CANDIDAT])
    assert refusal.value.error is ApiError.CANDIDAT_INCONNU


def test_a_closed_ecole_is_told_so_before_its_eleve_is_looked_for() -> None:
    with pytest.raises(Refusal) as refusal:
        check_eleve(replace(AUTO_ECOLE, est_fermee=True), "personne", "0", [])
    assert refusal.value.error is ApiError.AUTO_ECOLE_FERMEE


def test_an_open_ecole_finds_its_eleve() -> None:
    assert check_eleve(AUTO_ECOLE, CANDIDAT.nom, CANDIDAT.numero_dossier, [CANDIDAT]) is CANDIDAT


def test_an_eleve_upon_whom_a_refusal_was_put_meets_it_where_the_operation_knows_it() -> None:
    refused = replace(CANDIDAT, toujours="CONTRAT_DEJA_CONNU")
    elsewhere = replace(CANDIDAT, toujours="PANIER_PLEIN")

    assert check_eleve(AUTO_ECOLE, CANDIDAT.nom, CANDIDAT.numero_dossier, [elsewhere]) is elsewhere
    with pytest.raises(Refusal) as refusal:
        check_eleve(AUTO_ECOLE, CANDIDAT.nom, CANDIDAT.numero_dossier, [refused])
    assert refusal.value.error is ApiError.CONTRAT_DEJA_CONNU


@pytest.mark.parametrize("statut", StatutDemande)
def test_only_a_demande_that_is_validee_opens_anything(statut: StatutDemande) -> None:
    demandes = [replace(DEMANDE, statut=statut)]

    if statut is StatutDemande.VALIDEE:
        check_demande_active("B", demandes)
    else:
        with pytest.raises(Refusal) as refusal:
            check_demande_active("B", demandes)
        assert refusal.value.error is ApiError.CANDIDAT_SANS_DEMANDE_ACTIVE


@pytest.mark.parametrize("demandes", [[], [replace(DEMANDE, categorie_permis=CategoriePermis.A2)]])
def test_a_demande_for_another_category_does_not_help(demandes: list[Demande]) -> None:
    with pytest.raises(Refusal) as refusal:
        check_creer_contrat_de_formation(CategorieDuLivret.A1, demandes, [CONTRAT], LIMITS)
    assert refusal.value.error is ApiError.CANDIDAT_SANS_DEMANDE_ACTIVE


def test_a_second_contrat_for_the_same_category_is_refused() -> None:
    with pytest.raises(Refusal) as refusal:
        check_creer_contrat_de_formation(CategorieDuLivret.B, [DEMANDE], [CONTRAT], LIMITS)
    assert refusal.value.error is ApiError.CONTRAT_DEJA_CONNU


def test_an_eleve_may_train_for_two_categories_unless_the_limit_says_otherwise() -> None:
    demandes = [replace(DEMANDE, categorie_permis=CategoriePermis.A2)]
    one_only = LIMITS.overridden({"contrat.unParCategorie": False})

    check_creer_contrat_de_formation(CategorieDuLivret.A2, demandes, [CONTRAT], LIMITS)
    check_creer_contrat_de_formation(CategorieDuLivret.A2, demandes, [], one_only)
    with pytest.raises(Refusal) as refusal:
        check_creer_contrat_de_formation(CategorieDuLivret.A2, demandes, [CONTRAT], one_only)
    assert refusal.value.error is ApiError.CONTRAT_DEJA_CONNU


def test_a_contrat_belongs_to_one_ecole() -> None:
    check_son_contrat(CONTRAT, AUTO_ECOLE)
    with pytest.raises(Refusal) as refusal:
        check_son_contrat(CONTRAT, replace(AUTO_ECOLE, id="autre"))
    assert refusal.value.error is ApiError.CONTRAT_AUTRE_AUTO_ECOLE


def test_a_bureau_must_be_one_of_the_ecole() -> None:
    bureaux = [Bureau("sables", AUTO_ECOLE.id, "Les Sables", "085")]

    check_bureau(None, [])
    check_bureau("sables", bureaux)
    with pytest.raises(Refusal) as refusal:
        check_bureau("gonesse", bureaux)
    assert refusal.value.error is ApiError.PARAMETRE_INVALIDE
    assert refusal.value.details == (Detail("bureauId", "n'est pas un bureau de votre auto-école"),)

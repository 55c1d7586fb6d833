from dataclasses import replace

import pytest

from rdv_mock.errors import ApiError, Refusal
from rdv_mock.facts.candidat import Candidat, Demande
from rdv_mock.facts.enumerations import CategoriePermis, GroupePermis, StatutDemande
from rdv_mock.facts.mandat import Mandat
from rdv_mock.rules.mandat import REFUSALS, check_prendre_mandat
from tests.rules.facts import AUTO_ECOLE, CANDIDAT, DEMANDE

WITH_ACCOUNT = replace(CANDIDAT, email="zoe@exemple.test")
OTHER = replace(CANDIDAT, id="autre", email="autre@exemple.test")
MINE = Mandat("mandat", AUTO_ECOLE.id, CANDIDAT.id, GroupePermis.B)
THEIRS = replace(MINE, auto_ecole_id="autre")


@pytest.mark.parametrize("categorie", CategoriePermis)
def test_each_category_belongs_to_one_groupe(categorie: CategoriePermis) -> None:
    light = {"A1": "A", "A2": "A", "B": "B", "B1": "B"}

    assert categorie.groupe == light.get(categorie, "CE")


@pytest.mark.parametrize(
    ("candidat", "email", "holder"),
    [
        (WITH_ACCOUNT, None, None),
        (WITH_ACCOUNT, "autre@exemple.test", OTHER),
        (CANDIDAT, "zoe@exemple.test", None),
    ],
)
def test_a_mandat_may_be_taken(
    candidat: Candidat, email: str | None, holder: Candidat | None
) -> None:
    check_prendre_mandat(AUTO_ECOLE, candidat, GroupePermis.B, [DEMANDE], None, email, holder)


@pytest.mark.parametrize(
    ("demandes", "mandat", "email", "holder", "error"),
    [
        ([], MINE, None, None, ApiError.CANDIDAT_SANS_DEMANDE_ACTIVE),
        (
            [replace(DEMANDE, statut=StatutDemande.DEPOSEE)],
            MINE,
            None,
            None,
            ApiError.CANDIDAT_SANS_DEMANDE_ACTIVE,
        ),
        (
            [replace(DEMANDE, categorie_permis=CategoriePermis.A2)],
            MINE,
            None,
            None,
            ApiError.CANDIDAT_SANS_DEMANDE_ACTIVE,
        ),
        ([DEMANDE], MINE, None, None, ApiError.CANDIDAT_DEJA_SOUS_MON_MANDAT),
        ([DEMANDE], THEIRS, None, None, ApiError.CANDIDAT_DEJA_SOUS_MANDAT),
        ([DEMANDE], None, None, None, ApiError.EMAIL_MANQUANT),
        ([DEMANDE], None, "autre@exemple.test", OTHER, ApiError.EMAIL_DEJA_ATTRIBUE),
    ],
)
def test_of_several_faults_the_first_in_order_is_told(
    demandes: list[Demande],
    mandat: Mandat | None,
    email: str | None,
    holder: Candidat | None,
    error: ApiError,
) -> None:
    with pytest.raises(Refusal) as refusal:
        check_prendre_mandat(AUTO_ECOLE, CANDIDAT, GroupePermis.B, demandes, mandat, email, holder)
    assert refusal.value.error is error


def test_a_demande_for_another_category_of_the_groupe_does() -> None:
    b1 = [replace(DEMANDE, categorie_permis=CategoriePermis.B1)]

    check_prendre_mandat(AUTO_ECOLE, WITH_ACCOUNT, GroupePermis.B, b1, None, None, None)


@pytest.mark.parametrize("code", REFUSALS)
@pytest.mark.parametrize("mandat", [None, MINE])
def test_who_is_always_refused_is_refused_with_that_before_anything_else(
    code: ApiError, mandat: Mandat | None
) -> None:
    magic = replace(CANDIDAT, toujours=code.code)

    with pytest.raises(Refusal) as refusal:
        check_prendre_mandat(AUTO_ECOLE, magic, GroupePermis.B, [], mandat, None, OTHER)
    assert refusal.value.error is code


def test_a_code_that_no_mandat_is_refused_with_is_passed_over() -> None:
    magic = replace(WITH_ACCOUNT, toujours=ApiError.CANDIDAT_SOUS_PENALITE.code)

    check_prendre_mandat(AUTO_ECOLE, magic, GroupePermis.B, [DEMANDE], None, None, None)

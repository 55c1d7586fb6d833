from dataclasses import replace

import pytest

from rdv_mock.errors import ApiError, Refusal
from rdv_mock.facts.auto_ecole import Employe
from rdv_mock.facts.enumerations import Role
from rdv_mock.rules.parties import (
    check_gerant,
    check_ouverte,
    check_own,
    check_peut_agir,
    check_toujours,
)
from tests.rules.facts import AUTO_ECOLE, CANDIDAT

FERMEE = replace(AUTO_ECOLE, est_fermee=True)
MAGIC = replace(CANDIDAT, toujours="CANDIDAT_SOUS_PENALITE")


def test_an_open_ecole_writes() -> None:
    check_ouverte(AUTO_ECOLE)
    check_peut_agir(AUTO_ECOLE)


def test_a_closed_ecole_is_told_so_by_the_livret() -> None:
    with pytest.raises(Refusal) as refusal:
        check_ouverte(FERMEE)
    assert refusal.value.error is ApiError.AUTO_ECOLE_FERMEE


def test_a_closed_ecole_does_not_act() -> None:
    with pytest.raises(Refusal) as refusal:
        check_peut_agir(FERMEE)
    assert refusal.value.error is ApiError.ACTION_INTERDITE


def test_only_a_gerant_does_what_is_his_alone() -> None:
    lea = Employe("lea", AUTO_ECOLE.id, "D", "L", "l@x.test", "lea", Role.GERANT, ())

    check_gerant(lea)
    with pytest.raises(Refusal) as refusal:
        check_gerant(replace(lea, role=Role.EMPLOYE))
    assert refusal.value.error is ApiError.ACTION_INTERDITE


def test_an_ecole_acts_on_what_is_its_own() -> None:
    check_own(AUTO_ECOLE.id, AUTO_ECOLE)
    with pytest.raises(Refusal) as refusal:
        check_own("autre", AUTO_ECOLE)
    assert refusal.value.error is ApiError.ACTION_INTERDITE


def test_who_is_always_refused_is_refused_with_that_code() -> None:
    with pytest.raises(Refusal) as refusal:
        check_toujours(MAGIC, {ApiError.CANDIDAT_SOUS_PENALITE})
    assert refusal.value.error is ApiError.CANDIDAT_SOUS_PENALITE


def test_magic_needs_a_code_and_a_rule_that_gives_it() -> None:
    check_toujours(MAGIC, {ApiError.CANDIDAT_INCONNU})
    check_toujours(CANDIDAT, set(ApiError))

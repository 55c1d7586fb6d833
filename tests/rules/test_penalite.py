from dataclasses import replace
from datetime import date, timedelta

import pytest

from rdv_mock.facts.candidat import Penalite
from rdv_mock.facts.enumerations import (
    CategoriePermis,
    GroupePermis,
    MotifDePenalite,
    StatutDePenalite,
    TypeEpreuvePratique,
)
from rdv_mock.fixtures import default_limits
from rdv_mock.rules.penalite import (
    date_de_fin,
    is_seuil_critique_atteint,
    no_resultats,
    nombre_echecs,
    resultats_of,
    statut_on,
)
from tests.rules.facts import CANDIDAT, DEMANDE

PENALITE = Penalite(
    id="penalite",
    candidat_id=CANDIDAT.id,
    groupe_permis=GroupePermis.B,
    motif=MotifDePenalite.ECHEC_EPREUVE_PRATIQUE,
    type_epreuve_pratique=TypeEpreuvePratique.CIRCULATION,
    date_examen=date(2026, 3, 10),
    duree_en_jour=20,
    date_de_levee=None,
)


@pytest.mark.parametrize(
    ("days", "fin"), [(20, date(2026, 3, 30)), (40, date(2026, 4, 19)), (2, date(2026, 3, 12))]
)
def test_a_penalite_ends_so_many_days_after_the_examen(days: int, fin: date) -> None:
    assert date_de_fin(replace(PENALITE, duree_en_jour=days)) == fin


def test_a_penalite_is_active_until_the_day_on_which_one_may_reserve_again() -> None:
    fin = date_de_fin(PENALITE)

    assert statut_on(PENALITE, fin - timedelta(days=1)) is StatutDePenalite.ACTIVE
    assert statut_on(PENALITE, fin) is StatutDePenalite.TERMINEE


def test_a_penalite_is_lifted_from_its_day_on() -> None:
    lifted = replace(PENALITE, date_de_levee=date(2026, 3, 15))

    assert statut_on(lifted, date(2026, 3, 14)) is StatutDePenalite.ACTIVE
    assert statut_on(lifted, date(2026, 3, 15)) is StatutDePenalite.LEVEE
    assert statut_on(lifted, date(2026, 5, 1)) is StatutDePenalite.LEVEE


@pytest.mark.parametrize(("plateau", "reached"), [(2, False), (3, True)])
def test_five_failures_of_any_kind_are_critical(
    plateau: int,
    reached: bool,  # noqa: FBT001 - a case of the table
) -> None:
    resultats = replace(
        no_resultats(CANDIDAT.id, CategoriePermis.A2),
        nombre_echecs_circulation=2,
        nombre_echecs_plateau=plateau,
    )

    assert nombre_echecs(resultats) == 2 + plateau
    assert is_seuil_critique_atteint(resultats, default_limits()) is reached


def test_there_is_one_entry_per_category_of_the_groupe_with_a_demande() -> None:
    demandes = [
        replace(DEMANDE, id=str(number), categorie_permis=categorie)
        for number, categorie in enumerate(
            (CategoriePermis.B1, CategoriePermis.A2, CategoriePermis.B, CategoriePermis.B)
        )
    ]
    of_b = replace(no_resultats(CANDIDAT.id, CategoriePermis.B), nombre_echecs_circulation=1)

    found = resultats_of(CANDIDAT.id, GroupePermis.B, demandes, [of_b])

    assert found == [no_resultats(CANDIDAT.id, CategoriePermis.B1), of_b]

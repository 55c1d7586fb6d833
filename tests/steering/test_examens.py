import asyncio
from datetime import timedelta

import pytest

from rdv_mock.errors import ApiError, Refusal
from rdv_mock.facts.enumerations import StatutDuResultat
from rdv_mock.facts.examen import Examen
from rdv_mock.steering.clock import advance
from rdv_mock.steering.examens import enter_resultat
from rdv_mock.steering.state import patch
from rdv_mock.worlds.world import World
from tests.steering.support import source

EXAMEN = {
    "centres": [{"ref": "c", "nom": "SABLES", "codeDepartement": "085", "groupesPermis": ["B"]}],
    "creneaux": [{"ref": "b", "centre": "c", "dateHeureDebut": "2026-03-10T10:00:00"}],
    "examens": [{"ref": "e", "autoEcole": "plesses", "creneau": "b", "candidat": "ines"}],
}


@pytest.fixture
def examen(world: World) -> str:
    """The id of an examen that begins in an hour."""
    return asyncio.run(patch(world, source(**EXAMEN)))["e"]


def read(world: World, id_: str) -> Examen:
    return world.store.examens.get(id_)


def test_a_result_is_entered_once_the_examen_is_over(world: World, examen: str) -> None:
    asyncio.run(advance(world, by=timedelta(hours=3)))

    asyncio.run(enter_resultat(world, "e", StatutDuResultat.EXAMEN_REUSSI, 27))

    entered = read(world, examen)
    assert (entered.resultat, entered.points) == (StatutDuResultat.EXAMEN_REUSSI, 27)
    assert entered.date_heure_resultat is not None


def test_an_annulment_takes_the_place_away_at_once(world: World, examen: str) -> None:
    asyncio.run(enter_resultat(world, examen, StatutDuResultat.EXAMEN_ANNULE))

    assert read(world, examen).date_heure_annulation is not None


def test_no_result_is_entered_before_the_end(world: World, examen: str) -> None:
    with pytest.raises(Refusal) as refusal:
        asyncio.run(enter_resultat(world, "e", StatutDuResultat.EXAMEN_REUSSI, 27))

    assert refusal.value.error is ApiError.EXAMEN_NON_TERMINE
    assert read(world, examen).resultat is None


@pytest.mark.usefixtures("examen")
def test_an_unknown_examen_is_refused(world: World) -> None:
    with pytest.raises(Refusal) as refusal:
        asyncio.run(enter_resultat(world, "inconnu", StatutDuResultat.EXAMEN_ANNULE))

    assert refusal.value.error is ApiError.EXAMEN_INCONNU

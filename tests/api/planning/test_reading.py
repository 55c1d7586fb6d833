from tests.api.exam_world import V1, nothing_written
from tests.api.planning.acts import (
    CRENODISPO,
    DISPONIBLE,
    PLANNING,
    PROCHAINE_DATE,
    libres,
    prochaine_date,
    statut_of,
)
from tests.support import Vendor, refusal_of


def test_a_closed_ecole_goes_on_reading(anyone: Vendor) -> None:
    paul = anyone.as_("paul")

    with nothing_written(paul):
        assert statut_of(paul, "b1") == DISPONIBLE
        assert len(libres(paul)) == 5
        assert prochaine_date(paul) == "2026-04-07"


def test_reading_wants_the_scope_of_the_exam_api(anyone: Vendor) -> None:
    stranger = anyone.as_("lea", "livret_numerique:read", "livret_numerique:write")

    for answer in (
        stranger.post(PLANNING, json={}),
        stranger.get(CRENODISPO),
        stranger.get(PROCHAINE_DATE),
        stranger.post(f"{V1}/planning/recherche", json={}),
    ):
        assert refusal_of(answer) == (403, "SCOPE_INSUFFISANT")


def test_reading_wants_a_token(anyone: Vendor) -> None:
    for answer in (anyone.post(PLANNING), anyone.get(CRENODISPO), anyone.get(PROCHAINE_DATE)):
        assert refusal_of(answer) == (401, "JETON_INVALIDE")

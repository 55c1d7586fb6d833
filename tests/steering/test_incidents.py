import asyncio

import pytest

from rdv_mock.errors import ApiError, Refusal
from rdv_mock.facts.incident import Incident
from rdv_mock.steering.incidents import arm, clear, get_incident, list_incidents, remove
from rdv_mock.worlds.world import World
from tests.steering.support import fields_of

BROKEN = Incident(employe="lea", auto_ecole="plesses", times=2, error="SERVICE_INDISPONIBLE")


def test_an_incident_is_armed_for_whom_a_ref_names(world: World) -> None:
    status = asyncio.run(arm(world, BROKEN))

    refs = world.store.references.by_ref()
    assert (status.incident.employe, status.incident.auto_ecole) == (refs["lea"], refs["plesses"])
    assert status.employe is not None
    assert (status.employe.ref, status.employe.nom) == ("lea", "Léane Durant")
    assert (status.seen, status.struck, status.restants, status.is_over) == (0, 0, 2, False)


def test_incidents_are_listed_in_the_order_of_their_declaration(world: World) -> None:
    armed = [asyncio.run(arm(world, Incident(delay_seconds=delay))) for delay in (1, 2)]

    assert asyncio.run(list_incidents(world)) == armed
    assert asyncio.run(get_incident(world, armed[1].id)) == armed[1]


def test_an_incident_that_makes_no_sense_is_refused_with_all_that_is_wrong(world: World) -> None:
    with pytest.raises(Refusal) as refusal:
        asyncio.run(arm(world, Incident(operation="x", employe="x", path="/_mock/reset")))

    assert refusal.value.error is ApiError.INCIDENT_INVALIDE
    assert fields_of(refusal.value) == ["operation", "path", "employe", "corps"]
    assert asyncio.run(list_incidents(world)) == []


def test_one_incident_can_be_disarmed_or_all(world: World) -> None:
    first, second, _ = [asyncio.run(arm(world, Incident(status=500))) for _ in range(3)]

    asyncio.run(remove(world, first.id))
    assert asyncio.run(list_incidents(world))[0] == second

    asyncio.run(clear(world))
    assert asyncio.run(list_incidents(world)) == []


def test_an_unknown_incident_is_refused(world: World) -> None:
    for call in (get_incident, remove):
        with pytest.raises(Refusal) as refusal:
            asyncio.run(call(world, "incident-9"))
        assert refusal.value.error is ApiError.INCIDENT_INCONNU

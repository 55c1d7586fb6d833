"""Arm, read and disarm incidents."""

from dataclasses import dataclass

from rdv_mock.errors import ApiError, Detail, Refusal
from rdv_mock.facts.incident import Incident
from rdv_mock.http.life import live_until_now
from rdv_mock.scenario.incidents import incident_of
from rdv_mock.steering.named import Named, named
from rdv_mock.wire.problems import BODY
from rdv_mock.worlds.incidents import Armed
from rdv_mock.worlds.names import Names
from rdv_mock.worlds.world import World


@dataclass(frozen=True, slots=True)
class IncidentStatus:
    """An incident, how many calls it has seen and struck, and how many it will still strike.

    `restants`: None for an incident without end; `employe`, `auto_ecole`: whose calls it strikes.
    """

    id: str
    incident: Incident
    seen: int
    struck: int
    restants: int | None
    is_over: bool
    employe: Named | None
    auto_ecole: Named | None


async def list_incidents(world: World) -> list[IncidentStatus]:
    """List the incidents in the order of their declaration, spent ones too."""
    await live_until_now(world)
    incidents, names = list(world.incidents), Names(world.store)
    names.read("employe", (armed.incident.employe for armed in incidents))
    names.read("autoEcole", (armed.incident.auto_ecole for armed in incidents))
    return [_status(armed, names) for armed in incidents]


async def arm(world: World, incident: Incident) -> IncidentStatus:
    """Arm an incident.

    Its `employe` is a ref, an id or an e-mail address, its `auto_ecole` a ref or an id. Raises
    INCIDENT_INVALIDE with all problems at once.
    """
    await live_until_now(world)
    problems: list[Detail] = []
    checked = incident_of(
        incident, world.store, lambda champ, why: problems.append(Detail(champ or BODY, why))
    )
    if complaint := world.incidents.complaint_of(1):
        problems.append(Detail(BODY, complaint))
    if problems:
        raise Refusal(ApiError.INCIDENT_INVALIDE, details=problems)
    armed = world.incidents.declare(checked)
    world.save_extras()
    return _status(armed, Names(world.store))


async def get_incident(world: World, incident_id: str) -> IncidentStatus:
    """Read an incident. Raises INCIDENT_INCONNU."""
    await live_until_now(world)
    return _status(world.incidents.get(incident_id), Names(world.store))


async def remove(world: World, incident_id: str) -> None:
    """Disarm an incident. Raises INCIDENT_INCONNU."""
    await live_until_now(world)
    world.incidents.remove(incident_id)
    world.save_extras()


async def clear(world: World) -> None:
    """Disarm all incidents."""
    await live_until_now(world)
    world.incidents.clear()
    world.save_extras()


def _status(armed: Armed, names: Names) -> IncidentStatus:
    return IncidentStatus(
        armed.id,
        armed.incident,
        armed.seen,
        armed.struck,
        armed.restants,
        armed.is_over,
        named("employe", armed.incident.employe, names),
        named("autoEcole", armed.incident.auto_ecole, names),
    )

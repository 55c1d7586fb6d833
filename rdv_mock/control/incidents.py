"""Arm, read and disarm incidents, in JSON."""

from typing import Annotated

from fastapi import Path

from rdv_mock.errors import ApiError
from rdv_mock.facts.incident import Incident
from rdv_mock.http.call import Call
from rdv_mock.http.routers import control_router
from rdv_mock.http.traits import control, refuses
from rdv_mock.scenario.incidents import write_incident
from rdv_mock.steering import incidents
from rdv_mock.steering.incidents import IncidentStatus
from rdv_mock.wire.incidents import IncidentAsked, IncidentOnWire

router = control_router("Incidents et journal")

IncidentId = Annotated[
    str, Path(alias="id", description="Identifiant de l'incident.", examples=["incident-1"])
]


@router.get(
    "/incidents",
    summary="Lister les incidents",
    description="Dans l'ordre où ils ont été déclarés ; le premier qui convient frappe. Ceux qui"
    " ont frappé autant de fois que demandé restent, `epuise`, jusqu'à une remise à zéro : les"
    " cent derniers.",
)
async def list_incidents(call: Call) -> list[IncidentOnWire]:
    """List the incidents in the order of their declaration."""
    return [_incident_on_wire(one) for one in await incidents.list_incidents(call.world)]


@router.post(
    "/incidents",
    status_code=201,
    summary="Armer un incident",
    description="Pour quels appels (`operation`, `method`, `path`, `employe`, `autoEcole`,"
    " `after`, `times`), et ce qui leur arrive : un refus, un statut, un corps, un délai, une"
    " réponse abîmée, une connexion coupée ; au moins l'un des effets `delaySeconds`, `error`,"
    " `status`, `headers`, `body`, `malformed`, `omit`, `drop`. Il frappe avant tout refus.",
)
@refuses(ApiError.INCIDENT_INVALIDE)
async def declare_incident(asked: IncidentAsked, call: Call) -> IncidentOnWire:
    """Arm an incident."""
    return _incident_on_wire(await incidents.arm(call.world, _incident(asked)))


@router.get(
    "/incidents/{id}",
    summary="Lire un incident",
    description="Et combien d'appels il a vus, et frappés.",
)
@control(after=["declareIncident"])
@refuses(ApiError.INCIDENT_INCONNU)
async def get_incident(incident_id: IncidentId, call: Call) -> IncidentOnWire:
    """Read an incident, and how often it has struck."""
    return _incident_on_wire(await incidents.get_incident(call.world, incident_id))


@router.delete(
    "/incidents",
    status_code=204,
    summary="Désarmer tous les incidents",
    description="Plus aucun ne frappe.",
)
async def clear_incidents(call: Call) -> None:
    """Disarm all incidents."""
    await incidents.clear(call.world)


@router.delete(
    "/incidents/{id}",
    status_code=204,
    summary="Désarmer un incident",
    description="Les autres restent.",
)
@control(after=["declareIncident"])
@refuses(ApiError.INCIDENT_INCONNU)
async def remove_incident(incident_id: IncidentId, call: Call) -> None:
    """Disarm an incident."""
    await incidents.remove(call.world, incident_id)


def _incident(asked: IncidentAsked) -> Incident:
    """The incident of a body; its employé and école are still the names in it."""
    return Incident(**{**dict(asked), "omit": tuple(asked.omit)})


def _incident_on_wire(status: IncidentStatus) -> IncidentOnWire:
    told = {"employe": status.employe, "autoEcole": status.auto_ecole}
    beside = {
        f"{field}{part}": name
        for field, named in told.items()
        if named is not None
        for part, name in (("Ref", named.ref), ("Nom", named.nom))
    }
    return IncidentOnWire(
        id=status.id,
        seen=status.seen,
        struck=status.struck,
        restants=status.restants,
        epuise=status.is_over,
        **write_incident(status.incident),
        **beside,
    )

"""Who am I: the école and its employés (contract.md, B.1)."""

from fastapi import APIRouter

from rdv_mock import paris
from rdv_mock.api.call import Call
from rdv_mock.api.operation import ApiOperation, known, needs, operation_id
from rdv_mock.api.shapes import auto_ecole_on_wire, employe_courant_on_wire, employe_on_wire
from rdv_mock.api.v1 import V2
from rdv_mock.facts.access import RDVPERMIS
from rdv_mock.wire.auto_ecole import AutoEcoleOnWire, EmployeCourantOnWire, EmployeOnWire

router = APIRouter(
    prefix=V2,
    route_class=ApiOperation,
    generate_unique_id_function=operation_id,
    tags=["Auto-école"],
)


@router.get(
    "/moi",
    summary="Lire son auto-école",
    description="Avec ses formateurs, et leurs ETP du mois en cours.",
)
@needs(RDVPERMIS)
@known("integrator")
async def lire_mon_auto_ecole(call: Call) -> AutoEcoleOnWire:
    """Read the caller's école."""
    formateurs = call.store.formateurs.of(call.auto_ecole.id)
    return auto_ecole_on_wire(
        call.auto_ecole, formateurs, mois=paris.mois_of(paris.day_of(call.now))
    )


@router.get("/employes", summary="Lister ses employés", description="Par nom et prénom.")
@needs(RDVPERMIS)
@known("integrator")
async def lister_employes(call: Call) -> list[EmployeOnWire]:
    """List the employés of the caller's école."""
    return [employe_on_wire(one) for one in call.store.employes.of(call.auto_ecole.id)]


@router.get("/employes/moi", summary="Lire l'employé à qui est le jeton")
@needs(RDVPERMIS)
@known("client")
async def lire_employe_courant(call: Call) -> EmployeCourantOnWire:
    """Read the caller himself."""
    return employe_courant_on_wire(call.caller.employe, call.auto_ecole)

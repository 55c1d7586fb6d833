"""Show which bureaux are connected, in JSON."""

from collections.abc import Iterable

from rdv_mock.control.named import beside
from rdv_mock.http.aside import aside
from rdv_mock.http.call import Call
from rdv_mock.http.routers import control_router
from rdv_mock.steering.connexions import Coverage, list_coverages
from rdv_mock.wire.connexions import Connexion

router = control_router("Plan de contrôle")


@router.get(
    "/connexions",
    summary="Voir quels bureaux sont connectés, par qui",
    description="Bureau par bureau, les connexions qui le couvrent ou l'ont couvert ; un bureau"
    " qu'aucune ne couvre y est aussi.",
)
async def list_connexions(call: Call) -> list[Connexion]:
    """List the bails of each bureau, present and past."""
    return await aside(_on_wire, await list_coverages(call.world))


def _on_wire(coverages: Iterable[Coverage]) -> list[Connexion]:
    return [connexion_on_wire(coverage) for coverage in coverages]


def connexion_on_wire(coverage: Coverage) -> Connexion:
    """A bureau with one bail that covers it, or with none."""
    bail = coverage.bail
    return Connexion(
        **beside("auto_ecole", coverage.auto_ecole),
        **beside("bureau", coverage.bureau),
        **beside("employe", coverage.employe),
        client_id=bail.client_id if bail else None,
        debut=bail.debut if bail else None,
        debut_paris=bail.debut if bail else None,
        fin=bail.fin if bail else None,
        fin_paris=bail.fin if bail else None,
        connecte=bail is not None and not bail.termine,
    )

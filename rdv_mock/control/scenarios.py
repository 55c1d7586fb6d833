"""List and load scenarios, in JSON."""

from rdv_mock.control.sent import read_sent
from rdv_mock.errors import ApiError
from rdv_mock.http.answers import Written
from rdv_mock.http.aside import aside
from rdv_mock.http.call import Call
from rdv_mock.http.pieces import with_refs
from rdv_mock.http.routers import control_router
from rdv_mock.http.traits import control, refuses
from rdv_mock.scenario.library import LARGEST
from rdv_mock.steering import scenarios
from rdv_mock.wire.scenarios import LoadedScenario, ScenarioSummary
from rdv_mock.worlds.world import World

router = control_router("Plan de contrôle")


@router.get(
    "/scenarios",
    summary="Lister les scénarios que l'on peut charger par leur nom",
    description="Ceux de `RDV_MOCK_SCENARIOS`, puis ceux qui sont livrés.",
)
@control(root_only=True)
async def get_scenarios(call: Call) -> list[ScenarioSummary]:
    """List the scenarios that can be loaded by name."""
    known = await scenarios.list_known(call.server)
    return [
        ScenarioSummary(
            name=one.name, title=one.title, description=one.description, source=one.source
        )
        for one in known
    ]


@router.put(
    "/scenario",
    response_model=LoadedScenario,
    summary="Charger un scénario : son nom (JSON) ou son texte (YAML)",
    description="Tout ou rien : un scénario qui n'est pas valide laisse le monde tel qu'il est,"
    " et `details` dit quoi corriger, ligne par ligne. Les jetons d'avant ne valent plus.",
)
@control(largest_body=LARGEST)
@refuses(ApiError.SCENARIO_INVALIDE, ApiError.SCENARIO_INCONNU)
async def put_scenario(call: Call) -> Written:
    """Load a scenario; a bad one leaves the world untouched."""
    return await scenarios.load_and_tell(
        call.server, call.world, await aside(read_sent, call), _loaded
    )


def _loaded(world: World) -> Written:
    shell = LoadedScenario(title=world.settings.title, refs={})
    return with_refs(shell, world.store.references)

"""Tell how sure the simulation is, and what a scenario may hold."""

from starlette.responses import Response

from rdv_mock.document.fidelity import fidelity
from rdv_mock.http.aside import aside
from rdv_mock.http.routers import control_router
from rdv_mock.scenario.schema import MEDIA_TYPE, schema_text
from rdv_mock.wire.fidelity import Fidelity

router = control_router("Plan de contrôle")


@router.get(
    "/fidelity",
    summary="Lire ce qui est sûr, et ce qui ne l'est pas",
    description="De chaque opération, champ, valeur, code et nombre des API simulées, d'où il"
    " vient ; puis ce que nous avons choisi. La même chose que FIDELITY.md.",
)
async def get_fidelity() -> Fidelity:
    """Tell what is known of the real system, and how surely."""
    return await aside(fidelity)


@router.get(
    "/scenario.schema.json",
    summary="Lire le schéma JSON d'un scénario, pour un éditeur",
    response_class=Response,
    responses={200: {"content": {MEDIA_TYPE: {"schema": {"type": "object"}}}}},
    description="Un éditeur qui le connaît complète, explique et vérifie un scénario pendant qu'on"
    " l'écrit ; en YAML, sa première ligne le lui dit :"
    " `# yaml-language-server: $schema=http://127.0.0.1:8080/_mock/scenario.schema.json`. Hors"
    " ligne : `rdv-mock scenarios schema`.",
)
async def get_scenario_schema() -> Response:
    """Give the JSON schema of a scenario."""
    return Response(await aside(schema_text), media_type=MEDIA_TYPE)

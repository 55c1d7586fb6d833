"""Enter a provider state of Pact, in JSON."""

from dataclasses import replace

from pydantic import ValidationError

from rdv_mock.errors import ApiError, Refusal
from rdv_mock.http.addresses import issuer
from rdv_mock.http.call import Call
from rdv_mock.http.routers import control_router
from rdv_mock.http.traits import control, refuses
from rdv_mock.scenario.library import LARGEST
from rdv_mock.scenario.source import Source
from rdv_mock.steering import provider_states
from rdv_mock.steering.provider_states import Wish
from rdv_mock.wire.problems import details_of
from rdv_mock.wire.provider_states import ProviderState, StateOptions, StateValues

router = control_router("Plan de contrôle")


@router.post(
    "/provider-states",
    summary="Se mettre dans un état, au sens de Pact",
    description="`state` est le nom ou le titre d'un scénario, `params` un fragment à y changer. La"
    " réponse porte, pour les valeurs que Pact injecte dans ses requêtes, `token`, un jeton"
    " d'accès, et l'identifiant derrière chaque réf, sous son nom. `teardown` ne fait rien.",
)
@control(largest_body=LARGEST, facts_in="params")
@refuses(ApiError.SCENARIO_INCONNU, ApiError.SCENARIO_INVALIDE, ApiError.EMPLOYE_INCONNU)
async def provider_state(asked: ProviderState, call: Call) -> StateValues:
    """Load the scenario of this name or title, and apply `params` to it."""
    if asked.action == "teardown":
        return StateValues(refs={})
    given = call.facts or (None if asked.params is None else Source(asked.params))
    wish = _wish(asked.state, given)
    values = await provider_states.enter(call.server, call.world, wish, issuer=issuer(call))
    token = {} if values.token is None else {"token": values.token}
    return StateValues.model_validate({**values.refs, "refs": values.refs, **token})


def _wish(state: str | None, params: Source | None) -> Wish:
    """The wish of a body: `params` hold options and a fragment. Raises PARAMETRE_INVALIDE."""
    if params is None:
        return Wish(state)
    ours = {field.alias or name for name, field in StateOptions.model_fields.items()}
    given = {name: value for name, value in params.content.items() if name in ours}
    try:
        options = StateOptions.model_validate(given)
    except ValidationError as error:
        problems = details_of(error.errors(include_url=False))
        details = [one._replace(champ=f"params.{one.champ}") for one in problems]
        raise Refusal(ApiError.PARAMETRE_INVALIDE, details=details) from error
    rest = {name: value for name, value in params.content.items() if name not in ours}
    fragment = replace(params, content=rest) if rest else None
    return Wish(state, fragment, options.employe, options.keep_tokens)

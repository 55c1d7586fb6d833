"""What an operation may answer: each success and each refusal, with examples and headers."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any, get_args, get_origin

from pydantic import BaseModel

from rdv_mock import fixtures
from rdv_mock.document.components import certainty_of_code, header_references
from rdv_mock.document.links import links_of
from rdv_mock.document.texts import OUTCOMES
from rdv_mock.errors import ApiError, Detail, Refusal
from rdv_mock.http.addresses import LIVRET
from rdv_mock.http.operation import ApiOperation, ControlOperation, Operation, Probe
from rdv_mock.http.refusals import JSON, body_of, status_of
from rdv_mock.http.traits import LARGEST_BODY
from rdv_mock.wire.certainty import LEVEL
from rdv_mock.worlds.world import World

_COMMON = (
    ApiError.JETON_INVALIDE,
    ApiError.NOMBRE_MAXIMUM_DE_REQUETES_ATTEINT,
    ApiError.SCOPE_INSUFFISANT,
)
_CHALLENGING = (ApiError.JETON_INVALIDE, ApiError.JETON_ADMIN_INVALIDE)
_RECORDED = "demonstration"


def complete_successes(responses: dict[str, Any], route: Operation, world: World) -> None:
    """Say what each success means, and show it."""
    responses.pop("422", None)  # the framework's own
    recorded = _recorded_of(route)
    for status, response in responses.items():
        is_created = status == str(HTTPStatus.CREATED.value)
        response["description"] = _outcome(int(status), route)
        response["headers"] = header_references(located=route.traits.locates and is_created)
        media = response.get("content", {}).get(JSON)
        if media is not None and status in recorded:
            media["examples"] = {_RECORDED: _recorded_example(recorded[status])}
        if media is not None and (links := links_of(route)):
            response["links"] = links
    if "201" in responses and "207" in responses:
        _choose_bulk_status(responses, route, world.responses.bulk_success_status)


def _choose_bulk_status(responses: dict[str, Any], route: Operation, status: int) -> None:
    """Show a bulk that is done whole under the status that the scenario chooses."""
    whole = responses.pop("201")
    if status == HTTPStatus.MULTI_STATUS:
        examples = responses["207"]["content"][JSON]["examples"]
        examples["entier"] = whole["content"][JSON]["examples"][_RECORDED]
        responses["207"]["description"] = f"{OUTCOMES[200]} {responses['207']['description']}"
    else:
        responses[str(status)] = {**whole, "description": _outcome(status, route)}


def _recorded_of(route: Operation) -> Mapping[str, Any]:
    """What the demonstration answers, by status (`make docs` records it)."""
    if not isinstance(route, ApiOperation):
        return {}
    recorded: Mapping[str, Any] = fixtures.recorded_answers().get(route.operation, {})
    return recorded


def _recorded_example(recorded: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    part = "Le début de ce" if isinstance(recorded, list) else "Ce"
    return {"summary": f"{part} que répond le scénario de démonstration", "value": recorded}


def _outcome(status: int, route: Operation) -> str:
    """What a success means; the shape of the answer says it in its docstring."""
    kind = route.response_model
    shapes = [one for one in (kind, *get_args(kind)) if isinstance(one, type)]
    about = next((one.__doc__ for one in shapes if issubclass(one, BaseModel)), None)
    if about is None:
        return OUTCOMES[status]
    listed = f"Une liste. {about}" if get_origin(kind) is list else about
    return listed if status == HTTPStatus.OK else f"{OUTCOMES[status]} {listed}"


def add_refusals(
    responses: dict[str, Any], errors: Iterable[ApiError], route: Operation, world: World
) -> None:
    """Show each refusal with its example, status by status."""
    for status, together in _by_status(errors, route.operation, world).items():
        responses[str(status)] = {
            "description": " · ".join(error.code for error in together),
            "headers": header_references(
                challenge=[error in _CHALLENGING for error in together],
                later=ApiError.NOMBRE_MAXIMUM_DE_REQUETES_ATTEINT in together,
            ),
            "content": {
                JSON: {
                    "schema": {"$ref": "#/components/schemas/Refus"},
                    "examples": {error.code: _example(error, route, world) for error in together},
                }
            },
        }


def refusals_of(route: Operation) -> list[ApiError]:
    """Every refusal that an operation may give, in the order of the checks."""
    return list(dict.fromkeys(_refusals_of(route)))


def _refusals_of(route: Operation) -> Iterator[ApiError]:
    is_probe = isinstance(route, Probe)
    if route.body or route.traits.largest_body != LARGEST_BODY:
        yield ApiError.CORPS_TROP_VOLUMINEUX
    if isinstance(route, ApiOperation):
        yield from _COMMON
    else:
        yield ApiError.HOTE_REFUSE
        yield ApiError.ORIGINE_REFUSEE
        if not is_probe:
            yield ApiError.JETON_ADMIN_INVALIDE
    if route.query or route.body:
        yield ApiError.PARAMETRE_INVALIDE
    if route.traits.writes:
        yield ApiError.ACTION_INTERDITE
    yield from route.traits.errors
    yield ApiError.ERREUR_INTERNE
    if not is_probe:  # which is there for when the service is not
        yield ApiError.SERVICE_INDISPONIBLE


def _by_status(
    errors: Iterable[ApiError], operation: str, world: World
) -> Mapping[int, Sequence[ApiError]]:
    grouped: dict[int, list[ApiError]] = defaultdict(list)
    for error in errors:
        grouped[status_of(error, operation, world)].append(error)
    return grouped


def _example(error: ApiError, route: Operation, world: World) -> dict[str, Any]:
    """The very body that this world answers."""
    details = _example_details(route) if error is ApiError.PARAMETRE_INVALIDE else ()
    body = body_of(Refusal(error, details=details), route.operation, world, world.error_keys)
    example: dict[str, Any] = {"summary": body["message"], "value": body}
    if isinstance(route, ControlOperation):
        return example  # ours, so that there is nothing to be sure of
    certainty = certainty_of_code(error, route.operation)
    if route.path.startswith(LIVRET) and error in route.traits.errors:
        certainty |= {"code": "inferred", "statut": "inferred"}  # its words alone are known
    override = world.override_of(error)
    own = {"statut": override.status, "message": override.message}
    of_the_scenario = [part for part, said in own.items() if said is not None]
    known = {one: level for one, level in certainty.items() if one not in of_the_scenario}
    told = [f"{part} `{level}`" for part, level in known.items()]
    if of_the_scenario:
        told.append(f"{' et '.join(of_the_scenario)} du scénario")
    return {**example, "description": f"{', '.join(told).capitalize()}.", LEVEL: known}


def _example_details(route: Operation) -> Sequence[Detail]:
    """What is said of the first parameter of an operation, were it wrong."""
    fields = [
        (field.alias or name, field.is_required())
        for _, model in filter(None, (route.query, route.body))
        for name, field in model.model_fields.items()
    ]
    for name, is_required in fields:
        if is_required:
            return (Detail(name, "est obligatoire"),)
    return tuple(Detail(name, "n'est pas valide") for name, _ in fields[:1])

"""The OpenAPI document of the simulated APIs, made from the routes and the error catalogue."""

import json
import warnings
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from fastapi.openapi.utils import get_openapi
from pydantic.warnings import UnsupportedFieldAttributeWarning
from starlette.routing import BaseRoute

from rdv_mock import __version__
from rdv_mock.api.addresses import REALM
from rdv_mock.api.operation import ApiOperation, ControlOperation, Operation
from rdv_mock.api.refusals import JSON, body_of, status_of
from rdv_mock.api.surface import LIVRET
from rdv_mock.errors import ApiError, Detail, Refusal
from rdv_mock.facts.access import SCOPES
from rdv_mock.world import World

TITLE = "rdv-mock : simulateur de RdvPermis et du Livret Numérique"
BEARER = "jeton"
LOGIN = "connexion"

DESCRIPTION = f"""\
**Ceci est un simulateur**, sans lien avec l'État : il ne réserve rien et ne transmet rien.

Il remplace, pour vos développements et vos tests, l'API RdvPermis (places d'examen) et l'API du
Livret Numérique (heures de formation).
Chaque réponse porte `X-Rdv-Mock: 1` et l'heure du monde simulé (`Date`).

- **Se connecter** : « Authorize », `connexion` et un compte du scénario ; ou bien, dans `jeton`, un
  jeton de `POST /_mock/tokens` avec `{{"employe": "lea"}}`.
- **L'horloge, les scénarios, l'état** : le plan de contrôle, sous `/_mock`.
- **Ce qui est sûr et ce qui ne l'est pas** : `x-certitude` vaut `official`, `integrator`, `client`,
  `press` ou `inferred` (notre décision, jamais un fait du système réel).

Version {__version__} du simulateur.
"""

CONTROL_TITLE = "rdv-mock : plan de contrôle"
CONTROL_DESCRIPTION = """\
Ce par quoi un test dirige son monde : scénario, horloge, état, mondes, incidents, journal.
Ce n'est pas une partie des API simulées. Ouvert à qui atteint le port, sauf si
`RDV_MOCK_ADMIN_TOKEN` est posé : il faut alors ce jeton.
"""

CONJECTURE = (
    "\n\n*Conjecture : ni ce chemin ni ces champs ne sont publics. Les messages de refus, eux, sont"
    " officiels.*"
)

_COMMON = (
    ApiError.JETON_INVALIDE,
    ApiError.NOMBRE_MAXIMUM_DE_REQUETES_ATTEINT,
    ApiError.SCOPE_INSUFFISANT,
)
_WITH_INPUT = (ApiError.PARAMETRE_INVALIDE,)
_WITH_BODY = (ApiError.CORPS_TROP_VOLUMINEUX,)

_DESCRIPTIONS = {
    200: "La réponse.",
    201: "Créé.",
    204: "Fait ; pas de corps.",
    207: "Fait en partie : le corps dit ce qui n'a pu l'être.",
}


def _describe(**about: Any) -> dict[str, Any]:  # noqa: ANN401 - as FastAPI takes them
    """What FastAPI says of routes.

    Models are made when they are first used, which may be here, where FastAPI no longer hides what
    pydantic thinks of its ways.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UnsupportedFieldAttributeWarning)
        return get_openapi(**about)


def build_document(routes: Iterable[BaseRoute], world: World, prefix: str, livret: str) -> str:
    """The document of one world, as JSON."""
    operations = [route for route in routes if isinstance(route, ApiOperation)]
    document = _describe(
        title=TITLE,
        version=__version__,
        description=DESCRIPTION,
        routes=operations,
        servers=[{"url": prefix or "/", "description": f"Le monde « {world.name} »."}],
    )
    for route in operations:
        operation = document["paths"][route.path_format][route.method.lower()]
        _complete(operation, route, world)
    components = document["components"]
    schemas = {
        name: _untitled(schema)
        for name, schema in components["schemas"].items()
        if name not in {"HTTPValidationError", "ValidationError"}
    }
    for schema in schemas.values():
        if "enum" in schema:
            schema.pop("description", None)  # a docstring of ours, in English
    components["schemas"] = {**schemas, **_ERROR_SCHEMAS}
    components["headers"] = _HEADERS
    components["securitySchemes"] = _security_schemes(prefix)
    text = json.dumps(document, ensure_ascii=False)
    text = text.replace('OnWire"', '"')
    return text if livret == LIVRET else text.replace(f'"{LIVRET}', f'"{livret}')


def build_control_document(routes: Iterable[BaseRoute], world: World, prefix: str) -> str:
    """The document of the control plane, apart from that of the simulated APIs (design.md 3)."""
    operations = [
        route
        for route in routes
        if isinstance(route, ControlOperation) and not (prefix and route.traits.root_only)
    ]
    document = _describe(
        title=CONTROL_TITLE,
        version=__version__,
        description=CONTROL_DESCRIPTION,
        routes=operations,
        servers=[{"url": prefix or "/", "description": f"Le monde « {world.name} »."}],
    )
    for route in operations:
        operation = document["paths"][route.path_format][route.method.lower()]
        _complete_control(operation, route, world)
    schemas = document.get("components", {}).get("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    document["components"] = {
        "schemas": {**_untitled(schemas), **_ERROR_SCHEMAS},
        "headers": _HEADERS,
        "securitySchemes": {"admin": {"type": "http", "scheme": "bearer"}},
    }
    return json.dumps(document, ensure_ascii=False)


def _complete_control(operation: dict[str, Any], route: ControlOperation, world: World) -> None:
    operation["security"] = [{}, {"admin": []}]
    operation["parameters"] = _untitled(operation.get("parameters", []))
    if route.operation in _TAKES_YAML:
        text = {"schema": {"type": "string"}}
        whole = {"schema": {"type": "object"}}
        operation["requestBody"] = {
            "required": True,
            "content": {"application/yaml": text, JSON: whole},
        }
    elif "requestBody" in operation:
        content = operation["requestBody"]["content"][JSON]
        content["schema"] = _without_null(content["schema"])
    responses = operation["responses"] = _untitled(operation["responses"])
    responses.pop("422", None)
    for status, response in responses.items():
        response["description"] = _DESCRIPTIONS[int(status)]
        response["headers"] = _header_references()
    has_input = bool(route.query or route.body)
    errors = [
        ApiError.JETON_ADMIN_INVALIDE,
        *(_WITH_INPUT if has_input else ()),
        *route.traits.errors,
    ]
    _add_errors(responses, errors, route, world)


_TAKES_YAML = {"putScenario", "patchState"}


def _security_schemes(prefix: str) -> dict[str, Any]:
    """By a login at the simulated provider, or by a token that was got otherwise."""
    oidc = f"{prefix}{REALM}/protocol/openid-connect"
    return {
        LOGIN: {
            "type": "oauth2",
            "description": "La connexion d'un employé au fournisseur OpenID simulé.",
            "flows": {
                "authorizationCode": {
                    "authorizationUrl": f"{oidc}/auth",
                    "tokenUrl": f"{oidc}/token",
                    "refreshUrl": f"{oidc}/token",
                    "scopes": dict(SCOPES),
                }
            },
        },
        BEARER: {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
            "description": "Un jeton d'accès, par exemple celui de `POST /_mock/tokens`.",
        },
    }


def _complete(operation: dict[str, Any], route: ApiOperation, world: World) -> None:
    """Add what FastAPI cannot know: refusals, headers, security, certainty."""
    operation["x-certitude"] = route.traits.certainty
    operation["parameters"] = _untitled(operation.get("parameters", []))
    scopes = [route.traits.scope] if route.traits.scope else []
    operation["security"] = [{LOGIN: scopes}, {BEARER: scopes}]
    if route.path.startswith(LIVRET):
        operation["description"] = operation.get("description", "") + CONJECTURE
    if "requestBody" in operation:
        content = operation["requestBody"]["content"][JSON]
        content["schema"] = _without_null(content["schema"])
    responses = operation["responses"] = _untitled(operation["responses"])
    responses.pop("422", None)
    if "201" in responses and "207" in responses:  # a bulk, whose status a scenario chooses
        responses[str(world.responses.bulk_success_status)] = responses.pop("201")
    for status, response in responses.items():
        response["description"] = _DESCRIPTIONS[int(status)]
        response["headers"] = _header_references(located=route.traits.locates and status == "201")
    _add_errors(responses, _errors_of(route), route, world)
    operation["responses"] = dict(sorted(responses.items()))


def _add_errors(
    responses: dict[str, Any], errors_of: Iterable[ApiError], route: Operation, world: World
) -> None:
    """Show each refusal with its example, status by status."""
    for status, errors in _by_status(errors_of, route.operation, world).items():
        responses[str(status)] = {
            "description": " · ".join(error.code for error in errors),
            "headers": _header_references(challenge=status == 401, later=status == 429),  # noqa: PLR2004
            "content": {
                JSON: {
                    "schema": {"$ref": "#/components/schemas/Erreur"},
                    "examples": {error.code: _example(error, route, world) for error in errors},
                }
            },
        }


def _errors_of(route: ApiOperation) -> list[ApiError]:
    """Every refusal that an operation may give, in the order of the checks."""
    has_body = bool(route.dependant.body_params)
    has_input = has_body or bool(route.dependant.query_params)
    errors = [
        *(_WITH_BODY if has_body else ()),
        *_COMMON,
        *(_WITH_INPUT if has_input else ()),
        *((ApiError.ACTION_INTERDITE,) if route.traits.writes else ()),
        *route.traits.errors,
    ]
    return list(dict.fromkeys(errors))


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
    body = body_of(Refusal(error, details=details), route.operation, world)
    certainty = error.value.message_certainty or error.value.certainty
    own = world.override_of(error).message is not None
    return {
        "summary": body["message"],
        "description": "Message du scénario." if own else f"Message `{certainty}`.",
        "value": body,
    }


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


def _header_references(
    *, located: bool = False, challenge: bool = False, later: bool = False
) -> dict[str, Any]:
    names = ["X-Rdv-Mock", "Date"]
    names += ["Location"] if located else []
    names += ["WWW-Authenticate"] if challenge else []
    names += ["Retry-After"] if later else []
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """A body that may be left out, but not `null`."""
    first: dict[str, Any] = schema.get("anyOf", [schema])[0]
    return first


def _untitled(schema: Any) -> Any:  # noqa: ANN401 - JSON Schema
    """A schema without the titles that only repeat the names of its fields."""
    if isinstance(schema, dict):
        return {
            key: _untitled(value)
            for key, value in schema.items()
            if key != "title" or not isinstance(value, str)
        }
    return [_untitled(item) for item in schema] if isinstance(schema, list) else schema


_ERROR_SCHEMAS: Mapping[str, Any] = {
    "Erreur": {
        "type": "object",
        "description": "Tout refus a cette forme ; `code` et `erreur` portent le même code.",
        "required": ["message"],
        "properties": {
            "code": {"$ref": "#/components/schemas/Code"},
            "erreur": {"$ref": "#/components/schemas/Code"},
            "message": {"type": "string"},
            "details": {"type": "array", "items": {"$ref": "#/components/schemas/Detail"}},
        },
    },
    "Code": {"type": "string", "enum": [error.code for error in ApiError]},
    "Detail": {
        "type": "object",
        "required": ["champ", "message"],
        "properties": {
            "champ": {"type": "string", "examples": ["filtre.nom.query"]},
            "message": {"type": "string", "examples": ["est obligatoire"]},
        },
    },
}

_HEADERS: Mapping[str, Any] = {
    "X-Rdv-Mock": {
        "description": "Toujours `1` : cette réponse vient du simulateur.",
        "schema": {"type": "string", "const": "1"},
        "required": True,
    },
    "Date": {
        "description": "L'heure du monde simulé, non l'heure réelle.",
        "schema": {"type": "string"},
        "required": True,
    },
    "Location": {
        "description": "Où lire ce qui vient d'être créé, relatif au serveur.",
        "schema": {"type": "string"},
        "required": True,
    },
    "Retry-After": {
        "description": "En secondes ou en date, ou absent : `responses.retryAfter` du scénario.",
        "schema": {"type": "string"},
        "required": False,
    },
    "WWW-Authenticate": {"schema": {"type": "string"}, "required": True},
}

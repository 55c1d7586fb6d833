"""What both documents refer to: the body of refusals, headers, ways to log in."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rdv_mock.errors import ApiError, Level
from rdv_mock.facts.access import SCOPES
from rdv_mock.facts.world import ErrorKeys
from rdv_mock.http.addresses import REALM
from rdv_mock.wire.certainty import LEVEL, NOTE

CHALLENGE = "WWW-Authenticate"
BEARER = "jeton"
LOGIN = "connexion"

_CODES_OF_ANY_CALL = (
    ApiError.RESSOURCE_INCONNUE,
    ApiError.METHODE_NON_AUTORISEE,
    ApiError.ERREUR_INTERNE,
    ApiError.SERVICE_INDISPONIBLE,
    ApiError.STOCKAGE_INDISPONIBLE,
    ApiError.REQUETE_ILLISIBLE,
    ApiError.REQUETE_TROP_LENTE,
    ApiError.ADRESSE_TROP_LONGUE,
    ApiError.EN_TETES_TROP_VOLUMINEUX,
)


def certainty_of_code(error: ApiError, operation: str | None = None) -> dict[str, Level]:
    """How sure the code, the status and the message of a refusal are, on an operation or at all."""
    entry = error.value
    status, message = entry.status_certainty, entry.message_certainty
    if entry.status_known_on and operation not in entry.status_known_on:
        status = "inferred"
    if operation in entry.message_on:
        message = "inferred"
    return {
        "code": entry.certainty,
        "statut": status or entry.certainty,
        "message": message or entry.certainty,
    }


def error_schemas(shown: Iterable[ApiError], keys: ErrorKeys) -> dict[str, Any]:
    """The one body of all refusals, with the codes that a document shows."""
    schemas = _error_schemas(shown)
    if keys != "both":
        schemas["Refus"]["description"] = "Tout refus a cette forme."
        del schemas["Refus"]["properties"]["erreur" if keys == "code" else "code"]
    return schemas


def _error_schemas(shown: Iterable[ApiError]) -> dict[str, Any]:
    named = {*shown, *_CODES_OF_ANY_CALL}
    codes = [error for error in ApiError if error in named]
    return {
        "Refus": {
            "type": "object",
            "description": "Tout refus a cette forme ; `code` et `erreur` portent le même code.",
            "required": ["message"],
            "properties": {
                "code": {
                    "$ref": "#/components/schemas/Code",
                    LEVEL: "integrator",
                    NOTE: "les deux clés sont rapportées",
                },
                "erreur": {
                    "$ref": "#/components/schemas/Code",
                    LEVEL: "integrator",
                    NOTE: "les deux clés sont rapportées",
                },
                "message": {
                    "type": "string",
                    "description": "Une phrase en français, à montrer telle quelle.",
                    "examples": [ApiError.PANIER_INCONNU.value.message],
                    LEVEL: "integrator",
                },
                "details": {
                    "type": "array",
                    "description": "Ce qui ne va pas, paramètre par paramètre ; absent sinon.",
                    "items": {"$ref": "#/components/schemas/Detail"},
                    LEVEL: "inferred",
                },
            },
        },
        "Code": {
            "type": "string",
            "description": "Le code d'un refus.",
            "enum": [error.code for error in codes],
            "x-certitude-codes": {error.code: certainty_of_code(error) for error in codes},
        },
        "Detail": {
            "type": "object",
            "description": "Un problème de la demande.",
            "required": ["champ", "message"],
            "properties": {
                "champ": {
                    "type": "string",
                    "description": "Le paramètre, ou le chemin dans le corps.",
                    "examples": ["filtre.nom.query", "creneauxId[3]", "groupe-permis"],
                    LEVEL: "inferred",
                },
                "ligne": {
                    "type": "integer",
                    "description": "La ligne d'un scénario ; absente sinon.",
                    "examples": [12],
                    LEVEL: "inferred",
                },
                "message": {
                    "type": "string",
                    "description": "Ce qui ne va pas.",
                    "examples": ["est obligatoire"],
                    LEVEL: "inferred",
                },
            },
        },
    }


HEADERS: Mapping[str, Any] = {
    "X-Rdv-Mock": {
        "description": "Toujours `1` : cette réponse vient du simulateur.",
        "schema": {"type": "string", "const": "1"},
        "required": True,
    },
    "Date": {
        "description": "L'heure du monde simulé, non l'heure réelle.",
        "schema": {"type": "string", "examples": ["Tue, 10 Mar 2026 08:00:00 GMT"]},
        "required": True,
    },
    "Location": {
        "description": "Où lire ce qui vient d'être créé, relatif au serveur.",
        "schema": {
            "type": "string",
            "format": "uri-reference",
            "examples": ["/api/v2/auto-ecole/paniers/ba000000-0000-4000-8000-000000000001"],
        },
        "required": True,
    },
    "Retry-After": {
        "description": "Quand revenir : en secondes ou en date, ou absent, selon"
        " `responses.retryAfter` du scénario. Une date est en temps réel, sauf si la limite"
        " `debit.horlogeDeRetryAfter` vaut `monde`.",
        "schema": {"type": "string", "examples": ["40", "Tue, 10 Mar 2026 08:01:00 GMT"]},
        "required": False,
    },
    CHALLENGE: {
        "description": "Ce qu'il faut : un jeton. `invalid_token` quand il y en avait un.",
        "schema": {
            "type": "string",
            "examples": ['Bearer realm="formation", error="invalid_token"'],
        },
        "required": True,
    },
}

CONTROL_HEADERS: Mapping[str, Any] = {
    name: HEADERS[name] for name in ("X-Rdv-Mock", "Date", CHALLENGE)
}
"""The control plane limits nobody, and says in its bodies where things are."""


def header_references(
    *, located: bool = False, challenge: Sequence[bool] = (), later: bool = False
) -> dict[str, Any]:
    """What a response carries: two headers always, the others where so.

    `challenge`: whether each of the refusals that share the response asks for a token.
    """
    names = ["X-Rdv-Mock", "Date"]
    names += ["Location"] if located else []
    names += [CHALLENGE] if any(challenge) else []
    names += ["Retry-After"] if later else []
    headers: dict[str, Any] = {name: {"$ref": f"#/components/headers/{name}"} for name in names}
    if any(challenge) and not all(challenge):
        headers[CHALLENGE] = {**HEADERS[CHALLENGE], "required": False}
    return headers


def security_schemes(base: str) -> dict[str, Any]:
    """The security schemes: a login at the provider at `base`, or a token from elsewhere."""
    realm = f"{base}{REALM}"
    oidc = f"{realm}/protocol/openid-connect"
    return {
        LOGIN: {
            "type": "oauth2",
            "description": "La connexion d'un employé au fournisseur OpenID simulé, qui se décrit"
            f" lui-même sous `{realm}/.well-known/openid-configuration`.",
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


ADMIN_SCHEMES: Mapping[str, Any] = {
    "admin": {
        "type": "http",
        "scheme": "bearer",
        "description": "Le jeton de `RDV_MOCK_ADMIN_TOKEN`, quand il est posé.",
    }
}

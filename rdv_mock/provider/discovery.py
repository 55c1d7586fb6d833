"""Discovery: where the endpoints are, and the keys (docs/contract/openid.md)."""

from starlette.responses import JSONResponse, Response

from rdv_mock.facts.access import (
    SCOPES,
)
from rdv_mock.http.addresses import issuer
from rdv_mock.http.call import Call
from rdv_mock.http.signer import ALGORITHM
from rdv_mock.provider.authorization import NO_STORE
from rdv_mock.provider.operation import OIDC, provider_router
from rdv_mock.provider.token import GRANTS
from rdv_mock.provider.tokens import (
    returns_all,
)
from rdv_mock.rules.oauth import (
    CHALLENGE_METHODS,
    RESPONSE_MODES,
)

router = provider_router()


@router.get("/.well-known/openid-configuration")
async def configuration(call: Call) -> Response:
    """Say where everything is and what is known; it depends on how the server was reached."""
    base = issuer(call)
    forwarded = ", X-Forwarded-Host, X-Forwarded-Proto" if call.server.settings.trust_proxy else ""
    oidc = base + OIDC
    return JSONResponse(
        {
            "issuer": base,
            "authorization_endpoint": f"{oidc}/auth",
            "token_endpoint": f"{oidc}/token",
            "introspection_endpoint": f"{oidc}/token/introspect",
            "userinfo_endpoint": f"{oidc}/userinfo",
            "end_session_endpoint": f"{oidc}/logout",
            "jwks_uri": f"{oidc}/certs",
            "revocation_endpoint": f"{oidc}/revoke",
            "grant_types_supported": list(GRANTS),
            "response_types_supported": ["code"],
            "response_modes_supported": list(RESPONSE_MODES),
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": [ALGORITHM],
            "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
            "scopes_supported": list(SCOPES),
            "claims_supported": [
                "aud",
                "sub",
                "iss",
                "auth_time",
                "name",
                "given_name",
                "family_name",
                "preferred_username",
                "email",
            ],
            "code_challenge_methods_supported": list(CHALLENGE_METHODS),
            "claims_parameter_supported": False,
            "request_parameter_supported": False,
            "request_uri_parameter_supported": False,
            "authorization_response_iss_parameter_supported": returns_all(call.limits),
        },
        headers={**NO_STORE, "Vary": f"Host{forwarded}"},
    )


@router.get(f"{OIDC}/certs")
async def certificats(call: Call) -> Response:
    """Hand out the public key."""
    return JSONResponse({"keys": [call.server.signer.public_key()]}, headers=NO_STORE)

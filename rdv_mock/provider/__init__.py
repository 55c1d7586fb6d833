"""The OpenID provider, shaped like the State's Keycloak: all its endpoints, in their order."""

from rdv_mock.provider import authorize, discovery, logout, token

ROUTES = [
    *discovery.router.routes,
    *authorize.router.routes,
    *token.router.routes,
    *logout.router.routes,
]

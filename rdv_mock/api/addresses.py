"""The server's own addresses, as whoever calls would write them (design.md 3)."""

from starlette.requests import Request

from rdv_mock.settings import Settings

REALM = "/realms/formation"


def base_address(request: Request, settings: Settings) -> str:
    """Scheme and host of the server: as set, else as the call came in.

    Forwarded headers are believed only when the settings say so.
    """
    if settings.public_url:
        return settings.public_url.rstrip("/")
    scheme, host = request.url.scheme, request.headers.get("host", "localhost")
    if settings.trust_proxy:
        scheme = request.headers.get("x-forwarded-proto", scheme)
        host = request.headers.get("x-forwarded-host", host)
    return f"{scheme}://{host}"


def issuer(request: Request) -> str:
    """The name of the OpenID provider of the world that answers."""
    settings = request.scope["rdv_mock.server"].settings
    return f"{base_address(request, settings)}{request.scope['root_path']}{REALM}"

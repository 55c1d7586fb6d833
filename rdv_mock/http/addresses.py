"""The server's own addresses, as whoever calls would write them (design.md 3)."""

from starlette.requests import Request

from rdv_mock.http.call import Call
from rdv_mock.settings import Settings

LIVRET: str = Settings.model_fields["livret_base_path"].default
"""Where the routes of the Livret stand; the setting only says where they are reached."""
REALM = "/realms/formation"


def default_address(settings: Settings) -> str:
    """Scheme and host of the server where nobody calls: as set, else those of its defaults."""
    host, port = (Settings.model_fields[name].default for name in ("host", "port"))
    return (settings.public_url or f"http://{host}:{port}").rstrip("/")


def base_address(call: Request, settings: Settings) -> str:
    """Scheme and host of the server: as set, else as the call came in.

    Forwarded headers are believed only when the settings say so.
    """
    if settings.public_url:
        return settings.public_url.rstrip("/")
    scheme, host = call.url.scheme, call.headers.get("host", "localhost")
    if settings.trust_proxy:
        scheme = _outermost(call.headers.get("x-forwarded-proto", scheme))
        host = _outermost(call.headers.get("x-forwarded-host", host))
    return f"{scheme}://{host}"


def _outermost(forwarded: str) -> str:
    """What the client wrote, of a list that each proxy adds to."""
    return forwarded.partition(",")[0].strip()


def realm_path(call: Call) -> str:
    """Where the realm stands in the style of the call's path: with or without `/auth`."""
    return call.passage.realm


def issuer(call: Call) -> str:
    """The name of the OpenID provider of the world that answers."""
    return base_address(call, call.server.settings) + call.prefix + realm_path(call)

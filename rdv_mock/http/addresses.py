"""The server's own addresses, as its callers write them.

See docs/contract/surfaces.md#own-addresses.
"""

from starlette.requests import Request

from rdv_mock.http.call import Call
from rdv_mock.settings import Settings

LIVRET: str = Settings.model_fields["livret_base_path"].default
"""Where the routes of the Livret are; the setting only moves the place where they are reached."""
REALM = "/realms/formation"


def default_address(settings: Settings) -> str:
    """Scheme and host of the server outside of any call: `--public-url`, else the defaults."""
    host, port = (Settings.model_fields[name].default for name in ("host", "port"))
    return (settings.public_url or f"http://{host}:{port}").rstrip("/")


def base_address(call: Request, settings: Settings) -> str:
    """Scheme and host of the server: `--public-url`, else as the call names them.

    Forwarded headers count only with the setting `trust_proxy`.
    """
    if settings.public_url:
        return settings.public_url.rstrip("/")
    scheme, host = call.url.scheme, call.headers.get("host", "localhost")
    if settings.trust_proxy:
        scheme = _outermost(call.headers.get("x-forwarded-proto", scheme))
        host = _outermost(call.headers.get("x-forwarded-host", host))
    return f"{scheme}://{host}"


def _outermost(forwarded: str) -> str:
    """The first of a list to which each proxy adds: what the client wrote."""
    return forwarded.partition(",")[0].strip()


def realm_path(call: Call) -> str:
    """The path of the realm, in the style in which the call was made: with or without `/auth`."""
    return call.passage.realm


def issuer(call: Call) -> str:
    """The name of the OpenID provider of the call's world: the claim `iss`."""
    return base_address(call, call.server.settings) + call.prefix + realm_path(call)

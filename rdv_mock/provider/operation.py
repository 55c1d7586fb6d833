"""An endpoint of the provider, which refuses in OAuth's own words (docs/contract/openid.md)."""

from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any

from starlette.responses import JSONResponse, Response
from typing_extensions import override

from rdv_mock.errors import OAuthRefusal, Refusal
from rdv_mock.http.access import headers_of
from rdv_mock.http.addresses import REALM
from rdv_mock.http.aside import aside
from rdv_mock.http.call import Body, Head
from rdv_mock.http.life import live_until_now
from rdv_mock.http.operation import Operation
from rdv_mock.http.refusals import message_of, status_of
from rdv_mock.http.routers import Router
from rdv_mock.provider.authorization import NO_STORE
from rdv_mock.provider.clients import BadClient
from rdv_mock.provider.login_page import (
    error_page,
)

OIDC = "/protocol/openid-connect"
FOR_BROWSERS = {"autoriser", "authentifier", "deconnexion"}
"""The endpoints that a person comes to: they refuse with a page."""
ERRORS = {
    401: "invalid_grant",
    403: "access_denied",
    429: "temporarily_unavailable",
    503: "temporarily_unavailable",
}
"""What OAuth calls a refusal of ours, by its status, where it is not one of a kind."""


class ProviderOperation(Operation):
    """An endpoint of the provider: it admits everybody, and refuses in OAuth's own words."""

    @override
    def admit(self, head: Head) -> None:
        """Let everybody in; each endpoint asks for what it needs."""

    @override
    async def run(
        self, head: Head, body: Body, arguments: dict[str, Any], *, now: datetime
    ) -> Response:
        """Run the endpoint, once there is a key; one that refuses has written nothing."""
        signer = head.passage.server.signer
        if not signer.is_ready:
            await aside(signer.get_ready)
            now = await live_until_now(head.world)
        try:
            with head.world.store.transaction():
                return await super().run(head, body, arguments, now=now)
        except OAuthRefusal as refusal:
            if self.endpoint.__name__ in FOR_BROWSERS:
                return error_page("Cette demande est mal formée.", refusal.description)
            return refuse_grant(refusal)

    @override
    def refuse(self, head: Head, refusal: Refusal) -> Response:
        """One of our own refusals, such as an incident asks for, in OAuth's own form."""
        error = refusal.error
        head.passage.code = error.code
        status = status_of(error, self.operation, head.world)
        message = message_of(refusal, self.operation, head.world)
        headers = headers_of(head, error)
        if self.operation in FOR_BROWSERS and "text/html" in head.header(b"accept"):
            page = error_page(message, status=status)
            page.headers.update(headers)
            return page
        told = ERRORS.get(
            status,
            "server_error" if status >= HTTPStatus.INTERNAL_SERVER_ERROR else "invalid_request",
        )
        if self.operation == "utilisateur":  # it takes a token for its caller (RFC 6750)
            told = {401: "invalid_token", 403: "insufficient_scope"}.get(status, told)
        return refuse_grant(OAuthRefusal(told, message), status, headers)


def provider_router() -> Router[ProviderOperation]:
    """A router of endpoints of the provider."""
    return Router(ProviderOperation, REALM)


def refuse_grant(
    refusal: OAuthRefusal, status: int = 400, headers: Mapping[str, str] | None = None
) -> Response:
    """A refusal in OAuth's own form: 400, but 401 when it is the client that is wrong."""
    body = {"error": refusal.error, "error_description": refusal.description}
    challenge = {}
    if isinstance(refusal, BadClient):
        status = 401
        challenge = {"WWW-Authenticate": 'Basic realm="formation"'} if refusal.basic else {}
    return JSONResponse(body, status, {**NO_STORE, **challenge, **(headers or {})})

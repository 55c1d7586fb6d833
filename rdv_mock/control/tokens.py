"""Hand out tokens without a browser, in JSON."""

from rdv_mock.errors import ApiError
from rdv_mock.http.addresses import issuer
from rdv_mock.http.call import Call
from rdv_mock.http.routers import control_router
from rdv_mock.http.traits import refuses
from rdv_mock.provider.tokens import tokens_on_wire
from rdv_mock.steering import tokens
from rdv_mock.wire.tokens import TokenAnswer, TokenRequest

router = control_router("Plan de contrôle")


@router.post(
    "/tokens",
    summary="Obtenir des jetons sans navigateur",
    description="Comme ceux du fournisseur OpenID, jeton de rafraîchissement compris. Une"
    " connexion (bail) est ouverte, comme par une vraie connexion.",
)
@refuses(ApiError.EMPLOYE_INCONNU)
async def create_tokens(request: TokenRequest, call: Call) -> TokenAnswer:
    """Hand out tokens as a login would."""
    issued = await tokens.give(
        call.server,
        call.world,
        request.employe,
        issuer=issuer(call),
        client_id=request.client_id,
        scopes=request.scopes,
        expires_in=request.expires_in,
    )
    return tokens_on_wire(issued)

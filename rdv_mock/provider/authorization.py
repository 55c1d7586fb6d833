"""An authorization request, and the three ways in which its answer goes back.

See docs/contract/openid.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.responses import RedirectResponse, Response

from rdv_mock.facts.access import OAuthClient
from rdv_mock.provider.login_page import form_post_page
from rdv_mock.rules.oauth import FORM_POST, FRAGMENT, QUERY, RESPONSE_MODES

NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}


@dataclass(frozen=True, slots=True)
class Authorization:
    """An authorization request whose client and redirect URI are known to be good.

    `always` is what every answer to it carries, beside its `state` unchanged.
    """

    client: OAuthClient
    redirect_uri: str
    parameters: Mapping[str, str]
    always: Mapping[str, str]

    @property
    def response_mode(self) -> str:
        """The response mode that is asked for, unchecked; the query when none is."""
        return self.parameters.get("response_mode") or QUERY

    def back(self, **answer: str) -> Response:
        """Go back to the client with an answer, in the mode that it wants if there is one."""
        state = {name: self.parameters[name] for name in ("state",) if name in self.parameters}
        mode = self.response_mode if self.response_mode in RESPONSE_MODES else QUERY
        return _ANSWERS[mode](self.redirect_uri, {**answer, **state, **self.always})


def answer_in_query(address: str, answer: Mapping[str, str]) -> Response:
    """A redirect to an address that keeps its own query."""
    link = "" if not answer or address.endswith(("?", "&")) else "&" if "?" in address else "?"
    return _redirect(f"{address}{link}{urlencode(answer)}")


def _answer_in_fragment(address: str, answer: Mapping[str, str]) -> Response:
    return _redirect(f"{address}#{urlencode(answer)}")


def _redirect(target: str) -> Response:
    return RedirectResponse(target, 302, NO_STORE)


_ANSWERS = {QUERY: answer_in_query, FRAGMENT: _answer_in_fragment, FORM_POST: form_post_page}

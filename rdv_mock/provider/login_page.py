"""The pages of the OpenID provider: login, error, logged out. French, and nothing from outside."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from html import escape

from starlette.responses import HTMLResponse

from rdv_mock.http.templates import render

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; frame-ancestors 'none'"
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
}

RETURNS = "Adresses de retour de ce client"
MOST_KNOWN = 20
"""Names that a page shows of those that there are."""
SUBMIT = "document.forms[0].submit();"
"""The one script of these pages, which its policy lets run by its hash."""
FORM_POST_POLICY = (
    f"{POLICY}; script-src 'sha256-{b64encode(sha256(SUBMIT.encode()).digest()).decode()}'"
)


@dataclass(frozen=True, slots=True)
class Known:
    """What the scenario has instead of what was not found."""

    title: str
    values: Sequence[str]

    @property
    def shown(self) -> Sequence[str]:
        """The first of them."""
        return self.values[:MOST_KNOWN]

    @property
    def has_more(self) -> bool:
        """Whether there are more of them."""
        return len(self.values) > MOST_KNOWN


@dataclass(frozen=True, slots=True)
class Account:
    """An account that the login page offers."""

    employe_id: str
    nom: str
    auto_ecole: str


def login_page(
    action: str,
    accounts: Sequence[Account],
    *,
    username: str = "",
    remembered: bool = False,
    problem: str = "",
    status: int = 200,
) -> HTMLResponse:
    """The login form, and what was wrong with the one that was sent before."""
    return _page(
        "login.html",
        "J'ai un compte, je me connecte",
        status=status,
        action=action,
        accounts=accounts,
        username=username,
        remembered=remembered,
        problem=escape(problem, quote=False),  # who looks for the sentence in the page finds it
    )


def form_post_page(action: str, answer: Mapping[str, str]) -> HTMLResponse:
    """A form that sends an answer to the client by itself, or at the press of its button."""
    title = "Connexion réussie" if "code" in answer else "Retour au logiciel"
    page = _page("form_post.html", title, action=action, answer=answer, script=SUBMIT)
    page.headers["Content-Security-Policy"] = FORM_POST_POLICY
    return page


def error_page(
    message: str, value: str = "", known: Known | None = None, *, status: int = 400
) -> HTMLResponse:
    """What cannot be answered by a redirect: what is wrong with a value, and what there is."""
    title = "Connexion impossible"
    return _page("error.html", title, status=status, message=message, value=value, known=known)


def logged_out_page() -> HTMLResponse:
    """Nobody is logged in any more."""
    return _page("logged_out.html", "Vous êtes déconnecté")


def _page(name: str, title: str, *, status: int = 200, **values: object) -> HTMLResponse:
    return HTMLResponse(render(__package__, name, title=title, **values), status, HEADERS)

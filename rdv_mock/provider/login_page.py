"""The pages of the OpenID provider: login, error, logged out. French, and nothing from outside."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from html import escape

from starlette.responses import HTMLResponse

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; frame-ancestors 'none'"
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
}

MOST_KNOWN = 20
"""Names that a page shows of those that there are."""
NONE = "il n'y en a pas"
SUBMIT = "document.forms[0].submit();"
"""The one script of these pages, which its policy lets run by its hash."""
FORM_POST_POLICY = (
    f"{POLICY}; script-src 'sha256-{b64encode(sha256(SUBMIT.encode()).digest()).decode()}'"
)

_PAGE = """\
<!doctype html>
<html lang="fr">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} – rdv-mock</title>
<style>
:root {{ color-scheme: light; }}
* {{ box-sizing: border-box; }}
body {{ margin: 0; font: 1rem/1.5 system-ui, sans-serif; color: #161616; background: #f4f6ff; }}
header {{ padding: .6rem 1rem; background: #b34000; color: #fff; text-align: center; }}
main {{ max-width: 27rem; margin: 1.5rem auto; padding: 1.5rem; background: #fff;
  border: 1px solid #ddd; border-radius: .4rem; }}
h1 {{ margin: 0 0 1rem; font-size: 1.35rem; line-height: 1.25; }}
h2 {{ margin: 1.5rem 0 .5rem; font-size: 1rem; }}
label {{ display: block; margin-top: .9rem; }}
input[type=email], input[type=text], input[type=password] {{ width: 100%; padding: .6rem;
  font: inherit; border: 1px solid #6a6a6a; border-radius: .25rem; }}
label.check {{ display: flex; gap: .5rem; align-items: center; }}
button {{ width: 100%; margin-top: .8rem; padding: .7rem; font: inherit; cursor: pointer;
  border: 1px solid #000091; border-radius: .25rem; background: #fff; color: #000091; }}
button.main {{ background: #000091; color: #fff; font-weight: 600; }}
button small {{ display: block; color: #3a3a3a; }}
:focus-visible {{ outline: 3px solid #0a76f6; outline-offset: 2px; }}
.erreur {{ padding: .6rem .8rem; border-left: .3rem solid #ce0500; background: #ffe9e9; }}
code {{ overflow-wrap: anywhere; }}
</style>
</head>
<body>
<header>Simulateur rdv-mock, sans lien avec l'État</header>
<main>
<h1>{title}</h1>
{content}
</main>
</body>
</html>
"""

_LOGIN = """\
{error}<form id="kc-form-login" method="post" action="{action}">
<label for="username">Adresse e-mail (nom@exemple.com)</label>
<input id="username" name="username" type="text" inputmode="email" autocomplete="username"
  value="{username}" autofocus required>
<label for="password">Mot de passe</label>
<input id="password" name="password" type="password" autocomplete="current-password" required>
<label class="check"><input id="rememberMe" name="rememberMe" type="checkbox"{checked}>
Se souvenir de moi</label>
<button id="kc-login" name="login" type="submit" class="main">Je me connecte</button>
</form>
<form id="rdv-mock-comptes" method="post" action="{action}">
<h2>Comptes du scénario, en un clic</h2>
{accounts}
<button name="annuler" value="1" type="submit">Annuler</button>
</form>
"""


_FORM_POST = """\
<form method="post" action="{action}">
{fields}
<p>Vous revenez au logiciel qui a demandé cette connexion. Sans JavaScript, continuez vous-même.</p>
<button type="submit" class="main">Continuer</button>
</form>
<script>{script}</script>
"""


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
    error = (
        f'<p class="erreur" role="alert" id="input-error">{escape(problem, quote=False)}</p>\n'
        if problem
        else ""
    )
    buttons = "\n".join(
        f'<button name="compte" value="{escape(account.employe_id)}" type="submit">'
        f"{escape(account.nom)}<small>{escape(account.auto_ecole)}</small></button>"
        for account in accounts
    )
    content = _LOGIN.format(
        error=error,
        action=escape(action),
        username=escape(username),
        checked=" checked" if remembered else "",
        accounts=buttons,
    )
    return _page("J'ai un compte, je me connecte", content, status)


def form_post_page(action: str, answer: Mapping[str, str]) -> HTMLResponse:
    """A form that sends an answer to the client by itself, or at the press of its button."""
    fields = "\n".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
        for name, value in answer.items()
    )
    content = _FORM_POST.format(action=escape(action), fields=fields, script=SUBMIT)
    page = _page("Connexion réussie" if "code" in answer else "Retour au logiciel", content)
    page.headers["Content-Security-Policy"] = FORM_POST_POLICY
    return page


def error_page(
    message: str, value: str = "", known: str = "", *, status: int = 400
) -> HTMLResponse:
    """What cannot be answered by a redirect: what is wrong with a value, and what there is."""
    shown = f"<p><code>{escape(value)}</code></p>" if value else ""
    content = f'<p class="erreur">{escape(message)}</p>{shown}{known}'
    return _page("Connexion impossible", content, status)


def known_ones(title: str, values: Sequence[str]) -> str:
    """What the scenario has instead of what was not found, as a part of a page."""
    shown = [f"<code>{escape(value)}</code>" for value in values[:MOST_KNOWN]]
    more = ["…"] if len(values) > MOST_KNOWN else []
    return f"<p>{escape(title)} : {', '.join([*shown, *more]) or NONE}.</p>"


def logged_out_page() -> HTMLResponse:
    """Nobody is logged in any more."""
    return _page("Vous êtes déconnecté", "<p>Vous pouvez fermer cette fenêtre.</p>")


def _page(title: str, content: str, status: int = 200) -> HTMLResponse:
    return HTMLResponse(_PAGE.format(title=escape(title), content=content), status, HEADERS)

"""The calls that are measured, as bytes that are ready to be sent before the clock starts."""

import re
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from html import unescape
from http import HTTPStatus
from http.client import HTTPConnection
from itertools import chain, repeat
from urllib.parse import parse_qs, urlencode, urlsplit

from benchmarks.client import HOST, Sent, answer_to, ask, request, spread
from benchmarks.figures import NotMeasured
from benchmarks.servers import Server
from benchmarks.worlds import (
    CENTRE,
    CONTRATS,
    EMPLOYE,
    LAST_LECON,
    NOM,
    contrat_id,
    creneau_id,
    numero_dossier,
    panier_id,
)
from rdv_mock.scenario.access import DEFAULT_CLIENT

LIVRET = "/api/v1/livret-numerique"
V2 = "/api/v2/auto-ecole"

PerConnection = Sequence[Iterable[Sent]]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of call: those of some numbers, with a token, over so many connections."""

    label: str
    make: Callable[[str, range, int], PerConnection]


def lecons(token: str, numbers: range, connections: int) -> PerConnection:
    """Fresh leçons, all valid: each élève has the next one an hour before the one before."""
    return spread([lecon(token, number) for number in numbers], connections)


def lecon(token: str, number: int) -> Sent:
    """One leçon, 201."""
    debut = LAST_LECON - timedelta(hours=number // CONTRATS)
    body = {
        "type": "CIRCULATION",
        "dateHeureDebut": debut.isoformat(),
        "dureeEnMinutes": 60,
        "numeroAutorisation": "A0850001230",
    }
    path = f"{LIVRET}/contrats-de-formation/{contrat_id(number % CONTRATS)}/lecons"
    return Sent(request("POST", path, body, token=token), 201)


def mandats(token: str, numbers: range, connections: int) -> PerConnection:
    """A mandat for one candidat after the other, none of whom has any."""
    return spread([mandat(token, number) for number in numbers], connections)


def mandat(token: str, number: int) -> Sent:
    """One mandat, 201."""
    body = {"nom": NOM, "numeroDossier": numero_dossier(number), "groupePermis": "B"}
    return Sent(request("POST", f"{V2}/mandats", body, token=token), 201)


def planning(token: str, numbers: range, connections: int) -> PerConnection:
    """The same search over and over: a day with a dozen créneaux."""
    filtre = {"groupePermis": "B", "date": "2026-03-26", "centreId": CENTRE}
    sent = Sent(request("POST", f"{V2}/planning/recherche", {"filtre": filtre}, token=token))
    return spread(repeat(sent, len(numbers)), connections)


def paniers(token: str, numbers: range, connections: int) -> PerConnection:
    """Every connection fills and empties a panier of its own; only the adding is timed."""
    times = len(numbers) // connections // 2
    return [
        list(chain.from_iterable(repeat(panier(token, number), times)))
        for number in range(connections)
    ]


def panier(token: str, number: int) -> tuple[Sent, Sent]:
    """A créneau put into a panier, 201, and taken out again, 204."""
    path = f"{V2}/paniers/{panier_id(number)}/creneaux"
    added = request("POST", path, {"creneauId": creneau_id(number)}, token=token)
    removed = request("DELETE", f"{path}/{creneau_id(number)}", token=token)
    return Sent(added, 201), Sent(removed, 204, counts=False)


def formateurs(token: str, numbers: range, connections: int) -> PerConnection:
    """A small reading, for which no mock needs a state."""
    return spread(repeat(Sent(formateurs_request(token)), len(numbers)), connections)


def formateurs_request(token: str) -> bytes:
    """The bytes of the small reading; without a token it is refused."""
    return request("GET", f"{LIVRET}/formateurs", token=token)


POST_LECON = Kind("POST leçon", lecons)
FORMATEURS = Kind("GET formateurs", formateurs)
OF_A_VENDOR = (
    POST_LECON,
    Kind("POST mandat", mandats),
    Kind("planning search", planning),
    Kind("panier add", paniers),
)
"""The four calls; a panier is emptied in between, and both calls count for the rate."""


def token_of(server: Server) -> str:
    """A token of rdv-mock that lasts as long as any measurement."""
    asked = {"employe": EMPLOYE, "expiresIn": 86_400}
    token: str = answer_to(server.port, Sent(request("POST", "/_mock/tokens", asked)))[
        "access_token"
    ]
    return token


OIDC = "/realms/formation/protocol/openid-connect"


def log_in(port: int, count: int) -> None:
    """Log in by the form so many times, and have tokens for each code, over one connection."""
    client, callback = DEFAULT_CLIENT, DEFAULT_CLIENT.redirect_uris[0]
    asked = {
        "client_id": client.client_id,
        "redirect_uri": callback,
        "response_type": "code",
        "scope": "openid rdvpermis",
    }
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    account = urlencode({"username": "lea@plesses.test", "password": EMPLOYE})
    with closing(HTTPConnection(HOST, port)) as connection:
        for _ in range(count):
            connection.request("GET", f"{OIDC}/auth?{urlencode(asked)}")
            answer = connection.getresponse()
            action = re.search(r'action="([^"]+)"', answer.read().decode())
            if action is None:
                raise NotMeasured("the login page has no form")
            cookie = answer.headers["Set-Cookie"].partition(";")[0]
            connection.request("POST", unescape(action[1]), account, {**form, "Cookie": cookie})
            answer = connection.getresponse()
            answer.read()
            (code,) = parse_qs(urlsplit(answer.headers["Location"]).query)["code"]
            grant = {
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": callback,
                "client_id": client.client_id,
                "client_secret": client.client_secret,
            }
            connection.request("POST", f"{OIDC}/token", urlencode(grant), form)
            answer = connection.getresponse()
            if answer.status != HTTPStatus.OK:
                raise NotMeasured(f"a login came to {answer.read()!r}")
            answer.read()


RESET = Sent(request("POST", "/_mock/reset?scope=state"), 204)
"""The state as it was loaded; tokens stay good."""


def go_back(server: Server) -> float:
    """Let rdv-mock be as its scenario was loaded, so that the same calls are valid again.

    The seconds that it took.
    """
    return ask(server.port, RESET).seconds


def prove_limits(server: Server, token: str) -> None:
    """Show that rdv-mock counts its calls: with a limit of none, the next one is refused."""
    limits = {"limits": {"debit.parEmploye": 0}}
    ask(server.port, Sent(request("PATCH", "/_mock/state", limits)))
    ask(server.port, Sent(formateurs_request(token), 429))

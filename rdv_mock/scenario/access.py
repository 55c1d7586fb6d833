"""Clients and bails in a scenario, from the file to the store and back."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from rdv_mock.facts.access import DEMO_CLIENT, Bail, OAuthClient
from rdv_mock.fixtures import Limits
from rdv_mock.rules.bail import bail_end
from rdv_mock.scenario.base import Instant, NamedPart, Part, Parts, RefOf, RefOrId, part_of
from rdv_mock.scenario.build import Build
from rdv_mock.scenario.yaml_text import Where
from rdv_mock.store import Store
from rdv_mock.wire.base import Problem

_ADDRESS = re.compile(r"(?P<scheme>[a-z][a-z0-9+.-]+):[^\x00-\x20\x7f#]+", re.IGNORECASE)
_RUN_OR_READ = {
    "javascript",
    "vbscript",
    "data",
    "blob",
    "about",
    "file",
    "filesystem",
    "view-source",
}
"""Schemes of what a browser runs or reads by itself: nobody may be sent there."""


def _check_redirect_uri(uri: str) -> str:
    """Refuse what no software can be returned to: relative, with a fragment, a script."""
    found = _ADDRESS.fullmatch(uri)
    if found is None:
        raise PydanticCustomError(
            Problem.ADDRESS, "doit être une adresse absolue, sans espace ni « # »"
        )
    scheme = found["scheme"].lower()
    if scheme in _RUN_OR_READ:
        raise PydanticCustomError(
            Problem.ADDRESS, "ne peut pas commencer par « {scheme}: »", {"scheme": scheme}
        )
    if scheme in {"http", "https"} and not re.match(r"https?://[^/?]", uri, re.IGNORECASE):
        raise PydanticCustomError(Problem.ADDRESS, "doit nommer un serveur")
    return uri


RedirectUri = Annotated[str, AfterValidator(_check_redirect_uri)]


class ClientPart(Part):
    """Un logiciel d'éditeur, qui se connecte par OpenID Connect."""

    client_id: str = Field(min_length=1, description="Son identifiant (`client_id`).")
    client_secret: str | None = Field(
        None, description="Son secret ; sans secret, le client est public."
    )
    redirect_uris: list[RedirectUri] = Field(
        default=[],
        description="Les adresses absolues où renvoyer après la connexion (`redirect_uri`).",
    )


DEFAULT_CLIENT = ClientPart(
    client_id=DEMO_CLIENT.id,
    client_secret=DEMO_CLIENT.client_secret,
    redirect_uris=list(DEMO_CLIENT.redirect_uris),
)


class BailPart(NamedPart):
    """Une connexion d'un employé par un client, et les jetons qu'elle couvre."""

    employe: RefOrId = Field(description="L'employé connecté : sa réf ou son identifiant.")
    client_id: str = Field(description="Le client par lequel il l'est.")
    debut: Instant = Field(description="Quand elle a commencé.")
    fin: Instant | None = Field(
        None, description="Quand elle finit ; par défaut `bail.dureeJours` après le début."
    )
    termine: bool = Field(default=False, description="Si elle a été terminée avant sa fin.")


def save_clients(parts: Parts[ClientPart], build: Build, at: Where) -> None:
    """Put clients into the build."""
    for index, part in parts:
        build.once(build.store.clients, part.client_id, (*at, index))
        client = OAuthClient(part.client_id, part.client_secret, tuple(part.redirect_uris))
        build.add(build.store.clients, client)


def save_baux(parts: Parts[BailPart], build: Build, at: Where, limits: Limits) -> None:
    """Put bails into the build."""
    store = build.store
    for index, part in parts:
        where = (*at, index)
        employe = build.find(store.employes, part.employe, (*where, "employe"))
        client = build.find(store.clients, part.client_id, (*where, "clientId"))
        id_ = build.id_of(part, store.baux, where)
        if employe and client:
            fin = part.fin or bail_end(part.debut, limits)
            build.add(store.baux, Bail(id_, employe.id, client.id, part.debut, fin, part.termine))


def write_client(client: OAuthClient, _store: Store, ref: RefOf) -> ClientPart:
    """A client as a scenario says it."""
    return part_of(
        client,
        ClientPart,
        ref,
        client_id=client.id,
        redirect_uris=list(client.redirect_uris),
    )


def write_bail(bail: Bail, _store: Store, ref: RefOf) -> BailPart:
    """A bail as a scenario says it."""
    return part_of(bail, BailPart, ref)

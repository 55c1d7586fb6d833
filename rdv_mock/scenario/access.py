"""Clients and bails in a scenario, from the file to the store and back."""

import re
from collections.abc import Callable
from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from rdv_mock.facts.access import DEMO_CLIENT, Bail, Client
from rdv_mock.fixtures import Limits
from rdv_mock.rules.bail import bail_end
from rdv_mock.scenario.base import Build, Instant, Named, Part, Parts, RefOrId
from rdv_mock.scenario.yaml_text import Place
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
"""Schemes of what a browser runs or reads by itself: nobody is to be sent there."""


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
    """A vendor's software; without secret it is public."""

    client_id: str = Field(min_length=1)
    client_secret: str | None = None
    redirect_uris: list[RedirectUri] = []


DEFAULT_CLIENT = ClientPart(
    client_id=DEMO_CLIENT.id,
    client_secret=DEMO_CLIENT.client_secret,
    redirect_uris=list(DEMO_CLIENT.redirect_uris),
)


class BailPart(Named):
    """A connection; it ends by default 90 days after it began."""

    employe: RefOrId
    client_id: str
    debut: Instant
    fin: Instant | None = None
    termine: bool = False


def save_clients(parts: Parts[ClientPart], build: Build, at: Place) -> None:
    """Put clients into the build."""
    for index, part in parts:
        build.once(build.store.clients, part.client_id, (*at, index))
        client = Client(part.client_id, part.client_secret, tuple(part.redirect_uris))
        build.add(build.store.clients, client)


def save_baux(parts: Parts[BailPart], build: Build, at: Place, limits: Limits) -> None:
    """Put bails into the build."""
    store = build.store
    for index, part in parts:
        place = (*at, index)
        employe = build.find(store.employes, part.employe, (*place, "employe"))
        client = build.find(store.clients, part.client_id, (*place, "clientId"))
        id_ = build.id_of(part, store.baux, place)
        if employe and client:
            fin = part.fin or bail_end(part.debut, limits)
            build.add(store.baux, Bail(id_, employe.id, client.id, part.debut, fin, part.termine))


def write_client(client: Client, _store: Store, _ref: Callable[[str], str | None]) -> ClientPart:
    """A client as a scenario says it."""
    return ClientPart.model_construct(
        client_id=client.id,
        client_secret=client.client_secret,
        redirect_uris=list(client.redirect_uris),
    )


def write_bail(bail: Bail, _store: Store, ref: Callable[[str], str | None]) -> BailPart:
    """A bail as a scenario says it."""
    return BailPart.model_construct(
        ref=ref(bail.id),
        id=bail.id,
        employe=ref(bail.employe_id) or bail.employe_id,
        client_id=bail.client_id,
        debut=bail.debut,
        fin=bail.fin,
        termine=bail.termine,
    )

"""Clients and bails in a scenario, from the file to the store and back."""

from collections.abc import Callable

from pydantic import Field

from rdv_mock.facts.access import Bail, Client
from rdv_mock.fixtures import Limits
from rdv_mock.rules.bail import bail_end
from rdv_mock.scenario.base import Build, Instant, Named, Part, Parts, RefOrId
from rdv_mock.scenario.yaml_text import Place
from rdv_mock.store import Store


class ClientPart(Part):
    """A vendor's software; without secret it is public."""

    client_id: str = Field(min_length=1)
    client_secret: str | None = None
    redirect_uris: list[str] = []


DEFAULT_CLIENT = ClientPart(
    client_id="editeur-demo",
    client_secret="secret-demo",  # noqa: S106 - it is published
    redirect_uris=["http://localhost:3000/callback"],
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

"""Find the object that a person names, and the names to show of an object."""

from dataclasses import dataclass
from typing import overload

from rdv_mock.errors import ApiError, Refusal, bad_parameter
from rdv_mock.facts.access import OAuthClient
from rdv_mock.facts.auto_ecole import AutoEcole, Employe
from rdv_mock.facts.creneau import Reservation
from rdv_mock.hints import suggestion
from rdv_mock.store import Store
from rdv_mock.worlds.names import Names


@dataclass(frozen=True, slots=True)
class Named:
    """The id of an object, its ref in the scenario and the name to show, if it has them."""

    id: str
    ref: str | None
    nom: str | None


@overload
def named(kind: str, id_: str, names: Names) -> Named: ...
@overload
def named(kind: str, id_: str | None, names: Names) -> Named | None: ...
def named(kind: str, id_: str | None, names: Names) -> Named | None:
    """An object with its names; None without an id. `kind` as in `worlds.names.TABLES`."""
    if id_ is None:
        return None
    return Named(id_, names.ref(id_), names.nom(kind, id_))


def find_employe(name: str, store: Store) -> Employe:
    """The employé with this ref, id or e-mail address. Raises EMPLOYE_INCONNU."""
    employe = store.find_employe(name)
    if employe is None:
        hint = suggestion(name, store.names_of_employes())
        raise Refusal(ApiError.EMPLOYE_INCONNU, hint=hint)
    return employe


def find_auto_ecole(name: str, store: Store) -> AutoEcole:
    """The école with this ref or id. Raises PARAMETRE_INVALIDE."""
    auto_ecole = store.auto_ecoles.find(store.references.id_of(name))
    if auto_ecole is None:
        hint = suggestion(name, store.references.of_kind(store.auto_ecoles.name))
        raise bad_parameter("autoEcole", f"ne désigne aucune auto-école{hint}")
    return auto_ecole


def find_examen(name: str, store: Store) -> Reservation:
    """The examen with this ref or id, with its place. Raises EXAMEN_INCONNU."""
    try:
        return store.reservations.get(store.references.id_of(name))
    except Refusal as refusal:
        hint = suggestion(name, store.references.of_kind(store.examens.name))
        raise Refusal(refusal.error, hint=hint) from None


def find_client(client_id: str | None, store: Store) -> OAuthClient:
    """The client with this id, or the first one of the scenario. Raises PARAMETRE_INVALIDE."""
    clients = store.clients
    client = clients.default() if client_id is None else clients.find(client_id)
    if client is None:
        known = [client.id for client in clients.of_scenario()]
        hint = suggestion(client_id or "", known)
        raise bad_parameter("clientId", f"n'est pas un client du scénario{hint}")
    return client

"""What tests share: worlds made from a few lines of YAML, and a vendor who calls them."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from httpx2 import Response
from starlette.testclient import TestClient

from rdv_mock.clock import Now, real_now
from rdv_mock.http.signer import Signer
from rdv_mock.scenario.load import load_scenario
from rdv_mock.scenario.source import read_yaml
from rdv_mock.serving.app import Application, create_application
from rdv_mock.settings import Settings
from rdv_mock.store import Store
from rdv_mock.worlds.agenda import AGENDA, Change
from rdv_mock.worlds.world import PRINCIPAL, World

LIVRET = "/api/v1/livret-numerique"
CONTRATS = f"{LIVRET}/contrats-de-formation"

CHECKED = {"RDV_MOCK_CHECK_ANSWERS": "fail"}
"""What every test sets, in its own process and in those that it starts."""

SIGNER = Signer()
"""One key for all tests: making one takes longer than most of them."""

SMALL = """\
title: Une école, un élève
seed: 7
clock: {now: 2026-03-10T09:00:00+01:00}
autoEcoles:
  - ref: plesses
    nom: Auto-École des Plesses
    aurigeId: "0850000010"
    codeDepartement: "085"
    bureaux: [{ref: sables, nom: Les Sables}]
    employes: [{ref: lea, nom: Durant, prenom: Léane, email: lea@plesses.test}]
    formateurs:
      - {ref: hugo, nom: Petit, prenom: Hugo, numeroAutorisation: A0850001230,
         bureauPrincipal: sables}
    simulateurs: [{numeroAutorisation: S0850000010, bureau: sables}]
    etp: [{groupePermis: B, mois: 2026-03, valeur: 2.5}]
  - ref: autre
    nom: Une Autre École
    codeDepartement: "095"
    bureaux: [{ref: gonesse, nom: Gonesse}]
    employes: [{ref: max, nom: Roux, prenom: Max, email: max@autre.test}]
  - ref: fermee
    nom: École Fermée
    codeDepartement: "095"
    estFermee: true
    employes: [{ref: paul, nom: Blanc, prenom: Paul, email: paul@fermee.test}]
candidats:
  - {ref: ines, nom: Moreau, prenom: Inès, numeroDossier: 012345678901,
     demandes: [{categoriePermis: B}, {categoriePermis: A2, statut: DEPOSEE}]}
  - {ref: zoe, nom: L'Hénaff-Œuvray, prenom: Zoé, numeroDossier: 000123456789,
     demandes: [{categoriePermis: B}, {categoriePermis: A2}]}
contratsDeFormation:
  - {ref: k1, autoEcole: plesses, bureau: sables, candidat: zoe, categoriePermis: B,
     typeFormation: AAC, dateHeureCreation: 2026-01-05T08:00:00Z}
  - {ref: k2, autoEcole: autre, candidat: zoe, categoriePermis: A2}
  - {ref: k3, autoEcole: fermee, candidat: zoe, categoriePermis: A2}
lecons:
  - {ref: l1, contrat: k1, dateHeureDebut: 2026-03-09T10:00:00, numeroAutorisation: A0850001230}
  - {ref: l2, contrat: k1, dateHeureDebut: 2025-11-15T10:00:00, numeroAutorisation: A0850001230}
  - {ref: l3, contrat: k2, dateHeureDebut: 2026-03-02T10:00:00, numeroAutorisation: A0850001230}
  - {ref: l4, contrat: k3, dateHeureDebut: 2026-03-03T10:00:00, numeroAutorisation: A0850001230}
"""


def instant(text: str) -> datetime:
    """An instant, as ISO 8601 writes it."""
    return datetime.fromisoformat(text)


def build_store(text: str = SMALL) -> Store:
    """The pristine state of a scenario, to be closed by who asks."""
    with closing(Store()) as loaded:
        loaded.sql.deserialize(_load(text))
        return loaded.copy()


@lru_cache(maxsize=100)
def _load(text: str) -> bytes:
    """The database of a scenario: to load it takes a hundred times as long as to copy it."""
    now = instant("2026-03-10T08:00:00Z")
    with closing(load_scenario(read_yaml(text), name="test", now=now)) as store:
        return store.sql.serialize()


@contextmanager
def running(
    text: str = SMALL, *, real: Now = real_now, settings: Settings | None = None
) -> Iterator[Application]:
    """An application in whose world a scenario is loaded."""
    application = create_application(settings or Settings(), real=real)
    application.server.signer = SIGNER
    application.open(build_store(text))
    try:
        yield application
    finally:
        application.close()


def clock_at(now: str, *, frozen: bool = True) -> dict[str, Any]:
    """What the control plane tells of a clock."""
    in_paris = instant(now).astimezone(ZoneInfo("Europe/Paris")).isoformat()
    return {"now": now, "nowParis": in_paris, "frozen": frozen}


def change_named(name: str) -> Change:
    """What the agenda does under a name."""
    return next(change for change in AGENDA if change.name == name)


def agenda_with(other: Change) -> list[Change]:
    """The agenda with another change under one of its names."""
    return [other if change.name == other.name else change for change in AGENDA]


class Vendor:
    """Someone who calls the API: `vendor.as_("lea").post(path, json=…)`."""

    def __init__(self, application: Application, prefix: str = "") -> None:
        self.application = application
        self.http = TestClient(application, raise_server_exceptions=False, follow_redirects=False)
        self.prefix = prefix
        self.headers: dict[str, str] = {}

    @property
    def world(self) -> World:
        """The world that is called."""
        return self.application.server.worlds[PRINCIPAL]

    def id_of(self, ref: str) -> str:
        """The id behind a ref."""
        return self.world.store.references.by_ref()[ref]

    def as_(self, employe: str, *scopes: str) -> "Vendor":
        """The same vendor with a token."""
        request = {"employe": employe, **({"scopes": list(scopes)} if scopes else {})}
        answer = self.http.post(f"{self.prefix}/_mock/tokens", json=request)
        assert answer.status_code == 200, answer.text
        other = Vendor(self.application, self.prefix)
        other.headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}
        return other

    def call(self, method: str, path: str, **options: Any) -> Response:
        """Any call."""
        headers = {**self.headers, **options.pop("headers", {})}
        return self.http.request(method, self.prefix + path, headers=headers, **options)

    def get(self, path: str, **options: Any) -> Response:
        """A read."""
        return self.call("GET", path, **options)

    def post(self, path: str, **options: Any) -> Response:
        """A creation or a search."""
        return self.call("POST", path, **options)

    def put(self, path: str, **options: Any) -> Response:
        """A replacement."""
        return self.call("PUT", path, **options)

    def patch(self, path: str, **options: Any) -> Response:
        """A change in part."""
        return self.call("PATCH", path, **options)

    def delete(self, path: str) -> Response:
        """A removal."""
        return self.call("DELETE", path)


def refusal_of(response: Response) -> tuple[int, str]:
    """Status and code of a refusal, once it has the one shape of all refusals."""
    body = response.json()
    assert set(body) <= {"code", "erreur", "message", "details"}, body
    assert body["code"] == body["erreur"]
    assert body["message"]
    return response.status_code, body["code"]


def lecon(**changes: Any) -> dict[str, Any]:
    """The body of a leçon that nothing is wrong with."""
    body = {
        "type": "CIRCULATION",
        "dateHeureDebut": "2026-03-09T15:00:00",
        "dureeEnMinutes": 60,
        "numeroAutorisation": "A0850001230",
    }
    return {**body, **changes}


def contrat(**changes: Any) -> dict[str, Any]:
    """The body of a contrat that nothing is wrong with."""
    body = {
        "nom": "Moreau",
        "numeroDossier": "012345678901",
        "categoriePermis": "B",
        "typeFormation": "TRADITIONNELLE",
    }
    return {**body, **changes}

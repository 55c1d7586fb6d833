"""From the mandat to the place that is given back, and what both écoles see of it on the way."""

from collections.abc import Iterator, Mapping

import pytest
from httpx2 import Client, Response

from tests.story.process import ServerProcess, client_of
from tests.support import refusal_of

API = "/api/v2/auto-ecole"

TWO_AUTO_ECOLES = """\
title: Deux auto-écoles autour d'un centre
clock: {now: 2026-04-01T09:00:00+02:00}
autoEcoles:
  - nom: Conduite Bellevue
    codeDepartement: "044"
    employes: [{ref: sacha, nom: Rivière, prenom: Sacha, email: sacha@bellevue.test}]
    etp:
      - {groupePermis: B, mois: 2026-05, valeur: 2.0}
      - {groupePermis: A, mois: 2026-05, valeur: 1.0}
  - nom: Permis du Port
    codeDepartement: "044"
    employes: [{ref: maud, nom: Le Gall, prenom: Maud, email: maud@port.test}]
    etp:
      - {groupePermis: B, mois: 2026-05, valeur: 2.0}
      - {groupePermis: A, mois: 2026-05, valeur: 1.0}
candidats:
  - {ref: ambre, nom: Dupré, prenom: Ambre, numeroDossier: 0044060012,
     demandes: [{categoriePermis: B}]}
  - {ref: basile, nom: Nguyen, prenom: Basile, numeroDossier: "004406001234",
     email: basile@exemple.test, demandes: [{categoriePermis: B}, {categoriePermis: A2}]}
  - {ref: chiara, nom: Rossi, prenom: Chiara, numeroDossier: "00440600123456",
     email: chiara@exemple.test, demandes: [{categoriePermis: B}]}
centres:
  - {ref: nantes, nom: NANTES, codeDepartement: "044", groupesPermis: [A, B]}
creneaux:
  - {ref: early, centre: nantes, dateHeureDebut: 2026-05-05T08:00:00}
  - {ref: late, centre: nantes, dateHeureDebut: 2026-05-05T08:32:00}
  - {ref: moto, centre: nantes, groupePermis: A, typeEpreuvePratique: PLATEAU,
     dateHeureDebut: 2026-05-05T14:00:00}
"""

FREE = "DISPONIBLE"
MINE = "RÉSERVÉ_PAR_MON_AUTO_ÉCOLE"
THEIRS = "RÉSERVÉ_PAR_AUTRE_AUTO_ÉCOLE"


class Employe:
    """Somebody of an école at work, who calls things by the refs of the scenario."""

    def __init__(self, http: Client, ref: str, ids: Mapping[str, str]) -> None:
        self.http = http
        self.ref = ref
        self.ids = ids
        self.log_in()

    def log_in(self) -> None:
        token = self.http.post("/_mock/tokens", json={"employe": self.ref}).json()["access_token"]
        self.http.headers["Authorization"] = f"Bearer {token}"

    def get(self, path: str, **query: str) -> Response:
        return self.http.get(API + path, params=query)

    def post(self, path: str, **body: object) -> Response:
        return self.http.post(API + path, json=body)

    def assign(self, panier: str, creneau: str, candidat: str) -> Response:
        path = f"{API}/paniers/{panier}/creneaux/{self.ids[creneau]}/candidat"
        return self.http.put(path, json={"candidatId": self.ids[candidat]})

    def delete(self, path: str) -> Response:
        return self.http.delete(API + path)

    def planning(self, groupe: str = "B") -> dict[str, str]:
        """Each créneau of the day: how it reads, and who has the examen that is shown there."""
        filtre = {"groupePermis": groupe, "date": "2026-05-05", "centreId": self.ids["nantes"]}
        elements = self.post("/planning/recherche", filtre=filtre).json()
        refs = {id_: ref for ref, id_ in self.ids.items()}
        read = {}
        for element in elements:
            creneau = element["creneauDuPlanning"]
            seen = creneau["statutDeReservation"]
            if "examenDuPlanning" in element:
                candidat = element["examenDuPlanning"]["candidat"]
                seen += f" : {candidat['nom'] if candidat else 'personne'}"
            read[refs[creneau["id"]]] = seen
        return read

    def places_left(self) -> int:
        """How many places of groupe B the école may still take in May."""
        query = {"code-departement": "044", "groupe-permis": "B", "mois": "2026-05"}
        seuil = self.get("/informations-seuil-departement", **query).json()
        return int(seuil["nombreDePlacesRestantes"])


@pytest.fixture
def ids(server: ServerProcess) -> Mapping[str, str]:
    """The ids behind the refs of the scenario, which is loaded anew for every story."""
    yaml_type = {"Content-Type": "application/yaml"}
    with client_of(server) as someone:
        loaded = someone.put("/_mock/scenario", content=TWO_AUTO_ECOLES, headers=yaml_type)
        refs: Mapping[str, str] = loaded.json()["refs"]
        return refs


@pytest.fixture
def sacha(server: ServerProcess, ids: Mapping[str, str]) -> Iterator[Employe]:
    """The one who reserves."""
    with client_of(server) as http:
        yield Employe(http, "sacha", ids)


@pytest.fixture
def maud(server: ServerProcess, ids: Mapping[str, str]) -> Iterator[Employe]:
    """The one of the other école, who looks on."""
    with client_of(server) as http:
        yield Employe(http, "maud", ids)


def take_mandats(sacha: Employe) -> None:
    """Ambre has no account yet, so an e-mail goes with her mandat."""
    for nom, numero, email in (
        ("DUPRE", "0044060012", {"email": "ambre@exemple.test"}),
        ("Nguyen", "004406001234", {}),
        ("Rossi", "00440600123456", {}),
    ):
        taken = sacha.post("/mandats", nom=nom, numeroDossier=numero, groupePermis="B", **email)
        assert taken.status_code == 201, taken.text


def reserve_both(sacha: Employe) -> tuple[str, str]:
    """The early place for Ambre, the late one for Basile; the ids of their examens."""
    panier = sacha.post("/paniers").json()["id"]
    creneaux = [sacha.ids["early"], sacha.ids["late"]]
    sacha.post(f"/paniers/{panier}/creneaux-multiples", creneauxId=creneaux)
    sacha.assign(panier, "early", "ambre")
    sacha.assign(panier, "late", "basile")
    rows = sacha.post(f"/paniers/{panier}/valider").json()["data"]
    early, late = (row["examenId"] for row in rows)
    return early, late


def test_a_place_from_the_mandat_to_the_examen(sacha: Employe, maud: Employe) -> None:
    # Before the mandat, nobody is there to be examined.
    early = sacha.ids["early"]
    eligible = sacha.post("/candidats/recherche", filtre={"creneauId": early})
    assert eligible.json() == []

    take_mandats(sacha)
    eligible = sacha.post("/candidats/recherche", filtre={"creneauId": early}).json()
    assert [one["candidat"]["nom"] for one in eligible] == ["Dupré", "Nguyen", "Rossi"]
    assert all(one["eligibilite"] == {"estEligible": True} for one in eligible)

    # Both écoles see two free places.
    assert sacha.planning() == maud.planning() == {"early": FREE, "late": FREE}
    assert sacha.places_left() == 9

    # In a panier, a place is taken in the eyes of both; no examen is there to be shown yet.
    opened = sacha.post("/paniers")
    panier = opened.json()["id"]
    assert opened.headers["location"] == f"{API}/paniers/{panier}"
    assert opened.json()["dateHeureExpiration"] == "2026-04-01T07:15:00+00:00"
    held = sacha.post(f"/paniers/{panier}/creneaux", creneauId=early)
    assert [one["creneau"]["id"] for one in held.json()["elementsDuPanier"]] == [early]
    assert sacha.planning() == {"early": MINE, "late": FREE}
    assert maud.planning() == {"early": THEIRS, "late": FREE}
    assert sacha.places_left() == 8
    refused = maud.post("/panier/creneaux", creneauId=early)
    assert refusal_of(refused) == (409, "CRENEAU_DEJA_RESERVE")

    # In groupe B a place wants a name before it is reserved.
    validated = sacha.post(f"/paniers/{panier}/valider")
    assert validated.status_code == 207
    assert validated.json()["data"] == [
        {"creneauId": early, "estReserve": False, "codeMessage": "EXAMEN_NON_NOMINATIF"}
    ]
    assert sacha.assign(panier, "early", "ambre").status_code == 204
    assert sacha.planning() == {"early": MINE, "late": FREE}

    # Validated, it is an examen of Ambre's, which her own école alone can see.
    validated = sacha.post(f"/paniers/{panier}/valider")
    assert validated.status_code == 200
    (row,) = validated.json()["data"]
    examen = sacha.get(f"/examens/{row['examenId']}").json()
    assert examen["statut"] == "PROGRAMME"
    assert examen["candidat"]["nom"] == "Dupré"
    assert sacha.planning() == {"early": f"{MINE} : Dupré", "late": FREE}
    assert maud.planning() == {"early": THEIRS, "late": FREE}
    assert refusal_of(maud.get(f"/examens/{row['examenId']}")) == (403, "ACTION_INTERDITE")
    assert refusal_of(sacha.get(f"/paniers/{panier}")) == (404, "PANIER_INCONNU")
    assert sacha.places_left() == 8


def test_candidats_change_places_until_one_is_given_back(sacha: Employe, maud: Employe) -> None:
    take_mandats(sacha)
    early, late = reserve_both(sacha)
    assert sacha.planning() == {"early": f"{MINE} : Dupré", "late": f"{MINE} : Nguyen"}
    assert maud.planning() == {"early": THEIRS, "late": THEIRS}

    # Chiara comes in the place of Ambre: one replacement of three; the other école sees nothing.
    chiara = sacha.ids["chiara"]
    replaced = sacha.post("/examens/remplacement", examenId=early, candidatRemplacantId=chiara)
    assert replaced.status_code == 204
    left = sacha.get(
        "/examens/nombre-de-remplacement", **{"groupe-permis": "B", "date": "2026-05-31"}
    )
    assert left.json() == {"remplacementsParMois": 3, "remplacementsRestants": 2}
    assert sacha.planning() == {"early": f"{MINE} : Rossi", "late": f"{MINE} : Nguyen"}
    assert maud.planning() == {"early": THEIRS, "late": THEIRS}

    # Chiara and Basile change places.
    permutable = sacha.get(
        "/examens/permutables", **{"examen-permute-id": early, "date": "2026-05-05"}
    )
    assert [one["id"] for one in permutable.json()] == [late]
    permuted = sacha.post("/examens/permutation", examenId1=early, examenId2=late)
    assert permuted.status_code == 204
    assert sacha.planning() == {"early": f"{MINE} : Nguyen", "late": f"{MINE} : Rossi"}
    assert maud.planning() == {"early": THEIRS, "late": THEIRS}

    # Basile gives his place back: it is free to both, and the other école takes it.
    assert sacha.delete(f"/examens/{early}").status_code == 204
    assert sacha.get(f"/examens/{early}").json()["statut"] == "ANNULE"
    assert sacha.planning() == {"early": FREE, "late": f"{MINE} : Rossi"}
    assert maud.planning() == {"early": FREE, "late": THEIRS}
    assert sacha.places_left() == 8
    taken = maud.post("/panier/creneaux", creneauId=maud.ids["early"])
    assert taken.status_code == 201
    assert sacha.planning() == {"early": THEIRS, "late": f"{MINE} : Rossi"}
    assert maud.planning() == {"early": MINE, "late": THEIRS}


def test_what_a_panier_holds_is_free_again_when_its_time_is_over(
    sacha: Employe, maud: Employe
) -> None:
    panier = sacha.post("/paniers").json()["id"]
    sacha.post(f"/paniers/{panier}/creneaux", creneauId=sacha.ids["late"])
    assert maud.planning() == {"early": FREE, "late": THEIRS}

    moved = sacha.http.post("/_mock/clock/advance", json={"by": "PT15M"})

    assert [event["type"] for event in moved.json()["events"]] == ["PANIER_EXPIRE"]
    for employe in (sacha, maud):
        employe.log_in()  # a token lives five minutes
        assert employe.planning() == {"early": FREE, "late": FREE}
    assert refusal_of(sacha.get(f"/paniers/{panier}")) == (404, "PANIER_INCONNU")


def test_a_place_for_a_moto_waits_for_a_name_until_the_tenth_day_before(
    sacha: Employe, maud: Employe
) -> None:
    panier = sacha.post("/paniers").json()["id"]
    sacha.post(f"/paniers/{panier}/creneaux", creneauId=sacha.ids["moto"])
    (row,) = sacha.post(f"/paniers/{panier}/valider").json()["data"]
    assert sacha.planning("A") == {"moto": f"{MINE} : personne"}
    assert maud.planning("A") == {"moto": THEIRS}

    sacha.http.post("/_mock/clock/advance", json={"to": "2026-04-24T23:59:59+02:00"})
    for employe in (sacha, maud):
        employe.log_in()
    assert sacha.planning("A") == {"moto": f"{MINE} : personne"}

    moved = sacha.http.post("/_mock/clock/advance", json={"by": "PT1S"})

    happened = [event["type"] for event in moved.json()["events"]]
    assert happened[0] == "EXAMEN_SANS_CANDIDAT_ANNULE"
    assert set(happened[1:]) == {"ETP_CALCULE"}, "the night of the 25th begins at the same instant"
    assert sacha.planning("A") == maud.planning("A") == {"moto": FREE}
    assert sacha.get(f"/examens/{row['examenId']}").json()["estAnnule"] is True

"""Two écoles that want the same places at the same time, over real connections."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import pytest
from httpx2 import AsyncClient, Limits, Response

from tests.story.process import ServerProcess, client_of
from tests.support import refusal_of

API = "/api/v2/auto-ecole"
EMPLOYES = ("sacha", "maud")
CALLS = 200
PLACES = 24
BULK = 12

MINE = "RÉSERVÉ_PAR_MON_AUTO_ÉCOLE"
THEIRS = "RÉSERVÉ_PAR_AUTRE_AUTO_ÉCOLE"

SCENARIO = """\
title: La ruée de 15 heures
clock: {{now: 2026-03-20T15:00:00+01:00}}
autoEcoles:
  - nom: Conduite Bellevue
    codeDepartement: "044"
    employes: [{{ref: sacha, nom: Rivière, prenom: Sacha, email: sacha@bellevue.test}}]
    etp: [{{groupePermis: A, mois: 2026-05, valeur: {etp}}}]
  - nom: Permis du Port
    codeDepartement: "044"
    employes: [{{ref: maud, nom: Le Gall, prenom: Maud, email: maud@port.test}}]
    etp: [{{groupePermis: A, mois: 2026-05, valeur: {etp}}}]
centres: [{{ref: nantes, nom: NANTES, codeDepartement: "044", groupesPermis: [A]}}]
creneaux:
"""
"""Places for motos, which need no name; the ETP decides how many an école may take."""


def scenario(etp: float) -> str:
    creneaux = "".join(
        f"  - {{ref: c{n}, centre: nantes, groupePermis: A, typeEpreuvePratique: PLATEAU,"
        f" dateHeureDebut: 2026-05-05T{8 + n // 4:02}:{n % 4 * 15:02}:00}}\n"
        for n in range(PLACES)
    )
    return SCENARIO.format(etp=etp) + creneaux


def load(server: ServerProcess, etp: float) -> Mapping[str, str]:
    """The ids behind the refs of the scenario."""
    yaml_type = {"Content-Type": "application/yaml"}
    with client_of(server) as someone:
        loaded = someone.put("/_mock/scenario", content=scenario(etp), headers=yaml_type)
        refs: Mapping[str, str] = loaded.json()["refs"]
        return refs


@asynccontextmanager
async def logged_in(server: ServerProcess) -> AsyncIterator[list[AsyncClient]]:
    """Both écoles, each with as many connections as it has calls to make."""
    limits = Limits(max_connections=CALLS)
    async with (
        AsyncClient(base_url=server.url, limits=limits, timeout=60, trust_env=False) as sacha,
        AsyncClient(base_url=server.url, limits=limits, timeout=60, trust_env=False) as maud,
    ):
        for http, employe in zip((sacha, maud), EMPLOYES, strict=True):
            answer = await http.post("/_mock/tokens", json={"employe": employe})
            http.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        yield [sacha, maud]


async def open_panier(auto_ecole: AsyncClient) -> str:
    return str((await auto_ecole.post(f"{API}/paniers")).json()["id"])


async def planning_of(auto_ecole: AsyncClient, refs: Mapping[str, str]) -> dict[str, str]:
    """How each créneau reads."""
    filtre = {"groupePermis": "A", "date": "2026-05-05", "centreId": refs["nantes"]}
    answer = await auto_ecole.post(f"{API}/planning/recherche", json={"filtre": filtre})
    creneaux = [element["creneauDuPlanning"] for element in answer.json()]
    return {creneau["id"]: creneau["statutDeReservation"] for creneau in creneaux}


async def used_by(auto_ecole: AsyncClient) -> int:
    """The counter that seuil and plafond are compared with."""
    query = {"code-departement": "044", "groupe-permis": "A", "mois": "2026-05"}
    answer = await auto_ecole.get(f"{API}/informations-seuil-departement", params=query)
    return int(answer.json()["nombreDePlacesUtilisees"])


def test_of_two_hundred_calls_for_one_creneau_exactly_one_gets_it(server: ServerProcess) -> None:
    refs = load(server, etp=10)

    async def race() -> tuple[list[Response], list[int], list[dict[str, str]]]:
        async with logged_in(server) as auto_ecoles:
            paniers = [await open_panier(one) for one in auto_ecoles]
            answers = await asyncio.gather(
                *(
                    auto_ecole.post(
                        f"{API}/paniers/{panier}/creneaux", json={"creneauId": refs["c0"]}
                    )
                    for _ in range(CALLS // 2)
                    for auto_ecole, panier in zip(auto_ecoles, paniers, strict=True)
                )
            )
            used = [await used_by(one) for one in auto_ecoles]
            return answers, used, [await planning_of(one, refs) for one in auto_ecoles]

    answers, used, plannings = asyncio.run(race())

    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: CALLS - 1}
    refused = {refusal_of(answer) for answer in answers if answer.status_code != 201}
    assert refused == {(409, "CRENEAU_DEJA_RESERVE")}
    assert sorted(used) == [0, 1]
    assert {planning[refs["c0"]] for planning in plannings} == {MINE, THEIRS}


@pytest.mark.parametrize(
    ("etp", "taken", "at_most"),
    [(10, PLACES, PLACES), (2, 18, 9)],
    ids=["as many as there are", "as many as both seuils allow"],
)
def test_two_auto_ecoles_never_get_more_places_than_there_are(
    server: ServerProcess, etp: float, taken: int, at_most: int
) -> None:
    refs = load(server, etp)
    creneaux = [refs[f"c{n}"] for n in range(PLACES)]

    async def take(auto_ecole: AsyncClient, first: int) -> list[str]:
        """Hold a dozen créneaux from one on, reserve what was got; the ids that were reserved."""
        panier = f"{API}/paniers/{await open_panier(auto_ecole)}"
        wanted = [creneaux[(first + n) % PLACES] for n in range(BULK)]
        added = await auto_ecole.post(f"{panier}/creneaux-multiples", json={"creneauxId": wanted})
        assert added.status_code in {201, 207}
        got = added.json()["crenauxIdsAjoutesAuPanierAvecSucces"]
        validated = await auto_ecole.post(f"{panier}/valider")
        assert validated.status_code == 200
        reserved = [row["creneauId"] for row in validated.json()["data"]]
        assert reserved == got
        return reserved

    async def race() -> tuple[list[list[str]], list[int], list[dict[str, str]]]:
        async with logged_in(server) as auto_ecoles:
            reserved = await asyncio.gather(
                *(
                    take(auto_ecole, first)
                    for first in range(0, PLACES, 2)
                    for auto_ecole in auto_ecoles
                )
            )
            used = [await used_by(one) for one in auto_ecoles]
            return reserved, used, [await planning_of(one, refs) for one in auto_ecoles]

    reserved, used, (of_sacha, of_maud) = asyncio.run(race())

    held = Counter(id_ for of_one in reserved for id_ in of_one)
    assert held.total() == sum(used) == taken
    assert set(held.values()) == {1}
    assert max(used) <= at_most
    for id_ in creneaux:
        seen = {of_sacha[id_], of_maud[id_]}
        assert seen == ({MINE, THEIRS} if id_ in held else {"SEUIL_ATTEINT"})

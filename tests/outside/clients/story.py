"""A vendor's program, written upon the client that openapi-python-client generates."""

import datetime
import sys
from typing import TypeVar

import httpx
from rdv_mock_client import AuthenticatedClient
from rdv_mock_client.api.centres_d_examen import rechercher_centres
from rdv_mock_client.api.contrats_de_formation import creer_contrat_de_formation
from rdv_mock_client.api.examens import lire_examen
from rdv_mock_client.api.lecons import declarer_lecon
from rdv_mock_client.api.mandats_et_candidats import prendre_mandat
from rdv_mock_client.api.paniers import (
    affecter_candidat,
    ajouter_creneau,
    creer_panier,
    valider_panier,
)
from rdv_mock_client.api.planning import lire_prochaine_date_disponible, rechercher_planning
from rdv_mock_client.models import (
    Affectation,
    AjoutCreneau,
    CategorieDuLivret,
    Centre,
    Code,
    CreationContratDeFormation,
    DeclarationLecon,
    FiltreCentres,
    FiltrePlanning,
    GroupePermis,
    PriseDeMandat,
    RechercheCentres,
    RecherchePlanning,
    Refus,
    StatutDeReservation,
    StatutExamen,
    TypeFormation,
    TypeLecon,
)
from rdv_mock_client.types import Unset

T = TypeVar("T")
INES = {"nom": "Moreau", "numero_dossier": "012345678901"}


def got(answer: T | Refus | None) -> T:
    """The answer, unless it is a refusal."""
    assert answer is not None
    assert not isinstance(answer, Refus), answer
    return answer


def token_of(url: str) -> str:
    """An access token of Léane, who runs the Auto-École des Plesses."""
    answer = httpx.post(f"{url}/_mock/tokens", json={"employe": "lea"})
    token = answer.raise_for_status().json()["access_token"]
    assert isinstance(token, str)
    return token


def free_creneau(client: AuthenticatedClient, centre: Centre) -> str:
    """A créneau that anybody may take, as the planning of a centre shows it."""
    groupe = GroupePermis.B
    day = got(
        lire_prochaine_date_disponible.sync(
            client=client,
            centres_ids=[centre.id],
            groupe_permis=groupe,
            date=datetime.date(2026, 3, 24),
        )
    )
    filtre = FiltrePlanning(groupe_permis=groupe, date=day, centre_id=centre.id)
    planning = got(rechercher_planning.sync(client=client, body=RecherchePlanning(filtre=filtre)))
    return next(
        element.creneau_du_planning.id
        for element in planning
        if element.creneau_du_planning.statut_de_reservation is StatutDeReservation.DISPONIBLE
    )


def book(client: AuthenticatedClient) -> None:
    """From a mandat to an examen."""
    mandat = got(
        prendre_mandat.sync(client=client, body=PriseDeMandat(**INES, groupe_permis=GroupePermis.B))
    )
    filtre = FiltreCentres(code_departement="085", groupe_permis=GroupePermis.B)
    [centre, *_] = got(rechercher_centres.sync(client=client, body=RechercheCentres(filtre=filtre)))
    creneau_id = free_creneau(client, centre)

    panier = got(creer_panier.sync(client=client))
    held = got(
        ajouter_creneau.sync(panier.id, client=client, body=AjoutCreneau(creneau_id=creneau_id))
    )
    assert len(held.elements_du_panier) == 1
    answer = affecter_candidat.sync_detailed(
        panier.id,
        creneau_id,
        client=client,
        body=Affectation(candidat_id=mandat.candidat_id),
    )
    assert answer.status_code == 204
    validation = got(valider_panier.sync(panier.id, client=client))
    assert not validation.contient_au_moins_une_erreur
    [element] = validation.data
    assert not isinstance(element.examen_id, Unset)

    examen = got(lire_examen.sync(element.examen_id, client=client))
    assert examen.creneau_id == creneau_id
    assert examen.candidat is not None
    assert examen.candidat.nom == INES["nom"]
    assert examen.statut is StatutExamen.PROGRAMME


def declare(client: AuthenticatedClient) -> None:
    """A contrat de formation and a leçon upon it; the same contrat again is refused."""
    body = CreationContratDeFormation(
        **INES,
        categorie_permis=CategorieDuLivret.B,
        type_formation=TypeFormation.TRADITIONNELLE,
    )
    contrat = got(creer_contrat_de_formation.sync(client=client, body=body))
    lecon = got(
        declarer_lecon.sync(
            contrat.id,
            client=client,
            body=DeclarationLecon(
                type_=TypeLecon.CIRCULATION,
                date_heure_debut="2026-03-09T15:00:00",
                duree_en_minutes=60,
                numero_autorisation="A0850001230",
            ),
        )
    )
    assert lecon.date_heure_fin == "2026-03-09T16:00:00"

    refusal = creer_contrat_de_formation.sync(client=client, body=body)
    assert isinstance(refusal, Refus)
    assert refusal.code is Code.CONTRAT_DEJA_CONNU


def main() -> None:
    """Play the story against the server of the first argument."""
    url = sys.argv[1]
    with AuthenticatedClient(
        base_url=url, token=token_of(url), raise_on_unexpected_status=True
    ) as client:
        book(client)
        declare(client)


if __name__ == "__main__":
    main()

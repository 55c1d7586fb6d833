"""What a client generated for Python makes of answers and bodies, and of a server.

It reads, checks and writes again what is in a file; with an address and a token it then calls.
"""

import datetime
import json
import sys
from pathlib import Path

import openapi_client
from openapi_client import models


def main() -> None:
    """Say on standard output what was written again."""
    values, *server = sys.argv[1:]
    written = {
        name: [json.loads(getattr(models, name).from_dict(body).to_json()) for body in bodies]
        for name, bodies in json.loads(Path(values).read_text(encoding="utf-8")).items()
    }
    sys.stdout.write(json.dumps(written))
    if server:
        find_a_place(*server)


def find_a_place(url: str, token: str) -> None:
    """From a centre to its next free day and what stands there."""
    configuration = openapi_client.Configuration(host=url, access_token=token)
    with openapi_client.ApiClient(configuration) as client:
        filtre = models.FiltreCentres(code_departement="085", groupe_permis="B")
        (centre, *_) = openapi_client.CentresDExamenApi(client).rechercher_centres(
            models.RechercheCentres(filtre=filtre)
        )
        planning = openapi_client.PlanningApi(client)
        day = planning.lire_prochaine_date_disponible(
            centres_ids=[centre.id], groupe_permis="B", var_date=datetime.date(2026, 3, 24)
        )
        found = planning.rechercher_planning(
            models.RecherchePlanning(
                filtre=models.FiltrePlanning(groupe_permis="B", date=day, centre_id=centre.id)
            )
        )
        assert models.StatutDeReservation.DISPONIBLE in {
            one.creneau_du_planning.statut_de_reservation for one in found
        }
        days = openapi_client.ExamensApi(client).lister_dates_examens(
            statut="PROGRAMME", groupe_permis="B", date_debut=day, creneau_sans_candidat=True
        )
        assert isinstance(days, list)


if __name__ == "__main__":
    main()

from collections.abc import Mapping
from typing import Any

import pytest
import yaml
from httpx2 import Client, Response

from rdv_mock.errors import CONTRATS as OFFICIAL_FOR_CONTRATS
from rdv_mock.errors import LECONS as OFFICIAL_FOR_LECONS
from rdv_mock.errors import ApiError
from tests.story.process import ServerProcess, client_of, server_process
from tests.support import CONTRATS, LIVRET, clock_at, contrat, lecon, refusal_of

REFUSALS = [
    (
        "CONTRAT_DEJA_CONNU",
        409,
        "Ce contrat de formation est déjà connu en base de données",
        ("lea", CONTRATS, contrat(nom="Perrin", numeroDossier="0301200456")),
    ),
    (
        "AUTO_ECOLE_FERMEE",
        403,
        "L'auto-école est fermée",
        ("paul", CONTRATS, contrat()),
    ),
    (
        "CANDIDAT_INCONNU",
        404,
        "Le duo NOM NEPH de l'élève ne permet pas de le retrouver en base",
        ("lea", CONTRATS, contrat(numeroDossier="12345678901")),
    ),
    (
        "CANDIDAT_SANS_DEMANDE_ACTIVE",
        422,
        "L'élève que vous recherchez n'a pas de demande pour cette catégorie de permis",
        ("lea", CONTRATS, contrat(nom="Michel", numeroDossier="01107510023456")),
    ),
    (
        "LECON_DANS_LE_FUTUR",
        422,
        "Il n'est pas possible de déclarer une leçon dans le futur",
        ("lea", f"{CONTRATS}/{{k1}}/lecons", lecon(dateHeureDebut="2026-03-11T10:00:00")),
    ),
    (
        "DUREE_INVALIDE",
        422,
        "La durée n'est pas valide. Elle doit être comprise entre 30 et 240 mn",
        ("lea", f"{CONTRATS}/{{k1}}/lecons", lecon(dureeEnMinutes=20)),
    ),
    (
        "CONTRAT_AUTRE_AUTO_ECOLE",
        403,
        "Cette auto-école n'est pas autorisée à ajouter une leçon sur ce contrat",
        ("lea", f"{CONTRATS}/{{k15}}/lecons", lecon()),
    ),
    (
        "LECON_DEJA_RENSEIGNEE",
        409,
        "Cet élève a déjà une leçon renseignée à cette date et à cette heure",
        ("lea", f"{CONTRATS}/{{k11}}/lecons", lecon(dateHeureDebut="2026-03-09T10:00:00")),
    ),
    (
        "NUMERO_AUTORISATION_INVALIDE",
        422,
        "Le format du numéro d'autorisation du formateur n'est pas valide",
        ("lea", f"{CONTRATS}/{{k1}}/lecons", lecon(numeroAutorisation="085-0001230")),
    ),
]
"""The official refusals: code, status, wording, and who gets it for what."""

MINE = """\
title: Mon auto-école un lundi de juin
clock: {now: 2026-06-01T08:00:00+02:00}
autoEcoles:
  - nom: Conduite Bellevue
    codeDepartement: "044"
    employes: [{ref: moi, nom: Rivière, prenom: Sacha, email: sacha@bellevue.test}]
candidats:
  - {nom: Dupré, prenom: Ambre, numeroDossier: 0044060012, demandes: [{categoriePermis: B}]}
invent: {autoEcoles: 2, candidats: 10, leconsParContrat: 3}
"""
AMBRE = contrat(nom="DUPRE", numeroDossier="0044060012")
THIS_MORNING = lecon(dateHeureDebut="2026-06-01T09:00:00", numeroAutorisation="A0440000017")


def log_in(someone: Client, employe: str) -> None:
    """Call as this employé from now on."""
    answer = someone.post("/_mock/tokens", json={"employe": employe})
    someone.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"


def load(someone: Client, scenario: str) -> Response:
    """Put the world into another situation."""
    yaml_type = {"Content-Type": "application/yaml"}
    return someone.put("/_mock/scenario", content=scenario, headers=yaml_type)


def test_a_newcomer_finds_the_documentation(someone: Client) -> None:
    page = someone.get("/", follow_redirects=True)

    assert page.url.path == "/docs"
    document = someone.get("/openapi.json").json()
    assert f"{CONTRATS}/{{contratId}}/lecons" in document["paths"]


def test_without_a_token_he_gets_nowhere(someone: Client) -> None:
    assert refusal_of(someone.post(CONTRATS, json=contrat())) == (401, "JETON_INVALIDE")


def test_with_a_token_he_opens_a_contrat_and_declares_a_lecon(someone: Client) -> None:
    log_in(someone, "lea")

    opened = someone.post(CONTRATS, json=contrat(typeFormation="AAC"))
    assert opened.status_code == 201
    assert opened.json()["nom"] == "Moreau"

    declared = someone.post(f"{opened.headers['location']}/lecons", json=lecon())
    assert declared.status_code == 201
    assert declared.json()["dateHeureFin"] == "2026-03-09T16:00:00"

    corrected = someone.put(declared.headers["location"], json=lecon(dureeEnMinutes=90))
    assert corrected.json()["dateHeureFin"] == "2026-03-09T16:30:00"

    assert someone.delete(declared.headers["location"]).status_code == 204
    assert someone.get(f"{opened.headers['location']}/lecons").json() == []


def test_he_finds_his_contrats_his_formateurs_and_his_etp(someone: Client) -> None:
    log_in(someone, "lea")

    found = someone.post(f"{CONTRATS}/recherche", json={"filtre": {"nom": {"query": "perrin"}}})
    assert [one["numeroDossier"] for one in found.json()["data"]] == ["0301200456"]

    formateurs = someone.get(f"{LIVRET}/formateurs").json()
    assert "A0850001230" in {one["numeroAutorisation"] for one in formateurs}

    etp = someone.get(f"{LIVRET}/etp", params={"mois": "2026-04", "groupe-permis": "B"})
    assert etp.json()["etp"] == 2.4


@pytest.mark.parametrize(
    ("code", "status", "message", "call"), REFUSALS, ids=[row[0] for row in REFUSALS]
)
def test_he_meets_every_official_refusal_in_its_own_words(
    someone: Client,
    refs: Mapping[str, str],
    code: str,
    status: int,
    message: str,
    call: tuple[str, str, dict[str, Any]],
) -> None:
    employe, path, body = call
    log_in(someone, employe)

    answer = someone.post(path.format_map(refs), json=body)

    assert answer.status_code == status
    assert answer.json() == {"code": code, "erreur": code, "message": message}


def test_these_are_all_official_refusals() -> None:
    official = [
        error.code
        for error in ApiError
        if error.value.source in {OFFICIAL_FOR_CONTRATS, OFFICIAL_FOR_LECONS}
    ]

    assert sorted(row[0] for row in REFUSALS) == sorted(official)
    assert len(official) == 9


def test_he_brings_a_scenario_of_his_own(someone: Client) -> None:
    log_in(someone, "lea")

    loaded = load(someone, MINE)

    assert loaded.json()["title"] == "Mon auto-école un lundi de juin"
    assert refusal_of(someone.get(f"{LIVRET}/formateurs")) == (401, "JETON_INVALIDE")
    log_in(someone, "moi")
    assert someone.post(CONTRATS, json=AMBRE).json()["nom"] == "Dupré"


def test_a_scenario_with_a_mistake_changes_nothing(someone: Client) -> None:
    load(someone, MINE)
    before = someone.get("/_mock/state").content

    refused = load(someone, MINE.replace("candidats:", "candidat:", 1))

    assert refusal_of(refused) == (422, "SCENARIO_INVALIDE")
    assert refused.json()["details"] == [
        {
            "champ": "candidat",
            "ligne": 7,
            "message": "n'est pas une clé connue ; vouliez-vous dire « candidats » ?",
        }
    ]
    assert someone.get("/_mock/state").content == before


def test_he_moves_the_clock(someone: Client) -> None:
    load(someone, MINE)
    log_in(someone, "moi")
    lecons = f"{someone.post(CONTRATS, json=AMBRE).headers['location']}/lecons"
    assert refusal_of(someone.post(lecons, json=THIS_MORNING)) == (422, "LECON_DANS_LE_FUTUR")

    someone.post("/_mock/clock/advance", json={"by": "PT2H"})

    log_in(someone, "moi")  # a token lives five minutes, and two hours have passed
    declared = someone.post(lecons, json=THIS_MORNING)
    assert declared.json()["dateHeureReception"] == "2026-06-01T08:00:00Z"

    moved = someone.put("/_mock/clock", json={"now": "2026-07-25T00:00:00+02:00"})

    assert moved.json() == clock_at("2026-07-24T22:00:00Z")
    log_in(someone, "moi")
    location = declared.headers["location"]
    assert refusal_of(someone.delete(location)) == (409, "LECON_VERROUILLEE")


def test_he_reads_the_state_and_comes_back_to_it(someone: Client) -> None:
    load(someone, MINE)
    log_in(someone, "moi")
    opened = someone.post(CONTRATS, json=AMBRE)
    state = someone.get("/_mock/state")
    contrats = yaml.safe_load(state.text)["contratsDeFormation"]
    assert opened.json()["id"] in {one["id"] for one in contrats}

    someone.post("/_mock/reset")
    log_in(someone, "moi")
    assert refusal_of(someone.get(opened.headers["location"])) == (404, "CONTRAT_INCONNU")

    load(someone, state.text)
    log_in(someone, "moi")
    assert someone.get(opened.headers["location"]).json() == opened.json()


def everything_of(answer: Response) -> tuple[int, object, bytes]:
    return answer.status_code, answer.headers.raw, answer.content


def transcript(server: ServerProcess) -> list[tuple[int, object, bytes]]:
    """What a server answers in one scenario to one sequence of calls, tokens apart."""
    with client_of(server) as someone:
        answers = [load(someone, MINE)]
        log_in(someone, "moi")
        opened = someone.post(CONTRATS, json=AMBRE)
        contrat_url = opened.headers["location"]
        answers += [
            opened,
            someone.post(CONTRATS, json=AMBRE),
            someone.post(f"{contrat_url}/lecons", json=THIS_MORNING),
            someone.post("/_mock/clock/advance", json={"by": "PT4M"}),
            someone.post(
                f"{contrat_url}/lecons",
                json={**THIS_MORNING, "dateHeureDebut": "2026-06-01T06:00:00"},
            ),
            someone.get(f"{contrat_url}/lecons"),
            someone.get("/openapi.json", headers={"Host": "un.test"}),  # its addresses
            someone.get("/_mock/state"),
        ]
        return [everything_of(answer) for answer in answers]


def test_the_same_scenario_and_calls_give_the_same_bytes(server: ServerProcess) -> None:
    first = transcript(server)

    with server_process() as another:
        assert transcript(another) == first
    assert transcript(server) == first
    assert [status for status, _, _ in first] == [200, 201, 409, 422, 200, 201, 200, 200, 200]

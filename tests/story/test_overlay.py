"""A vendor who holds the real contract writes down what it calls otherwise, and codes against it.

The overlay moves the whole Livret and renames many of its fields; nothing of ours is left to see.
"""

from pathlib import Path

from httpx2 import Client

from tests.story.process import SECONDS_TO_START, client_of, server_process
from tests.support import LIVRET, refusal_of

OVERLAY = Path(__file__).parents[2] / "examples" / "overlays" / "livret.yaml"
API = "/api/v3/livret"
CONTRAT = {
    "nom": "Moreau",
    "neph": "012345678901",
    "categoriePermis": "B",
    "typeFormation": "TRADITIONNELLE",
}
LECON = {
    "type": "CIRCULATION",
    "debut": "2026-03-09T15:00:00",
    "duree": 60,
    "numeroFormateur": "A0850001230",
    "nature": "LECON",
}
CORRECTION = {"activite" if name == "nature" else name: one for name, one in LECON.items()}
"""The overlay renames `activite` for the declaration alone."""
OUR_NAMES = ["numeroDossier", "numeroAutorisation", "dureeEnMinutes", "dateHeureDebut", "details"]


def login(someone: Client) -> Client:
    token = someone.post("/_mock/tokens", json={"employe": "lea"}).json()["access_token"]
    someone.headers["Authorization"] = f"Bearer {token}"
    return someone


def test_a_vendor_meets_nothing_but_the_names_of_the_real_contract() -> None:
    with server_process("--overlay", str(OVERLAY)) as server, client_of(server) as someone:
        lea = login(someone)
        assert f"  overlay        {OVERLAY}" in server.log

        made = lea.post(f"{API}/contrats", json=CONTRAT)
        assert made.status_code == 201, made.text
        assert made.headers["Location"] == f"{API}/contrats/{made.json()['id']}"
        assert lea.get(made.headers["Location"]).json() == made.json()
        assert refusal_of(lea.post(f"{API}/contrats", json=CONTRAT)) == (400, "CONTRAT_DEJA_CONNU")

        lecons = f"{API}/lecons/{made.json()['id']}"
        declared = lea.post(lecons, json=LECON)
        assert declared.status_code == 200, declared.text
        assert (declared.json()["debut"], declared.json()["fin"]) == (
            "2026-03-09T15:00:00",
            "2026-03-09T16:00:00",
        )
        corrected = lea.patch(
            declared.headers["Location"],
            json={**CORRECTION, "duree": 45},
        )
        assert corrected.json()["duree"] == 45, corrected.text
        again = lea.post(lecons, json=LECON)
        assert refusal_of(again) == (422, "LECON_EXISTANTE")

        old = lea.post(lecons, json={**LECON, "dureeEnMinutes": 60})
        assert old.json()["anomalies"] == [
            {"champ": "dureeEnMinutes", "message": "n'est pas un champ connu"}
        ]
        assert refusal_of(lea.get(f"{LIVRET}/formateurs")) == (404, "RESSOURCE_INCONNUE")
        etp = lea.get(
            f"{API}/equivalents-temps-plein", params={"mois-effet": "2026-04", "groupePermis": "B"}
        )
        assert etp.json()["formateurs"][0]["numeroFormateur"]

        travelled = lea.get("/_mock/journal", params={"path": f"{API}/*"}).json()["entries"]
        assert {one["operation"] for one in travelled} >= {"declarerLecon", "lireEtp"}
        bodies = [one["response"]["body"] for one in travelled if one["status"] < 400]
        assert [name for name in OUR_NAMES for body in bodies if name in body] == []


def test_the_first_line_of_a_bad_overlay_says_where(tmp_path: Path) -> None:
    (tmp_path / "surcouche.yaml").write_text(
        "operations:\n  declarerLeçon: {path: /x}\ncodes: {PANIER_PLAIN: X}\n", "utf-8"
    )

    with server_process("--overlay", "surcouche.yaml", cwd=tmp_path) as server:
        exit_code = server.wait(SECONDS_TO_START)

    assert exit_code == 2
    assert server.log == [
        "rdv-mock: surcouche.yaml:2: operations.declarerLeçon n'est pas une opération connue"
        " ; vouliez-vous dire « declarerLecon » ?",
        "rdv-mock: surcouche.yaml:3: codes.PANIER_PLAIN n'est pas un code connu"
        " ; vouliez-vous dire « PANIER_PLEIN » ?",
    ]

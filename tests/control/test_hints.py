"""What the control plane says to somebody who has misspelt a name."""

from typing import Any

import pytest

from rdv_mock.settings import Settings
from rdv_mock.wire.names import NAME_PATTERN, name_like
from tests.support import LIVRET, SMALL, Vendor, refusal_of, running

MEANT = " ; vouliez-vous dire « {} » ?"
OIDC = "/realms/formation/protocol/openid-connect"


@pytest.mark.parametrize(
    ("method", "path", "body", "code", "meant"),
    [
        ("POST", "/_mock/tokens", {"employe": "lae"}, "EMPLOYE_INCONNU", "lea"),
        ("POST", "/_mock/tokens", {"employe": "lea@plesse.test"}, "EMPLOYE_INCONNU", None),
        ("GET", "/_mock/journal?employe=lae", None, "EMPLOYE_INCONNU", "lea"),
        ("PUT", "/_mock/scenario", {"name": "panier_plien"}, "SCENARIO_INCONNU", "panier_plein"),
        ("POST", "/_mock/worlds", {"scenario": "demo"}, "SCENARIO_INCONNU", "demonstration"),
        ("POST", "/_mock/worlds", {"from": "principale"}, "MONDE_INCONNU", "principal"),
        ("DELETE", "/_mock/worlds/essay", None, "MONDE_INCONNU", "essai"),
        ("GET", "/w/essay/_mock/clock", None, "MONDE_INCONNU", "essai"),
        ("GET", f"/w/Essai{LIVRET}/formateurs", None, "MONDE_INCONNU", "essai"),
        ("PUT", "/_mock/snapshots/avent", None, "INSTANTANE_INCONNU", "avant"),
        ("DELETE", "/_mock/snapshots/avent", None, "INSTANTANE_INCONNU", "avant"),
        ("GET", "/_mock/snapshots/avant/diff/avent", None, "INSTANTANE_INCONNU", "avant"),
        ("GET", "/_mock/incidents/incident1", None, "INCIDENT_INCONNU", "incident-1"),
        ("DELETE", "/_mock/incidents/incident1", None, "INCIDENT_INCONNU", "incident-1"),
        ("POST", "/_mock/provider-states", {"state": "Panier plein"}, "SCENARIO_INCONNU", None),
        ("GET", "/_mock/journl", None, "RESSOURCE_INCONNUE", "/_mock/journal"),
        ("POST", "/_mock/clok/advance", None, "RESSOURCE_INCONNUE", "/_mock/clock/advance"),
    ],
)
def test_what_is_misspelt_is_unknown_and_what_was_meant_is_told(
    anyone: Vendor, method: str, path: str, body: object, code: str, meant: str | None
) -> None:
    anyone.post("/_mock/worlds", json={"name": "essai"})
    anyone.post("/_mock/snapshots", json={"name": "avant"})
    anyone.post("/_mock/incidents", json={"status": 500})

    answer = anyone.call(method, path, json=body)

    assert refusal_of(answer) == (404, code)
    if meant is None:
        assert "vouliez-vous dire" in answer.json()["message"]
    else:
        assert answer.json()["message"].endswith(MEANT.format(meant))


@pytest.mark.parametrize(
    ("method", "path", "body", "champ", "message"),
    [
        (
            "POST",
            "/_mock/tokens",
            {"employe": "lea", "clientId": "editeur"},
            "clientId",
            "n'est pas un client du scénario ; vouliez-vous dire « editeur-demo » ?",
        ),
        (
            "GET",
            "/_mock/etp?autoEcole=plesse&groupePermis=B&mois=2026-05",
            None,
            "autoEcole",
            "ne désigne aucune auto-école ; vouliez-vous dire « plesses » ?",
        ),
        (
            "PATCH",
            "/_mock/state",
            {"supprimer": ["inès"]},
            "supprimer[0]",
            "« inès » ne désigne aucun objet ; vouliez-vous dire « ines » ?",
        ),
    ],
)
def test_of_a_field_it_is_told_beside_the_field(
    anyone: Vendor, method: str, path: str, body: object, champ: str, message: str
) -> None:
    answer = anyone.call(method, path, json=body)

    assert answer.json()["details"] == [{"champ": champ, "message": message}]


def test_the_simulated_apis_keep_to_the_sentence_of_the_catalogue(lea: Vendor) -> None:
    answer = lea.get("/api/v2/auto-ecole/examens/examn")

    assert answer.json()["message"] == "L'examen est inconnu"


def test_whoever_may_not_steer_learns_no_name_of_a_world() -> None:
    with running(settings=Settings(admin_token="a")) as application:
        anyone = Vendor(application)
        anyone.headers = {"Authorization": "Bearer a"}
        anyone.post("/_mock/worlds", json={"name": "essai"})

        answer = Vendor(application).get("/w/essay/_mock/clock")

    assert answer.json()["message"] == "Ce monde n'existe pas"


# Names of one's own


@pytest.mark.parametrize(
    ("given", "like"),
    [
        ("Mon Monde", "mon-monde"),
        ("Élèves à l'examen !", "eleves-a-l-examen"),
        ("_a", "a"),
        ("a.b", "a-b"),
        ("", "mon-nom"),
        ("日本", "mon-nom"),
        ("X" * 100_000, "x" * 63),
        ("é" * 63, "e" * 63),
    ],
)
def test_a_name_that_does_not_fit_shows_one_that_does(
    anyone: Vendor, given: str, like: str
) -> None:
    assert name_like(given) == like
    for path in ("worlds", "snapshots"):
        answer = anyone.post(f"/_mock/{path}", json={"name": given})

        assert refusal_of(answer) == (400, "PARAMETRE_INVALIDE")
        (detail,) = answer.json()["details"]
        assert detail["champ"] == "name"
        assert detail["message"].endswith(f"par exemple « {like} »")
        assert anyone.post(f"/_mock/{path}", json={"name": like}).status_code == 201


def test_the_document_tells_what_a_name_may_be(anyone: Vendor) -> None:
    schemas = anyone.get("/_mock/openapi.json").json()["components"]["schemas"]

    assert schemas["SnapshotAsked"]["properties"]["name"]["pattern"] == NAME_PATTERN


# Pages of the provider


def page_of(vendor: Vendor, **query: str) -> str:
    answer = vendor.get(f"{OIDC}/auth", params={"response_type": "code", **query})
    assert answer.status_code == 400
    return answer.text


def test_the_page_of_an_unknown_client_names_the_clients_that_there_are(anyone: Vendor) -> None:
    page = page_of(anyone, client_id="editeur")

    assert "Client inconnu." in page
    assert "Clients de ce scénario : <code>editeur-demo</code>." in page
    assert "rdv-mock-swagger" not in page


def test_so_does_that_of_a_client_that_is_not_given(anyone: Vendor) -> None:
    assert "<code>editeur-demo</code>" in page_of(anyone)


def test_the_page_of_a_bad_redirect_names_those_of_the_client(anyone: Vendor) -> None:
    page = page_of(anyone, client_id="editeur-demo", redirect_uri="http://localhost:3000")

    assert "Adresses de retour de ce client : <code>http://localhost:3000/callback</code>." in page


@pytest.mark.parametrize(
    ("clients", "told"),
    [
        ("clients: []", "il n'y en a pas"),
        ('clients: [{clientId: "<b>", clientSecret: c}]', "<code>&lt;b&gt;</code>"),
        (
            "clients: ["
            + ", ".join(f"{{clientId: c{n}, clientSecret: s}}" for n in range(25))
            + "]",
            "<code>c19</code>, …",
        ),
    ],
)
def test_a_page_shows_as_many_names_as_anybody_reads(clients: str, told: str) -> None:
    with running(f"{SMALL}{clients}\n") as application:
        page = page_of(Vendor(application), client_id="x")

    assert f"{told}." in page


def test_a_client_that_asks_for_tokens_is_told_what_keycloak_says(anyone: Vendor) -> None:
    form = {"grant_type": "authorization_code", "client_id": "editeur", "client_secret": "x"}

    answer: dict[str, Any] = anyone.post(f"{OIDC}/token", data=form).json()

    assert answer["error_description"] == "Invalid client or Invalid client credentials"

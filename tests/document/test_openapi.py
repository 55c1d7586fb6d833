from collections.abc import Iterator
from typing import Any

import pytest

from rdv_mock import api
from rdv_mock.errors import ApiError
from rdv_mock.http.operation import ApiOperation
from rdv_mock.serving.app import create_application
from rdv_mock.settings import Settings
from tests.demonstration import ask, operation_of
from tests.support import LIVRET, SIGNER, SMALL, Vendor, running

OPERATIONS = api.ROUTES
COMMON = {
    "CORPS_TROP_VOLUMINEUX",
    "ERREUR_INTERNE",
    "JETON_INVALIDE",
    "NOMBRE_MAXIMUM_DE_REQUETES_ATTEINT",
    "PARAMETRE_INVALIDE",
    "SCOPE_INSUFFISANT",
    "SERVICE_INDISPONIBLE",
}
V2 = {
    "lireMonAutoEcole",
    "listerEmployes",
    "lireEmployeCourant",
    "prendreMandat",
    "rechercherCandidatsMandats",
    "rechercherCandidatsEligibles",
    "rechercherCentres",
    "lireCentre",
    "listerCentresFavoris",
    "enregistrerCentresFavoris",
    "rechercherPlanning",
    "lireProchaineDateDisponible",
    "listerCreneauxDisponibles",
    "listerPaniers",
    "creerPanier",
    "lirePanier",
    "supprimerPanier",
    "ajouterCreneau",
    "ajouterCreneauxMultiples",
    "retirerCreneau",
    "affecterCandidat",
    "validerPanier",
    "lirePanierCourant",
    "ajouterCreneauPanierCourant",
    "ajouterCreneauxMultiplesPanierCourant",
    "listerExamens",
    "lireExamen",
    "annulerExamen",
    "listerExamensPermutables",
    "lireNombreDeRemplacements",
    "listerDatesExamens",
    "listerExamensPagines",
    "remplacerCandidat",
    "permuterExamens",
    "lireInformationsSeuilDepartement",
    "declarerNombreDeFormateurs",
}
"""Operations 1 to 36 of the contract."""

V1 = {
    "lireMonAutoEcoleV1",
    "prendreMandatV1",
    "rechercherCandidatsEligiblesV1",
    "rechercherPlanningV1",
    "listerPaniersV1",
    "creerPanierV1",
    "ajouterCreneauV1",
    "affecterCandidatV1",
    "validerPanierV1",
    "listerExamensV1",
    "lireExamenV1",
    "annulerExamenV1",
    "listerExamensPermutablesV1",
    "permuterExamensV1",
    "remplacerCandidatV1",
    "lireInformationsSeuilDepartementV1",
    "declarerNombreDeFormateursV1",
}
"""The deprecated twins, of those alone that are known to have existed."""

LIVRET_NUMERIQUE = {
    "creerContratDeFormation",
    "lireContratDeFormation",
    "rechercherContratsDeFormation",
    "declarerLecon",
    "listerLecons",
    "lireLecon",
    "corrigerLecon",
    "retirerLecon",
    "lireEtp",
    "listerFormateurs",
    "listerSimulateurs",
}


@pytest.fixture(scope="module")
def demonstration() -> Iterator[Vendor]:
    """Somebody who may reset the demonstration."""
    application = create_application(Settings(scenario="demonstration"))
    application.server.signer = SIGNER
    application.load()
    yield Vendor(application)
    application.close()


@pytest.fixture(scope="module")
def document(demonstration: Vendor) -> dict[str, Any]:
    """What Swagger UI reads."""
    document: dict[str, Any] = demonstration.get("/v3/api-docs").json()
    return document


def test_it_holds_the_operations_of_the_contract_and_nothing_of_the_control_plane(
    document: dict[str, Any],
) -> None:
    ids = {
        prefix: {
            operation["operationId"]
            for path, operations in document["paths"].items()
            if path.startswith(prefix)
            for operation in operations.values()
        }
        for prefix in ("/api/v2/auto-ecole/", "/api/v1/auto-ecole/", f"{LIVRET}/", "/")
    }

    assert document["openapi"].startswith("3.1")
    assert list(ids.values()) == [V2, V1, LIVRET_NUMERIQUE, V2 | V1 | LIVRET_NUMERIQUE]
    assert len(V2) == 36


@pytest.mark.parametrize("route", OPERATIONS, ids=lambda route: route.unique_id)
def test_each_refusal_of_each_operation_has_its_example(
    document: dict[str, Any], route: ApiOperation
) -> None:
    operation = operation_of(document, route)
    shown = {}
    for status, response in operation["responses"].items():
        if status.startswith("2"):
            continue
        for code, example in (
            response.get("content", {}).get("application/json", {}).get("examples", {}).items()
        ):
            error = ApiError[code]
            shown[code] = example["value"]["message"]
            assert example["value"]["code"] == code
            assert int(status) == error.status_for(route.operation)

    refused_to_closed = {"ACTION_INTERDITE"} if route.traits.writes else set()
    own = {error.code for error in route.traits.errors}
    assert set(shown) - COMMON == own | refused_to_closed
    for error in route.traits.errors:
        assert shown[error.code] == error.example(route.operation)


@pytest.mark.parametrize("route", OPERATIONS, ids=lambda route: route.unique_id)
def test_each_operation_says_what_it_is_and_how_sure(
    document: dict[str, Any], route: ApiOperation
) -> None:
    operation = operation_of(document, route)

    assert operation["operationId"] in {route.operation, f"{route.operation}V1"}
    assert operation["summary"]
    assert operation["tags"]
    assert operation["x-certitude"] == route.traits.certainty
    assert ("Conjecture" in operation.get("description", "")) is route.path.startswith(LIVRET)
    assert operation["security"] == [
        {"connexion": [route.traits.scope]},
        {"jeton": []},
    ]
    assert "422" not in operation["responses"] or any(
        error.status_for(route.operation) == 422 for error in route.traits.errors
    )


def test_the_frameworks_own_shapes_do_not_appear(anyone: Vendor) -> None:
    text = anyone.get("/openapi.json").text

    for word in ("HTTPValidationError", "ValidationError", "OnWire", "Successful Response"):
        assert word not in text


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    def references(node: Any) -> set[str]:
        if isinstance(node, dict):
            own = {node["$ref"]} if "$ref" in node else set()
            return own.union(*map(references, node.values()))
        return set().union(*map(references, node)) if isinstance(node, list) else set()

    for reference in references(document):
        target: Any = document
        for part in reference.removeprefix("#/").split("/"):
            target = target[part]


def test_the_document_of_a_world_shows_its_prefix_and_its_errors() -> None:
    text = SMALL + "errors: {CONTRAT_INCONNU: {status: 410, message: Parti}}\n"
    with running(text) as application:
        document = Vendor(application, "/w/principal").get("/openapi.json").json()

    responses = document["paths"][f"{LIVRET}/contrats-de-formation/{{contratId}}"]["get"]
    example = responses["responses"]["410"]["content"]["application/json"]["examples"]
    assert document["servers"][0]["url"] == "http://testserver/w/principal"
    assert example["CONTRAT_INCONNU"]["value"]["message"] == "Parti"
    assert example["CONTRAT_INCONNU"]["description"] == (
        "Code `inferred`, statut et message du scénario."
    )
    assert example["CONTRAT_INCONNU"]["x-certitude"] == {"code": "inferred"}


def test_requests_forbid_unknown_fields_and_bound_pages(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]

    assert schemas["DeclarationLecon"]["additionalProperties"] is False
    par_page = schemas["RechercheContratsDeFormation"]["properties"]["parPage"]
    assert "100" in str(par_page)


def test_nothing_of_the_document_is_english(anyone: Vendor) -> None:
    text = anyone.get("/openapi.json").text

    for word in (
        " the ",
        "List ",
        "Read one",
        "docs/contract",
        "docs/rules",
        "Contratid",
    ):
        assert word not in text


@pytest.mark.parametrize("route", OPERATIONS, ids=lambda route: route.unique_id)
def test_the_examples_of_an_operation_are_taken_by_the_demonstration(
    demonstration: Vendor, document: dict[str, Any], route: ApiOperation
) -> None:
    assert demonstration.post("/_mock/reset").status_code == 204

    answer = ask(demonstration.as_("lea"), document, route)

    assert answer.status_code in {200, 201, 204}, answer.text
    assert answer.status_code == 204 or answer.json()


def test_bounds_and_words_are_those_of_the_limits_of_the_world() -> None:
    limits = (
        "limits: {pagination.parDefaut: 50, pagination.maximum: 500, favoris.prioriteMax: 5,"
        " panier.ajoutMultipleMax: 20, etp.moisEffet: 3, resultat.delaiJours: 4}\n"
    )
    with running(SMALL + limits) as application:
        document = Vendor(application).get("/openapi.json").json()

    schemas = document["components"]["schemas"]
    par_page = schemas["RechercheContratsDeFormation"]["properties"]["parPage"]
    favoris = schemas["EnregistrementCentresFavoris"]["properties"]["centresFavorisInput"]
    (listed,) = (one for one in favoris["anyOf"] if one["type"] == "array")
    (mois,) = (
        one
        for one in document["paths"][f"{LIVRET}/etp"]["get"]["parameters"]
        if one["name"] == "mois"
    )
    assert "50 par défaut" in par_page["description"]
    assert 500 in [one.get("maximum") for one in (par_page, *par_page.get("anyOf", []))]
    assert schemas["AjoutCreneauxMultiples"]["properties"]["creneauxId"]["maxItems"] == 20
    assert schemas["CentreFavoriInput"]["properties"]["priorite"]["maximum"] == 5
    assert listed["maxItems"] == 6
    assert mois["description"] == "Mois d'effet : 3 mois après la nuit du calcul."
    assert "x-limite" not in str(document)


@pytest.mark.parametrize(("keys", "gone"), [("code", {"erreur"}), ("erreur", {"code"})])
def test_the_document_says_how_answers_are_formed_in_its_world(keys: str, gone: set[str]) -> None:
    text = f"{SMALL}responses: {{errorKeys: {keys}, unknownFields: ignore}}\n"
    with running(text) as application:
        schemas = Vendor(application).get("/openapi.json").json()["components"]["schemas"]

    assert {"code", "erreur"} - set(schemas["Refus"]["properties"]) == gone
    assert "additionalProperties" not in schemas["DeclarationLecon"]


@pytest.mark.parametrize(
    ("status", "shown", "begins"),
    [
        (201, {"201", "207"}, "Créé."),
        (200, {"200", "207"}, "Ce qui"),
        (207, {"207"}, "La réponse."),
    ],
)
def test_a_bulk_that_is_done_whole_has_the_status_that_the_scenario_chooses(
    status: int, shown: set[str], begins: str
) -> None:
    text = f"{SMALL}responses: {{bulkSuccessStatus: {status}}}\n"
    with running(text) as application:
        document = Vendor(application).get("/openapi.json").json()

    path = document["paths"]["/api/v2/auto-ecole/paniers/{panierId}/creneaux-multiples"]
    responses = path["post"]["responses"]
    assert {one for one in responses if one.startswith("2")} == shown
    assert responses[str(status)]["description"].startswith(begins)
    examples = responses["207"]["content"]["application/json"]["examples"]
    assert len(examples) == (2 if status == 207 else 1)

from typing import Any

import pytest

from rdv_mock.api import simulated
from rdv_mock.api.operation import ApiOperation
from rdv_mock.app import create_application
from rdv_mock.errors import ApiError
from rdv_mock.settings import Settings
from tests.support import LIVRET, SIGNER, SMALL, Vendor, running

OPERATIONS = [route for route in simulated.ROUTES if isinstance(route, ApiOperation)]
COMMON = {
    "ACTION_INTERDITE",
    "CORPS_TROP_VOLUMINEUX",
    "JETON_INVALIDE",
    "NOMBRE_MAXIMUM_DE_REQUETES_ATTEINT",
    "PARAMETRE_INVALIDE",
    "SCOPE_INSUFFISANT",
}


@pytest.fixture
def document(anyone: Vendor) -> dict[str, Any]:
    document: dict[str, Any] = anyone.get("/v3/api-docs").json()
    return document


def operation_of(document: dict[str, Any], route: ApiOperation) -> dict[str, Any]:
    operation: dict[str, Any] = document["paths"][route.path_format][route.method.lower()]
    return operation


def test_it_holds_the_operations_of_the_contract_and_nothing_of_the_control_plane(
    document: dict[str, Any],
) -> None:
    ids = {
        operation["operationId"]
        for operations in document["paths"].values()
        for operation in operations.values()
    }

    livret = {
        operation["operationId"]
        for path, operations in document["paths"].items()
        if path.startswith(LIVRET)
        for operation in operations.values()
    }

    assert document["openapi"].startswith("3.1")
    assert not any("_mock" in path or "realms" in path for path in document["paths"])
    assert livret == {
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
    assert ids - livret == {
        "lireMonAutoEcole",
        "lireMonAutoEcoleV1",
        "listerEmployes",
        "lireEmployeCourant",
        "prendreMandat",
        "prendreMandatV1",
        "rechercherCandidatsMandats",
        "declarerNombreDeFormateurs",
        "declarerNombreDeFormateursV1",
        "rechercherCentres",
        "lireCentre",
        "listerCentresFavoris",
        "enregistrerCentresFavoris",
    }


@pytest.mark.parametrize("route", OPERATIONS, ids=lambda route: route.unique_id)
def test_each_refusal_of_each_operation_has_its_example(
    document: dict[str, Any], route: ApiOperation
) -> None:
    operation = operation_of(document, route)
    shown = {}
    for status, response in operation["responses"].items():
        for code, example in (
            response.get("content", {}).get("application/json", {}).get("examples", {}).items()
        ):
            error = ApiError[code]
            shown[code] = example["value"]["message"]
            assert example["value"]["code"] == code
            assert int(status) == error.status_for(route.operation)

    assert {error.code for error in route.traits.errors} == set(shown) - COMMON
    assert ("ACTION_INTERDITE" in shown) is route.traits.writes
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
        {"jeton": [route.traits.scope]},
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
    assert document["servers"][0]["url"] == "/w/principal"
    assert example["CONTRAT_INCONNU"]["value"]["message"] == "Parti"
    assert example["CONTRAT_INCONNU"]["description"] == "Message du scénario."


def test_requests_forbid_unknown_fields_and_bound_pages(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]

    assert schemas["DeclarationLecon"]["additionalProperties"] is False
    par_page = schemas["RechercheContratsDeFormation"]["properties"]["parPage"]
    assert "100" in str(par_page)


def test_nothing_of_the_document_is_english(anyone: Vendor) -> None:
    text = anyone.get("/openapi.json").text

    for word in (" the ", "List ", "Read one", "contract.md", "rules.md", "Contratid"):
        assert word not in text


@pytest.mark.parametrize(
    "route", [route for route in OPERATIONS if route.body], ids=lambda route: route.unique_id
)
def test_the_example_of_a_body_is_taken_by_the_demonstration(route: ApiOperation) -> None:
    application = create_application(Settings(scenario="demonstration"))
    application.server.signer = SIGNER
    application.load()
    lea = Vendor(application).as_("lea")
    assert route.body is not None
    schema = lea.get("/openapi.json").json()["components"]["schemas"]
    (example,) = schema[route.body[1].__name__]["examples"]
    path = route.path.replace("{contratId}", lea.id_of("k1"))
    path = path.replace("{leconId}", lea.id_of("modifiable"))

    answer = lea.call(route.method, path, json=example)

    assert answer.is_success, answer.text
    application.close()

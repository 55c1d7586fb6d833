"""A list of seeded differences: each is found, alone and among all others, and nothing else is."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from rdv_mock.diff import KINDS, as_json, as_table, compare
from tests.diff.telling import told

Document = dict[str, Any]
Change = Callable[[Document], None]

AE = "/api/v2/auto-ecole"
CONTRATS = "/api/v1/livret-numerique/contrats-de-formation"
UUID = "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"
SEEDS: dict[str, tuple[Change, set[str]]] = {}


def seed(*expected: str) -> Callable[[Change], Change]:
    """One difference, and what is to be said of it."""

    def keep(change: Change) -> Change:
        SEEDS[change.__name__] = (change, set(expected))
        return change

    return keep


def schema(document: Document, name: str) -> dict[str, Any]:
    found: dict[str, Any] = document["components"]["schemas"][name]
    return found


def field(document: Document, name: str, of: str) -> dict[str, Any]:
    found: dict[str, Any] = schema(document, of)["properties"][name]
    return found


def operation(document: Document, method: str, path: str) -> dict[str, Any]:
    found: dict[str, Any] = document["paths"][path][method]
    return found


def parameter(document: Document, name: str, path: str, method: str = "get") -> dict[str, Any]:
    found = operation(document, method, path)["parameters"]
    return next(one for one in found if one["name"] == name)


def move(document: Document, path: str, to: str) -> None:
    """Another path, in its place among the others."""
    document["paths"] = {(to if one == path else one): p for one, p in document["paths"].items()}


@seed(f"operation | GET {AE}/employes | GET {AE}/employes -> –")
def an_operation_less(document: Document) -> None:
    del document["paths"][f"{AE}/employes"]


@seed(
    f"operation | POST {AE}/examens/{{examenId}}/reclamation |"
    f" – -> POST {AE}/examens/{{examenId}}/reclamation"
)
def an_operation_more(document: Document) -> None:
    document["paths"][f"{AE}/examens/{{examenId}}/reclamation"] = {
        "post": {"operationId": "reclamer", "responses": {"204": {"description": "Fait."}}}
    }


@seed(f"moved | GET {AE}/crenodispo/date | GET {AE}/crenodispo/date -> GET {AE}/prochaine-date")
def an_operation_elsewhere(document: Document) -> None:
    move(document, f"{AE}/crenodispo/date", f"{AE}/prochaine-date")


@seed(f"moved | DELETE {CONTRATS}/{{contratId}}/lecons/{{leconId}} |"
      f" DELETE {CONTRATS}/{{contratId}}/lecons/{{leconId}} ->"
      f" PATCH {CONTRATS}/{{contratId}}/lecons/{{leconId}}")  # fmt: skip
def another_method(document: Document) -> None:
    item = document["paths"][f"{CONTRATS}/{{contratId}}/lecons/{{leconId}}"]
    item["patch"] = item.pop("delete")


@seed(f"path | GET {AE}/centres/{{centreId}} | GET {AE}/centres/{{centreId}} ->"
      f" GET {AE}/centres/{{id}}")  # fmt: skip
def another_name_in_a_path(document: Document) -> None:
    parameter(document, "centreId", f"{AE}/centres/{{centreId}}")["name"] = "id"
    move(document, f"{AE}/centres/{{centreId}}", f"{AE}/centres/{{id}}")


@seed(f"parameter | GET {AE}/informations-seuil-departement query mois | string -> –")
def a_parameter_less(document: Document) -> None:
    parameters = operation(document, "get", f"{AE}/informations-seuil-departement")["parameters"]
    parameters[:] = [one for one in parameters if one["name"] != "mois"]


@seed(f"parameter | GET {AE}/examens query bureau-id | – -> string (uuid), required")
def a_parameter_more(document: Document) -> None:
    operation(document, "get", f"{AE}/examens")["parameters"].append(
        {"name": "bureau-id", "in": "query", "required": True,
         "schema": {"type": "string", "format": "uuid"}}
    )  # fmt: skip


@seed(f"required | GET {AE}/examens query date | yes -> no")
def a_parameter_that_may_be_left_out(document: Document) -> None:
    parameter(document, "date", f"{AE}/examens")["required"] = False


@seed(f"style | GET {AE}/crenodispo query centres-ids | form, repeated -> form, in one")
def ids_in_one_parameter(document: Document) -> None:
    parameter(document, "centres-ids", f"{AE}/crenodispo")["explode"] = False


@seed(f"default | GET {AE}/examens-pagines query page | – -> 1")
def a_default_of_a_parameter(document: Document) -> None:
    parameter(document, "page", f"{AE}/examens-pagines")["schema"]["default"] = 1


@seed(f"bound maximum | GET {AE}/examens-pagines query par-page | 100 -> 50")
def a_lower_maximum(document: Document) -> None:
    bounded = parameter(document, "par-page", f"{AE}/examens-pagines")["schema"]
    bounded.get("anyOf", [bounded])[0]["maximum"] = 50


@seed("field | schema PriseDeMandat telephone | – -> string, required")
def a_field_more_in_a_request(document: Document) -> None:
    schema(document, "PriseDeMandat")["properties"]["telephone"] = {"type": "string"}
    schema(document, "PriseDeMandat")["required"].append("telephone")


@seed("field | schema DeclarationLecon activite | string -> –")
def a_field_less_in_a_request(document: Document) -> None:
    del schema(document, "DeclarationLecon")["properties"]["activite"]


@seed("required | schema FiltrePlanning centreId | yes -> no")
def a_field_that_may_be_left_out(document: Document) -> None:
    schema(document, "FiltrePlanning")["required"].remove("centreId")


@seed("required | schema PriseDeMandat email | no -> yes")
def a_field_that_must_be_given(document: Document) -> None:
    schema(document, "PriseDeMandat")["required"].append("email")


@seed("more | schema AjoutCreneau | none -> any")
def a_request_that_takes_other_fields(document: Document) -> None:
    del schema(document, "AjoutCreneau")["additionalProperties"]


@seed(f"body | PUT {AE}/paniers/{{panierId}}/creneaux/{{creneauId}}/candidat request | yes -> –")
def a_request_without_a_body(document: Document) -> None:
    path = f"{AE}/paniers/{{panierId}}/creneaux/{{creneauId}}/candidat"
    del operation(document, "put", path)["requestBody"]


@seed(f"media | POST {AE}/examens/permutation request | application/json -> text/xml")
def another_media_type(document: Document) -> None:
    content = operation(document, "post", f"{AE}/examens/permutation")["requestBody"]["content"]
    content["text/xml"] = content.pop("application/json")


@seed("field | schema Simulateur marque | – -> string")
def a_field_more_in_an_answer(document: Document) -> None:
    schema(document, "Simulateur")["properties"]["marque"] = {"type": "string"}


@seed("field | schema Formateur prenom | string, required -> –")
def a_field_less_in_an_answer(document: Document) -> None:
    del schema(document, "Formateur")["properties"]["prenom"]


@seed("type | schema Pagination nombreTotal | integer -> string")
def another_type(document: Document) -> None:
    field(document, "nombreTotal", "Pagination")["type"] = "string"


@seed("format | schema ContratDeFormation dateHeureCreation | date-time -> date")
def another_format(document: Document) -> None:
    field(document, "dateHeureCreation", "ContratDeFormation")["format"] = "date"


@seed(f"pattern | schema FiltrePlanning centreId | {UUID} -> ^[0-9-]+$")
def another_pattern(document: Document) -> None:
    field(document, "centreId", "FiltrePlanning")["pattern"] = "^[0-9-]+$"


@seed("bound maxLength | schema PriseDeMandat email | 254 -> –")
def a_bound_less(document: Document) -> None:
    del field(document, "email", "PriseDeMandat")["anyOf"][0]["maxLength"]


@seed("values | schema TypeLecon | – -> MOTO")
def a_value_more(document: Document) -> None:
    schema(document, "TypeLecon")["enum"].append("MOTO")


@seed("values | schema StatutDuResultat | EXAMEN_ABSENT, EXAMEN_ANNULE -> ABSENT")
def other_values(document: Document) -> None:
    schema(document, "StatutDuResultat")["enum"] = ["EXAMEN_REUSSI", "EXAMEN_ECHOUE", "ABSENT"]


@seed("nullable | schema Centre adresse | no -> yes")
def an_answer_that_may_be_null(document: Document) -> None:
    field(document, "adresse", "Centre")["type"] = ["string", "null"]


@seed("nullable | schema Examen resultat | yes -> no")
def an_answer_that_is_never_null(document: Document) -> None:
    properties = schema(document, "Examen")["properties"]
    properties["resultat"] = {"$ref": "#/components/schemas/Resultat"}


@seed(f"status | POST {AE}/paniers/{{panierId}}/valider 423 | – -> 423")
def a_status_more(document: Document) -> None:
    responses = operation(document, "post", f"{AE}/paniers/{{panierId}}/valider")["responses"]
    responses["423"] = {"description": "Verrouillé."}


@seed(f"status | POST {AE}/mandats 409 | 409 -> –")
def a_status_less(document: Document) -> None:
    del operation(document, "post", f"{AE}/mandats")["responses"]["409"]


@seed(f"codes | DELETE {AE}/examens/{{examenId}} 409 | – -> EXAMEN_VERROUILLE")
def a_code_more(document: Document) -> None:
    answer = operation(document, "delete", f"{AE}/examens/{{examenId}}")["responses"]["409"]
    examples = answer["content"]["application/json"].setdefault("examples", {})
    examples["neuf"] = {"value": {"code": "EXAMEN_VERROUILLE", "message": "Non."}}


@seed(f"header | GET {AE}/examens/dates 401 header WWW-Authenticate | string, required -> –")
def a_header_less(document: Document) -> None:
    answer = operation(document, "get", f"{AE}/examens/dates")["responses"]["401"]
    del answer["headers"]["WWW-Authenticate"]


@seed(f"scopes | GET {AE}/centres-favoris | rdvpermis -> centres:lecture")
def another_scope(document: Document) -> None:
    for requirement in operation(document, "get", f"{AE}/centres-favoris")["security"]:
        for scheme in requirement:
            requirement[scheme] = ["centres:lecture"]


@seed(f"access | GET {AE}/employes/moi | bearer token -> bearer token and header X-Cle")
def a_key_beside_the_token(document: Document) -> None:
    document["components"]["securitySchemes"]["cle"] = {
        "type": "apiKey", "in": "header", "name": "X-Cle",
    }  # fmt: skip
    for requirement in operation(document, "get", f"{AE}/employes/moi")["security"]:
        requirement["cle"] = []


@seed(f"deprecated | GET {AE}/panier | no -> yes")
def a_deprecated_operation(document: Document) -> None:
    operation(document, "get", f"{AE}/panier")["deprecated"] = True


@seed(f"deprecated | GET {AE}/examens/dates query creneauSansCandidat | no -> yes")
def a_deprecated_parameter(document: Document) -> None:
    parameter(document, "creneauSansCandidat", f"{AE}/examens/dates")["deprecated"] = True


@seed("deprecated | schema EmployeCourant role | – -> true")
def a_deprecated_field(document: Document) -> None:
    field(document, "role", "EmployeCourant")["deprecated"] = True


@seed(f"callback | POST {AE}/examens/remplacement | – -> remplace")
def a_call_back(document: Document) -> None:
    operation(document, "post", f"{AE}/examens/remplacement")["callbacks"] = {"remplace": {}}


@seed("callback | webhooks | – -> placePubliee")
def a_webhook(document: Document) -> None:
    document["webhooks"] = {"placePubliee": {"post": {"responses": {}}}}


def test_there_are_thirty_seeds_of_nearly_every_kind() -> None:
    kinds = {line.split()[0] for _, expected in SEEDS.values() for line in expected}

    assert len(SEEDS) >= 30
    assert set(KINDS) - kinds == {"base"}  # test_matching.py


@pytest.mark.parametrize("name", SEEDS)
def test_a_seeded_difference_is_found_and_nothing_else(
    name: str, ours: Document, real: Document
) -> None:
    change, expected = SEEDS[name]
    change(real)

    comparison = compare(ours, real)

    assert told(comparison) == expected
    assert comparison.notes == ()


def test_all_seeded_differences_together_are_found_and_nothing_else(
    ours: Document, real: Document
) -> None:
    for change, _ in SEEDS.values():
        change(real)

    comparison = compare(ours, real)

    assert told(comparison) == set().union(*(expected for _, expected in SEEDS.values()))


def test_the_table_and_json_tell_all_of_them(ours: Document, real: Document) -> None:
    for change, _ in SEEDS.values():
        change(real)

    comparison = compare(ours, real)

    table = as_table(comparison)
    assert table.endswith(f"\n{len(SEEDS)} differences")
    content = json.loads(as_json(comparison))
    assert len(content["findings"]) == len(SEEDS)
    assert not content["same"]

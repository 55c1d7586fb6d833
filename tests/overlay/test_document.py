from copy import deepcopy
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from schemathesis.specs.openapi.definitions import OPENAPI_31_VALIDATOR

from rdv_mock.overlay.document import overlaid
from rdv_mock.overlay.links import source_on_wire
from tests.overlay.compiling import EXAMPLES, our_document, overlay_of
from tests.support import CONTRATS, LIVRET

ALL = sorted(EXAMPLES.iterdir())


def told(text: str, **options: Any) -> dict[str, Any]:
    """Our document under an overlay."""
    return overlaid(our_document(), overlay_of(text), **options)


def schema_of(document: dict[str, Any], name: str) -> dict[str, Any]:
    schema: dict[str, Any] = document["components"]["schemas"][name]
    return schema


def media_of(message: dict[str, Any]) -> dict[str, Any]:
    media: dict[str, Any] = message["content"]["application/json"]
    return media


@pytest.mark.parametrize("text", ["", "fields: {nom: nom}", "codes: {PANIER_PLEIN: PANIER_PLEIN}"])
def test_an_overlay_that_changes_nothing_gives_the_same_document(text: str) -> None:
    assert repr(told(text)) == repr(our_document())


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.stem)
def test_our_own_document_stays_as_it_is(path: Path) -> None:
    before = deepcopy(our_document())

    told(path.read_text("utf-8"))

    assert our_document() == before


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.stem)
def test_what_comes_out_is_openapi_3_1(path: Path) -> None:
    document = told(path.read_text("utf-8"))

    schemas = document["components"]["schemas"]
    login = document["components"].pop("securitySchemes")  # relative to where it is served
    assert login
    assert [error.message for error in OPENAPI_31_VALIDATOR.iter_errors(document)] == []
    for schema in schemas.values():
        jsonschema_rs.meta.validate(schema)


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.stem)
def test_every_reference_leads_somewhere_and_every_example_is_valid(path: Path) -> None:
    document = told(path.read_text("utf-8"))
    checked = 0

    def check(media: dict[str, Any], *more: Any) -> None:
        nonlocal checked
        schema = {**media["schema"], "components": document["components"]}
        examples = [one["value"] for one in media.get("examples", {}).values()]
        for example in (*examples, *more):
            jsonschema_rs.Draft202012Validator(schema).validate(example)
            checked += 1

    for operations in document["paths"].values():
        for operation in operations.values():
            if "requestBody" in operation:
                media = media_of(operation["requestBody"])
                check(media, *examples_of(media["schema"], document))
            for response in operation["responses"].values():
                if "content" in response:
                    check(media_of(response))

    assert checked > 400


def examples_of(schema: dict[str, Any], document: dict[str, Any]) -> list[Any]:
    if "$ref" in schema:
        schema = schema_of(document, schema["$ref"].rsplit("/", 1)[1])
    examples: list[Any] = schema.get("examples", [])
    return examples


def test_operations_keep_their_order_and_their_ids() -> None:
    document = told("operations: {declarerLecon: {method: PUT, path: '/l/{contratId}'}}")

    def ids(of: dict[str, Any]) -> list[str]:
        return [one["operationId"] for item in of["paths"].values() for one in item.values()]

    assert ids(document) == ids(our_document())
    assert document["paths"]["/l/{contratId}"]["put"]["operationId"] == "declarerLecon"
    assert list(document["paths"][f"{CONTRATS}/{{contratId}}/lecons"]) == ["get"]


def test_fields_change_in_properties_required_and_examples() -> None:
    document = told("schemas: {DeclarationLecon: {dureeEnMinutes: duree}}")

    schema = schema_of(document, "DeclarationLecon")
    assert "duree" in schema["properties"]
    assert "duree" in schema["required"]
    assert schema["examples"][0]["duree"] == 60
    assert "dureeEnMinutes" in schema_of(document, "Lecon")["properties"]
    assert "dureeEnMinutes" not in str(schema)


def test_what_holds_for_one_operation_is_written_out_there_alone() -> None:
    text = """\
operations:
  listerExamensPagines: {response: {data: examens, data.candidat.nom: patronyme}}
"""
    document = told(text)

    path = "/api/v2/auto-ecole/examens-pagines"
    schema = media_of(document["paths"][path]["get"]["responses"]["200"])["schema"]
    examen = schema["properties"]["examens"]["items"]
    candidat = examen["properties"]["candidat"]["anyOf"][0]
    assert "patronyme" in candidat["properties"]
    assert "patronyme" in candidat["required"]
    assert examen["properties"]["statut"]["$ref"].endswith("/StatutExamen")
    assert document["components"] == our_document()["components"]


def test_codes_change_in_the_list_the_examples_and_what_is_told_of_them() -> None:
    text = "codes: {CANDIDAT_SOUS_PENALITE: EN_CARENCE}"
    ours = deepcopy(our_document())
    schema_of(ours, "Code")["x-sure"] = {"CANDIDAT_SOUS_PENALITE": 1, "PANIER_PLEIN": 2}
    schema_of(ours, "Code")["description"] = "CANDIDAT_SOUS_PENALITE, CANDIDAT_SOUS, `autre`"

    document = overlaid(ours, overlay_of(text))

    code = schema_of(document, "Code")
    assert "EN_CARENCE" in code["enum"]
    assert code["x-sure"] == {"EN_CARENCE": 1, "PANIER_PLEIN": 2}
    assert code["description"] == "EN_CARENCE, CANDIDAT_SOUS, `autre`"
    message = schema_of(document, "ElementValide")["properties"]["codeMessage"]
    assert "EN_CARENCE" in str(message)
    assert "CANDIDAT_SOUS_PENALITE" not in str(document)


def test_descriptions_name_fields_and_parameters_as_they_are_called_now() -> None:
    text = """\
parameters: {inclureEstCandidatObligatoire: avecObligation}
schemas: {Detail: {champ: ou}}
"""
    ours = deepcopy(our_document())
    schema_of(ours, "Detail")["description"] = "`champ` et `message`"

    document = overlaid(ours, overlay_of(text))

    element = schema_of(document, "ElementDuPanier")["properties"]["estCandidatObligatoire"]
    assert "`avecObligation`" in element["description"]
    detail = ours["components"]["schemas"]["Detail"]
    assert "`champ` et" in detail["description"]
    assert "`ou` et" in schema_of(document, "Detail")["description"]


def test_refusals_go_where_their_status_is_now_and_leave_nothing_behind() -> None:
    document = told("statuses: {CONTRAT_INCONNU: 401, CONTRAT_AUTRE_AUTO_ECOLE: 410}")

    responses = document["paths"][f"{CONTRATS}/{{contratId}}"]["get"]["responses"]
    assert list(responses) == ["200", "401", "403", "410", "429", "500", "503"]
    assert list(media_of(responses["401"])["examples"]) == ["JETON_INVALIDE", "CONTRAT_INCONNU"]
    assert responses["401"]["description"] == "JETON_INVALIDE · CONTRAT_INCONNU"
    assert responses["401"]["headers"]["WWW-Authenticate"]["required"] is False
    assert "$ref" in responses["401"]["headers"]["Date"]
    assert responses["410"]["description"] == "CONTRAT_AUTRE_AUTO_ECOLE"
    assert list(media_of(responses["403"])["examples"]) == ["SCOPE_INSUFFISANT"]


def test_refusals_of_three_statuses_may_become_one() -> None:
    document = told("statuses: {CONTRAT_INCONNU: 401, NOMBRE_MAXIMUM_DE_REQUETES_ATTEINT: 401}")

    responses = document["paths"][f"{CONTRATS}/{{contratId}}"]["get"]["responses"]
    assert list(responses) == ["200", "401", "403", "500", "503"]
    headers = responses["401"]["headers"]
    assert headers["WWW-Authenticate"]["required"] is False
    assert headers["Retry-After"]["required"] is False


def test_a_refusal_whose_status_the_scenario_has_chosen_stays() -> None:
    document = told("statuses: {CONTRAT_INCONNU: 410}", chosen={"CONTRAT_INCONNU"})

    assert document == our_document()


def test_two_successes_may_become_one() -> None:
    document = told("operations: {validerPanier: {status: 207}}")

    path = "/api/v2/auto-ecole/paniers/{panierId}/valider"
    responses = document["paths"][path]["post"]["responses"]
    assert "200" not in responses
    assert media_of(responses["207"])["schema"]["$ref"].endswith("/Validation")


def test_a_success_without_a_body_may_meet_a_refusal() -> None:
    text = "operations: {retirerLecon: {status: 200, statuses: {LECON_INCONNUE: 200}}}"
    document = told(text)

    path = f"{CONTRATS}/{{contratId}}/lecons/{{leconId}}"
    response = document["paths"][path]["delete"]["responses"]["200"]
    assert media_of(response)["examples"]["LECON_INCONNUE"]


LINKS = {
    "lireLecon": {
        "operationId": "lireLecon",
        "parameters": {"leconId": "$response.body#/id", "contratId": "$request.path.contratId"},
    },
    "corrigerLecon": {
        "operationId": "corrigerLecon",
        "x-corps": {
            "dureeEnMinutes": "$request.body#/dureeEnMinutes",
            "activite": "LECON",
        },
    },
}


def test_links_take_and_give_things_by_their_names() -> None:
    text = """\
schemas:
  DeclarationLecon: {dureeEnMinutes: duree}
  Lecon: {id: identifiant}
parameters: {contratId: idContrat}
operations: {corrigerLecon: {request: {activite: nature}}, lireContratDeFormation: {status: 204}}
"""
    ours = deepcopy(our_document())
    paths = ours["paths"]
    paths[f"{CONTRATS}/{{contratId}}/lecons"]["post"]["responses"]["201"]["links"] = LINKS
    paths[f"{CONTRATS}/{{contratId}}"]["get"]["responses"]["200"]["links"] = LINKS

    document = overlaid(ours, overlay_of(text))

    paths = document["paths"]
    links = paths[f"{CONTRATS}/{{idContrat}}/lecons"]["post"]["responses"]["201"]["links"]
    assert links["lireLecon"]["parameters"] == {
        "leconId": "$response.body#/identifiant",
        "idContrat": "$request.path.idContrat",
    }
    assert links["corrigerLecon"]["x-corps"] == {
        "duree": "$request.body#/duree",
        "nature": "LECON",
    }
    assert "links" not in paths[f"{CONTRATS}/{{idContrat}}"]["get"]["responses"]["204"]


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("$request.query.groupe-permis", "$request.query.groupePermis"),
        ("$request.header.Authorization", "$request.header.Authorization"),
        ("$response.body#/formateurs/0/nom", "$response.body#/formateurs/0/patronyme"),
        ("$response.body", "$response.body"),
        ("$url", "$url"),
    ],
)
def test_a_runtime_expression_is_told_in_their_names(ours: str, theirs: str) -> None:
    overlay = overlay_of("parameters: {groupe-permis: groupePermis}\nfields: {nom: patronyme}")

    assert source_on_wire(ours, overlay.operations["lireEtp"]) == theirs


def test_examples_of_answers_are_told_in_their_names() -> None:
    ours = deepcopy(our_document())
    response = ours["paths"][f"{LIVRET}/formateurs"]["get"]["responses"]["200"]
    media_of(response)["examples"] = {"un": {"summary": "Un", "value": [{"nom": "Petit"}]}}

    document = overlaid(ours, overlay_of("fields: {nom: patronyme}"))

    response = document["paths"][f"{LIVRET}/formateurs"]["get"]["responses"]["200"]
    assert media_of(response)["examples"] == {
        "un": {"summary": "Un", "value": [{"patronyme": "Petit"}]}
    }

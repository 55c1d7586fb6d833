from typing import Any

import pytest

from rdv_mock import control
from rdv_mock.http.operation import ControlOperation, Probe
from rdv_mock.scenario.dump import KINDS
from rdv_mock.scenario.schema import schema_text
from tests.support import Vendor

OPERATIONS = control.ROUTES


@pytest.fixture
def document(anyone: Vendor) -> dict[str, Any]:
    document: dict[str, Any] = anyone.get("/_mock/openapi.json").json()
    return document


def test_it_holds_every_call_of_the_control_plane_and_no_other(document: dict[str, Any]) -> None:
    held = {
        (method.upper(), path)
        for path, operations in document["paths"].items()
        for method in operations
    }

    assert held == {(route.method, route.path_format) for route in OPERATIONS}
    assert all(path.startswith("/_mock") for _, path in held)


@pytest.mark.parametrize("route", OPERATIONS, ids=lambda route: route.unique_id)
def test_each_call_says_what_it_does_and_how_it_may_be_refused(
    document: dict[str, Any], route: ControlOperation
) -> None:
    operation = document["paths"][route.path_format][route.method.lower()]

    assert operation["summary"]
    shown = {
        code
        for response in operation["responses"].values()
        for code in response.get("content", {}).get("application/json", {}).get("examples", {})
    }
    assert {error.code for error in route.traits.errors} <= shown
    is_open = isinstance(route, Probe)
    assert ("JETON_ADMIN_INVALIDE" in shown) is not is_open
    assert operation["security"] == [{}, {"admin": []}][: 1 if is_open else 2]


@pytest.mark.parametrize("operation", [("put", "/_mock/scenario"), ("patch", "/_mock/state")])
def test_scenarios_may_be_sent_in_both_forms(
    document: dict[str, Any], operation: tuple[str, str]
) -> None:
    method, path = operation

    content = document["paths"][path][method]["requestBody"]["content"]

    assert content.keys() == {"application/yaml", "application/json"}


@pytest.mark.parametrize(
    ("path", "media_types"),
    [
        ("/_mock/state", {"application/yaml", "application/json"}),
        ("/_mock/journal.har", {"application/json"}),
        ("/_mock/scenario.schema.json", {"application/schema+json"}),
    ],
)
def test_what_is_no_object_of_ours_is_told_by_its_kind(
    document: dict[str, Any], path: str, media_types: set[str]
) -> None:
    assert document["paths"][path]["get"]["responses"]["200"]["content"].keys() == media_types


def test_what_part_of_the_state_can_be_asked_for_is_told(document: dict[str, Any]) -> None:
    parameters = {
        one["name"]: one["schema"] for one in document["paths"]["/_mock/state"]["get"]["parameters"]
    }

    assert parameters.keys() == {"format", "kind", "autoEcole"}
    assert parameters["kind"]["type"] == "array"
    assert parameters["kind"]["items"]["enum"] == list(KINDS)
    assert "json" in str(parameters["format"])


@pytest.mark.parametrize(
    ("operation", "status", "code"),
    [
        ("PUT /_mock/scenario", "413", "CORPS_TROP_VOLUMINEUX"),
        ("POST /_mock/tokens", "413", "CORPS_TROP_VOLUMINEUX"),
        ("GET /_mock/journal", "404", "EMPLOYE_INCONNU"),
        ("DELETE /_mock/worlds/{name}", "400", "PARAMETRE_INVALIDE"),
    ],
)
def test_refusals_that_only_some_calls_meet_are_told_too(
    document: dict[str, Any], operation: str, status: str, code: str
) -> None:
    method, path = operation.lower().split()

    refusals = document["paths"][path][method]["responses"][status]["content"]["application/json"]

    assert code in refusals["examples"]


def test_a_calculation_may_begin_before_the_first_year_that_can_be_asked_for(
    document: dict[str, Any],
) -> None:
    debut = document["components"]["schemas"]["CalculExplique"]["properties"]["debut"]

    assert debut["format"] == "date"
    assert "pattern" not in debut


def test_a_worlds_document_leaves_out_what_stands_at_the_root_only(anyone: Vendor) -> None:
    anyone.post("/_mock/worlds", json={"name": "essai"})

    document = anyone.get("/w/essai/_mock/openapi.json").json()

    assert document["servers"][0]["url"] == "http://testserver/w/essai"
    assert "/_mock/worlds" not in document["paths"]
    assert "/_mock/clock" in document["paths"]


def test_the_frameworks_own_shapes_do_not_appear(anyone: Vendor) -> None:
    text = anyone.get("/_mock/openapi.json").text

    assert "HTTPValidationError" not in text


def test_its_swagger_ui_reads_it(anyone: Vendor) -> None:
    page, script = anyone.get("/_mock/docs"), anyone.get("/swagger-ui/control.js")

    assert page.status_code == 200
    assert "/swagger-ui/control.js" in page.text
    assert '"../_mock/openapi.json"' in script.text


def test_everything_is_told_in_words(document: dict[str, Any]) -> None:
    for item in document["paths"].values():
        for operation in item.values():
            assert operation["description"], operation["operationId"]
            for parameter in operation["parameters"]:
                assert parameter["description"], (operation["operationId"], parameter)
    for name, schema in document["components"]["schemas"].items():
        assert schema["description"], name
        for field, told in schema.get("properties", {}).items():
            assert told.keys() & {"description", "examples", "$ref"}, (name, field)


def test_what_is_ours_says_nothing_of_certainty(anyone: Vendor) -> None:
    assert '"x-certitude' not in anyone.get("/_mock/openapi.json").text


def test_what_is_not_json_says_so(document: dict[str, Any]) -> None:
    state = document["paths"]["/_mock/state"]["get"]["responses"]["200"]

    assert state["content"]["application/yaml"]["schema"] == {"type": "string"}


def test_health_is_told_of_with_what_it_answers_while_loading(document: dict[str, Any]) -> None:
    health, ready = (document["paths"][f"/_mock/{name}"]["get"] for name in ("health", "ready"))

    assert "503" not in health["responses"]
    for response in (health["responses"]["200"], *map(ready["responses"].get, ("200", "503"))):
        schema = response["content"]["application/json"]["schema"]
        assert schema == {"$ref": "#/components/schemas/Health"}


@pytest.mark.parametrize("prefix", ["", "/w/principal"])
def test_the_list_of_calls_names_health_where_it_answers(anyone: Vendor, prefix: str) -> None:
    listed = {call["path"] for call in anyone.get(f"{prefix}/_mock").json()}

    assert listed.issuperset({"/_mock/health", "/_mock/ready"}) is not bool(prefix)
    assert anyone.get(f"{prefix}/_mock/health").is_success is not bool(prefix)


@pytest.mark.parametrize("path", ["/_mock/health", "/_mock/ready"])
def test_probes_that_read_the_head_alone_are_answered(anyone: Vendor, path: str) -> None:
    assert anyone.call("HEAD", path).status_code == 200


def test_no_cache_keeps_a_document_whose_addresses_are_those_of_one_call(anyone: Vendor) -> None:
    for path in ("/openapi.json", "/v3/api-docs", "/_mock/openapi.json"):
        answers = [anyone.get(path, headers={"Host": host}) for host in ("un.test", "deux.test")]

        urls = [answer.json()["servers"][0]["url"] for answer in answers]
        assert urls == ["http://un.test", "http://deux.test"]
        assert {answer.headers["cache-control"] for answer in answers} == {"no-store"}


@pytest.mark.parametrize("prefix", ["", "/w/principal"])
def test_an_editor_finds_the_schema_of_scenarios(anyone: Vendor, prefix: str) -> None:
    served = anyone.get(f"{prefix}/_mock/scenario.schema.json")

    assert served.headers["content-type"] == "application/schema+json"
    assert served.text == schema_text()
    listed = {call["path"]: call["summary"] for call in anyone.get(f"{prefix}/_mock").json()}
    assert "schéma" in listed[f"{prefix}/_mock/scenario.schema.json"]

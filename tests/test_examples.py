"""What vendors copy from `examples/` is of the form that its tool wants, and true of us."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from rdv_mock import __version__
from rdv_mock.settings import PREFIX, Settings, unknown_variables
from tests.support import Vendor

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "examples"
COMPOSE = EXAMPLES / "docker-compose.yaml"
GITHUB = EXAMPLES / "github-actions.yaml"
GITLAB = EXAMPLES / "gitlab-ci.yaml"
RECIPE = EXAMPLES / "rdv_mock_container.py"
DOCUMENTS = [COMPOSE, GITHUB, GITLAB, RECIPE, ROOT / "docs" / "ci.md"]
SCHEMAS = {
    COMPOSE: "vendor.compose-spec",
    GITHUB: "vendor.github-workflows",
    GITLAB: "vendor.gitlab-ci",
}
A_FAULT = {
    COMPOSE: ("condition: service_healthy", "condition: service_ready"),
    GITHUB: ("runs-on:", "run-on:"),
    GITLAB: ("when: on_failure", "when: on_trouble"),
}


def check(schema: str, path: Path) -> subprocess.CompletedProcess[str]:
    """Hold a file against the schema that its tool publishes; no call leaves the machine."""
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, str(path)]
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=False)


def read(path: Path) -> dict[str, Any]:
    return dict(yaml.safe_load(path.read_text(encoding="utf-8")))


def server_of(path: Path) -> dict[str, Any]:
    """What an example says of the server: image, variables and so on."""
    if path is COMPOSE:
        return dict(read(COMPOSE)["services"]["rdv-mock"])
    if path is GITHUB:
        return dict(read(GITHUB)["jobs"]["tests"]["services"]["rdv-mock"])
    return dict(read(GITLAB)["rdvpermis"]["services"][0])


@pytest.mark.parametrize("path", SCHEMAS, ids=lambda path: path.name)
def test_each_is_of_the_form_that_its_tool_wants(path: Path) -> None:
    checked = check(SCHEMAS[path], path)

    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize("path", SCHEMAS, ids=lambda path: path.name)
def test_a_fault_in_one_would_be_found(path: Path, tmp_path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    right, wrong = A_FAULT[path]
    assert right in text
    broken = tmp_path / path.name
    broken.write_text(text.replace(right, wrong), encoding="utf-8")

    assert check(SCHEMAS[path], broken).returncode == 1


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_variable_that_they_name_is_a_setting(path: Path) -> None:
    named = set(re.findall(rf"\b{PREFIX}[A-Z_]*[A-Z]\b", path.read_text(encoding="utf-8")))

    assert unknown_variables(named) == []


@pytest.mark.parametrize("path", SCHEMAS, ids=lambda path: path.name)
def test_the_server_takes_the_values_that_they_give(path: Path) -> None:
    server = server_of(path)
    variables = server.get("environment") or server.get("env") or server["variables"]
    given = {name.removeprefix(PREFIX).lower(): value for name, value in variables.items()}

    assert Settings(**given).scenario == "demonstration"


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_they_name_the_image_of_this_version(path: Path) -> None:
    tags = set(re.findall(r"\brdv-mock:(\d+\.\d+\.\d+)", path.read_text(encoding="utf-8")))

    assert tags == {__version__}


def test_the_labels_of_the_image_name_this_version() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")

    assert f"ARG VERSION={__version__}\n" in dockerfile


def test_the_health_check_of_compose_is_that_of_the_image() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    [command] = re.findall(r"HEALTHCHECK .*\\\n +CMD (\[.+\])", dockerfile)

    assert server_of(COMPOSE)["healthcheck"]["test"] == ["CMD", *yaml.safe_load(command)]


def test_nobody_begins_before_the_server_is_healthy() -> None:
    services = read(COMPOSE)["services"]

    assert services["worlds"]["depends_on"] == {"rdv-mock": {"condition": "service_healthy"}}
    for suite in ("paniers", "livret"):
        after = services[suite]["depends_on"]
        assert after == {"worlds": {"condition": "service_completed_successfully"}}
        address = services[suite]["environment"]["RDVPERMIS_URL"]
        assert address == f"http://rdv-mock:8080/w/{suite}"


@pytest.mark.parametrize("path", [COMPOSE, GITHUB], ids=lambda path: path.name)
def test_the_port_is_the_one_that_the_image_listens_on(path: Path) -> None:
    [port] = server_of(path)["ports"]

    assert port.rpartition(":")[2] == str(Settings.model_fields["port"].default)
    assert f"EXPOSE {port.rpartition(':')[2]}\n" in (ROOT / "Dockerfile").read_text("utf-8")


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_call_of_the_control_plane_that_they_make_is_one(anyone: Vendor, path: Path) -> None:
    known = {one["path"] for one in anyone.get("/_mock").json()} | {"/_mock/ready"}
    called = set(re.findall(r"/_mock/[a-z.]+", path.read_text(encoding="utf-8")))

    assert called <= known


def test_no_variable_of_a_job_looks_like_a_setting() -> None:
    names = [*read(GITHUB)["jobs"]["tests"]["env"], *read(GITLAB)["rdvpermis"]["variables"]]

    assert [name for name in names if name.startswith(PREFIX)] == []


def test_the_server_has_no_rights_that_it_does_not_need() -> None:
    server = server_of(COMPOSE)

    assert server["read_only"] is True
    assert server["cap_drop"] == ["ALL"]
    assert server["security_opt"] == ["no-new-privileges:true"]
    for flag in ("--read-only", "--cap-drop=ALL", "--security-opt=no-new-privileges"):
        assert flag in server_of(GITHUB)["options"]

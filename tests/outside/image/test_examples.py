"""What vendors copy from `examples/`, carried out upon the image."""

import json
import os
import re
import shutil
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.outside.image.containers import (
    SECONDS_TO_START,
    Container,
    container,
    image,
    podman,
)
from tests.support import LIVRET, SMALL

EXAMPLES = Path(__file__).parents[3] / "examples"
SUITES = ("paniers", "livret")
NPM = f"""\
#!/bin/sh
# A vendor's suite: asks for the clock, makes a call without a token, and fails where it is told to.
curl --fail --silent "$RDVPERMIS_URL/_mock/clock" > "$2.json"
curl --silent "$RDVPERMIS_URL{LIVRET}/formateurs"
test "$2" != "$FAILING"
"""
VENDOR_TESTS = f"""\
import json
from urllib.request import Request, urlopen


def test_a_world_is_given_with_a_token_that_holds(rdv_mock):
    authorization = {{"Authorization": "Bearer " + rdv_mock.token("lea")}}
    call = Request(rdv_mock.base_url + "{LIVRET}/formateurs", headers=authorization)
    with urlopen(call) as answer:
        assert answer.status == 200
    assert "/w/" in rdv_mock.base_url
    assert rdv_mock.refs["lea"]


def test_each_world_is_forgotten(rdv_mock_server):
    with rdv_mock_server.world() as world:
        name = world.base_url.rpartition("/")[2]
    with urlopen(rdv_mock_server.base_url + "/_mock/worlds") as answer:
        assert name not in {{one["name"] for one in json.load(answer)}}


def test_scenarios_of_the_vendor_are_found_by_name(rdv_mock_server):
    with rdv_mock_server.world(scenario="ma_situation") as world:
        assert world.call("GET", "/clock")["frozen"] is True


def test_the_container_has_no_rights(rdv_mock_server):
    status = rdv_mock_server.exec(["cat", "/proc/1/status"]).output.decode()
    assert "CapBnd:\\t" + 16 * "0" in status
    assert "NoNewPrivs:\\t1" in status
    assert rdv_mock_server.exec(["touch", "/app/x"]).exit_code != 0
"""


def read(name: str) -> Any:
    return yaml.safe_load((EXAMPLES / name).read_text(encoding="utf-8"))


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A vendor's repository, with the scenario that the examples send."""
    scenario = tmp_path / "tests" / "scenarios" / "paniers.yaml"
    scenario.parent.mkdir(parents=True)
    scenario.write_text(SMALL, encoding="utf-8")
    npm = tmp_path / "bin" / "npm"
    npm.parent.mkdir()
    npm.write_text(NPM, encoding="utf-8")
    npm.chmod(0o755)
    return tmp_path


@pytest.fixture(scope="module")
def shared() -> Iterator[Container]:
    with container() as shared:
        yield shared


@pytest.fixture
def server(shared: Container) -> Iterator[Container]:
    """A server whose worlds are dropped after each test."""
    yield shared
    with shared.client() as control:
        for suite in SUITES:
            control.delete(f"/_mock/worlds/{suite}")


def run_script(script: str, checkout: Path, server: Container, *, failing: str) -> int:
    """Run the lines of a CI's job as a runner does; the exit code."""
    assert shutil.which("curl"), "curl is missing: install Debian's package curl"
    environment = {
        **os.environ,
        "PATH": f"{checkout / 'bin'}:{os.environ['PATH']}",
        "MOCK_URL": server.url,
        "FAILING": f"test:{failing}",
        "no_proxy": "*",
    }
    words = ["bash", "-eo", "pipefail", "-c", script]
    return subprocess.run(words, cwd=checkout, env=environment, check=False).returncode


def clocks(checkout: Path) -> list[bool]:
    """Whether the clock of each suite's world stands: only the vendor's own scenario says so."""
    texts = [(checkout / f"test:{suite}.json").read_text("utf-8") for suite in SUITES]
    return [json.loads(text)["frozen"] for text in texts]


def received(checkout: Path) -> list[list[int]]:
    """The statuses that each suite's world has answered, from the files that the job keeps."""
    archives = [json.loads((checkout / f"{suite}.har").read_text("utf-8")) for suite in SUITES]
    return [[entry["response"]["status"] for entry in one["log"]["entries"]] for one in archives]


@pytest.mark.parametrize("failing", ["", "paniers", "livret"])
def test_the_steps_for_github_run_each_suite_in_its_world(
    checkout: Path, server: Container, failing: str
) -> None:
    steps = read("github-actions.yaml")["jobs"]["tests"]["steps"]
    setup, suites, archive = [step["run"] for step in steps if "run" in step]

    assert run_script(setup, checkout, server, failing=failing) == 0
    assert run_script(suites, checkout, server, failing=failing) == (1 if failing else 0)
    assert run_script(archive, checkout, server, failing=failing) == 0

    assert clocks(checkout) == [True, False]
    assert received(checkout) == [[401], [401]]


@pytest.mark.parametrize("failing", ["", "livret"])
def test_the_script_for_gitlab_runs_each_suite_in_its_world(
    checkout: Path, server: Container, failing: str
) -> None:
    job = read("gitlab-ci.yaml")["rdvpermis"]
    script = "\n".join([*job["before_script"], *job["script"]])
    afterwards = "\n".join(job["after_script"])

    assert run_script(script, checkout, server, failing=failing) == (1 if failing else 0)
    assert run_script(afterwards, checkout, server, failing=failing) == 0

    assert clocks(checkout) == [True, False]
    assert received(checkout) == [[401], [401]]


def test_a_step_ends_when_the_server_refuses_the_scenario(
    checkout: Path, server: Container
) -> None:
    (checkout / "tests" / "scenarios" / "paniers.yaml").write_text("titre: Faute", "utf-8")
    setup = read("github-actions.yaml")["jobs"]["tests"]["steps"][1]["run"]

    assert run_script(setup, checkout, server, failing="") != 0


# Compose


def flags_of(service: dict[str, Any]) -> list[str]:
    """What `podman run` is told for a service, but for its ports and folders."""
    flags = [f"--env={name}={one}" for name, one in service.get("environment", {}).items()]
    flags += [f"--cap-drop={one}" for one in service.get("cap_drop", [])]
    flags += [f"--security-opt={one.split(':')[0]}" for one in service.get("security_opt", [])]
    if service.get("read_only"):
        flags += ["--read-only", "--read-only-tmpfs=false"]
    if "entrypoint" in service:
        flags += [f"--entrypoint={json.dumps(service['entrypoint'])}"]
    return flags


def wait_until_healthy(name: str) -> None:
    """What Compose does for `condition: service_healthy`."""
    latest = time.monotonic() + SECONDS_TO_START
    while podman("healthcheck", "run", name, check=False).returncode != 0:
        assert time.monotonic() < latest, podman("logs", name).stderr
        time.sleep(0.2)


def test_the_services_of_compose_find_each_other_and_their_worlds() -> None:
    services = read("docker-compose.yaml")["services"]
    name = podman("run", "--detach", *flags_of(services["rdv-mock"]), image()).stdout.strip()
    try:
        wait_until_healthy(name)
        address = "{{.NetworkSettings.IPAddress}}"
        host = "rdv-mock:" + podman("inspect", "--format", address, name).stdout.strip()
        worlds = services["worlds"]
        ask = "import os, urllib.request as r; print(r.urlopen(os.environ['RDVPERMIS_URL']).url)"
        pages = []
        for _ in range(2):  # `docker compose up` once more makes the worlds anew
            words = [*flags_of(worlds), f"--add-host={host}", image(), *worlds["command"]]
            podman("run", "--rm", *words)
            for suite in SUITES:
                words = [*flags_of(services[suite]), f"--add-host={host}", "--entrypoint=python"]
                pages.append(podman("run", "--rm", *words, image(), "-c", ask).stdout.strip())
    finally:
        podman("rm", "--force", "--time=0", name)

    assert pages == [f"http://rdv-mock:8080/w/{suite}/docs" for suite in SUITES] * 2


# Testcontainers


@pytest.fixture
def docker_host(tmp_path: Path) -> Iterator[str]:
    """podman, answering as Docker's engine does; the image stands there under its own name."""
    address = f"unix://{tmp_path}/engine.sock"
    podman("tag", image(), "rdv-mock:0.1.0")
    engine = subprocess.Popen(
        ["podman", "system", "service", "--time=0", address], stderr=subprocess.DEVNULL
    )
    try:
        yield address
    finally:
        engine.terminate()
        engine.wait()
        podman("untag", image(), "rdv-mock:0.1.0")


def fixtures_of(recipe: str) -> str:
    """The fixtures that the recipe's docstring shows, word for word."""
    [shown] = re.findall(r"\n( {4}@pytest\.fixture.+?)\n    def test_", recipe, re.DOTALL)
    imports = "from pathlib import Path\nimport pytest\nfrom rdv_mock_container import *\n\n\n"
    return imports + textwrap.dedent(shown)


def test_a_vendor_who_copies_the_recipe_has_a_world_for_each_test(
    tmp_path: Path, docker_host: str
) -> None:
    recipe = EXAMPLES / "rdv_mock_container.py"
    shutil.copy(recipe, tmp_path)
    scenarios = tmp_path / "tests" / "scenarios"
    scenarios.mkdir(parents=True)
    (scenarios / "ma_situation.yaml").write_text(SMALL, encoding="utf-8")
    (tmp_path / "conftest.py").write_text(fixtures_of(recipe.read_text("utf-8")), "utf-8")
    (tmp_path / "test_vendor.py").write_text(VENDOR_TESTS, encoding="utf-8")
    environment = {
        **os.environ,
        "DOCKER_HOST": docker_host,
        "TESTCONTAINERS_RYUK_DISABLED": "true",  # an image of its own, out of reach here
        "TESTCONTAINERS_CONNECTION_MODE": "docker_host",  # wherever these tests run themselves
    }

    before = podman("ps", "--all", "--quiet").stdout

    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:rdv_mock", "-p", "no:randomly", "."],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )

    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "4 passed" in ran.stdout
    assert podman("ps", "--all", "--quiet").stdout == before

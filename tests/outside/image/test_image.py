"""What is said of the image, proven on containers of it."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from httpx2 import Client

from rdv_mock import __version__
from rdv_mock.settings import unknown_variables
from tests.outside.image.containers import (
    Container,
    container,
    image,
    inspect_image,
    podman,
    started,
    volume,
)
from tests.support import CONTRATS, LIVRET, SMALL, Vendor, contrat, running

MIB = 1024 * 1024
MOST_OF_OUR_OWN = 110 * MIB
SECONDS = 1.0
"""How long a container may take to end."""

INVENTED = """\
title: Un monde qui se remplit
seed: 3
clock: {now: 2026-04-28T09:00:00+02:00}
invent: {autoEcoles: 2, formateursParAutoEcole: 2, candidats: 20, contratsParCandidat: 1,
         leconsParContrat: 3, centres: 2, creneauxParJour: 3, jours: 40}
"""
"""From Faker, from the seed, and around the holidays of May."""


@pytest.fixture(scope="module")
def server() -> Iterator[Container]:
    """A container of the image with nowhere at all to write to."""
    with container() as server:
        yield server


@pytest.fixture
def someone(server: Container) -> Iterator[Client]:
    """Somebody who calls it."""
    with server.client() as someone:
        yield someone


def token_of(someone: Client, employe: str = "lea") -> dict[str, str]:
    answer = someone.post("/_mock/tokens", json={"employe": employe})
    assert answer.status_code == 200, answer.text
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


# What it is


def test_the_command_sets_no_flag_and_no_shell_stands_in_between() -> None:
    config = inspect_image(image())["Config"]

    assert config["Entrypoint"] == ["python", "-m", "rdv_mock"]
    assert config["Cmd"] == ["serve"]


def test_the_settings_are_variables_that_exist() -> None:
    environment = dict(pair.split("=", 1) for pair in inspect_image(image())["Config"]["Env"])
    ours = {name: value for name, value in environment.items() if name.startswith("RDV_MOCK_")}

    assert ours == {
        "RDV_MOCK_HOST": "0.0.0.0",
        "RDV_MOCK_PORT": "8080",
        "RDV_MOCK_SCENARIOS": "/scenarios",
    }
    assert unknown_variables(ours) == []


def test_an_orchestrator_can_tell_that_it_is_not_root() -> None:
    user = inspect_image(image())["Config"]["User"]

    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", user)


def test_it_checks_its_health_with_python_alone() -> None:
    known = inspect_image(image())

    assert known["Healthcheck"]["Test"] == ["CMD", "python", "-m", "rdv_mock.healthcheck"]
    assert "8080/tcp" in known["Config"]["ExposedPorts"]


def test_the_labels_say_what_it_is() -> None:
    labels = inspect_image(image())["Labels"]
    prefix = "org.opencontainers.image."
    ours = {key.removeprefix(prefix): one for key, one in labels.items() if key.startswith(prefix)}

    assert (ours["title"], ours["version"], ours["licenses"]) == ("rdv-mock", __version__, "MIT")
    assert ours["base.name"] == "python:3.13-slim-trixie"
    assert "not affiliated with the State" in ours["description"]
    assert ours["revision"]


def test_our_own_layers_are_small(figures: dict[str, str]) -> None:
    known = inspect_image(image())
    base = inspect_image(known["Labels"]["org.opencontainers.image.base.name"])
    own = known["Size"] - base["Size"]
    figures["own layers"] = f"{own / MIB:.1f} MiB unpacked"

    assert known["RootFS"]["Layers"][: len(base["RootFS"]["Layers"])] == base["RootFS"]["Layers"]
    assert own <= MOST_OF_OUR_OWN


def test_nothing_is_compiled_when_it_starts() -> None:
    with container("--env=PYTHONVERBOSE=1") as server:
        origins = re.findall(r"^# code object from (.+)$", server.log(), re.MULTILINE)
    compiled = [origin for origin in origins if origin.endswith(".py")]

    assert "'/app/rdv_mock/serving/__pycache__/app.cpython-313.pyc'" in origins
    assert compiled == []


def test_no_installer_is_among_what_is_ours() -> None:
    found = podman("run", "--rm", "--entrypoint=python", image(), "-c", "import pip", check=False)

    assert "No module named 'pip'" in found.stderr


# What it does, with nothing that a process could write to


def test_it_runs_without_rights_and_without_a_place_to_write(server: Container) -> None:
    status = dict(
        line.split(":\t", 1)
        for line in Path(f"/proc/{server.pid}/status").read_text(encoding="utf-8").splitlines()
    )
    mounts = Path(f"/proc/{server.pid}/mountinfo").read_text(encoding="utf-8").splitlines()
    [root] = [line.split()[5] for line in mounts if line.split()[4] == "/"]

    assert status["Uid"].split() == ["10001"] * 4
    assert {status[one] for one in ("CapEff", "CapPrm", "CapBnd", "CapAmb")} == {"0" * 16}
    assert status["NoNewPrivs"] == "1"
    assert root.split(",")[0] == "ro"
    assert not any(line.split()[4] == "/tmp" for line in mounts)


def test_it_says_that_it_listens_and_warns_of_nothing(server: Container) -> None:
    log = server.log()

    assert "control plane" in log
    assert "warning" not in log


def test_on_all_addresses_as_it_comes_it_says_who_may_steer_it() -> None:
    with container(HOST="0.0.0.0") as server:
        log = server.log()

    assert "RDV_MOCK_ADMIN_TOKEN" in log
    assert "warning" not in log


def test_it_serves_both_apis_the_pages_and_the_control_plane(someone: Client) -> None:
    made = someone.post(CONTRATS, headers=token_of(someone), json=contrat())
    pages = [someone.get(path).status_code for path in ("/docs", "/_mock/docs", "/openapi.json")]
    sheet = someone.get("/swagger-ui/swagger-ui.css")

    assert made.status_code == 201, made.text
    assert pages == [200, 200, 200]
    assert sheet.status_code == 200


def test_what_was_compiled_to_machine_code_still_loads(server: Container, someone: Client) -> None:
    token_of(someone)  # has to be signed
    loaded = Path(f"/proc/{server.pid}/maps").read_text(encoding="utf-8")

    for extension in ("uvloop/loop", "httptools/parser", "yaml/_yaml", "_pydantic_core", "_rust"):
        assert extension in loaded


def test_what_was_taken_out_is_not_missed(someone: Client) -> None:
    made = someone.post("/_mock/worlds", json={"name": "invente"})
    loaded = someone.put(
        "/w/invente/_mock/scenario",
        content=INVENTED.encode(),
        headers={"Content-Type": "application/yaml"},
    )
    inside = someone.get("/w/invente/_mock/state").text

    with running(INVENTED) as application:
        outside = Vendor(application).get("/_mock/state").text

    assert (made.status_code, loaded.status_code) == (201, 200)
    assert inside == outside


@pytest.mark.parametrize(
    "words", [["--help"], ["serve", "--help"], ["serve", "--prot", "1"], ["scenarios", "list"]]
)
def test_the_command_line_says_the_same_as_everywhere(words: list[str]) -> None:
    in_image = ["podman", "run", "--rm", "--env=COLUMNS=100", image(), *words]
    here = [sys.executable, "-m", "rdv_mock", *words]

    said = [
        subprocess.run(
            command,
            capture_output=True,
            encoding="utf-8",
            check=False,
            env={**os.environ, "COLUMNS": "100"},
        )
        for command in (in_image, here)
    ]

    assert said[0].returncode == said[1].returncode
    assert said[0].stdout == said[1].stdout
    assert said[1].stderr in said[0].stderr  # podman has something to say of its own


@pytest.mark.parametrize("user", ["54321:0", "65534:65534", "0:0"])
def test_it_runs_and_keeps_its_state_under_any_uid(user: str) -> None:
    with (
        volume() as kept,
        container(f"--user={user}", f"--volume={kept}:/data", data="/data") as server,
        server.client() as someone,
    ):
        made = someone.post(CONTRATS, headers=token_of(someone), json=contrat())
        runs_as = Path(f"/proc/{server.pid}").stat()

    assert made.status_code == 201
    assert f"{runs_as.st_uid}:{runs_as.st_gid}" == user


# Its health


def test_it_is_healthy_as_long_as_it_answers(server: Container, figures: dict[str, str]) -> None:
    begun = time.perf_counter()
    assert server.is_healthy()
    figures["health check"] = f"{time.perf_counter() - begun:.2f} s, the engine's part included"

    os.kill(server.pid, signal.SIGSTOP)
    try:
        assert not server.is_healthy()
    finally:
        os.kill(server.pid, signal.SIGCONT)
    assert server.is_healthy()


# Its end


def test_told_to_stop_it_ends_well_within_a_second(figures: dict[str, str]) -> None:
    with container() as server, server.client() as someone:
        assert someone.get("/docs").status_code == 200  # and the connection stays open

        ended = server.end()

    figures["stop, idle"] = f"{ended.seconds:.2f} s"
    assert ended.exit_code == 0
    assert ended.seconds < SECONDS


def test_what_is_under_way_when_it_is_told_to_stop_is_answered(figures: dict[str, str]) -> None:
    with container() as server, server.client() as someone, ThreadPoolExecutor() as threads:
        token = token_of(someone)
        slow = {"operation": "listerFormateurs", "delaySeconds": 0.4}
        assert someone.post("/_mock/incidents", json=slow).status_code == 201
        under_way = threads.submit(someone.get, f"{LIVRET}/formateurs", headers=token)
        time.sleep(0.2)

        ended = server.end()
        answer = under_way.result()

    figures["stop, a call of 0.4 s under way"] = f"{ended.seconds:.2f} s"
    assert (answer.status_code, len(answer.json())) == (200, 3)
    assert ended.exit_code == 0
    assert ended.seconds < SECONDS


def test_a_call_that_takes_too_long_does_not_keep_it(figures: dict[str, str]) -> None:
    with container() as server, server.client() as someone, ThreadPoolExecutor() as threads:
        token = token_of(someone)
        slow = {"operation": "listerFormateurs", "delaySeconds": 60}
        assert someone.post("/_mock/incidents", json=slow).status_code == 201
        under_way = threads.submit(someone.get, f"{LIVRET}/formateurs", headers=token)
        time.sleep(0.5)

        ended = server.end()

    figures["stop, a call without end under way"] = f"{ended.seconds:.2f} s"
    assert under_way.result().status_code == 503
    assert ended.exit_code == 0
    assert ended.seconds < SECONDS


def test_told_to_stop_while_it_starts_it_ends_well_too() -> None:
    with started() as server:
        server.wait_until_it_hears(signal.SIGTERM)
        ended = server.end()
        log = server.log()

    assert ended.exit_code == 0
    assert "control plane" not in log


# What is mounted


def test_a_scenario_that_is_mounted_is_found_by_its_name(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    (tmp_path / "ma_situation.yaml").write_text(SMALL, encoding="utf-8")
    mounted = f"--volume={tmp_path}:/scenarios:ro"

    with container(mounted, scenario="ma_situation") as server, server.client() as someone:
        ready = someone.get("/_mock/ready").json()
        first, *others = someone.get("/_mock/scenarios").json()
        world = someone.post("/_mock/worlds", json={"scenario": "ma_situation"})

    assert ready["scenario"] == "ma_situation"
    assert first["name"] == "ma_situation"
    assert "demonstration" in {one["name"] for one in others}
    assert world.status_code == 201


def test_a_scenario_with_a_fault_ends_it_with_one_line(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    (tmp_path / "faute.yaml").write_text("titre: Faute", encoding="utf-8")

    mounted = f"--volume={tmp_path}:/scenarios:ro"

    with started(mounted, scenario="faute") as server:
        exit_code = server.exit_code()
        [line] = [line for line in server.log().splitlines() if "faute" in line]
    checked = podman(
        "run", "--rm", mounted, image(), "scenarios", "check", "/scenarios", check=False
    )

    assert exit_code == 2
    assert "faute:1: title" in line
    assert "scenarios check /scenarios/faute.yaml" in line
    assert checked.returncode == 1
    assert "/scenarios/faute.yaml:1: title" in checked.stdout


def test_what_was_said_before_it_was_killed_is_still_so_afterwards() -> None:
    with volume() as kept:
        mounted = f"--volume={kept}:/data"
        with container(mounted, data="/data") as server, server.client() as someone:
            clock = {"now": "2026-03-10T10:00:00+01:00", "frozen": True}
            assert someone.put("/_mock/clock", json=clock).status_code == 200
            token = token_of(someone)
            made = someone.post(CONTRATS, headers=token, json=contrat())
            world = someone.post("/_mock/worlds", json={"name": "mine", "from": "principal"})
            before = someone.get("/_mock/state").text
            killed = server.end(signal.SIGKILL)
        with container(mounted, data="/data") as server, server.client() as someone:
            after = someone.get("/_mock/state").text
            again = someone.get(f"{CONTRATS}/{made.json()['id']}", headers=token)
            other = someone.get("/w/mine/_mock/clock")

    assert (made.status_code, world.status_code, killed.exit_code) == (201, 201, 137)
    assert after == before
    assert again.json() == made.json()
    assert other.json()["frozen"] is True

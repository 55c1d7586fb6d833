import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from benchmarks import peers
from benchmarks.client import HOST
from benchmarks.peers import (
    JAVA,
    NODE,
    PEERS,
    PRISM,
    WIREMOCK,
    Answers,
    find_missing,
    install,
    mockoon_environment,
    ready_or_missing,
    wiremock_mappings,
)

ANSWERS = Answers(Path("openapi.json"), lecon='{"id": "é"}', formateurs="[]")
LIVRET = "api/v1/livret-numerique"


def absent(*tools: str) -> Any:
    return lambda tool: None if tool in tools else f"/usr/bin/{tool}"


def test_where_everything_is_there_nothing_is_missing() -> None:
    assert find_missing(absent()) == {}


def test_without_java_wiremock_is_missing_and_says_what_to_install() -> None:
    assert find_missing(absent("java")) == {"WireMock": JAVA}


def test_without_node_all_are_missing_and_each_tool_is_named_once() -> None:
    assert find_missing(absent("node", "npm", "java")) == {
        "Prism": NODE,
        "Mockoon": NODE,
        "WireMock": f"{NODE}; {JAVA}",
    }


def test_only_peers_that_are_asked_for_are_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peers, "find_missing", lambda: {"Prism": NODE, "Mockoon": NODE})
    assert ready_or_missing((PRISM,)) == {"Prism": NODE}


def test_when_the_installation_fails_all_that_could_run_are_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(peers, "find_missing", lambda: {"WireMock": JAVA})
    monkeypatch.setattr(peers, "install", lambda: "a network")
    assert ready_or_missing(PEERS) == {
        "Prism": "a network",
        "Mockoon": "a network",
        "WireMock": JAVA,
    }


@pytest.mark.parametrize(("code", "wanted"), [(0, False), (1, True)])
def test_an_installation_is_made_from_the_lock_and_says_when_it_fails(
    code: int, *, wanted: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    made = []

    def run(command: list[str], **_options: Any) -> Any:
        made.append(command)
        return subprocess.CompletedProcess(command, code)

    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setattr(peers, "INSTALLED", tmp_path / "none")

    said = install()

    assert made == [["npm", "ci", "--silent"]]
    assert (said is not None) == wanted
    assert said is None or "`npm ci` in benchmarks/peers" in said


def test_what_is_installed_already_is_not_installed_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "installed").touch()
    monkeypatch.setattr(peers, "INSTALLED", tmp_path / "installed")
    monkeypatch.setattr(subprocess, "run", None)
    assert install() is None


def test_mockoon_is_told_both_answers() -> None:
    routes = mockoon_environment(ANSWERS)["routes"]

    answers = [
        (route["method"], route["endpoint"], route["responses"][0]["statusCode"])
        for route in routes
    ]

    assert answers == [
        ("post", f"{LIVRET}/contrats-de-formation/:contratId/lecons", 201),
        ("get", f"{LIVRET}/formateurs", 200),
    ]
    assert [route["responses"][0]["body"] for route in routes] == [ANSWERS.lecon, "[]"]


def test_wiremock_is_told_both_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "wiremock" / "build").mkdir(parents=True)
    (tmp_path / "wiremock" / "build" / "wiremock-standalone.jar").touch()
    monkeypatch.setattr(peers, "MODULES", tmp_path)

    program = WIREMOCK.program(ANSWERS, tmp_path)

    written = tmp_path / "wiremock" / "mappings" / "mappings.json"
    assert json.loads(written.read_text(encoding="utf-8")) == wiremock_mappings(ANSWERS)
    assert [stub["response"]["body"] for stub in wiremock_mappings(ANSWERS)["mappings"]] == [
        ANSWERS.lecon,
        "[]",
    ]
    assert program.command[:2] == ("java", "-jar")


@pytest.mark.parametrize("peer", PEERS[:2], ids=lambda peer: peer.name)
def test_peers_listen_on_this_machine_alone(peer: peers.Peer, tmp_path: Path) -> None:
    command = peer.program(ANSWERS, tmp_path).command
    assert command[0] == "node"
    assert {HOST, "{port}"} <= set(command)


def test_every_peer_is_pinned_and_the_lock_names_no_registry() -> None:
    package = json.loads((peers.HERE / "package.json").read_text(encoding="utf-8"))
    lock = json.loads((peers.HERE / "package-lock.json").read_text(encoding="utf-8"))

    pinned = package["devDependencies"]

    assert {"@stoplight/prism-cli", "@mockoon/cli", "wiremock"} == set(pinned)
    for name, version in pinned.items():
        assert lock["packages"][f"node_modules/{name}"]["version"] == version
    assert not any("resolved" in one for one in lock["packages"].values())

"""Clients that offer HTTP/2 with every call, body or not: Java's own, and PHP's curl."""

import re
from pathlib import Path

import pytest

from tests.outside.commands import run
from tests.outside.strangers.conftest import HERE, wants
from tests.story.process import ServerProcess, client_of

SAID = r"jeton donné : 200\nconnexion : 200\ncontrat : (\S+)\nleçon : (\S+)\n"
ROOT = HERE.parent.parent.parent

PROGRAMS = {
    "java": ("default-jdk-headless", HERE / "java/Livret.java"),
    "php": ("php-cli", HERE / "php/livret.php"),
}


@pytest.mark.parametrize("command", PROGRAMS)
def test_a_program_logs_in_and_declares_a_lecon(
    server: ServerProcess, command: str, tmp_path: Path
) -> None:
    package, program = PROGRAMS[command]

    said = run(
        wants(command, package), program, server.url, cwd=tmp_path, env={"LC_ALL": "C.UTF-8"}
    )

    found = re.fullmatch(SAID, said)
    assert found, said
    with client_of(server) as control:
        declared, *_ = control.get("/_mock/journal?operation=declarerLecon").json()["entries"]
    assert declared["status"] == 201
    assert found[1] in declared["path"]
    assert declared["request"]["headers"]["upgrade"] == "h2c"


def test_the_docs_tell_how_to_run_them() -> None:
    docs = (ROOT / "docs/clients.md").read_text(encoding="utf-8")

    for command, (_, program) in PROGRAMS.items():
        assert f"{command} {program.relative_to(ROOT)} http://localhost:8080\n" in docs

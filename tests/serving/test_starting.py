"""Ways to start that others take: the command of `make serve`, and a machine without uvloop."""

import subprocess
import sys
import sysconfig
from pathlib import Path

from tests.story.process import client_of, server_process

ROOT = Path(__file__).parents[2]


def test_make_installs_the_command_over_this_very_tree(tmp_path: Path) -> None:
    venv = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True)
    command = venv / "bin/rdv-mock"
    make = ["make", "--silent", f"VENV={venv}"]
    (venv / "served").touch()

    subprocess.run([*make, str(command)], cwd=ROOT, check=True)
    told = subprocess.run(
        [command, "serve", "--help"],
        cwd=tmp_path,
        env={"PYTHONPATH": sysconfig.get_path("purelib"), "NO_COLOR": "1"},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )

    assert told.stdout.lstrip().startswith("Usage: rdv-mock serve")


def test_the_server_starts_where_there_is_no_uvloop(tmp_path: Path) -> None:
    (tmp_path / "uvloop.py").write_text('raise ImportError("not on Windows")\n')

    with (
        server_process(env={"PYTHONPATH": str(tmp_path)}) as server,
        client_of(server) as client,
    ):
        assert client.get("/_mock/ready").status_code == 200
        answer = client.post("/_mock/tokens", json={"employe": "lea"})
        assert answer.status_code == 200
        assert server.stop() == 0

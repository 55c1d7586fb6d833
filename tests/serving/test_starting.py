"""Ways to start: the command of `make serve`, a machine without uvloop, and what is put off."""

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


LOOKED_AT = """
from rdv_mock import api, control, provider
from rdv_mock.serving.app import create_application
routes = [*api.ROUTES, *provider.ROUTES, *control.ROUTES]
application = create_application()
application.load()
print(sum("described" in vars(route) or "parameters" in vars(route) for route in routes))
application.openapi()
print(sum("described" in vars(route) for route in routes) - len(api.ROUTES))
"""


def test_a_start_has_fastapi_look_at_no_operation() -> None:
    told = subprocess.run(
        [sys.executable, "-c", LOOKED_AT], cwd=ROOT, capture_output=True, check=True
    )

    assert told.stdout.split() == [b"0", b"0"]

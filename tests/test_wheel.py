import subprocess
import sys
from collections.abc import Iterator
from configparser import ConfigParser
from email.parser import Parser
from pathlib import Path
from zipfile import ZipFile

import pytest

from rdv_mock import __version__
from tests.story.process import client_of, server_process
from tests.support import LIVRET

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    [wheel] = folder.iterdir()
    return wheel


@pytest.fixture(scope="module")
def content(wheel: Path) -> Iterator[ZipFile]:
    with ZipFile(wheel) as content:
        yield content


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder outside the tree into which the wheel has been installed."""
    folder = tmp_path_factory.mktemp("installed")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install"]
    subprocess.run(
        [*pip, "--no-deps", "--no-index", "--target", str(folder), str(wheel)],
        check=True,
        capture_output=True,
    )
    return folder


def files_below(folder: str) -> set[str]:
    return {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }


@pytest.mark.parametrize("folder", ["fixtures", "scenarios"])
def test_the_wheel_carries_what_lies_beside_the_code(content: ZipFile, folder: str) -> None:
    bundled = {name for name in content.namelist() if name.startswith("rdv_mock/bundled/" + folder)}

    assert bundled == {f"rdv_mock/bundled/{path}" for path in files_below(folder)}
    assert bundled


def test_the_wheel_carries_the_code_and_nothing_of_the_tests(content: ZipFile) -> None:
    others = {name for name in content.namelist() if "/bundled/" not in name}
    information = f"rdv_mock-{__version__}.dist-info"

    assert {name for name in others if information not in name} == files_below("rdv_mock")
    assert {name.split("/")[0] for name in others} == {"rdv_mock", information}


def test_the_wheel_says_what_it_is_and_how_it_is_called(content: ZipFile) -> None:
    information = f"rdv_mock-{__version__}.dist-info"
    metadata = Parser().parsestr(content.read(f"{information}/METADATA").decode())
    entry_points = ConfigParser()
    entry_points.read_string(content.read(f"{information}/entry_points.txt").decode())

    assert (metadata["Name"], metadata["Version"]) == ("rdv-mock", __version__)
    assert metadata["Requires-Python"] == ">=3.11"
    assert "jsonschema-rs; extra == 'check'" in (metadata.get_all("Requires-Dist") or [])
    assert entry_points["console_scripts"]["rdv-mock"] == "rdv_mock.__main__:main"


def test_a_wheel_that_is_installed_serves_by_itself(installed: Path, tmp_path: Path) -> None:
    only_here = installed / "rdv_mock" / "bundled" / "scenarios" / "seulement_ici.yaml"
    only_here.write_text("title: Ce que le dépôt ne contient pas", encoding="utf-8")
    environment = {"PYTHONPATH": str(installed), "PYTHONSAFEPATH": "1"}

    with server_process(env=environment, cwd=tmp_path) as server, client_of(server) as someone:
        token = someone.post("/_mock/tokens", json={"employe": "lea"}).json()["access_token"]
        formateurs = someone.get(
            f"{LIVRET}/formateurs", headers={"Authorization": f"Bearer {token}"}
        )
        page = someone.get("/swagger-ui/index.html")
        scenarios = someone.get("/_mock/scenarios").json()

    assert (formateurs.status_code, len(formateurs.json())) == (200, 3)
    assert page.status_code == 200
    assert {one["name"] for one in scenarios} > {"demonstration", "seulement_ici"}

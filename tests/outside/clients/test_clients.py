"""Clients generated from the served document: without a warning, well typed, and they work."""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.outside.commands import run
from tests.story.process import ServerProcess, client_of, server_process

HERE = Path(__file__).parent
BIN = Path(sys.prefix) / "clients" / "bin"
"""The generator and what its clients stand on; `make test-clients` installs them."""


@pytest.fixture(scope="session")
def server() -> Iterator[ServerProcess]:
    with server_process() as server:
        yield server


@pytest.fixture
def document(server: ServerProcess, tmp_path: Path) -> Path:
    """The document that the server shows; its world as it was at first."""
    path = tmp_path / "openapi.json"
    with client_of(server) as browser:
        assert browser.post("/_mock/reset").status_code == 204
        path.write_bytes(browser.get("/openapi.json").content)
    return path


def test_openapi_python_client_generates_what_books_and_declares(
    server: ServerProcess, document: Path, tmp_path: Path
) -> None:
    said = run(
        BIN / "openapi-python-client", "generate", "--path", document, "--fail-on-warning",
        "--meta", "none", "--output-path", "rdv_mock_client",
        "--config", HERE / "generator.yaml",
        cwd=tmp_path,
    )  # fmt: skip
    assert said.strip() == "Generating rdv_mock_client"
    story = shutil.copy(HERE / "story.py", tmp_path)

    run(
        sys.executable, "-m", "mypy", "--config-file", HERE / "mypy.ini",
        "--python-executable", BIN / "python", "rdv_mock_client", story,
        cwd=tmp_path,
    )  # fmt: skip
    run(BIN / "python", "-W", "error", story, server.url, cwd=tmp_path)


def test_openapi_typescript_generates_what_books_and_declares(
    server: ServerProcess, document: Path, tmp_path: Path
) -> None:
    for name in ("story.ts", "tsconfig.json", "package.json"):
        shutil.copy(HERE / name, tmp_path)
    (tmp_path / "node_modules").symlink_to(HERE / "node_modules")

    said = run("node_modules/.bin/openapi-typescript", document, "-o", "api.d.ts", cwd=tmp_path)
    assert "warn" not in said.lower()
    run("node_modules/.bin/tsc", cwd=tmp_path)
    run("node", "built/story.js", server.url, cwd=tmp_path)

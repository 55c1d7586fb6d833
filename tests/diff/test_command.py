"""`rdv-mock openapi diff`: what it prints and how it ends."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from rdv_mock.cli import app
from rdv_mock.diff import KINDS

Document = dict[str, Any]


def run(*arguments: str, **extra: Any) -> Result:
    return CliRunner().invoke(app, ["openapi", "diff", *arguments], **extra)


@pytest.fixture
def path(tmp_path: Path, ours: Document) -> Path:
    """Our own document in a file."""
    path = tmp_path / "real.json"
    path.write_text(json.dumps(ours), encoding="utf-8")
    return path


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_it_ends_with_0_when_there_is_no_difference(path: Path) -> None:
    result = run(str(path))

    assert result.exit_code == 0
    assert result.stdout.endswith("\nno difference\n")


def test_it_ends_with_1_when_there_is_one(path: Path) -> None:
    change(path, '"SIMULATEUR"', '"SIMULATEUR_DE_CONDUITE"')

    result = run(str(path))

    assert result.exit_code == 1
    assert result.stdout.endswith("\n1 difference\n")
    assert "TypeLecon" in result.stdout


def test_it_ends_with_2_and_one_line_when_the_file_cannot_be_read(path: Path) -> None:
    path.write_text("<html>", encoding="utf-8")

    result = run(str(path))

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.splitlines() == [
        f"rdv-mock: {path} is HTML or XML, no OpenAPI document: an error page, perhaps?"
    ]


def test_it_reads_the_standard_input(ours: Document) -> None:
    assert run("-", input=json.dumps(ours)).exit_code == 0


def test_it_says_that_the_standard_input_is_what_it_cannot_read() -> None:
    result = run("-", input="")

    assert (result.exit_code, result.stderr) == (2, "rdv-mock: the standard input is empty\n")


def test_it_writes_json(path: Path) -> None:
    result = run(str(path), "--format", "json")

    assert json.loads(result.stdout)["same"] is True


def test_kinds_of_difference_can_be_left_out(path: Path) -> None:
    change(path, '"SIMULATEUR"', '"SIMULATEUR_DE_CONDUITE"')

    assert run(str(path), "--ignore", "pattern", "--ignore", "values").exit_code == 0
    assert run(str(path), "--ignore", "pattern").exit_code == 1


def test_a_kind_that_does_not_exist_is_refused_with_those_that_do(path: Path) -> None:
    result = run(str(path), "--ignore", "patterns")

    assert (result.exit_code, result.stdout) == (2, "")
    [line] = result.stderr.splitlines()
    assert line.startswith("rdv-mock: --ignore: there is no kind 'patterns'; there are operation,")
    assert all(kind in line for kind in KINDS)


def test_a_part_of_our_operations_can_be_compared(path: Path, ours: Document) -> None:
    livret = "/api/v1/livret-numerique"
    kept = {name: item for name, item in ours["paths"].items() if name.startswith(livret)}
    path.write_text(json.dumps({**ours, "paths": kept}), encoding="utf-8")

    assert run(str(path)).exit_code == 1
    assert run(str(path), "--under", livret).exit_code == 0


def test_our_side_is_what_the_settings_make_it(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RDV_MOCK_LIVRET_BASE_PATH", "/livret")

    result = run(str(path))

    assert result.exit_code == 1
    assert "  moved  POST /livret/contrats-de-formation" in result.stdout

import json
import re
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from rdv_mock import __version__, serving
from rdv_mock.cli import app
from rdv_mock.errors import ApiError, Detail, Refusal
from rdv_mock.fixtures import SCENARIOS
from rdv_mock.scenario.schema import scenario_schema
from rdv_mock.serving.app import create_application
from rdv_mock.settings import Settings
from tests.story.process import listening, server_process
from tests.support import SMALL, Vendor

ROOT = Path(__file__).parent.parent
WIDE = 1000
COMMANDS = [
    "serve",
    "scenarios",
    "scenarios check",
    "scenarios schema",
    "scenarios list",
    "openapi",
    "openapi export",
    "openapi diff",
    "errors",
    "healthcheck",
    "version",
]
MISSPELT = """\
title: Une faute
autoEcoles:
  - nom: Auto-École des Plesses
    codeDepartment: "085"
"""


def rdv_mock(*arguments: str, **extra: Any) -> Result:
    """What a command says, and its exit code."""
    return CliRunner().invoke(app, arguments, **extra)


def one_line_of(result: Result) -> str:
    """The only line that a command says before it gives up with exit code 2."""
    assert (result.exit_code, result.stdout) == (2, ""), result.output
    [line] = result.stderr.splitlines()
    return line


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[Settings]:
    """The settings with which a server would have been started."""
    started = []

    def run(settings: Settings, listener: socket.socket) -> int:
        started.append(settings)
        listener.close()
        return 0

    monkeypatch.setattr(serving, "run", run)
    return started


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str) -> None:
    answer = rdv_mock(*command.split(), "--help")

    assert answer.exit_code == 0
    assert f"Usage: root {command} " in answer.stdout


def test_without_a_command_there_is_help() -> None:
    answer = rdv_mock()

    assert answer.exit_code == 2
    assert all(command.split()[0] in answer.output for command in COMMANDS)


@pytest.mark.parametrize("name", Settings.model_fields)
def test_help_lists_every_setting_with_its_default_and_its_variable(name: str) -> None:
    field = Settings.model_fields[name]
    default = "not set" if field.default is None else field.default

    answer = rdv_mock("serve", "--help", terminal_width=WIDE, max_content_width=WIDE)

    [entry] = re.findall(rf"^  --{name.replace('_', '-')} .*(?:\n {{10}}.*)?", answer.stdout, re.M)
    assert " ".join(entry.split()).endswith(
        f"{field.description} [default: {default}] [env: RDV_MOCK_{name.upper()}]"
    )


@pytest.mark.parametrize(
    ("flags", "environment", "scenario"),
    [
        ([], {}, "demonstration"),
        ([], {"RDV_MOCK_SCENARIO": "duree_invalide"}, "duree_invalide"),
        (["--scenario", "mien.yaml"], {"RDV_MOCK_SCENARIO": "duree_invalide"}, "mien.yaml"),
    ],
)
def test_a_flag_wins_over_the_environment_over_the_default(
    started: list[Settings], flags: list[str], environment: Mapping[str, str], scenario: str
) -> None:
    answer = rdv_mock("serve", "--port", "0", *flags, env=environment)

    assert (answer.exit_code, answer.output) == (0, "")
    assert [settings.scenario for settings in started] == [scenario]


@pytest.mark.parametrize(
    ("flags", "trusts"),
    [([], True), (["--no-trust-proxy"], False), (["--trust-proxy"], True)],
)
def test_a_switch_can_be_turned_both_ways(
    started: list[Settings], flags: list[str], *, trusts: bool
) -> None:
    rdv_mock("serve", "--port", "0", *flags, env={"RDV_MOCK_TRUST_PROXY": "1"})

    assert [settings.trust_proxy for settings in started] == [trusts]


def test_an_unknown_variable_is_warned_of_with_the_nearest_name(started: list[Settings]) -> None:
    answer = rdv_mock("serve", "--port", "0", env={"RDV_MOCK_PROT": "9000"})

    assert answer.stderr == (
        "rdv-mock: warning: RDV_MOCK_PROT is no setting; did you mean RDV_MOCK_PORT?\n"
    )
    assert len(started) == 1


@pytest.mark.parametrize(
    ("flags", "environment", "named"),
    [
        (["--port", "abc"], {}, "--port / RDV_MOCK_PORT: 'abc' "),
        (["--port", "99999"], {}, "--port / RDV_MOCK_PORT: '99999' "),
        ([], {"RDV_MOCK_PORT": "99999"}, "--port / RDV_MOCK_PORT: '99999' "),
        (["--log-format", "xml"], {}, "--log-format / RDV_MOCK_LOG_FORMAT: 'xml' "),
        (["--public-url", "ici"], {}, "--public-url / RDV_MOCK_PUBLIC_URL: 'ici' "),
        ([], {"RDV_MOCK_TRUST_PROXY": "bof"}, "--trust-proxy / RDV_MOCK_TRUST_PROXY: 'bof' "),
    ],
)
def test_a_bad_value_is_one_line_that_names_the_setting(
    flags: list[str], environment: Mapping[str, str], named: str
) -> None:
    line = one_line_of(rdv_mock("serve", *flags, env=environment))

    assert line.startswith(f"rdv-mock: {named}does not do: ")


def test_a_port_in_use_is_one_line_that_says_what_to_do() -> None:
    with listening() as other:
        port = other.getsockname()[1]

        line = one_line_of(rdv_mock("serve", "--port", str(port)))

    assert line.startswith(f"rdv-mock: cannot listen on 127.0.0.1:{port} (")
    assert line.endswith("); choose another with --port (RDV_MOCK_PORT) or --host (RDV_MOCK_HOST)")


def test_a_process_with_few_descriptors_is_told_so_in_one_line() -> None:
    command = f"ulimit -n 20; exec '{sys.executable}' -m rdv_mock serve --port 0"

    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)

    assert done.returncode == 2
    assert done.stderr == "rdv-mock: too few file descriptors: 20 of 64; see `ulimit -n`\n"


@pytest.mark.parametrize("host", ["203.0.113.7", "é" * 70])
def test_a_host_that_is_not_ours_is_one_line_that_says_what_to_do(host: str) -> None:
    line = one_line_of(rdv_mock("serve", "--host", host, "--port", "0"))

    assert line.startswith(f"rdv-mock: cannot listen on {host}:0 (")


def test_nobody_can_take_the_port_while_the_server_starts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def run(_settings: Settings, listener: socket.socket) -> int:
        with listener, socket.socket() as other:
            other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with pytest.raises(OSError, match="in use"):
                other.bind(listener.getsockname())
        return 0

    monkeypatch.setattr(serving, "run", run)

    assert rdv_mock("serve", "--port", "0").exit_code == 0


@pytest.mark.parametrize(
    ("scenario", "line"),
    [
        (
            "inconnu",
            "rdv-mock: there is no scenario 'inconnu'; did you mean 'centre_inconnu'?"
            " see `rdv-mock scenarios list`, or give the path of a .yaml or .json file",
        ),
        (
            "xyzzy",
            "rdv-mock: there is no scenario 'xyzzy'; see `rdv-mock scenarios list`,"
            " or give the path of a .yaml or .json file",
        ),
        (
            "absent.yaml",
            "rdv-mock: scenario absent.yaml: fichier est illisible : No such file or directory",
        ),
        (
            "faute.yaml",
            "rdv-mock: scenario faute.yaml:3: autoEcoles[0].codeDepartement est obligatoire"
            " (and 1 more: `rdv-mock scenarios check faute.yaml`)",
        ),
        ("latin.yaml", "rdv-mock: scenario latin.yaml: fichier n'est pas en UTF-8"),
    ],
)
def test_a_scenario_that_cannot_be_loaded_is_one_line_that_says_why(
    tmp_path: Path, scenario: str, line: str
) -> None:
    (tmp_path / "faute.yaml").write_text(MISSPELT, encoding="utf-8")
    (tmp_path / "latin.yaml").write_text("title: Été", encoding="latin-1")

    with server_process("--scenario", scenario, cwd=tmp_path) as server:
        exit_code = server.wait()

    assert (exit_code, server.log) == (2, [line])


def test_what_is_wrong_with_a_scenario_found_by_name_says_which_file_to_check(
    tmp_path: Path,
) -> None:
    (tmp_path / "faute.yaml").write_text(MISSPELT, encoding="utf-8")

    with server_process("--scenario", "faute", "--scenarios", str(tmp_path)) as server:
        exit_code = server.wait()

    assert exit_code == 2
    assert server.log == [
        "rdv-mock: scenario faute:3: autoEcoles[0].codeDepartement est obligatoire"
        f" (and 1 more: `rdv-mock scenarios check {tmp_path / 'faute.yaml'}`)"
    ]


def test_what_is_wrong_with_a_scenario_is_one_line_whatever_it_is() -> None:
    detail = Detail("corps", "n'est pas lisible :\n  bad character\n  in line 1")

    application = create_application(Settings(scenario="x.yaml"))
    line = serving.bad_scenario(application, Refusal(ApiError.SCENARIO_INVALIDE, details=[detail]))
    application.close()

    assert line == "scenario x.yaml: corps n'est pas lisible : bad character in line 1"


def test_good_scenarios_are_said_to_be_good(tmp_path: Path) -> None:
    for name in ("un.yaml", "deux.yml", "notes.txt"):
        (tmp_path / name).write_text(SMALL, encoding="utf-8")
    (tmp_path / "trois.json").write_text('{"title": "Vide"}', encoding="utf-8")

    answer = rdv_mock("scenarios", "check", str(tmp_path), str(tmp_path / "un.yaml"))

    names = ["deux.yml", "trois.json", "un.yaml", "un.yaml"]
    assert answer.stdout.splitlines() == [f"{tmp_path / name}: ok" for name in names]
    assert answer.exit_code == 0


def test_a_bad_scenario_is_shown_with_line_and_suggestion(tmp_path: Path) -> None:
    bad = tmp_path / "faute.yaml"
    bad.write_text(MISSPELT, encoding="utf-8")

    answer = rdv_mock("scenarios", "check", str(bad), str(SCENARIOS / "demonstration.yaml"))

    assert answer.stdout.splitlines() == [
        f"{bad}:3: autoEcoles[0].codeDepartement est obligatoire",
        f"{bad}:4: autoEcoles[0].codeDepartment n'est pas une clé connue ;"
        " vouliez-vous dire « codeDepartement » ?",
        f"{SCENARIOS / 'demonstration.yaml'}: ok",
    ]
    assert answer.exit_code == 1


def test_a_scenario_file_that_is_not_there_is_bad(tmp_path: Path) -> None:
    answer = rdv_mock("scenarios", "check", str(tmp_path / "absent.yaml"))

    assert answer.stdout.startswith(f"{tmp_path / 'absent.yaml'}: fichier est illisible")
    assert answer.exit_code == 1


def test_a_folder_without_scenario_is_probably_the_wrong_one(tmp_path: Path) -> None:
    line = one_line_of(rdv_mock("scenarios", "check", str(tmp_path)))

    assert line == f"rdv-mock: there is no .yaml, .yml or .json file in {tmp_path}"


def test_the_printed_schema_is_that_of_scenarios() -> None:
    assert json.loads(rdv_mock("scenarios", "schema").stdout) == scenario_schema()


def test_every_bundled_scenario_is_listed_with_its_title() -> None:
    listed = rdv_mock("scenarios", "list").stdout.splitlines()

    assert [line.split()[0] for line in listed] == sorted(path.stem for path in SCENARIOS.iterdir())
    assert "demonstration                    Démonstration" in listed


@pytest.mark.parametrize("by_flag", [True, False])
def test_scenarios_of_ones_own_are_listed_first(tmp_path: Path, *, by_flag: bool) -> None:
    (tmp_path / "mien.yaml").write_text(SMALL, encoding="utf-8")
    (tmp_path / "rate.yaml").write_text("title: [", encoding="utf-8")
    flags = ["--scenarios", str(tmp_path)] if by_flag else []
    environment = {} if by_flag else {"RDV_MOCK_SCENARIOS": str(tmp_path)}

    listed = rdv_mock("scenarios", "list", *flags, env=environment).stdout.splitlines()

    assert [" ".join(line.split()) for line in listed[:2]] == [
        "mien Une école, un élève",
        f"rate wrong; see `rdv-mock scenarios check {tmp_path / 'rate.yaml'}`",
    ]


BY_ITS_DEFAULT_ADDRESS = {"Host": "127.0.0.1:8080"}


@pytest.mark.parametrize("livret_base_path", ["/api/v1/livret-numerique", "/livret"])
def test_the_exported_document_is_the_one_that_is_served(livret_base_path: str) -> None:
    application = create_application(Settings(livret_base_path=livret_base_path))
    application.load()
    served = Vendor(application).get("/openapi.json", headers=BY_ITS_DEFAULT_ADDRESS)
    application.close()

    exported = rdv_mock("openapi", "export", env={"RDV_MOCK_LIVRET_BASE_PATH": livret_base_path})

    assert exported.exit_code == 0
    assert json.loads(exported.stdout) == served.json()


def test_the_document_of_the_control_plane_can_be_exported_as_well() -> None:
    exported = rdv_mock("openapi", "export", "--control")

    assert exported.exit_code == 0
    assert exported.stdout == (ROOT / "docs/control-plane.json").read_text(encoding="utf-8")


OVERLAY = ROOT / "examples" / "overlays" / "livret.yaml"


@pytest.mark.parametrize("is_flag", [True, False])
def test_the_exported_document_is_the_one_that_is_served_under_an_overlay(*, is_flag: bool) -> None:
    application = create_application(Settings(overlay=OVERLAY))
    application.load()
    served = Vendor(application).get("/openapi.json", headers=BY_ITS_DEFAULT_ADDRESS)
    application.close()

    flags = ["--overlay", str(OVERLAY)] if is_flag else []
    exported = rdv_mock("openapi", "export", *flags, env={"RDV_MOCK_OVERLAY": str(OVERLAY)})

    assert exported.exit_code == 0
    assert json.loads(exported.stdout) == served.json()
    assert "/api/v3/livret/contrats" in served.json()["paths"]


def test_under_an_overlay_nothing_is_left_to_tell_from_the_contract_that_it_follows(
    tmp_path: Path,
) -> None:
    real = tmp_path / "real.json"
    real.write_text(rdv_mock("openapi", "export", "--overlay", str(OVERLAY)).stdout, "utf-8")

    assert rdv_mock("openapi", "diff", str(real)).exit_code == 1
    assert rdv_mock("openapi", "diff", str(real), "--overlay", str(OVERLAY)).exit_code == 0


def test_a_bad_overlay_is_checked_line_by_line(tmp_path: Path) -> None:
    path = tmp_path / "surcouche.yaml"
    path.write_text("fields: {neph: x}\ncodes: {PANIER_PLAIN: X}\n", encoding="utf-8")

    checked = rdv_mock("openapi", "export", "--overlay", str(path))

    assert (checked.exit_code, checked.stdout) == (2, "")
    assert checked.stderr.splitlines() == [
        f"rdv-mock: {path}:1: fields.neph n'est pas un champ connu",
        f"rdv-mock: {path}:2: codes.PANIER_PLAIN n'est pas un code connu"
        " ; vouliez-vous dire « PANIER_PLEIN » ?",
    ]


@pytest.mark.parametrize(
    ("environment", "named"),
    [
        ({"RDV_MOCK_PORT": "abc"}, "--port / RDV_MOCK_PORT"),
        ({"RDV_MOCK_SCENARIO": "inconnu"}, "there is no scenario 'inconnu'"),
    ],
)
def test_a_document_that_cannot_be_made_is_one_line(
    environment: Mapping[str, str], named: str
) -> None:
    line = one_line_of(rdv_mock("openapi", "export", env=environment))

    assert line.startswith(f"rdv-mock: {named}")


@pytest.mark.parametrize("how", ["warn", "fail"])
def test_answers_cannot_be_checked_without_the_library_for_it(
    monkeypatch: pytest.MonkeyPatch, started: list[Settings], how: str
) -> None:
    monkeypatch.setattr("rdv_mock.settings.find_spec", lambda _name: None)

    line = one_line_of(rdv_mock("serve", "--check-answers", how))
    unchecked = rdv_mock("serve", "--port", "0", "--check-answers", "off")

    assert line == (
        f"rdv-mock: --check-answers / RDV_MOCK_CHECK_ANSWERS: '{how}' does not do: Value error,"
        " it wants a library more: pip install jsonschema-rs"
    )
    assert (unchecked.exit_code, len(started)) == (0, 1)


def test_errors_md_is_what_the_catalogue_says() -> None:
    assert rdv_mock("errors").stdout == (ROOT / "ERRORS.md").read_text(encoding="utf-8")


def test_fidelity_md_is_what_the_code_says() -> None:
    written = subprocess.run(
        [sys.executable, "-m", "rdv_mock.document.fidelity"], stdout=subprocess.PIPE, check=True
    )

    assert written.stdout.decode() == (ROOT / "FIDELITY.md").read_text(encoding="utf-8")


def test_the_health_of_a_server_is_an_exit_code() -> None:
    with server_process() as server:
        port = server.url.rpartition(":")[2]
        healthy = rdv_mock("healthcheck", env={"RDV_MOCK_PORT": port})
        server.stop()
    stopped = rdv_mock("healthcheck", env={"RDV_MOCK_PORT": port})

    assert [healthy.exit_code, stopped.exit_code] == [0, 1]
    assert healthy.output + stopped.output == ""


def test_the_version_is_said() -> None:
    assert rdv_mock("version").stdout == f"{__version__}\n"


def test_a_part_that_there_is_not_cannot_be_compared() -> None:
    said = rdv_mock("openapi", "diff", str(ROOT / "docs/openapi.json"), "--under", "api/v2")

    assert said.exit_code == 2
    assert "--under: no path of ours begins with 'api/v2'" in said.stderr


@pytest.mark.parametrize(
    ("sink", "code"), [("/dev/full", 2), ("| true", 141), ("/dev/null", 0)], ids=str
)
def test_what_cannot_be_written_is_no_difference(sink: str, code: int) -> None:
    command = f"'{sys.executable}' -m rdv_mock openapi export"
    tail = sink if sink.startswith("|") else f"> {sink}"
    done = subprocess.run(
        ["bash", "-c", f"{command} {tail}; exit ${{PIPESTATUS[0]}}"],
        capture_output=True,
        check=False,
        encoding="utf-8",
    )

    assert done.returncode == code
    assert "Traceback" not in done.stderr


def test_scenarios_of_a_folder_that_there_is_not_cannot_be_listed(tmp_path: Path) -> None:
    assert rdv_mock("scenarios", "list", "--scenarios", str(tmp_path / "absent")).exit_code == 2

"""The command line: `rdv-mock serve` and the other commands."""

import inspect
import json
import os
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any, Literal, NoReturn

import typer
from pydantic import ValidationError

from rdv_mock import __version__
from rdv_mock.errors import Refusal
from rdv_mock.memory import no_search
from rdv_mock.settings import PREFIX, Settings, unknown_variables

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # else it takes [default: …] for markup, and cuts long flags
    help="A stateful stand-in for the French RdvPermis API and the API Livret Numérique.",
)
scenarios_app = typer.Typer(
    no_args_is_help=True, help="Check and list scenarios, print their schema."
)
openapi_app = typer.Typer(no_args_is_help=True, help="The OpenAPI document.")
app.add_typer(scenarios_app, name="scenarios")
app.add_typer(openapi_app, name="openapi")

USAGE_ERROR = 2
LEAST_DESCRIPTORS = 64
"""The least open files that the process must be allowed: a start takes some thirty."""
READER_GONE = 141
"""The exit code that a shell gives for SIGPIPE."""


def say(text: str = "") -> None:
    """Print one line; end the command when it cannot be written."""
    try:
        typer.echo(text)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # nobody reads on
        raise typer.Exit(READER_GONE) from None
    except OSError as error:
        fail(f"cannot write to the standard output: {error.strerror}")


def fail(text: str) -> NoReturn:
    """End the command with exit code 2 and one line that says what to do."""
    typer.echo(f"rdv-mock: {text}", err=True)
    raise typer.Exit(USAGE_ERROR)


def with_settings(command: Callable[[dict[str, Any]], None]) -> Callable[..., None]:
    """A command with a flag for every setting, made from the fields of `Settings`."""

    def run(**flags: Any) -> None:  # noqa: ANN401 - as the settings type them
        command({name: value for name, value in flags.items() if value is not None})

    parameters = []
    for name, field in Settings.model_fields.items():
        flag = f"--{name.replace('_', '-')}"
        default = "not set" if field.default is None else field.default
        is_switch = field.annotation is bool
        option = typer.Option(
            f"{flag}/--no-{flag[2:]}" if is_switch else flag,
            help=f"{field.description} [default: {default}] [env: {PREFIX}{name.upper()}]",
            show_default=False,
            metavar=None if is_switch else name.upper(),
        )
        annotation = Annotated[(bool if is_switch else str) | None, option]  # type: ignore[valid-type]
        parameters.append(
            inspect.Parameter(
                name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=annotation
            )
        )
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    run.__doc__ = command.__doc__
    run.__name__ = command.__name__
    return run


def read_settings(flags: dict[str, Any]) -> Settings:
    """The settings of flags and environment; a wrong one ends the command with one line."""
    for name, nearest in unknown_variables(os.environ):
        hint = f"; did you mean {nearest}?" if nearest else ""
        typer.echo(f"rdv-mock: warning: {name} is no setting{hint}", err=True)
    try:
        return Settings(**flags)
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        name = str(problem["loc"][0])
        flag = f"--{name.replace('_', '-')} / {PREFIX}{name.upper()}"
        fail(f"{flag}: {problem['input']!r} does not do: {problem['msg']}")


@app.command()
@with_settings
def serve(flags: dict[str, Any]) -> None:
    """Serve the simulated APIs until told to stop."""
    settings = read_settings(flags)
    _check_descriptors()
    listener = _listen(settings)
    with no_search():  # until `finish_start`
        from rdv_mock import serving  # noqa: PLC0415 - the port is checked before anything heavy

        exit_code = serving.run(settings, listener)
    raise typer.Exit(exit_code)


def _check_descriptors() -> None:
    """End the command where the process may not open enough files: libraries would abort it."""
    try:
        import resource  # noqa: PLC0415 - not on every platform
    except ImportError:
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < LEAST_DESCRIPTORS:
        if hard != resource.RLIM_INFINITY and hard < LEAST_DESCRIPTORS:
            fail(f"too few file descriptors: {hard} of {LEAST_DESCRIPTORS}; see `ulimit -n`")
        resource.setrlimit(resource.RLIMIT_NOFILE, (LEAST_DESCRIPTORS, hard))


def _listen(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
        listener.listen()
    except (OSError, TypeError) as error:  # TypeError: a host that no name can be
        listener.close()
        where, why = f"{settings.host}:{settings.port}", getattr(error, "strerror", error)
        flags = f"--port ({PREFIX}PORT) or --host ({PREFIX}HOST)"
        fail(f"cannot listen on {where} ({why}); choose another with {flags}")
    return listener


@scenarios_app.command("check")
def check_scenarios(
    paths: Annotated[list[Path], typer.Argument(help="Scenario files, or folders of them.")],
) -> None:
    """Validate scenario files; exit 1 when one has a problem."""
    from rdv_mock.clock import real_now  # noqa: PLC0415 - not needed for --help
    from rdv_mock.scenario.library import read_file  # noqa: PLC0415
    from rdv_mock.scenario.load import load_scenario  # noqa: PLC0415

    bad = False
    for path in _files(paths):
        try:
            load_scenario(read_file(path), name=path.stem, now=real_now()).close()
        except Refusal as refusal:
            bad = True
            for detail in refusal.details:
                line = "" if detail.ligne is None else f":{detail.ligne}"
                say(f"{path}{line}: {detail.champ} {detail.message}")
        else:
            say(f"{path}: ok")
    raise typer.Exit(1 if bad else 0)


def _files(paths: list[Path]) -> Iterator[Path]:
    from rdv_mock.scenario.library import files_of  # noqa: PLC0415 - not needed for --help

    for path in paths:
        files = list(files_of(path)) if path.is_dir() else [path]
        if not files:
            fail(f"there is no .yaml, .yml or .json file in {path}")
        yield from files


@scenarios_app.command("schema")
def print_schema() -> None:
    """Print the JSON Schema of scenario files."""
    from rdv_mock.scenario.schema import schema_text  # noqa: PLC0415 - not needed for --help

    say(schema_text())


@scenarios_app.command("list")
def print_scenarios(
    folder: Annotated[
        Path | None,
        typer.Option(
            "--scenarios",
            envvar=f"{PREFIX}SCENARIOS",
            exists=True,
            file_okay=False,
            help=Settings.model_fields["scenarios"].description,
        ),
    ] = None,
) -> None:
    """List the scenarios that can be loaded by name."""
    from rdv_mock.scenario.library import list_scenarios, title_of  # noqa: PLC0415

    for entry in list_scenarios(folder):
        title = title_of(entry)[0] or f"wrong; see `rdv-mock scenarios check {entry.path}`"
        say(f"{entry.name:32} {title}")


OverlayOption = Annotated[
    Path | None,
    typer.Option(
        "--overlay",
        envvar=f"{PREFIX}OVERLAY",
        help=Settings.model_fields["overlay"].description,
    ),
]


@openapi_app.command("export")
def export_openapi(
    *,
    control: Annotated[bool, typer.Option(help="That of the control plane instead.")] = False,
    overlay: OverlayOption = None,
) -> None:
    """Print the OpenAPI document, as the scenario and the overlay of the settings make it."""
    say(_own_document(overlay, control=control))


@openapi_app.command("diff")
def diff_openapi(
    real: Annotated[str, typer.Argument(help="The other document, JSON or YAML; - reads it.")],
    *,
    output: Annotated[
        Literal["table", "json"], typer.Option("--format", help="A table, or JSON.")
    ] = "table",
    under: Annotated[
        str, typer.Option(help="Compare only operations whose path with us begins so.")
    ] = "",
    ignore: Annotated[
        list[str] | None,
        typer.Option(help="A kind of difference to leave out, such as pattern; repeatable."),
    ] = None,
    overlay: OverlayOption = None,
) -> None:
    """Compare our OpenAPI document with another, such as the real one.

    Exit 0 when they say the same, 1 when they differ, 2 when the other cannot be read.
    """
    from rdv_mock import diff  # noqa: PLC0415 - not needed for --help

    for kind in ignore or []:
        if kind not in diff.KINDS:
            fail(f"--ignore: there is no kind {kind!r}; there are {', '.join(diff.KINDS)}")
    try:
        other = diff.read_document(real)
    except diff.NotReadable as error:
        fail(f"{'the standard input' if real == '-' else real} {error}")
    comparison = diff.compare(json.loads(_own_document(overlay)), other, under=under).without(
        ignore or []
    )
    if under and not comparison.ours.operations:
        fail(f"--under: no path of ours begins with {under!r}")
    say(diff.as_json(comparison) if output == "json" else diff.as_table(comparison))
    raise typer.Exit(1 if comparison.findings else 0)


def _own_document(overlay: Path | None, *, control: bool = False) -> str:
    """Our document, made from the scenario and overlay of the settings; or the control plane's."""
    from rdv_mock.overlay.bad import BadOverlay  # noqa: PLC0415
    from rdv_mock.serving import bad_scenario  # noqa: PLC0415
    from rdv_mock.serving.app import create_application  # noqa: PLC0415 - not needed for --help

    settings = read_settings({"data": None, "overlay": overlay})
    try:
        application = create_application(settings)
    except BadOverlay as problem:
        for line in problem.lines():
            typer.echo(f"rdv-mock: {line}", err=True)
        raise typer.Exit(USAGE_ERROR) from problem
    try:
        application.load()
    except Refusal as refusal:
        fail(bad_scenario(application, refusal))
    document = application.control_openapi() if control else application.openapi()
    application.close()
    return document


@app.command("errors")
def print_errors() -> None:
    """Print the catalogue of refusals, as ERRORS.md holds it."""
    from rdv_mock.document.fidelity import errors_markdown  # noqa: PLC0415 - not needed for --help

    say(errors_markdown().rstrip("\n"))


@app.command("healthcheck")
def run_healthcheck() -> None:
    """Exit 0 when the server on this machine is ready."""
    from rdv_mock.healthcheck import main as check  # noqa: PLC0415 - not needed for --help

    raise typer.Exit(check())


@app.command("version")
def print_version() -> None:
    """Print the version."""
    say(__version__)

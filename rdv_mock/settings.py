"""Every setting of the server: `RDV_MOCK_<NAME>` in the environment, `--<name>` on the line."""

from collections.abc import Iterable
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, DirectoryPath, Field, StringConstraints
from pydantic_settings import BaseSettings, SettingsConfigDict

from rdv_mock.hints import nearest

PREFIX = "RDV_MOCK_"
PATH_PATTERN = r"^(/[A-Za-z0-9._~-]+)+$"

RDVPERMIS_PATHS = ("/api/v1/auto-ecole", "/api/v2/auto-ecole")
OWN_PATHS = ("/_mock", "/auth", "/docs", "/openapi.json", "/realms", "/swagger-ui", "/v3", "/w")


def _free_path(path: str) -> str:
    """A path that hides no other address, and that no client shortens."""
    segments = path.split("/")[1:]
    if f"/{segments[0]}" in OWN_PATHS or {".", ".."} & set(segments):
        raise ValueError(f"must be a plain path that does not begin with {', '.join(OWN_PATHS)}")
    if any(f"{rdvpermis}/".startswith(f"{path}/") for rdvpermis in RDVPERMIS_PATHS):
        raise ValueError(f"would take all of {' and '.join(RDVPERMIS_PATHS)}")
    return path


def _unset_when_empty(value: Any) -> Any:  # noqa: ANN401 - whatever was given
    """Take an empty variable for unset: it must not mean the present folder."""
    return value or None


def _with_its_library(check_answers: str) -> str:
    """Refuse to check answers without jsonschema-rs, which is not installed with the server."""
    if check_answers != "off" and find_spec("jsonschema_rs") is None:
        raise ValueError("it wants a library more: pip install jsonschema-rs")
    return check_answers


class Settings(BaseSettings):
    """The settings of a server; a flag wins over the environment, and that over the default."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", frozen=True)

    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8080, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    scenario: str = Field(
        "demonstration", description="Scenario of the world: a name, or the path of a file."
    )
    scenarios: Annotated[DirectoryPath | None, BeforeValidator(_unset_when_empty)] = Field(
        None, description="Folder with scenarios of your own; they come before the bundled ones."
    )
    watch: bool = Field(
        default=False,
        description="Read scenarios again as their files change; a typo keeps the last good one.",
    )
    data: Annotated[Path | None, BeforeValidator(_unset_when_empty)] = Field(
        None, description="Folder in which worlds outlive the server; in memory by default."
    )
    reset: bool = Field(
        default=False, description="Start anew: forget the worlds that are in the data folder."
    )
    public_url: str | None = Field(
        None,
        pattern=r"^https?://[^\s/?#]+(/[^\s?#]*)?$",
        description="Base of the server's own addresses, where it is not that of the call.",
    )
    trust_proxy: bool = Field(
        default=False,
        description="Believe X-Forwarded-Proto and X-Forwarded-Host for own addresses.",
    )
    livret_base_path: Annotated[
        str, StringConstraints(pattern=PATH_PATTERN), AfterValidator(_free_path)
    ] = Field(
        "/api/v1/livret-numerique",
        description="Where the Livret Numérique is served; its real path is not public.",
    )
    overlay: Annotated[Path | None, BeforeValidator(_unset_when_empty)] = Field(
        None,
        description="File that says what the real contract calls otherwise;"
        " see docs/contract/overlays.md.",
    )
    error_keys: Literal["both", "code", "erreur"] = Field(
        "both",
        description="Keys of a refusal's code unless the scenario says: both, code or erreur.",
    )
    cors_origins: str = Field(
        "",
        pattern=r"^(\*|https?://[^\s,/]+(,https?://[^\s,/]+)*)?$",
        description="Origins from which browsers may call, comma-separated; none by default.",
    )
    allowed_hosts: str = Field(
        "",
        pattern=r"^(\*|(\*\.)?[^\s,*/:]+(,(\*\.)?[^\s,*/:]+)*)?$",
        description="Names, comma-separated, under which a server on loopback is steered as well.",
    )
    max_worlds: int = Field(1000, ge=1, description="How many worlds there may be at a time.")
    world_idle_minutes: int = Field(
        0, ge=0, description="Forget a world that nobody has called for so long; 0: never."
    )
    journal_size: int = Field(1000, ge=1, le=1_000_000, description="Calls that a journal keeps.")
    journal_bodies: int = Field(
        1024 * 1024, ge=0, description="Bytes of a body, and of a head, that a journal keeps."
    )
    journal_memory: int = Field(
        256 * 1024 * 1024,
        ge=0,
        description="Bytes that the journals of all worlds keep together.",
    )
    admin_token: str | None = Field(
        None, min_length=1, description="Bearer that the control plane wants; unset, it is open."
    )
    check_answers: Annotated[Literal["off", "warn", "fail"], AfterValidator(_with_its_library)] = (
        Field(
            "off",
            description="Hold answers against the document: off, warn (log) or fail (answer 500).",
        )
    )
    log_format: Literal["console", "json"] = Field(
        "console", description="Form of the log lines: console or json."
    )

    @cached_property
    def public_path(self) -> str:
        """The path of the server behind a proxy, without a slash at its end."""
        return urlsplit(self.public_url or "").path.rstrip("/")


def unknown_variables(names: Iterable[str]) -> list[tuple[str, str | None]]:
    """Every `RDV_MOCK_…` variable that is no setting, with the nearest setting."""
    known = [PREFIX + name.upper() for name in Settings.model_fields]
    return [
        (name, nearest(name, known))
        for name in sorted(names)
        if name.startswith(PREFIX) and name.upper() not in known
    ]

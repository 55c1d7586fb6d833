"""Something that goes wrong on purpose."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Incident:
    """Which calls it strikes, when, and what it does to them.

    It strikes after `after` calls that match, `times` times or, without it, for ever. `employe` and
    `auto_ecole` are ids. `path` may hold `*` and knows nothing of worlds.

    See docs/contract/control_plane.md#incidents.
    """

    operation: str | None = None
    method: str | None = None
    path: str | None = None
    employe: str | None = None
    auto_ecole: str | None = None
    after: int = 0
    times: int | None = None
    delay_seconds: float = 0.0
    error: str | None = None
    status: int | None = None
    headers: Mapping[str, str] | None = None
    body: Any = None
    malformed: bool = False
    omit: tuple[str, ...] = ()
    drop: Literal["before", "after"] | None = None

    @property
    def has_effect(self) -> bool:
        """Whether anything happens to the calls that it strikes."""
        return bool(
            self.delay_seconds
            or self.error
            or self.status
            or self.headers
            or self.body is not None
            or self.malformed
            or self.omit
            or self.drop
        )

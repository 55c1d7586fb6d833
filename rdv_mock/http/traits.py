"""What an operation says of itself beside its signature: its scope, its refusals, its certainty."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from rdv_mock.errors import ApiError, Level

LARGEST_BODY = 1024 * 1024
"""Bytes of a body at most, a scenario's apart (docs/contract/surfaces.md#sizes)."""

Endpoint = TypeVar("Endpoint", bound=Callable[..., Awaitable[Any]])


@dataclass(slots=True)
class Traits:
    """What an operation says of itself beside its signature.

    `note`: what its certainty does not say, in French; `writes`: refused to a closed école;
    `gerant_only`: refused to an EMPLOYE; `locates`: says where what it created is; `root_only`:
    unknown inside a world; `crenodispo`: counted in that bucket of the rate limits;
    `largest_body`: bytes at most; `facts_in`: the field whose object may take more of them than
    other bodies; `after`: operations whose examples make what its own name.
    """

    scope: str | None = None
    errors: tuple[ApiError, ...] = ()
    certainty: Level = "inferred"
    note: str | None = None
    writes: bool = False
    gerant_only: bool = False
    locates: bool = False
    root_only: bool = False
    crenodispo: bool = False
    largest_body: int = LARGEST_BODY
    after: Sequence[str] = ()
    facts_in: str | None = None


def traits_of(endpoint: Callable[..., Any]) -> Traits:
    """The traits of an endpoint, made when it has none yet."""
    if not hasattr(endpoint, "traits"):
        endpoint.traits = Traits()  # type: ignore[attr-defined]
    traits: Traits = endpoint.traits  # type: ignore[attr-defined]
    return traits


def needs(scope: str) -> Callable[[Endpoint], Endpoint]:
    """Admit only tokens with this scope."""

    def mark(endpoint: Endpoint) -> Endpoint:
        traits_of(endpoint).scope = scope
        return endpoint

    return mark


def known(certainty: Level, note: str | None = None) -> Callable[[Endpoint], Endpoint]:
    """Say how sure it is that the real API has this operation."""

    def mark(endpoint: Endpoint) -> Endpoint:
        traits = traits_of(endpoint)
        traits.certainty, traits.note = certainty, note
        return endpoint

    return mark


def writes(endpoint: Endpoint) -> Endpoint:
    """Refuse the operation to a closed école: ACTION_INTERDITE.

    See docs/contract/conventions.md#order.
    """
    traits_of(endpoint).writes = True
    return endpoint


def for_gerant(endpoint: Endpoint) -> Endpoint:
    """Refuse the operation to an EMPLOYE: ACTION_INTERDITE (docs/contract/conventions.md#order)."""
    traits_of(endpoint).gerant_only = True
    return endpoint


def locates(endpoint: Endpoint) -> Endpoint:
    """Promise a `Location` with what was created (docs/contract/conventions.md#answers)."""
    traits_of(endpoint).locates = True
    return endpoint


def with_crenodispo(endpoint: Endpoint) -> Endpoint:
    """Count the operation in the bucket of its own that `crenodispo` has.

    See docs/rules/rate_limit.md#crenodispo.
    """
    traits_of(endpoint).crenodispo = True
    return endpoint


def control(
    *,
    root_only: bool = False,
    largest_body: int = LARGEST_BODY,
    facts_in: str | None = None,
    after: Sequence[str] = (),
) -> Callable[[Endpoint], Endpoint]:
    """Say what is particular to an operation of the control plane."""

    def mark(endpoint: Endpoint) -> Endpoint:
        traits = traits_of(endpoint)
        traits.root_only, traits.largest_body = root_only, largest_body
        traits.facts_in, traits.after = facts_in, after
        return endpoint

    return mark


def refuses(*errors: ApiError) -> Callable[[Endpoint], Endpoint]:
    """Name the refusals of the operation's own rules, in their order."""

    def mark(endpoint: Endpoint) -> Endpoint:
        traits_of(endpoint).errors = errors
        return endpoint

    return mark

"""How many calls a minute may hold (docs/rules/rate_limit.md)."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from math import ceil
from typing import Final, NamedTuple

from rdv_mock.errors import ApiError, Refusal
from rdv_mock.facts.auto_ecole import AutoEcole, Employe
from rdv_mock.fixtures import Limits
from rdv_mock.limit_keys import IntegerKey

AUTO = "auto"


class Bucket(NamedTuple):
    """Whose calls are counted together, and how many of them pass in one window."""

    owner_id: str
    crenodispo: bool
    calls: int


class Window(NamedTuple):
    """A stretch of the world's time: fixed, and cut at full minutes (`inferred`)."""

    begin: datetime
    seconds: int

    @property
    def end(self) -> datetime:
        """The instant at which the next one begins."""
        return self.begin + timedelta(seconds=self.seconds)

    def seconds_left(self, now: datetime) -> int:
        """Whole seconds to the end of the window, at least one.

        See docs/rules/rate_limit.md#retry-after.
        """
        return max(1, ceil((self.end - now).total_seconds()))


def is_active(limits: Limits, *, frozen: bool) -> bool:
    """Whether calls are counted at all; by default only while the world's clock runs.

    See docs/rules/rate_limit.md#switch.
    """
    setting = limits.text("debit.actif").lower()
    return not frozen if setting == AUTO else setting == "true"


Keys = tuple[IntegerKey, IntegerKey]
_CRENODISPO: Final[Keys] = ("debit.crenodispo.parEmploye", "debit.crenodispo.parAutoEcoleEnLigne")
_OTHERS: Final[Keys] = ("debit.parEmploye", "debit.parAutoEcoleEnLigne")


def bucket_of(
    employe: Employe, auto_ecole: AutoEcole, limits: Limits, *, crenodispo: bool
) -> Bucket:
    """The bucket of a call: 210 per employé, 600 per école en ligne, all its employés together.

    Both numbers are `official`; that crenodispo has a bucket of its own is `inferred`
    (docs/rules/rate_limit.md#crenodispo).
    """
    per_employe, per_auto_ecole = _CRENODISPO if crenodispo else _OTHERS
    if auto_ecole.en_ligne:
        return Bucket(auto_ecole.id, crenodispo, limits.integer(per_auto_ecole))
    return Bucket(employe.id, crenodispo, limits.integer(per_employe))


def window_at(now: datetime, limits: Limits) -> Window:
    """The window that holds an instant."""
    seconds = limits.integer("debit.fenetreSecondes")
    return _window(now.timestamp() // seconds, seconds)


@lru_cache(maxsize=64)
def _window(number: float, seconds: int) -> Window:
    """Count the windows since the first one; cached, since many calls come within one window."""
    return Window(datetime.fromtimestamp(number * seconds, UTC), seconds)


def check_rate(bucket: Bucket, calls_before: int) -> None:
    """Refuse the call that comes after the last one that passes.

    NOMBRE_MAXIMUM_DE_REQUETES_ATTEINT.
    """
    if calls_before >= bucket.calls:
        raise Refusal(ApiError.NOMBRE_MAXIMUM_DE_REQUETES_ATTEINT)

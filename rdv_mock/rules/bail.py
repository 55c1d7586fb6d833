"""How long a connection lasts, and what it allows (rules.md 13)."""

from datetime import datetime, timedelta

from rdv_mock.fixtures import Limits


def bail_end(debut: datetime, limits: Limits, *, at_least: timedelta = timedelta()) -> datetime:
    """When a bail opened at `debut` ends: 90 × 24 h later (three months are `official`).

    A token asked of the control plane may want it longer: `at_least` (rules.md 13.3).
    """
    return debut + max(timedelta(days=limits.integer("bail.dureeJours")), at_least)


def token_life(asked: timedelta, bail_fin: datetime, *, now: datetime) -> timedelta:
    """How long a token lives: as asked, but never past its bail (rules.md 13.2)."""
    return min(asked, bail_fin - now)

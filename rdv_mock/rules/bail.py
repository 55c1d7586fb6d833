"""How long a connection lasts, and what it allows (rules.md 13)."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from rdv_mock.facts.auto_ecole import Employe
from rdv_mock.facts.etp import BailLu
from rdv_mock.fixtures import Limits


def bail_end(debut: datetime, limits: Limits, *, at_least: timedelta = timedelta()) -> datetime:
    """When a bail opened at `debut` ends: 90 × 24 h later (three months are `official`).

    A token asked of the control plane may want it longer: `at_least` (rules.md 13.3).
    """
    return debut + max(timedelta(days=limits.integer("bail.dureeJours")), at_least)


def covers(employe: Employe, bureau_id: str | None) -> bool:
    """Whether a bail of this employé connects a bureau (rules.md 13.4).

    An employé who names bureaux connects those alone (gestion décentralisée), any other all of the
    école's (gestion centralisée).
    """
    return not employe.bureaux or bureau_id in employe.bureaux


def connection_changes(baux: Iterable[BailLu], bureau_id: str | None) -> Sequence[datetime]:
    """The instants from which a bureau was connected and not connected any more, by turns.

    Without a bureau any bail will do (rules.md 13.4).
    """
    changes: list[datetime] = []
    for debut, fin in sorted(
        (one.bail.debut, one.bail.fin)
        for one in baux
        if bureau_id is None or covers(one.employe, bureau_id)
    ):
        if changes and debut <= changes[-1]:
            changes[-1] = max(fin, changes[-1])
        else:
            changes += debut, fin
    return changes


def token_life(asked: timedelta, bail_fin: datetime, *, now: datetime) -> timedelta:
    """How long a token lives: as asked, but never past its bail (rules.md 13.2)."""
    return min(asked, bail_fin - now)

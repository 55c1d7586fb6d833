"""How long a bail lasts, and what it allows (docs/rules/bail.md)."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from rdv_mock.facts.auto_ecole import Employe
from rdv_mock.facts.etp import BailLu
from rdv_mock.fixtures import Limits


def bail_end(debut: datetime, limits: Limits, *, at_least: timedelta = timedelta()) -> datetime:
    """When a bail opened at `debut` ends: 90 × 24 h later (three months are `official`).

    A token asked of the control plane may want it longer: `at_least` (docs/rules/bail.md#asked).
    """
    return debut + max(timedelta(days=limits.integer("bail.dureeJours")), at_least)


def covers(employe: Employe, bureau_id: str | None) -> bool:
    """Whether a bail of this employé covers a bureau (docs/rules/bail.md#bureaux).

    The bail of an employé who names bureaux covers those alone (gestion décentralisée), any other
    one all bureaux of the école (gestion centralisée).
    """
    return not employe.bureaux or bureau_id in employe.bureaux


def spans_of(baux: Iterable[BailLu], bureau_id: str | None) -> Sequence[datetime]:
    """Give the spans of time that baux cover, as begin, end, begin, end and so on.

    Baux that overlap make one span. Without a bureau any bail covers (docs/rules/bail.md#bureaux).
    """
    spans: list[datetime] = []
    for debut, fin in sorted(
        (one.bail.debut, one.bail.fin)
        for one in baux
        if bureau_id is None or covers(one.employe, bureau_id)
    ):
        if spans and debut <= spans[-1]:
            spans[-1] = max(fin, spans[-1])
        else:
            spans += debut, fin
    return spans


def token_life(asked: timedelta, bail_fin: datetime, *, now: datetime) -> timedelta:
    """How long a token lives: as asked, but never past its bail (docs/rules/bail.md#end)."""
    return min(asked, bail_fin - now)

"""How many places an école may take: seuil, plafond, territorial priority (docs/rules/seuil.md)."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import ROUND_FLOOR, Decimal
from functools import lru_cache
from typing import NamedTuple

from rdv_mock import paris
from rdv_mock.errors import ApiError, Refusal
from rdv_mock.facts.auto_ecole import Declaration, EtpDonne, Formateur
from rdv_mock.facts.capacite import Capacite
from rdv_mock.facts.creneau import Creneau
from rdv_mock.facts.enumerations import GroupePermis
from rdv_mock.fixtures import Limits


def seuil_of(capacite: Capacite) -> int:
    """ETP in the département times its coefficient, rounded down (rule `press`)."""
    return _floor(capacite.etp * capacite.coefficient)


def plafond_of(capacite: Capacite, limits: Limits, *, now: datetime) -> int:
    """The most places that an école may take.

    From all its ETP (`plafond.facteur`, `inferred`); with `plafond.courbe`, a share of its seuil
    that depends on the day of the month in Paris; the month of the examens does not matter.
    """
    courbe = courbe_of(limits.text("plafond.courbe"))
    if courbe:
        return _floor(_share_on(paris.day_of(now).day, courbe) * seuil_of(capacite))
    places = _floor(capacite.etp_total * capacite.coefficient)
    return _floor(limits.decimal("plafond.facteur") * places)


def places_left(capacite: Capacite, limits: Limits, *, now: datetime) -> int:
    """What an école may still take below both seuil and plafond; never less than nothing."""
    most = min(seuil_of(capacite), plafond_of(capacite, limits, now=now))
    return max(0, most - capacite.utilisees)


def _floor(places: Decimal) -> int:
    return int(places.to_integral_value(ROUND_FLOOR))


class Palier(NamedTuple):
    """A step of a courbe: from this day of the month on, this share of the seuil."""

    day: int
    share: Decimal


_PALIER = re.compile(r"(\d{1,2}):(\d{1,3}(?:\.\d{1,6})?)", re.ASCII)
_LAST_DAY = 31


@lru_cache(maxsize=64)
def courbe_of(text: str) -> Sequence[Palier]:
    """The steps of `plafond.courbe`, `1:0.5 8:0.75 15:1.0`; ValueError when it is none.

    The DSR announced in 2023 that what the API lets one reserve would rise over the month and stay
    below what the portal does (`press`); numbers and form are `inferred`.
    """
    found = [_PALIER.fullmatch(step) for step in text.split()]
    courbe = [Palier(int(step[1]), Decimal(step[2])) for step in found if step]
    days = [palier.day for palier in courbe]
    in_order = days == sorted(set(days)) and all(1 <= day <= _LAST_DAY for day in days)
    if len(courbe) < len(found) or not in_order:
        raise ValueError(text)
    return tuple(courbe)


def _share_on(day: int, courbe: Sequence[Palier]) -> Decimal:
    """Nothing before the first step."""
    return next((palier.share for palier in reversed(courbe) if palier.day <= day), Decimal(0))


def has_priorite_territoriale(creneau: Creneau, limits: Limits, *, now: datetime) -> bool:
    """Whether a créneau still goes to écoles within their seuil: 30 × 24 h from publication."""
    days = limits.integer("seuil.prioriteTerritorialeJours")
    return now < creneau.date_heure_publication + timedelta(days=days)


def needs_declaration(groupe: GroupePermis, limits: Limits) -> bool:
    """Whether a groupe is only for who has declared his formateurs; CE is not by default."""
    return groupe is not GroupePermis.CE or limits.flag("ce.declarationObligatoire")


def has_seuil(groupe: GroupePermis, limits: Limits) -> bool:
    """Whether a groupe knows seuil and plafond; CE does not by default (`inferred`)."""
    return groupe is not GroupePermis.CE or limits.flag("ce.seuil")


def check_capacite(
    creneau: Creneau, capacite: Capacite | None, limits: Limits, *, now: datetime
) -> None:
    """Raise the first reason for which the école may not take this créneau (docs/rules/seuil.md).

    AUTO_ECOLE_NA_AUCUNE_DECLARATION, CRENEAU_NON_RESERVABLE_SEUIL_ATTEINT,
    CRENEAU_NON_RESERVABLE_PLAFOND_ATTEINT; with `plafond.courbe` the plafond, which then lies below
    the seuil, comes first. There is no `capacite` where a groupe knows none of them.
    """
    if capacite is None:
        return
    groupe = capacite.groupe_permis
    if needs_declaration(groupe, limits):
        check_declaree(est_declaree=capacite.est_declaree)
    if has_seuil(groupe, limits):
        checks = [_check_seuil, _check_plafond]
        for check in reversed(checks) if limits.text("plafond.courbe") else checks:
            check(creneau, capacite, limits, now=now)


def _check_seuil(creneau: Creneau, capacite: Capacite, limits: Limits, *, now: datetime) -> None:
    if has_priorite_territoriale(creneau, limits, now=now) and (
        capacite.utilisees >= seuil_of(capacite)
    ):
        raise Refusal(ApiError.CRENEAU_NON_RESERVABLE_SEUIL_ATTEINT)


def _check_plafond(_creneau: Creneau, capacite: Capacite, limits: Limits, *, now: datetime) -> None:
    if capacite.utilisees >= plafond_of(capacite, limits, now=now):
        raise Refusal(ApiError.CRENEAU_NON_RESERVABLE_PLAFOND_ATTEINT)


def groupes_declares(
    formateurs: Sequence[Formateur],
    etp_donnes: Sequence[EtpDonne],
    declarations: Sequence[Declaration],
) -> frozenset[GroupePermis]:
    """For which groupes an école has said who teaches there, one way or another.

    For A and B a formateur will do, a given ETP of any month and groupe, or a declaration for any
    département and groupe. A formateur does not say whether he teaches CE, so that wants a given
    ETP or a declaration of its own.

    See docs/rules/seuil.md#declaration.
    """
    said = {
        *(one.groupe_permis for one in etp_donnes),
        *(one.groupe_permis for one in declarations if one.nombre_de_formateurs),
    }
    light = {GroupePermis.A, GroupePermis.B} if formateurs or said else set()
    return frozenset(light | (said & {GroupePermis.CE}))


def check_declaree(*, est_declaree: bool) -> None:
    """Refuse an école of which nobody knows who teaches there (`integrator`).

    See docs/rules/seuil.md#declaration.
    """
    if not est_declaree:
        raise Refusal(ApiError.AUTO_ECOLE_NA_AUCUNE_DECLARATION)


def is_reservable(
    creneau: Creneau, capacite: Capacite | None, limits: Limits, *, now: datetime
) -> bool:
    """Whether the école could take this créneau, were it free."""
    try:
        check_capacite(creneau, capacite, limits, now=now)
    except Refusal:
        return False
    return True

"""How many places an école may take: seuil, plafond, territorial priority (rules.md 5)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import ROUND_FLOOR, Decimal

from rdv_mock.errors import ApiError, Refusal
from rdv_mock.facts.auto_ecole import Declaration, EtpDonne, Formateur
from rdv_mock.facts.capacite import Capacite
from rdv_mock.facts.creneau import Creneau
from rdv_mock.fixtures import Limits


def seuil_of(capacite: Capacite) -> int:
    """ETP in the département times its coefficient, rounded down (rule `press`)."""
    return _floor(capacite.etp * capacite.coefficient)


def plafond_of(capacite: Capacite, limits: Limits) -> int:
    """What an école may take at most, from all its ETP (`plafond.facteur`, `inferred`)."""
    places = _floor(capacite.etp_total * capacite.coefficient)
    return _floor(limits.decimal("plafond.facteur") * places)


def _floor(places: Decimal) -> int:
    return int(places.to_integral_value(ROUND_FLOOR))


def has_priorite_territoriale(creneau: Creneau, limits: Limits, *, now: datetime) -> bool:
    """Whether a créneau still goes to écoles within their seuil: 30 × 24 h from publication."""
    days = limits.integer("seuil.prioriteTerritorialeJours")
    return now < creneau.date_heure_publication + timedelta(days=days)


def check_capacite(
    creneau: Creneau, capacite: Capacite | None, limits: Limits, *, now: datetime
) -> None:
    """Raise the first reason for which the école may not take this créneau (rules.md 5.3 to 5.5).

    AUTO_ECOLE_NA_AUCUNE_DECLARATION, CRENEAU_NON_RESERVABLE_SEUIL_ATTEINT,
    CRENEAU_NON_RESERVABLE_PLAFOND_ATTEINT. There is no `capacite` for CE, which knows none of them.
    """
    if capacite is None:
        return
    check_declaree(est_declaree=capacite.est_declaree)
    if has_priorite_territoriale(creneau, limits, now=now) and (
        capacite.utilisees >= seuil_of(capacite)
    ):
        raise Refusal(ApiError.CRENEAU_NON_RESERVABLE_SEUIL_ATTEINT)
    if capacite.utilisees >= plafond_of(capacite, limits):
        raise Refusal(ApiError.CRENEAU_NON_RESERVABLE_PLAFOND_ATTEINT)


def is_declaree(
    formateurs: Sequence[Formateur],
    etp_donnes: Sequence[EtpDonne],
    declarations: Sequence[Declaration],
) -> bool:
    """Whether an école has said who teaches there, one way or another (rules.md 5.5 and 16).

    A given ETP of any month and groupe will do, or a declaration for any département and groupe.
    """
    return bool(formateurs or etp_donnes or any(one.nombre_de_formateurs for one in declarations))


def check_declaree(*, est_declaree: bool) -> None:
    """Refuse an école of which nobody knows who teaches there (`integrator`, rules.md 5.5)."""
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

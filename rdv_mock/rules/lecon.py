"""When a leçon may be declared, corrected or withdrawn (docs/rules/lecon.md)."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

from rdv_mock import paris
from rdv_mock.errors import ApiError, Refusal
from rdv_mock.facts.auto_ecole import AutoEcole
from rdv_mock.facts.enumerations import TypeLecon
from rdv_mock.facts.livret import ContratDeFormation, Lecon, LeconDeclaree
from rdv_mock.fixtures import Limits
from rdv_mock.limit_keys import IntegerKey
from rdv_mock.patterns import fits_whole
from rdv_mock.rules.contrat_de_formation import check_son_contrat
from rdv_mock.rules.nuit_du_calcul import nuits_for
from rdv_mock.rules.parties import check_ouverte


def check_declarer_lecon(
    declaree: LeconDeclaree,
    contrat: ContratDeFormation,
    auto_ecole: AutoEcole,
    same_start: Iterable[Lecon],
    limits: Limits,
    *,
    now: datetime,
) -> None:
    """Raise the first refusal, in the order of docs/contract/livret.md#order.

    `same_start`: the leçons of this NEPH, with any école, that begin in the same minute.
    """
    check_son_contrat(contrat, auto_ecole)
    check_ouverte(auto_ecole)
    check_declaration(declaree, same_start, limits, now=now)


def check_corriger_lecon(
    declaree: LeconDeclaree,
    lecon: Lecon,
    auto_ecole: AutoEcole,
    same_start: Iterable[Lecon],
    limits: Limits,
    *,
    now: datetime,
) -> None:
    """Raise the first refusal; a correction never collides with the leçon that it corrects."""
    check_ouverte(auto_ecole)
    check_deverrouillee(lecon, declaree.date_heure_debut, limits, now=now)
    others = [other for other in same_start if other.id != lecon.id]
    check_declaration(declaree, others, limits, now=now)


def check_retirer_lecon(
    lecon: Lecon, auto_ecole: AutoEcole, limits: Limits, *, now: datetime
) -> None:
    """Raise the first refusal."""
    check_ouverte(auto_ecole)
    check_deverrouillee(lecon, lecon.date_heure_debut, limits, now=now)


def check_declaration(
    declaree: LeconDeclaree, same_start: Iterable[Lecon], limits: Limits, *, now: datetime
) -> None:
    """Refuse what is wrong in the declaration itself, for any école."""
    check_numero_autorisation(declaree.numero_autorisation, limits)
    check_duree(declaree.type, declaree.duree_en_minutes, limits)
    check_realisee(declaree, limits, now=now)
    if any(True for _ in same_start):
        raise Refusal(ApiError.LECON_DEJA_RENSEIGNEE)


def check_numero_autorisation(numero: str, limits: Limits) -> None:
    """Refuse a badly formed number: NUMERO_AUTORISATION_INVALIDE.

    Only the form is checked, not whether anybody bears it (`official` wording).

    See docs/rules/identifiants.md#number.
    """
    if not fits_whole(limits.text("numeroAutorisation.motif"), numero):
        raise Refusal(ApiError.NUMERO_AUTORISATION_INVALIDE)


_DUREES: Final[Mapping[TypeLecon, tuple[IntegerKey, IntegerKey]]] = {
    TypeLecon.CIRCULATION: ("lecon.duree.CIRCULATION.min", "lecon.duree.CIRCULATION.max"),
    TypeLecon.PLATEAU: ("lecon.duree.PLATEAU.min", "lecon.duree.PLATEAU.max"),
    TypeLecon.SIMULATEUR: ("lecon.duree.SIMULATEUR.min", "lecon.duree.SIMULATEUR.max"),
    TypeLecon.THEORIQUE: ("lecon.duree.THEORIQUE.min", "lecon.duree.THEORIQUE.max"),
}


def durees_of(type_lecon: TypeLecon, limits: Limits) -> tuple[int, int]:
    """The fewest and the most minutes of a type, both allowed."""
    least, most = _DUREES[type_lecon]
    return limits.integer(least), limits.integer(most)


def check_duree(type_lecon: TypeLecon, minutes: int, limits: Limits) -> None:
    """Refuse a duration outside the limits of its type, both ends allowed: DUREE_INVALIDE.

    Source: docs/rules/lecon.md#duration; the limits of CIRCULATION and SIMULATEUR are `official`.
    """
    minimum, maximum = durees_of(type_lecon, limits)
    if not minimum <= minutes <= maximum:
        raise Refusal(ApiError.DUREE_INVALIDE, values={"minimum": minimum, "maximum": maximum})


def check_realisee(declaree: LeconDeclaree, limits: Limits, *, now: datetime) -> None:
    """Refuse a leçon that is not over yet: LECON_DANS_LE_FUTUR (docs/rules/lecon.md#future).

    With `lecon.futur: jour`, until midnight after the day on which it begins.
    """
    if limits.text("lecon.futur") == "jour":
        over = paris.midnight(declaree.date_heure_debut.date() + timedelta(days=1))
    else:
        debut = paris.to_instant(declaree.date_heure_debut)
        over = debut + paris.MINUTE * declaree.duree_en_minutes
    if now < over:
        raise Refusal(ApiError.LECON_DANS_LE_FUTUR)


def check_deverrouillee(
    lecon: Lecon, new_debut: datetime, limits: Limits, *, now: datetime
) -> None:
    """Refuse once a calculation has read the leçon: LECON_VERROUILLEE (`inferred`).

    Nor may a correction move it into a period that was calculated after its reception
    (docs/rules/lecon.md#lock).
    """
    if is_verrouillee(lecon, lecon.date_heure_debut, limits, now=now) or is_verrouillee(
        lecon, new_debut, limits, now=now
    ):
        raise Refusal(ApiError.LECON_VERROUILLEE)


def is_verrouillee(lecon: Lecon, debut: datetime, limits: Limits, *, now: datetime) -> bool:
    """Whether a night has passed that read the leçon, were it to begin at `debut`."""
    return any(lecon.date_heure_reception <= nuit <= now for nuit in nuits_for(debut, limits))

"""What may go into a panier, and what leaves it reserved (docs/rules/panier.md)."""

from collections.abc import Container, Sequence
from datetime import datetime, timedelta

from rdv_mock.errors import ApiError, Refusal
from rdv_mock.facts.auto_ecole import AutoEcole, Employe
from rdv_mock.facts.capacite import Capacite
from rdv_mock.facts.creneau import Creneau, Place
from rdv_mock.facts.dossier import Dossier
from rdv_mock.facts.enumerations import GroupePermis
from rdv_mock.facts.panier import ElementDuPanier, Panier
from rdv_mock.fixtures import Limits
from rdv_mock.rules.candidat import check_candidat
from rdv_mock.rules.creneau import is_candidat_obligatoire, is_open
from rdv_mock.rules.seuil import check_capacite, check_declaree, needs_declaration


def expiry_of(creation: datetime, limits: Limits) -> datetime:
    """When a panier that is opened now is gone, to the second that it shows.

    See docs/rules/panier.md#life.
    """
    minutes = limits.integer("panier.dureeMinutes")
    return creation.replace(microsecond=0) + timedelta(minutes=minutes)


def check_employe(employe: Employe | None, auto_ecole: AutoEcole) -> Employe:
    """Refuse to open a panier for a stranger.

    EMPLOYE_AUTO_ECOLE_INEXISTANT, EMPLOYE_N_APPARTIENT_PAS_A_AUTO_ECOLE.
    """
    if employe is None:
        raise Refusal(ApiError.EMPLOYE_AUTO_ECOLE_INEXISTANT)
    if employe.auto_ecole_id != auto_ecole.id:
        raise Refusal(ApiError.EMPLOYE_N_APPARTIENT_PAS_A_AUTO_ECOLE)
    return employe


def check_in_panier(element: ElementDuPanier | None, panier: Panier) -> ElementDuPanier:
    """What a panier says of a créneau; CRENEAU_PAS_DANS_LE_PANIER when it does not hold it."""
    if element is None or element.panier_id != panier.id:
        raise Refusal(ApiError.CRENEAU_PAS_DANS_LE_PANIER)
    return element


def newcomer_of(element: ElementDuPanier, candidat_id: str | None) -> str | None:
    """Give the candidat to be checked: placing nobody, or the same again, needs no check."""
    return None if candidat_id == element.candidat_id else candidat_id


def groupe_of(contents: Sequence[Creneau]) -> GroupePermis | None:
    """The groupe of a panier: that of its first créneau, none while it is empty.

    See docs/rules/panier.md#groupe.
    """
    return contents[0].groupe_permis if contents else None


def check_ajouter_creneau(
    contents: Sequence[Creneau],
    place: Place,
    capacite: Capacite | None,
    limits: Limits,
    *,
    now: datetime,
) -> None:
    """Raise the first refusal, in the order of the real API."""
    check_available(place, now=now)
    check_room(contents, limits)
    check_groupe(contents, place.creneau)
    check_capacite(place.creneau, capacite, limits, now=now)


def check_available(place: Place, *, now: datetime) -> None:
    """Refuse a créneau of any panier: CRENEAU_DEJA_RESERVE; then CRENEAU_NON_DISPONIBLE.

    The latter when an examen occupies it, when it has begun, or when its centre is closed.
    """
    if place.panier is not None:
        raise Refusal(ApiError.CRENEAU_DEJA_RESERVE)
    if not place.is_free or not is_open(place, now=now):
        raise Refusal(ApiError.CRENEAU_NON_DISPONIBLE)


def check_room(contents: Sequence[Creneau], limits: Limits) -> None:
    """PANIER_PLEIN at `panier.capacite` créneaux (`client`)."""
    if len(contents) >= limits.integer("panier.capacite"):
        raise Refusal(ApiError.PANIER_PLEIN)


def check_groupe(contents: Sequence[Creneau], creneau: Creneau) -> None:
    """CRENEAU_DE_GROUPE_DIFFERENT: one groupe per panier (`integrator`)."""
    if groupe_of(contents) not in {None, creneau.groupe_permis}:
        raise Refusal(ApiError.CRENEAU_DE_GROUPE_DIFFERENT)


def check_ajouter_creneaux_multiples(
    creneaux: Sequence[Creneau], declares: Container[GroupePermis], limits: Limits
) -> None:
    """What refuses a bulk as a whole: AUTO_ECOLE_NA_AUCUNE_DECLARATION.

    `declares`: the groupes for which the école has said who teaches there. A bulk that names a
    créneau for which it has, or need not, is looked at one by one.
    """
    groupes = {creneau.groupe_permis for creneau in creneaux} or {GroupePermis.B}
    check_declaree(
        est_declaree=any(
            groupe in declares or not needs_declaration(groupe, limits) for groupe in groupes
        )
    )


def check_valider_element(
    place: Place, dossier: Dossier | None, auto_ecole: AutoEcole, limits: Limits, *, now: datetime
) -> None:
    """Raise the first reason for which an element stays in its panier.

    CRENEAU_NON_DISPONIBLE, EXAMEN_NON_NOMINATIF, then what concerns the candidat; seuil and plafond
    are not looked at again.

    See docs/rules/panier.md#validation.
    """
    if not is_open(place, now=now):
        raise Refusal(ApiError.CRENEAU_NON_DISPONIBLE)
    if dossier is not None:
        check_candidat(dossier, place.creneau, auto_ecole, limits, now=now)
    elif is_candidat_obligatoire(place.creneau, limits, now=now):
        raise Refusal(ApiError.EXAMEN_NON_NOMINATIF)

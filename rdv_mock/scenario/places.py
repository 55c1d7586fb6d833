"""Créneaux, paniers and examens in a scenario, from the file to the store and back."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Annotated, Final

from pydantic import Field, StringConstraints

from rdv_mock import paris
from rdv_mock.chance import seeded_random
from rdv_mock.facts.capacite import Coefficient
from rdv_mock.facts.concurrence import Prise
from rdv_mock.facts.creneau import Creneau
from rdv_mock.facts.enumerations import (
    GroupePermis,
    StatutDuResultat,
    StatutExamen,
    TypeEpreuvePratique,
)
from rdv_mock.facts.examen import Examen
from rdv_mock.facts.panier import ElementDuPanier, Panier
from rdv_mock.fixtures import Limits
from rdv_mock.limit_keys import IntegerKey
from rdv_mock.rules.examen import points_complaint
from rdv_mock.rules.panier import expiry_of
from rdv_mock.scenario.base import Build, Instant, NamedPart, Part, Parts, RefOrId, text_of
from rdv_mock.scenario.yaml_text import Where
from rdv_mock.store import Store
from rdv_mock.wire.base import CodeDepartement, Local, Mois
from rdv_mock.wire.creneau import CreneauOnWire
from rdv_mock.wire.examen import ExamenOnWire, ResultatEntered, ResultatOnWire
from rdv_mock.wire.panier import ElementDuPanierOnWire, PanierOnWire
from rdv_mock.wire.seuil import InformationsSeuil

Ref = Callable[[str], str | None]

LONG_BEFORE = timedelta(days=365)


class CreneauPart(NamedPart):
    """Une place d'examen, pour un candidat."""

    centre: RefOrId = Field(description="Où il se trouve : la réf ou l'identifiant du centre.")
    groupe_permis: GroupePermis = Field(
        GroupePermis.B, description=text_of(CreneauOnWire, "groupe_permis")
    )
    type_epreuve_pratique: TypeEpreuvePratique = Field(
        TypeEpreuvePratique.CIRCULATION,
        description=text_of(CreneauOnWire, "type_epreuve_pratique"),
    )
    date_heure_debut: Local = Field(description=text_of(CreneauOnWire, "date_heure_debut"))
    date_heure_fin: Local | None = Field(
        None,
        description=f"{text_of(CreneauOnWire, 'date_heure_fin')} Par défaut, il dure ce que dure"
        " l'épreuve (`creneau.dureeMinutes`).",
    )
    date_heure_publication: Instant | None = Field(
        None,
        description="Depuis quand il existe pour les auto-écoles ; par défaut, il est déjà publié.",
    )
    numero_inspecteur: Annotated[str, StringConstraints(pattern=r"^[0-9]{1,20}$")] | None = Field(
        None, description=f"{text_of(CreneauOnWire, 'numero_inspecteur')} Par défaut, tiré."
    )
    est_candidat_obligatoire: bool | None = Field(
        None,
        description="S'il faut un candidat pour le réserver ; par défaut, selon le groupe"
        " (`creneau.candidatObligatoire`).",
    )


class ElementPart(Part):
    """Un créneau dans un panier."""

    creneau: RefOrId = Field(description="Le créneau : sa réf ou son identifiant.")
    candidat: RefOrId | None = Field(None, description=text_of(ElementDuPanierOnWire, "candidat"))


class PanierPart(NamedPart):
    """Un panier vivant."""

    employe: RefOrId = Field(
        description=f"{text_of(PanierOnWire, 'employe_auto_ecole_id')} Sa réf ou son identifiant."
    )
    date_heure_creation: Instant | None = Field(
        None, description="Quand il a été ouvert ; par défaut, maintenant."
    )
    date_heure_expiration: Instant | None = Field(
        None,
        description="Quand il disparaît et rend ses créneaux ; par défaut `panier.dureeMinutes`"
        " après l'ouverture.",
    )
    elements: list[ElementPart] = Field(
        default=[], description=text_of(PanierOnWire, "elements_du_panier")
    )


class ResultatPart(Part):
    """Ce que l'inspecteur a saisi."""

    statut: StatutDuResultat = Field(description=text_of(ResultatOnWire, "statut"))
    points: int | None = Field(None, ge=0, le=100, description=text_of(ResultatEntered, "points"))
    date_heure_entree: Instant | None = Field(
        None, description="Quand il l'a saisi ; par défaut, à la fin de l'examen."
    )


class ExamenPart(NamedPart):
    """Un créneau réservé."""

    auto_ecole: RefOrId = Field(
        description="L'auto-école qui l'a réservé : sa réf ou son identifiant."
    )
    creneau: RefOrId = Field(description="Son créneau : sa réf ou son identifiant.")
    candidat: RefOrId | None = Field(None, description=text_of(ExamenOnWire, "candidat"))
    statut: StatutExamen | None = Field(
        None,
        description="`ANNULE` s'il est annulé ; sinon, l'horloge décide entre `PROGRAMME` et"
        " `TERMINE`, quoi qu'il soit écrit.",
    )
    date_heure_reservation: Instant | None = Field(
        None, description="Quand il a été réservé ; par défaut, à la publication du créneau."
    )
    date_heure_annulation: Instant | None = Field(
        None,
        description="Quand il a été annulé ; sans elle, une annulation ne vaut pas de pénalité.",
    )
    resultat: ResultatPart | None = Field(
        None, description="Ce que l'inspecteur a saisi ; par défaut, rien."
    )
    nombre_de_remplacements: int = Field(
        default=0, ge=0, le=1000, description="Combien de fois son candidat a été remplacé."
    )


class CoefficientPart(Part):
    """Combien de places vaut un ETP, dans un département, pour un groupe et un mois."""

    code_departement: CodeDepartement
    groupe_permis: GroupePermis = Field(description=text_of(InformationsSeuil, "groupe_permis"))
    mois: Mois = Field(description=text_of(InformationsSeuil, "mois"))
    valeur: Decimal = Field(
        ge=0,
        le=1000,
        max_digits=10,
        decimal_places=6,
        description=f"{text_of(InformationsSeuil, 'coefficient')} Sans coefficient,"
        " `seuil.coefficientParDefaut`.",
    )


class PrisePart(Part):
    """Ce qu'une auto-école virtuelle prend, ou a pris."""

    creneau: RefOrId = Field(description="Le créneau : sa réf ou son identifiant.")
    numero_auto_ecole: int = Field(
        ge=1, le=1_000, description="Le numéro de l'auto-école virtuelle."
    )
    date_heure: Instant = Field(description="Quand elle le prend.")
    est_faite: bool = Field(default=False, description="Si c'est fait.")


def save_creneaux(parts: Parts[CreneauPart], build: Build, at: Where, limits: Limits) -> None:
    """Put créneaux into the build."""
    for index, part in parts:
        place = (*at, index)
        centre = build.find(build.store.centres, part.centre, (*place, "centre"))
        id_ = build.id_of(part, build.store.creneaux, place)
        debut = part.date_heure_debut
        minutes = minutes_of(part.groupe_permis, part.type_epreuve_pratique, limits)
        fin = part.date_heure_fin or paris.end_of(debut, minutes=minutes)
        if part.date_heure_fin and paris.to_instant(fin) <= paris.to_instant(debut):
            build.problem((*place, "dateHeureFin"), "doit être après le début")
        if centre:
            creneau = Creneau(
                id=id_,
                centre_id=centre.id,
                groupe_permis=part.groupe_permis,
                type_epreuve_pratique=part.type_epreuve_pratique,
                date_heure_debut=debut,
                date_heure_fin=fin,
                date_heure_publication=part.date_heure_publication
                or min(build.now, paris.to_instant(debut)),
                numero_inspecteur=part.numero_inspecteur or inspecteur_of(id_, build.seed),
                est_candidat_obligatoire=part.est_candidat_obligatoire,
            )
            build.add(build.store.creneaux, creneau)
            if part.date_heure_publication is None:
                build.note_published_before(id_)


_MINUTES_A: Final[Mapping[TypeEpreuvePratique, IntegerKey]] = {
    TypeEpreuvePratique.PLATEAU: "creneau.dureeMinutes.A.PLATEAU",
    TypeEpreuvePratique.CIRCULATION: "creneau.dureeMinutes.A.CIRCULATION",
}
_MINUTES: Final[Mapping[GroupePermis, IntegerKey]] = {
    GroupePermis.B: "creneau.dureeMinutes.B",
    GroupePermis.CE: "creneau.dureeMinutes.CE",
}


def minutes_of(groupe: GroupePermis, epreuve: TypeEpreuvePratique, limits: Limits) -> int:
    """How long an épreuve lasts (`creneau.dureeMinutes.…`, rules.md 11.2)."""
    return limits.integer(_MINUTES[groupe] if groupe is not GroupePermis.A else _MINUTES_A[epreuve])


def inspecteur_of(what: str, seed: int) -> str:
    """The pseudonym of an inspector."""
    return str(seeded_random(seed, f"inspecteur/{what}").randrange(1000, 10_000))


def save_examens(parts: Parts[ExamenPart], build: Build, at: Where, limits: Limits) -> None:
    """Put examens into the build; no two may stand on one créneau."""
    store = build.store
    for index, part in parts:
        place = (*at, index)
        auto_ecole = build.find(store.auto_ecoles, part.auto_ecole, (*place, "autoEcole"))
        creneau = build.find(store.creneaux, part.creneau, (*place, "creneau"))
        candidat_id = _candidat_id(part.candidat, build, (*place, "candidat"))
        id_ = build.id_of(part, store.examens, place)
        if creneau and (given := part.resultat):
            complaint = points_complaint(given.statut, given.points, creneau.groupe_permis, limits)
            if complaint:
                build.problem((*place, "resultat", "points"), complaint)
        if auto_ecole and creneau:
            examen = _examen(part, id_, auto_ecole.id, creneau, candidat_id, build)
            if examen.occupies:
                build.hold(creneau.id, id_, (*place, "creneau"))
            build.add(store.examens, examen)


def _examen(
    part: ExamenPart,
    id_: str,
    auto_ecole_id: str,
    creneau: Creneau,
    candidat_id: str | None,
    build: Build,
) -> Examen:
    reservation = part.date_heure_reservation or min(build.now, creneau.date_heure_publication)
    debut, fin = (
        paris.to_instant(local) for local in (creneau.date_heure_debut, creneau.date_heure_fin)
    )
    resultat, entered, annulation = part.resultat, None, part.date_heure_annulation
    if part.statut is StatutExamen.ANNULE:
        annulation = annulation or min(reservation, debut - LONG_BEFORE)
    elif part.statut is not None:
        annulation = None
    if resultat:
        entered = resultat.date_heure_entree or fin
        if resultat.statut is StatutDuResultat.EXAMEN_ANNULE:
            entered = resultat.date_heure_entree or min(build.now, fin)
            annulation = part.date_heure_annulation or entered
    return Examen(
        id=id_,
        auto_ecole_id=auto_ecole_id,
        creneau_id=creneau.id,
        candidat_id=candidat_id,
        date_heure_reservation=reservation,
        date_heure_annulation=annulation,
        resultat=resultat.statut if resultat else None,
        points=resultat.points if resultat else None,
        date_heure_resultat=entered,
        nombre_de_remplacements=part.nombre_de_remplacements,
    )


def save_paniers(parts: Parts[PanierPart], build: Build, at: Where, limits: Limits) -> None:
    """Put paniers into the build; no créneau may be in two, nor in one that an examen stands on."""
    store = build.store
    for index, part in parts:
        place = (*at, index)
        employe = build.find(store.employes, part.employe, (*place, "employe"))
        id_ = build.id_of(part, store.paniers, place)
        creation = part.date_heure_creation or build.now
        if employe:
            panier = Panier(
                id=id_,
                auto_ecole_id=employe.auto_ecole_id,
                employe_id=employe.id,
                date_heure_creation=creation,
                date_heure_expiration=part.date_heure_expiration or expiry_of(creation, limits),
            )
            build.add(store.paniers, panier)
            build.replace_all(store.elements_du_panier, "panier_id", id_)
        for order, element in enumerate(part.elements):
            _save_element(element, id_, build, (*place, "elements", order))


def _save_element(part: ElementPart, panier_id: str, build: Build, at: Where) -> None:
    store = build.store
    creneau = build.find(store.creneaux, part.creneau, (*at, "creneau"))
    candidat_id = _candidat_id(part.candidat, build, (*at, "candidat"))
    if creneau:
        build.hold(creneau.id, panier_id, (*at, "creneau"))
        id_ = build.part_id(store.elements_du_panier, panier_id, creneau.id)
        build.once(store.elements_du_panier, id_, at)
        build.add(
            store.elements_du_panier, ElementDuPanier(id_, panier_id, creneau.id, candidat_id)
        )


def _candidat_id(name: str | None, build: Build, at: Where) -> str | None:
    candidat = build.find(build.store.candidats, name, at) if name is not None else None
    return candidat.id if candidat else None


def save_coefficients(parts: Parts[CoefficientPart], build: Build, at: Where) -> None:
    """Put coefficients into the build, known by what they are about."""
    for index, part in parts:
        about = (part.code_departement, part.groupe_permis, part.mois)
        id_ = build.part_id(build.store.coefficients, *about)
        build.once(build.store.coefficients, id_, (*at, index))
        build.add(build.store.coefficients, Coefficient(id_, *about, part.valeur))


def save_prises(parts: Parts[PrisePart], build: Build, at: Where) -> None:
    """Put what virtual écoles take into the build."""
    for index, part in parts:
        creneau = build.find(build.store.creneaux, part.creneau, (*at, index, "creneau"))
        if creneau:
            prise = Prise(
                f"{creneau.id}/prise",
                creneau.id,
                part.numero_auto_ecole,
                part.date_heure,
                est_faite=part.est_faite,
            )
            build.once(build.store.prises, prise.id, (*at, index))
            build.add(build.store.prises, prise)


def write_prise(prise: Prise, _store: Store, ref: Ref) -> PrisePart:
    """A créneau that a virtual école takes, as a scenario says it."""
    return PrisePart.model_construct(
        creneau=ref(prise.creneau_id) or prise.creneau_id,
        numero_auto_ecole=prise.numero_auto_ecole,
        date_heure=prise.date_heure,
        est_faite=prise.est_faite,
    )


def write_creneau(creneau: Creneau, _store: Store, ref: Ref) -> CreneauPart:
    """A créneau as a scenario says it."""
    return CreneauPart.model_construct(
        ref=ref(creneau.id),
        id=creneau.id,
        centre=ref(creneau.centre_id) or creneau.centre_id,
        groupe_permis=creneau.groupe_permis,
        type_epreuve_pratique=creneau.type_epreuve_pratique,
        date_heure_debut=creneau.date_heure_debut,
        date_heure_fin=creneau.date_heure_fin if _can_be_written(creneau) else None,
        date_heure_publication=creneau.date_heure_publication,
        numero_inspecteur=creneau.numero_inspecteur,
        est_candidat_obligatoire=creneau.est_candidat_obligatoire,
    )


def _can_be_written(creneau: Creneau) -> bool:
    """Whether the end can be read again; without it, it is where the duration says.

    In the hour that autumn doubles it could be taken for the first one, before the beginning; that
    of the very last evening lies in a year that nobody may write.
    """
    debut, fin = creneau.date_heure_debut, creneau.date_heure_fin
    return fin.year <= paris.LAST_YEAR and paris.to_instant(fin) > paris.to_instant(debut)


def write_panier(panier: Panier, store: Store, ref: Ref) -> PanierPart:
    """A panier as a scenario says it."""
    return PanierPart.model_construct(
        ref=ref(panier.id),
        id=panier.id,
        employe=ref(panier.employe_id) or panier.employe_id,
        date_heure_creation=panier.date_heure_creation,
        date_heure_expiration=panier.date_heure_expiration,
        elements=[
            ElementPart.model_construct(
                creneau=ref(element.creneau_id) or element.creneau_id,
                candidat=_named(element.candidat_id, ref),
            )
            for element in store.elements_du_panier.of(panier.id)
        ],
    )


def write_examen(examen: Examen, _store: Store, ref: Ref) -> ExamenPart:
    """An examen as a scenario says it."""
    return ExamenPart.model_construct(
        ref=ref(examen.id),
        id=examen.id,
        auto_ecole=ref(examen.auto_ecole_id) or examen.auto_ecole_id,
        creneau=ref(examen.creneau_id) or examen.creneau_id,
        candidat=_named(examen.candidat_id, ref),
        statut=StatutExamen.ANNULE if examen.est_annule else StatutExamen.PROGRAMME,
        date_heure_reservation=examen.date_heure_reservation,
        date_heure_annulation=examen.date_heure_annulation,
        resultat=ResultatPart.model_construct(
            statut=examen.resultat,
            points=examen.points,
            date_heure_entree=examen.date_heure_resultat,
        )
        if examen.resultat
        else None,
        nombre_de_remplacements=examen.nombre_de_remplacements,
    )


def _named(id_: str | None, ref: Ref) -> str | None:
    return None if id_ is None else ref(id_) or id_


def write_coefficient(coefficient: Coefficient, _store: Store, _ref: Ref) -> CoefficientPart:
    """A coefficient as a scenario says it."""
    return CoefficientPart.model_construct(
        code_departement=coefficient.code_departement,
        groupe_permis=coefficient.groupe_permis,
        mois=coefficient.mois,
        valeur=coefficient.valeur,
    )

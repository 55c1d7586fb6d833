"""Examens in a scenario, from the file to the store and back."""

from datetime import timedelta

from pydantic import Field

from rdv_mock import paris
from rdv_mock.facts.creneau import Creneau
from rdv_mock.facts.enumerations import (
    StatutDuResultat,
    StatutExamen,
)
from rdv_mock.facts.examen import Examen
from rdv_mock.fixtures import Limits
from rdv_mock.rules.examen import points_complaint
from rdv_mock.scenario.base import Instant, NamedPart, Part, Parts, RefOf, RefOrId, part_of, text_of
from rdv_mock.scenario.build import Build
from rdv_mock.scenario.candidats import find_candidat_id
from rdv_mock.scenario.yaml_text import Where
from rdv_mock.store import Store
from rdv_mock.wire.examen import ExamenOnWire, ResultatEntered, ResultatOnWire

LONG_BEFORE = timedelta(days=365)


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


def save_examens(parts: Parts[ExamenPart], build: Build, at: Where, limits: Limits) -> None:
    """Put examens into the build; a créneau has one at most."""
    store = build.store
    for index, part in parts:
        where = (*at, index)
        auto_ecole = build.find(store.auto_ecoles, part.auto_ecole, (*where, "autoEcole"))
        creneau = build.find(store.creneaux, part.creneau, (*where, "creneau"))
        candidat_id = find_candidat_id(part.candidat, build, (*where, "candidat"))
        id_ = build.id_of(part, store.examens, where)
        if creneau and (given := part.resultat):
            complaint = points_complaint(given.statut, given.points, creneau.groupe_permis, limits)
            if complaint:
                build.problem((*where, "resultat", "points"), complaint)
        if auto_ecole and creneau:
            examen = _examen(part, id_, auto_ecole.id, creneau, candidat_id, build)
            if examen.occupies:
                build.hold(creneau.id, id_, (*where, "creneau"))
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


def write_examen(examen: Examen, _store: Store, ref: RefOf) -> ExamenPart:
    """An examen as a scenario says it."""
    resultat = examen.resultat and ResultatPart.model_construct(
        statut=examen.resultat,
        points=examen.points,
        date_heure_entree=examen.date_heure_resultat,
    )
    return part_of(
        examen,
        ExamenPart,
        ref,
        statut=StatutExamen.ANNULE if examen.est_annule else StatutExamen.PROGRAMME,
        resultat=resultat,
    )

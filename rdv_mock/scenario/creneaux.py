"""Créneaux in a scenario, from the file to the store and back."""

from collections.abc import Mapping
from typing import Annotated, Final

from pydantic import Field, StringConstraints

from rdv_mock import paris
from rdv_mock.chance import seeded_random
from rdv_mock.facts.creneau import Creneau
from rdv_mock.facts.enumerations import (
    GroupePermis,
    TypeEpreuvePratique,
)
from rdv_mock.fixtures import Limits
from rdv_mock.limit_keys import IntegerKey
from rdv_mock.scenario.base import Instant, NamedPart, Parts, RefOf, RefOrId, part_of, text_of
from rdv_mock.scenario.build import Build
from rdv_mock.scenario.yaml_text import Where
from rdv_mock.store import Store
from rdv_mock.wire.base import Local
from rdv_mock.wire.creneau import CreneauOnWire


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


def save_creneaux(parts: Parts[CreneauPart], build: Build, at: Where, limits: Limits) -> None:
    """Put créneaux into the build."""
    for index, part in parts:
        where = (*at, index)
        centre = build.find(build.store.centres, part.centre, (*where, "centre"))
        id_ = build.id_of(part, build.store.creneaux, where)
        debut = part.date_heure_debut
        minutes = minutes_of(part.groupe_permis, part.type_epreuve_pratique, limits)
        fin = part.date_heure_fin or paris.end_of(debut, minutes=minutes)
        if part.date_heure_fin and paris.to_instant(fin) <= paris.to_instant(debut):
            build.problem((*where, "dateHeureFin"), "doit être après le début")
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
    """How long an épreuve lasts (`creneau.dureeMinutes.…`, docs/rules/creneau.md#invented)."""
    return limits.integer(_MINUTES[groupe] if groupe is not GroupePermis.A else _MINUTES_A[epreuve])


def inspecteur_of(what: str, seed: int) -> str:
    """The pseudonym of an inspector."""
    return str(seeded_random(seed, f"inspecteur/{what}").randrange(1000, 10_000))


def write_creneau(creneau: Creneau, _store: Store, ref: RefOf) -> CreneauPart:
    """A créneau as a scenario says it."""
    fin = creneau.date_heure_fin if _can_be_written(creneau) else None
    return part_of(creneau, CreneauPart, ref, date_heure_fin=fin)


def _can_be_written(creneau: Creneau) -> bool:
    """Whether the end can be read again; without it, it is where the duration says.

    In the hour that autumn doubles it could be taken for the first one, before the beginning; that
    of the very last evening lies in a year that nobody may write.
    """
    debut, fin = creneau.date_heure_debut, creneau.date_heure_fin
    return fin.year <= paris.LAST_YEAR and paris.to_instant(fin) > paris.to_instant(debut)

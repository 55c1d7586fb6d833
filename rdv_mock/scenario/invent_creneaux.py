"""Centres of the reference data and plausible créneaux, all drawn from the seed."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from rdv_mock import paris
from rdv_mock.chance import seeded_random
from rdv_mock.facts.centre import Centre
from rdv_mock.facts.creneau import Creneau
from rdv_mock.facts.enumerations import (
    GroupePermis,
    TypeEpreuvePratique,
)
from rdv_mock.fixtures import Limits, load
from rdv_mock.rules.nuit_du_calcul import is_ouvre
from rdv_mock.scenario.build import Build
from rdv_mock.scenario.creneaux import inspecteur_of, minutes_of
from rdv_mock.scenario.models import InventPart

MOST_CRENEAUX = 500_000
"""Créneaux that a scenario may ask for, in all its centres together."""
_TURNS = 6
_FIRST_TURN = time(8)
_EPREUVES = {
    GroupePermis.A: (TypeEpreuvePratique.PLATEAU, TypeEpreuvePratique.CIRCULATION),
    GroupePermis.B: (TypeEpreuvePratique.CIRCULATION,),
    GroupePermis.CE: (TypeEpreuvePratique.PLATEAU, TypeEpreuvePratique.CIRCULATION),
}


def invent_centres(count: int, build: Build) -> None:
    """Centres of the reference data, drawn without any twice."""
    if not count:
        return
    draw = seeded_random(build.seed, "centres")
    for number, row in enumerate(draw.sample(load("centres"), count), 1):
        centre = Centre(
            id=build.part_id(build.store.centres, "invent", number),
            nom=row["nom"],
            code_departement=row["codeDepartement"],
            adresse=row["adresse"],
            code_postal=row["codePostal"],
            ville=row["ville"],
            est_ferme=False,
            groupes_permis=tuple(row["groupesPermis"]),
        )
        build.add(build.store.centres, centre)


def invent_creneaux(part: InventPart, build: Build, limits: Limits) -> None:
    """Créneaux of the working days to come, in every centre of the scenario that is open."""
    centres = [centre for centre in build.all(build.store.centres) if not centre.est_ferme]
    if len(centres) * part.creneaux_par_jour * part.jours > MOST_CRENEAUX:
        build.problem(("invent",), f"ferait plus de {MOST_CRENEAUX} créneaux en tout")
        return
    for centre in centres:
        kinds = [
            (GroupePermis(groupe), epreuve)
            for groupe in centre.groupes_permis
            for epreuve in _EPREUVES[GroupePermis(groupe)]
        ]
        for offset in range(part.jours):
            day = paris.day_of(build.now) + timedelta(days=offset + 1)
            if is_ouvre(day):
                _invent_day(centre, day, part.creneaux_par_jour, kinds, build, limits)


def _invent_day(
    centre: Centre,
    day: date,
    count: int,
    kinds: Sequence[tuple[GroupePermis, TypeEpreuvePratique]],
    build: Build,
    limits: Limits,
) -> None:
    """The créneaux of a day; an inspector sees `_TURNS` candidats, then comes the next one.

    Published at `publication.heure`, `publication.joursAvant` days ahead
    (docs/rules/creneau.md#invented).
    """
    store = build.store
    published_on = day - timedelta(days=limits.integer("publication.joursAvant"))
    hour = time.fromisoformat(limits.text("publication.heure"))
    published_at = paris.to_instant(datetime.combine(published_on, hour))
    for first in range(0, count, _TURNS):
        inspecteur = first // _TURNS
        numero = inspecteur_of(f"{centre.id}/{day}/{inspecteur}", build.seed)
        groupe, epreuve = kinds[inspecteur % len(kinds)]
        minutes = minutes_of(groupe, epreuve, limits)
        for turn in range(min(_TURNS, count - first)):
            debut = datetime.combine(day, _FIRST_TURN) + turn * timedelta(minutes=minutes)
            if debut.year > paris.LAST_YEAR or not paris.exists(debut):
                continue
            creneau = Creneau(
                id=build.part_id(store.creneaux, "invent", centre.id, day, first + turn),
                centre_id=centre.id,
                groupe_permis=groupe,
                type_epreuve_pratique=epreuve,
                date_heure_debut=debut,
                date_heure_fin=paris.end_of(debut, minutes=minutes),
                date_heure_publication=published_at,
                numero_inspecteur=numero,
                est_candidat_obligatoire=None,
            )
            build.add(store.creneaux, creneau)

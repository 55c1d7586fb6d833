"""Plausible écoles, candidats, contrats and leçons, all drawn from the seed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random  # noqa: TID251 - the type only; the draws come from chance

from faker import Faker

from rdv_mock import paris
from rdv_mock.chance import seeded_random
from rdv_mock.facts.auto_ecole import AutoEcole, Bureau, Employe, Formateur
from rdv_mock.facts.candidat import Candidat, Demande
from rdv_mock.facts.enumerations import (
    Activite,
    CategorieDuLivret,
    CategoriePermis,
    Role,
    StatutDemande,
    TypeFormation,
    TypeLecon,
)
from rdv_mock.facts.livret import ContratDeFormation, Lecon
from rdv_mock.fixtures import load
from rdv_mock.scenario.base import Build
from rdv_mock.scenario.models import InventPart

_CATEGORIES = (CategorieDuLivret.B,) * 8 + (CategorieDuLivret.A2, CategorieDuLivret.A1)
_FORMATIONS = (TypeFormation.TRADITIONNELLE,) * 6 + (
    TypeFormation.BOITE_AUTOMATIQUE,
    TypeFormation.BOITE_AUTOMATIQUE,
    TypeFormation.AAC,
    TypeFormation.CONDUITE_SUPERVISEE,
)
_HOURS = tuple(range(8, 19))
_DURATIONS = (60, 60, 60, 60, 90, 120)
_DAYS_BACK = 90
_OLDEST_BIRTH = date(1970, 1, 1)
_BIRTH_SPAN_DAYS = 13_500


@dataclass(frozen=True, slots=True)
class _Ecole:
    """An invented école with those who teach there."""

    auto_ecole: AutoEcole
    formateurs: Sequence[Formateur]


def invent(part: InventPart, build: Build) -> None:
    """Add what the scenario asks for to what it describes."""
    fake = Faker("fr_FR")
    fake.seed_instance(build.seed)
    draw = seeded_random(build.seed, "invent")
    ecoles = [
        _invent_auto_ecole(number, part.formateurs_par_auto_ecole, fake, draw, build)
        for number in range(1, part.auto_ecoles + 1)
    ]
    taken: set[tuple[str, datetime]] = set()
    for number in range(1, part.candidats + 1):
        candidat = _invent_candidat(number, fake, draw, build)
        if ecoles:
            for categorie in _categories(part.contrats_par_candidat, draw):
                ecole = draw.choice(ecoles)
                contrat = _invent_contrat(candidat, categorie, ecole, draw, build)
                for order in range(part.lecons_par_contrat if ecole.formateurs else 0):
                    _invent_lecon(contrat, order, ecole, taken, draw, build)


def _invent_auto_ecole(
    number: int, formateurs: int, fake: Faker, draw: Random, build: Build
) -> _Ecole:
    store = build.store
    departement = draw.choice(load_departements())
    code = departement["code"]
    auto_ecole = AutoEcole(
        id=build.part_id(store.auto_ecoles, "invent", number),
        nom=f"Auto-École {fake.last_name()} {number}",
        aurige_id=f"{code}9{number:06}",
        code_departement=code,
        en_ligne=False,
        est_fermee=False,
        email=f"contact@ecole-{number}.test",
        adresse=fake.street_address(),
        code_postal=departement["codePostal"],
        ville=departement["prefecture"],
    )
    build.add(store.auto_ecoles, auto_ecole)
    bureau = Bureau(
        build.part_id(store.bureaux, auto_ecole.id), auto_ecole.id, auto_ecole.ville, code
    )
    build.add(store.bureaux, bureau)
    gerant = Employe(
        id=build.part_id(store.employes, auto_ecole.id),
        auto_ecole_id=auto_ecole.id,
        nom=fake.last_name(),
        prenom=fake.first_name(),
        email=f"gerant@ecole-{number}.test",
        mot_de_passe="gerant",
        role=Role.GERANT,
        bureaux=(),
    )
    build.add(store.employes, gerant)
    formateurs_declares = []
    for order in range(1, formateurs + 1):
        formateur = Formateur(
            id=build.part_id(store.formateurs, auto_ecole.id, order),
            auto_ecole_id=auto_ecole.id,
            nom=fake.last_name(),
            prenom=fake.first_name(),
            numero_autorisation=f"A9{number:05}{order:04}",
            bureau_principal_id=bureau.id,
            bureaux=(bureau.id,),
        )
        build.add(store.formateurs, formateur)
        formateurs_declares.append(formateur)
    return _Ecole(auto_ecole, formateurs_declares)


def _invent_candidat(number: int, fake: Faker, draw: Random, build: Build) -> Candidat:
    candidat = Candidat(
        id=build.part_id(build.store.candidats, "invent", number),
        nom=fake.last_name(),
        prenom=fake.first_name(),
        date_de_naissance=_OLDEST_BIRTH + timedelta(days=draw.randrange(_BIRTH_SPAN_DAYS)),
        numero_dossier=f"9{draw.randrange(10):01}{number:010}",
        email=f"candidat-{number}@exemple.test",
    )
    build.add(build.store.candidats, candidat)
    for order, categorie in enumerate((CategoriePermis.B, CategoriePermis.A2, CategoriePermis.A1)):
        id_ = build.part_id(build.store.demandes, candidat.id, order)
        demande = Demande(id_, candidat.id, categorie, StatutDemande.VALIDEE)
        build.add(build.store.demandes, demande)
    return candidat


def _categories(per_candidat: float, draw: Random) -> Iterator[CategorieDuLivret]:
    """As many different categories as a candidat has contrats, on average `per_candidat`."""
    whole = int(per_candidat)
    count = whole + (draw.random() < per_candidat - whole)
    yield from list(dict.fromkeys(draw.sample(_CATEGORIES, len(_CATEGORIES))))[:count]


def _invent_contrat(
    candidat: Candidat, categorie: CategorieDuLivret, ecole: _Ecole, draw: Random, build: Build
) -> ContratDeFormation:
    contrat = ContratDeFormation(
        id=build.part_id(build.store.contrats_de_formation, candidat.id, categorie),
        auto_ecole_id=ecole.auto_ecole.id,
        bureau_id=None,
        candidat_id=candidat.id,
        categorie_permis=categorie,
        type_formation=draw.choice(_FORMATIONS),
        date_heure_creation=build.now - timedelta(days=_DAYS_BACK + 1),
    )
    build.add(build.store.contrats_de_formation, contrat)
    return contrat


def _invent_lecon(
    contrat: ContratDeFormation,
    order: int,
    ecole: _Ecole,
    taken: set[tuple[str, datetime]],
    draw: Random,
    build: Build,
) -> None:
    """A leçon of the last ninety days, at an hour at which formateur and élève are still free.

    When a few draws find none, the leçon falls out: a day has only so many hours.
    """
    for _ in range(8):
        numero = draw.choice(ecole.formateurs).numero_autorisation
        day = paris.day_of(build.now) - timedelta(days=draw.randrange(1, _DAYS_BACK))
        minutes = draw.choice(_DURATIONS)
        debut = datetime.combine(day, time(draw.choice(_HOURS)))
        hours = {
            (who, debut + timedelta(hours=hour))
            for who in (numero, contrat.candidat_id)
            for hour in range((minutes + 59) // 60)
        }
        if taken.isdisjoint(hours):
            break
    else:
        return
    taken.update(hours)
    lecon = Lecon(
        id=build.part_id(build.store.lecons, contrat.id, order),
        contrat_id=contrat.id,
        type=TypeLecon.CIRCULATION,
        activite=Activite.LECON,
        date_heure_debut=debut,
        duree_en_minutes=minutes,
        numero_autorisation=numero,
        date_heure_reception=paris.to_instant(paris.end_of(debut, minutes=minutes)),
    )
    build.add(build.store.lecons, lecon)


def load_departements() -> list[dict[str, str]]:
    """The départements of the reference data."""
    departements: list[dict[str, str]] = load("departements")
    return departements

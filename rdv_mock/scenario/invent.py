"""Plausible écoles, candidats, contrats and leçons, all drawn from the seed."""

from collections import defaultdict
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from math import ceil
from random import Random  # noqa: TID251 - the type only; the draws come from chance
from typing import TYPE_CHECKING

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
from rdv_mock.fixtures import Limits, load
from rdv_mock.rules.nuit_du_calcul import is_ouvre
from rdv_mock.scenario.build import Build
from rdv_mock.scenario.invent_creneaux import invent_centres, invent_creneaux
from rdv_mock.scenario.models import InventPart

if TYPE_CHECKING:
    from faker import Faker

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
_BEGINNINGS = (time(8), time(10), time(14), time(16))
_MINUTES = 120
_DAYS_LEFT_FREE = 2
"""The eve and the day before it: leçons declared by hand should not overlap with invented ones."""
_OLDEST_BIRTH = date(1970, 1, 1)
_BIRTH_SPAN_DAYS = 13_500


@dataclass(frozen=True, slots=True)
class _Ecole:
    """An invented école with those who teach there."""

    auto_ecole: AutoEcole
    formateurs: Sequence[Formateur]


class _FreeHours:
    """Who is free when, in the last ninety days: one bit for each hour that is taken."""

    def __init__(self, today: date) -> None:
        self._days = [today - timedelta(days=back) for back in range(_DAYS_BACK)]
        self._taken: dict[str, int] = defaultdict(int)

    def start_of(self, days_back: int, hour: int) -> datetime:
        """The Paris wall time of an hour."""
        return datetime.combine(self._days[days_back], time(hour))

    def take(self, people: Sequence[str], days_back: int, hour: int, minutes: int) -> bool:
        """Take the hours that a leçon touches, if all of them are free for everyone."""
        hours = (1 << (minutes + 59) // 60) - 1 << days_back * 24 + hour
        if any(self._taken[who] & hours for who in people):
            return False
        for who in people:
            self._taken[who] |= hours
        return True


def invent(part: InventPart, build: Build, limits: Limits) -> None:
    """Add what the scenario asks for to what it describes."""
    invent_centres(part.centres, build)
    invent_creneaux(part, build, limits)
    if part.heures_par_contrat:
        _invent_hours(part.heures_par_contrat, build)
    if part.auto_ecoles or part.candidats:
        _invent_people(part, build)


def _invent_people(part: InventPart, build: Build) -> None:
    from faker import Faker  # noqa: PLC0415 - slow to load, and most scenarios name their people

    fake = Faker("fr_FR")
    fake.seed_instance(build.seed)
    draw = seeded_random(build.seed, "invent")
    ecoles = [
        _invent_auto_ecole(number, part.formateurs_par_auto_ecole, fake, draw, build)
        for number in range(1, part.auto_ecoles + 1)
    ]
    free = _FreeHours(paris.day_of(build.now))
    for number in range(1, part.candidats + 1):
        candidat = _invent_candidat(number, fake, draw, build)
        if ecoles:
            for categorie in _categories(part.contrats_par_candidat, draw):
                ecole = draw.choice(ecoles)
                contrat = _invent_contrat(candidat, categorie, ecole, draw, build)
                for order in range(part.lecons_par_contrat if ecole.formateurs else 0):
                    _invent_lecon(contrat, order, ecole, free, draw, build)


def _invent_auto_ecole(
    number: int, formateurs: int, fake: "Faker", draw: Random, build: Build
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


def _invent_candidat(number: int, fake: "Faker", draw: Random, build: Build) -> Candidat:
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
    free: _FreeHours,
    draw: Random,
    build: Build,
) -> None:
    """A leçon of the last ninety days, at an hour at which formateur and élève are still free.

    When a few draws find none, the leçon falls out: the hours of a day are few.
    """
    for _ in range(8):
        numero = draw.choice(ecole.formateurs).numero_autorisation
        days_back = draw.randrange(1, _DAYS_BACK)
        minutes = draw.choice(_DURATIONS)
        hour = draw.choice(_HOURS)
        if free.take((numero, contrat.candidat_id), days_back, hour, minutes):
            break
    else:
        return
    _add_lecon(contrat, order, free.start_of(days_back, hour), minutes, numero, build)


def _invent_hours(hours: int, build: Build) -> None:
    """Leçons of two hours, up to `hours`, on the contrats B that are described without any.

    The formateurs of their école take turns, those with a bureau principal alone: the others' hours
    never count. Nobody is taken on a day on which the file describes a leçon of his.
    """
    store = build.store
    described = list(build.all(store.lecons))
    contrats = {contrat.id: contrat for contrat in build.all(store.contrats_de_formation)}
    taken = {
        (who, lecon.date_heure_debut.date())
        for lecon in described
        for who in (lecon.numero_autorisation, contrats[lecon.contrat_id].candidat_id)
    }
    busy = {lecon.contrat_id for lecon in described}
    waiting: dict[str, list[ContratDeFormation]] = defaultdict(list)
    for contrat in contrats.values():
        if contrat.id not in busy and contrat.categorie_permis is CategorieDuLivret.B:
            waiting[contrat.auto_ecole_id].append(contrat)
    for auto_ecole_id, of_ecole in waiting.items():
        formateurs = [
            one.numero_autorisation
            for one in build.all(store.formateurs)
            if one.auto_ecole_id == auto_ecole_id and one.bureau_principal_id
        ]
        if formateurs:
            _fill_days(of_ecole, formateurs, hours, taken, build)


def _fill_days(
    contrats: Sequence[ContratDeFormation],
    formateurs: Sequence[str],
    hours: int,
    taken: Set[tuple[str, date]],
    build: Build,
) -> None:
    """Give each contrat its hours, one leçon a day at most, spread over the working days.

    A day that is full leaves to the next one what it could not take.
    """
    today = paris.day_of(build.now)
    all_days = [today - timedelta(days=back) for back in range(_DAYS_BACK, _DAYS_LEFT_FREE, -1)]
    days = [day for day in all_days if is_ouvre(day)]
    due = _due_by_day(contrats, days, ceil(hours * 60 / _MINUTES))
    waiting: list[ContratDeFormation] = []
    given: dict[str, int] = defaultdict(int)
    for number, day in enumerate(days):
        waiting += due[day]
        turn = number % len(formateurs)
        free = [
            (begin, formateur)
            for begin in _BEGINNINGS
            for formateur in (*formateurs[turn:], *formateurs[:turn])
            if (formateur, day) not in taken
        ]
        left, there = [], set[str]()
        for contrat in waiting:
            is_full = len(there) == len(free)
            if is_full or contrat.id in there or (contrat.candidat_id, day) in taken:
                left.append(contrat)
                continue
            begin, formateur = free[len(there)]
            there.add(contrat.id)
            given[contrat.id] += 1
            debut = datetime.combine(day, begin)
            _add_lecon(contrat, given[contrat.id], debut, _MINUTES, formateur, build)
        waiting = left


def _due_by_day(
    contrats: Sequence[ContratDeFormation], days: Sequence[date], wanted: int
) -> dict[date, list[ContratDeFormation]]:
    """On which days each contrat has a leçon, evenly from the day after it was made."""
    due: dict[date, list[ContratDeFormation]] = defaultdict(list)
    for number, contrat in enumerate(contrats):
        made_on = paris.day_of(contrat.date_heure_creation)
        own = [day for day in days if day > made_on]
        for order in range(wanted if own else 0):
            due[own[int((order + number / len(contrats)) * len(own) / wanted)]].append(contrat)
    return due


def _add_lecon(
    contrat: ContratDeFormation,
    order: int,
    debut: datetime,
    minutes: int,
    numero_autorisation: str,
    build: Build,
) -> None:
    """A leçon on the road, from a Paris wall time on, received when it ends."""
    lecon = Lecon(
        id=build.part_id(build.store.lecons, contrat.id, order),
        contrat_id=contrat.id,
        type=TypeLecon.CIRCULATION,
        activite=Activite.LECON,
        date_heure_debut=debut,
        duree_en_minutes=minutes,
        numero_autorisation=numero_autorisation,
        date_heure_reception=_instant_of(debut) + timedelta(minutes=minutes),
    )
    build.add(build.store.lecons, lecon)


_instant_of = lru_cache(maxsize=4_096)(paris.to_instant)


def load_departements() -> list[dict[str, str]]:
    """The départements of the reference data."""
    departements: list[dict[str, str]] = load("departements")
    return departements

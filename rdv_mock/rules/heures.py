"""Which hours count, for whom, and why not (docs/rules/heures.md).

An école is judged once over both groupes: overlaps, courses and the ceiling of theory cross them.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from rdv_mock import paris
from rdv_mock.facts.enumerations import Activite, MotifDExclusion, TypeLecon
from rdv_mock.facts.etp import (
    MINUTES_PER_HOUR,
    AutoEcoleLue,
    AutonomieComptee,
    Credited,
    LeconLue,
    Periode,
    Verdict,
)
from rdv_mock.fixtures import Limits
from rdv_mock.rules.bail import spans_of
from rdv_mock.rules.bareme import CATEGORIES_MOTO, bareme_of
from rdv_mock.rules.credited import AuthorisationNumbers, Number
from rdv_mock.rules.lecon import durees_of

_SECONDS_PER_MINUTE = 60

Outcome = tuple[MotifDExclusion | None, int, LeconLue | None]
"""Why not all of a leçon counts, the minutes that do, and the leçon that overlaps it."""


def judge(
    lecons: Iterable[LeconLue],
    ecole: AutoEcoleLue,
    periode: Periode,
    limits: Limits,
    *,
    autonomies: Iterable[AutonomieComptee] = (),
) -> list[Verdict]:
    """What a night makes of each leçon of an école, in order of start, reception and arrival.

    All leçons of the period have to be among them, those of both groupes; others may be. Starts and
    ends are compared on the time line: a change of hour neither makes nor hides an overlap.

    `autonomies` is what earlier nights counted alone on a simulator, in any months. Three nights
    look at each leçon, but the five hours are used up once, by what a night counted
    (docs/rules/heures.md#simulator): a leçon that one night has counted counts for as much in the
    next, and what is left goes to those that no night has counted yet, in order of start. What is
    used up stays so, even when its leçon has left the period or would not count any more.
    """
    bareme, numbers = bareme_of(limits), AuthorisationNumbers(ecole, limits)
    night, counter = _Night(ecole, periode, limits), _Counter(limits, autonomies)
    in_order = sorted(
        (paris.seconds(lecon.date_heure_debut), lecon.date_heure_reception, lecon.rang, lecon)
        for lecon in lecons
    )
    verdicts = []
    for start, _, _, lecon in in_order:
        contrat = lecon.contrat
        number = numbers.number(lecon.numero_autorisation, contrat.bureau_id)
        is_theorie = _is_theorie(lecon, number)
        coefficient, weight = bareme.rate_of(contrat, is_theorie=is_theorie)
        motif, minutes, autre = night.exclusion(lecon, number), 0, None
        if motif is None:
            motif, minutes, autre = counter.count(lecon, start, number, is_theorie=is_theorie)
        credited = number.credited if minutes else None
        units = minutes * weight
        verdicts.append(Verdict(lecon, motif, coefficient, minutes, units, credited, autre))
    return verdicts


def autonomies_of(
    verdicts: Iterable[Verdict], earlier: Iterable[AutonomieComptee] = ()
) -> list[AutonomieComptee]:
    """What a night uses up of the five hours alone on a simulator, and no `earlier` one had."""
    used = _minutes_by_lecon(earlier)
    return [
        AutonomieComptee(lecon.id, lecon.contrat.candidat_id, minutes)
        for lecon, minutes in (
            (verdict.lecon, verdict.minutes - used.get(verdict.lecon.id, 0))
            for verdict in verdicts
            if verdict.credited and verdict.credited.formateur_id is None
        )
        if minutes > 0
    ]


def _minutes_by_lecon(autonomies: Iterable[AutonomieComptee]) -> Mapping[str, int]:
    minutes: dict[str, int] = defaultdict(int)
    for autonomie in autonomies:
        minutes[autonomie.lecon_id] += autonomie.minutes
    return minutes


def _is_theorie(lecon: LeconLue, number: Number) -> bool:
    """Theory by its type or by its activite, which is ignored alone on a simulator.

    See docs/rules/heures.md.
    """
    if number.alone:
        return False
    return lecon.type is TypeLecon.THEORIQUE or lecon.activite is not Activite.LECON


class _Night:
    """What the reasons 1 to 9 look at, made ready for many leçons."""

    def __init__(self, ecole: AutoEcoleLue, periode: Periode, limits: Limits) -> None:
        self.nuit, self.debut, self.fin = periode.nuit, periode.debut, periode.fin
        durees = ((one, durees_of(one, limits)) for one in TypeLecon)
        self.durees = {one: range(least, most + 1) for one, (least, most) in durees}
        self._baux = ecole.baux
        self._first_bail = min((one.bail.debut for one in ecole.baux), default=None)
        self._spans: dict[str | None, Sequence[datetime]] = {}

    def exclusion(self, lecon: LeconLue, number: Number) -> MotifDExclusion | None:
        """The first of the reasons that a leçon has in itself, 1 to 9.

        See docs/rules/heures.md#reasons.
        """
        contrat = lecon.contrat
        motif = None
        if not self.debut <= lecon.date_heure_debut < self.fin:
            motif = MotifDExclusion.HORS_PERIODE
        elif lecon.date_heure_reception > self.nuit:
            motif = MotifDExclusion.RECEPTION_TARDIVE
        elif lecon.duree_en_minutes not in self.durees[lecon.type]:
            motif = MotifDExclusion.DUREE_HORS_LIMITES
        elif not contrat.demande_validee:
            motif = MotifDExclusion.SANS_DEMANDE_ACTIVE
        elif number.motif is MotifDExclusion.FORMATEUR_NON_DECLARE:
            motif = number.motif
        elif _is_incompatible(lecon, number):
            motif = MotifDExclusion.TYPE_INCOMPATIBLE
        elif number.motif:
            motif = number.motif
        elif not self.was_connected(contrat.bureau_id, lecon.date_heure_reception):
            motif = MotifDExclusion.BAIL_EXPIRE
        return motif

    def was_connected(self, bureau_id: str | None, reception: datetime) -> bool:
        """Whether a bail covered a bureau at an instant, or none was opened yet.

        See docs/rules/bail.md#bureaux.
        """
        if self._first_bail is None or reception < self._first_bail:
            return True
        spans = self._spans.get(bureau_id)
        if spans is None:
            spans = self._spans[bureau_id] = spans_of(self._baux, bureau_id)
        return bisect_right(spans, reception) % 2 == 1


def _is_incompatible(lecon: LeconLue, number: Number) -> bool:
    if lecon.type is TypeLecon.SIMULATEUR:
        return lecon.contrat.categorie_permis in CATEGORIES_MOTO
    return number.alone


@dataclass(slots=True)
class _Course:
    """Leçons of one number that were kept together: they begin, end and are of a kind together.

    `kind` is None where nobody may join; start and end are seconds on the time line.
    """

    first: LeconLue
    start: int
    end: int
    kind: TypeLecon | None
    size: int = 1


class _Counter:
    """The reasons 10 to 14, which depend on the leçons counted before."""

    def __init__(self, limits: Limits, autonomies: Iterable[AutonomieComptee]) -> None:
        self._generique = limits.text("numeroAutorisation.generique")
        self._courses: dict[str, _Course] = {}
        self._groups = {
            TypeLecon.CIRCULATION: limits.integer("etp.groupeMoto.CIRCULATION"),
            TypeLecon.PLATEAU: limits.integer("etp.groupeMoto.PLATEAU"),
        }
        plafond = limits.integer("etp.plafondTheorieHeures") * MINUTES_PER_HOUR
        self._theorie_left: dict[tuple[Credited | None, int, int], int] = defaultdict(
            lambda: plafond
        )
        autonomies = list(autonomies)
        alone = limits.integer("etp.simulateurAutonomieHeures") * MINUTES_PER_HOUR
        self._alone_left: dict[str, int] = defaultdict(lambda: alone)
        self._alone_before = _minutes_by_lecon(autonomies)
        for autonomie in autonomies:
            self._alone_left[autonomie.candidat_id] -= autonomie.minutes

    def count(self, lecon: LeconLue, start: int, number: Number, *, is_theorie: bool) -> Outcome:
        """The minutes that count of a leçon which has nothing against it in itself."""
        is_moto = lecon.contrat.categorie_permis in CATEGORIES_MOTO
        kind = TypeLecon.THEORIQUE if is_theorie else lecon.type if is_moto else None
        place, first = self._place(lecon, start, kind)
        if place == 0:
            return MotifDExclusion.CHEVAUCHEMENT, 0, first
        if number.alone:
            return self._count_alone(lecon)
        if is_theorie:
            if place > 1:
                return MotifDExclusion.THEORIE_DEJA_COMPTEE, 0, first
            return self._count_theorie(lecon, number.credited)
        if is_moto and place > self._groups[lecon.type]:
            return MotifDExclusion.GROUPE_TROP_GRAND, 0, first
        return None, lecon.duree_en_minutes, None

    def _place(
        self, lecon: LeconLue, start: int, kind: TypeLecon | None
    ) -> tuple[int, LeconLue | None]:
        """Which one a leçon is of those given together, 0 if it overlaps one kept.

        Leçons kept do not intersect, so only the last one can overlap.

        See docs/rules/heures.md#overlap.
        """
        numero = lecon.numero_autorisation
        if numero == self._generique:
            return 1, None
        end = start + lecon.duree_en_minutes * _SECONDS_PER_MINUTE
        last = self._courses.get(numero)
        if last is None or start >= last.end:
            self._courses[numero] = _Course(lecon, start, end, kind)
            return 1, None
        if kind is None or (kind, start, end) != (last.kind, last.start, last.end):
            return 0, last.first
        last.size += 1
        return last.size, last.first

    def _count_theorie(self, lecon: LeconLue, credited: Credited | None) -> Outcome:
        """What the ceiling of the formateur and the month leaves, in real time.

        See docs/rules/heures.md#theory.
        """
        debut = lecon.date_heure_debut
        left = self._theorie_left[credited, debut.year, debut.month]
        minutes = min(lecon.duree_en_minutes, left)
        self._theorie_left[credited, debut.year, debut.month] = left - minutes
        if minutes < lecon.duree_en_minutes:
            return MotifDExclusion.PLAFOND_THEORIE, minutes, None
        return None, minutes, None

    def _count_alone(self, lecon: LeconLue) -> Outcome:
        """What an earlier night counted, and more as far as the five hours go.

        See docs/rules/heures.md#simulator.
        """
        candidat_id = lecon.contrat.candidat_id
        before = self._alone_before.get(lecon.id, 0)
        minutes = min(lecon.duree_en_minutes, before + max(0, self._alone_left[candidat_id]))
        self._alone_left[candidat_id] -= max(0, minutes - before)
        if minutes < lecon.duree_en_minutes:
            return MotifDExclusion.SIMULATEUR_AUTONOMIE_DEPASSEE, minutes, None
        return None, minutes, None

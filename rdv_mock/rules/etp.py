"""The ETP of an école: what a night finds, and what holds in a month (docs/rules/etp.md)."""

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence, Set
from decimal import Decimal
from typing import TypeVar

from rdv_mock import paris
from rdv_mock.facts.auto_ecole import Declaration
from rdv_mock.facts.enumerations import (
    CategorieDuLivret,
    GroupeDuLivret,
    GroupePermis,
    MotifDExclusion,
    OrigineEtp,
    StatutDuResultat,
)
from rdv_mock.facts.etp import (
    MINUTES_PER_HOUR,
    Accompagnement,
    AutoEcoleLue,
    AutonomieComptee,
    Calcul,
    Credited,
    EtpDuGroupe,
    ExamenLu,
    LeconLue,
    PartEtp,
    Periode,
    Verdict,
)
from rdv_mock.fixtures import Limits
from rdv_mock.rules.bareme import ACCOMPAGNEMENT, Bareme, bareme_of
from rdv_mock.rules.credited import AuthorisationNumbers
from rdv_mock.rules.heures import judge

T = TypeVar("T")


def calculate(
    lecons: Iterable[LeconLue],
    examens: Iterable[ExamenLu],
    ecole: AutoEcoleLue,
    periode: Periode,
    limits: Limits,
    *,
    autonomies: Iterable[AutonomieComptee] = (),
) -> Calcul:
    """What a night finds for an école, both groupes at once (docs/rules/etp.md).

    `lecons` and `autonomies` are those that `judge` wants, `examens` those of the école for groupes
    A and B; those of other months are passed over.
    """
    bareme, numbers = bareme_of(limits), AuthorisationNumbers(ecole, limits)
    verdicts = judge(lecons, ecole, periode, limits, autonomies=autonomies)
    accompagnements = list(_accompany(examens, verdicts, ecole, periode, limits))
    units = _units_of(verdicts, accompagnements, bareme)

    def part(credited: Credited, groupe: GroupeDuLivret) -> PartEtp:
        gathered = units.get((groupe, credited), 0)
        heures = Decimal(gathered) / bareme.units_per_hour
        return PartEtp(credited, heures, etp_of_units(gathered, bareme, limits))

    groupes = {
        groupe: EtpDuGroupe(
            [
                part(credited, groupe)
                for credited in numbers
                if credited != numbers.generique or (groupe, credited) in units
            ]
        )
        for groupe in GroupeDuLivret
    }
    return Calcul(verdicts, accompagnements, groupes)


def _accompany(
    examens: Iterable[ExamenLu],
    verdicts: Iterable[Verdict],
    ecole: AutoEcoleLue,
    periode: Periode,
    limits: Limits,
) -> Iterator[Accompagnement]:
    """The examens of the period with a result, absences included (docs/rules/etp.md#accompaniment).

    The one who bears them gave the last leçon of the candidat that counts and begins before the
    examen, in the same period and groupe; one alone on a simulator names nobody
    (docs/rules/etp.md#accompaniment). Failing that it is the first declared formateur who has a
    bureau principal, failing that nobody: no hours.
    """
    held = [
        examen
        for examen in examens
        if periode.debut <= examen.date_heure_debut < periode.fin
        and examen.resultat not in {None, StatutDuResultat.EXAMEN_ANNULE}
    ]
    taught = _taught_to({examen.candidat_id for examen in held}, verdicts)
    first = AuthorisationNumbers(ecole, limits).first_formateur()
    for examen in sorted(held, key=lambda examen: (examen.date_heure_debut, examen.id)):
        start = paris.seconds(examen.date_heure_debut)
        lecons = taught.get((examen.candidat_id, examen.groupe_permis), ())
        last = next((one for begin, one in reversed(lecons) if begin < start), first)
        heures = limits.decimal(ACCOMPAGNEMENT[examen.groupe_permis])
        yield Accompagnement(examen.id, examen.groupe_permis, last, heures if last else Decimal(0))


def _taught_to(
    candidats: Set[str | None], verdicts: Iterable[Verdict]
) -> Mapping[tuple[str | None, GroupeDuLivret], Sequence[tuple[int, Credited]]]:
    """When a formateur taught these candidats, on the time line, and who; in order."""
    taught: dict[tuple[str | None, GroupeDuLivret], list[tuple[int, Credited]]] = defaultdict(list)
    for lecon, credited in ((verdict.lecon, verdict.credited) for verdict in verdicts):
        if lecon.contrat.candidat_id in candidats and credited and credited.formateur_id:
            key = (lecon.contrat.candidat_id, lecon.contrat.categorie_permis.groupe)
            taught[key].append((paris.seconds(lecon.date_heure_debut), credited))
    return taught


def _units_of(
    verdicts: Iterable[Verdict], accompagnements: Iterable[Accompagnement], bareme: Bareme
) -> Mapping[tuple[GroupeDuLivret, Credited], int]:
    """What everyone gathers for each groupe, in units of the barème."""
    by_categorie: dict[tuple[CategorieDuLivret, Credited], int] = defaultdict(int)
    for verdict in verdicts:
        if verdict.credited:
            by_categorie[verdict.lecon.contrat.categorie_permis, verdict.credited] += verdict.units
    units: dict[tuple[GroupeDuLivret, Credited], int] = defaultdict(int)
    for (categorie, credited), sum_of_categorie in by_categorie.items():
        units[categorie.groupe, credited] += sum_of_categorie
    for one in accompagnements:
        if one.credited:
            rate = bareme.accompagnement[one.groupe_permis]
            units[one.groupe_permis, one.credited] += rate.weight * MINUTES_PER_HOUR
    return units


def etp_of_units(units: int, bareme: Bareme, limits: Limits) -> Decimal:
    """Hours over the months of the period over those of a full-time job, rounded half up.

    Source: docs/rules/etp.md#formula (`press`; one decimal is `official`). Exact: whole numbers
    only.
    """
    months = limits.integer("etp.moisGlissants")
    decimals = limits.integer("etp.decimales")
    hours, parts = limits.decimal("etp.baseMensuelle").as_integer_ratio()
    above = units * parts * 10**decimals
    below = bareme.units_per_hour * months * hours
    return Decimal((2 * above + below) // (2 * below)).scaleb(-decimals)


def has_lecon(verdicts: Iterable[Verdict], groupe: GroupeDuLivret) -> bool:
    """Whether a leçon of a groupe lies in the period, counted or not.

    A night before the world's beginning has a result only then
    (docs/rules/nuit_du_calcul.md#replay, `inferred`).
    """
    return any(
        verdict.motif is not MotifDExclusion.HORS_PERIODE
        and verdict.lecon.contrat.categorie_permis.groupe is groupe
        for verdict in verdicts
    )


def declared_etp(
    declarations: Iterable[Declaration], groupe: GroupePermis
) -> Mapping[str, Decimal]:
    """What the formateurs that an école has declared for a groupe make, by département."""
    return {
        one.code_departement: Decimal(one.nombre_de_formateurs)
        for one in declarations
        if one.groupe_permis is groupe
    }


def holding(
    mois: str, given: Mapping[str, T], results: Mapping[str, T], limits: Limits
) -> T | None:
    """What holds in a month of effect, for one école and groupe; None where the ETP is 0.

    `given` are the values of the scenario, `results` those of the nights that are past, both by
    month of effect. A value given goes before a result; where there is neither it is that of the
    month before, over twelve months at most (`etp.reportMois`, docs/rules/etp.md#in-force,
    `inferred`).
    """
    found = origin_of(mois, given, results, limits)
    if found is None:
        return None
    earlier, origine = found
    return (given if origine is OrigineEtp.SCENARIO else results)[earlier]


def origin_of(
    mois: str, given: Container[str], results: Container[str], limits: Limits
) -> tuple[str, OrigineEtp] | None:
    """For which month what holds was given or found, and which of the two."""
    for months in range(limits.integer("etp.reportMois") + 1):
        earlier = paris.add_months(mois, -months)
        if earlier in given:
            return earlier, OrigineEtp.SCENARIO
        if earlier in results:
            return earlier, OrigineEtp.CALCUL
    return None

"""What a calculation night reads of an école, and what it finds.

The records of which there are a million are named tuples: they cost a third of a dataclass.

See docs/rules/heures.md and docs/rules/etp.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from rdv_mock.facts.access import Bail
from rdv_mock.facts.auto_ecole import Bureau, Employe, Formateur, Simulateur
from rdv_mock.facts.enumerations import (
    Activite,
    CategorieDuLivret,
    GroupeDuLivret,
    MotifDExclusion,
    OrigineEtp,
    StatutDuResultat,
    TypeFormation,
    TypeLecon,
)

MINUTES_PER_HOUR = 60


class ContratLu(NamedTuple):
    """A contrat as a night reads it.

    `demande_validee`: whether the élève has a demande VALIDEE for this category in that night.
    """

    id: str
    candidat_id: str
    bureau_id: str | None
    categorie_permis: CategorieDuLivret
    type_formation: TypeFormation
    demande_validee: bool


class LeconLue(NamedTuple):
    """A leçon as a night reads it.

    `date_heure_debut` is Paris wall time, `date_heure_reception` an instant, the duration is in
    minutes; `rang` orders by arrival what was received at the same instant
    (docs/rules/heures.md#ties).
    """

    id: str
    contrat: ContratLu
    type: TypeLecon
    activite: Activite
    date_heure_debut: datetime
    duree_en_minutes: int
    numero_autorisation: str
    date_heure_reception: datetime
    rang: int


@dataclass(frozen=True, slots=True)
class ExamenLu:
    """An examen as a night reads it; `date_heure_debut` is Paris wall time.

    `resultat`: the one that is visible in that night (docs/rules/examen.md#result), None before.
    """

    id: str
    candidat_id: str | None
    groupe_permis: GroupeDuLivret
    date_heure_debut: datetime
    resultat: StatutDuResultat | None


@dataclass(frozen=True, slots=True)
class BailLu:
    """A bail of an école, ended or not, and the employé who opened it.

    See docs/rules/bail.md#bureaux.
    """

    bail: Bail
    employe: Employe


@dataclass(frozen=True, slots=True)
class AutoEcoleLue:
    """An école as a night reads it; its formateurs in the order in which they were declared."""

    code_departement: str
    bureaux: Sequence[Bureau]
    formateurs: Sequence[Formateur]
    simulateurs: Sequence[Simulateur]
    baux: Sequence[BailLu]


@dataclass(frozen=True, slots=True)
class Periode:
    """A night, as an instant, and the full months before it, in Paris wall time, `fin` excluded."""

    nuit: datetime
    debut: datetime
    fin: datetime


class Credited(NamedTuple):
    """A formateur or simulator that hours are credited to; a simulator has no `formateur_id`."""

    numero_autorisation: str
    formateur_id: str | None
    code_departement: str


class AutonomieComptee(NamedTuple):
    """Minutes that a leçon alone on a simulator has used up of its élève's five hours."""

    lecon_id: str
    candidat_id: str
    minutes: int


class Verdict(NamedTuple):
    """What a night makes of a leçon.

    `minutes` are the real ones that count: all, a part (with a motif), or none. `units` are they
    times the coefficient, in the whole units of the barème, so that sums stay exact. `autre` is the
    leçon kept before this one that overlaps it, fills its group or bears its course.
    """

    lecon: LeconLue
    motif: MotifDExclusion | None
    coefficient: Decimal
    minutes: int
    units: int
    credited: Credited | None
    autre: LeconLue | None

    @property
    def heures(self) -> Decimal:
        """The hours counted, coefficient included, unrounded."""
        return self.minutes * self.coefficient / MINUTES_PER_HOUR


@dataclass(frozen=True, slots=True)
class Accompagnement:
    """An examen to which an élève was accompanied, with the hours credited for it."""

    examen_id: str
    groupe_permis: GroupeDuLivret
    credited: Credited | None
    heures: Decimal


@dataclass(frozen=True, slots=True)
class PartEtp:
    """What one formateur or simulator brings to a groupe: hours unrounded, ETP rounded."""

    credited: Credited
    heures: Decimal
    etp: Decimal


@dataclass(frozen=True, slots=True)
class EtpDuGroupe:
    """The ETP of an école for one groupe: each declared formateur and simulator has a part."""

    parts: Sequence[PartEtp]

    @property
    def etp(self) -> Decimal:
        """The sum of the rounded values, so that it adds up (docs/rules/etp.md#formula)."""
        return sum((part.etp for part in self.parts), Decimal(0))

    @property
    def by_departement(self) -> Mapping[str, Decimal]:
        """The ETP by département (docs/rules/etp.md#where)."""
        etp: dict[str, Decimal] = {}
        for part in self.parts:
            code = part.credited.code_departement
            etp[code] = etp.get(code, Decimal(0)) + part.etp
        return etp


@dataclass(frozen=True, slots=True)
class Calcul:
    """What one night finds for one école; verdicts by start, reception, arrival."""

    verdicts: Sequence[Verdict]
    accompagnements: Sequence[Accompagnement]
    groupes: Mapping[GroupeDuLivret, EtpDuGroupe]


@dataclass(frozen=True, slots=True)
class EtpCalcule:
    """What a night has found for an école and groupe, for a month of effect."""

    id: str
    auto_ecole_id: str
    groupe_permis: GroupeDuLivret
    mois: str
    date_heure_calcul: datetime


@dataclass(frozen=True, slots=True)
class PartCalculee:
    """What a formateur or simulator (no `formateur_id`) brought to it; `etp` is rounded."""

    id: str
    etp_calcule_id: str
    numero_autorisation: str
    formateur_id: str | None
    code_departement: str
    etp: Decimal


@dataclass(frozen=True, slots=True)
class AutonomieEnregistree:
    """Minutes alone on a simulator that a night has counted of a leçon, once and for all."""

    id: str
    auto_ecole_id: str
    lecon_id: str
    minutes: int
    date_heure_calcul: datetime


@dataclass(frozen=True, slots=True)
class EtpEnVigueur:
    """The ETP of an école in a month: given by the scenario, or found by a night.

    `parts` are those of the night that holds, whether its sum does or a given value goes before it.
    `mois` is the month for which it was given or found, perhaps an earlier one; without `origine`
    nothing was.
    """

    by_departement: Mapping[str, Decimal]
    parts: Sequence[PartCalculee]
    origine: OrigineEtp | None = None
    mois: str | None = None

    @property
    def total(self) -> Decimal:
        """The ETP of all départements."""
        return sum(self.by_departement.values(), Decimal(0))

    @property
    def by_formateur(self) -> Mapping[str | None, Decimal]:
        """The ETP of each formateur; those of a given value are not known.

        See docs/rules/etp.md#where.
        """
        return {part.formateur_id: part.etp for part in self.parts}

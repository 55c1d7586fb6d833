"""How many places an école may take in a département and month."""

from dataclasses import dataclass
from decimal import Decimal

from rdv_mock.facts.enumerations import GroupePermis


@dataclass(frozen=True, slots=True)
class Coefficient:
    """How many places an ETP is worth in a département, for a groupe and month of the examen."""

    id: str
    code_departement: str
    groupe_permis: GroupePermis
    mois: str
    valeur: Decimal


@dataclass(frozen=True, slots=True)
class Capacite:
    """What an école has and has used up, for a département, a groupe and a month.

    `etp` lies in the département, `etp_total` anywhere; `utilisees` counts examens and créneaux in
    paniers. `est_declaree`: the école has said who teaches there, one way or another.

    See docs/rules/seuil.md.
    """

    code_departement: str
    groupe_permis: GroupePermis
    mois: str
    etp: Decimal
    etp_total: Decimal
    coefficient: Decimal
    utilisees: int
    est_declaree: bool

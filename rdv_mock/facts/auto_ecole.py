"""An école, its bureaux, its people, its machines, and the ETP that a scenario gives it."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from rdv_mock.facts.enumerations import GroupePermis, Role


@dataclass(frozen=True, slots=True)
class AutoEcole:
    """An auto-école; `en_ligne` makes it an AEL, `est_fermee` makes its writes be refused."""

    id: str
    nom: str
    aurige_id: str
    code_departement: str
    en_ligne: bool
    est_fermee: bool
    email: str
    adresse: str
    code_postal: str
    ville: str


@dataclass(frozen=True, slots=True)
class Bureau:
    """A place where an école receives its élèves."""

    id: str
    auto_ecole_id: str
    nom: str
    code_departement: str


@dataclass(frozen=True, slots=True)
class Employe:
    """Someone who logs in for an école; with `bureaux`, for those alone.

    See docs/rules/bail.md#bureaux.
    """

    id: str
    auto_ecole_id: str
    nom: str
    prenom: str
    email: str
    mot_de_passe: str
    role: Role
    bureaux: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Formateur:
    """A formateur, declared at `bureaux`; his hours lie at the bureau principal, if he has one."""

    id: str
    auto_ecole_id: str
    nom: str
    prenom: str
    numero_autorisation: str
    bureau_principal_id: str | None
    bureaux: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Simulateur:
    """A driving simulator that an école has declared."""

    id: str
    auto_ecole_id: str
    numero_autorisation: str
    bureau_id: str | None


@dataclass(frozen=True, slots=True)
class EtpDonne:
    """The ETP of an école for one groupe and month of effect, given instead of computed."""

    id: str
    auto_ecole_id: str
    groupe_permis: GroupePermis
    mois: str
    valeur: Decimal


@dataclass(frozen=True, slots=True)
class Declaration:
    """How many formateurs an école says that it has in a département, for one groupe."""

    id: str
    auto_ecole_id: str
    code_departement: str
    groupe_permis: GroupePermis
    nombre_de_formateurs: int
    date_heure_declaration: datetime

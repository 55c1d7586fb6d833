"""Who I am: the école and its employés on the wire (contract.md, B.1 and D)."""

from pydantic import Field

from rdv_mock.facts.enumerations import GroupeDuLivret, Role
from rdv_mock.wire.base import Asked, CodeDepartement, Id, Instant, Mois, Shape, example


class EtpDuMois(Shape):
    """Ce qu'un formateur rapporte un mois."""

    groupe_permis: GroupeDuLivret
    mois: Mois
    valeur: float = Field(examples=[0.9])


class FormateurDeLAutoEcole(Shape):
    """Un formateur et ses ETP du mois en cours."""

    id: Id
    nom: str
    prenom: str
    numero_autorisation: str = Field(examples=["A0850001230"])
    bureau_principal_id: Id | None
    etp: list[EtpDuMois]


class AutoEcoleOnWire(Shape):
    """Une auto-école."""

    id: Id
    nom: str = Field(examples=["Auto-École des Plesses"])
    email: str = Field(examples=["contact@plesses.test"])
    adresse: str = Field(examples=["4 rue des Halles"])
    code_postal: str = Field(examples=["85100"])
    ville: str = Field(examples=["LES SABLES-D'OLONNE"])
    code_departement: CodeDepartement
    en_ligne: bool
    est_fermee: bool
    aurige_id: str = Field(examples=["0850000010"])
    formateurs: list[FormateurDeLAutoEcole]


class EmployeOnWire(Shape):
    """Un employé."""

    id: Id
    nom: str = Field(examples=["Bernard"])
    prenom: str = Field(examples=["Lucie"])
    email: str = Field(examples=["lucie@plesses.test"])
    role: Role


class AutoEcoleDeLEmploye(Shape):
    """Son auto-école, en bref."""

    id: Id
    nom: str
    ville: str
    code_postal: str
    aurige_id: str


class EmployeCourantOnWire(EmployeOnWire):
    """L'employé à qui est le jeton."""

    auto_ecole: AutoEcoleDeLEmploye


class DeclarationAsked(Asked):
    """Le nombre de formateurs à déclarer."""

    model_config = example(codeDepartement="085", groupePermis="B", nombreDeFormateurs=3)

    code_departement: CodeDepartement
    groupe_permis: GroupeDuLivret
    nombre_de_formateurs: int = Field(ge=0, le=999, examples=[3])


class DeclarationDeFormateursOnWire(Shape):
    """Ce qui est déclaré."""

    code_departement: CodeDepartement
    groupe_permis: GroupeDuLivret
    nombre_de_formateurs: int = Field(examples=[3])
    date_heure_declaration: Instant

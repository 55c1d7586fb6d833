"""Who I am: the école and its employés on the wire (docs/contract/auto_ecole.md)."""

from typing import Annotated

from pydantic import Field

from rdv_mock.facts.enumerations import GroupeDuLivret, GroupePermis, Role
from rdv_mock.wire.base import Asked, CodeDepartement, Id, Instant, Mois, Shape, example
from rdv_mock.wire.certainty import CLIENT, INFERRED, INTEGRATOR
from rdv_mock.wire.livret import NumeroAutorisation

OFFICIAL_DATA = INFERRED.but("données officielles, noms inférés")
OFFICIAL_SHAPE = INFERRED.but("données officielles, forme inférée")
SEEN_ON_EMPLOYE_COURANT = CLIENT.but("vu dans l'auto-école de `lireEmployeCourant`")


class EtpDuMois(Shape, certainty=OFFICIAL_SHAPE):
    """Ce qu'un formateur rapporte à un groupe, un mois."""

    groupe_permis: GroupeDuLivret = Field(description="Le groupe auquel vont ces ETP.")
    mois: Mois = Field(description="Le mois d'effet : le mois en cours.")
    valeur: float = Field(description="Les ETP, à une décimale.", examples=[0.9])


class FormateurDeLAutoEcole(Shape, certainty=OFFICIAL_SHAPE):
    """Un formateur déclaré, et ses ETP du mois en cours."""

    id: Id = Field(description="Identifiant du formateur.")
    nom: str = Field(description="Nom du formateur.", examples=["Marchand"])
    prenom: str = Field(description="Prénom du formateur.", examples=["Hugo"])
    numero_autorisation: NumeroAutorisation
    bureau_principal_id: Id | None = Field(
        description="Son bureau principal ; nul s'il n'en a pas déclaré : ses heures ne comptent"
        " alors pas."
    )
    etp: list[EtpDuMois] = Field(description="Un élément par groupe, A et B.")


class AutoEcoleOnWire(Shape):
    """L'auto-école à qui est le jeton, avec ses formateurs et leurs ETP."""

    id: Annotated[Id, INTEGRATOR] = Field(description="Identifiant de l'auto-école.")
    nom: Annotated[str, OFFICIAL_DATA] = Field(
        description="Raison sociale.", examples=["Auto-École des Plesses"]
    )
    email: Annotated[str, OFFICIAL_DATA] = Field(
        description="Adresse électronique.", examples=["contact@plesses.test"]
    )
    adresse: Annotated[str, OFFICIAL_DATA] = Field(
        description="Numéro et rue.", examples=["14 avenue des Plesses"]
    )
    code_postal: Annotated[str, SEEN_ON_EMPLOYE_COURANT] = Field(
        description="Code postal.", examples=["85100"]
    )
    ville: Annotated[str, SEEN_ON_EMPLOYE_COURANT] = Field(
        description="Commune.", examples=["Les Sables-d'Olonne"]
    )
    code_departement: CodeDepartement
    en_ligne: bool = Field(
        description="Auto-école en ligne : le nombre d'appels par minute est alors compté pour"
        " toute l'auto-école.",
        examples=[False],
    )
    est_fermee: bool = Field(
        description="Fermée : elle peut lire, mais plus rien écrire.", examples=[False]
    )
    aurige_id: Annotated[str, SEEN_ON_EMPLOYE_COURANT] = Field(
        description="Son identifiant dans AURIGE ; une chaîne opaque.", examples=["0850000010"]
    )
    formateurs: Annotated[list[FormateurDeLAutoEcole], OFFICIAL_SHAPE] = Field(
        description="Ses formateurs déclarés, par nom et prénom."
    )


class EmployeOnWire(Shape, certainty=CLIENT.but("données officielles")):
    """Un compte d'employé de l'auto-école."""

    id: Annotated[Id, INTEGRATOR] = Field(description="Identifiant de l'employé.")
    nom: str = Field(description="Nom de l'employé.", examples=["Bernard"])
    prenom: str = Field(description="Prénom de l'employé.", examples=["Lucie"])
    email: str = Field(
        description="Son adresse électronique, avec laquelle il se connecte.",
        examples=["lucie@plesses.test"],
    )
    role: Annotated[Role, INFERRED] = Field(description="Ce qu'il peut faire.")


class AutoEcoleDeLEmploye(Shape, certainty=CLIENT):
    """Son auto-école, en bref."""

    id: Annotated[Id, INFERRED] = Field(description="Identifiant de l'auto-école.")
    nom: str = Field(description="Raison sociale.", examples=["Auto-École des Plesses"])
    ville: str = Field(description="Commune.", examples=["Les Sables-d'Olonne"])
    code_postal: str = Field(description="Code postal.", examples=["85100"])
    aurige_id: str = Field(
        description="Son identifiant dans AURIGE ; une chaîne opaque.", examples=["0850000010"]
    )


class EmployeCourantOnWire(EmployeOnWire, certainty=CLIENT):
    """L'employé à qui est le jeton."""

    auto_ecole: AutoEcoleDeLEmploye = Field(description="Son auto-école.")


class FormateursADeclarer(Asked):
    """Le nombre de formateurs à déclarer dans un département."""

    model_config = example(codeDepartement="085", groupePermis="B", nombreDeFormateurs=3)

    code_departement: CodeDepartement
    groupe_permis: GroupePermis = Field(description="Pour quel groupe.")
    nombre_de_formateurs: int = Field(ge=0, le=999, description="Combien.", examples=[3])


class DeclarationDeFormateursOnWire(Shape):
    """Ce qui est désormais déclaré."""

    code_departement: CodeDepartement
    groupe_permis: GroupePermis = Field(description="Pour quel groupe.")
    nombre_de_formateurs: int = Field(description="Combien.", examples=[3])
    date_heure_declaration: Instant = Field(description="Quand il a été déclaré, en UTC.")

"""Mandats on the wire (docs/contract/mandats.md)."""

from typing import Annotated

from pydantic import Field, StringConstraints

from rdv_mock.facts.enumerations import GroupePermis
from rdv_mock.wire.base import EMAIL_PATTERN, Asked, Id, Shape, example
from rdv_mock.wire.certainty import INTEGRATOR
from rdv_mock.wire.livret import Nom, NumeroDossier


class PriseDeMandat(Asked, certainty=INTEGRATOR):
    """Un candidat à prendre sous mandat."""

    model_config = example(
        nom="Moreau",
        numeroDossier="012345678901",
        groupePermis="B",
    )

    nom: Nom
    numero_dossier: NumeroDossier
    groupe_permis: GroupePermis = Field(description="Pour quel groupe ; un mandat n'en vaut qu'un.")
    email: Annotated[str, StringConstraints(pattern=EMAIL_PATTERN, max_length=254)] | None = Field(
        None,
        description="Obligatoire si le candidat n'a pas encore de compte ; sans effet s'il en a"
        " un. À omettre plutôt qu'à envoyer vide.",
        examples=["ines@exemple.test"],
    )


class AutoEcoleDuMandat(Shape, certainty=INTEGRATOR):
    """L'auto-école qui a le mandat."""

    id: Id = Field(description="Identifiant de l'auto-école.")


class MandatOnWire(Shape, certainty=INTEGRATOR):
    """Ce qui permet à une auto-école de réserver pour un candidat, dans un groupe."""

    id: Id = Field(description="Identifiant du mandat.")
    candidat_id: Id = Field(description="Identifiant du candidat.")
    auto_ecole: AutoEcoleDuMandat = Field(description="L'auto-école qui a le mandat.")
    groupe_permis: GroupePermis = Field(description="Le groupe pour lequel il vaut.")

"""Mandats on the wire (contract.md, B.2 and D)."""

from typing import Annotated

from pydantic import Field, StringConstraints

from rdv_mock.facts.enumerations import GroupePermis
from rdv_mock.wire.base import EMAIL_PATTERN, Asked, Id, Shape, example
from rdv_mock.wire.livret import Nom, NumeroDossier


class PriseDeMandat(Asked):
    """Un candidat à prendre sous mandat."""

    model_config = example(
        nom="Moreau",
        numeroDossier="012345678901",
        groupePermis="B",
    )

    nom: Nom
    numero_dossier: NumeroDossier
    groupe_permis: GroupePermis
    email: Annotated[str, StringConstraints(pattern=EMAIL_PATTERN, max_length=254)] | None = Field(
        None,
        description="Obligatoire si le candidat n'a pas encore de compte.",
        examples=["ines@exemple.test"],
    )


class AutoEcoleDuMandat(Shape):
    """L'auto-école qui a le mandat."""

    id: Id


class MandatOnWire(Shape):
    """Ce qui permet de réserver pour un candidat."""

    id: Id
    candidat_id: Id
    auto_ecole: AutoEcoleDuMandat
    groupe_permis: GroupePermis

"""Candidats in a scenario, from the file to the store and back."""

from collections.abc import Callable, Sequence

from pydantic import Field

from rdv_mock.facts.candidat import Candidat, Demande, fold
from rdv_mock.facts.enumerations import CategoriePermis, StatutDemande
from rdv_mock.scenario.base import Build, Named, Part
from rdv_mock.scenario.source import Place
from rdv_mock.store import Store
from rdv_mock.wire.base import Day


class DemandePart(Part):
    """What a candidat asked of the ANTS."""

    categorie_permis: CategoriePermis
    statut: StatutDemande = StatutDemande.VALIDEE


class CandidatPart(Named):
    """Someone who learns to drive; without e-mail he has no account yet."""

    nom: str = Field(min_length=1)
    prenom: str = ""
    date_de_naissance: Day | None = None
    numero_dossier: str = Field(min_length=1)
    email: str | None = None
    demandes: list[DemandePart] = []


def save_candidats(parts: Sequence[CandidatPart], build: Build, at: Place) -> None:
    """Put candidats and their demandes into the build; no two with the same nom and NEPH."""
    seen = set()
    for index, part in enumerate(parts):
        place = (*at, index)
        candidat = Candidat(
            id=build.id_of(part, build.store.candidats, place),
            nom=part.nom,
            prenom=part.prenom,
            date_de_naissance=part.date_de_naissance,
            numero_dossier=part.numero_dossier,
            email=part.email,
        )
        who = (fold(candidat.nom), candidat.numero_dossier)
        others = build.store.candidats.with_numero_dossier(candidat.numero_dossier)
        if who in seen or any(
            other.id != candidat.id and fold(other.nom) == who[0] for other in others
        ):
            build.problem(
                (*place, "numeroDossier"), "est déjà, avec ce nom, celui d'un autre candidat"
            )
        seen.add(who)
        build.add(build.store.candidats, candidat)
        build.replace_all(build.store.demandes, "candidat_id", candidat.id)
        for order, demande in enumerate(part.demandes):
            id_ = build.part_id(build.store.demandes, candidat.id, order)
            build.add(
                build.store.demandes,
                Demande(id_, candidat.id, demande.categorie_permis, demande.statut),
            )


def write_candidat(
    candidat: Candidat, store: Store, ref: Callable[[str], str | None]
) -> CandidatPart:
    """A candidat as a scenario says him."""
    return CandidatPart.model_construct(
        ref=ref(candidat.id),
        id=candidat.id,
        nom=candidat.nom,
        prenom=candidat.prenom,
        date_de_naissance=candidat.date_de_naissance,
        numero_dossier=candidat.numero_dossier,
        email=candidat.email,
        demandes=[
            DemandePart.model_construct(
                categorie_permis=demande.categorie_permis, statut=demande.statut
            )
            for demande in store.demandes.of(candidat.id)
        ],
    )

"""Candidats in a scenario, from the file to the store and back."""

from functools import lru_cache
from typing import Annotated, Any

from pydantic import AfterValidator, Field, ValidationInfo
from pydantic_core import PydanticCustomError

from rdv_mock.errors import ApiError
from rdv_mock.facts.candidat import Candidat, Demande, EtapeDeDemande, Penalite, Resultats, fold
from rdv_mock.facts.enumerations import (
    CategoriePermis,
    GroupePermis,
    MotifDePenalite,
    StatutDemande,
    StatutDuResultat,
    TypeEpreuvePratique,
)
from rdv_mock.rules import candidat as of_candidats
from rdv_mock.rules import contrat_de_formation, mandat
from rdv_mock.scenario.base import Instant, NamedPart, Part, Parts, RefOf, hint_of, part_of, text_of
from rdv_mock.scenario.build import Build
from rdv_mock.scenario.yaml_text import Where
from rdv_mock.store import Store
from rdv_mock.wire.base import Day, Problem
from rdv_mock.wire.candidat import CandidatOnWire, DetailsResultats, PenaliteOnWire

REFUSALS_OF_CANDIDATS = {
    error.code
    for error in (*of_candidats.REFUSALS, *contrat_de_formation.REFUSALS, *mandat.REFUSALS)
} - {ApiError.AUTO_ECOLE_FERMEE.code}


def _refusal_of_candidats(code: str, info: ValidationInfo) -> str:
    """Refuse a code that no rule about candidats gives."""
    if code not in REFUSALS_OF_CANDIDATS:
        hint = hint_of(info, code, REFUSALS_OF_CANDIDATS)
        raise PydanticCustomError(
            Problem.UNKNOWN_KEY, "n'est pas un refus qui concerne un candidat{hint}", {"hint": hint}
        )
    return code


class EtapePart(Part):
    """Ce qu'une demande deviendra."""

    statut: StatutDemande = Field(description="Ce qu'elle sera désormais.")
    le: Instant = Field(description="À quel instant.")


class DemandePart(Part):
    """Une demande de permis à l'ANTS."""

    categorie_permis: CategoriePermis = Field(
        description=text_of(DetailsResultats, "categorie_permis")
    )
    statut: StatutDemande = Field(
        StatutDemande.VALIDEE,
        description="Où elle en est ; seule `VALIDEE` permet d'ouvrir un contrat ou de réserver.",
    )
    suite: list[EtapePart] = Field(
        default=[],
        exclude_if=lambda suite: not suite,
        description="Ce qu'elle deviendra ; ce qui est passé est arrivé.",
    )


class PenalitePart(Part):
    """Un temps pendant lequel on ne peut pas réserver pour le candidat."""

    groupe_permis: GroupePermis = Field(description=text_of(PenaliteOnWire, "groupe_permis"))
    motif: MotifDePenalite = Field(
        MotifDePenalite.ECHEC_EPREUVE_PRATIQUE, description=text_of(PenaliteOnWire, "motif")
    )
    type_epreuve_pratique: TypeEpreuvePratique | None = Field(
        None, description=text_of(PenaliteOnWire, "type_epreuve_pratique")
    )
    date_examen: Day = Field(description=text_of(PenaliteOnWire, "date_examen"))
    duree_en_jour: int = Field(ge=0, le=3650, description=text_of(PenaliteOnWire, "duree_en_jour"))
    date_de_levee: Day | None = Field(None, description=text_of(PenaliteOnWire, "date_de_levee"))


class ResultatsPart(Part):
    """Comment ses derniers examens se sont terminés, pour une catégorie."""

    categorie_permis: CategoriePermis = Field(
        description=text_of(DetailsResultats, "categorie_permis")
    )
    derniere_date_examen_theorique: Day | None = Field(
        None, description=text_of(DetailsResultats, "derniere_date_examen_theorique")
    )
    derniere_date_examen_circulation: Day | None = Field(
        None, description=text_of(DetailsResultats, "derniere_date_examen_circulation")
    )
    statut_examen_circulation: StatutDuResultat | None = Field(
        None, description=text_of(DetailsResultats, "statut_examen_circulation")
    )
    derniere_date_examen_plateau: Day | None = Field(
        None, description=text_of(DetailsResultats, "derniere_date_examen_plateau")
    )
    statut_examen_plateau: StatutDuResultat | None = Field(
        None, description=text_of(DetailsResultats, "statut_examen_plateau")
    )
    nombre_echecs_circulation: int = Field(
        default=0,
        ge=0,
        le=1000,
        description=text_of(DetailsResultats, "nombre_echecs_circulation"),
    )
    nombre_echecs_plateau: int = Field(
        default=0,
        ge=0,
        le=1000,
        description=text_of(DetailsResultats, "nombre_echecs_plateau"),
    )


class CandidatPart(NamedPart):
    """Quelqu'un qui apprend à conduire."""

    nom: str = Field(min_length=1, description=text_of(CandidatOnWire, "nom"))
    prenom: str = Field(default="", description=text_of(CandidatOnWire, "prenom"))
    date_de_naissance: Day | None = Field(
        None, description=text_of(CandidatOnWire, "date_de_naissance")
    )
    numero_dossier: str = Field(min_length=1, description=text_of(CandidatOnWire, "numero_dossier"))
    email: str | None = Field(
        None, description="L'adresse de son compte ; sans elle, il n'en a pas encore."
    )
    toujours: Annotated[str, AfterValidator(_refusal_of_candidats)] | None = Field(
        None,
        description="Un code de refus : toute règle qui le connaît le lui oppose, quels que soient"
        " les faits.",
        examples=["CANDIDAT_INCONNU"],
    )
    demandes: list[DemandePart] = Field(default=[], description="Ses demandes de permis.")
    penalites: list[PenalitePart] = Field(default=[], description="Ses pénalités.")
    resultats: list[ResultatsPart] = Field(
        default=[], description="Comment ses derniers examens se sont terminés, par catégorie."
    )


AT_ONCE = 1_000
"""NEPHs whose candidats are remembered; each takes one query."""


def save_candidats(parts: Parts[CandidatPart], build: Build, at: Where) -> None:
    """Put candidats and their demandes into the build; no two with the same nom and NEPH."""
    table, seen = build.store.candidats, set()

    @lru_cache(AT_ONCE)
    def others_of(numero: str) -> list[tuple[str, str]]:
        """Noms and ids of the candidats who have a NEPH already, in the world and in the file."""
        return [(fold(other.nom), other.id) for other in table.with_numero_dossier(numero)]

    for index, part in parts:
        where = (*at, index)
        candidat = Candidat(
            id=build.id_of(part, table, where),
            nom=part.nom,
            prenom=part.prenom,
            date_de_naissance=part.date_de_naissance,
            numero_dossier=part.numero_dossier,
            email=part.email,
            toujours=part.toujours,
        )
        nom = fold(candidat.nom)
        numero = candidat.numero_dossier
        who = hash((nom, numero))  # the words of a million take their place
        others = others_of(numero) if build.has_before(table) else []
        if who in seen or any(other == nom and id_ != candidat.id for other, id_ in others):
            build.problem(
                (*where, "numeroDossier"), "est déjà, avec ce nom, celui d'un autre candidat"
            )
        seen.add(who)
        build.add(table, candidat)
        build.replace_all(build.store.demandes, "candidat_id", candidat.id)
        build.replace_all(build.store.etapes_de_demande, "candidat_id", candidat.id)
        for order, demande in enumerate(part.demandes):
            id_ = build.part_id(build.store.demandes, candidat.id, order)
            statut = _save_suite(demande, id_, candidat.id, build, (*where, "demandes", order))
            build.add(
                build.store.demandes, Demande(id_, candidat.id, demande.categorie_permis, statut)
            )
        _save_history(part, candidat.id, build, where)


def _save_suite(
    part: DemandePart, demande_id: str, candidat_id: str, build: Build, at: Where
) -> StatutDemande:
    """Put what a demande will become into the build; what it is by now is the answer."""
    table, statut = build.store.etapes_de_demande, part.statut
    in_order = sorted(enumerate(part.suite), key=lambda one: one[1].le)
    now = next((etape.statut for _, etape in reversed(in_order) if etape.le <= build.now), statut)
    before = now
    for index, etape in in_order:
        if etape.le <= build.now:
            continue
        if etape.statut is before:
            build.problem((*at, "suite", index, "statut"), f"ne change rien : elle est {before}")
        id_ = build.part_id(table, demande_id, etape.le, etape.statut)
        build.add(table, EtapeDeDemande(id_, demande_id, candidat_id, etape.statut, etape.le))
        before = etape.statut
    return now


def _save_history(part: CandidatPart, candidat_id: str, build: Build, at: Where) -> None:
    """The pénalités of a candidat, known by examen and motif, and his results, by category."""
    store = build.store
    build.replace_all(store.penalites, "candidat_id", candidat_id)
    for index, penalite in enumerate(part.penalites):
        about = (penalite.groupe_permis, penalite.date_examen, penalite.motif)
        id_ = build.part_id(store.penalites, candidat_id, *about)
        build.once(store.penalites, id_, (*at, "penalites", index))
        build.add(
            store.penalites,
            Penalite(id=id_, candidat_id=candidat_id, **_as_facts(penalite)),
        )
    build.replace_all(store.resultats, "candidat_id", candidat_id)
    for index, resultats in enumerate(part.resultats):
        id_ = build.part_id(store.resultats, candidat_id, resultats.categorie_permis)
        build.once(store.resultats, id_, (*at, "resultats", index))
        build.add(
            store.resultats,
            Resultats(id=id_, candidat_id=candidat_id, **_as_facts(resultats)),
        )


def _as_facts(part: Part) -> dict[str, Any]:
    """The fields of a part as a fact of the same names has them."""
    return {name: getattr(part, name) for name in type(part).model_fields}


def find_candidat_id(name: str | None, build: Build, at: Where) -> str | None:
    """The id of a candidat who may not be named; a problem when the name means none."""
    candidat = build.find(build.store.candidats, name, at) if name is not None else None
    return candidat.id if candidat else None


def write_candidat(candidat: Candidat, store: Store, ref: RefOf) -> CandidatPart:
    """A candidat as a scenario says him."""
    suites = store.etapes_de_demande.of(candidat.id)
    penalites = store.penalites.where("candidat_id = ? ORDER BY rowid", candidat.id)
    resultats = store.resultats.of(candidat.id)
    return part_of(
        candidat,
        CandidatPart,
        ref,
        demandes=[
            part_of(
                demande,
                DemandePart,
                ref,
                suite=[
                    part_of(etape, EtapePart, ref, le=etape.date_heure)
                    for etape in suites
                    if etape.demande_id == demande.id
                ],
            )
            for demande in store.demandes.of(candidat.id)
        ],
        penalites=[part_of(penalite, PenalitePart, ref) for penalite in penalites],
        resultats=[part_of(one, ResultatsPart, ref) for one in resultats],
    )

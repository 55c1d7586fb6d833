"""Who am I, and what may I take: the école, its employés, its seuil.

See docs/contract/auto_ecole.md and docs/contract/seuil.md.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Annotated

from fastapi import Query

from rdv_mock import paris
from rdv_mock.api.v1 import V2
from rdv_mock.facts.access import RDVPERMIS
from rdv_mock.facts.auto_ecole import AutoEcole, Declaration, Formateur
from rdv_mock.facts.capacite import Capacite
from rdv_mock.facts.enumerations import GroupeDuLivret, GroupePermis
from rdv_mock.facts.etp import EtpEnVigueur
from rdv_mock.fixtures import Limits
from rdv_mock.http.call import VendorCall
from rdv_mock.http.routers import vendor_router
from rdv_mock.http.traits import for_gerant, known, needs, writes
from rdv_mock.rules.seuil import places_left, plafond_of, seuil_of
from rdv_mock.wire.auto_ecole import (
    AutoEcoleDeLEmploye,
    AutoEcoleOnWire,
    DeclarationDeFormateursOnWire,
    EmployeCourantOnWire,
    EmployeOnWire,
    EtpDuMois,
    FormateurDeLAutoEcole,
    FormateursADeclarer,
)
from rdv_mock.wire.seuil import InformationsSeuil, QueryInformationsSeuil
from rdv_mock.worlds.nuit import etp_en_vigueur

router = vendor_router(V2, "Auto-école")


@router.get(
    "/moi",
    summary="Lire son auto-école",
    description="Ses coordonnées, ses formateurs déclarés et leurs ETP du mois en cours, pour A"
    " et B. Aucune adresse ne nomme l'auto-école : c'est celle du jeton. Fermée, elle lit encore.",
)
@needs(RDVPERMIS)
@known("integrator")
async def lire_mon_auto_ecole(call: VendorCall) -> AutoEcoleOnWire:
    """Read the caller's école."""
    auto_ecole, mois = call.auto_ecole, paris.mois_of(paris.day_of(call.now))
    etp = {
        groupe: etp_en_vigueur(
            call.store, auto_ecole, GroupePermis(groupe), mois, call.limits, now=call.now
        )
        for groupe in GroupeDuLivret
    }
    formateurs = call.store.formateurs.of(auto_ecole.id)
    return _auto_ecole_on_wire(auto_ecole, formateurs, etp, mois=mois)


@router.get(
    "/employes",
    summary="Lister ses employés",
    description="Par nom et prénom. L'identifiant de l'un d'eux permet d'ouvrir un panier pour"
    " lui.",
)
@needs(RDVPERMIS)
@known("integrator")
async def lister_employes(call: VendorCall) -> list[EmployeOnWire]:
    """List the employés of the caller's école."""
    return [EmployeOnWire.of(one) for one in call.store.employes.of(call.auto_ecole.id)]


@router.get(
    "/employes/moi",
    summary="Lire l'employé à qui est le jeton",
    description="Celui dont la connexion a donné le jeton, et son auto-école en bref.",
)
@needs(RDVPERMIS)
@known("client")
async def lire_employe_courant(call: VendorCall) -> EmployeCourantOnWire:
    """Read the caller himself."""
    return EmployeCourantOnWire.of(
        call.caller.employe, auto_ecole=AutoEcoleDeLEmploye.of(call.auto_ecole)
    )


@router.post(
    "/nombre-de-formateurs",
    status_code=201,
    deprecated=True,
    summary="Déclarer son nombre de formateurs",
    description="La forme d'avant septembre 2022 : depuis, chaque formateur se déclare par son nom"
    " (presse). Remplace ce qui était déclaré pour ce département et ce groupe ; réservé au gérant."
    " Une déclaration lève `AUTO_ECOLE_NA_AUCUNE_DECLARATION` et rien d'autre : les"
    " places viennent des ETP (inféré). Pour CE, où rien n'est calculé, chaque formateur déclaré en"
    " vaut un, sauf si le scénario donne des ETP (inféré ; que CE se déclare vient de la presse).",
)
@needs(RDVPERMIS)
@known("inferred", "chemin rapporté par un lecteur du Swagger")
@writes
@for_gerant
async def declarer_nombre_de_formateurs(
    asked: FormateursADeclarer, call: VendorCall
) -> DeclarationDeFormateursOnWire:
    """Say how many formateurs the caller's école has somewhere."""
    declarations = call.store.declarations
    before = declarations.find_for(call.auto_ecole.id, asked.code_departement, asked.groupe_permis)
    declaration = Declaration(
        id=before.id if before else call.new_id(declarations),
        auto_ecole_id=call.auto_ecole.id,
        code_departement=asked.code_departement,
        groupe_permis=asked.groupe_permis,
        nombre_de_formateurs=asked.nombre_de_formateurs,
        date_heure_declaration=call.now,
    )
    declarations.save(declaration)
    return DeclarationDeFormateursOnWire.of(declaration)


@router.get(
    "/informations-seuil-departement",
    summary="Lire son seuil dans un département",
    description="Seuil = ETP de l'auto-école dans le département × coefficient, arrondi vers le"
    " bas ; sans coefficient donné, {seuil.coefficientParDefaut} (presse). Plafond ="
    " {plafond.facteur} fois le seuil que donneraient tous ses ETP (inféré) ; avec"
    " `plafond.courbe`, la part du seuil que le jour du mois, à Paris, permet déjà (annoncé en"
    " 2023 pour qui passe par l'API : presse).\n\nPendant"
    " {seuil.prioriteTerritorialeJours} jours après sa publication, un créneau ne va qu'à qui est"
    " sous son seuil ; ensuite, à qui est sous son plafond (presse). À CE, ces nombres ne sont"
    " opposés qu'avec `ce.seuil` (inféré).",
)
@needs(RDVPERMIS)
@known("inferred", "chemin rapporté par un lecteur du Swagger")
async def lire_informations_seuil_departement(
    query: Annotated[QueryInformationsSeuil, Query()], call: VendorCall
) -> InformationsSeuil:
    """Tell how many places the caller's école may take somewhere."""
    mois = query.mois or paris.mois_of(paris.day_of(call.now))
    capacite = call.capacites().find(query.code_departement, query.groupe_permis, mois)
    return _informations_seuil(capacite, call.limits, now=call.now)


def _auto_ecole_on_wire(
    auto_ecole: AutoEcole,
    formateurs: Iterable[Formateur],
    etp: Mapping[GroupeDuLivret, EtpEnVigueur],
    *,
    mois: str,
) -> AutoEcoleOnWire:
    """Show an école with its formateurs, and what each brings in a month."""
    by_formateur = {groupe: of_groupe.by_formateur for groupe, of_groupe in etp.items()}
    return AutoEcoleOnWire.of(
        auto_ecole,
        formateurs=[
            FormateurDeLAutoEcole.of(
                formateur,
                etp=[
                    EtpDuMois(
                        groupe_permis=groupe, mois=mois, valeur=float(values.get(formateur.id, 0))
                    )
                    for groupe, values in by_formateur.items()
                ],
            )
            for formateur in formateurs
        ],
    )


def _informations_seuil(capacite: Capacite, limits: Limits, *, now: datetime) -> InformationsSeuil:
    """Show what an école may take in a département and month, and what it has."""
    return InformationsSeuil.of(
        capacite,
        etp=float(capacite.etp),
        coefficient=float(capacite.coefficient),
        seuil=seuil_of(capacite),
        plafond=plafond_of(capacite, limits, now=now),
        nombre_de_places_utilisees=capacite.utilisees,
        nombre_de_places_restantes=places_left(capacite, limits, now=now),
    )

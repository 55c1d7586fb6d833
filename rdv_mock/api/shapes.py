"""From facts to what travels: one function per shape."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from math import ceil

from rdv_mock import paris
from rdv_mock.errors import ApiError
from rdv_mock.facts.auto_ecole import AutoEcole, Declaration, Employe, Formateur, Simulateur
from rdv_mock.facts.candidat import Candidat, Penalite, Resultats
from rdv_mock.facts.capacite import Capacite
from rdv_mock.facts.centre import Centre, CentreFavori
from rdv_mock.facts.creneau import Place, Reservation
from rdv_mock.facts.enumerations import (
    GroupeDuLivret,
    GroupePermis,
    StatutDeReservation,
)
from rdv_mock.facts.etp import EtpEnVigueur
from rdv_mock.facts.livret import ContratDeFormation, Lecon
from rdv_mock.facts.mandat import Mandat
from rdv_mock.fixtures import Limits
from rdv_mock.rules.examen import is_modifiable, statut_of, visible_resultat
from rdv_mock.rules.penalite import (
    date_de_fin,
    is_seuil_critique_atteint,
    nombre_echecs,
    statut_on,
)
from rdv_mock.rules.seuil import places_left, plafond_of, seuil_of
from rdv_mock.store.search import TextSearch
from rdv_mock.wire.auto_ecole import (
    AutoEcoleDeLEmploye,
    AutoEcoleOnWire,
    DeclarationDeFormateursOnWire,
    EmployeCourantOnWire,
    EmployeOnWire,
    EtpDuMois,
    FormateurDeLAutoEcole,
)
from rdv_mock.wire.base import CritereTexte, Pagination
from rdv_mock.wire.candidat import (
    CandidatMandate,
    CandidatOnWire,
    CandidatResume,
    DetailsResultats,
    MandatDuCandidat,
    PenaliteOnWire,
)
from rdv_mock.wire.capacite import (
    EtpDuFormateur,
    EtpDuSimulateur,
    EtpOnWire,
    FormateurOnWire,
    InformationsSeuil,
    SimulateurOnWire,
)
from rdv_mock.wire.centre import (
    CentreFavoriOnWire,
    CentreOnWire,
    CentresFavorisEnregistres,
    FavoriEnregistre,
)
from rdv_mock.wire.creneau import (
    CandidatEligibilite,
    CentreDuCreneau,
    CreneauOnWire,
    Eligibilite,
    ExamenDuPlanning,
)
from rdv_mock.wire.examen import ExamenOnWire, ResultatOnWire
from rdv_mock.wire.livret import ContratDeFormationOnWire, LeconOnWire
from rdv_mock.wire.mandat import AutoEcoleDuMandat, MandatOnWire


def auto_ecole_on_wire(
    auto_ecole: AutoEcole,
    formateurs: Iterable[Formateur],
    etp: Mapping[GroupeDuLivret, EtpEnVigueur],
    *,
    mois: str,
) -> AutoEcoleOnWire:
    """An école with its formateurs, and what each brings in a month."""
    by_formateur = {groupe: etp_by_formateur(of_groupe) for groupe, of_groupe in etp.items()}
    return AutoEcoleOnWire(
        id=auto_ecole.id,
        nom=auto_ecole.nom,
        email=auto_ecole.email,
        adresse=auto_ecole.adresse,
        code_postal=auto_ecole.code_postal,
        ville=auto_ecole.ville,
        code_departement=auto_ecole.code_departement,
        en_ligne=auto_ecole.en_ligne,
        est_fermee=auto_ecole.est_fermee,
        aurige_id=auto_ecole.aurige_id,
        formateurs=[
            FormateurDeLAutoEcole(
                **formateur_on_wire(formateur).model_dump(),
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


def employe_on_wire(employe: Employe) -> EmployeOnWire:
    """An employé."""
    return EmployeOnWire(
        id=employe.id,
        nom=employe.nom,
        prenom=employe.prenom,
        email=employe.email,
        role=employe.role,
    )


def employe_courant_on_wire(employe: Employe, auto_ecole: AutoEcole) -> EmployeCourantOnWire:
    """The employé who calls, with his école."""
    return EmployeCourantOnWire(
        **employe_on_wire(employe).model_dump(),
        auto_ecole=AutoEcoleDeLEmploye(
            id=auto_ecole.id,
            nom=auto_ecole.nom,
            ville=auto_ecole.ville,
            code_postal=auto_ecole.code_postal,
            aurige_id=auto_ecole.aurige_id,
        ),
    )


def declaration_on_wire(declaration: Declaration) -> DeclarationDeFormateursOnWire:
    """What an école declares of its formateurs."""
    return DeclarationDeFormateursOnWire(
        code_departement=declaration.code_departement,
        groupe_permis=declaration.groupe_permis,
        nombre_de_formateurs=declaration.nombre_de_formateurs,
        date_heure_declaration=declaration.date_heure_declaration,
    )


def centre_on_wire(centre: Centre) -> CentreOnWire:
    """A centre."""
    return CentreOnWire(
        id=centre.id,
        nom=centre.nom,
        code_departement=centre.code_departement,
        adresse=centre.adresse,
        code_postal=centre.code_postal,
        ville=centre.ville,
        est_ferme=centre.est_ferme,
    )


def centre_favori_on_wire(favori: CentreFavori) -> CentreFavoriOnWire:
    """A favourite with its groupe."""
    return CentreFavoriOnWire(
        groupe_permis=favori.groupe_permis, centre_id=favori.centre_id, priorite=favori.priorite
    )


def centres_favoris_enregistres(
    groupe: GroupePermis | None, favoris: Iterable[CentreFavori]
) -> CentresFavorisEnregistres:
    """What now stands for a groupe, or for all of them."""
    return CentresFavorisEnregistres(
        groupe_permis=groupe,
        centres_favoris_input=[
            FavoriEnregistre(centre_id=favori.centre_id, priorite=favori.priorite)
            for favori in favoris
        ],
    )


def mandat_on_wire(mandat: Mandat) -> MandatOnWire:
    """A mandat."""
    return MandatOnWire(
        id=mandat.id,
        candidat_id=mandat.candidat_id,
        auto_ecole=AutoEcoleDuMandat(id=mandat.auto_ecole_id),
        groupe_permis=mandat.groupe_permis,
    )


def contrat_on_wire(contrat: ContratDeFormation, candidat: Candidat) -> ContratDeFormationOnWire:
    """A contrat with its élève as he is registered."""
    return ContratDeFormationOnWire(
        id=contrat.id,
        auto_ecole_id=contrat.auto_ecole_id,
        bureau_id=contrat.bureau_id,
        candidat_id=contrat.candidat_id,
        nom=candidat.nom,
        numero_dossier=candidat.numero_dossier,
        categorie_permis=contrat.categorie_permis,
        type_formation=contrat.type_formation,
        date_heure_creation=contrat.date_heure_creation,
    )


def lecon_on_wire(lecon: Lecon) -> LeconOnWire:
    """A leçon with its end."""
    return LeconOnWire(
        id=lecon.id,
        contrat_id=lecon.contrat_id,
        type=lecon.type,
        activite=lecon.activite,
        date_heure_debut=lecon.date_heure_debut,
        date_heure_fin=paris.end_of(lecon.date_heure_debut, minutes=lecon.duree_en_minutes),
        duree_en_minutes=lecon.duree_en_minutes,
        numero_autorisation=lecon.numero_autorisation,
        date_heure_reception=lecon.date_heure_reception,
    )


def formateur_on_wire(formateur: Formateur) -> FormateurOnWire:
    """A formateur as he is declared."""
    return FormateurOnWire(
        id=formateur.id,
        nom=formateur.nom,
        prenom=formateur.prenom,
        numero_autorisation=formateur.numero_autorisation,
        bureau_principal_id=formateur.bureau_principal_id,
    )


def simulateur_on_wire(simulateur: Simulateur) -> SimulateurOnWire:
    """A simulator as it is declared."""
    return SimulateurOnWire(
        numero_autorisation=simulateur.numero_autorisation, bureau_id=simulateur.bureau_id
    )


def etp_on_wire(
    mois: str,
    groupe: GroupeDuLivret,
    etp: EtpEnVigueur,
    formateurs: Iterable[Formateur],
    simulateurs: Iterable[Simulateur],
) -> EtpOnWire:
    """The ETP of an école in a month; all that it has declared, 0.0 included.

    The generic number of a simulator is among them when it counts.
    """
    by_formateur = etp_by_formateur(etp)
    by_number = {
        part.numero_autorisation: part.etp for part in etp.parts if part.formateur_id is None
    }
    declared = dict.fromkeys(simulateur.numero_autorisation for simulateur in simulateurs)
    return EtpOnWire(
        mois=mois,
        groupe_permis=groupe,
        etp=float(etp.total),
        origine=etp.origine,
        formateurs=[
            EtpDuFormateur(
                id=formateur.id,
                nom=formateur.nom,
                prenom=formateur.prenom,
                numero_autorisation=formateur.numero_autorisation,
                etp=float(by_formateur.get(formateur.id, 0)),
            )
            for formateur in formateurs
        ],
        simulateurs=[
            EtpDuSimulateur(numero_autorisation=numero, etp=float(by_number.get(numero, 0)))
            for numero in sorted({**declared, **by_number})
        ],
    )


def etp_by_formateur(etp: EtpEnVigueur) -> Mapping[str | None, Decimal]:
    """What each formateur brings; nothing is known of those of a given value (rules.md 4.6)."""
    return {part.formateur_id: part.etp for part in etp.parts}


def text_search(critere: CritereTexte | None) -> TextSearch | None:
    """What to look for in the store; without a query there is no criterion (contract.md, A.7)."""
    if critere is None or not critere.query:
        return None
    return TextSearch(query=critere.query, exact=critere.exact)


def penalite_on_wire(penalite: Penalite, *, day: date) -> PenaliteOnWire:
    """A pénalité as it stands on a day."""
    return PenaliteOnWire(
        id=penalite.id,
        motif=penalite.motif,
        statut=statut_on(penalite, day),
        date_examen=penalite.date_examen,
        date_de_fin=date_de_fin(penalite),
        duree_en_jour=penalite.duree_en_jour,
        date_de_levee=penalite.date_de_levee,
        groupe_permis=penalite.groupe_permis,
        type_epreuve_pratique=penalite.type_epreuve_pratique,
    )


def details_resultats(
    resultats: Resultats, limits: Limits, *, examen_jour_j: bool
) -> DetailsResultats:
    """How far a candidat has come in one category."""
    return DetailsResultats(
        categorie_permis=resultats.categorie_permis,
        derniere_date_examen_theorique=resultats.derniere_date_examen_theorique,
        derniere_date_examen_circulation=resultats.derniere_date_examen_circulation,
        statut_examen_circulation=resultats.statut_examen_circulation,
        derniere_date_examen_plateau=resultats.derniere_date_examen_plateau,
        statut_examen_plateau=resultats.statut_examen_plateau,
        nombre_echecs_total=nombre_echecs(resultats),
        nombre_echecs_circulation=resultats.nombre_echecs_circulation,
        nombre_echecs_plateau=resultats.nombre_echecs_plateau,
        seuil_critique_nombre_echecs_atteint=is_seuil_critique_atteint(resultats, limits),
        examen_jour_j=examen_jour_j,
    )


def candidat_mandate(
    mandat: Mandat,
    candidat: Candidat,
    penalites: Iterable[Penalite],
    resultats: Iterable[Resultats],
    limits: Limits,
    *,
    examen_jour_j: bool,
    day: date,
) -> CandidatMandate:
    """A candidat with one of his mandats, and what concerns its groupe."""
    return CandidatMandate(
        candidat=CandidatOnWire(
            id=candidat.id,
            nom=candidat.nom,
            prenom=candidat.prenom,
            numero_dossier=candidat.numero_dossier,
            email=candidat.email,
            date_de_naissance=candidat.date_de_naissance,
        ),
        mandat=MandatDuCandidat(
            id=mandat.id, candidat_id=candidat.id, groupe_permis=mandat.groupe_permis
        ),
        penalites=[penalite_on_wire(penalite, day=day) for penalite in penalites],
        details_resultats=[
            details_resultats(one, limits, examen_jour_j=examen_jour_j) for one in resultats
        ],
    )


def candidat_resume(candidat: Candidat) -> CandidatResume:
    """A candidat in brief."""
    return CandidatResume(
        id=candidat.id,
        nom=candidat.nom,
        prenom=candidat.prenom,
        numero_dossier=candidat.numero_dossier,
    )


def candidat_eligibilite(
    candidat: Candidat, refusal: ApiError | None, motif: str | None
) -> CandidatEligibilite:
    """A candidat and the first refusal that he would meet, if any."""
    return CandidatEligibilite(
        candidat=candidat_resume(candidat),
        eligibilite=Eligibilite(
            est_eligible=refusal is None,
            code_motif=refusal.code if refusal else None,
            motif=motif,
        ),
    )


def creneau_on_wire(place: Place, statut: StatutDeReservation) -> CreneauOnWire:
    """A créneau as one école sees it."""
    creneau = place.creneau
    return CreneauOnWire(
        id=creneau.id,
        centre=CentreDuCreneau(id=place.centre.id, nom=place.centre.nom),
        numero_inspecteur=creneau.numero_inspecteur,
        date_heure_debut=creneau.date_heure_debut,
        date_heure_fin=creneau.date_heure_fin,
        date_heure_publication=creneau.date_heure_publication,
        statut_de_reservation=statut,
        groupe_permis=creneau.groupe_permis,
        type_epreuve_pratique=creneau.type_epreuve_pratique,
    )


def examen_du_planning(
    reservation: Reservation, candidat: Candidat | None, limits: Limits, *, now: datetime
) -> ExamenDuPlanning:
    """An examen as the planning of its école shows it."""
    return ExamenDuPlanning(
        id=reservation.examen.id,
        candidat=candidat_resume(candidat) if candidat else None,
        est_modifiable=is_modifiable(reservation, limits, now=now),
        est_annule=reservation.examen.est_annule,
    )


def examen_on_wire(
    reservation: Reservation, candidat: Candidat | None, limits: Limits, *, now: datetime
) -> ExamenOnWire:
    """An examen as its école sees it."""
    examen, creneau, centre = reservation.examen, reservation.creneau, reservation.centre
    resultat = visible_resultat(reservation, limits, now=now)
    return ExamenOnWire(
        id=examen.id,
        est_modifiable=is_modifiable(reservation, limits, now=now),
        est_annule=examen.est_annule,
        statut=statut_of(reservation, now=now),
        creneau_id=creneau.id,
        centre=CentreDuCreneau(id=centre.id, nom=centre.nom),
        numero_inspecteur=creneau.numero_inspecteur,
        date_heure_debut=creneau.date_heure_debut,
        date_heure_fin=creneau.date_heure_fin,
        groupe_permis=creneau.groupe_permis,
        type_epreuve_pratique=creneau.type_epreuve_pratique,
        candidat=candidat_resume(candidat) if candidat else None,
        resultat=ResultatOnWire(statut=resultat, points=examen.points) if resultat else None,
        date_heure_reservation=examen.date_heure_reservation,
    )


def informations_seuil(capacite: Capacite, limits: Limits, *, now: datetime) -> InformationsSeuil:
    """What an école may take in a département and month, and what it has."""
    return InformationsSeuil(
        code_departement=capacite.code_departement,
        groupe_permis=capacite.groupe_permis,
        mois=capacite.mois,
        etp=float(capacite.etp),
        coefficient=float(capacite.coefficient),
        seuil=seuil_of(capacite),
        plafond=plafond_of(capacite, limits, now=now),
        nombre_de_places_utilisees=capacite.utilisees,
        nombre_de_places_restantes=places_left(capacite, limits, now=now),
    )


def pagination(page: int, par_page: int, total: int) -> Pagination:
    """Where a page stands among all."""
    return Pagination(
        page_courante=page,
        par_page=par_page,
        nombre_de_pages=ceil(total / par_page),
        nombre_total=total,
    )

"""The closed lists of the contract (docs/contract/enumerations.md), value for value."""

from enum import StrEnum


class GroupePermis(StrEnum):
    """What an exam place is for (`integrator`; the grouping of categories is `inferred`)."""

    A = "A"
    B = "B"
    CE = "CE"


class CategoriePermis(StrEnum):
    """A licence category as the ANTS names it (`official`)."""

    A1 = "A1"
    A2 = "A2"
    B = "B"
    B1 = "B1"
    BE = "BE"
    C1 = "C1"
    C1E = "C1E"
    C = "C"
    CE = "CE"
    D1 = "D1"
    D1E = "D1E"
    D = "D"
    DE = "DE"

    @property
    def groupe(self) -> GroupePermis:
        """The groupe that this category belongs to: that of its letter, all heavy ones in CE.

        BE is a heavy one (`official`: arrêté of 25 April 2022 as amended on 24 October 2022).
        """
        is_heavy = self is CategoriePermis.BE or self[0] not in {"A", "B"}
        return GroupePermis.CE if is_heavy else GroupePermis(self[0])


class GroupeDuLivret(StrEnum):
    """The groupes whose hours become ETP (`official`; CE is declared, hours and all: `press`)."""

    A = "A"
    B = "B"


class CategorieDuLivret(StrEnum):
    """The categories for which hours are declared (`inferred`)."""

    A1 = "A1"
    A2 = "A2"
    B = "B"
    B1 = "B1"

    @property
    def groupe(self) -> GroupeDuLivret:
        """The groupe that its hours feed, that of its letter (`official`).

        See docs/rules/heures.md#groupe.
        """
        return GroupeDuLivret(self[0])


class GroupeLourd(StrEnum):
    """The groupe whose examens come page by page (`integrator`)."""

    CE = "CE"


class TypeEpreuvePratique(StrEnum):
    """Off the road or on it (`integrator`); groupe B knows CIRCULATION only."""

    PLATEAU = "PLATEAU"
    CIRCULATION = "CIRCULATION"


class StatutDuResultat(StrEnum):
    """How an épreuve ended (`client`; no accents)."""

    EXAMEN_REUSSI = "EXAMEN_REUSSI"
    EXAMEN_ECHOUE = "EXAMEN_ECHOUE"
    EXAMEN_ABSENT = "EXAMEN_ABSENT"
    EXAMEN_ANNULE = "EXAMEN_ANNULE"


class StatutDeReservation(StrEnum):
    """A créneau as one école sees it (`integrator`, the third `client`; accents and all, NFC)."""

    DISPONIBLE = "DISPONIBLE"
    RESERVE_PAR_MON_AUTO_ECOLE = "RÉSERVÉ_PAR_MON_AUTO_ÉCOLE"
    RESERVE_PAR_AUTRE_AUTO_ECOLE = "RÉSERVÉ_PAR_AUTRE_AUTO_ÉCOLE"
    SEUIL_ATTEINT = "SEUIL_ATTEINT"


class StatutExamen(StrEnum):
    """How far an examen has come (`integrator`, the last two `inferred`)."""

    PROGRAMME = "PROGRAMME"
    TERMINE = "TERMINE"
    ANNULE = "ANNULE"


class MotifDePenalite(StrEnum):
    """Why a candidat has to wait (`client`, the last two `inferred`)."""

    ECHEC_EPREUVE_PRATIQUE = "ECHEC_EPREUVE_PRATIQUE"
    ABSENCE_EPREUVE_PRATIQUE = "ABSENCE_EPREUVE_PRATIQUE"
    ANNULATION_TARDIVE = "ANNULATION_TARDIVE"


class StatutDePenalite(StrEnum):
    """Whether he still has to (`client`, the last two `inferred`)."""

    ACTIVE = "ACTIVE"
    TERMINEE = "TERMINEE"
    LEVEE = "LEVEE"


class TypeFormation(StrEnum):
    """How an élève is trained; it alone decides the coefficient of his leçons (`official`)."""

    TRADITIONNELLE = "TRADITIONNELLE"
    BOITE_AUTOMATIQUE = "BOITE_AUTOMATIQUE"
    AAC = "AAC"
    CONDUITE_SUPERVISEE = "CONDUITE_SUPERVISEE"


class TypeLecon(StrEnum):
    """Where a leçon takes place (`official` words, no accent on the wire)."""

    CIRCULATION = "CIRCULATION"
    PLATEAU = "PLATEAU"
    SIMULATEUR = "SIMULATEUR"
    THEORIQUE = "THEORIQUE"


class Activite(StrEnum):
    """What a leçon is for (`official` words)."""

    LECON = "LECON"
    EVALUATION_DE_DEPART = "EVALUATION_DE_DEPART"
    RENDEZ_VOUS_PEDAGOGIQUE = "RENDEZ_VOUS_PEDAGOGIQUE"


class MotifDExclusion(StrEnum):
    """Why hours do not count, in the order of docs/rules/heures.md#reasons (`inferred` codes)."""

    HORS_PERIODE = "HORS_PERIODE"
    RECEPTION_TARDIVE = "RECEPTION_TARDIVE"
    DUREE_HORS_LIMITES = "DUREE_HORS_LIMITES"
    SANS_DEMANDE_ACTIVE = "SANS_DEMANDE_ACTIVE"
    FORMATEUR_NON_DECLARE = "FORMATEUR_NON_DECLARE"
    TYPE_INCOMPATIBLE = "TYPE_INCOMPATIBLE"
    SIMULATEUR_NON_REFERENCE = "SIMULATEUR_NON_REFERENCE"
    SANS_BUREAU_PRINCIPAL = "SANS_BUREAU_PRINCIPAL"
    BAIL_EXPIRE = "BAIL_EXPIRE"
    CHEVAUCHEMENT = "CHEVAUCHEMENT"
    GROUPE_TROP_GRAND = "GROUPE_TROP_GRAND"
    THEORIE_DEJA_COMPTEE = "THEORIE_DEJA_COMPTEE"
    PLAFOND_THEORIE = "PLAFOND_THEORIE"
    SIMULATEUR_AUTONOMIE_DEPASSEE = "SIMULATEUR_AUTONOMIE_DEPASSEE"


class OrigineEtp(StrEnum):
    """Where the ETP that hold in a month come from (`inferred`: the real API does not say)."""

    SCENARIO = "scenario"
    CALCUL = "calcul"


class StatutDemande(StrEnum):
    """How far a demande at the ANTS has come (`inferred`); only VALIDEE opens anything."""

    DEPOSEE = "DEPOSEE"
    EN_INSTRUCTION = "EN_INSTRUCTION"
    VALIDEE = "VALIDEE"
    REJETEE = "REJETEE"
    EXPIREE = "EXPIREE"


class Role(StrEnum):
    """What an employé may do in his école (`official` words, `inferred` values)."""

    GERANT = "GERANT"
    EMPLOYE = "EMPLOYE"

"""The catalogue of refusals: answers, OpenAPI examples and ERRORS.md all derive from it.

A message marked `official` is the State's own wording, kept to the letter.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Literal, NamedTuple

from rdv_mock.fixtures import Limits, default_limits
from rdv_mock.limit_keys import IntegerKey

Level = Literal["official", "integrator", "client", "press", "inferred"]

SOURCES: Mapping[Level, str] = {
    "official": "published by the State, its predecessor system included",
    "integrator": "reported by a reader of the authenticated Swagger (OpenAPI 3.1, version 0.0.2)",
    "client": "seen in a client that runs against production",
    "press": "trade press, unions, vendors' manuals",
    "inferred": "our decision, never a fact of the real system",
}
"""What each level of certainty means."""

CONTRATS = "codesrousseau.fr, API Livret Numérique, 8. Contrats de formation en erreur"
LECONS = "codesrousseau.fr, API Livret Numérique, 9. Leçons en erreur"


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ErrorEntry:
    """One refusal: its HTTP status, its French message, and how sure each of them is.

    `status_on` and `message_on` differ for some operations, by operationId; such a message is
    `inferred`. The status is `inferred` except on the operations of `status_known_on`, where that
    is given. `numbers` names the limits in the message, unless a rule gives other numbers.
    """

    status: int
    message: str
    certainty: Level
    status_certainty: Level | None = None
    message_certainty: Level | None = None
    status_on: Mapping[str, int] = field(default_factory=dict)
    status_known_on: Collection[str] = ()
    message_on: Mapping[str, str] = field(default_factory=dict)
    numbers: Mapping[str, IntegerKey] = field(default_factory=dict)
    source: str | None = None


class ApiError(Enum):
    """Every code that an answer may carry."""

    JETON_INVALIDE = ErrorEntry(
        status=401,
        message="Le jeton d'accès est absent, invalide ou expiré",
        certainty="inferred",
        status_certainty="client",
    )
    SCOPE_INSUFFISANT = ErrorEntry(
        status=403,
        message="Le jeton ne donne pas accès à cette opération",
        certainty="inferred",
    )
    ACTION_INTERDITE = ErrorEntry(
        status=403,
        message="Vous n'êtes pas autorisé à effectuer cette action",
        certainty="integrator",
        message_certainty="inferred",
    )
    NOMBRE_MAXIMUM_DE_REQUETES_ATTEINT = ErrorEntry(
        status=429,
        message="Nombre maximum de requêtes atteint",
        certainty="inferred",
        status_certainty="client",
        message_certainty="client",
    )
    PARAMETRE_INVALIDE = ErrorEntry(
        status=400,
        message="Un paramètre de la requête est invalide",
        certainty="integrator",
        message_certainty="inferred",
    )
    RESSOURCE_INCONNUE = ErrorEntry(
        status=404,
        message="Cette adresse n'existe pas",
        certainty="inferred",
    )
    CORPS_TROP_VOLUMINEUX = ErrorEntry(
        status=413,
        message="Le corps de la requête dépasse la taille autorisée",
        certainty="inferred",
    )
    METHODE_NON_AUTORISEE = ErrorEntry(
        status=405,
        message="Cette méthode n'est pas autorisée à cette adresse",
        certainty="inferred",
    )
    ERREUR_INTERNE = ErrorEntry(
        status=500,
        message="Une erreur interne est survenue",
        certainty="inferred",
    )
    SERVICE_INDISPONIBLE = ErrorEntry(
        status=503,
        message="Le service est momentanément indisponible",
        certainty="inferred",
    )
    REQUETE_ILLISIBLE = ErrorEntry(
        status=400,
        message="La requête n'est pas une requête HTTP/1.1 bien formée",
        certainty="inferred",
    )
    REQUETE_TROP_LENTE = ErrorEntry(
        status=408,
        message="La requête n'est pas arrivée entière à temps",
        certainty="inferred",
    )
    ADRESSE_TROP_LONGUE = ErrorEntry(
        status=414,
        message="L'adresse de la requête dépasse la taille autorisée",
        certainty="inferred",
    )
    EN_TETES_TROP_VOLUMINEUX = ErrorEntry(
        status=431,
        message="Les en-têtes de la requête dépassent la taille autorisée",
        certainty="inferred",
    )
    CANDIDAT_INCONNU = ErrorEntry(
        status=404,
        status_on={"prendreMandat": 400},
        status_known_on={"prendreMandat"},
        message="Le duo NOM NEPH de l'élève ne permet pas de le retrouver en base",
        message_on={
            "affecterCandidat": "Le candidat est inconnu",
            "remplacerCandidat": "Le candidat est inconnu",
        },
        certainty="integrator",
        message_certainty="official",
        source=CONTRATS,
    )
    CANDIDAT_SANS_DEMANDE_ACTIVE = ErrorEntry(
        status=422,
        message=("L'élève que vous recherchez n'a pas de demande pour cette catégorie de permis"),
        certainty="integrator",
        status_certainty="inferred",
        message_certainty="official",
        source=CONTRATS,
    )
    EMAIL_MANQUANT = ErrorEntry(
        status=422,
        message="L'adresse électronique du candidat est obligatoire pour créer son compte",
        certainty="integrator",
        status_certainty="inferred",
        message_certainty="inferred",
    )
    EMAIL_DEJA_ATTRIBUE = ErrorEntry(
        status=409,
        message="Cette adresse électronique est déjà attribuée à un autre candidat",
        certainty="integrator",
        message_certainty="inferred",
    )
    CANDIDAT_DEJA_SOUS_MANDAT = ErrorEntry(
        status=422,
        message="Le candidat est déjà sous mandat d'une autre auto-école",
        certainty="integrator",
        status_certainty="inferred",
        message_certainty="inferred",
    )
    CANDIDAT_DEJA_SOUS_MON_MANDAT = ErrorEntry(
        status=422,
        message="Le candidat est déjà sous mandat de votre auto-école",
        certainty="integrator",
        status_certainty="inferred",
        message_certainty="inferred",
    )
    CENTRE_INCONNU = ErrorEntry(
        status=400,
        status_on={"lireCentre": 404},
        message="Le centre d'examen est inconnu",
        certainty="integrator",
        message_certainty="inferred",
    )
    EMPLOYE_AUTO_ECOLE_INEXISTANT = ErrorEntry(
        status=400,
        message="L'employé d'auto-école n'existe pas",
        certainty="integrator",
        message_certainty="inferred",
    )
    EMPLOYE_N_APPARTIENT_PAS_A_AUTO_ECOLE = ErrorEntry(
        status=400,
        message="L'employé n'appartient pas à votre auto-école",
        certainty="integrator",
        message_certainty="inferred",
    )
    PANIER_INCONNU = ErrorEntry(
        status=404,
        message="Le panier est inconnu ou a expiré",
        certainty="integrator",
        message_certainty="inferred",
    )
    PANIER_PLEIN = ErrorEntry(
        status=400,
        message="Le panier est plein",
        certainty="integrator",
        status_certainty="client",
        message_certainty="inferred",
    )
    CRENEAU_INCONNU = ErrorEntry(
        status=404,
        status_on={"rechercherCandidatsEligibles": 400},
        status_known_on={"rechercherCandidatsEligibles"},
        message="Le créneau est inconnu",
        certainty="integrator",
        message_certainty="inferred",
    )
    CRENEAU_DEJA_RESERVE = ErrorEntry(
        status=409,
        message="Le créneau est déjà dans un panier",
        certainty="integrator",
        status_certainty="client",
        message_certainty="inferred",
    )
    CRENEAU_NON_DISPONIBLE = ErrorEntry(
        status=422,
        message="Le créneau n'est plus disponible",
        certainty="integrator",
        status_certainty="client",
        message_certainty="inferred",
    )
    CRENEAU_DE_GROUPE_DIFFERENT = ErrorEntry(
        status=400,
        message="Le créneau n'est pas du même groupe de permis que le panier",
        certainty="integrator",
        message_certainty="inferred",
    )
    AUTO_ECOLE_NA_AUCUNE_DECLARATION = ErrorEntry(
        status=400,
        message="L'auto-école n'a déclaré aucun formateur",
        certainty="integrator",
        message_certainty="inferred",
    )
    CRENEAU_NON_RESERVABLE_SEUIL_ATTEINT = ErrorEntry(
        status=400,
        message="Le seuil de réservation de l'auto-école est atteint pour ce mois",
        certainty="integrator",
        status_certainty="client",
        message_certainty="inferred",
    )
    CRENEAU_NON_RESERVABLE_PLAFOND_ATTEINT = ErrorEntry(
        status=400,
        message="Le plafond de réservation de l'auto-école est atteint pour ce mois",
        certainty="integrator",
        message_certainty="inferred",
    )
    CRENEAU_PAS_DANS_LE_PANIER = ErrorEntry(
        status=404,
        message="Le créneau n'est pas dans le panier",
        certainty="integrator",
        status_certainty="inferred",
        message_certainty="inferred",
    )
    CANDIDAT_DEJA_DANS_PANIER = ErrorEntry(
        status=409,
        message="Le candidat est déjà dans un panier pour cette épreuve",
        certainty="integrator",
        status_certainty="inferred",
        message_certainty="inferred",
    )
    CANDIDAT_PAS_SOUS_MANDAT = ErrorEntry(
        status=422,
        message="Le candidat n'est pas sous mandat de votre auto-école",
        certainty="integrator",
        status_certainty="inferred",
        message_certainty="inferred",
    )
    CANDIDAT_SOUS_PENALITE = ErrorEntry(
        status=422,
        message=(
            "Le candidat ne peut pas encore réserver : son délai de représentation n'est pas écoulé"
        ),
        certainty="integrator",
        status_certainty="inferred",
        message_certainty="inferred",
    )
    CANDIDAT_DEJA_INSCRIT = ErrorEntry(
        status=409,
        message="Le candidat est déjà inscrit à un examen pour cette épreuve",
        certainty="integrator",
        status_certainty="inferred",
        message_certainty="inferred",
    )
    CANDIDAT_EN_ATTENTE_DE_RESULTAT = ErrorEntry(
        status=422,
        message="Le candidat est en attente du résultat d'un examen",
        certainty="integrator",
        status_certainty="inferred",
        message_certainty="inferred",
    )
    CANDIDAT_AYANT_DEJA_OBTENU_SON_EXAMEN = ErrorEntry(
        status=422,
        message="Le candidat a déjà obtenu cet examen",
        certainty="integrator",
        status_certainty="inferred",
        message_certainty="inferred",
    )
    EXAMEN_INCONNU = ErrorEntry(
        status=404,
        message="L'examen est inconnu",
        certainty="integrator",
        status_certainty="inferred",
        message_certainty="inferred",
    )
    EXAMEN_DEJA_ANNULE = ErrorEntry(
        status=409,
        message="L'examen est déjà annulé",
        certainty="integrator",
        status_certainty="inferred",
        message_certainty="inferred",
    )
    EXAMEN_NON_MODIFIABLE = ErrorEntry(
        status=422,
        message="L'examen n'est plus modifiable",
        certainty="integrator",
        status_certainty="inferred",
        message_certainty="inferred",
    )
    EXAMEN_NON_NOMINATIF = ErrorEntry(
        status=422,
        message="Aucun candidat n'est affecté à cet examen",
        certainty="integrator",
        status_certainty="inferred",
        message_certainty="inferred",
    )
    PERMUTATION_IMPOSSIBLE = ErrorEntry(
        status=422,
        message="La permutation de ces deux examens est impossible",
        certainty="integrator",
        status_certainty="inferred",
        message_certainty="inferred",
    )
    NOMBRE_DE_REMPLACEMENTS_AUTORISES_ATTEINT = ErrorEntry(
        status=422,
        message="Le nombre de remplacements autorisés est atteint pour ce mois",
        certainty="integrator",
        status_certainty="inferred",
        message_certainty="inferred",
    )
    CONTRAT_DEJA_CONNU = ErrorEntry(
        status=409,
        message="Ce contrat de formation est déjà connu en base de données",
        certainty="inferred",
        message_certainty="official",
        source=CONTRATS,
    )
    AUTO_ECOLE_FERMEE = ErrorEntry(
        status=403,
        message="L'auto-école est fermée",
        certainty="inferred",
        message_certainty="official",
        source=CONTRATS,
    )
    CONTRAT_INCONNU = ErrorEntry(
        status=404,
        message="Le contrat de formation est inconnu",
        certainty="inferred",
    )
    CONTRAT_AUTRE_AUTO_ECOLE = ErrorEntry(
        status=403,
        message="Cette auto-école n'est pas autorisée à ajouter une leçon sur ce contrat",
        certainty="inferred",
        message_certainty="official",
        source=LECONS,
    )
    LECON_INCONNUE = ErrorEntry(
        status=404,
        message="La leçon est inconnue",
        certainty="inferred",
    )
    NUMERO_AUTORISATION_INVALIDE = ErrorEntry(
        status=422,
        message="Le format du numéro d'autorisation du formateur n'est pas valide",
        certainty="inferred",
        message_certainty="official",
        source=LECONS,
    )
    DUREE_INVALIDE = ErrorEntry(
        status=422,
        message=(
            "La durée n'est pas valide. Elle doit être comprise entre {minimum} et {maximum} mn"
        ),
        numbers={
            "minimum": "lecon.duree.CIRCULATION.min",
            "maximum": "lecon.duree.CIRCULATION.max",
        },
        certainty="inferred",
        message_certainty="official",
        source=LECONS,
    )
    LECON_DANS_LE_FUTUR = ErrorEntry(
        status=422,
        message="Il n'est pas possible de déclarer une leçon dans le futur",
        certainty="inferred",
        message_certainty="official",
        source=LECONS,
    )
    LECON_DEJA_RENSEIGNEE = ErrorEntry(
        status=409,
        message="Cet élève a déjà une leçon renseignée à cette date et à cette heure",
        certainty="inferred",
        message_certainty="official",
        source=LECONS,
    )
    LECON_VERROUILLEE = ErrorEntry(
        status=409,
        message=(
            "Cette leçon a déjà été prise en compte dans un calcul d'ETP "
            "et ne peut plus être modifiée"
        ),
        certainty="inferred",
    )

    # The control plane: ours, so `inferred` throughout.
    SCENARIO_INVALIDE = ErrorEntry(
        status=422, message="Le scénario n'est pas valide", certainty="inferred"
    )
    HORLOGE_EN_ARRIERE = ErrorEntry(
        status=422,
        message="L'horloge du monde ne peut ni reculer, ni avancer de plus de dix ans en un appel",
        certainty="inferred",
    )
    INCIDENT_INVALIDE = ErrorEntry(
        status=422, message="L'incident demandé n'est pas valide", certainty="inferred"
    )
    MONDE_INCONNU = ErrorEntry(status=404, message="Ce monde n'existe pas", certainty="inferred")
    INSTANTANE_INCONNU = ErrorEntry(
        status=404, message="Cet instantané n'existe pas", certainty="inferred"
    )
    INCIDENT_INCONNU = ErrorEntry(
        status=404, message="Cet incident n'existe pas", certainty="inferred"
    )
    SCENARIO_INCONNU = ErrorEntry(
        status=404, message="Ce scénario n'existe pas", certainty="inferred"
    )
    EMPLOYE_INCONNU = ErrorEntry(
        status=404, message="Cet employé n'existe pas", certainty="inferred"
    )
    GENRE_INCONNU = ErrorEntry(
        status=422, message="Un scénario n'a pas de genre de ce nom", certainty="inferred"
    )
    EXAMEN_NON_TERMINE = ErrorEntry(
        status=422, message="L'examen n'est pas encore terminé", certainty="inferred"
    )
    RESULTAT_INVALIDE = ErrorEntry(
        status=422, message="Le résultat demandé n'est pas valide", certainty="inferred"
    )
    RESULTAT_DEJA_PUBLIE = ErrorEntry(
        status=409, message="Le résultat de cet examen est déjà publié", certainty="inferred"
    )
    MONDE_DEJA_EXISTANT = ErrorEntry(
        status=409, message="Un monde porte déjà ce nom", certainty="inferred"
    )
    TROP_DE_MONDES = ErrorEntry(
        status=503, message="Le nombre maximum de mondes est atteint", certainty="inferred"
    )
    STOCKAGE_INDISPONIBLE = ErrorEntry(
        status=503,
        message="Le disque du serveur, ou ses descripteurs de fichiers, font défaut",
        certainty="inferred",
    )
    JETON_ADMIN_INVALIDE = ErrorEntry(
        status=401, message="Le jeton d'administration est absent ou invalide", certainty="inferred"
    )
    ORIGINE_REFUSEE = ErrorEntry(
        status=403,
        message=(
            "Une page d'un autre site ne peut pas piloter ce serveur ;"
            " RDV_MOCK_CORS_ORIGINS nomme les origines admises"
        ),
        certainty="inferred",
    )
    HOTE_REFUSE = ErrorEntry(
        status=421,
        message=(
            "Ce serveur n'est pas piloté sous ce nom d'hôte ;"
            " RDV_MOCK_ALLOWED_HOSTS nomme les hôtes admis"
        ),
        certainty="inferred",
    )

    @property
    def code(self) -> str:
        """The code, as in `code` and `erreur` of an answer."""
        return self.name

    def status_for(self, operation: str | None) -> int:
        """The HTTP status on an operation."""
        return self.value.status_on.get(operation or "", self.value.status)

    def message_for(self, operation: str | None = None) -> str:
        """The French sentence on an operation, with placeholders for its numbers."""
        return self.value.message_on.get(operation or "", self.value.message)

    def numbers_in(self, limits: Limits) -> Mapping[str, object]:
        """The numbers of the sentence that the limits give."""
        return {name: limits.integer(key) for name, key in self.value.numbers.items()}

    def example(self, operation: str | None = None) -> str:
        """The sentence as it reads with the default limits."""
        return fill(self.message_for(operation), self.numbers_in(default_limits()))


def fill(message: str, values: Mapping[str, object]) -> str:
    """Replace each `{name}` by its value; other braces stay."""
    for name, value in values.items():
        message = message.replace(f"{{{name}}}", str(value))
    return message


class Detail(NamedTuple):
    """A problem of a request or of a scenario file: its place, and what is wrong there."""

    champ: str
    message: str
    ligne: int | None = None


class OAuthRefusal(Exception):  # noqa: N818 - as below
    """The OpenID provider says no, with an error code of OAuth (RFC 6749, 5.2)."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(error, description)
        self.error = error
        self.description = description


class Refusal(Exception):  # noqa: N818 - the contract's word: a refusal is an answer, not a fault
    """The API says no, and which no: the only exception that rules and store raise on purpose.

    `hint` follows the sentence of the catalogue, on the control plane and the pages alone: the
    simulated APIs give none.
    """

    def __init__(
        self,
        error: ApiError,
        *,
        details: Sequence[Detail] = (),
        values: Mapping[str, object] | None = None,
        hint: str = "",
    ) -> None:
        super().__init__(error.code, *details)
        self.error = error
        self.details = tuple(details)
        self.values = values or {}
        self.hint = hint


def bad_parameter(champ: str, message: str) -> Refusal:
    """The refusal of one parameter that is well formed, and does not do."""
    return Refusal(ApiError.PARAMETRE_INVALIDE, details=[Detail(champ, message)])

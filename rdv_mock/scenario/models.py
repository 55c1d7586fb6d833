"""A whole scenario file, and a fragment of one (docs/contract/scenarios.md)."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, model_validator
from pydantic_core import PydanticCustomError

from rdv_mock import paris
from rdv_mock.errors import ApiError
from rdv_mock.facts.world import ErrorKeys
from rdv_mock.scenario.access import DEFAULT_CLIENT, BailPart, ClientPart
from rdv_mock.scenario.auto_ecoles import AutoEcolePart
from rdv_mock.scenario.base import Instant, Part, RefOrId, hint_of
from rdv_mock.scenario.candidats import CandidatPart
from rdv_mock.scenario.coefficients import CoefficientPart
from rdv_mock.scenario.creneaux import CreneauPart
from rdv_mock.scenario.etp import AutonomiePart, EtpCalculePart
from rdv_mock.scenario.exam_api import CentrePart, MandatPart
from rdv_mock.scenario.examens import ExamenPart
from rdv_mock.scenario.incidents import IncidentPart
from rdv_mock.scenario.limits import Limits
from rdv_mock.scenario.livret import ContratPart, LeconPart
from rdv_mock.scenario.paniers import PanierPart
from rdv_mock.scenario.prises import PrisePart
from rdv_mock.wire.base import Problem


def _known_code(code: str, info: ValidationInfo) -> str:
    if code not in ApiError.__members__:
        hint = hint_of(info, code, ApiError.__members__)
        raise PydanticCustomError(
            Problem.UNKNOWN_KEY, "n'est pas un code connu{hint}", {"hint": hint}
        )
    return code


def _shown(now: datetime) -> datetime:
    """Refuse what a clock never comes to: it stops before a date may no longer be."""
    if now.year > paris.LAST_YEAR:
        raise PydanticCustomError(
            Problem.DATE, f"doit être entre {paris.FIRST_YEAR} et {paris.LAST_YEAR}"
        )
    return now


class ClockPart(Part):
    """L'heure à laquelle le monde commence."""

    now: Annotated[Instant, AfterValidator(_shown)] | None = Field(
        None, description="L'heure, avec un fuseau ; par défaut, la vraie."
    )
    frozen: bool | None = Field(
        None, description="Si l'horloge est arrêtée ; par défaut, dès que `now` est donné."
    )


def _whole_number(given: object) -> object:
    """A number as a scenario writes it: as text, like everything in it."""
    return int(given) if isinstance(given, str) and given.isdecimal() else given


class ResponsesPart(Part):
    """Comment les réponses sont formées, là où le contrat ne le dit pas."""

    error_keys: ErrorKeys | None = Field(
        None,
        description="Sous quelles clés un refus donne son code ; par défaut, comme le serveur le"
        " règle (`--error-keys`) : les deux.",
    )
    retry_after: Literal["seconds", "date", "absent"] = Field(
        "seconds", description="La forme de `Retry-After` : des secondes, une date, ou rien."
    )
    unknown_fields: Literal["refuse", "ignore"] = Field(
        "refuse", description="Ce qui arrive à un champ inconnu d'un corps."
    )
    bulk_success_status: Annotated[Literal[200, 201, 207], BeforeValidator(_whole_number)] = Field(
        201, description="Le statut d'un ajout multiple dont tous les créneaux sont entrés."
    )


class ErrorPart(Part):
    """Ce qu'un code répond au lieu du statut et du message du catalogue."""

    status: int | None = Field(
        None, ge=400, le=599, description="Le statut ; par défaut, celui du catalogue."
    )
    message: str | None = Field(
        None, min_length=1, description="Le message ; par défaut, celui du catalogue."
    )


MOST_INVENTED_LECONS = 1_500_000
"""Leçons that a scenario may ask for: a million is a large world."""


Seconds = Annotated[float, Field(ge=0, le=31_536_000)]


class InventPart(Part):
    """Des faits plausibles, tirés de `seed`, dont le monde se remplit."""

    auto_ecoles: int = Field(
        default=0,
        ge=0,
        le=1_000,
        description="Combien d'auto-écoles ; on s'y connecte par `gerant@ecole-1.test`, `gerant`.",
    )
    formateurs_par_auto_ecole: int = Field(
        default=3, ge=0, le=100, description="Combien de formateurs dans chacune."
    )
    candidats: int = Field(default=0, ge=0, le=200_000, description="Combien de candidats en tout.")
    contrats_par_candidat: float = Field(
        default=0.8, ge=0, le=3, description="Combien de contrats chacun a, en moyenne."
    )
    lecons_par_contrat: int = Field(
        default=0, ge=0, le=200, description="Combien de leçons sur chaque contrat inventé."
    )
    heures_par_contrat: int = Field(
        default=0,
        ge=0,
        le=200,
        description="Heures de conduite données, ces quatre-vingt-dix derniers jours, sur chaque"
        " contrat B que le fichier décrit sans leçon.",
    )
    centres: int = Field(default=0, ge=0, le=100, description="Combien de centres d'examen.")
    creneaux_par_jour: int = Field(
        default=0,
        ge=0,
        le=100,
        description="Combien de créneaux dans chaque centre ouvert, chaque jour ouvré.",
    )
    jours: int = Field(
        default=42, ge=0, le=365, description="Sur combien de jours à venir il y a des créneaux."
    )

    @model_validator(mode="after")
    def _within_reason(self) -> "InventPart":
        """Refuse a world that would not fit in memory, before anything is drawn."""
        lecons = self.candidats * self.contrats_par_candidat * self.lecons_par_contrat
        if lecons > MOST_INVENTED_LECONS:
            raise PydanticCustomError(
                Problem.LIMIT, f"ferait plus de {MOST_INVENTED_LECONS} leçons en tout"
            )
        return self


class ConcurrencePart(Part):
    """Des auto-écoles virtuelles, qui prennent des créneaux dès leur publication."""

    auto_ecoles: int = Field(default=8, ge=1, le=1_000, description="Combien elles sont.")
    delai_secondes: tuple[Seconds, Seconds] = Field(
        (0.5, 5.0),
        description="Le plus court et le plus long délai, en secondes, entre la publication et la"
        " prise.",
    )
    part: float = Field(
        default=0.9, ge=0, le=1, description="La part des créneaux qu'elles veulent."
    )

    @model_validator(mode="after")
    def _from_least_to_most(self) -> "ConcurrencePart":
        if self.delai_secondes[0] > self.delai_secondes[1]:
            raise PydanticCustomError(Problem.LIMIT, "doit aller du plus court au plus long délai")
        return self


class ResultatsAutomatiquesPart(Part):
    """Un résultat est tiré et saisi à la fin de chaque examen."""

    part: float = Field(ge=0, le=1, description="La part des examens qui sont réussis.")


Errors = dict[Annotated[str, AfterValidator(_known_code)], ErrorPart]


class FactLists(Part):
    """Les listes de faits."""

    clients: list[ClientPart] = Field(default=[], description="Les logiciels qui se connectent.")
    centres: list[CentrePart] = Field(default=[], description="Les centres d'examen.")
    auto_ecoles: list[AutoEcolePart] = Field(
        default=[], description="Les auto-écoles, et tout ce qui est à elles."
    )
    candidats: list[CandidatPart] = Field(default=[], description="Ceux qui apprennent à conduire.")
    mandats: list[MandatPart] = Field(
        default=[], description="Quelle auto-école peut réserver pour quel candidat."
    )
    creneaux: list[CreneauPart] = Field(default=[], description="Les places d'examen.")
    examens: list[ExamenPart] = Field(default=[], description="Les créneaux réservés.")
    paniers: list[PanierPart] = Field(default=[], description="Les paniers vivants.")
    coefficients: list[CoefficientPart] = Field(
        default=[], description="Combien de places vaut un ETP, par département, groupe et mois."
    )
    prises: list[PrisePart] | None = Field(
        None,
        description="Écrit par `GET /_mock/state` : ce que prennent les auto-écoles virtuelles ;"
        " sans cette liste, c'est tiré au sort.",
    )
    etp_calcules: list[EtpCalculePart] | None = Field(
        None,
        description="Écrit par `GET /_mock/state` : ce que les nuits ont trouvé ; sans cette liste,"
        " les nuits passées sont calculées.",
    )
    autonomies: list[AutonomiePart] = Field(
        default=[],
        description="Écrit par `GET /_mock/state` : les minutes seul sur simulateur que les nuits"
        " ont comptées.",
    )
    contrats_de_formation: list[ContratPart] = Field(
        default=[], description="Les contrats de formation."
    )
    lecons: list[LeconPart] = Field(default=[], description="Les leçons déclarées.")
    baux: list[BailPart] = Field(default=[], description="Les connexions, vivantes ou terminées.")
    incidents: list[IncidentPart] = Field(
        default=[], description="Ce qui doit mal se passer, et pour quels appels."
    )


class FragmentHead(Part):
    """Ce qui peut changer au milieu d'un test, sans les listes de faits."""

    title: str | None = Field(None, min_length=1)
    description: str | None = None
    limits: Limits = {}
    responses: ResponsesPart | None = None
    errors: Errors = {}
    concurrence: ConcurrencePart | None = None
    resultats_automatiques: ResultatsAutomatiquesPart | None = None
    supprimer: list[RefOrId] = []


class Fragment(FactLists, FragmentHead):
    """Ce qui peut changer au milieu d'un test : tout, sauf l'horloge, `seed` et `invent`."""

    prises: list[PrisePart] = []


class NamedScenario(Part):
    """Un scénario nommé plutôt qu'écrit."""

    name: str


class ScenarioHead(Part):
    """Ce qu'un scénario dit hors de ses listes de faits."""

    title: str = Field(min_length=1, description="Ce qu'il est, en quelques mots.")
    description: str = Field(default="", description="Ce qui s'y trouve, et les appels à faire.")
    seed: int = Field(
        default=0,
        ge=0,
        le=2**53,
        description="D'où suivent les identifiants et tout ce qui est tiré au sort.",
    )
    clock: ClockPart = Field(
        ClockPart(), description="L'heure à laquelle le monde commence ; par défaut, la vraie."
    )
    limits: Limits = {}
    responses: ResponsesPart = Field(
        ResponsesPart(), description="Comment les réponses sont formées."
    )
    errors: Errors = Field(
        default={}, description="Code par code, un autre statut ou message que ceux du catalogue."
    )
    concurrence: ConcurrencePart | None = Field(
        None,
        description="Des auto-écoles virtuelles, qui prennent des créneaux dès leur publication ;"
        " par défaut, aucune.",
    )
    resultats_automatiques: ResultatsAutomatiquesPart | None = Field(
        None,
        description="Un résultat est tiré et saisi à la fin de chaque examen ; par défaut, aucun.",
    )
    invent: InventPart | None = Field(
        None, description="De quoi remplir le monde de faits plausibles, tirés de `seed`."
    )
    counters: dict[str, Annotated[int, Field(ge=0, le=2**53)]] = Field(
        default={},
        description="Écrit par `GET /_mock/state` : d'où continuent les nouveaux identifiants.",
    )


class Scenario(FactLists, ScenarioHead):
    """Une situation : ce qui est vrai quand le monde commence, et l'heure qu'il est."""

    clients: list[ClientPart] = Field(
        default=[DEFAULT_CLIENT],
        description=f"Les logiciels qui se connectent ; par défaut, `{DEFAULT_CLIENT.client_id}`.",
    )

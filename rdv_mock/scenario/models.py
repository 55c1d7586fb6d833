"""A whole scenario file, and a fragment of one (design.md 6)."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from rdv_mock import paris
from rdv_mock.errors import ApiError
from rdv_mock.facts.world import ErrorKeys
from rdv_mock.hints import suggestion
from rdv_mock.scenario.access import DEFAULT_CLIENT, BailPart, ClientPart
from rdv_mock.scenario.auto_ecoles import AutoEcolePart
from rdv_mock.scenario.base import Instant, Part, RefOrId
from rdv_mock.scenario.candidats import CandidatPart
from rdv_mock.scenario.etp import AutonomiePart, EtpCalculePart
from rdv_mock.scenario.exam_api import CentrePart, MandatPart
from rdv_mock.scenario.incidents import IncidentPart
from rdv_mock.scenario.limits import Limits
from rdv_mock.scenario.livret import ContratPart, LeconPart
from rdv_mock.scenario.places import CoefficientPart, CreneauPart, ExamenPart, PanierPart, PrisePart
from rdv_mock.wire.base import Problem


def _known_code(code: str) -> str:
    if code not in ApiError.__members__:
        hint = suggestion(code, ApiError.__members__)
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
    """Where the clock starts; given `now`, it stands still unless `frozen: false`."""

    now: Annotated[Instant, AfterValidator(_shown)] | None = None
    frozen: bool | None = None


def _whole_number(given: object) -> object:
    """A number as a scenario writes it: as text, like everything in it."""
    return int(given) if isinstance(given, str) and given.isdecimal() else given


class ResponsesPart(Part):
    """How answers are formed where the contract is ambiguous."""

    error_keys: ErrorKeys | None = None
    retry_after: Literal["seconds", "date", "absent"] = "seconds"
    unknown_fields: Literal["refuse", "ignore"] = "refuse"
    bulk_success_status: Annotated[Literal[200, 201, 207], BeforeValidator(_whole_number)] = 201


class ErrorPart(Part):
    """What a code answers instead of the catalogue's status and message."""

    status: int | None = Field(None, ge=400, le=599)
    message: str | None = Field(None, min_length=1)


MOST_INVENTED_LECONS = 1_500_000
"""Leçons that a scenario may ask for: a million is a large world."""


Seconds = Annotated[float, Field(ge=0, le=31_536_000)]


class InventPart(Part):
    """Plausible écoles, candidats, contrats, leçons, centres and créneaux, from the seed."""

    auto_ecoles: int = Field(default=0, ge=0, le=1_000)
    formateurs_par_auto_ecole: int = Field(default=3, ge=0, le=100)
    candidats: int = Field(default=0, ge=0, le=200_000)
    contrats_par_candidat: float = Field(default=0.8, ge=0, le=3)
    lecons_par_contrat: int = Field(default=0, ge=0, le=200)
    heures_par_contrat: int = Field(
        default=0,
        ge=0,
        le=200,
        description="Heures de conduite données, ces quatre-vingt-dix derniers jours, sur chaque"
        " contrat B que le fichier décrit sans leçon.",
    )
    centres: int = Field(default=0, ge=0, le=100)
    creneaux_par_jour: int = Field(
        default=0, ge=0, le=100, description="In each open centre, on each working day."
    )
    jours: int = Field(default=42, ge=0, le=365)

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
    """Virtual écoles that take créneaux once they are published."""

    auto_ecoles: int = Field(default=8, ge=1, le=1_000)
    delai_secondes: tuple[Seconds, Seconds] = (0.5, 5.0)
    part: float = Field(default=0.9, ge=0, le=1, description="Of the créneaux, which they want.")

    @model_validator(mode="after")
    def _from_least_to_most(self) -> "ConcurrencePart":
        if self.delai_secondes[0] > self.delai_secondes[1]:
            raise PydanticCustomError(Problem.LIMIT, "doit aller du plus court au plus long délai")
        return self


class ResultatsAutomatiquesPart(Part):
    """A result is drawn and entered when an examen ends."""

    part: float = Field(ge=0, le=1, description="Of the examens, which are passed.")


Errors = dict[Annotated[str, AfterValidator(_known_code)], ErrorPart]


class FragmentHead(Part):
    """What may change in the middle of a test, but for the lists of facts."""

    title: str | None = Field(None, min_length=1)
    description: str | None = None
    limits: Limits = {}
    responses: ResponsesPart | None = None
    errors: Errors = {}
    concurrence: ConcurrencePart | None = None
    resultats_automatiques: ResultatsAutomatiquesPart | None = None
    supprimer: list[RefOrId] = []


class Fragment(FragmentHead):
    """What may change in the middle of a test: anything but clock, seed and what is invented."""

    clients: list[ClientPart] = []
    centres: list[CentrePart] = []
    auto_ecoles: list[AutoEcolePart] = []
    candidats: list[CandidatPart] = []
    mandats: list[MandatPart] = []
    creneaux: list[CreneauPart] = []
    examens: list[ExamenPart] = []
    paniers: list[PanierPart] = []
    coefficients: list[CoefficientPart] = []
    prises: list[PrisePart] = Field(
        default=[], description="Written by GET /_mock/state: what virtual écoles take."
    )
    etp_calcules: list[EtpCalculePart] | None = Field(
        None, description="Written by GET /_mock/state; without it, past nights are calculated."
    )
    autonomies: list[AutonomiePart] = Field(
        default=[], description="Written by GET /_mock/state: hours alone on a simulator."
    )
    contrats_de_formation: list[ContratPart] = []
    lecons: list[LeconPart] = []
    baux: list[BailPart] = []
    incidents: list[IncidentPart] = []


class NamedScenario(Part):
    """A scenario that is named instead of written out."""

    name: str


class ScenarioHead(Part):
    """What a scenario says besides its lists of facts."""

    title: str = Field(min_length=1)
    description: str = ""
    seed: int = Field(default=0, ge=0, le=2**53)
    clock: ClockPart = ClockPart()
    limits: Limits = {}
    responses: ResponsesPart = ResponsesPart()
    errors: Errors = {}
    concurrence: ConcurrencePart | None = None
    resultats_automatiques: ResultatsAutomatiquesPart | None = None
    invent: InventPart | None = None
    counters: dict[str, Annotated[int, Field(ge=0, le=2**53)]] = Field(
        default={}, description="Written by GET /_mock/state: from where new ids go on."
    )


class Scenario(ScenarioHead):
    """One file, one situation."""

    clients: list[ClientPart] = [DEFAULT_CLIENT]
    centres: list[CentrePart] = []
    auto_ecoles: list[AutoEcolePart] = []
    candidats: list[CandidatPart] = []
    mandats: list[MandatPart] = []
    creneaux: list[CreneauPart] = []
    examens: list[ExamenPart] = []
    paniers: list[PanierPart] = []
    coefficients: list[CoefficientPart] = []
    prises: list[PrisePart] | None = Field(
        None,
        description="Written by GET /_mock/state; without it, what appears at the start is drawn.",
    )
    etp_calcules: list[EtpCalculePart] | None = Field(
        None, description="Written by GET /_mock/state; without it, past nights are calculated."
    )
    autonomies: list[AutonomiePart] = Field(
        default=[], description="Written by GET /_mock/state: hours alone on a simulator."
    )
    contrats_de_formation: list[ContratPart] = []
    lecons: list[LeconPart] = []
    baux: list[BailPart] = []
    incidents: list[IncidentPart] = []

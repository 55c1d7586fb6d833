"""The clock of a world: settings, readings, and the events of an advance."""

import re
from datetime import timedelta
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, PlainValidator, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from rdv_mock.wire.base import Asked, AskedInstant, InParis, Instant, Problem, Shape, examples

TOMORROW = "2026-03-11T09:00:00+01:00"
"""The second day of the demonstration."""
_DURATION = re.compile(
    r"P(?=.)(?:(?P<weeks>\d{1,5})W)?(?:(?P<days>\d{1,6})D)?"
    r"(?:T(?=.)(?:(?P<hours>\d{1,7})H)?(?:(?P<minutes>\d{1,9})M)?(?:(?P<seconds>\d{1,10})S)?)?",
    re.ASCII,
)


def parse_duration(given: object) -> timedelta:
    """An ISO 8601 duration in weeks, days, hours, minutes and seconds; a day is 24 hours."""
    written = _DURATION.fullmatch(given) if isinstance(given, str) else None
    if written is None:
        raise PydanticCustomError(
            Problem.DATE,
            "doit être une durée ISO 8601 en semaines, jours, heures, minutes et secondes,"
            " par exemple P3DT2H",
        )
    return timedelta(**{unit: int(count) for unit, count in written.groupdict("0").items()})


Duration = Annotated[
    timedelta,
    PlainValidator(parse_duration),
    WithJsonSchema({"type": "string", "format": "duration", "examples": ["P3DT2H"]}),
]


class ClockOnWire(Shape):
    """L'heure du monde."""

    now: Instant = Field(description="L'heure du monde, en UTC.")
    now_paris: InParis = Field(description="La même heure, à Paris.")
    frozen: bool = Field(description="Si elle est arrêtée.")


class ClockSetting(Asked):
    """L'heure à laquelle mettre l'horloge, et si elle s'arrête."""

    model_config = examples({"frozen": False}, {"now": TOMORROW})

    now: AskedInstant | None = Field(
        None,
        description="L'heure à laquelle la mettre, avec un fuseau ; en avant seulement.",
        examples=[TOMORROW],
    )
    frozen: bool | None = Field(None, description="L'arrêter, ou la laisser courir.")


class Advance(Asked):
    """De combien avancer (`by`, durée ISO 8601) ou jusqu'à quand (`to`)."""

    model_config = examples({"by": "PT1H"}, {"to": TOMORROW})

    by: Duration | None = Field(None, description="De combien avancer, en durée ISO 8601.")
    to: AskedInstant | None = Field(
        None, description="Jusqu'à quand, avec un fuseau.", examples=[TOMORROW]
    )

    @model_validator(mode="after")
    def _one_of_both(self) -> "Advance":
        if (self.by is None) == (self.to is None):
            raise PydanticCustomError(Problem.DATE, "doit porter soit « by », soit « to »")
        return self


class EventOnWire(BaseModel):
    """Ce qui est arrivé, et à quoi : près de chaque identifiant, `…Ref` et `…Nom`."""

    model_config = ConfigDict(extra="allow", defer_build=True)

    at: Instant = Field(description="Quand, en UTC.")
    at_paris: InParis = Field(serialization_alias="atParis", description="La même heure, à Paris.")
    type: str = Field(
        description="Quoi, et à quoi : `BAIL_TERMINE` (bailId, employeId, clientId),"
        " `PANIER_EXPIRE` (panierId, autoEcoleId), `DEMANDE_CHANGE` (candidatId, categoriePermis,"
        " statut), `MANDAT_TERMINE` (mandatId, candidatId, autoEcoleId, groupePermis),"
        " `PENALITE_TERMINEE` (penaliteId, candidatId, groupePermis), `EXAMEN_TERMINE`,"
        " `RESULTAT_PUBLIE` et `EXAMEN_SANS_CANDIDAT_ANNULE` (examenId, creneauId, autoEcoleId, et"
        " resultat s'il y en a un), `ETP_CALCULE` (autoEcoleId, groupePermis, mois, etp),"
        " `PRIORITE_TERRITORIALE_LEVEE` (creneauId), `CRENEAU_PUBLIE` (creneauId, centreId),"
        " `CRENEAU_PRIS_PAR_CONCURRENCE` (creneauId, concurrent). À un même instant, dans cet"
        " ordre.",
        examples=["PANIER_EXPIRE"],
    )


class Advanced(Shape):
    """Ce qui est arrivé pendant que l'horloge avançait : les mille premiers événements."""

    now: Instant = Field(description="L'heure qu'il est désormais.")
    now_paris: InParis = Field(description="La même heure, à Paris.")
    total: int = Field(description="Combien d'événements en tout.")
    events: list[EventOnWire] = Field(description="Les mille premiers, dans l'ordre.")

"""Worlds, snapshots, incidents and the journal on the control plane (design.md 7)."""

import re
import unicodedata
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from pydantic.alias_generators import to_camel
from pydantic.json_schema import SkipJsonSchema
from pydantic_core import PydanticCustomError

from rdv_mock.wire.base import (
    Asked,
    AskedInQuery,
    InParis,
    Instant,
    Problem,
    Shape,
    ShownNom,
    ShownRef,
    example,
    examples,
    is_absent,
)
from rdv_mock.wire.control import ClockSetting, Refs

NAME_PATTERN = r"^[a-z0-9][a-z0-9_-]{0,62}$"
MOST_OF_A_NAME = 63


def name_like(given: str) -> str:
    """A name that fits, made from one that does not: « Mon Monde » becomes `mon-monde`."""
    letters = unicodedata.normalize("NFKD", given[:MOST_OF_A_NAME]).encode("ascii", "ignore")
    fitting = re.sub(r"[^a-z0-9_]+", "-", letters.decode().lower()).strip("-_")
    return fitting[:MOST_OF_A_NAME] or "mon-nom"


def _check_name(given: str) -> str:
    """Refuse a name that cannot stand in an address, and show one that can."""
    if re.fullmatch(NAME_PATTERN.strip("^$"), given) is None:
        raise PydanticCustomError(
            Problem.NAME,
            "doit tenir en 63 signes au plus parmi a-z, 0-9, - et _, dont le premier est une lettre"
            " ou un chiffre, par exemple « {example} »",
            {"example": name_like(given)},
        )
    return given


Name = Annotated[
    str, AfterValidator(_check_name), Field(json_schema_extra={"pattern": NAME_PATTERN})
]

HEADER_NAME = r"^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$"
HEADER_VALUE = r"^[\x20-\x7e\x80-\xff]{0,4000}$"
MOST_DELAY_SECONDS = 60


class WorldAsked(Asked):
    """Un monde à créer ; sans rien, comme le monde principal tel qu'il a été chargé."""

    model_config = example(name="essai")

    name: Name | None = Field(None, description="Par défaut monde-1, monde-2…")
    scenario: str | dict[str, Any] | None = Field(
        None, description="Le nom d'un scénario, ou un scénario entier."
    )
    from_: str | None = Field(
        None, alias="from", description="Un monde dont copier l'état présent, horloge comprise."
    )
    clock: ClockSetting | None = Field(
        None, description="L'heure à laquelle il commence, à partir de la sienne."
    )


class WorldOnWire(Shape):
    """Un monde."""

    name: str = Field(description="Son nom.")
    base_path: str = Field(description="L'adresse où il commence.")
    scenario: str = Field(description="Le scénario dont il vient.")
    now: Instant = Field(description="L'heure qu'il y est, en UTC.")
    now_paris: InParis = Field(description="La même heure, à Paris.")
    frozen: bool = Field(description="Si son horloge est arrêtée.")


class CreatedWorld(Shape):
    """Un monde qui vient d'être créé."""

    name: str = Field(description="Son nom.")
    base_path: str = Field(description="L'adresse où il commence.")
    refs: dict[str, str] = Field(description="L'identifiant derrière chaque réf.")


class SnapshotAsked(Asked):
    """Sous quel nom garder l'état présent."""

    model_config = examples({"name": "avant"}, {"name": "apres"})

    name: Name = Field(description="Le nom.")


class SnapshotOnWire(Shape):
    """Un état gardé, et l'heure qu'il était."""

    name: str = Field(description="Son nom.")
    now: Instant = Field(description="L'heure qu'il était, en UTC.")
    now_paris: InParis = Field(description="La même heure, à Paris.")
    frozen: bool = Field(description="Si l'horloge était arrêtée.")


class Changed(Shape):
    """Un objet, avant et après."""

    before: dict[str, Any] = Field(description="L'objet d'avant.")
    after: dict[str, Any] = Field(description="L'objet d'après.")


class Difference(Shape):
    """Ce qui distingue deux états, pour un genre d'objets."""

    added: list[dict[str, Any]] = Field(description="Les objets ajoutés.")
    changed: list[Changed] = Field(description="Les objets changés.")
    removed: list[dict[str, Any]] = Field(description="Les objets ôtés.")


class IncidentFields(BaseModel):
    """What an incident is made of, on the control plane and in a scenario."""

    operation: str | None = Field(None, description="L'operationId des appels visés.")
    method: str | None = Field(None, pattern=r"^[A-Za-z]{1,10}$", description="Leur méthode HTTP.")
    path: str | None = Field(
        None, min_length=1, max_length=500, description="Sans /w/{world} ; `*` vaut n'importe quoi."
    )
    employe: str | None = Field(None, description="Une réf, un identifiant ou une adresse.")
    auto_ecole: str | None = Field(None, description="Une réf ou un identifiant.")
    after: int = Field(0, ge=0, le=1_000_000, description="Après tant d'appels.")
    times: int | None = Field(None, ge=1, le=1_000_000, description="Par défaut, toujours.")
    delay_seconds: float = Field(
        0.0, ge=0, le=MOST_DELAY_SECONDS, description="En secondes réelles."
    )
    error: str | None = Field(None, description="Un code du catalogue.")
    status: int | None = Field(None, ge=200, le=599, description="Le statut à répondre.")
    headers: (
        dict[
            Annotated[str, StringConstraints(pattern=HEADER_NAME)],
            Annotated[str, StringConstraints(pattern=HEADER_VALUE)],
        ]
        | None
    ) = Field(None, description="Les en-têtes à répondre.")
    body: Any = Field(None, description="Tel quel si c'est du texte, sinon en JSON.")
    malformed: bool = Field(default=False, description="Coupe la vraie réponse en deux.")
    omit: list[str] = Field(default=[], description="Clés à ôter de la vraie réponse.")
    drop: Literal["before", "after"] | None = Field(
        None, description="Coupe la connexion, avant ou après l'écriture."
    )


class IncidentAsked(Asked, IncidentFields):
    """Ce qui doit mal se passer, pour quels appels."""

    model_config = example(operation="lireMonAutoEcole", times=1, error="SERVICE_INDISPONIBLE")


class IncidentOnWire(BaseModel):
    """Un incident, armé ou épuisé ; près d'un identifiant, `…Ref` et `…Nom`."""

    model_config = ConfigDict(extra="allow")

    id: str = Field(description="Identifiant de l'incident.")
    seen: int = Field(description="Appels qu'il a vus passer.")
    struck: int = Field(description="Appels qu'il a frappés.")
    restants: int | None = Field(
        description="Appels qu'il frappera encore ; nul sans `times` : toujours."
    )
    epuise: bool = Field(
        description="S'il a frappé autant de fois que demandé : il ne frappe plus."
    )


class QueryJournal(AskedInQuery):
    """Quels appels."""

    operation: str | None = Field(None, description="Un operationId.")
    method: str | None = Field(None, description="Une méthode HTTP.")
    path: str | None = Field(None, max_length=500, description="`*` vaut n'importe quoi.")
    status: int | None = Field(None, description="Un statut.")
    code: str | None = Field(None, description="Un code de refus.")
    employe: str | None = Field(None, description="Une réf, un identifiant ou une adresse.")
    limit: int = Field(100, ge=1, le=100_000, description="Combien d'appels au plus.")
    wait: float = Field(0, ge=0, le=30, description="Attendre un tel appel, en secondes réelles.")


class JournalMessage(Shape):
    """Un côté d'un appel."""

    query: str | SkipJsonSchema[None] = Field(
        None,
        exclude_if=is_absent,
        description="La requête, telle qu'elle est dans l'adresse ; absente d'une réponse.",
    )
    headers: dict[str, str] = Field(description="Ses en-têtes, sans les secrets.")
    body: str = Field(
        description="Son corps, sans les secrets ; décompressé, s'il l'était. `tronque` dit s'il"
        " n'est pas gardé en entier."
    )
    tronque: bool | SkipJsonSchema[None] = Field(
        None,
        exclude_if=is_absent,
        description="`true` quand ce qui est gardé n'est pas tout : un corps ou un en-tête plus"
        " grand que `RDV_MOCK_JOURNAL_BODIES`, ou oublié parce que les journaux tiennent trop de"
        " place ; absent sinon.",
    )
    taille: int | SkipJsonSchema[None] = Field(
        None,
        exclude_if=is_absent,
        description="Où `tronque` est vrai : la taille de tout le corps, en octets.",
    )


class JournalEntry(Shape):
    """Un appel reçu."""

    at: Instant = Field(description="Quand, à l'horloge du monde.")
    at_paris: InParis = Field(description="La même heure, à Paris.")
    real_at: Instant = Field(description="Quand, en vrai.")
    real_at_paris: InParis = Field(description="La même heure, à Paris.")
    method: str = Field(description="La méthode HTTP.")
    path: str = Field(description="L'adresse, sans `/w/{world}` ; ses 2 048 premiers signes.")
    operation: str | None = Field(description="L'operationId ; nul si l'adresse est inconnue.")
    employe: str | None = Field(
        description="L'employé à qui est le jeton ; nul sans jeton valable."
    )
    employe_ref: ShownRef
    employe_nom: ShownNom
    auto_ecole: str | None = Field(description="Son auto-école ; nulle s'il n'est plus là.")
    auto_ecole_ref: ShownRef
    auto_ecole_nom: ShownNom
    status: int = Field(description="0 quand rien n'a été répondu.")
    code: str | None = Field(description="Le code du refus ; nul si rien n'a été refusé.")
    incident: str | None = Field(description="L'incident qui l'a frappé ; nul sinon.")
    duration_ms: float = Field(description="Ce qu'il a pris, en millisecondes.")
    request: JournalMessage = Field(description="Ce qui a été demandé.")
    response: JournalMessage = Field(description="Ce qui a été répondu.")


class JournalOnWire(Shape):
    """Les appels reçus, du plus récent au plus ancien."""

    total: int = Field(description="Combien d'appels conviennent.")
    entries: list[JournalEntry] = Field(description="Les appels.")


class StateOptions(BaseModel):
    """What `params` may hold beside a fragment of a scenario."""

    model_config = ConfigDict(alias_generator=to_camel, extra="forbid", defer_build=True)

    employe: Annotated[str, StringConstraints(strict=True)] | None = None
    keep_tokens: bool = False


class StateValues(Refs):
    """Ce qu'un vérificateur de Pact peut mettre dans ses requêtes, chaque réf à part aussi."""

    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, extra="allow", defer_build=True
    )

    token: str | SkipJsonSchema[None] = Field(
        None,
        exclude_if=is_absent,
        description="Un jeton d'accès de `params.employe`, ou du premier employé du scénario ;"
        " absent sans employé ou sans client.",
    )


class ProviderState(Asked):
    """Un état de fournisseur, au sens de Pact."""

    model_config = example(state="demonstration")

    state: str | None = Field(
        None,
        description="Le nom ou le titre d'un scénario ; vide, le monde reste tel qu'il est.",
        examples=["panier_plein"],
    )
    params: dict[str, Any] | None = Field(
        None,
        description="Un fragment de scénario ; et à part `employe` (réf, identifiant ou adresse) :"
        " de qui est `token` ; `keepTokens` : les jetons d'avant valent encore, autant que"
        " l'horloge le permet.",
        examples=[{"employe": "lea"}],
    )
    action: Literal["setup", "teardown"] = Field(
        "setup", description="`setup` par défaut ; `teardown` ne fait rien."
    )
    consumer: str | None = Field(None, description="Le consommateur, au sens de Pact ; sans effet.")
    states: list[str] | None = Field(
        None, description="Tous les états, comme certains vérificateurs les redisent ; sans effet."
    )

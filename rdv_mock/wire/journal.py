"""The journal: a filter of calls, and what is told of each."""

from pydantic import Field
from pydantic.json_schema import SkipJsonSchema

from rdv_mock.wire.base import AskedInQuery, InParis, Instant, Shape, ShownNom, ShownRef, is_absent


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

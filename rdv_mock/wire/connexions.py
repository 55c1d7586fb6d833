"""The bails of a bureau."""

from pydantic import Field

from rdv_mock.wire.base import Id, InParis, Instant, Shape, ShownNom, ShownRef


class Connexion(Shape):
    """Un bureau, et la connexion qui le couvre ; sans connexion, un bureau déconnecté."""

    auto_ecole: Id = Field(description="L'auto-école.")
    auto_ecole_ref: ShownRef
    auto_ecole_nom: ShownNom
    bureau: Id | None = Field(description="Le bureau ; nul si l'auto-école n'en a aucun.")
    bureau_ref: ShownRef
    bureau_nom: ShownNom
    employe: Id | None = Field(description="L'employé connecté ; nul sans connexion.")
    employe_ref: ShownRef
    employe_nom: ShownNom
    client_id: str | None = Field(description="Le client par lequel il l'est ; nul sans connexion.")
    debut: Instant | None = Field(description="Début du bail, en UTC ; nul sans connexion.")
    debut_paris: InParis | None = Field(description="La même heure, à Paris.")
    fin: Instant | None = Field(description="Fin du bail, en UTC ; nul sans connexion.")
    fin_paris: InParis | None = Field(description="La même heure, à Paris.")
    connecte: bool = Field(description="Si ce bail vit encore.")

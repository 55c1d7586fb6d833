"""What the nights have found, in a written state and back."""

from decimal import Decimal

from pydantic import Field

from rdv_mock.facts.enumerations import GroupeDuLivret
from rdv_mock.facts.etp import AutonomieEnregistree, EtpCalcule, PartCalculee
from rdv_mock.fixtures import LARGEST_LIMIT
from rdv_mock.scenario.base import Instant, Part, Parts, RefOf, RefOrId, part_of, text_of
from rdv_mock.scenario.build import Build
from rdv_mock.scenario.yaml_text import Where
from rdv_mock.store import Store
from rdv_mock.wire.auto_ecole import FormateurDeLAutoEcole
from rdv_mock.wire.base import CodeDepartement, Mois
from rdv_mock.wire.etp import EtpOnWire


class PartCalculeePart(Part):
    """Ce qu'un formateur ou un simulateur a apporté."""

    numero_autorisation: str = Field(
        description=text_of(FormateurDeLAutoEcole, "numero_autorisation")
    )
    formateur: RefOrId | None = Field(
        None, description="Le formateur : sa réf ou son identifiant, même s'il n'est plus là."
    )
    code_departement: CodeDepartement
    etp: Decimal = Field(
        ge=0, max_digits=16, decimal_places=6, description="Ses ETP, à six décimales au plus."
    )


class EtpCalculePart(Part):
    """Ce qu'une nuit du calcul a trouvé pour une auto-école et un groupe."""

    auto_ecole: RefOrId = Field(description="L'auto-école : sa réf ou son identifiant.")
    groupe_permis: GroupeDuLivret = Field(description=text_of(EtpOnWire, "groupe_permis"))
    mois: Mois = Field(description=text_of(EtpOnWire, "mois"))
    date_heure_calcul: Instant = Field(description="La nuit qui l'a trouvé.")
    parts: list[PartCalculeePart] = Field(
        default=[], description="Ce que chaque formateur et chaque simulateur a apporté."
    )


class AutonomiePart(Part):
    """Des minutes seul sur simulateur, qu'une nuit du calcul a comptées pour une leçon."""

    lecon: RefOrId = Field(description="La leçon : sa réf ou son identifiant.")
    minutes: int = Field(ge=1, le=LARGEST_LIMIT, description="Combien de minutes.")
    date_heure_calcul: Instant = Field(description="La nuit qui les a comptées.")


def save_etp_calcules(parts: Parts[EtpCalculePart], build: Build, at: Where) -> None:
    """Put the results of nights into the build."""
    store = build.store
    for index, part in parts:
        where = (*at, index)
        auto_ecole = build.find(store.auto_ecoles, part.auto_ecole, (*where, "autoEcole"))
        if auto_ecole:
            id_ = f"{auto_ecole.id}/{part.groupe_permis}/{part.mois}"
            build.once(store.etp_calcules, id_, where)
            build.add(
                store.etp_calcules,
                EtpCalcule(
                    id_, auto_ecole.id, part.groupe_permis, part.mois, part.date_heure_calcul
                ),
            )
            build.replace_all(store.parts_calculees, "etp_calcule_id", id_)
            for order, one in enumerate(part.parts):
                _save_part(one, id_, build, (*where, "parts", order))


def _save_part(part: PartCalculeePart, of: str, build: Build, at: Where) -> None:
    store = build.store
    formateur_id = build.id_named(part.formateur) if part.formateur else None
    id_ = f"{of}/{formateur_id or part.numero_autorisation}"
    build.once(store.parts_calculees, id_, at)
    build.add(
        store.parts_calculees,
        PartCalculee(
            id=id_,
            etp_calcule_id=of,
            numero_autorisation=part.numero_autorisation,
            formateur_id=formateur_id,
            code_departement=part.code_departement,
            etp=part.etp,
        ),
    )


def save_autonomies(parts: Parts[AutonomiePart], build: Build, at: Where) -> None:
    """Put what is used up alone on simulators into the build."""
    store = build.store
    for index, part in parts:
        where = (*at, index)
        lecon = build.find(store.lecons, part.lecon, (*where, "lecon"))
        contrat = lecon and build.find(store.contrats_de_formation, lecon.contrat_id, where)
        if lecon and contrat:
            id_ = f"{lecon.id}/{part.date_heure_calcul:%Y-%m-%d}"
            build.once(store.autonomies, id_, where)
            build.add(
                store.autonomies,
                AutonomieEnregistree(
                    id=id_,
                    auto_ecole_id=contrat.auto_ecole_id,
                    lecon_id=lecon.id,
                    minutes=part.minutes,
                    date_heure_calcul=part.date_heure_calcul,
                ),
            )


def write_etp_calcule(calcule: EtpCalcule, store: Store, ref: RefOf) -> EtpCalculePart:
    """The result of a night as a scenario says it."""
    parts = store.parts_calculees.of(calcule.id)
    return part_of(
        calcule,
        EtpCalculePart,
        ref,
        parts=[part_of(part, PartCalculeePart, ref) for part in parts],
    )


def write_autonomie(autonomie: AutonomieEnregistree, _store: Store, ref: RefOf) -> AutonomiePart:
    """Minutes alone on a simulator as a scenario says them."""
    return part_of(autonomie, AutonomiePart, ref)

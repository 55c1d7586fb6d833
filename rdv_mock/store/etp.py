"""The tables of what calculation nights have found."""

from collections.abc import Mapping
from datetime import datetime

from rdv_mock.facts.enumerations import GroupeDuLivret
from rdv_mock.facts.etp import (
    AutonomieComptee,
    AutonomieEnregistree,
    EtpCalcule,
    PartCalculee,
)
from rdv_mock.store.table import Table, write_datetime


class EtpCalcules(Table[EtpCalcule]):
    """The results of the nights, école by école and groupe by groupe."""

    name = "etp_calcules"
    fact = EtpCalcule
    indexes = (("auto_ecole_id", "groupe_permis"),)
    owners = {"auto_ecole_id": "auto_ecoles"}

    def by_mois(
        self, auto_ecole_id: str, groupe: GroupeDuLivret, *, now: datetime
    ) -> Mapping[str, EtpCalcule]:
        """The results of an école and groupe whose night is past, by month of effect."""
        found = self.where(
            "auto_ecole_id = ? AND groupe_permis = ? AND date_heure_calcul <= ?",
            auto_ecole_id,
            groupe,
            write_datetime(now),
        )
        return {calcule.mois: calcule for calcule in found}


class PartsCalculees(Table[PartCalculee]):
    """What each formateur and simulator brought to a result, formateurs first."""

    name = "parts_calculees"
    fact = PartCalculee
    indexes = (("etp_calcule_id",),)
    owners = {"etp_calcule_id": "etp_calcules"}

    def of(self, etp_calcule_id: str) -> list[PartCalculee]:
        """The parts of one result."""
        return self.where("etp_calcule_id = ? ORDER BY rowid", etp_calcule_id)


class Autonomies(Table[AutonomieEnregistree]):
    """The hours alone on a simulator that are used up."""

    name = "autonomies"
    fact = AutonomieEnregistree
    indexes = (("auto_ecole_id",), ("lecon_id",))
    owners = {"auto_ecole_id": "auto_ecoles", "lecon_id": "lecons"}

    def forget_night(self, auto_ecole_id: str, nuit: datetime) -> None:
        """Forget what a night has counted for an école, before it is calculated again."""
        self.remove_where(
            "auto_ecole_id = ? AND date_heure_calcul = ?", auto_ecole_id, write_datetime(nuit)
        )

    def before(self, auto_ecole_id: str, nuit: datetime) -> list[AutonomieComptee]:
        """List what earlier nights had counted for an école, and for which élève."""
        rows = self.sql.execute(
            "SELECT a.lecon_id, f.candidat_id, a.minutes FROM autonomies a"
            " JOIN lecons t ON t.id = a.lecon_id"
            " JOIN contrats_de_formation f ON f.id = t.contrat_id"
            " WHERE a.auto_ecole_id = ? AND a.date_heure_calcul < ?",
            (auto_ecole_id, write_datetime(nuit)),
        )
        return [AutonomieComptee(*row) for row in rows]

"""All tables of a world, and what is read of several of them."""

import sqlite3
from collections.abc import Iterator
from typing import Any

from rdv_mock.facts.auto_ecole import Employe
from rdv_mock.facts.etp import AutoEcoleLue, BailLu
from rdv_mock.store.access import AuthorizationCodes, Baux, Clients, Sessions, Tokens
from rdv_mock.store.auto_ecoles import (
    AutoEcoles,
    Bureaux,
    Declarations,
    Employes,
    EtpDonnes,
    Formateurs,
    Simulateurs,
)
from rdv_mock.store.candidats import Candidats, Demandes, EtapesDeDemande, Penalites, ResultatsTable
from rdv_mock.store.capacite import Coefficients
from rdv_mock.store.centres import Centres, CentresFavoris
from rdv_mock.store.concurrence import Prises
from rdv_mock.store.creneaux import Creneaux
from rdv_mock.store.etp import Autonomies, EtpCalcules, PartsCalculees
from rdv_mock.store.examens import Examens
from rdv_mock.store.livret import ContratsDeFormation, Lecons
from rdv_mock.store.mandats import Mandats
from rdv_mock.store.paniers import ElementsDuPanier, Paniers
from rdv_mock.store.places import Places
from rdv_mock.store.references import MOST_HINTED, References
from rdv_mock.store.reservations import Reservations
from rdv_mock.store.table import Table


class Tables:
    """The tables of one database. `places` and `reservations` read several of them at once."""

    def __init__(self, sql: sqlite3.Connection) -> None:
        self.sql = sql
        self.auto_ecoles = AutoEcoles(sql)
        self.bureaux = Bureaux(sql)
        self.employes = Employes(sql)
        self.formateurs = Formateurs(sql)
        self.simulateurs = Simulateurs(sql)
        self.etp_donnes = EtpDonnes(sql)
        self.declarations = Declarations(sql)
        self.candidats = Candidats(sql)
        self.demandes = Demandes(sql)
        self.etapes_de_demande = EtapesDeDemande(sql)
        self.penalites = Penalites(sql)
        self.resultats = ResultatsTable(sql)
        self.contrats_de_formation = ContratsDeFormation(sql)
        self.lecons = Lecons(sql)
        self.centres = Centres(sql)
        self.centres_favoris = CentresFavoris(sql)
        self.mandats = Mandats(sql)
        self.creneaux = Creneaux(sql)
        self.paniers = Paniers(sql)
        self.elements_du_panier = ElementsDuPanier(sql)
        self.examens = Examens(sql)
        self.coefficients = Coefficients(sql)
        self.prises = Prises(sql)
        self.etp_calcules = EtpCalcules(sql)
        self.parts_calculees = PartsCalculees(sql)
        self.autonomies = Autonomies(sql)
        self.clients = Clients(sql)
        self.baux = Baux(sql)
        self.sessions = Sessions(sql)
        self.authorization_codes = AuthorizationCodes(sql)
        self.tokens = Tokens(sql)
        self.references = References(sql)
        self.tables: tuple[Table[Any], ...] = tuple(
            table for table in vars(self).values() if isinstance(table, Table)
        )
        self.places = Places(
            self.creneaux,
            self.centres,
            self.examens,
            self.elements_du_panier,
            self.paniers,
            self.prises,
        )
        self.reservations = Reservations(self.examens, self.creneaux, self.centres)

    def table(self, name: str) -> Table[Any]:
        """The table with this name."""
        return next(table for table in self.tables if table.name == name)

    def schema(self) -> list[str]:
        """Give the SQL that made the tables and their indexes."""
        made = self.sql.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY sql")
        return [sql for (sql,) in made]

    def has_owners(self, table: Table[Any], fact: Any) -> bool:  # noqa: ANN401 - any fact
        """Whether all that a fact of a table belongs to is in this database."""
        return all(
            self.table(owner).find(getattr(fact, column)) is not None
            for column, owner in table.owners.items()
        )

    def read_auto_ecole(self, auto_ecole_id: str) -> AutoEcoleLue:
        """Read what a calculation night needs of an école, its leçons apart."""
        return AutoEcoleLue(
            code_departement=self.auto_ecoles.get(auto_ecole_id).code_departement,
            bureaux=self.bureaux.of(auto_ecole_id),
            formateurs=self.formateurs.as_declared(auto_ecole_id),
            simulateurs=self.simulateurs.of(auto_ecole_id),
            baux=[
                BailLu(bail, employe)
                for employe in self.employes.of(auto_ecole_id)
                for bail in self.baux.of(employe.id)
            ],
        )

    def find_employe(self, name: str) -> Employe | None:
        """Find the employé that a ref, an id or an e-mail names."""
        found = self.employes.find(self.references.id_of(name))
        return found or self.employes.find_by_email(name)

    def names_of_employes(self) -> Iterator[str]:
        """The refs and e-mails by which employés may be named, of the first ones; read if asked."""
        yield from self.references.of_kind(self.employes.name)
        for one in self.employes.first_ones(MOST_HINTED):
            yield one.email

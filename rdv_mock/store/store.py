"""All tables of a world, and the counters that its ids come from."""

import sqlite3
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Any

from pydantic import TypeAdapter

from rdv_mock.chance import seeded_id
from rdv_mock.facts.access import SWAGGER_UI
from rdv_mock.facts.auto_ecole import Employe
from rdv_mock.facts.candidat import Candidat, fold
from rdv_mock.facts.dossier import Dossier
from rdv_mock.facts.enumerations import GroupePermis
from rdv_mock.facts.etp import AutoEcoleLue, BailLu
from rdv_mock.facts.world import WorldSettings
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
from rdv_mock.store.table import Table, write_datetime, write_instant_of

_SETTINGS = TypeAdapter(WorldSettings)

_EXTRAS, _SPENT = 1, 2
"""Rows of what stands beside the tables."""
_MUCH = 1_000
"""Pages that were written, after which the next commit would bring all to their place, and keep
everybody waiting: SQLite's own `wal_autocheckpoint`."""


class Store:
    """One world's database. Use `Store.new(…)`, or `copy()` of one that exists.

    It is in memory, or in the file at `path`.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._holders = 1
        self._holding = Lock()
        self._catch_up_writes = 0
        self.sql = sqlite3.connect(path or ":memory:", check_same_thread=False)
        self._cursor = self.sql.cursor()
        self.sql.create_function("fold", 1, fold, deterministic=True)
        self.sql.create_function("instant", 1, write_instant_of, deterministic=True)
        self.auto_ecoles = AutoEcoles(self.sql)
        self.bureaux = Bureaux(self.sql)
        self.employes = Employes(self.sql)
        self.formateurs = Formateurs(self.sql)
        self.simulateurs = Simulateurs(self.sql)
        self.etp_donnes = EtpDonnes(self.sql)
        self.declarations = Declarations(self.sql)
        self.candidats = Candidats(self.sql)
        self.demandes = Demandes(self.sql)
        self.etapes_de_demande = EtapesDeDemande(self.sql)
        self.penalites = Penalites(self.sql)
        self.resultats = ResultatsTable(self.sql)
        self.contrats_de_formation = ContratsDeFormation(self.sql)
        self.lecons = Lecons(self.sql)
        self.centres = Centres(self.sql)
        self.centres_favoris = CentresFavoris(self.sql)
        self.mandats = Mandats(self.sql)
        self.creneaux = Creneaux(self.sql)
        self.paniers = Paniers(self.sql)
        self.elements_du_panier = ElementsDuPanier(self.sql)
        self.examens = Examens(self.sql)
        self.coefficients = Coefficients(self.sql)
        self.prises = Prises(self.sql)
        self.etp_calcules = EtpCalcules(self.sql)
        self.parts_calculees = PartsCalculees(self.sql)
        self.autonomies = Autonomies(self.sql)
        self.clients = Clients(self.sql)
        self.baux = Baux(self.sql)
        self.sessions = Sessions(self.sql)
        self.authorization_codes = AuthorizationCodes(self.sql)
        self.tokens = Tokens(self.sql)
        self.references = References(self.sql)
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

    @classmethod
    def new(cls, settings: WorldSettings, *, now: datetime) -> "Store":
        """An empty world with these settings, where nothing is due by now."""
        store = cls()
        store.create()
        store.save_settings(settings)
        store.save_caught_up_until(now)
        store.clients.save(SWAGGER_UI)
        return store

    def create(self) -> None:
        """Make all tables."""
        from sqlite_utils import Database  # noqa: PLC0415 - a server that goes on has them already

        db = Database(self.sql, recursive_triggers=False)
        for table in self.tables:
            table.create(db)
        self.sql.execute("CREATE TABLE counters (kind TEXT PRIMARY KEY, count INTEGER NOT NULL)")
        self.sql.execute("CREATE TABLE settings (settings TEXT NOT NULL)")
        self.sql.execute("INSERT INTO settings VALUES ('')")
        self.sql.execute("CREATE TABLE lived (until TEXT NOT NULL)")
        self.sql.execute("CREATE TABLE standing (standing TEXT NOT NULL)")
        self.sql.execute("INSERT INTO standing (rowid, standing) VALUES (?, '')", (_EXTRAS,))

    def schema(self) -> list[str]:
        """How the tables and their indexes were made."""
        made = self.sql.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY sql")
        return [sql for (sql,) in made]

    def copy(self) -> "Store":
        """Another database in memory with the same content; not in the middle of a transaction."""
        if self.sql.in_transaction:
            raise RuntimeError("a store can only be copied between transactions")
        store = Store()
        self.sql.backup(store.sql)
        return store

    def sync(self) -> None:
        """Have on the disk itself what was committed: even a power cut leaves it there."""
        self.sql.execute("PRAGMA wal_checkpoint").fetchone()

    def replace_with(self, other: "Store") -> None:
        """Hold what another one holds, and nothing else: in one transaction, on disk too."""
        other.sql.backup(self.sql)
        (pages,) = self.sql.execute("PRAGMA page_count").fetchone()
        if pages > _MUCH:
            self.sync()
        for table in self.tables:
            table.writes += 1
        self._catch_up_writes += 1

    def share(self) -> "Store":
        """Let one more hold it: the memory is given back once all of them have closed it."""
        with self._holding:
            self._holders += 1
        return self

    def close(self) -> None:
        """Give the memory back, unless somebody else still holds it."""
        with self._holding:
            self._holders -= 1
            if not self._holders:
                self.sql.close()

    def transaction(self) -> AbstractContextManager[object]:
        """Keep all that is written inside, or nothing if anything goes wrong."""
        return self.sql

    @property
    def access_writes(self) -> int:
        """How often anything was written that decides who a caller is."""
        return (
            self.tokens.writes + self.baux.writes + self.employes.writes + self.auto_ecoles.writes
        )

    @property
    def event_writes(self) -> int:
        """How often anything was written that decides what happens next by itself."""
        return (
            self._catch_up_writes
            + self.tokens.writes
            + self.sessions.writes
            + self.authorization_codes.writes
            + self.baux.writes
            + self.paniers.writes
            + self.etapes_de_demande.writes
            + self.mandats.end_writes
            + self.examens.writes
            + self.creneaux.writes
            + self.centres.writes
            + self.prises.writes
        )

    def settings(self) -> WorldSettings:
        """What the scenario settled for the whole world."""
        row = self.sql.execute("SELECT settings FROM settings").fetchone()
        return _SETTINGS.validate_json(row[0])

    def save_settings(self, settings: WorldSettings) -> None:
        """Settle something else."""
        written = _SETTINGS.dump_json(settings).decode()
        self.sql.execute("UPDATE settings SET settings = ?", (written,))

    def caught_up_until(self) -> datetime:
        """The instant up to which everything has happened that was due."""
        (until,) = self.sql.execute("SELECT until FROM lived").fetchone()
        return datetime.fromisoformat(until)

    def save_caught_up_until(self, until: datetime) -> None:
        """Say that all has happened that was due by then."""
        self._catch_up_writes += 1
        self.sql.execute("DELETE FROM lived")
        self.sql.execute("INSERT INTO lived VALUES (?)", (write_datetime(until),))

    def extras(self) -> str:
        """How the world stands besides its tables, as it was written."""
        return self._written(_EXTRAS) or ""

    def spent_incidents(self) -> str | None:
        """Its spent incidents, as they were written, if ever."""
        return self._written(_SPENT)

    def save_extras(self, extras: str, spent: str | None = None) -> None:
        """Write how the world stands, at once or with the transaction that is under way.

        Without `spent`, which a call that is struck spares, its spent incidents stay as written.
        """
        under_way = self.sql.in_transaction
        self._write(_EXTRAS, extras)
        if spent is not None:
            self._write(_SPENT, spent)
        if not under_way:
            self.sql.commit()

    def _written(self, row: int) -> str | None:
        found = self.sql.execute("SELECT standing FROM standing WHERE rowid = ?", (row,)).fetchone()
        return None if found is None else str(found[0])

    def _write(self, row: int, text: str) -> None:
        """Write a row of what stands beside the tables, unless it says so already."""
        self.sql.execute(
            "INSERT INTO standing (rowid, standing) VALUES (?1, ?2) ON CONFLICT (rowid)"
            " DO UPDATE SET standing = excluded.standing WHERE standing <> excluded.standing",
            (row, text),
        )

    def new_id(self, table: Table[Any], *, seed: int) -> str:
        """The next id of a kind; never one that a scenario already gave to something."""
        while True:
            count = self._next_count(table.name)
            id_ = seeded_id(seed, table.name, f"#{count}")
            if not table.has(id_):
                return id_

    def _next_count(self, kind: str) -> int:
        """Count one more; in two plain statements, which take less time than one that returns."""
        find = "SELECT count FROM counters WHERE kind = ?"
        counted: tuple[int] | None = self._cursor.execute(find, (kind,)).fetchone()
        count = 1 if counted is None else counted[0] + 1
        self._cursor.execute("REPLACE INTO counters VALUES (?, ?)", (kind, count))
        return count

    def counters(self) -> dict[str, int]:
        """How many ids of each kind were handed out."""
        return dict(self.sql.execute("SELECT kind, count FROM counters ORDER BY kind").fetchall())

    def save_counters(self, counters: Mapping[str, int]) -> None:
        """Go on from where another state of this world had come to."""
        self.sql.executemany("REPLACE INTO counters VALUES (?, ?)", counters.items())

    def dossier(self, candidat_id: str, groupe: GroupePermis) -> Dossier:
        """Gather all that decides whether a candidat may have a créneau of a groupe.

        Raises CANDIDAT_INCONNU.
        """
        candidat = self.candidats.get(candidat_id)
        return self._dossiers_of([candidat], groupe)[candidat_id]

    def dossiers(self, candidat_ids: Sequence[str], groupe: GroupePermis) -> Mapping[str, Dossier]:
        """Gather the dossiers of the candidats who are known, in as few queries as one takes."""
        return self._dossiers_of(self.candidats.among("id", candidat_ids), groupe)

    def _dossiers_of(
        self, candidats: Sequence[Candidat], groupe: GroupePermis
    ) -> Mapping[str, Dossier]:
        candidat_ids = [candidat.id for candidat in candidats]
        demandes = self.demandes.of_all(candidat_ids)
        penalites = self.penalites.of_all(candidat_ids)
        resultats = self.resultats.of_all(candidat_ids)
        reservations, held = defaultdict(list), defaultdict(list)
        for reservation in self.reservations.of_candidats(candidat_ids):
            reservations[reservation.examen.candidat_id].append(reservation)
        for candidat_id, creneau in self.places.held_for(candidat_ids):
            held[candidat_id].append(creneau)
        mandats = {
            mandat.candidat_id: mandat
            for mandat in reversed(self.mandats.of_candidats(candidat_ids, groupe))
        }
        return {
            candidat.id: Dossier(
                candidat=candidat,
                mandat=mandats.get(candidat.id),
                demandes=tuple(demandes[candidat.id]),
                penalites=tuple(penalites[candidat.id]),
                resultats=tuple(resultats[candidat.id]),
                reservations=tuple(reservations[candidat.id]),
                en_panier=tuple(held[candidat.id]),
            )
            for candidat in candidats
        }

    def read_auto_ecole(self, auto_ecole_id: str) -> AutoEcoleLue:
        """What a calculation night reads of an école, its leçons apart."""
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

    def candidats_with_penalites(self) -> Mapping[GroupePermis, Sequence[str]]:
        """Whom pénalités of a groupe may concern: given, or following from examens."""
        rows = self.sql.execute(
            "SELECT candidat_id, groupe_permis FROM penalites"
            " UNION SELECT ex.candidat_id, cr.groupe_permis FROM examens ex"
            " JOIN creneaux cr ON cr.id = ex.creneau_id WHERE ex.candidat_id IS NOT NULL"
            " AND (ex.resultat IS NOT NULL OR ex.date_heure_annulation IS NOT NULL)"
            " ORDER BY 1, 2"
        )
        by_groupe: dict[GroupePermis, list[str]] = defaultdict(list)
        for candidat_id, groupe in rows:
            by_groupe[GroupePermis(groupe)].append(candidat_id)
        return by_groupe

    def find_employe(self, name: str) -> Employe | None:
        """The employé that a ref, an id or an e-mail names."""
        found = self.employes.find(self.references.id_of(name))
        return found or self.employes.find_by_email(name)

    def names_of_employes(self) -> list[str]:
        """The refs and e-mails by which employés may be named, those of the first ones."""
        refs = self.references.of_kind(self.employes.name)
        return [*refs, *(one.email for one in self.employes.first_ones(MOST_HINTED))]

    def forget(self, table: Table[Any], id_: str) -> None:
        """Remove a fact with its ref and all that it owns."""
        if table is self.candidats:
            for element in self.elements_du_panier.where("candidat_id = ?", id_):
                self.elements_du_panier.save(replace(element, candidat_id=None))
        known = self.tokens.to_refresh(id_) if table is self.employes else ()
        for owned in self.tables:
            for column, owner in owned.owners.items():
                if owner == table.name:
                    for fact in owned.where(f"{column} = ?", id_):
                        self.forget(owned, fact.id)
        if known:
            self.tokens.save_all(known)  # so that a refresh is told that he is gone
        if table is self.bureaux:
            self._leave_bureau(id_)
        self.references.remove_where("target_id = ?", id_)
        table.remove(id_)

    def _leave_bureau(self, bureau_id: str) -> None:
        """Nobody and nothing is at a bureau that is no more."""
        for contrat in self.contrats_de_formation.where("bureau_id = ?", bureau_id):
            self.contrats_de_formation.save(replace(contrat, bureau_id=None))
        bureau = self.bureaux.get(bureau_id)
        for employe in self.employes.of(bureau.auto_ecole_id):
            rest = tuple(id_ for id_ in employe.bureaux if id_ != bureau_id)
            self.employes.save(replace(employe, bureaux=rest))
        for formateur in self.formateurs.of(bureau.auto_ecole_id):
            rest = tuple(id_ for id_ in formateur.bureaux if id_ != bureau_id)
            principal = formateur.bureau_principal_id
            self.formateurs.save(
                replace(
                    formateur,
                    bureaux=rest,
                    bureau_principal_id=None if principal == bureau_id else principal,
                )
            )
        for simulateur in self.simulateurs.of(bureau.auto_ecole_id):
            if simulateur.bureau_id == bureau_id:
                self.simulateurs.save(replace(simulateur, bureau_id=None))

    def table(self, name: str) -> Table[Any]:
        """The table with this name."""
        return next(table for table in self.tables if table.name == name)

    def keep_sessions_of(self, other: "Store") -> None:
        """Take over logins, bails and tokens of another state, of those who are known here too."""
        for mine in (self.baux, self.sessions, self.authorization_codes, self.tokens):
            theirs = other.table(mine.name)
            mine.remove_where("TRUE")
            theirs_kept = [fact for fact in theirs.all() if self._has_owners(theirs, fact)]
            self.table(mine.name).save_all(theirs_kept)

    def add_sessions_of(self, other: "Store") -> None:
        """Take over those that are not known here, of employés who are.

        In another scenario an employé may have another id: he is the one with his ref or e-mail.
        """
        same: dict[str, str | None] = {}
        for mine in (self.baux, self.sessions, self.authorization_codes, self.tokens):
            kept = []
            for fact in other.table(mine.name).all():
                theirs = fact.employe_id
                if theirs not in same:
                    same[theirs] = self._employe_like(theirs, other)
                if same[theirs] is not None and not mine.has(fact.id):
                    kept.append(replace(fact, employe_id=same[theirs]))
            self.table(mine.name).save_all(one for one in kept if self._has_owners(mine, one))

    def _employe_like(self, id_: str, other: "Store") -> str | None:
        """The id that an employé of another state has here, if he is known."""
        if self.employes.has(id_):
            return id_
        theirs = other.employes.find(id_)
        if theirs is None:
            return None
        ref = other.references.ref_of(id_)
        here = (ref and self.find_employe(ref)) or self.employes.find_by_email(theirs.email)
        return here.id if here else None

    def forget_sessions(self) -> None:
        """End all logins and tokens; the bails, which are facts of the scenario, stay."""
        for table in (self.sessions, self.authorization_codes, self.tokens):
            table.remove_where("TRUE")

    def has_sessions(self) -> bool:
        """Whether anybody has logged in, or was given a token, that is not forgotten yet."""
        logins = (self.tokens, self.sessions, self.authorization_codes)
        return any(table.first("TRUE") is not None for table in logins)

    def purge_sessions(self, now: datetime, *, remembered_since: datetime) -> None:
        """Forget the tokens, codes and logins that are over and of which nothing is asked."""
        self.tokens.purge(now, remembered_since)
        self.authorization_codes.purge(now, remembered_since)
        self.sessions.purge(now)

    def _has_owners(self, table: Table[Any], fact: Any) -> bool:  # noqa: ANN401 - any fact
        return all(
            self.table(owner).find(getattr(fact, column)) is not None
            for column, owner in table.owners.items()
        )

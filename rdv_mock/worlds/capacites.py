"""What an école may take, and how it sees a place."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from rdv_mock import paris
from rdv_mock.facts.auto_ecole import AutoEcole
from rdv_mock.facts.capacite import Capacite
from rdv_mock.facts.creneau import Place
from rdv_mock.facts.enumerations import GroupePermis, StatutDeReservation
from rdv_mock.fixtures import Limits
from rdv_mock.rules.creneau import statut_de_reservation
from rdv_mock.rules.seuil import groupes_declares, has_seuil, needs_declaration
from rdv_mock.store import Store
from rdv_mock.worlds.nuit import etp_en_vigueur

Key = tuple[str, GroupePermis, str]


@dataclass(slots=True)
class Capacites:
    """The capacités of one école, each looked up once; stale after a write."""

    store: Store
    auto_ecole: AutoEcole
    limits: Limits
    now: datetime
    _known: dict[Key, Capacite] = field(default_factory=dict)

    def of(self, place: Place) -> Capacite | None:
        """What counts for a place; by default nothing does for CE (rules.md 5.5)."""
        groupe, limits = place.creneau.groupe_permis, self.limits
        if not (needs_declaration(groupe, limits) or has_seuil(groupe, limits)):
            return None
        mois = paris.mois_of(place.creneau.date_heure_debut.date())
        return self.find(place.centre.code_departement, groupe, mois)

    def find(self, code_departement: str, groupe: GroupePermis, mois: str) -> Capacite:
        """That of a département, groupe and month of examens."""
        key = (code_departement, groupe, mois)
        if key not in self._known:
            self._known[key] = self._look_up(*key)
        return self._known[key]

    def _look_up(self, code_departement: str, groupe: GroupePermis, mois: str) -> Capacite:
        store, auto_ecole, limits = self.store, self.auto_ecole, self.limits
        etp = etp_en_vigueur(store, auto_ecole, groupe, mois, limits, now=self.now)
        known = store.coefficients.find_for(code_departement, groupe, mois)
        return Capacite(
            code_departement=code_departement,
            groupe_permis=groupe,
            mois=mois,
            etp=etp.by_departement.get(code_departement, Decimal(0)),
            etp_total=etp.total,
            coefficient=known.valeur if known else limits.decimal("seuil.coefficientParDefaut"),
            utilisees=store.places.count_used(auto_ecole.id, code_departement, groupe, mois),
            est_declaree=groupe in groupes_of_auto_ecole(store, auto_ecole),
        )

    def statut_of(self, place: Place) -> StatutDeReservation:
        """A créneau as the école sees it."""
        capacite = self.of(place) if place.is_free else None
        return statut_de_reservation(place, self.auto_ecole, capacite, self.limits, now=self.now)


def groupes_of_auto_ecole(store: Store, auto_ecole: AutoEcole) -> frozenset[GroupePermis]:
    """For which groupes an école has said who teaches there."""
    id_ = auto_ecole.id
    return groupes_declares(
        store.formateurs.of(id_), store.etp_donnes.of(id_), store.declarations.of(id_)
    )

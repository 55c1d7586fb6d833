"""What an école may take, and how it sees a créneau."""

from dataclasses import dataclass, field, replace
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
    """The capacités of one école as of `now`, each read once.

    A créneau that the école takes afterwards has to be told with `count`; other writes are not
    seen.
    """

    store: Store
    auto_ecole: AutoEcole
    limits: Limits
    now: datetime
    _known: dict[Key, Capacite] = field(default_factory=dict)
    _declares: frozenset[GroupePermis] | None = None

    def of(self, place: Place) -> Capacite | None:
        """Find the capacité that bounds a créneau; by default none does for CE.

        See docs/rules/seuil.md#groupe-ce.
        """
        groupe, limits = place.creneau.groupe_permis, self.limits
        if not (needs_declaration(groupe, limits) or has_seuil(groupe, limits)):
            return None
        return self.find(*_key_of(place))

    def find(self, code_departement: str, groupe: GroupePermis, mois: str) -> Capacite:
        """Find the capacité for a département, a groupe and a month of examens."""
        key = (code_departement, groupe, mois)
        if key not in self._known:
            self._known[key] = self._look_up(*key)
        return self._known[key]

    def count(self, place: Place) -> None:
        """Count a créneau that the école has just taken."""
        key = _key_of(place)
        if known := self._known.get(key):
            self._known[key] = replace(known, utilisees=known.utilisees + 1)

    def declares(self) -> frozenset[GroupePermis]:
        """Find the groupes for which the école has said who teaches there."""
        if self._declares is None:
            store, id_ = self.store, self.auto_ecole.id
            self._declares = groupes_declares(
                store.formateurs.of(id_), store.etp_donnes.of(id_), store.declarations.of(id_)
            )
        return self._declares

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
            est_declaree=groupe in self.declares(),
        )

    def statut_of(self, place: Place) -> StatutDeReservation:
        """Tell the statut of a créneau as the école sees it."""
        capacite = self.of(place) if place.is_free else None
        return statut_de_reservation(place, self.auto_ecole, capacite, self.limits, now=self.now)


def _key_of(place: Place) -> Key:
    creneau = place.creneau
    mois = paris.mois_of(creneau.date_heure_debut.date())
    return place.centre.code_departement, creneau.groupe_permis, mois

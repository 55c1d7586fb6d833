"""What the caller's école may take, and how it sees a place: what several routers share."""

from dataclasses import dataclass, field
from decimal import Decimal

from rdv_mock import paris
from rdv_mock.api.call import Call
from rdv_mock.facts.capacite import Capacite
from rdv_mock.facts.creneau import Place
from rdv_mock.facts.enumerations import GroupePermis, StatutDeReservation
from rdv_mock.nuit import etp_en_vigueur
from rdv_mock.rules.creneau import statut_de_reservation
from rdv_mock.rules.seuil import groupes_declares, has_seuil, needs_declaration

Key = tuple[str, GroupePermis, str]


@dataclass(slots=True)
class Capacites:
    """The capacités of the caller's école, each looked up once; stale after a write."""

    call: Call
    _known: dict[Key, Capacite] = field(default_factory=dict)

    def of(self, place: Place) -> Capacite | None:
        """What counts for a place; by default nothing does for CE (rules.md 5.5)."""
        groupe, limits = place.creneau.groupe_permis, self.call.limits
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
        store, auto_ecole, limits = self.call.store, self.call.auto_ecole, self.call.limits
        etp = etp_en_vigueur(store, auto_ecole, groupe, mois, limits, now=self.call.now)
        known = store.coefficients.find_for(code_departement, groupe, mois)
        return Capacite(
            code_departement=code_departement,
            groupe_permis=groupe,
            mois=mois,
            etp=etp.by_departement.get(code_departement, Decimal(0)),
            etp_total=etp.total,
            coefficient=known.valeur if known else limits.decimal("seuil.coefficientParDefaut"),
            utilisees=store.places.count_used(auto_ecole.id, code_departement, groupe, mois),
            est_declaree=groupe in groupes_of_auto_ecole(self.call),
        )

    def statut_of(self, place: Place) -> StatutDeReservation:
        """A créneau as the caller's école sees it."""
        call = self.call
        capacite = self.of(place) if place.is_free else None
        return statut_de_reservation(place, call.auto_ecole, capacite, call.limits, now=call.now)


def groupes_of_auto_ecole(call: Call) -> frozenset[GroupePermis]:
    """For which groupes the caller's école has said who teaches there."""
    store, id_ = call.store, call.auto_ecole.id
    return groupes_declares(
        store.formateurs.of(id_), store.etp_donnes.of(id_), store.declarations.of(id_)
    )

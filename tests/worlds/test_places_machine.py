"""Two écoles that do anything to eight places: none is lost, and none has two holders."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import datetime, timedelta
from typing import Any, TypeVar

from httpx2 import ASGITransport, AsyncClient, Response
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, precondition, rule
from typing_extensions import override

from rdv_mock import paris
from rdv_mock.api.v1 import V2
from rdv_mock.facts.creneau import Creneau
from rdv_mock.facts.enumerations import StatutDuResultat
from rdv_mock.facts.examen import Examen
from rdv_mock.facts.panier import ElementDuPanier, Panier
from rdv_mock.store import Store
from tests.support import refusal_of, running

Thing = TypeVar("Thing")

SCENARIO = """\
title: Huit places, deux auto-écoles
clock: {now: 2026-04-09T09:00:00+02:00}
autoEcoles:
  - ref: bellevue
    nom: Conduite Bellevue
    codeDepartement: "044"
    employes: [{ref: sacha, nom: Rivière, prenom: Sacha, email: sacha@bellevue.test}]
    etp: [{groupePermis: A, mois: 2026-04, valeur: 0.8}, {groupePermis: B, mois: 2026-04, valeur: 0.5}]
  - ref: port
    nom: Permis du Port
    codeDepartement: "044"
    employes: [{ref: maud, nom: Le Gall, prenom: Maud, email: maud@port.test}]
    etp: [{groupePermis: A, mois: 2026-04, valeur: 0.5}, {groupePermis: B, mois: 2026-04, valeur: 0.8}]
candidats:
  - {ref: ana, nom: Alves, numeroDossier: "01", demandes: [{categoriePermis: A2}, {categoriePermis: B}]}
  - {ref: bob, nom: Brun, numeroDossier: "02", demandes: [{categoriePermis: A2}, {categoriePermis: B}]}
  - {ref: cam, nom: Caron, numeroDossier: "03", demandes: [{categoriePermis: A1}, {categoriePermis: B}]}
  - {ref: dan, nom: Denis, numeroDossier: "04", demandes: [{categoriePermis: A2}, {categoriePermis: B}]}
  - {ref: eva, nom: Emery, numeroDossier: "05", demandes: [{categoriePermis: A1}, {categoriePermis: B}]}
mandats:
  - {autoEcole: bellevue, candidat: ana, groupePermis: A}
  - {autoEcole: bellevue, candidat: ana, groupePermis: B}
  - {autoEcole: bellevue, candidat: bob, groupePermis: A}
  - {autoEcole: bellevue, candidat: bob, groupePermis: B}
  - {autoEcole: bellevue, candidat: cam, groupePermis: A}
  - {autoEcole: port, candidat: cam, groupePermis: B}
  - {autoEcole: port, candidat: dan, groupePermis: A}
  - {autoEcole: port, candidat: dan, groupePermis: B}
  - {autoEcole: port, candidat: eva, groupePermis: A}
  - {autoEcole: port, candidat: eva, groupePermis: B}
centres: [{ref: nantes, nom: NANTES, codeDepartement: "044", groupesPermis: [A, B]}]
creneaux:
  - {ref: p1, centre: nantes, groupePermis: A, typeEpreuvePratique: PLATEAU, dateHeureDebut: 2026-04-20T08:00:00}
  - {ref: p2, centre: nantes, groupePermis: A, typeEpreuvePratique: PLATEAU, dateHeureDebut: 2026-04-20T08:30:00}
  - {ref: c1, centre: nantes, groupePermis: A, dateHeureDebut: 2026-04-27T08:00:00}
  - {ref: c2, centre: nantes, groupePermis: A, dateHeureDebut: 2026-04-27T08:40:00}
  - {ref: b1, centre: nantes, dateHeureDebut: 2026-04-20T09:00:00}
  - {ref: b2, centre: nantes, dateHeureDebut: 2026-04-20T09:32:00, dateHeurePublication: 2026-03-01T14:00:00Z}
  - {ref: b3, centre: nantes, dateHeureDebut: 2026-04-27T09:00:00, dateHeurePublication: 2026-03-01T14:00:00Z}
  - {ref: b4, centre: nantes, dateHeureDebut: 2026-04-27T09:32:00, dateHeurePublication: 2026-04-10T13:00:00Z}
examens:
  - {autoEcole: bellevue, creneau: p1, candidat: ana}
  - {autoEcole: bellevue, creneau: p2, candidat: bob}
  - {autoEcole: port, creneau: b3, candidat: dan}
  - {autoEcole: port, creneau: c1}
"""  # noqa: E501 - one line for each
DAYS = ("2026-04-20", "2026-04-27")
GROUPES = ("A", "B")
AUTO_ECOLES = {"sacha": "bellevue", "maud": "port"}
LONG = 315_360_000
"""Seconds that a token lives: longer than any story here."""

FREE = {"DISPONIBLE", "SEUIL_ATTEINT"}
MINE = "RÉSERVÉ_PAR_MON_AUTO_ÉCOLE"
THEIRS = "RÉSERVÉ_PAR_AUTRE_AUTO_ÉCOLE"

EMPLOYES = st.sampled_from(sorted(AUTO_ECOLES))
CRENEAUX = st.sampled_from(["p1", "p2", "c1", "c2", "b1", "b2", "b3", "b4"])
CANDIDATS = st.sampled_from(["ana", "bob", "cam", "dan", "eva"])
WHICH = st.integers(0, 7)
MOMENTS = (
    "2026-04-09T23:59:59",  # the last second to name somebody for the 20th
    "2026-04-10T00:00:00",
    "2026-04-17T00:00:00",  # cancelling one of the 20th costs a pénalité
    "2026-04-18T00:00:00",  # those of the 20th stay as they are
    "2026-04-20T12:00:00",  # and are over
    "2026-04-21T08:00:00",  # results show
    "2026-04-27T12:00:00",
)


def pick(things: Sequence[Thing], which: int) -> Thing:
    """One of those that there are now."""
    return things[which % len(things)]


def has_paniers(machine: "Places") -> bool:
    return bool(machine.living)


def has_elements(machine: "Places") -> bool:
    return bool(machine.elements)


def has_examens(machine: "Places") -> bool:
    return bool(machine.examens)


class Places(RuleBasedStateMachine):
    """A world in memory, called as vendors call it; what is true is read from its store."""

    paniers: Bundle[tuple[str, str]] = Bundle("paniers")

    def __init__(self) -> None:
        super().__init__()
        self.until_the_end = ExitStack()
        self.application = self.until_the_end.enter_context(running(SCENARIO))
        self.loop = self.until_the_end.enter_context(asyncio.Runner(debug=False))
        transport = ASGITransport(self.application)
        self.http = AsyncClient(transport=transport, base_url="http://mock")
        self.world = self.application.server.worlds["principal"]
        self.ids = self.store.references.by_ref()
        self.tokens = {employe: self.log_in(employe) for employe in AUTO_ECOLES}

    @override
    def teardown(self) -> None:
        self.loop.run(self.http.aclose())
        self.until_the_end.close()

    # What is true

    @property
    def store(self) -> Store:
        return self.world.store

    @property
    def now(self) -> datetime:
        return self.world.clock.now()

    @property
    def living(self) -> list[Panier]:
        return self.store.paniers.where("TRUE ORDER BY id")

    @property
    def elements(self) -> list[ElementDuPanier]:
        return self.store.elements_du_panier.where("TRUE ORDER BY id")

    @property
    def examens(self) -> list[Examen]:
        return self.store.examens.where("TRUE ORDER BY id")

    @property
    def programmes(self) -> list[Examen]:
        creneaux = self.store.creneaux
        return [
            examen
            for examen in self.examens
            if not examen.est_annule
            and self.now < paris.to_instant(creneaux.get(examen.creneau_id).date_heure_fin)
        ]

    def is_alike(self, one: Examen, other: Examen) -> bool:
        """Whether the two are of one école and kind, so that a permutation may succeed."""
        return (
            one.id != other.id
            and one.auto_ecole_id == other.auto_ecole_id
            and self.kind_of(one) == self.kind_of(other)
        )

    def kind_of(self, held: ElementDuPanier | Examen) -> tuple[str, str]:
        creneau = self.store.creneaux.get(held.creneau_id)
        return creneau.groupe_permis, creneau.type_epreuve_pratique

    def mandated(self, employe: str, creneau_id: str) -> list[str]:
        """The candidats of an école for the groupe of a créneau."""
        about = (self.ids[AUTO_ECOLES[employe]], self.store.creneaux.get(creneau_id).groupe_permis)
        mandats = self.store.mandats.where("auto_ecole_id = ? AND groupe_permis = ?", *about)
        return sorted(mandat.candidat_id for mandat in mandats)

    def holders(self) -> list[tuple[str, str]]:
        """Each hold on a créneau, and the école that has it."""
        of_panier = {panier.id: panier.auto_ecole_id for panier in self.store.paniers.all()}
        held = [(element.creneau_id, of_panier[element.panier_id]) for element in self.elements]
        held += [(one.creneau_id, one.auto_ecole_id) for one in self.examens if one.occupies]
        return held

    def written(self) -> list[list[Any]]:
        """All that a call on places may change."""
        store = self.store
        tables = (store.paniers, store.elements_du_panier, store.examens, store.mandats)
        return [list(table.all()) for table in tables]

    # How it is called

    def log_in(self, employe: str) -> str:
        wanted = {"employe": employe, "expiresIn": LONG}
        answer = self.loop.run(self.http.post("/_mock/tokens", json=wanted))
        return str(answer.json()["access_token"])

    def call(self, employe: str, method: str, path: str, **options: Any) -> Response:
        """A call of the API, which leaves everything as it was when it refuses."""
        before = self.written()
        answer = self.ask(employe, method, path, **options)
        if answer.status_code >= 400:
            assert refusal_of(answer)
            assert self.written() == before
        return answer

    def ask(self, employe: str, method: str, path: str, **options: Any) -> Response:
        """A call that changes nothing."""
        headers = {"Authorization": f"Bearer {self.tokens[employe]}"}
        answer = self.loop.run(self.http.request(method, V2 + path, headers=headers, **options))
        assert answer.status_code < 500, answer.text
        return answer

    def control(self, path: str, body: dict[str, Any]) -> Response:
        answer = self.loop.run(self.http.post(f"/_mock{path}", json=body))
        assert answer.status_code < 500, answer.text
        return answer

    def owner_of(self, held: Panier | Examen) -> str:
        """The employé of the école that has it."""
        return next(one for one, ref in AUTO_ECOLES.items() if self.ids[ref] == held.auto_ecole_id)

    def holder_of(self, element: ElementDuPanier) -> str:
        return self.owner_of(self.store.paniers.get(element.panier_id))

    def open_panier_of(self, employe: str) -> str:
        return str(self.call(employe, "POST", "/paniers").json()["id"])

    def hold(self, employe: str, creneau: str, which: int) -> str:
        """A créneau in a panier of its own, for one of the candidats of the école; its path."""
        panier, creneau_id = f"/paniers/{self.open_panier_of(employe)}", self.ids[creneau]
        self.call(employe, "POST", f"{panier}/creneaux", json={"creneauId": creneau_id})
        path = f"{panier}/creneaux/{creneau_id}/candidat"
        candidat_id = pick(self.mandated(employe, creneau_id), which)
        self.call(employe, "PUT", path, json={"candidatId": candidat_id})
        return panier

    def put_candidat(self, element: ElementDuPanier, candidat_id: str | None) -> None:
        path = f"/paniers/{element.panier_id}/creneaux/{element.creneau_id}/candidat"
        self.call(self.holder_of(element), "PUT", path, json={"candidatId": candidat_id})

    # What may happen

    @rule(target=paniers, employe=EMPLOYES)
    def open_panier(self, employe: str) -> tuple[str, str]:
        return employe, self.open_panier_of(employe)

    @precondition(has_paniers)
    @rule(which=WHICH, creneau=CRENEAUX)
    def add(self, which: int, creneau: str) -> None:
        panier = pick(self.living, which)
        body = {"creneauId": self.ids[creneau]}
        self.call(self.owner_of(panier), "POST", f"/paniers/{panier.id}/creneaux", json=body)

    @rule(employe=EMPLOYES, creneau=CRENEAUX)
    def add_to_the_current_panier(self, employe: str, creneau: str) -> None:
        self.call(employe, "POST", "/panier/creneaux", json={"creneauId": self.ids[creneau]})

    @precondition(has_paniers)
    @rule(which=WHICH, creneaux=st.lists(CRENEAUX, min_size=1, max_size=5, unique=True))
    def add_several(self, which: int, creneaux: list[str]) -> None:
        panier = pick(self.living, which)
        path = f"/paniers/{panier.id}/creneaux-multiples"
        body = {"creneauxId": [self.ids[creneau] for creneau in creneaux]}
        answer = self.call(self.owner_of(panier), "POST", path, json=body)
        assert answer.status_code in {201, 207}

    @precondition(has_elements)
    @rule(which=WHICH)
    def remove(self, which: int) -> None:
        element = pick(self.elements, which)
        path = f"/paniers/{element.panier_id}/creneaux/{element.creneau_id}"
        assert self.call(self.holder_of(element), "DELETE", path).status_code == 204

    @precondition(has_elements)
    @rule(which=WHICH, who=WHICH)
    def assign(self, which: int, who: int) -> None:
        element = pick(self.elements, which)
        mandated = self.mandated(self.holder_of(element), element.creneau_id)
        strangers = [candidat.id for candidat in self.store.candidats.all()]
        self.put_candidat(element, pick([*mandated, *strangers], who))

    @precondition(has_elements)
    @rule(which=WHICH)
    def assign_nobody(self, which: int) -> None:
        self.put_candidat(pick(self.elements, which), None)

    @rule(panier=paniers)
    def delete_panier(self, panier: tuple[str, str]) -> None:
        employe, id_ = panier
        self.call(employe, "DELETE", f"/paniers/{id_}")

    @precondition(has_paniers)
    @rule(which=WHICH)
    def validate(self, which: int) -> None:
        panier = pick(self.living, which)
        answer = self.call(self.owner_of(panier), "POST", f"/paniers/{panier.id}/valider")
        assert answer.status_code in {200, 207}

    @rule(employe=EMPLOYES, creneau=CRENEAUX, which=WHICH)
    def hold_for_somebody(self, employe: str, creneau: str, which: int) -> None:
        self.hold(employe, creneau, which)

    @rule(employe=EMPLOYES, creneau=CRENEAUX, which=WHICH)
    def reserve_at_once(self, employe: str, creneau: str, which: int) -> None:
        panier = self.hold(employe, creneau, which)
        self.call(employe, "POST", f"{panier}/valider")

    @precondition(has_examens)
    @rule(which=WHICH)
    def cancel(self, which: int) -> None:
        examen = pick(self.programmes or self.examens, which)
        self.call(self.owner_of(examen), "DELETE", f"/examens/{examen.id}")

    @precondition(has_examens)
    @rule(which=WHICH, candidat=CANDIDATS)
    def replace(self, which: int, candidat: str) -> None:
        examen = pick(self.programmes or self.examens, which)
        body = {"examenId": examen.id, "candidatRemplacantId": self.ids[candidat]}
        self.call(self.owner_of(examen), "POST", "/examens/remplacement", json=body)

    @precondition(has_examens)
    @rule(which=WHICH)
    def permute(self, which: int) -> None:
        examen = pick(self.programmes or self.examens, which)
        others = [one for one in self.programmes if self.is_alike(one, examen)] or self.examens
        body = {"examenId1": examen.id, "examenId2": pick(others, which).id}
        self.call(self.owner_of(examen), "POST", "/examens/permutation", json=body)

    @precondition(has_examens)
    @rule(which=WHICH, employe=EMPLOYES)
    def read(self, which: int, employe: str) -> None:
        examen = pick(self.examens, which)
        answer = self.ask(employe, "GET", f"/examens/{examen.id}")
        assert answer.status_code == (200 if self.owner_of(examen) == employe else 403)

    @precondition(has_examens)
    @rule(which=WHICH, statut=st.sampled_from(StatutDuResultat))
    def enter_resultat(self, which: int, statut: StatutDuResultat) -> None:
        self.control(f"/examens/{pick(self.examens, which).id}/resultat", {"statut": statut})

    @rule(by=st.sampled_from(["PT1M", "PT14M", "PT15M", "PT6H", "P1D"]))
    def wait(self, by: str) -> None:
        assert self.control("/clock/advance", {"by": by}).status_code == 200

    @precondition(has_examens)
    @rule(to=st.sampled_from(MOMENTS))
    def wait_until(self, to: str) -> None:
        self.control("/clock/advance", {"to": f"{to}+02:00"})

    # What is true whatever happens

    @invariant()
    def no_creneau_has_two_holders(self) -> None:
        holds = Counter(creneau_id for creneau_id, _ in self.holders())
        assert all(count == 1 for count in holds.values()), holds

    @invariant()
    def no_candidat_has_two_places_of_one_kind(self) -> None:
        held: list[ElementDuPanier | Examen] = [*self.elements, *self.programmes]
        named = [(one.candidat_id, *self.kind_of(one)) for one in held if one.candidat_id]
        assert len(named) == len(set(named)), named

    @invariant()
    def no_panier_lives_after_its_expiry(self) -> None:
        assert all(self.now < one.date_heure_expiration for one in self.store.paniers.all())

    @invariant()
    def nobody_keeps_a_place_without_a_name_after_the_tenth_day_before(self) -> None:
        for examen in self.examens:
            if examen.candidat_id is None and not examen.est_annule:
                day = self.store.creneaux.get(examen.creneau_id).date_heure_debut.date()
                assert self.now < paris.midnight(day - timedelta(days=10))

    @invariant()
    def each_place_is_free_to_both_or_held_by_one(self) -> None:
        holders = dict(self.holders())
        expected = {
            creneau.id
            for creneau in self.store.creneaux.all()
            if self.is_to_be_seen(creneau, holders.get(creneau.id))
        }
        examens = {one.creneau_id: one for one in self.examens if one.occupies}
        for employe, ref in AUTO_ECOLES.items():
            planning = self.planning_of(employe)
            assert planning.keys() == expected
            for creneau_id, (statut, shown) in planning.items():
                holder, examen = holders.get(creneau_id), examens.get(creneau_id)
                is_own = holder == self.ids[ref]
                assert statut in (FREE if holder is None else {MINE if is_own else THEIRS})
                assert (shown["id"] if shown else None) == (
                    examen.id if examen and is_own else None
                )

    def is_to_be_seen(self, creneau: Creneau, holder: str | None) -> bool:
        is_published = creneau.date_heure_publication <= self.now
        has_begun = paris.to_instant(creneau.date_heure_debut) <= self.now
        return is_published and not (holder is None and has_begun)

    def planning_of(self, employe: str) -> dict[str, tuple[str, dict[str, Any] | None]]:
        """Each créneau as an école sees it, with its examen there."""
        seen = {}
        for day in DAYS:
            for groupe in GROUPES:
                filtre = {"groupePermis": groupe, "date": day, "centreId": self.ids["nantes"]}
                body = {"filtre": filtre}
                answer = self.ask(employe, "POST", "/planning/recherche", json=body)
                for element in answer.json():
                    creneau = element["creneauDuPlanning"]
                    examen = element.get("examenDuPlanning")
                    seen[creneau["id"]] = (creneau["statutDeReservation"], examen)
        return seen

    @invariant()
    def the_counter_is_what_is_held(self) -> None:
        creneaux = {creneau.id: creneau for creneau in self.store.creneaux.all()}
        lost = {one.creneau_id for one in self.examens if one.est_annule and one.occupies}
        held = Counter(
            (auto_ecole_id, creneaux[creneau_id].groupe_permis.value)
            for creneau_id, auto_ecole_id in self.holders()
            if creneau_id not in lost
        )
        for employe, ref in AUTO_ECOLES.items():
            for groupe in GROUPES:
                query = {"code-departement": "044", "groupe-permis": groupe, "mois": "2026-04"}
                answer = self.ask(employe, "GET", "/informations-seuil-departement", params=query)
                seuil, used = answer.json(), held[self.ids[ref], groupe]
                assert seuil["nombreDePlacesUtilisees"] == used
                assert seuil["nombreDePlacesRestantes"] == max(0, seuil["seuil"] - used)
                assert used <= seuil["plafond"]


TestPlaces = Places.TestCase
TestPlaces.settings = settings(
    max_examples=40,
    stateful_step_count=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)

"""Data aimed at what a world knows: schemathesis alone would hardly ever name anything real."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any, TypeVar
from zlib import crc32

from schemathesis import Case
from schemathesis.core.parameters import ParameterLocation

from rdv_mock.facts.reference import UUID_PATTERN
from rdv_mock.paris import to_local
from rdv_mock.store import Store

GERANTE = "lea"
"""Who calls, in every world."""
MOST = 40
"""How many things of one kind are aimed at, the caller's own apart."""

PARTS = {
    "path_parameters": ParameterLocation.PATH,
    "query": ParameterLocation.QUERY,
    "body": ParameterLocation.BODY,
}

Thing = TypeVar("Thing")


class Aim:
    """Replaces valid texts by what a world knows under their key."""

    def __init__(self, store: Store) -> None:
        self._known = known_in(store)
        self._pairs = pairs_in(store)

    def at(self, case: Case[Any], *, spare_ids: bool = False) -> None:
        """Aim the valid parts of a call; they stay valid.

        With `spare_ids` what looks like an id is left: an earlier answer has given it.
        """
        for part, location in PARTS.items():
            if case.meta is None or case.meta.is_negative_at(location):
                continue
            given = getattr(case, part)
            aimed = self._aimed(given, "", spare_ids=spare_ids)
            if aimed != given:
                setattr(case, part, aimed)

    def _aimed(self, given: Any, key: str, *, spare_ids: bool) -> Any:
        known = self._known.get(key, [])
        if isinstance(given, dict):
            aimed = {
                name: self._aimed(one, name, spare_ids=spare_ids) for name, one in given.items()
            }
            return aimed if spare_ids else self._paired(aimed)
        if isinstance(given, list):
            if key == "creneauxId":
                return _all_different(given, known)
            return [self._aimed(one, key, spare_ids=spare_ids) for one in given]
        if not isinstance(given, str) or not known or given in known:
            return given
        if spare_ids and re.search(UUID_PATTERN, given):
            return given
        which = _number(given)
        return given if which % 5 == 0 else known[which % len(known)]

    def _paired(self, aimed: dict[str, Any]) -> dict[str, Any]:
        """The same, mostly with values that belong together, such as a nom and its number."""
        for (leader, follower), pairs in self._pairs.items():
            value = aimed.get(leader)
            if not isinstance(value, str):
                continue
            if follower in aimed and value in pairs and _number(str(aimed[follower])) % 4:
                aimed[follower] = pairs[value]
        return aimed


def known_in(store: Store) -> Mapping[str, list[str]]:
    """What may stand under a key of a call in a world, the gérante's own three times."""
    gerante = store.find_employe(GERANTE)
    assert gerante
    mine = gerante.auto_ecole_id
    mandated = {
        mandat.candidat_id for mandat in store.mandats.all() if mandat.auto_ecole_id == mine
    }
    contrats = _ids(store.contrats_de_formation.all(), lambda one: one.auto_ecole_id == mine)
    candidats = _ids(store.candidats.all(), lambda one: one.id in mandated)
    centres = _ids(store.centres.all(), lambda one: not one.est_ferme)
    examens = _ids(store.examens.all(), lambda one: one.auto_ecole_id == mine)
    held = {element.creneau_id for element in store.elements_du_panier.all()}
    creneaux = sorted(store.creneaux.all(), key=lambda one: one.date_heure_debut)
    days = [to_local(one.date_heure_debut).date().isoformat() for one in creneaux]
    numbers = [
        *(one.numero_autorisation for one in store.formateurs.all()),
        *(one.numero_autorisation for one in store.simulateurs.all()),
    ]
    employes = _ids(store.employes.all(), lambda one: one.auto_ecole_id == mine)
    departements = [one.code_departement for one in store.centres.all()]
    now = to_local(store.caught_up_until())
    return {
        "candidatId": candidats,
        "candidatRemplacantId": candidats[::-1],
        "centreId": centres,
        "centres-ids": centres,
        "codeDepartement": departements,
        "code-departement": departements,
        "contratId": contrats,
        "creneauId": _ids(_some(creneaux), lambda one: one.id in held),
        "creneauxId": [one.id for one in _some(creneaux)],
        "date": _some(days),
        "date-debut": _some(days),
        "dateHeureDebut": [
            (now - timedelta(days=day)).replace(hour=day % 12 + 7, minute=0, second=0).isoformat()
            for day in range(1, 20)
        ],
        "employeAutoEcoleId": employes,
        "examenId": examens,
        "examenId1": examens,
        "examenId2": examens[::-1],
        "examen-permute-id": examens,
        "leconId": [one.id for one in store.lecons.all() if one.contrat_id in contrats][:MOST],
        "mois": [day[:7] for day in _some(days)],
        "nom": [one.nom for one in store.candidats.all()],
        "numeroAutorisation": numbers,
        "numeroDossier": [one.numero_dossier for one in store.candidats.all()],
        "panierId": _ids(store.paniers.all(), lambda one: one.employe_id == gerante.id),
    }


def pairs_in(store: Store) -> Mapping[tuple[str, str], Mapping[str, str]]:
    """Under two keys of one call: which value of the second belongs to one of the first."""
    return {
        ("numeroDossier", "nom"): {one.numero_dossier: one.nom for one in store.candidats.all()},
        ("leconId", "contratId"): {one.id: one.contrat_id for one in store.lecons.all()},
        ("creneauId", "panierId"): {
            one.creneau_id: one.panier_id for one in store.elements_du_panier.all()
        },
    }


def _ids(things: Iterable[Any], is_own: Callable[[Any], bool]) -> list[str]:
    """The ids of things, three times those of one's own."""
    all_of_them = list(things)
    own = [one.id for one in all_of_them if is_own(one)]
    return own * 3 + [one.id for one in all_of_them if not is_own(one)][:MOST]


def _some(things: list[Thing]) -> list[Thing]:
    """Some of many, from the first to the last."""
    return things[:: max(1, len(things) // MOST)]


def _all_different(given: list[Any], known: list[str]) -> list[Any]:
    """What is there twice stays so, and what is there once."""
    if not known or not all(isinstance(one, str) and one for one in given):
        return given
    first = _number("".join(given)) % len(known)
    chosen = dict(zip(given, known[first:] + known[:first], strict=False))
    return [chosen.get(one, one) for one in given]


def _number(text: str) -> int:
    """A number that depends on a text alone, not on the run."""
    return crc32(text.encode("utf-8", "replace"))

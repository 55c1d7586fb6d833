"""The refs and names beside ids: what a person reads where a program reads an id.

One form is used everywhere. Beside `employeId` (or `employe`, where that is an id) come
`employeRef`, the ref in the scenario, and `employeNom`, the name to show. Both are null for an
object that has none, or that was removed.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from rdv_mock.store import Store

TABLES: Mapping[str, str] = {
    "autoEcole": "auto_ecoles",
    "bureau": "bureaux",
    "candidat": "candidats",
    "centre": "centres",
    "contrat": "contrats_de_formation",
    "creneau": "creneaux",
    "employe": "employes",
    "examen": "examens",
    "formateur": "formateurs",
    "lecon": "lecons",
}
"""The table of each kind of object whose ids are shown, by the name of the id."""
NAMED = {"autoEcole", "bureau", "candidat", "centre", "employe", "formateur"}
"""The kinds of objects that have a name."""
ID = "Id"


class Names:
    """The refs and names of a world, each looked up once; made anew for each answer."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._facts: dict[str, dict[str, Any]] = defaultdict(dict)
        self._refs: dict[str, str | None] = {}

    def read(self, kind: str, ids: Iterable[str | None]) -> None:
        """Look up objects of a kind, and their refs, at once."""
        known = self._facts[kind]
        new = list({id_: None for id_ in ids if id_ is not None and id_ not in known})
        if new:
            known.update(dict.fromkeys(new))
            known.update({one.id: one for one in self._store.table(TABLES[kind]).among("id", new)})
            self.read_refs(new)

    def read_refs(self, ids: Iterable[str]) -> None:
        """Look up refs at once."""
        new = list({id_: None for id_ in ids if id_ not in self._refs})
        self._refs.update(dict.fromkeys(new))
        found = self._store.references.among("target_id", new) if new else ()
        self._refs.update({one.target_id: one.ref for one in found})

    def fact(self, kind: str, id_: str | None) -> Any:  # noqa: ANN401 - any fact
        """The object with this id; None when it was removed."""
        self.read(kind, [id_])
        return None if id_ is None else self._facts[kind][id_]

    def ref(self, id_: str | None) -> str | None:
        """The ref of an object in the scenario, if it has one."""
        if id_ is None:
            return None
        self.read_refs([id_])
        return self._refs[id_]

    def nom(self, kind: str, id_: str | None) -> str | None:
        """The name to show; prénom and nom for a person."""
        fact = self.fact(kind, id_)
        if fact is None:
            return None
        nom: str = fact.nom
        return f"{fact.prenom} {nom}".strip() if hasattr(fact, "prenom") else nom

    def beside(self, kind: str, id_: str | None) -> dict[str, str | None]:
        """The fields beside an id, named as on the wire."""
        fields = {f"{kind}Ref": self.ref(id_)}
        return {**fields, f"{kind}Nom": self.nom(kind, id_)} if kind in NAMED else fields

    def with_names(self, subject: Mapping[str, Any]) -> dict[str, Any]:
        """The subject of an event, with its école, candidat and centre, and all refs and names."""
        fields: dict[str, Any] = {}
        for name, value in self._completed(subject).items():
            fields[name] = value
            kind = name.removesuffix(ID)
            if name.endswith(ID) and kind in TABLES:
                fields |= self.beside(kind, value)
        return fields

    def read_all(self, subjects: Iterable[Mapping[str, Any]]) -> None:
        """Look up the objects of many events at once."""
        ids: dict[str, set[str]] = defaultdict(set)
        for subject in subjects:
            for name, value in subject.items():
                if name.removesuffix(ID) in TABLES:
                    ids[name.removesuffix(ID)].add(value)
        for kind, of_kind in ids.items():
            self.read(kind, of_kind)

    def _completed(self, subject: Mapping[str, Any]) -> dict[str, Any]:
        """The subject of an event, with the école, candidat and centre that follow from it."""
        employe = self.fact("employe", subject.get("employeId"))
        examen = self.fact("examen", subject.get("examenId"))
        creneau = self.fact("creneau", subject.get("creneauId"))
        follows = {
            "autoEcoleId": employe and employe.auto_ecole_id,
            "candidatId": examen and examen.candidat_id,
            "centreId": creneau and creneau.centre_id,
        }
        more = {name: id_ for name, id_ in follows.items() if id_ and name not in subject}
        return {**subject, **more}

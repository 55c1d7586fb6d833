"""Changing a few facts of a running world: a fragment of a scenario, all or nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

from rdv_mock.facts.concurrence import Concurrence
from rdv_mock.facts.reference import canonical
from rdv_mock.facts.world import ErrorOverride, Responses
from rdv_mock.scenario.base import Part
from rdv_mock.scenario.dump import WRITERS, dump_fact
from rdv_mock.scenario.items import Items
from rdv_mock.scenario.load import concurrence_of, incidents_of, save_parts, share_of
from rdv_mock.scenario.models import Fragment, FragmentHead
from rdv_mock.scenario.parsing import parse_apart
from rdv_mock.scenario.source import Source
from rdv_mock.store import Store
from rdv_mock.store.table import Table
from rdv_mock.worlds.incidents import Incidents

S = TypeVar("S", Responses, ErrorOverride, Concurrence)

_SPANS = {"creneaux": ("dateHeureDebut", "dateHeureFin"), "baux": ("debut", "fin")}
"""Lists whose objects begin and end: a fragment that moves the beginning moves a default end."""


def apply_fragment(
    source: Source,
    store: Store,
    *,
    now: datetime,
    armed: Incidents | None = None,
) -> None:
    """Change the objects that the fragment names, add the others, remove what it says to.

    Its incidents come to those that are `armed`, once all has gone well. Raises SCENARIO_INVALIDE,
    and then changes nothing.
    """
    merged = replace(source, content=_merged(source.content, store))
    parsed = parse_apart(merged, FragmentHead, Fragment, nullable=["etpCalcules"])
    fragment, complaints = parsed.head, parsed.complaints
    armed = Incidents() if armed is None else armed
    if complaint := armed.complaint_of(len(parsed.parts("incidents"))):
        complaints.add(("incidents",), complaint)
    with store.transaction():
        before = store.settings()
        settings = replace(
            before,
            title=fragment.title or before.title,
            description=(
                before.description if fragment.description is None else fragment.description
            ),
            limits={**before.limits, **fragment.limits},
            concurrence=_concurrence(before.concurrence, fragment),
            resultats_automatiques=(
                share_of(fragment.resultats_automatiques)
                if "resultats_automatiques" in fragment.model_fields_set
                else before.resultats_automatiques
            ),
            responses=_changed(before.responses, fragment.responses),
            errors={
                **before.errors,
                **{
                    code: _changed(before.errors.get(code, ErrorOverride()), part)
                    for code, part in fragment.errors.items()
                },
            },
        )
        store.save_settings(settings)
        store.save_caught_up_until(now)
        if before.concurrence and not settings.concurrence:
            store.prises.remove_where("est_faite = 0")  # nobody is left to take them
        for index, name in enumerate(fragment.supprimer):
            if not _remove(name, store):
                hint = complaints.hint(name, store.references.first_ones())
                complaints.add(("supprimer", index), f"« {name} » ne désigne aucun objet{hint}")
        save_parts(parsed, store, settings, now=now)
        incidents = incidents_of(parsed, store)
    for incident in incidents:
        armed.declare(incident)


def _concurrence(before: Concurrence | None, fragment: FragmentHead) -> Concurrence | None:
    """The virtual écoles, with what the fragment says of them; `concurrence: ~` sends them away."""
    if before and fragment.concurrence:
        return _changed(before, fragment.concurrence)
    if "concurrence" in fragment.model_fields_set:
        return concurrence_of(fragment.concurrence)
    return before


def _changed(known: S, part: Part | None) -> S:
    """What is settled, with what the fragment says of it."""
    return replace(known, **part.model_dump(exclude_unset=True)) if part else known


def _remove(name: str, store: Store) -> bool:
    """Remove what a ref or an id names; whether there is such a thing."""
    id_ = store.references.id_of(name)
    for table in store.tables:
        if table is not store.references and table.find(id_) is not None:
            store.forget(table, id_)
            return True
    return False


def _find(table: Table[Any], name: str, store: Store) -> Any:  # noqa: ANN401 - any fact
    return table.find(store.references.id_of(name)) or table.find(name)


def _merged(content: Any, store: Store) -> Any:  # noqa: ANN401 - whatever was sent
    """The fragment with each known object completed by what the world says of it."""
    if not isinstance(content, dict):
        return content
    return {
        key: (
            Items.of(_completed(key, item, store) for item in value)
            if key in WRITERS and isinstance(value, list | Items)
            else value
        )
        for key, value in content.items()
    }


def _completed(key: str, item: Any, store: Store) -> Any:  # noqa: ANN401 - whatever was sent
    if not isinstance(item, dict):
        return item
    table = store.table(WRITERS[key][0])
    for handle in ("clientId",) if key == "clients" else ("ref", "id"):
        name = item.get(handle)
        fact = _find(table, name, store) if isinstance(name, str) else None
        if fact is not None:
            known = dump_fact(key, fact, store, store.references.ref_of)
            span = _SPANS.get(key)
            if span and span[0] in item:
                known.pop(span[1], None)  # it lasts as long as any, unless the fragment says so
            return _merge(known, item)
    return item


def _merge(known: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """What is given over what is known; lists of known objects are merged one by one."""
    merged = {**known, **given}
    for key, value in given.items():
        before = known.get(key) or []
        if key in _HANDLES and isinstance(value, list) and _are_objects([*before, *value]):
            merged[key] = _merge_items(before, value, _HANDLES[key])
    return merged


def _are_objects(items: list[Any]) -> bool:
    return all(isinstance(item, dict) for item in items)


_NAMED = (("ref",), ("id",))
_HANDLES: Mapping[str, Sequence[Sequence[str]]] = {
    "bureaux": _NAMED,
    "employes": _NAMED,
    "formateurs": _NAMED,
    "simulateurs": [["numeroAutorisation"]],
    "etp": [["groupePermis", "mois"]],
    "declarations": [["codeDepartement", "groupePermis"]],
    "demandes": [["categoriePermis"]],
    "penalites": [["groupePermis", "dateExamen", "motif"]],
    "resultats": [["categoriePermis"]],
    "centresFavoris": [["groupePermis", "priorite"]],
}
"""By which keys an item of a list inside an object is known again: any one of these groups."""


def _merge_items(
    before: list[dict[str, Any]], given: list[dict[str, Any]], handles: Sequence[Sequence[str]]
) -> list[Any]:
    """The items that are known, changed where they are given, and the others added."""
    rest = list(before)
    merged = []
    for item in given:
        same = next((known for known in rest if _is_same(known, item, handles)), None)
        if same is not None:
            rest.remove(same)
            merged.append(_merge(same, item))
        else:
            merged.append(item)
    return merged + rest


def _canonical(value: Any) -> Any:  # noqa: ANN401 - whatever was sent
    return canonical(value) if isinstance(value, str) else value


def _is_same(
    known: Mapping[str, Any], item: Mapping[str, Any], handles: Sequence[Sequence[str]]
) -> bool:
    return any(
        all(item.get(key) is not None and _canonical(item[key]) == known.get(key) for key in handle)
        for handle in handles
    )

"""Incidents in a scenario and on the control plane: one shape, one reading."""

import json
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from rdv_mock.errors import ApiError
from rdv_mock.facts.incident import Incident
from rdv_mock.hints import Hint, suggestion
from rdv_mock.scenario.base import Part
from rdv_mock.store import Store
from rdv_mock.wire.incidents import IncidentFields
from rdv_mock.wire.operations import OPERATIONS
from rdv_mock.worlds.incidents import could_be_control

Complain = Callable[[str, str], None]
"""Takes a field, or nothing for the incident itself, and what is wrong with it."""

EFFECTS = "delaySeconds, error, status, headers, body, malformed, omit ou drop"

OURS = {"content-length", "transfer-encoding"}
"""Headers that say how long an answer is: a wrong one is no answer at all."""


class IncidentPart(Part, IncidentFields):
    """Ce qui doit mal se passer, pour quels appels."""


def write_incident(
    incident: Incident, ref: Callable[[str], str | None] = lambda _: None
) -> dict[str, Any]:
    """An incident as a scenario says it, and as the control plane shows it."""
    said = {**asdict(incident), "omit": list(incident.omit)}
    for name in ("employe", "auto_ecole"):
        if said[name] is not None:
            said[name] = ref(said[name]) or said[name]
    part = IncidentPart.model_validate(said, by_name=True)
    written: dict[str, Any] = part.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return written


def incident_of(
    asked: IncidentFields | Incident, store: Store, complain: Complain, hint_at: Hint = suggestion
) -> Incident:
    """An incident as the world knows it, its employé and école found by the names that it has."""
    if asked.operation is not None and asked.operation not in OPERATIONS:
        hint = hint_at(asked.operation, OPERATIONS)
        complain("operation", f"n'est pas une opération connue{hint}")
    if asked.path is not None and could_be_control(asked.path):
        complain("path", "ne doit pas pouvoir désigner le plan de contrôle (/_mock)")
    if asked.error is not None and asked.error not in ApiError.__members__:
        hint = hint_at(asked.error, ApiError.__members__)
        complain("error", f"n'est pas un code connu{hint}")
    if OURS & {name.lower() for name in asked.headers or {}}:
        complain("headers", f"ne peut pas dire {', '.join(sorted(OURS))}")
    if not _is_json(asked.body):
        complain("body", "contient un nombre que JSON ne connaît pas")
    if asked.error is not None and asked.body is not None:
        complain("body", "ne va pas avec « error »")
    incident = Incident(
        operation=asked.operation,
        method=asked.method,
        path=asked.path,
        employe=_employe_id(asked.employe, store, complain, hint_at),
        auto_ecole=_auto_ecole_id(asked.auto_ecole, store, complain, hint_at),
        after=asked.after,
        times=asked.times,
        delay_seconds=asked.delay_seconds,
        error=asked.error,
        status=asked.status,
        headers=asked.headers,
        body=asked.body,
        malformed=asked.malformed,
        omit=tuple(asked.omit),
        drop=asked.drop,
    )
    if not incident.has_effect:
        complain("", f"n'a aucun effet ; donnez au moins {EFFECTS}")
    return incident


def _is_json(body: Any) -> bool:  # noqa: ANN401 - whatever is to be answered
    """Whether JSON can say it: it knows neither NaN nor Infinity."""
    try:
        json.dumps(body, allow_nan=False)
    except ValueError:
        return False
    return True


def _employe_id(name: str | None, store: Store, complain: Complain, hint_at: Hint) -> str | None:
    if name is None:
        return None
    employe = store.find_employe(name)
    if employe is None:
        hint = hint_at(name, store.names_of_employes())
        complain("employe", f"« {name} » ne désigne aucun employé{hint}")
        return None
    return employe.id


def _auto_ecole_id(name: str | None, store: Store, complain: Complain, hint_at: Hint) -> str | None:
    if name is None:
        return None
    auto_ecole = store.auto_ecoles.find(store.references.id_of(name))
    if auto_ecole is None:
        hint = hint_at(name, store.references.of_kind(store.auto_ecoles.name))
        complain("autoEcole", f"« {name} » ne désigne aucune auto-école{hint}")
        return None
    return auto_ecole.id

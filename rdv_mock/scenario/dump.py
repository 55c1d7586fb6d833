"""From the state of a world to a scenario file that loads to the same world."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

import yaml

from rdv_mock import paris
from rdv_mock.facts.access import SWAGGER_UI
from rdv_mock.facts.incident import Incident
from rdv_mock.scenario.access import write_bail, write_client
from rdv_mock.scenario.auto_ecoles import write_auto_ecole
from rdv_mock.scenario.base import write_instant_in_full
from rdv_mock.scenario.candidats import write_candidat
from rdv_mock.scenario.etp import write_autonomie, write_etp_calcule
from rdv_mock.scenario.exam_api import write_centre, write_mandat
from rdv_mock.scenario.incidents import write_incident
from rdv_mock.scenario.livret import write_contrat, write_lecon
from rdv_mock.scenario.models import ResponsesPart
from rdv_mock.scenario.places import (
    write_coefficient,
    write_creneau,
    write_examen,
    write_panier,
    write_prise,
)
from rdv_mock.store import Store

Writer = Callable[[Any, Store, Callable[[str], str | None]], Any]

WRITERS: Mapping[str, tuple[str, Writer]] = {
    "clients": ("clients", write_client),
    "centres": ("centres", write_centre),
    "autoEcoles": ("auto_ecoles", write_auto_ecole),
    "candidats": ("candidats", write_candidat),
    "mandats": ("mandats", write_mandat),
    "creneaux": ("creneaux", write_creneau),
    "examens": ("examens", write_examen),
    "paniers": ("paniers", write_panier),
    "coefficients": ("coefficients", write_coefficient),
    "contratsDeFormation": ("contrats_de_formation", write_contrat),
    "lecons": ("lecons", write_lecon),
    "prises": ("prises", write_prise),
    "etpCalcules": ("etp_calcules", write_etp_calcule),
    "autonomies": ("autonomies", write_autonomie),
    "baux": ("baux", write_bail),
}
"""Each list of a scenario: the table it comes from, and how one of its facts is written."""

_AMBIGUOUS = re.compile(r"[-+.~<\d].*|(?i:true|false|yes|no|on|off|y|n|null|)|.*[:#].*", re.DOTALL)


class _Dumper(yaml.CSafeDumper):
    """Quotes every text that another reader could take for something else."""


def _represent_text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    style = '"' if _AMBIGUOUS.fullmatch(text) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _represent_text)


def dump_scenario(
    store: Store, *, now: datetime, frozen: bool, incidents: Iterable[Incident] = ()
) -> str:
    """The world as YAML, refs kept and ids written; `incidents` are those still armed."""
    settings = store.settings()
    content: dict[str, Any] = {"title": settings.title}
    if settings.description:
        content["description"] = settings.description
    content["seed"] = settings.seed
    content["clock"] = {"now": write_instant_in_full(min(now, paris.LAST_NOW)), "frozen": frozen}
    if settings.limits:
        content["limits"] = dict(settings.limits)
    responses = ResponsesPart(**asdict(settings.responses))
    content["responses"] = responses.model_dump(by_alias=True, exclude_none=True)
    if settings.errors:
        content["errors"] = {
            code: {"status": error.status, "message": error.message}
            for code, error in settings.errors.items()
        }
    if concurrence := settings.concurrence:
        content["concurrence"] = {
            "autoEcoles": concurrence.auto_ecoles,
            "delaiSecondes": list(concurrence.delai_secondes),
            "part": concurrence.part,
        }
    if settings.resultats_automatiques is not None:
        content["resultatsAutomatiques"] = {"part": settings.resultats_automatiques}
    if counters := store.counters():
        content["counters"] = counters
    refs = {reference.target_id: reference.ref for reference in store.references.all()}
    for key, (table, _) in WRITERS.items():
        facts = (fact for fact in store.table(table).all() if fact != SWAGGER_UI)
        content[key] = [dump_fact(key, fact, store, refs.get) for fact in facts]
    if written := [write_incident(incident, refs.get) for incident in incidents]:
        content["incidents"] = written
    return yaml.dump(content, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120)


def dump_fact(
    key: str,
    fact: Any,  # noqa: ANN401 - any fact
    store: Store,
    ref: Callable[[str], str | None],
) -> dict[str, Any]:
    """One object as a scenario says it, without what goes without saying."""
    _, write = WRITERS[key]
    part = write(fact, store, ref)
    written: dict[str, Any] = part.model_dump(mode="json", by_alias=True, exclude_none=True)
    return written

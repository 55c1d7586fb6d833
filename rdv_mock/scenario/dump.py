"""From the state of a world to a scenario file that loads to the same world."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict
from datetime import datetime
from itertools import islice
from typing import Any, Literal

import yaml

from rdv_mock import paris
from rdv_mock.facts.access import SWAGGER_UI
from rdv_mock.facts.examen import Examen
from rdv_mock.facts.incident import Incident
from rdv_mock.rules.examen import statut_of
from rdv_mock.scenario.access import write_bail, write_client
from rdv_mock.scenario.auto_ecoles import write_auto_ecole
from rdv_mock.scenario.base import write_instant_in_full
from rdv_mock.scenario.candidats import write_candidat
from rdv_mock.scenario.coefficients import write_coefficient
from rdv_mock.scenario.creneaux import write_creneau
from rdv_mock.scenario.etp import write_autonomie, write_etp_calcule
from rdv_mock.scenario.exam_api import write_centre, write_mandat
from rdv_mock.scenario.examens import write_examen
from rdv_mock.scenario.incidents import write_incident
from rdv_mock.scenario.livret import write_contrat, write_lecon
from rdv_mock.scenario.models import ResponsesPart
from rdv_mock.scenario.paniers import write_panier
from rdv_mock.scenario.prises import write_prise
from rdv_mock.scenario.selection import Selection, facts_by_table
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

Form = Literal["yaml", "json"]
INCIDENTS = "incidents"
WHOLE = Selection()
_ALWAYS = {"seed"}
"""Of the head, what is written though it is nothing."""

KINDS = (
    "title",
    "description",
    "limits",
    "responses",
    "errors",
    "concurrence",
    "resultatsAutomatiques",
    *WRITERS,
    INCIDENTS,
)
"""The keys that can be asked for: a fragment may hold any of them."""

_AMBIGUOUS = re.compile(r"[-+.~<\d].*|(?i:true|false|yes|no|on|off|y|n|null|)|.*[:#].*", re.DOTALL)


class _Dumper(yaml.CSafeDumper):
    """Quotes every text that another reader could take for something else."""


def _represent_text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    style = '"' if _AMBIGUOUS.fullmatch(text) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _represent_text)


def dump_scenario(
    store: Store,
    *,
    now: datetime,
    frozen: bool,
    incidents: Iterable[Incident] = (),
    selection: Selection = WHOLE,
    form: Form = "yaml",
) -> str:
    """The world, or a part of it, refs kept and ids written; `incidents` are those still armed."""
    return "".join(
        dump_in_pieces(
            store, now=now, frozen=frozen, incidents=incidents, selection=selection, form=form
        )
    )


def dump_in_pieces(
    store: Store,
    *,
    now: datetime,
    frozen: bool,
    incidents: Iterable[Incident] = (),
    selection: Selection = WHOLE,
    form: Form = "yaml",
) -> Iterator[str]:
    """The pieces of `dump_scenario`, a few objects each: a world may be too large for one text."""
    head = {
        key: value
        for key, value in _head_of(store, now=now, frozen=frozen).items()
        if selection.asks_for(key) or (selection.holds(key) and (value or key in _ALWAYS))
    }
    lists = _lists_of(store, selection, incidents, now=now)
    if form == "json":
        yield from _json_in_pieces(head, lists)
        return
    if head:
        yield _dump(head)
    for key, items in lists:
        yield from list_in_pieces(key, items)


def _lists_of(
    store: Store, selection: Selection, incidents: Iterable[Incident], *, now: datetime
) -> Iterator[tuple[str, Iterable[Any]]]:
    """What is selected of each list of a scenario, in their order."""
    refs = {reference.target_id: reference.ref for reference in store.references.all()}
    facts = facts_by_table(store, selection)
    for key, (table, _) in WRITERS.items():
        if selection.holds(key):
            of_table = (fact for fact in facts.of(table) if fact != SWAGGER_UI)
            yield key, _written(key, of_table, store, refs.get, now=now)
    armed = [write_incident(one, refs.get) for one in incidents if facts.concern(one)]
    if selection.asks_for(INCIDENTS) or (selection.holds(INCIDENTS) and armed):
        yield INCIDENTS, armed


def _written(
    key: str,
    facts: Iterable[Any],
    store: Store,
    ref: Callable[[str], str | None],
    *,
    now: datetime,
) -> Iterator[Any]:
    return (dump_fact(key, fact, store, ref, now=now) for fact in facts)


def _head_of(store: Store, *, now: datetime, frozen: bool) -> dict[str, Any]:
    """What a scenario settles for its whole world; nothing for what it does not."""
    settings = store.settings()
    responses = ResponsesPart(**asdict(settings.responses))
    concurrence, resultats = settings.concurrence, settings.resultats_automatiques
    return {
        "title": settings.title,
        "description": settings.description,
        "seed": settings.seed,
        "clock": {"now": write_instant_in_full(min(now, paris.LAST_NOW)), "frozen": frozen},
        "limits": dict(settings.limits),
        "responses": responses.model_dump(by_alias=True, exclude_none=True),
        "errors": {
            code: {"status": error.status, "message": error.message}
            for code, error in settings.errors.items()
        },
        "concurrence": concurrence
        and {
            "autoEcoles": concurrence.auto_ecoles,
            "delaiSecondes": list(concurrence.delai_secondes),
            "part": concurrence.part,
        },
        "resultatsAutomatiques": None if resultats is None else {"part": resultats},
        "counters": store.counters(),
    }


AT_ONCE = 100
"""Objects of a list that are written at once: the writer's own work on them stops everybody."""


def list_in_pieces(key: str, items: Iterable[Any]) -> Iterator[str]:
    """What a mapping of this key to this list is written as, a few items at a time."""
    items, head = iter(items), f"{key}:\n"
    if not (some := list(islice(items, AT_ONCE))):
        yield _dump({key: []})
        return
    yield head
    while some:
        yield _dump({key: some}).removeprefix(head)
        some = list(islice(items, AT_ONCE))


def _dump(content: Mapping[str, Any]) -> str:
    text: str = yaml.dump(content, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120)
    return text


def _json_in_pieces(
    head: Mapping[str, Any], lists: Iterable[tuple[str, Iterable[Any]]]
) -> Iterator[str]:
    """One object, of which every item of a list is a piece."""
    before = "{"
    for key, value in head.items():
        yield f"{before}{_json(key)}: {_json(value)}"
        before = ", "
    for key, items in lists:
        yield f"{before}{_json(key)}: ["
        before = ""
        for item in items:
            yield before + _json(item)
            before = ", "
        yield "]"
        before = ", "
    yield "}"


def _json(value: Any) -> str:  # noqa: ANN401 - any JSON
    return json.dumps(value, ensure_ascii=False)


def dump_fact(
    key: str,
    fact: Any,  # noqa: ANN401 - any fact
    store: Store,
    ref: Callable[[str], str | None],
    *,
    now: datetime | None = None,
) -> dict[str, Any]:
    """One object as a scenario says it, without what goes without saying.

    With `now` an examen whose end has come says so; it loads to the same one (`statut_of`).
    """
    _, write = WRITERS[key]
    part = write(fact, store, ref)
    written: dict[str, Any] = part.model_dump(mode="json", by_alias=True, exclude_none=True)
    if isinstance(fact, Examen) and now is not None and not fact.est_annule:
        written["statut"] = str(statut_of(store.reservations.get(fact.id), now=now))
    return written

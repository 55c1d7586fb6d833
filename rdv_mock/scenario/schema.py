"""The JSON Schema of a scenario, as an editor wants it.

pydantic says what the models take. Here a mistake is told once, in French, to an editor that
reads YAML by its types: a word without quotes may be a number to it and is text to us.
"""

import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, Final

from rdv_mock.errors import ApiError
from rdv_mock.scenario.candidats import REFUSALS_OF_CANDIDATS
from rdv_mock.scenario.models import Scenario
from rdv_mock.wire.operations import OPERATIONS
from rdv_mock.wire.vocabulary import BY_NAME

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
ADDRESS: Final = "http://127.0.0.1:8080/_mock/scenario.schema.json"
"""Where a server that was told nothing serves it."""
MEDIA_TYPE: Final = "application/schema+json"

_Schema = dict[str, Any]
_DEFS: Final = "#/$defs/"
_NUMBER: Final = r"^[0-9]+([.][0-9]+)?$"
_DIGITS: Final = "123"

_OF_ANTS: Final[Mapping[str, str]] = {
    "CategoriePermis": "Une catégorie de permis, telle que l'ANTS la nomme.",
    "StatutDemande": "Où en est une demande à l'ANTS ; seule `VALIDEE` ouvre quelque chose.",
}
"""Closed lists that only scenarios hold."""


@cache
def schema_text() -> str:
    """The schema, as it is printed and served."""
    return json.dumps(scenario_schema(), ensure_ascii=False, indent=2)


def scenario_schema() -> _Schema:
    """What a scenario file may hold, each of its fields with a text."""
    root = Scenario.model_json_schema(by_alias=True)
    defs: dict[str, _Schema] = root.pop("$defs")
    for name, schema in defs.items():
        if "enum" in schema:
            schema["description"] = _meaning_of(name)
    incident, candidat = (defs[name]["properties"] for name in ("IncidentPart", "CandidatPart"))
    _choose_from(incident["operation"], OPERATIONS)
    _choose_from(incident["error"], ApiError.__members__)
    _choose_from(candidat["toujours"], REFUSALS_OF_CANDIDATS)
    root["properties"]["errors"] |= {
        "properties": {
            error.code: {"$ref": f"{_DEFS}ErrorPart", "description": f"« {error.example()} »"}
            for error in ApiError
        },
        "additionalProperties": False,
    }
    told = _told(root, defs)
    told_defs = {name: _told(schema, defs) for name, schema in defs.items()}
    used = set(re.findall(rf'"{re.escape(_DEFS)}(\w+)"', json.dumps([told, told_defs])))
    whole: _Schema = {
        "$schema": DIALECT,
        "$id": ADDRESS,
        **told,
        "title": "Scénario de rdv-mock",
        "$defs": {name: schema for name, schema in told_defs.items() if name in used},
    }
    return _with_short_names(whole)


def _with_short_names(schema: _Schema) -> _Schema:
    """`Candidat` for `CandidatPart`: editors show what kinds of objects are called."""
    defs = {name.removesuffix("Part"): one for name, one in schema["$defs"].items()}
    text = json.dumps({**schema, "$defs": defs})
    short: _Schema = json.loads(re.sub(rf'("{re.escape(_DEFS)}\w+)Part"', r'\1"', text))
    return short


def _meaning_of(enumeration: str) -> str:
    """What a closed list is about, and what its values mean."""
    if enumeration in BY_NAME:
        return str(BY_NAME[enumeration].keywords()["description"])
    return _OF_ANTS[enumeration]


def _choose_from(schema: _Schema, words: Iterable[str]) -> None:
    """Name the words of which there is no model: no other one is taken."""
    next(one for one in schema["anyOf"] if one["type"] == "string")["enum"] = sorted(words)


def _told(schema: _Schema, defs: Mapping[str, _Schema]) -> _Schema:
    """A schema, and all within it, without what doubles an error or says nothing."""
    told = _without_alternatives(schema, defs)
    told.pop("title", None)
    if not _is_worth_telling(told.get("default")):
        told.pop("default", None)
    if "enum" in told:
        told.pop("type", None)
    if "prefixItems" in told:
        told["items"] = told.pop("prefixItems")[0]
    if "patternProperties" in told:
        told["additionalProperties"] = False
    for keyword in ("properties", "patternProperties"):
        if keyword in told:
            told[keyword] = {name: _told(one, defs) for name, one in told[keyword].items()}
    for keyword in ("items", "additionalProperties"):
        if isinstance(told.get(keyword), dict):
            told[keyword] = _told(told[keyword], defs)
    if _may_be_digits(told):
        told["type"] = ["string", "number", *_types_of(told)[1:]]
    return told


def _without_alternatives(schema: _Schema, defs: Mapping[str, _Schema]) -> _Schema:
    """A schema with its alternatives as one: beside null there is only one of them.

    Each alternative would complain of what none of them takes.
    """
    if "anyOf" not in schema:
        return _with_meaning(schema, defs)
    around = {key: value for key, value in schema.items() if key != "anyOf"}
    options = [one for one in schema["anyOf"] if one.get("type") != "null"]
    told = {**options[0], **around}
    if len(options) > 1:  # a decimal, which may be written as text
        return {**told, "type": ["number", "string"], "pattern": _NUMBER}
    if len(options) == len(schema["anyOf"]):
        return told
    told = _with_meaning(told, defs)
    if "$ref" in told:
        told = {**_target_of(told, defs), **told}
        del told["$ref"]
    if "enum" in told:
        told["enum"] = [*told["enum"], None]
    return {**told, "type": [*_types_of(told), "null"]} if "type" in told else told


def _with_meaning(schema: _Schema, defs: Mapping[str, _Schema]) -> _Schema:
    """A schema that also says what the values of a closed list mean."""
    if not {"$ref", "description"} <= schema.keys() or "enum" not in _target_of(schema, defs):
        return dict(schema)
    _, _, values = _target_of(schema, defs)["description"].partition("\n\n")
    return {**schema, "description": f"{schema['description']}\n\n{values}".strip()}


def _target_of(schema: _Schema, defs: Mapping[str, _Schema]) -> _Schema:
    return defs[schema["$ref"].removeprefix(_DEFS)]


def _types_of(schema: _Schema) -> list[str]:
    types = schema["type"]
    return [types] if isinstance(types, str) else types


def _is_worth_telling(default: Any) -> bool:  # noqa: ANN401 - any JSON
    """Whether an editor may well propose it: not what is empty, nor whole objects."""
    if isinstance(default, list):
        return bool(default) and not any(isinstance(one, dict) for one in default)
    return default is not None and not isinstance(default, dict)


def _may_be_digits(schema: _Schema) -> bool:
    """Whether it is a text that stays one for us when it is written without quotes: `2026`."""
    if "type" not in schema or _types_of(schema)[0] != "string":
        return False
    pattern = schema.get("pattern", "")
    return not {"enum", "format"} & schema.keys() and bool(re.search(pattern, _DIGITS))

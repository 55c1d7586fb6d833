"""What pydantic found wrong, as a person reads it: where, and in French."""

import json
from collections.abc import Mapping, Sequence
from functools import reduce
from operator import getitem

from pydantic_core import ErrorDetails

from rdv_mock.errors import Detail

BODY = "corps"
OBJECT = "doit être un objet"

_MESSAGES: Mapping[str, str] = {
    "missing": "est obligatoire",
    "extra_forbidden": "n'est pas un champ connu",
    "json_invalid": "n'est pas du JSON lisible",
    "string_unicode": "doit être du texte en UTF-8",
    "decimal_whole_digits": "ne peut avoir plus de {whole_digits} chiffre(s) avant la virgule",
    "model_type": OBJECT,
    "model_attributes_type": OBJECT,
    "dict_type": OBJECT,
    "string_type": "doit être une chaîne de caractères",
    "string_too_short": "doit compter au moins {min_length} caractère(s)",
    "string_too_long": "doit compter au plus {max_length} caractère(s)",
    "string_pattern_mismatch": "doit respecter le motif {pattern}",
    "int_type": "doit être un nombre entier",
    "int_parsing": "doit être un nombre entier",
    "int_parsing_size": "est un nombre démesuré",
    "int_from_float": "doit être un nombre entier",
    "decimal_type": "doit être un nombre",
    "decimal_parsing": "doit être un nombre",
    "decimal_max_digits": "ne peut avoir plus de {max_digits} chiffres",
    "decimal_max_places": "ne peut avoir plus de {decimal_places} décimale(s)",
    "finite_number": "doit être un nombre fini",
    "float_type": "doit être un nombre",
    "float_parsing": "doit être un nombre",
    "bool_type": "doit être true ou false",
    "bool_parsing": "doit être true ou false",
    "greater_than_equal": "doit être au moins {ge}",
    "less_than_equal": "doit être au plus {le}",
    "greater_than": "doit être supérieur à {gt}",
    "enum": "doit valoir {expected}",
    "literal_error": "doit valoir {expected}",
    "list_type": "doit être une liste",
    "tuple_type": "doit être une liste",
    "too_short": "doit compter au moins {min_length} élément(s)",
    "too_long": "doit compter au plus {max_length} élément(s)",
    "datetime_type": "doit être une date et une heure ISO 8601 avec fuseau",
    "datetime_parsing": "doit être une date et une heure ISO 8601 avec fuseau",
    "datetime_from_date_parsing": "doit être une date et une heure ISO 8601 avec fuseau",
    "timezone_aware": "doit porter un fuseau, par exemple 2026-03-10T09:00:00+01:00",
}


def message_of(error: ErrorDetails) -> str:
    """One problem in French; our own validators speak French already."""
    template = _MESSAGES.get(error["type"])
    if template is None:
        return error["msg"]
    if template == OBJECT and error["input"] == []:  # what PHP makes of an empty array
        return f"{OBJECT} : vide, il s'écrit {{}} et non []"
    context = {
        name: str(value).replace("' or '", " ou ").replace("', '", ", ").strip("'")
        for name, value in error.get("ctx", {}).items()
    }
    for name, value in context.items():
        template = template.replace(f"{{{name}}}", value)
    return template


def path_of(location: Sequence[str | int]) -> str:
    """A place in a body: `filtre.date`, `creneauxId[3]`; the body itself is `corps`."""
    path = ""
    for part in location:
        path += f"[{part}]" if isinstance(part, int) else f".{part}" if path else part
    return path or BODY


def with_integers(body: bytes, errors: Sequence[ErrorDetails]) -> bytes | None:
    """A JSON body whose integers are written as such, or None when that mends nothing.

    `3.0` and `1e2` are integers to JSON Schema, and to those who read JSON in Java; not to us.
    """
    places = [
        (error["loc"], int(error["input"]))
        for error in errors
        if error["type"] == "int_type"
        and isinstance(error["input"], float)
        and error["input"].is_integer()
    ]
    if not places:
        return None
    content = json.loads(body)
    for (*path, last), integer in places:
        reduce(getitem, path, content)[last] = integer
    return json.dumps(content).encode()


def details_of(errors: Sequence[ErrorDetails]) -> list[Detail]:
    """Every problem at once, in the order in which pydantic met them."""
    return [Detail(path_of(error["loc"]), message_of(error)) for error in errors]

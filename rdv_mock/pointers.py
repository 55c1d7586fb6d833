"""Values within a document, by what names them."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote


def at(document: Any, pointer: str) -> Any:  # noqa: ANN401 - JSON
    """The value at a JSON pointer, such as `/paths/~1jours/get`; None when there is none."""
    return _within(document, pointer.split("/")[1:])


def target_of(document: Any, reference: str) -> Any:  # noqa: ANN401 - JSON
    """The value that a `$ref` such as `#/$defs/Jour` names; None when there is none."""
    return _within(document, map(unquote, reference.split("/")[1:]))


def _within(value: Any, steps: Iterable[str]) -> Any:  # noqa: ANN401 - JSON
    for step in steps:
        name = step.replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict):
            value = value.get(name)
        elif isinstance(value, list) and name.isdecimal() and int(name[:9]) < len(value):
            value = value[int(name[:9])]
        else:
            return None
    return value

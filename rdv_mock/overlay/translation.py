"""Bodies, queries and places in them: from our names to those of an overlay, and back.

Pure, and to the letter: translating there and back gives the same again.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import quote, unquote_plus

MARK = "\0"
"""Before the name of a field that is not theirs: the check of the body then names it as unknown."""


@dataclass(frozen=True)
class Node:
    """What is called otherwise in one object of a body, and beneath it.

    `names` are all fields that the object may have, ours to theirs; `fields` those beneath which
    something changes, by our name; `items` is what a list holds; `codes` are the fields whose value
    is a code of the catalogue.
    """

    names: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, "Node"] = field(default_factory=dict)
    items: "Node | None" = None
    codes: frozenset[str] = frozenset()

    @cached_property
    def ours(self) -> Mapping[str, str]:
        """Our name of each field, by theirs."""
        return {theirs: ours for ours, theirs in self.names.items()}


def to_theirs(value: Any, node: Node | None, codes: Mapping[str, str]) -> Any:  # noqa: ANN401 - JSON
    """A body of ours in the names and codes of the overlay."""
    if node is None:
        return value
    if isinstance(value, list):
        return [to_theirs(item, node.items, codes) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        _theirs(key, node): _code(one, codes)
        if key in node.codes
        else to_theirs(one, node.fields.get(key), codes)
        for key, one in value.items()
    }


def _theirs(key: str, node: Node) -> str:
    return key[1:] if key.startswith(MARK) else node.names.get(key, key)


def _code(value: Any, codes: Mapping[str, str]) -> Any:  # noqa: ANN401 - JSON
    return codes.get(value, value) if isinstance(value, str) else value


def to_ours(value: Any, node: Node | None) -> Any:  # noqa: ANN401 - JSON
    """A body that has travelled as we read it; what is no field of theirs stays unknown to us."""
    if node is None:
        return value
    if isinstance(value, list):
        return [to_ours(item, node.items) for item in value]
    if not isinstance(value, dict):
        return value
    body = {}
    for key, one in value.items():
        ours = node.ours.get(key)
        body[MARK + key if ours is None else ours] = to_ours(one, node.fields.get(ours or ""))
    return body


def place_on_wire(place: str, node: Node | None) -> str:
    """A place in a body, such as `filtre.date` or `creneauxId[3]`, in their names."""
    if node is None or not place:
        return place
    if place.startswith("["):
        index, bracket, rest = place.partition("]")
        return index + bracket + place_on_wire(rest, node.items)
    dot = "." if place.startswith(".") else ""
    key = place.removeprefix(".")
    if key.startswith(MARK):
        return dot + key[1:]
    name = re.split(r"[.\[]", key, maxsplit=1)[0]
    rest = place_on_wire(key[len(name) :], node.fields.get(name))
    return dot + node.names.get(name, name) + rest


def query_of_ours(query: bytes, parameters: Mapping[str, str]) -> bytes:
    """A query that has travelled as we read it; what is no parameter of theirs is left out."""
    ours = {theirs: name for name, theirs in parameters.items()}
    pairs = []
    for pair in query.decode("latin-1").split("&"):
        written, equals, value = pair.partition("=")
        name, bracket, rest = unquote_plus(written).partition("[")  # as PHP writes lists
        if name in ours:
            pairs.append(f"{quote(ours[name] + bracket + rest)}{equals}{value}")
    return "&".join(pairs).encode("latin-1")

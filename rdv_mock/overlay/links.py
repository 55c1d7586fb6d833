"""The links of an answer under an overlay (OpenAPI, Link Object)."""

from collections.abc import Mapping
from typing import Any

from rdv_mock.overlay.compiled import Overlay, Translation
from rdv_mock.overlay.translation import Node, to_theirs
from rdv_mock.wire.operations import BODY_OF_LINK


def link_on_wire(link: Mapping[str, Any], overlay: Overlay, one: Translation) -> dict[str, Any]:
    """A link: what it gives is called as where it leads, what it takes as in this answer."""
    target = overlay.operations[link["operationId"]]
    told = dict(link)
    if "parameters" in link:
        told["parameters"] = {
            target.parameters[name]: source_on_wire(source, one)
            for name, source in link["parameters"].items()
        }
    if BODY_OF_LINK in link:
        told[BODY_OF_LINK] = _sources(to_theirs(link[BODY_OF_LINK], target.request, {}), one)
    return told


def _sources(body: Any, one: Translation) -> Any:  # noqa: ANN401 - JSON
    if isinstance(body, dict):
        return {name: _sources(value, one) for name, value in body.items()}
    return source_on_wire(body, one)


def source_on_wire(source: str, one: Translation) -> str:
    """A runtime expression such as `$response.body#/id` or `$request.path.contratId`."""
    for start, node in (("$response.body#", one.response), ("$request.body#", one.request)):
        if source.startswith(start):
            return start + pointer_on_wire(source.removeprefix(start), node)
    for start in ("$request.path.", "$request.query."):
        if source.startswith(start):
            return start + one.parameters[source.removeprefix(start)]
    return source


def pointer_on_wire(pointer: str, node: Node | None) -> str:
    """A JSON pointer into a body of ours, such as `/data/0/id`, in their names."""
    if node is None or not pointer:
        return pointer
    part, slash, rest = pointer[1:].partition("/")
    if node.items is not None and part.isdigit():
        return f"/{part}" + pointer_on_wire(slash + rest, node.items)
    return f"/{node.names.get(part, part)}" + pointer_on_wire(slash + rest, node.fields.get(part))
